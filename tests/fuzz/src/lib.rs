//! What a fuzzer feeds, and what it starts from. Each function panics when a decoder does, and when it takes for good what is
//! not.

use std::sync::OnceLock;

use safelight::access::code::{normal_code, typed_secret};
use safelight::access::{Keys, Mode, Scope, Secret, TypedSecret};
use safelight::sealed::{
    ContentKey, Iterations, LocatorKey, Manifest, Node, Sealing, Slots, open, path_below, slots_file,
};

const GO: &str = "/g/pqHj2r_ZN1lEF10utN0Ktky71/";
const CODE: &[u8] = b"3SSPTAE721FMA34X";

fn keys() -> Keys {
    Keys::new(&Secret::of_published_vectors())
}

fn scope() -> Scope {
    Scope {
        gallery: "k3v9q2m7t4xa".parse().expect("it is an id"),
        audience: String::new(),
        mode: Mode::Sealed,
        epoch: 1,
        password_tag: None,
        dead: Default::default(),
    }
}

fn sealing() -> Sealing {
    keys().sealing(&scope())
}

fn content() -> &'static ContentKey {
    static CONTENT: OnceLock<ContentKey> = OnceLock::new();
    CONTENT.get_or_init(|| sealing().content_key().clone())
}

fn locator_key() -> &'static LocatorKey {
    static KEY: OnceLock<LocatorKey> = OnceLock::new();
    KEY.get_or_init(|| LocatorKey::new(CODE, &keys().code_salt(), Iterations::default()))
}

/// A sealed file: what opens is what was sealed, to the byte.
pub fn sealed_file(data: &[u8]) {
    let mut plain = Vec::new();
    if let Ok(opened) = open(content(), "a.bin", None, data, &mut plain) {
        assert_eq!(opened.length, plain.len() as u64);
        assert!(sealing().seal("a.bin", &plain) == data, "something else opens too");
    }
}

/// A table of slots.
pub fn slots(data: &[u8]) {
    if let Ok(slots) = Slots::read(data) {
        assert!(slots.count() % 8 == 0 && slots.iterations() >= Iterations::default());
    }
}

/// A locator: it leads to the page that it was made for.
pub fn locator(data: &[u8]) {
    if let Ok(go) = locator_key().open(data) {
        assert!(locator_key().seal(&keys(), &go) == data, "something else opens too");
    }
}

/// A manifest, and what the page of a photo says; the names in it stay within a folder.
pub fn manifest(data: &[u8]) {
    if let Ok(manifest) = Manifest::read(data) {
        for photo in &manifest.photos {
            assert!(photo.best().is_none_or(|number| number < manifest.files.len()));
            assert_is_below(&photo.file);
        }
        manifest.archives.iter().for_each(|(_, name)| assert_is_below(name));
        manifest.page.iter().for_each(|node| drop((node.text(), node.of_class("about").is_some())));
    }
    if let Ok(nodes) = Node::read_all(data) {
        nodes.iter().for_each(|node| drop(node.text()));
    }
    if let Ok(text) = std::str::from_utf8(data) {
        assert_is_below(text);
    }
}

fn assert_is_below(name: &str) {
    use std::path::Component;
    if let Some(path) = path_below(name) {
        assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{name:?} is {path:?}");
        assert_eq!(path_below(&path.to_string_lossy()).as_deref(), Some(path.as_path()), "{name:?}");
    }
}

/// A code as a person types it: what is taken for a code is one, however it is written.
pub fn typed_code(data: &[u8]) {
    let typed = String::from_utf8_lossy(data);
    if let Ok(code) = normal_code(&typed) {
        assert!(normal_code(&code.expose()).is_ok_and(|again| again == code));
        assert!(matches!(typed_secret(&typed), Some(TypedSecret::Code(same)) if same == code));
    }
    if let Some(TypedSecret::Password(password)) = typed_secret(&typed) {
        let again = typed_secret(password.expose());
        assert!(matches!(again, Some(TypedSecret::Password(same)) if same == password), "{typed:?}");
    }
}

/// A target with what it starts from.
pub type Target = (&'static str, fn(&[u8]), Vec<Vec<u8>>);

/// Every target.
pub fn targets() -> [Target; 5] {
    let sealed = [&b""[..], b"a few words", &[7; 600]].map(|plain| sealing().seal("a.bin", plain));
    let slots_seed = slots_file(&keys(), &scope(), &[CODE], true, Iterations::default());
    let node = br#"["one",["p",{"class":"about x"},"two",["b",{},"three"]]]"#;
    let whole = serde_json::json!({
        "v": 1, "title": "Lake House", "language": "en", "direction": "ltr",
        "files": [["iAAAAAAAAAAAAAAAA.bin", "AAAAAAAAAAAAAAAAAAAAAA"], ["iBBBBBBBBBBBBBBBB.bin", "AQAAAAAAAAAAAAAAAAAAAA"]],
        "photos": [{"file": "lake/a.jpg", "pictures": [[0, "image/avif", 480, 320]], "about": 1, "original": 0}],
        "archives": [[1, "all.zip"]], "scripts": ["/a.js"], "styles": [], "page": ["a", ["p", {"class": "x"}, "b"]],
    });
    let names = ["lake/a.jpg", "../a.jpg", "CON.jpg", "a./b ", "com1", "C:\\a"].map(|name| name.as_bytes().to_vec());
    let manifests = [whole.to_string().into_bytes(), node.to_vec()].into_iter().chain(names).collect();
    let typed =
        ["3SSP-TAE7-21FM-A34X", " 3ssp\u{2011}tae7 2lfm\u{a0}a34x\u{200b}", "\u{feff}passe\u{301} two\u{85}", "ＡＢ"];
    [
        ("sealed_file", sealed_file, sealed.to_vec()),
        ("slots", slots, vec![slots_seed]),
        ("locator", locator, vec![locator_key().seal(&keys(), GO)]),
        ("manifest", manifest, manifests),
        ("typed_code", typed_code, typed.map(|text| text.as_bytes().to_vec()).to_vec()),
    ]
}
