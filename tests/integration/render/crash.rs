//! A photograph that kills the process which renders it costs itself and nothing else.
//!
//! The children are the real program. Debug builds of it obey what a file's name says.
use std::cell::RefCell;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use safelight::Error;
use safelight::images::cache::{Cache, Facts, Key};
use safelight::images::render_pool::{Derivative, Job, Outcome, Workshop};
use safelight::images::{Crafter, Format, Limits, Recipe, Scratch, Source, facts_revision, render};
use sha2::{Digest as _, Sha256};

use crate::support::PROGRAM;

/// A folder of photographs with these names, and a cache.
struct Photographs {
    folder: tempfile::TempDir,
    program: PathBuf,
    jobs: Vec<Job<Recipe>>,
    cache: Cache,
    cancel: Arc<AtomicBool>,
}

impl Photographs {
    fn new(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache")).unwrap();
        let jobs = names.iter().map(|name| job(folder.path().join(name))).collect();
        Self { program: obedient(folder.path()), folder, jobs, cache, cancel: Arc::default() }
    }

    fn workshop(&self, threads: usize) -> Workshop {
        Workshop::new(threads, 1 << 30, Arc::clone(&self.cancel)).executable(&self.program)
    }

    fn run(&self, workshop: &Workshop) -> Result<Vec<Outcome>, Error> {
        workshop.run::<Crafter>(&self.jobs, &self.cache, &|_, _| {})
    }

    fn keys(&self, index: usize) -> [Key; 2] {
        [0, 1].map(|derivative: usize| self.jobs[index].derivatives[derivative].key)
    }

    /// Whether the photograph's outcome, derivatives and facts are what rendering it here gives.
    fn is_made(&self, index: usize, outcome: &Outcome) -> bool {
        let job = &self.jobs[index];
        let Outcome::Made { colour, bytes, warnings, .. } = outcome else { return false };
        let source = fs::read(&job.path).unwrap();
        let source = Source { bytes: &source, orientation: job.orientation };
        let here = render(&source, &recipes(), &Limits::default(), &mut Scratch::new()).unwrap();
        let facts = Facts { colour: *colour, warnings: warnings.clone() };
        *colour == here.colour
            && *warnings == here.warnings
            && *bytes == here.encoded.iter().map(|encoded| encoded.len() as u64).collect::<Vec<_>>()
            && self.keys(index).iter().zip(here.encoded).all(|(key, encoded)| self.cache.read(key) == Some(encoded))
            && self.cache.read_facts(&job.facts) == Some(facts)
    }
}

/// The program, which does what the names of photographs say. A shell writes the file: one that this process has had open
/// for writing may still be open in a child that another test has just started, and then it cannot be run.
fn obedient(folder: &Path) -> PathBuf {
    let file = folder.join("safelight");
    let write = "printf '#!/bin/sh\nSAFELIGHT_TEST_CRASH=1 exec \"%s\" \"$@\"\n' \"$1\" > \"$0\" && chmod +x \"$0\"";
    assert!(Command::new("sh").arg("-c").arg(write).arg(&file).arg(PROGRAM).status().unwrap().success());
    file
}

fn recipes() -> [Recipe; 2] {
    [(48, 36), (16, 12)].map(|(width, height)| Recipe {
        format: Format::Jpeg,
        width,
        height,
        quality: 80,
        background: [255; 3],
        max_bytes: None,
        mark: None,
    })
}

/// A small photograph whose colours depend on its name, and the job to make everything of it.
fn job(path: PathBuf) -> Job<Recipe> {
    let seed = path.file_name().unwrap().as_encoded_bytes().iter().fold(1u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
    image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5, seed]))
        .save_with_format(&path, image::ImageFormat::Png)
        .unwrap();
    let content = fs::read(&path).unwrap();
    let sha256 = Sha256::digest(&content).into();
    let sizes = recipes().map(|recipe| (recipe.width, recipe.height));
    let derivatives = recipes().into_iter().enumerate().map(|(at, recipe)| {
        let key = Key::derivative(&sha256, 1, &sizes[..at], &recipe.text());
        Derivative { recipe, key, wanted: true }
    });
    Job {
        path,
        size: content.len() as u64,
        sha256,
        orientation: 1,
        derivatives: derivatives.collect(),
        facts: Key::facts(&sha256, 1, &sizes, &facts_revision()),
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
        let site = Photographs::new(&["before.jpg", name, "after.jpg"]);
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
    assert!(reason_of("crash-kill.jpg").ends_with("was killed (signal 9), probably because memory ran out"));
}

#[test]
fn a_photograph_whose_process_was_killed_once_is_tried_again() {
    let site = Photographs::new(&["before.jpg", "crash-kill-once.jpg"]);
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert!(site.folder.path().join("crash-kill-once.tried").exists());
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]), "{outcomes:?}");
}

#[test]
fn a_photograph_that_once_had_no_memory_is_tried_again() {
    for name in ["crash-memory-once.jpg", "crash-codec-memory-once.jpg"] {
        let site = Photographs::new(&["before.jpg", name, "after.jpg"]);
        let outcomes = site.run(&site.workshop(1)).unwrap();
        assert!(site.folder.path().join(name).with_extension("tried").exists());
        assert!((0..3).all(|index| site.is_made(index, &outcomes[index])), "{outcomes:?}");
    }
    assert_eq!(reason_of("crash-codec-memory.jpg"), "a codec had no memory");
}

#[test]
fn a_photograph_that_crashed_a_used_child_is_tried_in_a_fresh_one() {
    let site = Photographs::new(&["before.jpg", "crash-segv-once.jpg"]);
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]), "{outcomes:?}");
    // In a fresh child nothing but the photograph can be the cause.
    let site = Photographs::new(&["crash-segv-once.jpg"]);
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert_eq!(reason(&outcomes[0]), "the decoder or encoder crashed (signal 11, segmentation fault)");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_that_one_photograph_keeps_is_not_lacking_for_the_next() {
    let mut site = Photographs::new(&["crash-hoard.jpg", "crash-roomy.jpg"]);
    site.jobs[0].memory = 2 << 30;
    let outcomes = site.run(&site.workshop(1)).unwrap();
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]), "{outcomes:?}");
}

#[test]
fn memory_without_end_costs_one_photograph() {
    assert_eq!(reason_of("crash-memory.jpg"), "rendering it ran out of memory");
}

#[test]
fn a_loop_without_end_costs_one_photograph() {
    assert_eq!(reason_of("crash-endless.jpg"), "rendering it took longer than 1 second of processor time");
}

#[test]
fn an_exit_costs_one_photograph() {
    assert_eq!(reason_of("crash-exit.jpg"), "the process that rendered it ended with code 3");
}

#[test]
fn a_panic_costs_one_photograph() {
    let reason = reason_of("crash-panic.jpg");
    assert!(reason.starts_with("it triggered a bug in Safelight (panicked at "), "{reason}");
    assert!(reason.ends_with("the table has no row 17)"), "{reason}");
}

#[test]
fn a_native_library_that_prints_does_no_harm() {
    let site = Photographs::new(&["crash-talk.jpg", "after.jpg"]);
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
    let site = Photographs::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let told = RefCell::new(Vec::new());
    let outcomes = site
        .workshop(3)
        .run::<Crafter>(&site.jobs, &site.cache, &|index, outcome| told.borrow_mut().push((index, outcome.clone())))
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
    let site = Photographs::new(&["same.jpg", "changed.jpg", "gone.jpg"]);
    let mut content = fs::read(&site.jobs[1].path).unwrap();
    content[100] ^= 1;
    fs::write(&site.jobs[1].path, content).unwrap();
    fs::remove_file(&site.jobs[2].path).unwrap();
    let outcomes = site.run(&site.workshop(2)).unwrap();
    assert!(site.is_made(0, &outcomes[0]));
    assert_eq!(reason(&outcomes[1]), "it changed during the build");
    assert_eq!(reason(&outcomes[2]), "it was deleted during the build");
}

#[test]
fn a_photograph_above_the_budget_runs_alone() {
    let mut site = Photographs::new(&["small.jpg", "large.jpg"]);
    site.jobs[1].memory = 2 << 30;
    let outcomes = site.run(&site.workshop(2)).unwrap();
    assert!(site.is_made(0, &outcomes[0]) && site.is_made(1, &outcomes[1]));
}

#[test]
fn only_what_is_wanted_is_made() {
    let mut site = Photographs::new(&["a.jpg"]);
    site.jobs[0].derivatives[1].wanted = false;
    let outcomes = site.run(&site.workshop(1)).unwrap();
    let Outcome::Made { bytes, .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    assert!(bytes[0] > 0 && bytes[1] == 0, "{bytes:?}");
    assert_eq!(site.keys(0).map(|key| site.cache.contains(&key)), [true, false]);
}

#[test]
fn stopping_ends_a_photograph_in_the_middle() {
    let mut site = Photographs::new(&["crash-endless.jpg", "first.jpg", "later.jpg"]);
    site.jobs[1].memory = 3 << 20;
    site.jobs[0].memory = 2 << 20;
    // Without the cancel flag this one would take ten minutes.
    let outcomes = site
        .workshop(1)
        .run::<Crafter>(&site.jobs, &site.cache, &|_, _| site.cancel.store(true, Ordering::Relaxed))
        .unwrap();
    assert!(site.is_made(1, &outcomes[1]));
    assert_eq!((&outcomes[0], &outcomes[2]), (&Outcome::Cancelled, &Outcome::Cancelled));
    assert_eq!(site.run(&site.workshop(1)).unwrap(), [Outcome::Cancelled, Outcome::Cancelled, Outcome::Cancelled]);
}

#[test]
fn a_cache_that_cannot_be_written_is_no_photograph_s_fault() {
    let site = Photographs::new(&["a.jpg", "b.jpg"]);
    fs::remove_dir_all(site.cache.folder()).unwrap();
    fs::write(site.cache.folder(), "a file where the cache should be").unwrap();
    let error = site.run(&site.workshop(2)).unwrap_err();
    assert!(error.place.unwrap().file.starts_with(site.folder.path().join("cache")));
}

#[test]
fn a_program_that_does_not_render_is_no_photograph_s_fault() {
    let site = Photographs::new(&["a.jpg"]);
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
        .args(["--exact", "render::crash::children_end_with_a_parent_that_is_killed"])
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
    let mut site = Photographs::new(&[]);
    site.jobs.push(job(folder.join("crash-hold.jpg")));
    panic!("{:?}", site.run(&site.workshop(1)));
}
