//! Changes to links, which can be shown before they are carried out.
//!
//! An action looks at a ledger and gives a [`Change`]: the marks it would make ([`Edit`]) and what
//! they would do to addresses ([`Effects`]). There is no mark that removes an entry, takes a revocation back or
//! lowers an epoch, so no action can.

mod actions;
mod effects;

use jiff::civil::Date;

use super::identifier::{GalleryId, LinkId};
use super::ledger::{Ledger, LedgerGallery, Link, PreviousRoot};

pub use actions::{
    ActionContext, Share, close, expire, extend, forget_person, moved, redate, revoke, rotate, rotate_root, share,
};
pub use effects::{AudienceAssets, Effects};

/// One mark in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The fields are those of the ledger.
pub enum Edit {
    /// A gallery that was never shared before, in its first epoch.
    GalleryAdded { id: GalleryId, path: String },
    /// A new link, behind the gallery's others.
    LinkAdded { gallery: GalleryId, link: Link },
    /// A link is dead from this day on, for good.
    Revoked { gallery: GalleryId, link: LinkId, on: Date },
    /// A link has another last day; `was` is the former one of a dated link.
    Extended { gallery: GalleryId, link: LinkId, expires: Option<Date>, was: Option<Date> },
    /// A link was made on another day than a wrong clock said.
    Redated { gallery: GalleryId, link: LinkId, issued: Date },
    /// The gallery's files move.
    EpochRaised { gallery: GalleryId, epoch: u32 },
    /// The gallery is closed from this day on, for good.
    Closed { gallery: GalleryId, on: Date },
    /// The recipient's name is erased.
    NameBlanked { gallery: GalleryId, link: LinkId },
    /// The gallery's folder is elsewhere now.
    Moved { gallery: GalleryId, path: String },
    /// The links are made with another root.
    RootChanged { root: String, previous: Option<PreviousRoot> },
}

impl Edit {
    /// Makes the mark in the ledger's value.
    pub(super) fn apply(&self, ledger: &mut Ledger) {
        match self {
            Self::GalleryAdded { id, path } => ledger.galleries.push(LedgerGallery {
                id: *id,
                path: path.clone(),
                epoch: 1,
                closed: None,
                links: Vec::new(),
            }),
            Self::RootChanged { root, previous } => {
                ledger.root.clone_from(root);
                ledger.previous.clone_from(previous);
            }
            Self::LinkAdded { gallery, .. }
            | Self::Revoked { gallery, .. }
            | Self::Extended { gallery, .. }
            | Self::Redated { gallery, .. }
            | Self::EpochRaised { gallery, .. }
            | Self::Closed { gallery, .. }
            | Self::NameBlanked { gallery, .. }
            | Self::Moved { gallery, .. } => {
                if let Some(gallery) = ledger.gallery_mut(*gallery) {
                    self.apply_to_gallery(gallery);
                }
            }
        }
    }

    fn apply_to_gallery(&self, gallery: &mut LedgerGallery) {
        let mut on_link = |id: &LinkId, mark: &dyn Fn(&mut Link)| {
            gallery.links.iter_mut().filter(|link| link.id == *id).for_each(mark);
        };
        match self {
            Self::LinkAdded { link, .. } => gallery.links.push(link.clone()),
            Self::Revoked { link, on, .. } => on_link(link, &|link| link.revoked = Some(*on)),
            Self::Redated { link, issued, .. } => on_link(link, &|link| link.issued = *issued),
            Self::NameBlanked { link, .. } => on_link(link, &|link| link.to.clear()),
            Self::Extended { link, expires, was, .. } => on_link(link, &|link| {
                link.expires = *expires;
                link.was.extend(*was);
            }),
            Self::EpochRaised { epoch, .. } => gallery.epoch = *epoch,
            Self::Closed { on, .. } => gallery.closed = Some(*on),
            Self::Moved { path, .. } => gallery.path.clone_from(path),
            Self::GalleryAdded { .. } | Self::RootChanged { .. } => {}
        }
    }
}

/// An action that was thought through but not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The marks, in the order in which they are made. Empty when there is nothing to do.
    pub edits: Vec<Edit>,
    /// What they do.
    pub effects: Effects,
}

impl Change {
    /// A change with what it does to the ledger as it stands.
    fn of(ledger: &Ledger, situation: &ActionContext<'_>, edits: Vec<Edit>) -> Self {
        let effects = Effects::of(ledger, &edits, situation);
        Self { edits, effects }
    }
}

#[cfg(test)]
mod tests;
