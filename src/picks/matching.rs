//! Which photos a person's picks are today. Nothing is guessed: what is not certain is told with its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::{How, Shelf, fold, parted, pattern, stem};
use super::{Found, Picks};

/// A pick, and the photo that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The list, as an index into the person's.
    pub list: usize,
    /// The pick, as an index into the list.
    pub pick: usize,
    /// The photo, as an index into the shelf, and how it was found; or why none was.
    pub photo: Result<(usize, How), Miss>,
}

/// Why a pick has no photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// No photo that the person could see has this name, and nothing else tells it.
    Unknown,
    /// The photo is there, and is hidden from the audience that picked.
    Hidden,
    /// Several have it: their paths.
    Several(Vec<String>),
    /// The gallery had another number of photos then, so the place in it tells nothing.
    OtherTotal {
        /// The number then.
        was: usize,
        /// The number now.
        is: usize,
    },
    /// Photos whose names are known are at other places than then, so the place tells nothing.
    OtherOrder,
    /// At the place is another photo of the same series: its path.
    OtherOfSeries(String),
    /// At the place is a photo that was picked by its name, or that several picks claim: its path.
    Claimed(String),
}

impl std::fmt::Display for Miss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("no photo that could be picked has this name"),
            Self::Hidden => f.write_str("this photo is hidden from the audience that these favourites are of"),
            Self::Several(paths) => write!(f, "several photos have this name: {}", paths.join(", ")),
            Self::OtherTotal { was, is } => {
                write!(
                    f,
                    "no photo has this name, and its number is no help: the gallery had {was} photos, and has {is}"
                )
            }
            Self::OtherOrder => {
                f.write_str("no photo has this name, and its number is no help: the photos are in another order now")
            }
            Self::OtherOfSeries(path) => {
                write!(f, "no photo has this name; its place is that of {path}, which looks like another photo")
            }
            Self::Claimed(path) => {
                write!(f, "no photo has this name; its place is that of {path}, which was picked too")
            }
        }
    }
}

/// Finds the photos of all picks: by their names, and where those changed by their numbers, as long as nothing speaks
/// against it: the gallery has as many photos as then, all that are known by name are where they were, the photo at the
/// place is named in another way, and no other pick claims it. What names a photo among the `hidden` ones is none of the others.
pub fn resolve(picks: &Picks, shelf: &Shelf, hidden: &Shelf) -> Vec<Match> {
    let mut matches = Vec::new();
    for (list, photos) in picks.lists.iter().enumerate() {
        for (pick, wanted) in photos.photos.iter().enumerate() {
            let photo = match shelf.find(&wanted.file) {
                Found::Photo(at, how) => Ok((at, how)),
                Found::Several(all) => {
                    Err(Miss::Several(all.iter().map(|at| shelf.photos()[*at].path.clone()).collect()))
                }
                Found::Nothing if hidden.find(&wanted.file) != Found::Nothing => Err(Miss::Hidden),
                Found::Nothing => Err(Miss::Unknown),
            };
            matches.push(Match { list, pick, photo });
        }
    }
    if let Some(total) = picks.total {
        by_number(picks, shelf, total, &mut matches);
    }
    matches
}

fn by_number(picks: &Picks, shelf: &Shelf, total: usize, matches: &mut [Match]) {
    let wanted = |one: &Match| &picks.lists[one.list].photos[one.pick];
    let known: BTreeSet<usize> = matches.iter().filter_map(|one| Some(one.photo.as_ref().ok()?.0)).collect();
    let moved = matches.iter().any(|one| match (&one.photo, wanted(one).number) {
        (Ok((at, _)), Some(number)) => at + 1 != number,
        _ => false,
    });
    // One photo may be in several lists, under one name.
    let mut claims: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for one in matches.iter().filter(|one| one.photo == Err(Miss::Unknown)) {
        if let Some(number) = wanted(one).number {
            claims.entry(number).or_default().insert(&wanted(one).file);
        }
    }
    let place = |pick: &super::Pick| -> Result<(usize, How), Miss> {
        let number = pick.number.ok_or(Miss::Unknown)?;
        if total != shelf.photos().len() {
            return Err(Miss::OtherTotal { was: total, is: shelf.photos().len() });
        }
        let at = number.checked_sub(1).filter(|at| *at < total).ok_or(Miss::Unknown)?;
        if moved {
            return Err(Miss::OtherOrder);
        }
        let path = &shelf.photos()[at].path;
        if known.contains(&at) || claims.get(&number).is_some_and(|names| names.len() > 1) {
            return Err(Miss::Claimed(path.clone()));
        }
        let series = |path: &str| {
            let name = fold(parted(path).1);
            pattern(stem(&name))
        };
        if series(path) == series(&pick.file) {
            return Err(Miss::OtherOfSeries(path.clone()));
        }
        Ok((at, How::Number))
    };
    let found: Vec<_> =
        matches.iter().map(|one| (one.photo == Err(Miss::Unknown)).then(|| place(wanted(one)))).collect();
    for (one, found) in matches.iter_mut().zip(found) {
        if let Some(found) = found {
            one.photo = found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{List, Pick};
    use super::*;
    use crate::picks::shelf::shelf;

    fn resolved(total: Option<usize>, wanted: &[(usize, &str)], paths: &[&str]) -> Vec<Result<(usize, How), Miss>> {
        let pick =
            |(number, file): &(usize, &str)| Pick { number: Some(*number), file: (*file).to_owned(), note: None };
        let list = List { photos: wanted.iter().map(pick).collect(), ..List::default() };
        let picks = Picks { total, lists: vec![list], ..Picks::default() };
        resolve(&picks, &shelf(paths), &shelf(&["hidden.jpg"])).into_iter().map(|one| one.photo).collect()
    }

    #[test]
    fn a_renamed_photo_is_known_by_its_place_while_nothing_speaks_against_it() {
        let renamed = ["Lake-1.jpg", "Lake-2.jpg", "Lake-3.jpg"];
        let wanted = [(1, "DSC_0042.jpg"), (3, "DSC_0050.jpg")];
        assert_eq!(resolved(Some(3), &wanted, &renamed), [Ok((0, How::Number)), Ok((2, How::Number))]);
        let other = Err(Miss::OtherTotal { was: 3, is: 2 });
        assert_eq!(resolved(Some(3), &wanted[..1], &renamed[..2]), [other]);
        assert_eq!(resolved(None, &wanted[..1], &renamed), [Err(Miss::Unknown)]);
        assert_eq!(
            resolved(Some(3), &[(9, "DSC_1.jpg"), (0, "DSC_2.jpg")], &renamed),
            [Err(Miss::Unknown), Err(Miss::Unknown)]
        );
    }

    #[test]
    fn a_place_tells_nothing_once_the_order_changed_or_another_pick_claims_it() {
        let mixed = ["A.jpg", "DSC_0041.jpg", "DSC_0050.jpg"];
        assert_eq!(
            resolved(Some(3), &[(1, "DSC_0041.jpg"), (2, "DSC_0042.jpg")], &mixed),
            [Ok((1, How::Path)), Err(Miss::OtherOrder)]
        );
        assert_eq!(
            resolved(Some(3), &[(2, "DSC_0041.jpg"), (1, "x.jpg"), (2, "y.jpg")], &mixed),
            [Ok((1, How::Path)), Ok((0, How::Number)), Err(Miss::Claimed("DSC_0041.jpg".to_owned()))]
        );
        assert_eq!(
            resolved(Some(3), &[(1, "x.jpg"), (1, "y.jpg"), (1, "x.jpg")], &mixed),
            [(); 3].map(|()| Err(Miss::Claimed("A.jpg".to_owned())))
        );
        assert_eq!(resolved(Some(3), &[(1, "x.jpg"), (1, "x.jpg")], &mixed), [(); 2].map(|()| Ok((0, How::Number))));
    }

    #[test]
    fn a_photo_that_the_audience_does_not_see_is_never_picked_and_no_other_is_in_its_place() {
        assert_eq!(resolved(Some(2), &[(2, "hidden.jpg")], &["DSC_1.jpg", "DSC_2.jpg"]), [Err(Miss::Hidden)]);
    }

    #[test]
    fn the_next_photo_of_a_series_is_not_taken_for_one_that_is_gone() {
        let left = ["DSC_0041.jpg", "DSC_0043.jpg", "DSC_0044.jpg"];
        let other = Err(Miss::OtherOfSeries("DSC_0043.jpg".to_owned()));
        assert_eq!(resolved(Some(3), &[(2, "DSC_0042.jpg")], &left), [other]);
    }

    #[test]
    fn a_name_that_several_photos_have_is_told_with_their_paths() {
        let several = Err(Miss::Several(vec!["a/1.jpg".to_owned(), "b/1.jpg".to_owned()]));
        assert_eq!(resolved(Some(2), &[(1, "1.jpg")], &["a/1.jpg", "b/1.jpg"]), [several]);
    }
}
