//! Amazon CloudFront.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use http::Method;
use reqsign_core::Context;
use sha2::Sha256;

use super::{PurgeList, as_purge, failed};
use crate::Result;
use crate::deploy::cloud::{aws, hex, reason_in, xml_escaped};
use crate::deploy::http::{Call, Client, Payload, told};

/// Where CloudFront listens, for all regions.
const ENDPOINT: &str = "https://cloudfront.amazonaws.com";

/// How many paths with `*` may be under way at once.
const WILDCARDS: usize = 15;

/// How many paths may be under way at once.
const PATHS: usize = 3000;

/// Starts an invalidation. CloudFront needs about a minute for it; nobody waits.
pub(super) fn invalidate(context: &Context, client: &Client, distribution: &str, list: &PurgeList) -> Result<()> {
    let endpoint = context.env_var("AWS_ENDPOINT_URL_CLOUDFRONT").unwrap_or_else(|| ENDPOINT.to_owned());
    let url = format!("{}/2020-05-31/distribution/{distribution}/invalidation", endpoint.trim_end_matches('/'));
    let payload = Payload::Bytes(request(&paths(list), &reference()).into_bytes().into());
    let call = Call::new(Method::POST, url)
        .header("content-type", "application/xml")
        .header("x-amz-content-sha256", hex(&payload.digest::<Sha256>()?))
        .payload(payload);
    let signer = aws(context, "cloudfront", "us-east-1");
    let answer = client.send(&call, &signer).map_err(as_purge)?;
    if answer.succeeded() {
        return Ok(());
    }
    let (code, message) = reason_in(&answer);
    let error = failed(format!("CloudFront refused to forget: status {}, {code}: {}", answer.status, told(&message)));
    Err(match code.as_str() {
        "TooManyInvalidationsInProgress" => error.hint("publish again when the invalidations under way have ended"),
        _ => error,
    })
}

/// The paths of an invalidation: as many as there may be, or fewer that cover more.
fn paths(list: &PurgeList) -> BTreeSet<String> {
    let mut folders: BTreeSet<String> = list.folders.iter().map(|folder| format!("{folder}*")).collect();
    if folders.len() > WILDCARDS {
        // The folders of links and galleries: `/x/*` instead of a path for each link.
        folders = list.folders.iter().map(|folder| format!("{}*", parent(folder))).collect();
    }
    let files =
        list.files.iter().filter(|file| !folders.iter().any(|folder| file.starts_with(folder.trim_end_matches('*'))));
    let all: BTreeSet<String> = folders.iter().chain(files).cloned().collect();
    if folders.len() > WILDCARDS || all.len() > PATHS { BTreeSet::from(["/*".to_owned()]) } else { all }
}

/// The folder that a folder is in.
fn parent(folder: &str) -> &str {
    let name = folder.trim_end_matches('/');
    name.rfind('/').map_or("/", |slash| &name[..=slash])
}

fn request(paths: &BTreeSet<String>, reference: &str) -> String {
    let items: String = paths.iter().map(|path| format!("<Path>{}</Path>", xml_escaped(path))).collect();
    format!(
        "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <CallerReference>{reference}</CallerReference>\
         <Paths><Items>{items}</Items><Quantity>{}</Quantity></Paths></InvalidationBatch>",
        paths.len()
    )
}

/// A word that no other invalidation has. Attempts at one invalidation share it, so that it happens once.
fn reference() -> String {
    let chance = RandomState::new();
    format!("safelight-{:016x}{:016x}", chance.hash_one(0), chance.hash_one(1))
}
