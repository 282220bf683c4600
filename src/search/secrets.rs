//! Looks for root secrets in what is not published yet, in every form that an audit knows.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::Literals;
use crate::access::Secret;

/// How much of a file is looked at at once.
const CHUNK: usize = 1 << 20;
/// No form of a secret is longer.
const LONGEST: usize = 1 << 10;

/// The numbers of secrets that are at hand, and of what has the shape of one.
const KNOWN: usize = 0;
const UNKNOWN: usize = 1;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// One of the secrets that are looked for, in some form.
    Secret,
    /// What has the shape of a secret and is none of them: another site's, a former one, an example.
    Shape,
}

/// Finds root secrets: those that are known in any form, any other by its shape.
pub struct SecretSearch(Literals);

impl std::fmt::Debug for SecretSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretSearch(hidden)")
    }
}

impl SecretSearch {
    /// Looks for these, and for what has their shape.
    pub fn of(secrets: &[Secret]) -> Self {
        Self(Literals::new(secrets.iter().map(|secret| (&secret.expose_bytes()[..], KNOWN)), Some(UNKNOWN)))
    }

    /// What stands in these bytes.
    pub fn seen_in(&self, bytes: &[u8]) -> Option<Sighting> {
        let (mut is_known, mut is_shape) = (false, false);
        self.0.find(bytes, |_, _, what, _| {
            is_known |= what == KNOWN;
            is_shape |= what == UNKNOWN;
        });
        match (is_known, is_shape) {
            (true, _) => Some(Sighting::Secret),
            (false, true) => Some(Sighting::Shape),
            _ => None,
        }
    }

    /// What stands first in a file, which may be larger than the memory.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn seen_in_file(&self, file: &Path) -> io::Result<Option<Sighting>> {
        let mut file = File::open(file)?;
        let mut held = Zeroizing::new(Vec::with_capacity(LONGEST + CHUNK));
        loop {
            let read = (&mut file).take(CHUNK as u64).read_to_end(&mut held)?;
            let seen = self.seen_in(&held);
            if seen.is_some() || read < CHUNK {
                return Ok(seen);
            }
            // One may begin here and end in what comes next.
            let done = held.len() - LONGEST;
            held.drain(..done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_it_stands_in_a_large_file() {
        let secret = Secret::generate(std::array::from_fn(|at| at as u8 * 7 + 3)).unwrap();
        let (text, search) = (secret.expose_text(), SecretSearch::of(std::slice::from_ref(&secret)));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("film");
        for before in [0, 1, CHUNK - 20, CHUNK, CHUNK + LONGEST - 20, 2 * CHUNK + 7] {
            std::fs::write(&file, [&vec![b'x'; before], text.as_bytes(), &[b'y'; 9]].concat()).unwrap();
            assert_eq!(search.seen_in_file(&file).unwrap(), Some(Sighting::Secret), "{before}");
        }
        std::fs::write(&file, vec![b'x'; 3 * CHUNK]).unwrap();
        assert_eq!(search.seen_in_file(&file).unwrap(), None);
        assert!(search.seen_in_file(&folder.path().join("none")).is_err());
        // An example, or the secret of another site.
        assert_eq!(SecretSearch::of(&[]).seen_in(text.as_bytes()), Some(Sighting::Shape));
        assert!(!format!("{search:?}").contains(&text[5..20]));
    }
}
