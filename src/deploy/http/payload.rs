//! What is sent: from memory, or streamed from a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::deploy::Body;
use crate::error::Code;
use crate::{Error, Result};

/// Files up to this size are read once; larger ones once to find their digest, and once for each attempt.
const IN_MEMORY: u64 = 8 << 20;

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Payload<'a> {
    /// No body, and no word about it: `GET`.
    None,
    /// These bytes, which may be none.
    Bytes(Cow<'a, [u8]>),
    /// A file that stays on disk.
    File {
        /// Where it lies.
        path: &'a Path,
        /// Its length in bytes.
        size: u64,
    },
}

impl<'a> Payload<'a> {
    /// What an object consists of; small files are read.
    ///
    /// # Errors
    /// A file that cannot be read, or is not as long as it says.
    pub(crate) fn of(body: Body<'a>) -> Result<Self> {
        Ok(match body {
            Body::Bytes(bytes) => Self::Bytes(Cow::Borrowed(bytes)),
            Body::File { path, size } if size > IN_MEMORY => Self::File { path, size },
            Body::File { path, size } => {
                let mut bytes = Vec::with_capacity(size as usize);
                // One byte more than there should be shows a file that has grown.
                let read = File::open(path).and_then(|file| file.take(size + 1).read_to_end(&mut bytes));
                read.map_err(|error| Error::io(Code::CannotRead, "read", path, error))?;
                if bytes.len() as u64 != size {
                    return Err(has_changed(path));
                }
                Self::Bytes(Cow::Owned(bytes))
            }
        })
    }

    /// Its length in bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// Its digest.
    ///
    /// # Errors
    /// Those of [`Payload::of`].
    pub(crate) fn digest<D: sha2::Digest>(&self) -> Result<Vec<u8>> {
        let mut digest = D::new();
        match self {
            Self::None => {}
            Self::Bytes(bytes) => digest.update(bytes),
            Self::File { path, size } => {
                let mut buffer = vec![0; 256 << 10];
                let mut seen = 0;
                let mut file = File::open(path).map_err(|error| Error::io(Code::CannotRead, "read", path, error))?;
                loop {
                    match file.read(&mut buffer) {
                        Ok(0) => break,
                        Ok(count) => {
                            digest.update(&buffer[..count]);
                            seen += count as u64;
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(Error::io(Code::CannotRead, "read", path, error)),
                    }
                }
                if seen != *size {
                    return Err(has_changed(path));
                }
            }
        }
        Ok(digest.finalize().to_vec())
    }
}

fn has_changed(path: &Path) -> Error {
    Error::new(Code::CannotRead, "changed while it was being published").at(path).hint("publish again")
}
