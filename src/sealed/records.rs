//! Encrypted content encoding, `aes128gcm` (RFC 8188): a header, then records that each open by themselves.

use std::fmt;
use std::io::{self, Read};

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::access::keys::{expand, mac};

/// How many bytes a record has, its tag included.
pub const RECORD_SIZE: u32 = 1 << 18;

/// Salt, record size, and the length of the key's id.
pub(super) const HEADER: usize = 21;
/// The tag that authenticates a record.
pub(super) const TAG: usize = 16;
/// What a record has beside plain text and padding: the delimiter and the tag.
pub(super) const OVERHEAD: usize = TAG + 1;

/// Stands behind the plain text of a record that others follow.
const MORE: u8 = 1;
/// Stands behind the plain text of the last record.
const LAST: u8 = 2;

/// Why a sealed file is refused. Records count from 1.
#[derive(Debug)]
pub enum Refusal {
    /// It ends within its header.
    Header,
    /// Its records are of another size.
    RecordSize(u32),
    /// It names a key, which sealed files do not.
    KeyId,
    /// It has not the salt that is listed for it: a file of an older state, of another name, or of another gallery.
    Salt,
    /// A record is not what was sealed: changed, in another place, cut off, or sealed under another key or name.
    Record(u64),
    /// Records are missing at its end.
    CutOff,
    /// Something follows its last record.
    Trailing,
    /// A record is not padded as sealed files are.
    Padding(u64),
    /// Its padded length is not the one that belongs to its plain text.
    Length,
    /// It could not be read.
    Read(io::Error),
    /// The plain text could not be written.
    Write(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("is too short for a sealed file"),
            Self::RecordSize(size) => write!(f, "has records of {size} bytes instead of {RECORD_SIZE}"),
            Self::KeyId => f.write_str("names a key, which sealed files do not"),
            Self::Salt => f.write_str("is not the file that the manifest lists: older, swapped or of another gallery"),
            Self::Record(number) => write!(f, "was changed, cut off or swapped: record {number} does not open"),
            Self::CutOff => f.write_str("is cut off: its last records are missing"),
            Self::Trailing => f.write_str("has bytes after its end"),
            Self::Padding(number) => write!(f, "is not padded as sealed files are: record {number}"),
            Self::Length => f.write_str("is not padded to the length that belongs to its content"),
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::Write(error) => write!(f, "cannot be written: {error}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The key and the nonces of one file. The library's own copy of the key is not overwritten when dropped: it opens one file,
/// and what it is derived from is overwritten.
struct Cipher {
    key: LessSafeKey,
    base: [u8; 12],
}

impl Cipher {
    fn new(material: &[u8], salt: &[u8; 16]) -> Self {
        let pseudorandom = Zeroizing::new(mac(salt, &[material]));
        let key: Zeroizing<[u8; 16]> =
            Zeroizing::new(expand(pseudorandom.as_slice(), b"Content-Encoding: aes128gcm\0"));
        #[expect(clippy::expect_used, reason = "the error is for keys of another length")]
        let key = UnboundKey::new(&AES_128_GCM, key.as_slice()).expect("the key has 16 bytes");
        let base = expand(pseudorandom.as_slice(), b"Content-Encoding: nonce\0");
        Self { key: LessSafeKey::new(key), base }
    }

    /// The nonce of the record with this number, from 0.
    fn nonce(&self, number: u64) -> Nonce {
        let mut nonce = self.base;
        nonce[4..].iter_mut().zip(number.to_be_bytes()).for_each(|(byte, count)| *byte ^= count);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Seals one record after the other.
pub(super) struct Sealer {
    cipher: Cipher,
    number: u64,
}

impl Sealer {
    pub(super) fn new(material: &[u8], salt: &[u8; 16]) -> Self {
        Self { cipher: Cipher::new(material, salt), number: 0 }
    }

    /// Turns the plain text that stands in `record` from `start` on into the next record, with `padding` zeros.
    pub(super) fn seal(&mut self, record: &mut Vec<u8>, start: usize, padding: usize, last: bool) {
        record.push(if last { LAST } else { MORE });
        record.resize(record.len() + padding, 0);
        let nonce = self.cipher.nonce(self.number);
        #[expect(clippy::expect_used, reason = "the error is for records of more than 64 GiB")]
        let tag = self
            .cipher
            .key
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut record[start..])
            .expect("a record is short enough");
        record.extend_from_slice(tag.as_ref());
        self.number += 1;
    }
}

/// The header of a file: its salt, record size, and the length of its key's id.
pub(super) fn header(salt: &[u8; 16], record_size: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..16].copy_from_slice(salt);
    header[16..20].copy_from_slice(&record_size.to_be_bytes());
    header
}

/// Reads the header of a file that names no key.
pub(super) fn read_header(from: &mut impl Read) -> Result<([u8; 16], u32), Refusal> {
    let mut header = [0; HEADER];
    if fill(from, &mut header)? < HEADER {
        return Err(Refusal::Header);
    }
    if header[20] != 0 {
        return Err(Refusal::KeyId);
    }
    let salt = std::array::from_fn(|place| header[place]);
    Ok((salt, u32::from_be_bytes(std::array::from_fn(|place| header[16 + place]))))
}

/// Opens one record after the other: any file of RFC 8188, from behind its header.
pub(super) struct Records<R> {
    from: R,
    cipher: Cipher,
    record: Vec<u8>,
    number: u64,
    ended: bool,
}

/// One opened record.
pub(super) struct Record<'a> {
    pub(super) plain: &'a [u8],
    /// How many zeros were behind the delimiter.
    pub(super) padding: usize,
}

impl<R: Read> Records<R> {
    /// `record_size` decides how much memory is taken.
    ///
    /// # Errors
    /// A record size of less than 18 bytes, the least that RFC 8188 allows.
    pub(super) fn new(from: R, material: &[u8], salt: &[u8; 16], record_size: u32) -> Result<Self, Refusal> {
        if (record_size as usize) <= OVERHEAD {
            return Err(Refusal::RecordSize(record_size));
        }
        let record = vec![0; record_size as usize];
        Ok(Self { from, cipher: Cipher::new(material, salt), record, number: 0, ended: false })
    }

    /// The next record; nothing after the last one.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        let whole = self.record.len();
        let length = fill(&mut self.from, &mut self.record)?;
        let shown = self.number + 1;
        if length < OVERHEAD {
            return Err(Refusal::CutOff);
        }
        let sealed = &mut self.record[..length];
        let opened = self
            .cipher
            .key
            .open_in_place(self.cipher.nonce(self.number), Aad::empty(), sealed)
            .map_err(|_| Refusal::Record(shown))?;
        let delimiter = opened.iter().rposition(|byte| *byte != 0).ok_or(Refusal::Padding(shown))?;
        match opened[delimiter] {
            LAST if fill(&mut self.from, &mut [0])? > 0 => return Err(Refusal::Trailing),
            LAST => self.ended = true,
            MORE if length < whole => return Err(Refusal::CutOff),
            MORE => {}
            _ => return Err(Refusal::Padding(shown)),
        }
        self.number += 1;
        let padding = length - TAG - delimiter - 1;
        Ok(Some(Record { plain: &self.record[..delimiter], padding }))
    }
}

/// Reads until `buffer` is full or nothing follows; how many bytes there were.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Refusal> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Refusal::Read(error)),
        }
    }
    Ok(filled)
}
