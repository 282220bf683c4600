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
