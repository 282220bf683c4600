//! Access for a build: the secret and the ledger, checked against each other, the folders, git and the last publish.
//!
//! [`Access::load`] reads what does not depend on the galleries; [`Access::grant`] settles the rest once they are known,
//! and refuses before anything is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Preview, State, address_history, locators};
use crate::access::folders::check_folders;
use crate::access::history::{LedgerRecord, Violation};
use crate::access::ledger::LEDGER_FILE;
use crate::access::passwords::Passwords;
use crate::access::publication::{GalleryFacts, GalleryPublication, LivePage, PublicationContext, publication};
use crate::access::{GalleryId, Keys, Ledger, Mode, Scope, Secret, SecretSources, Today, file, git};
use crate::catalog::{Catalog, Gallery};
use crate::config::{Config, GalleryConfig};
use crate::plan::{Grants, Locator, audience_faults};
use crate::publish::{Manifest, Reach, Site, manifest_path};
use crate::sealed::Iterations;
use crate::visibility::{PrivateFolder, Visibility};
use crate::{Code, Error};

/// The note in the record of what was written that says what the ledger was.
pub(super) const LEDGER_NOTE: &str = "ledger";

/// The secret and the ledger of a site, as a build needs them.
#[derive(Debug, Default)]
pub struct Access {
    keys: Option<Arc<Keys>>,
    previous: Option<Keys>,
    /// Every secret at hand, for what must not be published.
    secrets: Vec<Secret>,
    ledger: Option<Ledger>,
    ledger_file: PathBuf,
    committed: Option<LedgerRecord>,
    day: Date,
    public_only: bool,
    announce: Option<fn(&str)>,
    preview: Option<Preview>,
    passwords: Passwords,
}

/// How access is to be settled.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The day in UTC, by the clock or by the owner's word.
    pub day: Date,
    /// Leave out everything private, so that no secret is needed.
    pub public_only: bool,
    /// Told every living token before anything else is told, so that logs can hide it.
    pub announce: Option<fn(&str)>,
}

/// What is granted today.
#[derive(Debug, Default)]
pub struct Granted {
    /// What the ledger asks to be published.
    pub publications: Vec<GalleryPublication>,
    /// Where codes lead that are typed on the look-up page.
    pub locators: Vec<Locator>,
    /// What the owner should know.
    pub warnings: Vec<Error>,
    notes: Vec<(&'static str, Vec<u8>)>,
}

impl Access {
    /// Reads the secret and the ledger of a site. Also gives what the owner should know of the secret's place.
    ///
    /// # Errors
    /// A secret or a ledger that is refused; links without a secret; a secret of another root than the ledger's.
    pub fn load(config: &Config, sources: &SecretSources, request: Request) -> Result<(Self, Vec<Error>), Vec<Error>> {
        let ledger_file = config.root.join(LEDGER_FILE);
        let ledger = file::read(&ledger_file)?;
        let shown = PathBuf::from(LEDGER_FILE);
        if config.output.parent().is_some() && ledger_file.starts_with(&config.output) {
            return Err(vec![
                Error::new(Code::LedgerInOutput, "the ledger is in the published folder")
                    .at(shown)
                    .hint("choose another `output`"),
            ]);
        }
        let committed = git::committed(&ledger_file)
            .and_then(|text| Ledger::parse(&text, &shown).ok())
            .map(|old| LedgerRecord::of_text(&old));
        let mut access = Self {
            ledger,
            ledger_file: shown,
            secrets: sources.at_hand(),
            committed,
            day: request.day,
            public_only: request.public_only,
            announce: request.announce,
            ..Self::default()
        };
        // Only where there is something that git would have to say.
        let unheard = |wanted: bool| wanted.then(|| git::unheard(&config.root)).flatten().into_iter();
        let has_ledger = access.ledger.is_some();
        if request.public_only {
            return Ok((access, unheard(has_ledger).collect()));
        }
        let Some(found) = sources.find(git::tracks)? else {
            let shared = access
                .ledger
                .as_ref()
                .filter(|ledger| ledger.galleries.iter().any(|gallery| !gallery.links.is_empty()));
            return match shared {
                None => Ok((access, unheard(has_ledger).collect())),
                Some(_) => Err(vec![no_secret()]),
            };
        };
        let keys = Keys::new(&found.secret);
        if let Some(ledger) = &access.ledger {
            keys.require_root(&ledger.root, &access.ledger_file)?;
        }
        access.keys = Some(Arc::new(keys));
        access.previous = found.previous.as_ref().map(Keys::new);
        let chosen = sources.find_passwords(git::tracks)?;
        access.passwords = chosen.passwords;
        let warnings = found.warnings.into_iter().chain(chosen.warnings);
        Ok((access, warnings.chain(unheard(true)).collect()))
    }

    /// The same, with private galleries that no living link opens shown to their owner.
    pub fn with_preview(self, preview: Preview) -> Self {
        Self { preview: Some(preview), ..self }
    }

    /// What shows galleries to their owner.
    pub(super) fn preview(&self) -> Option<&Preview> {
        self.preview.as_ref()
    }

    /// The root's keys, where the secret is at hand.
    pub fn keys(&self) -> Option<&Arc<Keys>> {
        self.keys.as_ref()
    }

    /// The former root's keys, where they were given.
    pub fn previous(&self) -> Option<&Keys> {
        self.previous.as_ref()
    }

    /// The passwords that were chosen for sealed galleries.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Every secret at hand, for what must not be published.
    pub(super) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// What galleries say that matters for access, by id. `folders`: paths below the folder of galleries with their settings.
    pub fn facts<'c>(
        &self,
        folders: impl IntoIterator<Item = (&'c Path, &'c GalleryConfig)>,
    ) -> BTreeMap<GalleryId, GalleryFacts> {
        facts(folders, self.keys.as_deref().map(|keys| (keys, &self.passwords)))
    }

    /// What the plan takes of it, where the secret is at hand.
    pub(super) fn grants<'a>(&'a self, config: &Config, granted: &'a Granted) -> Option<Grants<'a>> {
        Some(Grants {
            keys: self.keys.as_ref()?,
            previous: self.previous.as_ref(),
            passwords: &self.passwords,
            iterations: Iterations::of(config.code_iterations),
            publications: &granted.publications,
        })
    }

    /// The ledger, where the site has one.
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// The day that decides.
    pub fn today(&self) -> Today {
        match &self.ledger {
            Some(ledger) => Today::new(self.day, ledger),
            None => Today::new(self.day, &Ledger::new("")),
        }
    }

    /// Says that codes which were given out lead nowhere, where the site has no page to type them on.
    fn codes_without_page(&self, config: &Config, publications: &[GalleryPublication]) -> Option<Error> {
        let ledger = self.ledger.as_ref().filter(|_| config.find.is_none())?;
        let alive =
            publications.iter().flat_map(|one| one.audiences.iter().map(move |audience| (one.gallery, audience)));
        let links = alive.flat_map(|(gallery, audience)| audience.pages.iter().map(move |page| (gallery, page)));
        let finds = |(gallery, page): &(GalleryId, &LivePage)| {
            let link = ledger.gallery(*gallery).and_then(|of| of.link(page.link));
            !page.of_previous_root && link.is_some_and(|link| link.find)
        };
        let count = links.filter(finds).count();
        let what = match count {
            0 => return None,
            1 => "the code of a link was made for the look-up page".to_owned(),
            count => format!("the codes of {count} links were made for the look-up page"),
        };
        let error = Error::new(Code::NoLookUpPage, format!("{what}, which the site does not have")).at("site.toml");
        Some(error.hint("write `[find]` into site.toml, or revoke the links"))
    }

    /// What is published today, by what the folders say: paths below the folder of galleries with their settings.
    ///
    /// # Errors
    /// A planned change of the root without the former secret.
    pub fn publications<'c>(
        &self,
        config: &Config,
        folders: impl IntoIterator<Item = (&'c Path, &'c GalleryConfig)>,
    ) -> crate::Result<Vec<GalleryPublication>> {
        let (Some(keys), Some(ledger)) = (&self.keys, &self.ledger) else { return Ok(Vec::new()) };
        let facts = self.facts(folders);
        publication(ledger, keys, self.previous.as_ref(), &circumstances(config, &facts, self.today()))
    }

    /// Settles what is granted, once the galleries are known; nothing is written before this.
    ///
    /// # Errors
    /// A ledger that lost something since the last commit or publish, or that does not fit the folders; a build without
    /// private galleries over one that has them.
    pub(super) fn grant(&self, config: &Config, catalog: &Catalog, manifest: &Manifest) -> Result<Granted, Vec<Error>> {
        // Where previews lie nothing is anybody's link.
        if self.public_only && self.preview.is_none() {
            let private = manifest.iter().filter(|record| record.reach == Reach::Private).count();
            if private > 0 {
                let message =
                    format!("the output contains {private} private files, and this build would remove all of them");
                let error = Error::new(Code::PublicOnlyRefused, message).at(&config.output);
                return Err(vec![error.hint("build without `--public-only`, or to another folder")]);
            }
        }
        self.look(config, catalog, manifest)
    }

    /// The same for commands that write nothing: without the secret they look at what is open.
    ///
    /// # Errors
    /// A ledger that lost something since the last commit or publish, or that does not fit the folders.
    pub fn look(&self, config: &Config, catalog: &Catalog, manifest: &Manifest) -> Result<Granted, Vec<Error>> {
        let folders: Vec<(&Path, &GalleryConfig)> =
            catalog.galleries.iter().map(|gallery| (gallery.folder.as_path(), &gallery.config)).collect();
        let facts = self.facts(folders.iter().copied());
        let mut errors = self.violations(&facts, manifest);
        if let Some(ledger) = &self.ledger {
            errors.extend(folder_errors(config, ledger, &folders));
            errors.extend(opened_by_accident(config, ledger, catalog));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let publications = self.publications(config, folders.iter().copied())?;
        let mut faults = audience_faults(config, catalog, &publications);
        faults.extend(lacking_passwords(config, catalog, &publications));
        if !faults.is_empty() {
            return Err(faults);
        }
        if let Some(announce) = self.announce {
            for audience in publications.iter().flat_map(|gallery| &gallery.audiences) {
                announce(audience.assets.path_segment());
                audience.pages.iter().for_each(|page| announce(page.token.path_segment()));
            }
        }
        let locators = self.locators(config, &publications, manifest);
        if let Some(announce) = self.announce {
            locators.values().for_each(|locator| announce(&locator.name));
        }
        let mut notes = if self.public_only { Vec::new() } else { self.notes(&facts, &publications, manifest) };
        notes.extend(locators::note(&locators));
        let warnings = self.codes_without_page(config, &publications).into_iter().collect();
        Ok(Granted { publications, locators: locators.into_values().collect(), warnings, notes })
    }

    /// What the ledger has lost since it was committed, or published from here.
    pub fn lost_entries(&self, config: &Config, facts: &BTreeMap<GalleryId, GalleryFacts>) -> Vec<Error> {
        let record = manifest_path(&config.output, State::of(config).folder()).and_then(|path| Manifest::load(&path));
        // Without a record nothing was published from here; a damaged one is the build's to tell.
        self.violations(facts, &record.unwrap_or_default())
    }

    /// Notes in the record of what is online what the ledger is today, so that an older one is known for what it is.
    pub fn note_ledger(&self, facts: &BTreeMap<GalleryId, GalleryFacts>, notes: &mut BTreeMap<String, Vec<u8>>) {
        let Some(ledger) = &self.ledger else { return };
        let mut record = LedgerRecord::of_publish(ledger, facts, self.today());
        if let Some(before) = notes.get(LEDGER_NOTE).and_then(|note| serde_json::from_slice(note).ok()) {
            record.remember_roots(&before);
        }
        if let Ok(record) = serde_json::to_vec(&record) {
            notes.insert(LEDGER_NOTE.to_owned(), record);
        }
    }

    /// What the ledger lacks that the record of what is online knows: then a newer one was published.
    pub fn behind(&self, facts: &BTreeMap<GalleryId, GalleryFacts>, online: &Manifest) -> Vec<Error> {
        let Some(published) = published_ledger(online) else { return Vec::new() };
        let empty = Ledger::new("");
        let ledger = self.ledger.as_ref().unwrap_or(&empty);
        let now = LedgerRecord::of_publish(ledger, facts, self.today());
        let found = published.violations(ledger, &now);
        let behind =
            |found: &Violation| Error { code: Code::LedgerBehind, ..found.error(&self.ledger_file, "what is online") };
        found.iter().map(behind).collect()
    }

    /// What the ledger has lost.
    pub(super) fn violations(&self, facts: &BTreeMap<GalleryId, GalleryFacts>, manifest: &Manifest) -> Vec<Error> {
        let published = published_ledger(manifest);
        let empty = Ledger::new("");
        let ledger = match &self.ledger {
            Some(ledger) => ledger,
            None if published.is_none() && self.committed.is_none() => return Vec::new(),
            // Without a ledger nothing may have been in it.
            None => &empty,
        };
        let now = LedgerRecord::of_publish(ledger, facts, self.today());
        let mut found: Vec<(Violation, &str)> = Vec::new();
        for (older, name) in [(&self.committed, "the last commit"), (&published, "the last publish")] {
            for violation in older.iter().flat_map(|older| older.violations(ledger, &now)) {
                // What both say is said once.
                if found.iter().all(|(known, _)| *known != violation) {
                    found.push((violation, name));
                }
            }
        }
        found.iter().map(|(violation, older)| violation.error(&self.ledger_file, older)).collect()
    }

    fn notes(
        &self,
        facts: &BTreeMap<GalleryId, GalleryFacts>,
        publications: &[GalleryPublication],
        manifest: &Manifest,
    ) -> Vec<(&'static str, Vec<u8>)> {
        let Some(ledger) = &self.ledger else { return Vec::new() };
        let today = self.today();
        let mut notes = Vec::new();
        let mut record = LedgerRecord::of_publish(ledger, facts, today);
        if let Some(before) = published_ledger(manifest) {
            record.remember_roots(&before);
        }
        if let Ok(record) = serde_json::to_vec(&record) {
            notes.push((LEDGER_NOTE, record));
        }
        notes.extend(address_history::assets_note(manifest, publications, today));
        let roots = self.keys.as_deref().into_iter().chain(&self.previous);
        notes.extend(address_history::pages_note(manifest, ledger, roots, today));
        notes
    }
}

impl Granted {
    /// Leaves in the record what the next build must know.
    pub(super) fn leave_notes(&self, site: &mut Site) {
        for (name, note) in &self.notes {
            site.set_note(name, note.clone());
        }
    }
}

/// What the ledger was when something was last published from here.
fn published_ledger(manifest: &Manifest) -> Option<LedgerRecord> {
    manifest.note(LEDGER_NOTE).and_then(|note| serde_json::from_slice(note).ok())
}

/// What galleries say that matters for access, by id. `folders`: paths below the folder of galleries with their settings.
/// `passwords`: those that were chosen, with the keys that mark them.
pub fn facts<'c>(
    folders: impl IntoIterator<Item = (&'c Path, &'c GalleryConfig)>,
    passwords: Option<(&Keys, &Passwords)>,
) -> BTreeMap<GalleryId, GalleryFacts> {
    let folders: Vec<_> = folders.into_iter().collect();
    let sealed: BTreeSet<&Path> =
        folders.iter().filter(|(_, said)| said.access == Some(Visibility::Sealed)).map(|(path, _)| *path).collect();
    let of = |(path, said): &(&Path, &GalleryConfig)| {
        let id = said.id.as_deref()?.parse().ok()?;
        // No folder is more open than the one around it.
        let is_sealed = path.ancestors().any(|around| sealed.contains(around));
        let mode = is_sealed.then_some(Mode::Sealed);
        let tags = |(keys, passwords): (&Keys, &Passwords)| passwords.tags(keys, id);
        let mut password_tags = passwords.filter(|_| is_sealed).map(tags).unwrap_or_default();
        password_tags.retain(|audience, _| said.has_passwords(audience));
        Some((id, GalleryFacts { expires: said.expires, mode, password_tags }))
    };
    folders.iter().filter_map(of).collect()
}

/// What a publication depends on besides the ledger.
pub fn circumstances<'a>(
    config: &Config,
    galleries: &'a BTreeMap<GalleryId, GalleryFacts>,
    today: Today,
) -> PublicationContext<'a> {
    PublicationContext {
        today,
        galleries,
        dated_links: config.links.dated,
        tombstone_days: config.links.tombstone_days,
    }
}

/// A folder below the folder of galleries as the ledger writes it.
pub fn ledger_path(folder: &Path) -> String {
    folder.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Where the ledger does not fit the folders.
pub fn folder_errors(config: &Config, ledger: &Ledger, folders: &[(&Path, &GalleryConfig)]) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut with_id = Vec::new();
    let mut without = BTreeSet::new();
    for (folder, said) in folders {
        let path = ledger_path(folder);
        match said.id.as_deref().map(str::parse::<GalleryId>) {
            Some(Ok(id)) => with_id.push((path, id)),
            Some(Err(error)) => errors.push(error),
            None => drop(without.insert(path)),
        }
    }
    let galleries = config.display_path(&config.galleries);
    errors.extend(check_folders(ledger, &with_id, |path| without.contains(path), galleries).errors);
    let known: BTreeSet<GalleryId> = ledger.galleries.iter().map(|gallery| gallery.id).collect();
    for (path, id) in &with_id {
        if !known.contains(id) {
            errors.push(
                Error::new(Code::UnknownId, format!("the ledger does not contain the `id` of `{path}`"))
                    .at(galleries.join(path).join("gallery.toml"))
                    .hint("restore the ledger that it was shared with, or delete the `id` line"),
            );
        }
    }
    errors
}

/// Galleries that would be published without the passwords that open them.
pub(super) fn lacking_passwords(config: &Config, catalog: &Catalog, publications: &[GalleryPublication]) -> Vec<Error> {
    let mut errors = Vec::new();
    for publication in publications {
        let is_it = |gallery: &&Gallery| gallery.config.id.as_deref() == Some(publication.gallery.as_str());
        let Some(gallery) = catalog.galleries.iter().find(is_it) else { continue };
        let lacks = publication.audiences.iter().any(|audience| {
            let Scope { mode, password_tag, audience, .. } = &audience.scope;
            *mode == Mode::Sealed && gallery.config.has_passwords(audience) && password_tag.is_none()
        });
        if lacks {
            let path = ledger_path(&gallery.folder);
            let what = "says `passwords = true`, but the passwords that open it are not on this computer";
            let hint = format!(
                "copy `.safelight/passwords.toml` from where they were chosen, or set SAFELIGHT_PASSWORDS to its content; \
                 to choose others, run `safelight password {}`",
                crate::error::shell_quote(&path)
            );
            let file = config.display_gallery_path(gallery.folder.join("gallery.toml"));
            errors.push(Error::new(Code::PasswordsMissing, what).at(file).hint(hint));
        }
    }
    errors
}

/// Shared galleries that everybody would see although nobody said so: what closed them was a folder above them.
fn opened_by_accident(config: &Config, ledger: &Ledger, catalog: &Catalog) -> Vec<Error> {
    let shared: BTreeSet<&str> = ledger
        .galleries
        .iter()
        .filter(|gallery| gallery.closed.is_none() && !gallery.links.is_empty())
        .map(|gallery| gallery.id.as_str())
        .collect();
    let is_one = |gallery: &&Gallery| {
        let said = &gallery.config;
        gallery.visibility.is_open()
            && said.access.is_none()
            && said.id.as_deref().is_some_and(|id| shared.contains(id))
    };
    let error = |gallery: &Gallery| {
        Error::new(
            Code::SharedGalleryOpen,
            format!("`{}` was shared as a private gallery, but would now be public", ledger_path(&gallery.folder)),
        )
        .at(config.display_gallery_path(gallery.folder.join("gallery.toml")))
        .hint("write `access = \"private\"` into its `gallery.toml`, or `access = \"public\"` to open it to everyone")
    };
    catalog.galleries.iter().filter(is_one).map(error).collect()
}

/// Why nothing may be built into an output that holds private files of which there is no record: they may be of links that
/// ended, and nobody would ever take them away.
pub(super) fn unrecorded(config: &Config, manifest: &Manifest) -> Option<Error> {
    if !manifest.is_empty() {
        return None;
    }
    let holds =
        |folder: &&str| std::fs::read_dir(config.output.join(folder)).is_ok_and(|mut found| found.next().is_some());
    let folder = PrivateFolder::ALL.iter().map(|folder| folder.name()).find(holds)?;
    Some(
        Error::new(
            Code::RecordMissing,
            format!(
                "`{folder}/` contains private files of an earlier build, but the \
                                                 record of published files is missing"
            ),
        )
        .at(&config.output)
        .hint(format!(
            "delete `g`, `x` and `e` from this folder, or restore `{}/published`: without it, dead links cannot be \
                 told from working ones",
            config.state.display()
        )),
    )
}

/// Nothing can be made or looked up without the secret.
pub fn no_secret() -> Error {
    Error::new(Code::SecretMissing, "this site has links, but their secret is missing").hint(
        "put it into `.safelight/secret` or SAFELIGHT_SECRET; to build without private galleries, run `safelight build \
         --public-only`",
    )
}
