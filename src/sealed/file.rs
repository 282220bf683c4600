//! Sealed files: one key for each name, one salt for each content, padded so that sizes tell little.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::records::{HEADER, OVERHEAD, RECORD_SIZE, Records, Refusal, Sealer, header, read_header};
use crate::access::{ContentKey, Sealing};

/// How much plain text and padding a record holds.
const BLOCK: usize = RECORD_SIZE as usize - OVERHEAD;

/// The padded length of `length` bytes (Padmé): at most 12 % more, less the longer it is, and about `log log length` bits
/// tell what it was. For lengths below 2⁶³.
pub fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    // As many bits as the exponent has are kept after the first one.
    let dropped = exponent - (exponent.ilog2() + 1).min(exponent);
    let mask = (1_u64 << dropped) - 1;
    length.saturating_add(mask) & !mask
}

/// The padded length of a sealed file: at least one byte.
fn padded(length: u64) -> u64 {
    padme(length).max(1)
}

/// How many bytes a sealed file has for `length` bytes of plain text.
pub fn sealed_length(length: u64) -> u64 {
    let padded = padded(length);
    HEADER as u64 + padded + padded.div_ceil(BLOCK as u64) * OVERHEAD as u64
}

impl Sealing {
    /// The salt of the file `name` with `length` bytes of plain text that have this SHA-256: what the manifest lists.
    pub fn salt(&self, name: &str, length: u64, sha256: &[u8; 32]) -> [u8; 16] {
        self.salt_of(name, RECORD_SIZE, padded(length), sha256)
    }

    /// Seals what is in memory as the file `name`.
    pub fn seal(&self, name: &str, plain: &[u8]) -> Vec<u8> {
        let salt = self.salt(name, plain.len() as u64, &Sha256::digest(plain).into());
        seal_padded(self.content_key().file_key(name).as_slice(), &salt, plain, padded(plain.len() as u64))
    }

    /// Seals a stream as the file `name`, with the memory of one record. The caller knows its length in bytes and its
    /// SHA-256 beforehand, because the salt, which comes first, depends on them.
    pub fn writer<W: Write>(&self, name: &str, length: u64, sha256: &[u8; 32], out: W) -> SealedWriter<W> {
        let salt = self.salt(name, length, sha256);
        let mut record = Vec::with_capacity(HEADER + RECORD_SIZE as usize);
        record.extend_from_slice(&header(&salt, RECORD_SIZE));
        SealedWriter {
            sealer: Sealer::new(self.content_key().file_key(name).as_slice(), &salt),
            start: HEADER,
            record,
            left: length,
            padded_left: padded(length),
            expected: *sha256,
            hash: Sha256::new(),
            out,
        }
    }
}

/// Seals in memory, padded to `padded` bytes or the length of the plain text, whichever is more.
pub(super) fn seal_padded(material: &[u8], salt: &[u8; 16], plain: &[u8], padded: u64) -> Vec<u8> {
    let padded = padded.max(plain.len() as u64).max(1);
    let mut sealer = Sealer::new(material, salt);
    let mut out = header(salt, RECORD_SIZE).to_vec();
    let (mut plain, mut left) = (plain, padded);
    while left > 0 {
        let whole = left.min(BLOCK as u64);
        left -= whole;
        let (now, later) = plain.split_at(plain.len().min(BLOCK));
        plain = later;
        let start = out.len();
        out.extend_from_slice(now);
        sealer.seal(&mut out, start, whole as usize - now.len(), left == 0);
    }
    out
}

/// Seals what is written to it; see [`Sealing::writer`]. Only a file that [`SealedWriter::finish`] ended counts.
pub struct SealedWriter<W> {
    sealer: Sealer,
    /// The header, before the first record, and the plain text of the record that is being filled.
    record: Vec<u8>,
    /// Where the plain text begins in `record`.
    start: usize,
    /// How much plain text is still to come.
    left: u64,
    /// How much plain text and padding is not sealed yet.
    padded_left: u64,
    expected: [u8; 32],
    hash: Sha256,
    out: W,
}

impl<W: Write> SealedWriter<W> {
    /// Pads, ends the file, and gives back what it was written to.
    ///
    /// # Errors
    /// Fewer bytes came than were announced, or others: then what was written must be thrown away. The output's own errors.
    pub fn finish(mut self) -> io::Result<W> {
        if self.left > 0 {
            return Err(invalid("fewer bytes came than were announced"));
        }
        if <[u8; 32]>::from(self.hash.clone().finalize()) != self.expected {
            // Under this salt another plain text would meet the same key and nonces.
            return Err(invalid("other bytes came than were announced"));
        }
        while self.padded_left > 0 {
            self.flush_record()?;
        }
        Ok(self.out)
    }

    fn flush_record(&mut self) -> io::Result<()> {
        let whole = self.padded_left.min(BLOCK as u64);
        self.padded_left -= whole;
        let padding = whole as usize - (self.record.len() - self.start);
        self.sealer.seal(&mut self.record, self.start, padding, self.padded_left == 0);
        self.out.write_all(&self.record)?;
        self.record.clear();
        self.start = 0;
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left {
            return Err(invalid("more bytes came than were announced"));
        }
        let room = BLOCK - (self.record.len() - self.start);
        let now = &bytes[..bytes.len().min(room)];
        self.hash.update(now);
        self.record.extend_from_slice(now);
        self.left -= now.len() as u64;
        // The last record waits for `finish`, which knows that the bytes are the right ones.
        if now.len() == room && self.left > 0 {
            self.flush_record()?;
        }
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The file's salt.
    pub salt: [u8; 16],
    /// How many bytes of plain text it held.
    pub length: u64,
}

/// Opens the sealed file `name`, with the memory of one record. `salt` is the one that the manifest lists; the manifest
/// itself has none to compare. What was written to `to` counts only when this succeeds: records are written as they open.
///
/// # Errors
/// Anything but the file that was sealed, in full; see [`Refusal`].
pub fn open(
    content: &ContentKey,
    name: &str,
    salt: Option<&[u8; 16]>,
    from: impl Read,
    to: impl Write,
) -> Result<Opened, Refusal> {
    open_padded(content.file_key(name).as_slice(), salt, from, to, padded)
}

/// Opens a file whose padded length is what `padded` says of the length of its plain text.
pub(super) fn open_padded(
    material: &[u8],
    expected: Option<&[u8; 16]>,
    mut from: impl Read,
    mut to: impl Write,
    padded: impl Fn(u64) -> u64,
) -> Result<Opened, Refusal> {
    let (salt, record_size) = read_header(&mut from)?;
    if expected.is_some_and(|expected| *expected != salt) {
        return Err(Refusal::Salt);
    }
    if record_size != RECORD_SIZE {
        return Err(Refusal::RecordSize(record_size));
    }
    let mut records = Records::new(from, material, &salt, record_size)?;
    let (mut length, mut padding, mut number) = (0, 0, 0);
    while let Some(record) = records.next()? {
        number += 1;
        // All of the plain text comes before all of the padding.
        if padding > 0 && !record.plain.is_empty() {
            return Err(Refusal::Padding(number));
        }
        length += record.plain.len() as u64;
        padding += record.padding as u64;
        to.write_all(record.plain).map_err(Refusal::Write)?;
    }
    if length + padding != padded(length) {
        return Err(Refusal::Length);
    }
    Ok(Opened { salt, length })
}
