//! Publishing stopped at every step: what lies there is whole, and the next publish finishes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use safelight::publish::{Content, Fingerprint, Phase, Reach, Report, Site, Step, Wanted};
use safelight::{Code, Error, ErrorKind, Result};

use super::Place;
use crate::support::tree;

/// A toy site: each page's lines are the paths it refers to.
#[derive(Clone, Debug, Default)]
struct Toy(BTreeMap<String, (Phase, String)>);

impl Toy {
    fn page(mut self, path: &str, refers_to: &[&str]) -> Self {
        self.0.insert(path.to_owned(), (Phase::Page, refers_to.join("\n")));
        self
    }

    fn asset(mut self, path: &str, content: &str) -> Self {
        self.0.insert(path.to_owned(), (Phase::Asset, content.to_owned()));
        self
    }

    fn wanted(&self) -> impl Iterator<Item = Wanted<'_>> {
        self.0.iter().map(|(path, (phase, content))| super::wanted(path, content, *phase))
    }

    fn publish(&self, site: &mut Site) -> Result<Report> {
        let diff = site.diff(self.wanted())?;
        site.publish(diff, &|path| Ok(Content::Bytes(self.0[path].1.clone().into_bytes())))
    }
}

/// What was published first.
fn before() -> Toy {
    Toy::default()
        .page("index.html", &["lake/index.html", "town/index.html", "style.css", "shape"])
        .page("lake/index.html", &["lake/1.html", "lake/a.jpg", "style.css", "index.html"])
        .page("lake/1.html", &["lake/a.jpg", "lake/index.html"])
        .page("town/index.html", &["town/b.jpg", "index.html"])
        .page("letter.html", &["paper/leaf.svg"])
        .asset("lake/a.jpg", "lake, first edit")
        .asset("town/b.jpg", "town")
        .asset("paper/leaf.svg", "leaf")
        .asset("shape", "a file that becomes a folder")
        .asset("style.css", "body { margin: 0 }")
}

/// What is published over it: everything that can happen to a file happens to one.
fn after() -> Toy {
    Toy::default()
        .page("index.html", &["lake/index.html", "sea/index.html", "style.css", "shape/new.svg"])
        .page("lake/index.html", &["lake/1.html", "lake/a2.jpg", "style.css", "index.html"])
        .page("lake/1.html", &["lake/a2.jpg", "lake/index.html"])
        .page("sea/index.html", &["sea/deep/c.jpg", "sea/2.html", "index.html"])
        .page("sea/2.html", &["sea/deep/c.jpg", "sea/index.html"])
        .page("letter.html", &["paper/leaf.svg"])
        .asset("lake/a2.jpg", "lake, second edit")
        .asset("sea/deep/c.jpg", "sea")
        .asset("paper/leaf.svg", "leaf")
        .asset("shape/new.svg", "in the folder")
        .asset("style.css", "body { margin: 1em }")
}

impl Place {
    /// With `before` published and a stranger's files among ours.
    fn with_before() -> Self {
        let place = Self::new();
        before().publish(&mut place.open()).unwrap();
        fs::write(place.output.join("CNAME"), "photos.example").unwrap();
        fs::write(place.output.join("town/notes.txt"), "mine").unwrap();
        place
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    tree(folder).into_iter().map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes)).collect()
}

fn folders(folder: &Path) -> BTreeSet<PathBuf> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    all.filter(|entry| entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned())
        .collect()
}

/// Every page that lies there refers to assets that lie there, and every link that can be followed from the home page leads somewhere.
fn crawl(output: &Path, when: &str) {
    let present = files(output);
    let text = |path: &str| String::from_utf8(present[path].clone()).unwrap();
    for page in present.keys().filter(|path| path.ends_with(".html")) {
        for asset in text(page).lines().filter(|path| !path.ends_with(".html")) {
            assert!(
                present.contains_key(asset),
                "{when}: `{page}` shows `{asset}`, which is gone; there are {:?}",
                present.keys()
            );
        }
    }
    let mut waiting = vec!["index.html".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(page) = waiting.pop() {
        if !present.contains_key(&page) {
            // Only the home page itself can be missing, while a file of ours makes way for a folder.
            assert_eq!(
                page,
                "index.html",
                "{when}: a page links to `{page}`, which is gone; there are {:?}",
                present.keys()
            );
            continue;
        }
        waiting.extend(
            text(&page)
                .lines()
                .filter(|path| path.ends_with(".html") && seen.insert((*path).to_owned()))
                .map(str::to_owned),
        );
    }
}

/// Publishes `after` and compares with what it makes in an empty folder, and with what somebody else had put there.
fn finish(place: &Place, when: &str) {
    let mut site = place.open();
    after().publish(&mut site).unwrap_or_else(|error| panic!("{when}: {error}"));
    let cold = Place::new();
    after().publish(&mut cold.open()).unwrap();
    let mut expected = files(&cold.output);
    expected.insert("CNAME".to_owned(), b"photos.example".to_vec());
    expected.insert("town/notes.txt".to_owned(), b"mine".to_vec());
    assert_eq!(files(&place.output), expected, "{when}");
    let mut expected = folders(&cold.output);
    expected.insert("town".into());
    assert_eq!(folders(&place.output), expected, "{when}");
    let named: BTreeSet<String> = site.manifest().iter().map(|record| record.path.to_owned()).collect();
    assert_eq!(named, after().0.into_keys().collect(), "{when}");
    assert!(site.manifest().iter().all(|record| record.settled), "{when}");
    drop(site);
    let again = after().publish(&mut place.open()).unwrap();
    assert_eq!((again.unchanged.files, again.new.files + again.changed.files + again.mended.files), (11, 0), "{when}");
}

/// Has the step of this number, and all after it, refused.
fn refuse_from(site: &mut Site, number: usize) {
    let count = AtomicUsize::new(0);
    site.observe(Box::new(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < number {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
    }));
}

#[test]
fn a_publish_that_fails_at_any_step_leaves_a_whole_site_and_the_next_one_finishes_it() {
    let mut number = 0;
    loop {
        let place = Place::with_before();
        let mut site = place.open();
        refuse_from(&mut site, number);
        let result = after().publish(&mut site);
        drop(site);
        crawl(&place.output, &format!("refused at step {number}"));
        if let Err(error) = &result {
            assert_eq!(error.kind(), ErrorKind::Io);
            assert!(error.place.is_some() && error.hint.is_some(), "{error:?}");
        }
        finish(&place, &format!("after step {number} was refused"));
        if result.is_ok() {
            break;
        }
        number += 1;
    }
    assert!(number > 30, "only {number} steps were announced");
}

#[test]
fn a_site_that_was_open_through_a_failure_can_publish_again() {
    for number in 0..30 {
        let place = Place::with_before();
        let mut site = place.open();
        refuse_from(&mut site, number);
        after().publish(&mut site).unwrap_err();
        site.observe(Box::new(|_| Ok(())));
        after().publish(&mut site).unwrap();
        drop(site);
        finish(&place, &format!("published twice by one site, refused at step {number}"));
    }
}

#[test]
fn after_a_failure_at_any_step_the_older_site_can_be_published_again() {
    for number in 0..40 {
        let place = Place::with_before();
        let mut site = place.open();
        refuse_from(&mut site, number);
        let _ = after().publish(&mut site);
        drop(site);
        before().publish(&mut place.open()).unwrap();
        let mut expected = files(&place.output);
        expected.remove("CNAME");
        expected.remove("town/notes.txt");
        let fresh = Place::new();
        before().publish(&mut fresh.open()).unwrap();
        assert_eq!(expected, files(&fresh.output), "after step {number}");
    }
}

/// The variables that turn a test into the child process of another.
const CHILD: &str = "SAFELIGHT_TEST_PUBLISH_IN";

/// Not a test by itself: in the child process it publishes, says each step on its output, and goes on when it is told to.
#[test]
fn child_process_that_publishes_step_by_step() {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let mut site = Site::open(&folder.join("public"), &folder.join(".safelight")).unwrap();
    site.observe(Box::new(|step: Step<'_>| {
        let name = format!("{step:?}");
        println!("\nstep {name}");
        io::stdout().flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(())
    }));
    let done = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| after().publish(&mut site));
    println!("\ndone {}", done.is_ok());
}

#[test]
fn a_publish_that_is_killed_at_any_step_leaves_a_whole_site_and_the_next_one_finishes_it() {
    let mut number = 0;
    loop {
        let place = Place::with_before();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "publish::crash::child_process_that_publishes_step_by_step", "--nocapture"])
            .env(CHILD, place.output.parent().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
        let mut left = number;
        let finished = loop {
            match lines.next() {
                Some(line) if line.starts_with("step ") && left == 0 => break false,
                Some(line) if line.starts_with("step ") => {
                    left -= 1;
                    input.write_all(b"\n").unwrap();
                }
                Some(line) if line.starts_with("done ") => break line == "done true",
                Some(_) => {}
                None => panic!("the child ended early at step {number}"),
            }
        };
        if !finished {
            let locked = Site::open(&place.output, &place.state).unwrap_err();
            assert_eq!(locked.kind(), ErrorKind::Locked);
            assert!(locked.message.contains(&child.id().to_string()), "{locked}");
        }
        // On Unix this is SIGKILL: nothing in the child runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
        crawl(&place.output, &format!("killed at step {number}"));
        finish(&place, &format!("after a kill at step {number}"));
        if finished {
            break;
        }
        number += 1;
    }
    assert!(number > 30, "only {number} steps were announced");
}

#[test]
fn what_was_shown_before_a_kill_is_not_made_again() {
    let place = Place::new();
    let mut site = place.open();
    let pages_begin = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&pages_begin);
    site.observe(Box::new(move |step| match step {
        Step::Show(path) if path.ends_with(".html") => {
            seen.fetch_add(1, Ordering::SeqCst);
            Err(io::Error::other("stop"))
        }
        _ => Ok(()),
    }));
    before().publish(&mut site).unwrap_err();
    assert!(pages_begin.load(Ordering::SeqCst) > 0);
    drop(site);
    let mut site = place.open();
    let toy = before();
    let diff = site.diff(toy.wanted()).unwrap();
    let report = site
        .publish(diff, &|path| {
            assert!(path.ends_with(".html"), "`{path}` was made twice");
            Ok(Content::Bytes(toy.0[path].1.clone().into_bytes()))
        })
        .unwrap();
    assert_eq!((report.changed.files, report.unchanged.files), (5, 5));
    // Copies elsewhere may have seen any state, so all that was open is to be forgotten.
    assert_eq!(report.replaced_paths.len(), 10);
}

#[test]
fn content_that_cannot_be_made_changes_nothing_that_can_be_seen() {
    let place = Place::with_before();
    let seen = files(&place.output);
    let mut site = place.open();
    let toy = after();
    let wanted = toy.0.iter().map(|(path, (phase, _))| Wanted {
        path,
        key: Fingerprint([7; 16]),
        phase: *phase,
        reach: Reach::Public,
    });
    let diff = site.diff(wanted).unwrap();
    let error = site
        .publish(diff, &|path| match path {
            "lake/1.html" => Err(Error::new(Code::TemplateError, "the template fails")),
            _ => Ok(Content::Bytes(vec![1])),
        })
        .unwrap_err();
    assert_eq!(error.message, "the template fails");
    assert_eq!(files(&place.output), seen);
    drop(site);
    finish(&place, "after a failing template");
}
