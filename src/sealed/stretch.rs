//! Making the trying of codes and passwords slow.

use std::num::NonZeroU32;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::access::keys::{VERSION, expand, pae};

/// How often a code or password is hashed before it opens anything: 600,000 to 10,000,000 times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Iterations(NonZeroU32);

impl Iterations {
    /// The fewest that are written or accepted; also the default.
    pub const LEAST: u32 = 600_000;
    /// The most that are written or accepted: more would only tire a phone.
    pub const MOST: u32 = 10_000_000;

    /// This many, unless they are too few or too many.
    pub fn new(count: u32) -> Option<Self> {
        NonZeroU32::new(count).filter(|_| (Self::LEAST..=Self::MOST).contains(&count)).map(Self)
    }

    /// As settings say it, which are checked when they are read; the fewest for everything else.
    pub fn of(count: u32) -> Self {
        Self::new(count).unwrap_or_default()
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }

    /// Far too few for anything but a fast test.
    #[cfg(test)]
    pub(super) fn few() -> Self {
        Self(NonZeroU32::MIN)
    }
}

impl Default for Iterations {
    fn default() -> Self {
        Self(const { NonZeroU32::new(Self::LEAST).unwrap() })
    }
}

/// A code or password after stretching. Overwritten in memory when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Stretched(Box<[u8; 32]>);

impl Stretched {
    /// PBKDF2 with HMAC-SHA256 (RFC 8018).
    pub(super) fn new(secret: &[u8], salt: &[u8; 16], iterations: Iterations) -> Self {
        let mut key = Box::new([0; 32]);
        ring::pbkdf2::derive(ring::pbkdf2::PBKDF2_HMAC_SHA256, iterations.0, salt, secret, key.as_mut_slice());
        Self(key)
    }

    /// The part of it with this label; at most 32 bytes.
    pub(super) fn part<const LENGTH: usize>(&self, label: &str) -> [u8; LENGTH] {
        expand(self.0.as_slice(), &pae(&[VERSION, label.as_bytes()]))
    }
}
