//! Pages at addresses of links that died.

use super::Composer;
use crate::Result;
use crate::access::publication::TombstoneReason;
use crate::pages::Page;
use crate::pages::discovery::xml;
use crate::pages::view::{Audience, HeadView, LinkView, TombstoneState, TombstoneView};

impl Composer<'_> {
    pub(super) fn tombstone(&self, at: usize) -> TombstoneView {
        self.dead(self.plan.tombstones[at].reason)
    }

    /// The page for a link that ended, for gates that answer in the site's place: it needs nothing but the theme's own
    /// stylesheet, script and icon, which are public.
    ///
    /// # Errors
    /// What the template lacks.
    pub fn expired_page(&self) -> Result<String> {
        self.theme.render(&self.site, Page::Tombstone(&self.dead(TombstoneReason::Ended)))
    }

    /// The same in a few hundred bytes, without the theme: for a gate that has no room for more.
    pub fn short_expired_page(&self) -> String {
        let words = self.theme.words();
        let config = self.config;
        let ask = self.dead(TombstoneReason::Ended).contact.map_or_else(String::new, |contact| {
            let text = xml(&words.fill("ask", &[("contact", &contact.text)]));
            match &contact.url {
                Some(url) => format!("<p><a href=\"{}\">{text}</a>", xml(url.as_str())),
                None => format!("<p>{text}"),
            }
        });
        format!(
            "<!doctype html><html lang=\"{}\" dir=\"auto\"><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\"><meta name=\"referrer\" content=\"no-referrer\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title><p>{}<h1>{}</h1><p>{}{ask}",
            xml(&config.language),
            xml(words.text("private_title")),
            xml(&config.title),
            xml(words.text("closed")),
            xml(words.text("closed_text")),
        )
    }

    fn dead(&self, reason: TombstoneReason) -> TombstoneView {
        let contact = self.config.links.contact.as_deref().or(self.config.contact.as_deref());
        TombstoneView {
            // The page does not name its own address: it says the same at every dead one.
            head: HeadView { audience: Audience::Private, ..HeadView::default() },
            state: match reason {
                TombstoneReason::Ended => TombstoneState::Closed,
                TombstoneReason::Renewed => TombstoneState::Renewed,
            },
            contact: contact.map(LinkView::contact),
        }
    }
}
