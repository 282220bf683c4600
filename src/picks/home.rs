//! The gallery that a client's favourites are of.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::shelf::{Item, Shelf, fold};
use super::{Found, Picks, Sent, text};
use crate::catalog::Catalog;
use crate::plan::{AudienceView, family};
use crate::{Code, Error, Result};

/// At most so many galleries are named where it could be any of them.
const NAMED: usize = 5;

/// What was sent, with the gallery that it is of.
#[derive(Debug)]
pub struct Home {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// The audience whose photos these are; none where everybody's are, or where it is not known.
    pub audience: Option<String>,
    /// The photos that could be picked.
    pub shelf: Shelf,
    /// The gallery's other photos, which this audience does not see.
    pub hidden: Shelf,
    /// The picks.
    pub picks: Picks,
}

/// Finds the gallery: by the key, else the one that was `chosen`, else the only one that has all the names. `views` is
/// everything that audiences see.
///
/// # Errors
/// Where the key is that of another gallery than the chosen one, where no gallery fits, or several do.
pub fn find(catalog: &Catalog, views: &[AudienceView], sent: &Sent, chosen: Option<usize>) -> Result<Home> {
    let refused = |what: String| Error::new(Code::GalleryUnclear, what);
    let key = match sent {
        Sent::Picks(picks) => picks.key.as_deref(),
        Sent::Text { .. } => None,
    };
    let by_key = key.and_then(|key| views.iter().find(|view| view.keys.iter().any(|known| known == key)));
    if let Some(view) = by_key {
        if let Some(chosen) =
            chosen.filter(|chosen| *chosen != view.gallery && !family(catalog, view.gallery).contains(chosen))
        {
            let what = format!(
                "these favourites are of `{}`, not of `{}`",
                shown(catalog, view.gallery),
                shown(catalog, chosen)
            );
            return Err(refused(what).hint("omit `--gallery`, or give the other gallery's favourites"));
        }
        let audience = view.audience.clone().filter(|name| !name.is_empty());
        let mut home = home(view.gallery, audience, Shelf::of_view(catalog, view), sent);
        if home.audience.is_some() {
            let seen: HashSet<(usize, usize)> = view.photos.iter().copied().collect();
            let everything = whole(catalog, view.gallery);
            let others = everything.photos().iter().filter(|item| !seen.contains(&item.place));
            home.hidden = Shelf::new(others.cloned().collect());
        }
        return Ok(home);
    }
    if let Some(chosen) = chosen {
        return Ok(home(chosen, None, whole(catalog, chosen), sent));
    }
    by_names(catalog, views, sent)
}

/// The only gallery that has all of those names that any gallery has.
fn by_names(catalog: &Catalog, views: &[AudienceView], sent: &Sent) -> Result<Home> {
    // A private gallery counts with all that its owner sees, also where it is open besides.
    let mut shelves: BTreeMap<usize, Shelf> = BTreeMap::new();
    for view in views.iter().filter(|view| view.audience.as_deref().is_none_or(str::is_empty)) {
        let is_private = view.audience.is_some();
        if is_private || !shelves.contains_key(&view.gallery) {
            shelves.insert(view.gallery, Shelf::of_view(catalog, view));
        }
    }
    let names: BTreeMap<usize, BTreeSet<String>> = shelves
        .iter()
        .map(|(gallery, shelf)| {
            let picks = picks_of(sent, shelf);
            let known = picks.all().filter(|(_, pick)| shelf.find(&pick.file) != Found::Nothing);
            (*gallery, known.map(|(_, pick)| fold(&pick.file)).collect())
        })
        .collect();
    let all: BTreeSet<&String> = names.values().flatten().collect();
    let unclear = |what: String| Err(Error::new(Code::GalleryUnclear, what).hint("name the gallery with `--gallery`"));
    if all.is_empty() {
        return unclear("no gallery of this site has these photos".to_owned());
    }
    let full: Vec<usize> =
        names.iter().filter(|(_, names)| names.len() == all.len()).map(|(gallery, _)| *gallery).collect();
    match full.as_slice() {
        [gallery] => {
            let shelf = shelves.remove(gallery).unwrap_or_default();
            Ok(home(*gallery, None, shelf, sent))
        }
        [] => {
            let some: Vec<usize> =
                names.iter().filter(|(_, names)| !names.is_empty()).map(|(gallery, _)| *gallery).collect();
            unclear(format!("no gallery has all of these photos; some are in {}", listed(catalog, &some)))
        }
        several => unclear(format!("several galleries have photos of these names: {}", listed(catalog, several))),
    }
}

fn listed(catalog: &Catalog, galleries: &[usize]) -> String {
    let mut names: Vec<String> = galleries.iter().take(NAMED).map(|at| format!("`{}`", shown(catalog, *at))).collect();
    if galleries.len() > NAMED {
        names.push(format!("{} more", galleries.len() - NAMED));
    }
    names.join(", ")
}

/// A gallery's folder as its owner would type it.
pub fn shown(catalog: &Catalog, gallery: usize) -> String {
    let folder = &catalog.galleries[gallery].folder;
    let path = folder.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    if path.is_empty() { ".".to_owned() } else { path }
}

/// Everything in a gallery and in the folders that open with it.
fn whole(catalog: &Catalog, gallery: usize) -> Shelf {
    let photos = family(catalog, gallery)
        .into_iter()
        .flat_map(|at| (0..catalog.galleries[at].photos.len()).map(move |photo| (at, photo)));
    let view = AudienceView { gallery, audience: None, keys: Vec::new(), photos: photos.collect() };
    Shelf::of_view(catalog, &view)
}

fn home(gallery: usize, audience: Option<String>, shelf: Shelf, sent: &Sent) -> Home {
    let picks = picks_of(sent, &shelf);
    Home { gallery, audience, shelf, hidden: Shelf::default(), picks }
}

fn picks_of(sent: &Sent, shelf: &Shelf) -> Picks {
    match sent {
        Sent::Picks(picks) => picks.clone(),
        Sent::Text { text, from } => Picks { from: from.clone(), lists: text::lists(text, shelf), ..Picks::default() },
    }
}

impl Home {
    /// The photo at a place of the shelf.
    pub fn item(&self, at: usize) -> &Item {
        &self.shelf.photos()[at]
    }
}
