//! Finds the start of packed data anywhere in a file, in one pass.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

/// How something begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Of gzip (RFC 1952).
    Gzip,
    /// Of an entry of a zip.
    Zip,
    /// Of zlib with its usual window (RFC 1950).
    Zlib,
    /// Of the word that says that base64 follows.
    SaidBase64,
    /// Of base64 of gzip or zip, in either alphabet, or of base64 of that.
    Base64,
}

const ALL: [(&[u8], Start); 11] = [
    (b"\x1f\x8b\x08", Start::Gzip),
    (super::ZIP, Start::Zip),
    (b"\x78\x01", Start::Zlib),
    (b"\x78\x5e", Start::Zlib),
    (b"\x78\x9c", Start::Zlib),
    (b"\x78\xda", Start::Zlib),
    (super::encoded::SAID, Start::SaidBase64),
    (b"H4sI", Start::Base64),
    (b"UEsDB", Start::Base64),
    (b"SDRzS", Start::Base64),
    (b"VUVzR", Start::Base64),
];

/// Every beginning, in order.
pub(super) fn all(content: &[u8]) -> Vec<(usize, Start)> {
    // There is none for processors without vectors.
    static SEARCHER: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(ALL.map(|(start, _)| start)));
    match &*SEARCHER {
        Some(searcher) => {
            searcher.find_iter(content).map(|found| (found.start(), ALL[found.pattern().as_usize()].1)).collect()
        }
        None => one_by_one(content),
    }
}

fn one_by_one(content: &[u8]) -> Vec<(usize, Start)> {
    let places =
        |(start, what)| memchr::memmem::find_iter(content, start).map(move |at| (at, what)).collect::<Vec<_>>();
    let mut all: Vec<(usize, Start)> = ALL.into_iter().flat_map(places).collect();
    all.sort_unstable_by_key(|(at, _)| *at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_is_found_wherever_it_stands_on_every_processor() {
        for (start, what) in ALL {
            for before in 0..70 {
                let content = [vec![b'.'; before], start.to_vec(), vec![b'.'; 70 - before]].concat();
                assert_eq!(all(&content), [(before, what)]);
                assert_eq!(one_by_one(&content), [(before, what)]);
            }
        }
        let together = ALL.map(|(start, _)| start).concat();
        assert_eq!(all(&together), one_by_one(&together));
        assert_eq!(all(&together).len(), ALL.len());
    }
}
