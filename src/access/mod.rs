//! Access to private galleries: the root secret, the ledger, links and tokens.
//!
//! One root secret and the ledger (`access.toml`) decide every private address of a site:
//!
//! 1. [`Secret`] is parsed from where the photographer keeps it, [`Keys`] are derived from it once.
//! 2. [`Ledger`] says which galleries were shared with whom; it is only ever appended to or marked,
//!    through a [`Change`] that can be shown before it is carried out.
//! 3. [`Today`] decides which links are alive, and [`publication`] turns all of it into addresses:
//!    pages, assets and tombstones.
//! 4. [`verify`] reads addresses back, and [`gate`] says what an edge that has no key makes of them.
//!
//! The room has no clock, no randomness and no terminal. Only [`sources`], [`passwords`] and [`file`] touch files, and [`git`] asks git about them.

pub mod change;
pub mod code;
pub mod durations;
pub mod edge;
pub mod file;
pub mod folders;
pub mod gate;
pub mod git;
pub mod history;
pub mod identifier;
pub mod keys;
pub mod ledger;
pub mod life;
mod own_file;
pub mod passwords;
pub mod publication;
pub mod scope;
pub mod sealing;
pub mod secret;
pub mod sources;
pub mod token;
pub mod verify;

pub use change::{Change, Edit, Effects};
pub use code::{LinkCode, Password, TypedSecret};
pub use identifier::{GalleryId, LinkId};
pub use keys::Keys;
pub use ledger::{Ledger, LedgerDocument, LedgerGallery, Link, LinkName, PreviousRoot};
pub use life::{LinkState, Today};
pub use passwords::Passwords;
pub use publication::publication;
pub use scope::{Mode, Scope};
pub use sealing::{ContentKey, Sealing};
pub use secret::Secret;
pub use sources::SecretSources;
pub use token::{AssetsToken, PageToken, PrivateName};
