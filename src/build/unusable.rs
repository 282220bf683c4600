//! Photographs that cannot be used, where they keep a site from being published.

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalog::{Broken, Catalog};
use crate::config::Config;
use crate::{Code, Error};

/// The photos that are not on the site although they lie in a gallery, one by one.
pub(super) fn broken_errors(config: &Config, catalog: &Catalog) -> Vec<Error> {
    let mut all: Vec<&Broken> = catalog.broken.iter().chain(&catalog.unsupported).collect();
    all.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
    all.iter().map(|broken| Error::new(Code::PhotoLeftOut, broken.reason.clone()).at(broken.file(config))).collect()
}

/// Why a site of which no photo can be used is not published: a checkout without its large files, most likely, or a disk that
/// is not there. One error, and one for each reason.
pub fn none_usable(config: &Config, catalog: &Catalog) -> Option<Vec<Error>> {
    let unusable = || catalog.broken.iter().chain(&catalog.unsupported);
    let count = unusable().count();
    if count == 0 || catalog.galleries.iter().any(|gallery| !gallery.photos.is_empty()) {
        return None;
    }
    let mut reasons: BTreeMap<&str, Vec<&Broken>> = BTreeMap::new();
    unusable().for_each(|one| reasons.entry(&one.reason).or_default().push(one));
    let what = if count == 1 {
        "the only photo is unusable".to_owned()
    } else {
        format!("none of the {count} photos is usable")
    };
    let whole = Error::new(Code::NoUsablePhoto, format!("{what}, so nothing was published"))
        .at(config.display_gallery_path(Path::new("")))
        .hint("nothing was taken down because of this; add the photos and build again");
    let each = reasons.into_iter().map(|(reason, all)| {
        let more = if all.len() > 1 { format!(", and {} more", all.len() - 1) } else { String::new() };
        Error::new(Code::PhotoLeftOut, format!("{reason}{more}")).at(all[0].file(config))
    });
    Some(std::iter::once(whole).chain(each).collect())
}
