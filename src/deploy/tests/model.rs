//! Sites as lists of pages that name files, made at random and changed at random: what a publish must bring online.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{GalleryId, LinkId};
use crate::deploy::header::Owner;
use crate::deploy::withdrawal::{Ledgered, folder_of};
use crate::publish::{Fingerprint, Manifest, Phase, Reach, Record};
use crate::visibility::PrivateFolder;

/// Numbers that look random and are the same each time (xorshift).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

#[derive(Clone, Debug)]
struct PrivateGallery {
    id: GalleryId,
    photos: BTreeSet<usize>,
    /// For each audience its links, and how often its files have moved.
    audiences: Vec<(Vec<Link>, usize)>,
}

#[derive(Clone, Debug)]
struct Link {
    id: LinkId,
    is_dead: bool,
}

/// A site and its ledger.
#[derive(Clone, Debug)]
pub struct Model {
    open: BTreeMap<usize, BTreeSet<usize>>,
    private: Vec<PrivateGallery>,
    next: usize,
    /// Whether what private galleries publish is encrypted.
    sealed: bool,
}

fn id(number: usize) -> String {
    let symbols = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..12).rev().map(|place| char::from(symbols[(number >> (5 * place.min(12))) & 31])).collect()
}

impl Model {
    pub fn new(dice: &mut Dice) -> Self {
        let mut model = Self { open: BTreeMap::new(), private: Vec::new(), next: 1, sealed: dice.roll(4) == 0 };
        for _ in 0..=dice.roll(2) {
            model.open_gallery(dice);
        }
        for _ in 0..=dice.roll(2) {
            model.private_gallery(dice);
        }
        model
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn open_gallery(&mut self, dice: &mut Dice) {
        let name = self.number();
        let photos = (0..=dice.roll(3)).map(|_| self.number()).collect();
        self.open.insert(name, photos);
    }

    fn private_gallery(&mut self, dice: &mut Dice) {
        let gallery = PrivateGallery {
            id: id(self.number()).parse().unwrap(),
            photos: (0..=dice.roll(2)).map(|_| self.number()).collect(),
            audiences: (0..=dice.roll(2))
                .map(|_| {
                    (
                        (0..=dice.roll(3))
                            .map(|_| Link { id: id(self.number()).parse().unwrap(), is_dead: false })
                            .collect(),
                        0,
                    )
                })
                .collect(),
        };
        self.private.push(gallery);
    }

    /// A few of the things that owners do.
    pub fn change(&mut self, dice: &mut Dice) {
        for _ in 0..=dice.roll(4) {
            match dice.roll(8) {
                0 => self.open_gallery(dice),
                1 => self.private_gallery(dice),
                2 => {
                    let number = self.number();
                    if let Some(photos) = self.open.values_mut().next() {
                        photos.insert(number);
                    }
                }
                3 => {
                    if let Some(photos) = self.open.values_mut().next_back() {
                        photos.pop_first();
                    }
                }
                4 => drop(self.open.pop_first()),
                // A link ends: the files of its audience move.
                5 | 6 => {
                    let at = dice.roll(self.private.len());
                    if let Some(gallery) = self.private.get_mut(at) {
                        let at = dice.roll(gallery.audiences.len());
                        if let Some((links, moves)) = gallery.audiences.get_mut(at)
                            && let Some(link) = links.iter_mut().find(|link| !link.is_dead)
                        {
                            link.is_dead = true;
                            *moves += 1;
                        }
                    }
                }
                _ => {
                    let number = self.number();
                    if let Some(gallery) = self.private.last_mut() {
                        gallery.photos.pop_first();
                        gallery.photos.insert(number);
                    }
                }
            }
        }
    }

    fn page_folder(link: &Link) -> String {
        format!("g/p{:0>24}/", link.id.as_str())
    }

    fn assets_folder(gallery: &PrivateGallery, audience: usize, moves: usize) -> String {
        format!("x/a{:0>20}{audience:02}{moves:02}/", gallery.id.as_str())
    }

    /// Every file with its text; a page's text names the files that it shows and leads to, a line each.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        files.insert("assets/style.css".into(), "style".into());
        let mut home = String::from("assets/style.css\n");
        for (gallery, photos) in &self.open {
            let mut grid = String::from("assets/style.css\n");
            for photo in photos {
                files.insert(format!("img/{photo}.jpg"), format!("picture {photo}"));
                files.insert(format!("{gallery}/{photo}.html"), format!("img/{photo}.jpg\n"));
                grid.push_str(&format!("img/{photo}.jpg\n{gallery}/{photo}.html\n"));
            }
            files.insert(format!("{gallery}/index.html"), grid);
            home.push_str(&format!("{gallery}/index.html\n"));
        }
        files.insert("index.html".into(), home);
        for gallery in &self.private {
            for (audience, (links, moves)) in gallery.audiences.iter().enumerate() {
                let folder = Self::assets_folder(gallery, audience, *moves);
                let mut grid = String::from("assets/style.css\n");
                for photo in &gallery.photos {
                    let (ending, text) = match self.sealed {
                        true => (".bin", format!("sealed {photo} in {folder}")),
                        false => (".jpg", format!("picture {photo}")),
                    };
                    grid.push_str(&format!("{folder}i{photo}{ending}\n{folder}i{photo}.html\n"));
                    if links.iter().any(|link| !link.is_dead) {
                        files.insert(format!("{folder}i{photo}.html"), format!("{folder}i{photo}{ending}\n"));
                        files.insert(format!("{folder}i{photo}{ending}"), text);
                    }
                }
                for link in links {
                    let text = if link.is_dead { TOMBSTONE.to_owned() } else { grid.clone() };
                    files.insert(format!("{}index.html", Self::page_folder(link)), text);
                }
            }
        }
        files
    }

    /// What a build would record of it. Fingerprints are of what a file is made from: a picture has the same in every folder.
    pub fn manifest(&self) -> Manifest {
        let files = self.files();
        let key = |path: &str, text: &str| {
            let made_from = if path.ends_with(".bin") { text.split(" in ").next().unwrap_or_default() } else { text };
            let mut key = [0; 16];
            key.copy_from_slice(&blake3::hash(made_from.as_bytes()).as_bytes()[..16]);
            Fingerprint(key)
        };
        let records = files.iter().map(|(path, text)| Record {
            path,
            key: key(path, text),
            size: text.len() as u64,
            modified: 7,
            phase: if path.ends_with(".html") { Phase::Page } else { Phase::Asset },
            reach: if PrivateFolder::holds(path) { Reach::Private } else { Reach::Public },
            settled: true,
        });
        Manifest::of(records, BTreeMap::new()).unwrap()
    }

    /// What the ledger says of what lies online; `known` are the folders that were published as tombstones.
    pub fn ledgered(&self, online: &Manifest, known: &BTreeSet<String>) -> Ledgered {
        let mut ledgered = Ledgered::default();
        for gallery in &self.private {
            for (audience, (links, moves)) in gallery.audiences.iter().enumerate() {
                let owner = |link| Owner { gallery: gallery.id, audience: audience.to_string(), link };
                if links.iter().any(|link| !link.is_dead) {
                    ledgered.living.insert(Self::assets_folder(gallery, audience, *moves), owner(None));
                }
                for link in links {
                    let all = if link.is_dead { &mut ledgered.tombstones } else { &mut ledgered.living };
                    all.insert(Self::page_folder(link), owner(Some(link.id)));
                }
            }
        }
        let dead = online.iter().filter(|record| {
            folder_of(record.path).is_some_and(|folder| {
                let says_so = record.settled && known.contains(folder);
                !ledgered.living.contains_key(folder) && !says_so
            })
        });
        ledgered.dead = dead.map(|record| record.path.to_owned()).collect();
        ledgered
    }

    /// The folders that say that their link is dead.
    pub fn graves(&self) -> BTreeSet<String> {
        let links = self.private.iter().flat_map(|gallery| &gallery.audiences).flat_map(|(links, _)| links);
        links.filter(|link| link.is_dead).map(Self::page_folder).collect()
    }
}

/// What the page of a dead link says.
pub const TOMBSTONE: &str = "this link has ended\n";

/// Files that pages name and that are not there; pages are those that a visitor comes to from the home page, or by a link.
pub fn dangling(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let links = files.keys().filter(|path| path.starts_with("g/") && path.ends_with("/index.html"));
    let mut left: Vec<String> =
        links.cloned().chain(files.contains_key("index.html").then(|| "index.html".to_owned())).collect();
    let (mut seen, mut missing) = (BTreeSet::new(), Vec::new());
    while let Some(page) = left.pop() {
        if !seen.insert(page.clone()) {
            continue;
        }
        let text = String::from_utf8_lossy(&files[&page]).into_owned();
        for named in text.lines().filter(|line| line.contains('/')) {
            match files.contains_key(named) {
                true if named.ends_with(".html") => left.push(named.to_owned()),
                true => {}
                false => missing.push(format!("{page} names {named}")),
            }
        }
    }
    missing
}
