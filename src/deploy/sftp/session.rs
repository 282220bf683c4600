//! A conversation with a server: requests of many threads on one line, and the replies to each.
//!
//! Nobody waits for a reply before the next request is sent. One thread reads all replies and hands each to whoever waits
//! for it, so that a server whose replies are not read never stops reading requests.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::wire::{Packet, Reply, kind, lost, no_sense, refusal_of, status};
use crate::deploy::files_store::Entry;

/// How often one looks whether the owner asked to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Who waits for which reply; nothing once the line has ended.
type Waiting = Arc<Mutex<Option<HashMap<u32, SyncSender<Reply>>>>>;

/// A conversation that has begun.
pub(super) struct Session {
    writer: Mutex<Box<dyn Write + Send>>,
    waiting: Waiting,
    next: AtomicU32,
    extensions: HashSet<String>,
}

/// A reply that is still to come.
pub(super) struct Pending(Receiver<Reply>);

impl Pending {
    /// Waits for any reply.
    pub(super) fn reply(self) -> io::Result<Reply> {
        self.0.recv().map_err(|_| lost())
    }

    /// Waits for a reply of this kind; a status is the error that it says.
    fn of_kind(self, kind: u8) -> io::Result<Reply> {
        let mut reply = self.reply()?;
        match reply.kind {
            found if found == kind => Ok(reply),
            kind::STATUS => match reply.number()? {
                status::OK => Err(no_sense()),
                refused => Err(refusal_of(refused)),
            },
            _ => Err(no_sense()),
        }
    }

    /// Waits until it is done.
    pub(super) fn done(self) -> io::Result<()> {
        let mut reply = self.reply()?;
        match (reply.kind, reply.number()?) {
            (kind::STATUS, status::OK) => Ok(()),
            (kind::STATUS, refused) => Err(refusal_of(refused)),
            _ => Err(no_sense()),
        }
    }

    /// Waits for the handle of an open file or folder.
    pub(super) fn handle(self) -> io::Result<Vec<u8>> {
        Ok(self.of_kind(kind::HANDLE)?.bytes()?.to_vec())
    }

    /// Waits for what is known of a name.
    pub(super) fn entry(self) -> io::Result<Entry> {
        self.of_kind(kind::ATTRS)?.entry()
    }

    /// Waits for bytes of a file, or for the names in a folder; nothing at the end.
    pub(super) fn more(self, kind: u8) -> io::Result<Option<Reply>> {
        match self.of_kind(kind) {
            Ok(reply) => Ok(Some(reply)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for the reply of an extension.
    pub(super) fn extended(self) -> io::Result<Reply> {
        self.of_kind(kind::EXTENDED_REPLY)
    }
}

impl Session {
    /// Says hello, and waits for the answer until `is_stopped`; nothing where it was.
    pub(super) fn begin(
        mut reader: Box<dyn Read + Send>,
        mut writer: Box<dyn Write + Send>,
        is_stopped: &dyn Fn() -> bool,
    ) -> io::Result<Option<Self>> {
        writer.write_all(&Packet::init()).and_then(|()| writer.flush()).map_err(|_| lost())?;
        let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let (greet, greeting) = sync_channel(1);
        let readers = Arc::clone(&waiting);
        thread::Builder::new().name("sftp".to_owned()).spawn(move || {
            let greeted = Reply::read(&mut reader).map(|reply| greet.send(reply));
            drop(greet);
            if greeted.is_ok() {
                hand_out(&mut reader, &readers);
            }
            // Those who wait learn that nothing more comes.
            locked(&readers).take();
        })?;
        let mut version = loop {
            match greeting.recv_timeout(LOOK_EVERY) {
                Ok(reply) => break reply,
                Err(RecvTimeoutError::Timeout) if is_stopped() => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(lost()),
            }
        };
        if version.kind != kind::VERSION || version.number < super::wire::VERSION {
            return Err(no_sense());
        }
        let mut extensions = HashSet::new();
        while !version.is_at_end() {
            let name = String::from_utf8_lossy(version.bytes()?).into_owned();
            version.bytes()?;
            extensions.insert(name);
        }
        Ok(Some(Self { writer: Mutex::new(writer), waiting, next: AtomicU32::new(0), extensions }))
    }

    /// Whether the server offers an extension.
    pub(super) fn offers(&self, extension: &str) -> bool {
        self.extensions.contains(extension)
    }

    /// Whether the line has ended.
    pub(super) fn has_ended(&self) -> bool {
        locked(&self.waiting).is_none()
    }

    /// Sends a request.
    pub(super) fn send(&self, packet: Packet) -> io::Result<Pending> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = sync_channel(1);
        locked(&self.waiting).as_mut().ok_or_else(lost)?.insert(number, sender);
        let mut writer = locked(&self.writer);
        if writer.write_all(&packet.numbered(number)).and_then(|()| writer.flush()).is_err() {
            // Half a packet may be on the line, so nothing more can be said on it.
            locked(&self.waiting).take();
            return Err(lost());
        }
        Ok(Pending(receiver))
    }
}

/// Gives each reply to whoever waits for it, until the line ends.
fn hand_out(reader: &mut impl Read, waiting: &Waiting) {
    while let Ok(reply) = Reply::read(reader) {
        let Some(sender) = locked(waiting).as_mut().and_then(|waiting| waiting.remove(&reply.number)) else {
            // A reply to nothing that was asked.
            return;
        };
        // Who no longer waits does not need it.
        let _ = sender.send(reply);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
