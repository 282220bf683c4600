//! The verdict of a gate, which has no key, on a path: every generated gate gives the same.
//!
//! A gate decodes percent escapes once and then knows three kinds of paths: public ones, which
//! are none of its business; private ones in exactly the form that Safelight links to, which it
//! lets pass until their day is over or they are on its list; and everything else that could lead to
//! something private, which it does not find.

use std::collections::BTreeSet;

use super::token::TOKEN_BODY;
use crate::visibility::PrivateFolder;

/// What the first name in a private folder looks like: a token with its day where it has one, or a file of codes.
pub(super) struct Form {
    /// What it begins with, behind the day.
    pub letter: char,
    /// Whether a last day may stand in front.
    pub may_have_day: bool,
    /// What stands behind its symbols.
    pub ending: &'static str,
}

impl Form {
    pub(super) const fn of(folder: PrivateFolder) -> Self {
        match folder {
            PrivateFolder::Pages => Self { letter: 'p', may_have_day: true, ending: "" },
            PrivateFolder::Assets => Self { letter: 'a', may_have_day: true, ending: "" },
            PrivateFolder::Entries => Self { letter: 'e', may_have_day: false, ending: ".bin" },
        }
    }

    fn fits(&self, name: &[u8]) -> bool {
        let Some(body) = name.strip_suffix(self.ending.as_bytes()) else { return false };
        let undated = day_of(body).filter(|_| self.may_have_day).map_or(body, |_| &body[9..]);
        undated.split_first().is_some_and(|(first, body)| {
            char::from(*first) == self.letter && body.len() == TOKEN_BODY && body.iter().all(is_symbol)
        })
    }
}

/// What the gates call what lies in a private folder.
pub(super) const fn kind(folder: PrivateFolder) -> &'static str {
    match folder {
        PrivateFolder::Pages => "page",
        PrivateFolder::Assets => "assets",
        PrivateFolder::Entries => "entry",
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing private: it passes as it is.
    PassPublic,
    /// Private, and nothing is known against it: it passes with the private headers.
    PassPrivate(PrivateFolder),
    /// Its day is over, or it is on the list: 410.
    Gone,
    /// It could lead to something private but has not the form of a link: 404.
    NotFound,
}

impl Gate {
    /// Its name: `public`, `page`, `assets`, `entry`, `gone` or `not-found`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PassPublic => "public",
            Self::PassPrivate(folder) => kind(folder),
            Self::Gone => "gone",
            Self::NotFound => "not-found",
        }
    }
}

/// Dead tokens that an edge refuses at once, compared without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DenyList(BTreeSet<String>);

impl DenyList {
    /// The list of these tokens, each with its day where it has one. What has not the form of a token is left out.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Self {
        let pages_and_assets = [PrivateFolder::Pages, PrivateFolder::Assets].map(Form::of);
        let is_token = |token: &&str| pages_and_assets.iter().any(|form| form.fits(token.as_bytes()));
        let tokens = tokens.into_iter().filter(is_token);
        Self(tokens.map(str::to_ascii_lowercase).collect())
    }

    /// The tokens in lower case, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing is refused.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, token: &[u8]) -> bool {
        let token = String::from_utf8_lossy(token).to_ascii_lowercase();
        self.0.contains(&token)
    }
}

/// The verdict on a path as it stands in the request, still escaped; a query or fragment behind it does not count.
/// `base` is the path of the site, as `/` or `/photos/`, escaped as it is in addresses; `today` is the day in UTC as digits,
/// 20270630.
pub fn verdict(raw_path: &str, base: &str, today: u32, deny: &DenyList) -> Gate {
    let raw = raw_path.split(['?', '#']).next().unwrap_or_default();
    let path = decoded_once(raw.as_bytes());
    // The base has the escapes of an address too, and a request may spell it with others.
    let base = resolved(&decoded_once(format!("/{}/", base.trim_matches('/')).as_bytes()));
    let resolved = resolved(&path);
    // Some hosts fold the case of paths, so a private folder in any case is one.
    let Some(below) = strip_folded(&resolved, &base) else { return Gate::PassPublic };
    let lies_in = |folder: &PrivateFolder| strip_folded(below, folder.prefix().as_bytes()).is_some();
    let Some(folder) = PrivateFolder::ALL.into_iter().find(lies_in) else { return Gate::PassPublic };
    let exact = path.strip_prefix(base.as_slice()).and_then(|below| below.strip_prefix(folder.prefix().as_bytes()));
    let Some(rest) = exact else { return Gate::NotFound };
    let mut segments = rest.split(|byte| *byte == b'/');
    let token = segments.next().unwrap_or_default();
    let tail: Vec<&[u8]> = segments.collect();
    // One empty segment at the end is a slash; anywhere else it is a doubled one.
    let tail = tail.strip_suffix(&[b"".as_slice()]).unwrap_or(&tail);
    if !Form::of(folder).fits(token) || !tail.iter().all(|segment| is_plain(segment)) {
        return Gate::NotFound;
    }
    if day_of(token).is_some_and(|day| day < today) || deny.has(token) { Gate::Gone } else { Gate::PassPrivate(folder) }
}

/// Decodes each `%` with two hexadecimal digits behind it, once.
fn decoded_once(raw: &[u8]) -> Vec<u8> {
    percent_encoding::percent_decode(raw).collect()
}

/// The path without doubled slashes and dot segments, as a host may understand it.
pub(super) fn resolved(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut open_end = true;
    for segment in path.split(|byte| *byte == b'/') {
        open_end = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    let mut out = vec![b'/'];
    out.extend(kept.join(&b'/'));
    if open_end && out.len() > 1 {
        out.push(b'/');
    }
    out
}

fn strip_folded<'p>(path: &'p [u8], base: &[u8]) -> Option<&'p [u8]> {
    let (start, rest) = path.split_at_checked(base.len())?;
    start.eq_ignore_ascii_case(base).then_some(rest)
}

/// A symbol of base64 for URLs.
pub(crate) fn is_symbol(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_plain(segment: &[u8]) -> bool {
    let symbol = |byte: &u8| is_symbol(byte) || *byte == b'.';
    !segment.is_empty() && segment.iter().all(symbol) && !matches!(segment, b"." | b"..")
}

/// The day in front of a token, as a number of eight digits.
pub(super) fn day_of(text: &[u8]) -> Option<u32> {
    let (day, rest) = text.split_at_checked(8)?;
    if rest.first() != Some(&b'-') || !day.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(day.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}
