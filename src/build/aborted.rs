//! A build that ends before it has a plan: whatever was wrong, what must no longer be reachable comes down.

use std::collections::BTreeSet;
use std::path::Path;

use super::withdrawal::{self, DeadByLedger, may_be_dead};
use super::{Access, Event, Listener, Options, State};
use crate::catalog::{Catalog, Index};
use crate::config::{Config, GalleryConfig};
use crate::plan::{PICTURES, Plan, lies_among_pictures};
use crate::publish::{Manifest, Reach, Site};
use crate::visibility::Visibility;
use crate::{Code, Error};

/// What a build does that cannot begin because `site.toml` has errors: what was withdrawn comes down all the same, if
/// `folders_stand`; otherwise dead links alone, with their pictures. `config` is what could be read of it. Gives what is
/// wrong besides, and what could not be removed.
pub fn withdraw(
    config: &Config,
    folders_stand: bool,
    access: &Access,
    options: &Options,
    listener: Listener<'_>,
) -> Vec<Error> {
    let state = State::of(config);
    let mut site = match Site::open_in_turn(&config.output, state.folder(), options.turn.clone()) {
        Ok(site) => site,
        Err(error) => return vec![error],
    };
    let early = AbortedBuild { config, access, options, listener, settings_stand: false };
    if !folders_stand || emptied(config, &site).is_some() {
        if !site.manifest().is_empty() {
            listener(Event::Warning(&stays_reachable()));
        }
        return early.refused(&mut site, None, Vec::new());
    }
    let (mut partial, wrong) = Catalog::read_what_can_be(config, &mut Index::load(&state.index()));
    if let Some(catalog) = &mut partial {
        catalog.close_ended(access.today().date());
    }
    early.refused(&mut site, partial, wrong)
}

/// Said where nobody can tell from `site.toml` what was withdrawn.
pub fn stays_reachable() -> Error {
    Error::new(Code::StillReachable, "photos and galleries withdrawn since the last build are still online")
        .hint("fix site.toml and build again")
}

/// A build that ends before it has a plan.
pub(super) struct AbortedBuild<'a> {
    pub config: &'a Config,
    pub access: &'a Access,
    pub options: &'a Options,
    pub listener: Listener<'a>,
    /// Whether `site.toml` has no errors.
    pub settings_stand: bool,
}

impl AbortedBuild<'_> {
    /// Takes down what the ledger alone says is dead, and photos whose files have gone; the rest of the site stays.
    pub(super) fn refused(&self, site: &mut Site, mut partial: Option<Catalog>, mut errors: Vec<Error>) -> Vec<Error> {
        if self.options.dry_run {
            return errors;
        }
        if let Some(catalog) = &mut partial {
            self.tell_what_stays(site, catalog, &errors);
            catalog.close_doubted();
        }
        let by_ledger = DeadByLedger::of(self.access, self.config, self.settings_stand, site.manifest());
        let mut gone = by_ledger.dead;
        if let Some(mut catalog) = partial
            && let Some(living) = self.living(&mut catalog, site.manifest())
        {
            gone.extend(living.gone(site.manifest()));
        }
        errors.extend(withdrawal::take_down(&self.config.output, site, &gone, self.listener));
        let left = by_ledger.unknown.iter().filter(|path| self.config.output.join(path).exists());
        errors.extend(left.map(|path| may_be_dead(path)));
        errors
    }

    /// What may stay by what could be read; nothing where that tells nothing.
    fn living(&self, catalog: &mut Catalog, manifest: &Manifest) -> Option<withdrawal::Retained> {
        let granted = self.settings_stand.then(|| self.access.grant(self.config, catalog, manifest).ok()).flatten();
        let grants = granted.as_ref().and_then(|granted| self.access.grants(self.config, granted));
        let plan = Plan::new(catalog, grants.as_ref()).or_else(|wrong| {
            // Text pages whose names are taken are no reason to keep a photo up.
            let refused =
                |file: &Path| wrong.iter().any(|error| error.place.as_ref().is_some_and(|at| at.file == file));
            catalog.pages.retain(|page| !refused(&page.file));
            Plan::new(catalog, grants.as_ref())
        });
        let living = withdrawal::Retained::of(self.config, catalog, &plan.ok()?, manifest);
        // Without today's links what is private is known by its gallery alone.
        Some(if grants.is_some() { living } else { living.open_alone(catalog, manifest) })
    }

    /// Warns of galleries whose settings cannot be read and that the last publish has shown: of those that stay, and of those
    /// that come down because their owner may have closed them just now.
    fn tell_what_stays(&self, site: &Site, catalog: &Catalog, errors: &[Error]) {
        let Ok(plan) = Plan::new(catalog, None) else { return };
        for album in &plan.albums {
            let folder = self.config.display_gallery_path(&catalog.galleries[album.gallery].folder);
            let wrong = |error: &Error| {
                error.place.as_ref().is_some_and(|place| {
                    let settings = place.file.file_name().is_some_and(Catalog::may_be_settings);
                    settings && place.file.parent() == Some(&folder)
                })
            };
            let Some(path) = album.open_path().filter(|path| !path.is_empty()) else { continue };
            let is_published = || site.manifest().iter().any(|record| record.path.starts_with(path));
            if catalog.is_doubted(album.gallery) {
                if is_published() {
                    let told = "this gallery was taken down, because its settings may be meant to close it";
                    let hint = "fix its settings and build again";
                    (self.listener)(Event::Warning(&Error::new(Code::TakenDown, told).at(folder).hint(hint)));
                }
            } else if errors.iter().any(wrong) && is_published() {
                let told =
                    Error::new(Code::StillReachable, "this gallery's published files are still online").at(folder);
                let hint = "fix its gallery.toml and build again; to take it down now, move the folder away and build";
                (self.listener)(Event::Warning(&told.hint(hint)));
            }
        }
    }
}

/// A folder of galleries in which there is nothing at all, where there were photos: a disk that is not there.
pub(super) fn emptied(config: &Config, site: &Site) -> Option<Error> {
    let mut there = std::fs::read_dir(&config.galleries).ok()?;
    let shown = site.manifest().iter().any(|record| lies_among_pictures(record.path));
    (shown && there.next().is_none()).then(|| {
        Error::new(
            Code::GalleriesEmptied,
            "the galleries folder is empty, but the published site has photos; nothing was removed",
        )
        .at(config.display_gallery_path(Path::new("")))
        .hint("if it is on another disk, connect it; to take everything down, create an empty folder in it and build")
    })
}

/// Whether any gallery says that it is closed, without a look at the photos: most sites have none that does.
pub fn says_closed(config: &Config, access: &Access) -> bool {
    let (folders, wrong) = Catalog::folders(config);
    let today = access.today().date();
    let is_closed = |said: &GalleryConfig| {
        said.access.is_some_and(|access| !access.is_open()) || said.expires.is_some_and(|last| last < today)
    };
    !config.default_access.is_open() || !wrong.is_empty() || folders.iter().any(|(_, said)| is_closed(said))
}

/// Public files that lie online by this record and that belong to galleries which are closed today, or which may have been meant
/// to be. Galleries and photos that are not here tell nothing: a machine may have none of them.
pub fn closed_online(config: &Config, access: &Access, online: &Manifest) -> BTreeSet<String> {
    let folders = closed_folders(config, access);
    let is_of_closed = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
    let public = online.iter().filter(|record| record.reach == Reach::Public && is_of_closed(record.path));
    public.map(|record| record.path.to_owned()).collect()
}

/// The folders, each with a slash at its end, in which the public files of such galleries would lie.
pub fn closed_folders(config: &Config, access: &Access) -> Vec<String> {
    let today = access.today().date();
    let (Some(mut catalog), _) = Catalog::read_what_can_be(config, &mut Index::load(&State::of(config).index())) else {
        return Vec::new();
    };
    catalog.close_ended(today);
    catalog.close_doubted();
    let closed: Vec<usize> = (0..catalog.galleries.len())
        .filter(|at| !catalog.galleries[*at].visibility.is_open() || catalog.galleries[*at].ended.is_some())
        .collect();
    if closed.is_empty() {
        return Vec::new();
    }
    let Ok(present) = Plan::new(&catalog, None) else { return Vec::new() };
    let open: BTreeSet<String> =
        present.albums.iter().filter_map(|album| album.open_path().map(str::to_owned)).collect();
    // Their addresses are those that they would have if all were open.
    for gallery in &mut catalog.galleries {
        (gallery.visibility, gallery.ended) = (Visibility::Public, None);
    }
    let Ok(plan) = Plan::new(&catalog, None) else { return Vec::new() };
    let empty = plan.empty.iter().map(|(gallery, path)| (*gallery, path.as_str()));
    let shown = plan.albums.iter().filter_map(|album| Some((album.gallery, album.open_path()?)));
    let folders: BTreeSet<&str> = shown
        .chain(empty)
        .filter(|(gallery, path)| closed.contains(gallery) && !path.is_empty() && !open.contains(*path))
        .map(|(_, path)| path)
        .collect();
    let languages = config.languages.iter().map(|language| language.folder.as_str());
    let below: Vec<String> =
        languages.chain([""]).flat_map(|language| [language.to_owned(), format!("{language}{PICTURES}")]).collect();
    let all = folders.iter().flat_map(|folder| below.iter().map(move |place| format!("{place}{folder}")));
    all.collect::<BTreeSet<_>>().into_iter().collect()
}
