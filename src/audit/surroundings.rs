//! Where the secret lies, and whether private files are handed to the world beside the site.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{AuditInput, Finding, Kind, Report, workflows};
use crate::access::git;
use crate::publish::Reach;

pub(super) fn look(input: &AuditInput, report: &mut Report) {
    let site = real(&input.site);
    let mut tell = |file: &Path, offset, kind, message: &str, hint| {
        let shown = file.strip_prefix(&input.site).or_else(|_| file.strip_prefix(&site)).unwrap_or(file);
        let shown = shown.display().to_string();
        report.finding(Finding { file: shown, offset, kind, message: message.to_owned(), hint });
    };
    let output = real(&input.output);
    let rotate = "make another secret: `safelight secret rotate --compromised`; what was public is known to others";
    for secret in input.secret_files.iter().filter(|secret| secret.exists()) {
        if git::tracks(secret) {
            tell(secret, None, Kind::SecretPlace, "git tracks the file with the secret", rotate);
        }
        if is_open_to_others(secret) {
            let hint = "`chmod 600` it; if somebody may have read it, `safelight secret rotate --compromised`";
            tell(secret, None, Kind::SecretPlace, "others on this machine can read the file with the secret", hint);
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
            && let Some(offset) = workflows::handed_out_by_github(&text, name)
        {
            let message =
                "this workflow puts the site into a public artifact or branch, and the site has private galleries";
            tell(&file, Some(offset), Kind::PublicPlace, message, hint);
        }
    }
    let mut files = [&top, &input.site].map(|folder| real(&folder.join(".gitlab-ci.yml"))).to_vec();
    files.sort();
    files.dedup();
    for file in files {
        if let Ok(text) = fs::read_to_string(&file)
            && let Some(offset) = workflows::handed_out_by_gitlab(&text)
        {
            let message = "GitLab Pages keeps the site as an artifact, and the site has private galleries";
            tell(&file, Some(offset), Kind::PublicPlace, message, hint);
        }
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

fn in_git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // No helper that a repository configures is started for looking.
    command.args(["-c", "core.fsmonitor=false"]).arg("-C").arg(folder).args(arguments);
    let out = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
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
