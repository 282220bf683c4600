//! `safelight verify` against the table that every gate is held to, on a site with links of its own.
//!
//! | the gates | `verify` |
//! |---|---|
//! | page, assets, entry (pass) | the same gate; what it knows is alive |
//! | gone (410) | the same gate; nothing is alive |
//! | not-found (404) | the same gate; nothing is alive, whoever's token stands in it |
//! | public | the same gate; nothing is alive |

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use jiff::civil::Date;
use safelight::access::gate::DenyList;
use safelight::access::sources::write_new;
use safelight::access::verify::{Edge, TokenIndex, TokenKind};
use safelight::access::{Keys, Secret};

use super::gate_table::{Table, retold};
use crate::support::Site;

/// Links by what the table calls them: the token there, the id of ours, and what the ledger says of it.
const LINKS: [(&str, &str, &str); 7] = [
    ("pqHj2r_ZN1lEF10utN0Ktky71", "aaaaaaaaaaaa", ""),
    ("20270630-pg6_MStAzsLo74L0e9IzayeHV", "bbbbbbbbbbbb", "expires = 2027-06-30\ndated = true\n"),
    ("20270701-pg6_MStAzsLo74L0e9IzayeHV", "cccccccccccc", "expires = 2027-07-01\ndated = true\n"),
    ("20270629-pg6_MStAzsLo74L0e9IzayeHV", "dddddddddddd", "expires = 2027-06-29\ndated = true\n"),
    ("20280101-pg6_MStAzsLo74L0e9IzayeHV", "eeeeeeeeeeee", "expires = 2028-01-01\ndated = true\n"),
    ("pFaMU6AJ5eB7HpqOujXnllyuV", "ffffffffffff", "revoked = 2027-06-29\n"),
    (
        "20280101-pIOO_39yE-9GhjfrKbsnHTYi0",
        "gggggggggggg",
        "expires = 2028-01-01\ndated = true\nrevoked = 2027-06-29\n",
    ),
];
/// Galleries that end themselves, with the token of their pictures in the table: a day in it is theirs.
const ENDING: [(&str, &str, &str); 2] = [
    ("20270630-ag5CvgHR0LOhRQsCm7Rn0u1EB", "kkkkkkkkkkkk", "2027-06-30"),
    ("20270629-ag5CvgHR0LOhRQsCm7Rn0u1EB", "mmmmmmmmmmmm", "2027-06-29"),
];
const GALLERY: &str = "jjjjjjjjjjjj";

#[test]
fn verify_gives_the_verdict_of_the_gates_for_every_line_of_the_table() {
    let table = Table::read();
    let site = Site::empty();
    let root = site.root();
    let secret = Secret::generate(std::array::from_fn(|n| n as u8 * 7 + 3)).unwrap();
    write_new(&secret, &root.join(".safelight/secret")).unwrap();
    let keys = Keys::new(&secret);
    gallery(root, GALLERY, "");
    let mut ledger = format!("version = 1\nroot = \"{}\"\n", keys.root_id());
    ledger.push_str(&format!("[[gallery]]\nid = \"{GALLERY}\"\npath = \"{GALLERY}\"\nepoch = 1\n"));
    for (_, id, said) in LINKS {
        let revoked = said.contains("revoked");
        let said = if revoked { said.split_once("revoked").unwrap().0 } else { said };
        ledger.push_str(&format!("[[gallery.link]]\nid = \"{id}\"\nto = \"{id}\"\nissued = 2026-11-22\n{said}"));
    }
    for (_, id, expires) in ENDING {
        gallery(root, id, &format!("expires = {expires}\n"));
        ledger.push_str(&format!("[[gallery]]\nid = \"{id}\"\npath = \"{id}\"\nepoch = 1\n[[gallery.link]]\nid = \"hhhhhhhhhhhh\"\nto = \"x\"\nissued = 2026-11-22\nexpires = {expires}\n"));
    }
    fs::write(root.join("access.toml"), &ledger).unwrap();
    let settings = |base: &str| {
        let text = format!(
            "title = \"Studio\"\ndated_links = true\nurl = \"https://photos.example.com{base}\"\n[images]\nformats = [\"jpeg\"]\n"
        );
        fs::write(root.join("site.toml"), text).unwrap();
    };
    settings("/");
    run(&site, &["build", "--today", "2027-06-29"], "");
    // Before the two revocations the pictures lay elsewhere.
    let mut ours: BTreeMap<&str, String> = BTreeMap::new();
    ours.insert("azFjRAvkJ_P6ZcKNMykp_IjXg", undated_assets(root));
    for (_, id, said) in LINKS.iter().filter(|link| link.2.contains("revoked")) {
        let before = said.split_once("revoked").unwrap().0;
        let from = format!("to = \"{id}\"\nissued = 2026-11-22\n{before}");
        assert!(ledger.contains(&from));
        ledger = ledger.replace(&from, &format!("{from}revoked = 2027-06-29\n"));
    }
    fs::write(root.join("access.toml"), &ledger).unwrap();
    let former: BTreeMap<&str, String> = ENDING.map(|(theirs, _, day)| (theirs, dated_assets(root, day))).into();
    run(&site, &["build", "--today", "2027-06-30"], "");
    ours.insert("aiszVmMLLXUlp40kJJR9L7I8B", undated_assets(root));
    ours.extend(former);
    for (theirs, id, said) in LINKS {
        let day: Option<Date> =
            theirs.get(..8).filter(|_| said.contains("dated")).map(|day| Date::strptime("%Y%m%d", day).unwrap());
        let token = keys.page_token(GALLERY.parse().unwrap(), id.parse().unwrap(), day);
        ours.insert(theirs, token.path_segment().to_owned());
    }
    assert_eq!(ours.len(), 11);

    let (mut alive, mut dead) = (BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for base in table.cases.iter().map(|case| case.base.as_str()).collect::<BTreeSet<_>>() {
        settings(base);
        let cases: Vec<_> = table.cases.iter().filter(|case| case.base == base).collect();
        let paths: Vec<String> = cases
            .iter()
            .map(|case| ours.iter().fold(case.path.clone(), |path, (theirs, own)| retold(&path, theirs, own)))
            .collect();
        let told = run(&site, &["verify", "-", "--format", "json", "--today", "2027-06-30"], &paths.join("\n"));
        for (at, (case, path)) in cases.iter().zip(&paths).enumerate() {
            let events: Vec<_> = told.iter().filter(|event| event["text"] == at + 1).collect();
            assert!(!events.is_empty(), "{path}");
            for event in events {
                let passes = matches!(case.verdict.as_str(), "page" | "assets" | "entry");
                let known = matches!(event["meaning"].as_str().unwrap(), "page" | "assets");
                let agrees = event["gate"] == *case.verdict
                    && if known { event["alive"] == passes } else { event["alive"] != true };
                if !agrees {
                    wrong.push(format!("{} ({:.90}) is {}: {event}", case.why, path, case.verdict));
                }
                if known {
                    let seen = if passes { &mut alive } else { &mut dead };
                    seen.insert(event["shown"].as_str().unwrap().to_owned());
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    // Every token of ours was met as what it is: two pages and pictures in force, three dated ones, and the dead.
    assert_eq!(alive.len(), 6, "{alive:?}");
    assert!(dead.len() >= 5, "{dead:?}");
}

#[test]
fn the_librarys_verify_gives_the_gates_verdict_and_nothing_refused_is_alive() {
    let table = Table::read();
    let deny = DenyList::new(table.deny.iter().map(String::as_str));
    let today: Date = "2027-06-30".parse().unwrap();
    let gallery = "k3v9q2m7t4xa".parse().unwrap();
    let mut known = TokenIndex::default();
    // All are taken for living ones: what the gate says must be enough.
    for (theirs, ..) in LINKS {
        known.add_assets(theirs, gallery, "", true);
    }
    for token in ["aiszVmMLLXUlp40kJJR9L7I8B", "azFjRAvkJ_P6ZcKNMykp_IjXg", ENDING[0].0, ENDING[1].0] {
        known.add_assets(token, gallery, "", true);
    }
    let mut seen = 0;
    for case in &table.cases {
        let answer = known.answer(&case.path, Edge { base: &case.base, today, deny: &deny });
        assert_eq!(answer.gate.unwrap().name(), case.verdict, "{}", case.why);
        for token in &answer.tokens {
            let passes = matches!(case.verdict.as_str(), "page" | "assets");
            let expected = (token.meaning != TokenKind::Unknown).then_some(passes);
            assert_eq!(answer.opens(&token.meaning, today), expected, "{}", case.why);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

fn gallery(root: &Path, id: &str, said: &str) {
    let folder = root.join("galleries").join(id);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("gallery.toml"), format!("id = \"{id}\"\naccess = \"private\"\n{said}")).unwrap();
    let picture = image::RgbImage::from_fn(48, 32, |x, y| image::Rgb([x as u8, y as u8, id.as_bytes()[0]]));
    picture.save(folder.join("a.png")).unwrap();
}

/// Runs the program, and gives its events.
fn run(site: &Site, arguments: &[&str], input: &str) -> Vec<serde_json::Value> {
    let mut command = site.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
    let out = child.wait_with_output().unwrap();
    // A command that does not read what it is given is not at fault.
    let _ = writer.join().unwrap();
    // `verify` ends with 1 where something is unknown.
    assert!(out.status.code().unwrap() <= 1, "{}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8(out.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap_or_default()).collect()
}

fn assets(root: &Path) -> Vec<String> {
    let names = fs::read_dir(root.join("public/x")).unwrap();
    names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn undated_assets(root: &Path) -> String {
    assets(root).into_iter().find(|name| name.starts_with('a')).unwrap()
}

fn dated_assets(root: &Path, day: &str) -> String {
    let day = day.replace('-', "");
    assets(root).into_iter().find(|name| name.starts_with(&day)).unwrap()
}
