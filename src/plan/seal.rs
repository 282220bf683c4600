//! What the files of a sealed gallery's audience are sealed with, and who opens them.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::access::{Keys, Scope};
use crate::sealed::{Iterations, SLOTS, Sealing, slots_file};

/// What seals the files of one audience.
pub struct Seal {
    keys: Arc<Keys>,
    scope: Scope,
    sealing: Sealing,
    /// The symbols of codes and the chosen passwords, in their normal form.
    openers: Vec<Zeroizing<Vec<u8>>>,
    has_passwords: bool,
    iterations: Iterations,
}

impl Seal {
    /// `codes`: the symbols of the living links' codes; `passwords`: those that the photographer chose, in their normal form.
    pub(super) fn new(
        keys: &Arc<Keys>,
        scope: &Scope,
        codes: impl IntoIterator<Item = Zeroizing<Vec<u8>>>,
        passwords: impl IntoIterator<Item = Zeroizing<Vec<u8>>>,
        iterations: Iterations,
    ) -> Self {
        let mut openers: Vec<_> = passwords.into_iter().collect();
        let has_passwords = !openers.is_empty();
        openers.extend(codes);
        Self {
            sealing: keys.sealing(scope),
            keys: Arc::clone(keys),
            scope: scope.clone(),
            openers,
            has_passwords,
            iterations,
        }
    }

    /// Seals the files.
    pub fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Whether passwords open the gallery besides codes.
    pub fn has_passwords(&self) -> bool {
        self.has_passwords
    }

    /// The bytes of [`SLOTS`]: every code and password is stretched, which takes a while.
    pub fn slots(&self) -> Vec<u8> {
        let openers: Vec<&[u8]> = self.openers.iter().map(|opener| opener.as_slice()).collect();
        slots_file(&self.keys, &self.scope, &openers, self.has_passwords, self.iterations)
    }

    /// A fingerprint of all that [`SLOTS`] depends on. It is made with a key: a plain hash would let whoever reads the record of
    /// a publish try passwords faster than the slots do.
    pub fn slots_fingerprint(&self) -> [u8; 16] {
        let mut sorted: Vec<&[u8]> = self.openers.iter().map(|opener| opener.as_slice()).collect();
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
