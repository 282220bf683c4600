//! `safelight links`: who was given what.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::civil::Date;
use safelight::access::LinkCode;
use safelight::access::life::{LinkState, last_day, state};
use safelight::access::token::shortened;
use safelight::error::on_one_line;
use safelight::pages::Theme;
use safelight::{Code, Error};
use serde_json::json;
use zeroize::Zeroizing;

use super::cards::{self, Card, PrintedCode};
use super::link_session::{Day, LinkSession};
use super::output_file::OutputFile;
use super::{Context, Format, Outcome};

/// Arguments of `links`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// List only links to this gallery
    gallery: Option<String>,
    /// List only links that work
    #[arg(long)]
    alive: bool,
    /// Show complete links, and codes; anyone who sees them can use them
    #[arg(long)]
    reveal: bool,
    /// Put codes into the links of sealed galleries, also into QR codes, so that they open without typing
    #[arg(long)]
    with_code: bool,
    /// Write printable cards with QR codes for the working links to this file
    #[arg(long, value_name = "FILE.html")]
    cards: Option<PathBuf>,
    /// Make the cards without QR codes
    #[arg(long, requires = "cards")]
    no_qr: bool,
    /// Start a new page of cards for each gallery
    #[arg(long, requires = "cards")]
    page_per_gallery: bool,
    #[command(flatten)]
    day: Day,
}

/// A line of the table.
struct Row {
    path: String,
    title: String,
    id: String,
    to: String,
    audience: String,
    since: Date,
    until: Option<Date>,
    state: LinkState,
    token: Option<String>,
    is_sealed: bool,
    find: bool,
    code: Option<LinkCode>,
}

impl Row {
    /// The complete link, with its code where that is wanted and there is something that it opens.
    fn whole(&self, desk: &LinkSession, with_code: bool) -> Option<Zeroizing<String>> {
        let address = desk.address(self.token.as_deref()?);
        Some(match self.code.as_ref().filter(|_| with_code && self.is_sealed && self.state.is_alive()) {
            Some(code) => super::share::with_code(&address, code),
            None => Zeroizing::new(address),
        })
    }

    /// The code of a link that works.
    fn code(&self, desk: &LinkSession) -> Option<Zeroizing<String>> {
        let code = self.code.as_ref().filter(|_| self.state.is_alive())?;
        desk.announce_code(code);
        Some(code.expose())
    }
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let is_csv = context.common.format == Format::Csv;
    if is_csv && arguments.cards.is_some() {
        return Err(vec![
            Error::new(Code::InvalidArgument, "`--cards` cannot be combined with `--format csv`")
                .hint("omit `--format csv`"),
        ]);
    }
    if arguments.with_code && !arguments.reveal && arguments.cards.is_none() {
        return Err(vec![
            Error::new(
                Code::InvalidArgument,
                "`--with-code` needs `--reveal` or `--cards`, because other output shows no complete links",
            )
            .hint("add one of them, or omit `--with-code`"),
        ]);
    }
    arguments.day.refuse_writing(arguments.cards.is_none())?;
    let desk = LinkSession::open(context, arguments.day, false)?;
    if arguments.reveal || arguments.cards.is_some() {
        desk.keys()?;
    }
    let only = arguments.gallery.as_deref().map(|typed| desk.gallery(typed)).transpose()?;
    let mut rows = Vec::new();
    for gallery in desk.ledger.galleries.iter().filter(|gallery| only.is_none_or(|only| only == gallery.id)) {
        let expires = desk.gallery_expires(gallery.id);
        let (path, title) = (desk.path(gallery.id), desk.title(gallery.id));
        for link in &gallery.links {
            let state = state(gallery, link, expires, desk.today);
            if arguments.alive && !state.is_alive() {
                continue;
            }
            rows.push(Row {
                path: path.clone(),
                title: title.clone(),
                id: link.id.to_string(),
                to: link.to.clone(),
                audience: link.audience.clone(),
                since: link.issued,
                until: last_day(link, expires),
                state,
                token: desk.token(gallery.id, link).map(|token| token.path_segment().to_owned()),
                is_sealed: desk.is_sealed(gallery.id),
                find: link.find,
                code: desk.code(gallery.id, link),
            });
        }
    }
    rows.sort_by(|a, b| (&a.path, a.since).cmp(&(&b.path, b.since)));
    if let Some(file) = &arguments.cards {
        return write_cards(context, &desk, arguments, file, &rows);
    }
    let link = |row: &Row| -> Option<String> {
        if arguments.reveal {
            return row.whole(&desk, arguments.with_code).map(|whole| whole.to_string());
        }
        row.token.as_deref().map(shortened)
    };
    let code = |row: &Row| row.code(&desk).filter(|_| arguments.reveal).map(|code| code.to_string());
    let alive = rows.iter().filter(|row| row.state.is_alive()).count();
    if is_csv {
        let mut table = "gallery,to,audience,since,until,state,id,link,code\r\n".to_owned();
        for row in &rows {
            let until = row.until.map(|day| day.to_string()).unwrap_or_default();
            let cells = [
                &row.path,
                &row.to,
                &row.audience,
                &row.since.to_string(),
                &until,
                &word(row.state),
                &row.id,
                &link(row).unwrap_or_default(),
                &code(row).unwrap_or_default(),
            ];
            table.push_str(&cells.map(|cell| cell_of(cell)).join(","));
            table.push_str("\r\n");
        }
        context.voice.answer(table.trim_end_matches("\r\n"));
    } else {
        for line in columns(&rows, link, code) {
            context.voice.answer(&line);
        }
        if rows.is_empty() {
            context.voice.note("no links yet: create one with `safelight share GALLERY --to NAME`");
        }
    }
    for row in &rows {
        context.voice.json(&json!({
            "event": "link", "gallery": row.path, "id": row.id, "to": row.to, "audience": row.audience,
            "since": row.since, "until": row.until, "alive": row.state.is_alive(), "state": word(row.state),
            "dead_since": row.state.dead_since(), "link": link(row), "sealed": row.is_sealed, "find": row.find, "code": code(row),
        }));
    }
    context.voice.json(&json!({ "event": "summary", "command": "links", "links": rows.len(), "alive": alive }));
    Ok(ExitCode::SUCCESS)
}

fn write_cards(
    context: &Context,
    desk: &LinkSession,
    arguments: &Arguments,
    file: &std::path::Path,
    rows: &[Row],
) -> Outcome {
    let target = OutputFile::of(context, &desk.config, file)?;
    desk.require_url("cards need")?;
    let living: Vec<&Row> = rows.iter().filter(|row| row.state.is_alive()).collect();
    let (at_link, at_find) = code_labels(desk, &living)?;
    let card = |row: &&Row| {
        let link = row.whole(desk, arguments.with_code).unwrap_or_default();
        let find = desk.find_page().filter(|_| row.find);
        let label = if find.is_some() { &at_find } else { &at_link };
        let code = row.code(desk).map(|code| PrintedCode { label: label.clone(), code, find });
        Card {
            title: row.title.clone(),
            to: row.to.clone(),
            qr: !arguments.no_qr,
            link: link.to_string(),
            code,
            until: row.until.map(|day| day.to_string()),
        }
    };
    let groups: Vec<Vec<Card>> =
        living.chunk_by(|a, b| a.path == b.path).map(|group| group.iter().map(card).collect()).collect();
    let page = cards::html(&desk.config.title, &desk.config.language, &groups, arguments.page_per_gallery)?;
    target.write(page.as_bytes())?;
    context.voice.note(&format!(
        "wrote {} for {}; keep it safe, because what is on the cards opens the galleries",
        file.display(),
        super::build::counted(living.len(), "link", "links")
    ));
    if let Some(hint) = target.git_hint() {
        context.voice.note(&hint);
    }
    context.voice.json(
        &json!({ "event": "summary", "command": "links", "cards": file.to_string_lossy(), "links": living.len() }),
    );
    Ok(ExitCode::SUCCESS)
}

/// What codes are called on cards: at links, and as on the look-up page.
fn code_labels(desk: &LinkSession, rows: &[&Row]) -> Result<(String, String), Vec<Error>> {
    if rows.iter().all(|row| row.code.is_none()) {
        return Ok(Default::default());
    }
    let theme = Theme::of(&desk.config, &BTreeMap::new())?;
    let word = theme.words(&desk.config.language).text("code").to_owned();
    let find = desk.config.find.as_ref().and_then(|find| find.label.clone());
    Ok((word.clone(), find.unwrap_or(word)))
}

/// Whether a link works, and if not, why.
pub(crate) fn word(state: LinkState) -> String {
    match state {
        LinkState::Alive => "alive".to_owned(),
        LinkState::Revoked(on) => format!("revoked {on}"),
        LinkState::GalleryClosed(on) => format!("gallery closed {on}"),
        LinkState::Expired(last) => format!("expired {last}"),
        LinkState::GalleryExpired(last) => format!("gallery expired {last}"),
    }
}

/// The table for people.
fn columns(rows: &[Row], link: impl Fn(&Row) -> Option<String>, code: impl Fn(&Row) -> Option<String>) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut table =
        vec![["gallery", "to", "audience", "since", "until", "state", "id", "link", "code"].map(str::to_owned)];
    table.extend(rows.iter().map(|row| {
        [
            row.path.clone(),
            if row.to.is_empty() { "(forgotten)".to_owned() } else { row.to.clone() },
            if row.audience.is_empty() { "-".to_owned() } else { row.audience.clone() },
            row.since.to_string(),
            row.until.map_or_else(|| "-".to_owned(), |day| day.to_string()),
            word(row.state),
            row.id.clone(),
            link(row).unwrap_or_else(|| "-".to_owned()),
            code(row).unwrap_or_default(),
        ]
        .map(|cell| on_one_line(&cell))
    }));
    // Most sites have no codes.
    if table.iter().skip(1).all(|row| row[8].is_empty()) {
        table[0][8].clear();
    }
    let widths: Vec<usize> =
        (0..9).map(|at| table.iter().map(|row| row[at].chars().count()).max().unwrap_or_default()).collect();
    table
        .into_iter()
        .map(|row| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| {
                let padding = width.saturating_sub(cell.chars().count());
                format!("{cell}{}", " ".repeat(padding))
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

/// A cell that no spreadsheet takes for a formula (RFC 4180 for the quotes).
fn cell_of(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = if text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']) {
        format!("'{text}")
    } else {
        text
    };
    if text.contains(['"', ',', ';', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_line_breaks_stays_on_its_line() {
        let row = Row {
            path: "lake".to_owned(),
            title: "Lake".to_owned(),
            id: "h7w2c9d4n5ke".to_owned(),
            to: "Ida\nand\u{1b}[31m Mara".to_owned(),
            audience: String::new(),
            since: jiff::civil::date(2027, 1, 1),
            until: None,
            state: LinkState::Alive,
            token: None,
            is_sealed: false,
            find: false,
            code: None,
        };
        let table = columns(&[row], |_| None, |_| None);
        assert_eq!(table.len(), 2);
        assert_eq!(table[1], "lake     Ida\\nand\\u{1b}[31m Mara  -         2027-01-01  -      alive  h7w2c9d4n5ke  -");
        assert_eq!(table[0].find("audience"), table[1].find("-         2027"));
        assert_eq!(cell_of("Ida\r\nand, Mara"), "\"Ida  and, Mara\"");
    }

    #[test]
    fn a_cell_is_never_a_formula_and_keeps_its_commas() {
        assert_eq!(cell_of("the couple"), "the couple");
        assert_eq!(cell_of("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell_of(" @a"), "\"' @a\"");
        assert_eq!(cell_of("a, b"), "\"a, b\"");
        assert_eq!(cell_of("\t=1"), "\"' =1\"");
    }
}
