//! A server on this machine that answers as it is told, and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Client, Retry};

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// An answer.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// The request is taken, and the connection closed without an answer.
    Lost,
    /// The answer ends after that many bytes of its body.
    Cut(Box<Reply>, usize),
    /// There is never an answer.
    Silence,
}

impl Reply {
    /// An answer without body.
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }

    /// A successful answer.
    pub(crate) fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    /// A refusal as S3, Google and Azure write it.
    pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Self {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Self::Answer(status, Vec::new(), body.into_bytes())
    }

    /// The same with a header.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Method and target: `PUT /photos/a.html`.
    pub line: String,
    /// Headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Seen {
    /// A header; nothing where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    over: AtomicBool,
}

/// A server, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// A server that gives these answers one after another, whoever asks.
    pub(crate) fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { script: Mutex::new(script.into_iter().collect()), ..Shared::default() });
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if all.over.load(Ordering::SeqCst) {
                    return;
                }
                all.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&all);
                std::thread::spawn(move || shared.serve(stream.unwrap()));
            }
        });
        Self { address, shared }
    }

    /// Its address, without `/` at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The methods and targets of what it was asked.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Answers the requests of one connection.
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(seen) = read(&mut reader) {
            let head = seen.line.starts_with("HEAD");
            self.seen.lock().unwrap().push(seen);
            let reply = self.script.lock().unwrap().pop_front().unwrap_or_else(|| Reply::status(418));
            if !answer(&stream, &reply, head) {
                return;
            }
        }
    }
}

/// A request, unless the connection ends.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Seen { line, headers, body })
}

/// Sends an answer; whether the connection stays.
fn answer(mut stream: &TcpStream, reply: &Reply, head: bool) -> bool {
    match reply {
        Reply::Answer(status, headers, body) => {
            let mut out = format!("HTTP/1.1 {status} Said\r\n");
            for (name, value) in headers {
                out.push_str(&format!("{name}: {value}\r\n"));
            }
            if *status != 204 {
                out.push_str(&format!("content-length: {}\r\n", body.len()));
            }
            out.push_str("\r\n");
            let mut bytes = out.into_bytes();
            if !head {
                bytes.extend_from_slice(body);
            }
            stream.write_all(&bytes).is_ok()
        }
        Reply::Cut(reply, after) => {
            let Reply::Answer(status, headers, body) = &**reply else { panic!("only answers can be cut") };
            let mut out = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                out.push_str(&format!("{name}: {value}\r\n"));
            }
            let bytes = [out.as_bytes(), b"\r\n", &body[..*after]].concat();
            stream.write_all(&bytes).unwrap();
            stream.shutdown(std::net::Shutdown::Both).unwrap();
            false
        }
        Reply::Lost => {
            stream.shutdown(std::net::Shutdown::Both).unwrap();
            false
        }
        Reply::Silence => {
            // Until the client goes.
            let _ = stream.read(&mut [0]);
            false
        }
    }
}

/// Four attempts, without pauses.
pub(crate) const HASTY: Retry =
    Retry { attempts: 4, first: Duration::ZERO, longest: Duration::ZERO, total: Duration::from_secs(60) };

/// A client without patience.
pub(crate) fn client() -> Client {
    Client::new(HASTY, super::Watch::default())
}
