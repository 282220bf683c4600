//! A theme, loaded once and then shared by all threads: templates, words, stylesheet and other assets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tera::{Context, Tera, Value};

use crate::config::{Config, ThemeSettings, origin_of};
use crate::visibility::{NO_ROBOTS, Visibility};
use crate::{Code, Error, Result};

pub use super::assets::Asset;

use super::appearance::{Appearance, address, appearance, font_mime};
use super::assets::{publish, shortened, with_assets, with_imports};
use super::behaviour::{self, behaviours};
use super::engine::{compile, sorted, speaking};
use super::failure::{Sources, explain};
use super::files::{BUILT_IN, FURTHER_STYLES, Overlay, SCRIPTS, built_in, refuse_links, words_file, words_of};
use super::kinds::{PageKind, PageView};
use super::view::*;
use super::words::{Words, chain};
use super::{names, palette};

/// The content security policy of every page: everything from the site itself, no inline style or script.
pub const POLICY: &str = "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; img-src 'self'; manifest-src 'self'; media-src 'self'; script-src 'self'; style-src 'self'";

/// [`POLICY`], with the site of an address that scripts may send to.
pub(crate) fn policy(sends_to: Option<&str>) -> String {
    // The origin of a checked web address holds neither spaces nor semicolons.
    match sends_to.map(origin_of) {
        Some(origin) => POLICY.replacen("connect-src 'self'", &format!("connect-src 'self' {origin}"), 1),
        None => POLICY.to_owned(),
    }
}

/// The same for the header of all answers, which counts beside the policy of a page: sealed galleries show pictures that a
/// script opened.
pub(crate) fn policy_of_answers(sends_to: Option<&str>) -> String {
    policy(sends_to).replacen("img-src 'self'", "img-src 'self' blob:", 1)
}

/// The policy of pages whose scripts handle codes: pictures may also be made by a script, and no script takes text for markup.
pub(crate) fn policy_of_codes(sends_to: Option<&str>, fonts: bool) -> String {
    let fonts = if fonts { "font-src 'self'; " } else { "" };
    let elsewhere = sends_to.map_or_else(String::new, |address| format!(" {}", origin_of(address)));
    format!(
        "default-src 'none'; base-uri 'none'; connect-src 'self'{elsewhere}; {fonts}form-action 'none'; img-src 'self' blob:; \
         require-trusted-types-for 'script'; script-src 'self'; style-src 'self'; trusted-types 'none'"
    )
}

/// A theme: the built-in one with a site's own folder over it.
pub struct Theme {
    /// By language; the site's is always there.
    interfaces: BTreeMap<String, Interface>,
    language: String,
    sources: Sources,
    templates: Vec<String>,
    settings: ThemeSettings,
    appearance: Appearance,
    assets: Vec<Asset>,
    published: BTreeMap<String, String>,
    warnings: Vec<Error>,
    behaviours: Vec<(PathBuf, behaviour::Found)>,
    fingerprint: [u8; 16],
}

/// The templates in one language.
struct Interface {
    tera: Tera,
    words: Words,
}

/// A site, made ready for templates once instead of for every page.
pub struct PreparedSite {
    view: SiteView,
    site: Value,
    theme: Value,
    assets: Value,
}

impl PreparedSite {
    /// The view it was made from.
    pub fn view(&self) -> &SiteView {
        &self.view
    }
}

#[derive(Serialize)]
struct ThemeValue<'a> {
    grid: crate::config::Grid,
    density: crate::config::Density,
    color_scheme: &'static str,
    policy: &'static str,
    logo: Option<String>,
    colours: Vec<ColourValue<'a>>,
    fonts: Vec<FontValue>,
}

#[derive(Serialize)]
struct ColourValue<'a> {
    background: &'a str,
    media: Option<&'static str>,
}

#[derive(Serialize)]
struct FontValue {
    url: String,
    mime: &'static str,
}

#[derive(Serialize)]
struct PageValue<'a> {
    kind: &'static str,
    path: &'a str,
    title: String,
    name: String,
    description: Option<&'a str>,
    canonical: Option<&'a str>,
    robots: Option<&'static str>,
    referrer: Option<&'static str>,
    audience: Visibility,
    language: &'a str,
    direction: &'static str,
    languages: &'a [PageLanguageView],
    card: Option<CardView>,
    json_ld: Option<String>,
    policy: String,
}

impl Theme {
    /// Loads the built-in theme and, over it, the folder of `themes` that `settings.name` names. Pages are in the site's language,
    /// or in one of `galleries`, where each comes with the file that asks for it.
    ///
    /// # Errors
    ///
    /// All that is wrong in the folder: templates, words and stylesheets, each with file and line; links to what is not for
    /// everybody.
    pub fn of(config: &Config, galleries: &BTreeMap<String, PathBuf>) -> Result<Self, Vec<Error>> {
        refuse_links(config)?;
        let folder = config.themes.join(&config.theme.name);
        let host = config.url.as_ref().and_then(|url| url.origin.split_once("://")).map(|(_, host)| host);
        let host = host.map(|host| host.split(':').next().unwrap_or(host));
        let further = config.languages.iter().map(|language| &language.tag);
        let languages = std::iter::once(&config.language).chain(further).chain(galleries.keys()).map(String::as_str);
        let languages: Vec<&str> = languages.collect();
        let mut theme = Self::read(&config.theme, &config.themes, host, &languages).map_err(|mut errors| {
            for error in &mut errors {
                if let Some(place) = error.place.as_mut().filter(|place| place.file == folder) {
                    // The folder is not there: what is wrong is the name.
                    place.file = config.display_path(&folder).to_owned();
                    error.place = config.places.get("theme.name").or(error.place.as_ref()).cloned();
                } else if let Some(place) = &mut error.place {
                    place.file = config.display_path(&place.file).to_owned();
                }
            }
            errors
        })?;
        for place in theme.warnings.iter_mut().filter_map(|warning| warning.place.as_mut()) {
            place.file = config.display_path(&place.file).to_owned();
        }
        let lacking = theme.interfaces.values().filter_map(|interface| {
            let error = lacks_language(&interface.words, config)?;
            let language = interface.words.language();
            let setting = match config.languages.iter().any(|further| further.tag == language) {
                true => Some("languages"),
                false => (language == config.language).then_some("language"),
            };
            Some(match (setting.and_then(|setting| config.places.get(setting)), galleries.get(language)) {
                (Some(place), _) => Error { place: Some(place.clone()), ..error },
                (None, Some(file)) if setting.is_none() => error.at(config.display_path(file)),
                (None, _) => error.at("site.toml"),
            })
        });
        let lacking: Vec<Error> = lacking.collect();
        theme.warnings.extend(lacking);
        Ok(theme)
    }

    /// The same from the settings and the folder of themes alone, with the languages of pages, the site's first.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn load(settings: &ThemeSettings, themes: &Path, languages: &[&str]) -> Result<Self, Vec<Error>> {
        Self::read(settings, themes, None, languages)
    }

    /// `host` is the site's own, which its pages may ask; `languages` are those of its pages, the site's first.
    fn read(
        settings: &ThemeSettings,
        themes: &Path,
        host: Option<&str>,
        languages: &[&str],
    ) -> Result<Self, Vec<Error>> {
        let mut overlay = Overlay::read(themes, &settings.name)?;
        // A copy that changes nothing is the file that is built in, in all that is said and published of it.
        overlay.texts.retain(|name, (_, text)| built_in(name) != Some(text.as_str()));
        let mut errors = Vec::new();
        let text = |name: &str| {
            overlay.texts.get(name).map_or_else(|| built_in(name).unwrap_or_default(), |(_, text)| text.as_str())
        };
        // Files of languages that no page is in are read all the same: a mistake in them is told when it is made.
        let own = overlay.languages().map(|(language, _)| language);
        let mut words = BTreeMap::new();
        for language in languages.iter().copied().chain(own) {
            match words_of(language, &overlay) {
                Ok(read) => drop(words.insert(language, read)),
                // What is wrong in `de` is wrong in `de-AT` too.
                Err(found) => found.into_iter().for_each(|error| {
                    if !errors.contains(&error) {
                        errors.push(error);
                    }
                }),
            }
        }
        let language = languages.first().copied().unwrap_or("en");
        // What is wrong in templates is told with what is wrong in words.
        let first = words.remove(language).map_or_else(|| words_of("en", &Overlay::default()), Ok)?;
        let (tera, sources) = match compile(&overlay, &first) {
            Ok(compiled) => compiled,
            Err(found) => {
                errors.extend(found);
                return Err(errors);
            }
        };
        let appearance = appearance(settings);
        let mut published = BTreeMap::new();
        let mut assets = Vec::new();
        for (name, (_, bytes)) in &overlay.assets {
            publish(name, bytes.clone(), &mut published, &mut assets);
        }
        if !published.contains_key("icon.svg") {
            publish("icon.svg", appearance.icon.clone().into_bytes(), &mut published, &mut assets);
        }
        let style = match overlay.texts.get("style.css") {
            Some((path, own)) => with_assets(own, path, &published, &mut errors),
            None => shortened(text("style.css")),
        };
        let custom = match overlay.texts.get("custom.css") {
            Some((path, own)) => with_assets(own, path, &published, &mut errors),
            None => String::new(),
        };
        let css = format!("{}{style}{}{custom}", appearance.css, palette::stylesheet());
        publish("style.css", css.into_bytes(), &mut published, &mut assets);
        for name in FURTHER_STYLES {
            let style = match overlay.texts.get(name) {
                Some((path, own)) => with_assets(own, path, &published, &mut errors),
                None => shortened(text(name)),
            };
            publish(name, style.into_bytes(), &mut published, &mut assets);
        }
        for name in SCRIPTS {
            let script = match overlay.texts.get(name) {
                Some((_, own)) => own.clone(),
                None => shortened(text(name)),
            };
            publish(name, with_imports(script, &published).into_bytes(), &mut published, &mut assets);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        assets.sort_by(|one, other| one.name.cmp(&other.name));
        let interfaces: BTreeMap<String, Interface> = languages
            .iter()
            .map(|language| {
                let words = words.get(language).unwrap_or(&first).clone();
                ((*language).to_owned(), Interface { tera: speaking(&tera, &words), words })
            })
            .collect();
        let mut warnings = overlay.warnings.clone();
        warnings.extend(overlay.languages().filter_map(|(tag, path)| {
            let is_read = |language: &&str| chain(language).iter().any(|read| read.eq_ignore_ascii_case(tag));
            let told = Error::new(Code::UnusedThemeFile, format!("is not used: no page is in `{tag}`")).at(path);
            let hint =
                "set `language` in `site.toml` or a `gallery.toml`, or rename the file to the language it changes";
            (!languages.iter().any(is_read)).then(|| told.hint(hint))
        }));
        warnings.extend(appearance.warnings.iter().cloned());
        let fingerprint = fingerprint(settings, &overlay, &published);
        let behaviours = deeds_of(&overlay);
        let own = overlay.texts.iter().filter(|(name, _)| name.ends_with(".html"));
        let templates = BUILT_IN.iter().filter(|(name, _)| name.ends_with(".html"));
        let templates = templates.map(|(_, text)| (*text).to_owned()).chain(own.map(|(_, (_, text))| text.clone()));
        let mut theme = Self {
            interfaces,
            language: language.to_owned(),
            sources,
            templates: templates.collect(),
            settings: settings.clone(),
            appearance,
            assets,
            published,
            warnings,
            behaviours,
            fingerprint,
        };
        let contract = theme.contract();
        for (name, (path, text)) in &overlay.texts {
            if name.ends_with(".html") {
                theme.warnings.extend(names::unknown(text, path, &contract));
            }
            theme.warnings.extend(behaviour::warnings(name, path, text, host));
        }
        Ok(theme)
    }

    /// Files that are published, by name.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The texts of all templates: the built-in ones and the site's own.
    pub fn templates(&self) -> &[String] {
        &self.templates
    }

    /// The words of the interface in a language, also for what is said in views: dates, alternative texts. Those of the site's
    /// where no page is in the language.
    pub fn words(&self, language: &str) -> &Words {
        &self.interface(language).words
    }

    /// The words in every language that a page is in.
    pub fn all_words(&self) -> impl Iterator<Item = &Words> {
        self.interfaces.values().map(|interface| &interface.words)
    }

    fn interface(&self, language: &str) -> &Interface {
        self.interfaces.get(language).unwrap_or_else(|| &self.interfaces[&self.language])
    }

    /// Colours that cannot be read well, files that do nothing.
    pub fn warnings(&self) -> &[Error] {
        &self.warnings
    }

    /// What the site's own files of the theme make browsers do beyond showing pages, with the file.
    pub fn behaviours(&self) -> &[(PathBuf, behaviour::Found)] {
        &self.behaviours
    }

    /// Whether any page may load a font.
    fn has_fonts(&self) -> bool {
        let is_font = |name: &String| [".woff2", ".woff", ".ttf", ".otf"].iter().any(|ending| name.ends_with(ending));
        self.settings.heading_font.is_some() || self.settings.text_font.is_some() || self.published.keys().any(is_font)
    }

    /// Changes whenever any page could: part of every page's key.
    pub fn fingerprint(&self) -> [u8; 16] {
        self.fingerprint
    }

    /// Makes a site ready for [`render`](Self::render).
    pub fn prepare(&self, site: &SiteView) -> PreparedSite {
        let below = |path: &str| format!("{}{path}", site.base);
        let fonts = [&self.settings.heading_font, &self.settings.text_font].into_iter().flatten();
        let theme = ThemeValue {
            grid: self.settings.grid,
            density: self.settings.density,
            color_scheme: match self.settings.scheme {
                crate::config::Scheme::Auto => "light dark",
                crate::config::Scheme::Light => "light",
                crate::config::Scheme::Dark => "dark",
            },
            policy: POLICY,
            logo: self.settings.logo.as_deref().map(|logo| below(&address(logo))),
            colours: self
                .appearance
                .grounds
                .iter()
                .map(|(background, media)| ColourValue { background, media: *media })
                .collect(),
            fonts: fonts.map(|font| FontValue { url: below(&address(font)), mime: font_mime(font) }).collect(),
        };
        let assets: BTreeMap<_, _> = self.published.iter().map(|(name, path)| (name, below(path))).collect();
        PreparedSite {
            view: site.clone(),
            site: Value::from_serializable(site),
            theme: Value::from_serializable(&theme),
            assets: Value::from_serializable(&assets),
        }
    }

    /// One page. Pages may be rendered on any number of threads at once.
    ///
    /// # Errors
    ///
    /// A template that uses a name that does not exist, with file, line and the nearest name.
    pub fn render(&self, site: &PreparedSite, page: &dyn PageView) -> Result<String> {
        let (template, context) = self.context(site, page)?;
        self.interface(&page.head().language).tera.render(template, &context).map_err(|error| {
            let told = explain(&error, &self.sources).into_iter().next();
            told.unwrap_or_else(|| Error::new(Code::TemplateError, error.to_string())).caused_by(error)
        })
    }

    /// What a template is given for a page, as JSON: the contract, filled in.
    ///
    /// # Errors
    ///
    /// As [`render`](Self::render).
    pub fn data(&self, site: &PreparedSite, page: &dyn PageView) -> Result<serde_json::Value> {
        let (_, context) = self.context(site, page)?;
        let mut data = serde_json::Map::new();
        for name in ["contract", "page", "site", "theme", "assets", page.kind().table().root] {
            if let Some(value) = context.get(name) {
                data.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
            }
        }
        let words = self.words(&page.head().language).value();
        data.insert("words".to_owned(), serde_json::to_value(words).unwrap_or_default());
        Ok(sorted(data.into()))
    }

    /// The fields that templates are given, from views in which every field is there.
    fn contract(&self) -> names::Contract {
        let site = self.prepare(&SiteView::default());
        let pages = PageKind::ALL.map(|kind| self.data(&site, &*(kind.table().sample)()).unwrap_or_default());
        let mut contract = names::Contract::new();
        for (root, value) in pages.iter().filter_map(|data| data.as_object()).flatten() {
            if let Some(fields) = value.as_object().filter(|_| root != "assets") {
                contract.entry(root.clone()).or_default().extend(fields.keys().cloned());
            }
        }
        contract
    }

    fn context(&self, site: &PreparedSite, page: &dyn PageView) -> Result<(&'static str, Context)> {
        let (kind, value) = (page.kind().table(), page.value()?);
        let mut context = Context::new();
        context.insert("contract", &CONTRACT);
        context.insert_value("site", site.site.clone());
        context.insert_value("theme", site.theme.clone());
        context.insert_value("assets", site.assets.clone());
        context.insert("page", &self.page_value(&site.view, page));
        context.insert_value(kind.root, value);
        Ok((kind.template, context))
    }

    fn page_value<'a>(&'a self, site: &'a SiteView, page: &'a dyn PageView) -> PageValue<'a> {
        let head = page.head();
        let audience = page.visibility();
        let private = !audience.is_open();
        let words = self.words(&head.language);
        // The head of a private page is what chat programs show to everyone who is sent the link.
        let name = if private { words.text("private_title").to_owned() } else { page.name(site, words) };
        let title = if name == site.title {
            name.clone()
        } else {
            words.fill("page_title", &[("title", name.as_str().into()), ("site", site.title.as_str().into())])
        };
        let open = |value: &'a Option<String>| if private { None } else { value.as_deref() };
        let card = head.card.clone().map(|card| if private { CardView { alt: String::new(), ..card } } else { card });
        PageValue {
            kind: page.kind().table().name,
            path: &head.path,
            name,
            title,
            description: open(&head.description),
            canonical: open(&head.canonical),
            robots: match audience {
                Visibility::Private | Visibility::Sealed => Some(NO_ROBOTS),
                Visibility::Unlisted => Some("noindex"),
                Visibility::Public if !site.index || !page.may_be_indexed() => Some("noindex"),
                Visibility::Public => None,
            },
            referrer: private.then_some("no-referrer"),
            audience,
            language: words.language(),
            direction: words.direction(),
            languages: if private { &[] } else { &head.languages },
            card,
            json_ld: if audience.is_listed() { page.structured(site) } else { None },
            policy: match page.handles_codes() {
                true => policy_of_codes(page.sends_to(), self.has_fonts()),
                false => policy(page.sends_to()),
            },
        }
    }
}

fn fingerprint(settings: &ThemeSettings, overlay: &Overlay, published: &BTreeMap<String, String>) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut field = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    field(env!("CARGO_PKG_VERSION").as_bytes());
    field(&CONTRACT.to_le_bytes());
    for (name, text) in BUILT_IN.iter() {
        field(name.as_bytes());
        field(text.as_bytes());
    }
    for (name, (_, text)) in &overlay.texts {
        field(name.as_bytes());
        field(text.as_bytes());
    }
    // Names of assets carry hashes of all that is in them, the settings of the stylesheet too.
    for (name, path) in published {
        field(name.as_bytes());
        field(path.as_bytes());
    }
    field(format!("{settings:?}").as_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

/// What the site's own files make browsers do.
fn deeds_of(overlay: &Overlay) -> Vec<(PathBuf, behaviour::Found)> {
    let texts = overlay.texts.iter().map(|(name, (path, text))| (name, path, std::borrow::Cow::from(text)));
    let assets = overlay.assets.iter().map(|(name, (path, bytes))| (name, path, String::from_utf8_lossy(bytes)));
    texts
        .chain(assets)
        .flat_map(|(name, path, text)| behaviours(name, &text).into_iter().map(|found| (path.clone(), found)))
        .collect()
}

/// Says that pages have English words in another language.
fn lacks_language(words: &Words, config: &Config) -> Option<Error> {
    let english: Vec<_> = words.english().map(|name| format!("`{name}`")).collect();
    if english.is_empty() {
        return None;
    }
    let name = words_file(words.language());
    let file = config.themes.join(&config.theme.name).join(&name);
    let shown = config.display_path(&file).display();
    let (which, hint) = if words.are_english() {
        let hint = format!("write them to `{shown}` with `safelight theme eject {name}`, and translate them there");
        ("has no interface words, so pages show English ones".to_owned(), hint)
    } else {
        let hint =
            format!("translate them in `{shown}`; `safelight theme eject {name} --print` shows the English ones");
        (format!("lacks interface words, so pages show these in English: {}", english.join(", ")), hint)
    };
    Some(Error::new(Code::Untranslated, format!("the language `{}` {which}", words.language())).hint(hint))
}
