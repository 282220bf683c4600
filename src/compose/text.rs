//! Text pages, and the descriptions of galleries: markdown with links that are checked.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::Composer;
use crate::Error;
use crate::pages::front_matter::{self, FrontMatter, Menu};
use crate::pages::markdown::{Markdown, Rendered};
use crate::pages::view::{Audience, LinkView, TextView};
use crate::plan::page_slug;

/// A text page, read and rendered.
pub(super) struct Text {
    /// Its path below the output.
    pub path: String,
    front: FrontMatter,
    title: String,
    rendered: Rendered,
    /// The pages that are versions of the same text, newest first, as places in the list of pages.
    versions: Vec<usize>,
}

impl Composer<'_> {
    /// Reads and renders every text page and every gallery's description.
    pub(super) fn read_texts(&mut self) -> Result<Vec<Error>, Vec<Error>> {
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
                values.insert("page.effective".to_owned(), self.theme.words().day(day).text);
            }
            let resolve = |target: &str| self.resolve(&self.config.pages, &known, target);
            let markdown = Markdown {
                text: parts.body,
                file: &source.file,
                first_line: parts.first_line,
                values: &values,
                resolve: &resolve,
            };
            match markdown.render() {
                Ok(rendered) => {
                    warnings.extend(rendered.warnings.iter().cloned());
                    let title = parts.front.title.clone().or_else(|| rendered.title.clone()).unwrap_or(plain_title);
                    let path = format!("{}/index.html", page_slug(&source.stem));
                    read.push(Text { path, front: parts.front.clone(), title, rendered, versions: Vec::new() });
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
                if !read.iter().any(|text| text.path == families[at]) {
                    let (source, parts) = &texts[at];
                    let wanted = parts.front.version_of.as_deref().unwrap_or_default();
                    errors.push(
                        Error::site(format!("`version_of` names `{wanted}`, and there is no such page"))
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
        for album in &self.plan.albums {
            for gallery in std::iter::once(album.gallery).chain(album.sections.iter().map(|section| section.gallery)) {
                if descriptions.contains_key(&gallery) {
                    continue;
                }
                let config = &self.catalog.galleries[gallery].config;
                let (Some(text), Some(file)) = (&config.description, &config.file) else { continue };
                let folder = self.config.galleries.join(&self.catalog.galleries[gallery].folder);
                let resolve = |target: &str| self.resolve(&folder, &known, target);
                let shown = file.strip_prefix(&self.config.root).unwrap_or(file);
                let values = self.site_values();
                match (Markdown { text, file: shown, first_line: 1, values: &values, resolve: &resolve }).render() {
                    Ok(rendered) => {
                        warnings.extend(rendered.warnings.iter().cloned());
                        descriptions.insert(gallery, rendered);
                    }
                    // Lines count within the text, not within the file.
                    Err(wrong) => errors.extend(wrong.into_iter().map(|error| {
                        let line = error.place.as_ref().and_then(|place| place.line).unwrap_or(1);
                        let message = format!("line {line} of the description: {}", error.message);
                        Error { message, ..error }.at(shown)
                    })),
                }
            }
        }
        if errors.is_empty() {
            self.texts = read;
            self.descriptions = descriptions;
            Ok(warnings)
        } else {
            Err(errors)
        }
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
            let source = &self.catalog.galleries[album.gallery];
            if source.folder == gallery {
                return Some(self.url(&format!("{path}index.html")));
            }
            if Some(source.folder.as_path()) == gallery.parent() {
                let shown = album
                    .photos(self.catalog)
                    .find(|(_, photo, _)| Some(photo.name.as_os_str()) == gallery.file_name());
                if let Some((_, _, shown)) = shown {
                    return Some(self.url(&album.photo_page_path(shown)));
                }
            }
        }
        None
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

    /// The links of the menu and of the foot: by their order, ties by title.
    pub(super) fn menus(&self) -> (Vec<LinkView>, Vec<LinkView>) {
        let of = |menu: Menu| {
            let mut texts: Vec<&Text> = self.texts.iter().filter(|text| text.front.menu == menu).collect();
            texts.sort_by(|a, b| a.front.order.cmp(&b.front.order).then_with(|| a.title.cmp(&b.title)));
            texts.iter().map(|text| LinkView::to(text.title.clone(), self.url(&text.path))).collect()
        };
        (of(Menu::Main), of(Menu::Footer))
    }

    pub(super) fn text(&self, at: usize) -> TextView {
        let text = &self.texts[at];
        let description = text.front.description.clone().or_else(|| text.rendered.summary.clone());
        let words = self.theme.words();
        let name = |at: usize| {
            let version = &self.texts[at];
            version.front.effective.map_or_else(|| version.title.clone(), |day| words.day(day).text)
        };
        TextView {
            head: self.head(&text.path, Audience::Public, description.as_deref(), None),
            title: text.title.clone(),
            body: text.rendered.html.clone(),
            contents: text.rendered.contents.clone(),
            effective: text.front.effective.map(|day| words.day(day)),
            versions: text
                .versions
                .iter()
                .filter(|other| **other != at)
                .map(|other| LinkView::to(name(*other), self.url(&self.texts[*other].path)))
                .collect(),
        }
    }

    /// A gallery's description as HTML.
    pub(super) fn description(&self, gallery: usize) -> Option<String> {
        self.descriptions.get(&gallery).map(|rendered| rendered.html.clone())
    }

    /// Its first sentences without markup.
    pub(super) fn summary(&self, gallery: usize) -> Option<String> {
        self.descriptions.get(&gallery).and_then(|rendered| rendered.summary.clone())
    }

    /// The days since when text pages apply, for the sitemap.
    pub(super) fn text_days(&self) -> impl Iterator<Item = (&str, Option<jiff::civil::Date>)> {
        self.texts.iter().map(|text| (text.path.as_str(), text.front.effective))
    }
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
