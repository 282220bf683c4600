//! Google Cloud Storage: objects by its XML interface, the bucket's settings and former versions by its JSON interface.

use std::io::Write;
use std::sync::Arc;

use http::Method;
use jiff::Timestamp;
use reqsign_core::Context;
use reqsign_google::{
    Credential, EnvCredentialProvider, RequestSigner, VmMetadataCredentialProvider, WellKnownCredentialProvider,
};
use serde::Deserialize;

use super::CloudTarget;
use super::bucket::{Bucket, Dialect, is_denied};
use super::credentials::{Chain, Signer};
use super::names;
use super::remote::Remote;
use crate::deploy::http::{Call, Client, Retry, Sign, Watch};
use crate::deploy::store::{Body, Condition, Copied, Headers, Keeps, Put, Sight, Store, Version};
use crate::error::Code;
use crate::{Error, Result};

/// Where Google serves buckets.
const ENDPOINT: &str = "https://storage.googleapis.com";

/// A bucket at Google's.
#[derive(Debug)]
pub(super) struct Gcs {
    bucket: Bucket,
    endpoint: String,
}

/// A bucket's settings, as far as they matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    versioning: Versioning,
    soft_delete_policy: SoftDeletePolicy,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Versioning {
    enabled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SoftDeletePolicy {
    /// A number of seconds in quotes.
    retention_duration_seconds: String,
}

/// A page of a listing of versions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Generations {
    items: Vec<Generation>,
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generation {
    name: String,
    generation: String,
    /// Since when it is a former version.
    time_deleted: Option<String>,
}

/// Opens a bucket.
pub(super) fn open(target: &CloudTarget, context: &Context, retry: Retry, watch: Watch) -> Gcs {
    let chain = Chain::<Credential>::new()
        .then(EnvCredentialProvider::new())
        .then(WellKnownCredentialProvider::new())
        .or_perhaps(VmMetadataCredentialProvider::new());
    let signer = reqsign_core::Signer::new(context.clone(), chain, RequestSigner::new("storage"));
    let hint = "log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS";
    with_signer(target, Arc::new(Signer::new(signer, hint)), retry, watch)
}

/// Opens a bucket with somebody's signatures.
pub(super) fn with_signer(target: &CloudTarget, signer: Arc<dyn Sign>, retry: Retry, watch: Watch) -> Gcs {
    let endpoint = target.endpoint.as_deref().unwrap_or(ENDPOINT).trim_end_matches('/').to_owned();
    let remote = Remote {
        client: Client::new(retry, watch),
        signer,
        root: format!("{endpoint}/{}", target.bucket),
        prefix: target.prefix.clone(),
        name: target.name.clone(),
    };
    Gcs { bucket: Bucket { remote, bucket: target.bucket.clone(), dialect: Dialect::Gcs }, endpoint }
}

impl Gcs {
    /// An address of the JSON interface.
    fn json(&self, path: &str, query: &[(&str, &str)]) -> String {
        let bucket = names::in_query(&self.bucket.bucket);
        names::with_query(&format!("{}/storage/v1/b/{bucket}{path}", self.endpoint), query)
    }

    fn keeps(&self) -> Result<Keeps> {
        let url = self.json("", &[("fields", "versioning,softDeletePolicy")]);
        let answer = self.bucket.remote.send(&Call::new(Method::GET, url))?;
        if is_denied(&answer) {
            return Ok(Keeps::Unknown);
        }
        if !answer.succeeded() {
            return Err(self.bucket.remote.refused("tell its settings", &answer));
        }
        let Ok(settings) = serde_json::from_slice::<Settings>(&answer.body) else { return Ok(Keeps::Unknown) };
        let deleted = !matches!(settings.soft_delete_policy.retention_duration_seconds.as_str(), "" | "0");
        Ok(Keeps::of(settings.versioning.enabled, deleted))
    }
}

impl Store for Gcs {
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
        let remote = &self.bucket.remote;
        let delete = |path: &&str| remote.delete(remote.object(path), &[]).err();
        paths.iter().map(delete).enumerate().filter_map(|(place, error)| Some((place, error?))).collect()
    }

    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        self.bucket.get(path, to)
    }

    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        self.bucket.list(folder, each)
    }

    fn now(&self) -> Result<Timestamp> {
        let remote = &self.bucket.remote;
        remote.now(&Call::new(Method::HEAD, remote.bucket(&[])))
    }

    fn look(&self) -> Result<Sight> {
        Ok(Sight { lists: self.bucket.lists_to_strangers()?, keeps: self.keeps()? })
    }

    fn delete_versions(&self, folder: &str) -> Result<Option<usize>> {
        let remote = &self.bucket.remote;
        let prefix = remote.key(folder);
        let (mut count, mut next) = (0, None::<String>);
        loop {
            let fields = "nextPageToken,items(name,generation,timeDeleted)";
            let mut query = vec![("versions", "true"), ("prefix", prefix.as_str()), ("fields", fields)];
            if let Some(token) = &next {
                query.push(("pageToken", token));
            }
            let answer = remote.send(&Call::new(Method::GET, self.json("/o", &query)))?;
            if is_denied(&answer) {
                return Ok(None);
            }
            if !answer.succeeded() {
                return Err(remote.refused("list former versions", &answer));
            }
            let page: Generations = serde_json::from_slice(&answer.body)
                .map_err(|_| Error::new(Code::TargetUnreachable, "the target's answer makes no sense"))?;
            for former in page.items.iter().filter(|item| item.time_deleted.is_some()) {
                let url = names::with_query(&remote.at(&former.name), &[("generation", &former.generation)]);
                let answer = remote.send(&Call::new(Method::DELETE, url))?;
                match answer.status {
                    200..300 => count += 1,
                    404 => {}
                    _ if is_denied(&answer) => return Ok(None),
                    _ => return Err(remote.refused("delete a former version", &answer)),
                }
            }
            match page.next_page_token {
                Some(token) => next = Some(token),
                None => return Ok(Some(count)),
            }
        }
    }

    fn sends_headers(&self) -> bool {
        true
    }
}
