//! What an audience of a private gallery is shown: `only` and `except` of its table in `gallery.toml`.

use std::collections::HashMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::family;
use crate::Error;
use crate::access::publication::GalleryPublication;
use crate::catalog::{Catalog, Gallery, Photo};
use crate::config::{AudienceRule, Config};

/// The rule of one audience, in its gallery. Words name keywords, file names with or without their ending, paths below
/// the gallery, and folders with all that is in them; case and normal form do not matter.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    rule: &'a AudienceRule,
    /// The gallery that was shared, below the folder of galleries.
    base: &'a Path,
}

impl<'a> Selection<'a> {
    /// The rule of an audience of the gallery in the folder `base`.
    pub fn new(rule: &'a AudienceRule, base: &'a Path) -> Self {
        Self { rule, base }
    }

    /// Whether it lets a photo through.
    pub fn shows(&self, gallery: &Gallery, photo: &Photo) -> bool {
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
                broken.any(|broken| self.names_file(&word, &gallery.folder.join(&broken.name)))
                    || gallery.photos.iter().any(|photo| self.names(&word, gallery, photo))
            })
        };
        let only = self.rule.only.iter().flatten().map(|word| ("only", word));
        let except = self.rule.except.iter().map(|word| ("except", word));
        let idle = only.chain(except).filter(|(_, word)| !names_something(word));
        let fault = |(setting, word)| {
            let what = format!(
                "`{setting}` of the audience `{audience}` names `{word}`, which no photo here has as its name or keyword"
            );
            Error::site(what).hint("correct it, or take it out: without it nobody can say what was to be hidden")
        };
        idle.map(fault).collect()
    }

    /// Whether a word of the rule names a file by its name or path, which lies below the folder of galleries.
    pub fn mentions(&self, file: &Path) -> bool {
        self.rule.only.iter().flatten().chain(&self.rule.except).any(|word| self.names_file(&folded(word), file))
    }

    /// `word` is folded.
    fn names(&self, word: &str, gallery: &Gallery, photo: &Photo) -> bool {
        self.names_file(word, &gallery.folder.join(&photo.name))
            || gallery.keywords(photo).into_iter().any(|keyword| folded(keyword) == word)
    }

    /// `word` is folded; `file` lies below the folder of galleries.
    fn names_file(&self, word: &str, file: &Path) -> bool {
        let below = file.strip_prefix(self.base).unwrap_or(file);
        let path = folded(&below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
        let without_ending = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let name = path.rsplit('/').next().unwrap_or(&path);
        let is = |known: &str| known == word || without_ending(known).is_some_and(|stem| stem == word);
        is(&path) || is(name) || path.strip_prefix(word).is_some_and(|rest| rest.starts_with('/'))
    }
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
        let file = Catalog::shown(config, &gallery.folder.join("gallery.toml"));
        for audience in publication.audiences.iter().filter(|one| !one.scope.audience.is_empty()) {
            let name = &audience.scope.audience;
            let found = match gallery.config.audiences.get(name) {
                Some(rule) => Selection::new(rule, &gallery.folder).faults(catalog, at, name),
                None => {
                    let links = audience.pages.iter().filter(|page| !page.of_previous_root).count();
                    let links =
                        if links == 1 { "a link still works".to_owned() } else { format!("{links} links still work") };
                    let what = format!("the audience `{name}`, for which {links}, is not described here any more");
                    vec![Error::site(what).hint(format!(
                        "write `[audiences.{name}]` again, or revoke its links (`safelight links` shows them)"
                    ))]
                }
            };
            faults.extend(found.into_iter().map(|error| error.at(&file)));
        }
    }
    faults
}

/// Text as it is compared.
fn folded(text: &str) -> String {
    text.trim().trim_start_matches("./").trim_matches('/').nfc().collect::<String>().to_lowercase()
}
