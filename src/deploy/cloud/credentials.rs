//! Credentials from where people have them: the environment, files of the clouds' own tools, metadata services, CI.
//!
//! `reqsign` finds and refreshes them and signs; here is what it needs of the machine. Its futures wait for nothing but each
//! other: requests block within them. A signer keeps credentials until shortly before they end, and serves all threads.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Wake, Waker};
use std::thread::Thread;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::request::Parts;
use http::{Method, StatusCode};
use reqsign_aws_v4 as s3;
use reqsign_core::time::Timestamp;
use reqsign_core::{
    CommandExecute, CommandOutput, Context, Env, ErrorKind, FileRead, HttpSend, ProvideCredential,
    ProvideCredentialDyn, SigningCredential,
};

use crate::deploy::http::{Call, Client, Payload, Retry, Sign, Unsigned, Watch, told};
use crate::error::Code;
use crate::{Error, Result, processes};

/// Signs for one service with the first credentials that are found.
pub(crate) struct Signer<K: SigningCredential> {
    inner: reqsign_core::Signer<K>,
    hint: &'static str,
}

impl<K: SigningCredential> fmt::Debug for Signer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl<K: SigningCredential> Signer<K> {
    /// A signer; `hint` says how to log in.
    pub(crate) fn new(inner: reqsign_core::Signer<K>, hint: &'static str) -> Self {
        Self { inner, hint }
    }
}

impl<K: SigningCredential> Sign for Signer<K> {
    fn sign(&self, head: &mut Parts) -> Result<()> {
        block_on(self.inner.sign(head, None)).map_err(|error| {
            let reason = told(&error.to_string());
            // What a tool complained about follows a colon, and may be nothing.
            let reason = reason.trim_end_matches([':', ' ']);
            let what = match error.kind() {
                ErrorKind::RequestInvalid => "a request cannot be signed",
                _ => "no credentials for the target",
            };
            Error::new(Code::CredentialsMissing, format!("{what}: {reason}")).hint(self.hint)
        })
    }
}

/// Tries one source after another, as `reqsign` does, but remembers why those failed that somebody had set up.
#[derive(Debug)]
pub(super) struct Chain<K> {
    links: Vec<Link<K>>,
    /// Why there are none: looking again for each of a thousand files would take hours.
    failed: Mutex<Option<String>>,
}

/// A source of credentials.
#[derive(Debug)]
struct Link<K> {
    source: Box<dyn ProvideCredentialDyn<Credential = K>>,
    /// Whether its failure says anything: a laptop has no metadata service.
    telling: bool,
}

impl<K: SigningCredential> Chain<K> {
    /// A chain without sources.
    pub(super) fn new() -> Self {
        Self { links: Vec::new(), failed: Mutex::new(None) }
    }

    /// Adds a source that somebody has to set up.
    pub(super) fn then(mut self, source: impl ProvideCredential<Credential = K>) -> Self {
        self.links.push(Link { source: Box::new(source), telling: true });
        self
    }

    /// Adds a source that is there or not.
    pub(super) fn or_perhaps(mut self, source: impl ProvideCredential<Credential = K>) -> Self {
        self.links.push(Link { source: Box::new(source), telling: false });
        self
    }
}

impl<K: SigningCredential> ProvideCredential for Chain<K> {
    type Credential = K;

    async fn provide_credential(&self, context: &Context) -> reqsign_core::Result<Option<K>> {
        if let Some(reasons) = &*self.failed.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(reqsign_core::Error::credential_invalid(reasons.clone()));
        }
        let mut reasons = Vec::new();
        for link in &self.links {
            match link.source.provide_credential_dyn(context).await {
                Ok(Some(credential)) if credential.is_valid_at(Timestamp::now()) => return Ok(Some(credential)),
                Ok(Some(_)) => reasons.push("those that were found have expired".to_owned()),
                Ok(None) => {}
                // "No such profile" only says that nobody set this source up.
                Err(error) if link.telling && error.kind() != ErrorKind::ConfigInvalid => {
                    reasons.push(error.to_string())
                }
                Err(_) => {}
            }
        }
        if reasons.is_empty() {
            reasons.push("none were found".to_owned());
        }
        let reasons = reasons.join("; ");
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(reasons.clone());
        Err(reqsign_core::Error::credential_invalid(reasons))
    }
}

/// A signer for a service of Amazon's, or one that signs like it.
pub(crate) fn aws(context: &Context, service: &str, region: &str) -> Signer<s3::Credential> {
    let chain = Chain::new()
        .then(s3::EnvCredentialProvider::new())
        .then(s3::AssumeRoleWithWebIdentityCredentialProvider::new())
        .then(s3::ProfileCredentialProvider::new())
        .then(s3::SSOCredentialProvider::new())
        .then(s3::ProcessCredentialProvider::new())
        // Sessions of SSO and roles of profiles: the command line of AWS knows all of them.
        .then(s3::ProcessCredentialProvider::new().with_command("aws configure export-credentials --format process"))
        .or_perhaps(s3::ECSCredentialProvider::new())
        .or_perhaps(s3::IMDSv2CredentialProvider::new());
    let signer = reqsign_core::Signer::new(context.clone(), chain, s3::RequestSigner::new(service, region));
    Signer::new(
        signer,
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for a profile in `~/.aws`, or log in with `aws sso login`; \
         the OIDC token of a CI job and the role of the machine are looked for too",
    )
}

/// The machine, as `reqsign` sees it. `account` names Azure's storage account where the target does; `retry` says how patient
/// to be with services that give out credentials.
pub(crate) fn context(account: Option<&str>, retry: Retry) -> Context {
    Context::new()
        .with_env(Environment { account: account.map(str::to_owned) })
        .with_file_read(Files)
        .with_command_execute(Commands)
        .with_http_send(TokenServices { remote: Client::new(retry, Watch::default()), nearby: Client::nearby() })
}

/// Variables of the environment, under the names that `reqsign` knows.
#[derive(Debug)]
struct Environment {
    account: Option<String>,
}

impl Environment {
    /// The names of Azure's own command line.
    const ALIASES: [(&str, &str); 2] =
        [("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"), ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY")];
}

impl Env for Environment {
    fn var(&self, key: &str) -> Option<String> {
        self.vars().remove(key)
    }

    fn vars(&self) -> HashMap<String, String> {
        let mut vars = said(std::env::vars_os());
        for (name, alias) in Self::ALIASES {
            if let (false, Some(value)) = (vars.contains_key(name), vars.get(alias).cloned()) {
                vars.insert(name.to_owned(), value);
            }
        }
        if let Some(account) = &self.account {
            vars.insert("AZURE_STORAGE_ACCOUNT_NAME".to_owned(), account.clone());
        }
        if let Some(token) = vars.get_mut("AZURE_STORAGE_SAS_TOKEN") {
            // Azure's portal shows it with the question mark of an address.
            *token = token.trim_start_matches('?').to_owned();
        }
        vars
    }

    fn home_dir(&self) -> Option<PathBuf> {
        std::env::home_dir()
    }
}

/// The variables that say something: CI sets those that it has no value for to nothing.
pub(super) fn said(vars: impl Iterator<Item = (OsString, OsString)>) -> HashMap<String, String> {
    vars.filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        Ok(std::fs::read(path)?)
    }
}

#[derive(Debug)]
struct Commands;

impl CommandExecute for Commands {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        args: &'a [&'a str],
    ) -> reqsign_core::Result<CommandOutput> {
        let output = processes::command(program).args(args).stdin(Stdio::null()).output()?;
        if program == "aws" && matches!(output.status.code(), Some(2 | 252)) {
            return Err(reqsign_core::Error::config_invalid(
                "this command line of AWS is too old to export credentials",
            ));
        }
        Ok(CommandOutput { status: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr })
    }
}

/// Services that give out credentials. What they are asked and what they answer is secret, and never in an error.
#[derive(Debug)]
struct TokenServices {
    remote: Client,
    nearby: Client,
}

impl HttpSend for TokenServices {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        let (head, body) = request.into_parts();
        let client = if head.uri.host().is_some_and(is_nearby) { &self.nearby } else { &self.remote };
        let mut call = Call::new(head.method, head.uri.to_string());
        for (name, value) in &head.headers {
            // The client says the length itself.
            if name != CONTENT_LENGTH && name != HOST {
                call.headers.push((name.clone(), value.to_str()?.to_owned()));
            }
        }
        if !matches!(call.method, Method::GET | Method::HEAD) {
            call.payload = Payload::Bytes(body.to_vec().into());
        }
        let answer = client.send(&call, &Unsigned).map_err(|error| reqsign_core::Error::unexpected(error.message))?;
        let mut response = http::Response::new(Bytes::from(answer.body));
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// Whether a host is a metadata service.
fn is_nearby(host: &str) -> bool {
    host.starts_with("169.254.") || host == "metadata.google.internal"
}

/// Runs a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut task = std::task::Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut task) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
