//! What a server with SFTP can do with files, and how a line that was lost is opened again.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::deploy::Missing;
use crate::deploy::files_store::{Access, Entry, Files, Kind, bytes_of, in_the_way, is_vague, name_of, told};
use crate::deploy::lease::{Lease, slept};
use crate::deploy::{Body, Copied};
use crate::{Error, Result};

use super::connection::{Connection, Dial, POSIX_RENAME, connect, find_root};
use super::session::{Pending, Session};
use super::transfer;
use super::wire::{Packet, Reply, kind, open};

const FSYNC: &str = "fsync@openssh.com";
const STATVFS: &str = "statvfs@openssh.com";
const COPY_DATA: &str = "copy-data";

/// Files on a server.
pub(super) struct Remote {
    name: String,
    /// The folder of the site, before every path.
    root: String,
    dial: Dial,
    lease: Arc<Lease>,
    connection: Mutex<State>,
}

/// What there is of a connection.
enum State {
    Open(Arc<Connection>),
    /// It was lost and could not be opened again.
    Dead(Error),
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Remote {
    /// Connects, and looks for the site's folder.
    ///
    /// # Errors
    /// There is no connection; the server cannot do what is needed; the folder above is missing.
    pub(super) fn open(name: String, root: String, dial: Dial, missing: Missing, lease: Arc<Lease>) -> Result<Self> {
        let connection = connect(&name, &dial, &lease)?;
        find_root(&name, &root, &connection.session, missing)?;
        let connection = Mutex::new(State::Open(Arc::new(connection)));
        Ok(Self { name, root, dial, lease, connection })
    }

    /// The connection, opened again if it was lost. If that fails, nobody tries again: many threads would wait for it in
    /// turn.
    fn connection(&self) -> io::Result<Arc<Connection>> {
        let mut state = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Open(connection) if !connection.session.has_ended() => return Ok(Arc::clone(connection)),
            State::Open(_) => {}
            State::Dead(error) => return Err(told(error.clone())),
        }
        match connect(&self.name, &self.dial, &self.lease) {
            Ok(connection) => {
                let connection = Arc::new(connection);
                *state = State::Open(Arc::clone(&connection));
                Ok(connection)
            }
            Err(error) => {
                *state = State::Dead(error.clone());
                Err(told(error))
            }
        }
    }

    /// Takes a step that can be repeated, and repeats it once if the line was lost.
    fn repeated<T>(&self, step: impl Fn(&Session) -> io::Result<T>) -> io::Result<T> {
        match step(&self.connection()?.session) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => step(&self.connection()?.session),
            result => result,
        }
    }

    fn whole(&self, path: &str) -> Vec<u8> {
        let root = match (path, self.root.as_str()) {
            ("", root) => root.to_owned(),
            (_, "/") => "/".to_owned(),
            (_, root) => format!("{root}/"),
        };
        [root.as_bytes(), &*bytes_of(path)].concat()
    }

    fn named(&self, kind: u8, path: &str) -> Packet {
        Packet::of(kind).bytes(&self.whole(path))
    }

    fn look(&self, session: &Session, path: &str) -> io::Result<Entry> {
        session.send(self.named(kind::LSTAT, path))?.entry()
    }

    /// Creates a file that is not there, and gives its handle.
    fn create(&self, session: &Session, path: &str, access: Access) -> io::Result<Vec<u8>> {
        let how = open::WRITE | open::CREATE | open::EXCLUSIVE;
        let packet = self.named(kind::OPEN, path).number(how).mode(access.of_file());
        let created = session.send(packet)?.handle().map_err(|error| self.exists_or(session, path, error));
        created.map_err(|error| self.full_or(session, error))
    }

    /// Servers do not say that a name is taken: they refuse.
    fn exists_or(&self, session: &Session, path: &str, error: io::Error) -> io::Error {
        if is_vague(&error) && self.look(session, path).is_ok() {
            return io::ErrorKind::AlreadyExists.into();
        }
        error
    }

    /// Neither do they say that a disk is full.
    fn full_or(&self, session: &Session, error: io::Error) -> io::Error {
        if is_vague(&error) && self.is_full(session).unwrap_or(false) {
            return io::ErrorKind::StorageFull.into();
        }
        error
    }

    fn is_full(&self, session: &Session) -> io::Result<bool> {
        if !session.offers(STATVFS) {
            return Ok(false);
        }
        let mut reply = session.send(Packet::of(kind::EXTENDED).text(STATVFS).text(&self.root))?.extended()?;
        // Sizes of blocks, blocks, free ones, and those that are free for everybody.
        for _ in 0..4 {
            reply.long()?;
        }
        Ok(reply.long()? == 0)
    }

    /// Gives a new file its mode, fills it, brings it onto the disk, and closes it.
    fn complete(
        &self,
        session: &Session,
        handle: &[u8],
        access: Access,
        fill: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        // The umask of the server took from it what the web server needs.
        let mode = session.send(Packet::of(kind::FSETSTAT).bytes(handle).mode(access.of_file()))?;
        let filled = fill();
        let synced = match &filled {
            Ok(()) if session.offers(FSYNC) => {
                Some(session.send(Packet::of(kind::EXTENDED).text(FSYNC).bytes(handle))?)
            }
            _ => None,
        };
        let closed = session.send(Packet::of(kind::CLOSE).bytes(handle))?;
        // Some servers know no modes.
        let _ = mode.done();
        let synced = synced.map_or(Ok(()), Pending::done);
        filled.and(synced).and(closed.done()).map_err(|error| self.full_or(session, error))
    }

    fn open_to_read(&self, session: &Session, path: &str) -> io::Result<Vec<u8>> {
        // SFTP cannot open without following links, so one looks first.
        match self.look(session, path)?.kind {
            Kind::File => {}
            Kind::Folder => return Err(io::ErrorKind::IsADirectory.into()),
            Kind::Link | Kind::Other => {
                return Err(told(in_the_way(&self.name, path, "a symbolic link or a device", "a file")));
            }
        }
        session.send(self.named(kind::OPEN, path).number(open::READ).number(0))?.handle()
    }
}

impl Files for Remote {
    fn name(&self) -> &str {
        &self.name
    }

    fn write_new(&self, path: &str, access: Access, body: Body<'_>) -> io::Result<()> {
        let connection = self.connection()?;
        let session = &connection.session;
        let handle = self.create(session, path, access)?;
        self.complete(session, &handle, access, || transfer::send(session, &handle, body, &|| self.is_stopped()))
    }

    fn copy_new(&self, from: &str, to: &str, access: Access) -> io::Result<Copied> {
        let connection = self.connection()?;
        let session = &connection.session;
        if !session.offers(COPY_DATA) {
            return Ok(Copied::Unsupported);
        }
        let source = self.open_to_read(session, from)?;
        let copied = self.create(session, to, access).and_then(|handle| {
            self.complete(session, &handle, access, || {
                // All of it: from 0, to the end, to 0.
                let packet = Packet::of(kind::EXTENDED).text(COPY_DATA).bytes(&source).long(0).long(0);
                session.send(packet.bytes(&handle).long(0))?.done()
            })
        });
        let closed = session.send(Packet::of(kind::CLOSE).bytes(&source))?.done();
        copied.and(closed).map(|()| Copied::Done)
    }

    /// Through memory: what was passed on could not be taken back if the line were lost. What is read is small.
    fn read(&self, path: &str, at_most: u64, to: &mut dyn Write) -> io::Result<()> {
        let bytes = self.repeated(|session| {
            let handle = self.open_to_read(session, path)?;
            let bytes = transfer::read_all(session, &handle, at_most);
            let closed = session.send(Packet::of(kind::CLOSE).bytes(&handle))?.done();
            bytes.and_then(|bytes| closed.map(|()| bytes))
        })?;
        to.write_all(&bytes)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        if self.is_stopped() {
            return Err(told(slept()));
        }
        let attempts = Cell::new(0);
        self.repeated(|session| {
            attempts.set(attempts.get() + 1);
            let packet = Packet::of(kind::EXTENDED).text(POSIX_RENAME);
            match session.send(packet.bytes(&self.whole(from)).bytes(&self.whole(to)))?.done() {
                // The answer to the first attempt was slept, and it had worked: the old name has gone.
                Err(error)
                    if error.kind() == io::ErrorKind::NotFound
                        && attempts.get() > 1
                        && self.look(session, from).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) =>
                {
                    Ok(())
                }
                Err(error) if is_vague(&error) => match self.look(session, to) {
                    Ok(Entry { kind: Kind::Folder, .. }) => Err(io::ErrorKind::IsADirectory.into()),
                    _ => Err(error),
                },
                result => result,
            }
        })
    }

    fn remove(&self, paths: &[&str]) -> Vec<io::Result<()>> {
        let removed = self.repeated(|session| {
            let packets = paths.iter().map(|path| session.send(self.named(kind::REMOVE, path)));
            let pending: Vec<Pending> = packets.collect::<io::Result<_>>()?;
            let mut results = Vec::with_capacity(paths.len());
            for pending in pending {
                match pending.done() {
                    Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Err(error),
                    result => results.push(result),
                }
            }
            Ok(results)
        });
        removed.unwrap_or_else(|error| paths.iter().map(|_| Err(again(&error))).collect())
    }

    fn make_folder(&self, path: &str, access: Access) -> io::Result<()> {
        self.repeated(|session| {
            let mode = access.of_folder();
            let made = session.send(self.named(kind::MKDIR, path).mode(mode))?.done();
            made.map_err(|error| self.exists_or(session, path, error))?;
            // The umask of the server took from it what the web server needs; some servers know no modes.
            let _ = session.send(self.named(kind::SETSTAT, path).mode(mode))?.done();
            Ok(())
        })
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.repeated(|session| session.send(self.named(kind::RMDIR, path))?.done())
    }

    fn entry(&self, path: &str) -> io::Result<Entry> {
        self.repeated(|session| self.look(session, path))
    }

    fn entries(&self, folders: &[String], each: &mut dyn FnMut(usize, &str, Entry)) -> io::Result<()> {
        let found = self.repeated(|session| {
            let mut found = Vec::new();
            // All folders are read side by side, so that each takes no round trips of its own.
            let opened = folders.iter().map(|folder| session.send(self.named(kind::OPENDIR, folder)));
            let opened: Vec<Pending> = opened.collect::<io::Result<_>>()?;
            let mut open = Vec::new();
            for (place, pending) in opened.into_iter().enumerate() {
                match pending.handle() {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    handle => open.push((place, handle?)),
                }
            }
            while !open.is_empty() {
                let asked = open.iter().map(|(_, handle)| session.send(Packet::of(kind::READDIR).bytes(handle)));
                let asked: Vec<Pending> = asked.collect::<io::Result<_>>()?;
                let mut unfinished = Vec::new();
                let mut closed = Vec::new();
                for (pending, (place, handle)) in asked.into_iter().zip(open) {
                    match pending.more(kind::NAME)? {
                        Some(mut names) => {
                            take_names(&mut names, place, &mut found)?;
                            unfinished.push((place, handle));
                        }
                        None => closed.push(session.send(Packet::of(kind::CLOSE).bytes(&handle))?),
                    }
                }
                closed.into_iter().try_for_each(Pending::done)?;
                open = unfinished;
            }
            Ok(found)
        })?;
        found.iter().for_each(|(place, name, entry)| each(*place, name, *entry));
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.lease.is_over()
    }

    fn remove_batch(&self) -> usize {
        // All of them are on their way at once.
        100
    }
}

fn take_names(names: &mut Reply, place: usize, found: &mut Vec<(usize, String, Entry)>) -> io::Result<()> {
    for _ in 0..names.number()? {
        let name = name_of(names.bytes()?);
        // How `ls` would show it.
        names.bytes()?;
        let entry = names.entry()?;
        if !matches!(name.as_str(), "." | "..") {
            found.push((place, name, entry));
        }
    }
    Ok(())
}

/// The same error once more, for each of several files.
fn again(error: &io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(ours) => told(ours.clone()),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
