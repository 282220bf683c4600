//! `safelight share`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safelight::Visibility;
use safelight::access::change::{Share, share};
use safelight::access::{GalleryId, LinkId, durations};
use safelight::build::State;
use safelight::build::access::ledger_path;
use safelight::catalog::{Catalog, Gallery, Index};
use safelight::config::{AudienceRule, GalleryConfig};
use safelight::plan::{Selection, family, is_own};
use safelight::{Code, Error, toml_text};
use serde_json::json;
use zeroize::Zeroizing;

use super::build::counted;
use super::link_session::{Day, LinkSession, last_moment};
use super::output_file::OutputFile;
use super::{Context, Outcome};

/// Arguments of `share`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The gallery's folder
    gallery: String,
    /// The recipient: a name that tells you later whose link it is
    #[arg(long, value_name = "NAME")]
    to: String,
    /// The audience to show, as defined in `gallery.toml` [default: the whole gallery]
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// The last day the link works: 90d, 12w or 2027-06-30 [default: the gallery's `expires`, else no end]
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    /// Make the gallery private first: write `access = "private"` into its `gallery.toml`
    #[arg(long)]
    private: bool,
    /// Write the link as a QR code to this SVG file
    #[arg(long, value_name = "FILE.svg")]
    qr: Option<PathBuf>,
    /// Show what the link would open without creating it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    day: Day,
}

/// A folder that a link opens.
struct Opened {
    path: String,
    photos: usize,
    hidden: usize,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    // What is wrong in galleries is told below, with all else that reading them finds.
    let (mut desk, _) = LinkSession::open_untold(context, arguments.day, !arguments.dry_run)?;
    desk.keys()?;
    if arguments.qr.is_some() {
        desk.require_url("a QR code needs")?;
    }
    desk.refuse_lost_entries()?;
    let state = State::of(&desk.config);
    let mut index = Index::load(&state.index());
    let (catalog, mut wrong) = Catalog::read_what_can_be(&desk.config, &mut index);
    let Some(mut catalog) = catalog else { return Err(wrong) };
    let found = find(&desk, &catalog, &arguments.gallery);
    if let (true, Ok(at)) = (arguments.private, &found) {
        wrong.retain(|error| catalog.galleries[*at].config.open_audiences.as_ref() != Some(error));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let at = found?;
    if !arguments.dry_run {
        // Reading photographs anew costs the next build time, and nothing else depends on it.
        let _ = index.save(&state.index(), &catalog, &desk.config.galleries, std::time::SystemTime::now());
    }
    let gallery = &catalog.galleries[at];
    let path = ledger_path(&gallery.folder);
    let close = visibility(&desk, gallery, &path, arguments.private)?;
    let audience = arguments.audience.as_deref().unwrap_or_default();
    let selection = rule(gallery, &path, audience)?.map(|rule| Selection::new(rule, &catalog, at));
    if let Some(selection) = selection {
        let faults = selection.faults(&catalog, at, audience);
        if !faults.is_empty() {
            let file = desk.config.display_gallery_path(gallery.folder.join("gallery.toml"));
            return Err(faults.into_iter().map(|error| error.at(&file)).collect());
        }
    }

    let id: GalleryId = match &gallery.config.id {
        Some(id) => id.parse()?,
        None => {
            refuse_taken_place(&desk, &path)?;
            GalleryId::from_entropy(entropy()?)
        }
    };
    let twin = desk
        .folders
        .iter()
        .find(|(folder, said)| said.id.as_deref() == Some(id.as_str()) && ledger_path(folder) != path);
    if let Some((twin, _)) = twin {
        return Err(vec![
            Error::new(Code::DuplicateId, format!("`{path}` and `{}` have the same `id`", ledger_path(twin))).hint(
                "take the `id` line out of the copy's `gallery.toml`; the links belong to the folder that keeps it",
            ),
        ]);
    }
    let expires = arguments.expires.as_deref().map(|typed| durations::last_day(typed, desk.today)).transpose()?;
    let link = LinkId::from_entropy(entropy()?);
    let mut facts = desk.facts.clone();
    facts.entry(id).or_default().expires = gallery.config.expires;
    desk.facts = facts;
    let wanted = Share {
        gallery: id,
        path: &path,
        link,
        to: &arguments.to,
        audience,
        expires,
        dated: desk.config.links.dated,
        find: false,
    };
    let change = desk.situation(|situation| share(&desk.ledger, situation, &wanted))?;
    let last = safelight::access::life::last_day(
        &safelight::access::Link {
            id: link,
            to: String::new(),
            audience: String::new(),
            issued: desk.today.date(),
            expires: expires.or(gallery.config.expires),
            dated: false,
            was: Vec::new(),
            revoked: None,
            find: false,
        },
        gallery.config.expires,
    );

    refuse_lost_words(&desk, &mut catalog, at)?;
    let gallery = &catalog.galleries[at];
    let selection = rule(gallery, &path, audience)?.map(|rule| Selection::new(rule, &catalog, at));
    let opened = opened(&catalog, at, selection);
    tell_what_opens(context, &catalog, at, &path, &opened, audience);
    if opened.iter().all(|folder| folder.photos == 0) {
        context.voice.warning(&Error::new(Code::EmptyLink, "the link opens no photo yet").at(&path));
    }
    let qr = arguments.qr.as_deref().map(|file| qr_target(context, &desk, file)).transpose()?;
    let mut address = None;
    if !arguments.dry_run {
        let written =
            (gallery.config.id.is_none() || close).then(|| write_gallery(&desk, gallery, id, close)).transpose()?;
        if let Err(errors) = desk.commit(&change) {
            // An id without a ledger that knows it would keep the site from being built.
            if let Some(before) = written {
                before.restore();
            }
            return Err(errors);
        }
        let keys = desk.keys()?;
        let link = desk.ledger.gallery(id).and_then(|gallery| gallery.link(link));
        let link = link.ok_or_else(|| vec![Error::new(Code::Internal, "the link is not in the ledger")])?;
        let token = keys.page_token(id, link.id, link.day_in_address());
        let whole = desk.address(token.path_segment());
        if let Some(qr) = &qr {
            qr.write(super::cards::qr_svg(&whole)?.as_bytes())?;
        }
        context.voice.answer(&whole);
        address = Some(whole);
    }
    let would = if arguments.dry_run { "would open" } else { "opens" };
    let mut lines = vec![format!("it {would} after the next publish")];
    if let (Some(OutputFile::File(file)), Some(qr)) = (&qr, &qr) {
        let wrote = if arguments.dry_run { "would write" } else { "wrote" };
        lines.push(format!("{wrote} its QR code to {}", file.file_name().unwrap_or_default().display()));
        lines.extend(qr.git_hint());
    }
    if close {
        let (says, go) = if arguments.dry_run { ("would say", "would go") } else { ("says now", "go") };
        let file = desk.config.display_gallery_path(gallery.folder.join("gallery.toml"));
        lines.push(format!("`{}` {says} `access = \"private\"`", file.display()));
        if gallery.visibility.is_open() {
            lines.push(format!("with the next publish its public pages {go}"));
        }
    }
    lines.push(match last {
        Some(day) => format!("it works until {}", last_moment(day)),
        None => "it works until you revoke it".to_owned(),
    });
    if desk.config.url.is_none() {
        lines.push("set `url` in site.toml to have whole addresses printed".to_owned());
    }
    context.voice.note(&lines.join("\n"));
    context.voice.json(&json!({
        "event": "summary", "command": "share", "dry_run": arguments.dry_run, "gallery": path, "id": id.as_str(),
        "link": link.as_str(), "to": arguments.to.trim(), "audience": audience, "expires": last,
        "folders": opened.iter().map(|folder| json!({
            "path": folder.path, "photos": folder.photos, "hidden": folder.hidden })).collect::<Vec<_>>(),
        "url": address,
    }));
    Ok(ExitCode::SUCCESS)
}

/// Where the QR code goes: never into a file that other programs would take for something else.
fn qr_target(context: &Context, desk: &LinkSession, file: &Path) -> Result<OutputFile, Vec<Error>> {
    let target = OutputFile::of(context, &desk.config, file)?;
    let is_svg = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if matches!(target, OutputFile::File(_)) && !is_svg {
        let error =
            Error::new(Code::InvalidArgument, "a QR code is picture_files as SVG, which this name does not say")
                .at(file);
        return Err(vec![error.hint("name a file that ends in `.svg`")]);
    }
    Ok(target)
}

fn find(desk: &LinkSession, catalog: &Catalog, typed: &str) -> Result<usize, Vec<Error>> {
    let path = desk.typed_path(typed);
    let at = catalog.galleries.iter().position(|gallery| ledger_path(&gallery.folder) == path);
    match at {
        Some(0) => Err(vec![
            Error::new(Code::InvalidArgument, "the whole folder of galleries cannot be shared")
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
                None => error.hint("name a folder below the folder of galleries, as in `weddings/lake-house`"),
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
        Error::new(Code::MissingId, format!("`{path}` was shared before, and its `gallery.toml` has not the `id` that its links belong to"))
            .at(desk.config.display_gallery_path(std::path::Path::new(path).join("gallery.toml")))
            .hint(format!(
                "if it is the same gallery, write `id = \"{0}\"` into it; if it is a new one in the same place, end the old one \
                 with `safelight retire {0}`, and share then",
                earlier.id
            )),
    ])
}

/// Whether the gallery must be made private.
fn visibility(desk: &LinkSession, gallery: &Gallery, path: &str, private: bool) -> Result<bool, Vec<Error>> {
    let file = desk.config.display_path(&desk.config.galleries).join(path).join("gallery.toml");
    match gallery.visibility {
        // What it inherits it would lose with its place: from now on it says so itself.
        Visibility::Private => Ok(gallery.config.access.is_none()),
        Visibility::Sealed => Err(vec![
            Error::new(Code::UnavailableFeature, "sealed galleries are not available in this version").at(file),
        ]),
        Visibility::Public | Visibility::Unlisted if private => Ok(true),
        open => {
            let what = if open == Visibility::Public {
                "public: everybody sees it already"
            } else {
                "unlisted: whoever knows its address sees it already"
            };
            Err(vec![
                Error::new(Code::GalleryNotPrivate, format!("`{path}` is {what}"))
                    .at(file)
                    .hint("write `access = \"private\"` into it, or share with `--private`, which does that; its public pages go with the next publish"),
            ])
        }
    }
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
                "say what it sees in its gallery.toml, as in `[audiences.{audience}]` with `except = [\"rehearsal\"]`"
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

fn tell_what_opens(context: &Context, catalog: &Catalog, at: usize, path: &str, opened: &[Opened], audience: &str) {
    let voice = &context.voice;
    let of = if audience.is_empty() { String::new() } else { format!(" as `{audience}`") };
    let mut lines = vec![format!("this link opens{of}:")];
    for folder in opened {
        let hidden = if folder.hidden > 0 { format!(", {} hidden", folder.hidden) } else { String::new() };
        lines.push(format!("  {}  {}{hidden}", folder.path, counted(folder.photos, "photo", "photos")));
    }
    let closed: Vec<String> = catalog
        .galleries
        .iter()
        .enumerate()
        .filter(|(number, gallery)| *number != at && gallery.folder.starts_with(path) && is_own(catalog, *number))
        .map(|(_, gallery)| ledger_path(&gallery.folder))
        .collect();
    if !closed.is_empty() {
        lines.push(format!("it does not open galleries of their own: {}", closed.join(", ")));
    }
    if !is_own(catalog, at) {
        let above = gallery_around(catalog, at);
        if let Some(parent) =
            above.map(|parent| &catalog.galleries[parent]).filter(|parent| !parent.visibility.is_open())
        {
            lines.push(format!(
                "from now on it is a gallery of its own: links of `{}` no longer open it",
                ledger_path(&parent.folder)
            ));
        }
    }
    voice.note(&lines.join("\n"));
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
            Error { message: format!("{}, once this is a gallery of its own", fault.message), ..fault }
                .at(&file)
                .hint("take the word out first: links of this gallery will no longer open the folder")
        })
        .collect();
    catalog.galleries[at].config.id = None;
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A `gallery.toml` as it was.
struct Before {
    file: PathBuf,
    text: Option<String>,
}

impl Before {
    fn restore(&self) {
        // The error that led here is the one to tell.
        let _ = match &self.text {
            Some(text) => std::fs::write(&self.file, text),
            None => std::fs::remove_file(&self.file),
        };
    }
}

/// Writes the id, and the word that closes the gallery, into its `gallery.toml`; everything else in it stays as it is.
fn write_gallery(desk: &LinkSession, gallery: &Gallery, id: GalleryId, close: bool) -> Result<Before, Vec<Error>> {
    let file = desk.config.galleries.join(&gallery.folder).join("gallery.toml");
    let shown = desk.config.display_path(&file);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(vec![Error::io(Code::CannotRead, "read", shown, error)]),
    };
    let new = with_id(text.as_deref().unwrap_or_default(), id, close).ok_or_else(|| {
        vec![
            Error::new(Code::IdNotWritten, "the id cannot be written into this file")
                .at(shown)
                .hint(format!("write `id = \"{id}\"` into it yourself, and share again")),
        ]
    })?;
    // What was written must read as what was meant.
    let said = GalleryConfig::from_text(&new, shown)?;
    if said.id.as_deref() != Some(id.as_str()) || (close && said.access != Some(Visibility::Private)) {
        return Err(vec![Error::new(Code::IdNotWritten, "the id cannot be written into this file").at(shown)]);
    }
    let mode = std::fs::metadata(&file).map_or(0o644, |metadata| {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o777
    });
    let target = if file.is_symlink() {
        file.canonicalize().map_err(|error| Error::io(Code::CannotRead, "follow the link", shown, error))?
    } else {
        file
    };
    safelight::files::write_atomic(&target, mode, |out| std::io::Write::write_all(out, new.as_bytes()))?;
    Ok(Before { file: target, text })
}

fn with_id(text: &str, id: GalleryId, close: bool) -> Option<String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let mut document: toml_edit::DocumentMut = body.parse().ok()?;
    toml_text::set(&mut document, "id", id.as_str());
    if close {
        toml_text::set(&mut document, "access", "private");
    }
    let new = format!("{mark}{document}");
    // The parser makes one kind of line ends of all; the file keeps its own.
    Some(if body.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new })
}

/// Fresh randomness from the system.
pub(crate) fn entropy<const N: usize>() -> Result<[u8; N], Vec<Error>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut bytes[..])
        .map_err(|error| Error::new(Code::CannotRead, format!("the system gives no randomness: {error}")))?;
    Ok(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_above_the_tables_and_no_comment_is_lost() {
        let id: GalleryId = "k3v9q2m7t4xa".parse().unwrap();
        let text = "# The lake house\ntitle = \"Lake house\" # no date\n\n# Not for grandma\n[audiences.family]\nexcept = [\"party\"]\n";
        let new = with_id(text, id, true).unwrap();
        for line in text.lines() {
            assert!(new.contains(line), "{new}");
        }
        let said = GalleryConfig::from_text(&new, "gallery.toml".as_ref()).unwrap();
        assert_eq!((said.id.as_deref(), said.access), (Some("k3v9q2m7t4xa"), Some(Visibility::Private)));
        assert_eq!(with_id("", id, false).unwrap(), "id = \"k3v9q2m7t4xa\"\n");
        let open = "\u{feff}# above\naccess = \"unlisted\" # keep me\n";
        let new = with_id(open, id, true).unwrap();
        assert_eq!(new, format!("{}id = \"k3v9q2m7t4xa\"\n", open.replace("unlisted", "private")));
    }
}
