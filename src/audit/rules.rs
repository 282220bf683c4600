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
        "A file that was published is gone, so the site has a gap." =>
        "build again: the file is written anew"
    UnsettledMissing "unsettled-missing" Missing Notice:
        "A publish that did not end announced this file and may not have come to write it." =>
        "build again: the file is written anew"
    ChangedFile "changed-file" Changed Error:
        "A published file has another size than it was written with: somebody else has changed it." =>
        "build again: the file is written anew"
    UnsettledChanged "unsettled-changed" Changed Notice:
        "The publish that wrote this file did not end, so it may be the old file or the new one." =>
        "build again"
    TouchedFile "touched-file" Changed Notice:
        "A published file was written again since it was published; its size is the same." =>
        "build again: the file is written anew"

    RootSecret "root-secret" Secret Error:
        "Whoever reads the root secret can work out the address of every link." =>
        "take the folder offline, remove the file, and change the root: `safelight secret rotate --compromised`"
    SecretReadable "secret-readable" SecretPlace Error:
        "Every account on this machine can read the secret's file." =>
        "`chmod 600` it; if somebody may have read it, `safelight secret rotate --compromised`"
    SecretMounted "secret-mounted" SecretPlace Notice:
        "Others can read the file that SAFELIGHT_SECRET_FILE names, as is usual where containers mount secrets." =>
        "nothing, in a container that is yours alone; elsewhere `chmod 600` it"
    SecretTracked "secret-tracked" SecretPlace Error:
        "Whoever has the repository has every version of the file, and with it the secret." =>
        "make another secret: `safelight secret rotate --compromised`; what was public is known to others"
    SecretPublished "secret-published" SecretPlace Error:
        "The file with the secret lies where everybody can fetch it." =>
        "make another secret: `safelight secret rotate --compromised`; what was public is known to others"
    SecretInTrackedFile "secret-in-tracked-file" SecretPlace Error:
        "A file that git tracks, as an `.env` or a workflow, holds the secret for everybody who has the repository." =>
        "make another secret: `safelight secret rotate --compromised`; what was public is known to others"
    LedgerContent "ledger-content" Ledger Error:
        "The ledger names every recipient and every private gallery." =>
        "remove the file; the ledger belongs beside `site.toml`"
    LedgerPublished "ledger-published" Ledger Error:
        "The ledger lies in the published folder, where everybody can fetch it." =>
        "choose another folder for `output`"
    PageToken "page-token" Token Error:
        "The address of a private page opens it to whoever reads it." =>
        "take it out where the file comes from and build again; if the file was online, revoke the link and share again"
    PictureToken "picture-token" Token Error:
        "The address of private pictures, or the name of one, opens them to whoever reads it." =>
        "take it out where the file comes from and build again; if the file was online, rotate the gallery"
    GateToken "gate-token" Token Error:
        "A gate for Cloudflare may list dead addresses alone: a living one in it is closed, and everybody who has the file knows it." =>
        "where this is the site's gate print it again: `safelight edge cloudflare > static/_worker.js`, then build; otherwise take it out where the file comes from"
    PrivateLink "private-link" Reachable Error:
        "Visitors and search engines follow every address in a public file, so a private one must not stand there." =>
        "take the address out where the file comes from, build again, and revoke the link and share again if the file was online"
    PrivateWord "private-word" PrivateWord Error:
        "A private gallery's title, folder or file names, and its recipients, are for nobody else." =>
        "take it out where the file comes from, or call the gallery something else"
    PublicWord "public-word" PrivateWord Notice:
        "A private name stands in a file for others, and a public source says it too, so it gives nothing away." =>
        "take it out where the file comes from, or call the gallery something else"
    CommonWord "common-word" PrivateWord Notice:
        "A private name is a word that every page of this site may say, as a label of the theme." =>
        "take it out where the file comes from, or call the gallery something else"
    ProgramWord "program-word" PrivateWord Notice:
        "A private name in a script or style reads as a name that a program gave to one of its parts." =>
        "take it out where the file comes from, or call the gallery something else"

    PageIndexed "page-indexed" PrivatePage Error:
        "A `meta` element of a private page takes back what keeps search engines out." =>
        "take it out of the theme: `{{ page.robots }}` says all that is to be said"
    PageNotHidden "page-not-hidden" PrivatePage Error:
        "A private page that search engines may list is found by everybody." =>
        "mend the theme: `<meta name=\"robots\" content=\"{{ page.robots }}\">` in every page's head"
    PageReferrer "page-referrer" PrivatePage Error:
        "With a weaker referrer policy, sites that a private page links to learn its address." =>
        "take it out of the theme: the last word counts, and `{{ page.referrer }}` is enough"
    PageWithoutPolicy "page-without-policy" PrivatePage Error:
        "Without a referrer policy, sites that a visitor goes to from a private page learn its address." =>
        "mend the theme: `<meta name=\"referrer\" content=\"{{ page.referrer }}\">` in every page's head"
    ReferrerAttribute "referrer-attribute" PrivatePage Error:
        "`referrerpolicy` on an element overrides the policy of the private page." =>
        "take `referrerpolicy` out of the theme"
    PreviewName "preview-name" PrivatePage Error:
        "Programs that show a preview of a link read the gallery's name before anybody opens it." =>
        "mend the theme: `{{ page.title }}` and `{{ page.name }}` are neutral on a private page"
    PreviewPicture "preview-picture" PrivatePage Error:
        "Programs that show a preview of a link show a private picture of a gallery that does not allow it." =>
        "mend the theme: `{{ page.card }}` is there only where it may be; or say `share_cover = true`"
    PreviewCount "preview-count" PrivatePage Error:
        "Programs that show a preview of a link say how many photos are private." =>
        "mend the theme: what a preview of a private page says is the same for all"
    CanonicalAddress "canonical-address" PrivatePage Error:
        "A canonical address asks search engines to list a private page." =>
        "take it out of the theme: a private page has no canonical address"
    TombstoneName "tombstone-name" PrivatePage Error:
        "A dead address still says whose gallery it was, to everybody who kept it." =>
        "mend the theme's `tombstone.html`: it says that the link no longer works, and nothing else"
    PageRequest "page-request" ExternalRequest Error:
        "A private page that loads something from another site tells that site that it was opened, and by whom." =>
        "take it out of the theme: a private page loads nothing from elsewhere"
    AssetRequest "asset-request" ExternalRequest Error:
        "A style or script that private pages load asks another site for something, which then learns of the page." =>
        "put what it loads into the static folder"
    PrivateHeaders "private-headers" Headers Error:
        "Hosts send the headers that keep search engines, other sites and caches out only where `_headers` says so." =>
        "take the rules that a build writes into your own `_headers` as they are, at its end, or remove yours from the static folder"
    PrivateIndex "private-index" Index Error:
        "A page here, other than the blank one that a build writes, could list private folders, whose names are their addresses." =>
        "remove it and build again: the page that a build writes there says nothing"
    UnexplainedFile "unexplained-file" Unexplained Error:
        "A file that no build wrote is published with the site, and nobody knows what it gives away." =>
        "remove it; what shall be published goes into the static folder"
    NotAFile "not-a-file" Unexplained Error:
        "A host may follow a symbolic link out of the published folder." =>
        "remove it, and put what it stands for into the static folder"
    UnfinishedPublish "unfinished-publish" Unexplained Error:
        "A publish that was broken off left files here that hosts may serve, private ones among them." =>
        "build again, or remove the folder"
    GitFolder "git-folder" Unexplained Notice:
        "Some hosts serve git's own folder, and it keeps what was removed." =>
        "see to it that it is not uploaded"
    Position "position" Metadata Error:
        "A published picture says where it was taken." =>
        "build again; where the file lies in the static folder, export it without metadata"
    SerialNumber "serial-number" Metadata Error:
        "A serial number ties a picture to one camera, and so to its owner." =>
        "build again; where the file lies in the static folder, export it without metadata"

    WorkTree "git-work-tree" PublicPlace Error:
        "A push of the published folder hands every link to whoever sees the repository." =>
        "publish private galleries to a host instead of a branch"
    TrackedPages "git-tracked-pages" PublicPlace Error:
        "Git tracks private pages, so whoever sees the repository has the links." =>
        "`git rm -r --cached` the folder, add it to `.gitignore`, then revoke the links and share again, or `safelight secret rotate --compromised`: rotating a gallery keeps its pages' addresses"
    PagesInBranch "git-branch" PublicPlace Error:
        "A branch holds private pages, so whoever sees the repository has the links." =>
        "delete the branch, here and where it was pushed to, then revoke the links and share again, or `safelight secret rotate --compromised`"
    TrackedLink "git-tracked-link" PublicPlace Notice:
        "A file that git tracks, as printed cards, holds a link that works." =>
        "nothing, in a repository that is yours alone; elsewhere `git rm --cached` it, add it to `.gitignore`, then revoke the links and share again"
    PublicArtifact "public-artifact" PublicPlace Error:
        "Whoever sees the repository can download the artifacts, branches and caches that its workflows make of the site." =>
        "send the folder to a host with its own access, or build public galleries alone there: `--public-only`"

    UnreadableFile "unreadable-file" Unread Error:
        "What could not be read was not proven to give nothing away." =>
        "see to it that you may read it, or remove it"
    ClosedArchive "closed-archive" Unread Notice:
        "Something is packed in a way that this program does not open, or too deep or too large to be unpacked." =>
        "look into it yourself, or publish what is in it unpacked"
    ClosedMetadata "closed-metadata" Unread Notice:
        "What a film or picture says of itself cannot be read." =>
        "export it without metadata, or look into it yourself"
    GitUnheard "git-unheard" Unread Notice:
        "Git did not answer, so nobody knows what it tracks." =>
        "install git or mend the repository, and audit again"
    NoSecret "no-secret" Unread Notice:
        "Without the secret nobody can tell the addresses of links, so they are not looked for." =>
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
