//! Deleting many objects at once, and what a bucket keeps of them.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use md5::Md5;

use super::super::bucket::is_denied;
use super::super::remote::reason;
use super::super::{names, xml};
use super::{BATCH, S3};
use crate::deploy::http::{Answer, Call, Payload, told};
use crate::error::Code;
use crate::{Error, Result};

/// An object's name, and which writing of it if not the latest.
type Doomed = (String, Option<String>);

/// What came of a request for many deletions.
enum Batch {
    /// These are left, each with the reason.
    Left(Vec<(usize, Error)>),
    /// The store does not know such requests.
    Unknown,
}

impl S3 {
    /// Deletes objects, or versions of them; gives those that may still be there.
    pub(super) fn delete_all(&self, objects: &[Doomed]) -> Vec<(usize, Error)> {
        let mut left = Vec::new();
        for (chunk, start) in objects.chunks(BATCH).zip((0..).step_by(BATCH)) {
            let known = chunk.len() > 1 && !self.one_by_one.load(Ordering::Relaxed);
            let batch = match known.then(|| self.delete_together(chunk)) {
                Some(Ok(Batch::Left(batch))) => batch,
                Some(Err(error)) => (0..chunk.len()).map(|place| (place, error.clone())).collect(),
                Some(Ok(Batch::Unknown)) => {
                    self.one_by_one.store(true, Ordering::Relaxed);
                    self.delete_singly(chunk)
                }
                None => self.delete_singly(chunk),
            };
            left.extend(batch.into_iter().map(|(place, error)| (start + place, error)));
        }
        left
    }

    /// One request for each.
    fn delete_singly(&self, objects: &[Doomed]) -> Vec<(usize, Error)> {
        let delete = |object: &Doomed| self.delete_one(object).err();
        objects.iter().map(delete).enumerate().filter_map(|(place, error)| Some((place, error?))).collect()
    }

    fn delete_one(&self, (key, version): &Doomed) -> Result<()> {
        let url = self.bucket.remote.at(key);
        let url = match version {
            Some(version) => names::with_query(&url, &[("versionId", version)]),
            None => url,
        };
        self.bucket.remote.delete(url, &[("x-amz-content-sha256", super::super::bucket::NOTHING)])
    }

    /// One request for all.
    fn delete_together(&self, objects: &[Doomed]) -> Result<Batch> {
        let remote = &self.bucket.remote;
        let body = xml::delete_request(objects.iter().map(|(key, version)| (key.as_str(), version.as_deref())));
        let payload = Payload::Bytes(body.into_bytes().into());
        // Amazon and most others demand a checksum here; this one all of them know.
        let call = Call::new(Method::POST, remote.bucket(&[("delete", "")]))
            .header("content-type", "application/xml")
            .header("content-md5", BASE64_STANDARD.encode(payload.digest::<Md5>()?));
        let answer = remote.send(&self.bucket.with_body(call, payload)?)?;
        if !answer.succeeded() {
            return if knows_no_batches(&answer) {
                Ok(Batch::Unknown)
            } else {
                Err(remote.refused("delete files", &answer))
            };
        }
        let places: HashMap<&Doomed, usize> = objects.iter().zip(0..).collect();
        let mut left = Vec::new();
        for (key, version, reason) in xml::undeleted(&answer.body)? {
            let Some(&place) = places.get(&(key, version)) else {
                return Err(Error::new(Code::TargetUnreachable, "the target's answer makes no sense"));
            };
            let outcome = match reason.code.as_str() {
                "NoSuchKey" | "NoSuchVersion" => Ok(()),
                // For a while only: a single deletion is repeated until it succeeds.
                "InternalError" | "SlowDown" | "ServiceUnavailable" => self.delete_one(&objects[place]),
                _ => Err(Error::new(
                    Code::TargetRefused,
                    format!(
                        "{} refused to delete a file: {}: {}",
                        remote.name,
                        told(&reason.code),
                        told(&reason.message)
                    ),
                )),
            };
            left.extend(outcome.err().map(|error| (place, error)));
        }
        Ok(Batch::Left(left))
    }

    /// Deletes former versions below a folder; see `Store::delete_versions`.
    ///
    /// # Errors
    /// There is no answer.
    pub(super) fn delete_former(&self, folder: &str) -> Result<Option<usize>> {
        // A marker that goes before the version under it would bring that back.
        let Some(count) = self.delete_kept(folder, &|kept| !kept.is_latest)? else { return Ok(None) };
        Ok(self.delete_kept(folder, &|kept| kept.is_latest && kept.is_marker)?.map(|_| count))
    }

    /// Deletes what `doomed` says; gives how many versions it were, markers not counted.
    fn delete_kept(&self, folder: &str, doomed: &dyn Fn(&xml::Kept) -> bool) -> Result<Option<usize>> {
        let remote = &self.bucket.remote;
        let prefix = remote.key(folder);
        let (mut count, mut next) = (0, None::<(String, String)>);
        loop {
            let mut query = vec![("versions", ""), ("encoding-type", "url"), ("prefix", prefix.as_str())];
            if let Some((key, version)) = &next {
                query.push(("key-marker", key));
                if !version.is_empty() {
                    query.push(("version-id-marker", version));
                }
            }
            let answer = remote.send(&self.bucket.call(Method::GET, remote.bucket(&query)))?;
            if is_denied(&answer) {
                return Ok(None);
            }
            if !answer.succeeded() {
                return Err(remote.refused("list former versions", &answer));
            }
            let page = xml::versions(&answer.body)?;
            let objects: Vec<Doomed> = page
                .versions
                .iter()
                .filter(|kept| doomed(kept))
                .map(|kept| (kept.key.clone(), Some(kept.version.clone())))
                .collect();
            match self.delete_all(&objects).into_iter().next() {
                None => {}
                Some((_, error)) if error.code == Code::TargetRefused => return Ok(None),
                Some((_, error)) => return Err(error),
            }
            count += page.versions.iter().filter(|kept| doomed(kept) && !kept.is_marker).count();
            match page.next {
                Some(place) => next = Some(place),
                None => return Ok(Some(count)),
            }
        }
    }
}

/// Whether a store says that it does not know deletions of many objects.
fn knows_no_batches(answer: &Answer) -> bool {
    matches!(answer.status, 405 | 501) || matches!(reason(answer).code.as_str(), "NotImplemented" | "MalformedXML")
}
