//! Downloads: what may be saved of each photo, and the ZIP files in which the photos of a section lie.
//!
//! A photo is offered as the largest JPEG that pages show, or as its original. Every section of an album is packed by itself,
//! so nothing lies in two ZIP files; everything is all of them.

mod cut;
mod names;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::DateTime;
use sha2::{Digest, Sha256};

use super::{Album, AlbumLocation, PICTURES, Pictures, Plan, Section, rights};
use crate::catalog::{Catalog, Gallery, Photo};
use crate::config::{Config, Downloads, Format};
use crate::metadata::{Kept, ORIGINAL_REVISION, Packet, Rights};
use crate::{Code, Error};

/// Raised whenever the same photos give other bytes.
const ZIP_REVISION: u32 = 1;
/// What a ZIP file says of one entry besides its name, which stands there twice; and what it says of itself.
const ENTRY: u64 = 30 + 46 + 36;
const END: u64 = 22 + 20 + 56;
/// Nobody saves more files than these one by one.
const MANY_PARTS: usize = 20;
/// Metadata of a picture, at most.
const MOST_METADATA: u64 = 40_000;

/// What all albums offer, in their order.
#[derive(Debug, Default)]
pub struct DownloadPlan {
    albums: Vec<AlbumDownloads>,
    /// Galleries that offer originals and have photos of which none can be given away.
    pub reduced: Vec<Error>,
}

/// What an album offers.
#[derive(Debug, Default)]
pub struct AlbumDownloads {
    /// By section and photo; nothing for an album without downloads.
    photos: Vec<Vec<Option<PhotoDownload>>>,
    /// Its ZIP files, by section.
    pub parts: Vec<Part>,
}

/// What may be saved of a photo.
#[derive(Debug)]
pub struct PhotoDownload {
    /// What it is.
    pub file: DownloadFile,
    /// The name of the file that it is saved under.
    pub name: Box<str>,
    /// Its path in a ZIP file.
    pub entry: Box<str>,
    /// About how many bytes it has.
    pub bytes: u64,
    /// Whether it has exactly so many, or nearly.
    is_weighed: bool,
    /// How many it has at most.
    most: u64,
    /// The fingerprint of all that its bytes depend on.
    key: [u8; 16],
}

impl PhotoDownload {
    /// How many bytes it has, where that is known.
    pub fn known_bytes(&self) -> Option<u64> {
        self.is_weighed.then_some(self.bytes)
    }
}

/// What a photo is offered as.
#[derive(Debug)]
pub enum DownloadFile {
    /// A picture that pages show, by its place in the ladder.
    Rendition(usize),
    /// The original, in a file of its own.
    Original {
        /// Where it lies below the output.
        path: Box<str>,
    },
}

/// A ZIP file of photos that follow one another in a section.
#[derive(Debug)]
pub struct Part {
    /// The section, by its place in the album.
    pub section: usize,
    /// Its place among the parts of the section, from 1.
    pub number: usize,
    /// How many parts the section has.
    pub total: usize,
    /// The photos, by their places in the section.
    pub photos: Range<usize>,
    /// Where it lies below the output.
    pub path: String,
    /// The name of the file that it is saved under.
    pub name: String,
    /// About how many bytes it has.
    pub bytes: u64,
    /// The fingerprint of all that its bytes depend on.
    pub key: [u8; 16],
}

impl DownloadPlan {
    /// Plans the downloads of every album.
    pub fn new(config: &Config, catalog: &Catalog, plan: &Plan, pictures: &Pictures) -> Self {
        let mut all = Self::default();
        let mut reduced = BTreeMap::new();
        for album in &plan.albums {
            let planned = AlbumDownloads::new(config, catalog, pictures, album, &mut reduced);
            all.albums.push(planned);
        }
        all.reduced = reduced.into_iter().map(|((_, why), told)| told.into_error(config, &why)).collect();
        all
    }

    /// What an album offers.
    pub fn of(&self, album: usize) -> &AlbumDownloads {
        &self.albums[album]
    }

    /// Learns how large renditions are that are made already: `weigh` is asked with album, section, photo and rung. Nothing but
    /// what pages say of sizes depends on it.
    pub fn learn_sizes(&mut self, weigh: impl Fn(usize, usize, usize, usize) -> Option<u64>) {
        for (at, album) in self.albums.iter_mut().enumerate() {
            for (section, photos) in album.photos.iter_mut().enumerate() {
                for (photo, found) in photos.iter_mut().enumerate() {
                    let Some(PhotoDownload { file: DownloadFile::Rendition(rung), bytes, is_weighed, .. }) = found
                    else {
                        continue;
                    };
                    if let Some(size) = weigh(at, section, photo, *rung) {
                        (*bytes, *is_weighed) = (size, true);
                    }
                }
            }
            let sizes: Vec<u64> = album.parts.iter().map(|part| album.size_of(part)).collect();
            album.parts.iter_mut().zip(sizes).for_each(|(part, size)| part.bytes = size);
        }
    }

    /// Every part of every album, with the album.
    pub fn parts(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.albums.iter().enumerate().flat_map(|(at, album)| album.parts.iter().map(move |part| (at, part)))
    }

    /// The gallery that is packed in the most ZIP files, with how many they are, where these are more than people like to
    /// save.
    pub fn most_parts(&self, plan: &Plan) -> Option<(usize, usize)> {
        let counts = plan.albums.iter().zip(&self.albums).map(|(album, found)| (found.parts.len(), album.gallery));
        let (parts, gallery) = counts.max_by_key(|(parts, gallery)| (*parts, std::cmp::Reverse(*gallery)))?;
        (parts > MANY_PARTS).then_some((gallery, parts))
    }

    /// Every original, with album, section and photo.
    pub fn originals(&self) -> impl Iterator<Item = (usize, usize, usize, &str, [u8; 16])> {
        let albums = self.albums.iter().enumerate();
        let sections = albums
            .flat_map(|(at, album)| album.photos.iter().enumerate().map(move |(section, all)| (at, section, all)));
        sections.flat_map(|(album, section, photos)| {
            photos.iter().enumerate().filter_map(move |(photo, found)| {
                let found = found.as_ref()?;
                match &found.file {
                    DownloadFile::Original { path } => Some((album, section, photo, &**path, found.key)),
                    DownloadFile::Rendition(_) => None,
                }
            })
        })
    }
}

/// Photos of which no original is offered although their gallery offers originals.
struct Reduced {
    first: std::path::PathBuf,
    count: std::collections::BTreeSet<std::ffi::OsString>,
}

impl Reduced {
    fn into_error(self, config: &Config, why: &str) -> Error {
        let more = self.count.len() - 1;
        let more = if more == 0 { String::new() } else { format!("; the same applies to {more} more in this gallery") };
        let what = format!("is offered as a web-size JPEG, because its metadata cannot be removed safely: {why}{more}");
        let hint = "export it as JPEG, PNG or TIFF to offer its original";
        Error::new(Code::OriginalNotOffered, what).at(config.display_gallery_path(self.first)).hint(hint)
    }
}

type AllReduced = BTreeMap<(usize, Box<str>), Reduced>;

impl AlbumDownloads {
    fn new(config: &Config, catalog: &Catalog, pictures: &Pictures, album: &Album, reduced: &mut AllReduced) -> Self {
        let levels: Vec<Downloads> = album.sections.iter().map(|section| level(catalog, album, section)).collect();
        let mut planned = Self::default();
        if levels.iter().all(|level| *level == Downloads::None) {
            return planned;
        }
        let folders = names::folders(catalog, album);
        for ((section, level), folder) in album.sections.iter().zip(levels).zip(&folders) {
            let gallery = &catalog.galleries[section.gallery];
            let mut entries = names::Entries::in_folder(folder);
            let photos = section.photos.iter().map(|shown| {
                let photo = &gallery.photos[shown.photo];
                let picture = pictures.of(section.gallery, shown.photo);
                if level == Downloads::None {
                    return None;
                }
                if let (Downloads::Full, Err(why)) = (level, &photo.original) {
                    let told = reduced.entry((section.gallery, why.clone()));
                    let file = gallery.folder.join(&photo.name);
                    let told = told.or_insert_with(|| Reduced { first: file, count: Default::default() });
                    told.count.insert(photo.name.clone());
                }
                // What is to have a watermark is given away with it, whatever else is said.
                let is_marked = picture.is_marked_in(album);
                let original = photo.original.as_ref().ok().filter(|_| level == Downloads::Full && !is_marked);
                let name = photo.name.to_string_lossy();
                Some(match original {
                    Some(file) => {
                        let rights = rights(config, gallery, photo);
                        let packet = packet_of(photo, file, &rights);
                        let (path, key) = album.original(shown, photo, &packet);
                        let bytes = file.length + packet.len() as u64;
                        let entry = entries.add(&name);
                        PhotoDownload {
                            file: DownloadFile::Original { path: path.into() },
                            name: names::file(&name).into(),
                            most: bytes + MOST_METADATA + room(&entry),
                            entry: entry.into(),
                            bytes,
                            is_weighed: true,
                            key,
                        }
                    }
                    None => {
                        let (at, rung) = picture.ladder_in(album).largest_jpeg()?;
                        let (_, key) = album.picture(shown, photo, rung, &picture.imprint);
                        let name = names::as_jpeg(&name);
                        let entry = entries.add(&name);
                        let pixels = f64::from(rung.recipe.width) * f64::from(rung.recipe.height);
                        PhotoDownload {
                            file: DownloadFile::Rendition(at),
                            name: names::file(&name).into(),
                            most: most_of_jpeg(pixels, rung.recipe.quality) + MOST_METADATA + room(&entry),
                            entry: entry.into(),
                            bytes: (pixels * Format::Jpeg.bits_per_pixel() / 8.0) as u64,
                            is_weighed: false,
                            key,
                        }
                    }
                })
            });
            planned.photos.push(photos.collect());
        }
        planned.pack(config, catalog, album);
        planned
    }

    /// What may be saved of a photo, by section and place in it.
    pub fn photo(&self, section: usize, photo: usize) -> Option<&PhotoDownload> {
        self.photos.get(section)?.get(photo)?.as_ref()
    }

    /// The members of a part, with their places in the section.
    pub fn members<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = (usize, &'a PhotoDownload)> {
        part.photos.clone().filter_map(|photo| Some((photo, self.photo(part.section, photo)?)))
    }

    /// About how many bytes a part has.
    fn size_of(&self, part: &Part) -> u64 {
        END + self.members(part).map(|(_, member)| member.bytes + room(&member.entry)).sum::<u64>()
    }

    /// Cuts every section into parts.
    fn pack(&mut self, config: &Config, catalog: &Catalog, album: &Album) {
        for (at, section) in album.sections.iter().enumerate() {
            let gallery = &catalog.galleries[section.gallery];
            let photos = &self.photos[at];
            let sizes: Vec<u64> = photos.iter().map(|photo| photo.as_ref().map_or(0, |photo| photo.most)).collect();
            if sizes.iter().all(|size| *size == 0) {
                continue;
            }
            let marks: Vec<u64> =
                section.photos.iter().map(|shown| cut::mark(&gallery.photos[shown.photo].name)).collect();
            let ranges = cut::parts(&sizes, &marks, config.downloads.part_bytes.saturating_sub(END));
            let total = ranges.len();
            for (number, photos) in (1..).zip(ranges) {
                let name = names::part(catalog, album, section, number, total);
                let mut part =
                    Part { section: at, number, total, photos, path: String::new(), name, bytes: 0, key: [0; 16] };
                let mut listing = Sha256::new();
                for (photo, member) in self.members(&part) {
                    let source = &gallery.photos[section.photos[photo].photo];
                    let time = entry_time(source).map_or_else(String::new, |time| time.to_string());
                    listing.update(format!("{}\0{time}\0", member.entry));
                    listing.update(member.key);
                }
                part.bytes = self.size_of(&part);
                let listing: [u8; 32] = listing.finalize().into();
                (part.path, part.key) = album.archive(&listing, &part.name);
                self.parts.push(part);
            }
        }
    }
}

/// What the visitors of a section may download; see [`download_level`].
fn level(catalog: &Catalog, album: &Album, section: &Section) -> Downloads {
    let audience = match &album.place {
        AlbumLocation::Private(place) => &*place.audience,
        AlbumLocation::Open(_) => "",
    };
    download_level(catalog, album.gallery, audience, section.gallery)
}

/// What an audience of the gallery `shared` may download of a gallery that is this one or lies below it: the word nearest to
/// it counts. An audience's own stands in the place of its gallery's; folders below can then only restrict it further.
pub fn download_level(catalog: &Catalog, shared: usize, audience: &str, gallery: usize) -> Downloads {
    let of_shared = &catalog.galleries[shared];
    let own = of_shared.config.audiences.get(audience).and_then(|rule| rule.downloads);
    let mut below = std::iter::successors(Some(gallery), |at| catalog.galleries[*at].parent)
        .take_while(|at| *at != shared)
        .filter_map(|at| catalog.galleries[at].config.downloads);
    match (own, below.next()) {
        (Some(own), said) => below.chain(said).fold(own, Downloads::min),
        (None, Some(said)) => said,
        (None, None) => of_shared.downloads,
    }
}

/// The time that a ZIP file gives of a photo: its own, as far as ZIP can say it.
pub fn entry_time(photo: &Photo) -> Option<DateTime> {
    photo.taken.as_ref().map(|taken| taken.local()).filter(|time| (1980..=2107).contains(&time.year()))
}

/// What is written into the original of a photo.
fn packet_of(photo: &Photo, file: &crate::metadata::OriginalFile, rights: &Rights) -> Packet {
    Packet::of_original(rights, &kept(photo, file))
}

/// What the original of a photo keeps.
pub fn kept<'a>(photo: &'a Photo, file: &'a crate::metadata::OriginalFile) -> Kept<'a> {
    Kept { orientation: photo.header.orientation, taken: photo.taken.as_ref(), camera: &photo.metadata.camera, file }
}

/// The rights and the packet of a photo's original, as they were planned.
pub fn original_packet(config: &Config, gallery: &Gallery, photo: &Photo) -> Option<(Rights, Packet)> {
    let rights = rights(config, gallery, photo);
    let packet = packet_of(photo, photo.original.as_ref().ok()?, &rights);
    Some((rights, packet))
}

/// What an entry takes in a ZIP file besides its content.
fn room(entry: &str) -> u64 {
    ENTRY + 2 * entry.len() as u64
}

/// The most that a JPEG of a photograph takes, by far.
fn most_of_jpeg(pixels: f64, quality: u8) -> u64 {
    let bytes_per_pixel = match quality {
        0..=85 => 0.5,
        86..=94 => 1.0,
        _ => 2.0,
    };
    (pixels * bytes_per_pixel) as u64
}

impl Album {
    /// The path of a photo's original below the output, with a fingerprint of all that its bytes depend on.
    fn original(&self, shown: &super::Shown, photo: &Photo, packet: &Packet) -> (String, [u8; 16]) {
        let fingerprint: String = packet.fingerprint()[..10].iter().map(|byte| format!("{byte:02x}")).collect();
        let recipe = format!("original;rev={ORIGINAL_REVISION};meta={fingerprint}");
        let extension = photo.header.format.extension();
        let mut hash = blake3::Hasher::new();
        hash.update(&photo.sha256);
        match &self.place {
            AlbumLocation::Open(place) => {
                hash.update(place.path.as_bytes()).update(b"\0").update(recipe.as_bytes());
                let hash = hash.finalize();
                let path =
                    format!("{PICTURES}{}{}-original.{}.{extension}", place.path, shown.name, &hash.to_hex()[..12]);
                (path, super::album::last_half(&hash))
            }
            AlbumLocation::Private(place) => {
                hash.update(recipe.as_bytes());
                let name = place.names.image(&photo.sha256, &recipe);
                let path = place.file(name.path_segment(), extension);
                (path, super::album::last_half(&hash.finalize()))
            }
        }
    }

    /// The path of a ZIP file with this listing: in a folder of its own, so that its name says what it is.
    fn archive(&self, listing: &[u8; 32], name: &str) -> (String, [u8; 16]) {
        let recipe = format!("zip;rev={ZIP_REVISION}");
        let mut hash = blake3::Hasher::new();
        hash.update(listing).update(recipe.as_bytes());
        match &self.place {
            AlbumLocation::Open(place) => {
                hash.update(b"\0").update(place.path.as_bytes());
                let hash = hash.finalize();
                (format!("{PICTURES}{}{}/{name}", place.path, &hash.to_hex()[..12]), super::album::last_half(&hash))
            }
            AlbumLocation::Private(place) => {
                let own = place.names.image(listing, &recipe);
                // Nothing names what is sealed.
                let path = match &place.seal {
                    Some(_) => place.file(own.path_segment(), "zip"),
                    None => format!("{}{}/{name}", self.own_grid(), own.path_segment()),
                };
                (path, super::album::last_half(&hash.finalize()))
            }
        }
    }
}
