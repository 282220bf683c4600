//! The stages that a site goes through, and that every command takes a prefix of.
//!
//! ```text
//! Catalog ─▶ Granted ─▶ Planned ─▶ Composed ─▶ published
//! ```
//!
//! `check`, `edge` and `theme data` stop at [`Composed`]; `build` and `serve` go on and publish it; a build that is stopped
//! composes what needs no rendering. What one of them warns of, all of them do.

use super::access::{Access, Granted};
use super::facts;
use std::sync::Arc;

use crate::access::Keys;
use crate::catalog::{Catalog, Watermark};
use crate::compose::{Composer, File, Files, PicturePaths, Sources, derivative_key};
use crate::config::Config;
use crate::images::cache::Cache;
use crate::metadata::jpeg_growth;
use crate::pages::Theme;
use crate::plan::{DownloadPlan, Locator, Pictures, Plan, mark_of};
use crate::publish::Manifest;
use crate::sealed::Iterations;
use crate::{Code, Error};

/// Every page and picture of the site, named, before any of it is made.
#[derive(Debug)]
pub struct Planned {
    /// What is shown where, and to whom.
    pub plan: Plan,
    /// The sizes of each photo.
    pub pictures: Pictures,
    /// The paths of all pictures.
    pub paths: PicturePaths,
    /// What may be downloaded.
    pub downloads: DownloadPlan,
    /// Where codes lead that are typed on the look-up page.
    pub locators: Vec<Locator>,
    keys: Option<Arc<Keys>>,
    warnings: Vec<Error>,
}

impl Planned {
    /// Plans what is granted. Also gives the list of all pictures, by path. Photos whose addresses would be too long are taken
    /// out of the catalog.
    ///
    /// # Errors
    /// Names that two things claim.
    pub fn new(
        config: &Config,
        access: &Access,
        granted: &Granted,
        catalog: &mut Catalog,
    ) -> Result<(Self, Vec<File>), Vec<Error>> {
        let errors = unusable_watermarks(catalog);
        if !errors.is_empty() {
            return Err(errors);
        }
        loop {
            let plan = plan(config, access, granted, catalog)?;
            let pictures = Pictures::new(config, catalog);
            let (paths, files) = PicturePaths::new(catalog, &plan, &pictures);
            let too_long = paths.too_long(&plan, &files);
            if too_long.is_empty() {
                let downloads = DownloadPlan::new(config, catalog, &plan, &pictures);
                let (locators, keys) = (granted.locators.clone(), access.keys().cloned());
                let warnings = granted.warnings.clone();
                return Ok((Self { plan, pictures, paths, downloads, locators, keys, warnings }, files));
            }
            catalog.take_out(too_long);
        }
    }

    /// Tells the catalog what the cache remembers of photos of which the index knows nothing, or only what other sizes have taught.
    /// Returns whether it remembers anything.
    pub fn recall(&self, catalog: &mut Catalog, cache: &Cache) -> bool {
        facts::recall(catalog, &self.plan, &self.pictures, cache)
    }

    /// Learns the sizes of downloads that are made already, from the record and the cache: for pages that say them.
    pub fn weigh(&mut self, catalog: &Catalog, manifest: &Manifest, cache: &Cache) {
        let Self { plan, pictures, paths, downloads, .. } = self;
        downloads.learn_sizes(|at, section, photo, rung| {
            if let Some(record) = manifest.get(paths.of(at, section, photo, rung)) {
                return Some(record.size);
            }
            let album = &plan.albums[at];
            let section = &album.sections[section];
            let photo = section.photos[photo].photo;
            let source = &catalog.galleries[section.gallery].photos[photo];
            let picture = pictures.of(section.gallery, photo);
            let pixels = cache.length(&derivative_key(source, picture.ladder_in(album), rung))?;
            Some(pixels + jpeg_growth(&picture.imprint.packet))
        });
    }

    /// Composes the site; `pictures` is the list that came with the plan.
    ///
    /// # Errors
    /// All that is wrong in text pages, and files of `static` that lie where the site has its own.
    pub fn compose<'a>(
        &'a self,
        config: &'a Config,
        catalog: &'a Catalog,
        theme: &'a Theme,
        pictures: Vec<File>,
    ) -> Result<Composed<'a>, Vec<Error>> {
        let Self { plan, pictures: ladders, paths, downloads, locators, keys, .. } = self;
        let (composer, texts) = Composer::new(Sources {
            config,
            catalog,
            plan,
            pictures: ladders,
            drawing: paths,
            downloads,
            theme,
            locators,
            keys: keys.as_deref(),
        })?;
        let files = composer.files(pictures);
        let taken = composer.taken_places(&files);
        if !taken.is_empty() {
            return Err(taken);
        }
        let mut warnings = facts::warnings(config, catalog, &self.plan, &self.pictures);
        warnings.extend(texts);
        warnings.extend(self.warnings.iter().cloned());
        warnings.extend(composer.warnings());
        warnings.extend(downloads.reduced.iter().cloned());
        warnings.extend(self.plan.moved.iter().chain(&self.plan.left_out).chain(&self.plan.withheld).cloned());
        Ok(Composed { composer, files, warnings })
    }
}

/// A site of which every file is known, and can be written.
pub struct Composed<'a> {
    /// Makes the bytes of a file when they are asked for.
    pub composer: Composer<'a>,
    /// Every file by path.
    pub files: Files,
    /// What the owner should know, beyond what the catalog and the theme say.
    pub warnings: Vec<Error>,
}

/// Watermarks that cannot be drawn, each once.
fn unusable_watermarks(catalog: &Catalog) -> Vec<Error> {
    let mut known: Vec<&Arc<Watermark>> = Vec::new();
    for watermark in catalog.galleries.iter().filter_map(|gallery| gallery.watermark.as_ref()) {
        if !known.iter().any(|other| Arc::ptr_eq(other, watermark)) {
            known.push(watermark);
        }
    }
    let fault = |watermark: &&Arc<Watermark>| {
        let refusal = mark_of(watermark).check().err()?;
        let error = Error::new(Code::InvalidWatermark, refusal.to_string().trim_start_matches("its ").to_owned());
        Some(error.at(watermark.settings.drawing.file()))
    };
    known.iter().filter_map(fault).collect()
}

/// The plan of what is granted, with galleries that only their owner sees where those are wanted.
fn plan(config: &Config, access: &Access, granted: &Granted, catalog: &Catalog) -> Result<Plan, Vec<Error>> {
    let grants = access.grants(config, granted);
    let mut plan = Plan::new(catalog, grants.as_ref())?;
    if let Some(preview) = access.preview() {
        plan.preview(catalog, preview.keys(), Iterations::of(config.code_iterations));
    }
    let told = plan.left_out.iter_mut().chain(&mut plan.moved).chain(&mut plan.withheld);
    for place in told.filter_map(|error| error.place.as_mut()) {
        place.file = config.display_gallery_path(&place.file);
    }
    Ok(plan)
}
