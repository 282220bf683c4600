//! The ledger, `access.toml`: which gallery was shared with whom, since when and until when.
//!
//! It is committed, holds no secret, and is only ever appended to or marked. [`Ledger`] is its checked
//! value; [`super::change`] changes value and file together, and keeps every comment in the file.

mod reader;
mod writer;

use std::path::Path;

use jiff::civil::Date;

use super::identifier::{GalleryId, LinkId};
use crate::error::closest_match;
use crate::{Code, Error, Result};

pub use writer::LedgerDocument;

/// The name of the ledger's file, in the folder of the site.
pub const LEDGER_FILE: &str = "access.toml";

/// Stands in `was` for the time in which a dated link had no last day, and so an address without one. No last day that a
/// person gives comes near it.
pub const NO_LAST_DAY: Date = jiff::civil::date(9999, 12, 31);

/// What `access.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The id of the root secret that the links are made with.
    pub root: String,
    /// The former root, during a planned rotation.
    pub previous: Option<PreviousRoot>,
    /// The galleries that were ever shared, in the file's order.
    pub galleries: Vec<LedgerGallery>,
}

/// The former root, whose addresses are still served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousRoot {
    /// Its id.
    pub root: String,
    /// The last day on which its addresses are served.
    pub until: Date,
}

/// A gallery that was shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerGallery {
    /// What binds it to its folder.
    pub id: GalleryId,
    /// Where its folder was last seen, below the galleries' folder, with `/` between parts.
    pub path: String,
    /// Counts the moves that its files made for other reasons than a dead link; from 1.
    pub epoch: u32,
    /// The day it was closed: every link is dead from then on, for good.
    pub closed: Option<Date>,
    /// Its links, in the file's order.
    pub links: Vec<Link>,
}

/// One recipient's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What its address is derived from.
    pub id: LinkId,
    /// Whom it was made for; empty once that person was forgotten.
    pub to: String,
    /// What it opens; empty for the audience that a gallery has without saying so.
    pub audience: String,
    /// The day it was made.
    pub issued: Date,
    /// The last day it works; none for a link without end.
    pub expires: Option<Date>,
    /// Whether its last day stands in its address.
    pub dated: bool,
    /// Former last days of a dated link; [`NO_LAST_DAY`] where it had none.
    pub was: Vec<Date>,
    /// The day it was revoked, for good.
    pub revoked: Option<Date>,
    /// Whether its code works at the look-up page.
    pub find: bool,
}

impl Link {
    /// The day that stands in the link's address now.
    pub fn day_in_address(&self) -> Option<Date> {
        self.expires.filter(|_| self.dated)
    }

    /// What stands, or stood, as the day in its addresses, each once: today's first.
    pub fn days(&self) -> Vec<Option<Date>> {
        let mut days = vec![self.day_in_address()];
        for day in self.was.iter().map(|day| Some(*day).filter(|day| *day != NO_LAST_DAY)) {
            if !days.contains(&day) {
                days.push(day);
            }
        }
        days
    }

    /// What `was` must note when the last day changes: the day that its address stops having, if it is not noted yet.
    pub(super) fn leaves(&self) -> Option<Date> {
        let day = self.dated.then(|| self.expires.unwrap_or(NO_LAST_DAY))?;
        Some(day).filter(|day| !self.was.contains(day))
    }
}

/// How a person names a link of a gallery.
#[derive(Clone, Copy, Debug)]
pub enum LinkName<'a> {
    /// By whom it was made for.
    To(&'a str),
    /// By its id.
    Id(LinkId),
}

impl Ledger {
    /// A ledger without galleries for the root with this id.
    pub fn new(root: impl Into<String>) -> Self {
        Self { root: root.into(), previous: None, galleries: Vec::new() }
    }

    /// Reads the text of a ledger; `file` is for the errors.
    ///
    /// # Errors
    /// Text that is not TOML, a key that no ledger has, a value of another type, an id that is there twice:
    /// each with its line and column.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        reader::read(text, file)
    }

    /// The gallery with this id.
    pub fn gallery(&self, id: GalleryId) -> Option<&LedgerGallery> {
        self.galleries.iter().find(|gallery| gallery.id == id)
    }

    pub(super) fn gallery_mut(&mut self, id: GalleryId) -> Option<&mut LedgerGallery> {
        self.galleries.iter_mut().find(|gallery| gallery.id == id)
    }

    /// The gallery with this id, or an error for a person.
    ///
    /// # Errors
    /// A gallery that the ledger does not have.
    pub fn require(&self, id: GalleryId) -> Result<&LedgerGallery> {
        self.gallery(id).ok_or_else(|| {
            Error::new(Code::NotShared, format!("the ledger has no gallery with the id `{id}`"))
                .at(LEDGER_FILE)
                .hint("share the gallery first, or restore the ledger that it was shared with")
        })
    }

    /// The gallery that was last seen at this path; the one that is not closed, where several were.
    ///
    /// # Errors
    /// A path at which no shared gallery was seen, with the nearest one that has.
    pub fn require_at(&self, path: &str) -> Result<&LedgerGallery> {
        let path = path.trim_matches('/');
        let at_path = || self.galleries.iter().filter(|gallery| gallery.path == path);
        at_path().find(|gallery| gallery.closed.is_none()).or_else(|| at_path().next_back()).ok_or_else(|| {
            let known = self.galleries.iter().map(|gallery| gallery.path.as_str());
            let hint = match closest_match(path, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`safelight links` lists the shared galleries".to_owned(),
            };
            Error::new(Code::NotShared, format!("no gallery at `{path}` was ever shared")).hint(hint)
        })
    }

    /// The newest day in the ledger on which something was issued, revoked or closed.
    pub fn newest_day(&self) -> Option<Date> {
        let links = |gallery: &LedgerGallery| {
            gallery.links.iter().flat_map(|link| [Some(link.issued), link.revoked]).flatten().max()
        };
        self.galleries.iter().flat_map(|gallery| [gallery.closed, links(gallery)]).flatten().max()
    }
}

impl LedgerGallery {
    /// The link with this id.
    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.iter().find(|link| link.id == id)
    }

    /// The link that a person means: among several for one recipient, the one that was not revoked.
    ///
    /// # Errors
    /// A link that is not there, with the nearest one that is; a name that several links have.
    pub fn require_link(&self, name: LinkName<'_>) -> Result<&Link> {
        let to = match name {
            LinkName::Id(id) => {
                return self.link(id).ok_or_else(|| {
                    Error::new(Code::UnknownLink, format!("`{}` has no link with the id `{id}`", self.path))
                        .hint("`safelight links` lists them")
                });
            }
            LinkName::To(to) => to,
        };
        let all: Vec<&Link> = self.links.iter().filter(|link| !to.is_empty() && link.to == to).collect();
        let standing: Vec<&Link> = all.iter().copied().filter(|link| link.revoked.is_none()).collect();
        match (standing.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Ok(one),
            ([], []) => {
                let known = self.links.iter().map(|link| link.to.as_str()).filter(|to| !to.is_empty());
                let hint = match closest_match(to, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`safelight links` lists them".to_owned(),
                };
                Err(Error::new(Code::UnknownLink, format!("`{}` has no link for `{to}`", self.path)).hint(hint))
            }
            (several, rest) => {
                let several = if several.is_empty() { rest } else { several };
                let ids: Vec<String> = several.iter().map(|link| link.id.to_string()).collect();
                Err(Error::new(Code::UnknownLink, format!("`{}` has {} links for `{to}`", self.path, ids.len()))
                    .hint(format!("choose one by its id: {}", ids.join(", "))))
            }
        }
    }
}
