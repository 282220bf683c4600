//! Looks for root secrets in what is not published yet, in every form that an audit knows.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::AuditInput;
use super::needles::{Needles, What};
use crate::access::Secret;

/// How much of a file is looked at at once.
const CHUNK: usize = 1 << 20;
/// No form of a secret is longer.
const LONGEST: usize = 1 << 10;

/// Finds root secrets: those that are known in any form, any other by its shape.
pub struct SecretSearch(Needles);

impl std::fmt::Debug for SecretSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretSearch(hidden)")
    }
}

impl SecretSearch {
    /// Looks for these, and for what has their shape.
    pub fn of(secrets: &[Secret]) -> Self {
        let secrets = secrets.iter().map(|secret| Zeroizing::new(secret.expose_bytes().to_vec())).collect();
        Self(Needles::of(&AuditInput { secrets, ..AuditInput::default() }))
    }

    /// Whether one stands in these bytes.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        let mut found = false;
        self.0.find(bytes, |_, _, what, _| found |= what == What::Secret);
        found
    }

    /// Whether one stands in a file, which may be larger than the memory.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn is_in_file(&self, file: &Path) -> io::Result<bool> {
        let mut file = File::open(file)?;
        let mut held = Zeroizing::new(Vec::with_capacity(LONGEST + CHUNK));
        loop {
            let read = (&mut file).take(CHUNK as u64).read_to_end(&mut held)?;
            if self.is_in(&held) {
                return Ok(true);
            }
            if read < CHUNK {
                return Ok(false);
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
            assert!(search.is_in_file(&file).unwrap(), "{before}");
        }
        std::fs::write(&file, vec![b'x'; 3 * CHUNK]).unwrap();
        assert!(!search.is_in_file(&file).unwrap());
        assert!(search.is_in_file(&folder.path().join("none")).is_err());
        assert!(!format!("{search:?}").contains(&text[5..20]));
    }
}
