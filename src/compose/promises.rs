//! Sentences of the privacy policy, and of other texts with a day since when they apply, held against what the site does.
//!
//! The texts are the owner's, so nothing is certain: a sentence is known by its words, in English. What is told is a
//! warning, with the setting and the sentence, and either can be changed.

use std::collections::BTreeMap;
use std::path::Path;

use super::Composer;
use crate::Error;
use crate::config::DataMining;
use crate::pages::deeds::{Deed, deeds};
use crate::pages::front_matter;

/// The largest file of `static` that is looked into.
const LARGEST: u64 = 4 << 20;
/// How much of a sentence is quoted, in characters.
const QUOTED: usize = 90;

/// What a text can promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Promise {
    NoPosition,
    NothingElsewhere,
    NoForms,
    NothingStored,
    NoReports,
    MailAlone,
    NoTraining,
}

const PROMISES: [Promise; 7] = [
    Promise::NoPosition,
    Promise::NothingElsewhere,
    Promise::NoForms,
    Promise::NothingStored,
    Promise::NoReports,
    Promise::MailAlone,
    Promise::NoTraining,
];

impl Promise {
    /// Whether a sentence, in lower case, makes this promise.
    fn is_made_by(self, sentence: &str) -> bool {
        let any = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        match self {
            Self::NoPosition => {
                any(&["gps", "position", "location", "place where", "where it was taken", "where they were taken"])
                    && any(&[
                        "removed",
                        "stripped",
                        "taken out",
                        "left out",
                        "stays out",
                        "deleted",
                        "not kept",
                        "erased",
                    ])
            }
            Self::NothingElsewhere => any(&[
                "no third part",
                "nothing is fetched from",
                "nothing is loaded from",
                "loads nothing from",
                "come from this site",
            ]),
            Self::NoForms => any(&["no forms", "no form ", "no contact form"]),
            Self::NothingStored => any(&[
                "no cookies",
                "nothing stored",
                "nothing is stored",
                "keep nothing in your browser",
                "stores nothing",
            ]),
            Self::NoReports => any(&["no trackers", "no tracking", "no statistics", "no analytics", "nobody counts"]),
            Self::MailAlone => any(&["mail compan", "mail provider"]),
            // "Where one was made" promises nothing.
            Self::NoTraining => {
                any(&["training ai", "train ai", "ai training", "machine learning", "artificial intelligence"])
                    && any(&["reserv", "not be used", "may not", "must not", "prohibit", "forbid"])
                    && !any(&["where one", "where there is one", "where a reservation"])
            }
        }
    }
}

/// A sentence of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sentence {
    line: usize,
    words: String,
}

/// Where a promise is made: the first sentence, and the lines of all.
type Made = BTreeMap<Promise, (String, Sentence, Vec<String>)>;

impl Composer<'_> {
    /// Settings and files of the site's own that contradict a sentence of its texts.
    pub(super) fn broken_promises(&self) -> Vec<Error> {
        let made = self.promises();
        if made.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut setting = |name: &'static str, promise: Promise, what: String, hint: &str| {
            let Some((says, ..)) = made.get(&promise) else { return };
            let error = Error::site(format!("{what}, but {says}")).hint(hint);
            found.push(match self.config.places.get(name) {
                Some(place) => Error { place: Some(place.clone()), ..error },
                None => error.at("site.toml"),
            });
        };
        let config = self.config;
        if config.rights.keep_gps {
            let what = "`rights.keep_gps` leaves the place where they were taken in the pictures".to_owned();
            setting("rights.keep_gps", Promise::NoPosition, what, "take the setting out, or change what the text says");
        }
        if matches!(config.rights.data_mining, DataMining::Unspecified | DataMining::Allowed) {
            let what = "`rights.data_mining` reserves nothing".to_owned();
            let hint =
                "write `data_mining = \"prohibited-ai-training\"` below `[rights]`, or change what the text says";
            setting("rights.data_mining", Promise::NoTraining, what, hint);
        }
        if let Some(host) = self.contact_elsewhere() {
            let what = format!("`contact` is a page of `{host}`, which learns what visitors write");
            setting("contact", Promise::MailAlone, what, "name that company in the text, or give an e-mail address");
        }
        for (path, deed, what, line) in self.own_deeds() {
            let (promise, message, hint) = match deed {
                Deed::Elsewhere => (
                    Promise::NothingElsewhere,
                    format!("asks `{what}` for something"),
                    "keep a copy of the file in the theme's `assets/` or in `static/`, or change what the text says",
                ),
                Deed::Form if what == "form" => (
                    Promise::NoForms,
                    "has a form".to_owned(),
                    "take it out, or say in the text who gets what is typed into it",
                ),
                Deed::Form => (
                    Promise::NoForms,
                    format!("has a form that is sent to `{what}`"),
                    "take it out, or say in the text who gets what is typed into it",
                ),
                Deed::Stores => (
                    Promise::NothingStored,
                    format!("keeps something in browsers (`{what}`)"),
                    "take it out, or say in the text what is kept, and for how long",
                ),
                Deed::Reports => (
                    Promise::NoReports,
                    format!("tells what visitors look at (`{what}`)"),
                    "take it out, or say in the text what is counted",
                ),
            };
            if let Some((says, ..)) = made.get(&promise) {
                found.push(Error::site(format!("{message}, but {says}")).at_line(&path, line, 1).hint(hint));
            }
        }
        found
    }

    /// What texts in force promise. A text that applies since a day is one, and whatever is called privacy.
    fn promises(&self) -> Made {
        let mut made = Made::new();
        for source in &self.catalog.pages {
            let Ok(parts) = front_matter::split(&source.text, &source.file) else { continue };
            let front = &parts.front;
            let binding = front.effective.is_some() || source.stem.to_lowercase().contains("privacy");
            if front.draft || front.version_of.is_some() || !binding {
                continue;
            }
            for sentence in sentences(parts.body, parts.first_line) {
                let lower = sentence.words.to_lowercase();
                for promise in PROMISES.into_iter().filter(|promise| promise.is_made_by(&lower)) {
                    let place = format!("`{}` line {}", source.file.display(), sentence.line);
                    match made.get_mut(&promise) {
                        Some((_, _, more)) => more.push(place),
                        None => {
                            made.insert(promise, (place, sentence.clone(), Vec::new()));
                        }
                    }
                }
            }
        }
        for (place, sentence, more) in made.values_mut() {
            let more = if more.is_empty() { String::new() } else { format!(" (and so does {})", more.join(", ")) };
            *place = format!("{place} says “{}”{more}", quoted(&sentence.words));
        }
        made
    }

    /// The host of a contact that is a page of somebody else's.
    fn contact_elsewhere(&self) -> Option<&str> {
        let contact = self.config.contact.as_deref()?;
        let rest = contact.strip_prefix("https://").or_else(|| contact.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
        let own = self.config.url.as_ref().and_then(|url| url.origin.split_once("://")).map(|(_, host)| host);
        (own != Some(host)).then_some(host)
    }

    /// What the site's own files make browsers do: file, deed, host or word, line. In the order of the files.
    fn own_deeds(&self) -> Vec<(std::path::PathBuf, Deed, String, usize)> {
        let shown = |path: &Path| path.strip_prefix(&self.config.root).unwrap_or(path).to_owned();
        let mut all: Vec<_> = self
            .theme
            .deeds()
            .iter()
            .map(|(path, found)| (shown(path), found.deed, found.what.clone(), found.line))
            .collect();
        for file in &self.catalog.static_files {
            let known = [".html", ".htm", ".css", ".js", ".mjs", ".svg"];
            let lower = file.path.to_lowercase();
            let read = known.iter().any(|ending| lower.ends_with(ending)) || file.path == "_headers";
            if !read || file.file.metadata().map_or(true, |found| found.len() > LARGEST) {
                continue;
            }
            // A file that cannot be read is told where it is copied.
            let Ok(bytes) = std::fs::read(&file.file) else { continue };
            let found = deeds(&file.path, &String::from_utf8_lossy(&bytes));
            all.extend(found.into_iter().map(|found| (shown(&file.file), found.deed, found.what, found.line)));
        }
        all
    }
}

/// The sentences of a Markdown text, without marks of emphasis, each with its line.
fn sentences(text: &str, first_line: usize) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut open: Option<Sentence> = None;
    for (number, line) in text.lines().enumerate() {
        let plain = line.trim_start().trim_start_matches('>').trim_start();
        let begins = plain.is_empty() || plain.starts_with(['#', '|', '-', '+', '*']) && !plain.starts_with("**");
        if begins {
            all.extend(open.take());
        }
        for word in plain.trim_start_matches(['#', '-', '+', '|']).split_whitespace() {
            let word = word.replace(['*', '_', '`'], "");
            if word.is_empty() {
                continue;
            }
            let ends = word.trim_end_matches([')', '"', '”', '’']).ends_with(['.', '!', '?']);
            match &mut open {
                Some(sentence) => {
                    sentence.words.push(' ');
                    sentence.words.push_str(&word);
                }
                None => open = Some(Sentence { line: first_line + number, words: word }),
            }
            if ends {
                all.extend(open.take());
            }
        }
        if plain.starts_with('#') {
            all.extend(open.take());
        }
    }
    all.extend(open);
    all
}

/// The beginning of a sentence, cut between words.
fn quoted(sentence: &str) -> String {
    if sentence.chars().count() <= QUOTED {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(QUOTED).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTER: [&str; 2] = [include_str!("../starter/privacy.md"), include_str!("../starter/terms.md")];

    fn promised(text: &str) -> Vec<Promise> {
        let all = sentences(text, 1);
        PROMISES.into_iter().filter(|promise| all.iter().any(|s| promise.is_made_by(&s.words.to_lowercase()))).collect()
    }

    #[test]
    fn the_starters_policy_makes_every_promise_but_the_one_it_leaves_open() {
        assert_eq!(promised(STARTER[0]), PROMISES[..6]);
        assert_eq!(promised(STARTER[1]), []);
    }

    #[test]
    fn a_reservation_is_a_promise_only_where_it_is_made() {
        assert_eq!(promised("My pictures may not be used for training AI."), [Promise::NoTraining]);
        assert_eq!(promised("A reservation against training AI, where one stands in a picture, counts."), []);
    }

    #[test]
    fn sentences_know_their_lines_and_lose_their_marks() {
        let text = "# Title\n\n- **No cookies, nothing\n  stored.** The pages (all.) rest\n- Next\n\nWhat? Yes.";
        let all = sentences(text, 10);
        let told: Vec<_> = all.iter().map(|sentence| (sentence.line, sentence.words.as_str())).collect();
        assert_eq!(
            told,
            [
                (10, "Title"),
                (12, "No cookies, nothing stored."),
                (13, "The pages (all.)"),
                (13, "rest"),
                (14, "Next"),
                (16, "What?"),
                (16, "Yes.")
            ]
        );
    }

    #[test]
    fn a_long_sentence_is_quoted_in_part() {
        assert_eq!(quoted("Short."), "Short.");
        let long = "word ".repeat(40);
        assert!(quoted(&long).ends_with("word…") && quoted(&long).chars().count() <= QUOTED + 1);
    }
}
