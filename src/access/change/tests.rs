use jiff::civil::{Date, date};

use super::super::ledger::{Ledger, LedgerDocument, LinkName, NO_LAST_DAY};
use super::super::life::Today;
use super::*;

const LEDGER: &str = r#"# Who may see what. Ask Anna before changing anything.
version = 1
root = "m8TUJsIqZj_F81MJ" # the studio's

# The big one.
[[gallery]]
id = "k3v9q2m7t4xa"
path = "weddings/lake-house"   # moved from 2026/
epoch = 3

[[gallery.link]]
id = "h7w2c9d4n5ke"
to = "the couple" # Ann and Bo
issued = 2026-11-22
expires = 2027-06-30   # a year, nearly
dated = true
find = true

[[gallery.link]]
id = "q8r3x6v1z0mb"
to = "their parents"
audience = "guests"
issued = 2026-11-22

[[gallery]]
id = "a5t0f8j2y6gs"
path = "portraits/kim"
epoch = 1
# the end
"#;

fn none(_: GalleryId) -> Option<Date> {
    None
}

fn document() -> LedgerDocument {
    LedgerDocument::parse(LEDGER, "access.toml".as_ref()).unwrap()
}

fn at(ledger: &Ledger, day: Date) -> ActionContext<'static> {
    ActionContext { today: Today::new(day, ledger), gallery_expires: &none }
}

fn gallery() -> GalleryId {
    "k3v9q2m7t4xa".parse().unwrap()
}

fn couple() -> LinkId {
    "h7w2c9d4n5ke".parse().unwrap()
}

fn parents() -> LinkId {
    "q8r3x6v1z0mb".parse().unwrap()
}

fn new_link<'a>(to: &'a str, path: &'a str) -> Share<'a> {
    Share {
        gallery: gallery(),
        path,
        link: LinkId::from_entropy([9; 8]),
        to,
        audience: "",
        expires: None,
        dated: false,
        find: false,
    }
}

/// Applies, checks that the text says what the value says, and gives what was added to and taken from the text.
fn applied(action: impl Fn(&Ledger) -> crate::Result<Change>) -> (LedgerDocument, Change, Vec<String>) {
    let mut document = document();
    let change = action(document.ledger()).unwrap();
    document.apply(&change).unwrap();
    let text = document.text();
    assert_eq!(&Ledger::parse(&text, "access.toml".as_ref()).unwrap(), document.ledger(), "{text}");
    let (old, new): (Vec<&str>, Vec<&str>) = (LEDGER.lines().collect(), text.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("-{line}"));
    let added = new.iter().filter(|line| !line.is_empty() && !old.contains(line)).map(|line| format!("+{line}"));
    let lines = gone.chain(added).collect();
    (document, change, lines)
}

const DAY: Date = date(2027, 1, 10);

#[test]
fn sharing_adds_a_link_and_moves_nothing() {
    let (_, change, lines) = applied(|ledger| share(ledger, &at(ledger, DAY), &new_link("Kim", "weddings/lake-house")));
    let id = LinkId::from_entropy([9; 8]);
    assert_eq!(lines, [format!("+id = \"{id}\""), "+to = \"Kim\"".into(), "+issued = 2027-01-10".into()]);
    assert_eq!(change.effects.opened, [(gallery(), id)]);
    assert_eq!(change.effects.kept, [(gallery(), couple()), (gallery(), parents())]);
    assert_eq!(change.effects.moved_assets, []);
}

#[test]
fn a_first_share_begins_the_gallery_in_the_form_of_the_others() {
    let mut document = LedgerDocument::new("m8TUJsIqZj_F81MJ");
    for (to, seed) in [("the couple", 1), ("their parents", 2)] {
        let request = Share {
            link: LinkId::from_entropy([seed; 8]),
            audience: "guests",
            expires: Some(date(2027, 6, 30)),
            dated: true,
            find: true,
            ..new_link(to, "a")
        };
        let change = share(document.ledger(), &at(document.ledger(), DAY), &request).unwrap();
        document.apply(&change).unwrap();
    }
    let expected = format!(
        "version = 1\nroot = \"m8TUJsIqZj_F81MJ\"\n\n[[gallery]]\nid = \"k3v9q2m7t4xa\"\npath = \"a\"\nepoch = 1\n\n\
         [[gallery.link]]\nid = \"{}\"\nto = \"the couple\"\naudience = \"guests\"\nissued = 2027-01-10\nexpires = 2027-06-30\ndated = true\nfind = true\n\n\
         [[gallery.link]]\nid = \"{}\"\nto = \"their parents\"\naudience = \"guests\"\nissued = 2027-01-10\nexpires = 2027-06-30\ndated = true\nfind = true\n",
        LinkId::from_entropy([1; 8]),
        LinkId::from_entropy([2; 8])
    );
    assert_eq!(document.text(), expected);
}

#[test]
fn sharing_refuses_what_would_be_dead_ambiguous_or_nameless() {
    let ledger = document().ledger().clone();
    let refused = |request: &Share<'_>| share(&ledger, &at(&ledger, DAY), request).unwrap_err().message;
    assert!(refused(&new_link(" ", "a")).contains("needs the name"));
    assert!(refused(&new_link("a\u{1b}[2J", "a")).contains("control"));
    assert!(refused(&new_link("the couple", "a")).contains("working link"));
    assert!(refused(&Share { expires: Some(date(2027, 1, 9)), ..new_link("Kim", "a") }).contains("has passed"));
    let ends = |_| Some(date(2027, 3, 1));
    let ending = ActionContext { gallery_expires: &ends, ..at(&ledger, DAY) };
    assert!(share(&ledger, &ending, &Share { expires: Some(date(2027, 3, 2)), ..new_link("Kim", "a") }).is_err());
    let change = share(&ledger, &ending, &new_link("Kim", "a")).unwrap();
    let Some(Edit::LinkAdded { link, .. }) = change.edits.last() else { panic!() };
    assert_eq!(link.expires, Some(date(2027, 3, 1)));
    let over = ActionContext { gallery_expires: &ends, ..at(&ledger, date(2027, 3, 2)) };
    assert!(share(&ledger, &over, &new_link("Kim", "a")).unwrap_err().message.contains("expired"));
}

#[test]
fn revoking_marks_one_link_and_moves_its_audience_alone() {
    let (document, change, lines) =
        applied(|ledger| revoke(ledger, &at(ledger, DAY), gallery(), LinkName::To("their parents")));
    assert_eq!(lines, ["+revoked = 2027-01-10"]);
    assert_eq!(change.effects.ended, [(gallery(), parents())]);
    assert_eq!(change.effects.kept, [(gallery(), couple())]);
    // Nobody else had a link of that audience.
    assert_eq!(change.effects.moved_assets, []);
    assert_eq!(change.effects.ended_assets, [AudienceAssets { gallery: gallery(), audience: "guests".into() }]);
    assert!(revoke(document.ledger(), &at(document.ledger(), DAY), gallery(), LinkName::Id(parents())).is_err());
}

#[test]
fn a_mark_stands_in_its_usual_place_and_comments_stay() {
    let (document, _, lines) = applied(|ledger| revoke(ledger, &at(ledger, DAY), gallery(), LinkName::Id(couple())));
    assert_eq!(lines, ["+revoked = 2027-01-10"]);
    assert!(document.text().contains("dated = true\nrevoked = 2027-01-10\nfind = true\n"), "{}", document.text());
    assert!(document.text().ends_with("# the end\n"));
}

#[test]
fn extending_a_living_link_moves_nothing_but_a_dated_address() {
    let (_, change, lines) = applied(|ledger| {
        extend(ledger, &at(ledger, DAY), gallery(), LinkName::To("the couple"), Some(date(2027, 9, 1)))
    });
    assert_eq!(
        lines,
        ["-expires = 2027-06-30   # a year, nearly", "+expires = 2027-09-01   # a year, nearly", "+was = [2027-06-30]"]
    );
    assert_eq!(change.effects.renewed, [(gallery(), couple())]);
    assert_eq!(change.effects.moved_assets, []);
}

#[test]
fn no_comment_goes_with_a_key_that_is_taken_out() {
    let text = LEDGER
        .replace("expires = 2027-06-30   #", "# They asked for the summer.\nexpires = 2027-06-30   #")
        .replace("# the studio's\n", "# the studio's\n# Bo had a copy.\nprevious_root = \"AAAAAAAAAAAAAAAA\" # of May\nprevious_until = 2027-01-01 # New Year\n");
    let comments = |text: &str| {
        let all = text.lines().filter_map(|line| Some(line.split_once('#')?.1.trim().to_owned()));
        all.collect::<std::collections::BTreeSet<_>>()
    };
    let mut document = LedgerDocument::parse(&text, "access.toml".as_ref()).unwrap();
    let situation = at(document.ledger(), DAY);
    let endless = extend(document.ledger(), &situation, gallery(), LinkName::Id(couple()), None).unwrap();
    document.apply(&endless).unwrap();
    let rotated = rotate_root(document.ledger(), &situation, "BBBBBBBBBBBBBBBB", None).unwrap();
    document.apply(&rotated).unwrap();
    assert_eq!(comments(&document.text()), comments(&text));
    let read = Ledger::parse(&document.text(), "access.toml".as_ref()).unwrap();
    assert_eq!((&read, &read.previous), (document.ledger(), &None));
    assert!(!document.text().contains("previous_") && !document.text().contains("expires ="), "{}", document.text());
}

#[test]
fn extending_an_expired_link_raises_the_epoch() {
    let later = date(2027, 8, 1);
    let (document, change, lines) = applied(|ledger| {
        extend(ledger, &at(ledger, later), gallery(), LinkName::To("the couple"), Some(date(2027, 9, 1)))
    });
    assert!(lines.contains(&"+epoch = 4".to_owned()), "{lines:?}");
    assert_eq!(change.effects.opened, [(gallery(), couple())]);
    // Its own audience had no living link, so no files; the other audience shares the epoch.
    assert_eq!(change.effects.moved_assets, [AudienceAssets { gallery: gallery(), audience: "guests".into() }]);
    let again = extend(
        document.ledger(),
        &at(document.ledger(), later),
        gallery(),
        LinkName::Id(couple()),
        Some(date(2027, 9, 9)),
    );
    let mut document = document;
    document.apply(&again.unwrap()).unwrap();
    assert!(document.text().contains("was = [2027-06-30, 2027-09-01]"), "{}", document.text());
}

#[test]
fn extending_refuses_what_is_final_endless_or_not_later() {
    let ledger = document().ledger().clone();
    let situation = at(&ledger, DAY);
    let refused = |ledger: &Ledger, link, day| {
        extend(ledger, &situation, gallery(), LinkName::Id(link), day).unwrap_err().message
    };
    assert!(refused(&ledger, couple(), Some(date(2027, 6, 30))).contains("already"));
    assert!(refused(&ledger, parents(), Some(date(2027, 6, 30))).contains("no last day"));
    let after = |change: Change| {
        let mut ledger = ledger.clone();
        change.edits.iter().for_each(|edit| edit.apply(&mut ledger));
        ledger
    };
    let revoked = after(revoke(&ledger, &situation, gallery(), LinkName::Id(couple())).unwrap());
    assert!(refused(&revoked, couple(), Some(date(2028, 1, 1))).contains("permanently"));
    let closed = after(close(&ledger, &situation, gallery()).unwrap());
    assert!(refused(&closed, couple(), Some(date(2028, 1, 1))).contains("closed"));
    assert!(share(&closed, &situation, &new_link("Kim", "a")).is_err());
    assert!(rotate(&closed, &situation, gallery()).is_err());
    assert!(close(&closed, &situation, gallery()).is_err());
}

#[test]
fn a_first_or_an_earlier_last_day_moves_nothing_but_a_dated_address() {
    let on = date(2027, 3, 31);
    let expiring = |to, day| applied(move |ledger| expire(ledger, &at(ledger, DAY), gallery(), LinkName::To(to), day));
    let (_, change, lines) = expiring("the couple", on);
    assert_eq!(
        lines,
        ["-expires = 2027-06-30   # a year, nearly", "+expires = 2027-03-31   # a year, nearly", "+was = [2027-06-30]"]
    );
    assert_eq!((change.effects.renewed, change.effects.moved_assets), (vec![(gallery(), couple())], vec![]));
    // Undated, so its address has no day.
    let (_, change, lines) = expiring("their parents", on);
    assert_eq!(lines, ["+expires = 2027-03-31"]);
    assert_eq!(change.effects.kept, [(gallery(), couple()), (gallery(), parents())]);
    assert_eq!((change.effects.renewed, change.effects.ended, change.effects.moved_assets), (vec![], vec![], vec![]));
    // Today is included.
    assert!(expiring("their parents", DAY).1.effects.ended.is_empty());
}

#[test]
fn a_dated_link_without_a_last_day_leaves_its_undated_address() {
    let mut ledger = document().ledger().clone();
    ledger.galleries[0].links[0].expires = None;
    let change = expire(&ledger, &at(&ledger, DAY), gallery(), LinkName::Id(couple()), date(2027, 3, 31)).unwrap();
    assert_eq!(change.effects.renewed, [(gallery(), couple())]);
    change.edits.iter().for_each(|edit| edit.apply(&mut ledger));
    let link = &ledger.galleries[0].links[0];
    assert_eq!(link.was, [NO_LAST_DAY]);
    assert_eq!(link.days(), [Some(date(2027, 3, 31)), None]);
    // Back to none: that address is alive again, and it is noted once.
    for last in [None, Some(date(2027, 3, 31)), None] {
        let change = match last {
            None => extend(&ledger, &at(&ledger, DAY), gallery(), LinkName::Id(couple()), None),
            Some(last) => expire(&ledger, &at(&ledger, DAY), gallery(), LinkName::Id(couple()), last),
        };
        change.unwrap().edits.iter().for_each(|edit| edit.apply(&mut ledger));
    }
    let link = &ledger.galleries[0].links[0];
    assert_eq!(link.was, [NO_LAST_DAY, date(2027, 3, 31)]);
    assert_eq!(link.days(), [None, Some(date(2027, 3, 31))]);
}

#[test]
fn an_earlier_last_day_is_refused_where_nothing_could_end_sooner() {
    let ledger = document().ledger().clone();
    let refused = |ledger: &Ledger, today, link, day| {
        expire(ledger, &at(ledger, today), gallery(), LinkName::Id(link), day).unwrap_err().message
    };
    assert!(refused(&ledger, DAY, couple(), date(2027, 6, 30)).contains("already"));
    assert!(refused(&ledger, DAY, couple(), date(2027, 7, 1)).contains("already ends sooner"));
    assert!(refused(&ledger, DAY, parents(), date(2027, 1, 9)).contains("has passed"));
    assert!(refused(&ledger, date(2027, 7, 1), couple(), date(2027, 8, 1)).contains("expired on 2027-06-30"));
    let after = |change: Change| {
        let mut ledger = ledger.clone();
        change.edits.iter().for_each(|edit| edit.apply(&mut ledger));
        ledger
    };
    let revoked = after(revoke(&ledger, &at(&ledger, DAY), gallery(), LinkName::Id(parents())).unwrap());
    assert!(refused(&revoked, DAY, parents(), date(2027, 8, 1)).contains("permanently"));
    let closed = after(close(&ledger, &at(&ledger, DAY), gallery()).unwrap());
    assert!(refused(&closed, DAY, couple(), date(2027, 3, 1)).contains("closed"));
    // No link outlasts its gallery, and a gallery that is over has nothing to end.
    let ends = |_| Some(date(2027, 3, 1));
    let until = |today| ActionContext { gallery_expires: &ends, ..at(&ledger, today) };
    let of = |today, day| expire(&ledger, &until(today), gallery(), LinkName::Id(parents()), day);
    assert!(of(DAY, date(2027, 3, 2)).unwrap_err().message.contains("its links cannot outlast it"));
    assert!(of(date(2027, 3, 2), date(2027, 3, 2)).unwrap_err().message.contains("expired on 2027-03-01"));
    assert!(of(DAY, date(2027, 3, 1)).is_ok());
}

#[test]
fn days_that_a_clock_left_ahead_are_put_right_and_what_was_ended_stays_so() {
    let ahead = date(2036, 12, 25);
    let mut document = document();
    let situation = at(document.ledger(), ahead);
    for change in [
        share(document.ledger(), &situation, &new_link("Kim", "weddings/lake-house")),
        revoke(document.ledger(), &situation, gallery(), LinkName::Id(parents())),
        close(document.ledger(), &situation, "a5t0f8j2y6gs".parse().unwrap()),
    ] {
        document.apply(&change.unwrap()).unwrap();
    }
    let before = document.text();
    let situation = at(document.ledger(), DAY);
    assert_eq!(situation.today.date(), ahead);
    let change = redate(document.ledger(), &situation, DAY).unwrap();
    document.apply(&change).unwrap();
    let text = document.text();
    // The day alone, and the epoch of the gallery whose link works again.
    assert_eq!(text, before.replace("2036-12-25", "2027-01-10").replacen("epoch = 3", "epoch = 4", 1));
    assert_eq!(change.effects.opened, [(gallery(), couple())]);
    assert_eq!(change.effects.ended, []);
    let kim = LinkId::from_entropy([9; 8]);
    assert_eq!(change.effects.kept, [(gallery(), kim)]);
    assert_eq!(change.effects.moved_assets, [AudienceAssets { gallery: gallery(), audience: String::new() }]);
    let ledger = document.ledger();
    assert_eq!(Today::new(DAY, ledger).date(), DAY);
    let dead = |id: LinkId| {
        !crate::access::life::state(
            &ledger.galleries[0],
            ledger.galleries[0].link(id).unwrap(),
            None,
            Today::new(DAY, ledger),
        )
        .is_alive()
    };
    assert!(dead(parents()) && !dead(couple()) && !dead(kim));
    assert!(redate(ledger, &at(ledger, DAY), DAY).unwrap_err().message.contains("no ledger entry is later"));
    // A gallery in which nothing counted as ended keeps its epoch.
    let mut calm = LedgerDocument::parse(LEDGER, "access.toml".as_ref()).unwrap();
    let change = redate(calm.ledger(), &at(calm.ledger(), date(2026, 11, 1)), date(2026, 11, 1)).unwrap();
    calm.apply(&change).unwrap();
    assert_eq!(calm.text(), LEDGER.replace("2026-11-22", "2026-11-01"));
}

#[test]
fn rotating_moves_the_files_of_every_audience_and_keeps_the_links() {
    let (_, change, lines) = applied(|ledger| rotate(ledger, &at(ledger, DAY), gallery()));
    assert_eq!(lines, ["-epoch = 3", "+epoch = 4"]);
    assert_eq!(change.effects.moved_assets.len(), 2);
    assert_eq!(change.effects.kept.len(), 2);
}

#[test]
fn closing_ends_every_link_at_once() {
    let (_, change, lines) = applied(|ledger| close(ledger, &at(ledger, DAY), gallery()));
    assert_eq!(lines, ["+closed = 2027-01-10"]);
    assert_eq!(change.effects.ended.len(), 2);
    assert_eq!((change.effects.moved_assets.len(), change.effects.ended_assets.len()), (0, 2));
}

#[test]
fn forgetting_a_person_blanks_the_name_and_changes_no_address() {
    let (document, change, lines) = applied(|ledger| forget_person(ledger, &at(ledger, DAY), "their parents"));
    assert_eq!(lines, ["-to = \"their parents\"", "+to = \"\""]);
    assert_eq!(change.effects.kept.len(), 2);
    assert_eq!(change.effects.moved_assets, []);
    let hint = forget_person(document.ledger(), &at(document.ledger(), DAY), "the cuple").unwrap_err().hint;
    assert_eq!(hint.as_deref(), Some("did you mean `the couple`?"));
    assert!(forget_person(document.ledger(), &at(document.ledger(), DAY), "").is_err());
}

#[test]
fn a_moved_folder_keeps_its_links() {
    let (_, change, lines) = applied(|ledger| moved(ledger, &at(ledger, DAY), gallery(), "2026/lake"));
    assert_eq!(lines[1], "+path = \"2026/lake\"   # moved from 2026/");
    assert_eq!(change.effects.kept.len(), 2);
}

#[test]
fn a_planned_change_of_the_root_notes_the_former_one_and_a_compromised_one_does_not() {
    let until = Some(date(2027, 3, 1));
    let (mut document, change, lines) =
        applied(|ledger| rotate_root(ledger, &at(ledger, DAY), "AAAAAAAAAAAAAAAA", until));
    assert!(change.effects.whole_site);
    assert_eq!(change.effects.renewed.len(), 2);
    assert!(lines.contains(&"+previous_root = \"m8TUJsIqZj_F81MJ\"".to_owned()), "{lines:?}");
    let situation = at(document.ledger(), DAY);
    assert!(rotate_root(document.ledger(), &situation, "BBBBBBBBBBBBBBBB", until).is_err());
    let change = rotate_root(document.ledger(), &situation, "BBBBBBBBBBBBBBBB", None).unwrap();
    document.apply(&change).unwrap();
    assert_eq!(document.ledger().previous, None);
    assert!(!document.text().contains("previous"));
    assert!(document.text().contains("# the studio's"));
}

#[test]
fn a_name_that_several_links_have_must_be_told_apart() {
    let mut ledger = document().ledger().clone();
    ledger.galleries[0].links[1].to = "the couple".into();
    let error = ledger.galleries[0].require_link(LinkName::To("the couple")).unwrap_err();
    assert!(error.hint.unwrap().contains("h7w2c9d4n5ke, q8r3x6v1z0mb"));
    ledger.galleries[0].links[1].revoked = Some(DAY);
    assert_eq!(ledger.galleries[0].require_link(LinkName::To("the couple")).unwrap().id, couple());
    assert!(ledger.galleries[0].require_link(LinkName::To("")).is_err());
}
