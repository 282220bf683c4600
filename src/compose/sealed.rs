//! Sealed galleries: every file is encrypted before it leaves this room, and one of them describes the others.
//!
//! The page of a gallery is made by its theme's template like any other, and then taken apart: what stands in its `<main>` is
//! kept as data, in which photos stand by their number. Browsers put it together again without ever reading HTML.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::File as DiskFile;
use std::io::{self, BufWriter, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::downloads::Archive;
use super::editions::Edition;
use super::files::small;
use super::page_files::PageFile;
use super::{Composer, FileKind, Files, Sources};
use crate::images::cache::Cache;
use crate::markup::{Element, Node, tree};
use crate::plan::{Album, DownloadFile, Seal};
use crate::publish::{Content, Fingerprint, Produce, Unwritten};
use crate::sealed::MANIFEST;
use crate::visibility::PrivateFolder;
use crate::{Code, Error, Result};

/// The first bytes of a sealed file: no two plain texts of a gallery share one.
pub type Salt = [u8; 16];

/// What a browser would load, run or obey: none of it belongs into the page of a gallery.
const LEFT_OUT: [&str; 9] = ["script", "style", "link", "meta", "base", "iframe", "object", "embed", "noscript"];

/// The content of a file before it is sealed, where it is to be. Only this room can take it apart, so that nothing of a sealed
/// gallery is written as it is.
pub struct Prepared<'c> {
    plain: Content<'c>,
    seal: Option<(&'c Seal, &'c Composer<'c>, String)>,
}

impl<'c> Prepared<'c> {
    /// What everybody may have, or holders of a link.
    pub(super) fn open(plain: Content<'c>) -> Self {
        Self { plain, seal: None }
    }

    /// The content, to be looked at.
    pub fn plain(&self) -> &Content<'c> {
        &self.plain
    }

    /// The content as it is published.
    ///
    /// # Errors
    /// A file of a sealed gallery that cannot be sealed here.
    pub fn into_content(self) -> Result<Content<'c>> {
        let Some((seal, composer, path)) = self.seal else { return Ok(self.plain) };
        match self.plain {
            Content::Bytes(bytes) => {
                let sealed = seal.sealing().seal(name_of(&path), &bytes);
                if let Some(salt) = sealed.first_chunk() {
                    composer.keep_salt(&path, *salt);
                }
                Ok(Content::Bytes(sealed))
            }
            _ => Err(Error::new(Code::Internal, "a file of a sealed gallery would be published as it is").at(path)),
        }
    }
}

/// A ZIP file that is sealed while it is written: its plain bytes never lie on a disk. They are made twice, for a file's salt
/// depends on all of them.
pub(super) struct SealedArchive<'c> {
    seal: &'c Seal,
    composer: &'c Composer<'c>,
    path: &'c str,
    archive: Archive<'c>,
}

impl fmt::Debug for SealedArchive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedArchive(hidden)")
    }
}

impl SealedArchive<'_> {
    fn measure(&self) -> Result<(u64, [u8; 32]), Unwritten> {
        let mut measured = Measured { length: 0, hash: Sha256::new() };
        self.archive.write(&mut measured)?;
        Ok((measured.length, measured.hash.finalize().into()))
    }
}

impl Produce for SealedArchive<'_> {
    fn produce(&self, file: &mut DiskFile) -> Result<(), Unwritten> {
        let (length, sha256) = self.measure()?;
        let name = name_of(self.path);
        self.composer.keep_salt(self.path, self.seal.sealing().salt(name, length, &sha256));
        let mut sealed = self.seal.sealing().writer(name, length, &sha256, BufWriter::new(file));
        self.archive.write(&mut sealed)?;
        sealed.finish()?.flush()?;
        Ok(())
    }
}

/// Counts and hashes what is written.
struct Measured {
    length: u64,
    hash: Sha256,
}

impl Write for Measured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len() as u64;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Composer<'a> {
    /// Prepares the content of a file that belongs to an album.
    pub(super) fn in_album<'c>(
        &'c self,
        album: u32,
        path: &str,
        plain: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Prepared<'c>> {
        let seal = self.contents.plan.albums[album as usize].seal();
        Ok(Prepared { plain: Content::Bytes(plain()?), seal: seal.map(|seal| (seal, self, path.to_owned())) })
    }

    /// Whether the files of an album are sealed.
    pub(super) fn is_sealed(&self, album: u32) -> bool {
        self.contents.plan.albums[album as usize].seal().is_some()
    }

    /// The page of a sealed gallery that its manifest holds: the audience's own, which names no holder's address.
    pub(super) fn sealed_grid(&self, album: u32) -> PageFile {
        let grid = small(self.contents.plan.albums[album as usize].grids().len() - 1);
        PageFile::Grid { edition: Edition::MAIN, album, grid, page: 0 }
    }

    /// A ZIP file of an album, sealed where the album is.
    pub(super) fn packed<'c>(&'c self, album: usize, part: usize, cache: &'c Cache) -> Content<'c> {
        let part = &self.contents.downloads.of(album).parts[part];
        let archive = self.archive(album, part, cache);
        match self.contents.plan.albums[album].seal() {
            None => Content::Written(Box::new(archive)),
            Some(seal) => Content::Written(Box::new(SealedArchive { seal, composer: self, path: &part.path, archive })),
        }
    }

    /// Learns the salts of files that lie in the output as they should be and belong to albums whose manifests are to be
    /// written: what was not made anew is not read anew. `salt_of` is asked with path and fingerprint.
    pub fn learn_salts(
        &self,
        files: &Files,
        written: impl Iterator<Item = FileKind>,
        salt_of: impl Fn(&str, Fingerprint) -> Option<Salt> + Sync,
    ) {
        let albums = written.filter_map(|what| match what {
            FileKind::Manifest { album } => Some(album as usize),
            _ => None,
        });
        for album in albums {
            let sealed: Vec<(String, FileKind)> = self.sealed_files(album).into_iter().collect();
            let found = sealed.par_iter().filter_map(|(path, _)| {
                let salt = salt_of(path, files.get(path)?.key())?;
                Some((path, salt))
            });
            for (path, salt) in found.collect::<Vec<_>>() {
                self.keep_salt(path, salt);
            }
        }
    }

    fn keep_salt(&self, path: &str, salt: Salt) {
        // What is in it is whole at any moment.
        let mut salts = self.salts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        salts.insert(path.into(), salt);
    }

    fn salt(&self, seal: &Seal, path: &str, what: FileKind, cache: &Cache) -> Result<Salt> {
        let known = self.salts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(path).copied();
        if let Some(salt) = known {
            return Ok(salt);
        }
        let salt = match what {
            FileKind::Archive { album, part } => {
                let part = &self.contents.downloads.of(album as usize).parts[part as usize];
                let archive = self.archive(album as usize, part, cache);
                let archive = SealedArchive { seal, composer: self, path, archive };
                let (length, sha256) = archive.measure().map_err(|error| match error {
                    Unwritten::Content(error) => error,
                    Unwritten::Write(error) => Error::new(Code::Internal, error.to_string()),
                })?;
                seal.sealing().salt(name_of(path), length, &sha256)
            }
            _ => match self.content(path, what, cache)?.plain {
                Content::Bytes(bytes) => {
                    let sha256 = Sha256::digest(&bytes).into();
                    seal.sealing().salt(name_of(path), bytes.len() as u64, &sha256)
                }
                _ => return Err(Error::new(Code::Internal, "a sealed file has no bytes").at(path)),
            },
        };
        self.keep_salt(path, salt);
        Ok(salt)
    }

    /// Every sealed file of an album by path, without the manifest.
    fn sealed_files(&self, at: usize) -> BTreeMap<String, FileKind> {
        let album = &self.contents.plan.albums[at];
        let mut files = BTreeMap::new();
        for (section, photo) in Sources::sequence(album) {
            let placed = self.contents.placed(at, section, photo);
            let (album_at, section, photo) = (small(at), small(section), small(photo));
            let page = PageFile::Photo { edition: Edition::MAIN, album: album_at, section, photo };
            files.insert(album.photo_page_path(placed.shown), FileKind::Page(page));
            // Pictures for cards come last in a ladder.
            for (rung, (.., path)) in self.contents.renditions(&placed, false).enumerate() {
                let what = FileKind::Picture { album: album_at, section, photo, rung: small(rung) };
                files.entry(path.to_owned()).or_insert(what);
            }
            if let Some(path) = self.contents.original_of(&placed) {
                let what = FileKind::Original { album: album_at, section, photo };
                files.entry(path.to_owned()).or_insert(what);
            }
        }
        for (part, found) in self.contents.downloads.of(at).parts.iter().enumerate() {
            files.insert(found.path.clone(), FileKind::Archive { album: small(at), part: small(part) });
        }
        files
    }

    /// The file that describes a sealed gallery, before it is sealed itself.
    ///
    /// # Errors
    /// What the template lacks; a cached picture that has gone.
    pub(super) fn manifest(&self, at: usize, cache: &Cache) -> Result<Vec<u8>> {
        let album = &self.contents.plan.albums[at];
        let Some(seal) = album.seal() else { return Err(Error::new(Code::Internal, "the gallery is not sealed")) };
        let files = self.sealed_files(at);
        let salts: Vec<Salt> =
            files.par_iter().map(|(path, what)| self.salt(seal, path, *what, cache)).collect::<Result<_>>()?;
        let numbers: HashMap<&str, usize> =
            files.keys().enumerate().map(|(number, path)| (path.as_str(), number)).collect();
        let number = |path: &str| {
            let found = numbers.get(path).copied();
            found.ok_or_else(|| Error::new(Code::Internal, "a sealed file is not listed").at(path))
        };
        let mut photos = Vec::with_capacity(album.len());
        for (section, photo) in Sources::sequence(album) {
            let placed = self.contents.placed(at, section, photo);
            let pictures: Vec<Value> = self
                .contents
                .renditions(&placed, false)
                .map(|(format, width, height, path)| Ok(json!([number(path)?, format.mime(), width, height])))
                .collect::<Result<_>>()?;
            let mut entry = Map::new();
            entry.insert("file".to_owned(), super::views::file_below(self.contents.catalog, &placed).into());
            entry.insert("pictures".to_owned(), pictures.into());
            entry.insert("about".to_owned(), number(&album.photo_page_path(placed.shown))?.into());
            if let Some(path) = self.contents.original_of(&placed) {
                entry.insert("original".to_owned(), number(path)?.into());
            }
            photos.push(Value::Object(entry));
        }
        let archives: Vec<Value> = self
            .contents
            .downloads
            .of(at)
            .parts
            .iter()
            .map(|part| Ok(json!([number(&part.path)?, part.name])))
            .collect::<Result<_>>()?;
        let page = tree(&self.page(FileKind::Page(self.sealed_grid(small(at))))?);
        let around = tree(&self.page(FileKind::Page(PageFile::Unlock { album: small(at), grid: 0 }))?);
        let root = page.all().into_iter().find(|element| element.name == "html");
        let said = |name: &str| root.and_then(|root| root.get(name)).unwrap_or_default().to_owned();
        let language = self.contents.language_of(at, Edition::MAIN);
        let whole = json!({
            "v": 1,
            "title": self.contents.album_title(at, language),
            "language": said("lang"),
            "direction": said("dir"),
            "files": files.keys().zip(&salts).map(|(path, salt)| json!([name_of(path), URL_SAFE_NO_PAD.encode(salt)])).collect::<Vec<_>>(),
            "photos": photos,
            "archives": archives,
            "scripts": loaded(&page, &around, "script", "src"),
            "styles": loaded(&page, &around, "link", "href"),
            "page": self.as_data(at, &page),
        });
        Ok(serde_json::to_vec(&whole).unwrap_or_default())
    }

    /// What the page of a photo in a sealed gallery says, as data.
    pub(super) fn about(&self, album: usize, page: PageFile) -> Result<Vec<u8>> {
        let page = tree(&self.page(FileKind::Page(page))?);
        Ok(serde_json::to_vec(&self.as_data(album, &page)).unwrap_or_default())
    }

    /// What stands in the `<main>` of a page, without what the files of the gallery are called.
    fn as_data(&self, at: usize, page: &Element) -> Vec<Value> {
        let names = self.names[at].get_or_init(|| self.names_of(at));
        let main = page.all().into_iter().find(|element| element.name == "main");
        main.map(|main| names.children(main)).unwrap_or_default()
    }

    fn names_of(&self, at: usize) -> Names {
        let album = &self.contents.plan.albums[at];
        let own = self.contents.url(&album.own_grid());
        let mut names = Names { photos: HashMap::new(), pages: HashMap::new(), own };
        for (number, (section, photo)) in Sources::sequence(album).enumerate() {
            let placed = self.contents.placed(at, section, photo);
            for (.., path) in self.contents.renditions(&placed, false) {
                names.photos.entry(self.contents.url(path)).or_insert(number);
            }
            let page = self.contents.url(&album.photo_page_path(placed.shown));
            names.pages.insert(page, format!("#view_{}", placed.shown.name));
        }
        names
    }
}

impl Sources<'_> {
    /// The path of a photo's original, where it is offered.
    fn original_of(&self, placed: &super::Placed<'_>) -> Option<&str> {
        let (album, section, photo) = placed.place;
        match &self.downloads.of(album).photo(section, photo)?.file {
            DownloadFile::Original { path } => Some(path),
            DownloadFile::Rendition(_) => None,
        }
    }
}

/// What stands for the files of a gallery on its page.
pub(super) struct Names {
    /// Numbers of photos by the addresses of their pictures.
    photos: HashMap<String, usize>,
    /// What leads to a photo, by the address of its page.
    pages: HashMap<String, String>,
    /// The address of the grid, which a browser puts together at the holder's.
    own: String,
}

impl Names {
    fn children(&self, element: &Element) -> Vec<Value> {
        element.children.iter().filter_map(|child| self.node(child)).collect()
    }

    fn node(&self, node: &Node) -> Option<Value> {
        let element = match node {
            Node::Text(text) => return Some(calm(text).into()),
            Node::Element(element) => element,
        };
        if LEFT_OUT.contains(&element.name.as_str()) {
            return None;
        }
        let photo = self.photo_of(element);
        if element.name == "source" && photo.is_some() {
            return None;
        }
        let mut attributes = Map::new();
        for (name, value) in &element.attributes {
            let loads = matches!(name.as_str(), "src" | "srcset") && photo.is_some();
            if loads || name.starts_with("on") || matches!(name.as_str(), "style" | "srcdoc") {
                continue;
            }
            let value = if name == "href" { self.leads_to(value) } else { value };
            attributes.insert(name.clone(), value.into());
        }
        if let Some(number) = photo {
            attributes.insert("data-sealed".to_owned(), number.to_string().into());
        }
        let mut parts = vec![element.name.as_str().into(), Value::Object(attributes)];
        parts.extend(self.children(element));
        Some(parts.into())
    }

    /// Where a link leads on the page as it is put together.
    fn leads_to<'v>(&'v self, address: &'v str) -> &'v str {
        if let Some(view) = self.pages.get(address) {
            return view;
        }
        match address.strip_prefix(&*self.own) {
            Some(anchor) if anchor.is_empty() || anchor.starts_with('#') => anchor,
            _ => address,
        }
    }

    /// The photo that an element shows.
    fn photo_of(&self, element: &Element) -> Option<usize> {
        let first = |list: &str| list.split(',').next()?.split_whitespace().next().map(str::to_owned);
        let shown = element.get("src").map(str::to_owned).or_else(|| first(element.get("srcset")?))?;
        self.photos.get(&shown).copied()
    }
}

/// A text with one space wherever white space stands, as browsers show it.
fn calm(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '\n' | '\t' | '\r' | '\u{c}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// What the head of a page loads beyond what is loaded before.
fn loaded(page: &Element, around: &Element, element: &str, attribute: &str) -> Vec<Value> {
    let all = |page: &Element| -> Vec<String> {
        let tags = page.all();
        let tags = tags.into_iter().filter(|tag| tag.name == element);
        let wanted = tags.filter(|tag| element != "link" || tag.get("rel") == Some("stylesheet"));
        wanted.filter_map(|tag| tag.get(attribute).map(str::to_owned)).collect()
    };
    let known = all(around);
    all(page).into_iter().filter(|address| !known.contains(address)).map(Value::String).collect()
}

/// The name that a file is sealed under.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file describes a sealed gallery: it goes when anything that it describes does.
pub fn is_manifest(path: &str) -> bool {
    PrivateFolder::Assets.below(path).is_some() && name_of(path) == MANIFEST
}

/// The paths of a sealed album's list of openers and of its manifest, with what they are.
pub(super) fn openings(album: &Album, at: usize) -> Option<[(String, FileKind); 2]> {
    album.seal()?;
    let [slots, manifest] = album.slots_and_manifest();
    Some([(slots, FileKind::Slots { album: small(at) }), (manifest, FileKind::Manifest { album: small(at) })])
}
