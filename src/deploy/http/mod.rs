//! Requests to services that fail now and then: what is worth repeating is repeated, and answers are plain values.
//!
//! One client serves many threads and keeps connections open. It never follows redirects, since a signed request must not go
//! elsewhere. Its errors name the host and never the address, whose path or query may open something.

mod exchange;
mod hosts;
mod payload;
mod retry;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod told;

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

pub(crate) use payload::Payload;
pub(crate) use retry::Retry;
pub(crate) use told::told;

use crate::deploy::lease::Lease;
use crate::error::Code;
use crate::{Error, Result};
use exchange::Exchange;
use retry::{Failure, Outcome};

/// How long a server may take to answer a request that asks little of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is kept in memory. A page of a listing has less than one of them.
const LONGEST_ANSWER: u64 = 64 << 20;

/// Adds what authorises a request.
pub(crate) trait Sign: fmt::Debug + Send + Sync {
    /// Signs the head of a request, whose headers are complete; may change its address.
    ///
    /// # Errors
    /// There are no credentials, or they cannot be used.
    fn sign(&self, head: &mut Parts) -> Result<()>;
}

/// A request as anybody could send it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsigned;

impl Sign for Unsigned {
    fn sign(&self, _: &mut Parts) -> Result<()> {
        Ok(())
    }
}

/// A request that can be sent several times.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// `GET`, `PUT` and so on.
    pub method: Method,
    /// The whole address, percent-encoded.
    pub url: String,
    /// Headers besides `Host` and `Content-Length`.
    pub headers: Vec<(HeaderName, String)>,
    /// What is sent.
    pub payload: Payload<'a>,
    /// How long the server may be silent.
    pub patience: Duration,
    /// Which successful answers are failures all the same, to be repeated.
    pub late_failure: Option<fn(&Answer) -> bool>,
}

impl<'a> Call<'a> {
    /// A request without headers or body.
    pub(crate) fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            payload: Payload::None,
            patience: PATIENCE,
            late_failure: None,
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((HeaderName::from_static(name), value.into()));
        self
    }

    /// Says what is sent.
    pub(crate) fn payload(mut self, payload: Payload<'a>) -> Self {
        self.payload = payload;
        self
    }
}

/// What a server answered, whatever its status.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// 200, 404 and so on.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the server did what was asked.
    pub(crate) fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, where it is there and readable.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What came of reading something long.
#[derive(Debug)]
pub(crate) enum Download {
    /// All of it was written; this version.
    Complete(String),
    /// The server gave nothing, and answered this instead.
    Refused(Answer),
}

/// Who may end the waiting for a target, and who hears of it.
#[derive(Clone)]
pub struct Watch {
    /// Once it is over, no failed request is repeated.
    pub lease: Arc<Lease>,
    /// Set when the owner wants to stop: nothing is waited for as long from then on.
    pub hurry: Arc<AtomicBool>,
    /// Hears once of each target that does not answer and is tried again.
    pub tell: Arc<dyn Fn(&Error) + Send + Sync>,
}

impl Default for Watch {
    /// Nobody.
    fn default() -> Self {
        Arc::<Lease>::default().into()
    }
}

impl From<Arc<Lease>> for Watch {
    fn from(lease: Arc<Lease>) -> Self {
        Self { lease, hurry: Arc::default(), tell: Arc::new(|_| {}) }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Sends requests, again where that helps.
pub(crate) struct Client {
    agent: ureq::Agent,
    retry: Retry,
    watch: Watch,
    has_told: AtomicBool,
    /// Whether the last waiting was in vain: then no other request waits until one is answered.
    is_down: AtomicBool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("retry", &self.retry).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that gives up between two attempts as soon as the watch says so.
    pub(crate) fn new(retry: Retry, watch: impl Into<Watch>) -> Self {
        Self::with_agent(exchange::agent(false), retry, watch.into())
    }

    /// A client for services on this machine or next to it, which are there or not.
    pub(crate) fn nearby() -> Self {
        Self::with_agent(exchange::agent(true), Retry::ONCE, Watch::default())
    }

    fn with_agent(agent: ureq::Agent, retry: Retry, watch: Watch) -> Self {
        Self { agent, retry, watch, has_told: AtomicBool::new(false), is_down: AtomicBool::new(false) }
    }

    /// Repeats an attempt as long as that helps, and says so the first time that there is no answer.
    fn run<T>(&self, mut attempt: impl FnMut() -> Outcome<T>) -> Result<T> {
        let retry = if self.is_down.load(Ordering::Relaxed) { Retry::ONCE } else { self.retry };
        let mut is_silent = false;
        let result = retry.run(&self.watch, || {
            let outcome = attempt();
            is_silent = matches!(outcome, Outcome::Again { last: Err(_), .. });
            if let Outcome::Again { last: Err(error), patiently: true, .. } = &outcome
                && retry.attempts > 1
                && !self.has_told.swap(true, Ordering::Relaxed)
            {
                let message = format!("{}; it is tried again for a while", error.message);
                (self.watch.tell)(&Error::new(Code::TargetSilent, message));
            }
            outcome
        });
        self.is_down.store(is_silent, Ordering::Relaxed);
        result
    }

    /// Sends a request until an answer is final. An answer that stays temporary (503 and its like) is given like any other.
    ///
    /// # Errors
    /// There is no answer; the request cannot be signed; the file to send cannot be read.
    pub(crate) fn send(&self, call: &Call<'_>, sign: &dyn Sign) -> Result<Answer> {
        self.run(|| {
            let mut exchange = match self.start(call, sign) {
                Ok(exchange) => exchange,
                Err(failure) => return failure.into(),
            };
            let mut body = Vec::new();
            if let Err(error) = (&mut exchange.body).take(LONGEST_ANSWER).read_to_end(&mut body) {
                return exchange.broken(&error).into();
            }
            let answer = Answer { status: exchange.status, headers: exchange.headers, body };
            let late = answer.succeeded() && call.late_failure.is_some_and(|failed| failed(&answer));
            if late || is_temporary(&answer) {
                let wait = retry::wanted_pause(&answer);
                return Outcome::Again { last: Ok(answer), wait, patiently: true };
            }
            Outcome::Final(Ok(answer))
        })
    }

    /// Reads something that may be long. Where the connection breaks, the rest is asked for: `call` makes the request for what
    /// follows that many bytes, of that version. `version` finds the version in the headers of an answer.
    ///
    /// # Errors
    /// Those of [`Client::send`]; what was read cannot be written; it changed between two attempts.
    pub(crate) fn download<'a>(
        &self,
        call: &dyn Fn(u64, Option<&str>) -> Call<'a>,
        version: &dyn Fn(&HeaderMap) -> Option<String>,
        sign: &dyn Sign,
        to: &mut dyn Write,
    ) -> Result<Download> {
        let mut have = 0;
        let mut known: Option<String> = None;
        self.run(|| {
            let mut exchange = match self.start(&call(have, known.as_deref()), sign) {
                Ok(exchange) => exchange,
                Err(failure) => return failure.into(),
            };
            if !matches!(exchange.status, 200 | 206) {
                let mut body = Vec::new();
                if let Err(error) = (&mut exchange.body).take(LONGEST_ANSWER).read_to_end(&mut body) {
                    return exchange.broken(&error).into();
                }
                let answer = Answer { status: exchange.status, headers: exchange.headers, body };
                let changed = answer.status == 412 && have > 0;
                return match (is_temporary(&answer), changed) {
                    (true, _) => {
                        let wait = retry::wanted_pause(&answer);
                        Outcome::Again { last: Ok(Download::Refused(answer)), wait, patiently: true }
                    }
                    (false, true) => Outcome::Final(Err(changed_meanwhile())),
                    (false, false) => Outcome::Final(Ok(Download::Refused(answer))),
                };
            }
            let Some(found) = version(&exchange.headers) else {
                return Outcome::Final(Err(Error::new(
                    Code::TargetUnreachable,
                    format!("{} does not say which version of a file it sends", exchange.host),
                )));
            };
            if known.as_ref().is_some_and(|known| *known != found) {
                return Outcome::Final(Err(changed_meanwhile()));
            }
            // A server that does not know `Range` starts again from the beginning.
            let mut skip = if exchange.status == 200 { have } else { 0 };
            let mut buffer = vec![0; 64 << 10];
            loop {
                let count = match exchange.body.read(&mut buffer) {
                    Ok(0) => return Outcome::Final(Ok(Download::Complete(found))),
                    Ok(count) => count,
                    Err(error) => {
                        known = Some(found);
                        return exchange.broken(&error).into();
                    }
                };
                let passed = skip.min(count as u64);
                skip -= passed;
                let fresh = &buffer[passed as usize..count];
                if let Err(error) = to.write_all(fresh) {
                    let message = format!("cannot keep what was downloaded: {error}");
                    return Outcome::Final(Err(Error::new(Code::CannotWrite, message).caused_by(error)));
                }
                have += fresh.len() as u64;
            }
        })
    }

    /// Sends a request once, up to the head of its answer.
    fn start(&self, call: &Call<'_>, sign: &dyn Sign) -> Result<Exchange, Failure> {
        Exchange::start(&self.agent, call, sign)
    }
}

/// Whether the same request may be answered differently soon.
fn is_temporary(answer: &Answer) -> bool {
    matches!(answer.status, 408 | 429 | 500 | 502 | 503 | 504)
        // Two conditional writes met at S3, and neither has happened yet.
        || (answer.status == 409 && contains(&answer.body, b"<Code>ConditionalRequestConflict</Code>"))
}

fn contains(body: &[u8], needle: &[u8]) -> bool {
    body.windows(needle.len()).any(|window| window == needle)
}

fn changed_meanwhile() -> Error {
    Error::new(Code::TargetUnreachable, "a file on the target changed while it was read").hint("publish again")
}

/// A header's value as it may be sent.
fn header_value(value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value)
        .map_err(|_| Error::new(Code::TargetRefused, "a header holds characters that cannot be sent"))
}
