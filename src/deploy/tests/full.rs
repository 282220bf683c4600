//! A target without room keeps nothing up that is withdrawn.

use super::*;
use crate::publish::Fingerprint;

/// Private files that lie there and that the site does not give anybody.
fn kept_up(store: &Memory, model: &Model) -> Vec<String> {
    let (site, wanted) = (store.site(), model.files());
    let kept = site.into_keys().filter(|path| folder_of(path).is_some() && !wanted.contains_key(path));
    kept.collect()
}

#[test]
fn what_is_withdrawn_goes_from_a_target_that_is_full_and_the_next_publish_mends_the_rest() {
    let bench = Bench::new();
    let (mut full, mut tombstones) = (0, 0);
    for seed in 1..14 {
        let mut dice = Dice(seed * 104_729);
        let before = Model::new(&mut dice);
        let mut after = before.clone();
        after.change(&mut dice);
        // From a quota that is smaller than what lies there to one with room for a part of it.
        for step in 0..12 {
            let store = Memory::default();
            bench.publish(&store, &before).1.unwrap();
            let size = |path: &str| {
                store
                    .objects()
                    .iter()
                    .filter(|(of, _)| of.starts_with(path))
                    .map(|(_, one)| one.bytes.len())
                    .sum::<usize>()
            };
            let (used, state) = (size(""), size("safelight-state/"));
            let room = match step {
                0 => 0,
                1 => used / 2,
                _ => used + state * (step - 2) / 8,
            };
            store.inner.lock().unwrap().room = Some(room);
            store.revive();
            let (_, outcome) = bench.publish(&store, &after);
            let place = format!("seed {seed}, room for {room} of {used}");
            assert_eq!(withdrawn_and_there(&store, &before, &after), [""; 0], "{place}");
            assert_eq!(kept_up(&store, &after), [""; 0], "{place}");
            assert_eq!(dangling(&store.site()), [""; 0], "{place}");
            if let Err(errors) = outcome {
                full += 1;
                assert!(errors.iter().all(|error| error.code == Code::TargetFull), "{place}: {errors:?}");
                let site = store.site();
                tombstones += after
                    .graves()
                    .iter()
                    .filter(|grave| {
                        site.get(&format!("{grave}index.html")).is_some_and(|page| page == TOMBSTONE.as_bytes())
                    })
                    .count();
            }
            store.inner.lock().unwrap().room = None;
            store.revive();
            assert_eq!(bench.publish(&store, &after).1, Ok(()), "{place}");
            assert_eq!(differences(&store.site(), &as_published(&after)), [""; 0], "{place}");
        }
    }
    assert!(full > 100 && tombstones > 0, "{full} {tombstones}");
}

#[test]
fn a_page_whose_tombstone_finds_no_room_goes() {
    let bench = Bench::new();
    let (model, store) = (Model::new(&mut Dice(13)), Memory::default());
    bench.publish(&store, &model).1.unwrap();
    let used: usize = store.objects().values().map(|object| object.bytes.len()).sum();
    // Enough for the record.
    store.inner.lock().unwrap().room = Some(used * 2);
    let outcome = bench.with(&store, "test", |run| {
        let (on_target, manifest) = (run.look().unwrap(), model.manifest());
        let pages = manifest.iter().filter(|record| record.path.starts_with("g/")).map(|record| Record {
            key: Fingerprint([9; 16]),
            size: 4 * used as u64,
            ..record
        });
        let instead = Manifest::of(pages, BTreeMap::new()).unwrap();
        assert!(!instead.is_empty());
        let change = Change::withdrawal(&on_target.online.manifest, &instead, |_| false);
        let contents = |_: &Record<'_>| Ok((HEADERS, Bytes::Made(vec![b'-'; 4 * used])));
        taken(run.carry_out(&on_target, Default::default(), &change, &contents, true, |_, _| {}))
    });
    assert_eq!(outcome.unwrap_err()[0].code, Code::TargetFull);
    let pages: Vec<String> = store.site().into_keys().filter(|path| path.starts_with("g/")).collect();
    assert_eq!(pages, [""; 0]);
}
