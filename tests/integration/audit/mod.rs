//! The audit of a published site: what is planted is found, and a clean site gives nothing.

mod around;
mod forms;
mod names;
mod planted;
mod private_pages;
mod report;
mod sealed;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use safelight::access::edge::EdgeGate;
use safelight::access::gate::DenyList;
use safelight::access::sources::write_new;
use safelight::access::{Keys, Secret, SecretSources};
use safelight::audit::{AuditInput, Kind, Report, Rule, Word, WordKind, audit};
use safelight::build::access::Request;
use safelight::build::{Access, build};
use safelight::config::Config;
use safelight::publish::Reach;

use crate::support::{self, options};

const LEDGER: &str = r#"
[[gallery]]
id = "k3v9q2m7t4xa"
path = "weddings/lake-house"
epoch = 1

[[gallery.link]]
id = "h7w2c9d4n5ke"
to = "Anneliese"
issued = 2026-11-22

[[gallery.link]]
id = "q8r3x6v1z0mb"
to = "Bartholomew"
issued = 2026-11-22
revoked = 2026-11-22
"#;

/// A built site with a public and a private gallery, and a link that lives and one that died.
struct Site {
    site: support::Site,
    config: Config,
    secret: Secret,
}

/// The day on which it was built and is audited.
const DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

impl std::ops::Deref for Site {
    type Target = support::Site;

    fn deref(&self) -> &support::Site {
        &self.site
    }
}

impl Site {
    fn new() -> Self {
        Self::with("")
    }

    /// With more settings of the private gallery.
    fn with(more: &str) -> Self {
        let site = support::Site::empty();
        let secret = Secret::generate(std::array::from_fn(|n| n as u8 * 7 + 3)).unwrap();
        write_new(&secret, &site.path(".safelight/secret")).unwrap();
        site.put("access.toml", format!("version = 1\nroot = \"{}\"\n{LEDGER}", Keys::new(&secret).root_id()));
        site.put("site.toml", "title = \"Studio\"\nurl = \"https://photos.example.com/\"\n");
        site.put_png("galleries/mountains/DSC_0042.png", 1);
        site.put_png("galleries/weddings/lake-house/DSC_0042.png", 2);
        site.put_png("galleries/weddings/lake-house/Kiss-Under-Oak.png", 3);
        // Favourites would name the files on the gallery's own pages.
        let top = "id = \"k3v9q2m7t4xa\"\naccess = \"private\"\ntitle = \"Seehaus Zauber\"\nfavourites = false\n";
        let settings = format!("{top}{more}");
        site.put("galleries/weddings/lake-house/gallery.toml", settings);
        let (config, _) = Config::read(&site.path("site.toml")).unwrap();
        let sources = SecretSources {
            site: site.root().to_owned(),
            published: vec![config.output.clone()],
            ..SecretSources::default()
        };
        let request = Request { day: DAY, public_only: false, announce: None };
        let (access, _) = Access::load(&config, &sources, request).unwrap();
        build(&config, &access, &options(), &|_| {}).unwrap();
        Self { site, config, secret }
    }

    fn audit(&self) -> Report {
        self.audit_with(&self.sources())
    }

    /// Where its secret lies.
    fn sources(&self) -> SecretSources {
        SecretSources { site: self.root().to_owned(), ..SecretSources::default() }
    }

    fn audit_with(&self, secrets: &SecretSources) -> Report {
        audit(&AuditInput::of_site(&self.config, &self.config.output, secrets, DAY).unwrap()).unwrap()
    }

    fn keys(&self) -> Keys {
        Keys::new(&self.secret)
    }

    /// The token of the living link, or of the dead one.
    fn page(&self, link: &str) -> String {
        self.keys().page_token("k3v9q2m7t4xa".parse().unwrap(), link.parse().unwrap(), None).path_segment().to_owned()
    }

    fn living(&self) -> String {
        self.page("h7w2c9d4n5ke")
    }

    fn assets(&self) -> String {
        let entries = fs::read_dir(self.config.output.join("x")).unwrap().map(Result::unwrap);
        entries.map(|entry| entry.file_name().into_string().unwrap()).find(|name| name != "index.html").unwrap()
    }

    /// Puts something at the end of a published file, or into a new one; undone when the guard goes.
    fn plant(&self, path: &str, more: &[u8]) -> Planted {
        let file = self.config.output.join(path);
        let before = fs::read(&file).ok();
        let at = before.as_ref().map_or(0, Vec::len);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, [before.clone().unwrap_or_default(), more.to_vec()].concat()).unwrap();
        Planted { file, before, at }
    }

    /// Writes a published file otherwise; undone when the guard goes.
    fn replace(&self, path: &str, change: impl FnOnce(&str) -> String) -> Planted {
        let planted = self.plant(path, b"");
        let text = String::from_utf8(planted.before.clone().unwrap()).unwrap();
        fs::write(&planted.file, change(&text)).unwrap();
        planted
    }

    /// Takes a published file away; undone when the guard goes.
    fn remove(&self, path: &str) -> Planted {
        let planted = self.plant(path, b"");
        fs::remove_file(&planted.file).unwrap();
        planted
    }

    /// What is found with this planted, as kind and place within what was planted.
    fn found(&self, path: &str, more: &[u8]) -> BTreeSet<(Kind, Option<i64>)> {
        let planted = self.plant(path, more);
        let place = |offset: u64| i64::try_from(offset).unwrap() - i64::try_from(planted.at).unwrap();
        let report = self.audit();
        self.nothing_is_given_away(&report);
        report.findings.iter().map(|finding| (finding.kind, finding.offset.map(place))).collect()
    }

    fn finds(&self, path: &str, more: impl AsRef<[u8]>, kind: Kind, at: Option<i64>) {
        let found = self.found(path, more.as_ref());
        assert!(found.contains(&(kind, at)), "{path}: {found:?}");
    }

    /// No finding holds a whole token or the secret.
    fn nothing_is_given_away(&self, report: &Report) {
        let text = serde_json::to_string(report).unwrap();
        for secret in [self.living(), self.page("q8r3x6v1z0mb"), self.assets(), self.secret.expose_text().to_string()] {
            assert!(!text.contains(&secret[1..]), "{text}");
        }
    }
}

struct Planted {
    file: PathBuf,
    before: Option<Vec<u8>>,
    at: usize,
}

impl Drop for Planted {
    fn drop(&mut self) {
        match &self.before {
            Some(before) => fs::write(&self.file, before).unwrap(),
            None => fs::remove_file(&self.file).unwrap(),
        }
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn zip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    let header = [b"PK\x03\x04\x14\0\0\0\x08\0".to_vec(), vec![0; 16], vec![1, 0, 0, 0, b'a']].concat();
    [header, packer.finish().unwrap()].concat()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A JPEG with an EXIF block that has one GPS tag and one serial number of a camera.
fn picture_with_a_place() -> Vec<u8> {
    let exif: Vec<u8> = [
        b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec(),
        [0x8769_u16.to_le_bytes(), 4_u16.to_le_bytes()].concat(),
        1_u32.to_le_bytes().to_vec(),
        38_u32.to_le_bytes().to_vec(),
        [0x8825_u16.to_le_bytes(), 4_u16.to_le_bytes()].concat(),
        1_u32.to_le_bytes().to_vec(),
        56_u32.to_le_bytes().to_vec(),
        vec![0; 4],
        [1_u16, 0xa431, 2].iter().flat_map(|n| n.to_le_bytes()).collect(),
        4_u32.to_le_bytes().to_vec(),
        b"123\0".to_vec(),
        vec![0; 4],
        [1_u16, 1, 2].iter().flat_map(|n| n.to_le_bytes()).collect(),
        2_u32.to_le_bytes().to_vec(),
        b"N\0\0\0".to_vec(),
        vec![0; 4],
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [b"\xff\xd8\xff\xe1".to_vec(), length.to_vec(), exif, b"\xff\xd9".to_vec()].concat()
}

fn write_secret(path: &Path, secret: &Secret) {
    if path.exists() {
        fs::remove_file(path).unwrap();
    }
    write_new(secret, path).unwrap();
}
