//! A small sealed gallery, put together from the library alone: what it holds, and how it is damaged, is up to a test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safelight::access::{Keys, Mode, Scope, Secret};
use safelight::sealed::{Iterations, MANIFEST, SLOTS, Sealing, slots_file};
use serde_json::{Value, json};

/// The code that opens it.
pub const CODE: &str = "3SSP-TAE7-21FM-A34X";
/// The password that opens it too.
pub const PASSWORD: &str = "tulip anvil mosaic kettle";

/// The files of one audience before they are sealed, by name; and what the manifest says of them.
pub struct SealedGallery {
    keys: Keys,
    scope: Scope,
    plain: BTreeMap<String, Vec<u8>>,
    photos: Vec<Photo>,
    archives: Vec<(String, String)>,
}

/// A photo, with the names of its sealed files.
struct Photo {
    file: String,
    /// Each with its media type.
    pictures: Vec<(String, &'static str)>,
    about: String,
    original: Option<String>,
}

impl SealedGallery {
    /// A gallery without photos.
    pub fn empty() -> Self {
        let scope = Scope {
            gallery: "k3v9q2m7t4xa".parse().unwrap(),
            audience: String::new(),
            mode: Mode::Sealed,
            epoch: 1,
            password_tag: None,
            dead: Default::default(),
        };
        let keys = Keys::new(&Secret::of_published_vectors());
        Self { keys, scope, plain: BTreeMap::new(), photos: Vec::new(), archives: Vec::new() }
    }

    /// A photo with its original, one in two formats, and a ZIP file.
    pub fn new() -> Self {
        Self::empty()
            .photo("lake/dance.jpg", &["image/avif", "image/jpeg"], Some(300_000))
            .photo("portrait.heic", &["image/avif", "image/jpeg"], None)
            .archive("lake-house.zip", 600_000)
    }

    /// What seals it.
    pub fn sealing(&self) -> Sealing {
        self.keys.sealing(&self.scope)
    }

    /// A photo with one picture of each kind, and an original of so many bytes.
    pub fn photo(mut self, file: &str, kinds: &[&'static str], original: Option<usize>) -> Self {
        let pictures = kinds.iter().map(|kind| (self.add(format!("{file} as {kind}").into_bytes()), *kind)).collect();
        let about = json!([["h1", {}, "The ", ["b", {}, file]], ["div", {"class": "photo about"}, ["p", {}, format!("About {file}")], ["p", {}, "1/250 s"]]]);
        let about = self.add(about.to_string().into_bytes());
        let original = original.map(|length| self.add(noise(file, length)));
        self.photos.push(Photo { file: file.to_owned(), pictures, about, original });
        self
    }

    /// A ZIP file of so many bytes.
    pub fn archive(mut self, name: &str, length: usize) -> Self {
        let file = self.add(noise(name, length));
        self.archives.push((file, name.to_owned()));
        self
    }

    fn add(&mut self, plain: Vec<u8>) -> String {
        let name = format!("i{:A>16}.bin", self.plain.len());
        self.plain.insert(name.clone(), plain);
        name
    }

    /// The name of the file with a photo's original.
    pub fn original(&self, photo: usize) -> &str {
        self.photos[photo].original.as_deref().unwrap()
    }

    /// The name of a file with a photo's picture.
    pub fn picture(&self, photo: usize, picture: usize) -> &str {
        &self.photos[photo].pictures[picture].0
    }

    /// The name of the file with what a photo's page says.
    pub fn about(&self, photo: usize) -> &str {
        &self.photos[photo].about
    }

    /// The name of the file with a ZIP file.
    pub fn archived(&self, at: usize) -> &str {
        &self.archives[at].0
    }

    /// The bytes of a file before it is sealed.
    pub fn plain(&self, name: &str) -> &[u8] {
        &self.plain[name]
    }

    /// Every sealed file by name, without the manifest.
    pub fn files(&self) -> impl Iterator<Item = (&String, Vec<u8>)> {
        let sealing = self.sealing();
        self.plain.iter().map(move |(name, plain)| (name, sealing.seal(name, plain)))
    }

    /// The manifest before it is sealed.
    pub fn manifest(&self) -> Value {
        let number = |name: &String| self.plain.keys().position(|known| known == name).unwrap();
        let salt = |(name, whole): (&String, Vec<u8>)| json!([name, URL_SAFE_NO_PAD.encode(&whole[..16])]);
        let photo = |Photo { file, pictures, about, original }: &Photo| {
            let pictures: Vec<Value> =
                pictures.iter().map(|(name, kind)| json!([number(name), kind, 480, 320])).collect();
            let mut said = json!({ "file": file, "pictures": pictures, "about": number(about) });
            if let Some(original) = original {
                said["original"] = number(original).into();
            }
            said
        };
        json!({
            "v": 1, "title": "Lake House", "language": "en", "direction": "ltr", "files": self.files().map(salt).collect::<Vec<_>>(),
            "photos": self.photos.iter().map(photo).collect::<Vec<_>>(),
            "archives": self.archives.iter().map(|(name, shown)| json!([number(name), shown])).collect::<Vec<_>>(),
            "scripts": [], "styles": [], "page": [],
        })
    }

    /// Publishes it below a folder; gives the folder of its files.
    pub fn publish(&self, output: &Path) -> PathBuf {
        let token = self.keys.assets_token(&self.scope, None).path_segment().to_owned();
        let (assets, page) = (output.join("x").join(&token), output.join("g").join("pqHj2r_ZN1lEF10utN0Ktky71"));
        fs::create_dir_all(&assets).unwrap();
        fs::create_dir_all(&page).unwrap();
        let html = format!("<!doctype html><form id=unlock data-assets=\"&#x2F;x&#x2F;{token}&#x2F;\"></form>");
        fs::write(page.join("index.html"), html).unwrap();
        let secrets = [CODE.replace('-', ""), PASSWORD.to_owned()];
        let secrets = secrets.each_ref().map(|secret| secret.as_bytes());
        let slots = slots_file(&self.keys, &self.scope, &secrets, true, Iterations::default());
        fs::write(assets.join(SLOTS), slots).unwrap();
        self.files().for_each(|(name, whole)| fs::write(assets.join(name), whole).unwrap());
        self.write_manifest(&assets, &self.manifest());
        assets
    }

    /// Seals a manifest into the folder.
    pub fn write_manifest(&self, assets: &Path, manifest: &Value) {
        let whole = self.sealing().seal(MANIFEST, manifest.to_string().as_bytes());
        fs::write(assets.join(MANIFEST), whole).unwrap();
    }
}

/// Bytes that differ from seed to seed.
fn noise(seed: &str, length: usize) -> Vec<u8> {
    let mut state = seed.bytes().fold(1_u32, |state, byte| state.wrapping_mul(31).wrapping_add(byte.into()));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}
