//! The kinds of pages. A kind is a variant of [`PageKind`] with its entry in the table, and a view that is a [`PageView`];
//! `compose` says where pages of the kind lie and fills their views.

use serde::Serialize;
use tera::Value;

use crate::listed_enum::listed_enum;
use crate::visibility::Visibility;
use crate::{Code, Error, Result};

use super::structured;
use super::view::*;
use super::words::Words;

listed_enum! {
    /// A kind of page, each with a template of its own.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum PageKind {
        /// The home page.
        Home,
        /// A page of a gallery.
        Gallery,
        /// The page of a photo.
        Photo,
        /// A text page.
        Text,
        /// The page for addresses that do not exist.
        NotFound,
        /// The page of a link that died.
        Tombstone,
        /// The page of a link to a sealed gallery.
        Unlock,
        /// The page where a typed code leads to its link.
        Find,
    }
}

/// What is the same for all pages of a kind.
pub(super) struct Kind {
    /// A class of the page's body, and `page.kind` in templates.
    pub name: &'static str,
    /// What templates call the view.
    pub root: &'static str,
    /// The name of the template.
    pub template: &'static str,
    /// The template that is built in.
    pub built_in: &'static str,
    /// What the template is for, as `theme files` says it.
    pub purpose: &'static str,
    /// A view with every field, for the list of names that templates may use.
    pub sample: fn() -> Box<dyn PageView>,
}

impl PageKind {
    pub(super) const fn table(self) -> Kind {
        match self {
            Self::Home => Kind {
                name: "home",
                root: "home",
                template: "home.html",
                built_in: include_str!("../../themes/default/home.html"),
                purpose: "the home page",
                sample: || Box::new(HomeView::default()),
            },
            Self::Gallery => Kind {
                name: "gallery",
                root: "gallery",
                template: "gallery.html",
                built_in: include_str!("../../themes/default/gallery.html"),
                purpose: "a page of a gallery",
                sample: || Box::new(GalleryView::default()),
            },
            Self::Photo => Kind {
                name: "photo",
                root: "photo",
                template: "photo.html",
                built_in: include_str!("../../themes/default/photo.html"),
                purpose: "the page of a photo",
                sample: || Box::new(PhotoView::default()),
            },
            Self::Text => Kind {
                name: "text",
                root: "text",
                template: "text.html",
                built_in: include_str!("../../themes/default/text.html"),
                purpose: "a text page",
                sample: || Box::new(TextView::default()),
            },
            Self::NotFound => Kind {
                name: "not-found",
                root: "not_found",
                template: "404.html",
                built_in: include_str!("../../themes/default/404.html"),
                purpose: "the page for missing addresses",
                sample: || Box::new(NotFoundView::default()),
            },
            Self::Tombstone => Kind {
                name: "tombstone",
                root: "tombstone",
                template: "tombstone.html",
                built_in: include_str!("../../themes/default/tombstone.html"),
                purpose: "the page of a dead link",
                sample: || {
                    let head = HeadView::default();
                    Box::new(TombstoneView { head, state: TombstoneState::Closed, contact: None })
                },
            },
            Self::Unlock => Kind {
                name: "unlock",
                root: "unlock",
                template: "unlock.html",
                built_in: include_str!("../../themes/default/unlock.html"),
                purpose: "the page that opens a sealed gallery",
                sample: || Box::new(UnlockView::default()),
            },
            Self::Find => Kind {
                name: "find",
                root: "find",
                template: "find.html",
                built_in: include_str!("../../themes/default/find.html"),
                purpose: "the page that finds a gallery by its code",
                sample: || Box::new(FindView::default()),
            },
        }
    }
}

/// What one page shows.
pub trait PageView: Fields {
    /// The page's kind.
    fn kind(&self) -> PageKind;

    /// What its head needs.
    fn head(&self) -> &HeadView;

    /// What the page is called, where its head may say so.
    fn name(&self, site: &SiteView, words: &Words) -> String;

    /// Who reaches it.
    fn visibility(&self) -> Visibility {
        self.head().audience
    }

    /// An address of another site that the page's script may send to when a visitor asks for it.
    fn sends_to(&self) -> Option<&str> {
        None
    }

    /// Whether its script handles codes and what they open: its policy allows no more than that.
    fn handles_codes(&self) -> bool {
        false
    }

    /// Whether search engines may list a page of this kind that everybody reaches.
    fn may_be_indexed(&self) -> bool {
        true
    }

    /// JSON-LD of a page that everybody reaches.
    fn structured(&self, _site: &SiteView) -> Option<String> {
        None
    }
}

/// The fields of a view, for templates and for fingerprints.
pub trait Fields {
    /// As templates are given them.
    ///
    /// # Errors
    /// A field that cannot be written.
    fn value(&self) -> Result<Value>;

    /// As JSON.
    ///
    /// # Errors
    /// A field that cannot be written.
    fn json(&self) -> serde_json::Result<Vec<u8>>;
}

impl<V: Serialize> Fields for V {
    fn value(&self) -> Result<Value> {
        Value::try_from_serializable(self)
            .map_err(|error| Error::new(Code::TemplateError, error.to_string()).caused_by(error))
    }

    fn json(&self) -> serde_json::Result<Vec<u8>> {
        // A build of a large site writes a view for every page: one that grows from nothing is copied several times.
        let mut json = Vec::with_capacity(TYPICAL_JSON);
        serde_json::to_writer(&mut json, self)?;
        Ok(json)
    }
}

/// Bytes that the view of a photo's page takes, with room to spare.
const TYPICAL_JSON: usize = 4096;

/// It has none.
impl Fields for NotFoundView {
    fn value(&self) -> Result<Value> {
        Ok(Value::none())
    }

    fn json(&self) -> serde_json::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

impl PageView for HomeView {
    fn kind(&self) -> PageKind {
        PageKind::Home
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, site: &SiteView, _: &Words) -> String {
        site.title.clone()
    }
}

impl PageView for GalleryView {
    fn kind(&self) -> PageKind {
        PageKind::Gallery
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, words: &Words) -> String {
        if self.page > 1 {
            words.fill("page_of", &[("title", self.title.as_str().into()), ("number", self.page.into())])
        } else {
            self.title.clone()
        }
    }

    fn sends_to(&self) -> Option<&str> {
        self.favourites.as_ref()?.send_to.as_deref()
    }
}

impl PageView for PhotoView {
    fn kind(&self) -> PageKind {
        PageKind::Photo
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, words: &Words) -> String {
        words.alternative(self.title.as_deref(), None, None, self.number, self.total, &self.gallery)
    }

    fn structured(&self, site: &SiteView) -> Option<String> {
        structured::image_object(site, self)
    }
}

impl PageView for TextView {
    fn kind(&self) -> PageKind {
        PageKind::Text
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, _: &Words) -> String {
        self.title.clone()
    }
}

impl PageView for NotFoundView {
    fn kind(&self) -> PageKind {
        PageKind::NotFound
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, words: &Words) -> String {
        words.text("not_found").to_owned()
    }

    fn may_be_indexed(&self) -> bool {
        false
    }
}

impl PageView for TombstoneView {
    fn kind(&self) -> PageKind {
        PageKind::Tombstone
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, words: &Words) -> String {
        words.text("private_title").to_owned()
    }

    fn visibility(&self) -> Visibility {
        Visibility::Private
    }
}

impl PageView for UnlockView {
    fn kind(&self) -> PageKind {
        PageKind::Unlock
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, words: &Words) -> String {
        words.text("private_title").to_owned()
    }

    fn visibility(&self) -> Visibility {
        Visibility::Sealed
    }

    fn handles_codes(&self) -> bool {
        true
    }
}

impl PageView for FindView {
    fn kind(&self) -> PageKind {
        PageKind::Find
    }

    fn head(&self) -> &HeadView {
        &self.head
    }

    fn name(&self, _: &SiteView, _: &Words) -> String {
        self.title.clone()
    }

    fn handles_codes(&self) -> bool {
        true
    }
}
