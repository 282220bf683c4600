//! The protocol of buckets that Amazon's and Google's stores share, with the words in which they differ.

use std::io::Write;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, Method};
use md5::Md5;
use sha2::Sha256;

use super::remote::{Remote, is_missing_object, reason};
use super::{names, xml};
use crate::deploy::http::{Answer, Call, Payload};
use crate::deploy::store::{Body, Condition, Copied, Headers, Put, Version};
use crate::error::Code;
use crate::{Error, Result};

/// How long a copy within the store may take: its size is not known.
const COPYING: Duration = Duration::from_secs(300);

/// The SHA-256 of nothing.
pub(super) const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Amazon's.
    S3,
    /// Google's.
    Gcs,
}

impl Dialect {
    /// The header by which a writing of an object is told from others.
    fn version(self) -> &'static str {
        match self {
            Self::S3 => "etag",
            Self::Gcs => "x-goog-generation",
        }
    }

    /// The header that demands a writing.
    fn unchanged(self) -> &'static str {
        match self {
            Self::S3 => "if-match",
            Self::Gcs => "x-goog-if-generation-match",
        }
    }

    /// The header that demands that there is no object.
    fn absent(self) -> (&'static str, &'static str) {
        match self {
            Self::S3 => ("if-none-match", "*"),
            Self::Gcs => ("x-goog-if-generation-match", "0"),
        }
    }

    /// Headers of a copy: what is copied, and what becomes of its headers.
    fn copy(self) -> (&'static str, &'static str) {
        match self {
            Self::S3 => ("x-amz-copy-source", "x-amz-metadata-directive"),
            Self::Gcs => ("x-goog-copy-source", "x-goog-metadata-directive"),
        }
    }

    /// The largest object that one request stores, in bytes.
    fn largest(self) -> u64 {
        match self {
            Self::S3 => 5 << 30,
            Self::Gcs => 5 << 40,
        }
    }

    /// The version in an answer's headers.
    fn version_in(self, headers: &HeaderMap) -> Option<String> {
        headers.get(self.version()).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

/// A bucket with either's words.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Where it is.
    pub remote: Remote,
    /// Its name.
    pub bucket: String,
    /// Whose words it understands.
    pub dialect: Dialect,
}

impl Bucket {
    /// A request without body.
    pub(super) fn call<'a>(&self, method: Method, url: String) -> Call<'a> {
        let call = Call::new(method, url);
        match self.dialect {
            Dialect::S3 => call.header("x-amz-content-sha256", NOTHING),
            Dialect::Gcs => call,
        }
    }

    /// Adds a body, and what shows that it arrives whole.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn with_body<'a>(&self, call: Call<'a>, payload: Payload<'a>) -> Result<Call<'a>> {
        Ok(match self.dialect {
            Dialect::S3 => call.header("x-amz-content-sha256", hex(&payload.digest::<Sha256>()?)),
            Dialect::Gcs => call.header("content-md5", BASE64_STANDARD.encode(payload.digest::<Md5>()?)),
        }
        .payload(payload))
    }

    /// Writes an object.
    ///
    /// # Errors
    /// Those of `Store::put`.
    pub(super) fn put(
        &self,
        path: &str,
        headers: Headers<'_>,
        body: Body<'_>,
        condition: Condition<'_>,
    ) -> Result<Put> {
        self.remote.check_size(body, self.dialect.largest())?;
        let call = with_headers(Call::new(Method::PUT, self.remote.object(path)), headers);
        let call = match condition {
            Condition::Always => call,
            Condition::Absent => {
                let (name, value) = self.dialect.absent();
                call.header(name, value)
            }
            Condition::Unchanged(version) => call.header(self.dialect.unchanged(), version.0.as_str()),
        };
        let answer = self.remote.send(&self.with_body(call, Payload::of(body)?)?)?;
        if answer.succeeded() {
            return self.remote.stored(self.dialect.version_in(&answer.headers));
        }
        match condition {
            Condition::Always => {}
            _ if answer.status == 412 => return Ok(Put::Refused),
            // S3 says of an object that is gone that there is none.
            Condition::Unchanged(_) if is_missing_object(&answer) => return Ok(Put::Refused),
            _ if answer.status == 501 => return Err(without_conditions(&self.remote.name)),
            _ => {}
        }
        Err(self.remote.refused("store a file", &answer))
    }

    /// Copies an object.
    ///
    /// # Errors
    /// Those of `Store::copy`.
    pub(super) fn copy(&self, from: &str, to: &str, headers: Headers<'_>) -> Result<Copied> {
        let (source, directive) = self.dialect.copy();
        let from = format!("/{}/{}", self.bucket, names::in_path(&self.remote.key(from)));
        let mut call = with_headers(self.call(Method::PUT, self.remote.object(to)), headers)
            .header(source, from)
            .header(directive, "REPLACE")
            .payload(Payload::Bytes((&[]).into()));
        call.patience = COPYING;
        let failed_late = match self.dialect {
            // It begins its answer with 200 before it has copied, and may end it with an error or not at all.
            Dialect::S3 => |answer: &Answer| !xml::is_a("CopyObjectResult", &answer.body),
            Dialect::Gcs => |answer: &Answer| xml::refusal(&answer.body).is_some(),
        };
        call.late_failure = Some(failed_late);
        let answer = self.remote.send(&call)?;
        if answer.succeeded() {
            return if failed_late(&answer) {
                Err(self.remote.refused("copy a file", &answer))
            } else {
                Ok(Copied::Done)
            };
        }
        let too_large =
            answer.status == 400 && matches!(reason(&answer).code.as_str(), "InvalidRequest" | "EntityTooLarge");
        if is_missing_object(&answer) {
            Ok(Copied::Missing)
        } else if too_large || answer.status == 501 {
            Ok(Copied::Unsupported)
        } else {
            Err(self.remote.refused("copy a file", &answer))
        }
    }

    /// Reads an object.
    ///
    /// # Errors
    /// Those of `Store::get`.
    pub(super) fn get(&self, path: &str, to: &mut dyn Write) -> Result<Option<Version>> {
        let call = |from, version: Option<&str>| {
            let call = self.call(Method::GET, self.remote.object(path));
            match version {
                Some(version) => {
                    call.header("range", format!("bytes={from}-")).header(self.dialect.unchanged(), version)
                }
                None => call,
            }
        };
        self.remote.read(&call, &|headers| self.dialect.version_in(headers), to)
    }

    /// Lists objects.
    ///
    /// # Errors
    /// Those of `Store::list`.
    pub(super) fn list(&self, folder: &str, each: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let prefix = self.remote.key(folder);
        let mut next: Option<String> = None;
        loop {
            let mut query = vec![("list-type", "2"), ("encoding-type", "url")];
            if let Some(token) = &next {
                query.push(("continuation-token", token));
            }
            if !prefix.is_empty() {
                query.push(("prefix", &prefix));
            }
            let answer = self.remote.send(&self.call(Method::GET, self.remote.bucket(&query)))?;
            if !answer.succeeded() {
                return Err(self.remote.refused("list its files", &answer));
            }
            let page = xml::objects(&answer.body)?;
            for (key, size) in &page.objects {
                if let Some(path) = self.remote.path(key) {
                    each(path, *size);
                }
            }
            match page.next {
                Some(token) => next = Some(token),
                None => return Ok(()),
            }
        }
    }

    /// Whether strangers can list it.
    ///
    /// # Errors
    /// There is no answer.
    pub(super) fn lists_to_strangers(&self) -> Result<bool> {
        let call = Call::new(Method::GET, self.remote.bucket(&[("list-type", "2"), ("max-keys", "1")]));
        let answer = self.remote.send_unsigned(&call)?;
        if answer.status >= 500 {
            return Err(self.remote.refused("say who may list its files", &answer));
        }
        Ok(answer.succeeded() && xml::is_a("ListBucketResult", &answer.body))
    }
}

/// Adds what is kept with an object.
fn with_headers<'a>(call: Call<'a>, headers: Headers<'_>) -> Call<'a> {
    let call = call.header("content-type", headers.content_type);
    match headers.cache_control {
        Some(value) => call.header("cache-control", value),
        None => call,
    }
}

/// A store that says of a condition that it does not know what that is.
fn without_conditions(name: &str) -> Error {
    Error::new(Code::TargetUnguarded, format!("{name} does not honour conditions"))
}

/// Bytes in hexadecimal digits.
pub(in crate::deploy) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether an answer says that the rights are missing, or that the store does not know such a thing.
pub(super) fn is_denied(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 401 | 403 | 405 | 501)
}
