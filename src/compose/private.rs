//! Pages at addresses of links that died.

use super::Composer;
use crate::access::publication::TombstoneReason;
use crate::pages::view::{Audience, HeadView, LinkView, TombstoneState, TombstoneView};

impl Composer<'_> {
    pub(super) fn tombstone(&self, at: usize) -> TombstoneView {
        let dead = &self.plan.tombstones[at];
        let contact = self.config.links.contact.as_deref().or(self.config.contact.as_deref());
        TombstoneView {
            // The page does not name its own address: it says the same at every dead one.
            head: HeadView { audience: Audience::Private, ..HeadView::default() },
            state: match dead.reason {
                TombstoneReason::Ended => TombstoneState::Closed,
                TombstoneReason::Renewed => TombstoneState::Renewed,
            },
            contact: contact.map(LinkView::contact),
        }
    }
}
