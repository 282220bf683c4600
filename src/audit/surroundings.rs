//! Where the secret lies, and whether private files are handed to the world beside the site.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::{AuditInput, Finding, Kind, Report, workflows};
use crate::access::Secret;
use crate::access::gate::{DenyList, Gate, verdict};
use crate::access::git;
use crate::access::life::LinkState;
use crate::access::sources::FILE;
use crate::access::verify::{AddressRoot, Meaning};
use crate::publish::Reach;

/// How many bytes of names are read of one branch.
const MOST_NAMES: u64 = 64 << 20;

pub(super) fn look(input: &AuditInput, report: &mut Report) {
    let site = real(&input.site);
    if let Some(unheard) = [&input.site, &input.output].into_iter().find_map(|folder| git::unheard(folder)) {
        report.notices.push(Finding {
            file: unheard.place.map_or_else(String::new, |place| place.file.display().to_string()),
            offset: None,
            kind: Kind::Unread,
            message: unheard.message,
            hint: "install git or mend the repository, and audit again",
        });
    }
    let finding = |file: &Path, offset, kind, message: &str, hint| {
        let shown = file.strip_prefix(&input.site).or_else(|_| file.strip_prefix(&site)).unwrap_or(file);
        Finding { file: shown.display().to_string(), offset, kind, message: message.to_owned(), hint }
    };
    // Containers mount secrets so that all in them can read them.
    let own = real(&input.site.join(FILE));
    let mounted = |secret: &Path| input.given_secret_file.as_deref() == Some(secret) && real(secret) != own;
    for secret in input.secret_files.iter().filter(|secret| is_open_to_others(secret)) {
        let message = "others on this machine can read the file with the secret";
        if mounted(secret) {
            let hint = "nothing, in a container that is yours alone; elsewhere `chmod 600` it";
            report.notices.push(finding(secret, None, Kind::SecretPlace, message, hint));
        } else {
            let hint = "`chmod 600` it; if somebody may have read it, `safelight secret rotate --compromised`";
            report.finding(finding(secret, None, Kind::SecretPlace, message, hint));
        }
    }
    let output = real(&input.output);
    let repository = in_git(&input.site, &["rev-parse", "--show-toplevel"]).map(|top| PathBuf::from(top.trim_end()));
    // Tracked pages in the published folder are told of below.
    let with_a_link = repository.iter().flat_map(|top| files_with_a_link(top, input));
    report.notices.extend(with_a_link.filter(|file| !real(file).starts_with(&output)).map(|file| {
        let message = "git tracks this file, and links that work stand in it: whoever sees the repository has them";
        let hint = "nothing, in a repository that is yours alone; elsewhere `git rm --cached` it, add it to `.gitignore`, then revoke the links and share again";
        finding(&file, None, Kind::PublicPlace, message, hint)
    }));
    let mut tell =
        |file: &Path, offset, kind, message: &str, hint| report.finding(finding(file, offset, kind, message, hint));
    let rotate = "make another secret: `safelight secret rotate --compromised`; what was public is known to others";
    for secret in input.secret_files.iter().filter(|secret| secret.exists()) {
        if git::tracks(secret) {
            tell(secret, None, Kind::SecretPlace, "git tracks the file with the secret", rotate);
        }
        if real(secret).starts_with(&output) {
            tell(
                secret,
                None,
                Kind::SecretPlace,
                "the file with the secret lies in the folder that is published",
                rotate,
            );
        }
    }
    if input.ledger.exists() && real(&input.ledger).starts_with(&output) {
        let hint = "choose another folder for `output`";
        tell(&input.ledger, None, Kind::Ledger, "the ledger lies in the folder that is published", hint);
    }
    if let Some(top) = &repository {
        for file in files_with_a_secret(top, &input.secrets) {
            // The secret's own file was told of.
            if !input.secret_files.iter().any(|secret| real(secret) == real(&file)) {
                tell(&file, None, Kind::SecretPlace, "git tracks this file, and a root secret stands in it", rotate);
            }
        }
    }
    let private: Vec<&String> =
        input.files.iter().filter(|(_, file)| file.reach == Reach::Private).map(|(path, _)| path).collect();
    if private.is_empty() {
        return;
    }
    let top = in_git(&input.output, &["rev-parse", "--show-toplevel"]).map(|text| PathBuf::from(text.trim_end()));
    if let Some(top) = &top {
        let branch = in_git(&input.output, &["symbolic-ref", "--short", "HEAD"]).unwrap_or_default();
        if real(top) == output {
            let message = format!(
                "the published folder is a git work tree on `{}`: a push hands every link to whoever sees the repository",
                branch.trim_end()
            );
            let hint = "publish private galleries to a host instead of a branch";
            tell(&input.output, None, Kind::PublicPlace, &message, hint);
        } else if in_git(&input.output, &["ls-files", "--", "g", "x", "e"]).is_some_and(|files| !files.is_empty()) {
            let hint = "`git rm -r --cached` the folder, add it to `.gitignore`, then revoke the links and share again, or `safelight secret rotate --compromised`: rotating a gallery keeps its pages' addresses";
            tell(
                &input.output,
                None,
                Kind::PublicPlace,
                "git tracks private pages: whoever sees the repository has the links",
                hint,
            );
        }
    }
    if let Some(repository) = &repository {
        for branch in branches_with_private_pages(repository) {
            let message =
                format!("the git branch `{branch}` holds private pages: whoever sees the repository has the links");
            let hint = "delete the branch, here and where it was pushed to, then revoke the links and share again, or `safelight secret rotate --compromised`";
            tell(repository, None, Kind::PublicPlace, &message, hint);
        }
    }
    let top = top.filter(|top| real(top) != output).unwrap_or_else(|| input.site.clone());
    let mut folders = [&top, &input.site].map(|folder| real(&folder.join(".github/workflows")));
    folders.sort();
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml" || extension == "yaml"));
    files.sort();
    files.dedup();
    let name = input.output.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let hint = "send the folder to a host with its own access, or build public galleries alone there: `--public-only`";
    for file in files {
        if let Ok(text) = fs::read_to_string(&file)
            && let Some((offset, message)) = workflows::handed_out_by_github(&text, name)
        {
            tell(&file, Some(offset), Kind::PublicPlace, message, hint);
        }
    }
    let mut files = [&top, &input.site].map(|folder| real(&folder.join(".gitlab-ci.yml"))).to_vec();
    files.sort();
    files.dedup();
    for file in files {
        if let Ok(text) = fs::read_to_string(&file)
            && let Some(offset) = workflows::handed_out_by_gitlab(&text, name)
        {
            let message = "this pipeline keeps the site as an artifact, and the site has private galleries";
            tell(&file, Some(offset), Kind::PublicPlace, message, hint);
        }
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

/// Tracked files that hold a root secret as it is written: an `.env`, a workflow.
fn files_with_a_secret(top: &Path, secrets: &[Zeroizing<Vec<u8>>]) -> Vec<PathBuf> {
    let mut patterns = Zeroizing::new(String::new());
    for secret in secrets {
        if let Ok(Ok(secret)) = <[u8; 32]>::try_from(secret.as_slice()).map(Secret::generate) {
            patterns.push_str(&secret.expose_text());
            patterns.push('\n');
        }
    }
    tracked_files_with(top, &patterns)
}

/// Tracked files in which the address of a link that works stands: printed cards, QR codes, lists.
fn files_with_a_link(top: &Path, input: &AuditInput) -> Vec<PathBuf> {
    let mut patterns = Zeroizing::new(String::new());
    for token in &input.tokens {
        if let Meaning::Page { state: LinkState::Alive, replaced: None, root, .. } = &token.meaning
            && *root != AddressRoot::GivenUp
        {
            patterns.push_str(&token.text);
            patterns.push('\n');
        }
    }
    tracked_files_with(top, &patterns)
}

/// Tracked files in which one of these lines of text stands.
fn tracked_files_with(top: &Path, patterns: &str) -> Vec<PathBuf> {
    if patterns.is_empty() {
        return Vec::new();
    }
    // Photographs are many and large, and nobody keeps a secret in one.
    let mut arguments = vec!["grep", "--cached", "-I", "-l", "-z", "-F", "-f", "-", "--", ":/"];
    let photos = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "avif", "heic", "mp4", "mov"];
    let photos = photos.map(|ending| format!(":(top,exclude,icase)*.{ending}"));
    arguments.extend(photos.iter().map(String::as_str));
    // Never in the command line, which others on this machine can read.
    let mut command = looking(top, &arguments);
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { return Vec::new() };
    if let Some(mut input) = child.stdin.take() {
        // Where git does not read, it finds nothing.
        let _ = input.write_all(patterns.as_bytes());
    }
    let found = child.wait_with_output().map(|out| out.stdout).unwrap_or_default();
    let names = found.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| top.join(String::from_utf8_lossy(name).as_ref())).collect()
}

/// Branches, of this repository and as others were last seen, in which a path has the form of a private one.
fn branches_with_private_pages(top: &Path) -> Vec<String> {
    let list = ["for-each-ref", "--count=100", "--format=%(refname)", "refs/heads", "refs/remotes"];
    let branches = in_git(top, &list).unwrap_or_default();
    let holds_private = |branch: &&str| {
        let mut command = looking(top, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", branch]);
        let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() else { return false };
        let names = child.stdout.take().map(|out| BufReader::new(out.take(MOST_NAMES)).split(0));
        let found = names.into_iter().flatten().flatten().any(|name| is_private(&String::from_utf8_lossy(&name)));
        // What is not read any more is not written any more.
        let _ = child.kill();
        let _ = child.wait();
        found
    };
    let short = |branch: &str| branch.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned();
    branches.lines().filter(holds_private).map(short).collect()
}

/// Whether a path below any folder has the form of a private one.
fn is_private(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    parts.windows(2).any(|pair| {
        matches!(pair[0], "g" | "x")
            && matches!(
                verdict(&format!("/{}/{}/", pair[0], pair[1]), "/", 0, &DenyList::default()),
                Gate::PassPrivate(_)
            )
    })
}

fn in_git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let out = looking(folder, arguments).stdin(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

fn looking(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = git::command(folder, arguments);
    command.stderr(Stdio::null());
    command
}

fn is_open_to_others(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}
