//! Addresses of hosts, kept for a minute: otherwise each request asks the system for them again, in a thread of its own, also where
//! its connection is open already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

const KEPT: Duration = Duration::from_secs(60);

/// The system's resolver, asked once in a minute for each host and port.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    system: DefaultResolver,
    known: Mutex<HashMap<String, (Instant, ResolvedSocketAddrs)>>,
}

impl Resolver for Hosts {
    #[expect(clippy::disallowed_methods, reason = "how long an address is kept is no part of a site")]
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let place = uri.scheme().zip(uri.authority());
        let place = place.and_then(|(scheme, authority)| DefaultResolver::host_and_port(scheme, authority));
        let Some(place) = place else { return self.system.resolve(uri, config, timeout) };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some((_, addresses)) = known.filter(|(since, _)| since.elapsed() < KEPT) {
            return Ok(addresses);
        }
        let found = self.system.resolve(uri, config, timeout)?;
        let entry = (Instant::now(), found.clone());
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(place, entry);
        Ok(found)
    }
}
