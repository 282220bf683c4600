//! Finds a photo's published files by the record alone.

use std::collections::{BTreeSet, HashSet};

use crate::build::withdrawal::taken_along;
use crate::compose::{PhotoTag, PhotoTags, is_archive};
use crate::plan::{lies_among_pictures, photo_of_picture};
use crate::publish::{Manifest, Phase};
use crate::visibility::PrivateFolder;

/// Everything published of the photo whose file lies at `places`, or lay elsewhere when it was published. What its bytes
/// were then is added to `sources`. `others` are the places of all other photos that there are: pages of those stay, and
/// pictures that they show.
pub(super) fn of_photo(
    manifest: &Manifest,
    places: &HashSet<PhotoTag>,
    sources: &mut BTreeSet<PhotoTag>,
    others: &HashSet<PhotoTag>,
) -> BTreeSet<String> {
    let pages = || {
        let pages = manifest.iter().filter(|record| record.phase == Phase::Page);
        pages.map(|record| (record.path, PhotoTags::of_page(&record.key)))
    };
    sources.extend(pages().filter(|(_, page)| places.contains(&page.place)).map(|(_, page)| page.source));
    let (mut gone, mut stay) = (BTreeSet::new(), HashSet::new());
    for (path, page) in pages() {
        if places.contains(&page.place) || (sources.contains(&page.source) && !others.contains(&page.place)) {
            gone.insert(path.to_owned());
        } else if sources.contains(&page.source) {
            stay.insert((shared_by(path), page.source));
        }
    }
    for (path, source) in pictures(manifest) {
        if sources.contains(&source) && !stay.contains(&(shared_by(path), source)) {
            gone.insert(path.to_owned());
        }
    }
    let archives = taken_along(manifest, &gone);
    gone.extend(archives);
    gone
}

/// Every published picture with the mark of its photo's bytes.
pub(super) fn pictures(manifest: &Manifest) -> impl Iterator<Item = (&str, PhotoTag)> {
    let assets = manifest.iter().filter(|record| record.phase == Phase::Asset && lies_among_pictures(record.path));
    let pictures = assets.filter(|record| !is_archive(&record.key));
    pictures.map(|record| (record.path, PhotoTag::of_picture(&record.key)))
}

/// What the pictures of a photo have in common with its page: in a private place the folder, in an open one the photo's
/// own address.
fn shared_by(path: &str) -> &str {
    if PrivateFolder::Assets.below(path).is_some() {
        return path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    }
    photo_of_picture(path).or_else(|| path.strip_suffix(".html")).unwrap_or(path)
}
