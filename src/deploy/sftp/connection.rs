//! A connection to a server that can do what is needed.

use std::io;
use std::sync::Mutex;

use crate::deploy::Missing;
use crate::deploy::files_store::{Access, Entry, Kind};
use crate::deploy::lease::{Lease, slept};
use crate::error::Code;
use crate::{Error, Result};

use super::session::{Pending, Session};
use super::ssh::{Carrier, Line};
use super::wire::{Packet, kind};

/// Replaces a file by another in one step; plain SFTP cannot.
pub(super) const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// Opens a line.
pub(super) type Dial = Box<dyn Fn() -> Result<Line> + Send + Sync>;

/// A line and the conversation on it.
pub(super) struct Connection {
    pub(super) session: Session,
    /// Ends the line when it is dropped.
    _carrier: Mutex<Box<dyn Carrier>>,
}

/// Opens a line and begins a conversation.
pub(super) fn connect(name: &str, dial: &Dial, lease: &Lease) -> Result<Connection> {
    let Line { reader, writer, mut carrier } = dial()?;
    let is_stopped = || lease.is_over();
    let session = match Session::begin(reader, writer, &is_stopped) {
        Ok(Some(session)) => session,
        Ok(None) => return Err(slept()),
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

/// Looks for the site's folder; if only itself is `missing`, that is done which is said.
pub(super) fn find_root(name: &str, root: &str, session: &Session, missing: Missing) -> Result<()> {
    let look = || session.send(Packet::of(kind::STAT).text(root))?.entry();
    let found = match look() {
        Err(error) if error.kind() == io::ErrorKind::NotFound && missing == Missing::Foreseen => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && missing == Missing::Refused => {
            let message = format!("the folder `{name}` does not exist on the server");
            return Err(Error::new(Code::TargetUnreachable, message).hint("check `to` in site.toml"));
        }
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
