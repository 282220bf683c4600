//! The files of a theme: those built into the program, and those of a site's own folder over them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::kinds::PageKind;
use super::words::{Words, chain};
use crate::config::Config;
use crate::config::closed::Closed;
use crate::error::closest_match;
use crate::{Code, Error, Result};

/// The files of the built-in theme that are no page's template.
const PARTS: [(&str, &str); 15] = [
    ("base.html", include_str!("../../themes/default/base.html")),
    ("custom.css", include_str!("../../themes/default/custom.css")),
    ("favourites.css", include_str!("../../themes/default/favourites.css")),
    ("favourites.js", include_str!("../../themes/default/favourites.js")),
    ("filter.js", include_str!("../../themes/default/filter.js")),
    ("find.js", include_str!("../../themes/default/find.js")),
    ("footer-extra.html", include_str!("../../themes/default/footer-extra.html")),
    ("head-extra.html", include_str!("../../themes/default/head-extra.html")),
    ("parts.html", include_str!("../../themes/default/parts.html")),
    ("script.js", include_str!("../../themes/default/script.js")),
    ("seal.js", include_str!("../../themes/default/seal.js")),
    ("style.css", include_str!("../../themes/default/style.css")),
    ("unlock.css", include_str!("../../themes/default/unlock.css")),
    ("unlock.js", include_str!("../../themes/default/unlock.js")),
    ("viewer.js", include_str!("../../themes/default/viewer.js")),
];

/// The stylesheets among them that some pages load beside `style.css`.
pub(crate) const FURTHER_STYLES: [&str; 2] = ["favourites.css", "unlock.css"];

/// The scripts among them; one that others import stands before them.
pub(crate) const SCRIPTS: [&str; 7] =
    ["seal.js", "favourites.js", "filter.js", "find.js", "script.js", "unlock.js", "viewer.js"];

/// A language whose words are built in.
struct Language {
    tag: &'static str,
    file: &'static str,
    purpose: &'static str,
    words: &'static str,
}

macro_rules! languages {
    ($($tag:literal $name:literal)*) => {
        [$(Language {
            tag: $tag,
            file: concat!("words/", $tag, ".ftl"),
            purpose: concat!("the words of the interface in ", $name),
            words: include_str!(concat!("../../themes/default/words/", $tag, ".ftl")),
        },)*]
    };
}

/// The languages whose words are built in, by tag.
static LANGUAGES: [Language; 12] = languages! {
    "ar" "Arabic"
    "de" "German"
    "en" "English"
    "es" "Spanish"
    "fr" "French"
    "he" "Hebrew"
    "it" "Italian"
    "ja" "Japanese"
    "nl" "Dutch"
    "pl" "Polish"
    "pt" "Portuguese"
    "zh" "Chinese (simplified)"
};

/// Where words lie in a theme's folder.
const WORDS: &str = "words/";
/// How the names of files of words end.
const WORDS_ENDING: &str = ".ftl";
/// Where an older version had them.
const OLD_WORDS: &str = "words.toml";

/// The built-in theme: names and contents, by name.
pub(crate) static BUILT_IN: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let templates = PageKind::ALL.map(|kind| (kind.table().template, kind.table().built_in));
    let words = LANGUAGES.iter().map(|language| (language.file, language.words));
    let mut all: Vec<_> = PARTS.into_iter().chain(templates).chain(words).collect();
    all.sort_unstable();
    all
});

/// The largest template, stylesheet, script or file of words that is read.
const LARGEST_TEXT: u64 = 4 << 20;
/// The largest other file of a theme.
const LARGEST_FILE: u64 = 32 << 20;

/// What stands in front of the hash, in the first line of a file that was copied out.
const MARK: &str = "safelight theme, from ";

/// A built-in file, by name.
pub(crate) fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The language of a file of words, as its name says it.
fn language_of(name: &str) -> Option<&str> {
    let tag = name.strip_prefix(WORDS)?.strip_suffix(WORDS_ENDING)?;
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = tag.split('-').next().unwrap_or_default();
    let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_language && tag.split('-').all(is_part)).then_some(tag)
}

/// The name of the file with a language's words.
pub(crate) fn words_file(language: &str) -> String {
    format!("{WORDS}{language}{WORDS_ENDING}")
}

/// The built-in file of words that a language begins from: its own, or that of the language it belongs to.
fn nearest_words(language: &str) -> Option<&'static Language> {
    chain(language).iter().find_map(|tag| LANGUAGES.iter().find(|known| known.tag.eq_ignore_ascii_case(tag)))
}

/// The words of a language, the built-in English ones under all of them.
///
/// # Errors
///
/// All that is wrong in the site's own files.
pub(crate) fn words_of(language: &str, overlay: &Overlay) -> Result<Words, Vec<Error>> {
    let own = nearest_words(language).filter(|nearest| nearest.tag != "en").map(|nearest| nearest.words);
    let mut words = Words::built_in(language, built_in("words/en.ftl").unwrap_or_default(), own)?;
    let mut errors = Vec::new();
    for tag in chain(language).iter().rev() {
        for (path, text) in overlay.words(tag) {
            errors.extend(words.replace(text, path).err().into_iter().flatten());
        }
    }
    if errors.is_empty() { Ok(words) } else { Err(errors) }
}

/// A site's own files of a theme.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlay {
    /// Templates, stylesheets, script and words, by name with `/`.
    pub texts: BTreeMap<String, (PathBuf, String)>,
    /// Everything below `assets/`, by its name below that.
    pub assets: BTreeMap<String, (PathBuf, Vec<u8>)>,
    /// Files that do nothing.
    pub warnings: Vec<Error>,
}

impl Overlay {
    /// Reads the folder of a theme. The built-in theme needs none.
    ///
    /// # Errors
    ///
    /// A theme that does not exist; files that cannot be read, are too large or not text.
    pub(crate) fn read(themes: &Path, theme: &str) -> Result<Self, Vec<Error>> {
        let root = themes.join(theme);
        let mut overlay = Self::default();
        if !root.is_dir() {
            if theme == "default" {
                return Ok(overlay);
            }
            let error = Error::new(Code::UnknownTheme, format!("there is no theme `{theme}`")).at(&root);
            return Err(vec![error.hint("create the folder, or remove `theme.name` to use the built-in theme")]);
        }
        let mut errors = Vec::new();
        for entry in walk(&root) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    if let Err(error) = overlay.take(&root, entry.path()) {
                        errors.push(error);
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(&root).to_owned();
                    errors.push(
                        Error::new(Code::ThemeUnreadable, format!("cannot be read: {error}")).at(path).caused_by(error),
                    );
                }
            }
        }
        overlay.find_unused();
        if errors.is_empty() { Ok(overlay) } else { Err(errors) }
    }

    /// The site's own words of a language, whichever case its file is named in.
    fn words(&self, language: &str) -> impl Iterator<Item = (&PathBuf, &str)> {
        let is_it = move |name: &str| language_of(name).is_some_and(|tag| tag.eq_ignore_ascii_case(language));
        self.texts.iter().filter(move |(name, _)| is_it(name)).map(|(_, (path, text))| (path, text.as_str()))
    }

    /// Every language that the site has words of its own in, with their file.
    pub fn languages(&self) -> impl Iterator<Item = (&str, &PathBuf)> {
        self.texts.iter().filter_map(|(name, (path, _))| Some((language_of(name)?, path)))
    }

    /// Warns of templates that override nothing and that no other template names: misspelt, most likely.
    fn find_unused(&mut self) {
        let templates = || self.texts.iter().filter(|(name, _)| name.ends_with(".html"));
        let mut found = Vec::new();
        for (name, (path, text)) in templates() {
            let named = format!("\"{name}\"");
            let used = built_in(name).is_some()
                || text.contains("component ")
                || templates().any(|(other, (_, text))| other != name && text.contains(&named));
            if !used {
                let warning =
                    Error::new(Code::UnusedThemeFile, "overrides nothing, and no template includes it").at(path);
                found.push(match closest_match(name, BUILT_IN.iter().map(|(name, _)| *name)) {
                    Some(known) => warning.hint(format!("did you mean `{known}`?")),
                    None => warning.hint("`safelight theme files` lists what can be overridden"),
                });
            }
        }
        self.warnings.extend(found);
    }

    fn take(&mut self, root: &Path, path: &Path) -> Result<()> {
        let relative = path.strip_prefix(root).unwrap_or(path);
        let Some(name) = relative.to_str().map(|name| name.replace('\\', "/")) else {
            return Err(Error::new(Code::UnusableName, "has a name that is not text").at(path));
        };
        if let Some(asset) = name.strip_prefix("assets/") {
            let bytes = read_limited(path, LARGEST_FILE)?;
            self.assets.insert(asset.to_owned(), (path.to_owned(), bytes));
            return Ok(());
        }
        if name == OLD_WORDS {
            let error =
                Error::new(Code::OldWords, "is not read any more: words are files of Fluent, one for each language");
            return Err(error.at(path).hint(
                "write its words to `words/de.ftl` (named by their language) beside it, as `home = Start` and with \
                 `{ $count }` for `{count}`, and delete it; dates need no words any more, and twelve languages are built in",
            ));
        }
        let template = name.ends_with(".html");
        if !template && built_in(&name).is_none() && language_of(&name).is_none() {
            let warning = Error::new(Code::UnusedThemeFile, "is not used by the theme").at(path);
            self.warnings.push(match closest_match(&name, BUILT_IN.iter().map(|(name, _)| *name)) {
                _ if name.ends_with(WORDS_ENDING) => {
                    warning.hint("words are read from `words/de.ftl`, named by the language's code")
                }
                Some(known) => warning.hint(format!("did you mean `{known}`?")),
                None => warning.hint("put files to publish into `assets/`"),
            });
            return Ok(());
        }
        let bytes = read_limited(path, LARGEST_TEXT)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::new(Code::NotUtf8, "is not UTF-8 text").at(path))?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        self.texts.insert(name, (path.to_owned(), text));
        Ok(())
    }
}

/// Everything in the folder of a theme that is not hidden, through links.
fn walk(root: &Path) -> impl Iterator<Item = walkdir::Result<walkdir::DirEntry>> {
    let walk = walkdir::WalkDir::new(root).follow_links(true).sort_by_file_name().max_depth(8).into_iter();
    walk.filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.'))
}

/// Refuses links in the theme of a site that would publish what is not meant for everybody.
///
/// # Errors
///
/// Each such link.
pub(crate) fn refuse_links(config: &Config) -> Result<(), Vec<Error>> {
    let closed = std::cell::OnceCell::new();
    let refused = |entry: walkdir::DirEntry| {
        let what = closed.get_or_init(|| Closed::to_theme(config)).met_by(entry.path())?;
        let shown = entry.path().strip_prefix(&config.root).unwrap_or(entry.path());
        let error = Error::new(Code::UnsafeLink, format!("this symbolic link would publish {what} with the theme"));
        Some(error.at(shown).hint("delete the symbolic link, and copy what everyone may see"))
    };
    let folder = config.themes.join(&config.theme.name);
    let links = walk(&folder).filter_map(std::result::Result::ok);
    let errors: Vec<Error> = links.filter(walkdir::DirEntry::path_is_symlink).filter_map(refused).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).map_err(|error| Error::io(Code::CannotRead, "read", path, error))?.len();
    if size > limit {
        return Err(Error::new(Code::FileNotRead, format!("is larger than {} MiB", limit >> 20)).at(path));
    }
    std::fs::read(path).map_err(|error| Error::io(Code::CannotRead, "read", path, error))
}

/// One file of the theme that is in force.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ThemeFile {
    /// Its name below the theme's folder.
    pub name: String,
    /// What it is for.
    pub purpose: &'static str,
    /// Where a site's own one lies.
    pub overridden_by: Option<PathBuf>,
    /// How the site's own one stands to the built-in one.
    pub state: OverrideState,
}

/// How a site's own file stands to the built-in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverrideState {
    /// There is none: the built-in file is in force.
    BuiltIn,
    /// It changes parts of the built-in one, which goes on receiving fixes.
    Extends,
    /// It stands for the built-in one, and was copied from the present version.
    Current,
    /// It was copied from an older version of the built-in one.
    Stale,
    /// It stands for the built-in one, and says nothing of where it came from.
    Unmarked,
    /// It is the built-in one, word for word.
    Same,
    /// The site's alone; nothing built-in has its name.
    Own,
}

/// Every file of the theme in force: the built-in ones and the site's own, by name.
///
/// # Errors
///
/// As [`Theme::load`](super::Theme::load), for the reading of the folder.
pub fn files(themes: &Path, theme: &str) -> Result<Vec<ThemeFile>, Vec<Error>> {
    let overlay = Overlay::read(themes, theme)?;
    let mut list: BTreeMap<String, ThemeFile> = BUILT_IN
        .iter()
        .map(|(name, _)| {
            let file = ThemeFile {
                name: (*name).to_owned(),
                purpose: purpose(name),
                overridden_by: None,
                state: OverrideState::BuiltIn,
            };
            (file.name.clone(), file)
        })
        .collect();
    for (name, (path, text)) in overlay.texts {
        let state = state_of(&name, &text);
        let file = ThemeFile { purpose: purpose(&name), name: name.clone(), overridden_by: Some(path), state };
        list.insert(name, file);
    }
    for (name, (path, _)) in overlay.assets {
        let name = format!("assets/{name}");
        let state = OverrideState::Own;
        list.insert(name.clone(), ThemeFile { name, purpose: "published as it is", overridden_by: Some(path), state });
    }
    Ok(list.into_values().collect())
}

/// A built-in file as it is copied into a site's theme folder: with a first line that says which version it is. Of a language
/// without words the English ones, to be translated.
///
/// # Errors
///
/// A name that no built-in file has.
pub fn eject(name: &str) -> Result<String> {
    let Some((from, text)) = origin(name) else {
        let error = Error::new(Code::UnknownThemeFile, format!("the theme has no file `{name}`"));
        let names = BUILT_IN.iter().map(|(name, _)| *name);
        return Err(match closest_match(name, names.clone()) {
            Some(known) => error.hint(format!("did you mean `{known}`?")),
            None => error.hint(format!("available: {}", names.collect::<Vec<_>>().join(", "))),
        });
    };
    let mark = format!("{MARK}{from} {}", version(text));
    Ok(match name.rsplit('.').next() {
        // The dash eats the line's end: a doctype stays the first thing in its file.
        Some("html") => format!("{{#- {mark} -#}}\n{text}"),
        Some("css") => format!("/* {mark} */\n{text}"),
        Some("js") => format!("// {mark}\n{text}"),
        _ => format!("# {mark}\n{text}"),
    })
}

/// The built-in file that a site's own one of this name stands for, or is translated from.
fn origin(name: &str) -> Option<(&str, &'static str)> {
    let translated = || {
        let nearest = nearest_words(language_of(name)?).or_else(|| nearest_words("en"))?;
        Some((nearest.file, nearest.words))
    };
    built_in(name).map(|text| (name, text)).or_else(translated)
}

/// Overrides that need a look: copies of built-in files that have changed since, and copies that change nothing.
///
/// # Errors
///
/// As [`files`].
pub fn check(themes: &Path, theme: &str) -> Result<Vec<Error>, Vec<Error>> {
    let mut findings = Overlay::read(themes, theme)?.warnings;
    for file in files(themes, theme)? {
        let Some(path) = &file.overridden_by else { continue };
        let eject = format!("`safelight theme eject {}` shows the current one", file.name);
        findings.extend(match file.state {
            OverrideState::Stale => Some(
                Error::new(Code::OutdatedOverride, "was copied from an older version of the built-in file")
                    .at(path)
                    .hint(format!("{eject}; merge its changes, including the first line")),
            ),
            OverrideState::Same => Some(
                Error::new(Code::OutdatedOverride, "is the same as the built-in file").at(path).hint("delete it to stay up to date"),
            ),
            OverrideState::Unmarked if file.name.ends_with(".html") => Some(
                Error::new(Code::OutdatedOverride, "replaces a built-in file of an unknown version").at(path).hint(format!(
                    "override a block of it with `{{% extends \"default/{}\" %}}`; or {eject}, with the version in its \
                     first line",
                    file.name
                )),
            ),
            _ => None,
        });
    }
    Ok(findings)
}

fn state_of(name: &str, text: &str) -> OverrideState {
    let Some((_, original)) = origin(name) else { return OverrideState::Own };
    if original.is_empty() || language_of(name).is_some() && !text.contains(MARK) {
        // Hooks and words are made to be added to.
        return OverrideState::Extends;
    }
    if text == original {
        return OverrideState::Same;
    }
    let first = text.lines().next().unwrap_or_default();
    match first.split_once(MARK).map(|(_, rest)| rest.split(' ').nth(1).unwrap_or_default()) {
        Some(from) if from == version(original) => OverrideState::Current,
        Some(_) => OverrideState::Stale,
        None if text.contains(&format!("extends \"default/{name}\"")) => OverrideState::Extends,
        None => OverrideState::Unmarked,
    }
}

fn version(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
}

fn purpose(name: &str) -> &'static str {
    if let Some(kind) = PageKind::ALL.map(PageKind::table).into_iter().find(|kind| kind.template == name) {
        return kind.purpose;
    }
    match name {
        "base.html" => "the frame of every page: head, menu, footer",
        "custom.css" => "your own styles, after all others",
        "filter.js" => "the filter of open galleries",
        "find.js" => "the look-up of codes",
        "footer-extra.html" => "additions to the footer of every page",
        "head-extra.html" => "additions to the head of every page",
        "parts.html" => "pictures, covers and breadcrumbs, used by the other templates",
        "script.js" => "arrow keys, and the way back to a grid",
        "seal.js" => "codes, passwords and decryption, without a page",
        "style.css" => "the stylesheet",
        "unlock.css" => "styles of sealed galleries and the look-up page",
        "unlock.js" => "opens and shows sealed galleries",
        _ => {
            let words = || LANGUAGES.iter().find(|language| language.file == name).map(|language| language.purpose);
            let own = || language_of(name).map(|_| "the words of the interface in a language of the site's own");
            words().or_else(own).unwrap_or("the site's own")
        }
    }
}
