//! After a publish: the private folders hold what it put there, whatever somebody else did meanwhile.

use super::super::online::Online;
use super::*;

#[test]
fn what_somebody_else_does_to_private_files_meanwhile_is_told_and_what_a_later_publish_does_is_not() {
    let bench = Bench::new();
    let mut dice = Dice(17);
    let mut model = Model::new(&mut dice);
    let store = Memory::default();
    bench.with(&store, "test", |run| {
        let (wanted, files) = (model.manifest(), model.files());
        let on_target = run.look().unwrap();
        let change = Change::between(&on_target.online.manifest, &wanted, true);
        let contents = |record: &Record<'_>| Ok((HEADERS, Bytes::Made(files[record.path].clone().into_bytes())));
        taken(run.carry_out(&on_target, Default::default(), &change, &contents, false, |_, _| {})).unwrap();
        assert_eq!(run.verify(&wanted), Ok(()));

        let (mine, text) = files.iter().find(|(path, _)| path.starts_with("x/")).unwrap();
        let differs = || run.verify(&wanted).map_err(|error| error.code);
        store.remove(mine);
        assert_eq!(differs(), Err(Code::StillOnline), "{mine} is missing");
        store.set(mine, b"something else, longer than what was there");
        assert_eq!(differs(), Err(Code::StillOnline), "{mine} was written over");
        store.set(mine, text.as_bytes());
        assert_eq!(differs(), Ok(()));
        for foreign in ["x/aZZZZZZZZZZZZZZZZZZZZZZZZ/i.jpg", "g/by hand.html", "e//odd"] {
            store.set(foreign, b"foreign");
            assert_eq!(differs(), Err(Code::StillOnline), "{foreign}");
            store.remove(foreign);
        }
        store.set("owner/notes.txt", b"no private folder");
        assert_eq!(differs(), Ok(()));

        for _ in 0..8 {
            model.change(&mut dice);
        }
        bench.publish(&store, &model).1.unwrap();
        assert_ne!(Online::differences(&store, &wanted), Ok((0, 0)));
        assert_eq!(differs(), Ok(()));
    });
}

#[test]
fn caches_are_told_of_what_a_run_removed_before_it_was_killed() {
    let bench = Bench::new();
    let model = Model::new(&mut Dice(43));
    let mut killed = 0;
    for position in 0.. {
        let store = Memory::default();
        bench.publish(&store, &model).1.unwrap();
        let before = store.site();
        let is_over = bench.with(&store, "test", |run| {
            let run = Run { purges: Some("/"), ..run };
            let on_target = run.look().unwrap();
            let nothing = Manifest::default();
            let change = Change::between(&on_target.online.manifest, &nothing, false);
            store.break_at(position, Fault::Killed);
            let record = (on_target.state.header.clone(), BTreeMap::new());
            let _ = run.carry_out(&on_target, record, &change, &|_| unreachable!(), true, |_, _| {});
            !store.is_broken()
        });
        if is_over {
            break;
        }
        store.revive();
        let there = store.site();
        let told = bench.with(&store, "next", |run| run.look().unwrap().state.header.pending);
        for gone in before.keys().filter(|path| !there.contains_key(*path)) {
            killed += 1;
            let address = crate::publish::url_path("/", gone);
            let covered =
                told.files.contains(&address) || told.folders.iter().any(|folder| address.starts_with(folder.as_str()));
            assert!(covered, "{gone}, killed at {position}: {told:?}");
        }
    }
    assert!(killed > 20, "{killed}");
}
