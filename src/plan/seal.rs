//! What the files of a sealed gallery's audience are sealed with, and who opens them.

use std::fmt;
use std::sync::Arc;

use crate::access::{Keys, LinkCode, Password, Scope};
use crate::sealed::{Iterations, SLOTS, Sealing, slots_file};
use sha2::{Digest as _, Sha256};

/// What seals the files of one audience.
pub struct Seal {
    keys: Arc<Keys>,
    scope: Scope,
    sealing: Sealing,
    /// Those of the living links.
    codes: Vec<LinkCode>,
    /// Those that the photographer chose.
    passwords: Vec<Password>,
    iterations: Iterations,
}

impl Seal {
    /// What the codes of living links and chosen passwords open.
    pub(super) fn new(
        keys: &Arc<Keys>,
        scope: &Scope,
        codes: Vec<LinkCode>,
        passwords: &[Password],
        iterations: Iterations,
    ) -> Self {
        Self {
            sealing: keys.sealing(scope),
            keys: Arc::clone(keys),
            scope: scope.clone(),
            codes,
            passwords: passwords.to_vec(),
            iterations,
        }
    }

    /// What keys are stretched from.
    fn openers(&self) -> Vec<&[u8]> {
        let codes = self.codes.iter().map(|code| code.symbols().as_slice());
        codes.chain(self.passwords.iter().map(|password| password.expose().as_bytes())).collect()
    }

    /// Seals the files.
    pub fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Whether passwords open the gallery besides codes.
    pub fn has_passwords(&self) -> bool {
        !self.passwords.is_empty()
    }

    /// The bytes of [`SLOTS`]: every code and password is stretched, which takes a while.
    pub fn slots(&self) -> Vec<u8> {
        slots_file(&self.keys, &self.scope, &self.openers(), self.has_passwords(), self.iterations)
    }

    /// A fingerprint of all that [`SLOTS`] depends on. It is made with a key: a plain hash would let whoever reads the record of
    /// a publish try passwords faster than the slots do.
    pub fn slots_fingerprint(&self) -> [u8; 16] {
        let mut sorted = self.openers();
        sorted.sort_unstable();
        sorted.dedup();
        let mut all = Sha256::new();
        all.update(self.iterations.get().to_be_bytes());
        for opener in &sorted {
            all.update((opener.len() as u64).to_be_bytes());
            all.update(opener);
        }
        self.sealing.salt(SLOTS, sorted.len() as u64, &all.finalize().into())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(hidden)")
    }
}
