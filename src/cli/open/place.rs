//! Where a sealed gallery lies: in a folder, or on a host.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use safelight::sealed::{MANIFEST, Manifest, SLOTS};
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error, processes};
use zeroize::Zeroizing;

use crate::cli::output_file::at_home;

/// The page that leads from a link to the files.
const PAGE: &str = "index.html";
/// The most bytes that are read of it.
const PAGE_LIMIT: u64 = 4 << 20;
/// How many files are fetched from a host at once.
const AT_ONCE: usize = 8;

/// The folder with the sealed files of one audience.
#[derive(Debug)]
pub(super) enum Place {
    /// On this computer.
    Folder(PathBuf),
    /// On a host; the address ends with a slash.
    Address(String),
}

impl Place {
    /// The place that somebody means, and the code in the link that they gave.
    pub(super) fn find(typed: &str) -> Result<(Self, Option<Zeroizing<String>>), Vec<Error>> {
        if typed.starts_with("https://") || typed.starts_with("http://") {
            let (address, fragment) = typed.split_once('#').unwrap_or((typed, ""));
            let code = fragment.strip_prefix("k=").map(|code| Zeroizing::new(code.to_owned()));
            return Ok((Self::at_address(address)?, code));
        }
        let folder = at_home(Path::new(typed))?;
        let real = folder.canonicalize().map_err(|error| Error::io(Code::CannotRead, "read", &folder, error))?;
        if real.join(SLOTS).is_file() {
            return Ok((Self::Folder(real), None));
        }
        let token = File::open(real.join(PAGE)).ok().and_then(|page| token_in(page).ok().flatten());
        let assets = token.and_then(|token| Some(real.parent()?.parent()?.join(below(&token))));
        match assets.filter(|assets| assets.join(SLOTS).is_file()) {
            Some(assets) => Ok((Self::Folder(assets), None)),
            None => Err(vec![none_here(&folder)]),
        }
    }

    fn at_address(address: &str) -> Result<Self, Vec<Error>> {
        let address = address.split('?').next().unwrap_or(address);
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~%/:[]".contains(c);
        if host.is_empty() || !rest.chars().all(is_plain) {
            let error = Error::new(Code::InvalidArgument, "this is not the address of a gallery");
            return Err(vec![error.hint("give the link as it was shared: `https://…/g/…/`")]);
        }
        if scheme == "http" && !is_this_computer(host) {
            let message = "anyone on the way could read and change what comes over plain `http`";
            return Err(vec![Error::new(Code::InvalidArgument, message).hint("use the `https` address")]);
        }
        let path = path.strip_suffix(PAGE).unwrap_or(path).trim_end_matches('/');
        let mut parts = path.rsplitn(3, '/');
        let (token, kind, base) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let site = match base {
            Some(base) => format!("{scheme}://{host}/{base}/"),
            None => format!("{scheme}://{host}/"),
        };
        let gallery = |token: &str| Self::Address(format!("{site}{}/", below(token).trim_end_matches('/')));
        match kind {
            Some("x") => Ok(gallery(token)),
            Some("g") => {
                let page = Self::Address(format!("{site}g/{token}/")).stream(PAGE)?;
                let found = token_in(page).map_err(|error| {
                    Error::new(Code::CannotRead, format!("cannot read the page at this address: {error}")).at(PAGE)
                })?;
                found.map(|token| gallery(&token)).ok_or_else(|| vec![none_here(Path::new(PAGE))])
            }
            _ => {
                let error = Error::new(Code::NotSealed, "this is not the address of a sealed gallery");
                Err(vec![error.hint("give the link as it was shared: `https://…/g/…/`")])
            }
        }
    }

    /// The bytes of one of the files.
    pub(super) fn stream(&self, name: &str) -> Result<Box<dyn Read>, Error> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let opened = File::open(&path).and_then(|file| match file.metadata()?.is_file() {
                    true => Ok(file),
                    false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")),
                });
                match opened {
                    Ok(file) => Ok(Box::new(file)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        Err(Error::new(Code::SealedFileRefused, "is missing").at(name))
                    }
                    Err(error) => Err(Error::io(Code::SealedFileRefused, "read", Path::new(name), error)),
                }
            }
            // Index pages are asked for as their folders: some hosts redirect the other address.
            Self::Address(address) => {
                let name = if name == PAGE { "" } else { name };
                Ok(Box::new(Download::begin(&format!("{address}{name}"))?))
            }
        }
    }

    /// How many files are opened at once: as many as there are processors, or as a host lets itself be asked for.
    pub(super) fn at_once(&self) -> usize {
        match self {
            Self::Folder(_) => 0,
            Self::Address(_) => AT_ONCE,
        }
    }

    /// The folder that is published, with this gallery in it.
    pub(super) fn output(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => folder.parent()?.parent().map(Path::to_owned),
            Self::Address(_) => None,
        }
    }

    /// How many sealed files lie there that the manifest does not list, where that can be seen.
    pub(super) fn strangers(&self, manifest: &Manifest) -> usize {
        let Self::Folder(folder) = self else { return 0 };
        let listed = |name: &str| manifest.files.binary_search_by(|file| file.name.as_str().cmp(name)).is_ok();
        let names =
            fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter(|name| name.ends_with(".bin") && name != MANIFEST && !listed(name)).count()
    }
}

fn none_here(place: &Path) -> Error {
    Error::new(Code::NotSealed, "there is no sealed gallery here")
        .at(place)
        .hint("give the folder `g/…/` or `x/…/` of a sealed gallery in the output, or its link")
}

/// The folder of an audience's files, below the site.
fn below(token: &str) -> String {
    PrivateFolder::Assets.of_token(token)
}

/// The name of the folder with the files, as a holder's page gives it.
fn token_in(page: impl Read) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    page.take(PAGE_LIMIT).read_to_end(&mut bytes)?;
    let page = String::from_utf8_lossy(&bytes);
    let written = page.split_once("data-assets=\"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(written.and_then(|(written, _)| {
        let path = htmlize::unescape(written);
        let token = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        (plain && !token.is_empty()).then(|| token.to_owned())
    }))
}

/// Whether nothing leaves this computer on the way to a host.
fn is_this_computer(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A file on its way from a host. `curl` fetches it: it knows the certificates and proxies of the system.
struct Download {
    child: Child,
    out: ChildStdout,
}

impl Download {
    fn begin(address: &str) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let error = match error.kind() {
                io::ErrorKind::NotFound => {
                    Error::new(Code::CannotStart, "`curl`, which fetches files, is not installed")
                        .hint("install curl, or download the site's folder and open that")
                }
                _ => Error::new(Code::CannotStart, format!("`curl`, which fetches files, cannot be started: {error}")),
            };
            error.at(name_of(address))
        };
        // Nothing but what stands here, whatever a file of settings says; the address, which is a secret, not as an argument.
        let mut child = processes::command("curl")
            .args(["--disable", "--silent", "--show-error", "--fail", "--globoff", "--location", "--max-redirs", "5"])
            .args(["--proto", if address.starts_with("https:") { "=https" } else { "=http,https" }])
            .args(["--proto-redir", "=https", "--connect-timeout", "30", "--speed-limit", "1", "--speed-time", "60"])
            .args(["--config", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (input, out) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(out)) = (input, out) else {
            return Err(Error::new(Code::Internal, "a pipe to `curl` is missing"));
        };
        // An address has no quotes. A child that has ended says itself why.
        let _ = writeln!(input, "url = \"{address}\"");
        Ok(Self { child, out })
    }
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.out.read(buffer)?;
        // Once it has ended it says so again and again.
        if read > 0 || buffer.is_empty() || self.child.wait()?.success() {
            return Ok(read);
        }
        let mut said = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            errors.read_to_string(&mut said)?;
        }
        let said = said.lines().next().unwrap_or("curl failed without a message").trim();
        Err(io::Error::other(said.trim_start_matches("curl: ").to_owned()))
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // What was refused is not fetched to its end; a child that has ended cannot be stopped, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last part of an address, which names a file and opens nothing.
fn name_of(address: &str) -> &str {
    match address.rsplit('/').next() {
        None | Some("") => PAGE,
        Some(name) => name,
    }
}
