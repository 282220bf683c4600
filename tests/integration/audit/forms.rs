//! What stands in a published folder in unusual forms is found by the audit, and what is meant so is not.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::Command;

use super::gzip;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Site, said};

const SITE: &str = "title = \"Studio\"\nurl = \"https://photos.example.com/\"\n[images]\nformats = [\"jpeg\"]\n";

/// A site with a public and a private gallery, shared with one person.
pub struct Shared(Site);

impl std::ops::Deref for Shared {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.0
    }
}

impl Shared {
    /// With what the private gallery's `gallery.toml` says besides, and the name of its one photo.
    pub fn new(folder: &str, settings: &str, photo: &str, to: &str) -> Self {
        let site = Self(Site::empty());
        site.put("site.toml", SITE);
        site.put_png("galleries/mountains/IMG_7.png", 1);
        site.run(&["secret", "new"]).fine();
        site.private_of(folder, settings, (photo, 2), Some(to));
        site.build();
        site
    }

    pub fn lake() -> Self {
        Self::new("weddings/lake-house", "title = \"Seehaus Zauber\"\n", "Kiss-Under-Oak.png", "Anneliese")
    }

    /// Makes a private gallery with one photo, and shares it where it has a name to share it with.
    pub fn private(&self, folder: &str, settings: &str, photo: &str, to: Option<&str>) {
        self.private_of(folder, settings, (photo, 3), to);
    }

    pub fn private_of(&self, folder: &str, settings: &str, (photo, seed): (&str, u8), to: Option<&str>) {
        self.put_png(format!("galleries/{folder}/{photo}"), seed);
        self.put(format!("galleries/{folder}/gallery.toml"), format!("access = \"private\"\n{settings}"));
        if let Some(to) = to {
            self.run(&["share", folder, "--to", to, "--expires", "90d"]).fine();
        }
    }

    /// Writes a file of the published folder.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.put(format!("public/{path}"), content);
    }

    /// Findings, or notices, as kind and message, by file.
    pub fn told(&self, event: &str) -> BTreeMap<String, Vec<(String, String)>> {
        let mut told: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for value in self.run(&["audit", "--format", "json"]).events() {
            if value["event"] == event {
                let word = |name: &str| value[name].as_str().unwrap().to_owned();
                told.entry(word("file")).or_default().push((word("kind"), word("message") + "; " + &word("hint")));
            }
        }
        told
    }

    pub fn findings(&self) -> BTreeMap<String, Vec<(String, String)>> {
        self.told("finding")
    }

    /// Plants each content in a file of its own, and sees that each is found as this kind.
    pub fn all_found(&self, kind: &str, plants: &[(&str, Vec<u8>)]) {
        let name = |at: usize, ending: &str| format!("planted/{at}.{ending}");
        for (at, (ending, content)) in plants.iter().enumerate() {
            self.write(&name(at, ending), content);
        }
        let found = self.findings();
        for (at, (ending, content)) in plants.iter().enumerate() {
            let found = found.get(&name(at, ending)).cloned().unwrap_or_default();
            assert!(found.iter().any(|(known, _)| known == kind), "{}: {found:?}", String::from_utf8_lossy(content));
        }
        fs::remove_dir_all(self.path("public/planted")).unwrap();
    }

    pub fn only_below(&self, folder: &str) -> String {
        let entries = fs::read_dir(self.path("public").join(folder)).unwrap().map(Result::unwrap);
        let mut entries = entries.filter(|entry| entry.file_name() != "index.html");
        let name = entries.next().unwrap().file_name().into_string().unwrap();
        assert!(entries.next().is_none());
        name
    }
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

/// A JPEG with these bytes in an EXIF block.
pub fn jpeg(inside: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inside.len() + 8).unwrap().to_be_bytes();
    [b"\xff\xd8\xff\xe1", &length[..], b"Exif\0\0", inside, b"\xff\xd9"].concat()
}

/// Base32 without padding, bit by bit.
fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let symbol = |five: &str| usize::from_str_radix(&format!("{five:0<5}"), 2).unwrap();
    let symbols: Vec<&str> = (0..bits.len()).step_by(5).map(|at| &bits[at..bits.len().min(at + 5)]).collect();
    symbols.into_iter().map(|five| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[symbol(five)])).collect()
}

pub fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_planned_rotation_leaves_a_clean_site_clean_and_the_former_secret_is_looked_for() {
    let site = Shared::lake();
    let former = fs::read_to_string(site.path(".safelight/secret")).unwrap();
    site.run(&["secret", "rotate", "--until", "30d"]).fine();
    site.run(&["build", "--strict"]).fine();
    assert_eq!(site.findings(), BTreeMap::new());
    let former = safelight::access::Secret::parse(&former).unwrap();
    let bytes = former.expose_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    site.all_found("secret", &[("txt", hex.into_bytes()), ("txt", STANDARD.encode(bytes).into_bytes())]);
}

#[test]
fn what_a_broken_off_publish_left_behind_is_found_and_read() {
    let site = Shared::lake();
    let token = site.only_below("g");
    site.write(".safelight-staging/0/0", format!("<a href='/g/{token}/'>"));
    site.write(".git/planted", &token);
    let found = site.findings();
    let left = &found[".safelight-staging/0/0"];
    assert!(left.iter().any(|(kind, text)| kind == "unexplained" && text.contains("build again")), "{left:?}");
    assert!(left.iter().any(|(kind, _)| kind == "token"), "{left:?}");
    assert!(found[".git/planted"].iter().any(|(kind, _)| kind == "token"));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf_8_and_a_file_that_cannot_be_read_keep_nothing_else_from_being_seen() {
    use std::os::unix::ffi::OsStrExt as _;
    let site = Shared::lake();
    let token = site.only_below("g");
    let name = std::ffi::OsStr::from_bytes(b"f\xe9te.html");
    fs::write(site.path("public").join(name), &token).unwrap();
    site.write("zuletzt.html", &token);
    let found = site.findings();
    for file in ["f\u{fffd}te.html", "zuletzt.html"] {
        assert!(found[file].iter().any(|(kind, _)| kind == "token"), "{file}: {found:?}");
    }
}

#[test]
fn a_token_that_is_packed_wrapped_or_broken_up_is_found() {
    let site = Shared::lake();
    let token = site.only_below("g");
    let mut plants: Vec<(&str, Vec<u8>)> = vec![
        ("pdf", [b"%PDF-1.4\nstream\n\xff\xfe".to_vec(), zlib(format!("({token}) Tj").as_bytes())].concat()),
        ("txt", STANDARD.encode(gzip(token.as_bytes())).into_bytes()),
        ("txt", token.to_uppercase().into_bytes()),
        ("html", format!("{}<wbr>{}", &token[..9], &token[9..]).into_bytes()),
        ("html", format!("{}&shy;{}", &token[..12], &token[12..]).into_bytes()),
        ("txt", format!("{}\r\n{}", &token[..5], &token[5..]).into_bytes()),
        ("js", format!("go('/g/{}' +\n '{}/')", &token[..7], &token[7..]).into_bytes()),
        ("js", token.bytes().map(|byte| format!("\\u{{{byte:x}}}")).collect::<String>().into_bytes()),
    ];
    let bytes = token.bytes();
    let alternating: String = token
        .char_indices()
        .map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    for text in [
        bytes.clone().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
        bytes.clone().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" "),
        bytes.clone().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(", "),
        bytes.clone().map(|byte| byte.to_string()).collect::<Vec<_>>().join(","),
        bytes.clone().map(|byte| format!("\\{byte:03o}")).collect::<String>(),
        bytes.clone().map(|byte| format!("\\\\u{byte:04x}")).collect::<String>(),
        bytes.clone().map(|byte| format!("&#x{byte:08x};")).collect::<String>(),
        format!("{}\u{ad}{}", &token[..8], &token[8..]),
        format!("{}\u{200b}{}", &token[..13], &token[13..]),
        format!("{}<b>{}</b>", &token[..8], &token[8..]),
        format!("{}<!-- here -->{}", &token[..8], &token[8..]),
        alternating,
        base32(token.as_bytes()),
    ] {
        plants.push(("html", format!("<p>a {text} z</p>").into_bytes()));
    }
    for before in 0..30 {
        let encoded = STANDARD.encode(format!("{}{token}{}", ".".repeat(before * 3 + before % 3), "-".repeat(90)));
        let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        plants.push(("txt", lines.join("\r\n").into_bytes()));
    }
    site.all_found("token", &plants);
}

#[test]
fn what_is_packed_in_a_way_that_is_not_opened_is_a_notice() {
    let site = Shared::lake();
    for (at, method) in [(0, 12_u8), (1, 14)] {
        let zip = [b"PK\x03\x04\x14\0\0\0".to_vec(), vec![method, 0], vec![0; 16], vec![1, 0, 0, 0, b'a']].concat();
        site.write(&format!("more-{at}.zip"), zip);
    }
    let told = site.told("notice");
    for at in 0..2 {
        assert!(told[&format!("more-{at}.zip")].iter().any(|(kind, _)| kind == "unread"));
    }
}

#[test]
fn advice_about_a_leaked_address_closes_it() {
    let site = Shared::lake();
    site.write("index.html", site.only_below("g"));
    let found = site.findings();
    let (_, text) = found["index.html"].iter().find(|(kind, _)| kind == "token").unwrap();
    assert!(text.contains("revoke") && !text.contains("rotate the galler"), "{text}");
    let git = |arguments: &[&str]| {
        assert!(Command::new("git").arg("-C").arg(site.root()).args(arguments).status().unwrap().success());
    };
    git(&["init", "-q"]);
    git(&["add", "-f", "public"]);
    let found = site.findings();
    let (_, text) = found.values().flatten().find(|(kind, _)| kind == "public-place").unwrap();
    assert!(text.contains("revoke the links") && text.contains("rotate --compromised"), "{text}");
}

#[test]
fn a_workflow_is_told_of_once_and_excused_by_its_own_builds_alone() {
    let site = Shared::lake();
    let git = Command::new("git").arg("-C").arg(site.root()).args(["init", "-q"]).status().unwrap();
    assert!(git.success());
    let folder = site.path(".github/workflows");
    fs::create_dir_all(&folder).unwrap();
    let workflow = |build: &str| {
        format!(
            "on: push\njobs:\n  site:\n    steps:\n      - run: {build}\n      - uses: actions/upload-pages-artifact@v3\n"
        )
    };
    fs::write(folder.join("a.yml"), workflow("safelight build # never --public-only")).unwrap();
    fs::write(folder.join("b.yml"), workflow("safelight build --public-only")).unwrap();
    fs::write(site.path(".gitlab-ci.yml"), "site:\n  pages: true\n  script: safelight build\n").unwrap();
    let found = site.findings();
    let places: Vec<&String> = found.keys().collect();
    assert_eq!(places, [".github/workflows/a.yml", ".gitlab-ci.yml"]);
    assert!(found.values().all(|found| found.len() == 1), "{found:?}");
}

#[test]
fn the_secret_and_the_ledger_are_found_in_forms_of_programs() {
    let site = Shared::lake();
    let secret = fs::read_to_string(site.path(".safelight/secret")).unwrap();
    let bytes = *safelight::access::Secret::parse(&secret).unwrap().expose_bytes();
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let decimal: Vec<String> = bytes.iter().map(|byte| byte.to_string()).collect();
    let forms = [
        base32(&bytes),
        base32(secret.trim().as_bytes()),
        hex.join(":"),
        hex.join(" "),
        format!("[{}]", decimal.join(", ")),
        format!("{{ 0x{} }}", hex.join(", 0x")),
        STANDARD.encode(hex.concat()),
        STANDARD.encode(STANDARD.encode(bytes)),
    ];
    let plants: Vec<(&str, Vec<u8>)> = forms.iter().map(|form| ("txt", form.clone().into_bytes())).collect();
    site.all_found("secret", &plants);
    let ledger = fs::read_to_string(site.path("access.toml")).unwrap();
    let json = "{\"gallery\": [{\"link\": [{\"to\": \"somebody\"}]}]}".to_owned();
    let forms = [
        STANDARD.encode(&ledger),
        ledger.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ledger.replace("[[gallery.link]]", "[[ gallery . link ]]"),
        json,
    ];
    let plants: Vec<(&str, Vec<u8>)> = forms.iter().map(|form| ("txt", form.clone().into_bytes())).collect();
    site.all_found("ledger", &plants);
}

#[test]
fn no_token_and_no_secret_is_shown_whole_where_it_stands_in_a_path() {
    let site = Shared::lake();
    let token = site.only_below("g");
    let secret = fs::read_to_string(site.path(".safelight/secret")).unwrap().trim().to_owned();
    let hidden: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
    site.write(&format!("t/{secret}.txt"), "x");
    site.write(&format!("t/a/{token}/b.txt"), "x");
    site.write(&format!("t/{}.txt", token.to_uppercase()), "x");
    site.write(&format!("t/{hidden}.txt"), "x");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", site.path("public").join(format!("{token}.lnk"))).unwrap();
    for arguments in [&["audit"][..], &["audit", "--format", "json"]] {
        let run = site.run(arguments);
        let text = run.out + &run.err;
        assert_eq!(run.code, 1);
        assert!(text.contains("t/slk1"), "{text}");
        for whole in [&secret[5..], &token[1..], &token.to_uppercase()[1..], &hidden[3..]] {
            assert!(!text.contains(whole), "{text}");
        }
    }
}

#[test]
fn an_audit_without_the_secret_or_with_another_says_so_and_accuses_nothing() {
    let site = Shared::lake();
    let file = site.path(".safelight/secret");
    let kept = fs::read_to_string(&file).unwrap();
    let refused = |arguments: &[&str]| {
        let text = site.run(arguments).refused(5).err;
        assert_eq!(text.matches("error").count(), 1, "{text}");
    };
    fs::remove_file(&file).unwrap();
    refused(&["audit"]);
    // Where nothing private was published nothing can be out of place.
    fs::write(site.path("open.toml"), SITE.replacen("[images]", "output = \"open\"\n[images]", 1)).unwrap();
    site.run(&["build", "--public-only", "--strict", "--site", "open.toml"]).fine();
    site.run(&["audit", "--site", "open.toml"]).fine();
    let other = safelight::access::Secret::generate(std::array::from_fn(|n| n as u8 * 5 + 1)).unwrap().expose_text();
    let write = |text: &str| {
        let _ = fs::remove_file(&file);
        safelight::access::sources::write_new(&safelight::access::Secret::parse(text).unwrap(), &file).unwrap();
    };
    write(&other);
    refused(&["audit"]);
    write(&kept);
    assert_eq!(site.findings(), BTreeMap::new());
    insta::assert_snapshot!(said());
}

#[test]
fn a_check_shows_no_address_whole() {
    let site = Shared::lake();
    let token = site.only_below("g");
    let file = site.path("static/g").join(&token).join("index.html");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, "x").unwrap();
    for arguments in [&["check"][..], &["check", "--format", "json"]] {
        let run = site.run(arguments);
        let text = run.out + &run.err;
        assert!(run.code != 0 && text.contains(&token[..6]) && !text.contains(&token[1..]), "{text}");
    }
}

#[test]
fn each_finding_is_one_event_and_the_summary_is_the_last() {
    let site = Shared::lake();
    site.write("index.html", site.only_below("g"));
    let events = site.run(&["audit", "--format", "json"]).events();
    assert!(events.iter().all(|event| event["event"] != "error"), "{events:?}");
    assert_eq!(events.last().unwrap()["event"], "summary");
    let findings = events.iter().filter(|event| event["event"] == "finding").count();
    assert_eq!(Some(findings as u64), events.last().unwrap()["findings"].as_u64());
}

#[cfg(unix)]
#[test]
fn a_published_folder_behind_a_link_is_read_as_the_folder() {
    let site = Shared::lake();
    let public = site.path("public");
    fs::remove_dir_all(&public).unwrap();
    fs::create_dir(site.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", &public).unwrap();
    site.build();
    assert_eq!(site.findings(), BTreeMap::new());
    site.write("planted.txt", site.only_below("g"));
    assert!(site.findings()["planted.txt"].iter().any(|(kind, _)| kind == "token"));
}
