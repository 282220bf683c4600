//! A photograph that kills the process which renders it costs itself and nothing else.
//!
//! The children are the real program. Debug builds of it obey what a file's name says.
#![cfg(debug_assertions)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its folder has failed")]

use std::cell::RefCell;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use safelight::Error;
use safelight::images::cache::{Cache, Facts, Key};
use safelight::images::workshop::{Craft, Derivative, Finished, Job, Outcome, Workshop};
use sha2::{Digest as _, Sha256};

/// What the children render with, as far as the parent has to know it.
struct Reversal;

impl Craft for Reversal {
    type Recipe = String;

    fn render(&mut self, _: &[u8], _: u8, _: &[String], _: &[bool]) -> Result<Finished, String> {
        Err("it is rendered by children alone".into())
    }

    fn trim(&mut self) {}

    fn reset(&mut self) {}
}

/// A folder of photographs with these names, and a cache.
struct Site {
    folder: tempfile::TempDir,
    jobs: Vec<Job<String>>,
    cache: Cache,
    cancel: Arc<AtomicBool>,
}

impl Site {
    fn new(names: &[&str]) -> Self {
        static SET: Once = Once::new();
        // SAFETY: only Rust code of this process reads the environment, under the standard library's lock.
        SET.call_once(|| unsafe { std::env::set_var("SAFELIGHT_TEST_CRASH", "1") });
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache")).unwrap();
        let jobs = names.iter().map(|name| job(folder.path().join(name))).collect();
        Self { folder, jobs, cache, cancel: Arc::default() }
    }

    fn workshop(&self, threads: usize) -> Workshop {
        Workshop::new(threads, 1 << 30, Arc::clone(&self.cancel)).executable(env!("CARGO_BIN_EXE_safelight"))
    }

    fn run(&self, workshop: &Workshop) -> Result<Vec<Outcome>, Error> {
        workshop.run::<Reversal>(&self.jobs, &self.cache, &|_, _| {})
    }

    fn keys(&self, index: usize) -> [Key; 2] {
        [0, 1].map(|derivative: usize| self.jobs[index].derivatives[derivative].key)
    }

    /// Whether the photograph's outcome, derivatives and facts are all as they should be.
    fn is_made(&self, index: usize, outcome: &Outcome) -> bool {
        let Outcome::Made { colour: [1, 2, 3], bytes, warnings, .. } = outcome else { return false };
        let source = fs::read(&self.jobs[index].path).unwrap();
        let reversed: Vec<u8> = source.iter().rev().copied().collect();
        *bytes == [source.len() as u64; 2]
            && warnings.is_empty()
            && self.keys(index).iter().all(|key| self.cache.read(key).as_ref() == Some(&reversed))
            && self.cache.read_facts(&self.jobs[index].facts) == Some(Facts { colour: [1, 2, 3], warnings: Vec::new() })
    }
}

fn job(path: PathBuf) -> Job<String> {
    let content = format!("the pixels of {}", path.file_name().unwrap().display());
    fs::write(&path, &content).unwrap();
    let sha256 = Sha256::digest(&content).into();
    let derivative = |recipe: &str| Derivative {
        recipe: recipe.to_owned(),
        key: Key::derivative(&sha256, 1, &[], recipe),
        wanted: true,
    };
    Job {
        path,
        size: content.len() as u64,
        sha256,
        orientation: 1,
        derivatives: vec![derivative("1280"), derivative("640")],
        facts: Key::facts(&sha256, 1, &[], "1"),
        memory: 1 << 20,
    }
}

fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Failed { reason } => reason,
        other => panic!("{other:?}"),
    }
}

/// Runs the photograph between two good ones, on one thread and on two, and gives its reason.
fn reason_of(name: &str) -> String {
    let mut reasons = Vec::new();
    for threads in [1, 2] {
        let site = Site::new(&["before.jpg", name, "after.jpg"]);
        let outcomes = site.run(&site.workshop(threads).patience(Duration::from_secs(1))).unwrap();
        assert!(site.is_made(0, &outcomes[0]), "{outcomes:?}");
        assert!(site.is_made(2, &outcomes[2]), "{outcomes:?}");
        assert!(!site.keys(1).iter().any(|key| site.cache.contains(key)));
        reasons.push(reason(&outcomes[1]).to_owned());
    }
    assert_eq!(reasons[0], reasons[1]);
    reasons.remove(0)
}

#[test]
fn a_segmentation_fault_costs_one_photograph() {
    assert_eq!(reason_of("crash-segv.jpg"), "the decoder or encoder crashed (signal 11, segmentation fault)");
}

#[test]
fn an_abort_costs_one_photograph() {
    assert_eq!(reason_of("crash-abort.jpg"), "the decoder or encoder crashed (signal 6, abort)");
}

#[test]
fn a_killed_process_costs_one_photograph() {
    assert!(reason_of("crash-kill.jpg").ends_with("was killed, as systems do when memory runs out (signal 9)"));
}

#[test]
fn a_photograph_whose_process_was_killed_once_is_tried_again() {
    let site = Site::new(&["before.jpg", "crash-kill-once.jpg"]);
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert!(site.folder.path().join("crash-kill-once.killed").exists());
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]), "{outcomes:?}");
}

#[test]
fn memory_without_end_costs_one_photograph() {
    assert_eq!(reason_of("crash-memory.jpg"), "it ran out of memory while it was rendered");
}

#[test]
fn a_loop_without_end_costs_one_photograph() {
    assert_eq!(reason_of("crash-endless.jpg"), "it took longer than 1 second of processor time");
}

#[test]
fn an_exit_costs_one_photograph() {
    assert_eq!(reason_of("crash-exit.jpg"), "the process that rendered it ended with code 3");
}

#[test]
fn a_panic_costs_one_photograph() {
    let reason = reason_of("crash-panic.jpg");
    assert!(reason.starts_with("it met a fault in this program (panicked at "), "{reason}");
    assert!(reason.ends_with("the table has no row 17)"), "{reason}");
}

#[test]
fn a_native_library_that_prints_does_no_harm() {
    let site = Site::new(&["crash-talk.jpg", "after.jpg"]);
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]), "{outcomes:?}");
}

#[test]
fn many_crashes_among_many_photographs_fail_exactly_those() {
    let names: Vec<String> = (0..40)
        .map(|number| match number % 4 {
            1 => format!("{number} crash-segv.jpg"),
            3 => format!("{number} crash-panic.jpg"),
            _ => format!("{number}.jpg"),
        })
        .collect();
    let site = Site::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let told = RefCell::new(Vec::new());
    let outcomes = site
        .workshop(3)
        .run::<Reversal>(&site.jobs, &site.cache, &|index, outcome| told.borrow_mut().push((index, outcome.clone())))
        .unwrap();
    for (index, outcome) in outcomes.iter().enumerate() {
        assert_eq!(site.is_made(index, outcome), index % 2 == 0, "{outcome:?}");
    }
    let mut told = told.into_inner();
    told.sort_by_key(|(index, _)| *index);
    assert_eq!(told, outcomes.into_iter().enumerate().collect::<Vec<_>>());
}

#[test]
fn a_photograph_that_changed_since_it_was_catalogued_is_not_used() {
    let site = Site::new(&["same.jpg", "changed.jpg", "gone.jpg"]);
    fs::write(&site.jobs[1].path, "the pixels of changed.JPG").unwrap();
    fs::remove_file(&site.jobs[2].path).unwrap();
    let outcomes = site.run(&site.workshop(2)).unwrap();
    assert!(site.is_made(0, &outcomes[0]));
    assert_eq!(reason(&outcomes[1]), "it was changed while the site was being built");
    assert_eq!(reason(&outcomes[2]), "it was removed while the site was being built");
}

#[test]
fn a_photograph_above_the_ceiling_is_refused_and_one_above_the_budget_runs() {
    let mut site = Site::new(&["small.jpg", "large.jpg", "huge.jpg"]);
    site.jobs[1].memory = 2 << 30;
    site.jobs[2].memory = 5 << 30;
    let outcomes = site.run(&site.workshop(2).refuse_above(4 << 30)).unwrap();
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]));
    assert_eq!(reason(&outcomes[2]), "it needs about 5120 MiB of memory, more than the 4096 MiB allowed");
}

#[test]
fn only_what_is_wanted_is_made() {
    let mut site = Site::new(&["a.jpg"]);
    site.jobs[0].derivatives[1].wanted = false;
    let outcomes = site.run(&site.workshop(1)).unwrap();
    let Outcome::Made { bytes, .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(bytes[..], [site.jobs[0].size, 0]);
    assert_eq!(site.keys(0).map(|key| site.cache.contains(&key)), [true, false]);
}

#[test]
fn stopping_ends_a_photograph_in_the_middle() {
    let mut site = Site::new(&["crash-endless.jpg", "first.jpg", "later.jpg"]);
    site.jobs[1].memory = 3 << 20;
    site.jobs[0].memory = 2 << 20;
    // Without the cancel flag this one would take ten minutes.
    let outcomes = site
        .workshop(1)
        .run::<Reversal>(&site.jobs, &site.cache, &|_, _| site.cancel.store(true, Ordering::Relaxed))
        .unwrap();
    assert!(site.is_made(1, &outcomes[1]));
    assert_eq!((&outcomes[0], &outcomes[2]), (&Outcome::Cancelled, &Outcome::Cancelled));
    assert_eq!(site.run(&site.workshop(1)).unwrap(), [Outcome::Cancelled, Outcome::Cancelled, Outcome::Cancelled]);
}

#[test]
fn a_cache_that_cannot_be_written_is_no_photograph_s_fault() {
    let site = Site::new(&["a.jpg", "b.jpg"]);
    fs::remove_dir_all(site.cache.folder()).unwrap();
    fs::write(site.cache.folder(), "a file where the cache should be").unwrap();
    let error = site.run(&site.workshop(2)).unwrap_err();
    assert!(error.place.unwrap().file.starts_with(site.folder.path().join("cache")));
}

#[test]
fn a_program_that_does_not_render_is_no_photograph_s_fault() {
    let site = Site::new(&["a.jpg"]);
    for program in ["/bin/false", "/bin/echo", "/nowhere/safelight"] {
        let error = site.run(&site.workshop(1).executable(program)).unwrap_err();
        assert_eq!(error.place.unwrap().file, PathBuf::from(program));
    }
}

/// Set for the process that [`children_end_with_a_parent_that_is_killed`] starts: the folder to work in.
const PARENT: &str = "SAFELIGHT_TEST_PARENT";

#[test]
fn children_end_with_a_parent_that_is_killed() {
    if let Some(folder) = std::env::var_os(PARENT) {
        return be_killed(PathBuf::from(folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("crash-hold.fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "children_end_with_a_parent_that_is_killed"])
        .env(PARENT, folder.path())
        .env("TMPDIR", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Opens once the child has opened the other end, in the middle of its photograph.
    let mut held = fs::File::open(&fifo).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    let mut said = String::new();
    held.read_to_string(&mut said).unwrap();
    assert_eq!(said, "", "the child went on without its parent");
}

fn be_killed(folder: PathBuf) {
    let mut site = Site::new(&[]);
    site.jobs.push(job(folder.join("crash-hold.jpg")));
    panic!("{:?}", site.run(&site.workshop(1)));
}
