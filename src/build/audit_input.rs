//! Gathers the input of an audit from a site.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{State, access, address_history, boilerplate};
use crate::access::ledger::LEDGER_FILE;
use crate::access::publication::{PublicationContext, publication_of_root};
use crate::access::verify::{TokenIndex, TokenKind};
use crate::access::{GalleryId, Keys, Ledger, Mode, SecretSources, Today, file, sources};
use crate::audit::{AuditInput, Expected, Token, Word, WordKind};
use crate::catalog::{Catalog, Gallery, Index, Photo};
use crate::config::{Config, Downloads};
use crate::metadata::Licence;
use crate::pages::Theme;
use crate::pages::words::When;
use crate::plan::address_name;
use crate::publish::{Manifest, Reach, manifest_path};
use crate::visibility::PrivateFolder;
use crate::{Code, Error};

impl AuditInput {
    /// Gathers what an audit of `folder` needs to know: the site's output, or a copy of it from elsewhere.
    ///
    /// # Errors
    /// A site, ledger or secret that cannot be read; an output that was never published; the secret of another root than the
    /// ledger's, and none where private files were published with one. Where a secret lies is for the audit to judge.
    pub fn of_site(config: &Config, folder: &Path, secrets: &SecretSources, day: Date) -> Result<Self, Vec<Error>> {
        let state = State::of(config);
        let record = manifest_path(&config.output, state.folder())?;
        if !record.exists() {
            let error = Error::new(
                Code::RecordMissing,
                "there is no record of published files, so the expected content of this folder is unknown",
            );
            return Err(vec![error.at(folder).hint("run `safelight build` first")]);
        }
        let manifest = Manifest::load(&record)?;
        let ledger_file = config.root.join(LEDGER_FILE);
        let ledger = file::read(&ledger_file)?.unwrap_or_else(|| Ledger::new(""));
        let given_secret_file = secrets.file.clone().filter(|file| !file.as_os_str().is_empty());
        let beside = [sources::FILE, sources::PREVIOUS_FILE, sources::NEW_FILE].map(|file| config.root.join(file));
        let found = secrets.resolve()?;
        let keys = found.as_ref().map(|found| Keys::new(&found.secret));
        let previous = found.as_ref().and_then(|found| found.previous.as_ref()).map(Keys::new);
        let has_links = ledger.galleries.iter().any(|gallery| !gallery.links.is_empty());
        let lacks_secret = has_links && keys.is_none();
        // Without it the pages' own names are all that is known, and each would seem to be out of place.
        if lacks_secret && manifest.iter().any(|record| record.reach == Reach::Private) {
            return Err(vec![access::no_secret()]);
        }
        if let Some(keys) = keys.as_ref().filter(|_| !ledger.root.is_empty()) {
            keys.require_root(&ledger.root, Path::new(LEDGER_FILE))?;
        }
        // Where the environment gives the secrets, those in the files are others.
        let mut held: Vec<Zeroizing<Vec<u8>>> =
            secrets.at_hand().iter().map(|secret| Zeroizing::new(secret.expose_bytes().to_vec())).collect();
        held.sort_by(|a, b| a.as_slice().cmp(b.as_slice()));
        held.dedup();
        let mut index = Index::load(&state.index());
        let mut catalog = Catalog::read(config, &mut index)?;
        catalog.close_ended(Today::new(day, &ledger).date());
        let theme = Theme::of(config, &catalog.languages())?;
        let mut input = Self {
            output: folder.to_owned(),
            base: config.url.as_ref().map_or("/", |url| &url.base).to_owned(),
            origin: config.url.as_ref().map(|url| url.origin.clone()),
            files: expected(&manifest),
            site: config.root.clone(),
            secret_files: beside.into_iter().chain(given_secret_file.clone()).collect(),
            given_secret_file,
            ledger: ledger_file,
            keep_gps: config.rights.keep_gps,
            is_original: folder == config.output,
            secrets: held,
            roots: ledger.previous.iter().map(|former| &former.root).chain([&ledger.root]).cloned().collect(),
            lacks_secret,
            ..Self::default()
        };
        let passwords = secrets.find_passwords(crate::access::git::tracks)?.passwords;
        let folders = catalog.galleries.iter().map(|gallery| (gallery.folder.as_path(), &gallery.config));
        let facts = access::facts(folders, keys.as_ref().map(|keys| (keys, &passwords)));
        let circumstances = access::circumstances(config, &facts, Today::new(day, &ledger));
        input.tokens = tokens(&ledger, keys.as_ref(), previous.as_ref(), &circumstances, &manifest);
        input.gather_sealed(config, &catalog, &ledger, keys.as_ref(), &circumstances)?;
        input.gather_words(config, &catalog, &ledger, &theme);
        Ok(input)
    }

    /// The keys of what is sealed today, and the galleries that are.
    ///
    /// # Errors
    /// Passwords that are not at hand: what they seal could not be opened.
    fn gather_sealed(
        &mut self,
        config: &Config,
        catalog: &Catalog,
        ledger: &Ledger,
        keys: Option<&Keys>,
        circumstances: &PublicationContext<'_>,
    ) -> Result<(), Vec<Error>> {
        let sealed = circumstances.galleries.iter().filter(|(_, facts)| facts.mode == Some(Mode::Sealed));
        self.sealed_galleries = sealed.map(|(id, _)| *id).collect();
        let Some(keys) = keys else { return Ok(()) };
        let published = publication_of_root(ledger, keys, circumstances);
        let lacking = access::lacking_passwords(config, catalog, &published);
        if !lacking.is_empty() {
            return Err(lacking);
        }
        for audience in published.iter().flat_map(|one| &one.audiences) {
            if audience.scope.mode == Mode::Sealed {
                let key = keys.sealing(&audience.scope).content_key().clone();
                self.sealed.insert(audience.assets.path_segment().to_owned(), key);
            }
        }
        Ok(())
    }

    fn gather_words(&mut self, config: &Config, catalog: &Catalog, ledger: &Ledger, theme: &Theme) {
        let mut public: Vec<String> = vec![config.title.clone()];
        public.extend([&config.description, &config.author, &config.contact].into_iter().flatten().cloned());
        let translations = config.translations.values();
        public.extend(translations.flat_map(|said| said.title.iter().chain(&said.description)).cloned());
        let rights = &config.rights;
        public.extend([&rights.creator, &rights.copyright, &rights.credit].into_iter().flatten().cloned());
        public.extend(config.url.iter().map(|url| format!("{} {}", url.origin, url.base)));
        public.extend(catalog.pages.iter().map(|page| format!("{} {}", page.stem, page.text)));
        for file in &catalog.static_files {
            public.push(file.path.clone());
        }
        let mut words = BTreeSet::new();
        for (at, gallery) in catalog.galleries.iter().enumerate() {
            if catalog.visibility_of_photos(at).is_open() {
                public.extend(texts(gallery));
                public.extend(days(gallery, theme));
                continue;
            }
            let owner = owner(catalog, at);
            let mut add = |text: String, what| {
                words.insert(Word { text, what, gallery: owner, link: None });
            };
            // The home page is open where the photos directly in its folder are not.
            if !gallery.visibility.is_open() {
                add(gallery.title.clone(), WordKind::Title);
                let translations = gallery.config.translations.values();
                translations.filter_map(|said| said.title.clone()).for_each(|title| add(title, WordKind::Title));
            }
            if let Some(folder) = gallery.folder.file_name().and_then(|name| name.to_str()) {
                add(folder.to_owned(), WordKind::Title);
            }
            gallery.photos.iter().for_each(|photo| add(photo.name.to_string_lossy().into_owned(), WordKind::FileName));
            if let Some(owner) = owner {
                let own = self.own_text.entry(owner).or_default();
                let name = gallery.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                own.extend([name, "\n", &address_name(name), "\n"]);
                // Downloads are saved, and favourites handed over, under the names of their files.
                if names_files(catalog, at, owner) {
                    let names = gallery.photos.iter().map(|photo| photo.name.to_string_lossy());
                    own.extend(names.flat_map(|name| [name, "\n".into()]));
                }
                own.extend(said(gallery).into_iter().flat_map(|text| [text, "\n".to_owned()]));
                if gallery.config.share_cover {
                    self.shared_covers.insert(owner);
                }
            }
        }
        for gallery in &ledger.galleries {
            for link in gallery.links.iter().filter(|link| !link.to.is_empty()) {
                let (gallery, link, text) = (Some(gallery.id), Some(link.id), link.to.clone());
                words.insert(Word { text, what: WordKind::Recipient, gallery, link });
            }
        }
        self.words = words.into_iter().collect();
        self.public_text = public.join("\n");
        let most = catalog.galleries.iter().map(|gallery| gallery.photos.len()).max().unwrap_or_default();
        self.everyday_text = boilerplate::text(theme, most.max(catalog.galleries.len()));
    }
}

/// What a gallery and its photos say, without the names of files.
fn said(gallery: &Gallery) -> Vec<String> {
    let mut all = vec![gallery.title.clone()];
    all.extend(gallery.config.description.clone());
    for said in gallery.config.translations.values() {
        all.extend(
            said.title.iter().chain(&said.description).chain(said.captions.values()).chain(said.alt.values()).cloned(),
        );
    }
    let of_photo = |photo: &Photo| {
        let metadata = &photo.metadata;
        let rights = [&metadata.copyright, &metadata.credit];
        let camera = [&metadata.camera.make, &metadata.camera.model, &metadata.camera.lens];
        let texts = [gallery.caption(photo), gallery.alt(photo), gallery.title(photo)];
        let texts = texts.into_iter().chain(rights.into_iter().chain(camera).map(|text| text.as_deref()));
        let mut texts: Vec<String> = texts.flatten().map(str::to_owned).collect();
        texts.extend(metadata.creators.iter().cloned());
        if let Some(Licence::Address(address)) = &metadata.licence {
            texts.push(address.to_string());
        }
        texts.extend(gallery.keywords(photo).into_iter().map(str::to_owned));
        texts
    };
    all.extend(gallery.photos.iter().flat_map(of_photo));
    all
}

/// The same with the names of folder and files, and the addresses made of them: what a public gallery publishes.
fn texts(gallery: &Gallery) -> Vec<String> {
    let mut all = said(gallery);
    all.push(gallery.folder.to_string_lossy().into_owned());
    all.extend(gallery.folder.iter().map(|part| address_name(&part.to_string_lossy())));
    all.extend(gallery.photos.iter().flat_map(|photo| {
        let name = photo.name.to_string_lossy().into_owned();
        let stem = name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let address = address_name(stem.as_deref().unwrap_or(&name));
        stem.into_iter().chain([name, address])
    }));
    all
}

/// The days of a gallery and its photos, as pages say them.
fn days(gallery: &Gallery, theme: &Theme) -> Vec<String> {
    let taken = gallery.photos.iter().filter_map(|photo| Some(photo.taken?.local().date()));
    let days: BTreeSet<Date> = gallery.config.date.into_iter().chain(taken).collect();
    let months: BTreeSet<Date> = days.iter().map(|day| day.first_of_month()).collect();
    // The home page says them in the site's language, the gallery's own pages in another.
    let said = theme.all_words().flat_map(|words| {
        let months = months.iter().map(|month| words.when(When::Month(month.year(), month.month())).text);
        days.iter().map(|day| words.day(*day).text).chain(months)
    });
    said.collect()
}

/// The id of the gallery that opens this folder.
fn owner(catalog: &Catalog, gallery: usize) -> Option<GalleryId> {
    let mut at = Some(gallery);
    while let Some(gallery) = at {
        let found = &catalog.galleries[gallery];
        if let Some(id) = &found.config.id {
            return id.parse().ok();
        }
        if found.config.access.is_some() {
            return None;
        }
        at = found.parent;
    }
    None
}

/// Whether the pages of a private gallery name the files of its photos: for favourites, or for downloads of any of those who
/// see them.
fn names_files(catalog: &Catalog, gallery: usize, owner: GalleryId) -> bool {
    let found = &catalog.galleries[gallery];
    let shared = catalog.galleries.iter().find(|one| one.config.id.as_deref() == Some(&*owner.to_string()));
    if shared.is_some_and(|shared| shared.config.has_favourites(false)) {
        return true;
    }
    let audiences = shared.into_iter().flat_map(|shared| shared.config.audiences.values());
    let words = audiences.filter_map(|rule| rule.downloads).chain([found.downloads]);
    words.into_iter().any(|downloads| downloads != Downloads::None)
}

fn expected(manifest: &Manifest) -> BTreeMap<String, Expected> {
    let of = |record: crate::publish::Record<'_>| Expected {
        size: record.size,
        modified: record.modified,
        reach: record.reach,
        settled: record.settled,
    };
    manifest.iter().map(|record| (record.path.to_owned(), of(record))).collect()
}

/// All tokens: of the ledger with its dead links and its former root, of earlier publishes, and what lies there now.
fn tokens(
    ledger: &Ledger,
    keys: Option<&Keys>,
    previous: Option<&Keys>,
    circumstances: &PublicationContext<'_>,
    manifest: &Manifest,
) -> Vec<Token> {
    let mut known = keys.map(|keys| TokenIndex::of_ledger(ledger, keys, previous, circumstances)).unwrap_or_default();
    let private = || manifest.iter().filter(|record| record.reach == Reach::Private);
    let there: BTreeSet<&str> =
        private().filter_map(|record| PrivateFolder::Assets.below(record.path)?.split('/').next()).collect();
    address_history::add_former(&mut known, manifest, ledger, circumstances, |token| there.contains(token));
    let links: BTreeMap<_, _> = ledger
        .galleries
        .iter()
        .flat_map(|gallery| &gallery.links)
        .map(|link| (link.id, link.audience.as_str()))
        .collect();
    let mut all: BTreeMap<String, Token> = BTreeMap::new();
    for (text, meaning) in known.expose_entries() {
        let audience = match meaning {
            TokenKind::Page { link, .. } | TokenKind::Locator { link, .. } => {
                links.get(link).map(|audience| (*audience).to_owned())
            }
            TokenKind::Assets { audience, .. } | TokenKind::Name { audience, .. } => Some(audience.clone()),
            TokenKind::Unknown => None,
        };
        let token = Token { text: text.to_owned(), meaning: meaning.clone(), audience };
        all.entry(text.to_owned()).or_insert(token);
    }
    // Without the secret what lies there is all that is known.
    let unknown = |text: &str| Token { text: text.to_owned(), meaning: TokenKind::Unknown, audience: None };
    for record in private() {
        let mut parts = record.path.split('/').skip(1);
        let (Some(segment), Some(name)) = (parts.next(), parts.next()) else { continue };
        let own = all.entry(segment.to_owned()).or_insert_with(|| unknown(segment)).clone();
        let name = name.split('.').next().unwrap_or(name);
        if let (TokenKind::Assets { gallery, audience, .. }, true) =
            (&own.meaning, name.starts_with('i') && name.len() == 17)
        {
            let meaning = TokenKind::Name { gallery: *gallery, audience: audience.clone() };
            let token = Token { text: name.to_owned(), meaning, audience: Some(audience.clone()) };
            all.entry(name.to_owned()).or_insert(token);
        }
    }
    all.into_values().collect()
}
