//! The proof: what strangers get at the site's address. What was withdrawn must be gone there, caches and all, and what was
//! published must answer.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::header::random_name;
use crate::{Code, Error, Result};

/// Requests at once.
const THREADS: usize = 8;
/// No page of ours that says that a link is dead is larger.
const MOST: u64 = 1 << 20;

/// What is expected at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: 404 or 410.
    Gone,
    /// The page that says that the link is dead, with these bytes, or nothing.
    Tombstone(Vec<u8>),
    /// Something.
    There,
    /// What it likes: it is there again, and meant to be.
    Anything,
}

/// One address to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The address. Never told: it may open a gallery.
    pub url: String,
    /// The path on the target of what lies there, or lay.
    pub path: String,
    /// What it is, for people: a gallery and a link.
    pub what: String,
    /// What should be there.
    pub expected: Expected,
    /// It is an address that the site had before: where nobody answers any more, nothing is shown.
    pub is_former: bool,
}

/// What came of looking.
#[derive(Debug, Default)]
pub struct Proof {
    /// The addresses at which something was seen to be gone.
    pub gone: BTreeSet<String>,
    /// What is wrong; nothing of it names an address.
    pub errors: Vec<Error>,
}

/// Asks for addresses as a stranger does.
pub trait Fetch: Sync {
    /// The status and at most so many bytes of what is at an address.
    ///
    /// # Errors
    /// No answer.
    fn get(&self, url: &str, most: u64) -> Result<(u16, Vec<u8>)>;

    /// Waits before what a cache may still hold is asked for again.
    fn pause(&self, time: Duration);
}

/// Asks over HTTP.
#[derive(Debug)]
pub struct Web(ureq::Agent);

impl Default for Web {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .user_agent(concat!("safelight/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.new_agent())
    }
}

impl Fetch for Web {
    fn get(&self, url: &str, most: u64) -> Result<(u16, Vec<u8>)> {
        // The error of the library may name the address.
        let failed = |error: ureq::Error| {
            let what = match error {
                ureq::Error::Io(error) => error.to_string(),
                ureq::Error::HostNotFound => "the host's name is not known".to_owned(),
                ureq::Error::Timeout(_) => "it takes too long".to_owned(),
                _ => "the connection fails".to_owned(),
            };
            Error::new(Code::NotOnline, format!("the site's address does not answer: {what}"))
        };
        let mut answer = self.0.get(url).call().map_err(failed)?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        // What is longer is none of ours.
        if let Err(error) = answer.body_mut().with_config().limit(most).read_to_vec().map(|read| body = read)
            && !matches!(error, ureq::Error::BodyExceedsLimit(_))
        {
            return Err(failed(error));
        }
        Ok((status, body))
    }

    #[expect(clippy::disallowed_methods, reason = "caches take some seconds to forget")]
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Looks at all of these addresses, and again after each of the `pauses` at those that still answer with what is gone.
pub fn prove(fetch: &dyn Fetch, checks: &[Check], pauses: &[Duration]) -> Proof {
    let nothing = OnceLock::new();
    let mut left: Vec<&Check> = checks.iter().filter(|check| check.expected != Expected::Anything).collect();
    let mut wrong = look(fetch, &left, &nothing);
    for pause in pauses {
        if wrong.is_empty() {
            break;
        }
        fetch.pause(*pause);
        left = wrong.iter().map(|(at, _)| left[*at]).collect();
        wrong = look(fetch, &left, &nothing);
    }
    wrong.sort_by_key(|(at, _)| *at);
    let there: BTreeSet<&str> = wrong.iter().map(|(at, _)| left[*at].url.as_str()).collect();
    let gone = checks.iter().filter(|check| check.expected != Expected::There && !there.contains(check.url.as_str()));
    let mut proof = Proof { gone: gone.map(|check| check.url.clone()).collect(), errors: Vec::new() };
    for (_, error) in wrong {
        if !proof.errors.contains(&error) {
            proof.errors.push(error);
        }
    }
    proof
}

/// What the host answers where there never was anything, unless it says that there is nothing.
type Nothing = OnceLock<Option<Vec<u8>>>;

fn look(fetch: &dyn Fetch, checks: &[&Check], nothing: &Nothing) -> Vec<(usize, Error)> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(checks.len()) {
            scope.spawn(|| {
                while let Some((at, check)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    checks.get(at).map(|check| (at, *check))
                } {
                    if let Some(error) = fault(fetch, check, nothing) {
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push((at, error));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn fault(fetch: &dyn Fetch, check: &Check, nothing: &Nothing) -> Option<Error> {
    let (status, body) = match fetch.get(&check.url, MOST) {
        Ok(answer) => answer,
        Err(_) if check.is_former => return None,
        Err(error) => return Some(error),
    };
    let is_nothing = || nothing.get_or_init(|| at_nothing(fetch, &check.url)).as_ref() == Some(&body);
    let what = &check.what;
    let still = |answer: &str| {
        let message = format!("{what} is withdrawn, and the site's address still answers {answer}");
        Error::new(Code::StillOnline, message)
            .hint("purge the CDN's cache; check that the site's `url` leads to this target, and that the host does not answer 200 for what is missing")
    };
    match &check.expected {
        Expected::Gone | Expected::Tombstone(_) if matches!(status, 404 | 410) => None,
        Expected::Tombstone(page) if says_the_same(page, &body) => None,
        Expected::Gone if status == 200 && is_nothing() => None,
        Expected::Gone | Expected::Tombstone(_) if status == 200 => Some(still("with a file")),
        // A refusal shows nothing, but it does not say that there is nothing to show either.
        Expected::Gone | Expected::Tombstone(_) if status == 401 || status == 403 => None,
        Expected::Gone | Expected::Tombstone(_) => Some(still(&format!("with {status}"))),
        Expected::Anything => None,
        Expected::There if status == 200 => None,
        Expected::There => {
            let message = format!("{what} was published, and the site's address answers with {status}");
            Some(Error::new(Code::NotOnline, message).hint("check that the site's `url` leads to this target"))
        }
    }
}

/// Whether two pages say the same to people: networks put scripts of their own around it.
fn says_the_same(page: &[u8], body: &[u8]) -> bool {
    let find = |text: &[u8], part: &[u8]| text.windows(part.len()).position(|window| window == part);
    let said =
        find(page, b"<main").and_then(|begin| Some(&page[begin..find(page, b"</main>").filter(|end| *end > begin)?]));
    page == body || said.is_some_and(|said| find(body, said).is_some())
}

/// What is at an address beside this one, where there never was anything.
fn at_nothing(fetch: &dyn Fetch, url: &str) -> Option<Vec<u8>> {
    let (folder, _) = url.trim_end_matches('/').rsplit_once('/')?;
    let (status, body) = fetch.get(&format!("{folder}/{}.html", random_name().ok()?), MOST).ok()?;
    (status == 200).then_some(body)
}
