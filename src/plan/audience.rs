//! Selects the photos that an audience of a private gallery sees: `only` and `except` of its table in `gallery.toml`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::family;
use crate::access::publication::GalleryPublication;
use crate::catalog::{Catalog, Gallery, Photo};
use crate::config::{AudienceRule, Config};
use crate::{Code, Error};

/// The rule of one audience, in its gallery. Words name keywords, file names with or without their ending, paths below
/// the gallery, and folders with all that is in them; case and normal form do not matter.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    rule: &'a AudienceRule,
    /// The gallery that was shared, below the folder of galleries.
    base: &'a Path,
    /// Whether some photo may have keywords that nobody could read, and `except` a word that may be one of them.
    in_doubt: bool,
}

impl<'a> Selection<'a> {
    /// The rule of an audience of a gallery.
    pub fn new(rule: &'a AudienceRule, catalog: &'a Catalog, gallery: usize) -> Self {
        let base = &catalog.galleries[gallery].folder;
        let folders = family(catalog, gallery);
        let photos = || photos_in(catalog, &folders);
        let mut selection = Self { rule, base, in_doubt: false };
        if photos().any(|(_, photo)| photo.metadata.keywords_unread) {
            let may_be_keyword = |word: &String| {
                let word = folded(word);
                !photos().any(|(gallery, photo)| names_file(base, &word, &gallery.folder.join(&photo.name)))
                    || photos().any(|(gallery, photo)| has_keyword(&word, gallery, photo))
            };
            selection.in_doubt = rule.except.iter().any(may_be_keyword);
        }
        selection
    }

    /// Whether it lets a photo through. One whose keywords could not all be read stays hidden where `except` names keywords.
    pub fn shows(&self, gallery: &Gallery, photo: &Photo) -> bool {
        self.admits(gallery, photo) && !self.doubts(photo)
    }

    /// Why photos are not shown that nothing names: their keywords could not all be read. By file below the folder of
    /// galleries.
    pub fn withheld(&self, catalog: &Catalog, gallery: usize, audience: &str) -> Vec<Error> {
        let folders = family(catalog, gallery);
        let hidden =
            photos_in(catalog, &folders).filter(|(gallery, photo)| self.doubts(photo) && self.admits(gallery, photo));
        let told = |(gallery, photo): (&Gallery, &Photo)| {
            let what = format!("is hidden from the audience `{audience}`, because its keywords cannot all be read");
            Error::new(Code::PhotoWithheld, what)
                .at(gallery.folder.join(&photo.name))
                .hint("export the photo or its sidecar again, or delete a damaged sidecar that you do not need")
        };
        hidden.map(told).collect()
    }

    fn doubts(&self, photo: &Photo) -> bool {
        self.in_doubt && photo.metadata.keywords_unread
    }

    /// Whether its words let a photo through, by what is known of it.
    fn admits(&self, gallery: &Gallery, photo: &Photo) -> bool {
        let named = |words: &[String]| words.iter().any(|word| self.names(&folded(word), gallery, photo));
        self.rule.only.as_deref().is_none_or(named) && !named(&self.rule.except)
    }

    /// What is wrong with a rule that was written to hide something and does not: words that name nothing in the gallery.
    pub fn faults(&self, catalog: &Catalog, gallery: usize, audience: &str) -> Vec<Error> {
        let folders = family(catalog, gallery);
        let names_something = |word: &str| {
            let word = folded(word);
            folders.iter().map(|at| &catalog.galleries[*at]).any(|gallery| {
                // What cannot be read today is there all the same.
                let mut broken = catalog.broken.iter().filter(|broken| broken.folder == gallery.folder);
                broken.any(|broken| names_file(self.base, &word, &gallery.folder.join(&broken.name)))
                    || gallery.photos.iter().any(|photo| self.names(&word, gallery, photo))
            })
        };
        let unread = photos_in(catalog, &folders).find(|(_, photo)| photo.metadata.keywords_unread);
        let unread = unread.map(|(gallery, photo)| gallery.folder.join(&photo.name).display().to_string());
        let only = self.rule.only.iter().flatten().map(|word| ("only", word));
        let except = self.rule.except.iter().map(|word| ("except", word));
        let idle = only.chain(except).filter(|(_, word)| !names_something(word));
        let fault = |(setting, word)| {
            let what = format!("`{setting}` of the audience `{audience}` contains `{word}`, which matches no photo");
            Error::new(Code::AudienceHidesNothing, what).hint(match &unread {
                Some(file) => format!(
                    "correct it, or fix the metadata of `{file}` or its sidecar, whose keywords cannot all be read"
                ),
                None => "correct it, or delete it if nothing needs to be hidden".to_owned(),
            })
        };
        idle.map(fault).collect()
    }

    /// `word` is folded.
    fn names(&self, word: &str, gallery: &Gallery, photo: &Photo) -> bool {
        names_file(self.base, word, &gallery.folder.join(&photo.name)) || has_keyword(word, gallery, photo)
    }
}

/// Whether a word of a rule of the gallery in the folder `base` names a file by its name or path, which lies below the folder
/// of galleries.
pub fn mentions(rule: &AudienceRule, base: &Path, file: &Path) -> bool {
    words(rule).any(|word| names_file(base, &folded(word), file))
}

/// The keywords of a photo that a private page may show: none that a rule of its gallery, or of one around it, goes by, for
/// they would tell one audience of the others.
pub fn telling_nothing<'a>(catalog: &'a Catalog, gallery: &'a Gallery, photo: &'a Photo) -> Vec<&'a str> {
    let around = std::iter::successors(Some(gallery), |inner| Some(&catalog.galleries[inner.parent?]));
    let secret: HashSet<String> =
        around.flat_map(|gallery| gallery.config.audiences.values()).flat_map(words).map(|word| folded(word)).collect();
    let keywords = gallery.keywords(photo).into_iter();
    keywords.filter(|keyword| secret.is_empty() || !secret.contains(&folded(keyword))).collect()
}

/// All words of a rule.
fn words(rule: &AudienceRule) -> impl Iterator<Item = &String> {
    rule.only.iter().flatten().chain(&rule.except)
}

fn photos_in<'c>(catalog: &'c Catalog, folders: &[usize]) -> impl Iterator<Item = (&'c Gallery, &'c Photo)> {
    let galleries = folders.iter().map(|at| &catalog.galleries[*at]);
    galleries.flat_map(|gallery| gallery.photos.iter().map(move |photo| (gallery, photo)))
}

/// `word` is folded.
fn has_keyword(word: &str, gallery: &Gallery, photo: &Photo) -> bool {
    gallery.all_keywords(photo).any(|keyword| folded(keyword) == word)
}

/// `word` is folded; `file` lies below the folder of galleries, in the gallery in the folder `base`.
fn names_file(base: &Path, word: &str, file: &Path) -> bool {
    let below = file.strip_prefix(base).unwrap_or(file);
    let path = folded(&below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
    let without_ending = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let name = path.rsplit('/').next().unwrap_or(&path);
    let is = |known: &str| known == word || without_ending(known).is_some_and(|stem| stem == word);
    is(&path) || is(name) || path.strip_prefix(word).is_some_and(|rest| rest.starts_with('/'))
}

/// Why galleries with living links cannot be published as their `gallery.toml` is: an audience whose table has gone would
/// see everything, and so would one whose words hide nothing.
pub fn audience_faults(config: &Config, catalog: &Catalog, publications: &[GalleryPublication]) -> Vec<Error> {
    let mut faults = Vec::new();
    let by_id: HashMap<&str, usize> =
        catalog.galleries.iter().enumerate().filter_map(|(at, one)| Some((one.config.id.as_deref()?, at))).collect();
    for publication in publications {
        let Some(at) = by_id.get(publication.gallery.as_str()).copied() else { continue };
        let gallery = &catalog.galleries[at];
        let file = config.display_gallery_path(gallery.folder.join("gallery.toml"));
        for audience in publication.audiences.iter().filter(|one| !one.scope.audience.is_empty()) {
            let name = &audience.scope.audience;
            let found = match gallery.config.audiences.get(name) {
                Some(rule) => Selection::new(rule, catalog, at).faults(catalog, at, name),
                None => {
                    let links = audience.pages.iter().filter(|page| !page.of_previous_root).count();
                    let links =
                        if links == 1 { "a link still works".to_owned() } else { format!("{links} links still work") };
                    let what = format!("the audience `{name}`, for which {links}, is no longer defined here");
                    vec![Error::new(Code::AudienceGone, what).hint(format!(
                        "restore `[audiences.{name}]`, or revoke its links (`safelight links` shows them)"
                    ))]
                }
            };
            faults.extend(found.into_iter().map(|error| error.at(&file)));
        }
    }
    faults
}

/// Text as it is compared.
pub(super) fn folded(text: &str) -> String {
    text.trim().trim_start_matches("./").trim_matches('/').nfc().collect::<String>().to_lowercase()
}
