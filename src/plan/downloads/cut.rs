//! Where a section is cut into parts.
//!
//! A section that is too large for one part is cut in two near its middle, in front of the photo whose name has the largest hash
//! among the middle fifth; each half again, if it is too large. So the cuts depend on names and not on sizes or bytes: a photo
//! that is replaced by another version changes its own part and, unless that outgrows the limit, no other; one that comes or goes
//! moves a cut only where it takes part in choosing it.

use std::ffi::OsStr;
use std::ops::Range;

/// What a photo is chosen by: a hash of its file's name.
pub(super) fn mark(name: &OsStr) -> u64 {
    let hash = blake3::hash(name.as_encoded_bytes());
    u64::from_le_bytes(std::array::from_fn(|at| hash.as_bytes()[at]))
}

/// Ranges that are no larger than `limit`, or have one photo. `sizes` and `marks` are of equal length.
pub(super) fn parts(sizes: &[u64], marks: &[u64], limit: u64) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut waiting: Vec<Range<usize>> = std::iter::once(0..sizes.len()).collect();
    while let Some(range) = waiting.pop() {
        let whole: u64 = sizes[range.clone()].iter().sum();
        if range.len() <= 1 || whole <= limit {
            parts.extend((!range.is_empty()).then_some(range));
            continue;
        }
        let first = range.start + (range.len() * 2 / 5).max(1);
        let last = (range.start + range.len() * 3 / 5).max(first);
        let cut = (first..=last).max_by_key(|at| (marks[*at], *at)).unwrap_or(first);
        // The first half is looked at first, so that parts come in order.
        waiting.push(cut..range.end);
        waiting.push(range.start..cut);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("DSC_{at:04}.jpg")).collect()
    }

    fn marks(names: &[String]) -> Vec<u64> {
        names.iter().map(|name| mark(OsStr::new(name))).collect()
    }

    #[test]
    fn parts_cover_everything_once_in_order_and_fit() {
        for count in [1, 2, 3, 4, 5, 7, 100, 1000] {
            let sizes: Vec<u64> = (0..count as u64).map(|at| 3 + at % 7).collect();
            for limit in [1, 9, 10, 40, 1000, 100_000] {
                let parts = parts(&sizes, &marks(&names(count)), limit);
                assert_eq!(parts.iter().cloned().flatten().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
                for part in parts {
                    assert!(part.len() == 1 || sizes[part].iter().sum::<u64>() <= limit);
                }
            }
        }
        assert!(parts(&[], &[], 10).is_empty());
    }

    #[test]
    fn parts_are_filled_to_two_thirds_or_so() {
        let (sizes, names) = (vec![10; 1000], names(1000));
        let count = parts(&sizes, &marks(&names), 300).len();
        assert!(count < 1000 * 10 * 2 / 300, "{count}");
    }

    #[test]
    fn a_photo_that_is_replaced_changes_its_own_part_alone() {
        let (sizes, names) = (vec![10; 500], names(500));
        let before = parts(&sizes, &marks(&names), 330);
        for at in 0..500 {
            let mut sizes = sizes.clone();
            sizes[at] = 11;
            let after = parts(&sizes, &marks(&names), 330);
            let other = before.iter().filter(|part| !part.contains(&at)).filter(|part| !after.contains(part)).count();
            assert_eq!(other, 0, "{at}");
        }
    }

    #[test]
    fn a_photo_that_comes_or_goes_leaves_most_parts_as_they_are() {
        let all = names(500);
        let of = |names: &[String]| -> Vec<Vec<String>> {
            let parts = parts(&vec![10; names.len()], &marks(names), 330);
            parts.into_iter().map(|part| names[part].to_vec()).collect()
        };
        let before = of(&all);
        let changed: usize = (0..500)
            .map(|at| {
                let mut names = all.clone();
                names.remove(at);
                of(&names).iter().filter(|part| !before.contains(part)).count()
            })
            .sum();
        // In the mean of all photos: of some 25 parts not two.
        assert!(changed < 2 * 500, "{changed}");
    }
}
