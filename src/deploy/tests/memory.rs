//! A target in memory, which can be made to fail at any request.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

use crate::deploy::store::*;
use crate::{Code, Error, Result};

/// How a request goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused; the next one works.
    Refused,
    /// It takes effect, and the answer is lost.
    Lost,
    /// The run is killed before it.
    Killed,
    /// The run is killed after it took effect.
    KilledAfter,
}

pub const FAULTS: [Fault; 4] = [Fault::Refused, Fault::Lost, Fault::Killed, Fault::KilledAfter];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub bytes: Vec<u8>,
    pub headers: String,
    version: u64,
}

#[derive(Debug, Default)]
pub struct Inner {
    pub objects: BTreeMap<String, Object>,
    /// The requests that were made, each with what it did.
    pub log: Vec<String>,
    writes: u64,
    fault: Option<(usize, Fault)>,
    dead: bool,
    hours: i64,
}

/// A target that honours conditions, unless it ignores them.
#[derive(Debug, Default)]
pub struct Memory {
    pub inner: Mutex<Inner>,
    pub ignores_absent: bool,
    pub ignores_unchanged: bool,
    pub lists: bool,
}

impl Memory {
    pub fn objects(&self) -> BTreeMap<String, Object> {
        self.inner.lock().unwrap().objects.clone()
    }

    /// What lies there besides states.
    pub fn site(&self) -> BTreeMap<String, Vec<u8>> {
        let all = self.objects().into_iter().filter(|(path, _)| !path.starts_with("safelight-state/"));
        all.map(|(path, object)| (path, object.bytes)).collect()
    }

    pub fn set(&self, path: &str, bytes: &[u8]) {
        let mut inner = self.inner.lock().unwrap();
        inner.writes += 1;
        let version = inner.writes;
        let object = Object { bytes: bytes.to_vec(), headers: String::new(), version };
        inner.objects.insert(path.to_owned(), object);
    }

    pub fn remove(&self, path: &str) {
        self.inner.lock().unwrap().objects.remove(path);
    }

    /// The request at this position from now on goes wrong.
    pub fn break_at(&self, position: usize, fault: Fault) {
        let mut inner = self.inner.lock().unwrap();
        inner.log.clear();
        inner.fault = Some((position, fault));
    }

    /// Whoever was killed starts again, hours later.
    pub fn revive(&self) {
        let mut inner = self.inner.lock().unwrap();
        (inner.dead, inner.fault) = (false, None);
        inner.log.clear();
        inner.hours += 5;
    }

    pub fn is_broken(&self) -> bool {
        let inner = self.inner.lock().unwrap();
        inner.fault.is_none_or(|(position, _)| inner.log.len() > position)
    }

    pub fn log(&self) -> Vec<String> {
        self.inner.lock().unwrap().log.clone()
    }

    fn request<T>(&self, what: String, mut act: impl FnMut(&mut Inner) -> T) -> Result<T> {
        let failed = |what: &str| Error::new(Code::TargetUnreachable, format!("the connection broke at {what}"));
        let mut inner = self.inner.lock().unwrap();
        if inner.dead {
            return Err(failed(&what));
        }
        let fault = inner.fault.filter(|(position, _)| *position == inner.log.len()).map(|(_, fault)| fault);
        inner.log.push(what.clone());
        match fault {
            None => Ok(act(&mut inner)),
            Some(Fault::Refused) => Err(failed(&what)),
            Some(Fault::Lost) => {
                act(&mut inner);
                // The store repeats the request, whose condition no longer holds.
                Ok(act(&mut inner))
            }
            Some(Fault::Killed) => {
                inner.dead = true;
                Err(failed(&what))
            }
            Some(Fault::KilledAfter) => {
                act(&mut inner);
                inner.dead = true;
                Err(failed(&what))
            }
        }
    }
}

impl Store for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn put(&self, path: &str, headers: Headers<'_>, body: Body<'_>, condition: Condition<'_>) -> Result<Put> {
        let mut bytes = Vec::new();
        body.reader().unwrap().read_to_end(&mut bytes).unwrap();
        self.request(format!("put {path}"), |inner| {
            let now = inner.objects.get(path).map(|object| object.version);
            let holds = match condition {
                Condition::Always => true,
                Condition::Absent => self.ignores_absent || now.is_none(),
                Condition::Unchanged(Version(version)) => {
                    self.ignores_unchanged || now.is_some_and(|now| now.to_string() == *version)
                }
            };
            if !holds {
                return Put::Refused;
            }
            inner.writes += 1;
            let version = inner.writes;
            let headers = format!("{} {}", headers.content_type, headers.cache_control.unwrap_or_default());
            inner.objects.insert(path.to_owned(), Object { bytes: bytes.clone(), headers, version });
            Put::Stored(Version(version.to_string()))
        })
    }

    fn copy(&self, from: &str, to: &str, headers: Headers<'_>) -> Result<Copied> {
        self.request(format!("copy {to}"), |inner| match inner.objects.get(from).cloned() {
            None => Copied::Missing,
            Some(object) => {
                inner.writes += 1;
                let headers = format!("{} {}", headers.content_type, headers.cache_control.unwrap_or_default());
                let version = inner.writes;
                inner.objects.insert(to.to_owned(), Object { headers, version, ..object });
                Copied::Done
            }
        })
    }

    fn delete(&self, paths: &[&str]) -> Vec<(usize, Error)> {
        let mut failed = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            if let Err(error) = self.request(format!("delete {path}"), |inner| drop(inner.objects.remove(*path))) {
                failed.push((at, error));
            }
        }
        failed
    }

    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        let found = self.request(format!("get {path}"), |inner| inner.objects.get(path).cloned())?;
        Ok(found.map(|object| {
            to.write_all(&object.bytes).unwrap();
            Version(object.version.to_string())
        }))
    }

    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let all = self.request(format!("list {folder}"), |inner| inner.objects.clone())?;
        for (path, object) in all.iter().filter(|(path, _)| path.starts_with(folder)) {
            each(path, object.bytes.len() as u64);
        }
        Ok(())
    }

    fn now(&self) -> Result<Timestamp> {
        let hours = self.request("now".to_owned(), |inner| inner.hours)?;
        Ok(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours))
    }

    fn look(&self) -> Result<Sight> {
        Ok(Sight { lists: self.lists, keeps: Keeps::Nothing })
    }

    fn delete_versions(&self, _folder: &str) -> Result<Option<usize>> {
        Ok(Some(0))
    }

    fn delete_batch(&self) -> usize {
        3
    }

    fn sends_headers(&self) -> bool {
        true
    }
}
