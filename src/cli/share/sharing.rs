//! A gallery is shared: what is refused, what will change, and the change itself. Nothing here prints.

use std::path::PathBuf;

use jiff::civil::Date;
use safelight::Error;
use safelight::Visibility;
use safelight::access::change::{Change, Share, share};
use safelight::access::{GalleryId, Link, LinkCode, LinkId, durations, life};
use safelight::build::State;
use safelight::build::access::ledger_path;
use safelight::catalog::{Catalog, Gallery, Index};
use safelight::config::{AudienceRule, GalleryEdit};
use safelight::error::Code;
use safelight::plan::{Selection, family, is_own};

use super::entropy;
use crate::cli::link_session::LinkSession;

/// What is asked for.
pub(super) struct Request<'a> {
    /// The recipient.
    pub to: &'a str,
    /// The audience; empty for the whole gallery.
    pub audience: &'a str,
    /// The last day, as it was typed.
    pub expires: Option<&'a str>,
    /// Whether a gallery that is open may be made private.
    pub private: bool,
    /// Whether the link's code is to work on the look-up page.
    pub find: bool,
}

/// What will be done, and what it opens.
pub(super) struct Sharing {
    /// The gallery, as an index into the catalog.
    at: usize,
    /// Its path in the ledger.
    pub path: String,
    /// Its folder below the folder of galleries.
    pub folder: PathBuf,
    /// Its id, which may be new.
    pub id: GalleryId,
    /// The new link.
    pub link: LinkId,
    /// What its `gallery.toml` is made to say of who may see it.
    pub closes: Option<Visibility>,
    /// Whether it is sealed, so that the link's code opens it.
    pub is_sealed: bool,
    /// Whether the link's code works on the look-up page.
    pub find: bool,
    /// Whether everybody reaches it today.
    pub was_open: bool,
    /// The last day on which the link works.
    pub last_day: Option<Date>,
    /// The folders that the link opens.
    pub opened: Vec<Opened>,
    /// Whether its `gallery.toml` changes.
    is_written: bool,
    change: Change,
}

/// A link that was made.
pub(super) struct Made {
    /// Its address.
    pub address: String,
    /// Its code, where there is a use for it.
    pub code: Option<LinkCode>,
}

/// A folder that a link opens.
pub(super) struct Opened {
    pub path: String,
    pub photos: usize,
    pub hidden: usize,
}

/// Reads the galleries, and finds the one that is named. `private`: what is wrong with it only because it is open is
/// no hindrance.
pub(super) fn read(
    desk: &LinkSession,
    named: &str,
    private: bool,
    remember: bool,
) -> Result<(Catalog, usize), Vec<Error>> {
    let state = State::of(&desk.config);
    let mut index = Index::load(&state.index());
    let (catalog, mut wrong) = Catalog::read_what_can_be(&desk.config, &mut index);
    let Some(catalog) = catalog else { return Err(wrong) };
    let found = find(desk, &catalog, named);
    if let (true, Ok(at)) = (private, &found) {
        wrong.retain(|error| catalog.galleries[*at].config.open_audiences.as_ref() != Some(error));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let at = found?;
    if remember {
        // Reading photographs anew costs the next build time, and nothing else depends on it.
        let _ = index.save(&state.index(), &catalog, &desk.config.galleries, std::time::SystemTime::now());
    }
    Ok((catalog, at))
}

impl Sharing {
    /// Works out what sharing a gallery changes.
    ///
    /// # Errors
    /// Everything for which it cannot be shared as asked.
    pub(super) fn plan(
        desk: &mut LinkSession,
        catalog: &mut Catalog,
        at: usize,
        request: &Request<'_>,
    ) -> Result<Self, Vec<Error>> {
        let gallery = &catalog.galleries[at];
        let path = ledger_path(&gallery.folder);
        let closes = must_close(desk, gallery, &path, request.private)?;
        if request.find && desk.config.find.is_none() {
            let error =
                Error::new(Code::NoLookUpPage, "`--find` needs the look-up page, which this site does not have");
            return Err(vec![error.at("site.toml").hint("write `[find]` into site.toml: it makes the page `/find/`")]);
        }
        let selection = rule(gallery, &path, request.audience)?.map(|rule| Selection::new(rule, catalog, at));
        if let Some(selection) = selection {
            let faults = selection.faults(catalog, at, request.audience);
            if !faults.is_empty() {
                let file = desk.config.display_gallery_path(gallery.folder.join("gallery.toml"));
                return Err(faults.into_iter().map(|error| error.at(&file)).collect());
            }
        }
        let id = id_of(desk, gallery, &path)?;
        let expires = request.expires.map(|typed| durations::last_day(typed, desk.today)).transpose()?;
        let link = LinkId::from_entropy(entropy()?);
        let gallery_expires = gallery.config.expires;
        desk.facts.entry(id).or_default().expires = gallery_expires;
        let wanted = Share {
            gallery: id,
            path: &path,
            link,
            to: request.to,
            audience: request.audience,
            expires,
            dated: desk.config.links.dated,
            find: request.find,
        };
        let change = desk.situation(|situation| share(&desk.ledger, situation, &wanted))?;
        let made = Link {
            id: link,
            to: String::new(),
            audience: String::new(),
            issued: desk.today.date(),
            expires: expires.or(gallery_expires),
            dated: false,
            was: Vec::new(),
            revoked: None,
            find: false,
        };
        let last_day = life::last_day(&made, gallery_expires);
        refuse_lost_words(desk, catalog, at)?;
        let gallery = &catalog.galleries[at];
        let selection = rule(gallery, &path, request.audience)?.map(|rule| Selection::new(rule, catalog, at));
        Ok(Self {
            at,
            folder: gallery.folder.clone(),
            id,
            link,
            closes,
            is_sealed: gallery.visibility == Visibility::Sealed,
            find: request.find,
            was_open: gallery.visibility.is_open(),
            last_day,
            opened: opened(catalog, at, selection),
            is_written: gallery.config.id.is_none() || closes.is_some(),
            change,
            path,
        })
    }

    /// Writes the `gallery.toml` and the ledger, and gives the link. Where the ledger cannot be written, the
    /// `gallery.toml` is what it was before.
    ///
    /// # Errors
    /// When either cannot be written.
    pub(super) fn carry_out(&self, desk: &mut LinkSession) -> Result<Made, Vec<Error>> {
        let edit = self
            .is_written
            .then(|| GalleryEdit::share(&desk.config, &self.folder, self.id.as_str(), self.closes))
            .transpose()?;
        if let Some(edit) = &edit {
            edit.write()?;
        }
        if let Err(errors) = desk.commit(&self.change) {
            // An id without a ledger that knows it would keep the site from being built.
            if let Some(edit) = edit {
                edit.undo();
            }
            return Err(errors);
        }
        let keys = desk.keys()?;
        let link = desk.ledger.gallery(self.id).and_then(|gallery| gallery.link(self.link));
        let link = link.ok_or_else(|| vec![Error::new(Code::Internal, "the link is not in the ledger")])?;
        let token = keys.page_token(self.id, link.id, link.day_in_address());
        let code = (self.is_sealed || self.find).then(|| keys.link_code(self.id, link.id));
        if let Some(code) = &code {
            desk.announce_code(code);
        }
        Ok(Made { address: desk.address(token.path_segment()), code })
    }
}

/// The gallery's id, or a new one.
fn id_of(desk: &LinkSession, gallery: &Gallery, path: &str) -> Result<GalleryId, Vec<Error>> {
    let id: GalleryId = match &gallery.config.id {
        Some(id) => id.parse()?,
        None => {
            refuse_taken_place(desk, path)?;
            GalleryId::from_entropy(entropy()?)
        }
    };
    let twin = desk
        .folders
        .iter()
        .find(|(folder, said)| said.id.as_deref() == Some(id.as_str()) && ledger_path(folder) != path);
    if let Some((twin, _)) = twin {
        return Err(vec![
            Error::new(Code::DuplicateId, format!("`{path}` and `{}` have the same `id`", ledger_path(twin)))
                .hint("delete the `id` line from the copy's `gallery.toml`; the links stay with the original"),
        ]);
    }
    Ok(id)
}

fn find(desk: &LinkSession, catalog: &Catalog, typed: &str) -> Result<usize, Vec<Error>> {
    let path = desk.typed_path(typed);
    let at = catalog.galleries.iter().position(|gallery| ledger_path(&gallery.folder) == path);
    match at {
        Some(0) => Err(vec![
            Error::new(Code::InvalidArgument, "the galleries folder itself cannot be shared")
                .hint("name a folder in it"),
        ]),
        Some(at) => Ok(at),
        None => {
            let known: Vec<String> =
                catalog.galleries.iter().skip(1).map(|gallery| ledger_path(&gallery.folder)).collect();
            let error =
                Error::new(Code::UnknownGallery, format!("there is no gallery `{path}`")).at(&desk.config.galleries);
            Err(vec![match safelight::error::closest_match(&path, known.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("give a folder below the galleries folder, such as `weddings/lake-house`"),
            }])
        }
    }
}

/// Refuses a folder without an id where the ledger has a gallery that is not closed and whose folder is nowhere: most
/// likely this is it, and the id got lost.
fn refuse_taken_place(desk: &LinkSession, path: &str) -> Result<(), Vec<Error>> {
    let lost = |id: GalleryId| desk.folders.iter().all(|(_, said)| said.id.as_deref() != Some(id.as_str()));
    let mut here = desk.ledger.galleries.iter().filter(|one| one.path == path && one.closed.is_none());
    let Some(earlier) = here.find(|one| lost(one.id)) else { return Ok(()) };
    Err(vec![
        Error::new(
            Code::MissingId,
            format!(
                "`{path}` was shared before, but its `gallery.toml` lacks the `id` of its \
                                             links"
            ),
        )
        .at(desk.config.display_gallery_path(std::path::Path::new(path).join("gallery.toml")))
        .hint(format!(
            "if it is the same gallery, write `id = \"{0}\"` into its `gallery.toml`; if it is a new one, close \
                 the old one with `safelight retire {0}`, then share it",
            earlier.id
        )),
    ])
}

/// What the gallery's own file must say of who may see it; none where it says so already.
fn must_close(
    desk: &LinkSession,
    gallery: &Gallery,
    path: &str,
    private: bool,
) -> Result<Option<Visibility>, Vec<Error>> {
    let file = desk.config.display_path(&desk.config.galleries).join(path).join("gallery.toml");
    let what = match gallery.visibility {
        // What it inherits it would lose with its place: from now on it says so itself.
        inherited @ (Visibility::Private | Visibility::Sealed) => {
            return Ok(gallery.config.access.is_none().then_some(inherited));
        }
        Visibility::Public | Visibility::Unlisted if private => return Ok(Some(Visibility::Private)),
        Visibility::Public => "public: everyone can already see it",
        Visibility::Unlisted => "unlisted: everyone who knows its address can already see it",
    };
    Err(vec![Error::new(Code::GalleryNotPrivate, format!("`{path}` is {what}")).at(file).hint(
        "write `access = \"private\"` into its `gallery.toml`, or pass `--private`, which does that; its \
                   public pages are removed with the next publish",
    )])
}

fn rule<'a>(gallery: &'a Gallery, path: &str, audience: &str) -> Result<Option<&'a AudienceRule>, Vec<Error>> {
    if audience.is_empty() {
        return Ok(None);
    }
    let rules = &gallery.config.audiences;
    rules.get(audience).map(Some).ok_or_else(|| {
        let error = Error::new(Code::UnknownAudience, format!("`{path}` has no audience `{audience}`"));
        vec![match safelight::error::closest_match(audience, rules.keys().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!(
                "define it in gallery.toml, such as `[audiences.{audience}]` with `except = [\"rehearsal\"]`"
            )),
        }]
    })
}

fn opened(catalog: &Catalog, at: usize, selection: Option<Selection<'_>>) -> Vec<Opened> {
    let mut folders: Vec<usize> = vec![at];
    folders.extend(
        catalog.galleries[at]
            .children
            .iter()
            .filter(|child| !is_own(catalog, **child))
            .flat_map(|child| family(catalog, *child)),
    );
    folders
        .into_iter()
        .map(|at| {
            let gallery = &catalog.galleries[at];
            let photos = gallery
                .photos
                .iter()
                .filter(|photo| selection.is_none_or(|selection| selection.shows(gallery, photo)))
                .count();
            Opened { path: ledger_path(&gallery.folder), photos, hidden: gallery.photos.len() - photos }
        })
        .collect()
}

/// Galleries of their own below the one that is shared, which the link does not open.
pub(super) fn galleries_within(catalog: &Catalog, sharing: &Sharing) -> Vec<String> {
    let all = catalog.galleries.iter().enumerate();
    let within = all.filter(|(number, gallery)| {
        *number != sharing.at && gallery.folder.starts_with(&sharing.path) && is_own(catalog, *number)
    });
    within.map(|(_, gallery)| ledger_path(&gallery.folder)).collect()
}

/// The closed gallery whose links have opened this folder so far, and will not any more.
pub(super) fn closed_gallery_around(catalog: &Catalog, sharing: &Sharing) -> Option<String> {
    if is_own(catalog, sharing.at) {
        return None;
    }
    let around = &catalog.galleries[gallery_around(catalog, sharing.at)?];
    (!around.visibility.is_open()).then(|| ledger_path(&around.folder))
}

/// The gallery of its own that a folder lies in; never the whole folder of galleries, which no link opens.
fn gallery_around(catalog: &Catalog, at: usize) -> Option<usize> {
    let mut around = catalog.galleries[at].parent;
    while let Some(parent) = around.filter(|parent| !is_own(catalog, *parent)) {
        around = catalog.galleries[parent].parent;
    }
    around.filter(|parent| *parent != 0)
}

/// Refuses to take a folder out of the gallery around it where an audience of that gallery names what lies in it: the next
/// build could not tell what was to be hidden.
fn refuse_lost_words(desk: &LinkSession, catalog: &mut Catalog, at: usize) -> Result<(), Vec<Error>> {
    if is_own(catalog, at) {
        return Ok(());
    }
    let Some(around) = gallery_around(catalog, at) else { return Ok(()) };
    // As it will be: any id makes it a gallery of its own.
    catalog.galleries[at].config.id = Some(String::new());
    let gallery = &catalog.galleries[around];
    let file = desk.config.display_gallery_path(gallery.folder.join("gallery.toml"));
    let rules = gallery.config.audiences.iter();
    let faults = rules.flat_map(|(name, rule)| Selection::new(rule, catalog, around).faults(catalog, around, name));
    let faults: Vec<Error> = faults
        .map(|fault| {
            Error { message: format!("{}, once this is a separate gallery", fault.message), ..fault }
                .at(&file)
                .hint("delete that entry first: links to this gallery will no longer open the folder")
        })
        .collect();
    catalog.galleries[at].config.id = None;
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
