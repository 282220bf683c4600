//! Where a bucket is: its address and its region.

use http::Method;
use reqsign_core::Context;

use super::super::CloudTarget;
use crate::deploy::http::{Call, Client, Unsigned};
use crate::error::Code;
use crate::{Error, Result};

/// Where a bucket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its address, without `/` at its end.
    pub root: String,
    /// The region that signatures name.
    pub region: String,
}

/// The region of stores that have none.
const ANY: &str = "us-east-1";

/// Amazon's address for all regions.
const AMAZON: &str = "https://s3.amazonaws.com";

/// Finds a bucket. Amazon is asked for its region unless the target says it: the one in the environment is often meant for
/// something else.
///
/// # Errors
/// There is no such bucket, or Amazon does not answer.
pub(super) fn find(target: &CloudTarget, context: &Context, client: &Client) -> Result<Place> {
    let variable = |name| context.env_var(name).filter(|value| !value.is_empty());
    let endpoint =
        target.endpoint.clone().or_else(|| variable("AWS_ENDPOINT_URL_S3")).or_else(|| variable("AWS_ENDPOINT_URL"));
    let around = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = target.region.clone();
    if let Some(endpoint) = endpoint {
        let endpoint = endpoint.trim_end_matches('/');
        let region = region.or_else(|| region_in(endpoint)).or(around).unwrap_or_else(|| ANY.to_owned());
        return Ok(Place { root: format!("{endpoint}/{}", target.bucket), region });
    }
    // Partitions with their own addresses do not know each other's buckets.
    let apart = around.filter(|region| region.starts_with("cn-") || region.starts_with("us-gov-"));
    let region = match region.or(apart) {
        Some(region) => region,
        None => ask(AMAZON, target, client)?,
    };
    Ok(Place { root: at_amazon(&target.bucket, &region), region })
}

/// The address of a bucket at Amazon's. A certificate for `*.s3…` covers no name with dots.
fn at_amazon(bucket: &str, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    if bucket.contains('.') {
        format!("https://s3.{region}.{suffix}/{bucket}")
    } else {
        format!("https://{bucket}.s3.{region}.{suffix}")
    }
}

/// The region that an endpoint's name gives: `s3.eu-central-003.backblazeb2.com`.
fn region_in(endpoint: &str) -> Option<String> {
    let host = endpoint.split("://").nth(1)?.split(['/', ':']).next()?;
    if host.ends_with(".r2.cloudflarestorage.com") {
        return Some("auto".to_owned());
    }
    let region = host.strip_prefix("s3.")?.split('.').next()?;
    // `s3.example.com` names no region; all regions have a number.
    (region.contains('-') && region.bytes().any(|byte| byte.is_ascii_digit())).then(|| region.to_owned())
}

/// Asks for a bucket's region, which is told to everybody.
///
/// # Errors
/// There is no such bucket, or no answer.
fn ask(service: &str, target: &CloudTarget, client: &Client) -> Result<String> {
    let answer = client.send(&Call::new(Method::HEAD, format!("{service}/{}", target.bucket)), &Unsigned)?;
    match answer.header("x-amz-bucket-region") {
        Some(region) => Ok(region.to_owned()),
        None if answer.status == 404 => {
            Err(Error::new(Code::TargetRefused, format!("{}: there is no bucket of this name", target.name))
                .hint("check the name, or make the bucket"))
        }
        None => Ok(ANY.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::CloudKind;
    use super::*;
    use crate::deploy::http::testing::{Reply, Server, client};

    #[test]
    fn buckets_with_dots_stand_in_the_path() {
        assert_eq!(at_amazon("photos", "eu-central-1"), "https://photos.s3.eu-central-1.amazonaws.com");
        assert_eq!(
            at_amazon("photos.example.com", "eu-central-1"),
            "https://s3.eu-central-1.amazonaws.com/photos.example.com"
        );
        assert_eq!(at_amazon("photos", "cn-north-1"), "https://photos.s3.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn endpoints_name_their_region() {
        let cases = [
            ("https://account.r2.cloudflarestorage.com", Some("auto")),
            ("https://s3.us-west-004.backblazeb2.com", Some("us-west-004")),
            ("https://s3.eu-central-1.wasabisys.com/", Some("eu-central-1")),
            ("https://s3.example.com", None),
            ("http://127.0.0.1:9000", None),
        ];
        for (endpoint, region) in cases {
            assert_eq!(region_in(endpoint).as_deref(), region, "{endpoint}");
        }
    }

    #[test]
    fn amazon_is_asked_for_the_region() {
        let target = CloudTarget {
            kind: CloudKind::S3,
            bucket: "photos".to_owned(),
            account: None,
            prefix: String::new(),
            endpoint: None,
            region: None,
            name: "s3://photos".to_owned(),
        };
        let region = |reply| {
            let server = Server::start([reply]);
            let region = ask(&server.url(), &target, &client());
            assert_eq!(server.lines(), ["HEAD /photos"]);
            region
        };
        assert_eq!(region(Reply::status(301).with("x-amz-bucket-region", "eu-central-1")).unwrap(), "eu-central-1");
        assert_eq!(region(Reply::status(403)).unwrap(), "us-east-1");
        let error = region(Reply::status(404)).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::TargetRefused, "s3://photos: there is no bucket of this name")
        );
    }
}
