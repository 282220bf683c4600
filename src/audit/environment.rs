//! Checks the site's surroundings: where the secret is, and whether git or workflows expose private files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::{AuditInput, Finding, Report, Rule, workflows};
use crate::access::Secret;
use crate::access::gate::{DenyList, Gate, verdict};
use crate::access::git;
use crate::access::life::LinkState;
use crate::access::sources::FILE;
use crate::access::verify::{AddressRoot, TokenKind};
use crate::files::canonical_or_absolute;
use crate::publish::Reach;
use crate::visibility::PrivateFolder;

/// How many bytes of names are read of one branch.
const MOST_NAMES: u64 = 64 << 20;

/// Checks what lies around the published folder.
pub(super) fn look(input: &AuditInput, report: &mut Report) {
    let top =
        |folder: &Path| in_git(folder, &["rev-parse", "--show-toplevel"]).map(|top| PathBuf::from(top.trim_end()));
    let has_private = input.files.values().any(|file| file.reach == Reach::Private);
    let mut around = Around {
        input,
        site: canonical_or_absolute(&input.site),
        output: canonical_or_absolute(&input.output),
        repository: top(&input.site),
        output_repository: has_private.then(|| top(&input.output)).flatten(),
        report,
    };
    around.git_answers();
    around.secret_is_closed_to_others();
    around.secret_is_nobody_elses();
    around.ledger_is_not_published();
    around.git_tracks_no_secret();
    around.git_tracks_no_link();
    // What follows is about private pages.
    if has_private {
        around.pages_are_not_in_git();
        around.branches_have_no_private_pages();
        around.ci_hands_out_nothing_private();
    }
}

/// The site and what lies around it.
struct Around<'a> {
    input: &'a AuditInput,
    site: PathBuf,
    output: PathBuf,
    /// The repository that the site lies in.
    repository: Option<PathBuf>,
    /// The one that the published folder lies in.
    output_repository: Option<PathBuf>,
    report: &'a mut Report,
}

impl Around<'_> {
    fn tell(&mut self, rule: Rule, file: &Path, offset: Option<u64>, message: impl Into<String>) {
        let below = file.strip_prefix(&self.input.site).or_else(|_| file.strip_prefix(&self.site)).unwrap_or(file);
        let offset = offset.and_then(|at| usize::try_from(at).ok());
        self.report.add(Finding { file: below.display().to_string(), ..Finding::new(rule, "", offset, message) });
    }

    fn git_answers(&mut self) {
        let folders = [&self.input.site, &self.input.output];
        if let Some(unheard) = folders.into_iter().find_map(|folder| git::unheard(folder)) {
            let place = unheard.place.map(|place| place.file).unwrap_or_default();
            self.tell(Rule::GitUnheard, &place, None, unheard.message);
        }
    }

    fn secret_is_closed_to_others(&mut self) {
        // Containers mount secrets so that all in them can read them.
        let own = canonical_or_absolute(&self.input.site.join(FILE));
        let given = self.input.given_secret_file.as_deref();
        for secret in self.input.secret_files.iter().filter(|secret| is_open_to_others(secret)) {
            let is_mounted = given == Some(secret) && canonical_or_absolute(secret) != own;
            let rule = if is_mounted { Rule::SecretMounted } else { Rule::SecretReadable };
            self.tell(rule, secret, None, "other users on this computer can read the secret's file");
        }
    }

    fn secret_is_nobody_elses(&mut self) {
        for secret in self.input.secret_files.iter().filter(|secret| secret.exists()) {
            if git::tracks(secret) {
                self.tell(Rule::SecretTracked, secret, None, "git tracks the secret's file");
            }
            if canonical_or_absolute(secret).starts_with(&self.output) {
                let message = "the secret's file is in the published folder";
                self.tell(Rule::SecretPublished, secret, None, message);
            }
        }
    }

    fn ledger_is_not_published(&mut self) {
        if self.input.ledger.exists() && canonical_or_absolute(&self.input.ledger).starts_with(&self.output) {
            let message = "the ledger is in the published folder";
            self.tell(Rule::LedgerPublished, &self.input.ledger, None, message);
        }
    }

    fn git_tracks_no_secret(&mut self) {
        let Some(top) = &self.repository else { return };
        for file in files_with_a_secret(top, &self.input.secrets) {
            // The secret's own file was told of.
            if !self
                .input
                .secret_files
                .iter()
                .any(|secret| canonical_or_absolute(secret) == canonical_or_absolute(&file))
            {
                let message = "git tracks this file, which contains a root secret";
                self.tell(Rule::SecretInTrackedFile, &file, None, message);
            }
        }
    }

    fn git_tracks_no_link(&mut self) {
        let Some(top) = &self.repository else { return };
        let files = files_with_a_link(top, self.input);
        // Tracked pages in the published folder are told of as such.
        let outside: Vec<PathBuf> =
            files.into_iter().filter(|file| !canonical_or_absolute(file).starts_with(&self.output)).collect();
        for file in outside {
            let message = "git tracks this file, which contains working links: anyone who sees the repository has them";
            self.tell(Rule::TrackedLink, &file, None, message);
        }
    }

    fn pages_are_not_in_git(&mut self) {
        let Some(top) = &self.output_repository else { return };
        let output = &self.input.output;
        if canonical_or_absolute(top) == self.output {
            let branch = in_git(output, &["symbolic-ref", "--short", "HEAD"]).unwrap_or_default();
            let message = format!(
                "the published folder is a git work tree on `{}`: a push reveals every link to anyone who sees the \
                 repository",
                branch.trim_end()
            );
            self.tell(Rule::WorkTree, output, None, message);
        } else if tracks_private_folders(output) {
            let message = "git tracks private pages: anyone who sees the repository has the links";
            self.tell(Rule::TrackedPages, output, None, message);
        }
    }

    fn branches_have_no_private_pages(&mut self) {
        let Some(repository) = self.repository.clone() else { return };
        for branch in branches_with_private_pages(&repository) {
            let message = format!(
                "the git branch `{branch}` contains private pages: anyone who sees the repository has the links"
            );
            self.tell(Rule::PagesInBranch, &repository, None, message);
        }
    }

    fn ci_hands_out_nothing_private(&mut self) {
        let top = self.output_repository.as_ref().filter(|top| canonical_or_absolute(top) != self.output);
        let top = top.unwrap_or(&self.input.site);
        let roots: BTreeSet<PathBuf> =
            [top, &self.input.site].into_iter().map(|folder| canonical_or_absolute(folder)).collect();
        let name = self.input.output.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mut found = Vec::new();
        for root in &roots {
            for file in workflows_below(root) {
                let text = fs::read_to_string(&file).unwrap_or_default();
                found.extend(workflows::handed_out_by_github(&text, name).map(|(at, message)| (file, at, message)));
            }
            let file = root.join(".gitlab-ci.yml");
            let text = fs::read_to_string(&file).unwrap_or_default();
            let message = "this pipeline stores the site, which has private galleries, as an artifact";
            found.extend(workflows::handed_out_by_gitlab(&text, name).map(|at| (file, at, message)));
        }
        found.into_iter().for_each(|(file, at, message)| self.tell(Rule::PublicArtifact, &file, Some(at), message));
    }
}

/// The workflows of GitHub in a repository.
fn workflows_below(root: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(root.join(".github/workflows")).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    files.filter(|file| file.extension().is_some_and(|end| end == "yml" || end == "yaml")).collect()
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
        if let TokenKind::Page { state: LinkState::Alive, replaced: None, root, .. } = &token.meaning
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

/// Whether git tracks anything in the private folders below this one.
fn tracks_private_folders(output: &Path) -> bool {
    let folders = PrivateFolder::ALL.iter().map(|folder| folder.name());
    let arguments: Vec<&str> = ["ls-files", "--"].into_iter().chain(folders).collect();
    in_git(output, &arguments).is_some_and(|files| !files.is_empty())
}

/// Whether a path below any folder has the form of a private one.
fn is_private(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    parts.windows(2).any(|pair| {
        PrivateFolder::named(pair[0]).is_some()
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
