//! What an owner may write to close a gallery, however it is spelled and wherever it stands.
//!
//! A setting that ends up where it does not count is the most dangerous slip there is: the gallery it was meant to close
//! is published. So a name that reads like a setting is never taken for anything else.

use unicode_normalization::UnicodeNormalization as _;

use super::document::nearest;
use super::settings::{LATER, Sections};

/// What people write to close a gallery that is no setting of Safelight: settings of other programs, and plain words.
const CLOSING: &[&str] = &[
    "private",
    "public",
    "unlisted",
    "sealed",
    "hidden",
    "hide",
    "visible",
    "visibility",
    "draft",
    "publish",
    "published",
    "protected",
    "protect",
    "locked",
    "lock",
    "secret",
    "closed",
    "restricted",
    "permission",
    "permissions",
    "privacy",
    "acl",
    "auth",
    "share",
    "shared",
    "sharing",
    "noindex",
    "robots",
    "listed",
    "expire",
    "expiry",
    "until",
    "until_date",
    "allow",
    "deny",
    "users",
    "invite",
];

/// The setting that a name was probably meant as: one of these tables, one of a later version, or another word for
/// closing. Case, width, dashes and spaces do not matter, and a slip or two of the keyboard neither. What has an ending
/// is the name of a file.
pub(super) fn meant_as(written: &str, sections: Sections) -> Option<&'static str> {
    let folded = folded(written);
    let near = |folded: &str| if folded.contains('.') { None } else { nearest(folded, words(sections)) };
    words(sections).find(|name| *name == folded).or_else(|| near(&folded))
}

/// The setting that a line in a text of several lines reads like: a closing quote that is missing swallows the settings
/// behind it. Only whole lines of TOML count, under the name of a setting or a word for closing.
pub(super) fn swallowed(text: &str, sections: Sections) -> Option<&'static str> {
    text.lines().find_map(|line| {
        let (name, _) = line.split_once('=')?;
        let name = folded(name.trim().trim_matches(['"', '\'']).rsplit('.').next()?);
        let meant = words(sections).find(|word| *word == name);
        let meant = meant.or_else(|| nearest(&name, ["access"].into_iter().chain(CLOSING.iter().copied())))?;
        line.parse::<toml::Table>().is_ok().then_some(meant)
    })
}

/// Every name that means something, in tables of this file, in later versions, or to close something.
fn words(sections: Sections) -> impl Iterator<Item = &'static str> {
    let known = sections.iter().flat_map(|section| {
        let tables = section.table.split('.').filter(|name| !name.is_empty());
        tables.chain(section.settings.iter().map(|setting| setting.name))
    });
    known.filter(|name| *name != "*").chain(LATER.iter().copied()).chain(CLOSING.iter().copied())
}

fn folded(name: &str) -> String {
    let name = name.nfkc().filter(|c| !c.is_control() && !c.is_whitespace()).collect::<String>().to_lowercase();
    name.trim_matches(['-', '_', ':', '.']).replace('-', "_")
}
