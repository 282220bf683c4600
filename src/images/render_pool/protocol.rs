//! The protocol between parent and child: frames of a mark, a length and postcard bytes.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::cache::Key;
use crate::{Code, Error};

/// Begins each frame; the last byte is the version of the protocol. A line that a native library
/// prints into the pipe is not taken for an answer.
const MARK: [u8; 4] = *b"slw\x02";
/// Orders and answers are a few kilobytes.
const LARGEST_FRAME: u32 = 4 << 20;

/// A path as bytes: serde would refuse names that are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RawPath(Vec<u8>);

impl RawPath {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.as_os_str().as_bytes().to_vec())
    }

    pub(super) fn to_path(&self) -> PathBuf {
        OsString::from_vec(self.0.clone()).into()
    }
}

/// From parent to child: one photograph.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order<D> {
    pub(super) cache: RawPath,
    pub(super) path: RawPath,
    pub(super) size: u64,
    pub(super) sha256: [u8; 32],
    pub(super) orientation: u8,
    /// Derivatives: borrowed by the parent, owned by the child.
    pub(super) derivatives: D,
    pub(super) facts: Key,
    /// Address space the child may take, in bytes.
    pub(super) memory: u64,
    /// Processor time it may take, in seconds.
    pub(super) seconds: u64,
}

/// An order as it arrives.
pub(super) type Received<R> = Order<Vec<super::Derivative<R>>>;

/// From child to parent.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Said once, before the first order: what fails from here on is a photograph's fault.
    Ready,
    Made {
        colour: [u8; 3],
        bytes: Vec<u64>,
        warnings: Vec<String>,
        cpu_milliseconds: u64,
    },
    Failed {
        reason: String,
        /// Memory was lacking.
        for_memory: bool,
    },
    /// Not the photograph's fault.
    Trouble {
        code: Code,
        file: Option<RawPath>,
        message: String,
        hint: Option<String>,
    },
}

impl Answer {
    pub(super) fn trouble(error: Error) -> Self {
        let file = error.place.map(|place| RawPath::new(&place.file));
        Self::Trouble { code: error.code, file, message: error.message, hint: error.hint }
    }
}

/// The error that [`Answer::trouble`] carried over.
pub(super) fn error(code: Code, file: Option<RawPath>, message: String, hint: Option<String>) -> Error {
    let mut error = Error::new(code, message);
    if let Some(file) = file {
        error = error.at(file.to_path());
    }
    Error { hint, ..error }
}

/// Sends one frame.
pub(super) fn write(mut to: impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= LARGEST_FRAME);
    let length = length.ok_or_else(|| io::Error::other("an order is too long"))?;
    let mut frame = Vec::with_capacity(8 + body.len());
    frame.extend_from_slice(&MARK);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&body);
    to.write_all(&frame)?;
    to.flush()
}

/// Receives one frame; nothing at a clean end.
pub(super) fn read<T: DeserializeOwned>(mut from: impl Read) -> io::Result<Option<T>> {
    let mut head = [0; 8];
    let mut filled = 0;
    while filled < head.len() {
        match from.read(&mut head[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [m0, m1, m2, m3, l0, l1, l2, l3] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    if [m0, m1, m2, m3] != MARK || length > LARGEST_FRAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Vec::new();
    from.take(length.into()).read_to_end(&mut body)?;
    postcard::from_bytes(&body).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(message: &Answer) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, message).unwrap();
        bytes
    }

    #[test]
    fn frames_arrive_one_after_the_other_and_then_the_end() {
        let failed = Answer::Failed { reason: "is cut short".into(), for_memory: true };
        let bytes = [frame(&Answer::Ready), frame(&failed)].concat();
        let mut from = &bytes[..];
        assert_eq!(read(&mut from).unwrap(), Some(Answer::Ready));
        assert_eq!(read(&mut from).unwrap(), Some(failed));
        assert_eq!(read::<Answer>(&mut from).unwrap(), None);
    }

    #[test]
    fn a_frame_cut_anywhere_or_not_ours_is_an_error() {
        let whole = frame(&Answer::Failed { reason: "is cut short".into(), for_memory: true });
        for end in 1..whole.len() {
            assert!(read::<Answer>(&whole[..end]).is_err(), "{end}");
        }
        assert!(read::<Answer>(&b"warning: odd marker\n"[..]).is_err());
        assert!(read::<Answer>(&[&MARK[..], &u32::MAX.to_le_bytes()].concat()[..]).is_err());
    }

    #[test]
    fn a_path_that_is_not_utf_8_survives() {
        let path = PathBuf::from(OsString::from_vec(b"holiday \xff.jpg".to_vec()));
        assert_eq!(RawPath::new(&path).to_path(), path);
    }

    #[test]
    fn trouble_keeps_its_path_and_its_hint() {
        let before = Error::new(Code::CannotWrite, "cannot write").at("cache/ab").hint("free some disk space");
        let Answer::Trouble { code, file, message, hint } = Answer::trouble(before.clone()) else { panic!() };
        assert_eq!(error(code, file, message, hint), before);
    }
}
