//! Amazon S3, and whoever speaks its language: R2, B2, MinIO, Spaces.

mod deletion;
mod place;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::Method;
use jiff::Timestamp;
use reqsign_core::Context;

use super::CloudTarget;
use super::bucket::{Bucket, Dialect, is_denied};
use super::credentials;
use super::remote::{Remote, reason};
use super::xml;
use crate::deploy::http::{Client, Retry, Sign, Watch};
use crate::deploy::store::{Body, Condition, Copied, Headers, Keeps, Put, Sight, Store, Version};
use crate::{Error, Result};

/// The most objects that one request deletes.
const BATCH: usize = 1000;

/// A bucket that speaks S3.
#[derive(Debug)]
pub(super) struct S3 {
    bucket: Bucket,
    /// Whether the store knows only one deletion at a time.
    one_by_one: AtomicBool,
}

/// Opens a bucket; asks for its region where nothing says it.
///
/// # Errors
/// There is no such bucket, or no answer.
pub(super) fn open(target: &CloudTarget, context: &Context, retry: Retry, watch: Watch) -> Result<S3> {
    let client = Client::new(retry, watch);
    let place = place::find(target, context, &client)?;
    let signer = Arc::new(credentials::aws(context, "s3", &place.region));
    Ok(with_signer(target, place.root, signer, client))
}

/// Opens a bucket at a known address with somebody's signatures.
pub(super) fn with_signer(target: &CloudTarget, root: String, signer: Arc<dyn Sign>, client: Client) -> S3 {
    let remote = Remote { client, signer, root, prefix: target.prefix.clone(), name: target.name.clone() };
    let bucket = Bucket { remote, bucket: target.bucket.clone(), dialect: Dialect::S3 };
    S3 { bucket, one_by_one: AtomicBool::new(false) }
}

impl S3 {
    fn keeps(&self) -> Result<Keeps> {
        let remote = &self.bucket.remote;
        let answer = remote.send(&self.bucket.call(Method::GET, remote.bucket(&[("versioning", "")])))?;
        // A store that does not know versions keeps none.
        if answer.status == 501 || reason(&answer).code == "NotImplemented" {
            return Ok(Keeps::Nothing);
        }
        if is_denied(&answer) {
            return Ok(Keeps::Unknown);
        }
        if !answer.succeeded() {
            return Err(self.bucket.remote.refused("tell its settings", &answer));
        }
        // "Suspended" keeps the versions that there were.
        Ok(match xml::find(&answer.body, &["Status"]).as_deref() {
            Some("Enabled" | "Suspended") => Keeps::Versions,
            _ => Keeps::Nothing,
        })
    }
}

impl Store for S3 {
    fn name(&self) -> &str {
        &self.bucket.remote.name
    }

    fn put(&self, path: &str, headers: Headers<'_>, body: Body<'_>, condition: Condition<'_>) -> Result<Put> {
        self.bucket.put(path, headers, body, condition)
    }

    fn copy(&self, from: &str, to: &str, headers: Headers<'_>) -> Result<Copied> {
        self.bucket.copy(from, to, headers)
    }

    fn delete(&self, paths: &[&str]) -> Vec<(usize, Error)> {
        let keys: Vec<_> = paths.iter().map(|path| (self.bucket.remote.key(path), None)).collect();
        self.delete_all(&keys)
    }

    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        self.bucket.get(path, to)
    }

    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        self.bucket.list(folder, each)
    }

    fn now(&self) -> Result<Timestamp> {
        self.bucket.remote.now(&self.bucket.call(Method::HEAD, self.bucket.remote.bucket(&[])))
    }

    fn look(&self) -> Result<Sight> {
        Ok(Sight { lists: self.bucket.lists_to_strangers()?, keeps: self.keeps()? })
    }

    fn delete_versions(&self, folder: &str) -> Result<Option<usize>> {
        self.delete_former(folder)
    }

    fn delete_batch(&self) -> usize {
        BATCH
    }

    fn sends_headers(&self) -> bool {
        true
    }
}
