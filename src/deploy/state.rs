//! The state: a target's own record of what lies on it, who is changing it, and what the ledger said.
//!
//! It is a [`Manifest`] whose notes hold a [`Header`] as JSON. As it names every link of a site, it is a key: it lies under a name
//! that only the root secret gives, sealed as the files of a sealed gallery are (RFC 8188). A site without a secret has nothing to hide, and
//! its state lies there as it is. A name whose root was given up holds [`GIVEN_UP`] from then on, so that whoever still has
//! that root is told, and does not begin anew.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::header::Header;
use super::owner::Owners;
use super::scratch::Scratch;
use super::store::{Body, Condition, OPAQUE, Put, Store, Version};
use crate::access::Keys;
use crate::publish::{Manifest, Record};
use crate::sealed::{self, Refusal};
use crate::{Code, Error, Result};

/// The folder of states on a target. Nothing of the site lies in it.
pub const STATES: &str = "safelight-state/";
/// The name of a state without a secret. Such a file begins with the nonce, as sealed ones do with their salt: targets that
/// tell writings apart by their first bytes can.
const PLAIN: &str = "site.bin";
/// How long a nonce is.
const NONCE: usize = 32;
/// The beginning of the names of files that show whether conditions are honoured. One that a killed run left is harmless.
const PROBE: &str = "probe-";
/// What stands where a state was whose root or whose openness was given up.
pub const GIVEN_UP: &[u8] = b"This state was given up. The site is published with another secret.\n";
/// The note that holds the header.
const HEADER: &str = "publish";

/// Where the states of a site lie on a target, and how they are sealed.
#[derive(Debug)]
pub struct States<'a> {
    /// The target, or another bucket for the state alone.
    pub store: &'a dyn Store,
    /// The root's keys; none for a site that has no secret.
    pub keys: Option<&'a Keys>,
    /// The target, where its state lies elsewhere: one place may hold the states of several.
    pub of: Option<&'a str>,
    /// Whose the state is.
    pub owners: &'a Owners,
    /// A folder of this computer that others cannot read, for what is being sent and received.
    pub scratch: &'a Path,
}

/// A state as it was read.
#[derive(Debug, Default)]
pub struct State {
    /// What lies on the target.
    pub manifest: Manifest,
    /// The rest.
    pub header: Header,
    /// Which writing it is; none where there is no state yet.
    pub version: Option<Version>,
}

impl States<'_> {
    /// The path of the state on the target.
    pub fn path(&self) -> String {
        format!("{STATES}{}", self.name())
    }

    fn name(&self) -> String {
        match (self.keys, self.of) {
            (Some(keys), of) => keys.state_name(of),
            (None, None) => PLAIN.to_owned(),
            (None, Some(of)) => format!("site-{}.bin", &blake3::hash(of.as_bytes()).to_hex()[..24]),
        }
    }

    /// Reads the state; an empty one where there is none.
    ///
    /// # Errors
    /// A state that is damaged, or was given up; those of the target.
    pub fn read(&self) -> Result<State> {
        let mut received = Scratch::new(self.scratch, "received");
        let version = self.store.get(&self.path(), &mut received)?;
        if version.is_none() {
            return Ok(State::default());
        }
        if is_given_up(&mut received).map_err(|error| self.scratched(error))? {
            return Err(given_up());
        }
        let manifest = self.open(received)?;
        let header = manifest.note(HEADER).map(serde_json::from_slice::<Header>);
        let Some(Ok(header)) = header else { return Err(damaged("it has no header")) };
        Ok(State { manifest, header, version })
    }

    fn open(&self, mut received: Scratch) -> Result<Manifest> {
        let scratched = |error| self.scratched(error);
        let mut plain = Scratch::new(self.scratch, "opened");
        let (mut from, begin) = match self.keys {
            None => (received, NONCE as u64),
            Some(keys) => {
                let content = keys.state_sealing();
                let (_, end) = Owners::at_the_end_of(&mut received).map_err(scratched)?;
                let length = received.length() - end;
                let sealed = BufReader::new(received.reader().map_err(scratched)?.take(length));
                sealed::open(content.content_key(), &self.name(), None, sealed, &mut plain).map_err(|refusal| {
                    match refusal {
                        Refusal::Read(error) | Refusal::Write(error) => scratched(error),
                        refusal => damaged(&refusal.to_string()),
                    }
                })?;
                (plain, 0)
            }
        };
        let length = from.length().saturating_sub(begin);
        let mut reader = BufReader::with_capacity(1 << 18, from.reader().map_err(scratched)?);
        reader.read_exact(&mut [0; NONCE][..begin as usize]).map_err(|_| damaged("it ends too early"))?;
        Manifest::decode(&mut reader, length).map_err(|what| damaged(&what))
    }

    /// Writes the state. `records` gives the files in the order of their paths, each time it is called; `notes` are those of
    /// the record of a build. After an answer that was lost it is read back.
    ///
    /// # Errors
    /// Those of the target and of this computer's disk.
    pub fn write<'r, I: Iterator<Item = Record<'r>>>(
        &self,
        header: &Header,
        notes: &BTreeMap<String, Vec<u8>>,
        records: impl Fn() -> I,
        condition: Condition<'_>,
    ) -> Result<Put> {
        let mut notes = notes.clone();
        let text = serde_json::to_vec(header).map_err(|error| self.scratched(error.into()))?;
        notes.insert(HEADER.to_owned(), text);
        let mut sent = Scratch::to_send(self.scratch, "sent");
        match self.keys {
            None => sent
                .write_all(format!("{:0>NONCE$.NONCE$}", header.nonce).as_bytes())
                .and_then(|()| Manifest::encode(&mut sent, notes, records)),
            Some(keys) => self.seal(keys, notes, records, &mut sent),
        }
        .map_err(|error| self.scratched(error))?;
        let body = sent.body().map_err(|error| self.scratched(error))?;
        let put = |condition: Condition<'_>| -> Result<Put> { self.store.put(&self.path(), OPAQUE, body, condition) };
        put(condition).and_then(|done| match done {
            // An answer of this run may have been lost: to this writing, or to the one before.
            Put::Refused => match self.own(header)? {
                Some((version, true)) => Ok(Put::Stored(version)),
                Some((version, false)) => put(Condition::Unchanged(&version)),
                None => Ok(Put::Refused),
            },
            stored => Ok(stored),
        })
    }

    /// Writes what the state says, sealed.
    fn seal<'r, I: Iterator<Item = Record<'r>>>(
        &self,
        keys: &Keys,
        notes: BTreeMap<String, Vec<u8>>,
        records: impl Fn() -> I,
        to: &mut Scratch,
    ) -> io::Result<()> {
        let mut plain = Hashing { to: Scratch::new(self.scratch, "plain"), hash: Sha256::new() };
        Manifest::encode(&mut plain, notes, records)?;
        let (sealing, sha256) = (keys.state_sealing(), plain.hash.finalize().into());
        let mut sealed = sealing.writer(&self.name(), plain.to.length(), &sha256, to);
        io::copy(&mut BufReader::new(plain.to.reader()?), &mut sealed)?;
        sealed.finish()?.write_all(&self.owners.to_bytes())
    }

    /// What lies there, if the run of this header wrote it, and whether it is the writing with this header.
    fn own(&self, header: &Header) -> Result<Option<(Version, bool)>> {
        match self.read() {
            Ok(State { header: found, version: Some(version), .. }) if found.run == header.run => {
                Ok(Some((version, found.nonce == header.nonce)))
            }
            Ok(_) => Ok(None),
            Err(error) if matches!(error.code, Code::StateDamaged | Code::LedgerBehind) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The states of others on the target: of former roots, or of the time without a secret. Those that were given up already
    /// are left out.
    ///
    /// # Errors
    /// Those of the target.
    pub fn others(&self) -> Result<Vec<String>> {
        let (own, mut found) = (self.path(), Vec::new());
        self.store.list(STATES, &mut |path, size| {
            let is_state = path.strip_prefix(STATES).is_some_and(is_name);
            if path != own && is_state && size != GIVEN_UP.len() as u64 {
                found.push(path.to_owned());
            }
        })?;
        Ok(found)
    }

    /// Whether this site may replace the state of another root: it is an earlier or a later one of its own.
    ///
    /// # Errors
    /// Those of the target and of this computer's disk.
    pub fn may_replace(&self, path: &str) -> Result<bool> {
        let mut received = Scratch::new(self.scratch, "other");
        self.store.get(path, &mut received)?;
        let (owners, _) = Owners::at_the_end_of(&mut received).map_err(|error| self.scratched(error))?;
        Ok(owners.gives_way_to(self.owners))
    }

    /// Has the holders of a former root told that it was given up.
    ///
    /// # Errors
    /// Those of the target.
    pub fn give_up(&self, path: &str) -> Result<()> {
        self.store.put(path, OPAQUE, Body::Bytes(GIVEN_UP), Condition::Always).map(drop)
    }

    /// Proves that the target honours conditions: of two that write what must not be there, the second is refused, and so is
    /// one that expects an older writing.
    ///
    /// # Errors
    /// Those of the target.
    pub fn is_guarded(&self, run: &str) -> Result<bool> {
        let path = format!("{STATES}{PROBE}{run}");
        let put = |bytes: &[u8], condition: Condition<'_>| self.store.put(&path, OPAQUE, Body::Bytes(bytes), condition);
        let guarded = (|| -> Result<bool> {
            let first = match put(b"first writing", Condition::Absent)? {
                // An answer was lost, and the second attempt refused: which shows that it is.
                Put::Refused => return Ok(true),
                Put::Stored(first) => first,
            };
            let absent = put(b"a second one", Condition::Absent)? == Put::Refused;
            put(b"another one", Condition::Always)?;
            let older = put(b"one too late", Condition::Unchanged(&first))? == Put::Refused;
            Ok(absent && older)
        })();
        let _ = self.store.delete(&[&path]);
        match guarded {
            Err(error) if error.code == Code::TargetUnguarded => Ok(false),
            other => other,
        }
    }

    fn scratched(&self, error: io::Error) -> Error {
        Error::io(Code::CannotWrite, "keep the state of the target", self.scratch, error)
    }
}

/// Whether a state may have this name.
fn is_name(name: &str) -> bool {
    let stem = name.strip_suffix(".bin").unwrap_or_default();
    let is_token = stem.len() == 25 && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    name == PLAIN || stem.starts_with("site-") || (stem.starts_with('s') && is_token)
}

/// Hashes what passes.
struct Hashing<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn is_given_up(received: &mut Scratch) -> io::Result<bool> {
    let mut begin = Vec::with_capacity(GIVEN_UP.len());
    received.reader()?.take(GIVEN_UP.len() as u64).read_to_end(&mut begin)?;
    Ok(begin == GIVEN_UP)
}

fn damaged(what: &str) -> Error {
    Error::new(Code::StateDamaged, format!("the target's record of what is online cannot be read: {what}"))
        .hint("`safelight publish --rebuild-state` begins a new one, and sends everything again")
}

fn given_up() -> Error {
    let message = "the secret here was replaced: the site is published with another one";
    Error::new(Code::LedgerBehind, message).hint("get the newer `access.toml` and the secret that belongs to it")
}
