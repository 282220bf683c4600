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
        "An argument is missing, unknown, has an invalid value, or cannot be combined with another." =>
        "list a command's arguments with `safelight COMMAND --help`"
    ConfirmationNeeded "confirmation-needed" Usage Error:
        "The command cannot be undone, and you did not confirm it." =>
        "answer yes, or pass `--yes`"
    FileExists "file-exists" Usage Error:
        "The file that the command would write already exists and is not overwritten." =>
        "move the file away, or choose another"
    UnusableTarget "unusable-target" Usage Error:
        "The file or folder to write belongs to the site, is published, or cannot be replaced." =>
        "choose a file or folder outside the site's own folders"
    UnknownGallery "unknown-gallery" Usage Error:
        "There is no gallery at this path." =>
        "give the path of the gallery's folder, such as `galleries/weddings/anna`"
    UnknownPage "unknown-page" Usage Error:
        "The site has no page at this address." =>
        "give the address of a page, such as `/` or `/about/`"
    UnknownPhoto "unknown-photo" Usage Error:
        "There is no photo at this path, and none was published from there." =>
        "give the path of the photo's file, such as `galleries/weddings/anna/DSC_0001.jpg`"
    NotSealed "not-sealed" Usage Error:
        "There is no sealed gallery at this place." =>
        "give its link, or its folder `g/…/` or `x/…/` in a published site"
    UnknownThemeFile "unknown-theme-file" Usage Error:
        "The built-in theme has no file with this name." =>
        "list its files with `safelight theme files`"
    UnknownCode "unknown-code" Usage Error:
        "No error, warning or audit rule has this name." =>
        "list all of them with `safelight explain`"
    InvalidPicks "invalid-picks" Usage Error:
        "A client's favourites are damaged, too large, of a newer version, or not favourites." =>
        "ask for the file again, or for a text with the names of the photos"
    GalleryUnclear "gallery-unclear" Usage Error:
        "It is unclear which gallery a client's favourites are from, or they are from another one." =>
        "name the gallery with `--gallery`"
    UnknownList "unknown-list" Usage Error:
        "None of the client's lists has this name." =>
        "give one of the names shown"
    SecretFromEnvironment "secret-from-environment" Usage Error:
        "The secret comes from the environment, where this command cannot replace it." =>
        "run the command where `.safelight/secret` contains the secret, then change the environment"

    // Settings.
    NoSite "no-site" Site Error:
        "There is no `site.toml` here, so this folder is not a site." =>
        "run safelight in the folder that contains `site.toml`, or create a site with `safelight init`"
    InvalidToml "invalid-toml" Site Error:
        "A settings file or the front matter of a text page is not valid TOML." =>
        "fix the line shown; put text in straight quotes"
    UnknownSetting "unknown-setting" Site Error:
        "No setting, or no word of the interface, has this name." =>
        "check the spelling; docs/configuration.md lists every setting, `safelight theme eject words/en.ftl --print` every word"
    MisplacedSetting "misplaced-setting" Site Error:
        "Something looks like a setting, but has no effect where it is." =>
        "move it to its table; settings without a table come before the first `[table]`"
    InvalidValue "invalid-value" Site Error:
        "A setting has an invalid value." =>
        "write a value of the kind shown; docs/configuration.md describes every setting"
    ConflictingSettings "conflicting-settings" Site Error:
        "Two settings contradict each other, or one needs another." =>
        "keep the one you want, or add the missing one"
    UnavailableFeature "unavailable-feature" Site Error:
        "The setting needs something that this version or build does not support." =>
        "remove the setting, or use another version"
    SecretInSettings "secret-in-settings" Site Error:
        "A settings file contains a root secret, and everyone who reads the file could derive links." =>
        "remove it, and create a new one if the file was ever committed or sent"
    OverlappingFolders "overlapping-folders" Site Error:
        "Two of the site's folders are the same or nested, so that originals or the secret could be published or \
         overwritten." =>
        "give each its own folder, written without `..`"
    FileNotRead "file-not-read" Site Error:
        "A settings file, text or theme file is too large, or is not a regular file." =>
        "check that it is the right file, and shorten it"
    NotUtf8 "not-utf8" Site Error:
        "A text, settings file or theme file is not UTF-8." =>
        "save the file as UTF-8"
    MoreProblems "more-problems" Site Error:
        "The file has more errors than are listed." =>
        "fix the listed errors and run the command again"
    SettingWithoutEffect "setting-without-effect" Site Warning:
        "A setting has no effect because of another setting, a missing one, or the parent gallery." =>
        "remove it, or follow the hint"
    InsecureUrl "insecure-url" Site Warning:
        "The site's address begins with `http://`, so others on the network can read private links." =>
        "serve the site over `https`, and change `url`"
    LowContrast "low-contrast" Site Warning:
        "Text or links are hard to read on this background." =>
        "choose colours with a contrast of at least 4.5 to 1"
    PlaceholderContact "placeholder-contact" Site Remark:
        "The pages show the example contact." =>
        "set `contact` in site.toml"

    // Galleries and who may see them.
    NoGalleriesFolder "no-galleries-folder" Site Error:
        "The galleries folder is missing or not a folder." =>
        "create it and put a folder of photos into it, or set `galleries` in site.toml"
    GalleriesEmptied "galleries-emptied" Site Error:
        "The galleries folder is empty although photos are published, as when a disk is not connected; nothing was \
         removed." =>
        "connect the disk; to take everything down, create an empty folder in it and build"
    UnsafeLink "unsafe-link" Site Error:
        "A symbolic link would publish a private gallery, the secret or another folder that is not for visitors." =>
        "delete the symbolic link, and copy what people may see"
    MarkWithoutEffect "mark-without-effect" Site Either:
        "A file looks as if it should close a gallery, but has no effect." =>
        "write `access = \"private\"` into the folder's `gallery.toml`, or delete the file"
    LookalikeSettings "lookalike-settings" Site Either:
        "A file looks like a `gallery.toml` but has another name or location, so it has no effect." =>
        "rename it to `gallery.toml` and move it to the gallery's folder, or delete it"
    EmptySettings "empty-settings" Site Error:
        "A `gallery.toml` is empty, but may have made the gallery private." =>
        "restore its content, or delete it"
    SettingsUnreachable "settings-unreachable" Io Error:
        "A `gallery.toml` cannot be read, but may make the gallery private." =>
        "restore the file, or delete what replaced it"
    AudienceHidesNothing "audience-hides-nothing" Site Error:
        "An audience hides less than intended: everyone can see the gallery, or an entry matches no photo." =>
        "write `access = \"private\"` at the top of its `gallery.toml`, or correct or delete the entry"
    AudienceGone "audience-gone" Site Error:
        "A link still works for an audience that `gallery.toml` no longer defines." =>
        "restore its `[audiences.NAME]`, or revoke its links"
    PhotoNotInGallery "photo-not-in-gallery" Site Warning:
        "`sort`, `captions` or `alt` names a file that is not in the gallery's folder." =>
        "correct or delete the name"
    CoverNotShown "cover-not-shown" Site Warning:
        "`cover` names a photo that the gallery does not show." =>
        "choose a photo that visitors of the gallery see"
    PatternsNotRead "patterns-not-read" Site Warning:
        "A folder has exclusion patterns of another program, which Safelight does not support, so the photos they \
         exclude are shown." =>
        "to leave out a folder, put an empty file named `.nomedia` into it"
    GalleryLeftOut "gallery-left-out" Site Warning:
        "A private gallery has no working link, or a gallery has expired, so it is not on the site." =>
        "share it with `safelight share`, or change `expires` in its `gallery.toml`"
    ContestedAddress "contested-address" Site Warning:
        "Two galleries, pages or files would have the same address, so one got another address." =>
        "rename one of them"
    AddressTaken "address-taken" Site Error:
        "Two things would have the same address, or something uses an address reserved for private galleries or the \
         build." =>
        "rename the file or folder"
    UnusableName "unusable-name" Site Error:
        "A file's name cannot be part of an address." =>
        "rename it"
    TooManyFiles "too-many-files" Site Error:
        "The site would have too many files." =>
        "split it into several sites"

    // Photographs.
    PhotoLeftOut "photo-left-out" Photo Either:
        "A photo is damaged, too large, not on this computer, or in an unsupported format." =>
        "export it again from the original; `--strict` makes a build fail instead of leaving it out"
    NoUsablePhoto "no-usable-photo" Photo Error:
        "None of the photos is usable, as in a checkout without its large files; nothing was published." =>
        "add the photos and build again"
    PhotoKindNotRead "photo-kind-not-read" Photo Warning:
        "A gallery contains RAW photos, videos or other files, which are not shown." =>
        "export them as JPEG, TIFF, PNG, WebP, AVIF, HEIC or JPEG XL"
    PhotoTwice "photo-twice" Photo Warning:
        "A gallery contains two photos of the same name in different formats, such as `a.heic` and `a.jpg`." =>
        "keep one of them, or rename one if they are different photos"
    WrongEnding "wrong-ending" Photo Warning:
        "A file contains a picture but has another extension, so it is left out." =>
        "give it a picture's extension, or move it away"
    FileLeftOut "file-left-out" Io Warning:
        "A file in a gallery cannot be read, or a symbolic link is broken, so it is left out." =>
        "check its permissions, or delete it"
    MetadataDamaged "metadata-damaged" Photo Either:
        "Part of the metadata of a photo or its sidecar, such as title, keywords or rights, cannot be read." =>
        "export the photo or its sidecar again; without a sidecar, the photo's own metadata is used"
    MetadataNotWritten "metadata-not-written" Photo Error:
        "Copyright and other metadata cannot be written into a finished picture." =>
        "shorten the metadata; if that does not help, report a bug"
    PixelsDoubtful "pixels-doubtful" Photo Warning:
        "A photo is shown but may look wrong: its data is damaged, or its colour profile is ignored." =>
        "export it again from the original, with a common colour profile"
    InvalidWatermark "invalid-watermark" Site Error:
        "The picture or the font of a watermark is missing or cannot be used." =>
        "name a PNG file, or a TTF or OTF font that has every letter of the text"
    PhotoChanged "photo-changed" Site Error:
        "A photo changed while the site was built, so its download would not be what was planned." =>
        "build again"
    OriginalNotOffered "original-not-offered" Site Warning:
        "A gallery offers originals as downloads, but a photo is offered as a web-size JPEG, because its file cannot be freed of private metadata safely." =>
        "export the photo as JPEG, PNG or TIFF"
    DateInFuture "date-in-future" Photo Warning:
        "A photo is dated in the future, so it counts as undated." =>
        "correct the date in a photo program or a sidecar"
    PhotoWithheld "photo-withheld" Photo Warning:
        "A photo is hidden from an audience that excludes keywords, because its own cannot all be read." =>
        "export the photo or its sidecar again"

    // Text pages, static files and the theme.
    PageHead "page-head" Site Error:
        "The front matter of a text page is not closed, or is YAML." =>
        "write it as TOML between two lines of `+++`"
    DeadLink "dead-link" Site Error:
        "A text links to a missing page, file or heading." =>
        "correct or remove the link"
    UnusablePicture "unusable-picture" Site Error:
        "A text shows a picture from another site, or something that is not a picture." =>
        "put the picture into a gallery or into the static folder"
    UnknownPlaceholder "unknown-placeholder" Site Error:
        "A text has an unknown name in braces." =>
        "correct the name; docs/pages.md lists all names"
    UnreadMarkup "unread-markup" Site Either:
        "HTML, or a malformed link or picture, appears as text." =>
        "write it in Markdown; the hint shows how"
    RefusedAddress "refused-address" Site Warning:
        "A text links to an address with an unsupported scheme." =>
        "link to an `https`, `http`, `mailto` or `tel` address"
    TextNotShown "text-not-shown" Site Warning:
        "An unused footnote, or a heading replaced by the front matter's title, is not shown." =>
        "refer to the footnote, remove one of the titles, or begin the heading with `##`"
    BrokenClaim "broken-claim" Site Warning:
        "A text claims something that the site contradicts, such as that it sets no cookies." =>
        "change what the message names, or remove the claim"
    MissingHeaders "missing-headers" Site Warning:
        "Your own `_headers` file replaces the generated one and lacks headers that protect private pages." =>
        "add the lines in the hint"
    FileNotPublished "file-not-published" Site Warning:
        "The static folder contains a hidden file, a password file or an editor's backup, which is not published." =>
        "move it out of the static folder, or rename it"
    UnknownTheme "unknown-theme" Site Error:
        "There is no theme with this name." =>
        "create its folder, or remove `theme.name` to use the built-in theme"
    ThemeUnreadable "theme-unreadable" Site Error:
        "A file of the theme cannot be read." =>
        "check its permissions, or delete it"
    UnusedThemeFile "unused-theme-file" Site Warning:
        "A theme file overrides nothing and is not used." =>
        "correct its name; `safelight theme files` lists what can be overridden"
    OutdatedOverride "outdated-override" Site Remark:
        "A theme file replaces a built-in file that has changed since, or is the same as it." =>
        "merge its changes into the current one (`safelight theme eject NAME --print`), or delete it"
    TemplateError "template-error" Site Error:
        "A template cannot be read or rendered." =>
        "fix the line shown; `safelight theme data` shows a page's data"
    UnknownField "unknown-field" Site Warning:
        "A template uses an unknown field." =>
        "correct the name; `safelight theme data` shows a page's data"
    MissingAsset "missing-asset" Site Error:
        "The theme or its settings name a file that is in neither the theme's assets nor the static folder." =>
        "put the file there, or correct the name"
    BlockedByPolicy "blocked-by-policy" Site Either:
        "A theme file does something that the content security policy blocks, such as loading from another site." =>
        "put a copy of the file into the theme's `assets/`, or remove it"
    Untranslated "untranslated" Site Warning:
        "A site or gallery is in a language in which some interface words are missing, so they are English." =>
        "write them to a file with `safelight theme eject words/TAG.ftl`, and translate them there"
    InvalidWords "invalid-words" Site Error:
        "A file of interface words is not valid Fluent, or uses something of Fluent that words have no use for." =>
        "fix the line shown; docs/themes.md describes the files"
    OldWords "old-words" Site Error:
        "The theme's folder contains a `words.toml`, which earlier versions read." =>
        "write its words to `words/TAG.ftl` in the same folder, named by the language, and delete it"

    // Links and the ledger.
    NotShared "not-shared" Site Error:
        "The gallery was never shared, so it has no links." =>
        "share it with `safelight share`"
    AlreadyShared "already-shared" Site Error:
        "The recipient already has a working link to this gallery." =>
        "use that link, or revoke it first"
    UnknownLink "unknown-link" Site Error:
        "No link, or more than one, has this recipient or id." =>
        "list them with `safelight links`, and choose one by its id"
    LinkEnded "link-ended" Site Error:
        "The link was revoked or has expired, and cannot be changed any more." =>
        "create a new link with `safelight share`"
    GalleryEnded "gallery-ended" Site Error:
        "The gallery was permanently closed or has expired, so it cannot have new links." =>
        "set a later `expires`; to share a closed gallery again, delete its `id` line"
    UnsuitableDay "unsuitable-day" Site Error:
        "The last day is over, is later than the gallery's, or is already set." =>
        "give another day"
    InvalidRecipient "invalid-recipient" Site Error:
        "The recipient's name is empty, too long or contains invalid characters." =>
        "give a name that identifies the link, such as `--to \"the couple\"`"
    GalleryNotPrivate "gallery-not-private" Site Error:
        "Everyone can see this gallery, so a private link to it would be pointless." =>
        "write `access = \"private\"` into its `gallery.toml`"
    UnknownAudience "unknown-audience" Site Error:
        "The gallery has no audience with this name." =>
        "define it as `[audiences.NAME]` in `gallery.toml`, or correct the name"
    UrlNeeded "url-needed" Site Error:
        "The command writes complete links, but the site's address is unknown." =>
        "set `url` in site.toml"
    IdNotWritten "id-not-written" Site Error:
        "The gallery's id cannot be written into its `gallery.toml`." =>
        "add the `id` line yourself at the top of the file"
    EmptyLink "empty-link" Site Remark:
        "The new link opens no photos yet." =>
        "add photos to the gallery and build, or check what its audience may see"
    SettingNotWritten "setting-not-written" Site Error:
        "A command cannot write a setting into a `gallery.toml`." =>
        "write the line shown yourself"
    GalleryNotSealed "gallery-not-sealed" Site Error:
        "Chosen passwords open only sealed galleries, and this gallery is not sealed." =>
        "write `access = \"sealed\"` into its `gallery.toml`"
    NoLookUpPage "no-look-up-page" Site Either:
        "Codes should work on the look-up page, but the site has none." =>
        "write `[find]` into site.toml"
    DuplicateId "duplicate-id" Site Error:
        "Two folders have the same `id`, as after copying a gallery." =>
        "delete the `id` line from the copy's `gallery.toml`"
    MissingId "missing-id" Site Error:
        "A shared folder has lost the `id` of its links." =>
        "restore the `id` line in its `gallery.toml`, or close the gallery with `safelight retire`"
    UnknownId "unknown-id" Site Error:
        "A gallery's `id` is not in the ledger." =>
        "restore the ledger that it was shared with, or delete the `id` line"
    InvalidId "invalid-id" Site Error:
        "This is not the id of a gallery or link." =>
        "copy it from `safelight links`"
    SharedFolderGone "shared-folder-gone" Site Error:
        "The folder of a shared gallery is missing." =>
        "restore it, or close the gallery with `safelight retire`"
    SharedGalleryOpen "shared-gallery-open" Site Error:
        "A gallery was shared as private, but would now be public without saying so." =>
        "write `access = \"private\"` or `access = \"public\"` into its `gallery.toml`"
    InvalidLedger "invalid-ledger" Site Error:
        "`access.toml` is damaged, contains a merge conflict, or has an unsupported version or format." =>
        "restore it from git, or fix the line shown"
    LedgerChanged "ledger-changed" Site Error:
        "Something else changed `access.toml` while the command was running." =>
        "run the command again"
    LedgerInOutput "ledger-in-output" Site Error:
        "`access.toml`, which names every recipient, is in the published folder." =>
        "choose another folder for `output`"
    LedgerLostEntries "ledger-lost-entries" Site Error:
        "`access.toml` lacks something that was last committed or published, so dead links could work again." =>
        "restore the lines from git or a backup"
    LedgerAhead "ledger-ahead-of-clock" Site Warning:
        "The newest entry of `access.toml` has a later date than today, and counts as today." =>
        "correct the clock, or the entry with `safelight repair`"
    NothingToDo "nothing-to-do" Site Error:
        "There is nothing to change: the site has no links yet, or everything is already as requested." =>
        "nothing to do; create a first link with `safelight share`"
    RotationRefused "rotation-refused" Site Error:
        "The root secret or a gallery's addresses cannot be changed now." =>
        "wait until the previous change is over; the hint says how long"
    InvalidGate "invalid-gate" Site Error:
        "The gate cannot be generated: its list of dead links is too long, or it cannot contain a path or header." =>
        "lower `tombstone_days`, or change the path or header shown"

    // The secret.
    SecretMissing "secret-missing" Secret Error:
        "The site has links or should get some, but the secret is missing." =>
        "put it into `.safelight/secret` or SAFELIGHT_SECRET; create a first one with `safelight secret new`"
    SecretFileMissing "secret-file-missing" Secret Error:
        "The file named by SAFELIGHT_SECRET_FILE or SAFELIGHT_PASSWORDS_FILE does not exist." =>
        "put the secret or the passwords there, or unset the variable"
    SecretWrong "secret-wrong" Secret Error:
        "The secret is not the one that this site's links were derived from." =>
        "restore the right one from your backup"
    FormerSecretMissing "former-secret-missing" Secret Error:
        "Links of the former secret still work, but that secret is missing." =>
        "restore it until they end, or end them with `safelight secret rotate --compromised`"
    SecretDamaged "secret-damaged" Secret Error:
        "The secret is invalid or incomplete." =>
        "copy it again: one line that begins with `slk1_`"
    SecretExists "secret-exists" Secret Error:
        "The site already has a secret, which is not overwritten." =>
        "to replace it on purpose, run `safelight secret rotate`"
    SecretExposed "secret-exposed" Secret Either:
        "Others can read the file of the secret or of the passwords: through its permissions, git, or a published folder." =>
        "restrict the file's permissions and remove it from git; if someone may have read it, run `safelight secret \
         rotate --compromised`"
    SecretInSite "secret-in-site" Secret Error:
        "A file or name that would be published, or `site.toml`, contains a root secret." =>
        "remove it; if it was ever online, run `safelight secret rotate --compromised`"
    InvalidPasswords "invalid-passwords" Secret Error:
        "The file with the chosen passwords is damaged or not written as it should be." =>
        "correct the line shown, or set the passwords again with `safelight password`"
    PasswordsMissing "passwords-missing" Secret Error:
        "A sealed gallery should open with passwords, but they are not on this computer." =>
        "put them into `.safelight/passwords.toml` or SAFELIGHT_PASSWORDS, or choose others with `safelight password`"
    PasswordRefused "password-refused" Usage Error:
        "A password that you chose is empty, has the form of a link's code, or would be guessed." =>
        "choose another: four or five random words are hard to guess and easy to type"
    WeakPassword "weak-password" Secret Remark:
        "A password that you chose can be guessed by anyone with a copy of the site's files." =>
        "choose another with `safelight password`: four or five random words"
    WrongCode "wrong-code" Secret Error:
        "The code or password does not open the sealed gallery." =>
        "check it for typing errors; `safelight links --reveal` lists the codes of links"
    GitNotAnswering "git-not-answering" Secret Warning:
        "The site's git repository cannot be read, so it may contain the secret." =>
        "install git or repair the repository"
    EndedLinkUnclear "ended-link-unclear" Secret Error:
        "A private page is still online, and only the former secret tells whether its link is dead." =>
        "restore the former secret and build again, or delete the file on the host"

    // What is published.
    NoOutput "no-output" Io Error:
        "There is no published site in this folder." =>
        "build the site first with `safelight build`"
    RecordMissing "record-missing" Site Error:
        "The record of published files is missing, so Safelight cannot tell which files belong to the site." =>
        "restore `.safelight/published`, or empty the output folder and build again"
    RecordDamaged "record-damaged" Site Either:
        "The record of published files is damaged, or belongs to another output folder." =>
        "if no second copy was used instead, empty the output folder and build again"
    ForeignFiles "foreign-files" Site Error:
        "Files that Safelight did not write are where it needs to write." =>
        "move them away, or replace them with `safelight build --adopt`"
    InTheWay "in-the-way" Io Either:
        "A file or symbolic link is in the way of an output folder." =>
        "move it away"
    PublicOnlyRefused "public-only-refused" Site Error:
        "The output contains private galleries, and this build would remove all of them." =>
        "build without `--public-only`, or to another folder"
    TakenDown "taken-down" Site Warning:
        "A build failed, but took down what was withdrawn." =>
        "fix the errors and build again"
    StillReachable "still-reachable" Site Either:
        "A build failed or was stopped, and something withdrawn is still online." =>
        "fix the errors and build again"
    Leftovers "leftovers" Site Warning:
        "The output, or a former output folder, contains pages or pictures that are not in the record, and that no \
         build will take down." =>
        "delete what does not belong to the site, or the folder if it is no longer the output"
    CacheDamaged "cache-damaged" Io Error:
        "A cached picture is missing or damaged." =>
        "build again; if this happens repeatedly, the disk may be failing"
    HostLimit "host-limit" Finding Error:
        "The site exceeds a limit of the host." =>
        "reduce what the message names, or choose another host"
    AuditFinding "audit-finding" Finding Error:
        "The published site breaks an audit rule; `safelight explain RULE` describes each rule." =>
        "follow the finding's hint"
    SealedFileRefused "sealed-file-refused" Finding Error:
        "A file of a sealed gallery is missing, was changed, cut off or swapped, or is of an older state." =>
        "publish the site again; if it is a copy, copy it again"
    PickNotFound "pick-not-found" Finding Remark:
        "No photo, no original, or no single one, belongs to something that a client picked." =>
        "compare the names; ask the client, or find the photo yourself"
    SidecarLeftAlone "sidecar-left-alone" Finding Error:
        "An XMP sidecar, or the XMP in a photo, is damaged or written in an unusual way, so it was left as it is." =>
        "save the photo's metadata again in your photo program, and repeat the command"

    // The target.
    NoTarget "no-target" Usage Error:
        "site.toml does not say where to publish the site, or has no target of this name." =>
        "write `to` below `[publish]`, as in `to = \"s3://photos.example.com\"`"
    PublishUnavailable "publish-unavailable" Usage Error:
        "This program was built without publishing." =>
        "install it again with its default features, or use `./safelight`, which adds them"
    CredentialsMissing "credentials-missing" Io Error:
        "No credentials for the target were found, or they cannot be used." =>
        "log in with the host's own tool, or set its environment variables"
    TargetRefused "target-refused" Io Error:
        "The target refused a request: it does not exist, or the credentials lack a right." =>
        "check the name of the bucket or folder, and what the credentials may do there"
    TargetUnreachable "target-unreachable" Io Error:
        "The target does not answer, or its answers make no sense." =>
        "check the connection and the address, then publish again"
    TargetFull "target-full" Io Error:
        "The disk, bucket or account of the target has no room left." =>
        "free some room there, then publish again"
    TargetBusy "target-busy" Locked Error:
        "Another publish to this target is running." =>
        "wait until it ends; if it was killed, publish again after the time shown"
    LedgerBehind "ledger-behind" Site Error:
        "The ledger lacks something that is online already: a newer one was published." =>
        "get the newer `access.toml` (`git pull`), then publish again"
    PrivatePartsOnline "private-parts-online" Secret Error:
        "The target has private galleries, and the secret or the ledger that they belong to is missing here." =>
        "get both from the computer that publishes; if another site is published there, name another place in `to`"
    StateDamaged "state-damaged" Io Error:
        "The record that the target keeps of what is online cannot be read." =>
        "publish with `--rebuild-state`, which begins a new one and sends everything again"
    StateMissing "state-missing" Io Error:
        "Nothing of the site is on the target." =>
        "check `to`, and whether the disk is mounted; if that is right, publish with `--rebuild-state`"
    TooManyRemovals "too-many-removals" Usage Error:
        "The publish would remove many public files, and you did not confirm it." =>
        "check the site with `--dry-run`; if it is right, pass `--allow-removals N`"
    TargetListed "target-listed" Finding Error:
        "Strangers can list the files on the target, and with them every private address." =>
        "take the right to list from the public, and leave it the right to read"
    TargetUnguarded "target-unguarded" Io Remark:
        "The target does not honour conditions, so two publishes at once could undo each other." =>
        "let only one job publish at a time, as with `concurrency` in GitHub Actions"
    TargetKeeps "target-keeps" Io Remark:
        "The target keeps what is deleted, for a while or for good." =>
        "turn versions or soft deletion off, or let them end after a few days"
    TargetSilent "target-silent" Io Remark:
        "The target does not answer, and is tried again for a while." =>
        "wait; if it does not help, check the connection and the address"
    HeadersNotSent "headers-not-sent" Io Remark:
        "The target cannot send some of the headers in `_headers`." =>
        "set them in the CDN or server in front of it"
    PurgeFailed "purge-failed" Io Error:
        "The caches could not be told to forget what changed." =>
        "purge them yourself, or publish again"
    StillOnline "still-online" Finding Error:
        "Something that was withdrawn still answers at the site's address." =>
        "purge the CDN's cache; check that the site's `url` leads to this target"
    NotOnline "not-online" Finding Error:
        "Something that was published does not answer at the site's address." =>
        "check that the site's `url` leads to this target"
    ToolFailed "tool-failed" Io Error:
        "The host's own tool is missing, or failed." =>
        "install it and log in with it, then publish again"

    // The machine.
    CannotRead "cannot-read" Io Either:
        "The system refused to read a file or folder." =>
        "check that it exists and that you may read it"
    CannotWrite "cannot-write" Io Either:
        "The system refused to write a file or create a folder." =>
        "check who owns the folder and whether you may write there"
    CannotRemove "cannot-remove" Io Either:
        "The system refused to delete a file or folder." =>
        "check who owns the folder and whether you may write there"
    DiskFull "disk-full" Io Either:
        "The disk or your quota is full." =>
        "free some disk space and run the command again"
    CannotLock "cannot-lock" Io Error:
        "The site's lock, which prevents two builds at once, cannot be used." =>
        "check that you may write to `.safelight` and that its file system supports locks"
    CannotStart "cannot-start" Io Error:
        "A process or thread cannot be started." =>
        "check the limits on memory and processes"
    CannotListen "cannot-listen" Io Error:
        "`safelight serve` cannot listen at this address and port." =>
        "choose another port with `--port`"
    BrowserNotOpened "browser-not-opened" Io Remark:
        "The browser cannot be opened from here." =>
        "open the address yourself"
    Locked "locked" Locked Error:
        "Another command is running on this site." =>
        "wait until it ends, or stop it"
    Interrupted "interrupted" Interrupted Error:
        "You stopped the command; finished work is kept." =>
        "run it again to continue"
    Internal "internal" Site Error:
        "Safelight has a bug: this should not happen." =>
        "report it"
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
