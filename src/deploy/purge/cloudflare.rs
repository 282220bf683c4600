//! Cloudflare.

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Method};
use reqsign_core::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{PurgeList, as_purge, failed};
use crate::deploy::http::{Call, Client, Payload, Sign, told};
use crate::error::Code;
use crate::{Error, Result};

/// Where Cloudflare listens.
const API: &str = "https://api.cloudflare.com/client/v4";

/// How much one request may name.
const BATCH: usize = 30;

/// More folders than this, at five requests a minute, take longer than to fill the cache anew.
const MOST_FOLDERS: usize = 150;

/// More files than this are most of a site.
const MOST_FILES: usize = 3000;

/// Authorises by a token, which no message shows.
struct Bearer(HeaderValue);

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(hidden)")
    }
}

impl Sign for Bearer {
    fn sign(&self, head: &mut Parts) -> Result<()> {
        head.headers.insert(AUTHORIZATION, self.0.clone());
        Ok(())
    }
}

/// What Cloudflare answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply {
    success: bool,
    errors: Vec<Reason>,
    result: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reason {
    message: String,
}

/// Purges a list.
pub(super) fn purge(context: &Context, client: &Client, zone: &str, list: &PurgeList, site: &str) -> Result<()> {
    let token = context.env_var("CLOUDFLARE_API_TOKEN").filter(|token| !token.is_empty());
    let token = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {}", token.trim())).ok());
    let Some(mut token) = token else {
        return Err(Error::new(Code::CredentialsMissing, "no token for Cloudflare")
            .hint("set CLOUDFLARE_API_TOKEN to a token with the right to purge caches"));
    };
    token.set_sensitive(true);
    let api = context.env_var("CLOUDFLARE_API_BASE_URL").unwrap_or_else(|| API.to_owned());
    let account = Account { client, api: api.trim_end_matches('/').to_owned(), bearer: Bearer(token) };
    let zone = account.zone(zone)?;
    if list.folders.len() > MOST_FOLDERS || list.files.len() > MOST_FILES {
        return account.forget(&zone, &json!({ "purge_everything": true }));
    }
    let (scheme, host) = origin(site)?;
    let (folders, files): (Vec<_>, Vec<_>) = (list.folders.iter().collect(), list.files.iter().collect());
    for folders in folders.chunks(BATCH) {
        let prefixes: Vec<_> = folders.iter().map(|folder| format!("{host}{folder}")).collect();
        account.forget(&zone, &json!({ "prefixes": prefixes }))?;
    }
    for files in files.chunks(BATCH) {
        let files: Vec<_> = files.iter().map(|file| format!("{scheme}://{host}{file}")).collect();
        account.forget(&zone, &json!({ "files": files }))?;
    }
    Ok(())
}

/// Cloudflare, as a token sees it.
struct Account<'a> {
    client: &'a Client,
    api: String,
    bearer: Bearer,
}

impl Account<'_> {
    /// A zone's id.
    fn zone(&self, zone: &str) -> Result<String> {
        if zone.len() == 32 && zone.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(zone.to_owned());
        }
        let name: String = percent_encoding::utf8_percent_encode(zone, percent_encoding::NON_ALPHANUMERIC).collect();
        let found = self.ask(&Call::new(Method::GET, format!("{}/zones?name={name}", self.api)))?;
        let id = found.get(0).and_then(|zone| zone.get("id")).and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| {
            failed(format!("Cloudflare knows no zone `{zone}`, or the token may not see it"))
                .hint("write the zone's id, or give the token the right to read zones")
        })
    }

    /// Purges what a request says.
    fn forget(&self, zone: &str, what: &Value) -> Result<()> {
        let call = Call::new(Method::POST, format!("{}/zones/{zone}/purge_cache", self.api))
            .header("content-type", "application/json")
            .payload(Payload::Bytes(what.to_string().into_bytes().into()));
        self.ask(&call).map(|_| ())
    }

    /// Sends a request; gives its result.
    fn ask(&self, call: &Call<'_>) -> Result<Value> {
        let answer = self.client.send(call, &self.bearer).map_err(as_purge)?;
        let reply: Reply = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.succeeded() && reply.success {
            return Ok(reply.result);
        }
        let reasons: Vec<_> = reply.errors.iter().map(|reason| told(&reason.message)).collect();
        Err(failed(
            format!("Cloudflare refused to forget: status {} {}", answer.status, reasons.join("; "))
                .trim_end()
                .to_owned(),
        ))
    }
}

/// Scheme and host of an address.
fn origin(site: &str) -> Result<(&str, &str)> {
    let parts = site.split_once("://").map(|(scheme, rest)| (scheme, rest.split('/').next().unwrap_or_default()));
    parts.filter(|(_, host)| !host.is_empty()).ok_or_else(|| failed("the site has no address to purge".to_owned()))
}
