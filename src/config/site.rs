//! `site.toml`, read and checked.

use std::path::{Path, PathBuf};

use super::closing;
use super::document::{self, Problems};
use super::downloads::{MEGABYTE, PART_SIZE};
use super::folders;
use super::images;
use super::publish;
use super::settings::{DEFAULT_ACCESS, SITE};
use super::value::Value;
use super::walk::{self, Values};
use super::{
    Config, DataMining, Density, Discovery, DownloadSettings, FindSettings, Grid, ImageSettings, LEAST_ITERATIONS,
    LinkSettings, RightsSettings, Scheme, SiteLanguage, ThemeSettings, Translation, colour,
};
use crate::error::{Code, Error, ErrorKind};
use crate::visibility::Visibility;

/// A checked site and its warnings, or everything that is wrong.
type Outcome = Result<(Config, Vec<Error>), Vec<Error>>;

impl Config {
    /// A file or folder as its owner would type it: relative to the site's folder where it lies in it.
    pub fn display_path<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The same for what lies below the folder of galleries.
    pub fn display_gallery_path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.display_path(&self.galleries.join(below)).to_owned()
    }

    /// Reads `site.toml` at `path`; the site's folder is the one that holds it. Also returns warnings.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in the order of the file, each with line and column; or the one
    /// reason why it could not be read: missing, no file, larger than 1 MiB, not UTF-8.
    pub fn read(path: &Path) -> Outcome {
        let shown = path.file_name().map_or(path, Path::new);
        let root = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let text = document::text_of(path, shown).map_err(|error| explain(error, path, root))?;
        Self::from_text(&text, shown, root)
    }

    /// What is in force in a site whose `site.toml` is empty.
    pub fn defaults(root: &Path) -> Self {
        build(Values::default(), root, &mut Problems::new(Path::new("site.toml"), ""))
    }

    /// Checks the text of a `site.toml` that is called `file` in messages, for a site in `root`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_text(text: &str, file: &Path, root: &Path) -> Outcome {
        match what_can_be(text, file, root) {
            (Some(config), problems) => problems.map(|warnings| (config, warnings)),
            (None, problems) => Err(problems.err().unwrap_or_default()),
        }
    }

    /// What can be read of a `site.toml` with errors; what is wrong in it has the defaults. Also gives whether the folders are
    /// those that its owner named, as far as anybody can tell. Nothing where there is no such file and nothing was published
    /// from its folder.
    pub fn read_what_can_be(path: &Path) -> Option<(Self, bool)> {
        let root = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let (text, is_whole) = document::what_can_be_read(path);
        if !is_whole && !root.join(folders::STATE).join("published").is_dir() {
            return None;
        }
        let mut problems = Problems::new(path, &text);
        // A wrong `default_access` closes what says nothing, and leaves no doubt of the rest.
        let rest = closing::without_closing_lines(&text);
        let (mut table, mut is_toml) = document::recovered(&text);
        if !is_toml && rest != text {
            problems.may_close();
            (table, is_toml) = document::recovered(&rest);
        }
        let values = walk::walk(&table, SITE, &mut problems);
        let mut of_folders = Problems::new(path, &text);
        folders::take(&mut values.clone(), root, &mut of_folders);
        let stand = is_whole && is_toml && of_folders.finish().is_ok() && !folders::in_doubt(&table, &values);
        Some((build(values, root, &mut problems), stand))
    }
}

fn what_can_be(text: &str, file: &Path, root: &Path) -> (Option<Config>, Result<Vec<Error>, Vec<Error>>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut problems = Problems::new(file, text);
    let config = document::parse(text, &mut problems)
        .map(|table| walk::walk(&table, SITE, &mut problems))
        .map(|values| build(values, root, &mut problems));
    (config, problems.finish())
}

/// A missing file gets a way on.
fn explain(error: Error, path: &Path, root: &Path) -> Error {
    let is_missing = error.kind() == ErrorKind::Io && matches!(path.try_exists(), Ok(false));
    if !is_missing {
        return error;
    }
    let place = if root == Path::new(".") { "here".to_owned() } else { format!("in `{}`", root.display()) };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Error::new(Code::NoSite, format!("there is no `{name}` {place}"))
        .hint("run safelight in the folder that contains `site.toml`, or create a site with `safelight init`")
}

/// Fills in the defaults, and checks what several settings say together.
fn build(mut values: Values, root: &Path, problems: &mut Problems<'_>) -> Config {
    let v = &mut values;
    let held = [
        "contact",
        "language",
        "languages",
        "rights.data_mining",
        "rights.keep_gps",
        "favourites.send_to",
        "galleries",
        "theme.name",
        "theme.logo",
        "theme.heading_font",
        "theme.text_font",
    ];
    let places = held.into_iter().filter_map(|name| Some((name, problems.place(v.at(name)?)))).collect();
    let folders = folders::take(v, root, problems);
    let at_url = v.at("url");
    let url = match v.take("url") {
        Some(Value::Site(url)) => Some(url),
        _ => None,
    };
    if let Some(at) = v.at("discovery.feed")
        && url.is_none()
    {
        problems.warn(
            Code::SettingWithoutEffect,
            at,
            "a feed needs the site's address",
            "write `url` at the top of the file",
        );
    }
    if let Some(url) = &url
        && url.origin.starts_with("http://")
        && !is_this_machine(&url.origin)
    {
        let message = "`url` uses `http`, so anyone between the site and its visitors can read and change pages";
        problems.warn(Code::InsecureUrl, at_url.unwrap_or(0), message, "serve the site over `https`");
    }
    let default_access = match v.text(DEFAULT_ACCESS) {
        Some(word) => Visibility::named(&word).unwrap_or(Visibility::Private),
        None if problems.is_closing() => Visibility::Private,
        None => Visibility::Public,
    };
    let language = v.text("language").unwrap_or_else(|| "en".to_owned());
    let languages = languages(v, &language, problems);
    let author = v.text("author");
    let contact = v.text("contact");
    let image_settings = ImageSettings::of(images::take(v, problems));
    let config = Config {
        root: root.to_owned(),
        title: v.text("title").unwrap_or_else(|| folder_name(root)),
        description: v.text("description"),
        url,
        language,
        languages,
        translations: Translation::take(v),
        output: folders.output,
        galleries: folders.galleries,
        pages: folders.pages,
        static_files: folders.static_files,
        default_access,
        themes: folders.themes,
        state: folders.state,
        images: image_settings,
        rights: rights(v, author.clone()),
        theme: theme(v, problems),
        discovery: Discovery {
            feed: v.flag("discovery.feed").unwrap_or(true),
            index: v.flag("discovery.index").unwrap_or(true),
        },
        send_favourites_to: send_favourites_to(v, problems),
        links: links(v, contact.clone(), problems),
        downloads: DownloadSettings {
            part_bytes: u64::from(v.number("downloads.part_size").unwrap_or(PART_SIZE)) * MEGABYTE,
        },
        code_iterations: v.number("codes.iterations").unwrap_or(LEAST_ITERATIONS),
        find: v.has_table("find").then(|| FindSettings {
            title: v.text("find.title"),
            label: v.text("find.label"),
            text: v.text("find.text"),
        }),
        publish: publish::take(v, root, problems),
        author,
        contact,
        places,
    };
    #[cfg(test)]
    assert!(values.is_empty(), "a setting was checked and then ignored: {values:?}");
    config
}

/// The further languages of the site.
fn languages(v: &mut Values, language: &str, problems: &mut Problems<'_>) -> Vec<SiteLanguage> {
    let at = v.at("languages").unwrap_or_default();
    let written = v.lines("languages").unwrap_or_default();
    if written.iter().any(|tag| tag == language) {
        let message = format!("`languages` contains `{language}`, which is the site's `language`");
        problems.add(Code::ConflictingSettings, at, message, "list only the languages besides `language`");
    }
    written.into_iter().filter(|tag| tag != language).map(SiteLanguage::of).collect()
}

/// Whether an origin is of the machine itself, where nobody carries anything.
pub(super) fn is_this_machine(origin: &str) -> bool {
    let host = origin.strip_prefix("http://").unwrap_or(origin);
    let name = host.split(':').next().unwrap_or_default();
    name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" || host.starts_with("[::1]")
}

/// The site's folder's own name, for want of a title.
fn folder_name(root: &Path) -> String {
    let full = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    full.file_name().map_or_else(|| "Photographs".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn rights(v: &mut Values, author: Option<String>) -> RightsSettings {
    RightsSettings {
        creator: v.text("rights.creator").or(author),
        copyright: v.text("rights.copyright"),
        credit: v.text("rights.credit"),
        licence: v.text("rights.licence"),
        data_mining: match v.text("rights.data_mining").as_deref() {
            Some("allowed") => DataMining::Allowed,
            Some("prohibited-ai-training") => DataMining::ProhibitedAiTraining,
            Some("prohibited-except-search") => DataMining::ProhibitedExceptSearch,
            Some("prohibited") => DataMining::Prohibited,
            _ => DataMining::Unspecified,
        },
        keep_gps: v.flag("rights.keep_gps").unwrap_or(false),
        show_places: v.flag("rights.show_places").unwrap_or(false),
    }
}

fn theme(v: &mut Values, problems: &mut Problems<'_>) -> ThemeSettings {
    ThemeSettings {
        name: v.text("theme.name").unwrap_or_else(|| "default".to_owned()),
        logo: v.text("theme.logo"),
        light: colours(v, "theme.light", problems),
        dark: colours(v, "theme.dark", problems),
        accent: v.colour("theme.accent"),
        scheme: match v.text("theme.scheme").as_deref() {
            Some("light") => Scheme::Light,
            Some("dark") => Scheme::Dark,
            _ => Scheme::Auto,
        },
        heading_font: v.text("theme.heading_font"),
        text_font: v.text("theme.text_font"),
        density: match v.text("theme.density").as_deref() {
            Some("compact") => Density::Compact,
            Some("airy") => Density::Airy,
            _ => Density::Regular,
        },
        grid: match v.text("theme.grid").as_deref() {
            Some("squares") => Grid::Squares,
            _ => Grid::Rows,
        },
        page_size: v.number("theme.page_size").unwrap_or(1000),
    }
}

/// The two colours of a scheme, which need each other: half of them over the theme's own other half can be
/// black on black.
fn colours(v: &mut Values, table: &str, problems: &mut Problems<'_>) -> Option<([u8; 3], [u8; 3])> {
    let at = |v: &Values, name: &str| v.at(&format!("{table}.{name}"));
    let places = (at(v, "background"), at(v, "text"));
    let both = (v.colour(&format!("{table}.background")), v.colour(&format!("{table}.text")));
    match (places, both) {
        ((Some(at), _), (Some(background), Some(text))) => {
            let contrast = colour::contrast(background, text);
            if contrast < 4.5 {
                problems.warn(
                    Code::LowContrast,
                    at,
                    format!("text is hard to read on this background in `[{table}]`: the contrast is {contrast:.1}"),
                    "choose colours with a contrast of at least 4.5",
                );
            }
            Some((background, text))
        }
        ((Some(at), None), _) => {
            problems.add(
                Code::ConflictingSettings,
                at,
                format!("`{table}.background` needs `text`"),
                "set both or neither",
            );
            None
        }
        ((None, Some(at)), _) => {
            problems.add(
                Code::ConflictingSettings,
                at,
                format!("`{table}.text` needs `background`"),
                "set both or neither",
            );
            None
        }
        _ => None,
    }
}

/// Names and wishes of clients travel to it: over `https`, or to this machine.
fn send_favourites_to(v: &mut Values, problems: &mut Problems<'_>) -> Option<String> {
    let at = v.at("favourites.send_to")?;
    let address = v.text("favourites.send_to")?;
    if !address.starts_with("https://") && !is_this_machine(super::origin_of(&address)) {
        let message = "`favourites.send_to` must be an `https` address, because it receives names and messages";
        problems.add(Code::InvalidValue, at, message, "ask the form service for its `https` address");
        return None;
    }
    Some(address)
}

fn links(v: &mut Values, contact: Option<String>, problems: &mut Problems<'_>) -> LinkSettings {
    if let (Some(at), Some(_)) = (v.at("dated_links"), v.at("links.dated_links")) {
        problems.add(
            Code::ConflictingSettings,
            at,
            "`dated_links` is set twice: at the top and in `[links]`",
            "keep one of the two",
        );
    }
    let at_top = v.flag("dated_links");
    LinkSettings {
        dated: v.flag("links.dated_links").or(at_top).unwrap_or(false),
        tombstone_days: v.number("links.tombstone_days").unwrap_or(90),
        contact: v.text("links.contact").or(contact),
    }
}
