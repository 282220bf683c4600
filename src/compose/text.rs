//! Text pages, and the descriptions of galleries: markdown with links that are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::editions::Edition;
use super::{Contents, Sources};
use crate::catalog::TextSource;
use crate::pages::front_matter::{self, FrontMatter, Menu};
use crate::pages::markdown::{self, Markdown, Rendered};
use crate::pages::view::{HeadView, LinkView, PageLanguageView, PictureView, TextView};
use crate::plan::{FIND_FOLDER, page_slug};
use crate::visibility::Visibility;
use crate::{Code, Error};

/// What links can name in the text of a private gallery: nothing in it, for its addresses are those of one audience.
const CLOSED_ADVICE: &str = "give the path of an open gallery's folder or a page's file, such as `../iceland`; you \
                             cannot link to anything in a private gallery";

/// A text page, read and rendered.
pub(super) struct Text {
    /// Its path below the output.
    pub path: String,
    /// Which of the site's languages it is in.
    pub edition: Edition,
    /// Its name in addresses: what translations of one text share.
    slug: String,
    /// Its source.
    file: PathBuf,
    front: FrontMatter,
    title: String,
    rendered: Rendered,
    /// The pages that are versions of the same text, newest first, as places in the list of pages.
    versions: Vec<usize>,
}

/// The texts of the site, rendered.
pub(super) struct Texts {
    /// Text pages.
    pub pages: Vec<Text>,
    descriptions: Descriptions,
}

/// Descriptions by gallery, as a place in the catalog, by the edition that they link into, and by language.
type Descriptions = BTreeMap<(usize, Edition, String), Rendered>;

/// The text pages that links can name, by the file's name without its ending and language.
type Known = BTreeSet<(String, Edition)>;

impl Sources<'_> {
    /// Reads and renders every text page and every gallery's description. Also returns warnings.
    ///
    /// # Errors
    /// All that is wrong in any of them.
    pub(super) fn texts(&self) -> Result<(Texts, Vec<Error>), Vec<Error>> {
        let mut errors = Vec::new();
        let mut warnings = Vec::new();
        let mut texts = Vec::new();
        for source in &self.catalog.pages {
            match front_matter::split(&source.text, &source.file) {
                Ok(parts) if parts.front.draft => {}
                Ok(parts) => texts.push((source, parts)),
                Err(wrong) => errors.extend(wrong),
            }
        }
        let edition_of = |source: &TextSource| {
            let language = source.language.as_ref();
            language.and_then(|language| self.edition_named(&language.folder)).unwrap_or(Edition::MAIN)
        };
        let known: Known = texts.iter().map(|(source, _)| (source.stem.clone(), edition_of(source))).collect();
        let mut read: Vec<Text> = Vec::new();
        for (source, parts) in &texts {
            let edition = edition_of(source);
            let language = self.language(edition);
            let mut values = self.site_values(language);
            let plain_title =
                parts.front.title.clone().unwrap_or_else(|| crate::catalog::title_from_name(Path::new(&source.stem)));
            values.insert("page.title".to_owned(), plain_title.clone());
            if let Some(day) = parts.front.effective {
                values.insert("page.effective".to_owned(), self.theme.words(language).day(day).text);
            }
            let resolve = |target: &str| self.resolve(&self.config.pages, edition, &known, target);
            let markdown = Markdown {
                text: parts.body,
                file: &source.file,
                first_line: parts.first_line,
                values: &values,
                resolve: &resolve,
                picture: &|target| self.shown_picture(&self.config.pages, target, language),
                advice: markdown::ADVICE,
            };
            match markdown.render() {
                Ok(rendered) => {
                    warnings.extend(rendered.warnings.iter().cloned());
                    if let (Some(title), Some(lost)) = (&parts.front.title, &rendered.title)
                        && title != lost
                    {
                        let message =
                            format!("the heading `{lost}` is not shown, because the front matter sets another title");
                        let hint = "remove one of them, or begin the heading with `##`";
                        warnings.push(
                            Error::new(Code::TextNotShown, message)
                                .at_line(&source.file, parts.first_line, 1)
                                .hint(hint),
                        );
                    }
                    let title = parts.front.title.clone().or_else(|| rendered.title.clone()).unwrap_or(plain_title);
                    let slug = page_slug(&source.stem);
                    let path = self.path_in(edition, &format!("{slug}/index.html"));
                    let (file, front) = (source.file.clone(), parts.front.clone());
                    read.push(Text { path, edition, slug, file, front, title, rendered, versions: Vec::new() });
                }
                Err(wrong) => errors.extend(wrong),
            }
        }
        // A version names the page it is a version of; all of one text know each other.
        if errors.is_empty() {
            let current = |at: usize| {
                let named = read[at].front.version_of.as_deref().map(|path| path.trim_end_matches(".md"));
                let edition = read[at].edition;
                named.map_or_else(
                    || read[at].path.clone(),
                    |stem| {
                        let (stem, _) = self.language_in_name(stem).unwrap_or((stem, edition));
                        self.path_in(edition, &format!("{}/index.html", page_slug(stem)))
                    },
                )
            };
            let families: Vec<String> = (0..read.len()).map(current).collect();
            for at in 0..read.len() {
                if read[at].front.version_of.is_some() && families[at] == read[at].path {
                    let error =
                        Error::new(Code::InvalidValue, "`version_of` names this page itself").at(&read[at].file);
                    errors.push(error.hint("name the page that this is an older version of"));
                }
                if !read.iter().any(|text| text.path == families[at]) {
                    let (source, parts) = &texts[at];
                    let wanted = parts.front.version_of.as_deref().unwrap_or_default();
                    errors.push(
                        Error::new(Code::InvalidValue, format!("`version_of` names `{wanted}`, which does not exist"))
                            .at(&source.file),
                    );
                }
                let mut versions: Vec<usize> =
                    (0..read.len()).filter(|other| families[*other] == families[at]).collect();
                versions.sort_by(|a, b| read[*b].front.effective.cmp(&read[*a].front.effective).then(a.cmp(b)));
                read[at].versions = versions;
            }
        }
        let mut descriptions = Descriptions::new();
        // A gallery is on the grids of all its audiences, and in all languages; what is wrong with its text is told once.
        let mut told = BTreeSet::new();
        let mut is_new = |error: &Error| told.insert(format!("{error:?}"));
        let all = (0..self.plan.albums.len())
            .flat_map(|album| self.editions_of(album).map(move |edition| (album, edition)))
            .map(|(album, edition)| (album, edition, self.language_around(album, edition)));
        for (album, edition, language) in all {
            let album = &self.plan.albums[album];
            for gallery in std::iter::once(album.gallery).chain(album.sections.iter().map(|section| section.gallery)) {
                let key = (gallery, edition, language.to_owned());
                if descriptions.contains_key(&key) {
                    continue;
                }
                let closed = !self.catalog.galleries[gallery].visibility.is_open();
                let advice = if closed { CLOSED_ADVICE } else { markdown::ADVICE };
                let config = &self.catalog.galleries[gallery].config;
                let text = self.catalog.galleries[gallery].description_in(language);
                let (Some(text), Some(file)) = (text, &config.file) else { continue };
                let folder = self.config.galleries.join(&self.catalog.galleries[gallery].folder);
                let resolve = |target: &str| self.resolve(&folder, edition, &known, target);
                let shown = self.config.display_path(file);
                let values = self.site_values(language);
                let picture = |target: &str| self.shown_picture(&folder, target, language);
                let (values, resolve, picture) = (&values, &resolve, &picture);
                match (Markdown { text, file: shown, first_line: 1, values, resolve, picture, advice }).render() {
                    Ok(rendered) => {
                        let told = rendered.warnings.iter().cloned().map(|error| of_description(error, shown));
                        warnings.extend(told.filter(&mut is_new));
                        descriptions.insert(key, rendered);
                    }
                    Err(wrong) => {
                        let told = wrong.into_iter().map(|error| of_description(error, shown));
                        errors.extend(told.filter(&mut is_new));
                    }
                }
            }
        }
        if errors.is_empty() {
            errors = self.dead_anchors(&read, &descriptions);
        }
        if errors.is_empty() { Ok((Texts { pages: read, descriptions }, warnings)) } else { Err(errors) }
    }

    /// Links to places that the pages they lead to do not have.
    fn dead_anchors(&self, texts: &[Text], descriptions: &Descriptions) -> Vec<Error> {
        let mut anchors: BTreeMap<String, &BTreeSet<String>> = BTreeMap::new();
        anchors.extend(texts.iter().map(|text| (self.url(&text.path), &text.rendered.anchors)));
        for (number, album) in self.plan.albums.iter().enumerate() {
            let Some(path) = album.open_path() else { continue };
            for edition in self.editions_of(number) {
                let key = (album.gallery, edition, self.language_around(number, edition).to_owned());
                if let Some(text) = descriptions.get(&key) {
                    anchors.insert(self.url_in(edition, &format!("{path}index.html")), &text.anchors);
                }
            }
        }
        let files: BTreeSet<String> = self.catalog.static_files.iter().map(|file| self.url(&file.path)).collect();
        let dead = |rendered: &Rendered, file: &Path| -> Vec<Error> {
            let mut errors = Vec::new();
            for link in rendered.elsewhere.iter().filter(|link| !files.contains(&link.address)) {
                let own = anchors.get(&link.address);
                let anchor = percent_encoding::percent_decode_str(&link.anchor).decode_utf8_lossy();
                // Every page has the place that the way past its head leads to.
                if anchor == "content" || own.is_some_and(|own| own.contains(&*anchor)) {
                    continue;
                }
                let message = format!("there is no heading `#{anchor}` on `{}`", link.address);
                let error = Error::new(Code::DeadLink, message).at_line(file, link.line, 1);
                let near = own.and_then(|own| crate::error::closest_match(&anchor, own.iter().map(String::as_str)));
                errors.push(match near {
                    Some(near) => error.hint(format!("did you mean `#{near}`?")),
                    None => error,
                });
            }
            errors
        };
        let mut errors: Vec<Error> = texts.iter().flat_map(|text| dead(&text.rendered, &text.file)).collect();
        let mut told = BTreeSet::new();
        for ((gallery, ..), rendered) in descriptions {
            let Some(file) = &self.catalog.galleries[*gallery].config.file else { continue };
            let shown = self.config.display_path(file);
            let dead = dead(rendered, shown).into_iter().map(|error| of_description(error, shown));
            errors.extend(dead.filter(|error| told.insert(format!("{error:?}"))));
        }
        errors
    }

    /// The language of what is said about an album: the home page is about the site.
    fn language_around(&self, album: usize, edition: Edition) -> &str {
        if album == 0 { self.language(edition) } else { self.language_of(album, edition) }
    }

    /// A file's name without the language of a translation, and the edition that is meant: `privacy.de`.
    fn language_in_name<'n>(&self, stem: &'n str) -> Option<(&'n str, Edition)> {
        let (stem, tag) = stem.rsplit_once('.')?;
        Some((stem, self.edition_named(&format!("{}/", tag.to_ascii_lowercase()))?))
    }

    fn site_values(&self, language: &str) -> BTreeMap<String, String> {
        let config = self.config;
        let url = config.url.as_ref().map(|url| format!("{}{}", url.origin, url.base));
        [
            ("site.title", Some(self.site_title(language).to_owned())),
            ("site.description", self.site_description(language).map(str::to_owned)),
            ("site.author", config.author.clone()),
            ("site.contact", config.contact.clone()),
            ("site.url", url),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }

    /// The address of what a link names: a path of the site, or a source path from `folder`. Pages are in the language of the text
    /// that links to them, as far as they are there.
    fn resolve(&self, folder: &Path, edition: Edition, texts: &Known, target: &str) -> Option<String> {
        let target = percent_encoding::percent_decode_str(target).decode_utf8().ok()?;
        if let Some(path) = target.strip_prefix('/') {
            return self.site_path(texts, path);
        }
        let wanted = lexical(&folder.join(Path::new(&*target)));
        if let Ok(page) = wanted.strip_prefix(lexical(&self.config.pages)) {
            let stem = page.to_str()?.trim_end_matches(".md");
            let (stem, wanted) = match self.language_in_name(stem) {
                Some((stem, named)) => (stem, vec![named]),
                None => (stem, vec![edition, Edition::MAIN]),
            };
            let found = wanted.into_iter().find(|edition| texts.contains(&(stem.to_owned(), *edition)))?;
            return Some(self.url_in(found, &format!("{}/index.html", page_slug(stem))));
        }
        let gallery = wanted.strip_prefix(lexical(&self.config.galleries)).ok()?;
        for album in &self.plan.albums {
            let Some(path) = album.open_path() else { continue };
            if self.catalog.galleries[album.gallery].folder == gallery {
                return Some(self.url_in(edition, &format!("{path}index.html")));
            }
        }
        let (album, section, photo) = self.open_photo(gallery)?;
        let album = &self.plan.albums[album];
        Some(self.url_in(edition, &album.photo_page_path(&album.sections[section].photos[photo])))
    }

    /// The photo of an open album that lies at a path below the folder of galleries: album, section and place in it.
    fn open_photo(&self, path: &Path) -> Option<(usize, usize, usize)> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        let open = self.plan.albums.iter().enumerate().filter(|(_, album)| album.open_path().is_some());
        let mut here = open.filter(|(_, album)| self.catalog.galleries[album.gallery].folder == folder);
        here.find_map(|(at, album)| {
            let named = |(section, photo): &(usize, usize)| self.placed(at, *section, *photo).photo.name == name;
            Self::sequence(album).find(named).map(|(section, photo)| (at, section, photo))
        })
    }

    /// The picture of an open photo that a text shows, by its source path from `folder`.
    fn shown_picture(&self, folder: &Path, target: &str, language: &str) -> Option<PictureView> {
        let wanted = lexical(&folder.join(target));
        let path = wanted.strip_prefix(lexical(&self.config.galleries)).ok()?;
        let (album, section, photo) = self.open_photo(path)?;
        Some(self.picture(album, &self.placed(album, section, photo), language))
    }

    /// A path of the site, below the base path, where something lies there.
    fn site_path(&self, texts: &Known, path: &str) -> Option<String> {
        let below = |edition| path.strip_prefix(self.folder(edition));
        let further = self.editions().filter(|edition| *edition != Edition::MAIN);
        let further = further.filter_map(|edition| Some((edition, below(edition)?))).next();
        let (edition, path) = further.unwrap_or((Edition::MAIN, path));
        let folder = if path.is_empty() || path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
        let album = self.plan.albums.iter().any(|album| album.open_path() == Some(&folder));
        let text = texts.iter().any(|(stem, of)| *of == edition && format!("{}/", page_slug(stem)) == folder);
        if album || text || self.has_find() && folder.trim_end_matches('/') == FIND_FOLDER {
            return Some(self.url_in(edition, &format!("{folder}index.html")));
        }
        let photo = self
            .plan
            .albums
            .iter()
            .filter(|album| album.open_path().is_some_and(|own| path.starts_with(own)))
            .any(|album| album.photos(self.catalog).any(|(_, _, shown)| album.photo_page_path(shown) == path));
        let whole = self.path_in(edition, path);
        let file = self.catalog.static_files.iter().any(|file| file.path == whole);
        (photo || file).then(|| self.url(&whole))
    }
}

impl Contents<'_> {
    /// The links of the menu and of the foot: by their order, ties by title.
    ///
    /// In a further language each text that is translated; of the others the main one.
    pub(super) fn menus(&self, edition: Edition) -> (Vec<LinkView>, Vec<LinkView>) {
        let pages = &self.texts.pages;
        let is_translated = |text: &Text| pages.iter().any(|other| other.edition == edition && other.slug == text.slug);
        let stands_here =
            |text: &&Text| text.edition == edition || text.edition == Edition::MAIN && !is_translated(text);
        let of = |menu: Menu| {
            let mut texts: Vec<&Text> =
                pages.iter().filter(stands_here).filter(|text| text.front.menu == menu).collect();
            texts.sort_by(|a, b| {
                a.front.order.cmp(&b.front.order).then_with(|| self.catalog.names.texts(&a.title, &b.title))
            });
            texts.iter().map(|text| LinkView::to(text.title.clone(), self.url(&text.path))).collect()
        };
        let mut footer: Vec<LinkView> = of(Menu::Footer);
        if self.has_find() {
            footer.insert(0, LinkView::to(self.find(edition).title, self.url(&self.find_path(edition))));
        }
        (of(Menu::Main), footer)
    }

    pub(super) fn text(&self, at: usize) -> TextView {
        let text = &self.texts.pages[at];
        let description = text.front.description.clone().or_else(|| text.rendered.summary.clone());
        let language = self.language(text.edition);
        let words = self.theme.words(language);
        let name = |at: usize| {
            let version = &self.texts.pages[at];
            version.front.effective.map_or_else(|| version.title.clone(), |day| words.day(day).text)
        };
        TextView {
            head: HeadView {
                language: language.to_owned(),
                languages: self.languages_of_text(text),
                ..self.head(&text.path, Visibility::Public, description.as_deref(), None)
            },
            title: text.title.clone(),
            body: text.rendered.html.clone(),
            contents: text.rendered.contents.clone(),
            effective: text.front.effective.map(|day| words.day(day)),
            versions: text
                .versions
                .iter()
                .filter(|other| **other != at)
                .map(|other| LinkView::to(name(*other), self.url(&self.texts.pages[*other].path)))
                .collect(),
        }
    }

    /// A text in each language that it is there in, and the home pages of the others.
    fn languages_of_text(&self, text: &Text) -> Vec<PageLanguageView> {
        let mut languages = self.languages_of_home(text.edition);
        for (edition, view) in self.editions().zip(&mut languages) {
            match self.texts.pages.iter().find(|other| other.edition == edition && other.slug == text.slug) {
                Some(same) => (view.url, view.absolute) = (self.url(&same.path), self.absolute(&same.path)),
                None => view.same = false,
            }
        }
        languages
    }

    /// A gallery's description as HTML, with links into an edition.
    pub(super) fn description(&self, gallery: usize, edition: Edition, language: &str) -> Option<String> {
        Some(self.rendered(gallery, edition, language)?.html.clone())
    }

    /// Its first sentences without markup.
    pub(super) fn summary(&self, gallery: usize, edition: Edition, language: &str) -> Option<String> {
        self.rendered(gallery, edition, language)?.summary.clone()
    }

    fn rendered(&self, gallery: usize, edition: Edition, language: &str) -> Option<&Rendered> {
        self.texts.descriptions.get(&(gallery, edition, language.to_owned()))
    }

    /// The days since when text pages apply, and the languages of each, for the sitemap.
    pub(super) fn text_days(&self) -> impl Iterator<Item = (&str, Option<jiff::civil::Date>, Vec<PageLanguageView>)> {
        let pages = self.texts.pages.iter();
        pages.map(|text| (text.path.as_str(), text.front.effective, self.languages_of_text(text)))
    }
}

/// What is said of a description: lines count within the text, not within the file.
fn of_description(error: Error, file: &Path) -> Error {
    let line = error.place.as_ref().and_then(|place| place.line).unwrap_or(1);
    let message = format!("line {line} of the description: {}", error.message);
    Error { message, ..error }.at(file)
}

/// A path without `.` and `..`, as it is written and without asking the file system.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
