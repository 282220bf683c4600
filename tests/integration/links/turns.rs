//! Several commands at work on one site, as real processes. Who waits says so, and that line is what the tests wait for.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use safelight::lock::{Lock, Patience};

use crate::support::{Run, Site, said};

/// A command under way.
struct Running {
    child: Child,
    err: BufReader<ChildStderr>,
    told: String,
}

impl Running {
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let mut child = site.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, err, told: String::new() }
    }

    /// Goes on when the command has said this.
    fn says(mut self, words: &str) -> Self {
        let mut line = String::new();
        while self.err.read_line(&mut line).unwrap() > 0 {
            self.told.push_str(&line);
            if line.contains(words) {
                return self;
            }
            line.clear();
        }
        panic!("it ended without {words:?}:\n{}", self.told);
    }

    /// Its exit code, when it has ended, and all that it said.
    fn end(mut self) -> (Option<i32>, String) {
        self.err.read_to_string(&mut self.told).unwrap();
        (self.child.wait().unwrap().code(), self.told.clone())
    }

    fn ends_well(self) -> String {
        let (code, told) = self.end();
        assert_eq!(code, Some(0), "{told}");
        told
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Holds the lock of a build, as a command of this name.
fn hold(site: &Site, command: &str) -> Lock {
    Lock::of_state(&site.path(".safelight"), &Patience { command, ..Patience::NONE }).unwrap()
}

/// A build that has the lock and ends only when somebody reads its purge list.
fn stuck_build(site: &Site) -> Running {
    assert!(Command::new("mkfifo").arg(site.path("purge")).status().unwrap().success());
    // Whoever can write to standard error has the lock: the summary comes last.
    Running::start(site, &["build", "--threads", "1", "--purge-list", "purge", "--verbose"]).says("photos in")
}

#[test]
fn a_second_build_waits_says_for_whom_and_reads_what_was_changed_meanwhile() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    site.build();
    let lock = hold(&site, "serve");
    let us = format!("waiting for `safelight serve` (process {}), started", std::process::id());
    let build = Running::start(&site, &["build", "--threads", "1"]).says(&us);
    // What it would have read before is not what it may publish.
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.put("site.toml", site.read("site.toml").replace("Halcyon Coast", "Kittiwake Point"));
    assert!(!site.is_tombstone(&couple), "nothing happens before its turn");
    drop(lock);
    build.ends_well();
    assert!(site.is_tombstone(&couple) && site.read("public/index.html").contains("Kittiwake Point"));
}

#[test]
fn a_build_whose_holder_is_killed_goes_on_at_once() {
    let site = Site::with_private_gallery();
    let mut first = stuck_build(&site);
    let first_id = first.child.id();
    let second =
        Running::start(&site, &["build", "--threads", "1"]).says(&format!("`safelight build` (process {first_id})"));
    // SIGKILL: nothing in it runs any more, and its lock is nobody's to clear.
    first.child.kill().unwrap();
    second.ends_well();
    assert!(site.path("public/index.html").is_file());
}

#[test]
fn two_builds_at_once_both_end_well() {
    let site = Site::with_private_gallery();
    let first = stuck_build(&site);
    let second = Running::start(&site, &["build", "--threads", "1"]).says("waiting for `safelight build`");
    // The first one ends when its list is read.
    let list = fs::read(site.path("purge")).unwrap();
    assert_eq!(list, b"", "a first build has nothing to purge");
    first.ends_well();
    second.ends_well();
    // Without anybody holding anybody up.
    let builds: Vec<Running> = (0..4).map(|_| Running::start(&site, &["build", "--threads", "1"])).collect();
    builds.into_iter().for_each(|build| drop(build.ends_well()));
}

#[test]
fn whoever_does_not_want_to_wait_is_told_who_is_at_work() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    let lock = hold(&site, "build");
    let forget = ["forget", "--photo", "coast/DSC_0001.png", "--yes"];
    for command in [&["build"][..], &["build", "--dry-run"], &["clean"], &forget] {
        site.run(&[command, &["--lock-timeout", "0"]].concat()).refused(7);
        // One that waits a little says how long it did.
        site.run(&[command, &["--lock-timeout", "1s"]].concat()).refused(7);
    }
    let told = Run::of(&mut site.command(&["build", "--lock-timeout", "1s", "--format", "json"]));
    let event = told.out.lines().find(|line| line.contains("\"waiting\"")).unwrap();
    let event: serde_json::Value = serde_json::from_str(event).unwrap();
    assert_eq!((&event["process"], &event["command"]), (&std::process::id().into(), &"build".into()));
    assert!(event["since"].as_str().unwrap().ends_with('Z'), "{event}");
    // What does not write where a build writes needs no turn.
    for command in [&["audit"][..], &["links"], &["check"], &["revoke", "lake-house", "--to", "the couple"]] {
        let ran = site.run(command);
        assert!(ran.code <= 1, "{command:?}: {}", ran.err);
    }
    drop(lock);
    site.build();
    insta::assert_snapshot!(said());
}

#[test]
fn ctrl_c_ends_the_waiting_and_changes_nothing() {
    let site = Site::with_private_gallery();
    site.build();
    let before = site.output();
    site.put_png("galleries/coast/DSC_0003.png", 3);
    let _lock = hold(&site, "build");
    let waiting = Running::start(&site, &["build", "--threads", "1"]).says("waiting for");
    let process = rustix::process::Pid::from_child(&waiting.child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    let (code, told) = waiting.end();
    assert_eq!(code, Some(130), "{told}");
    assert!(told.contains("stopped"), "{told}");
    assert_eq!(site.output(), before);
}

#[test]
fn commands_that_change_the_ledger_wait_for_each_other() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let hold = || {
        let patience = Patience { command: "extend", ..Patience::NONE };
        safelight::access::file::lock(&site.path(".safelight"), &patience).unwrap()
    };
    let lock = hold();
    site.run(&["revoke", "lake-house", "--to", "the couple", "--lock-timeout", "0"]).refused(7);
    // What it stands on is read when it is its turn.
    let share = Running::start(&site, &["share", "lake-house", "--to", "the band"]).says("for `safelight extend`");
    let ledger = site.read("access.toml");
    site.put("access.toml", ledger.replace("the couple", "Mara and Ida"));
    drop(lock);
    share.ends_well();
    let names = ["Ada", "Bo", "Cleo", "Dag"];
    let shares = names.map(|name| Running::start(&site, &["share", "lake-house", "--to", name]));
    shares.into_iter().for_each(|share| drop(share.ends_well()));
    let ledger = site.read("access.toml");
    for name in names.into_iter().chain(["the band", "Mara and Ida"]) {
        assert_eq!(ledger.matches(&format!("to = \"{name}\"")).count(), 1, "{ledger}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn beside_a_server_every_other_command_works() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.build();
    // The first build of the server goes on while these run, and each of them has it build again.
    let serve = Running::start(&site, &["serve", "--port", "0"]).says("Ctrl-C stops");
    site.run(&["share", "lake-house", "--to", "the band"]).fine();
    site.build();
    site.run(&["build", "--dry-run"]).fine();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    site.build();
    site.run(&["audit"]).fine();
    site.run(&["forget", "--photo", "coast/DSC_0002.png", "--yes"]).fine();
    site.run(&["clean"]).fine();
    site.build();
    site.run(&["audit"]).fine();
    // The server waits for others as they wait for it.
    let lock = Lock::of_state(
        &site.path(".safelight"),
        &Patience { command: "build", at_most: Duration::from_secs(60), ..Patience::NONE },
    );
    site.put("site.toml", site.read("site.toml").replace("Halcyon Coast", "Kittiwake Point"));
    let serve = serve.says("waiting for `safelight build`");
    drop(lock.unwrap());
    let serve = serve.says("changed after");
    let process = rustix::process::Pid::from_child(&serve.child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    serve.ends_well();
}
