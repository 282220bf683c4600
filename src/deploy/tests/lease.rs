//! A run writes only as long as it holds the state.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::lease::{Lease, Moment};

use super::*;

/// Brings a small site online under a lease of this length; `contents` is asked for each file.
fn publish(store: &Memory, length: Duration, contents: &(dyn Fn(&Memory, &Lease) + Sync)) -> Result<(), Vec<Error>> {
    let bench = Bench::new();
    let model = Model::new(&mut Dice(41));
    bench.with(store, "test", |run| {
        let terms = Terms { lease_length: Some(length), ..run.terms.clone() };
        let run = Run { terms: &terms, ..run };
        let (wanted, files) = (model.manifest(), model.files());
        let on_target = run.look().unwrap();
        let change = Change::between(&on_target.online.manifest, &wanted, true);
        let given = |record: &Record<'_>| {
            contents(store, &terms.lease);
            Ok((HEADERS, Bytes::Made(files[record.path].clone().into_bytes())))
        };
        taken(run.carry_out(&on_target, Default::default(), &change, &given, false, |_, _| {}))
    })
}

fn states_written(store: &Memory) -> usize {
    store.log().iter().filter(|request| request.starts_with("put safelight-state/s")).count()
}

#[test]
fn nothing_is_written_once_somebody_else_has_taken_over() {
    let store = Memory::default();
    let sleeps = |store: &Memory, lease: &Lease| {
        for path in store.objects().into_keys().filter(|path| path.starts_with("safelight-state/s")) {
            store.set(&path, b"another run's");
        }
        lease.hold(Moment::now(), Duration::ZERO);
    };
    let refused = publish(&store, Duration::from_secs(60), &sleeps);
    assert_eq!(refused.unwrap_err()[0].code, Code::TargetBusy);
    assert!(store.site().len() <= 1, "{:?}", store.log());
}

#[test]
fn after_a_sleep_the_lease_is_renewed_where_nobody_took_over() {
    let store = Memory::default();
    let slept = AtomicBool::new(false);
    let sleeps = |_: &Memory, lease: &Lease| {
        if !slept.swap(true, Ordering::Relaxed) {
            lease.hold(Moment::now(), Duration::ZERO);
        }
    };
    assert_eq!(publish(&store, Duration::from_secs(60), &sleeps), Ok(()));
    assert!(states_written(&store) >= 3 && store.site().len() > 3, "{:?}", store.log());
}

#[test]
fn a_lease_is_renewed_while_the_work_goes_on() {
    let store = Memory::default();
    #[expect(clippy::disallowed_methods, reason = "a lease that is never renewed must not hang the test")]
    let began = Instant::now();
    let waits = |store: &Memory, _: &Lease| {
        while states_written(store) < 2 && began.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
    };
    assert_eq!(publish(&store, Duration::from_secs(4), &waits), Ok(()));
    assert!(states_written(&store) >= 3, "{:?}", store.log());
}

#[test]
fn what_was_killed_is_taken_over() {
    let bench = Bench::new();
    let model = Model::new(&mut Dice(5));
    let store = Memory::default();
    store.break_at(14, Fault::Killed);
    assert!(bench.publish(&store, &model).1.is_err());
    assert!(!store.objects().is_empty());
    store.revive();
    assert_eq!(bench.publish(&store, &model).1, Ok(()));
}
