//! A server in memory that speaks SFTP, and breaks the line when it is told to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::super::ssh::{Carrier, Line};
use super::super::wire::{Packet, Reply, kind, open, status};
use crate::error::Code;
use crate::{Error, Result};

const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// What lies under a name.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) mode: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) modified: u32,
}

/// When the line breaks: at the request with this number, before or after it is carried out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Break {
    pub(super) at: usize,
    pub(super) is_carried_out: bool,
}

/// The server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) nodes: BTreeMap<String, Node>,
    pub(super) extensions: Vec<&'static str>,
    pub(super) breaks: Option<Break>,
    /// How many seconds every request takes.
    pub(super) slowness: u32,
    pub(super) is_full: bool,
    /// How often it refuses to create a lock, as if somebody had it who gives it back at once.
    pub(super) refused_locks: usize,
    /// Writings of the state that happened while nobody had the lock.
    pub(super) unlocked: usize,
    /// Files that are on its disk as they were written.
    synced: BTreeSet<String>,
    /// Files that got their name before they were.
    pub(super) unsynced: Vec<String>,
    /// At most so many bytes are read at once.
    pub(super) longest_read: usize,
    pub(super) requests: usize,
    pub(super) connections: usize,
    pub(super) now: u32,
}

#[derive(Debug)]
struct Wire;

impl Carrier for Wire {
    fn explain(&mut self) -> Error {
        Error::new(Code::TargetUnreachable, "the server in memory has hung up")
    }
}

impl Server {
    /// With the folder `/srv` and nothing in it.
    pub(super) fn new() -> Arc<Mutex<Self>> {
        let extensions = vec!["posix-rename@openssh.com", "fsync@openssh.com", "statvfs@openssh.com", "copy-data"];
        let mut server = Self {
            nodes: BTreeMap::new(),
            extensions,
            breaks: None,
            slowness: 0,
            is_full: false,
            refused_locks: 0,
            unlocked: 0,
            synced: BTreeSet::new(),
            unsynced: Vec::new(),
            longest_read: usize::MAX,
            requests: 0,
            connections: 0,
            now: 1_700_000_000,
        };
        server.set("/srv", FOLDER | 0o755, b"");
        Arc::new(Mutex::new(server))
    }

    fn set(&mut self, path: &str, mode: u32, bytes: &[u8]) {
        let node = Node { mode, bytes: bytes.to_vec(), modified: self.now };
        self.nodes.insert(path.to_owned(), node);
    }

    /// Puts a link somewhere.
    pub(super) fn link(&mut self, path: &str) {
        self.set(path, LINK | 0o777, b"/elsewhere");
    }

    /// A line to it.
    pub(super) fn dial(server: &Arc<Mutex<Self>>) -> Result<Line> {
        let (near, far) = UnixStream::pair().unwrap();
        let server = Arc::clone(server);
        server.lock().unwrap().connections += 1;
        thread::spawn(move || serve(&server, far));
        let (reader, writer) = (Box::new(near.try_clone().unwrap()), Box::new(near));
        Ok(Line { reader, writer, carrier: Box::new(Wire) })
    }

    /// Files below the site's folder, finished ones, with their bytes.
    pub(super) fn files(&self) -> Vec<(&str, &[u8])> {
        let all = self.nodes.iter().filter(|(_, node)| node.mode & 0o170_000 == FILE);
        let named = all.filter_map(|(path, node)| Some((path.strip_prefix("/srv/site/")?, node.bytes.as_slice())));
        named.filter(|(path, _)| !path.starts_with(".safelight-tmp/")).collect()
    }
}

fn serve(server: &Mutex<Server>, mut line: UnixStream) {
    let mut handles: HashMap<Vec<u8>, (String, bool)> = HashMap::new();
    let mut reader = line.try_clone().unwrap();
    while let Ok(mut request) = Reply::read(&mut reader) {
        let mut server = server.lock().unwrap();
        let reply = if request.kind == kind::INIT {
            let version = Packet::of(kind::VERSION);
            server.extensions.iter().fold(version, |packet, name| packet.text(name).text("1")).numbered(3)
        } else {
            server.requests += 1;
            server.now += server.slowness;
            let here = server.requests;
            let broken = server.breaks.filter(|broken| broken.at == here);
            if broken.is_some_and(|broken| !broken.is_carried_out) {
                return;
            }
            let reply = answer(&mut server, &mut handles, &mut request).unwrap_or_else(refuse);
            if broken.is_some() {
                return;
            }
            reply.numbered(request.number)
        };
        drop(server);
        if line.write_all(&reply).is_err() {
            return;
        }
    }
}

fn refuse(status: u32) -> Packet {
    Packet::of(kind::STATUS).number(status).text("").text("")
}

fn attributes(packet: Packet, node: &Node) -> Packet {
    let with_size = packet.number(0x0d).long(node.bytes.len() as u64);
    with_size.number(node.mode).number(node.modified).number(node.modified)
}

fn answer(
    server: &mut Server,
    handles: &mut HashMap<Vec<u8>, (String, bool)>,
    request: &mut Reply,
) -> std::result::Result<Packet, u32> {
    let kind = request.kind;
    let text = |request: &mut Reply| String::from_utf8(request.bytes().unwrap().to_vec()).unwrap();
    let parent_is_there = |server: &Server, path: &str| {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_folder = server.nodes.get(parent).is_some_and(|node| node.mode & 0o170_000 == FOLDER);
        if is_folder { Ok(()) } else { Err(status::NO_SUCH_FILE) }
    };
    let is_folder = |node: &Node| node.mode & 0o170_000 == FOLDER;
    match kind {
        kind::OPEN => {
            let path = text(request);
            let how = request.number().unwrap();
            if how & open::CREATE != 0 {
                assert_ne!(how & open::EXCLUSIVE, 0);
                parent_is_there(server, &path)?;
                if path.ends_with("/lock") && server.refused_locks > 0 {
                    server.refused_locks -= 1;
                    return Err(status::FAILURE);
                }
                if server.nodes.contains_key(&path) {
                    return Err(status::FAILURE);
                }
                assert_eq!(request.number().unwrap(), 4);
                let mode = request.number().unwrap() & !0o077;
                server.set(&path, FILE | mode, b"");
            } else {
                server.nodes.get(&path).ok_or(status::NO_SUCH_FILE)?;
            }
            let handle = format!("{} {path}", handles.len()).into_bytes();
            handles.insert(handle.clone(), (path, false));
            Ok(Packet::of(kind::HANDLE).bytes(&handle))
        }
        kind::OPENDIR => {
            let path = text(request);
            server.nodes.get(&path).filter(|node| is_folder(node)).ok_or(status::NO_SUCH_FILE)?;
            let handle = format!("{} {path}", handles.len()).into_bytes();
            handles.insert(handle.clone(), (path, false));
            Ok(Packet::of(kind::HANDLE).bytes(&handle))
        }
        kind::READDIR => {
            let (path, is_told) = handles.get_mut(request.bytes().unwrap()).unwrap();
            if std::mem::replace(is_told, true) {
                return Err(status::EOF);
            }
            let below = format!("{path}/");
            let nodes = server.nodes.iter();
            let named = nodes.filter_map(|(whole, node)| Some((whole.strip_prefix(&below)?.to_owned(), node)));
            let found: Vec<(String, &Node)> = named.filter(|(name, _)| !name.contains('/')).collect();
            let here = Node { mode: FOLDER, bytes: Vec::new(), modified: 0 };
            let own = [(".".to_owned(), &here), ("..".to_owned(), &here)];
            let packet = Packet::of(kind::NAME).number(found.len() as u32 + 2);
            let tell = |packet: Packet, (name, node): (String, &Node)| attributes(packet.text(&name).text("-rw"), node);
            Ok(own.into_iter().chain(found).fold(packet, tell))
        }
        kind::CLOSE => handles.remove(request.bytes().unwrap()).map(|_| refuse(status::OK)).ok_or(status::FAILURE),
        kind::FSETSTAT => {
            let (path, _) = &handles[request.bytes().unwrap()];
            assert_eq!(request.number().unwrap(), 4);
            let mode = request.number().unwrap();
            server.nodes.get_mut(path).unwrap().mode = FILE | mode;
            Ok(refuse(status::OK))
        }
        kind::WRITE => {
            let (path, _) = handles[request.bytes().unwrap()].clone();
            let at = request.long().unwrap() as usize;
            if server.is_full {
                return Err(status::FAILURE);
            }
            let bytes = request.bytes().unwrap();
            server.synced.remove(&path);
            let node = server.nodes.get_mut(&path).unwrap();
            node.bytes.resize(node.bytes.len().max(at + bytes.len()), 0);
            node.bytes[at..at + bytes.len()].copy_from_slice(bytes);
            Ok(refuse(status::OK))
        }
        kind::READ => {
            let (path, _) = &handles[request.bytes().unwrap()];
            let at = request.long().unwrap() as usize;
            let length = (request.number().unwrap() as usize).min(server.longest_read);
            let bytes = &server.nodes[path].bytes;
            if at >= bytes.len() {
                return Err(status::EOF);
            }
            Ok(Packet::of(kind::DATA).bytes(&bytes[at..bytes.len().min(at + length)]))
        }
        kind::LSTAT | kind::STAT => {
            let node = server.nodes.get(&text(request)).ok_or(status::NO_SUCH_FILE)?;
            Ok(attributes(Packet::of(kind::ATTRS), node))
        }
        kind::SETSTAT => {
            let path = text(request);
            assert_eq!(request.number().unwrap(), 4);
            let mode = request.number().unwrap();
            let node = server.nodes.get_mut(&path).unwrap();
            node.mode = node.mode & 0o170_000 | mode;
            Ok(refuse(status::OK))
        }
        kind::MKDIR => {
            let path = text(request);
            parent_is_there(server, &path)?;
            if server.nodes.contains_key(&path) {
                return Err(status::FAILURE);
            }
            server.set(&path, FOLDER | 0o700, b"");
            Ok(refuse(status::OK))
        }
        kind::REMOVE | kind::RMDIR => {
            let path = text(request);
            let node = server.nodes.get(&path).ok_or(status::NO_SUCH_FILE)?;
            let below = format!("{path}/");
            let is_empty = !server.nodes.keys().any(|other| other.starts_with(&below));
            if is_folder(node) != (kind == kind::RMDIR) || !is_empty {
                return Err(status::FAILURE);
            }
            server.nodes.remove(&path);
            Ok(refuse(status::OK))
        }
        kind::EXTENDED => {
            let name = text(request);
            assert!(server.extensions.contains(&name.as_str()), "{name}");
            match name.as_str() {
                "posix-rename@openssh.com" => {
                    let (from, to) = (text(request), text(request));
                    parent_is_there(server, &to)?;
                    if server.nodes.get(&to).is_some_and(is_folder) {
                        return Err(status::FAILURE);
                    }
                    let is_locked = server.nodes.contains_key("/srv/site/.safelight-tmp/lock");
                    server.unlocked += usize::from(to.contains("/safelight-state/") && !is_locked);
                    let node = server.nodes.remove(&from).ok_or(status::NO_SUCH_FILE)?;
                    if !server.synced.remove(&from) {
                        server.unsynced.push(to.clone());
                    }
                    server.nodes.insert(to, node);
                    Ok(refuse(status::OK))
                }
                "statvfs@openssh.com" => {
                    let free = if server.is_full { 0 } else { 7 };
                    let numbers = [4096, 4096, 9, free, free, 9, 9, 9, 0, 0, 255];
                    Ok(numbers.into_iter().fold(Packet::of(kind::EXTENDED_REPLY), Packet::long))
                }
                "copy-data" => {
                    let (from, _) = handles[request.bytes().unwrap()].clone();
                    assert_eq!([request.long().unwrap(), request.long().unwrap()], [0, 0]);
                    let (to, _) = handles[request.bytes().unwrap()].clone();
                    let bytes = server.nodes[&from].bytes.clone();
                    server.synced.remove(&to);
                    server.nodes.get_mut(&to).unwrap().bytes = bytes;
                    Ok(refuse(status::OK))
                }
                "fsync@openssh.com" => {
                    let (path, _) = handles[request.bytes().unwrap()].clone();
                    server.synced.insert(path);
                    Ok(refuse(status::OK))
                }
                other => panic!("nobody needs {other}"),
            }
        }
        other => panic!("nobody needs request {other}"),
    }
}
