//! A TIFF as the `tiff` crate can read it: some of its values replaced on the way, some of its bytes turned round.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// The bytes of a file with changes that its reader sees and the file does not.
#[derive(Clone, Default)]
pub(super) struct Patched<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Places and what is read there.
    pub(super) values: Vec<(usize, Vec<u8>)>,
    /// Where the lowest bit of a byte comes first.
    pub(super) reversed: Vec<Range<usize>>,
}

impl<'a> Patched<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, ..Self::default() }
    }

    /// The file as it is.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl Read for Patched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        let read = self.at..self.at + count;
        for (place, value) in &self.values {
            for (at, byte) in (*place..).zip(value).filter(|(at, _)| read.contains(at)) {
                into[at - read.start] = *byte;
            }
        }
        for range in &self.reversed {
            let (start, end) = (range.start.max(read.start), range.end.min(read.end));
            for byte in into.get_mut(start.wrapping_sub(read.start)..end.wrapping_sub(read.start)).unwrap_or_default() {
                *byte = byte.reverse_bits();
            }
        }
        self.at += count;
        Ok(count)
    }
}

impl Seek for Patched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => (self.bytes.len() as u64).checked_add_signed(by),
            SeekFrom::Current(by) => (self.at as u64).checked_add_signed(by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        // Behind the end there is nothing to read, however far.
        self.at = usize::try_from(at).unwrap_or(usize::MAX);
        Ok(at)
    }
}
