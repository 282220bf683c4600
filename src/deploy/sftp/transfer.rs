//! The bytes of a file on their way, many pieces at once, so that no piece waits for the reply to another.

use std::collections::VecDeque;
use std::io;

use crate::deploy::Body;
use crate::deploy::files_store::{Source, told};
use crate::deploy::lease::slept;

use super::session::{Pending, Session};
use super::wire::{Packet, kind, no_sense};

/// How many bytes go into one packet: what every server takes.
const PIECE: usize = 1 << 15;
/// How many pieces of a file are on their way at once: 2 MiB, for lines that are fast and long.
const PIECES_UNDER_WAY: usize = 64;

/// Writes the bytes of an object into an open file, many pieces under way at once.
pub(super) fn send(session: &Session, handle: &[u8], body: Body<'_>, is_stopped: &dyn Fn() -> bool) -> io::Result<()> {
    let mut source = Source::open(&body)?;
    let mut piece = vec![0; PIECE];
    let mut under_way = VecDeque::new();
    let mut at = 0;
    loop {
        let length = source.fill(&mut piece)?;
        if length > 0 {
            let packet = Packet::of(kind::WRITE).bytes(handle).long(at).bytes(&piece[..length]);
            under_way.push_back(session.send(packet)?);
            at += length as u64;
        }
        if length < PIECE {
            break;
        }
        if under_way.len() >= PIECES_UNDER_WAY {
            under_way.pop_front().map_or(Ok(()), Pending::done)?;
        }
        // What is begun after the stop is to be carried out: withdrawals, and giving back the state.
        if is_stopped() {
            return Err(told(slept()));
        }
    }
    under_way.into_iter().try_for_each(Pending::done)
}

/// Reads a file from its start, with more and more pieces under way.
pub(super) fn read_all(session: &Session, handle: &[u8], at_most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut under_way: VecDeque<(u64, usize, Pending)> = VecDeque::new();
    let (mut next, mut at_once) = (0, 1);
    let mut has_ended = false;
    loop {
        while !has_ended && under_way.len() < at_once && next < at_most {
            let length = PIECE.min(usize::try_from(at_most - next).unwrap_or(PIECE));
            let packet = Packet::of(kind::READ).bytes(handle).long(next).number(length as u32);
            under_way.push_back((next, length, session.send(packet)?));
            next += length as u64;
        }
        let Some((at, length, pending)) = under_way.pop_front() else { return Ok(bytes) };
        let Some(mut reply) = pending.more(kind::DATA)? else {
            has_ended = true;
            continue;
        };
        let read = reply.bytes()?;
        if has_ended || read.is_empty() || read.len() > length {
            return Err(no_sense());
        }
        bytes.extend(read);
        if read.len() < length {
            // A server may give less than was asked for: the pieces after it are asked for again.
            next = at + read.len() as u64;
            for (.., pending) in under_way.drain(..) {
                drop(pending.reply()?);
            }
        } else {
            at_once = (at_once * 2).min(PIECES_UNDER_WAY);
        }
    }
}
