//! Gates for edges: what refuses, without a key, addresses whose day is over or that are on a list.
//!
//! All of them give the verdicts of [`super::gate`]; `tests/gate-paths.toml` holds them to it. None
//! holds a secret: a living address is not in them, and a dead one opens nothing.

mod caddy;
mod nginx;

use std::collections::BTreeMap;
use std::ops::Range;

use super::gate::{DenyList, Form, kind, resolved};
use super::token::TOKEN_BODY;
use crate::visibility::{NO_ROBOTS, PrivateFolder};
use crate::{Code, Error, Result};

/// The largest CloudFront function, in bytes.
const LARGEST_CLOUDFRONT: usize = 10_240;

/// A symbol of a token, as a pattern.
const SYMBOL: &str = "[A-Za-z0-9_-]";
/// What may follow a token in a path, as a pattern.
const TAIL: &str = "(?:/[A-Za-z0-9._-]+)*/?";

/// What a gate is generated from.
#[derive(Clone, Debug)]
pub struct EdgeGate {
    /// The path of the site, as `/` or `/photos/`, escaped as it is in addresses.
    pub base: String,
    /// The dead tokens that still matter.
    pub deny: DenyList,
    /// The headers of private answers.
    pub headers: PrivateHeaders,
    /// What a dead link is answered with.
    pub gone: GonePage,
}

/// The page that a dead link is answered with, as HTML in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GonePage {
    /// The page.
    pub whole: String,
    /// One that says the same in fewer bytes, for where the whole does not fit.
    pub short: String,
}

impl Default for GonePage {
    /// A line in English that names nobody.
    fn default() -> Self {
        Self { whole: GONE_TEXT.to_owned(), short: GONE_TEXT.to_owned() }
    }
}

/// A gate for CloudFront.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudFront {
    /// The function.
    pub function: String,
    /// Whether the whole page for dead links did not fit, and the short one is in it.
    pub is_shortened: bool,
}

/// The headers of private answers: for each private folder, by name.
pub type PrivateHeaders = BTreeMap<PrivateFolder, BTreeMap<String, String>>;

/// No indexing and no referrer anywhere; pages are asked for anew each time, pictures are kept for a day.
fn usual_headers(folder: PrivateFolder) -> BTreeMap<String, String> {
    [
        ("cache-control", folder.cache_control()),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", NO_ROBOTS),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Any letter of a private folder, as a pattern.
fn any_folder() -> String {
    format!("[{}]", PrivateFolder::ALL.iter().map(|folder| folder.name()).collect::<String>())
}

/// The folders whose names may have a day in front, each with its letter.
fn dated_folders() -> impl Iterator<Item = (PrivateFolder, Form)> {
    PrivateFolder::ALL.iter().map(|folder| (*folder, Form::of(*folder))).filter(|(_, form)| form.may_have_day)
}

/// The form of a private folder's names as a pattern, which writes a digit and a dot in this way.
fn form_pattern(folder: PrivateFolder, digit: &str, dot: &str) -> String {
    let Form { letter, may_have_day, ending } = Form::of(folder);
    let day = if may_have_day { format!("(?:{digit}{{8}}-)?") } else { String::new() };
    format!("{}{day}{letter}{SYMBOL}{{{TOKEN_BODY}}}{}{TAIL}", folder.prefix(), ending.replace('.', dot))
}

/// The two parts of a gate for nginx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nginx {
    /// What belongs into the `http` block.
    pub http: String,
    /// What belongs into the `server` block of the site.
    pub server: String,
}

impl EdgeGate {
    /// A gate with the usual headers.
    pub fn new(base: &str, deny: DenyList) -> Self {
        let headers = PrivateFolder::ALL.iter().map(|folder| (*folder, usual_headers(*folder))).collect();
        Self { base: base.to_owned(), deny, headers, gone: GonePage::default() }
    }

    /// A gate for nginx, 1.18 or later, with the SSI and geo modules that it is built with by default.
    ///
    /// # Errors
    /// A base path or header that cannot stand in its configuration.
    pub fn nginx(&self) -> Result<Nginx> {
        self.checked()?;
        Ok(nginx::gate(self))
    }

    /// A gate for Caddy, 2.6 or later.
    ///
    /// # Errors
    /// As for [`EdgeGate::nginx`].
    pub fn caddy(&self) -> Result<String> {
        self.checked()?;
        Ok(caddy::gate(self))
    }

    /// A CloudFront function: with the whole page for dead links where that fits, else with the short one.
    ///
    /// # Errors
    /// As for [`EdgeGate::nginx`]; a list so long that the function is larger than CloudFront takes.
    pub fn cloudfront(&self) -> Result<CloudFront> {
        for (page, is_shortened) in [(&self.gone.whole, false), (&self.gone.short, true)] {
            let function = self.script(include_str!("edge/cloudfront.js"), page)?;
            if function.len() <= LARGEST_CLOUDFRONT {
                return Ok(CloudFront { function, is_shortened });
            }
        }
        Err(Error::new(
            Code::InvalidGate,
            format!(
                "with its list of {} dead links, the function exceeds CloudFront's limit of 10 KiB",
                self.deny.iter().count()
            ),
        )
        .hint("lower `tombstone_days` to shorten the list; dead pages and pictures are deleted from the bucket anyway"))
    }

    /// A Cloudflare worker.
    ///
    /// # Errors
    /// As for [`EdgeGate::nginx`].
    pub fn cloudflare(&self) -> Result<String> {
        self.script(include_str!("edge/cloudflare.js"), &self.gone.whole)
    }

    /// Where the list of dead addresses stands in a text that is, byte for byte, a Cloudflare worker that is printed for a
    /// site with this base path: with the page for dead links and the list of any day.
    pub fn list_in_worker(base: &str, text: &str) -> Option<Range<usize>> {
        let value = |name: &str| {
            let start = text.find(&format!("\nvar {name} = "))? + name.len() + "\nvar  = ".len();
            let length = text[start..].find(";\n")?;
            Some(start..start + length)
        };
        let list = value("DENY")?;
        let whole: String = serde_json::from_str(&text[value("GONE_TEXT")?]).ok()?;
        let tokens: Vec<String> = serde_json::from_str(&text[list.clone()]).ok()?;
        let gone = GonePage { short: String::new(), whole };
        let gate = Self { gone, ..Self::new(base, DenyList::new(tokens.iter().map(String::as_str))) };
        (gate.cloudflare().ok()?.trim_end() == text.trim_end()).then_some(list)
    }

    /// A Netlify edge function.
    ///
    /// # Errors
    /// As for [`EdgeGate::nginx`].
    pub fn netlify(&self) -> Result<String> {
        self.script(include_str!("edge/netlify.js"), &self.gone.whole)
    }

    /// The base path with a slash at both ends, still escaped.
    fn escaped_base(&self) -> String {
        let inner = self.base.trim_matches('/');
        if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") }
    }

    /// The base path as servers know it, without its escapes.
    fn base(&self) -> String {
        percent_encoding::percent_decode_str(&self.escaped_base()).decode_utf8_lossy().into_owned()
    }

    /// What stands in a configuration must not be able to end the place it stands in.
    fn checked(&self) -> Result<()> {
        let base = self.escaped_base();
        let is_address = base.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%-._~!$*+,;=:@()/".contains(&byte));
        // Servers that work on text must see what those see that work on bytes, and all of them the same folders.
        let is_text = percent_encoding::percent_decode_str(&base).decode_utf8().is_ok_and(|decoded| {
            !decoded.contains(char::is_control) && resolved(decoded.as_bytes()) == decoded.as_bytes()
        });
        if !is_address || !is_text {
            return Err(Error::new(Code::InvalidGate, format!("a gate cannot contain the path `{}`", self.base)).hint(
                "use letters, digits, `-` and `_` in the site's base path; escape other characters in UTF-8 with `%`",
            ));
        }
        let name =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let value = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\${}`".contains(&byte));
        for (header, text) in self.headers.values().flatten() {
            if !name(header) || !value(text) {
                return Err(Error::new(Code::InvalidGate, format!("a gate cannot contain the header `{header}`"))
                    .hint("use printable ASCII without quotes, backslashes, `$`, braces and backquotes"));
            }
        }
        Ok(())
    }

    fn script(&self, frame: &str, gone: &str) -> Result<String> {
        self.checked()?;
        let json = |value: serde_json::Value| value.to_string();
        let deny: Vec<&str> = self.deny.iter().collect();
        let headers: serde_json::Map<_, _> = self
            .headers
            .iter()
            .map(|(folder, headers)| (kind(*folder).to_owned(), serde_json::json!(headers)))
            .collect();
        let settings = format!(
            "\nvar BASE = decoded({});\nvar HEADERS = {};\nvar GONE_TEXT = {};\nvar MISSING_TEXT = {};\n// Dead links and former addresses of pictures, in lower case.\nvar DENY = {};\n",
            json(self.escaped_base().into()),
            json(headers.into()),
            json(gone.into()),
            json(MISSING_TEXT.into()),
            json(deny.into()),
        );
        Ok(frame
            .replace("//@SETTINGS@\n", &settings)
            .replace("//@VERDICT@\n", &format!("{}\n", include_str!("edge/verdict.js")))
            .replace("//@WORKER@\n", &format!("{}\n", include_str!("edge/worker.js"))))
    }
}

/// What a dead address says where the site's own page cannot be made: HTML.
pub const GONE_TEXT: &str = "<!doctype html><meta name=\"robots\" content=\"noindex\"><meta name=\"viewport\" content=\"width=device-width\"><title>This link has ended</title><p>This link no longer works. Please ask whoever sent it to you.";
const MISSING_TEXT: &str = "<!doctype html><meta name=\"robots\" content=\"noindex\"><meta name=\"viewport\" content=\"width=device-width\"><title>Not found</title><p>There is nothing here. Is the whole link in the address bar?";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_out_of_a_configuration_is_refused() {
        let gate = |base: &str| EdgeGate::new(base, DenyList::default());
        for base in [
            "/a\"b/",
            "/a b/",
            "/a\nb/",
            "/é/",
            "/{x}/",
            "/a%0Ab/",
            "/a%C2%85b/",
            "/a%FFb/",
            "/a%2F/",
            "/a%2F%2E/",
            "/a/%2e%2E/b/",
        ] {
            assert!(
                gate(base).nginx().is_err() && gate(base).caddy().is_err() && gate(base).cloudflare().is_err(),
                "{base}"
            );
        }
        let mut gate = gate("/");
        gate.headers.entry(PrivateFolder::Pages).or_default().insert("x-a".into(), "a\"; b".into());
        assert!(gate.nginx().is_err());
    }

    #[test]
    fn a_worker_is_known_again_whatever_its_page_and_list_and_nothing_else_is() {
        let gone = GonePage { whole: "<p>\"a\";\n\nvar DENY = [];\n//@VERDICT@".into(), short: String::new() };
        let tokens = ["pFaMU6AJ5eB7HpqOujXnllyuV", "20280101-pIOO_39yE-9GhjfrKbsnHTYi0"];
        let worker = EdgeGate { gone, ..EdgeGate::new("/a%20b/", DenyList::new(tokens)) }.cloudflare().unwrap();
        let list = EdgeGate::list_in_worker("/a%20b/", worker.trim_end()).unwrap();
        assert_eq!(
            &worker[list],
            "[\"20280101-piOO_39ye-9ghjfrkbsnhtyi0\",\"pfamu6aj5eb7hpqoujxnllyuv\"]".to_ascii_lowercase()
        );
        for other in [
            worker.replace("fetch(request, env)", "fetch(request, environment)"),
            worker.replace("pfamu6aj5eb7hpqoujxnllyuv", "pFaMU6AJ5eB7HpqOujXnllyuV"),
            worker.replace("pfamu6aj5eb7hpqoujxnllyuv", "nothing"),
            worker.replace("var DENY = [", "var DENY = [ "),
            format!("{worker}// pfamu6aj5eb7hpqoujxnllyuv"),
            "\nvar GONE_TEXT = \"\";\nvar DENY = [];\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(EdgeGate::list_in_worker("/a%20b/", &other), None, "{other}");
        }
        assert_eq!(EdgeGate::list_in_worker("/", &worker), None);
    }

    #[test]
    fn a_function_that_cloudfront_would_not_take_is_refused() {
        let tokens: Vec<String> = (0..400).map(|number| format!("p{number:024}")).collect();
        let few = EdgeGate::new("/", DenyList::new(tokens[..100].iter().map(String::as_str)));
        assert!(few.cloudfront().unwrap().function.len() <= LARGEST_CLOUDFRONT);
        let many = EdgeGate::new("/", DenyList::new(tokens.iter().map(String::as_str)));
        assert!(many.cloudfront().unwrap_err().message.contains("400 dead links"));
    }
    #[test]
    fn a_page_that_does_not_fit_into_cloudfronts_limit_gives_way_to_the_short_one() {
        let gate = |length: usize, links: usize| {
            let tokens: Vec<String> = (0..links).map(|number| format!("p{number:024}")).collect();
            let gone = GonePage { whole: format!("whole{}", "é".repeat(length / 2)), short: "short".into() };
            EdgeGate { gone, ..EdgeGate::new("/", DenyList::new(tokens.iter().map(String::as_str))) }
        };
        let fits = gate(3000, 10).cloudfront().unwrap();
        assert!(!fits.is_shortened && fits.function.contains("\"whole") && !fits.function.contains("\"short\""));
        let long = gate(3000, 150).cloudfront().unwrap();
        assert!(long.is_shortened && long.function.contains("\"short\"") && !long.function.contains("\"whole"));
        assert!(long.function.len() <= LARGEST_CLOUDFRONT);
        // The others have room.
        assert!(gate(3000, 150).netlify().unwrap().contains("\"whole"));
    }
}
