//! One request and the head of its answer.

use std::fs::File;
use std::io::{self, Read as _};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request, header};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, AsSendBody, SendBody};

use super::hosts::Hosts;
use super::retry::Failure;
use super::{Call, Payload, Sign, header_value, told};
use crate::error::Code;
use crate::{Error, Result};

/// How long a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// The same for a service that lies next to the machine or nowhere.
const NEARBY: Duration = Duration::from_secs(2);

/// The slowest line that a file is sent over, in bytes a second.
const SLOWEST: u64 = 16 << 10;

/// How many connections stay open: as many as threads send files.
const CONNECTIONS: usize = 64;

/// An answer whose body has not been read.
pub(super) struct Exchange {
    pub host: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// Fails if the connection ends before the announced length.
    pub body: ureq::BodyReader<'static>,
}

/// What carries requests. A service nearby answers at once or is not there, and no proxy leads to it.
pub(super) fn agent(nearby: bool) -> Agent {
    let connect = if nearby { NEARBY } else { CONNECT };
    let config = Agent::config_builder()
        .proxy(if nearby { None } else { ureq::Proxy::try_from_env() })
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .timeout_resolve(Some(connect))
        .timeout_connect(Some(connect))
        .user_agent(concat!("safelight/", env!("CARGO_PKG_VERSION")))
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Hosts::default())
}

impl Exchange {
    /// Sends a request, and reads the head of its answer.
    pub(super) fn start(agent: &Agent, call: &Call<'_>, sign: &dyn Sign) -> Result<Self, Failure> {
        let head = head(call, sign).map_err(finally)?;
        let host = head.uri().host().unwrap_or_default().to_owned();
        let sent = match &call.payload {
            Payload::None => run(agent, head, (), call),
            Payload::Bytes(bytes) => run(agent, head, &bytes[..], call),
            Payload::File { path, size } => {
                let file =
                    File::open(path).map_err(|error| finally(Error::io(Code::CannotRead, "read", path, error)))?;
                run(agent, head, SendBody::from_reader(&mut file.take(*size)), call)
            }
        };
        match sent {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                let status = parts.status.as_u16();
                Ok(Self { host, status, headers: parts.headers, body: body.into_reader() })
            }
            Err(error) => Err(failed(&host, &error)),
        }
    }

    /// The connection broke while the body was read.
    pub(super) fn broken(&self, error: &io::Error) -> Failure {
        let message = format!("the connection to {} broke: {}", self.host, told(&error.to_string()));
        Failure { error: Box::new(Error::new(Code::TargetUnreachable, message)), again: Some(true) }
    }
}

/// The signed head of a request. It is signed for each attempt: signatures are valid for minutes.
fn head(call: &Call<'_>, sign: &dyn Sign) -> Result<Request<()>> {
    let bad = |_| Error::new(Code::TargetRefused, "the target's address is not valid");
    let mut head = Request::builder().method(&call.method).uri(&call.url).body(()).map_err(bad)?;
    for (name, value) in &call.headers {
        head.headers_mut().insert(name, header_value(value)?);
    }
    if !matches!(call.payload, Payload::None) {
        head.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(call.payload.size()));
    }
    let (mut parts, ()) = head.into_parts();
    sign.sign(&mut parts)?;
    Ok(Request::from_parts(parts, ()))
}

fn run(
    agent: &Agent,
    head: Request<()>,
    body: impl AsSendBody,
    call: &Call<'_>,
) -> Result<http::Response<ureq::Body>, ureq::Error> {
    let sending = Duration::from_secs(60 + call.payload.size() / SLOWEST);
    let request = agent
        .configure_request(head.map(|()| body))
        .timeout_send_body(Some(sending))
        .timeout_recv_response(Some(call.patience))
        .timeout_per_read(Some(call.patience))
        .timeout_per_write(Some(call.patience))
        .build();
    agent.run(request)
}

/// What an error without an answer means.
fn failed(host: &str, error: &ureq::Error) -> Failure {
    use ureq::Error as Cause;
    let (reason, again) = match error {
        Cause::BadUri(_) | Cause::RequireHttpsOnly(_) => {
            return finally(Error::new(Code::TargetRefused, "the target's address is not valid"));
        }
        Cause::HostNotFound => ("its name is not known".to_owned(), Some(false)),
        Cause::Timeout(_) => ("it does not answer in time".to_owned(), Some(true)),
        // A certificate that is not valid does not become so.
        Cause::Io(error) if error.kind() == io::ErrorKind::InvalidData => (told(&error.to_string()), None),
        Cause::Io(error) => (told(&error.to_string()), Some(true)),
        Cause::ConnectionFailed | Cause::BodyStalled | Cause::Protocol(_) => (told(&error.to_string()), Some(true)),
        other => (told(&other.to_string()), None),
    };
    let error = Error::new(Code::TargetUnreachable, format!("{host} cannot be reached: {reason}"));
    Failure { error: Box::new(error), again }
}

/// A failure that no repetition changes.
fn finally(error: Error) -> Failure {
    Failure { error: Box::new(error), again: None }
}
