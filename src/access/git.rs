//! Queries git about the secret and the ledger. Where there is no repository, it knows nothing; where there is one and
//! git does not answer, [`unheard`] says so.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind::NotFound;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::{Code, Error, processes};

/// What every question begins with. Whose the folder is does not matter for looking, and nothing that a repository
/// configures is started: no monitor, no hook, no pager.
const ONLY_LOOK: [&str; 7] =
    ["--no-pager", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/// Whether git tracks a file. False where there is no repository, or git does not answer.
pub fn tracks(file: &Path) -> bool {
    let Some((folder, name)) = parts(file) else { return false };
    succeeded(ask(folder, &["ls-files", "--error-unmatch", "--"], name)).is_some()
}

/// Whether git would take a file along with the next `git add`: it lies in a work tree and is not ignored.
pub fn would_take(file: &Path) -> bool {
    let Some((folder, name)) = parts(file) else { return false };
    // It takes names, and no word that they are to be taken as they are.
    let mut command = command(folder, &["check-ignore", "--quiet", "--"]);
    // 0 where it is ignored, 1 where it is not, 128 where there is no repository.
    command.arg(Path::new(".").join(name)).output().is_ok_and(|out| out.status.code() == Some(1))
}

/// A file as the last commit has it. None where there is no repository, no commit, or no such file in it, and where git
/// does not answer.
pub fn committed(file: &Path) -> Option<String> {
    let (folder, name) = parts(file)?;
    let mut object = OsString::from("HEAD:./");
    object.push(name);
    String::from_utf8(succeeded(ask(folder, &["cat-file", "blob"], &object))?).ok()
}

/// Why nobody knows what a repository around a folder holds: git is not installed, or cannot read it.
pub fn unheard(folder: &Path) -> Option<Error> {
    let whole = folder.canonicalize().ok()?;
    let repository = whole.ancestors().find(|above| above.join(".git").exists())?;
    let index = ask(&whole, &["ls-files", "--"], OsStr::new(".git"));
    // No commit yet is an answer too.
    let head = || ask(&whole, &["rev-parse", "--verify", "--quiet"], OsStr::new("HEAD"));
    let reason = match index.and_then(|index| if index.status.success() { head() } else { Ok(index) }) {
        Ok(out) if matches!(out.status.code(), Some(0 | 1)) => return None,
        Ok(out) => {
            let said = String::from_utf8_lossy(&out.stderr).lines().next().unwrap_or_default().trim().to_owned();
            if said.is_empty() { "git failed without a message".to_owned() } else { format!("git says `{said}`") }
        }
        Err(error) if error.kind() == NotFound => "git is not installed".to_owned(),
        Err(error) => format!("git cannot be started: {error}"),
    };
    let what =
        "this git repository cannot be read, so a committed secret or a ledger that lost entries would not be noticed";
    Some(
        Error::new(Code::GitNotAnswering, format!("{what}: {reason}"))
            .at(repository)
            .hint("install git or repair the repository, or check yourself that no commit contains `.safelight`"),
    )
}

/// A command of git that looks into a folder.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = processes::command("git");
    command.args(ONLY_LOOK).arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    // What a repository has not got is not fetched.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "").env("GIT_OPTIONAL_LOCKS", "0");
    command
}

fn parts(file: &Path) -> Option<(&Path, &OsStr)> {
    let folder = file.parent()?;
    Some((if folder.as_os_str().is_empty() { Path::new(".") } else { folder }, file.file_name()?))
}

/// Names are names, not patterns.
fn ask(folder: &Path, arguments: &[&str], name: &OsStr) -> std::io::Result<Output> {
    let mut command = command(folder, arguments);
    command.arg(name).env("GIT_LITERAL_PATHSPECS", "1").env("LC_ALL", "C").output()
}

fn succeeded(out: std::io::Result<Output>) -> Option<Vec<u8>> {
    out.ok().filter(|out| out.status.success()).map(|out| out.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let status =
            Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).stdout(Stdio::null()).status();
        assert!(status.expect("this test needs git").success());
    }

    #[test]
    fn a_tracked_file_is_known_and_its_committed_text_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.toml");
        std::fs::write(&path, "version = 1\n").unwrap();
        assert!(!tracks(&path) && !would_take(&path) && committed(&path).is_none());
        git(folder.path(), &["init", "-q"]);
        assert!(!tracks(&path) && committed(&path).is_none());
        git(folder.path(), &["add", "access.toml"]);
        assert!(tracks(&path) && committed(&path).is_none());
        git(folder.path(), &["commit", "-qm", "a"]);
        std::fs::write(&path, "version = 1\n# more\n").unwrap();
        assert_eq!(committed(&path).as_deref(), Some("version = 1\n"));
        let card = folder.path().join("card.svg");
        assert!(would_take(&card));
        std::fs::write(folder.path().join(".gitignore"), "*.svg\n").unwrap();
        assert!(!would_take(&card) && would_take(&folder.path().join("cards.html")));
        assert!(!tracks(&folder.path().join("access*")) && !tracks(&folder.path().join("no/such/file")));
    }
}
