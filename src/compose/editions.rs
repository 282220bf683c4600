//! The languages of a site: its pages at their plain addresses, and those of its open part again below a folder for each
//! further language.

use std::collections::BTreeSet;
use std::path::Path;

use super::Sources;
use crate::config::Translation;
use crate::pages::Words;
use crate::pages::view::PageLanguageView;
use crate::plan::AlbumLocation;
use crate::{Code, Error};

/// The pages in one of the site's languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition(u8);

impl Edition {
    /// The pages at their plain addresses: all of them, and the only ones of private galleries.
    pub const MAIN: Self = Self(0);

    /// Its place among all, from 0.
    pub(super) fn place(self) -> usize {
        self.0.into()
    }
}

impl<'a> Sources<'a> {
    /// Every edition, the main one first.
    pub(super) fn editions(&self) -> impl Iterator<Item = Edition> + use<> {
        let further = u8::try_from(self.config.languages.len()).unwrap_or(u8::MAX);
        (0..=further).map(Edition)
    }

    /// The editions that an album's pages are in.
    pub(super) fn editions_of(&self, album: usize) -> impl Iterator<Item = Edition> + use<> {
        let is_open = self.plan.albums[album].open_path().is_some();
        self.editions().filter(move |edition| is_open || *edition == Edition::MAIN)
    }

    /// The edition of a further language, by its folder.
    pub(super) fn edition_named(&self, folder: &str) -> Option<Edition> {
        self.editions().find(|edition| *edition != Edition::MAIN && self.folder(*edition) == folder)
    }

    /// The folder of an edition below the output, with a slash at its end; empty for the main one.
    pub(super) fn folder(&self, edition: Edition) -> &'a str {
        usize::from(edition.0).checked_sub(1).map_or("", |at| &self.config.languages[at].folder)
    }

    /// The language of an edition's home page and texts.
    pub(super) fn language(&self, edition: Edition) -> &'a str {
        usize::from(edition.0).checked_sub(1).map_or(&self.config.language, |at| &self.config.languages[at].tag)
    }

    /// The language of an album's pages. In the main edition that is its audience's, its gallery's or the site's.
    pub(super) fn language_of(&self, album: usize, edition: Edition) -> &'a str {
        if edition != Edition::MAIN {
            return self.language(edition);
        }
        let album = &self.plan.albums[album];
        let gallery = &self.catalog.galleries[album.gallery];
        let of_audience = match &album.place {
            AlbumLocation::Open(_) => None,
            AlbumLocation::Private(place) => gallery.config.audiences.get(&place.audience),
        };
        let own = of_audience.and_then(|audience| audience.language.as_ref()).or(gallery.language.as_ref());
        own.unwrap_or(&self.config.language)
    }

    /// The edition whose menu and foot stand on an album's pages: for a private album that of its language, where there is one.
    pub(super) fn edition_around(&self, album: usize, edition: Edition) -> Edition {
        if self.plan.albums[album].open_path().is_some() {
            return edition;
        }
        let language = self.language_of(album, Edition::MAIN);
        self.editions().find(|other| self.language(*other) == language).unwrap_or(Edition::MAIN)
    }

    /// Translations into languages that no page is in.
    pub(super) fn idle_translations(&self) -> Vec<Error> {
        let spoken: Vec<&str> = self.theme.all_words().map(Words::language).collect();
        let is_of = |language: &str, tag: &str| {
            language.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let is_idle = |tag: &&String| !spoken.iter().any(|language| is_of(language, tag));
        let told = |tag: &String, file: &Path| {
            let message = format!("`[translations.{tag}]` has no effect: no page is in `{tag}`");
            let hint = format!("add `{tag}` to `languages` in `site.toml`, or remove the table");
            Error::new(Code::SettingWithoutEffect, message).at(file).hint(hint)
        };
        let of_site = self.config.translations.keys().filter(is_idle).map(|tag| told(tag, Path::new("site.toml")));
        let galleries = self.catalog.galleries.iter().map(|gallery| &gallery.config);
        let of_galleries = galleries.flat_map(|said| {
            let file = said.file.as_deref().map_or(Path::new(""), |file| self.config.display_path(file));
            said.translations.keys().filter(is_idle).map(move |tag| told(tag, file))
        });
        of_site.chain(of_galleries).collect()
    }

    /// The path of an edition's page below the output.
    pub(super) fn path_in(&self, edition: Edition, path: &str) -> String {
        [self.folder(edition), path].concat()
    }

    /// The same as visitors' browsers ask for it.
    pub(super) fn url_in(&self, edition: Edition, path: &str) -> String {
        self.url(&self.path_in(edition, path))
    }

    /// The site's title in a language.
    pub(super) fn site_title(&self, language: &str) -> &'a str {
        let translated = Translation::find(&self.config.translations, language, |said| said.title.as_deref());
        translated.unwrap_or(&self.config.title)
    }

    /// The site's description in a language.
    pub(super) fn site_description(&self, language: &str) -> Option<&'a str> {
        let translated = Translation::find(&self.config.translations, language, |said| said.description.as_deref());
        translated.or(self.config.description.as_deref())
    }

    /// The same page in each of the site's languages: its path in the editions that have it, with their languages. Nothing where
    /// there is one alone.
    pub(super) fn languages_of_page<'p>(
        &self,
        current: Edition,
        editions: impl IntoIterator<Item = (Edition, &'p str, String)>,
    ) -> Vec<PageLanguageView> {
        if self.config.languages.is_empty() {
            return Vec::new();
        }
        let mut views: Vec<PageLanguageView> = editions
            .into_iter()
            .map(|(edition, language, path)| {
                let words = self.theme.words(language);
                PageLanguageView {
                    language: language.to_owned(),
                    direction: words.direction(),
                    name: words.own_name().to_owned(),
                    url: self.url(&path),
                    absolute: self.absolute(&path),
                    current: edition == current,
                    main: edition == Edition::MAIN,
                    same: true,
                }
            })
            .collect();
        // A gallery whose own language is one of the site's has two pages in it: each page names one for each language.
        let here = views.iter().find(|view| view.current).map(|view| view.language.clone());
        let mut named = BTreeSet::new();
        views.retain(|view| {
            let is_named = !view.current && here.as_ref() == Some(&view.language);
            !is_named && named.insert(view.language.clone())
        });
        if views.len() > 1 { views } else { Vec::new() }
    }

    /// The languages of the home page.
    pub(super) fn languages_of_home(&self, edition: Edition) -> Vec<PageLanguageView> {
        let each = self.editions().map(|other| (other, self.language(other), self.path_in(other, "index.html")));
        self.languages_of_page(edition, each)
    }

    /// The languages of a page of an album that lies at `path` in the main edition.
    pub(super) fn languages_of_album(&self, album: usize, edition: Edition, path: &str) -> Vec<PageLanguageView> {
        let editions = self.editions_of(album);
        let each = editions.map(|other| (other, self.language_of(album, other), self.path_in(other, path)));
        self.languages_of_page(edition, each)
    }
}
