//! The scope: everything that one published state of one audience's files depends on.

use std::collections::BTreeSet;

use super::identifier::{GalleryId, LinkId};
use crate::visibility::Visibility;

/// How an audience's files lie on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// As they are, under addresses that nobody can guess.
    Private,
    /// As ciphertext.
    Sealed,
}

impl Mode {
    /// How the files of galleries with this visibility lie; nothing for what everybody may have.
    pub fn of(visibility: Visibility) -> Option<Self> {
        match visibility {
            Visibility::Public | Visibility::Unlisted => None,
            Visibility::Private => Some(Self::Private),
            Visibility::Sealed => Some(Self::Sealed),
        }
    }

    /// The word that stands in derivations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Sealed => "sealed",
        }
    }
}

/// The mark of the passwords chosen for an audience: another password gives another tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PasswordTag(pub(super) [u8; 16]);

impl std::fmt::Debug for PasswordTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordTag(hidden)")
    }
}

/// What one published state of one audience's files depends on: when any of it changes, the
/// audience's assets move to another address and its files get other names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The gallery.
    pub gallery: GalleryId,
    /// The audience's name; empty for the one that a gallery has without saying so.
    pub audience: String,
    /// Whether the files lie there openly or as ciphertext.
    pub mode: Mode,
    /// The gallery's epoch, raised by `rotate` and by reviving an expired link.
    pub epoch: u32,
    /// The mark of the chosen passwords, where there are any.
    pub password_tag: Option<PasswordTag>,
    /// The dead links of this audience, in the order of their bytes.
    pub dead: BTreeSet<LinkId>,
}

impl Scope {
    /// Hands the scope's fields, in the order that every derivation has them, to `each`.
    pub(super) fn with_fields<T>(&self, before: &[&[u8]], each: impl FnOnce(&[&[u8]]) -> T) -> T {
        let epoch = self.epoch.to_be_bytes();
        let tag: &[u8] = self.password_tag.as_ref().map_or(&[], |tag| &tag.0);
        let mut fields = before.to_vec();
        fields.extend([self.gallery.as_bytes(), self.audience.as_bytes(), self.mode.as_str().as_bytes(), &epoch, tag]);
        fields.extend(self.dead.iter().map(LinkId::as_bytes));
        each(&fields)
    }
}
