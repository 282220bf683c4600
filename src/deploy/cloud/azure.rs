//! Azure Blob Storage.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::request::Parts;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use md5::Md5;
use reqsign_azure_storage as azure;
use reqsign_core::Context;

use super::CloudTarget;
use super::bucket::is_denied;
use super::credentials::{Chain, Signer};
use super::remote::{Remote, is_missing_object, reason};
use super::{names, xml};
use crate::deploy::http::{Answer, Call, Client, Payload, Retry, Sign, Watch};
use crate::deploy::lease::{Lease, slept};
use crate::deploy::store::{Body, Condition, Copied, Headers, Keeps, Put, Sight, Store, Version};
use crate::error::Code;
use crate::{Error, Result};

/// The version of the interface that requests speak.
const API: &str = "2021-12-02";

/// The largest blob that one request stores, in bytes.
const LARGEST: u64 = 5000 << 20;

/// How often a copy that the service makes later is asked for; with `PAUSE`, a quarter of an hour.
const ASKED: usize = 450;

/// The pause between two such questions.
const PAUSE: Duration = Duration::from_secs(2);

/// A container at Azure's.
#[derive(Debug)]
pub(super) struct Container {
    remote: Remote,
    /// The address of the account, without `/` at its end.
    account: String,
    /// Whether an answer named a version, as only accounts with versions do.
    versioned: AtomicBool,
    lease: Arc<Lease>,
}

/// Opens a container.
///
/// # Errors
/// Nothing names the account.
pub(super) fn open(target: &CloudTarget, context: &Context, retry: Retry, watch: Watch) -> Result<Container> {
    let chain = Chain::<azure::Credential>::new()
        .then(azure::EnvCredentialProvider::new())
        .then(azure::ClientCertificateCredentialProvider::new())
        .then(azure::ClientSecretCredentialProvider::new())
        .then(azure::AzurePipelinesCredentialProvider::new())
        .then(azure::WorkloadIdentityCredentialProvider::new())
        .then(azure::AzureCliCredentialProvider::new())
        .or_perhaps(azure::ImdsCredentialProvider::new());
    let signer = reqsign_core::Signer::new(context.clone(), chain, azure::RequestSigner::new());
    let hint = "log in with `az login`, or set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_CLIENT_ID";
    let account = target.account.clone().or_else(|| context.env_var("AZURE_STORAGE_ACCOUNT_NAME"));
    with_signer(target, account, Arc::new(Signer::new(signer, hint)), retry, watch)
}

/// Opens a container with somebody's signatures.
///
/// # Errors
/// Nothing names the account.
pub(super) fn with_signer(
    target: &CloudTarget,
    account: Option<String>,
    signer: Arc<dyn Sign>,
    retry: Retry,
    watch: Watch,
) -> Result<Container> {
    let account = match (&target.endpoint, account) {
        (Some(endpoint), _) => endpoint.trim_end_matches('/').to_owned(),
        (None, Some(account)) => format!("https://{account}.blob.core.windows.net"),
        (None, None) => {
            return Err(Error::new(
                Code::CredentialsMissing,
                format!("{}: nothing names the storage account", target.name),
            )
            .hint("write `az://ACCOUNT/CONTAINER`, or set AZURE_STORAGE_ACCOUNT"));
        }
    };
    let remote = Remote {
        client: Client::new(retry, watch.clone()),
        signer,
        root: format!("{account}/{}", target.bucket),
        prefix: target.prefix.clone(),
        name: target.name.clone(),
    };
    Ok(Container { remote, account, versioned: AtomicBool::new(false), lease: watch.lease })
}

impl Container {
    /// An address of the container itself, which has no `/` at its end.
    fn container(&self, query: &[(&str, &str)]) -> String {
        names::with_query(&self.remote.root, &[&[("restype", "container")], query].concat())
    }

    fn keeps(&self) -> Result<Keeps> {
        let url = names::with_query(&format!("{}/", self.account), &[("restype", "service"), ("comp", "properties")]);
        let answer = self.remote.send(&call(Method::GET, url))?;
        if is_denied(&answer) {
            return Ok(Keeps::Unknown);
        }
        if !answer.succeeded() {
            return Err(self.remote.refused("tell its settings", &answer));
        }
        let deleted = xml::find(&answer.body, &["DeleteRetentionPolicy", "Enabled"]).as_deref() == Some("true");
        // What is deleted softly is not listed as a version.
        let url = self.container(&[("comp", "list"), ("include", "versions"), ("maxresults", "1")]);
        let answer = self.remote.send(&call(Method::GET, url))?;
        let listed = answer.succeeded() && !xml::blobs(&answer.body)?.1.is_empty();
        Ok(Keeps::of(listed || self.versioned.load(Ordering::Relaxed), deleted))
    }

    /// Waits until the service has copied.
    fn until_copied(&self, to: &str, first: &Answer) -> Result<()> {
        let mut status = first.header("x-ms-copy-status").unwrap_or("success").to_owned();
        for time in 0..ASKED {
            match status.as_str() {
                "success" => return Ok(()),
                "pending" => {}
                _ => break,
            }
            if self.lease.is_over() {
                return Err(slept());
            }
            // Most copies are done by the time one asks.
            if time > 0 {
                #[expect(clippy::disallowed_methods, reason = "the service does not tell when it is done")]
                std::thread::sleep(PAUSE);
            }
            let answer = self.remote.send(&call(Method::HEAD, self.remote.object(to)))?;
            status = answer.header("x-ms-copy-status").unwrap_or("lost").to_owned();
        }
        Err(Error::new(Code::TargetUnreachable, format!("{} did not finish copying a file", self.remote.name)))
    }

    /// One page of a listing.
    fn page(&self, prefix: &str, include: &str, marker: Option<&str>) -> Result<Answer> {
        let mut query = vec![("comp", "list")];
        if !include.is_empty() {
            query.push(("include", include));
        }
        if !prefix.is_empty() {
            query.push(("prefix", prefix));
        }
        query.extend(marker.map(|marker| ("marker", marker)));
        self.remote.send(&call(Method::GET, self.container(&query)))
    }
}

impl Store for Container {
    fn name(&self) -> &str {
        &self.remote.name
    }

    fn put(&self, path: &str, headers: Headers<'_>, body: Body<'_>, condition: Condition<'_>) -> Result<Put> {
        self.remote.check_size(body, LARGEST)?;
        let payload = Payload::of(body)?;
        let md5 = BASE64_STANDARD.encode(payload.digest::<Md5>()?);
        let call = with_headers(call(Method::PUT, self.remote.object(path)), headers)
            .header("x-ms-blob-type", "BlockBlob")
            .header("content-md5", md5)
            .payload(payload);
        let call = match condition {
            Condition::Always => call,
            Condition::Absent => call.header("if-none-match", "*"),
            Condition::Unchanged(version) => call.header("if-match", version.0.as_str()),
        };
        let answer = self.remote.send(&call)?;
        if answer.succeeded() {
            if answer.header("x-ms-version-id").is_some() {
                self.versioned.store(true, Ordering::Relaxed);
            }
            return self.remote.stored(version(&answer.headers));
        }
        match condition {
            Condition::Always => {}
            _ if answer.status == 412 => return Ok(Put::Refused),
            Condition::Absent if reason(&answer).code == "BlobAlreadyExists" => return Ok(Put::Refused),
            Condition::Unchanged(_) if is_missing_object(&answer) => return Ok(Put::Refused),
            _ => {}
        }
        Err(self.remote.refused("store a file", &answer))
    }

    fn copy(&self, from: &str, to: &str, headers: Headers<'_>) -> Result<Copied> {
        // Where a token in addresses stands for credentials, the source needs it too; signing puts it there.
        let source = http::Request::get(self.remote.object(from)).body(());
        let source = source.map_err(|_| Error::new(Code::TargetRefused, "the target's address is not valid"))?;
        let mut source: Parts = source.into_parts().0;
        self.remote.signer.sign(&mut source)?;
        let copy = call(Method::PUT, self.remote.object(to))
            .header("x-ms-copy-source", source.uri.to_string())
            .payload(Payload::Bytes((&[]).into()));
        let answer = self.remote.send(&copy)?;
        if !answer.succeeded() {
            let missing = is_missing_object(&answer);
            return if missing { Ok(Copied::Missing) } else { Err(self.remote.refused("copy a file", &answer)) };
        }
        self.until_copied(to, &answer)?;
        // A copy has the headers of its source.
        let url = names::with_query(&self.remote.object(to), &[("comp", "properties")]);
        let properties = with_headers(call(Method::PUT, url), headers).payload(Payload::Bytes((&[]).into()));
        let answer = self.remote.send(&properties)?;
        if answer.succeeded() { Ok(Copied::Done) } else { Err(self.remote.refused("set a file's headers", &answer)) }
    }

    fn delete(&self, paths: &[&str]) -> Vec<(usize, Error)> {
        let headers = [("x-ms-version", API), ("x-ms-delete-snapshots", "include")];
        let delete = |path: &&str| self.remote.delete(self.remote.object(path), &headers).err();
        paths.iter().map(delete).enumerate().filter_map(|(place, error)| Some((place, error?))).collect()
    }

    fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        let request = |from, version: Option<&str>| {
            let call = call(Method::GET, self.remote.object(path));
            match version {
                Some(version) => call.header("range", format!("bytes={from}-")).header("if-match", version),
                None => call,
            }
        };
        self.remote.read(&request, &version, to)
    }

    fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let prefix = self.remote.key(folder);
        let mut next = None::<String>;
        loop {
            let answer = self.page(&prefix, "", next.as_deref())?;
            if !answer.succeeded() {
                return Err(self.remote.refused("list its files", &answer));
            }
            let (page, _) = xml::blobs(&answer.body)?;
            for (key, size) in &page.objects {
                if let Some(path) = self.remote.path(key) {
                    each(path, *size);
                }
            }
            match page.next {
                Some(marker) => next = Some(marker),
                None => return Ok(()),
            }
        }
    }

    fn now(&self) -> Result<Timestamp> {
        self.remote.now(&call(Method::HEAD, self.container(&[])))
    }

    fn look(&self) -> Result<Sight> {
        let stranger = call(Method::GET, self.container(&[("comp", "list"), ("maxresults", "1")]));
        let answer = self.remote.send_unsigned(&stranger)?;
        if answer.status >= 500 {
            return Err(self.remote.refused("say who may list its files", &answer));
        }
        let lists = answer.succeeded() && xml::is_a("EnumerationResults", &answer.body);
        Ok(Sight { lists, keeps: self.keeps()? })
    }

    fn delete_versions(&self, folder: &str) -> Result<Option<usize>> {
        let prefix = self.remote.key(folder);
        let (mut count, mut next) = (0, None::<String>);
        loop {
            let answer = self.page(&prefix, "versions", next.as_deref())?;
            if is_denied(&answer) {
                return Ok(None);
            }
            if !answer.succeeded() {
                return Err(self.remote.refused("list former versions", &answer));
            }
            let (page, kept) = xml::blobs(&answer.body)?;
            for former in kept.iter().filter(|kept| !kept.is_latest) {
                let url = names::with_query(&self.remote.at(&former.key), &[("versionid", &former.version)]);
                match self.remote.delete(url, &[("x-ms-version", API)]) {
                    Ok(()) => count += 1,
                    Err(error) if error.code == Code::TargetRefused => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
            match page.next {
                Some(marker) => next = Some(marker),
                None => return Ok(Some(count)),
            }
        }
    }

    fn sends_headers(&self) -> bool {
        true
    }
}

fn call<'a>(method: Method, url: String) -> Call<'a> {
    Call::new(method, url).header("x-ms-version", API)
}

/// Adds what is kept with a blob.
fn with_headers<'a>(call: Call<'a>, headers: Headers<'_>) -> Call<'a> {
    let call = call.header("x-ms-blob-content-type", headers.content_type);
    match headers.cache_control {
        Some(value) => call.header("x-ms-blob-cache-control", value),
        None => call,
    }
}

fn version(headers: &HeaderMap) -> Option<String> {
    headers.get("etag").and_then(|value| value.to_str().ok()).map(str::to_owned)
}
