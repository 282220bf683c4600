//! What a server with SFTP can do with files, and how a line that was lost is opened again.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::deploy::files_store::{Access, Entry, Files, Kind, Source, is_vague, told};
use crate::deploy::{Body, Copied};
use crate::error::Code;
use crate::{Error, Result};

use super::session::{Pending, Session};
use super::ssh::{Carrier, Line};
use super::wire::{Packet, Reply, kind, open};

/// How many bytes go into one packet: what every server takes.
const PIECE: usize = 1 << 15;
/// How many pieces of a file are on their way at once: 2 MiB, for lines that are fast and long.
const PIECES_UNDER_WAY: usize = 64;
/// Replaces a file by another in one step; plain SFTP cannot.
const POSIX_RENAME: &str = "posix-rename@openssh.com";
const FSYNC: &str = "fsync@openssh.com";
const STATVFS: &str = "statvfs@openssh.com";
const COPY_DATA: &str = "copy-data";

/// Opens a line.
pub(super) type Dial = Box<dyn Fn() -> Result<Line> + Send + Sync>;

/// Files on a server.
pub(super) struct Remote {
    name: String,
    /// The folder of the site, before every path.
    root: String,
    dial: Dial,
    cancel: Arc<AtomicBool>,
    connection: Mutex<State>,
}

/// What there is of a connection.
enum State {
    Open(Arc<Connection>),
    /// It was lost and could not be opened again.
    Dead(Error),
}

struct Connection {
    session: Session,
    /// Ends the line when it is dropped.
    _carrier: Mutex<Box<dyn Carrier>>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Remote {
    /// Connects, and makes the site's folder if only itself is missing.
    ///
    /// # Errors
    /// There is no connection; the server cannot do what is needed; the folder above is missing.
    pub(super) fn open(name: String, root: String, dial: Dial, cancel: Arc<AtomicBool>) -> Result<Self> {
        let connection = connect(&name, &dial, &cancel)?;
        make_root(&name, &root, &connection.session)?;
        let connection = Mutex::new(State::Open(Arc::new(connection)));
        Ok(Self { name, root, dial, cancel, connection })
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
        match connect(&self.name, &self.dial, &self.cancel) {
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

    fn whole(&self, path: &str) -> String {
        match (path, self.root.as_str()) {
            ("", root) => root.to_owned(),
            (path, "/") => format!("/{path}"),
            (path, root) => format!("{root}/{path}"),
        }
    }

    fn named(&self, kind: u8, path: &str) -> Packet {
        Packet::of(kind).text(&self.whole(path))
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

    /// Writes the bytes of an object into an open file, many pieces under way at once.
    fn send(&self, session: &Session, handle: &[u8], body: Body<'_>) -> io::Result<()> {
        let was_stopped = self.is_stopped();
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
            if self.is_stopped() && !was_stopped {
                return Err(told(Error::new(Code::Interrupted, "stopped while a file was sent")));
            }
        }
        under_way.into_iter().try_for_each(Pending::done)
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
                let message =
                    format!("something in `{}` is in the place of a file of the site, and is none", self.name);
                return Err(told(Error::new(Code::InTheWay, message)));
            }
        }
        session.send(self.named(kind::OPEN, path).number(open::READ).number(0))?.handle()
    }
}

/// Opens a line and begins a conversation.
fn connect(name: &str, dial: &Dial, cancel: &AtomicBool) -> Result<Connection> {
    let was_stopped = cancel.load(Ordering::Relaxed);
    let Line { reader, writer, mut carrier } = dial()?;
    let is_stopped = || cancel.load(Ordering::Relaxed) && !was_stopped;
    let session = match Session::begin(reader, writer, &is_stopped) {
        Ok(Some(session)) => session,
        Ok(None) => return Err(Error::new(Code::Interrupted, format!("stopped while connecting to `{name}`"))),
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Err(carrier.explain()),
        Err(error) => {
            let message = format!("what answers at `{name}` does not speak SFTP: {error}");
            return Err(Error::new(Code::TargetUnreachable, message)
                .hint("make sure that nothing on the server prints when one logs in, as in `.bashrc`"));
        }
    };
    if !session.offers(POSIX_RENAME) {
        let message = format!("the server of `{name}` cannot replace a file in one step ({POSIX_RENAME})");
        return Err(Error::new(Code::TargetRefused, message).hint(
            "ask the host for OpenSSH's SFTP server; in any other, pages would be missing while they are replaced",
        ));
    }
    Ok(Connection { session, _carrier: Mutex::new(carrier) })
}

/// Makes the site's folder where it is missing.
fn make_root(name: &str, root: &str, session: &Session) -> Result<()> {
    let look = || session.send(Packet::of(kind::STAT).text(root))?.entry();
    let found = match look() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = session.send(Packet::of(kind::MKDIR).text(root).mode(Access::Everybody.of_folder()));
            made.and_then(Pending::done).and_then(|()| {
                // As with all folders: the umask is not asked.
                let packet = Packet::of(kind::SETSTAT).text(root).mode(Access::Everybody.of_folder());
                let _ = session.send(packet)?.done();
                look()
            })
        }
        found => found,
    };
    match found {
        Ok(Entry { kind: Kind::Folder, .. }) => Ok(()),
        Ok(_) => Err(Error::new(Code::TargetRefused, format!("`{name}` is not a folder"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("the folder above `{name}` does not exist on the server");
            Err(Error::new(Code::TargetUnreachable, message).hint("check the path, or create the folder above"))
        }
        Err(error) => {
            Err(Error::new(Code::TargetRefused, format!("cannot create the folder `{name}`: {error}")).caused_by(error))
        }
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
        self.complete(session, &handle, access, || self.send(session, &handle, body))
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
            let bytes = read_all(session, &handle, at_most);
            let closed = session.send(Packet::of(kind::CLOSE).bytes(&handle))?.done();
            bytes.and_then(|bytes| closed.map(|()| bytes))
        })?;
        to.write_all(&bytes)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let attempts = Cell::new(0);
        self.repeated(|session| {
            attempts.set(attempts.get() + 1);
            let packet = Packet::of(kind::EXTENDED).text(POSIX_RENAME);
            match session.send(packet.text(&self.whole(from)).text(&self.whole(to)))?.done() {
                // The answer to the first attempt was lost, and it had worked: the old name has gone.
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
                            self.take_names(&mut names, place, &mut found)?;
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
        self.cancel.load(Ordering::Relaxed)
    }

    fn remove_batch(&self) -> usize {
        // All of them are on their way at once.
        100
    }
}

impl Remote {
    fn take_names(&self, names: &mut Reply, place: usize, found: &mut Vec<(usize, String, Entry)>) -> io::Result<()> {
        for _ in 0..names.number()? {
            let name = String::from_utf8(names.bytes()?.to_vec()).map_err(|_| {
                let message = format!("a file below `{}` has a name that is not UTF-8", self.name);
                told(Error::new(Code::InTheWay, message).hint("remove it there"))
            })?;
            // How `ls` would show it.
            names.bytes()?;
            let entry = names.entry()?;
            if !matches!(name.as_str(), "." | "..") {
                found.push((place, name, entry));
            }
        }
        Ok(())
    }
}

/// Reads a file from its start, with more and more pieces under way.
fn read_all(session: &Session, handle: &[u8], at_most: u64) -> io::Result<Vec<u8>> {
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
            return Err(super::wire::no_sense());
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

/// The same error once more, for each of several files.
fn again(error: &io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(ours) => told(ours.clone()),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
