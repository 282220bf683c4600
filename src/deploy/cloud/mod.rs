//! Clouds as targets: Amazon S3 and what speaks its language, Google Cloud Storage, Azure Blob Storage.
//!
//! `s3` and `gcs` speak one protocol with other words, which `bucket` knows; `azure` has its own. All of them send what
//! `remote` puts together, signed with `credentials` from where people have them. Nothing here knows what a site is.

mod azure;
mod bucket;
mod credentials;
mod gcs;
mod names;
mod remote;
mod s3;
#[cfg(test)]
mod tests;
mod xml;

use reqsign_core::Context;

use super::http::{Answer, Retry, Watch};
use super::store::Store;
use crate::error::Code;
use crate::{Error, Result};

pub(super) use bucket::hex;
pub(super) use credentials::{aws, context};
pub(super) use xml::escaped as xml_escaped;

/// Who runs a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudKind {
    /// Amazon S3, and whoever speaks its language: R2, B2, MinIO, Spaces.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

/// A bucket or container, and where in it the site lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudTarget {
    /// Who runs it.
    pub kind: CloudKind,
    /// The bucket or container.
    pub bucket: String,
    /// Azure's storage account; otherwise `AZURE_STORAGE_ACCOUNT` names it.
    pub account: Option<String>,
    /// What every name begins with: nothing, or a folder with `/` at its end.
    pub prefix: String,
    /// The service's address, where it is not the cloud's own: `https://….r2.cloudflarestorage.com`. For Azure it includes
    /// what precedes the container.
    pub endpoint: Option<String>,
    /// The region, where the service cannot be asked.
    pub region: Option<String>,
    /// The target as its owner wrote it.
    pub name: String,
}

/// Opens a target. S3 may be asked for the bucket's region; credentials are looked for when the first request needs them.
/// The `watch` may end the waiting for an answer.
///
/// # Errors
/// The endpoint is no address, Azure's account is not named, there is no such bucket, or S3 does not answer.
pub fn open(target: &CloudTarget, watch: Watch) -> Result<Box<dyn Store>> {
    open_in(target, &context(target.account.as_deref(), Retry::BRIEF), Retry::PATIENT, watch)
}

/// Code and message of a refusal.
pub(super) fn reason_in(answer: &Answer) -> (String, String) {
    let reason = remote::reason(answer);
    (reason.code, reason.message)
}

/// Opens a target from a given environment.
fn open_in(target: &CloudTarget, context: &Context, retry: Retry, watch: Watch) -> Result<Box<dyn Store>> {
    if let Some(endpoint) = &target.endpoint
        && !(endpoint.starts_with("https://") || endpoint.starts_with("http://"))
    {
        return Err(Error::new(Code::TargetRefused, format!("`{endpoint}` is not an address"))
            .hint("write `endpoint` with `https://` in front"));
    }
    Ok(match target.kind {
        CloudKind::S3 => Box::new(s3::open(target, context, retry, watch)?),
        CloudKind::Gcs => Box::new(gcs::open(target, context, retry, watch)),
        CloudKind::Azure => Box::new(azure::open(target, context, retry, watch)?),
    })
}
