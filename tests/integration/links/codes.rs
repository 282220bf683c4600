//! Codes of links: shared, listed, printed on cards, looked up, ended.

use std::fs;

use safelight::access::code::normal_code;
use safelight::access::{Keys, Secret};

use super::sealed::{SETTINGS, seal};
use crate::support::{Site, said};

const LOOK_UP: &str = "\n[find]\nlabel = \"Event number\"\n";

/// Links that are known, to a gallery that is sealed.
fn sealed() -> Site {
    let site = Site::with_known_links();
    seal(&site);
    site
}

/// The code of one of the known links.
fn code(site: &Site, link: &str) -> String {
    let keys = Keys::new(&Secret::parse(site.read(".safelight/secret").trim()).unwrap());
    keys.link_code("k3v9q2m7t4xa".parse().unwrap(), link.parse().unwrap()).expose().to_string()
}

fn with_look_up_page(site: &Site) {
    site.put("site.toml", site.read("site.toml") + LOOK_UP);
}

/// Makes one of the known links one that its code finds.
fn findable(site: &Site, link: &str) {
    let id = format!("id = \"{link}\"\n");
    site.put("access.toml", site.read("access.toml").replace(&id, &format!("{id}find = true\n")));
}

#[test]
fn a_sealed_gallery_is_shared_with_a_code_and_on_request_in_the_link() {
    let site = Site::with_private_gallery();
    seal(&site);
    let run = site.run(&["share", "lake-house", "--to", "the couple"]).fine();
    let lines: Vec<&str> = run.out.lines().collect();
    let [link, code] = lines.as_slice() else { panic!("{}", run.out) };
    let symbols = normal_code(code.strip_prefix("code: ").unwrap()).unwrap();
    assert!(link.ends_with('/') && !link.contains('#'));
    let listed = site.run(&["links", "--reveal", "--with-code"]).fine().out;
    let symbols = std::str::from_utf8(symbols.symbols()).unwrap();
    assert!(listed.contains(&format!("{link}#k={symbols}")), "{listed}");

    let run = site.run(&["share", "lake-house", "--to", "the band", "--with-code", "--format", "json"]).fine();
    let told = run.events().pop().unwrap();
    let symbols = told["code"].as_str().unwrap().replace('-', "");
    assert!(told["url"].as_str().unwrap().ends_with(&format!("/#k={symbols}")), "{told}");
    assert_eq!((&told["sealed"], &told["find"]), (&true.into(), &serde_json::Value::Null));
    // A code that nobody could use later is not shown.
    let run = site.run(&["share", "lake-house", "--to", "Ida", "--with-code", "--dry-run"]).fine();
    assert_eq!(run.out, "");
    insta::assert_snapshot!(said());
}

#[test]
fn a_gallery_below_a_sealed_one_stays_sealed_when_it_is_shared() {
    let site = Site::with_private_gallery();
    seal(&site);
    let run = site.run(&["share", "lake-house/dance", "--to", "the band"]).fine();
    assert!(run.out.contains("code: ") && run.err.contains("`access = \"sealed\"`"), "{}", run.err);
    assert!(site.read("galleries/lake-house/dance/gallery.toml").contains("access = \"sealed\""));
}

#[test]
fn a_private_link_has_a_code_only_where_it_finds_the_link() {
    let site = Site::with_private_gallery();
    site.session(&["share lake-house --to 'the couple' --with-code", "share lake-house --to 'the guests' --find"]);
    assert!(!site.path("access.toml").exists());
    with_look_up_page(&site);
    site.session(&[
        "share lake-house --to 'the guests' --find",
        "share lake-house --to 'the band' --find --dry-run",
        "share coast --to 'anybody' --find",
        "share coast --to 'anybody' --find --private",
    ]);
    let told = site.run(&["share", "lake-house", "--to", "Ida", "--find", "--format", "json"]).fine().events();
    assert_eq!(told.last().unwrap()["find"], "https://photos.example.com/find/");
    let ledger = site.read("access.toml");
    assert_eq!(ledger.matches("find = true").count(), 3);
    let plain = site.share("without a code", &[]);
    let listed = site.run(&["links", "--format", "json", "--reveal"]).fine();
    for event in listed.events().iter().filter(|event| event["event"] == "link") {
        let is_plain = event["link"].as_str().unwrap().ends_with(&plain);
        assert_eq!((event["code"].is_null(), &event["find"]), (is_plain, &(!is_plain).into()), "{event}");
    }
    insta::assert_snapshot!(said());
}

#[test]
fn codes_are_listed_on_request_alone_and_of_working_links_alone() {
    let site = sealed();
    let (couple, cousin) = (code(&site, "h7w2c9d4n5ke"), code(&site, "b6f1j5p9r3hc"));
    for arguments in [&["links"][..], &["links", "--format", "csv"], &["links", "--format", "json"]] {
        let out = site.run(arguments).fine().out;
        assert!(!out.contains(&couple) && !out.contains(&couple.replace('-', "")), "{out}");
    }
    for format in ["text", "csv", "json"] {
        let out = site.run(&["links", "--reveal", "--with-code", "--format", format]).fine().out;
        assert!(out.contains(&couple) && !out.contains(&cousin) && !out.contains(&cousin.replace('-', "")), "{out}");
    }
    said();
    site.session(&["links --with-code", "links --reveal", "links --reveal --with-code --format csv"]);
    insta::assert_snapshot!(said());
}

#[test]
fn the_log_of_a_workflow_hides_codes_before_it_shows_them() {
    let site = sealed();
    let couple = code(&site, "h7w2c9d4n5ke");
    let run = site.run_with(&["links", "--reveal", "--with-code"], &[("GITHUB_ACTIONS", "true")]).fine();
    for form in [couple.clone(), couple.replace('-', "")] {
        let masked = run.out.find(&format!("::add-mask::{form}\n")).expect("a code is hidden");
        let shown = run.out.rfind(&form).unwrap();
        assert!(masked + form.len() < shown, "{}", run.out);
    }
    let run = site.run_with(&["share", "lake-house", "--to", "Ida"], &[("GITHUB_ACTIONS", "true")]).fine();
    let shown = run.out.lines().find_map(|line| line.strip_prefix("code: ")).unwrap();
    let before = run.out.split("code: ").next().unwrap();
    assert!(before.contains(&format!("::add-mask::{shown}\n")), "{}", run.out);
}

#[test]
fn cards_show_codes_where_they_are_of_use() {
    let site = Site::with_known_links();
    let cards = |site: &Site, more: &[&str]| {
        site.run(&[&["links", "--cards", "cards.html"][..], more].concat()).fine();
        site.read("cards.html")
    };
    let pictures = |page: &str| -> Vec<String> {
        page.split("<svg").skip(1).map(|rest| rest.split("</svg>").next().unwrap().to_owned()).collect()
    };
    let private = cards(&site, &[]);
    let couple = code(&site, "h7w2c9d4n5ke");
    assert!(!private.contains(&couple) && pictures(&private).len() == 3);
    seal(&site);
    let plain = cards(&site, &[]);
    assert!(plain.contains(&format!("Code<br><b>{couple}</b>")), "{plain}");
    // The QR code is that of the plain link, unless its holder need not type.
    assert_eq!(pictures(&plain), pictures(&private));
    let open = cards(&site, &["--with-code"]);
    assert!(pictures(&open).iter().zip(pictures(&private)).all(|(one, other)| *one != other));
    let bare = cards(&site, &["--no-qr"]);
    assert!(bare.contains(&couple) && bare.contains("/g/") && pictures(&bare).is_empty());
    // A card whose code works on the look-up page says where that is, and has no address that nobody types.
    with_look_up_page(&site);
    findable(&site, "h7w2c9d4n5ke");
    let found = cards(&site, &["--no-qr"]);
    let card = found.split("<article>").find(|card| card.contains(&couple)).unwrap();
    assert!(card.contains(">photos.example.com/find<") && card.contains("Event number<br>"), "{card}");
    assert!(!card.contains("/g/") && found.matches("/g/").count() == 2, "{card}");
    site.put("site.toml", site.read("site.toml").replace("Event number", "<Number>"));
    assert!(cards(&site, &[]).contains("&lt;Number&gt;<br>"));
    insta::assert_snapshot!(said());
}

#[test]
fn verify_tells_whose_a_code_is_and_what_it_does() {
    let site = sealed();
    let (couple, cousin) = (code(&site, "h7w2c9d4n5ke"), code(&site, "b6f1j5p9r3hc"));
    findable(&site, "b6f1j5p9r3hc");
    let typed = couple.to_lowercase().replace('-', " ");
    let mistyped = format!("{}{}", if couple.starts_with('0') { '1' } else { '0' }, &couple[1..]);
    let verify = |text: &str, more: &[&str]| site.run(&[&["verify", text][..], more].concat());
    assert!(verify(&typed, &[]).fine().out.contains("code of the link of `the couple` to `lake-house`, alive"));
    assert!(verify(&couple, &["--today", "2027-05-01"]).fine().out.contains("expired 2027-03-31"));
    assert!(verify(&cousin, &[]).fine().out.contains("revoked 2027-01-02"));
    assert!(verify(&mistyped, &[]).refused(1).out.contains("typo"));
    assert!(verify(&couple[..couple.len() - 1], &[]).refused(1).out.contains("16 letters"));
    assert!(verify("3SSP-TAE7-21FM-A34X", &[]).refused(1).out.contains("not of this site"));
    // An id, and a word, are no codes.
    for other in ["h7w2c9d4n5ke", "photographs-of-us", "20270630-photo.jpg"] {
        assert!(verify(other, &[]).refused(1).out.contains("nothing that looks like a link"), "{other}");
    }
    let link = site.run(&["links", "--reveal", "--with-code"]).fine().out;
    let link = link.split_whitespace().find(|word| word.contains("#k=")).unwrap();
    let told = verify(link, &["--format", "json"]).fine().events();
    let meanings: Vec<_> = told.iter().filter_map(|event| event["meaning"].as_str()).collect();
    assert_eq!(meanings, ["code", "page"]);
    said();
    let private = Site::with_known_links();
    private.session(&[&format!("verify {couple}"), &format!("verify {couple} --format json")]);
    insta::assert_snapshot!(said());
}

#[test]
fn verify_knows_where_codes_lead_through() {
    let site = Site::with_known_links();
    with_look_up_page(&site);
    for link in ["h7w2c9d4n5ke", "b6f1j5p9r3hc"] {
        findable(&site, link);
    }
    site.build();
    let names: Vec<String> =
        site.output().into_keys().filter(|path| path.starts_with("e/e") && path.ends_with(".bin")).collect();
    assert_eq!(names.len(), 2);
    let told: String = names.iter().map(|name| site.run(&["verify", &format!("/{name}")]).fine().out).collect();
    assert!(told.contains("the code of `the couple` leads to `lake-house`"), "{told}");
    assert!(told.contains("the code of `a cousin`") && told.contains("the link is revoked 2027-01-02"), "{told}");
    // The record is only a short cut.
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    let again: String = names.iter().map(|name| site.run(&["verify", &format!("/{name}")]).fine().out).collect();
    assert_eq!(again, told);
    let log = format!("10.0.0.1 - - [01/Jan/2027:10:00:00 +0000] \"GET /{} HTTP/1.1\" 200", names[0]);
    assert!(site.run(&["verify", &log]).fine().out.contains("leads to `lake-house`"));
    assert!(site.run(&["verify", "/e/eAAAAAAAAAAAAAAAAAAAAAAAA.bin"]).refused(1).out.contains("unknown"));
}

#[test]
fn what_ends_or_moves_a_link_says_what_becomes_of_its_code() {
    let site = sealed();
    site.put(SETTINGS, site.read(SETTINGS).replace("[audiences", "passwords = true\n[audiences"));
    site.put(".safelight/passwords.toml", "[k3v9q2m7t4xa]\n\"\" = [\"tulip anvil mosaic kettle\"]\n");
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(site.path(".safelight/passwords.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    site.session(&[
        "revoke lake-house --to 'their parents' --dry-run",
        "revoke lake-house --to 'their parents'",
        "extend lake-house --to 'the couple' --expires 2027-06-30",
        "rotate lake-house",
        "revoke lake-house --to 'a guest'",
        "secret rotate --until 30d --dry-run",
        "retire lake-house",
    ]);
    insta::assert_snapshot!(said());
}
