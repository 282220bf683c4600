//! Reads addresses back: whose link is it, and does it work?
//!
//! Takes an address, a path, a file name or a whole line from a log, finds everything in it that has the
//! shape of a token, and looks each up among all that is and was. Every comparison takes the same time.

mod answer;

pub use answer::{Answer, Edge, request_path};

use jiff::civil::Date;
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::gate::{day_of, is_symbol};
use super::identifier::{GalleryId, LinkId};
use super::keys::Keys;
use super::ledger::{Ledger, LedgerGallery, Link, NO_LAST_DAY};
use super::life::{LinkState, state};
use super::publication::{GalleryFacts, PublicationContext, scope_of};
use super::token::{NAME_BODY, TOKEN_BODY, shortened};

/// Longer texts are cut here: a log line is shorter.
const LONGEST_TEXT: usize = 64 << 10;
/// At most so many tokens of one text are looked up.
const MOST_TOKENS: usize = 64;
const SLOT: usize = 9 + 1 + TOKEN_BODY;

/// What a token or name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The address of a link's page.
    Page {
        /// Its gallery.
        gallery: GalleryId,
        /// The link.
        link: LinkId,
        /// Whether the link works.
        state: LinkState,
        /// The former last day in this address, where the link was renewed since and has another address; [`NO_LAST_DAY`]
        /// where it had none.
        replaced: Option<Date>,
        /// Which root the address comes from.
        root: AddressRoot,
    },
    /// The address of an audience's files.
    Assets {
        /// Its gallery.
        gallery: GalleryId,
        /// The audience.
        audience: String,
        /// Whether the files lie there now.
        current: bool,
    },
    /// The name of a private file.
    Name {
        /// Its gallery.
        gallery: GalleryId,
        /// The audience.
        audience: String,
    },
    /// The name of a file that a code leads through to its link.
    Locator {
        /// The gallery of the link.
        gallery: GalleryId,
        /// The link.
        link: LinkId,
        /// Whether the link works.
        state: LinkState,
        /// Which root the code comes from.
        root: AddressRoot,
    },
    /// Nothing that this site's root, ledger and records know: made up, cut off, of another site, or its day was altered.
    Unknown,
}

/// Which root an address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressRoot {
    /// The current one.
    Current,
    /// The former one; its addresses are published through this day, or no longer where there is none.
    Previous(Option<Date>),
    /// One that was given up: nothing is published at its addresses.
    GivenUp,
}

/// One token that was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The token, shortened.
    pub shown: String,
    /// What it is.
    pub meaning: TokenKind,
}

/// Everything that has, or had, an address: built from the ledger and from what earlier publishes recorded.
#[derive(Debug, Default)]
pub struct TokenIndex {
    entries: Vec<(Slot, TokenKind)>,
}

/// A token with zeros behind it, so that all are compared over the same length.
#[derive(Clone, Copy)]
struct Slot([u8; SLOT]);

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot(hidden)")
    }
}

impl Slot {
    fn of(token: &str) -> Option<Self> {
        let mut slot = [0; SLOT];
        slot.get_mut(..token.len())?.copy_from_slice(token.as_bytes());
        Some(Self(slot))
    }
}

impl TokenIndex {
    /// All addresses that the ledger gives: of living and dead links, their former days, and today's files.
    /// `previous` gives the former keys, whose page addresses count even after their overlap.
    pub fn of_ledger(
        ledger: &Ledger,
        keys: &Keys,
        previous: Option<&Keys>,
        circumstances: &PublicationContext<'_>,
    ) -> Self {
        let mut known = Self::default();
        let none = GalleryFacts::default();
        for gallery in &ledger.galleries {
            let facts = circumstances.galleries.get(&gallery.id).unwrap_or(&none);
            for link in &gallery.links {
                let state = state(gallery, link, facts.expires, circumstances.today);
                for day in link.days() {
                    let replaced = (day != link.day_in_address()).then(|| day.unwrap_or(NO_LAST_DAY));
                    let until = ledger.previous.as_ref().map(|previous| previous.until);
                    let roots = [(Some(keys), AddressRoot::Current), (previous, AddressRoot::Previous(until))];
                    for (keys, root) in roots {
                        let Some(keys) = keys else { continue };
                        let token = keys.page_token(gallery.id, link.id, day);
                        let meaning = TokenKind::Page { gallery: gallery.id, link: link.id, state, replaced, root };
                        known.add(token.path_segment(), meaning);
                    }
                }
            }
            let audiences: std::collections::BTreeSet<&str> =
                gallery.links.iter().map(|link| link.audience.as_str()).collect();
            for audience in audiences {
                let scope = scope_of(gallery, audience, facts, circumstances.today);
                let living = gallery.links.iter().filter(|link| link.audience == audience);
                let current =
                    living.into_iter().any(|link| state(gallery, link, facts.expires, circumstances.today).is_alive());
                let token = keys.assets_token(&scope, facts.expires.filter(|_| circumstances.dated_links));
                known.add_assets(token.path_segment(), gallery.id, audience, current);
            }
        }
        known
    }

    /// An assets address that an earlier publish recorded, or a current one.
    pub fn add_assets(&mut self, token: &str, gallery: GalleryId, audience: &str, current: bool) {
        self.add(token, TokenKind::Assets { gallery, audience: audience.to_owned(), current });
    }

    /// The address of a link's page under a root that was given up, as an earlier publish recorded it. A link that the
    /// ledger does not have is nobody's.
    pub fn add_given_up_page(
        &mut self,
        token: &str,
        (gallery, link): (GalleryId, LinkId),
        ledger: &Ledger,
        circumstances: &PublicationContext<'_>,
    ) {
        let Some(found) = ledger.gallery(gallery) else { return };
        let Some(link) = found.link(link) else { return };
        let expires = circumstances.galleries.get(&gallery).and_then(|facts| facts.expires);
        let state = state(found, link, expires, circumstances.today);
        let meaning = TokenKind::Page { gallery, link: link.id, state, replaced: None, root: AddressRoot::GivenUp };
        self.add(token, meaning);
    }

    /// A private file's name, without its extension, that a publish recorded.
    pub fn add_name(&mut self, name: &str, gallery: GalleryId, audience: &str) {
        self.add(name, TokenKind::Name { gallery, audience: audience.to_owned() });
    }

    /// The name, without its extension, of a file in `e/` that the code of a link leads through.
    pub fn add_locator(
        &mut self,
        name: &str,
        (gallery, link): (&LedgerGallery, &Link),
        root: AddressRoot,
        circumstances: &PublicationContext<'_>,
    ) {
        let expires = circumstances.galleries.get(&gallery.id).and_then(|facts| facts.expires);
        let state = state(gallery, link, expires, circumstances.today);
        self.add(name, TokenKind::Locator { gallery: gallery.id, link: link.id, state, root });
    }

    /// Every known token or name with its meaning, for an audit that looks for them in what is published.
    pub fn expose_entries(&self) -> impl Iterator<Item = (&str, &TokenKind)> {
        self.entries.iter().map(|(slot, meaning)| {
            let end = slot.0.iter().position(|byte| *byte == 0).unwrap_or(SLOT);
            // Tokens are ASCII.
            (std::str::from_utf8(&slot.0[..end]).unwrap_or_default(), meaning)
        })
    }

    fn add(&mut self, token: &str, meaning: TokenKind) {
        self.entries.extend(Slot::of(token).map(|slot| (slot, meaning)));
    }

    /// Goes through all entries, whether or not one fits on the way; the first that does counts.
    fn look_up(&self, token: &str) -> TokenKind {
        let Some(slot) = Slot::of(token) else { return TokenKind::Unknown };
        let mut found = u64::MAX;
        for (place, (known, _)) in (0_u64..).zip(&self.entries) {
            let first = known.0.ct_eq(&slot.0) & found.ct_eq(&u64::MAX);
            found = u64::conditional_select(&found, &place, first);
        }
        let entry = usize::try_from(found).ok().and_then(|place| self.entries.get(place));
        entry.map_or(TokenKind::Unknown, |(_, meaning)| meaning.clone())
    }

    /// Everything in a text that has the shape of a token or private name, in its order; each one once.
    pub fn identify(&self, text: &str) -> Vec<Verdict> {
        let bytes = &text.as_bytes()[..text.len().min(LONGEST_TEXT)];
        let decoded: Vec<u8> = percent_encoding::percent_decode(bytes).collect();
        let mut tokens: Vec<String> = Vec::new();
        for run in decoded.split(|byte| !is_symbol(byte)) {
            if tokens.len() == MOST_TOKENS {
                break;
            }
            tokens.extend(shapes(run).filter(|token| !tokens.contains(token)));
        }
        let verdict = |token: &String| (token.starts_with(['i', 'e']), self.look_up(token), shortened(token));
        let mut verdicts: Vec<_> = tokens.iter().map(verdict).collect();
        // A long word can have the shape of a file's name; next to a token it is only a word.
        if verdicts.iter().any(|(name, meaning, _)| !name || *meaning != TokenKind::Unknown) {
            verdicts.retain(|(name, meaning, _)| !name || *meaning != TokenKind::Unknown);
        }
        verdicts.into_iter().map(|(_, meaning, shown)| Verdict { shown, meaning }).collect()
    }
}

/// Whether there is a name in a text that a file of `e/` could have: to know those, codes must be stretched.
pub fn may_name_a_locator(text: &str) -> bool {
    text.as_bytes().split(|byte| !is_symbol(byte)).any(|run| shapes(run).is_some_and(|token| token.starts_with('e')))
}

/// A run of symbols is a token when all of it has the shape of one.
fn shapes(run: &[u8]) -> Option<String> {
    let undated = day_of(run).map_or(run, |_| &run[9..]);
    let (letter, body) = undated.split_first()?;
    let fits = match letter {
        b'p' | b'a' => body.len() == TOKEN_BODY,
        b'e' => body.len() == TOKEN_BODY && undated.len() == run.len(),
        b'i' => body.len() == NAME_BODY && undated.len() == run.len(),
        _ => false,
    };
    fits.then(|| String::from_utf8_lossy(run).into_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::Secret;
    use super::super::life::Today;
    use super::*;

    const LEDGER: &str = r#"version = 1
root = "m8TUJsIqZj_F81MJ"
[[gallery]]
id = "k3v9q2m7t4xa"
path = "weddings/lake-house"
epoch = 1
[[gallery.link]]
id = "h7w2c9d4n5ke"
to = "the couple"
issued = 2026-11-22
expires = 2027-12-31
dated = true
was = [2027-06-30]
[[gallery.link]]
id = "q8r3x6v1z0mb"
to = "their parents"
issued = 2026-11-22
revoked = 2026-12-24
"#;

    fn identify(text: &str) -> Vec<Verdict> {
        let ledger = Ledger::parse(LEDGER, "access.toml".as_ref()).unwrap();
        let galleries = Default::default();
        let today = Today::new(date(2027, 1, 1), &ledger);
        let circumstances = PublicationContext { today, galleries: &galleries, dated_links: true, tombstone_days: 90 };
        let keys = Keys::new(&Secret::of_published_vectors());
        let former = Keys::new(&Secret::generate(std::array::from_fn(|place| place as u8)).unwrap());
        let mut known = TokenIndex::of_ledger(&ledger, &keys, Some(&former), &circumstances);
        known.add_assets("aiszVmMLLXUlp40kJJR9L7I8B", ledger.galleries[0].id, "", false);
        known.add_name("i7BkxW3qP0m2f7en9", ledger.galleries[0].id, "guests");
        known.identify(text)
    }

    fn meaning(text: &str) -> TokenKind {
        let mut all = identify(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0).meaning
    }

    #[test]
    fn an_address_names_its_link_in_every_form_that_people_paste() {
        let revoked = TokenKind::Page {
            gallery: "k3v9q2m7t4xa".parse().unwrap(),
            link: "q8r3x6v1z0mb".parse().unwrap(),
            state: LinkState::Revoked(date(2026, 12, 24)),
            replaced: None,
            root: AddressRoot::Current,
        };
        for text in [
            "https://photos.example.com/g/pFaMU6AJ5eB7HpqOujXnllyuV/",
            "/g/pFaMU6AJ5eB7HpqOujXnllyuV/index.html?utm=1#k=x",
            "%2Fg%2F%70FaMU6AJ5eB7HpqOujXnllyuV%2F",
            "pFaMU6AJ5eB7HpqOujXnllyuV",
            r#"10.0.0.1 - - [01/Jan/2027:10:00:00 +0000] "GET /g/pFaMU6AJ5eB7HpqOujXnllyuV/ HTTP/1.1" 200 internationalises"#,
        ] {
            assert_eq!(meaning(text), revoked, "{text}");
        }
        assert_eq!(identify("/g/pFaMU6AJ5eB7HpqOujXnllyuV/")[0].shown, "pFaMU6…");
    }

    #[test]
    fn a_former_day_an_old_assets_address_and_a_file_name_are_known() {
        let TokenKind::Page { state, replaced, .. } = meaning("/g/20270630-pg6_MStAzsLo74L0e9IzayeHV/") else {
            panic!()
        };
        assert_eq!((state, replaced), (LinkState::Alive, Some(date(2027, 6, 30))));
        assert!(matches!(meaning("/x/aiszVmMLLXUlp40kJJR9L7I8B/"), TokenKind::Assets { current: false, .. }));
        assert!(matches!(meaning("i7BkxW3qP0m2f7en9.jpg"), TokenKind::Name { audience, .. } if audience == "guests"));
    }

    #[test]
    fn an_altered_day_or_symbol_and_a_second_encoding_are_unknown() {
        for text in
            ["/g/20270701-pg6_MStAzsLo74L0e9IzayeHV/", "/g/pFaMU6AJ5eB7HpqOujXnllyuW/", "/g/pg6_MStAzsLo74L0e9IzayeHV/"]
        {
            assert_eq!(meaning(text), TokenKind::Unknown, "{text}");
        }
        assert_eq!(identify("%2570FaMU6AJ5eB7HpqOujXnllyuV"), []);
        assert_eq!(identify("PFAMU6AJ5EB7HPQOUJXNLLYUV nothing here"), []);
    }

    #[test]
    fn a_text_of_any_length_is_answered() {
        assert_eq!(identify(&"é".repeat(100_000)), []);
        assert_eq!(identify(&"pFaMU6AJ5eB7HpqOujXnllyuA ".repeat(100_000)).len(), 1);
    }
}
