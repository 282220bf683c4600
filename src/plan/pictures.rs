//! The renditions of each photo, and the metadata written into them.

use std::collections::HashMap;
use std::sync::Arc;

use super::Album;
use super::renditions;
use crate::catalog::{Catalog, Gallery, Photo, Watermark};
use crate::config::{Config, DataMining, Drawing, Format, ImageSettings};
use crate::images::{Mark, Recipe};
use crate::metadata::{self, Licence, Packet, Rights};

/// For every photo of the catalog its sizes and its metadata, shared between photos that have the same.
#[derive(Debug)]
pub struct Pictures {
    galleries: Vec<Vec<Picture>>,
}

/// What is made of one photo.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its derivatives as they are without a watermark.
    pub ladder: Arc<RenditionSet>,
    /// The same with the watermark that its gallery asks for.
    pub marked: Option<Arc<RenditionSet>>,
    /// What each of them carries.
    pub imprint: Arc<EmbeddedMetadata>,
}

/// The derivatives of all photos of one size and with the same settings.
#[derive(Debug)]
pub struct RenditionSet {
    /// Best format first, widths ascending; at last one for preview cards, where no other can be one.
    pub rungs: Vec<Rendition>,
    /// Every size that is made, largest first.
    pub sizes: Vec<(u32, u32)>,
    /// What transparent places are laid on; white for photos that have none.
    pub background: [u8; 3],
}

/// Metadata ready to be spliced in, and what stands for it in names.
#[derive(Debug)]
pub struct EmbeddedMetadata {
    /// The blocks.
    pub packet: Packet,
    /// Twenty hexadecimal digits of the packet's fingerprint.
    pub fingerprint: String,
}

/// One derivative with its recipe spelled out.
#[derive(Debug)]
pub struct Rendition {
    /// What it is.
    pub recipe: Recipe,
    /// [`Recipe::text`] of it with the sizes above it: everything that decides the pixels.
    pub text: String,
    /// Whether it is for preview cards alone: where there can be none, it is not made, and no page shows it.
    pub for_cards: bool,
    /// The larger sizes that it is reduced from, as an end of [`Ladder::sizes`].
    above: usize,
}

impl RenditionSet {
    /// The largest JPEG that pages show, with its place.
    pub fn largest_jpeg(&self) -> Option<(usize, &Rendition)> {
        let of_pages = |rung: &Rendition| !rung.for_cards && rung.recipe.format == Format::Jpeg;
        let jpegs = self.rungs.iter().enumerate().filter(|(_, rung)| of_pages(rung));
        jpegs.max_by_key(|(_, rung)| rung.recipe.width)
    }

    /// The sizes that a rung is reduced from, largest first.
    pub fn above(&self, rung: &Rendition) -> &[(u32, u32)] {
        &self.sizes[..rung.above]
    }
}

/// What decides a photo's ladder besides settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Shape {
    /// As shown, in pixels.
    size: (u32, u32),
    transparent: bool,
    /// It is tone-mapped.
    hdr: bool,
}

impl Picture {
    /// The derivatives that an album shows.
    pub fn ladder_in(&self, album: &Album) -> &Arc<RenditionSet> {
        self.marked.as_ref().filter(|_| !album.is_spared).unwrap_or(&self.ladder)
    }

    /// Whether an album shows it with a watermark.
    pub fn is_marked_in(&self, album: &Album) -> bool {
        self.marked.is_some() && !album.is_spared
    }

    /// All its derivatives, those with a watermark last.
    pub fn ladders(&self) -> impl Iterator<Item = &RenditionSet> {
        std::iter::once(&*self.ladder).chain(self.marked.as_deref())
    }
}

/// The ladder of some settings, with a watermark or without.
type Known<'a> = (&'a ImageSettings, Option<&'a Watermark>, Arc<RenditionSet>);

impl Pictures {
    /// Works out sizes and metadata of every photo.
    pub fn new(config: &Config, catalog: &Catalog) -> Self {
        let mut ladders: HashMap<Shape, Vec<Known<'_>>> = HashMap::new();
        let mut imprints: Vec<(Rights, Arc<EmbeddedMetadata>)> = Vec::new();
        let galleries = catalog
            .galleries
            .iter()
            .map(|gallery| {
                gallery
                    .photos
                    .iter()
                    .map(|photo| {
                        let shape = Shape {
                            size: photo.header.displayed_size(),
                            transparent: photo.header.may_be_transparent(),
                            hdr: photo.header.is_hdr,
                        };
                        let known = ladders.entry(shape).or_default();
                        let cards = config.url.is_some();
                        let ladder = ladder_of(known, gallery, shape, cards, None);
                        let mark = gallery.watermark.as_deref();
                        let marked = mark.map(|mark| ladder_of(known, gallery, shape, cards, Some(mark)));
                        let rights = rights(config, gallery, photo);
                        // Neighbours nearly always have the same rights, so the newest is looked at first.
                        let imprint = match imprints.iter().rev().take(16).find(|(known, _)| *known == rights) {
                            Some((_, imprint)) => Arc::clone(imprint),
                            None => {
                                let packet = Packet::new(&rights);
                                let hex = packet.fingerprint()[..10].iter().map(|byte| format!("{byte:02x}")).collect();
                                let imprint = Arc::new(EmbeddedMetadata { packet, fingerprint: hex });
                                imprints.push((rights, Arc::clone(&imprint)));
                                imprint
                            }
                        };
                        Picture { ladder, marked, imprint }
                    })
                    .collect()
            })
            .collect();
        Self { galleries }
    }

    /// What is made of a photo, by gallery and photo in the catalog.
    pub fn of(&self, gallery: usize, photo: usize) -> &Picture {
        &self.galleries[gallery][photo]
    }
}

/// The ladder of a gallery's settings with this watermark, from those that are known.
fn ladder_of<'a>(
    known: &mut Vec<Known<'a>>,
    gallery: &'a Gallery,
    shape: Shape,
    cards: bool,
    mark: Option<&'a Watermark>,
) -> Arc<RenditionSet> {
    let is_it = |(settings, known, _): &&Known<'_>| **settings == gallery.images && *known == mark;
    if let Some((.., ladder)) = known.iter().find(is_it) {
        return Arc::clone(ladder);
    }
    let ladder = climb(&gallery.images, shape, cards, mark);
    known.push((&gallery.images, mark, Arc::clone(&ladder)));
    ladder
}

/// `cards`: whether there can be preview cards, which need the site's address.
fn climb(settings: &ImageSettings, shape: Shape, cards: bool, watermark: Option<&Watermark>) -> Arc<RenditionSet> {
    let Shape { size: (width, height), transparent, hdr } = shape;
    // Only where it can show: a new background must not remake what is opaque.
    let background = if transparent { settings.background } else { [255; 3] };
    let mut recipes = renditions::recipes(settings, background, width, height);
    let for_pages = recipes.len();
    // It comes last: places of the others do not depend on it.
    recipes.extend(renditions::card(settings, background, &recipes, (width, height)).filter(|_| cards));
    let mark = watermark.map(|watermark| Arc::new(mark_of(watermark)));
    recipes.iter_mut().for_each(|recipe| recipe.mark.clone_from(&mark));
    let mut sizes: Vec<(u32, u32)> = recipes.iter().map(|recipe| (recipe.width, recipe.height)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes.reverse();
    let rungs = recipes
        .into_iter()
        .enumerate()
        .map(|(at, recipe)| {
            let above = sizes.partition_point(|size| *size > (recipe.width, recipe.height));
            let mut text = recipe.text();
            for (width, height) in &sizes[..above] {
                text.push_str(&format!(";from={width}x{height}"));
            }
            // Earlier versions took such pictures for sRGB: what they made is not used again.
            if hdr {
                text.push_str(";tone=1");
            }
            Rendition { recipe, text, for_cards: at >= for_pages, above }
        })
        .collect();
    Arc::new(RenditionSet { rungs, sizes, background })
}

/// A watermark as recipes have it.
pub fn mark_of(Watermark { settings, file, sha256 }: &Watermark) -> Mark {
    let text = match &settings.drawing {
        Drawing::Picture(_) => None,
        Drawing::Text { text, colour, .. } => Some((text.as_str(), *colour)),
    };
    Mark::new(file, *sha256, text, settings.position, (settings.size, settings.opacity))
}

/// What a photo's derivatives say about rights: the gallery's licence, then the photo's own word, then the site's. Nothing of
/// the site's takes the place of what a photo says and cannot be understood, unless it is stricter.
pub fn rights(config: &Config, gallery: &Gallery, photo: &Photo) -> Rights {
    let (said, site) = (&photo.metadata, &config.rights);
    let or = |own: &Option<Box<str>>, site: &Option<String>| own.as_deref().or(site.as_deref()).map(str::to_owned);
    let creator = || site.creator.iter().chain(&config.author).take(1).cloned().collect();
    let own_licence = || match &said.licence {
        Some(Licence::Address(address)) => Some(address.to_string()),
        Some(Licence::Unusable) => None,
        None => site.licence.clone(),
    };
    // Damaged metadata may have held a prohibition.
    let may_stand = |value: &metadata::DataMining| !said.unread || *value != metadata::DataMining::Allowed;
    Rights {
        creators: if said.creators.is_empty() { creator() } else { said.creators.clone() },
        copyright: or(&said.copyright, &site.copyright),
        credit: or(&said.credit, &site.credit),
        // What the photo says belongs to the licence that it says.
        marked: said.marked.filter(|_| gallery.config.licence.is_none()),
        licence_url: gallery.config.licence.clone().or_else(own_licence),
        data_mining: said.data_mining.clone().or_else(|| reservation(site.data_mining).filter(may_stand)),
        gps: if site.keep_gps { said.gps } else { None },
    }
}

fn reservation(site: DataMining) -> Option<metadata::DataMining> {
    match site {
        DataMining::Unspecified => None,
        DataMining::Allowed => Some(metadata::DataMining::Allowed),
        DataMining::ProhibitedAiTraining => Some(metadata::DataMining::ProhibitedAiTraining),
        DataMining::ProhibitedExceptSearch => Some(metadata::DataMining::ProhibitedExceptSearch),
        DataMining::Prohibited => Some(metadata::DataMining::Prohibited),
    }
}
