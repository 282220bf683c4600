//! Text pages, and the descriptions of galleries: markdown with links that are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{Contents, Sources};
use crate::pages::front_matter::{self, FrontMatter, Menu};
use crate::pages::markdown::{self, Markdown, Rendered};
use crate::pages::view::{LinkView, PictureView, TextView};
use crate::plan::page_slug;
use crate::visibility::Visibility;
use crate::{Code, Error};

/// What links can name in the text of a private gallery: nothing in it, for its addresses are those of one audience.
const CLOSED_ADVICE: &str = "give the path of an open gallery's folder or a page's file, such as `../iceland`; you \
                             cannot link to anything in a private gallery";

/// A text page, read and rendered.
pub(super) struct Text {
    /// Its path below the output.
    pub path: String,
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
    /// Descriptions of galleries, by their places in the catalog.
    descriptions: BTreeMap<usize, Rendered>,
}

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
        let known: Vec<String> = texts.iter().map(|(source, _)| source.stem.clone()).collect();
        let mut read: Vec<Text> = Vec::new();
        for (source, parts) in &texts {
            let mut values = self.site_values();
            let plain_title =
                parts.front.title.clone().unwrap_or_else(|| crate::catalog::title_from_name(Path::new(&source.stem)));
            values.insert("page.title".to_owned(), plain_title.clone());
            if let Some(day) = parts.front.effective {
                values.insert("page.effective".to_owned(), self.theme.words(&self.config.language).day(day).text);
            }
            let resolve = |target: &str| self.resolve(&self.config.pages, &known, target);
            let markdown = Markdown {
                text: parts.body,
                file: &source.file,
                first_line: parts.first_line,
                values: &values,
                resolve: &resolve,
                picture: &|target| self.shown_picture(&self.config.pages, target),
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
                    let path = format!("{}/index.html", page_slug(&source.stem));
                    let file = source.file.clone();
                    read.push(Text { path, file, front: parts.front.clone(), title, rendered, versions: Vec::new() });
                }
                Err(wrong) => errors.extend(wrong),
            }
        }
        // A version names the page it is a version of; all of one text know each other.
        if errors.is_empty() {
            let current = |at: usize| {
                let named = read[at].front.version_of.as_deref().map(|path| page_slug(path.trim_end_matches(".md")));
                named.map_or_else(|| read[at].path.clone(), |slug| format!("{slug}/index.html"))
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
        let mut descriptions = BTreeMap::new();
        // A gallery is on the grids of all its audiences; what is wrong with its text is told once.
        let mut looked_at = BTreeSet::new();
        for album in &self.plan.albums {
            for gallery in std::iter::once(album.gallery).chain(album.sections.iter().map(|section| section.gallery)) {
                if !looked_at.insert(gallery) {
                    continue;
                }
                let closed = !self.catalog.galleries[gallery].visibility.is_open();
                let advice = if closed { CLOSED_ADVICE } else { markdown::ADVICE };
                let config = &self.catalog.galleries[gallery].config;
                let (Some(text), Some(file)) = (&config.description, &config.file) else { continue };
                let folder = self.config.galleries.join(&self.catalog.galleries[gallery].folder);
                let resolve = |target: &str| self.resolve(&folder, &known, target);
                let shown = self.config.display_path(file);
                let values = self.site_values();
                let picture = |target: &str| self.shown_picture(&folder, target);
                let (values, resolve, picture) = (&values, &resolve, &picture);
                match (Markdown { text, file: shown, first_line: 1, values, resolve, picture, advice }).render() {
                    Ok(rendered) => {
                        warnings.extend(rendered.warnings.iter().cloned().map(|error| of_description(error, shown)));
                        descriptions.insert(gallery, rendered);
                    }
                    Err(wrong) => errors.extend(wrong.into_iter().map(|error| of_description(error, shown))),
                }
            }
        }
        if errors.is_empty() {
            errors = self.dead_anchors(&read, &descriptions);
        }
        if errors.is_empty() { Ok((Texts { pages: read, descriptions }, warnings)) } else { Err(errors) }
    }

    /// Links to places that the pages they lead to do not have.
    fn dead_anchors(&self, texts: &[Text], descriptions: &BTreeMap<usize, Rendered>) -> Vec<Error> {
        let mut anchors: BTreeMap<String, &BTreeSet<String>> = BTreeMap::new();
        anchors.extend(texts.iter().map(|text| (self.url(&text.path), &text.rendered.anchors)));
        for album in &self.plan.albums {
            if let (Some(path), Some(text)) = (album.open_path(), descriptions.get(&album.gallery)) {
                anchors.insert(self.url(&format!("{path}index.html")), &text.anchors);
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
        for (gallery, rendered) in descriptions {
            let Some(file) = &self.catalog.galleries[*gallery].config.file else { continue };
            let shown = self.config.display_path(file);
            errors.extend(dead(rendered, shown).into_iter().map(|error| of_description(error, shown)));
        }
        errors
    }

    fn site_values(&self) -> BTreeMap<String, String> {
        let config = self.config;
        let url = config.url.as_ref().map(|url| format!("{}{}", url.origin, url.base));
        [
            ("site.title", Some(config.title.clone())),
            ("site.description", config.description.clone()),
            ("site.author", config.author.clone()),
            ("site.contact", config.contact.clone()),
            ("site.url", url),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }

    /// The address of what a link names: a path of the site, or a source path from `folder`.
    fn resolve(&self, folder: &Path, texts: &[String], target: &str) -> Option<String> {
        let target = percent_encoding::percent_decode_str(target).decode_utf8().ok()?;
        if let Some(path) = target.strip_prefix('/') {
            return self.site_path(texts, path);
        }
        let wanted = lexical(&folder.join(Path::new(&*target)));
        if let Ok(page) = wanted.strip_prefix(lexical(&self.config.pages)) {
            let stem = page.to_str()?.trim_end_matches(".md");
            return texts.iter().any(|text| text == stem).then(|| self.url(&format!("{}/index.html", page_slug(stem))));
        }
        let gallery = wanted.strip_prefix(lexical(&self.config.galleries)).ok()?;
        for album in &self.plan.albums {
            let Some(path) = album.open_path() else { continue };
            if self.catalog.galleries[album.gallery].folder == gallery {
                return Some(self.url(&format!("{path}index.html")));
            }
        }
        let (album, section, photo) = self.open_photo(gallery)?;
        let album = &self.plan.albums[album];
        Some(self.url(&album.photo_page_path(&album.sections[section].photos[photo])))
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
    fn shown_picture(&self, folder: &Path, target: &str) -> Option<PictureView> {
        let wanted = lexical(&folder.join(target));
        let path = wanted.strip_prefix(lexical(&self.config.galleries)).ok()?;
        let (album, section, photo) = self.open_photo(path)?;
        Some(self.picture(album, &self.placed(album, section, photo), &self.config.language))
    }

    /// A path of the site, below the base path, where something lies there.
    fn site_path(&self, texts: &[String], path: &str) -> Option<String> {
        let folder = if path.is_empty() || path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
        let album = self.plan.albums.iter().any(|album| album.open_path() == Some(&folder));
        let text = texts.iter().any(|stem| format!("{}/", page_slug(stem)) == folder);
        if album || text {
            return Some(self.url(&format!("{folder}index.html")));
        }
        let photo = self
            .plan
            .albums
            .iter()
            .filter(|album| album.open_path().is_some_and(|own| path.starts_with(own)))
            .any(|album| album.photos(self.catalog).any(|(_, _, shown)| album.photo_page_path(shown) == path));
        let file = self.catalog.static_files.iter().any(|file| file.path == path);
        (photo || file).then(|| self.url(path))
    }
}

impl Contents<'_> {
    /// The links of the menu and of the foot: by their order, ties by title.
    pub(super) fn menus(&self) -> (Vec<LinkView>, Vec<LinkView>) {
        let of = |menu: Menu| {
            let mut texts: Vec<&Text> = self.texts.pages.iter().filter(|text| text.front.menu == menu).collect();
            texts.sort_by(|a, b| {
                a.front.order.cmp(&b.front.order).then_with(|| self.catalog.names.texts(&a.title, &b.title))
            });
            texts.iter().map(|text| LinkView::to(text.title.clone(), self.url(&text.path))).collect()
        };
        (of(Menu::Main), of(Menu::Footer))
    }

    pub(super) fn text(&self, at: usize) -> TextView {
        let text = &self.texts.pages[at];
        let description = text.front.description.clone().or_else(|| text.rendered.summary.clone());
        let words = self.theme.words(&self.config.language);
        let name = |at: usize| {
            let version = &self.texts.pages[at];
            version.front.effective.map_or_else(|| version.title.clone(), |day| words.day(day).text)
        };
        TextView {
            head: self.head(&text.path, Visibility::Public, description.as_deref(), None),
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

    /// A gallery's description as HTML.
    pub(super) fn description(&self, gallery: usize) -> Option<String> {
        self.texts.descriptions.get(&gallery).map(|rendered| rendered.html.clone())
    }

    /// Its first sentences without markup.
    pub(super) fn summary(&self, gallery: usize) -> Option<String> {
        self.texts.descriptions.get(&gallery).and_then(|rendered| rendered.summary.clone())
    }

    /// The days since when text pages apply, for the sitemap.
    pub(super) fn text_days(&self) -> impl Iterator<Item = (&str, Option<jiff::civil::Date>)> {
        self.texts.pages.iter().map(|text| (text.path.as_str(), text.front.effective))
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
