//! `[publish]`: where a site goes online.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::Problems;
use super::folders::at_home;
use super::site::is_this_machine;
use super::walk::Values;
use crate::error::Code;
use crate::files::place_of;

/// Where a site goes online, and what is told of changes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishTarget {
    /// As it is written.
    pub to: String,
    /// The same, taken apart.
    pub address: TargetAddress,
    /// The server of a bucket, where it is not the cloud's own.
    pub endpoint: Option<String>,
    /// The region of a bucket on S3, where the credentials do not say it.
    pub region: Option<String>,
    /// Another bucket or folder for the record of what is online, as it is written and taken apart.
    pub state: Option<(String, TargetAddress)>,
    /// Which caches must forget what changed.
    pub purge: Vec<PurgeSetting>,
}

/// A target, taken apart. Prefixes are empty or end with a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetAddress {
    /// Amazon S3, or what speaks its language.
    S3 {
        /// The bucket.
        bucket: String,
        /// The folder in it.
        prefix: String,
    },
    /// Google Cloud Storage.
    Gcs {
        /// The bucket.
        bucket: String,
        /// The folder in it.
        prefix: String,
    },
    /// Azure Blob Storage.
    Azure {
        /// The storage account; none where the environment names it.
        account: Option<String>,
        /// The container.
        container: String,
        /// The folder in it.
        prefix: String,
    },
    /// A server with SFTP.
    Sftp {
        /// Whom to log in as, where the settings of `ssh` do not say it.
        user: Option<String>,
        /// The host, or its alias in the settings of `ssh`.
        host: String,
        /// The port, where the settings of `ssh` do not say it.
        port: Option<u16>,
        /// The folder: absolute, or below the home folder with `/~/` in front.
        path: String,
    },
    /// A folder of this computer, as of a NAS.
    Folder(PathBuf),
    /// Netlify, through its own tool.
    Netlify {
        /// The id or name of the project; none for the one that the folder is linked to.
        site: Option<String>,
    },
    /// Cloudflare Pages, through its own tool.
    CloudflarePages {
        /// The project.
        project: String,
    },
}

impl TargetAddress {
    /// Reads an address as it was written in the `site.toml` of a folder, if it is one.
    pub fn read(text: &str, root: &Path) -> Option<Self> {
        parse(text, root).ok()
    }

    /// Whether both lead to the same place: a folder can be reached by many paths.
    pub fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folder(one), Self::Folder(other)) => place_of(one) == place_of(other),
            (one, other) => one == other,
        }
    }
}

/// A cache that must forget what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurgeSetting {
    /// The id of a distribution.
    CloudFront(String),
    /// The id or name of a zone.
    Cloudflare(String),
    /// A program with its arguments; the addresses come on its standard input.
    Command(Vec<String>),
}

/// The table of named targets.
pub(super) const TARGETS: &str = "publish.targets";

/// Takes the targets: the one without a name, and those with one.
pub(super) fn take(v: &mut Values, root: &Path, problems: &mut Problems<'_>) -> BTreeMap<String, PublishTarget> {
    let mut targets = BTreeMap::new();
    let mut tables = vec![(String::new(), "publish".to_owned())];
    tables.extend(v.tables_below(TARGETS).into_iter().map(|name| (name.clone(), format!("{TARGETS}.{name}"))));
    for (name, table) in tables {
        let at = |v: &Values, setting: &str| v.at(&format!("{table}.{setting}"));
        let (at_to, at_state, at_endpoint) = (at(v, "to"), at(v, "state"), at(v, "endpoint"));
        let mut text = |setting: &str| v.text(&format!("{table}.{setting}"));
        let (to, endpoint, region, state) = (text("to"), text("endpoint"), text("region"), text("state"));
        let purge = purge(v, &table);
        let mut address = |text: &str, at: Option<usize>| match parse(text, root) {
            Ok(address) => Some(address),
            Err((message, hint)) => {
                problems.add(Code::InvalidValue, at.unwrap_or_default(), message, hint);
                None
            }
        };
        let state = state.and_then(|text| address(&text, at_state).map(|address| (text, address)));
        let Some(to) = to else {
            // `[publish]` may hold named targets alone.
            if at_state.or(at_endpoint).is_some() || !purge.is_empty() || !name.is_empty() {
                let message = format!("`[{table}]` does not say where to publish to");
                let at = at_state.or(at_endpoint).unwrap_or_default();
                problems.add(Code::InvalidValue, at, message, "add `to`, as in `to = \"s3://photos.example.com\"`");
            }
            continue;
        };
        let Some(address) = address(&to, at_to) else { continue };
        if let (Some(endpoint), Some(at)) = (&endpoint, at_endpoint)
            && !is_endpoint(endpoint)
        {
            let message = format!("`{table}.endpoint` must be an `https` address without a name or password");
            problems.add(Code::InvalidValue, at, message, "write it like `https://s3.example.com`");
        }
        targets.insert(name, PublishTarget { to, address, endpoint, region, state, purge });
    }
    targets
}

/// Whether credentials can be sent there: encrypted, or to this computer.
fn is_endpoint(text: &str) -> bool {
    let is_local = |rest: &str| is_this_machine(&format!("http://{}", rest.split('/').next().unwrap_or_default()));
    let is_safe = text.starts_with("https://") || text.strip_prefix("http://").is_some_and(is_local);
    is_safe && !text.contains(['@', ' '])
}

fn purge(v: &mut Values, table: &str) -> Vec<PurgeSetting> {
    let name = |setting: &str| format!("{table}.purge.{setting}");
    let found = [
        v.text(&name("cloudfront")).map(PurgeSetting::CloudFront),
        v.text(&name("cloudflare")).map(PurgeSetting::Cloudflare),
        v.lines(&name("command")).map(PurgeSetting::Command),
    ];
    found.into_iter().flatten().collect()
}

/// Takes an address apart; what is wrong with it, and what to write.
fn parse(text: &str, root: &Path) -> Result<TargetAddress, (String, String)> {
    let wrong = |hint: &str| Err((not_a_place(text), hint.to_owned()));
    let Some((scheme, rest)) = text.split_once("://") else {
        if let Some(hint) = meant(text) {
            return Err((not_a_place(text), hint));
        }
        return match at_home(text) {
            Ok(home) => Ok(TargetAddress::Folder(home.unwrap_or_else(|| root.join(text)))),
            Err((message, hint)) => Err((message, hint.to_owned())),
        };
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    if path.split('/').any(|part| matches!(part, "." | "..")) || path.contains("//") || path.contains(['\\', '\0']) {
        return wrong("write the folder without `.`, `..` and doubled slashes");
    }
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    match scheme {
        "s3" if is_name(host) => Ok(TargetAddress::S3 { bucket: host.to_owned(), prefix }),
        "gs" if is_name(host) => Ok(TargetAddress::Gcs { bucket: host.to_owned(), prefix }),
        "s3" | "gs" => wrong("write the name of a bucket, as in `s3://photos.example.com`"),
        "az" if is_name(host) => {
            // With the account in front, as in `az://account/container/folder`.
            Ok(match path.split_once('/') {
                None if path.is_empty() => {
                    TargetAddress::Azure { account: None, container: host.to_owned(), prefix: String::new() }
                }
                None => TargetAddress::Azure {
                    account: Some(host.to_owned()),
                    container: path.to_owned(),
                    prefix: String::new(),
                },
                Some((container, folder)) => TargetAddress::Azure {
                    account: Some(host.to_owned()),
                    container: container.to_owned(),
                    prefix: format!("{folder}/"),
                },
            })
        }
        "az" => wrong("write account and container, as in `az://account/container`"),
        "sftp" => {
            let (user, server) = match host.rsplit_once('@') {
                Some((user, server)) => (Some(user), server),
                None => (None, host),
            };
            if user.is_some_and(|user| user.contains(':')) {
                return wrong("leave the password out: `ssh` asks its agent or its settings");
            }
            let (server, port) = match server.rsplit_once(':') {
                Some((server, port)) => match port.parse() {
                    Ok(port) => (server, Some(port)),
                    Err(_) => return wrong("write the port as a number, as in `sftp://host:2222/path`"),
                },
                None => (server, None),
            };
            // A name that begins with a dash would be taken for an option of `ssh`.
            let is_plain = |name: &str| is_name(name) && !name.starts_with('-');
            if !is_plain(server) || user.is_some_and(|user| !is_plain(user)) {
                return wrong("write it like `sftp://host/path`");
            }
            if path.is_empty() {
                return wrong("name the folder too, as in `sftp://host/var/www/photos`");
            }
            let path = if path == "~" || path.starts_with("~/") { path.to_owned() } else { format!("/{path}") };
            Ok(TargetAddress::Sftp { user: user.map(str::to_owned), host: server.to_owned(), port, path })
        }
        "netlify" if path.is_empty() && (host.is_empty() || is_name(host)) => {
            Ok(TargetAddress::Netlify { site: (!host.is_empty()).then(|| host.to_owned()) })
        }
        "netlify" => wrong("write it like `netlify://site-id`"),
        "cloudflare-pages" if path.is_empty() && is_name(host) => {
            Ok(TargetAddress::CloudflarePages { project: host.to_owned() })
        }
        "cloudflare-pages" => wrong("write it like `cloudflare-pages://project`"),
        "file" => wrong("write the folder alone, as in `/mnt/nas/photos`"),
        _ => wrong("write `s3://`, `gs://`, `az://`, `sftp://host/path` or a folder"),
    }
}

fn not_a_place(text: &str) -> String {
    format!("`{}` is not a place to publish to", super::document::shorten(text))
}

/// How to write what is no folder although it has no `://`: `s3:/bucket`, and `me@server:/srv/www` as `scp` and `rsync` take it.
fn meant(text: &str) -> Option<String> {
    let (before, after) = text.split_once(':')?;
    // A folder may have a colon in it, and on Windows a drive in front.
    if before.contains(['/', '\\']) || before.len() == 1 && after.starts_with(['/', '\\']) {
        return None;
    }
    let place = super::document::shorten(after.trim_start_matches('/'));
    Some(match before {
        "s3" | "gs" | "az" | "sftp" | "netlify" | "cloudflare-pages" if !place.is_empty() => {
            format!("write it like `{before}://{place}`")
        }
        _ if before.is_empty() || place.is_empty() => {
            "write `s3://`, `gs://`, `az://`, `sftp://host/path` or a folder".to_owned()
        }
        server if after.starts_with('/') => format!("write it like `sftp://{server}/{place}`"),
        // What is not absolute begins in the user's own folder.
        server => format!("write it like `sftp://{server}/~/{}`", place.trim_start_matches("~/")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_targets_are_taken_apart() {
        let parsed = |text: &str| parse(text, Path::new("/site"));
        assert_eq!(
            parsed("s3://photos.example.com/a/b/"),
            Ok(TargetAddress::S3 { bucket: "photos.example.com".into(), prefix: "a/b/".into() })
        );
        assert_eq!(parsed("gs://b"), Ok(TargetAddress::Gcs { bucket: "b".into(), prefix: String::new() }));
        let azure = |account: Option<&str>, prefix: &str| {
            Ok(TargetAddress::Azure {
                account: account.map(str::to_owned),
                container: "web".into(),
                prefix: prefix.into(),
            })
        };
        assert_eq!(parsed("az://web"), azure(None, ""));
        assert_eq!(parsed("az://me/web"), azure(Some("me"), ""));
        assert_eq!(parsed("az://me/web/a"), azure(Some("me"), "a/"));
        let sftp = |user: Option<&str>, port, path: &str| {
            Ok(TargetAddress::Sftp { user: user.map(str::to_owned), host: "host".into(), port, path: path.into() })
        };
        assert_eq!(parsed("sftp://host/var/www"), sftp(None, None, "/var/www"));
        assert_eq!(parsed("sftp://me@host:2222/~/www"), sftp(Some("me"), Some(2222), "~/www"));
        assert_eq!(parsed("/mnt/nas"), Ok(TargetAddress::Folder("/mnt/nas".into())));
        assert_eq!(parsed("../nas"), Ok(TargetAddress::Folder("/site/../nas".into())));
        assert_eq!(parsed("netlify://"), Ok(TargetAddress::Netlify { site: None }));
    }

    #[test]
    fn addresses_without_their_slashes_are_written_out() {
        for (text, meant) in [
            ("server:/srv/www", "`sftp://server/srv/www`"),
            ("me@server:www", "`sftp://me@server/~/www`"),
            ("me@server:~/www", "`sftp://me@server/~/www`"),
            ("s3:/bucket", "`s3://bucket`"),
            ("s3:bucket/a", "`s3://bucket/a`"),
            ("sftp:/server/srv", "`sftp://server/srv`"),
        ] {
            let (_, hint) = parse(text, Path::new("/site")).expect_err(text);
            assert!(hint.contains(meant), "{text}: {hint}");
        }
        for text in ["C:/photos", "./a:b", "nas/12:30", "/a:b"] {
            assert!(matches!(parse(text, Path::new("/site")), Ok(TargetAddress::Folder(_))), "{text}");
        }
    }

    #[test]
    fn credentials_are_sent_encrypted_or_to_this_computer() {
        for good in ["https://s3.example.com", "http://127.0.0.1:5555", "http://localhost:9000/x"] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in
            ["http://s3.example.com", "s3.example.com", "https://key:secret@s3.example.com", "ftp://s3.example.com"]
        {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn what_leads_nowhere_or_holds_a_password_is_refused() {
        for text in [
            "s3://",
            "s3:bucket",
            "ftp://host/a",
            "sftp://host",
            "sftp://me:secret@host/a",
            "sftp://-oProxyCommand=x/a",
            "sftp://host:a/b",
            "s3://b/../c",
            "gs://a b",
            "az:///c",
            "cloudflare-pages://",
            "https://example.com",
            "file:///a",
        ] {
            let (message, _) = parse(text, Path::new("/site")).expect_err(text);
            assert!(message.contains("not a place to publish to"), "{message}");
        }
    }
}
