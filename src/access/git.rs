//! What git knows about the secret and the ledger. Where there is no git, or no repository, it knows nothing.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether git tracks a file. False where there is no git or no repository.
pub fn tracks(file: &Path) -> bool {
    let Some((folder, name)) = parts(file) else { return false };
    run(folder, &[OsStr::new("ls-files"), OsStr::new("--error-unmatch"), OsStr::new("--"), name]).is_some()
}

/// A file as the last commit has it. None where there is no git, no repository, no commit, or no such file in it.
pub fn committed(file: &Path) -> Option<String> {
    let (folder, name) = parts(file)?;
    let mut object = std::ffi::OsString::from("HEAD:./");
    object.push(name);
    String::from_utf8(run(folder, &[OsStr::new("show"), &object])?).ok()
}

fn parts(file: &Path) -> Option<(&Path, &OsStr)> {
    let folder = file.parent()?;
    Some((if folder.as_os_str().is_empty() { Path::new(".") } else { folder }, file.file_name()?))
}

fn run(folder: &Path, arguments: &[&OsStr]) -> Option<Vec<u8>> {
    let mut command = Command::new("git");
    // Names are names, not patterns; and no helper that a repository configures is started for looking.
    command.arg("--literal-pathspecs").args(["-c", "core.fsmonitor=false"]).arg("-C").arg(folder).args(arguments);
    // It has no use for the secret, nor has what it may start.
    for variable in super::sources::VARIABLES {
        command.env_remove(variable);
    }
    let out = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    out.status.success().then_some(out.stdout)
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
        assert!(!tracks(&path) && committed(&path).is_none());
        git(folder.path(), &["init", "-q"]);
        assert!(!tracks(&path) && committed(&path).is_none());
        git(folder.path(), &["add", "access.toml"]);
        assert!(tracks(&path) && committed(&path).is_none());
        git(folder.path(), &["commit", "-qm", "a"]);
        std::fs::write(&path, "version = 1\n# more\n").unwrap();
        assert_eq!(committed(&path).as_deref(), Some("version = 1\n"));
        assert!(!tracks(&folder.path().join("access*")) && !tracks(&folder.path().join("no/such/file")));
    }
}
