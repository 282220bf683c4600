//! What is made of each photo, and what is written into it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::ladder;
use crate::catalog::{Catalog, Gallery, Photo};
use crate::config::{Config, DataMining, ImageSettings};
use crate::images::Recipe;
use crate::metadata::{self, Packet, Rights};

/// For every photo of the catalog its sizes and its metadata, shared between photos that have the same.
#[derive(Debug)]
pub struct Pictures {
    galleries: Vec<Vec<Picture>>,
}

/// What is made of one photo.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its derivatives, best format first, widths ascending.
    pub ladder: Arc<[Rung]>,
    /// The metadata that each of them carries.
    pub packet: Arc<Packet>,
}

/// One derivative with its recipe spelled out.
#[derive(Debug)]
pub struct Rung {
    /// What it is.
    pub recipe: Recipe,
    /// [`Recipe::text`] of it, which is long to make and often needed.
    pub text: String,
}

impl Pictures {
    /// Works out sizes and metadata of every photo.
    pub fn new(config: &Config, catalog: &Catalog) -> Self {
        let mut ladders: HashMap<(u32, u32), Vec<(&ImageSettings, Arc<[Rung]>)>> = HashMap::new();
        let mut packets: BTreeMap<Rights, Arc<Packet>> = BTreeMap::new();
        let galleries = catalog
            .galleries
            .iter()
            .map(|gallery| {
                gallery
                    .photos
                    .iter()
                    .map(|photo| {
                        let size = photo.header.displayed_size();
                        let known = ladders.entry(size).or_default();
                        let ladder = match known.iter().find(|(settings, _)| **settings == gallery.images) {
                            Some((_, ladder)) => Arc::clone(ladder),
                            None => {
                                let ladder = climb(&gallery.images, size);
                                known.push((&gallery.images, Arc::clone(&ladder)));
                                ladder
                            }
                        };
                        let rights = rights(config, gallery, photo);
                        let packet = match packets.get(&rights) {
                            Some(packet) => Arc::clone(packet),
                            None => {
                                let packet = Arc::new(Packet::new(&rights));
                                packets.insert(rights, Arc::clone(&packet));
                                packet
                            }
                        };
                        Picture { ladder, packet }
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

fn climb(settings: &ImageSettings, (width, height): (u32, u32)) -> Arc<[Rung]> {
    ladder::recipes(settings, width, height).into_iter().map(|recipe| Rung { text: recipe.text(), recipe }).collect()
}

/// What a photo's derivatives say about rights: the gallery's licence, then the photo's own word, then the site's.
pub fn rights(config: &Config, gallery: &Gallery, photo: &Photo) -> Rights {
    let (said, site) = (&photo.metadata, &config.rights);
    let or = |own: &Option<Box<str>>, site: &Option<String>| own.as_deref().or(site.as_deref()).map(Into::into);
    Rights {
        creator: or(&said.creator, &site.creator.clone().or_else(|| config.author.clone())),
        copyright: or(&said.copyright, &site.copyright),
        credit: or(&said.credit, &site.credit),
        licence_url: gallery.config.licence.as_deref().map(Into::into).or_else(|| or(&said.licence_url, &site.licence)),
        data_mining: said.data_mining.or_else(|| reservation(site.data_mining)),
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
