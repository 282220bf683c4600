//! Packets of SFTP, version 3, as draft-ietf-secsh-filexfer-02 has them and OpenSSH extends it (its file `PROTOCOL`).
//!
//! A packet is its length, its kind, a number that the reply repeats, and fields: numbers in network order, and strings
//! after their length.

use std::io::{self, Read};

use jiff::Timestamp;

use crate::deploy::files_store::{Entry, Kind};

/// The version that every server speaks.
pub(super) const VERSION: u32 = 3;
/// The longest packet that is taken. Servers send less than 256 KiB.
const LONGEST: u32 = 1 << 20;

/// Kinds of packets.
pub(super) mod kind {
    pub(in crate::deploy::sftp) const INIT: u8 = 1;
    pub(in crate::deploy::sftp) const VERSION: u8 = 2;
    pub(in crate::deploy::sftp) const OPEN: u8 = 3;
    pub(in crate::deploy::sftp) const CLOSE: u8 = 4;
    pub(in crate::deploy::sftp) const READ: u8 = 5;
    pub(in crate::deploy::sftp) const WRITE: u8 = 6;
    pub(in crate::deploy::sftp) const LSTAT: u8 = 7;
    pub(in crate::deploy::sftp) const SETSTAT: u8 = 9;
    pub(in crate::deploy::sftp) const FSETSTAT: u8 = 10;
    pub(in crate::deploy::sftp) const OPENDIR: u8 = 11;
    pub(in crate::deploy::sftp) const READDIR: u8 = 12;
    pub(in crate::deploy::sftp) const REMOVE: u8 = 13;
    pub(in crate::deploy::sftp) const MKDIR: u8 = 14;
    pub(in crate::deploy::sftp) const RMDIR: u8 = 15;
    pub(in crate::deploy::sftp) const STAT: u8 = 17;
    pub(in crate::deploy::sftp) const STATUS: u8 = 101;
    pub(in crate::deploy::sftp) const HANDLE: u8 = 102;
    pub(in crate::deploy::sftp) const DATA: u8 = 103;
    pub(in crate::deploy::sftp) const NAME: u8 = 104;
    pub(in crate::deploy::sftp) const ATTRS: u8 = 105;
    pub(in crate::deploy::sftp) const EXTENDED: u8 = 200;
    pub(in crate::deploy::sftp) const EXTENDED_REPLY: u8 = 201;
}

/// How a file is opened.
pub(super) mod open {
    pub(in crate::deploy::sftp) const READ: u32 = 0x01;
    pub(in crate::deploy::sftp) const WRITE: u32 = 0x02;
    pub(in crate::deploy::sftp) const CREATE: u32 = 0x08;
    pub(in crate::deploy::sftp) const EXCLUSIVE: u32 = 0x20;
}

/// What a server says of a request.
pub(super) mod status {
    pub(in crate::deploy::sftp) const OK: u32 = 0;
    pub(in crate::deploy::sftp) const EOF: u32 = 1;
    pub(in crate::deploy::sftp) const NO_SUCH_FILE: u32 = 2;
    pub(in crate::deploy::sftp) const PERMISSION_DENIED: u32 = 3;
    pub(in crate::deploy::sftp) const FAILURE: u32 = 4;
    pub(in crate::deploy::sftp) const NO_CONNECTION: u32 = 6;
    pub(in crate::deploy::sftp) const CONNECTION_LOST: u32 = 7;
    pub(in crate::deploy::sftp) const UNSUPPORTED: u32 = 8;
}

/// Which attributes follow.
pub(super) mod attribute {
    pub(in crate::deploy::sftp) const SIZE: u32 = 0x01;
    pub(in crate::deploy::sftp) const OWNER: u32 = 0x02;
    pub(in crate::deploy::sftp) const MODE: u32 = 0x04;
    pub(in crate::deploy::sftp) const TIMES: u32 = 0x08;
    pub(in crate::deploy::sftp) const EXTENDED: u32 = 0x8000_0000;
}

/// A packet that is being written.
pub(super) struct Packet(Vec<u8>);

impl Packet {
    /// A request; its number is set when it is sent.
    pub(super) fn of(kind: u8) -> Self {
        Self(vec![0, 0, 0, 0, kind, 0, 0, 0, 0])
    }

    /// The first packet, which has the version in the place of a number.
    pub(super) fn init() -> Vec<u8> {
        Self::of(kind::INIT).numbered(VERSION)
    }

    pub(super) fn number(mut self, number: u32) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub(super) fn long(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        // Strings are paths, handles and pieces of files.
        let mut packet = self.number(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        packet.0.extend(bytes);
        packet
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// No attribute but the mode.
    pub(super) fn mode(self, mode: u32) -> Self {
        self.number(attribute::MODE).number(mode)
    }

    /// The whole packet.
    pub(super) fn numbered(mut self, number: u32) -> Vec<u8> {
        let length = u32::try_from(self.0.len() - 4).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&length.to_be_bytes());
        self.0[5..9].copy_from_slice(&number.to_be_bytes());
        self.0
    }
}

/// A packet that was read: what follows its number.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) kind: u8,
    pub(super) number: u32,
    fields: Vec<u8>,
    at: usize,
}

impl Reply {
    /// Reads a packet; nothing at the end of the stream.
    pub(super) fn read(stream: &mut impl Read) -> io::Result<Self> {
        let mut head = [0; 4];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes(head);
        if !(5..=LONGEST).contains(&length) {
            return Err(no_sense());
        }
        let mut fields = vec![0; length as usize];
        stream.read_exact(&mut fields)?;
        let number = [fields[1], fields[2], fields[3], fields[4]];
        Ok(Self { kind: fields[0], number: u32::from_be_bytes(number), fields, at: 5 })
    }

    fn take(&mut self, length: usize) -> io::Result<&[u8]> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.fields.len()).ok_or_else(no_sense)?;
        let taken = &self.fields[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.fields.len()
    }

    pub(super) fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(u32::from_be_bytes(bytes))
    }

    pub(super) fn long(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(u64::from_be_bytes(bytes))
    }

    pub(super) fn bytes(&mut self) -> io::Result<&[u8]> {
        let length = self.number()? as usize;
        self.take(length)
    }

    /// What lies under a name. Without a mode nobody knows what it is, and without times there is no clock.
    pub(super) fn entry(&mut self) -> io::Result<Entry> {
        let which = self.number()?;
        let has = |attribute: u32| which & attribute != 0;
        let size = if has(attribute::SIZE) { self.long()? } else { 0 };
        if has(attribute::OWNER) {
            self.take(8)?;
        }
        let mode = if has(attribute::MODE) { Some(self.number()?) } else { None };
        let mut modified = None;
        if has(attribute::TIMES) {
            self.number()?;
            modified = Timestamp::from_second(i64::from(self.number()?)).ok();
        }
        if has(attribute::EXTENDED) {
            for _ in 0..self.number()? {
                self.bytes()?;
                self.bytes()?;
            }
        }
        let missing = || io::Error::new(io::ErrorKind::Unsupported, "the server tells no modes or no times of files");
        let kind = match mode.ok_or_else(missing)? & 0o170_000 {
            0o100_000 => Kind::File,
            0o040_000 => Kind::Folder,
            0o120_000 => Kind::Link,
            _ => Kind::Other,
        };
        Ok(Entry { kind, size, modified: modified.ok_or_else(missing)? })
    }
}

/// The error of a packet that is none.
pub(super) fn no_sense() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server's answers make no sense")
}

/// The error of a lost connection.
pub(super) fn lost() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection was lost")
}

/// What a status other than OK means. The server's own words are left out: some servers repeat paths in them.
pub(super) fn refusal_of(status: u32) -> io::Error {
    match status {
        status::EOF => io::ErrorKind::UnexpectedEof.into(),
        status::NO_SUCH_FILE => io::Error::new(io::ErrorKind::NotFound, "it does not exist"),
        status::PERMISSION_DENIED => io::Error::new(io::ErrorKind::PermissionDenied, "permission denied"),
        status::NO_CONNECTION | status::CONNECTION_LOST => lost(),
        status::UNSUPPORTED => io::Error::new(io::ErrorKind::Unsupported, "the server does not support this"),
        status::FAILURE => io::Error::other("the server refuses and does not say why"),
        other => io::Error::other(format!("the server refuses (status {other})")),
    }
}
