//! The widths of pictures in a grid: the arithmetic of the stylesheet, done ahead.
//!
//! Row heights are hundredths of the viewport's width, so a layout is the same on every viewport between two
//! breakpoints, and what is computed here for three of them is true at all widths: the `sizes` that let
//! a browser fetch the right file before any style is known, and the heights of chunks that are not laid
//! out until they are near.

use std::ops::Range;

use crate::config::{Density, Grid};

use super::palette::{BREAKPOINTS, Ratio, height_classes, short};

/// Photos in one chunk, about: cut where rows end on narrow, medium and wide viewports alike.
const CHUNK: usize = 100;
/// Photos that a browser lays out at once without effort.
const SHORT: usize = 40;
/// Photos that are too few for a calm last row: they take the page's width, as far as [`GROWTH`] lets them.
const FEW: usize = 3;
/// How far from [`CHUNK`] a better place to cut is looked for.
const REACH: usize = 14;
/// The page's margins at both sides together, in hundredths of the viewport's width.
pub(crate) const MARGINS: f64 = 8.0;
/// How much taller than planned a row may become, where few pictures stand in it. On narrow viewports a portrait
/// that is alone in its row fills it.
pub(crate) const GROWTH: [f64; 3] = [3.4, 1.9, 1.9];

/// Row heights and gaps for narrow, medium and wide viewports, in hundredths of their width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measures {
    pub heights: [f64; 3],
    pub gaps: [f64; 3],
    /// Columns, where the grid is of squares.
    pub columns: [u32; 3],
}

/// Measures of galleries.
pub(crate) fn measures(density: Density) -> Measures {
    match density {
        Density::Compact => Measures { heights: [27.0, 16.0, 11.5], gaps: [0.8, 0.5, 0.35], columns: [4, 6, 8] },
        Density::Regular => Measures { heights: [42.0, 24.0, 17.0], gaps: [1.4, 0.9, 0.6], columns: [3, 4, 6] },
        Density::Airy => Measures { heights: [62.0, 34.0, 23.0], gaps: [4.0, 2.4, 1.6], columns: [2, 3, 4] },
    }
}

/// Measures of covers, the same at every density.
pub(crate) const COVERS: Measures = Measures { heights: [60.0, 24.0, 24.0], gaps: [4.0, 3.0, 2.4], columns: [1, 2, 3] };

/// A grid, worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// The `sizes` of each picture, in order.
    pub sizes: Vec<String>,
    /// Which pictures each chunk holds, and its height classes.
    pub chunks: Vec<(Range<usize>, String)>,
}

/// Lays out the photos of one section.
pub fn arrange(ratios: &[Ratio], density: Density, grid: Grid) -> Arrangement {
    let measures = measures(density);
    if grid == Grid::Squares {
        return squares(ratios.len(), measures);
    }
    let mut sizes = Vec::with_capacity(ratios.len());
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < ratios.len() {
        let rest = &ratios[start..];
        let length = cut(rest, measures);
        let last = length == rest.len();
        let calm = last && ratios.len() > FEW;
        let rows = [0, 1, 2].map(|place| rows(&rest[..length], measures, place, calm && place > 0));
        sizes.extend((0..length).map(|photo| sizes_text([0, 1, 2].map(|place| rows[place].widths[photo]))));
        let end = match (ratios.len() > FEW, calm) {
            (false, _) => "few",
            (true, true) => "calm",
            (true, false) => "",
        };
        chunks.push((start..start + length, class_of(length, [0, 1, 2].map(|place| rows[place].height), end)));
        start += length;
    }
    Arrangement { sizes, chunks }
}

/// The classes of a chunk. A long one is laid out when it comes near and says how tall it will be until then; what it says is
/// a little off, so a short one is laid out at once, and nothing below it moves.
fn class_of(photos: usize, heights: [f64; 3], end: &str) -> String {
    let long = if photos > SHORT { format!("long {}", height_classes(heights)) } else { String::new() };
    [&*long, end].join(" ").trim().to_owned()
}

/// The `sizes` of covers on a home or gallery page. A wide first cover may stand alone above the rest.
pub fn arrange_covers(ratios: &[Ratio], lead: bool) -> Vec<String> {
    let mut sizes = Vec::with_capacity(ratios.len());
    let rest = if lead && !ratios.is_empty() {
        sizes.push(format!("{}vw", short(100.0 - MARGINS)));
        &ratios[1..]
    } else {
        ratios
    };
    let rows = [0, 1, 2].map(|place| rows(rest, COVERS, place, place > 0));
    sizes.extend((0..rest.len()).map(|cover| sizes_text([0, 1, 2].map(|place| rows[place].widths[cover]))));
    sizes
}

/// The `sizes` of the one picture of a photo page: as wide as the page, or as its height allows.
pub fn photo_sizes(ratio: Ratio) -> String {
    format!(
        "(min-width:{}px) min({}vw,{}vh), min(100vw,{}vh)",
        BREAKPOINTS[0],
        short(100.0 - MARGINS),
        (ratio.value() * PHOTO_HEIGHT).round(),
        (ratio.value() * PHOTO_HEIGHT).round()
    )
}

/// The greatest height of the picture of a photo page, in hundredths of the viewport's.
pub(crate) const PHOTO_HEIGHT: f64 = 82.0;

fn squares(count: usize, measures: Measures) -> Arrangement {
    let side = |place: usize| {
        let columns = f64::from(measures.columns[place]);
        (100.0 - MARGINS - (columns - 1.0) * measures.gaps[place]) / columns
    };
    let text = sizes_text([0, 1, 2].map(side));
    // 96 fills whole rows of 2, 3, 4, 6 and 8.
    let chunks = (0..count)
        .step_by(96)
        .map(|start| {
            let end = (start + 96).min(count);
            let height = |place: usize| {
                let rows = (end - start).div_ceil(measures.columns[place] as usize) as f64;
                rows * (side(place) + measures.gaps[place]) - measures.gaps[place]
            };
            (start..end, class_of(end - start, [0, 1, 2].map(height), ""))
        })
        .collect();
    Arrangement { sizes: vec![text; count], chunks }
}

struct Rows {
    widths: Vec<f64>,
    height: f64,
    /// How much the last row was stretched.
    stretch: f64,
}

/// What `flex-wrap` does: a row takes pictures as long as their wanted widths fit, then all grow alike. A calm last row
/// does not grow; on narrow viewports, where a row often holds one picture, the last one grows like all.
fn rows(ratios: &[Ratio], measures: Measures, place: usize, calm: bool) -> Rows {
    let (wanted, gap, room) = (measures.heights[place], measures.gaps[place], 100.0 - MARGINS);
    let mut result = Rows { widths: Vec::with_capacity(ratios.len()), height: 0.0, stretch: 1.0 };
    let mut start = 0;
    while start < ratios.len() {
        let mut end = start;
        let (mut used, mut sum) = (0.0, 0.0);
        while end < ratios.len() {
            let width = (ratios[end].value() * wanted).min(room);
            let with_gap = if end == start { width } else { used + gap + width };
            if end > start && with_gap > room {
                break;
            }
            used = with_gap;
            sum += ratios[end].value();
            end += 1;
        }
        let full = (room - gap * (end - start - 1) as f64) / sum;
        let last = end == ratios.len();
        let height = if last && calm { wanted.min(full) } else { full.min(wanted * GROWTH[place]) };
        result.stretch = full / wanted;
        result.widths.extend(ratios[start..end].iter().map(|ratio| ratio.value() * height));
        result.height += height + if start > 0 { gap } else { 0.0 };
        start = end;
    }
    result
}

/// How many photos the next chunk takes, so that its last rows are the least stretched.
fn cut(ratios: &[Ratio], measures: Measures) -> usize {
    if ratios.len() <= CHUNK + REACH {
        return ratios.len();
    }
    let mut best = (f64::INFINITY, CHUNK);
    for length in CHUNK - REACH..=CHUNK + REACH {
        let worst = (0..3).map(|place| rows(&ratios[..length], measures, place, false).stretch).fold(1.0, f64::max);
        if worst < best.0 {
            best = (worst, length);
        }
    }
    best.1
}

fn sizes_text([narrow, medium, wide]: [f64; 3]) -> String {
    let [at_medium, at_wide] = BREAKPOINTS;
    let [narrow, medium, wide] = [narrow, medium, wide].map(|width| short((width * 2.0).ceil() / 2.0));
    format!("(min-width:{at_wide}px) {wide}vw, (min-width:{at_medium}px) {medium}vw, {narrow}vw")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sizes: &[(u32, u32)]) -> Vec<Ratio> {
        sizes.iter().map(|(width, height)| Ratio::nearest(*width, *height)).collect()
    }

    #[test]
    fn full_rows_fill_the_page_and_the_last_one_stays_calm() {
        let ratios = of(&[(3, 2); 4]);
        let rows = rows(&ratios, measures(Density::Regular), 2, true);
        let [first, second, third, last] = rows.widths[..] else { panic!("four pictures") };
        assert!((first + second + third + 2.0 * 0.6 - 92.0).abs() < 1e-9);
        assert!((last - 25.5).abs() < 1e-9);
        assert!((rows.height - (first / 1.5 + 0.6 + 17.0)).abs() < 1e-9);
    }

    #[test]
    fn a_lone_portrait_before_a_panorama_does_not_fill_the_page() {
        let ratios = of(&[(2, 3), (6, 1), (3, 2)]);
        let rows = rows(&ratios, measures(Density::Regular), 2, true);
        assert!((rows.widths[0] - 17.0 * GROWTH[2] * 2.0 / 3.0).abs() < 1e-9);
        assert!(rows.widths[1] <= 92.0 + 1e-9);
    }

    #[test]
    fn sizes_say_each_width() {
        let arrangement = arrange(&of(&[(3, 2); 3]), Density::Regular, Grid::Rows);
        assert_eq!(arrangement.sizes[0], "(min-width:1200px) 30.5vw, (min-width:640px) 46vw, 92vw");
        assert_eq!(arrangement.chunks.len(), 1);
        let last = &arrange(&of(&[(3, 2); 5]), Density::Regular, Grid::Rows).sizes[4];
        assert_eq!(last, "(min-width:1200px) 25.5vw, (min-width:640px) 36vw, 92vw");
    }

    #[test]
    fn only_the_last_chunk_ends_calmly() {
        let arrangement = arrange(&of(&[(3, 2); 250]), Density::Regular, Grid::Rows);
        let calm: Vec<bool> = arrangement.chunks.iter().map(|(_, class)| class.ends_with(" calm")).collect();
        assert_eq!(calm, [false, false, true]);
    }

    #[test]
    fn a_short_list_is_laid_out_at_once() {
        let class = |photos: usize| {
            arrange(&vec![Ratio::nearest(3, 2); photos], Density::Regular, Grid::Rows).chunks[0].1.clone()
        };
        assert_eq!([class(3), class(SHORT)], ["few", "calm"]);
        assert!(class(SHORT + 1).starts_with("long a"), "{}", class(SHORT + 1));
    }

    #[test]
    fn few_photos_take_the_width_of_the_page() {
        let arrangement = arrange(&of(&[(2, 3), (3, 2)]), Density::Regular, Grid::Rows);
        assert!(arrangement.chunks[0].1.ends_with("few"));
        assert_eq!(arrangement.sizes[1], "(min-width:1200px) 48.5vw, (min-width:640px) 63.5vw, 92vw");
    }

    #[test]
    fn long_galleries_are_cut_into_chunks_that_hold_every_photo_once() {
        let ratios: Vec<_> = (0..1000).map(|i| Ratio::nearest(if i % 7 == 0 { 2 } else { 3 }, 2 + i % 2)).collect();
        for grid in [Grid::Rows, Grid::Squares] {
            let arrangement = arrange(&ratios, Density::Regular, grid);
            assert_eq!(arrangement.sizes.len(), 1000);
            let mut next = 0;
            for (range, _) in &arrangement.chunks {
                assert_eq!(range.start, next);
                assert!(range.len() <= CHUNK + REACH);
                next = range.end;
            }
            assert_eq!(next, 1000);
        }
    }

    #[test]
    fn a_chunk_ends_where_its_last_rows_are_nearly_full() {
        let ratios: Vec<_> = (0..500).map(|i| Ratio::nearest([3, 2, 4, 3, 5][i % 5], [2, 3, 3, 2, 4][i % 5])).collect();
        let length = cut(&ratios, measures(Density::Regular));
        for place in 0..3 {
            assert!(rows(&ratios[..length], measures(Density::Regular), place, false).stretch < 1.6);
        }
    }

    #[test]
    fn on_narrow_viewports_the_last_picture_is_as_wide_as_those_above_it() {
        let arrangement = arrange(&of(&[(4, 3); 5]), Density::Regular, Grid::Rows);
        assert!(arrangement.sizes.iter().all(|sizes| sizes.ends_with(", 92vw")), "{:?}", arrangement.sizes);
        assert!(arrange_covers(&of(&[(4, 3); 5]), false).iter().all(|sizes| sizes.ends_with(", 92vw")));
    }

    #[test]
    fn an_empty_gallery_has_no_chunks() {
        assert_eq!(arrange(&[], Density::Airy, Grid::Rows), Arrangement { sizes: vec![], chunks: vec![] });
        assert!(arrange_covers(&[], true).is_empty());
    }
}
