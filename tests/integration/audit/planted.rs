//! Every kind of finding, planted and found.

use super::*;

#[test]
fn a_clean_site_gives_no_finding_and_every_byte_is_read() {
    let site = Site::new();
    let report = site.audit();
    assert_eq!(report.findings, []);
    assert!(site.config.output.join("g").join(site.living()).join("index.html").is_file());
    assert!(report.files > 10 && report.bytes > 10_000);
    site.run(&["audit"]).fine();
}

/// Every word of the public part counts as what a private gallery is called: it stood there without it.
#[test]
fn a_private_gallery_called_like_any_word_that_the_program_writes_gives_no_finding() {
    let site = Site::new();
    let mut input = AuditInput::of_site(&site.config, &site.config.output, &site.sources(), DAY).unwrap();
    let mut words = BTreeSet::new();
    for path in input.files.iter().filter(|(_, file)| file.reach == Reach::Public).map(|(path, _)| path) {
        let content = fs::read(site.config.output.join(path)).unwrap();
        let text = String::from_utf8_lossy(&content).into_owned();
        let shortest = if std::str::from_utf8(&content).is_ok() { 4 } else { 7 };
        let letters = text.split(|letter: char| !letter.is_alphanumeric());
        let is_word =
            |word: &&str| word.len() >= shortest && word.chars().skip(1).all(|letter| letter.is_ascii_lowercase());
        // What boxes of AVIF are called by is no word.
        let is_box = |word: &&str| matches!(*word, "ftypavif" | "colrnclx");
        words.extend(letters.filter(is_word).filter(|word| !is_box(word)).map(str::to_owned));
    }
    assert!(words.len() > 200, "{words:?}");
    let word = |text: String| Word { text, what: WordKind::Title, gallery: None, link: None };
    input.words = words.into_iter().map(word).collect();
    let report = audit(&input).unwrap();
    let found: Vec<_> =
        report.findings.iter().map(|finding| (&finding.file, finding.offset, &finding.message)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_private_token_in_a_public_file_is_found_in_every_form() {
    let site = Site::new();
    for token in [site.living(), site.page("q8r3x6v1z0mb"), site.assets()] {
        site.finds("index.html", &token, Kind::Token, Some(0));
        site.finds("index.html", percent(&token), Kind::Token, Some(0));
        site.finds("index.html", percent(&percent(&token)), Kind::Token, Some(0));
        site.finds("index.html", format!("x {}", hex(&token)), Kind::Token, Some(2));
        assert!(
            site.found("index.html", STANDARD.encode(format!("?{token}?")).as_bytes())
                .iter()
                .any(|f| f.0 == Kind::Token)
        );
        site.finds("index.html", gzip(token.as_bytes()), Kind::Token, Some(0));
        site.finds("index.html", zip(token.as_bytes()), Kind::Token, Some(0));
        site.finds("index.html", zip(&gzip(token.as_bytes())), Kind::Token, Some(0));
    }
    let wide: Vec<u8> = site.living().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let picture = site.config.output.join("img/mountains");
    let name = fs::read_dir(picture).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
    site.finds(&format!("img/mountains/{name}"), wide, Kind::Token, Some(0));
}

#[test]
fn private_words_in_public_files_are_found_and_what_a_public_source_says_is_a_notice() {
    let site = Site::new();
    for word in ["Seehaus Zauber", "seehaus-zauber", "lake-house", "Anneliese", "kiss-under-oak", "Seehaus%20Zauber"] {
        site.finds("index.html", format!(" {word} "), Kind::PrivateWord, Some(1));
    }
    let _planted = site.plant("mountains/index.html", b" DSC_0042 ");
    let report = site.audit();
    assert!(report.findings.iter().all(|finding| finding.kind == Kind::Changed), "{report:?}");
    assert!(report.notices.iter().any(|notice| notice.kind == Kind::PrivateWord));
}

#[test]
fn what_is_public_and_leads_to_something_private_is_found() {
    let site = Site::new();
    let token = site.living();
    site.finds("index.html", format!("<a href=/g/{token}/>"), Kind::Reachable, Some(8));
    site.finds("feed.xml", format!("<id>https://photos.example.com/g/{token}/</id>"), Kind::Reachable, Some(4));
    site.finds("sitemap.xml", format!("<loc>/x/{}/a.jpg</loc>", site.assets()), Kind::Reachable, Some(5));
    site.finds("_redirects", format!("/a /g/{token}/ 302"), Kind::Reachable, Some(3));
    site.finds("more.css", format!("a{{background:url(/g/{token}/a.jpg)}}"), Kind::Reachable, Some(17));
}

#[test]
fn files_too_many_too_few_and_changed_and_indexes_are_found() {
    let site = Site::new();
    site.finds("old/picture.jpg", "left behind", Kind::Unexplained, None);
    for folder in ["g", "x", "e"] {
        site.finds(&format!("{folder}/index.html"), "<ul>", Kind::Index, None);
    }
    site.finds("index.html", " ", Kind::Changed, None);
    fs::remove_file(site.config.output.join("404.html")).unwrap();
    assert!(site.audit().findings.iter().any(|finding| finding.kind == Kind::Missing && finding.file == "404.html"));
}

#[test]
fn a_picture_that_says_where_it_was_taken_is_found() {
    let site = Site::new();
    let _planted = site.plant("img/mountains/more.jpg", &picture_with_a_place());
    let found: Vec<String> =
        site.audit().findings.into_iter().filter(|f| f.kind == Kind::Metadata).map(|f| f.message).collect();
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn the_secret_is_found_in_every_form_and_so_is_a_ledger() {
    let site = Site::new();
    let (text, raw) = (site.secret.expose_text().to_string(), *site.secret.expose_bytes());
    site.finds("robots.txt", &text, Kind::Secret, Some(0));
    site.finds("robots.txt", raw, Kind::Secret, Some(0));
    site.finds("robots.txt", gzip(&raw), Kind::Secret, Some(0));
    site.finds("robots.txt", raw.map(|byte| format!("{byte:02x}")).concat(), Kind::Secret, Some(0));
    site.finds("robots.txt", STANDARD.encode(raw), Kind::Secret, Some(0));
    site.finds("robots.txt", percent(&text), Kind::Secret, Some(0));
    site.finds("access.toml", LEDGER, Kind::Ledger, Some(LEDGER.find("[[gallery.link]]").unwrap() as i64));
}

#[test]
fn the_gate_for_cloudflare_may_list_what_is_dead_and_nothing_that_lives() {
    let site = Site::new();
    let dead = site.page("q8r3x6v1z0mb");
    let gate = |tokens: &[&str]| EdgeGate::new("/", DenyList::new(tokens.iter().copied())).cloudflare().unwrap();
    let kinds = |path: &str, text: &str| -> Vec<Kind> {
        site.found(path, text.as_bytes()).into_iter().map(|(kind, _)| kind).collect()
    };
    let worker = gate(&[&dead, "pAAAAAAAAAAAAAAAAAAAAAAAA"]);
    assert_eq!(kinds("_worker.js", &worker), []);
    assert_eq!(kinds("_worker.js", worker.trim_end()), []);
    assert_eq!(kinds("_worker.js", &gate(&[&dead, &site.living()])), [Kind::Token]);
    assert_eq!(kinds("_worker.js", &gate(&[&site.assets()])), [Kind::Token]);
    // Other hosts serve other files, and a file that does something else is no gate.
    assert_eq!(kinds("worker.js", &worker), [Kind::Token, Kind::Unexplained]);
    assert_eq!(kinds("a/_worker.js", &worker), [Kind::Token, Kind::Unexplained]);
    let other = worker.replace("'gone'", "'public'");
    assert_eq!(kinds("_worker.js", &other), [Kind::Token, Kind::Unexplained]);
}

#[test]
fn the_command_ends_with_one_and_names_kind_file_and_place_as_json() {
    let site = Site::new();
    let planted = site.plant("index.html", site.living().as_bytes());
    let run = site.run(&["audit", "--format", "json"]);
    assert_eq!(run.code, 1);
    let events = run.events();
    let token = events.iter().find(|event| event["kind"] == "token").unwrap();
    assert_eq!((token["file"].as_str(), token["offset"].as_u64()), (Some("index.html"), Some(planted.at as u64)));
    assert!(!token["message"].as_str().unwrap().contains(&site.living()));
}

/// Every kind, each planted in a folder that a build made. A kind that is added must be planted too: the match is whole.
#[test]
fn every_kind_of_finding_is_found_where_it_is_planted() {
    let kinds = [
        Kind::Secret,
        Kind::SecretPlace,
        Kind::Ledger,
        Kind::Token,
        Kind::PrivateWord,
        Kind::Reachable,
        Kind::PrivatePage,
        Kind::Sealed,
        Kind::ExternalRequest,
        Kind::Headers,
        Kind::Unexplained,
        Kind::Missing,
        Kind::Changed,
        Kind::Index,
        Kind::Metadata,
        Kind::PublicPlace,
        Kind::Unread,
    ];
    let documented = include_str!("../../../docs/audit.md");
    let site = Site::new();
    let page = format!("g/{}/index.html", site.living());
    for kind in kinds {
        let name = serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
        assert!(documented.contains(&format!("`{name}`")), "{name} is not documented");
        assert_eq!(site.audit().findings, [], "before {name}");
        let planted = match kind {
            Kind::Secret => site.plant("robots.txt", site.secret.expose_text().as_bytes()),
            Kind::Ledger => site.plant("robots.txt", LEDGER.as_bytes()),
            Kind::Token => site.plant("index.html", site.living().as_bytes()),
            Kind::PrivateWord => site.plant("index.html", b" Seehaus Zauber "),
            Kind::Reachable => site.plant("index.html", format!("<a href=/g/{}/>", site.living()).as_bytes()),
            Kind::PrivatePage => site.plant(&page, b"<link rel=canonical href=/g/>"),
            // A locator tells by its size how long the address in it is.
            Kind::Sealed => site.plant("e/eAAAAAAAAAAAAAAAAAAAAAAAA.bin", b"short"),
            Kind::ExternalRequest => site.plant(&page, b"<img src=//elsewhere.example/a.gif>"),
            Kind::Headers => site.replace("_headers", |text| text.replace("/x/*", "/y/*")),
            Kind::Unexplained => site.plant("old.txt", b"left behind"),
            Kind::Missing => site.remove("404.html"),
            Kind::Changed => site.plant("index.html", b" "),
            Kind::Index => site.plant("g/index.html", b"<ul>"),
            Kind::Metadata => site.plant("img/mountains/more.jpg", &picture_with_a_place()),
            Kind::SecretPlace => site.plant("secret.previous", b""),
            Kind::PublicPlace => site.plant("../.gitlab-ci.yml", b"pages:\n  script: safelight build\n"),
            Kind::Unread => site.plant("more.7z", b"7z\xbc\xaf\x27\x1c"),
        };
        // The secret's own file is given: here one below the output.
        let file = (kind == Kind::SecretPlace).then(|| planted.file.clone());
        if let Some(file) = &file {
            write_secret(file, &site.secret);
        }
        let report = site.audit_with(&SecretSources { file, ..site.sources() });
        let list = if kind == Kind::Unread { &report.notices } else { &report.findings };
        assert!(list.iter().any(|finding| finding.kind == kind), "{name}: {report:?}");
        drop(planted);
    }
    assert_eq!(site.audit().findings, []);
}

#[test]
fn what_is_packed_in_a_way_that_is_not_opened_is_noticed() {
    let site = Site::new();
    for magic in [
        &b"7z\xbc\xaf\x27\x1c"[..],
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"BZh9",
        b"Rar!\x1a\x07",
        b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>",
    ] {
        let _planted = site.plant("more.bin", magic);
        let report = site.audit();
        let unread = report.notices.iter().filter(|notice| notice.kind == Kind::Unread && notice.file == "more.bin");
        assert_eq!(unread.count(), 1, "{report:?}");
    }
    for name in ["more.br", "more.lzma"] {
        let _planted = site.plant(name, b"any bytes");
        assert!(site.audit().notices.iter().any(|notice| notice.kind == Kind::Unread && notice.file == name));
    }
    let deep = (0..6).fold(b"text".to_vec(), |packed, _| zip(&packed));
    let _deep = site.plant("deep.zip", &deep);
    assert!(site.audit().notices.iter().any(|notice| notice.kind == Kind::Unread && notice.file == "deep.zip"));
    // More than may be unpacked: what is behind it was not seen.
    let _planted = site.plant("more.gz", &gzip(&vec![0; (128 << 20) + 2]));
    let report = site.audit();
    assert!(report.notices.iter().any(|notice| notice.kind == Kind::Unread && notice.file == "more.gz"), "{report:?}");
}

#[test]
fn addresses_and_the_secret_of_the_former_root_are_found() {
    let site = Site::new();
    let former = Secret::generate(std::array::from_fn(|n| (n as u8).wrapping_mul(11).wrapping_add(1))).unwrap();
    let file = site.root().join(".safelight/secret.previous");
    let token = |link: &str| {
        let page = Keys::new(&former).page_token("k3v9q2m7t4xa".parse().unwrap(), link.parse().unwrap(), None);
        page.path_segment().to_owned()
    };
    let (living, dead) = (token("h7w2c9d4n5ke"), token("q8r3x6v1z0mb"));
    let is_found = || {
        for token in [&living, &dead] {
            site.finds("index.html", token, Kind::Token, Some(0));
            site.finds("feed.xml", percent(token), Kind::Token, Some(0));
        }
        site.finds("robots.txt", *former.expose_bytes(), Kind::Secret, Some(0));
    };
    // Nobody knows them without the former secret.
    assert!(site.found("index.html", living.as_bytes()).iter().all(|found| found.0 != Kind::Token));
    write_secret(&file, &former);
    is_found();
    assert_eq!(site.audit().findings, []);
    fs::remove_file(&file).unwrap();
    let given = SecretSources { previous: Some(former.expose_text()), ..site.sources() };
    let _planted = site.plant("index.html", dead.as_bytes());
    assert!(site.audit_with(&given).findings.iter().any(|finding| finding.kind == Kind::Token));
}

#[test]
fn json_headers_and_links_on_disk_that_lead_to_something_private_are_found() {
    let site = Site::new();
    let token = site.living();
    site.finds("more.json", format!("{{\"a\":\"/g/{token}/\"}}"), Kind::Reachable, Some(6));
    let rules = format!("\n/*\n  Link: </g/{token}/>; rel=preload\n");
    let found = site.found("_headers", rules.as_bytes());
    assert!(found.iter().any(|found| found.0 == Kind::Reachable), "{found:?}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(format!("g/{token}"), site.config.output.join("more")).unwrap();
        let report = site.audit();
        assert!(
            report.findings.iter().any(|found| found.kind == Kind::Unexplained && found.file == "more"),
            "{report:?}"
        );
    }
}

#[test]
fn the_name_of_an_empty_folder_gives_nothing_away() {
    let site = Site::new();
    for (name, kind) in [
        ("lake-house".to_owned(), Kind::PrivateWord),
        ("a/Anneliese".to_owned(), Kind::PrivateWord),
        (site.living(), Kind::Token),
    ] {
        let folder = site.config.output.join(&name);
        fs::create_dir_all(&folder).unwrap();
        let report = site.audit();
        assert_eq!(report.findings.iter().map(|found| found.kind).collect::<Vec<_>>(), [kind], "{report:?}");
        fs::remove_dir(folder).unwrap();
    }
}

#[test]
fn pictures_that_are_packed_in_something_are_looked_into() {
    let site = Site::new();
    let picture = picture_with_a_place();
    let stored = [b"PK\x03\x04\x14\0\0\0\0\0".to_vec(), vec![0; 16], vec![1, 0, 0, 0, b'a'], picture.clone()].concat();
    let url = format!("<img src='data:image/jpeg;base64,{}'>", STANDARD.encode(&picture));
    let pdf = [b"%PDF-1.7\nstream\n".to_vec(), picture.clone(), b"\nendstream".to_vec()].concat();
    let length = u32::try_from(picture.len()).unwrap().to_le_bytes();
    let icon = [&[0, 0, 1, 0, 1, 0][..], &[0; 8], &length, &22_u32.to_le_bytes(), &picture].concat();
    let digits: String = picture.iter().map(|byte| format!("{byte:02x}")).collect();
    let in_digits = format!("%PDF-1.7\n<</Filter[/ASCIIHexDecode/DCTDecode]>>stream\n{digits}>\nendstream");
    let escaped = format!("<img src='data:image/jpeg;base64,{}'>", STANDARD.encode(&picture).replace('/', "%2F"));
    let boxed = |kind: &[u8], body: &[u8]| [&u32::try_from(body.len() + 8).unwrap().to_be_bytes(), kind, body].concat();
    let place = boxed(b"moov", &boxed(b"udta", &boxed(b"\xa9xyz", b"\0\x12\0\0+50.0100+014.0200/")));
    let film = [boxed(b"ftyp", b"mp42\0\0\0\0"), place].concat();
    for (path, packed) in [
        ("more.zip", zip(&picture)),
        ("more.zip", stored),
        ("more.zip", zip(&gzip(&picture))),
        ("more.gz", gzip(&picture)),
        ("more.pdf", pdf),
        ("more.pdf", in_digits.into_bytes()),
        ("more.ico", icon.clone()),
        ("more.gz", gzip(&icon)),
        ("more.html", escaped.into_bytes()),
        ("more.mp4", film.clone()),
        ("more.zip", zip(&film)),
        ("more.html", url.into_bytes()),
    ] {
        let found = site.found(path, &packed);
        assert!(found.iter().any(|found| found.0 == Kind::Metadata), "{path}: {found:?}");
    }
}
