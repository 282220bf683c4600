//! `manifest.bin`: what a sealed gallery holds, and every one of its files with its salt.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor};

/// The most bytes that are read of a manifest: some 50,000 photos.
pub const MANIFEST_LIMIT: u64 = 64 << 20;

/// Characters in the name of a sealed file, between its letter and its ending.
const NAME_BODY: usize = 16;

/// A manifest that was read. Numbers of files are known to be in `files`.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The gallery's title.
    pub title: String,
    /// The language of its words, as HTML writes it.
    pub language: String,
    /// Every sealed file of the folder but the manifest, in the order of their names.
    pub files: Vec<SealedFile>,
    /// The photos in showing order.
    pub photos: Vec<SealedPhoto>,
    /// Files by number, each with the name to save it under. Untrusted.
    pub archives: Vec<(usize, String)>,
    /// The content of the gallery's page.
    pub page: Vec<Node>,
}

/// A sealed file as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedFile {
    /// Its name: `i`, 16 characters, `.bin`.
    pub name: String,
    /// Its first bytes.
    pub salt: [u8; 16],
}

/// A photo as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPhoto {
    /// Its path below the gallery, with `/` between the parts. Untrusted.
    pub file: String,
    /// It in every size, the best format first, from small to large.
    pub pictures: Vec<SealedPicture>,
    /// The number of the file with what its page says.
    pub about: usize,
    /// The number of its original, where that may be downloaded.
    pub original: Option<usize>,
}

/// One size of a photo.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "(usize, String, u32, u32)")]
pub struct SealedPicture {
    /// The number of its file.
    pub file: usize,
    /// Its media type, such as `image/avif`.
    pub media_type: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl From<(usize, String, u32, u32)> for SealedPicture {
    fn from((file, media_type, width, height): (usize, String, u32, u32)) -> Self {
        Self { file, media_type, width, height }
    }
}

/// Why a manifest is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestFault {
    /// It is not JSON of this form; where and why.
    Form(String),
    /// It is of another version.
    Version(u32),
    /// Its files are not in order, repeat themselves, or have other names or salts than sealed files have.
    Files,
    /// It names a file by a number that no file has.
    Number(usize),
}

impl fmt::Display for ManifestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(why) => write!(f, "is not a manifest: {why}"),
            Self::Version(version) => write!(f, "is of version {version}, which this program does not read"),
            Self::Files => f.write_str("lists files out of order, twice, or with names or salts that none has"),
            Self::Number(number) => write!(f, "names file {number}, which it does not list"),
        }
    }
}

impl std::error::Error for ManifestFault {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    v: u32,
    title: String,
    language: String,
    #[serde(rename = "direction")]
    _direction: String,
    files: Vec<(String, String)>,
    photos: Vec<SealedPhoto>,
    archives: Vec<(usize, String)>,
    #[serde(rename = "scripts")]
    _scripts: Vec<String>,
    #[serde(rename = "styles")]
    _styles: Vec<String>,
    page: Vec<Node>,
}

impl Manifest {
    /// Reads the plain text of a manifest.
    ///
    /// # Errors
    /// Anything else; see [`ManifestFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestFault> {
        let form: Form = serde_json::from_slice(bytes).map_err(|error| ManifestFault::Form(error.to_string()))?;
        if form.v != 1 {
            return Err(ManifestFault::Version(form.v));
        }
        let files: Vec<SealedFile> =
            form.files.into_iter().map(SealedFile::read).collect::<Option<_>>().ok_or(ManifestFault::Files)?;
        let mut salts: Vec<&[u8; 16]> = files.iter().map(|file| &file.salt).collect();
        salts.sort_unstable();
        let repeats = salts.windows(2).any(|pair| pair[0] == pair[1]);
        if repeats || !files.is_sorted_by(|one, next| one.name < next.name) {
            return Err(ManifestFault::Files);
        }
        let of_photo = |photo: &SealedPhoto| {
            photo
                .pictures
                .iter()
                .map(|picture| picture.file)
                .chain([photo.about])
                .chain(photo.original)
                .collect::<Vec<_>>()
        };
        let mut numbers = form.photos.iter().flat_map(of_photo).chain(form.archives.iter().map(|(number, _)| *number));
        match numbers.find(|number| *number >= files.len()) {
            Some(number) => Err(ManifestFault::Number(number)),
            None => Ok(Self {
                title: form.title,
                language: form.language,
                files,
                photos: form.photos,
                archives: form.archives,
                page: form.page,
            }),
        }
    }
}

impl SealedFile {
    fn read((name, salt): (String, String)) -> Option<Self> {
        let body = name.strip_prefix('i')?.strip_suffix(".bin")?;
        let fits = body.len() == NAME_BODY && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let salt = URL_SAFE_NO_PAD.decode(salt).ok()?.try_into().ok()?;
        fits.then_some(Self { name, salt })
    }
}

impl SealedPhoto {
    /// The file with the most of the photo: its original, else its largest JPEG, else its largest picture.
    pub fn best(&self) -> Option<usize> {
        let largest = |of: fn(&SealedPicture) -> bool| {
            let found = self.pictures.iter().filter(|picture| of(picture));
            found.max_by_key(|picture| u64::from(picture.width) * u64::from(picture.height)).map(|picture| picture.file)
        };
        self.original.or_else(|| largest(|picture| picture.media_type == "image/jpeg")).or_else(|| largest(|_| true))
    }
}

/// A piece of a page: text, or an element. In JSON a text, or a list of the element's name, its attributes and its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text.
    Text(String),
    /// An element.
    Element {
        /// Its name.
        name: String,
        /// Its attributes, in the order in which they are written.
        attributes: Vec<(String, String)>,
        /// What it holds.
        children: Vec<Node>,
    },
}

impl Node {
    /// Reads what the page of a photo says.
    ///
    /// # Errors
    /// Anything but a list of nodes.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, ManifestFault> {
        serde_json::from_slice(bytes).map_err(|error| ManifestFault::Form(error.to_string()))
    }

    /// The first element of this class in it, itself included.
    pub fn of_class(&self, class: &str) -> Option<&Self> {
        let Self::Element { attributes, children, .. } = self else { return None };
        let has =
            |(name, value): &(String, String)| name == "class" && value.split_whitespace().any(|one| one == class);
        if attributes.iter().any(has) { Some(self) } else { children.iter().find_map(|child| child.of_class(class)) }
    }

    /// All text in it, with single spaces between its words.
    pub fn text(&self) -> String {
        let mut all = String::new();
        self.gather(&mut all);
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn gather(&self, all: &mut String) {
        match self {
            Self::Text(text) => all.push_str(text),
            Self::Element { children, .. } => {
                // Elements that follow one another are words of their own.
                all.push(' ');
                children.iter().for_each(|child| child.gather(all));
                all.push(' ');
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a list of a name, attributes and children")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let name: String = list.next_element()?.ok_or_else(|| de::Error::missing_field("name"))?;
        let attributes: Attributes = list.next_element()?.ok_or_else(|| de::Error::missing_field("attributes"))?;
        let mut children = Vec::new();
        while let Some(child) = list.next_element()? {
            children.push(child);
        }
        Ok(Node::Element { name, attributes: attributes.0, children })
    }
}

struct Attributes(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AttributesVisitor;
        impl<'de> Visitor<'de> for AttributesVisitor {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("attributes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = map.next_entry()? {
                    all.push(one);
                }
                Ok(Attributes(all))
            }
        }
        deserializer.deserialize_map(AttributesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"["iAAAAAAAAAAAAAAAA.bin","AAAAAAAAAAAAAAAAAAAAAA"]"#;
    const B: &str = r#"["iBBBBBBBBBBBBBBBB.bin","AQAAAAAAAAAAAAAAAAAAAA"]"#;

    fn manifest(files: &str, photos: &str, more: &str) -> Result<Manifest, ManifestFault> {
        let whole = format!(
            r#"{{"v":1,"title":"Lake House","language":"en","direction":"ltr","files":[{files}],"photos":[{photos}],"archives":[{more}],"scripts":[],"styles":[],"page":["a",["p",{{"class":"x y"}},"b",["b",{{}},"c"]]]}}"#
        );
        Manifest::read(whole.as_bytes())
    }

    #[test]
    fn a_manifest_is_read() {
        let photo = r#"{"file":"lake/a.jpg","pictures":[[0,"image/avif",480,320]],"about":1}"#;
        let read = manifest(&format!("{A},{B}"), photo, r#"[1,"all.zip"]"#).unwrap();
        assert_eq!((read.title.as_str(), read.files.len(), read.files[1].salt[0]), ("Lake House", 2, 1));
        assert_eq!(read.archives, [(1, "all.zip".to_owned())]);
        assert_eq!((read.photos[0].about, read.photos[0].original, read.photos[0].pictures[0].width), (1, None, 480));
        assert_eq!(read.page[1].of_class("y").unwrap().text(), "b c");
        assert!(read.page[1].of_class("z").is_none());
    }

    #[test]
    fn what_is_not_a_manifest_is_refused_with_its_reason() {
        let fault = |files: &str, photos: &str, more: &str| manifest(files, photos, more).unwrap_err();
        assert_eq!(fault(&format!("{B},{A}"), "", ""), ManifestFault::Files);
        assert_eq!(fault(&format!("{A},{A}"), "", ""), ManifestFault::Files);
        assert_eq!(fault(&format!("{A},{}", B.replace("AQ", "AA")), "", ""), ManifestFault::Files, "one salt twice");
        for name in ["../../../../etc/pw.bin", "iAAAAAAAAAAAAAAAA.jpg", "manifest.bin", "iAAAAAAAAAAAAAA/A.bin"] {
            assert_eq!(fault(&A.replace("iAAAAAAAAAAAAAAAA.bin", name), "", ""), ManifestFault::Files, "{name}");
        }
        assert_eq!(fault(&A.replace(r#"AA"]"#, r#"AB"]"#), "", ""), ManifestFault::Files, "spare bits");
        assert_eq!(fault(A, r#"{"file":"a","pictures":[],"about":1}"#, ""), ManifestFault::Number(1));
        assert_eq!(fault(A, r#"{"file":"a","pictures":[],"about":0,"original":7}"#, ""), ManifestFault::Number(7));
        assert_eq!(
            fault(A, r#"{"file":"a","pictures":[[2,"image/png",1,1]],"about":0}"#, ""),
            ManifestFault::Number(2)
        );
        assert_eq!(fault(A, "", r#"[9,"a.zip"]"#), ManifestFault::Number(9));
        assert!(matches!(fault(A, "", "9"), ManifestFault::Form(_)));
        assert!(matches!(fault(A, r#"{"file":"a","pictures":[],"about":0,"more":1}"#, ""), ManifestFault::Form(_)));
        assert!(matches!(Manifest::read(b"{}"), Err(ManifestFault::Form(_))));
        let deep = "[\"p\",{},".repeat(100_000);
        assert!(matches!(Node::read_all(format!("[{deep}").as_bytes()), Err(ManifestFault::Form(_))));
        assert!(matches!(Node::read_all(br#"[["p"]]"#), Err(ManifestFault::Form(_))));
        assert!(matches!(Node::read_all(br#"[7]"#), Err(ManifestFault::Form(_))));
    }

    #[test]
    fn the_best_of_a_photo_is_its_original_then_its_largest_jpeg() {
        let picture =
            |file, media: &str, width| SealedPicture { file, media_type: media.to_owned(), width, height: 100 };
        let mut photo = SealedPhoto {
            file: String::new(),
            pictures: vec![picture(0, "image/avif", 900), picture(1, "image/jpeg", 400), picture(2, "image/jpeg", 800)],
            about: 0,
            original: Some(9),
        };
        assert_eq!(photo.best(), Some(9));
        photo.original = None;
        assert_eq!(photo.best(), Some(2));
        photo.pictures.truncate(1);
        assert_eq!(photo.best(), Some(0));
        photo.pictures.clear();
        assert_eq!(photo.best(), None);
    }
}
