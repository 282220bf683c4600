//! The headers that each file is sent with: its type by our own table, and its `Cache-Control` as `_headers` says.

use std::sync::OnceLock;

use crate::content_types::content_type;
use crate::headers_file::{Line, Rule, matches, not_of_objects, rules};
use crate::visibility::PrivateFolder;

use super::Headers;

const CACHE_CONTROL: &str = "cache-control";
/// What a page is sent with where nothing is said of it: it has the same address when it changes.
const ASK_EACH_TIME: &str = "public, max-age=0, must-revalidate";
/// Stricter than what is said of private files.
const KEEP_NOTHING: &str = "private, no-store";

/// What the site's `_headers` says of its files.
#[derive(Debug)]
pub struct HeaderRules {
    base: String,
    /// The rules that say something of `Cache-Control`.
    rules: Vec<CacheRule>,
    unsent: Vec<(String, String)>,
    joined: Joined,
}

/// A rule, with what it says of `Cache-Control`: values, or that those above do not count.
#[derive(Debug)]
struct CacheRule {
    pattern: String,
    says: Vec<Option<String>>,
}

/// Values that several rules give together, each made once; there are few, and they are never removed.
#[derive(Debug, Default)]
struct Joined(OnceLock<(String, Box<Joined>)>);

impl HeaderRules {
    /// Reads `_headers`. `base` is the site's base path, from `/` to `/`. Rules that name a host do not count: which host
    /// a target is reached by, it does not know.
    pub fn of(text: &str, base: &str) -> Self {
        let read = rules(text, |_| false);
        let unsent = not_of_objects(&read).into_iter().map(|(pattern, name)| (pattern.to_owned(), name.to_owned()));
        Self {
            base: base.to_owned(),
            unsent: unsent.collect(),
            rules: read.iter().filter_map(CacheRule::of).collect(),
            joined: Joined::default(),
        }
    }

    /// The headers of a file at a path below the output.
    pub fn of_path(&self, path: &str) -> Headers<'_> {
        let said = self.cache_control(path);
        let cache_control = match PrivateFolder::split(path) {
            // Longer than that a private file must not be kept, whatever the owner's file says.
            Some(_) if said.is_some_and(|said| words(said).any(|word| word == "no-store")) => Some(KEEP_NOTHING),
            Some((folder, _)) => Some(folder.cache_control()),
            None => said.or_else(|| changes_in_place(path).then_some(ASK_EACH_TIME)),
        };
        Headers { content_type: content_type(path), cache_control }
    }

    /// What a target made of objects cannot send: the header's name, and the pattern of the paths that it is for.
    pub fn not_sendable(&self) -> &[(String, String)] {
        &self.unsent
    }

    fn cache_control(&self, path: &str) -> Option<&str> {
        if self.rules.is_empty() {
            return None;
        }
        let address = format!("{}{path}", self.base);
        // A page is asked for by its folder; rules may mean either.
        let asked = address.strip_suffix("index.html").filter(|folder| folder.ends_with('/'));
        let is_meant = |rule: &&CacheRule| {
            matches(&rule.pattern, &address) || asked.is_some_and(|asked| matches(&rule.pattern, asked))
        };
        let mut values: Vec<&str> = Vec::new();
        for says in self.rules.iter().filter(is_meant).flat_map(|rule| &rule.says) {
            match says {
                Some(value) => values.push(value),
                None => values.clear(),
            }
        }
        match values[..] {
            [] => None,
            [one] => Some(one),
            _ => Some(self.joined.get(&values.join(", "))),
        }
    }
}

impl CacheRule {
    fn of(rule: &Rule<'_>) -> Option<Self> {
        let is_meant = |name: &str| name.eq_ignore_ascii_case(CACHE_CONTROL);
        let says: Vec<Option<String>> = rule
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Sets(name, value) => is_meant(name).then(|| Some((*value).to_owned())),
                Line::TakesAway(name) => is_meant(name).then_some(None),
            })
            .collect();
        (!says.is_empty() && !rule.pattern.is_empty()).then(|| Self { pattern: rule.pattern.to_owned(), says })
    }
}

impl Joined {
    /// The value, as long as this lives.
    fn get(&self, value: &str) -> &str {
        let mut at = self;
        loop {
            let (found, next) = at.0.get_or_init(|| (value.to_owned(), Box::default()));
            if found == value {
                return found;
            }
            at = next;
        }
    }
}

/// The words of a value, in lower case.
fn words(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(|word| word.trim().to_ascii_lowercase())
}

/// Whether a file keeps its address when it changes: pages, feeds, and what is written for robots.
fn changes_in_place(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "html" | "htm" | "xml" | "rss" | "atom") || path == "robots.txt"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DataMining;

    fn of<'r>(rules: &'r HeaderRules, path: &str) -> (&'r str, Option<&'r str>) {
        let Headers { content_type, cache_control } = rules.of_path(path);
        (content_type, cache_control)
    }

    #[test]
    fn what_a_build_writes_is_what_is_sent() {
        let text = crate::pages::discovery::headers("/photos/", true, DataMining::Allowed, None);
        let rules = HeaderRules::of(&text, "/photos/");
        let forever = Some("public, max-age=31536000, immutable");
        assert_eq!(of(&rules, "img/aBc.avif"), ("image/avif", forever));
        assert_eq!(of(&rules, "assets/style.css"), ("text/css; charset=utf-8", forever));
        assert_eq!(of(&rules, "coast/index.html"), ("text/html; charset=utf-8", Some(ASK_EACH_TIME)));
        assert_eq!(of(&rules, "feed.xml"), ("application/atom+xml; charset=utf-8", Some(ASK_EACH_TIME)));
        assert_eq!(of(&rules, "robots.txt"), ("text/plain; charset=utf-8", Some(ASK_EACH_TIME)));
        assert_eq!(of(&rules, "logo.svg"), ("image/svg+xml", None));
        assert_eq!(of(&rules, "g/pA/index.html"), ("text/html; charset=utf-8", Some("private, no-cache")));
        assert_eq!(of(&rules, "x/aA/i.jpg"), ("image/jpeg", Some("public, max-age=86400")));
        assert_eq!(of(&rules, "e/eA.bin"), ("application/octet-stream", Some("private, no-cache")));
        let unsent = rules.not_sendable();
        let has = |pattern: &str, name: &str| unsent.contains(&(pattern.to_owned(), name.to_owned()));
        assert!(has("/photos/*", "X-Content-Type-Options") && has("/photos/g/*", "X-Robots-Tag"), "{unsent:?}");
        assert!(!unsent.iter().any(|(_, name)| name == "Cache-Control"));
    }

    #[test]
    fn private_files_are_kept_no_longer_than_they_may_be() {
        let text = "/*\n  Cache-Control: public, max-age=31536000, immutable\n/g/*\n  ! Cache-Control\n";
        let rules = HeaderRules::of(text, "/");
        assert_eq!(of(&rules, "g/pA/index.html").1, Some("private, no-cache"));
        assert_eq!(of(&rules, "x/aA/i.jpg").1, Some("public, max-age=86400"));
        let rules = HeaderRules::of("/x/*\n  cache-control: No-Store\n", "/");
        assert_eq!(of(&rules, "x/aA/i.jpg").1, Some(KEEP_NOTHING));
        assert_eq!(of(&HeaderRules::of("", "/"), "e/eA.bin").1, Some("private, no-cache"));
    }

    #[test]
    fn all_rules_that_match_count_in_their_order() {
        let text = "/*\n  Cache-Control: public\n/a/*\n  cache-control: max-age=60\n/a/b/*\n  !Cache-Control\n  Cache-Control: no-store\n\
                    /coast/\n  Cache-Control: max-age=5\n/*.html\n  Cache-Control: no-transform\n\
                    https://b.example/*\n  Cache-Control: no-cache\n";
        let rules = HeaderRules::of(text, "/");
        for _ in 0..2 {
            assert_eq!(of(&rules, "a.jpg").1, Some("public"));
            assert_eq!(of(&rules, "a/c.jpg").1, Some("public, max-age=60"));
            assert_eq!(of(&rules, "a/b/c.jpg").1, Some("no-store"));
            assert_eq!(of(&rules, "coast/index.html").1, Some("public, max-age=5, no-transform"));
            assert_eq!(of(&rules, "coast/b/a.html").1, Some("public, no-transform"));
        }
        assert_eq!(of(&HeaderRules::of("", "/"), "a.jpg").1, None);
    }
}
