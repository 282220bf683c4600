//! The look-up page, and where the codes lead that are typed there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::editions::Edition;
use super::{Composer, Sources};
use crate::access::Keys;
use crate::pages::view::{FindView, HeadView, LinkView, UnlockView};
use crate::plan::{FIND_FOLDER, Locator, Seal};
use crate::sealed::{Iterations, LocatorKey};
use crate::visibility::{PrivateFolder, Visibility};

impl Sources<'_> {
    /// Whether there is a look-up page. It tells the root's salt for codes, so there is none without the secret.
    pub(super) fn has_find(&self) -> bool {
        self.config.find.is_some() && self.keys.is_some()
    }

    pub(super) fn find_path(&self, edition: Edition) -> String {
        self.path_in(edition, &format!("{FIND_FOLDER}/index.html"))
    }

    pub(super) fn find(&self, edition: Edition) -> FindView {
        let language = self.language(edition);
        let words = self.theme.words(language);
        let said = self.config.find.clone().unwrap_or_default();
        let head = self.head(&self.find_path(edition), Visibility::Unlisted, None, None);
        FindView {
            head: HeadView { language: language.to_owned(), ..head },
            title: said.title.unwrap_or_else(|| words.text("find_title").to_owned()),
            label: said.label.unwrap_or_else(|| words.text("code").to_owned()),
            text: said.text,
            entries: self.url(PrivateFolder::Entries.prefix()),
            salt: self.keys.map(|keys| URL_SAFE_NO_PAD.encode(keys.code_salt())).unwrap_or_default(),
            iterations: self.config.code_iterations,
        }
    }

    pub(super) fn unlock(&self, album: usize, grid: usize) -> UnlockView {
        let language = self.language_of(album, Edition::MAIN);
        let of = &self.plan.albums[album];
        let contact = self.config.links.contact.as_deref().or(self.config.contact.as_deref());
        UnlockView {
            head: HeadView { audience: Visibility::Sealed, language: language.to_owned(), ..HeadView::default() },
            assets: self.url(&of.own_grid()),
            passwords: of.seal().is_some_and(Seal::has_passwords),
            ends: of.ends_soon(grid).map(|last| self.theme.words(language).day(last)),
            contact: contact.map(LinkView::contact),
        }
    }

    /// The address that a code leads to.
    pub(super) fn target(&self, locator: &Locator) -> String {
        self.url(&locator.target())
    }
}

impl Composer<'_> {
    /// The file that a code leads to, for the key that is stretched from it alone.
    pub(super) fn located(&self, at: usize) -> Vec<u8> {
        let locator = &self.contents.locators[at];
        let iterations = Iterations::of(self.contents.config.code_iterations);
        let of = |keys: &Keys| {
            let key = LocatorKey::new(locator.code.symbols(), &keys.code_salt(), iterations);
            key.seal(keys, &self.contents.target(locator))
        };
        self.contents.keys.map(of).unwrap_or_default()
    }
}
