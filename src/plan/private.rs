//! Private galleries: which folders and photos their audiences see.

use std::path::Path;

use super::audience::folded;
use super::{
    Album, AlbumLocation, Grants, HolderPage, Plan, PrivatePlace, Seal, Section, Selection, Shown, TombstonePage,
};
use crate::access::keys::NameKey;
use crate::access::publication::{AudiencePublication, GalleryPublication};
use crate::access::{GalleryId, Mode};
use crate::catalog::{Catalog, Gallery};

impl Plan {
    /// The albums of a private gallery: one for each audience with a living link.
    pub(super) fn private(
        &mut self,
        catalog: &Catalog,
        grants: Option<&Grants<'_>>,
        publication: &GalleryPublication,
        at: Option<usize>,
    ) {
        let Some(grants) = grants else { return };
        self.tombstones.extend(
            publication
                .tombstones
                .iter()
                .map(|tombstone| TombstonePage { token: tombstone.token.clone(), reason: tombstone.reason }),
        );
        let id = publication.gallery;
        let Some(gallery) = at else { return };
        // A gallery that was opened to everybody after it was shared keeps its links: they lead to the same pictures.
        for audience in &publication.audiences {
            let names = grants.keys.name_key(&audience.scope);
            let Some(sections) = private_sections(catalog, gallery, &audience.scope.audience, &names) else { continue };
            self.withhold(catalog, gallery, &audience.scope.audience);
            let pages = audience
                .pages
                .iter()
                .map(|page| HolderPage { token: page.token.clone(), ends_soon: page.ends_soon })
                .collect();
            let place = PrivatePlace {
                id,
                audience: audience.scope.audience.clone(),
                assets: audience.assets.clone(),
                pages,
                names,
                seal: (audience.scope.mode == Mode::Sealed).then(|| grants.seal(id, audience)),
            };
            self.albums.push(Album {
                gallery,
                place: AlbumLocation::Private(Box::new(place)),
                parent: None,
                children: Vec::new(),
                is_spared: is_spared(catalog, gallery, &audience.scope.audience),
                sections,
            });
        }
    }

    /// Says which photos an audience is not shown although nothing hides them by name.
    pub(super) fn withhold(&mut self, catalog: &Catalog, gallery: usize, audience: &str) {
        if let Some(rule) = catalog.galleries[gallery].config.audiences.get(audience) {
            self.withheld.extend(Selection::new(rule, catalog, gallery).withheld(catalog, gallery, audience));
        }
    }
}

impl Grants<'_> {
    /// What seals the files of an audience: its living links' codes open them, and the passwords that were chosen for it.
    fn seal(&self, gallery: GalleryId, audience: &AudiencePublication) -> Seal {
        let codes = audience.pages.iter().filter_map(|page| {
            let keys = if page.of_previous_root { self.previous? } else { &**self.keys };
            Some(keys.link_code(gallery, page.link))
        });
        // Which of those at hand count, the settings say.
        let chosen =
            audience.scope.password_tag.map(|_| self.passwords.for_audience(gallery, &audience.scope.audience));
        Seal::new(self.keys, &audience.scope, codes.collect(), chosen.unwrap_or_default(), self.iterations)
    }
}

/// A gallery and the folders below it that its links open: those that neither were shared themselves nor say `access`.
pub fn family(catalog: &Catalog, gallery: usize) -> Vec<usize> {
    let mut all = vec![gallery];
    for child in &catalog.galleries[gallery].children {
        if !is_own(catalog, *child) {
            all.extend(family(catalog, *child));
        }
    }
    all
}

/// Whether a folder is a gallery of its own: it has an id, or says `access`.
pub fn is_own(catalog: &Catalog, gallery: usize) -> bool {
    let gallery = &catalog.galleries[gallery];
    gallery.config.id.is_some() || gallery.config.access.is_some()
}

/// Whether a closed folder opens with links of its own or with none: a gallery of its own, and where the whole folder of
/// galleries is closed, which cannot be shared, each folder in it that shows anything.
pub(super) fn is_shared_by_itself(catalog: &Catalog, at: usize) -> bool {
    let shows_something =
        || family(catalog, at).into_iter().any(|section| !catalog.galleries[section].photos.is_empty());
    let in_closed_home = catalog.galleries[at].parent == Some(0)
        && (!catalog.galleries[0].visibility.is_open()
            || catalog.galleries[at].is_closed_by_default(catalog.default_access));
    at != 0 && (is_own(catalog, at) || in_closed_home && shows_something())
}

/// Whether an audience of a gallery is spared the watermark.
pub(super) fn is_spared(catalog: &Catalog, gallery: usize, audience: &str) -> bool {
    catalog.galleries[gallery].config.audiences.get(audience).is_some_and(|rule| rule.watermark == Some(false))
}

/// What one audience sees of a private gallery: a section for each of its folders that shows it anything. Nothing for a
/// named audience without its rule, which would see everything.
pub(super) fn private_sections(
    catalog: &Catalog,
    gallery: usize,
    audience: &str,
    names: &NameKey,
) -> Option<Vec<Section>> {
    let base = &catalog.galleries[gallery].folder;
    let section = |(at, keyword, photos): Seen| {
        let folder = &catalog.galleries[at].folder;
        let below = folder.strip_prefix(base).unwrap_or(folder);
        let shown = |photo: usize| {
            let path = below.join(&catalog.galleries[at].photos[photo].name);
            Shown { photo, name: names.page(&private_path(&path)).path_segment().into() }
        };
        Section { gallery: at, keyword, photos: photos.into_iter().map(shown).collect() }
    };
    Some(seen_by(catalog, gallery, audience)?.into_iter().map(section).collect())
}

/// What an audience sees under one heading: a folder, the place of the keyword in its `sections` where one makes the heading,
/// and photos.
pub(super) type Seen = (usize, Option<usize>, Vec<usize>);

/// The same without names, which only the root secret can give.
pub(super) fn seen_by(catalog: &Catalog, gallery: usize, audience: &str) -> Option<Vec<Seen>> {
    let rule = catalog.galleries[gallery].config.audiences.get(audience);
    if rule.is_none() && !audience.is_empty() {
        return None;
    }
    let selection = rule.map(|rule| Selection::new(rule, catalog, gallery));
    let photos = |at: usize| {
        let gallery = &catalog.galleries[at];
        let shows = |photo: &usize| selection.is_none_or(|rule| rule.shows(gallery, &gallery.photos[*photo]));
        sections(gallery, (0..gallery.photos.len()).filter(shows).collect(), |photo| *photo)
            .into_iter()
            .map(move |(keyword, photos)| (at, keyword, photos))
    };
    Some(family(catalog, gallery).into_iter().flat_map(photos).filter(|(.., photos)| !photos.is_empty()).collect())
}

/// Photos of a gallery by the keywords that make sections of it: first those without any, then those of each keyword, which is
/// given as its place among the settings. Each photo is in one section, in the order that it had.
pub(super) fn sections<P>(
    gallery: &Gallery,
    photos: Vec<P>,
    photo_of: impl Fn(&P) -> usize,
) -> Vec<(Option<usize>, Vec<P>)> {
    let wanted: Vec<String> = gallery.config.sections.iter().map(|keyword| folded(keyword)).collect();
    let mut parts: Vec<(Option<usize>, Vec<P>)> = vec![(None, Vec::new())];
    parts.extend((0..wanted.len()).map(|at| (Some(at), Vec::new())));
    for photo in photos {
        let at = if wanted.is_empty() {
            0
        } else {
            let keywords = gallery.all_keywords(&gallery.photos[photo_of(&photo)]).map(folded).collect::<Vec<_>>();
            wanted.iter().position(|keyword| keywords.contains(keyword)).map_or(0, |at| at + 1)
        };
        parts[at].1.push(photo);
    }
    parts.retain(|(keyword, photos)| keyword.is_none() || !photos.is_empty());
    parts
}

/// A path within a gallery as the derivation takes it: `/` between components. Bytes that are not UTF-8 are
/// written as `%XX`, so that no two names meet.
fn private_path(path: &Path) -> String {
    let parts = path.components().map(|part| {
        let part = part.as_os_str();
        match part.to_str() {
            Some(text) => text.to_owned(),
            None => part
                .as_encoded_bytes()
                .iter()
                .map(|byte| if byte.is_ascii() { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
                .collect(),
        }
    });
    parts.collect::<Vec<String>>().join("/")
}
