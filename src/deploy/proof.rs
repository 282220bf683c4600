//! The proof: what strangers get at the site's address. What was withdrawn must be gone there, caches and all, and what was
//! published must answer.

#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

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
}

/// One address to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The address. Never told: it may open a gallery.
    pub url: String,
    /// What it is, for people: a gallery and a link.
    pub what: String,
    /// What should be there.
    pub expected: Expected,
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

/// Looks at all of these addresses, and again after each of the `pauses` at those that still answer with what is gone. Gives
/// what is wrong; nothing of it names an address.
pub fn prove(fetch: &dyn Fetch, checks: &[Check], pauses: &[Duration]) -> Vec<Error> {
    let mut left: Vec<&Check> = checks.iter().collect();
    let mut wrong = look(fetch, &left);
    for pause in pauses {
        if wrong.is_empty() {
            break;
        }
        fetch.pause(*pause);
        left = wrong.iter().map(|(at, _)| left[*at]).collect();
        wrong = look(fetch, &left);
    }
    wrong.sort_by_key(|(at, _)| *at);
    let mut errors: Vec<Error> = Vec::new();
    for (_, error) in wrong {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors
}

fn look(fetch: &dyn Fetch, checks: &[&Check]) -> Vec<(usize, Error)> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(checks.len()) {
            scope.spawn(|| {
                while let Some((at, check)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    checks.get(at).map(|check| (at, *check))
                } {
                    if let Some(error) = fault(fetch, check) {
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push((at, error));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn fault(fetch: &dyn Fetch, check: &Check) -> Option<Error> {
    let (status, body) = match fetch.get(&check.url, MOST) {
        Ok(answer) => answer,
        Err(error) => return Some(error),
    };
    let what = &check.what;
    let still = |answer: &str| {
        let message = format!("{what} is withdrawn, and the site's address still answers {answer}");
        Error::new(Code::StillOnline, message)
            .hint("purge the CDN's cache; check that the site's `url` leads to this target")
    };
    match &check.expected {
        Expected::Gone | Expected::Tombstone(_) if matches!(status, 404 | 410) => None,
        Expected::Tombstone(page) if *page == body => None,
        Expected::Gone | Expected::Tombstone(_) if status == 200 => Some(still("with a file")),
        // A refusal shows nothing, but it does not say that there is nothing to show either.
        Expected::Gone | Expected::Tombstone(_) if status == 401 || status == 403 => None,
        Expected::Gone | Expected::Tombstone(_) => Some(still(&format!("with {status}"))),
        Expected::There if status == 200 => None,
        Expected::There => {
            let message = format!("{what} was published, and the site's address answers with {status}");
            Some(Error::new(Code::NotOnline, message).hint("check that the site's `url` leads to this target"))
        }
    }
}
