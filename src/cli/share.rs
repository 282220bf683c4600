//! `safelight share`.

mod sharing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safelight::Error;
use safelight::access::LinkCode;
use safelight::catalog::Catalog;
use safelight::error::Code;
use serde_json::json;
use zeroize::Zeroizing;

use super::build::counted;
use super::link_session::{Day, LinkSession, last_moment};
use super::output_file::OutputFile;
use super::{Context, Outcome};
use sharing::{Request, Sharing};

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
    /// Let guests find the gallery by typing the link's code on the look-up page (`[find]` in site.toml)
    #[arg(long)]
    find: bool,
    /// Put the code into the link, so that it opens a sealed gallery without typing
    #[arg(long)]
    with_code: bool,
    /// Write the link as a QR code to this SVG file
    #[arg(long, value_name = "FILE.svg")]
    qr: Option<PathBuf>,
    /// Show what the link would open without creating it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    // What is wrong in galleries is told below, with all else that reading them finds.
    let (mut desk, _) = LinkSession::open_untold(context, arguments.day, !arguments.dry_run)?;
    desk.keys()?;
    if arguments.qr.is_some() {
        desk.require_url("a QR code needs")?;
    }
    desk.refuse_lost_entries()?;
    let (mut catalog, at) = sharing::read(&desk, &arguments.gallery, arguments.private, !arguments.dry_run)?;
    let request = Request {
        to: &arguments.to,
        audience: arguments.audience.as_deref().unwrap_or_default(),
        expires: arguments.expires.as_deref(),
        private: arguments.private,
        find: arguments.find,
    };
    let sharing = Sharing::plan(&mut desk, &mut catalog, at, &request)?;
    if arguments.with_code && !sharing.is_sealed {
        let message =
            format!("`--with-code` is for sealed galleries: a link to `{}` opens without a code", sharing.path);
        return Err(vec![Error::new(Code::InvalidArgument, message).hint("omit it")]);
    }
    tell_what_opens(context, &catalog, &sharing, request.audience);
    let qr = arguments.qr.as_deref().map(|file| qr_target(context, &desk, file)).transpose()?;
    let (mut address, mut code) = (None, None);
    if !arguments.dry_run {
        let made = sharing.carry_out(&mut desk)?;
        let whole = match &made.code {
            Some(code) if arguments.with_code => with_code(&made.address, code),
            _ => Zeroizing::new(made.address),
        };
        if let Some(qr) = &qr {
            qr.write(super::cards::qr_svg(&whole)?.as_bytes())?;
        }
        context.voice.answer(&whole);
        code = made.code.map(|code| code.expose());
        if let Some(code) = &code {
            context.voice.answer(&format!("code: {}", code.as_str()));
        }
        address = Some(whole);
    }
    context.voice.note(&what_follows(&desk, &sharing, qr.as_ref(), arguments).join("\n"));
    context.voice.json(&json!({
        "event": "summary", "command": "share", "dry_run": arguments.dry_run, "gallery": sharing.path,
        "id": sharing.id.as_str(), "link": sharing.link.as_str(), "to": arguments.to.trim(), "audience": request.audience,
        "expires": sharing.last_day,
        "folders": sharing.opened.iter().map(|folder| json!({
            "path": folder.path, "photos": folder.photos, "hidden": folder.hidden })).collect::<Vec<_>>(),
        "url": address.as_deref(), "sealed": sharing.is_sealed, "code": code.as_deref(),
        "find": desk.find_page().filter(|_| sharing.find),
    }));
    Ok(ExitCode::SUCCESS)
}

/// What the owner should know once the link is there, line by line.
fn what_follows(desk: &LinkSession, sharing: &Sharing, qr: Option<&OutputFile>, arguments: &Arguments) -> Vec<String> {
    let dry_run = arguments.dry_run;
    let would = if dry_run { "would open" } else { "opens" };
    let mut lines = vec![format!("it {would} after the next publish")];
    if sharing.is_sealed && arguments.with_code {
        let contains = if dry_run { "would contain" } else { "contains" };
        lines.push(format!(
            "the gallery is sealed, and the link {contains} its code: whoever has the link can open the gallery"
        ));
    } else if sharing.is_sealed {
        lines.push(
            "the gallery is sealed, so whoever has the link must also type the code: send the code another way, or share with \
             `--with-code` to put it into the link"
                .to_owned(),
        );
    }
    if let Some(page) = desk.find_page().filter(|_| sharing.find) {
        let finds = if dry_run { "would lead" } else { "leads" };
        lines.push(format!("typed at {page}, the code {finds} to the gallery: whoever knows the code can open it"));
    }
    if let Some(OutputFile::File(file)) = qr {
        let wrote = if dry_run { "would write" } else { "wrote" };
        lines.push(format!("{wrote} its QR code to {}", file.file_name().unwrap_or_default().display()));
        lines.extend(qr.and_then(OutputFile::git_hint));
    }
    if let Some(access) = sharing.closes {
        let (says, go) = if dry_run { ("would say", "would go") } else { ("says now", "go") };
        let file = desk.config.display_gallery_path(sharing.folder.join("gallery.toml"));
        lines.push(format!("`{}` {says} `access = \"{}\"`", file.display(), access.name()));
        if sharing.was_open {
            lines.push(format!("with the next publish its public pages {go}"));
        }
    }
    lines.push(match sharing.last_day {
        Some(day) => format!("it works until {}", last_moment(day)),
        None => "it works until you revoke it".to_owned(),
    });
    if desk.config.url.is_none() {
        lines.push("set `url` in site.toml to print complete addresses".to_owned());
    }
    lines
}

/// A link that brings its code along, where no server sees it.
pub(crate) fn with_code(address: &str, code: &LinkCode) -> Zeroizing<String> {
    let mut link = Zeroizing::new(format!("{address}#k="));
    link.extend(code.symbols().iter().map(|symbol| char::from(*symbol)));
    link
}

/// Where the QR code goes: never into a file that other programs would take for something else.
fn qr_target(context: &Context, desk: &LinkSession, file: &Path) -> Result<OutputFile, Vec<Error>> {
    let target = OutputFile::of(context, &desk.config, file)?;
    let is_svg = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if matches!(target, OutputFile::File(_)) && !is_svg {
        let error = Error::new(Code::InvalidArgument, "a QR code is an SVG file, but this name does not end in `.svg`")
            .at(file);
        return Err(vec![error.hint("use a file name that ends in `.svg`")]);
    }
    Ok(target)
}

fn tell_what_opens(context: &Context, catalog: &Catalog, sharing: &Sharing, audience: &str) {
    let voice = &context.voice;
    let of = if audience.is_empty() { String::new() } else { format!(" as `{audience}`") };
    let mut lines = vec![format!("this link opens{of}:")];
    for folder in &sharing.opened {
        let hidden = if folder.hidden > 0 { format!(", {} hidden", folder.hidden) } else { String::new() };
        lines.push(format!("  {}  {}{hidden}", folder.path, counted(folder.photos, "photo", "photos")));
    }
    let closed = sharing::galleries_within(catalog, sharing);
    if !closed.is_empty() {
        lines.push(format!("it does not open separate galleries: {}", closed.join(", ")));
    }
    if let Some(around) = sharing::closed_gallery_around(catalog, sharing) {
        lines.push(format!("it is now a separate gallery: links to `{around}` no longer open it"));
    }
    voice.note(&lines.join("\n"));
    if sharing.opened.iter().all(|folder| folder.photos == 0) {
        voice.warning(&Error::new(Code::EmptyLink, "the link opens no photos yet").at(&sharing.path));
    }
}

/// Fresh randomness from the system.
pub(crate) fn entropy<const N: usize>() -> Result<[u8; N], Vec<Error>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut bytes[..])
        .map_err(|error| Error::new(Code::CannotRead, format!("the system provides no randomness: {error}")))?;
    Ok(*bytes)
}
