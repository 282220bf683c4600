//! The gate that a site takes along for its host.
//!
//! Cloudflare Pages takes a worker out of the published folder and serves it to nobody. The list of dead addresses in it is
//! what it is for, so it is no finding there, today's or an older one. A living address in it is one: the gate refuses it.

use std::collections::HashSet;
use std::ops::Range;

use super::{AuditInput, Token};
use crate::access::edge::EdgeGate;
use crate::access::verify::TokenKind;

/// Where Cloudflare Pages looks for a worker.
pub(super) const WORKER: &str = "_worker.js";

/// Whether this is, byte for byte, a gate that is printed for this site, with today's list or another.
pub(super) fn is_gate(input: &AuditInput, content: &[u8]) -> bool {
    list(input, content).is_some()
}

/// Where the list of addresses stands in it.
fn list(input: &AuditInput, content: &[u8]) -> Option<Range<usize>> {
    EdgeGate::list_in_worker(&input.base, std::str::from_utf8(content).ok()?)
}

/// Hides the dead addresses in the list of a file that is such a gate; everything else stays in its place.
pub(super) fn hide_dead_addresses(input: &AuditInput, path: &str, content: &mut [u8]) {
    if path != WORKER {
        return;
    }
    let Some(list) = list(input, content) else { return };
    let dead: HashSet<String> =
        input.tokens.iter().filter(|token| is_dead(token)).map(|token| token.text.to_ascii_lowercase()).collect();
    // Between quotes, and nothing is escaped in a list of tokens.
    for token in content[list].split_mut(|byte| *byte == b'"') {
        if std::str::from_utf8(token).is_ok_and(|token| dead.contains(token)) {
            token.fill(b'.');
        }
    }
}

fn is_dead(token: &Token) -> bool {
    match &token.meaning {
        TokenKind::Page { .. } => !token.meaning.opens_a_page(),
        TokenKind::Assets { current, .. } => !current,
        TokenKind::Name { .. } | TokenKind::Locator { .. } | TokenKind::Unknown => false,
    }
}
