//! What several people picked of one gallery: who picked what, and where they disagree.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::home::Home;
use super::matching::{Match, Miss};
use super::shelf::{How, fold};

/// What a list without a name is called.
pub const UNNAMED: &str = "Favourites";

/// Somebody who picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name, for people.
    pub name: String,
    /// The photos that the person could see.
    sees: BTreeSet<(usize, usize)>,
}

/// Everything that was picked of a gallery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Who picked, in the order of their files.
    pub people: Vec<Person>,
    /// Names of lists, in the order in which they were met.
    pub lists: Vec<String>,
    /// The photos, in the order of the catalog.
    pub photos: BTreeMap<(usize, usize), Picked>,
    /// Picks for which there is no photo.
    pub missed: Vec<Missed>,
    /// Person, list, name and number of each of them.
    known_misses: HashSet<(usize, usize, String, Option<usize>)>,
}

/// A photo that was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// Its path within the gallery.
    pub path: String,
    /// Other names by which it was picked, and how it was found by them.
    pub named: BTreeMap<String, How>,
    /// In which lists of whom, in order.
    pub marks: Vec<Mark>,
}

/// A photo in somebody's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The person, as an index.
    pub person: usize,
    /// The list, as an index.
    pub list: usize,
    /// What the person wants of it.
    pub note: Option<String>,
}

/// A pick without a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The person, as an index.
    pub person: usize,
    /// The list, as an index.
    pub list: usize,
    /// What was written.
    pub file: String,
    /// Its place in the gallery, if that was written.
    pub number: Option<usize>,
    /// What was wanted of it.
    pub note: Option<String>,
    /// Why there is none.
    pub why: Miss,
}

/// Photos that the same people picked, and others who could see them did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Who picked them, as indices.
    pub people: Vec<usize>,
    /// The photos.
    pub photos: Vec<(usize, usize)>,
}

impl Selection {
    /// Adds what somebody picked. The same person may come again, with another file.
    pub fn add(&mut self, name: &str, home: &Home, matches: &[Match]) {
        let sees = home.shelf.photos().iter().map(|item| item.place);
        let same = |person: &Person| fold(&person.name) == fold(name);
        let person = match self.people.iter().position(same) {
            Some(at) => {
                self.people[at].sees.extend(sees);
                at
            }
            None => {
                self.people.push(Person { name: name.to_owned(), sees: sees.collect() });
                self.people.len() - 1
            }
        };
        for one in matches {
            let list = &home.picks.lists[one.list];
            let pick = &list.photos[one.pick];
            let list = self.list(&list.name);
            match &one.photo {
                Ok((at, how)) => {
                    let item = home.item(*at);
                    let picked = self.photos.entry(item.place).or_insert_with(|| Picked {
                        path: item.path.clone(),
                        named: BTreeMap::new(),
                        marks: Vec::new(),
                    });
                    if *how != How::Path {
                        picked.named.insert(pick.file.clone(), *how);
                    }
                    match picked.marks.iter_mut().find(|mark| (mark.person, mark.list) == (person, list)) {
                        None => picked.marks.push(Mark { person, list, note: pick.note.clone() }),
                        Some(mark) => add_note(&mut mark.note, pick.note.as_deref()),
                    }
                }
                Err(why) => {
                    let missed = Missed {
                        person,
                        list,
                        file: pick.file.clone(),
                        number: pick.number,
                        note: pick.note.clone(),
                        why: why.clone(),
                    };
                    if self.known_misses.insert((person, list, pick.file.clone(), pick.number)) {
                        self.missed.push(missed);
                    }
                }
            }
        }
    }

    fn list(&mut self, name: &str) -> usize {
        let name = if name.is_empty() { UNNAMED } else { name };
        self.lists.iter().position(|known| fold(known) == fold(name)).unwrap_or_else(|| {
            self.lists.push(name.to_owned());
            self.lists.len() - 1
        })
    }

    /// Leaves only some lists, by their names.
    ///
    /// # Errors
    /// The first name that no list has.
    pub fn keep_lists<'n>(&mut self, names: &'n [String]) -> Result<(), &'n str> {
        let mut kept = BTreeSet::new();
        for name in names {
            let at = self.lists.iter().position(|known| fold(known) == fold(name)).ok_or(name.as_str())?;
            kept.insert(at);
        }
        for photo in self.photos.values_mut() {
            photo.marks.retain(|mark| kept.contains(&mark.list));
        }
        self.photos.retain(|_, photo| !photo.marks.is_empty());
        self.missed.retain(|missed| kept.contains(&missed.list));
        Ok(())
    }

    /// How many photos somebody has in a list.
    pub fn count(&self, person: usize, list: usize) -> usize {
        let has = |photo: &&Picked| photo.marks.iter().any(|mark| (mark.person, mark.list) == (person, list));
        self.photos.values().filter(has).count()
    }

    /// Who picked anything, photo or not, as indices.
    pub fn participants(&self) -> BTreeSet<usize> {
        let found = self.photos.values().flat_map(|photo| &photo.marks).map(|mark| mark.person);
        found.chain(self.missed.iter().map(|missed| missed.person)).collect()
    }

    /// How many photos all participants picked who could see them; and those that only some picked.
    pub fn disagreements(&self) -> (usize, Vec<Disagreement>) {
        let mut agreed = 0;
        let participants = self.participants();
        let mut groups: BTreeMap<Vec<usize>, Vec<(usize, usize)>> = BTreeMap::new();
        for (place, photo) in &self.photos {
            let picked: BTreeSet<usize> = photo.marks.iter().map(|mark| mark.person).collect();
            let could = participants.iter().copied().filter(|at| self.people[*at].sees.contains(place));
            if could.collect::<BTreeSet<usize>>() == picked {
                agreed += 1;
            } else {
                groups.entry(picked.into_iter().collect()).or_default().push(*place);
            }
        }
        (agreed, groups.into_iter().map(|(people, photos)| Disagreement { people, photos }).collect())
    }
}

/// Two notes of one person for one photo are both kept.
fn add_note(note: &mut Option<String>, other: Option<&str>) {
    match (note.as_mut(), other) {
        (_, None) => {}
        (None, Some(other)) => *note = Some(other.to_owned()),
        (Some(note), Some(other)) if note.split("; ").any(|part| part == other) => {}
        (Some(note), Some(other)) => {
            note.push_str("; ");
            note.push_str(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::matching::resolve;
    use super::super::shelf::shelf;
    use super::super::{List, Pick, Picks};
    use super::*;

    fn home(paths: &[&str], lists: &[(&str, &[(&str, &str)])]) -> Home {
        let pick = |(file, note): &(&str, &str)| Pick {
            number: None,
            file: (*file).to_owned(),
            note: Some((*note).to_owned()).filter(|note| !note.is_empty()),
        };
        let list = |(name, photos): &(&str, &[(&str, &str)])| List {
            name: (*name).to_owned(),
            limit: None,
            photos: photos.iter().map(pick).collect(),
        };
        let picks = Picks { lists: lists.iter().map(list).collect(), ..Picks::default() };
        Home { gallery: 0, audience: None, shelf: shelf(paths), hidden: shelf(&[]), picks }
    }

    fn add(selection: &mut Selection, name: &str, home: &Home) {
        selection.add(name, home, &resolve(&home.picks, &home.shelf, &home.hidden));
    }

    #[test]
    fn it_is_known_who_picked_what_and_where_they_disagree() {
        let paths = ["a.jpg", "b.jpg", "c.jpg"];
        let mut all = Selection::default();
        add(
            &mut all,
            "Anna",
            &home(
                &paths,
                &[("Album", &[("a.jpg", "tighter"), ("a.jpg", "brighter"), ("b.jpg", "")]), ("", &[("x.jpg", "")])],
            ),
        );
        // Ben does not see the third photo.
        add(&mut all, "Ben", &home(&paths[..2], &[("album", &[("A", "")])]));
        add(&mut all, "anna", &home(&paths, &[("Album", &[("c.jpg", ""), ("a.jpg", "tighter")])]));
        assert_eq!(all.people.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Anna", "Ben"]);
        assert_eq!(all.lists, ["Album", UNNAMED]);
        let first = &all.photos[&(0, 0)];
        assert_eq!(first.marks[0], Mark { person: 0, list: 0, note: Some("tighter; brighter".to_owned()) });
        assert_eq!(first.named, [("A".to_owned(), How::Name)].into());
        assert_eq!((all.count(0, 0), all.count(1, 0)), (3, 1));
        let only_anna = Disagreement { people: vec![0], photos: vec![(0, 1)] };
        assert_eq!(all.disagreements(), (2, vec![only_anna]));
        assert_eq!(all.missed.iter().map(|one| (one.list, one.file.as_str())).collect::<Vec<_>>(), [(1, "x.jpg")]);
    }

    #[test]
    fn one_list_can_be_taken_alone() {
        let mut all = Selection::default();
        add(
            &mut all,
            "Anna",
            &home(&["a.jpg", "b.jpg"], &[("Album", &[("a.jpg", "")]), ("Prints", &[("b.jpg", ""), ("x.jpg", "")])]),
        );
        assert_eq!(all.keep_lists(&["Wall".to_owned()]), Err("Wall"));
        all.keep_lists(&["album".to_owned()]).unwrap();
        assert_eq!(all.photos.keys().collect::<Vec<_>>(), [&(0, 0)]);
        assert!(all.missed.is_empty());
    }
}
