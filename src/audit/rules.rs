//! Every rule of the audit: what it is called, how bad a breach is, why it is a rule, and what to do.
//!
//! A finding names its rule and nothing else decides its kind, its severity and its remedy. `safelight audit --explain` and the
//! table in `docs/audit.md` are printed from here.

use std::fmt;

use super::Kind;

/// How bad a breach of a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It must not be: the audit fails.
    Error,
    /// It may be meant so: the audit says it and goes on.
    Notice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Notice => "notice",
        })
    }
}

/// What is known of a rule.
struct Entry {
    rule: Rule,
    id: &'static str,
    kind: Kind,
    severity: Severity,
    why: &'static str,
    remedy: &'static str,
}

macro_rules! rules {
    ($($rule:ident $id:literal $kind:ident $severity:ident: $why:literal => $remedy:literal)*) => {
        /// A rule of the audit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $why] $rule,)*
        }

        /// In the order in which people are told of findings.
        const TABLE: &[Entry] = &[
            $(Entry {
                rule: Rule::$rule,
                id: $id,
                kind: Kind::$kind,
                severity: Severity::$severity,
                why: $why,
                remedy: $remedy,
            },)*
        ];
    };
}

rules! {
    MissingFile "missing-file" Missing Error:
        "A published file is missing, so the site has a gap." =>
        "build again to rewrite the file"
    UnsettledMissing "unsettled-missing" Missing Notice:
        "An interrupted publish recorded this file but may not have written it." =>
        "build again to rewrite the file"
    ChangedFile "changed-file" Changed Error:
        "A published file's size has changed, so something else modified it." =>
        "build again to rewrite the file"
    UnsettledChanged "unsettled-changed" Changed Notice:
        "The publish that wrote this file was interrupted, so it may be the old or the new file." =>
        "build again"
    TouchedFile "touched-file" Changed Notice:
        "A published file was rewritten since it was published; its size is the same." =>
        "build again to rewrite the file"

    RootSecret "root-secret" Secret Error:
        "Anyone with the root secret can derive the address of every link." =>
        "take the folder offline, delete the file, and replace the secret with `safelight secret rotate --compromised`"
    SecretReadable "secret-readable" SecretPlace Error:
        "Every account on this computer can read the secret's file." =>
        "run `chmod 600` on it; if someone may have read it, run `safelight secret rotate --compromised`"
    SecretMounted "secret-mounted" SecretPlace Notice:
        "Others can read the file named by SAFELIGHT_SECRET_FILE, as is usual when containers mount secrets." =>
        "nothing, if the container is yours alone; otherwise run `chmod 600` on it"
    SecretTracked "secret-tracked" SecretPlace Error:
        "Anyone with the repository has every version of the file, and with it the secret." =>
        "replace the secret with `safelight secret rotate --compromised`, because others may know it"
    SecretPublished "secret-published" SecretPlace Error:
        "The secret's file is where anyone can download it." =>
        "replace the secret with `safelight secret rotate --compromised`, because others may know it"
    SecretInTrackedFile "secret-in-tracked-file" SecretPlace Error:
        "A file tracked by git, such as an `.env` or a workflow, reveals the secret to anyone with the repository." =>
        "replace the secret with `safelight secret rotate --compromised`, because others may know it"
    LedgerContent "ledger-content" Ledger Error:
        "The ledger names every recipient and every private gallery." =>
        "delete the file; the ledger belongs next to `site.toml`"
    LedgerPublished "ledger-published" Ledger Error:
        "The ledger is in the published folder, where anyone can download it." =>
        "choose another folder for `output`"
    PageToken "page-token" Token Error:
        "Anyone who reads the address of a private page can open it." =>
        "remove it from the file's source and build again; if the file was online, revoke the link and share again"
    PictureToken "picture-token" Token Error:
        "Anyone who reads the address of private pictures, or the name of one, can open them." =>
        "remove it from the file's source and build again; if the file was online, rotate the gallery"
    GateToken "gate-token" Token Error:
        "A Cloudflare gate may list only dead addresses: it blocks a working one, and reveals it to anyone with the file." =>
        "if this is the site's gate, regenerate it with `safelight edge cloudflare > static/_worker.js` and build; \
         otherwise remove the address from the file's source"
    PrivateLink "private-link" Reachable Error:
        "Visitors and search engines follow every address in a public file, including private ones." =>
        "remove the address from the file's source and build again; if the file was online, revoke the link and share again"
    PrivateWord "private-word" PrivateWord Error:
        "Only recipients may learn a private gallery's title, folder and file names, and recipients." =>
        "remove it from the file's source, or rename the gallery"
    PublicWord "public-word" PrivateWord Notice:
        "A private name is in a file for others, but also in a public source, so it reveals nothing." =>
        "remove it from the file's source, or rename the gallery"
    CommonWord "common-word" PrivateWord Notice:
        "A private name is a word that every page of this site may contain, such as a label of the theme." =>
        "remove it from the file's source, or rename the gallery"
    ProgramWord "program-word" PrivateWord Notice:
        "A private name in a script or style looks like an identifier in the code." =>
        "remove it from the file's source, or rename the gallery"

    PageIndexed "page-indexed" PrivatePage Error:
        "A `meta` element of a private page cancels the one that keeps search engines out." =>
        "remove it from the theme: `{{ page.robots }}` is sufficient"
    PageNotHidden "page-not-hidden" PrivatePage Error:
        "Anyone can find a private page that search engines list." =>
        "fix the theme: put `<meta name=\"robots\" content=\"{{ page.robots }}\">` in every page's head"
    PageReferrer "page-referrer" PrivatePage Error:
        "With a weaker referrer policy, sites that a private page links to learn its address." =>
        "remove it from the theme: the last policy applies, and `{{ page.referrer }}` is sufficient"
    PageWithoutPolicy "page-without-policy" PrivatePage Error:
        "Without a referrer policy, sites that visitors go to from a private page learn its address." =>
        "fix the theme: put `<meta name=\"referrer\" content=\"{{ page.referrer }}\">` in every page's head"
    ReferrerAttribute "referrer-attribute" PrivatePage Error:
        "`referrerpolicy` on an element overrides the policy of the private page." =>
        "remove `referrerpolicy` from the theme"
    PreviewName "preview-name" PrivatePage Error:
        "Link previews reveal the gallery's name before anyone opens the link." =>
        "fix the theme: use `{{ page.title }}` and `{{ page.name }}`, which are neutral on private pages"
    PreviewPicture "preview-picture" PrivatePage Error:
        "Link previews show a private picture of a gallery that does not allow it." =>
        "fix the theme: use `{{ page.card }}`, which exists only if allowed; or set `share_cover = true`"
    PreviewCount "preview-count" PrivatePage Error:
        "Link previews reveal the number of private photos." =>
        "fix the theme: previews of all private pages must be the same"
    CanonicalAddress "canonical-address" PrivatePage Error:
        "A canonical address asks search engines to list a private page." =>
        "remove it from the theme: private pages have no canonical address"
    TombstoneName "tombstone-name" PrivatePage Error:
        "A dead address still reveals whose gallery it was to anyone who kept it." =>
        "fix the theme's `tombstone.html`: it must only say that the link no longer works"
    SealedPlain "sealed-plain" Sealed Error:
        "A file of a sealed gallery can be read by the host and everyone who has its address." =>
        "take the folder offline and build again; if the file was online, rotate the gallery"
    SealedFile "sealed-file" Sealed Error:
        "A file of a sealed gallery does not open, so visitors do not see what is in it." =>
        "build again to rewrite the file"
    SealedManifest "sealed-manifest" Sealed Error:
        "The manifest of a sealed gallery lists its files, so that older or swapped ones are refused." =>
        "build again to rewrite the folder"
    SealedSalt "sealed-salt" Sealed Error:
        "No two files of a sealed gallery share a salt: a key and nonce that meet two files give both away." =>
        "rotate the gallery and build again"
    SealedStretching "sealed-stretching" Sealed Error:
        "Codes and passwords are made slow to try; with too few iterations, they can be guessed." =>
        "set `codes.iterations` to 600000 or more and build again"
    SealedSlots "sealed-slots" Sealed Error:
        "The slots of a sealed gallery hold its key for each code and password, filled up so that nobody can count them." =>
        "build again to rewrite the file"
    SealedSize "sealed-size" Sealed Error:
        "Sealed files are padded, so that their sizes tell little of what is in them." =>
        "build again to rewrite the file"
    PageRequest "page-request" ExternalRequest Error:
        "A private page that loads something from another site tells that site that it was opened, and by whom." =>
        "remove it from the theme: private pages load nothing from other sites"
    AssetRequest "asset-request" ExternalRequest Error:
        "A style or script of private pages loads something from another site, which then learns of the page." =>
        "put what it loads into the static folder"
    PrivateHeaders "private-headers" Headers Error:
        "Hosts send the headers that keep out search engines, other sites and caches only if `_headers` contains them." =>
        "append the generated rules unchanged to your own `_headers`, or delete yours from the static folder"
    PrivateIndex "private-index" Index Error:
        "A page here, other than the generated blank one, could list private folders, whose names are their addresses." =>
        "delete it and build again, which writes a blank page there"
    UnexplainedFile "unexplained-file" Unexplained Error:
        "A file that no build wrote is published with the site, and may reveal anything." =>
        "delete it, or move it to the static folder to publish it"
    NotAFile "not-a-file" Unexplained Error:
        "A host may follow a symbolic link out of the published folder." =>
        "delete it, and put its target into the static folder"
    UnfinishedPublish "unfinished-publish" Unexplained Error:
        "An interrupted publish left files here that hosts may serve, including private ones." =>
        "build again, or delete the folder"
    GitFolder "git-folder" Unexplained Notice:
        "Some hosts serve git's own folder, which contains removed files." =>
        "make sure that it is not uploaded"
    Position "position" Metadata Error:
        "A published picture reveals where it was taken." =>
        "build again; if the file is in the static folder, export it without metadata"
    SerialNumber "serial-number" Metadata Error:
        "A serial number ties a picture to one camera, and so to its owner." =>
        "build again; if the file is in the static folder, export it without metadata"

    WorkTree "git-work-tree" PublicPlace Error:
        "Pushing the published folder reveals every link to anyone who sees the repository." =>
        "publish private galleries to a host, not a branch"
    TrackedPages "git-tracked-pages" PublicPlace Error:
        "Git tracks private pages, so anyone who sees the repository has the links." =>
        "run `git rm -r --cached` on the folder and add it to `.gitignore`, then revoke the links and share again, or \
         run `safelight secret rotate --compromised`; rotating a gallery is not enough, because it keeps the addresses \
         of pages"
    PagesInBranch "git-branch" PublicPlace Error:
        "A branch contains private pages, so anyone who sees the repository has the links." =>
        "delete the branch, here and where it was pushed to, then revoke the links and share again, or run `safelight \
         secret rotate --compromised`"
    TrackedLink "git-tracked-link" PublicPlace Notice:
        "A file tracked by git, such as printed cards, contains a working link." =>
        "nothing, if the repository is yours alone; otherwise run `git rm --cached` on it, add it to `.gitignore`, \
         then revoke the links and share again"
    PublicArtifact "public-artifact" PublicPlace Error:
        "Anyone who sees the repository can download the artifacts, branches and caches that its workflows create." =>
        "upload the folder to a host with its own access control, or build only public galleries there with `--public-only`"

    UnreadableFile "unreadable-file" Unread Error:
        "A file that cannot be read cannot be checked." =>
        "fix its permissions, or delete it"
    ClosedArchive "closed-archive" Unread Notice:
        "Something is packed in an unsupported format, too deeply, or too large to unpack." =>
        "check it yourself, or publish its content unpacked"
    ClosedMetadata "closed-metadata" Unread Notice:
        "The metadata of a video or picture cannot be read." =>
        "export it without metadata, or check it yourself"
    GitUnheard "git-unheard" Unread Notice:
        "Git did not answer, so it is unknown what it tracks." =>
        "install git or repair the repository, then audit again"
    NoSecret "no-secret" Unread Notice:
        "Without the secret, the addresses of links are unknown and were not searched for." =>
        "put the secret into `.safelight/secret` or SAFELIGHT_SECRET"
}

impl Rule {
    /// Every rule, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.rule)
    }

    /// The rule that is called so.
    pub fn by_id(id: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.id == id).map(|entry| entry.rule)
    }

    fn entry(self) -> &'static Entry {
        // The table and the type are made from the same lines.
        &TABLE[self as usize]
    }

    /// What it is called, as `private-word`; never changes.
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The kind of its findings.
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// How bad a breach is.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Whether it says what was not looked for: that is told in any case.
    pub fn limits_the_audit(self) -> bool {
        matches!(self, Self::GitUnheard | Self::NoSecret)
    }

    /// Why it is a rule: a sentence.
    pub fn why(self) -> &'static str {
        self.entry().why
    }

    /// What to do.
    pub fn remedy(self) -> &'static str {
        self.entry().remedy
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    const BEGIN: &str =
        "<!-- The table is made from src/audit/rules.rs: SAFELIGHT_WRITE_DOCS=1 cargo test --lib audit::rules -->\n";
    const END: &str = "<!-- end of the table -->\n";

    fn table() -> String {
        let mut text = String::from("| Rule | Kind | Severity | Why |\n|---|---|---|---|\n");
        for rule in Rule::all() {
            text.push_str(&format!("| `{rule}` | `{}` | {} | {} |\n", rule.kind(), rule.severity(), rule.why()));
        }
        text
    }

    #[test]
    fn the_documented_table_is_this_one() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
        let text = fs::read_to_string(&file).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("docs/audit.md has no place for the table");
        let (written, after) = rest.split_once(END).expect("docs/audit.md has no end of the table");
        if std::env::var_os("SAFELIGHT_WRITE_DOCS").is_some() {
            fs::write(&file, [before, BEGIN, &table(), END, after].concat()).unwrap();
        } else {
            assert_eq!(written, table());
        }
    }

    #[test]
    fn every_rule_has_a_name_of_its_own_a_sentence_and_a_remedy() {
        let ids: BTreeSet<&str> = Rule::all().map(Rule::id).collect();
        assert_eq!(ids.len(), TABLE.len());
        for rule in Rule::all() {
            let id = rule.id();
            assert_eq!(Rule::by_id(id), Some(rule));
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}");
            assert!(rule.why().ends_with('.') && rule.why().len() > 30, "{id}");
            assert!(!rule.remedy().is_empty() && !rule.remedy().ends_with('.'), "{id}");
        }
        assert_eq!(Rule::by_id("none"), None);
    }
}
