use jiff::civil::date;

use super::super::{LinkState, Secret};
use super::*;

fn keys() -> Keys {
    Keys::new(&Secret::of_published_vectors())
}

fn former() -> Keys {
    Keys::new(&Secret::generate(std::array::from_fn(|place| place as u8)).unwrap())
}

fn ledger(links: &str) -> Ledger {
    let text = format!(
        "version = 1\nroot = \"m8TUJsIqZj_F81MJ\"\n[[gallery]]\nid = \"k3v9q2m7t4xa\"\npath = \"a\"\nepoch = 1\n{links}"
    );
    Ledger::parse(&text, "access.toml".as_ref()).unwrap()
}

fn link(id: &str, rest: &str) -> String {
    format!("[[gallery.link]]\nid = \"{id}\"\nto = \"{id}\"\nissued = 2026-11-22\n{rest}\n")
}

const ONE: &str = "h7w2c9d4n5ke";
const TWO: &str = "q8r3x6v1z0mb";
const THREE: &str = "a5t0f8j2y6gs";

fn published(ledger: &Ledger, day: Date, expires: Option<Date>) -> Vec<GalleryPublication> {
    published_with(ledger, day, expires, None).unwrap()
}

fn published_with(
    ledger: &Ledger,
    day: Date,
    expires: Option<Date>,
    previous: Option<&Keys>,
) -> Result<Vec<GalleryPublication>> {
    let facts = GalleryFacts { expires, ..GalleryFacts::default() };
    let galleries = [("k3v9q2m7t4xa".parse().unwrap(), facts)].into();
    let today = Today::new(day, ledger);
    publication(
        ledger,
        &keys(),
        previous,
        &PublicationContext { today, galleries: &galleries, dated_links: true, tombstone_days: 90 },
    )
}

fn graves_of(publication: &[GalleryPublication]) -> Vec<(&str, Date, TombstoneReason)> {
    let all = publication.iter().flat_map(|gallery| &gallery.tombstones);
    all.map(|grave| (grave.token.path_segment(), grave.since, grave.reason)).collect()
}

#[test]
fn a_living_link_has_a_page_and_its_audience_has_assets() {
    let ledger = ledger(&(link(ONE, "") + &link(TWO, "audience = \"guests\"")));
    let all = published(&ledger, date(2027, 1, 1), None);
    let seen: Vec<_> = all[0]
        .audiences
        .iter()
        .map(|one| {
            (one.scope.audience.as_str(), one.assets.path_segment(), one.pages[0].token.path_segment(), one.pages.len())
        })
        .collect();
    // The second implementation's vectors for these very scopes.
    assert_eq!(
        seen,
        [
            ("", "aiszVmMLLXUlp40kJJR9L7I8B", "pqHj2r_ZN1lEF10utN0Ktky71", 1),
            ("guests", "a7zsB5Rxsc7FxFvqoUxs1ZzRP", "pFaMU6AJ5eB7HpqOujXnllyuV", 1)
        ]
    );
    assert_eq!(graves_of(&all), []);
}

#[test]
fn a_revoked_link_takes_its_pictures_with_it_and_nobody_elses_page() {
    let before = published(&ledger(&(link(ONE, "") + &link(TWO, ""))), date(2027, 1, 1), None);
    let after = published(&ledger(&(link(ONE, "") + &link(TWO, "revoked = 2027-01-01"))), date(2027, 1, 1), None);
    assert_eq!(before[0].audiences[0].pages[0], after[0].audiences[0].pages[0]);
    assert_eq!(after[0].audiences[0].pages.len(), 1);
    assert_ne!(before[0].audiences[0].assets, after[0].audiences[0].assets);
    assert_eq!(graves_of(&after), [("pFaMU6AJ5eB7HpqOujXnllyuV", date(2027, 1, 1), TombstoneReason::Ended)]);
}

#[test]
fn a_link_works_through_its_last_day_and_not_the_day_after() {
    let ledger = ledger(&link(ONE, "expires = 2027-06-30"));
    assert_eq!(published(&ledger, date(2027, 6, 30), None)[0].audiences.len(), 1);
    let after = published(&ledger, date(2027, 7, 1), None);
    assert_eq!(after[0].audiences, []);
    assert_eq!(graves_of(&after), [("pqHj2r_ZN1lEF10utN0Ktky71", date(2027, 7, 1), TombstoneReason::Ended)]);
}

#[test]
fn a_gallerys_last_day_ends_its_links_and_stands_in_its_assets() {
    let ledger = ledger(&link(ONE, ""));
    let all = published(&ledger, date(2027, 6, 30), Some(date(2027, 6, 30)));
    assert_eq!(all[0].audiences[0].assets.path_segment(), "20270630-ag5CvgHR0LOhRQsCm7Rn0u1EB");
    assert_eq!(all[0].audiences[0].pages[0].token.path_segment(), "pqHj2r_ZN1lEF10utN0Ktky71");
    assert_eq!(published(&ledger, date(2027, 7, 1), Some(date(2027, 6, 30)))[0].audiences, []);
}

#[test]
fn a_tombstone_stays_as_long_as_the_site_says() {
    let ledger = ledger(&link(ONE, "revoked = 2027-01-01"));
    assert_eq!(published(&ledger, date(2027, 3, 31), None).len(), 1);
    assert_eq!(published(&ledger, date(2027, 4, 1), None), []);
}

#[test]
fn a_renewed_address_says_so_and_only_while_its_link_lives() {
    let renewed = link(ONE, "expires = 2027-12-31\ndated = true\nwas = [2027-06-30]");
    let all = published(&ledger(&renewed), date(2027, 1, 1), None);
    assert_eq!(graves_of(&all), [("20270630-pg6_MStAzsLo74L0e9IzayeHV", date(2027, 7, 1), TombstoneReason::Renewed)]);
    assert_eq!(published(&ledger(&renewed), date(2027, 9, 28), None)[0].tombstones.len(), 1);
    assert_eq!(published(&ledger(&renewed), date(2027, 9, 29), None)[0].tombstones, []);
    let revoked = published(&ledger(&(renewed + "revoked = 2027-02-01")), date(2027, 2, 1), None);
    assert!(
        graves_of(&revoked)
            .iter()
            .all(|(_, since, reason)| (*since, *reason) == (date(2027, 2, 1), TombstoneReason::Ended))
    );
    assert_eq!(revoked[0].tombstones.len(), 2);
}

#[test]
fn no_tombstone_lies_at_a_living_address() {
    let back = link(ONE, "expires = 2027-06-30\ndated = true\nwas = [2027-06-30, 2027-06-30]");
    assert_eq!(graves_of(&published(&ledger(&back), date(2027, 1, 1), None)), []);
}

#[test]
fn during_a_planned_change_of_the_root_former_addresses_lead_to_the_current_files() {
    let mut ledger = ledger(&(link(ONE, "") + &link(TWO, "revoked = 2027-01-01")));
    ledger.previous = Some(super::super::PreviousRoot { root: former().root_id(), until: date(2027, 3, 1) });
    let last = published_with(&ledger, date(2027, 3, 1), None, Some(&former())).unwrap();
    let pages: Vec<_> =
        last[0].audiences[0].pages.iter().map(|page| (page.of_previous_root, page.token.clone())).collect();
    let gallery = ledger.galleries[0].id;
    let one = ONE.parse().unwrap();
    assert_eq!(
        pages,
        [(false, keys().page_token(gallery, one, None)), (true, former().page_token(gallery, one, None))]
    );
    assert_eq!(last[0].tombstones.len(), 2);
    assert_eq!(last[0].audiences[0].assets, keys().assets_token(&last[0].audiences[0].scope, None));
    let over = published_with(&ledger, date(2027, 3, 2), None, Some(&former())).unwrap();
    assert_eq!((over[0].audiences[0].pages.len(), over[0].tombstones.len()), (1, 1));
    for wrong in [None, Some(&keys())] {
        let error = published_with(&ledger, date(2027, 3, 1), None, wrong).unwrap_err();
        assert_eq!(error.code, Code::FormerSecretMissing);
    }
    assert!(published_with(&ledger, date(2027, 3, 2), None, None).is_ok());
}

#[test]
fn a_clock_that_was_set_back_revives_nothing() {
    let ledger = ledger(&(link(ONE, "expires = 2026-12-01") + &link(TWO, "revoked = 2027-01-01")));
    let today = Today::new(date(2026, 11, 23), &ledger);
    assert_eq!(today.date(), date(2027, 1, 1));
    assert_eq!(today.digits(), 20_270_101);
    let gallery = &ledger.galleries[0];
    assert_eq!(state(gallery, &gallery.links[0], None, today), LinkState::Expired(date(2026, 12, 1)));
}

#[test]
fn the_earliest_death_counts() {
    let mut ledger = ledger(&link(ONE, "expires = 2027-01-31\nrevoked = 2027-03-01"));
    let of = |ledger: &Ledger, expires| {
        let gallery = &ledger.galleries[0];
        state(gallery, &gallery.links[0], expires, Today::new(date(2027, 6, 1), ledger))
    };
    assert_eq!(of(&ledger, None), LinkState::Expired(date(2027, 1, 31)));
    assert_eq!(of(&ledger, Some(date(2027, 1, 1))), LinkState::GalleryExpired(date(2027, 1, 1)));
    ledger.galleries[0].closed = Some(date(2026, 12, 1));
    assert_eq!(of(&ledger, None), LinkState::GalleryClosed(date(2026, 12, 1)));
    // A closed gallery is closed at once, whatever the day written there.
    ledger.galleries[0] = LedgerGallery { closed: Some(date(2030, 1, 1)), ..ledger.galleries[0].clone() };
    ledger.galleries[0].links[0] = Link { expires: None, revoked: None, ..ledger.galleries[0].links[0].clone() };
    assert_eq!(of(&ledger, None), LinkState::GalleryClosed(date(2030, 1, 1)));
}

#[test]
fn the_next_expiry_names_every_link_that_dies_on_that_day() {
    let ledger = ledger(&(link(ONE, "expires = 2027-06-30") + &link(TWO, "expires = 2027-03-01") + &link(THREE, "")));
    let next = |ends: Option<Date>, day| {
        let next = super::super::life::next_expiry(&ledger, |_| ends, Today::new(day, &ledger));
        next.map(|next| {
            (next.last_day, next.dead_from, next.links.iter().map(|(_, link)| link.to_string()).collect::<Vec<_>>())
        })
    };
    let day = date(2027, 1, 1);
    assert_eq!(next(None, day), Some((date(2027, 3, 1), date(2027, 3, 2), vec![TWO.to_owned()])));
    let both = vec![ONE.to_owned(), THREE.to_owned()];
    assert_eq!(next(Some(date(2027, 6, 30)), date(2027, 3, 2)), Some((date(2027, 6, 30), date(2027, 7, 1), both)));
    assert_eq!(next(None, date(2027, 7, 1)), None);
}

#[test]
fn the_deny_list_has_the_dead_and_never_the_living() {
    let ledger = ledger(&(link(ONE, "") + &link(TWO, "revoked = 2027-01-01")));
    let all = published(&ledger, date(2027, 1, 1), None);
    let current = all[0].audiences[0].assets.path_segment();
    let list = deny_list(&all, ["aiszVmMLLXUlp40kJJR9L7I8B", current, "nonsense"]);
    assert_eq!(list.iter().collect::<Vec<_>>(), ["aiszvmmllxulp40kjjr9l7i8b", "pfamu6aj5eb7hpqoujxnllyuv"]);
}

#[test]
fn a_hundred_thousand_links_have_addresses_of_their_own() {
    let mut ledger = Ledger::new("r");
    for number in 0..10_000_u64 {
        let id = |part: u64| (number * 11 + part + 1).to_be_bytes();
        let link = |part| Link {
            id: LinkId::from_entropy(id(part)),
            to: String::new(),
            audience: String::new(),
            issued: date(2026, 1, 1),
            expires: None,
            dated: false,
            was: Vec::new(),
            revoked: (part == 3).then_some(date(2026, 2, 1)),
            find: false,
        };
        ledger.galleries.push(LedgerGallery {
            id: GalleryId::from_entropy(id(0)),
            path: String::new(),
            epoch: 1,
            closed: None,
            links: (1..11).map(link).collect(),
        });
    }
    let all = published(&ledger, date(2026, 2, 2), None);
    assert_eq!(all.len(), 10_000);
    let tokens: std::collections::HashSet<_> =
        all.iter().flat_map(|one| &one.audiences[0].pages).map(|page| page.token.path_segment()).collect();
    assert_eq!(tokens.len(), 90_000);
}

#[test]
fn an_undated_address_that_a_dated_link_had_says_that_it_was_renewed_as_long_as_the_link_lives() {
    let ledger = ledger(&link(ONE, "expires = 2027-06-30\ndated = true\nwas = [9999-12-31]"));
    let undated = keys().page_token("k3v9q2m7t4xa".parse().unwrap(), ONE.parse().unwrap(), None);
    let graves = |day| published(&ledger, day, None).iter().flat_map(|one| one.tombstones.clone()).collect::<Vec<_>>();
    let of = |day, reason| {
        let found = graves(day);
        found.iter().any(|grave| grave.token.path_segment() == undated.path_segment() && grave.reason == reason)
    };
    assert!(of(date(2027, 1, 1), TombstoneReason::Renewed) && of(date(2027, 6, 30), TombstoneReason::Renewed));
    assert!(of(date(2027, 7, 1), TombstoneReason::Ended) && of(date(2027, 9, 28), TombstoneReason::Ended));
    assert_eq!(graves(date(2027, 9, 29)), []);
    // Nothing lies at the address that the mark itself would give.
    assert!(graves(date(2027, 1, 1)).iter().all(|grave| !grave.token.path_segment().starts_with("9999")));
}
