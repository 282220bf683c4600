//! Private galleries from secret to takedown, through the program itself, on small sites made here.

use std::fs;

use crate::support::Site;
use crate::support::crawl::addresses;

#[test]
fn a_link_opens_its_gallery_and_names_nothing_else() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &[]);
    let parents = site.share("their parents", &[]);
    site.build();
    let page = site.page(&couple);
    for needed in ["Boathouse", "noindex, nofollow, noarchive, noimageindex", "no-referrer", "Dance"] {
        assert!(page.contains(needed), "{needed}\n{page}");
    }
    let token = |link: &str| link.trim_start_matches("g/").trim_end_matches('/').to_owned();
    let assets = site.assets();
    assert_eq!(assets.len(), 1);
    let files = site.output();
    let mut private_pages = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("g/") || path.starts_with("x/")) {
        let text = String::from_utf8_lossy(bytes);
        for foreign in
            ["SECRET_", "secret_", "DSC_", "the couple", "their parents", "lake-house", "canonical", "guests"]
        {
            assert!(!text.contains(foreign), "{foreign} in {path}");
        }
        if path.ends_with(".html") {
            private_pages += usize::from(bytes != safelight::pages::BLANK.as_bytes());
            assert!(!text.contains(&token(if path.starts_with(&couple) { &parents } else { &couple })), "{path}");
            assert!(!text.contains("src=\"http") && !text.contains("coast"), "{path}");
            for address in addresses(&text) {
                let file =
                    if address.is_empty() || address.ends_with('/') { format!("{address}index.html") } else { address };
                assert!(files.contains_key(&file), "{path} leads to {file}, which is not there");
            }
        }
    }
    // Two grids and three photos, and the grid beside them.
    assert_eq!(private_pages, 6);
    // The same photo in a public gallery has another name.
    let names = |prefix: &str| -> Vec<String> {
        let pictures = files.keys().filter(|path| path.starts_with(prefix) && path.ends_with(".jpg"));
        pictures.map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert!(!names("img/").is_empty() && names("x/").iter().all(|name| name.starts_with('i') && name.len() == 17 + 4));
    // Nothing public leads there.
    for (path, bytes) in site.public() {
        let text = String::from_utf8_lossy(&bytes);
        for private in ["Boathouse", "SECRET_0", "the couple", "lake-house", &token(&couple), &assets[0]] {
            assert!(!text.contains(private), "{private} in {path}");
        }
    }
    let again = site.run(&["build", "--today", "2027-01-02", "--format", "json"]).fine();
    assert!(
        again.out.contains("\"new\":{\"files\":0") && again.out.contains("\"changed\":{\"files\":0"),
        "{}",
        again.out
    );
}

#[test]
fn the_public_part_is_what_it_would_be_without_private_galleries() {
    let site = Site::with_private_gallery();
    // Names that would collide, and an unlisted folder around a private one.
    site.put_png("galleries/Lake House/DSC_0003.png", 3);
    site.put("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/DSC_0004.png", 4);
    site.put("galleries/quiet/inner/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/quiet/inner/DSC_0005.png", 5);
    site.share("the couple", &[]);
    site.run(&["share", "quiet/inner", "--to", "Ida", "--today", "2027-01-01"]).fine();
    site.build();
    let with = site.public();
    assert!(site.output().len() > with.len() + 8);

    for gone in ["galleries/lake-house", "galleries/quiet/inner", "public", ".safelight"] {
        fs::remove_dir_all(site.path(gone)).unwrap();
    }
    fs::remove_file(site.path("access.toml")).unwrap();
    site.build();
    let without = site.output();
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    let different: Vec<_> =
        with.iter().filter(|(path, bytes)| without[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn a_revoked_link_dies_with_its_pictures_and_nobody_elses() {
    let site = Site::with_private_gallery();
    let (couple, parents) = (site.share("the couple", &[]), site.share("their parents", &[]));
    site.build();
    let (before, public) = (site.assets(), site.public());
    let dry = site.run(&["revoke", "lake-house", "--to", "the couple", "--dry-run"]).fine();
    assert!(dry.err.contains("would stop working") && !site.read("access.toml").contains("revoked"), "{}", dry.err);
    let done = site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    assert!(done.err.contains("stops working") && done.err.contains("1 link stays"), "{}", done.err);
    let purge = site.path("purge.txt");
    site.run(&["build", "--today", "2027-01-02", "--purge-list", purge.to_str().unwrap()]).fine();
    assert!(site.is_tombstone(&couple) && site.page(&couple).contains("hello@example.com"));
    assert!(site.page(&parents).contains("Boathouse"));
    let after = site.assets();
    assert!(before.len() == 1 && after.len() == 1 && before != after);
    assert_eq!(site.public(), public);
    let purge = fs::read_to_string(purge).unwrap();
    assert!(
        purge.contains(&format!("/{couple}\n")) && purge.contains(&before[0]) && !purge.contains(&after[0]),
        "{purge}"
    );
    site.run(&["revoke", "lake-house", "--to", "the couple"]).refused(3, "was revoked");
    // Its former pictures are still known by their address.
    let known = site.run(&["verify", &format!("GET /x/{}/ HTTP/1.1", before[0]), &couple]).fine();
    assert!(known.out.contains("no longer lie") && known.out.contains("revoked 2027-01-02"), "{}", known.out);
    assert!(!known.out.contains(couple.trim_start_matches("g/").trim_end_matches('/')));
}

#[test]
fn a_last_day_ends_a_link_and_a_later_one_brings_it_back_with_other_pictures() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &["--expires", "2027-01-31"]);
    site.build_on("2027-01-31");
    let before = site.assets();
    assert!(!site.is_tombstone(&link));
    site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "2027-02-28", "--today", "2027-01-31"])
        .fine();
    site.build_on("2027-01-31");
    assert_eq!(site.assets(), before);
    assert!(!site.is_tombstone(&link));
    site.build_on("2027-03-01");
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
    site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "30d", "--today", "2027-03-01"]).fine();
    assert!(site.read("access.toml").contains("epoch = 2"));
    site.build_on("2027-03-01");
    assert!(!site.is_tombstone(&link));
    assert!(site.assets().len() == 1 && site.assets() != before);
}

#[test]
fn a_dated_link_carries_its_day_and_says_when_it_was_renewed() {
    let site = Site::with_private_gallery();
    let settings = site.read("site.toml");
    site.put("site.toml", format!("dated_links = true\n{settings}"));
    let link = site.share("the couple", &["--expires", "2027-01-31"]);
    assert!(link.starts_with("g/20270131-p"), "{link}");
    site.build();
    let extended = site.run(&["extend", "lake-house", "--to", "the couple", "--expires", "2027-02-28"]).fine();
    let renewed = extended.link();
    assert!(renewed.starts_with("g/20270228-p") && renewed[11..] != link[11..], "{renewed}");
    site.build();
    assert!(site.is_tombstone(&link) && !site.page(&link).contains(&renewed) && !site.is_tombstone(&renewed));
    let gate = site.run(&["edge", "cloudflare"]).fine();
    let token = link.trim_start_matches("g/").trim_end_matches('/').to_lowercase();
    assert!(gate.out.contains(&token) && !gate.out.contains(&renewed[2..36].to_lowercase()), "{}", gate.out);
}

#[test]
fn two_audiences_see_different_pictures_and_not_each_other() {
    let site = Site::with_private_gallery();
    let guests =
        site.run(&["share", "lake-house", "--to", "a guest", "--audience", "guests", "--today", "2027-01-01"]).fine();
    assert!(
        guests.err.contains("lake-house  1 photo, 1 hidden") && guests.err.contains("lake-house/dance  1 photo"),
        "{}",
        guests.err
    );
    let couple = site.share("the couple", &[]);
    site.build();
    assert_eq!(site.assets().len(), 2);
    let count = |page: &str| page.matches("/x/a").count();
    let (of_guests, of_couple) = (site.page(&guests.link()), site.page(&couple));
    assert!(count(&of_guests) < count(&of_couple));
    let assets_of = |page: &str| page.split_once("/x/").unwrap().1[..25].to_owned();
    assert!(assets_of(&of_guests) != assets_of(&of_couple) && !of_guests.contains(&assets_of(&of_couple)));
    let arguments = ["share", "lake-house", "--to", "x", "--audience", "gests"];
    let unknown = site.run(&arguments).refused(3, "no audience `gests`");
    assert!(unknown.err.contains("did you mean `guests`?"));
}

#[test]
fn without_the_right_secret_nothing_is_written() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    let secret = site.read(".safelight/secret");
    fs::remove_file(site.path(".safelight/secret")).unwrap();
    site.try_build().refused(5, "the secret that they are made with is not at hand");
    let other = Site::with_private_gallery();
    let wrong = other.read(".safelight/secret");
    let damaged = secret.replacen(&secret[20..21], if &secret[20..21] == "A" { "B" } else { "A" }, 1);
    for bad in [wrong.as_str(), damaged.as_str()] {
        let ran = site.run_with(&["build"], &[("SAFELIGHT_SECRET", bad.trim_end())]);
        assert_eq!(ran.code, 5, "{}", ran.err);
        assert!(!ran.err.contains(&bad[5..20]));
    }
    assert!(!site.path("public").exists());
    // As in the CI of a fork: the variable is there and empty.
    let public = site.run_with(&["build", "--public-only"], &[("SAFELIGHT_SECRET", "")]).fine();
    assert!(public.err.contains("is private; it is left out"), "{}", public.err);
    assert!(site.assets().is_empty() && site.path("public/index.html").exists());
    site.run_with(&["build"], &[("SAFELIGHT_SECRET", secret.trim_end())]).fine();
    assert_eq!(site.assets().len(), 1);
    site.run(&["build", "--public-only"]).refused(3, "private files");
    assert_eq!(site.assets().len(), 1);
    site.run(&["secret", "new"]).refused(5, "links already");
}

#[test]
fn a_gallery_keeps_its_links_when_its_folder_moves() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let before = site.output();
    fs::create_dir_all(site.path("galleries/weddings")).unwrap();
    fs::rename(site.path("galleries/lake-house"), site.path("galleries/weddings/boathouse")).unwrap();
    site.build();
    assert_eq!(site.output(), before);
    let listed = site.run(&["links", "--reveal"]).fine();
    assert!(listed.out.contains("weddings/boathouse") && listed.out.contains(&link), "{}", listed.out);
    site.run(&["revoke", "galleries/weddings/boathouse", "--to", "the couple"]).fine();
    // A new folder at the old path answers no old link, and a copy of the folder is refused.
    fs::remove_dir_all(site.path("galleries/weddings")).unwrap();
    site.put_private_gallery();
    site.try_build().refused(3, "has not the `id`");
}

#[test]
fn a_closed_gallery_is_dead_and_its_folder_may_go() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let gallery = site.path("galleries/lake-house");
    let aside = site.path("aside");
    fs::rename(&gallery, &aside).unwrap();
    site.try_build().refused(3, "has gone").refused(3, "safelight retire");
    assert!(!site.is_tombstone(&link));
    fs::rename(&aside, &gallery).unwrap();
    site.run(&["retire", "lake-house"]).fine();
    fs::remove_dir_all(&gallery).unwrap();
    site.build();
    assert!(site.is_tombstone(&link) && site.assets().is_empty());
    site.build_on("2027-05-01");
    assert!(!site.path("public/g").exists());
}

#[test]
fn a_ledger_that_lost_something_is_refused_before_anything_is_written() {
    let site = Site::with_private_gallery();
    site.share("the couple", &[]);
    site.run(&["revoke", "lake-house", "--to", "the couple", "--today", "2027-01-01"]).fine();
    site.share("their parents", &[]);
    site.build();
    let (ledger, output) = (site.read("access.toml"), site.output());
    site.put("access.toml", ledger.replace("revoked = 2027-01-01\n", ""));
    site.try_build().refused(3, "no longer revoked; it was in the last publish");
    fs::remove_file(site.path("access.toml")).unwrap();
    site.try_build().refused(3, "has vanished");
    assert_eq!(site.output(), output);
    site.put("access.toml", &ledger);
    site.build();
}

#[test]
fn share_says_what_it_opens_and_loses_no_comment() {
    let site = Site::with_private_gallery();
    let before = site.read("galleries/lake-house/gallery.toml");
    let dry = site
        .run(&[
            "share",
            "galleries/lake-house/",
            "--to",
            "the couple",
            "--expires",
            "90d",
            "--dry-run",
            "--today",
            "2027-01-01",
        ])
        .fine();
    assert!(dry.err.contains("lake-house  2 photos") && dry.err.contains("2027-04-01 23:59:59 UTC"), "{}", dry.err);
    assert!(dry.out.is_empty() && !site.path("access.toml").exists());
    assert_eq!(site.read("galleries/lake-house/gallery.toml"), before);
    let qr = site.path("card.svg");
    let link = site.share("the couple", &["--qr", qr.to_str().unwrap()]);
    assert!(link.ends_with('/') && fs::read_to_string(qr).unwrap().contains("<svg"));
    let after = site.read("galleries/lake-house/gallery.toml");
    assert!(before.lines().all(|line| after.contains(line)) && after.contains("id = \""), "{after}");
    site.run(&["share", "coast", "--to", "x"]).refused(3, "is public");
    site.run(&["share", "cost", "--to", "x"]).refused(2, "there is no gallery").refused(2, "did you mean `coast`?");
    site.run(&["share", "coast", "--to", "x", "--private"]).fine();
    assert!(site.read("galleries/coast/gallery.toml").contains("access = \"private\""));
    site.run(&["share", "lake-house", "--to", "x", "--qr", "public/card.svg"]).refused(2, "would be published");
    let dance = site.run(&["share", "lake-house/dance", "--to", "the band"]).fine();
    assert!(dance.err.contains("links of `lake-house` no longer open it"), "{}", dance.err);
    site.build();
    assert!(!site.page(&link).contains("Dance") && site.page(&dance.link()).contains("Dance"));
}

#[test]
fn tables_and_cards_show_links_only_when_asked() {
    let site = Site::with_private_gallery();
    let link = site.share("=cmd", &[]);
    let token = link.trim_start_matches("g/").trim_end_matches('/');
    for arguments in [&["links"][..], &["links", "--format", "csv"], &["links", "--format", "json"]] {
        let ran = site.run(arguments).fine();
        assert!(ran.out.contains("lake-house") && !ran.out.contains(token), "{}", ran.out);
    }
    assert!(site.run(&["links", "--format", "csv"]).out.contains("\"'=cmd\""));
    site.run(&["build", "--format", "csv"]).refused(2, "only `links`");
    site.run(&["links", "--format", "csv", "--cards", "x.html"]).refused(2, "cards are a page");
    site.run(&["links", "--csv"]).refused(2, "--csv");
    assert!(site.run(&["links", "--reveal"]).out.contains(token));
    site.run(&["links", "--cards", "cards.html", "--page-per-gallery"]).fine();
    assert!(site.read("cards.html").contains(&link) && site.read("cards.html").contains("Boathouse"));
    let github = site.run_with(&["build"], &[("GITHUB_ACTIONS", "true")]).fine();
    assert!(
        github.out.starts_with("::add-mask::") && github.out.contains(&format!("::add-mask::{token}\n")),
        "{}",
        github.out
    );
    let quiet = site.run(&["build", "--verbose"]).fine();
    assert!(!quiet.out.contains(token) && !quiet.err.contains(token));
    site.run(&["verify", "https://photos.example.com/g/pAAAAAAAAAAAAAAAAAAAAAAAA/"]).refused(1, "");
    let next = site.run(&["next-expiry"]).fine();
    assert!(next.err.contains("no living link and no open gallery has a last day"));
    site.share("Ida", &["--expires", "2027-06-30"]);
    assert!(site.run(&["next-expiry", "--cron", "--today", "2027-01-01"]).fine().out.contains("5 0 1 7 *"));
    assert!(
        site.run(&["next-expiry", "--ics", "--today", "2027-01-01"]).fine().out.contains("DTSTART:20270701T000500Z")
    );
}

#[test]
fn a_planned_change_of_the_secret_keeps_former_addresses_until_its_day() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    site.run(&["secret", "rotate", "--until", "2027-02-01"]).fine();
    let former = site.read(".safelight/secret.previous");
    let next = |more: &[&str], day: &str| site.run(&[&["next-expiry", "--today", day], more].concat()).fine().out;
    assert!(next(&[], "2027-01-02").contains("the former addresses of all links work until 2027-02-01"));
    assert!(next(&["--cron"], "2027-01-02").contains("5 0 2 2 *"));
    assert!(
        next(&["--ics"], "2027-01-02").contains("SUMMARY:Build and publish: the former addresses of all links end")
    );
    assert_eq!(next(&["--cron"], "2027-02-02"), "");
    fs::remove_file(site.path(".safelight/secret.previous")).unwrap();
    site.try_build().refused(5, "the former secret");
    site.run_with(&["build"], &[("SAFELIGHT_SECRET_PREVIOUS", former.trim_end())]).fine();
    let new = site.run(&["links", "--reveal"]).fine().link();
    assert!(new != link && !site.is_tombstone(&new) && !site.is_tombstone(&link));
    assert_eq!(site.assets().len(), 1);
    site.build_on("2027-02-02");
    assert!(!site.is_tombstone(&new) && !site.path(format!("public/{link}")).exists());
    site.run(&["secret", "rotate", "--compromised", "--today", "2027-02-02"]).fine();
    site.build_on("2027-02-02");
    assert!(!site.path(format!("public/{new}")).exists() && site.assets().len() == 1);
}

#[test]
fn an_address_under_a_secret_that_was_given_up_is_told_apart_from_an_unknown_one() {
    let site = Site::with_private_gallery();
    let couple = site.share("the couple", &["--expires", "2027-06-30"]);
    let parents = site.share("their parents", &[]);
    site.build();
    let told = |link: &str| site.run(&["verify", &format!("/{link}")]);
    assert!(!told(&couple).fine().out.contains("given up"));
    site.run(&["revoke", "lake-house", "--to", "their parents"]).fine();
    site.build();
    let given_up = |when: &str| {
        for (link, whose) in [
            (&couple, "the link of `the couple` to `lake-house`, alive; "),
            (&parents, "the link of `their parents` to `lake-house`, revoked 2027-01-02; "),
        ] {
            let told = told(link).fine();
            assert!(told.out.contains(&format!("{whose}made with a secret that was given up")), "{when}: {}", told.out);
            let json = site.run(&["verify", &format!("/{link}"), "--today", "2027-01-02", "--format", "json"]).fine();
            let event: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
            assert_eq!((&event["alive"], &event["previous_root"]), (&false.into(), &true.into()), "{when}");
        }
    };
    for _ in 0..2 {
        site.run(&["secret", "rotate", "--compromised"]).fine();
        given_up("before the next build");
        for _ in 0..2 {
            site.build();
            given_up("after it");
        }
    }
    let new = site.run(&["links", "--reveal", "--alive"]).fine().link();
    assert!(new != couple && !told(&new).fine().out.contains("given up"));
    // Where such an address stands in what is published, an audit knows it.
    site.run(&["audit"]).fine();
    site.put("public/leak.txt", format!("see /{couple}"));
    site.run(&["audit"]).refused(1, "the address of a link under a secret that was given up");
}

#[test]
fn a_cover_that_an_audience_is_not_shown_is_said_to_be_hidden_from_it() {
    let site = Site::with_private_gallery();
    let said = site.read("galleries/lake-house/gallery.toml");
    let with_cover = |cover: &str| {
        let id = site.read("galleries/lake-house/gallery.toml");
        let id = id.lines().find(|line| line.starts_with("id =")).map(|line| format!("{line}\n")).unwrap_or_default();
        site.put("galleries/lake-house/gallery.toml", format!("{id}cover = \"{cover}\"\n{said}"));
    };
    site.share("the couple", &[]);
    site.share("a guest", &["--audience", "guests"]);
    with_cover("SECRET_0009.png");
    let ran = site.build();
    let told = "warning: `galleries/lake-house/gallery.toml`: `cover` names `SECRET_0009.png`, which the audience `guests` \
                is not shown; another photo is its cover there\n";
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(!ran.err.contains("did you mean") && ran.err.matches("`cover` names").count() == 1, "{}", ran.err);
    with_cover("SECRET_0008.png");
    let ran = site.build();
    assert!(ran.err.contains("which this gallery does not show\nhint: did you mean `SECRET_000"), "{}", ran.err);
    assert_eq!(ran.err.matches("`cover` names").count(), 1, "{}", ran.err);
}

#[test]
fn what_is_forgotten_is_gone_and_what_remains_is_told() {
    let site = Site::with_private_gallery();
    let link = site.share("their parents", &[]);
    site.build();
    site.run(&["forget", "--person", "their parents"]).refused(2, "needs a yes");
    let person = site.run(&["forget", "--person", "their parents", "--yes"]).fine();
    assert!(person.err.contains("backups") && !site.read("access.toml").contains("their parents"));
    site.build();
    assert!(!site.is_tombstone(&link));
    let before = site.output();
    let photo = site.run(&["forget", "--photo", "lake-house/SECRET_0009.png", "--yes"]).fine();
    assert!(!site.path("galleries/lake-house/SECRET_0009.png").exists());
    let gone: Vec<&String> =
        photo.out.lines().filter_map(|line| before.keys().find(|path| line == format!("/{path}"))).collect();
    let lies_there = |path: &&&String| site.path("public").join(path).exists();
    // Pages that show it stay until the next build, and must be fetched anew then.
    let (there, gone): (Vec<&String>, Vec<&String>) = gone.iter().partition(lies_there);
    assert!(gone.len() >= 2 && there.iter().any(|path| **path == format!("{link}index.html")), "{}", photo.out);
    site.build();
    assert!(site.output().len() < before.len());
}

#[test]
fn a_fresh_machine_lists_what_caches_must_forget_by_an_earlier_record() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    let before = site.assets();
    fs::copy(site.path(".safelight/published/public.manifest"), site.path("earlier")).unwrap();
    // What a checkout in CI has: no output, no record.
    fs::remove_dir_all(site.path("public")).unwrap();
    fs::remove_dir_all(site.path(".safelight/published")).unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let arguments = ["build", "--today", "2027-01-02", "--purge-list", "purge", "--previous-manifest", "earlier"];
    site.run(&arguments).fine();
    let purge = site.read("purge");
    assert!(purge.contains(&format!("/{link}index.html\n")) && purge.contains(&before[0]), "{purge}");
    assert!(!purge.contains("/coast/"), "{purge}");
}

#[test]
fn an_error_about_a_private_file_does_not_hold_its_address() {
    let site = Site::with_private_gallery();
    let link = site.share("the couple", &[]);
    site.build();
    // Somebody put something where the page belongs.
    let page = site.path(format!("public/{link}index.html"));
    fs::remove_file(&page).unwrap();
    fs::create_dir(&page).unwrap();
    fs::write(page.join("mine"), "x").unwrap();
    site.run(&["revoke", "lake-house", "--to", "the couple"]).fine();
    let ran = site.try_build().refused(3, "of somebody else");
    assert!(!ran.err.contains(link.trim_start_matches("g/").trim_end_matches('/')), "{}", ran.err);
    assert!(site.assets().is_empty(), "{}", ran.err);
}
