//! The user's own `ssh`, which knows the server's key, the user's keys and agent, and the way to the server.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::Code;
use crate::{Error, processes};

use super::SftpTarget;

/// The environment variable with another program than `ssh`, or with further options: words between spaces.
const PROGRAM: &str = "SAFELIGHT_SSH";
/// How long one waits for the last words of an `ssh` that has hung up.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The longest line of its words that is repeated, in bytes.
const LONGEST_LINE: u64 = 500;

/// Settings that come before those of the user: nobody sits there to be asked, an unknown server is refused, and a server
/// that has gone is noticed within a minute. The rest keeps settings for other uses of `ssh` from getting in the way.
const SETTINGS: [&str; 9] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=30",
    "ServerAliveInterval=15",
    "ClearAllForwardings=yes",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
    "RequestTTY=no",
];

/// A line to a server, whatever carries it.
pub(super) struct Line {
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) writer: Box<dyn Write + Send>,
    pub(super) carrier: Box<dyn Carrier>,
}

/// What carries a line. It ends when this is dropped.
pub(super) trait Carrier: fmt::Debug + Send {
    /// Why the line ended.
    fn explain(&mut self) -> Error;
}

/// A running `ssh`.
#[derive(Debug)]
struct Ssh {
    child: Child,
    target: SftpTarget,
    last_line: Arc<Mutex<String>>,
    ended: Receiver<()>,
}

/// Starts `ssh`.
///
/// # Errors
/// [`Code::ToolFailed`] where there is none.
pub(super) fn dial(target: &SftpTarget) -> crate::Result<Line> {
    #[expect(clippy::disallowed_methods, reason = "as with git: which `ssh` is meant is a matter of the machine")]
    let program = std::env::var(PROGRAM).unwrap_or_default();
    let mut words = program.split_whitespace();
    let program = words.next().unwrap_or("ssh");
    let mut command = processes::command(program);
    command.args(arguments(target, words));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Ctrl-C is for us, who still have withdrawals to carry out over this line, and not for it.
    command.process_group(0);
    let failed = |error: std::io::Error| {
        let message = format!("cannot start `{program}`, which carries SFTP: {error}");
        Error::new(Code::ToolFailed, message).hint("install OpenSSH's client").caused_by(error)
    };
    let mut child = command.spawn().map_err(failed)?;
    let (reader, writer, words) = (child.stdout.take(), child.stdin.take(), child.stderr.take());
    let last_line = Arc::new(Mutex::new(String::new()));
    let (end, ended) = channel();
    let heard = Arc::clone(&last_line);
    let listen = move || {
        words.into_iter().for_each(|words| listen(words, &heard));
        drop(end);
    };
    thread::Builder::new().name("ssh".to_owned()).spawn(listen).map_err(failed)?;
    Ok(Line {
        reader: reader.map_or_else(|| Box::new(std::io::empty()) as _, |reader| Box::new(reader) as _),
        writer: writer.map_or_else(|| Box::new(std::io::sink()) as _, |writer| Box::new(writer) as _),
        carrier: Box::new(Ssh { child, target: target.clone(), last_line, ended }),
    })
}

/// The arguments of `ssh`. The first value of a setting counts for it, so ours come before those of the user.
fn arguments<'a>(target: &'a SftpTarget, further: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut arguments: Vec<String> = SETTINGS.iter().flat_map(|setting| ["-o", setting]).map(str::to_owned).collect();
    arguments.extend(further.map(str::to_owned));
    if let Some(port) = target.port {
        arguments.extend(["-p".to_owned(), port.to_string()]);
    }
    if let Some(user) = &target.user {
        arguments.extend(["-l".to_owned(), user.clone()]);
    }
    arguments.extend(["-s", "--", &target.host, "sftp"].map(str::to_owned));
    arguments
}

/// Keeps the last line of what is said.
fn listen(words: ChildStderr, last_line: &Mutex<String>) {
    let mut words = BufReader::new(words);
    let mut line = Vec::new();
    while words.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        if !text.is_empty() {
            *last_line.lock().unwrap_or_else(PoisonError::into_inner) = text;
        }
        line.clear();
    }
}

impl Carrier for Ssh {
    fn explain(&mut self) -> Error {
        // A master connection that it left in the background keeps the pipe open: then what is there must do.
        let _ = self.ended.recv_timeout(LAST_WORDS);
        let last_line = self.last_line.lock().unwrap_or_else(PoisonError::into_inner).clone();
        explained(&self.target, &last_line)
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        // Everything that was asked is answered, or nobody waits for it any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the last line of `ssh` means to the owner.
fn explained(target: &SftpTarget, last_line: &str) -> Error {
    let mut try_it = "ssh ".to_owned();
    if let Some(port) = target.port {
        try_it.push_str(&format!("-p {port} "));
    }
    let host = target.user.as_ref().map_or_else(|| target.host.clone(), |user| format!("{user}@{}", target.host));
    try_it.push_str(&host);
    let has = |words: &[&str]| words.iter().any(|word| last_line.contains(word));
    let (code, hint) = if has(&["Host key verification failed", "host key is known"]) {
        let hint = format!("run `{try_it}` once, compare the key that it shows with the server's, and accept it");
        (Code::TargetRefused, hint)
    } else if has(&["Permission denied", "Too many authentication failures", "No more authentication methods"]) {
        (Code::CredentialsMissing, format!("run `{try_it}`: it must log in without asking for anything"))
    } else if has(&["subsystem request failed"]) {
        (Code::TargetRefused, "ask the host for SFTP access".to_owned())
    } else {
        (Code::TargetUnreachable, format!("run `{try_it}` once to see whether it connects"))
    };
    let said = if last_line.is_empty() { "it hung up without a word" } else { last_line };
    Error::new(code, format!("no connection to `{}`; ssh says: {said}", target.name)).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(user: Option<&str>, port: Option<u16>) -> SftpTarget {
        let text = |text: &str| text.to_owned();
        SftpTarget {
            user: user.map(text),
            host: text("-host"),
            port,
            path: text("/srv"),
            name: text("sftp://host/srv"),
        }
    }

    #[test]
    fn settings_that_keep_it_strict_come_first_and_no_host_is_an_option() {
        let of = |target: &SftpTarget, further: &str| arguments(target, further.split_whitespace()).join(" ");
        let words = of(&target(Some("me"), Some(2222)), "-o StrictHostKeyChecking=no -F file");
        assert!(words.starts_with("-o BatchMode=yes -o StrictHostKeyChecking=yes "), "{words}");
        assert!(words.ends_with(" -o StrictHostKeyChecking=no -F file -p 2222 -l me -s -- -host sftp"), "{words}");
        assert!(of(&target(None, None), "").ends_with("-o RequestTTY=no -s -- -host sftp"));
    }

    #[test]
    fn what_ssh_says_last_is_repeated_with_what_to_do() {
        let of = |line: &str| explained(&target(Some("me"), Some(22)), line);
        let unknown = of("Host key verification failed.");
        assert_eq!(unknown.message, "no connection to `sftp://host/srv`; ssh says: Host key verification failed.");
        assert_eq!(unknown.code, Code::TargetRefused);
        assert!(unknown.hint.unwrap().starts_with("run `ssh -p 22 me@-host` once, compare"));
        assert_eq!(of("me@host: Permission denied (publickey).").code, Code::CredentialsMissing);
        assert_eq!(of("ssh: Could not resolve hostname host: Name or service not known").code, Code::TargetUnreachable);
        assert_eq!(of("").message, "no connection to `sftp://host/srv`; ssh says: it hung up without a word");
    }
}
