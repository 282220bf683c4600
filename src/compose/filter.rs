//! What the filter of an open gallery knows of its photos: keywords and months, as their pages show them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::editions::Edition;
use super::{Contents, Sources};
use crate::metadata::{Day, Precision};
use crate::pages::words::When;

/// The file that lies beside the pages of a gallery's grid.
pub const FILTER: &str = "filter.json";

impl Contents<'_> {
    /// The filters of all open albums, with their paths. Private albums have none.
    pub(super) fn filter_files(&self) -> Vec<(String, String)> {
        let albums = 1..self.plan.albums.len();
        let places = albums.flat_map(|album| self.editions_of(album).map(move |edition| (album, edition)));
        places
            .filter_map(|(album, edition)| Some((self.filter_of(album, edition)?, self.filter(album, edition))))
            .collect()
    }

    /// Where the filter of an album lies; none where the album is private, or its photos have fewer than two keywords and
    /// fewer than two months between them.
    pub(super) fn filter_of(&self, album: usize, edition: Edition) -> Option<String> {
        let of = &self.plan.albums[album];
        let folder = of.open_path()?;
        let (mut keywords, mut months) = (BTreeSet::new(), BTreeSet::new());
        let differ = Sources::sequence(of).any(|(section, photo)| {
            let placed = self.placed(album, section, photo);
            keywords.extend(placed.gallery.keywords(placed.photo));
            months.extend(placed.photo.taken.as_ref().map(|taken| month_of(taken.day())));
            keywords.len() > 1 || months.len() > 1
        });
        differ.then(|| self.path_in(edition, &format!("{folder}{FILTER}")))
    }

    /// Keywords, most frequent first, and dates in order: for each its key, its text and the numbers of its photos.
    fn filter(&self, album: usize, edition: Edition) -> String {
        let words = self.theme.words(self.language_of(album, edition));
        let (mut keywords, mut dates) = (BTreeMap::<&str, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for (section, photo) in Sources::sequence(&self.plan.albums[album]) {
            let placed = self.placed(album, section, photo);
            for keyword in placed.gallery.keywords(placed.photo) {
                keywords.entry(keyword).or_default().push(placed.at + 1);
            }
            if let Some(taken) = &placed.photo.taken {
                dates.entry(month_of(taken.day())).or_default().push(placed.at + 1);
            }
        }
        let mut keywords: Vec<_> = keywords.into_iter().collect();
        keywords.sort_by_key(|(_, photos)| std::cmp::Reverse(photos.len()));
        let keywords: Vec<Value> =
            keywords.into_iter().map(|(keyword, photos)| json!([keyword, keyword, photos])).collect();
        let dates: Vec<Value> = dates
            .into_iter()
            .map(|((year, month), photos)| {
                let date = words.when(month.map_or(When::Year(year), |month| When::Month(year, month)));
                json!([date.iso, date.text, photos])
            })
            .collect();
        json!({ "keyword": keywords, "date": dates }).to_string()
    }
}

/// The month of a day, or the year alone where no more is known.
fn month_of(day: Day) -> (i16, Option<i8>) {
    match day.precision {
        Precision::Year => (day.date.year(), None),
        _ => (day.date.year(), Some(day.date.month())),
    }
}
