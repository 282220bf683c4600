//! Writes the settings in effect as a complete `site.toml`.

use toml::Value;

use super::downloads::MEGABYTE;
use super::settings::{DEFAULT_ACCESS, Kind, SITE, Setting};
use super::{Config, DataMining, Density, Format, Grid, PublishTarget, PurgeSetting, Scheme, colour};

/// The settings of a target and of its caches.
const TARGET_SETTINGS: [&str; 7] = ["to", "endpoint", "region", "state", "cloudfront", "cloudflare", "command"];

impl PublishTarget {
    /// What is written for one setting of a target, or of its caches where the table is theirs.
    fn said(&self, table: &str, setting: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::String(text.to_owned()));
        match (table.ends_with("purge"), setting, &self.purge) {
            (false, "to", _) => text(&self.to),
            (false, "endpoint", _) => text(self.endpoint.as_deref()?),
            (false, "region", _) => text(self.region.as_deref()?),
            (false, "state", _) => text(&self.state.as_ref()?.0),
            (true, "cloudfront", Some(PurgeSetting::CloudFront(id))) => text(id),
            (true, "cloudflare", Some(PurgeSetting::Cloudflare(zone))) => text(zone),
            (true, "command", Some(PurgeSetting::Command(words))) => {
                Some(Value::Array(words.iter().cloned().map(Value::String).collect()))
            }
            _ => None,
        }
    }
}

impl Config {
    /// What is in force, as TOML that reads back into the same; what is also the default is marked `# default`,
    /// what is not set stands in a comment.
    pub fn show(&self) -> String {
        let (defaults, plain) = (self.as_if_nothing_else_were_said(), Self::defaults(&self.root));
        let mut text = String::new();
        // Tables that the owner names come last, as many as there are.
        for section in SITE.iter().filter(|section| !section.table.contains('*')) {
            let mut lines = String::new();
            for setting in section.settings {
                let default = if setting.kind == Kind::Formats { &plain } else { &defaults };
                line(&mut lines, setting, self.said(section.table, setting), default.said(section.table, setting));
            }
            if lines.is_empty() {
                continue;
            }
            if !section.table.is_empty() {
                text.push_str(&format!("\n[{}]\n", section.table));
            }
            text.push_str(&lines);
        }
        for (name, target) in self.publish.iter().filter(|(name, _)| !name.is_empty()) {
            for table in ["publish.targets.*", "publish.targets.*.purge"] {
                let said: String = TARGET_SETTINGS
                    .iter()
                    .filter_map(|setting| {
                        let value = target.said(table, setting)?;
                        Some(format!("{setting} = {value}\n"))
                    })
                    .collect();
                if !said.is_empty() {
                    text.push_str(&format!("\n[{}]\n{said}", table.replace('*', name)));
                }
            }
        }
        for (language, said) in &self.translations {
            text.push_str(&format!("\n[translations.{language}]\n"));
            for (name, value) in [("title", &said.title), ("description", &said.description)] {
                let value = value.iter().map(|value| format!("{name} = {}\n", Value::String(value.clone())));
                text.extend(value);
            }
        }
        text
    }

    /// The defaults of this site: some follow from other settings, as the widths from the formats.
    fn as_if_nothing_else_were_said(&self) -> Self {
        let mut defaults = Self::defaults(&self.root);
        defaults.rights.creator.clone_from(&self.author);
        defaults.links.contact.clone_from(&self.contact);
        let formats = self.images.formats.iter().map(|format| format.format).collect();
        let said = super::ImageOverrides { formats: Some(formats), ..Default::default() };
        defaults.images.formats = super::ImageSettings::of(said).formats;
        defaults
    }

    /// What is in force for one setting. `None`: it says nothing of its own here; `Some(None)`: it is not set.
    fn said(&self, table: &str, setting: &Setting) -> Option<Option<Value>> {
        let text = |text: &Option<String>| Some(text.clone().map(Value::String));
        let word = |word: &str| Some(Some(Value::String(word.to_owned())));
        let hue = |of: Option<[u8; 3]>| Some(of.map(|of| Value::String(colour::hex(of))));
        let flag = |flag| Some(Some(Value::Boolean(flag)));
        let number = |number| Some(Some(Value::Integer(i64::from(number))));
        let folder =
            |path: &std::path::Path| Some(Some(Value::String(self.display_path(path).to_string_lossy().into_owned())));
        let theme = &self.theme;
        match (table, setting.name) {
            ("", "title") => word(&self.title),
            ("", "description") => text(&self.description),
            ("", "url") => Some(self.url.as_ref().map(|url| Value::String(format!("{}{}", url.origin, url.base)))),
            ("", "language") => word(&self.language),
            ("", "languages") => {
                Some(Some(Value::Array(self.languages.iter().map(|one| Value::String(one.tag.clone())).collect())))
            }
            ("", "author") => text(&self.author),
            ("", "contact") => text(&self.contact),
            ("", "output") => folder(&self.output),
            ("", "galleries") => folder(&self.galleries),
            ("", "pages") => folder(&self.pages),
            ("", "static") => folder(&self.static_files),
            ("", "themes") => folder(&self.themes),
            ("", DEFAULT_ACCESS) => word(self.default_access.name()),
            ("publish" | "publish.purge", name) => {
                Some(self.publish.get("").and_then(|target| target.said(table, name)))
            }
            ("images", "formats") => {
                let names = self.images.formats.iter().map(|one| Value::String(one.format.name().to_owned()));
                Some(Some(Value::Array(names.collect())))
            }
            ("images", "background") => hue(Some(self.images.background)),
            ("rights", "creator") => text(&self.rights.creator),
            ("rights", "copyright") => text(&self.rights.copyright),
            ("rights", "credit") => text(&self.rights.credit),
            ("rights", "licence") => text(&self.rights.licence),
            ("rights", "data_mining") => Some(match self.rights.data_mining {
                DataMining::Unspecified => None,
                said => Some(Value::String(data_mining(said).to_owned())),
            }),
            ("rights", "keep_gps") => flag(self.rights.keep_gps),
            ("rights", "show_places") => flag(self.rights.show_places),
            ("theme", "name") => word(&theme.name),
            ("theme", "logo") => text(&theme.logo),
            ("theme", "accent") => hue(theme.accent),
            ("theme", "scheme") => word(match theme.scheme {
                Scheme::Auto => "auto",
                Scheme::Light => "light",
                Scheme::Dark => "dark",
            }),
            ("theme", "heading_font") => text(&theme.heading_font),
            ("theme", "text_font") => text(&theme.text_font),
            ("theme", "density") => word(match theme.density {
                Density::Compact => "compact",
                Density::Regular => "regular",
                Density::Airy => "airy",
            }),
            ("theme", "grid") => word(match theme.grid {
                Grid::Rows => "rows",
                Grid::Squares => "squares",
            }),
            ("theme", "page_size") => number(theme.page_size),
            ("theme.light", "background") => hue(theme.light.map(|(background, _)| background)),
            ("theme.light", "text") => hue(theme.light.map(|(_, text)| text)),
            ("theme.dark", "background") => hue(theme.dark.map(|(background, _)| background)),
            ("theme.dark", "text") => hue(theme.dark.map(|(_, text)| text)),
            ("discovery", "feed") => flag(self.discovery.feed),
            ("discovery", "index") => flag(self.discovery.index),
            ("favourites", "send_to") => text(&self.send_favourites_to),
            ("links", "dated_links") => flag(self.links.dated),
            ("links", "tombstone_days") => number(self.links.tombstone_days),
            ("links", "contact") => text(&self.links.contact),
            ("downloads", "part_size") => {
                Some(Some(Value::Integer(i64::try_from(self.downloads.part_bytes / MEGABYTE).unwrap_or(i64::MAX))))
            }
            ("codes", "iterations") => number(self.code_iterations),
            // The table alone makes the page.
            ("find", name) => {
                let find = self.find.as_ref()?;
                text(match name {
                    "title" => &find.title,
                    "label" => &find.label,
                    _ => &find.text,
                })
            }
            // Shown where they take effect: `images.quality` and `images.widths` for each format,
            // `dated_links` among the links.
            (table, name) => {
                let format = Format::ALL.into_iter().find(|format| format.table().0 == table)?;
                self.said_of(format, name)
            }
        }
    }

    fn said_of(&self, format: Format, name: &str) -> Option<Option<Value>> {
        let one = self.images.formats.iter().find(|one| one.format == format)?;
        Some(Some(match name {
            "quality" => Value::Integer(i64::from(one.quality)),
            _ => Value::Array(one.widths.iter().map(|width| Value::Integer(i64::from(*width))).collect()),
        }))
    }
}

/// As it is written in settings; nothing for what cannot be written.
fn data_mining(said: DataMining) -> &'static str {
    match said {
        DataMining::Unspecified => "",
        DataMining::Allowed => "allowed",
        DataMining::ProhibitedAiTraining => "prohibited-ai-training",
        DataMining::ProhibitedExceptSearch => "prohibited-except-search",
        DataMining::Prohibited => "prohibited",
    }
}

fn line(lines: &mut String, setting: &Setting, said: Option<Option<Value>>, default: Option<Option<Value>>) {
    let Some(value) = said else { return };
    let is_default = default.is_some_and(|default| default == value);
    let line = match value {
        Some(value) if is_default => format!("{} = {value}  # default\n", setting.name),
        Some(value) => format!("{} = {value}\n", setting.name),
        None => format!("# {} is not set  # default\n", setting.name),
    };
    lines.push_str(&line);
}
