//! Whatever breaks, and wherever: no page names a file that is not there, nothing withdrawn comes back, and the next publish
//! mends everything.

mod afterwards;
mod memory;
mod model;
mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use self::memory::{FAULTS, Fault, Memory};
use self::model::{Dice, Model, TOMBSTONE, dangling};
use super::change::Change;
use super::header::Header;
use super::run::{OnTarget, Outcome, Run};
use super::session::{Bytes, NotTaken, Terms};
use super::state::States;
use super::store::{Headers, Store as _};
use super::withdrawal::{Ledgered, Tombstone, Withdrawal, folder_of, is_wanted};
use crate::access::{Keys, Secret};
use crate::publish::{Manifest, Record};
use crate::{Code, Error, Result};

const HEADERS: Headers<'static> = Headers { content_type: "text/html", cache_control: None };

/// How far a publish came.
#[derive(Debug, Default)]
struct Came {
    withdrawn: bool,
    ended: bool,
}

/// What stays the same between publishes: the secret and a folder for scratch.
struct Bench {
    keys: Keys,
    scratch: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { keys: Keys::new(&Secret::of_published_vectors()), scratch: tempfile::tempdir().unwrap() }
    }

    fn with<T>(&self, store: &Memory, who: &str, act: impl FnOnce(Run<'_>) -> T) -> T {
        let states = States { store, keys: Some(&self.keys), scratch: &self.scratch.path().join(who) };
        let run = super::header::random_name().unwrap();
        let terms = Terms { who: who.to_owned(), run, threads: 1, lease: None, strict: true };
        let cancel = AtomicBool::new(false);
        act(Run {
            site: store,
            states: &states,
            previous: None,
            terms: &terms,
            cancel: &cancel,
            listener: &|_| {},
            rebuild: false,
            purges: None,
        })
    }

    /// Publishes a site as the command does: withdraws, brings online, and withdraws the rest where that fails.
    fn publish(&self, store: &Memory, model: &Model) -> (Came, Result<(), Vec<Error>>) {
        self.with(store, "test", |run| {
            let mut came = Came::default();
            let outcome = (|| -> Result<(), Vec<Error>> {
                let (on_target, known) = look(&run)?;
                let ledgered = model.ledgered(&on_target.online.manifest, &known);
                let grave = Tombstone { page: TOMBSTONE.as_bytes(), headers: 7 };
                let first = Withdrawal::first(&on_target.online, &on_target.state.header, &ledgered, grave)?;
                withdraw(&run, &on_target, &ledgered, &first)?;
                came.withdrawn = true;
                let (on_target, known) = look(&run)?;
                let wanted = model.manifest();
                let files = model.files();
                let ledgered = model.ledgered(&on_target.online.manifest, &known);
                let change = Change::between(&on_target.online.manifest, &wanted, true);
                if change.is_empty() && on_target.online.unusable.is_empty() {
                    return Ok(());
                }
                let contents =
                    |record: &Record<'_>| Ok((HEADERS, Bytes::Made(files[record.path].clone().into_bytes())));
                let graves = model.graves();
                let outcome = run.carry_out(
                    &on_target,
                    known_of(&on_target, &ledgered),
                    &change,
                    &contents,
                    false,
                    |_, notes| {
                        notes.insert("graves".into(), serde_json::to_vec(&graves).unwrap());
                    },
                );
                taken(outcome)
            })();
            came.ended = outcome.is_ok();
            if outcome.is_err() {
                let _ = (|| -> Result<(), Vec<Error>> {
                    let (on_target, known) = look(&run)?;
                    let ledgered = model.ledgered(&on_target.online.manifest, &known);
                    let wanted = model.manifest();
                    let doomed = |record: &Record<'_>| {
                        ledgered.dead.contains(record.path)
                            || (wanted.get(record.path).is_none() && folder_of(record.path).is_some())
                    };
                    let tombstone = Tombstone { page: TOMBSTONE.as_bytes(), headers: 7 };
                    let current = |record: &Record<'_>| record.settled && is_wanted(&wanted, record);
                    let (manifest, header) = (&on_target.online.manifest, &on_target.state.header);
                    let last = Withdrawal::last(manifest, header, &ledgered, tombstone, doomed, current)?;
                    withdraw(&run, &on_target, &ledgered, &last)
                })();
            }
            (came, outcome)
        })
    }
}

fn look(run: &Run<'_>) -> Result<(OnTarget, BTreeSet<String>), Vec<Error>> {
    let on_target = run.look()?;
    let known = on_target.online.manifest.note("graves").map(|note| serde_json::from_slice(note).unwrap());
    Ok((on_target, known.unwrap_or_default()))
}

fn withdraw(run: &Run<'_>, on_target: &OnTarget, ledgered: &Ledgered, goes: &Withdrawal) -> Result<(), Vec<Error>> {
    let change = Change::withdrawal(&on_target.online.manifest, &goes.instead, |at| goes.goes[at]);
    if change.is_empty() && on_target.online.unusable.is_empty() {
        return Ok(());
    }
    let contents = |_: &Record<'_>| Ok((HEADERS, Bytes::Made(TOMBSTONE.as_bytes().to_vec())));
    let outcome = run.carry_out(on_target, known_of(on_target, ledgered), &change, &contents, true, |_, notes| {
        let known = notes.get("graves").map(|note| serde_json::from_slice::<BTreeSet<String>>(note).unwrap());
        let graves = goes.instead.iter().filter_map(|record| folder_of(record.path)).map(str::to_owned);
        let all: BTreeSet<String> = known.unwrap_or_default().into_iter().chain(graves).collect();
        notes.insert("graves".into(), serde_json::to_vec(&all).unwrap());
    });
    taken(outcome)
}

/// What the state says from the beginning of a change.
fn known_of(on_target: &OnTarget, ledgered: &Ledgered) -> (Header, BTreeMap<String, Vec<u8>>) {
    let mut header = on_target.state.header.clone();
    header.owners.extend(ledgered.living.clone());
    header.owners.extend(ledgered.tombstones.clone());
    (header, on_target.online.manifest.notes().clone())
}

fn taken(outcome: Result<Outcome<'_>, NotTaken>) -> Result<(), Vec<Error>> {
    match outcome {
        Ok(Outcome { errors, .. }) if errors.is_empty() => Ok(()),
        Ok(Outcome { errors, .. }) => Err(errors),
        Err(NotTaken::Failed(error)) => Err(vec![error]),
        Err(other) => Err(vec![Error::new(Code::TargetBusy, format!("{other:?}"))]),
    }
}

/// What a former recipient must not get: pages of links that are dead, and files of no living page.
fn withdrawn_and_there(store: &Memory, before: &Model, after: &Model) -> Vec<String> {
    let (graves, files) = (after.graves(), store.site());
    let mut found: Vec<String> = Vec::new();
    for grave in &graves {
        if let Some(page) = files.get(&format!("{grave}index.html"))
            && page != TOMBSTONE.as_bytes()
        {
            found.push(format!("{grave} shows {}", String::from_utf8_lossy(page)));
        }
    }
    // Files of audiences of which nobody is left.
    let living = after.ledgered(&Manifest::default(), &BTreeSet::new()).living;
    let audiences: BTreeSet<_> = living.values().map(|owner| (owner.gallery, owner.audience.clone())).collect();
    for (folder, owner) in before.ledgered(&Manifest::default(), &BTreeSet::new()).living {
        let is_over = !audiences.contains(&(owner.gallery, owner.audience.clone()));
        if folder.starts_with("x/") && is_over {
            found.extend(files.keys().filter(|path| path.starts_with(&folder)).cloned());
        }
    }
    found
}

/// What differs between two lists of files, by path.
fn differences(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    all.into_iter().filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

fn as_published(model: &Model) -> BTreeMap<String, Vec<u8>> {
    model.files().into_iter().map(|(path, text)| (path, text.into_bytes())).collect()
}

#[test]
fn a_publish_brings_exactly_the_site_online_and_the_next_one_finds_nothing_to_do() {
    let bench = Bench::new();
    for seed in 1..30 {
        let mut dice = Dice(seed * 7919);
        let mut model = Model::new(&mut dice);
        let store = Memory::default();
        store.set("owner/notes.txt", b"not ours");
        for _ in 0..4 {
            let (_, outcome) = bench.publish(&store, &model);
            assert_eq!(outcome, Ok(()), "seed {seed}");
            let mut wanted = as_published(&model);
            wanted.insert("owner/notes.txt".into(), b"not ours".to_vec());
            assert_eq!(differences(&store.site(), &wanted), [""; 0], "seed {seed}");
            store.revive();
            assert_eq!(bench.publish(&store, &model).1, Ok(()));
            assert!(store.log().iter().all(|request| !request.starts_with("put")), "{:?}", store.log());
            model.change(&mut dice);
        }
    }
}

#[test]
fn wherever_a_publish_breaks_no_page_dangles_nothing_withdrawn_is_there_and_the_next_one_mends_it() {
    let bench = Bench::new();
    let mut broken = 0;
    for seed in 1..14 {
        let mut dice = Dice(seed * 104_729);
        let before = Model::new(&mut dice);
        let mut after = before.clone();
        after.change(&mut dice);
        for fault in FAULTS {
            for position in 0.. {
                let store = Memory::default();
                bench.publish(&store, &before).1.unwrap();
                store.revive();
                store.break_at(position, fault);
                let (came, outcome) = bench.publish(&store, &after);
                if !store.is_broken() {
                    assert_eq!(outcome, Ok(()));
                    break;
                }
                broken += 1;
                let place = format!("seed {seed}, {fault:?} at {position}: {:?}", store.log().get(position));
                assert_eq!(dangling(&store.site()), [""; 0], "{place}");
                if came.withdrawn {
                    assert_eq!(withdrawn_and_there(&store, &before, &after), [""; 0], "{place}");
                }
                if fault == Fault::Lost {
                    assert_eq!(outcome, Ok(()), "{place}");
                }
                store.revive();
                let (_, outcome) = bench.publish(&store, &after);
                assert_eq!(outcome, Ok(()), "{place}");
                assert_eq!(differences(&store.site(), &as_published(&after)), [""; 0], "{place}");
            }
        }
    }
    assert!(broken > 500, "{broken}");
}

#[test]
fn of_publishers_with_different_ledgers_the_site_is_one_ones_whole() {
    let bench = Bench::new();
    for seed in 1..100 {
        let mut dice = Dice(seed * 15_485_863);
        let store = Memory::default();
        let mut model = Model::new(&mut dice);
        let models: Vec<Model> = (0..8)
            .map(|_| {
                model.change(&mut dice);
                model.clone()
            })
            .collect();
        let mut order: Vec<usize> = (0..models.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.roll(at + 1));
        }
        // Each begins while the one before has not ended: what it read is old then, and it must look again.
        for at in order {
            let stale = bench.with(&store, "early", |run| look(&run).unwrap().0);
            let before = store.site();
            bench.publish(&store, &models[at]).1.unwrap();
            assert_eq!(differences(&store.site(), &as_published(&models[at])), [""; 0], "seed {seed}");
            if store.site() == before {
                continue;
            }
            let refused = bench.with(&store, "late", |run| {
                let nothing = Manifest::default();
                let change = Change::between(&stale.online.manifest, &nothing, false);
                let told = (stale.state.header.clone(), BTreeMap::new());
                run.carry_out(&stale, told, &change, &|_| unreachable!(), false, |_, _| {}).map(drop)
            });
            assert!(matches!(refused, Err(NotTaken::Changed)), "seed {seed}: {refused:?}");
            assert_eq!(differences(&store.site(), &as_published(&models[at])), [""; 0], "seed {seed}");
        }
    }
}

#[test]
fn what_is_held_is_waited_for_and_what_was_killed_is_taken_over() {
    let bench = Bench::new();
    let mut dice = Dice(5);
    let model = Model::new(&mut dice);
    let store = Memory::default();
    store.break_at(14, Fault::Killed);
    assert!(bench.publish(&store, &model).1.is_err());
    {
        // Another machine, whose processes nobody here knows.
        let mut inner = store.inner.lock().unwrap();
        assert!(!inner.objects.is_empty());
        drop(std::mem::take(&mut inner.log));
    }
    bench.with(&store, "test", |_| {});
    store.revive();
    assert_eq!(bench.publish(&store, &model).1, Ok(()));
}

#[test]
fn a_target_that_honours_no_conditions_is_refused_where_that_is_asked_for() {
    let bench = Bench::new();
    let store = Memory { ignores_absent: true, ignores_unchanged: true, ..Memory::default() };
    let (_, outcome) = bench.publish(&store, &Model::new(&mut Dice(3)));
    assert_eq!(outcome.unwrap_err()[0].code, Code::TargetUnguarded);
    assert!(store.site().is_empty());
}

#[test]
fn foreign_files_in_private_folders_go_and_lost_ones_come_back() {
    let bench = Bench::new();
    let mut dice = Dice(11);
    let model = Model::new(&mut dice);
    let store = Memory::default();
    bench.publish(&store, &model).1.unwrap();
    let mine: Vec<String> = store.site().into_keys().filter(|path| path.starts_with("x/")).collect();
    store.remove(&mine[0]);
    store.set(&mine[1], b"something else");
    store.set("x/aZZZZZZZZZZZZZZZZZZZZZZZZ/i.jpg", b"foreign");
    store.set("g/by hand.html", b"foreign");
    store.set("x//odd", b"foreign");
    store.revive();
    bench.publish(&store, &model).1.unwrap();
    assert_eq!(differences(&store.site(), &as_published(&model)), [""; 0]);
}

#[test]
fn a_state_that_was_lost_is_made_again() {
    let bench = Bench::new();
    let mut dice = Dice(23);
    let mut model = Model::new(&mut dice);
    let store = Memory::default();
    bench.publish(&store, &model).1.unwrap();
    let states: Vec<String> = store.objects().into_keys().filter(|path| path.starts_with("safelight-state/")).collect();
    assert_eq!(states.len(), 1, "{states:?}");
    store.remove(&states[0]);
    model.change(&mut dice);
    store.revive();
    bench.publish(&store, &model).1.unwrap();
    let site = store.site();
    for (path, bytes) in as_published(&model) {
        assert_eq!(site.get(&path), Some(&bytes), "{path}");
    }
    let private = |path: &&String| folder_of(path).is_some();
    assert_eq!(site.keys().filter(private).count(), as_published(&model).keys().filter(private).count());
}

#[test]
fn a_state_is_sealed_and_another_secret_is_told_that_its_own_was_given_up() {
    let bench = Bench::new();
    let model = Model::new(&mut Dice(29));
    let store = Memory::default();
    bench.publish(&store, &model).1.unwrap();
    let path = format!("safelight-state/{}", bench.keys.state_name());
    let sealed = store.objects()[&path].bytes.clone();
    for token in model.files().keys().filter_map(|path| path.split('/').nth(1)) {
        assert!(!sealed.windows(token.len()).any(|part| part == token.as_bytes()), "{token} is readable");
    }
    assert!(bench.keys.state_name().len() > 24);
    // A publish with another root ends the state of this one.
    let other = Bench { keys: Keys::new(&other_secret()), ..Bench::new() };
    store.revive();
    other.publish(&store, &model).1.unwrap();
    store.revive();
    let (_, outcome) = bench.publish(&store, &model);
    assert_eq!(outcome.unwrap_err()[0].code, Code::LedgerBehind);
    assert_eq!(store.objects()[&path].bytes, super::state::GIVEN_UP);
}

fn other_secret() -> Secret {
    Secret::generate(std::array::from_fn(|at| at as u8 + 100)).unwrap()
}

#[test]
fn a_site_without_a_secret_does_not_touch_one_that_has_private_parts() {
    let bench = Bench::new();
    let model = Model::new(&mut Dice(31));
    let store = Memory::default();
    bench.publish(&store, &model).1.unwrap();
    let looked = bench.with(&store, "open", |run| {
        let states = States { keys: None, ..*run.states };
        Run { states: &states, ..run }.look().map(drop)
    });
    assert_eq!(looked.unwrap_err().code, Code::PrivatePartsOnline);
    assert!(store.list("", &mut |_, _| {}).is_ok());
}
