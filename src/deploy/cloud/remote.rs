//! A bucket somewhere: its address, how requests to it are signed, and what its refusals mean.

use std::io::Write;
use std::sync::Arc;

use http::{HeaderMap, Method};
use jiff::Timestamp;

use super::{names, xml};
use crate::deploy::http::{Answer, Call, Client, Download, Sign, Unsigned, told};
use crate::deploy::store::{Body, Put, Version};
use crate::error::Code;
use crate::{Error, Result};

/// A bucket or container.
#[derive(Debug)]
pub(super) struct Remote {
    /// What carries requests.
    pub client: Client,
    /// What signs them.
    pub signer: Arc<dyn Sign>,
    /// The address of the bucket, without `/` at its end.
    pub root: String,
    /// What every name begins with.
    pub prefix: String,
    /// The target as its owner wrote it.
    pub name: String,
}

impl Remote {
    /// The name of an object in the bucket.
    pub(super) fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The address of an object.
    pub(super) fn object(&self, path: &str) -> String {
        self.at(&self.key(path))
    }

    /// The address of a name in the bucket.
    pub(super) fn at(&self, key: &str) -> String {
        format!("{}/{}", self.root, names::in_path(key))
    }

    /// The address of the bucket with a query.
    pub(super) fn bucket(&self, query: &[(&str, &str)]) -> String {
        // `/` before the query: some servers know a bucket only with it.
        names::with_query(&format!("{}/", self.root.trim_end_matches('/')), query)
    }

    /// An object's name within the site, if it is below the site's folder.
    pub(super) fn path<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(&self.prefix).filter(|path| !path.is_empty())
    }

    /// Sends a signed request.
    ///
    /// # Errors
    /// Those of [`Client::send`].
    pub(super) fn send(&self, call: &Call<'_>) -> Result<Answer> {
        self.client.send(call, &*self.signer)
    }

    /// Sends a request as a stranger would.
    ///
    /// # Errors
    /// Those of [`Client::send`].
    pub(super) fn send_unsigned(&self, call: &Call<'_>) -> Result<Answer> {
        self.client.send(call, &Unsigned)
    }

    /// Refuses what is too large to be stored in one piece, before it is read.
    ///
    /// # Errors
    /// It is.
    pub(super) fn check_size(&self, body: Body<'_>, largest: u64) -> Result<()> {
        if body.size() <= largest {
            return Ok(());
        }
        let message = format!("{} takes no file of more than {} GB", self.name, largest / 1_000_000_000);
        Err(Error::new(Code::TargetRefused, message).hint("offer smaller ZIP files or originals"))
    }

    /// What an answer that is no success means; `doing` continues "refused to", as in "store a file".
    pub(super) fn refused(&self, doing: &str, answer: &Answer) -> Error {
        let reason = reason(answer);
        let code = match (answer.status, reason.code.as_str()) {
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull" | "AccountLimitExceeded") => Code::TargetFull,
            (408 | 429 | 500..=599, _) => Code::TargetUnreachable,
            _ => Code::TargetRefused,
        };
        let reason_code = reason.code;
        let why = match (reason_code.is_empty(), reason.message.is_empty()) {
            (true, _) => format!("status {}", answer.status),
            (false, true) => reason_code.clone(),
            (false, false) => format!("{reason_code}: {}", told(&reason.message)),
        };
        let error = Error::new(code, format!("{} refused to {doing}: {}", self.name, why.trim_end_matches('.')));
        match (reason_code.as_str(), answer.status) {
            ("RequestTimeTooSkewed", _) => error.hint("this computer's clock is wrong: set it, then publish again"),
            ("PermanentRedirect" | "AuthorizationHeaderMalformed", _) => {
                error.hint("write the bucket's `region` into `site.toml`")
            }
            _ if code == Code::TargetFull => error.hint("free some room there, then publish again"),
            ("ExpiredToken" | "TokenRefreshRequired", _) => error.hint("the credentials have expired: log in again"),
            (_, 401) => error.hint("the credentials are not valid: log in again"),
            (_, 403) => error.hint("check what the credentials may do there"),
            _ => error,
        }
    }

    /// Reads an object. `call` makes the request for what follows that many bytes, of that version; `version` finds the
    /// version.
    ///
    /// # Errors
    /// Those of [`Client::download`]; a refusal.
    pub(super) fn read<'a>(
        &self,
        call: &dyn Fn(u64, Option<&str>) -> Call<'a>,
        version: &dyn Fn(&HeaderMap) -> Option<String>,
        to: &mut dyn Write,
    ) -> Result<Option<Version>> {
        match self.client.download(call, version, &*self.signer, to)? {
            Download::Complete(version) => Ok(Some(Version(version))),
            Download::Refused(answer) if is_missing_object(&answer) => Ok(None),
            Download::Refused(answer) => Err(self.refused("read a file", &answer)),
        }
    }

    /// What came of a writing that was taken, by the version that the host says it stored.
    ///
    /// # Errors
    /// It does not say one: then nothing could be written on a condition.
    pub(super) fn stored(&self, version: Option<String>) -> Result<Put> {
        version.map(|version| Put::Stored(Version(version))).ok_or_else(|| {
            Error::new(Code::TargetUnreachable, format!("{} does not say which version it stored", self.name))
        })
    }

    /// What time it is at the host: any answer says so.
    ///
    /// # Errors
    /// Those of [`Client::send`]; the answer has no date.
    pub(super) fn now(&self, call: &Call<'_>) -> Result<Timestamp> {
        // Something on the way may have answered, which need not say it.
        for _ in 0..3 {
            let answer = self.send(call)?;
            if let Some(date) = answer.header("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) {
                return Ok(date.timestamp());
            }
        }
        Err(Error::new(Code::TargetUnreachable, format!("{} does not say what time it is", self.name)))
    }

    /// Removes one object, or one version of it; what is not there counts as removed.
    ///
    /// # Errors
    /// Those of [`Client::send`]; a refusal.
    pub(super) fn delete(&self, url: String, headers: &[(&'static str, &str)]) -> Result<()> {
        let call = headers.iter().fold(Call::new(Method::DELETE, url), |call, (name, value)| call.header(name, *value));
        let answer = self.send(&call)?;
        if answer.succeeded() || is_missing_object(&answer) {
            Ok(())
        } else {
            Err(self.refused("delete a file", &answer))
        }
    }
}

/// The reason that an answer gives, in XML or in a header.
pub(super) fn reason(answer: &Answer) -> xml::Refusal {
    let mut reason = xml::refusal(&answer.body).unwrap_or_default();
    if reason.code.is_empty() {
        reason.code = answer.header("x-ms-error-code").unwrap_or_default().to_owned();
    }
    // A word, or it is something else.
    if reason.code.len() > 64 || !reason.code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
        reason.code.clear();
    }
    reason
}

/// Whether the object is missing, and not the whole bucket.
pub(super) fn is_missing_object(answer: &Answer) -> bool {
    answer.status == 404
        && !matches!(reason(answer).code.as_str(), "NoSuchBucket" | "ContainerNotFound" | "ContainerBeingDeleted")
}
