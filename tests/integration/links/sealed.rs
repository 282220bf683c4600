//! Galleries that are published as ciphertext: what lies on the host, and what opens it.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safelight::access::{Keys, Ledger, LinkId, Secret};
use safelight::sealed::{ContentKey, Slots, open};
use serde_json::Value;

use crate::support::archives::members;
use crate::support::photos::{caption, jpeg, pixels};
use crate::support::{Site, differences};

pub(super) const SETTINGS: &str = "galleries/lake-house/gallery.toml";
const LEDGER: &str = "access.toml";

/// A public gallery and a sealed one, which two audiences can see.
pub(super) fn site() -> Site {
    let site = Site::with_private_gallery();
    seal(&site);
    site
}

pub(super) fn seal(site: &Site) {
    site.put(SETTINGS, site.read(SETTINGS).replace("\"private\"", "\"sealed\""));
}

/// The codes of all links of a site's only shared gallery, under one of its roots.
pub(super) fn codes(site: &Site, secret: &str) -> Vec<(String, [u8; 16])> {
    let keys = Keys::new(&Secret::parse(site.read(secret).trim()).unwrap());
    let ledger = Ledger::parse(&site.read(LEDGER), LEDGER.as_ref()).unwrap();
    let gallery = &ledger.galleries[0];
    gallery.links.iter().map(|link| (link.to.clone(), *keys.link_code(gallery.id, link.id).symbols())).collect()
}

pub(super) fn code_of(site: &Site, to: &str) -> [u8; 16] {
    codes(site, ".safelight/secret").into_iter().find(|(name, _)| name == to).unwrap().1
}

/// What a secret opens of one folder below `x/`.
#[derive(Debug)]
pub(super) struct Opened {
    pub manifest: Value,
    /// Plain files by their names.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Opened {
    /// Opens all, and compares the manifest with what lies there.
    pub fn of(site: &Site, folder: &str, secret: &[u8]) -> Option<Self> {
        let lying: BTreeMap<String, Vec<u8>> = site
            .output()
            .into_iter()
            .filter_map(|(path, bytes)| Some((path.strip_prefix(&format!("x/{folder}/"))?.to_owned(), bytes)))
            .collect();
        let key = Slots::read(&lying["slots.json"]).unwrap().open(secret)?;
        let plain = |name: &str, salt: Option<&[u8; 16]>| {
            let mut plain = Vec::new();
            open(&key, name, salt, lying[name].as_slice(), &mut plain).unwrap();
            plain
        };
        let manifest: Value = serde_json::from_slice(&plain("manifest.bin", None)).unwrap();
        let listed = manifest["files"].as_array().unwrap().iter().map(|file| {
            let salt = URL_SAFE_NO_PAD.decode(file[1].as_str().unwrap()).unwrap();
            (file[0].as_str().unwrap().to_owned(), salt)
        });
        let files: BTreeMap<String, Vec<u8>> =
            listed.map(|(name, salt)| (name.clone(), plain(&name, Some(&salt.try_into().unwrap())))).collect();
        let mut names: Vec<&str> = lying.keys().map(String::as_str).collect();
        names.retain(|name| !["slots.json", "manifest.bin", "index.html"].contains(name));
        assert_eq!(names, files.keys().map(String::as_str).collect::<Vec<_>>(), "the manifest lists what lies there");
        Some(Self { manifest, files })
    }

    /// The page and all that the pages of photos say.
    pub fn said(&self) -> String {
        self.files
            .values()
            .map(|plain| String::from_utf8_lossy(plain))
            .fold(self.manifest.to_string(), |all, one| all + &one)
    }

    fn file(&self, number: &Value) -> &[u8] {
        let name = self.manifest["files"][number.as_u64().unwrap() as usize][0].as_str().unwrap();
        &self.files[name]
    }
}

#[test]
fn a_sealed_gallery_is_ciphertext_that_each_links_code_opens() {
    let site = site();
    site.put("galleries/lake-house/SECRET_0011.jpg", jpeg(1500, 1000, 11).xmp(&caption("Ottilie at the pier")).bytes());
    site.put(SETTINGS, format!("downloads = \"full\"\n{}", site.read(SETTINGS)));
    let anna = site.share("Anna", &[]);
    let guest = site.share("A guest", &["--audience", "guests"]);
    site.build();
    for word in ["boathouse", "secret_00", "ottilie", "the pier", "dance", "lake-house"] {
        assert_eq!(site.containing(word), [] as [&str; 0], "{word}");
    }
    for link in [&anna, &guest] {
        let page = site.page(link);
        assert!(!page.contains("photos\"") && page.contains("data-assets=\"/x/"), "{page}");
        assert!(page.contains("require-trusted-types-for"), "{page}");
    }
    let folder = |link: &str| site.page(link).split("/x/").nth(1).unwrap()[..25].to_owned();
    let whole = Opened::of(&site, &folder(&anna), &code_of(&site, "Anna")).unwrap();
    assert_eq!(whole.manifest["title"], "Boathouse");
    let photos: Vec<&str> =
        whole.manifest["photos"].as_array().unwrap().iter().map(|photo| photo["file"].as_str().unwrap()).collect();
    assert_eq!(photos, ["SECRET_0001.png", "SECRET_0009.png", "SECRET_0011.jpg", "dance/SECRET_0010.png"]);
    let pier = &whole.manifest["photos"][2];
    assert!(String::from_utf8_lossy(whole.file(&pier["about"])).contains("Ottilie at the pier"));
    assert!(whole.file(&pier["original"]).starts_with(b"\xff\xd8"));
    let widths: Vec<u64> =
        pier["pictures"].as_array().unwrap().iter().map(|picture| picture[2].as_u64().unwrap()).collect();
    assert!(widths.len() > 1 && widths.is_sorted(), "{widths:?}");
    assert_eq!(pixels(whole.file(&pier["pictures"][0][0])).width as u64, widths[0]);
    let archives = whole.manifest["archives"].as_array().unwrap();
    let packed: Vec<String> = archives.iter().flat_map(|one| members(whole.file(&one[0])).into_keys()).collect();
    assert!(packed.iter().any(|name| name.ends_with("SECRET_0011.jpg")), "{packed:?}");
    // Pages name no holder's address, and lead to no file that everybody could read.
    for link in [&anna, &guest] {
        assert!(!whole.said().contains(link.trim_matches('/')), "{link}");
    }
    assert!(!whole.manifest["page"].to_string().contains("srcset"));
    // An audience has its own key and sees its own photos alone.
    assert_ne!(folder(&anna), folder(&guest));
    let part = Opened::of(&site, &folder(&guest), &code_of(&site, "A guest")).unwrap();
    assert!(!part.said().contains("SECRET_0009"));
    assert!(Opened::of(&site, &folder(&guest), &code_of(&site, "Anna")).is_none());
    assert!(Opened::of(&site, &folder(&anna), &code_of(&site, "A guest")).is_none());
    site.run(&["audit"]).fine();
    site.run(&["check"]).fine();
}

#[test]
fn nothing_is_sealed_again_and_the_same_site_is_the_same_bytes() {
    let site = site();
    site.share("Anna", &[]);
    site.put(SETTINGS, format!("downloads = \"web\"\n{}", site.read(SETTINGS)));
    site.build();
    let first = site.tree();
    assert_eq!(site.summary()["files"]["unchanged"]["files"], first.len());
    // Without what the first build left behind.
    fs::remove_dir_all(site.path("public")).unwrap();
    for left in ["cache", "published", "index"] {
        let path = site.path(".safelight").join(left);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { drop(fs::remove_file(path)) }
    }
    site.build();
    assert_eq!(differences(&first, &site.tree()), [] as [&str; 0]);
    // A caption changes what is said of its photo and the page, and no picture. The cache is not there to help.
    fs::remove_dir_all(site.path(".safelight/cache")).unwrap();
    site.put(SETTINGS, format!("{}\n[captions]\n\"SECRET_0001.png\" = \"At the pier\"\n", site.read(SETTINGS)));
    site.build();
    let changed = differences(&first, &site.tree());
    assert!(changed.iter().all(|path| path.starts_with("x/")) && changed.len() == 2, "{changed:?}");
    assert!(changed.iter().any(|path| path.ends_with("/manifest.bin")), "{changed:?}");
    let whole = Opened::of(&site, &site.assets()[0], &code_of(&site, "Anna")).unwrap();
    assert!(whole.said().contains("At the pier"));
}

#[test]
fn another_link_adds_a_page_and_a_slot_and_a_revoked_one_gives_another_key() {
    let site = site();
    site.share("Anna", &[]);
    site.build();
    let before = site.tree();
    site.share("Ben", &[]);
    site.build();
    let changed = differences(&before, &site.tree());
    let [page, slots] = changed.as_slice() else { panic!("{changed:?}") };
    assert!(page.starts_with("g/") && slots.ends_with("/slots.json"), "{changed:?}");
    let [anna, ben] = [code_of(&site, "Anna"), code_of(&site, "Ben")];
    let shared = site.assets().remove(0);
    let key_of = |folder: &str, secret: &[u8]| -> Option<ContentKey> {
        Slots::read(&site.output()[&format!("x/{folder}/slots.json")]).unwrap().open(secret)
    };
    let old = key_of(&shared, &ben).unwrap();
    site.run(&["revoke", "lake-house", "--to", "Ben"]).fine();
    site.build();
    let now = site.assets().remove(0);
    assert_eq!((site.assets().len(), now == shared), (1, false));
    assert!(key_of(&now, &ben).is_none());
    let whole = Opened::of(&site, &now, &anna).unwrap();
    // What the former holder remembers opens nothing.
    for (path, bytes) in site.output().into_iter().filter(|(path, _)| path.ends_with(".bin")) {
        let name = path.rsplit('/').next().unwrap();
        assert!(open(&old, name, None, bytes.as_slice(), std::io::sink()).is_err(), "{path}");
    }
    assert_eq!(whole.manifest["photos"].as_array().unwrap().len(), 3);
}

/// A key and a nonce that meet two plain texts give both away.
#[test]
fn no_key_and_salt_ever_meet_two_plain_texts() {
    let site = site();
    site.put(SETTINGS, format!("downloads = \"web\"\n{}", site.read(SETTINGS)));
    site.share("Anna", &[]);
    site.share("A guest", &["--audience", "guests"]);
    let steps: [&dyn Fn(&Site); 8] = [
        &|_| {},
        &|site| site.put(SETTINGS, format!("description = \"One\"\n{}", site.read(SETTINGS))),
        &|site| site.put(SETTINGS, site.read(SETTINGS).replace("One", "Two")),
        &|site| site.put_png("galleries/lake-house/SECRET_0001.png", 21),
        &|site| drop(site.share("Ben", &[])),
        &|site| drop(site.run(&["revoke", "lake-house", "--to", "Ben"]).fine()),
        &|site| drop(site.run(&["rotate", "lake-house"]).fine()),
        &|site| site.set_config("[rights]\ncopyright = \"(c) Ada\"\n"),
    ];
    // A file's key depends on the scope, which its folder stands for, and its name; keys and nonces on its salt besides.
    let mut seen: BTreeMap<(String, Vec<u8>), Vec<u8>> = BTreeMap::new();
    for step in steps {
        step(&site);
        site.build();
        for (path, bytes) in site.output().into_iter().filter(|(path, _)| path.ends_with(".bin")) {
            let before = seen.insert((path.clone(), bytes[..16].to_vec()), bytes.clone());
            assert!(before.is_none_or(|before| before == bytes), "{path}");
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

#[test]
fn codes_of_the_former_root_open_the_gallery_while_its_links_do() {
    let site = site();
    site.share("Anna", &[]);
    site.build();
    let former = code_of(&site, "Anna");
    site.run(&["secret", "rotate", "--until", "30d"]).fine();
    site.build();
    let folder = site.assets().remove(0);
    for secret in [former, code_of(&site, "Anna")] {
        assert!(Opened::of(&site, &folder, &secret).is_some());
    }
    assert_eq!(site.like("g/", "/index.html").iter().filter(|path| site.text(path).contains(&folder)).count(), 2);
}

#[test]
fn a_gallery_that_is_sealed_later_leaves_nothing_behind_and_none_of_it_comes_back_open() {
    let site = Site::with_private_gallery();
    let link = site.share("Anna", &[]);
    site.build();
    let open_files = site.like("x/", ".jpg");
    assert!(!open_files.is_empty());
    seal(&site);
    site.build();
    assert_eq!(site.like("x/", ".jpg"), [] as [&str; 0]);
    assert_eq!(site.containing("boathouse"), [] as [&str; 0]);
    assert!(site.page(&link).contains("id=\"unlock\""));
    // A section of it that asks for less is no more open than what is around it.
    site.put("galleries/lake-house/dance/gallery.toml", "access = \"private\"\n");
    site.run(&["share", "lake-house/dance", "--to", "Band"]).fine();
    site.build();
    assert_eq!(site.like("x/", ".jpg"), [] as [&str; 0]);
    assert_eq!(site.assets().len(), 2);
}

#[test]
fn what_was_withdrawn_comes_down_with_what_describes_it_although_the_build_fails() {
    let site = site();
    site.share("Anna", &[]);
    site.build();
    let before = site.paths();
    site.remove("galleries/lake-house/SECRET_0001.png");
    site.put("pages/imprint.md", "+++\ntitle = 7\n+++\n");
    site.run(&["build"]).refused(3);
    let after = site.paths();
    let gone: Vec<&String> = before.iter().filter(|path| !after.contains(path)).collect();
    assert!(gone.iter().any(|path| path.ends_with("/manifest.bin")), "{gone:?}");
    assert!(gone.len() > 2 && gone.iter().all(|path| path.starts_with("x/")), "{gone:?}");
    // Settings that cannot be read tell nothing about what was withdrawn: nothing else comes down.
    site.remove("pages/imprint.md");
    site.build();
    site.put(SETTINGS, "titel = ");
    let before = site.tree();
    site.run(&["build"]).refused(3);
    let gone: Vec<String> = differences(&before, &site.tree()).into_iter().filter(|path| path.contains("/i")).collect();
    assert_eq!(gone, [] as [&str; 0]);
}

#[test]
fn passwords_that_are_not_at_hand_stop_a_build() {
    let site = site();
    site.share("Anna", &[]);
    let id = site.read(SETTINGS).split("id = \"").nth(1).unwrap()[..12].to_owned();
    let passwords = format!("[{id}]\n\"\" = [\"correct horse battery staple\"]\n");
    site.put(SETTINGS, format!("passwords = true\n{}", site.read(SETTINGS)));
    let refused = site.run(&["build"]).refused(5);
    assert!(
        refused.err.contains("passwords-missing") || refused.err.contains("not on this computer"),
        "{}",
        refused.err
    );
    site.run_with(&["build"], &[("SAFELIGHT_PASSWORDS", &passwords)]).fine();
    let folder = site.assets().remove(0);
    let slots = Slots::read(&site.output()[&format!("x/{folder}/slots.json")]).unwrap();
    assert!(slots.chosen());
    for secret in [&b"correct horse battery staple"[..], &code_of(&site, "Anna")] {
        assert!(Opened::of(&site, &folder, secret).is_some());
    }
    // Without them, and with settings that cannot be read, what is published stays; a link that ended takes its pictures along.
    let before = site.tree();
    site.run(&["build"]).refused(5);
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    let settings = site.read(SETTINGS);
    site.put(SETTINGS, format!("titel = \n{settings}"));
    for variables in [&[][..], &[("SAFELIGHT_PASSWORDS", passwords.as_str())]] {
        site.run_with(&["build"], variables).refused(3);
        assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
    }
    site.put(SETTINGS, settings);
    // Another password moves everything, and the first opens nothing of it.
    let other = passwords.replace("staple", "paper clip");
    site.run_with(&["build"], &[("SAFELIGHT_PASSWORDS", &other)]).fine();
    let moved = site.assets().remove(0);
    assert_ne!(folder, moved);
    assert!(Opened::of(&site, &moved, b"correct horse battery staple").is_none());
    assert!(Opened::of(&site, &moved, b"correct horse battery paper clip").is_some());
    assert_eq!(site.containing("horse"), [] as [&str; 0]);
    site.share("Ben", &[]);
    site.run_with(&["build"], &[("SAFELIGHT_PASSWORDS", &other)]).fine();
    site.run(&["revoke", "lake-house", "--to", "Ben"]).fine();
    site.run(&["build"]).refused(5);
    assert_eq!(site.like("x/", ".bin"), [] as [&str; 0]);
}

#[test]
fn ids_of_links_stand_in_no_sealed_file() {
    let site = site();
    site.share("Anna", &[]);
    site.build();
    let ledger = Ledger::parse(&site.read(LEDGER), LEDGER.as_ref()).unwrap();
    let ids: Vec<LinkId> = ledger.galleries[0].links.iter().map(|link| link.id).collect();
    let said = Opened::of(&site, &site.assets()[0], &code_of(&site, "Anna")).unwrap().said();
    assert!(ids.iter().all(|id| !said.contains(id.as_str())) && !said.contains("Anna"), "{said}");
}
