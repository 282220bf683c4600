//! Pages at addresses of links that died, and the headers that private pages ask for.

use super::{Composer, Sources};
use crate::access::publication::TombstoneReason;
use crate::pages::discovery::{lacking, xml};
use crate::pages::view::{HeadView, LinkView, TombstoneState, TombstoneView};
use crate::plan::Album;
use crate::visibility::Visibility;
use crate::{Code, Error, Result};

impl Sources<'_> {
    pub(super) fn tombstone(&self, at: usize) -> TombstoneView {
        self.dead(self.plan.tombstones[at].reason)
    }

    /// What the owner's own `_headers` lacks for private pages: it stands in the place of ours.
    pub(super) fn lacking_headers(&self) -> Option<Error> {
        let private = |album: &Album| album.open_path().is_none();
        if !self.plan.albums.iter().any(private) && self.plan.tombstones.is_empty() {
            return None;
        }
        let own = self.catalog.static_files.iter().find(|file| file.path == "_headers")?;
        // One that cannot be read cannot be copied either, and the build says so.
        let lacking = lacking(&std::fs::read_to_string(&own.file).ok()?, self.base());
        if lacking.is_empty() {
            return None;
        }
        let rules = lacking.into_iter().map(|(pattern, lines)| format!("below `{pattern}` `{}`", lines.join("`, `")));
        let rules = rules.collect::<Vec<_>>().join("; ");
        let shown = self.config.display_path(&own.file);
        let what = "this file replaces the generated one and lacks headers for private pages and pictures";
        Some(Error::new(Code::MissingHeaders, what).at(shown).hint(format!("append these lines: {rules}")))
    }

    /// Sealed galleries whose links should show their cover where they are sent.
    pub(super) fn idle_covers(&self) -> Vec<Error> {
        let galleries = self.catalog.galleries.iter();
        let idle = galleries.filter(|one| one.visibility == Visibility::Sealed && one.config.share_cover);
        idle.filter_map(|one| one.config.file.as_deref())
            .map(|file| {
                let what = "`share_cover` has no effect: nobody sees a picture of a sealed gallery before it is opened";
                Error::new(Code::SettingWithoutEffect, what).at(self.config.display_path(file)).hint("delete the line")
            })
            .collect()
    }

    fn dead(&self, reason: TombstoneReason) -> TombstoneView {
        let contact = self.config.links.contact.as_deref().or(self.config.contact.as_deref());
        TombstoneView {
            // The page does not name its own address: it says the same at every dead one.
            head: HeadView { audience: Visibility::Private, ..HeadView::default() },
            state: match reason {
                TombstoneReason::Ended => TombstoneState::Closed,
                TombstoneReason::Renewed => TombstoneState::Renewed,
            },
            contact: contact.map(LinkView::contact),
        }
    }
}

impl Composer<'_> {
    /// The page for a link that ended, for gates that answer in the site's place: it needs nothing but the theme's own
    /// stylesheet, script and icon, which are public.
    ///
    /// # Errors
    /// What the template lacks.
    pub fn expired_page(&self) -> Result<String> {
        self.contents.theme.render(&self.sites[0], &self.contents.dead(TombstoneReason::Ended))
    }

    /// The same in a few hundred bytes, without the theme: for a gate that has no room for more.
    pub fn short_expired_page(&self) -> String {
        let words = self.contents.theme.words(&self.contents.config.language);
        let config = self.contents.config;
        let ask = self.contents.dead(TombstoneReason::Ended).contact.map_or_else(String::new, |contact| {
            let text = xml(&words.fill("ask", &[("contact", contact.text.as_str().into())]));
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
}
