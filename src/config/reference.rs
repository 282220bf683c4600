//! The reference of all settings in Markdown, as it stands in `docs/configuration.md`.

use super::settings::{FORMATS, GALLERY, Kind, Otherwise, SITE, SORTS, Section, Sections, TRANSLATIONS, Words};
use super::value::WIDEST;

/// Every setting of both files: what it holds, its default, what it is for, and an example.
pub fn reference() -> String {
    let mut text = String::new();
    file(&mut text, "site.toml", SITE);
    file(&mut text, "gallery.toml", GALLERY);
    text
}

const INHERITED: &str = "### `[images]`\n\nThe same settings as in `site.toml`, with `[images.avif]`, `[images.webp]` and \
                         `[images.jpeg]`, for this gallery and those below it. Other settings are inherited.\n\n";

fn file(text: &mut String, name: &str, sections: Sections) {
    text.push_str(&format!("## Settings in `{name}`\n\n"));
    for section in sections {
        // What both files know is told once; its defaults are the site's.
        if name == "gallery.toml" && section.is_shared() {
            if section.table == "images" {
                text.push_str(INHERITED);
            }
            continue;
        }
        if !section.table.is_empty() {
            text.push_str(&format!("### `[{}]`\n\n", title(section)));
        }
        text.push_str(&format!("{}\n\n", section.about));
        text.push_str("| Setting | Value | Default | Description |\n| --- | --- | --- | --- |\n");
        for setting in section.settings {
            let name = if setting.name == "*" { format!("\"{}\"", section.wildcard) } else { setting.name.to_owned() };
            let default = match setting.default {
                Otherwise::Is(value) => format!("`{value}`"),
                Otherwise::Told(words) => words.to_owned(),
            };
            let cells = [format!("`{name}`"), holds(setting.kind), default, about(setting.kind, setting.about)];
            text.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
        }
        text.push_str(&format!("\n```toml\n{}```\n\n", example(section)));
    }
}

/// The table's name as one writes it.
fn title(section: &Section) -> String {
    section.table.replace(TRANSLATIONS, "translations.TAG").replace('*', section.wildcard)
}

/// The section as it could stand in a file.
fn example(section: &Section) -> String {
    let mut text = String::new();
    if !section.table.is_empty() {
        text.push_str(&format!(
            "[{}]\n",
            section.table.replace(TRANSLATIONS, "translations.de").replace('*', "guests")
        ));
    }
    for setting in section.settings {
        let name = if setting.name == "*" { "\"DSC_0042.jpg\"" } else { setting.name };
        text.push_str(&format!("{name} = {}\n", setting.example));
    }
    text
}

fn holds(kind: Kind) -> String {
    match kind {
        Kind::Line(longest) => format!("one line, at most {longest} characters"),
        Kind::Text => "text".into(),
        Kind::Flag => "`true` or `false`".into(),
        Kind::Number(least, most) => format!("{least} to {most}"),
        Kind::Choice(words) => alternatives(words),
        Kind::Formats => format!("list of {}", alternatives(&FORMATS)),
        Kind::Widths => format!("list of 1 to {WIDEST}"),
        Kind::Lines { .. } => "list of texts".into(),
        Kind::Command => "list of texts: a program and its arguments".into(),
        Kind::Colour => "colour".into(),
        Kind::Day => "day".into(),
        Kind::SiteAddress => "`https` or `http` address".into(),
        Kind::WebAddress => "web address".into(),
        Kind::Contact => "email or web address".into(),
        Kind::Language => "language tag".into(),
        Kind::Languages => "list of language tags".into(),
        Kind::Folder => "folder (`~/` is your home folder)".into(),
        Kind::FolderName => "folder name".into(),
        Kind::File([]) => "file".into(),
        Kind::File(endings) => format!("file: `.{}`", endings.join("`, `.")),
        Kind::Id => "twelve symbols".into(),
        Kind::Sort => format!("{}, or a list of file names", alternatives(&SORTS)),
    }
}

fn alternatives(words: &Words) -> String {
    words.names().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
}

/// What it is for, and what each word of a choice means.
fn about(kind: Kind, about: &str) -> String {
    let words = match kind {
        Kind::Choice(words) => words,
        Kind::Formats => &FORMATS,
        Kind::Sort => &SORTS,
        _ => return about.to_owned(),
    };
    let meanings = words.words.iter().map(|(word, meaning)| format!("`{word}`: {meaning}"));
    format!("{about} {}.", meanings.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Also the command that brings the document up to date:
    /// `SAFELIGHT_WRITE_DOCS=1 cargo test --lib config::reference`.
    #[test]
    fn the_reference_in_the_documentation_is_that_of_the_program() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
        let document = std::fs::read_to_string(path).unwrap();
        let (begin, end) = ("<!-- settings: begin -->\n", "<!-- settings: end -->");
        let (before, rest) = document.split_once(begin).unwrap();
        let (_, after) = rest.split_once(end).unwrap();
        let wanted = format!("{before}{begin}\n{}{end}{after}", reference());
        if std::env::var_os("SAFELIGHT_WRITE_DOCS").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap() == wanted,
            "docs/configuration.md is behind: run `SAFELIGHT_WRITE_DOCS=1 cargo test --lib config::reference`"
        );
    }
}
