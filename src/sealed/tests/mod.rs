//! Sealing and opening as a whole, and the library that does the arithmetic.

mod damage;
mod examples;
mod lengths;
mod library;

use std::collections::BTreeSet;

use crate::access::{Keys, Mode, Scope, Secret};

/// What seals one made-up gallery.
fn sealing() -> super::Sealing {
    keys().sealing(&scope(1))
}

fn keys() -> Keys {
    Keys::new(&Secret::of_published_vectors())
}

fn scope(epoch: u32) -> Scope {
    Scope {
        gallery: "k3v9q2m7t4xa".parse().unwrap(),
        audience: String::new(),
        mode: Mode::Sealed,
        epoch,
        password_tag: None,
        dead: BTreeSet::new(),
    }
}

/// Bytes that look random and are the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ length as u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length.div_ceil(8)).flat_map(|_| next().to_le_bytes()).take(length).collect()
}
