//! Credentials and signatures; how they are kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{Context, NoopCommandExecute, ProvideCredential, StaticEnv};

use super::super::credentials::{Chain, Signer};
use super::*;

fn environment<const N: usize>(variables: [(&str, &str); N]) -> Context {
    let envs: HashMap<_, _> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    // No tool of this machine is asked.
    context(None, HASTY).with_env(StaticEnv { home_dir: None, envs }).with_command_execute(NoopCommandExecute)
}

fn opened<const N: usize>(kind: CloudKind, server: &Server, variables: [(&str, &str); N]) -> Box<dyn Store> {
    open_in(&target(kind, server), &environment(variables), HASTY, Default::default()).unwrap()
}

#[test]
fn amazon_is_signed_for_the_region_and_never_shows_the_secret() {
    let server = Server::start([stored("\"1\"")]);
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "aws-secret"),
        ("AWS_SESSION_TOKEN", "aws-session"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let store = opened(CloudKind::S3, &server, variables);
    store.put(ODD, PAGE, Body::Bytes(b"1"), Condition::Absent).unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-amz-security-token"), "aws-session");
    let authorization = seen.header("authorization");
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
    assert!(authorization.contains("/eu-west-1/s3/aws4_request"), "{authorization}");
    for signed in ["cache-control", "content-type", "host", "if-none-match", "x-amz-content-sha256", "x-amz-date"] {
        assert!(authorization.contains(signed), "{signed} in {authorization}");
    }
    assert!(!format!("{store:?}").contains("aws-s"));
}

#[test]
fn azure_is_signed_by_key_or_by_a_token_in_addresses() {
    let server = Server::start([stored("\"1\"")]);
    let key = [("AZURE_STORAGE_ACCOUNT_NAME", "account"), ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")];
    put(&*opened(CloudKind::Azure, &server, key), Condition::Always).unwrap();
    assert!(server.seen()[0].header("authorization").starts_with("SharedKey account:"));

    let server = Server::start([stored("\"1\""), Reply::status(202), Reply::status(200)]);
    let store = opened(CloudKind::Azure, &server, [("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=a%2Bb")]);
    put(&*store, Condition::Always).unwrap();
    store.copy("a", "b", PAGE).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].line, "PUT /photos/site/state?sv=1&sig=a%2Bb");
    // The service reads the source as whoever holds the token.
    assert_eq!(seen[1].header("x-ms-copy-source"), format!("{}/photos/site/a?sv=1&sig=a%2Bb", server.url()));
}

#[test]
fn a_token_in_an_address_is_in_no_error() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start([]);
    let target = CloudTarget { endpoint: Some(format!("http://{address}")), ..target(CloudKind::Azure, &server) };
    let context = environment([("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=topsecret")]);
    let store = open_in(&target, &context, HASTY, Default::default()).unwrap();
    let error = put(&*store, Condition::Always).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
}

#[test]
fn without_credentials_the_error_says_how_to_log_in() {
    let server = Server::start([]);
    let store = opened(CloudKind::S3, &server, [("AWS_EC2_METADATA_DISABLED", "true")]);
    let error = put(&*store, Condition::Always).unwrap_err();
    assert_eq!(error.code, Code::CredentialsMissing);
    assert!(error.hint.unwrap().contains("AWS_PROFILE"));
    assert!(server.seen().is_empty());
}

/// A source that counts how often it is asked.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>, Option<Credential>);

impl ProvideCredential for Counted {
    type Credential = Credential;

    async fn provide_credential(&self, _: &Context) -> reqsign_core::Result<Option<Credential>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1.clone().map(Some).ok_or_else(|| reqsign_core::Error::unexpected("the session has ended"))
    }
}

fn sign_from_eight_threads(credential: Option<Credential>) -> (usize, Vec<Result<()>>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let chain = Chain::new().then(Counted(Arc::clone(&asked), credential));
    let signer = reqsign_core::Signer::new(Context::new(), chain, RequestSigner::new("s3", "us-east-1"));
    let signer = Signer::new(signer, "log in");
    let sign = || {
        let mut head = http::Request::get("https://example.com/a").body(()).unwrap().into_parts().0;
        crate::deploy::http::Sign::sign(&signer, &mut head)
    };
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(sign)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    (asked.load(Ordering::SeqCst), results)
}

#[test]
fn credentials_are_looked_for_once_for_all_threads() {
    let credential = Credential {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
        expires_in: None,
    };
    let (asked, results) = sign_from_eight_threads(Some(credential));
    assert_eq!(asked, 1);
    assert!(results.iter().all(Result::is_ok));
}

#[test]
fn an_empty_variable_is_none() {
    let vars = [("AWS_ACCESS_KEY_ID", ""), ("AWS_REGION", "eu-west-1")].map(|(key, value)| (key.into(), value.into()));
    let said = super::super::credentials::said(vars.into_iter());
    assert_eq!(said, HashMap::from([("AWS_REGION".to_owned(), "eu-west-1".to_owned())]));
}

#[test]
fn credentials_that_have_expired_are_said_to_have() {
    let credential = Credential {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
        expires_in: Some(reqsign_core::time::Timestamp::from_second(1).unwrap()),
    };
    let (_, results) = sign_from_eight_threads(Some(credential));
    for result in results {
        let message = result.unwrap_err().message;
        assert_eq!(message, "no credentials for the target: those that were found have expired");
    }
    // A session in the environment does not say when it ends; the answer does.
    let server = Server::start([Reply::refusal(400, "ExpiredToken", "The provided token has expired.")]);
    let variables = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_SESSION_TOKEN", "c")];
    let error = put(&*opened(CloudKind::S3, &server, variables), Condition::Always).unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("the credentials have expired: log in again"));
}

#[test]
fn what_is_not_found_is_not_looked_for_again() {
    let (asked, results) = sign_from_eight_threads(None);
    assert_eq!(asked, 1);
    for result in results {
        assert_eq!(result.unwrap_err().message, "no credentials for the target: the session has ended");
    }
}

#[test]
fn a_token_service_that_fails_once_is_asked_again() {
    let token =
        r#"{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#;
    let server = Server::start([Reply::status(500), Reply::body(token), stored("\"1\"")]);
    let url = format!("{}/credentials", server.url());
    let store = opened(CloudKind::S3, &server, [("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)]);
    put(&*store, Condition::Always).unwrap();
    assert_eq!(server.lines(), ["GET /credentials", "GET /credentials", "PUT /photos/site/state"]);
}
