//! The ledger against an older version of itself: nothing may vanish, sink or come back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::identifier::{GalleryId, LinkId};
use super::keys::pae;
use super::ledger::{Ledger, LedgerGallery, Link};
use super::life::{Today, state};
use super::publication::GalleryFacts;
use crate::{Code, Error};

/// What an older version of a ledger said, without names, dates or paths: kept by every publish beside its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRecord {
    /// The id of the root.
    pub root: String,
    /// The id of the former root, during a planned rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The ids of roots that were given up.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ended: BTreeSet<String>,
    /// The galleries.
    pub galleries: BTreeMap<GalleryId, RecordedGallery>,
}

/// What an older version said about a gallery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedGallery {
    /// Its epoch.
    pub epoch: u32,
    /// Whether it was closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// Its links.
    pub links: BTreeMap<LinkId, RecordedLink>,
}

/// What an older version said about a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedLink {
    /// A short hash of its audience's name.
    pub audience: String,
    /// Whether it was revoked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
    /// Whether it was published as dead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dead: bool,
}

/// Something that a newer version of the ledger must not say, with the fix.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    what: String,
    hint: &'static str,
}

impl Violation {
    /// As an error about the ledger's file; `older` names the version that said otherwise, as in "the last commit".
    pub fn error(&self, file: &Path, older: &str) -> Error {
        Error::new(Code::LedgerLostEntries, format!("{} in {older}", self.what)).at(file).hint(self.hint)
    }
}

impl LedgerRecord {
    /// What a ledger says by itself, as git keeps it: without knowing which of its links were dead.
    pub fn of_text(ledger: &Ledger) -> Self {
        Self::of(ledger, |_, _| false)
    }

    /// What is published of a ledger on a day.
    pub fn of_publish(ledger: &Ledger, facts: &BTreeMap<GalleryId, GalleryFacts>, today: Today) -> Self {
        Self::of(ledger, |gallery, link| {
            let expires = facts.get(&gallery.id).and_then(|facts| facts.expires);
            !state(gallery, link, expires, today).is_alive()
        })
    }

    fn of(ledger: &Ledger, dead: impl Fn(&LedgerGallery, &Link) -> bool) -> Self {
        let link = |gallery: &LedgerGallery, link: &Link| RecordedLink {
            audience: audience_mark(gallery.id, &link.audience),
            revoked: link.revoked.is_some(),
            dead: dead(gallery, link),
        };
        let galleries = ledger.galleries.iter().map(|gallery| {
            let links = gallery.links.iter().map(|one| (one.id, link(gallery, one))).collect();
            (gallery.id, RecordedGallery { epoch: gallery.epoch, closed: gallery.closed.is_some(), links })
        });
        Self {
            root: ledger.root.clone(),
            previous: ledger.previous.as_ref().map(|previous| previous.root.clone()),
            ended: BTreeSet::new(),
            galleries: galleries.collect(),
        }
    }

    /// Remembers, besides what this version says, which roots the one before gave up: their addresses must never be alive
    /// again.
    pub fn remember_roots(&mut self, before: &Self) {
        let in_force = |root: &String| *root == self.root || self.previous.as_ref() == Some(root);
        let all = before.ended.iter().chain([&before.root]).chain(&before.previous);
        self.ended = all.filter(|root| !in_force(root)).cloned().collect();
    }

    /// Everything that a newer version of the ledger must not say. `now` is the newer version as of
    /// [`LedgerRecord::of_publish`].
    pub fn violations(&self, ledger: &Ledger, now: &Self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut refuse = |what: String, hint: &'static str| found.push(Violation { what, hint });
        if now.previous.iter().chain([&now.root]).any(|root| self.ended.contains(root)) {
            refuse("the ledger belongs to an abandoned root secret; a newer one was in use".to_owned(), NEWER_ROOT);
        }
        let paths: BTreeMap<GalleryId, &str> = ledger.galleries.iter().map(|one| (one.id, one.path.as_str())).collect();
        for (id, before) in &self.galleries {
            let Some(after) = now.galleries.get(id) else {
                refuse(format!("the gallery `{id}` is missing from the ledger; it was there"), BRING_BACK);
                continue;
            };
            let path = paths.get(id).copied().unwrap_or_default();
            if after.epoch < before.epoch {
                refuse(
                    format!("the epoch of `{path}` is now {}; it was {}", after.epoch, before.epoch),
                    "restore the higher number, so that no abandoned address of its files comes back",
                );
            }
            let reopened = before.closed && !after.closed;
            if reopened {
                refuse(format!("`{path}` is no longer closed; it was"), BRING_BACK_MARK);
            }
            for (link, was) in &before.links {
                let Some(is) = after.links.get(link) else {
                    refuse(
                        format!("the link `{link}` of `{path}` is missing from the ledger; it was there"),
                        BRING_BACK,
                    );
                    continue;
                };
                if was.revoked && !is.revoked {
                    refuse(format!("the link `{link}` of `{path}` is no longer revoked; it was"), BRING_BACK_MARK);
                } else if was.dead && !is.dead && !reopened && after.epoch <= before.epoch {
                    refuse(
                        format!("the link `{link}` of `{path}` works again; it was dead"),
                        "if the clock was ahead at the last publish, or you wrote a later day yourself, run `safelight \
                         rotate` on the gallery, so that no address that was taken down comes back; if the clock is \
                         behind now, correct it",
                    );
                }
                if was.audience != is.audience {
                    refuse(
                        format!("the link `{link}` of `{path}` has a different audience; it was another"),
                        "restore the former `audience`, and create a new link for the other audience",
                    );
                }
            }
        }
        found
    }
}

const NEWER_ROOT: &str =
    "restore the newer ledger and its secret; all links of the former root stopped working permanently";
const BRING_BACK: &str = "restore the entry (`git log -p access.toml` shows it); to end a link, use `safelight \
                          revoke`, to close a gallery, `safelight retire`";
const BRING_BACK_MARK: &str =
    "restore the line, because it is final; to let someone in again, create a new link with `safelight share`";

/// Names of audiences do not stay in records, but a change of one must show.
fn audience_mark(gallery: GalleryId, audience: &str) -> String {
    let digest = Sha256::digest(pae(&[b"audience", gallery.as_bytes(), audience.as_bytes()]));
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const LEDGER: &str = r#"version = 1
root = "m8TUJsIqZj_F81MJ"
[[gallery]]
id = "k3v9q2m7t4xa"
path = "a"
epoch = 2
closed = 2027-01-01
[[gallery]]
id = "a5t0f8j2y6gs"
path = "b"
epoch = 2
[[gallery.link]]
id = "h7w2c9d4n5ke"
to = "the couple"
audience = "guests"
issued = 2026-11-22
revoked = 2026-12-24
[[gallery.link]]
id = "q8r3x6v1z0mb"
to = "their parents"
issued = 2026-11-22
expires = 2026-12-31
"#;

    fn publish(text: &str) -> (Ledger, LedgerRecord) {
        let ledger = Ledger::parse(text, "access.toml".as_ref()).unwrap();
        let today = Today::new(date(2027, 2, 1), &ledger);
        let record = LedgerRecord::of_publish(&ledger, &BTreeMap::new(), today);
        (ledger, record)
    }

    fn violations(from: &str, to: &str) -> Vec<String> {
        let (_, before) = publish(LEDGER);
        let changed = LEDGER.replacen(from, to, 1);
        assert!(from == to || changed != LEDGER);
        let (ledger, now) = publish(&changed);
        let found = before.violations(&ledger, &now);
        found.iter().map(|found| found.error("access.toml".as_ref(), "the last publish").message).collect()
    }

    #[test]
    fn what_was_only_added_or_marked_is_fine() {
        assert_eq!(violations("", ""), [""; 0]);
        assert_eq!(violations("expires = 2026-12-31", "expires = 2026-12-31\nrevoked = 2027-01-05"), [""; 0]);
        assert_eq!(violations("to = \"the couple\"", "to = \"\""), [""; 0]);
        assert_eq!(violations("path = \"b\"\nepoch = 2", "path = \"c\"\nepoch = 3"), [""; 0]);
    }

    #[test]
    fn what_vanished_sank_or_came_back_is_refused() {
        let one = |from: &str, to: &str, message: &str| {
            assert_eq!(violations(from, to), [format!("{message} in the last publish")])
        };
        one("revoked = 2026-12-24\n", "", "the link `h7w2c9d4n5ke` of `b` is no longer revoked; it was");
        one("closed = 2027-01-01\n", "", "`a` is no longer closed; it was");
        one("path = \"b\"\nepoch = 2", "path = \"b\"\nepoch = 1", "the epoch of `b` is now 1; it was 2");
        one("audience = \"guests\"\n", "", "the link `h7w2c9d4n5ke` of `b` has a different audience; it was another");
        one("h7w2c9d4n5ke", "h7w2c9d4n5kf", "the link `h7w2c9d4n5ke` of `b` is missing from the ledger; it was there");
        one("k3v9q2m7t4xa", "k3v9q2m7t4xb", "the gallery `k3v9q2m7t4xa` is missing from the ledger; it was there");
    }

    #[test]
    fn an_expired_link_comes_back_only_with_a_raised_epoch() {
        let revived = violations("expires = 2026-12-31", "expires = 2027-12-31");
        assert_eq!(revived, ["the link `q8r3x6v1z0mb` of `b` works again; it was dead in the last publish"]);
        let (_, before) = publish(LEDGER);
        let extended =
            LEDGER.replace("path = \"b\"\nepoch = 2", "path = \"b\"\nepoch = 3").replace("2026-12-31", "2027-12-31");
        let (ledger, now) = publish(&extended);
        assert_eq!(before.violations(&ledger, &now), []);
    }

    #[test]
    fn a_record_names_nobody_and_comes_back_as_it_was() {
        let (_, record) = publish(LEDGER);
        let text = serde_json::to_string(&record).unwrap();
        for name in ["couple", "parents", "guests", "\"a\"", "\"b\"", "2027"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
        assert_eq!(serde_json::from_str::<LedgerRecord>(&text).unwrap(), record);
    }
}
