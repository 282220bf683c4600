//! Every code of an error or warning: what it is called, how it ends a command, what it means, and what to do.
//!
//! An error names its code, and nothing else decides its kind. `safelight explain` and `docs/errors.md` are printed from here.
//! A code that was released keeps its name and its meaning for good.

use std::fmt;

use super::ErrorKind;

/// Whether a code ends a command or is only told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The command fails.
    Error,
    /// A build says so and goes on.
    Warning,
    /// One or the other, by what is at stake.
    Either,
    /// A command other than a build says so and goes on.
    Remark,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning | Self::Remark => "warning",
            Self::Either => "error or warning",
        })
    }
}

/// What is known of a code.
struct Entry {
    code: Code,
    id: &'static str,
    kind: ErrorKind,
    severity: Severity,
    meaning: &'static str,
    remedy: &'static str,
}

macro_rules! codes {
    ($($code:ident $id:literal $kind:ident $severity:ident: $meaning:literal => $remedy:literal)*) => {
        /// What is wrong, as a name that never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $code,)*
        }

        /// In the order in which people read of them.
        const TABLE: &[Entry] = &[
            $(Entry {
                code: Code::$code,
                id: $id,
                kind: ErrorKind::$kind,
                severity: Severity::$severity,
                meaning: $meaning,
                remedy: $remedy,
            },)*
        ];
    };
}

codes! {
    // Commands.
    InvalidArgument "invalid-argument" Usage Error:
        "An argument of the command is missing, unknown, cannot have this value, or does not go with another." =>
        "`safelight COMMAND --help` lists the arguments of a command"
    ConfirmationNeeded "confirmation-needed" Usage Error:
        "The command changes something that cannot be undone, and nobody said yes." =>
        "say yes when asked, or give `--yes`"
    FileExists "file-exists" Usage Error:
        "The file that a command would write is there already, and is not overwritten." =>
        "move the file away, or name another"
    UnusableTarget "unusable-target" Usage Error:
        "The file or folder that a command should write to belongs to the site, is published, or cannot be replaced." =>
        "name a file or folder outside of the site's own folders"
    UnknownGallery "unknown-gallery" Usage Error:
        "No gallery lies at this path below the folder of galleries." =>
        "give the path of the gallery's folder, as `galleries/weddings/anna`"
    UnknownPage "unknown-page" Usage Error:
        "The site has no page at this address." =>
        "name a page by its address, as `/` or `/about/`"
    UnknownPhoto "unknown-photo" Usage Error:
        "No photo lies at this path, and none was published from there." =>
        "give the path of the photo's file, as `galleries/weddings/anna/DSC_0001.jpg`"
    UnknownThemeFile "unknown-theme-file" Usage Error:
        "The built-in theme has no file of this name." =>
        "`safelight theme files` lists them"
    UnknownCode "unknown-code" Usage Error:
        "No error, warning or rule of the audit has this name." =>
        "`safelight explain` lists them all"
    SecretFromEnvironment "secret-from-environment" Usage Error:
        "The secret comes from the environment, where this command cannot replace it." =>
        "run the command where `.safelight/secret` holds the secret, and change the environment afterwards"

    // Settings.
    NoSite "no-site" Site Error:
        "There is no `site.toml` here, so this is not the folder of a site." =>
        "run safelight in the folder that holds `site.toml`, or make a site with `safelight init`"
    InvalidToml "invalid-toml" Site Error:
        "A settings file, a list of words or the head of a text page is not valid TOML." =>
        "mend the line that is named; texts stand in straight quotes"
    UnknownSetting "unknown-setting" Site Error:
        "No setting, or no word of a theme's `words.toml`, has this name." =>
        "check the spelling; docs/configuration.md lists every setting, `safelight theme eject words.toml --print` every word"
    MisplacedSetting "misplaced-setting" Site Error:
        "Something reads like a setting, but stands where it would not count." =>
        "move it to the table it belongs to; settings without a table come before the first `[table]`"
    InvalidValue "invalid-value" Site Error:
        "A setting has a value that it cannot have." =>
        "write a value of the kind that the message names; docs/configuration.md describes every setting"
    ConflictingSettings "conflicting-settings" Site Error:
        "Two settings contradict each other, or one of them needs another." =>
        "keep the one that you mean"
    UnavailableFeature "unavailable-feature" Site Error:
        "The setting asks for something that this version, or this build of it, does not have." =>
        "take the setting out, or use another version"
    SecretInSettings "secret-in-settings" Site Error:
        "A settings file holds a root secret, and everybody who reads the file could make links." =>
        "take it out, and make a new one if the file was ever committed or sent"
    OverlappingFolders "overlapping-folders" Site Error:
        "Two folders of the site are the same or lie in each other, so that originals or the secret could be published or overwritten." =>
        "give each of them a folder of its own, written without `..`"
    FileNotRead "file-not-read" Site Error:
        "A settings file, text or theme file is larger than Safelight reads, or is no regular file." =>
        "check that it is the right file, and shorten it"
    NotUtf8 "not-utf8" Site Error:
        "A text, a settings file or a file of the theme is not UTF-8." =>
        "save the file as UTF-8"
    MoreProblems "more-problems" Site Error:
        "The file has more errors than are listed." =>
        "mend those that are listed, and run the command again"
    SettingWithoutEffect "setting-without-effect" Site Warning:
        "A setting has no effect because of another one, of one that is missing, or of the gallery around it." =>
        "take it out, or change what the hint names"
    InsecureUrl "insecure-url" Site Warning:
        "The site's address begins with `http://`, so others on the way can read private links." =>
        "serve the site over `https`, and write so in `url`"
    LowContrast "low-contrast" Site Warning:
        "Text or links are hard to read on this background." =>
        "choose colours with a contrast of at least 4.5 to 1"
    PlaceholderContact "placeholder-contact" Site Remark:
        "The pages name a contact that was made up as an example." =>
        "write your own address as `contact` in site.toml"

    // Galleries and who may see them.
    NoGalleriesFolder "no-galleries-folder" Site Error:
        "The folder of galleries is not there, or is no folder." =>
        "make it and put a folder of photographs into it, or name another with `galleries` in site.toml"
    GalleriesEmptied "galleries-emptied" Site Error:
        "The folder of galleries is empty although photographs are published, as when a disk is not connected; nothing was removed." =>
        "connect the disk; to take everything down, make an empty folder in it and build"
    UnsafeLink "unsafe-link" Site Error:
        "A symbolic link would publish a private gallery, the secret or another folder that is not meant for visitors." =>
        "remove the link, and copy what may be seen"
    MarkWithoutEffect "mark-without-effect" Site Either:
        "A file reads as if it should close a gallery, and it has no effect." =>
        "write `access = \"private\"` into the folder's `gallery.toml`, or remove the file"
    LookalikeSettings "lookalike-settings" Site Either:
        "A file looks like a `gallery.toml` but is called otherwise or lies elsewhere, so nothing in it counts." =>
        "call it `gallery.toml` and put it into the gallery's folder, or remove it"
    EmptySettings "empty-settings" Site Error:
        "A `gallery.toml` is empty, and may have said that the gallery is private." =>
        "write again what it said, or remove it"
    SettingsUnreachable "settings-unreachable" Io Error:
        "A `gallery.toml` cannot be read, and may say that the gallery is private." =>
        "bring the file back, or remove what is in its place"
    AudienceHidesNothing "audience-hides-nothing" Site Error:
        "An audience hides less than was meant: everybody can see the gallery, or a word names no photo of it." =>
        "write `access = \"private\"` at the top of its `gallery.toml`, correct the word, or take it out"
    AudienceGone "audience-gone" Site Error:
        "A link still works for an audience that `gallery.toml` no longer describes." =>
        "write its `[audiences.NAME]` again, or revoke its links"
    PhotoNotInGallery "photo-not-in-gallery" Site Warning:
        "`sort`, `captions` or `alt` names a file that is not in the gallery's folder." =>
        "correct the name, or take it out"
    CoverNotShown "cover-not-shown" Site Warning:
        "`cover` names a photo that the gallery does not show." =>
        "name a photo that visitors of the gallery see"
    PatternsNotRead "patterns-not-read" Site Warning:
        "A folder has a list of patterns for another program, which Safelight does not read; what it names is shown." =>
        "to leave a folder out, put an empty file called `.nomedia` into it"
    GalleryLeftOut "gallery-left-out" Site Warning:
        "A private gallery has no living link, or a gallery is past its last day, so it is not on the site." =>
        "share it with `safelight share`, or change `expires` in its `gallery.toml`"
    ContestedAddress "contested-address" Site Warning:
        "Two galleries, pages or files would have the same address, so one of them got another." =>
        "rename one of them"
    AddressTaken "address-taken" Site Error:
        "Two things would have one address, or something would lie where private galleries or files of the build lie." =>
        "give the file or folder another name"
    UnusableName "unusable-name" Site Error:
        "A file has a name that no address can have." =>
        "give it another name"
    TooManyFiles "too-many-files" Site Error:
        "The site would have more files than one site can have." =>
        "split it into several sites"

    // Photographs.
    PhotoLeftOut "photo-left-out" Photo Either:
        "A photo cannot be used: it is damaged, too large, not on this machine, or of a kind that is not read." =>
        "export it again from the original; `--strict` makes a build stop instead of leaving it out"
    NoUsablePhoto "no-usable-photo" Photo Error:
        "None of the photos can be used, as in a checkout without its large files; nothing was published." =>
        "bring the photos, and build again"
    PhotoKindNotRead "photo-kind-not-read" Photo Warning:
        "RAW photos, films and other kinds of files lie in a gallery and are not shown." =>
        "export them as JPEG, TIFF, PNG, WebP or AVIF"
    WrongEnding "wrong-ending" Photo Warning:
        "A file is a picture by its content and something else by its name, so it is left out." =>
        "give it the ending of a picture, or move it away"
    FileLeftOut "file-left-out" Io Warning:
        "A file beside the photos cannot be read, or a symbolic link leads nowhere, and is left out." =>
        "check that you may read it, or remove it"
    MetadataDamaged "metadata-damaged" Photo Either:
        "Part of what a photo or its sidecar says, as title, keywords or rights, could not be read." =>
        "export the photo or its sidecar again; without a sidecar the photo's own metadata counts"
    MetadataNotWritten "metadata-not-written" Photo Error:
        "Copyright and other metadata cannot be written into a finished picture." =>
        "shorten what is to be written; if that does not help, report it"
    PixelsDoubtful "pixels-doubtful" Photo Warning:
        "A photo can be shown but may look wrong: its data is damaged, or its colour profile is not used." =>
        "export it again from the original, with an ordinary colour profile"
    DateInFuture "date-in-future" Photo Warning:
        "A photo says that it was taken in the future, so it counts as undated." =>
        "set the date right with a program for photos, or in a sidecar"
    PhotoWithheld "photo-withheld" Photo Warning:
        "A photo is hidden from an audience that excludes keywords, because not all of its keywords could be read." =>
        "export the photo or its sidecar again"

    // Text pages, static files and the theme.
    PageHead "page-head" Site Error:
        "The head of a text page is not closed, or is written in YAML." =>
        "write it as TOML between two lines of `+++`"
    DeadLink "dead-link" Site Error:
        "A text links to a page, file or heading that is not there." =>
        "correct the link, or take it out"
    UnusablePicture "unusable-picture" Site Error:
        "A text shows a picture from another site, or something that is no picture." =>
        "put the picture into a gallery or into the static folder"
    UnknownPlaceholder "unknown-placeholder" Site Error:
        "A text has a name in braces that stands for nothing." =>
        "correct the name; docs/pages.md lists those there are"
    UnreadMarkup "unread-markup" Site Either:
        "HTML, or something that was meant as a link or picture, is shown to visitors as it is typed." =>
        "write it in Markdown; the hint shows how"
    RefusedAddress "refused-address" Site Warning:
        "A text links to an address of a kind that pages may not link to." =>
        "link to a `https`, `mailto` or `tel` address"
    TextNotShown "text-not-shown" Site Warning:
        "A footnote that nothing refers to, or a heading that the page's head replaces, is not shown." =>
        "refer to the note, take one of the two headings out, or begin the heading with `##`"
    BrokenClaim "broken-claim" Site Warning:
        "A text claims something, as that the site sets no cookies, and the site does otherwise." =>
        "change what the message names, or take the claim out of the text"
    MissingHeaders "missing-headers" Site Warning:
        "Your own `_headers` file replaces the one that a build writes and lacks headers that protect private pages." =>
        "add the lines that the hint names"
    FileNotPublished "file-not-published" Site Warning:
        "A hidden file, a list of passwords or an editor's copy lies in the static folder and is not published." =>
        "move it out of the static folder, or give it another name"
    UnknownTheme "unknown-theme" Site Error:
        "There is no theme of this name." =>
        "make its folder, or leave `theme.name` out for the built-in theme"
    ThemeUnreadable "theme-unreadable" Site Error:
        "A file of the theme cannot be read." =>
        "check that you may read it, or remove it"
    UnusedThemeFile "unused-theme-file" Site Warning:
        "A file of the theme overrides nothing, and nothing uses it." =>
        "correct its name; `safelight theme files` lists what can be overridden"
    OutdatedOverride "outdated-override" Site Remark:
        "A file of the theme stands for a built-in file that has changed since, or changes nothing of it." =>
        "bring its changes over to the present one (`safelight theme eject NAME --print`), or remove it"
    TemplateError "template-error" Site Error:
        "A template cannot be read or filled in." =>
        "mend the line that is named; `safelight theme data` shows what a page is given"
    UnknownField "unknown-field" Site Warning:
        "A template names a field that pages do not have." =>
        "correct the name; `safelight theme data` shows what a page is given"
    MissingAsset "missing-asset" Site Error:
        "The theme or its settings name a file that is not among its assets or static files." =>
        "put the file there, or correct the name"
    BlockedByPolicy "blocked-by-policy" Site Either:
        "A file of the theme does something that the pages' security policy refuses, as loading from another site." =>
        "put a copy of the file into the theme's `assets/`, or take it out"
    Untranslated "untranslated" Site Warning:
        "The site is in another language than English, and some words of its pages are English." =>
        "`safelight theme eject words.toml` writes them into a file: translate them there"

    // Links and the ledger.
    NotShared "not-shared" Site Error:
        "The gallery was never shared, so it has no links." =>
        "share it with `safelight share`"
    AlreadyShared "already-shared" Site Error:
        "The recipient has a living link to this gallery already." =>
        "use that link, or revoke it first"
    UnknownLink "unknown-link" Site Error:
        "No link, or more than one, is for this recipient or has this id." =>
        "`safelight links` lists them: name one by its id"
    LinkEnded "link-ended" Site Error:
        "The link was revoked or has ended, and cannot be changed any more." =>
        "make a new link with `safelight share`"
    GalleryEnded "gallery-ended" Site Error:
        "The gallery was closed for good or is past its last day, so it can have no new link." =>
        "give it a later `expires`; a closed gallery is shared anew from a folder of its own"
    UnsuitableDay "unsuitable-day" Site Error:
        "The last day that was given is over, outlasts the gallery, or is what the link has already." =>
        "give another day"
    InvalidRecipient "invalid-recipient" Site Error:
        "The recipient's name is empty, too long or has signs that a name cannot have." =>
        "give a name by which you can tell the link, as `--to \"the couple\"`"
    GalleryNotPrivate "gallery-not-private" Site Error:
        "Everybody can see this gallery, so a private link to it would mean nothing." =>
        "write `access = \"private\"` into its `gallery.toml`"
    UnknownAudience "unknown-audience" Site Error:
        "The gallery has no audience of this name." =>
        "describe it as `[audiences.NAME]` in `gallery.toml`, or correct the name"
    UrlNeeded "url-needed" Site Error:
        "The command writes whole links and does not know the site's address." =>
        "set `url` in site.toml"
    IdNotWritten "id-not-written" Site Error:
        "The gallery's id cannot be written into its `gallery.toml`." =>
        "write the `id` line by hand at the top of the file"
    EmptyLink "empty-link" Site Remark:
        "The link that was made opens no photo yet." =>
        "put photos into the gallery and build, or check what its audience may see"
    DuplicateId "duplicate-id" Site Error:
        "Two folders have the same `id`, as after a gallery was copied." =>
        "take the `id` line out of the copy's `gallery.toml`"
    MissingId "missing-id" Site Error:
        "A folder that was shared has lost the `id` that its links belong to." =>
        "write the `id` line into its `gallery.toml` again, or end its links with `safelight retire`"
    UnknownId "unknown-id" Site Error:
        "A gallery has an `id` that the ledger does not know." =>
        "bring back the ledger that it was shared with, or take the `id` line out"
    InvalidId "invalid-id" Site Error:
        "This is not the id of a gallery or link." =>
        "take it from `safelight links`, where it can be copied"
    SharedFolderGone "shared-folder-gone" Site Error:
        "The folder of a gallery that was shared has gone." =>
        "bring it back, or end its links with `safelight retire`"
    SharedGalleryOpen "shared-gallery-open" Site Error:
        "A gallery was shared while it was private, and now everybody would see it although nobody said so." =>
        "write `access = \"private\"` or `access = \"public\"` into its `gallery.toml`"
    InvalidLedger "invalid-ledger" Site Error:
        "`access.toml` is damaged, holds an unfinished merge, or is of another version or form than Safelight can read and change." =>
        "bring it back from git, or mend the line that is named"
    LedgerChanged "ledger-changed" Site Error:
        "Something else changed `access.toml` while a command was about to." =>
        "run the command again"
    LedgerInOutput "ledger-in-output" Site Error:
        "`access.toml`, which names every recipient, lies in the folder that is published." =>
        "choose another folder for `output`"
    LedgerLostEntries "ledger-lost-entries" Site Error:
        "`access.toml` lacks something that it had when it was last committed or published, so that ended links could work again." =>
        "bring back the lines from git or a backup"
    LedgerAhead "ledger-ahead-of-clock" Site Warning:
        "The newest entry of `access.toml` is of a later day than today, and counts as today." =>
        "set the clock right, or the entry with `safelight repair`"
    NothingToDo "nothing-to-do" Site Error:
        "There is nothing to change: no link was made on this site yet, or everything is as the command would make it." =>
        "there is nothing to do; `safelight share` makes a first link"
    RotationRefused "rotation-refused" Site Error:
        "The root secret or a gallery's addresses cannot be changed now." =>
        "wait until the change before it is over; the hint says how long"
    InvalidGate "invalid-gate" Site Error:
        "The gate for a host cannot be written: the list of dead links is too long for it, or a path or header cannot stand in it." =>
        "keep tombstones for fewer days, or change the path or header that is named"

    // The secret.
    SecretMissing "secret-missing" Secret Error:
        "The site has links, or should get some, and the secret that makes them is not at hand." =>
        "put it into `.safelight/secret` or SAFELIGHT_SECRET; `safelight secret new` makes a first one"
    SecretFileMissing "secret-file-missing" Secret Error:
        "SAFELIGHT_SECRET_FILE names a file that is not there." =>
        "put the secret there, or unset the variable"
    SecretWrong "secret-wrong" Secret Error:
        "The secret is not the one that this site's links were made with." =>
        "bring back the right one from where you keep it"
    FormerSecretMissing "former-secret-missing" Secret Error:
        "Links of the former secret still work, and that secret is not at hand." =>
        "bring it back until they end, or end them with `safelight secret rotate --compromised`"
    SecretDamaged "secret-damaged" Secret Error:
        "What should be the secret is none, or was not copied whole." =>
        "copy it again: one line that begins with `slk1_`"
    SecretExists "secret-exists" Secret Error:
        "The site has a secret already, and it is not overwritten." =>
        "`safelight secret rotate` replaces it on purpose"
    SecretExposed "secret-exposed" Secret Either:
        "Others can read the file with the secret: by its permissions, in git, or in a folder that is published." =>
        "close the file to others and take it out of git; if somebody may have read it, `safelight secret rotate --compromised`"
    SecretInSite "secret-in-site" Secret Error:
        "A file or name that would be published, or `site.toml`, contains a root secret." =>
        "take it out; if it was ever online, `safelight secret rotate --compromised`"
    GitNotAnswering "git-not-answering" Secret Warning:
        "The site lies in a git repository that cannot be read, so nobody can tell whether it holds the secret." =>
        "install git or mend the repository"
    EndedLinkUnclear "ended-link-unclear" Secret Error:
        "A private page can still be reached, and only the former secret tells whether its link has ended." =>
        "bring the former secret back and build again, or remove the file where the site is hosted"

    // What is published.
    NoOutput "no-output" Io Error:
        "There is no published site in this folder." =>
        "build the site first: `safelight build`"
    RecordMissing "record-missing" Site Error:
        "The record of what was published has gone, so nobody can tell which files belong to the site." =>
        "bring back `.safelight/published`, or empty the output folder and build again"
    RecordDamaged "record-damaged" Site Either:
        "The record of what was published is damaged, or is about another output folder." =>
        "a second copy is used where there is one; else empty the output folder and build again"
    ForeignFiles "foreign-files" Site Error:
        "Files that this site did not write lie where it has something to write." =>
        "move them away, or let them be replaced with `safelight build --adopt`"
    InTheWay "in-the-way" Io Either:
        "A file or link lies where a folder of the output should be." =>
        "move it away"
    PublicOnlyRefused "public-only-refused" Site Error:
        "The output has private galleries, and a build without them would remove them all." =>
        "build without `--public-only`, or into another folder"
    TakenDown "taken-down" Site Warning:
        "A build failed, and what must no longer be reachable was taken down all the same." =>
        "mend the errors and build again"
    StillReachable "still-reachable" Site Either:
        "A build failed or was stopped, and something that was withdrawn can still be reached." =>
        "mend the errors and build again"
    Leftovers "leftovers" Site Warning:
        "The output, or a former output folder, has pages or pictures that no record names, and no build takes them down." =>
        "remove what is not yours, or the folder if it is no longer the output"
    CacheDamaged "cache-damaged" Io Error:
        "A finished picture has gone from the cache, or is damaged there." =>
        "build again; if it happens again, the disk may be failing"
    HostLimit "host-limit" Finding Error:
        "The site goes beyond what the host takes." =>
        "make it smaller as the message says, or choose another host"
    AuditFinding "audit-finding" Finding Error:
        "The published site breaks a rule of the audit; `safelight explain RULE` tells more of each." =>
        "do what the finding's hint says"

    // The machine.
    CannotRead "cannot-read" Io Either:
        "The system refused to read a file or folder." =>
        "check that it is there and that you may read it"
    CannotWrite "cannot-write" Io Either:
        "The system refused to write a file or make a folder." =>
        "check who owns the folder and whether you may write there"
    CannotRemove "cannot-remove" Io Either:
        "The system refused to remove a file or folder." =>
        "check who owns the folder and whether you may write there"
    DiskFull "disk-full" Io Either:
        "There is no room left on the disk, or for you on it." =>
        "make room and run the command again"
    CannotLock "cannot-lock" Io Error:
        "The site's lock, which keeps two builds apart, cannot be used." =>
        "check whether you may write into `.safelight`, and that its file system knows locks"
    CannotStart "cannot-start" Io Error:
        "A process or thread that the command needs cannot be started." =>
        "check the limits on memory and processes"
    CannotListen "cannot-listen" Io Error:
        "`safelight serve` cannot listen at this address and port." =>
        "choose another port with `--port`"
    BrowserNotOpened "browser-not-opened" Io Remark:
        "The browser cannot be opened from here." =>
        "open the address yourself"
    Locked "locked" Locked Error:
        "Another command is at work on this site." =>
        "wait until it has ended, or stop it"
    Interrupted "interrupted" Interrupted Error:
        "You stopped the command; what was finished is kept." =>
        "run it again to go on"
    Internal "internal" Site Error:
        "Safelight contradicts itself: this should not happen." =>
        "please report it"
}

impl Code {
    /// Every code, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.code)
    }

    /// The code that is called so.
    pub fn by_id(id: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.id == id).map(|entry| entry.code)
    }

    fn entry(self) -> &'static Entry {
        // The table and the type are made from the same lines.
        &TABLE[self as usize]
    }

    /// What it is called, as `unknown-setting`; never changes.
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// Its kind, which decides the exit code.
    pub fn kind(self) -> ErrorKind {
        self.entry().kind
    }

    /// Whether it ends a command.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Whether a build may say so and go on.
    pub fn is_build_warning(self) -> bool {
        matches!(self.severity(), Severity::Warning | Severity::Either)
    }

    /// Why `check` does not tell this warning of a build; nothing where it does.
    pub fn unknown_to_check(self) -> Option<&'static str> {
        match self {
            Self::Leftovers => Some("A build says so once, when it has published into a folder for the first time."),
            Self::TakenDown | Self::StillReachable => Some("Only a build takes down what was withdrawn."),
            Self::CannotRead | Self::CannotWrite | Self::CannotRemove | Self::InTheWay | Self::DiskFull => Some(
                "Only a build saves what it learnt, tidies the cache and removes files; to `check`, it is an error.",
            ),
            _ => None,
        }
    }

    /// What it means: a sentence.
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// What to do.
    pub fn remedy(self) -> &'static str {
        self.entry().remedy
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::by_id(&id).ok_or_else(|| serde::de::Error::custom("no code has this name"))
    }
}

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
