//! Opening a sealed gallery: what comes out of it, and what does not.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::sealed::{CODE, PASSWORD, SealedGallery};
use crate::support::{Run, Site, tree};

/// A gallery where the site's output lies.
fn published(gallery: &SealedGallery) -> (Site, std::path::PathBuf) {
    let site = Site::new();
    let assets = gallery.publish(&site.path("public"));
    (site, assets)
}

fn open(site: &Site, assets: &Path, more: &[&str]) -> Run {
    site.run(&[["open", assets.to_str().unwrap(), "--code", CODE].as_slice(), more].concat())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = tree(folder).keys().map(|path| path.display().to_string()).collect();
    names.sort_unstable();
    names
}

#[test]
fn everything_comes_out_as_it_went_in_once() {
    let gallery = SealedGallery::new();
    let (site, assets) = published(&gallery);
    let page = site.path("public/g/pqHj2r_ZN1lEF10utN0Ktky71");
    let told = site.run(&["open", page.to_str().unwrap(), "--code", "3ssp tae7 2lfm a34x", "--to", "out"]).fine();
    let out = site.path("out");
    assert_eq!(names(&out), ["gallery.json", "lake-house.zip", "lake/dance.jpg", "portrait.heic.jpg"]);
    assert!(fs::read(out.join("lake/dance.jpg")).unwrap() == gallery.plain(gallery.original(0)));
    assert_eq!(fs::read(out.join("portrait.heic.jpg")).unwrap(), b"portrait.heic as image/jpeg");
    assert!(fs::read(out.join("lake-house.zip")).unwrap() == gallery.plain(gallery.archived(0)));
    let said: Value = serde_json::from_slice(&fs::read(out.join("gallery.json")).unwrap()).unwrap();
    let photo = |file: &str, name: &str| json!({ "file": file, "about": format!("About {name} 1/250 s") });
    let expected = json!({
        "title": "Lake House", "language": "en", "archives": ["lake-house.zip"],
        "photos": [photo("lake/dance.jpg", "lake/dance.jpg"), photo("portrait.heic.jpg", "portrait.heic")],
    });
    assert_eq!(said, expected);
    assert_eq!(told.err, "opening “Lake House”: 2 photos in 9 sealed files\n");
    assert_eq!(told.out, format!("all 9 files open and are what was sealed\nwrote 3 files to `{}`\n", out.display()));

    let again = open(&site, &assets, &["--to", "out", "--format", "json"]).fine().events();
    assert_eq!(
        again[0],
        json!({
            "event": "summary", "command": "open", "title": "Lake House", "photos": 2, "files": 9, "refused": 0, "unlisted": 0,
            "written": 0, "same": 3,
        })
    );
}

#[test]
fn without_a_folder_files_are_only_checked() {
    let (site, assets) = published(&SealedGallery::new());
    let before = names(site.root());
    assert_eq!(open(&site, &assets, &[]).fine().out, "all 9 files open and are what was sealed\n");
    assert_eq!(names(site.root()), before);
}

#[test]
fn codes_and_passwords_come_from_wherever_they_are() {
    let (site, assets) = published(&SealedGallery::empty());
    let assets = assets.to_str().unwrap();
    site.put("password.txt", format!("{PASSWORD}\n"));
    site.put("code.txt", CODE);
    site.run(&["open", assets, "--password-file", "password.txt"]).fine();
    site.run(&["open", assets, "--password-file", "code.txt"]).fine();
    site.run_with(&["open", assets], &[("SAFELIGHT_PASSWORD", PASSWORD)]).fine();

    let refused = |run: Run, code: i32, says: &str| {
        let said = run.refused(code).err;
        assert!(said.contains(says), "{said}");
        assert!(!said.contains("kettle") && !said.contains("3SSP") && !said.contains("VMAN"), "{said}");
    };
    let code = |code: &str| site.run(&["open", assets, "--code", code]);
    refused(code("VMAN-5WW4-5V61-N6GK"), 5, "this code does not open the gallery");
    refused(code("3SSP-TAE7-21FM-A34Y"), 2, "contains a typing error");
    refused(code("3SSP-TAE7-21FM"), 2, "does not have 16 characters");
    refused(code("3SSP-TAE7-21FM-A34U"), 2, "a character that no code has");
    refused(
        site.run_with(&["open", assets], &[("SAFELIGHT_PASSWORD", "kettle")]),
        5,
        "this password does not open the gallery",
    );
    refused(site.run(&["open", assets]), 2, "no terminal");
}

#[test]
fn what_was_damaged_is_named_with_its_reason_and_the_rest_comes_out() {
    let gallery = SealedGallery::new().photo("third.jpg", &["image/jpeg"], Some(10)).photo(
        "4.jpg",
        &["image/jpeg"],
        Some(600_000),
    );
    let (site, assets) = published(&gallery);
    let at = |name: &str| assets.join(name);
    let damage = |name: &str, change: fn(&mut Vec<u8>)| {
        let mut whole = fs::read(at(name)).unwrap();
        change(&mut whole);
        fs::write(at(name), whole).unwrap();
    };
    damage(gallery.original(0), |whole| *whole.last_mut().unwrap() ^= 1);
    fs::remove_file(at(gallery.about(1))).unwrap();
    damage(gallery.archived(0), |whole| whole.truncate(21 + (2 << 18)));
    fs::copy(at(gallery.picture(0, 0)), at(gallery.picture(1, 0))).unwrap();
    // The file that lay there before the photo changed: it opens, and is not the one that is listed.
    fs::write(at(gallery.original(2)), gallery.sealing().seal(gallery.original(2), b"before")).unwrap();
    damage(gallery.original(3), |whole| whole.extend(b"more"));
    fs::write(at("iZZZZZZZZZZZZZZZZ.bin"), "not of this gallery").unwrap();

    let told = open(&site, &assets, &["--to", "out"]).refused(1);
    let reasons = [
        (gallery.original(0), "was changed, cut off or swapped: record 2 does not open"),
        (gallery.about(1), "is missing"),
        (gallery.archived(0), "is cut off: its last records are missing"),
        (gallery.picture(1, 0), "is not the file that the manifest lists"),
        (gallery.original(2), "is not the file that the manifest lists"),
        (gallery.original(3), "was changed, cut off or swapped: record 3 does not open"),
    ];
    for (name, reason) in reasons {
        assert!(told.err.contains(&format!("error: `{name}`: {reason}")), "{name}\n{}", told.err);
    }
    assert_eq!(told.err.matches("error: ").count(), reasons.len(), "{}", told.err);
    assert!(
        told.err.contains("it belongs to `lake/dance.jpg`") && told.err.contains("1 sealed file in the folder is not listed")
    );
    assert_eq!(told.out.lines().next(), Some("6 of 15 files refused"));
    assert_eq!(names(&site.path("out")), ["gallery.json", "portrait.heic.jpg"], "nothing of what was refused");
}

#[test]
fn a_damaged_table_opens_nothing() {
    let gallery = SealedGallery::new();
    let (site, assets) = published(&gallery);
    let slots = fs::read(assets.join("slots.json")).unwrap();
    let weak = String::from_utf8(slots.clone()).unwrap().replace("600000", "1000");
    fs::write(assets.join("slots.json"), weak).unwrap();
    let told = open(&site, &assets, &[]).refused(1).err;
    assert!(told.contains("`slots.json`: asks for another stretching"), "{told}");
    fs::write(assets.join("slots.json"), slots).unwrap();

    let mut manifest = gallery.manifest();
    manifest["photos"][0]["original"] = 99.into();
    gallery.write_manifest(&assets, &manifest);
    let told = open(&site, &assets, &[]).refused(1).err;
    assert!(told.contains("`manifest.bin`: names file 99, which it does not list"), "{told}");

    fs::write(assets.join("manifest.bin"), "nonsense").unwrap();
    let told = open(&site, &assets, &[]).refused(1).err;
    assert!(told.contains("`manifest.bin`: is too short for a sealed file"), "{told}");
    let told = site.run(&["open", "galleries", "--code", CODE]).refused(2).err;
    assert!(told.contains("there is no sealed gallery here"), "{told}");
}

#[test]
fn names_lead_nowhere_else_and_replace_nothing() {
    let names_given = [
        "../outside.jpg",
        "/tmp/outside.jpg",
        "a/../../outside.jpg",
        "CON.jpg",
        "gallery.json",
        "One.jpg",
        "one.jpg",
        "link/in.jpg",
        "kept.jpg",
        "a\u{1b}[31m.jpg",
    ];
    let gallery =
        names_given.iter().fold(SealedGallery::empty(), |gallery, name| gallery.photo(name, &["image/jpeg"], Some(5)));
    let (site, assets) = published(&gallery.archive("..", 9).archive("../outside.zip", 9));
    site.put("out/kept.jpg", "somebody's own");
    fs::create_dir(site.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(site.path("elsewhere"), site.path("out/link")).unwrap();
    let before: Vec<String> = names(site.root()).into_iter().filter(|name| !name.starts_with("out/")).collect();

    let told = open(&site, &assets, &["--to", "out"]).refused(2);
    let after: Vec<String> = names(site.root()).into_iter().filter(|name| !name.starts_with("out/")).collect();
    assert_eq!(after, before);
    assert_eq!(names(&site.path("out")), ["One.jpg", "_CON.jpg", "a_[31m.jpg", "gallery.json", "kept.jpg"]);
    assert_eq!(site.read("out/kept.jpg"), "somebody's own");
    assert!(site.read("out/gallery.json").contains("\"title\": \"Lake House\""), "no photo in its place");
    assert_eq!(told.err.matches("which no file may be called").count(), 5, "{}", told.err);
    assert_eq!(told.err.matches("a name that another file has").count(), 2, "{}", told.err);
    assert_eq!(told.err.matches("leads out of the folder").count(), 1, "{}", told.err);
    assert_eq!(told.err.matches("something else lies there already").count(), 1, "{}", told.err);
    assert!(!told.err.contains('\u{1b}'), "{}", told.err);
}

#[test]
fn plain_photos_are_never_written_where_they_would_be_published() {
    let (site, assets) = published(&SealedGallery::new());
    for folder in ["public", "public/x/new", "static/photos"] {
        let told = open(&site, &assets, &["--to", folder]).refused(2).err;
        assert!(told.contains("would be published"), "{told}");
    }
    // Without a site, the published folder itself says where it ends.
    let copy = crate::support::temporary_folder();
    let assets = SealedGallery::new().publish(&copy.path().join("copy"));
    let to = copy.path().join("copy/photos");
    let told = open(&Site::empty(), &assets, &["--to", to.to_str().unwrap()]).refused(2).err;
    assert!(told.contains("would be published") && !to.exists(), "{told}");
}

/// Serves a folder until the value goes.
struct Host(std::sync::Arc<tiny_http::Server>, Option<std::thread::JoinHandle<()>>);

impl Host {
    fn of(folder: std::path::PathBuf) -> Self {
        let server = std::sync::Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let shared = std::sync::Arc::clone(&server);
        let answer = move |request: tiny_http::Request| {
            let path = request.url().trim_start_matches('/').to_owned();
            let path = if path.ends_with('/') { format!("{path}index.html") } else { path };
            match fs::read(folder.join(path)) {
                Ok(bytes) => request.respond(tiny_http::Response::from_data(bytes)),
                Err(_) => request.respond(tiny_http::Response::empty(404)),
            }
        };
        let thread = std::thread::spawn(move || shared.incoming_requests().for_each(|request| drop(answer(request))));
        Self(server, Some(thread))
    }

    fn address(&self, path: &str) -> String {
        format!("http://{}/{path}", self.0.server_addr())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.0.unblock();
        self.1.take().unwrap().join().unwrap();
    }
}

#[test]
fn a_link_is_opened_where_it_leads() {
    let gallery = SealedGallery::new();
    let (site, assets) = published(&gallery);
    let host = Host::of(site.path("public"));
    let link = host.address("g/pqHj2r_ZN1lEF10utN0Ktky71/");
    let with_code = format!("{link}#k=3SSPTAE721FMA34X");
    site.run(&["open", &with_code, "--to", "out"]).fine();
    assert_eq!(names(&site.path("out")), ["gallery.json", "lake-house.zip", "lake/dance.jpg", "portrait.heic.jpg"]);
    let token = assets.file_name().unwrap().to_str().unwrap();
    for path in [format!("x/{token}"), format!("x/{token}/index.html"), "g/pqHj2r_ZN1lEF10utN0Ktky71".to_owned()] {
        site.run(&["open", &host.address(&path), "--code", CODE]).fine();
    }

    fs::remove_file(assets.join(gallery.original(0))).unwrap();
    let told = site.run(&["open", &with_code]).refused(1).err;
    assert!(told.contains(&format!("`{}`: cannot be read", gallery.original(0))) && told.contains("404"), "{told}");
    let told = site.run(&["open", &host.address("g/gone/"), "--code", CODE]).refused(6).err;
    assert!(told.contains("404"), "{told}");
}

#[test]
fn what_is_no_link_is_not_fetched() {
    let site = Site::empty();
    let refused = |address: &str, says: &str| {
        let told = site.run(&["open", address, "--code", CODE]).refused(2).err;
        assert!(told.contains(says), "{told}");
    };
    for address in ["http://photos.example/g/p/", "http://localhost.example/g/p/", "http://127.0.0.1.example/g/p/"] {
        refused(address, "plain `http`");
    }
    for address in
        ["https://", "https://a\"b/g/p/", "https://127.0.0.1@photos.example/g/p/", "https://photos.example/g/p\n/"]
    {
        refused(address, "not the address of a gallery");
    }
    refused("https://photos.example/lake/", "not the address of a sealed gallery");
}
