//! Private galleries that no living link opens, for their owner's eyes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::private::{is_shared_by_itself, is_spared, private_sections};
use super::{Album, AlbumLocation, HolderPage, Plan, PrivatePlace, Seal};
use crate::access::scope::{Mode, Scope};
use crate::access::{AssetsToken, GalleryId, Keys, LinkCode, LinkId, PageToken};
use crate::catalog::Catalog;
use crate::sealed::Iterations;

/// A gallery that is shown to its owner although no living link opens it.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// Its folder below the folder of galleries.
    pub folder: PathBuf,
    /// As whom it is shown; empty for everyone whom it is shared with.
    pub audience: String,
    /// Its page, below `g/`.
    pub page: PageToken,
    /// Its pictures, below `x/`.
    pub assets: AssetsToken,
    /// What opens it, where it is sealed.
    pub code: Option<LinkCode>,
}

/// The id of a gallery that is only previewed: its folder's name gives each its own. No ledger knows it.
pub(super) fn preview_id(folder: &Path) -> GalleryId {
    let hash = blake3::hash(folder.as_os_str().as_encoded_bytes());
    GalleryId::from_entropy(std::array::from_fn(|place| hash.as_bytes()[place]))
}

impl Plan {
    /// Adds every private gallery that no living link opens, once for each of its audiences, at addresses of another root
    /// than the site's: so that none of them can be one of a link that will be made.
    pub fn preview(&mut self, catalog: &Catalog, keys: &Arc<Keys>, iterations: Iterations) {
        for (at, gallery) in catalog.galleries.iter().enumerate() {
            let shared = |album: &Album| album.gallery == at && matches!(album.place, AlbumLocation::Private(_));
            let Some(mode) = Mode::of(gallery.visibility) else { continue };
            if gallery.ended.is_some() || !is_shared_by_itself(catalog, at) || self.albums.iter().any(shared) {
                continue;
            }
            self.left_out.retain(|error| error.place.as_ref().is_none_or(|place| place.file != gallery.folder));
            let id = preview_id(&gallery.folder);
            let everyone = std::iter::once("");
            for audience in everyone.chain(gallery.config.audiences.keys().map(String::as_str)) {
                let scope = Scope {
                    gallery: id,
                    audience: audience.to_owned(),
                    mode,
                    epoch: 1,
                    password_tag: None,
                    dead: std::collections::BTreeSet::new(),
                };
                let audience_hash = blake3::hash(audience.as_bytes());
                let link = LinkId::from_entropy(std::array::from_fn(|place| audience_hash.as_bytes()[place]));
                let names = keys.name_key(&scope);
                let Some(sections) = private_sections(catalog, at, audience, &names) else { continue };
                self.withhold(catalog, at, audience);
                let code = keys.link_code(id, link);
                let (page, assets) = (keys.page_token(id, link, None), keys.assets_token(&scope, None));
                self.previews.push(Previewed {
                    folder: gallery.folder.clone(),
                    audience: audience.to_owned(),
                    page: page.clone(),
                    assets: assets.clone(),
                    code: (mode == Mode::Sealed).then(|| code.clone()),
                });
                let place = PrivatePlace {
                    id,
                    audience: audience.to_owned(),
                    assets,
                    pages: vec![HolderPage { token: page, ends_soon: None }],
                    names,
                    seal: (mode == Mode::Sealed).then(|| Seal::new(keys, &scope, vec![code], &[], iterations)),
                };
                let place = AlbumLocation::Private(Box::new(place));
                let is_spared = is_spared(catalog, at, audience);
                self.albums.push(Album { gallery: at, place, parent: None, children: Vec::new(), is_spared, sections });
            }
        }
    }
}
