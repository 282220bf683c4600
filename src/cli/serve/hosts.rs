//! The host names that requests may use for this server.
//!
//! A page on the web can have its own name resolve to this machine and then read what is served here (DNS rebinding).
//! Its browser still sends the name that it was given, so names that are not ours are refused.

use std::net::IpAddr;

/// The names that are answered.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    given: Option<String>,
    /// Bound to every address of the machine: any address, but no name, may be what a phone was told.
    any_address: bool,
}

impl Hosts {
    /// `given` is what `--host` said.
    pub(super) fn new(given: Option<&str>) -> Self {
        let given = given.map(|host| host.trim_matches(['[', ']']).to_ascii_lowercase());
        let any_address =
            given.as_deref().and_then(|host| host.parse().ok()).is_some_and(|ip: IpAddr| ip.is_unspecified());
        Self { given, any_address }
    }

    /// Whether a `Host` header is one of ours. The port says nothing: it may have been forwarded.
    pub(super) fn allow(&self, header: &str) -> bool {
        let Some(name) = name_of(header) else { return false };
        if ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()) || self.given.as_deref() == Some(name.as_str()) {
            return true;
        }
        // Rebinding needs a name; an address cannot be bound to another one.
        self.any_address && name.parse::<IpAddr>().is_ok()
    }
}

/// The name without port and brackets, lower-case.
fn name_of(header: &str) -> Option<String> {
    let header = header.trim();
    let (name, port) = match header.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            (address, rest.strip_prefix(':').or(rest.is_empty().then_some("")))
        }
        None => header.split_once(':').map_or((header, Some("")), |(name, port)| (name, Some(port))),
    };
    let port = port?;
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.len() <= 5;
    (is_port && !name.is_empty()).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let hosts = Hosts::new(None);
        for ours in ["localhost", "localhost:8000", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000", "[::1]"] {
            assert!(hosts.allow(ours), "{ours}");
        }
        for other in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.1.2",
            "[::1",
            "localhost:x",
            "::1:80",
        ] {
            assert!(!hosts.allow(other), "{other}");
        }
    }

    #[test]
    fn a_given_host_is_answered_and_no_other_name() {
        let named = Hosts::new(Some("Studio.local"));
        assert!(named.allow("studio.local:8000") && !named.allow("192.168.1.2"));
        let every = Hosts::new(Some("0.0.0.0"));
        assert!(every.allow("192.168.1.2:8000") && every.allow("[fe80::1]:8000") && !every.allow("evil.example"));
    }
}
