//! `safelight picks`: what clients picked, for the photographer's programs.

mod delivery;
mod report;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safelight::access::verify::{TokenIndex, TokenKind};
use safelight::build::State;
use safelight::build::access::{circumstances, ledger_path};
use safelight::build::address_history::add_former;
use safelight::catalog::{Catalog, Index};
use safelight::error::closest_match;
use safelight::picks::home::{self, Home};
use safelight::picks::matching::resolve;
use safelight::picks::merge::Selection;
use safelight::picks::names::Program;
use safelight::picks::sidecar::Convention;
use safelight::picks::{link_tag, read};
use safelight::plan::{AudienceView, Plan};
use safelight::{Code, Error, Errors};

use super::link_session::{Day, LinkSession};
use super::output_file::at_home;
use super::{Context, Outcome};

/// Arguments of `picks`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read clients' favourites: who picked what, as lists of names, XMP sidecars, copies or links
    Import(Import),
}

/// Arguments of `picks import`.
#[derive(Debug, clap::Args)]
struct Import {
    /// Favourites: files, tables, texts or mails; `-` for standard input; or links that contain them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The gallery, if the favourites do not tell
    #[arg(long, value_name = "DIR")]
    gallery: Option<String>,
    /// Take only this list; can be repeated
    #[arg(long = "list", value_name = "NAME")]
    lists: Vec<String>,
    /// The folder of your originals; they are found by name, whatever their extension
    #[arg(long, value_name = "DIR")]
    originals: Option<PathBuf>,
    /// Write each list as a keyword into the originals' XMP sidecars, as this program expects them
    #[arg(long, value_name = "PROGRAM", requires = "originals")]
    xmp: Option<SidecarProgram>,
    /// With --xmp: rate photos that have no rating yet, from 1 to 5
    #[arg(long, value_name = "STARS", requires = "xmp", value_parser = clap::value_parser!(u8).range(1..=5))]
    rating: Option<u8>,
    /// With --xmp: label photos that have no label yet, such as Green
    #[arg(long, value_name = "TEXT", requires = "xmp", value_parser = label)]
    label: Option<String>,
    /// Print the names for this program's search or filter
    #[arg(long, value_name = "PROGRAM")]
    names: Option<ListProgram>,
    /// With --names: write them to this file instead
    #[arg(long, value_name = "FILE", requires = "names")]
    names_to: Option<PathBuf>,
    /// Copy the picked photos to this folder; never overwrites
    #[arg(long, value_name = "DIR", conflicts_with = "link_to")]
    copy_to: Option<PathBuf>,
    /// Link to the picked photos from this folder; never overwrites
    #[arg(long, value_name = "DIR")]
    link_to: Option<PathBuf>,
    /// Show what would be written without writing it
    #[arg(long)]
    dry_run: bool,
}

/// Whose sidecars are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SidecarProgram {
    /// DSC_0042.xmp
    Lightroom,
    /// DSC_0042.xmp
    CaptureOne,
    /// DSC_0042.NEF.xmp
    Darktable,
}

impl SidecarProgram {
    fn convention(self) -> Convention {
        match self {
            Self::Lightroom | Self::CaptureOne => Convention::Adobe,
            Self::Darktable => Convention::Darktable,
        }
    }
}

/// Who takes the list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ListProgram {
    /// Library Filter: Text, Filename, Contains
    Lightroom,
    /// Edit, Select By, Filename List
    CaptureOne,
}

impl ListProgram {
    fn program(self) -> Program {
        match self {
            Self::Lightroom => Program::Lightroom,
            Self::CaptureOne => Program::CaptureOne,
        }
    }
}

fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= 100 && !text.contains(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("a label is one word or a few, such as `Green`".to_owned()) }
}

/// One hand-over of favourites.
struct Received {
    /// The file, as it was given.
    file: String,
    /// Who picked.
    person: String,
    /// Whose link it was, as far as that can be told.
    link: Option<Holder>,
    home: Home,
}

/// Who held the link that favourites were made at.
enum Holder {
    /// The secret is not here.
    Untold,
    /// No link of this site.
    Unknown,
    /// This link.
    Link(TokenKind),
}

/// What was picked of one gallery.
struct Gallery {
    at: usize,
    selection: Selection,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Import(import) => run_import(context, import),
    }
}

fn run_import(context: &Context, arguments: &Import) -> Outcome {
    let desk = LinkSession::open(context, Day::default(), false)?;
    let catalog = catalog(&desk)?;
    let views = AudienceView::all(&catalog, &Plan::new(&catalog, None)?);
    let chosen = arguments.gallery.as_deref().map(|typed| chosen(&desk, &catalog, typed)).transpose()?;
    let received = receive(&desk, &catalog, &views, arguments, chosen)?;
    let mut galleries: BTreeMap<usize, Selection> = BTreeMap::new();
    for one in &received {
        let matches = resolve(&one.home.picks, &one.home.shelf, &one.home.hidden);
        galleries.entry(one.home.gallery).or_default().add(&one.person, &one.home, &matches);
    }
    let mut galleries: Vec<Gallery> = galleries.into_iter().map(|(at, selection)| Gallery { at, selection }).collect();
    keep_lists(&mut galleries, &arguments.lists)?;
    let delivery = delivery::Delivery::plan(context, &desk, &catalog, arguments, &galleries)?;
    let done = delivery.carry_out(arguments.dry_run);
    let missed = report::tell(context, &desk, &catalog, arguments, &received, &galleries, &done);
    if !done.errors.is_empty() {
        return Err(done.errors);
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The galleries as their audiences saw them, those included that have ended since.
fn catalog(desk: &LinkSession) -> Result<Catalog, Vec<Error>> {
    let mut catalog = Catalog::read(&desk.config, &mut Index::load(&State::of(&desk.config).index()))?;
    let before: Vec<_> = catalog.galleries.iter().map(|gallery| gallery.visibility).collect();
    catalog.close_ended(desk.today.date());
    for (gallery, visibility) in catalog.galleries.iter_mut().zip(before) {
        gallery.visibility = visibility;
        gallery.ended = None;
    }
    Ok(catalog)
}

/// The gallery that was named.
fn chosen(desk: &LinkSession, catalog: &Catalog, typed: &str) -> Result<usize, Vec<Error>> {
    let path = desk.typed_path(typed);
    let paths: Vec<String> = catalog.galleries.iter().map(|gallery| ledger_path(&gallery.folder)).collect();
    paths.iter().position(|known| *known == path).ok_or_else(|| {
        let error = Error::new(Code::UnknownGallery, format!("there is no gallery `{typed}`"));
        let near = closest_match(&path, paths.iter().map(String::as_str).filter(|path| !path.is_empty()));
        Errors::from(match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("give the path of the gallery's folder"),
        })
    })
}

/// Reads all that was given; whatever is wrong with any of it is told at once, before anything is done.
fn receive(
    desk: &LinkSession,
    catalog: &Catalog,
    views: &[AudienceView],
    arguments: &Import,
    chosen: Option<usize>,
) -> Result<Vec<Received>, Vec<Error>> {
    let holders = holders(desk);
    let (mut received, mut errors) = (Vec::new(), Vec::new());
    for file in &arguments.files {
        let shown = file.to_string_lossy().into_owned();
        let (bytes, name, title) = match bytes(file) {
            Ok(found) => found,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let located = |error: Error| if error.place.is_some() { error } else { error.at(&title) };
        let sent = match read::read(&bytes, &name) {
            Ok(sent) => sent,
            Err(error) => {
                errors.push(located(error));
                continue;
            }
        };
        for one in &sent {
            let home = match home::find(catalog, views, one, chosen) {
                Ok(home) => home,
                Err(error) => {
                    errors.push(located(error));
                    continue;
                }
            };
            if home.picks.all().next().is_none() {
                let error = Error::new(Code::InvalidPicks, "contains no favourites");
                errors.push(located(error.hint("if it is a text, name the gallery with `--gallery`")));
                continue;
            }
            let link = home.picks.link.as_deref().map(|tag| match &holders {
                None => Holder::Untold,
                Some(known) => known.get(tag).cloned().map_or(Holder::Unknown, Holder::Link),
            });
            let person =
                home.picks.from.clone().or_else(|| recipient(desk, link.as_ref()?)).unwrap_or_else(|| title.clone());
            received.push(Received { file: shown.clone(), person, link, home });
        }
        if sent.is_empty() {
            errors.push(located(Error::new(Code::InvalidPicks, "contains no favourites")));
        }
    }
    if errors.is_empty() { Ok(received) } else { Err(errors) }
}

/// What a file holds, its name, and what to call it.
fn bytes(file: &Path) -> safelight::Result<(Vec<u8>, String, String)> {
    let text = file.to_string_lossy();
    let is_link = (text.starts_with("https://") || text.starts_with("http://")) && text.contains("picks=");
    if is_link {
        return Ok((text.into_owned().into_bytes(), String::new(), "the link".to_owned()));
    }
    let mut bytes = Vec::new();
    let failed = |error| Error::io(Code::CannotRead, "read", file, error);
    if file == Path::new("-") {
        std::io::stdin().lock().take(read::LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        return Ok((bytes, String::new(), "standard input".to_owned()));
    }
    let file = at_home(file).map_err(|mut errors| errors.remove(0))?;
    let opened = std::fs::File::open(&file).map_err(failed)?;
    opened.take(read::LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((bytes, name.clone(), name))
}

/// All links of the site by the tags that favourites have of them; nothing without the secret.
fn holders(desk: &LinkSession) -> Option<BTreeMap<String, TokenKind>> {
    let keys = desk.access.keys()?;
    let circumstances = circumstances(&desk.config, &desk.facts, desk.today);
    let mut known = TokenIndex::of_ledger(&desk.ledger, keys, desk.access.previous(), &circumstances);
    add_former(&mut known, &desk.manifest(), &desk.ledger, &circumstances, |_| false);
    let pages = known.expose_entries().filter(|(_, kind)| matches!(kind, TokenKind::Page { .. }));
    Some(pages.map(|(token, kind)| (link_tag(token), kind.clone())).collect())
}

/// The name that a link was given to.
fn recipient(desk: &LinkSession, holder: &Holder) -> Option<String> {
    let Holder::Link(TokenKind::Page { gallery, link, .. }) = holder else { return None };
    let link = desk.ledger.gallery(*gallery)?.link(*link)?;
    Some(link.to.clone()).filter(|to| !to.is_empty())
}

/// Leaves only the lists that were asked for; each must be somebody's.
fn keep_lists(galleries: &mut Vec<Gallery>, wanted: &[String]) -> Result<(), Vec<Error>> {
    if wanted.is_empty() {
        return Ok(());
    }
    let all: Vec<String> = galleries.iter().flat_map(|one| one.selection.lists.clone()).collect();
    let is = |name: &str, list: &str| list.to_lowercase() == name.to_lowercase();
    if let Some(missing) = wanted.iter().find(|name| !all.iter().any(|list| is(name, list))) {
        let shown: Vec<String> = all.iter().map(|list| format!("`{list}`")).collect();
        let error = Error::new(Code::UnknownList, format!("nobody has a list `{missing}`"));
        return Err(error.hint(format!("the lists are {}", shown.join(", "))).into());
    }
    for gallery in galleries.iter_mut() {
        let here: Vec<String> =
            wanted.iter().filter(|name| gallery.selection.lists.iter().any(|list| is(name, list))).cloned().collect();
        // A gallery without such a list is left with nothing.
        let kept = gallery.selection.keep_lists(&here);
        debug_assert!(kept.is_ok());
    }
    galleries.retain(|one| !one.selection.photos.is_empty() || !one.selection.missed.is_empty());
    Ok(())
}

/// A name of a file as text.
fn text_of(name: Option<&OsStr>) -> String {
    name.unwrap_or_default().to_string_lossy().into_owned()
}
