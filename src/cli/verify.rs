//! `safelight verify`: whose link is it, and does it work?

use std::collections::HashMap;
use std::io::BufRead as _;
use std::process::ExitCode;

use safelight::access::code::{CodeFault, normal_code};
use safelight::access::gate::Gate;
use safelight::access::ledger::NO_LAST_DAY;
use safelight::access::life::state;
use safelight::access::verify::{AddressRoot, Edge, TokenIndex, TokenKind, may_name_a_locator};
use safelight::access::{GalleryId, LinkCode, LinkId};
use safelight::build::access::circumstances;
use safelight::build::address_history::add_former;
use safelight::compose::is_grid_page;
use safelight::error::on_one_line;
use safelight::publish::Reach;
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error};
use serde_json::json;

use super::link_session::{Day, LinkSession};
use super::links::word;
use super::{Context, Outcome};

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Links, codes, paths, file names or log lines; `-` reads lines from standard input
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    #[command(flatten)]
    day: Day,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let desk = LinkSession::open(context, arguments.day, false)?;
    let keys = desk.keys()?;
    let circumstances = circumstances(&desk.config, &desk.facts, desk.today);
    let mut known = TokenIndex::of_ledger(&desk.ledger, keys, desk.access.previous(), &circumstances);
    let manifest = desk.manifest();
    let deny = desk.deny_list(&manifest)?;
    let base = desk.config.url.as_ref().map_or("/", |url| &url.base);
    let today = desk.today.date();
    let edge = Edge { base, today, deny: &deny };
    let recorded = add_former(&mut known, &manifest, &desk.ledger, &circumstances, |_| false);
    let by_token: HashMap<&str, _> = recorded.iter().map(|assets| (assets.token.as_str(), assets)).collect();
    for record in manifest.iter().filter(|record| record.reach == Reach::Private) {
        let Some((token, name)) = PrivateFolder::Assets.below(record.path).and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        // Pages of the grid have names that say nothing.
        if let Some(assets) = by_token.get(token).filter(|_| !is_grid_page(name)) {
            known.add_name(name.split('.').next().unwrap_or(name), assets.gallery, &assets.audience);
        }
    }
    // Names in `e/` come from codes, by much work: only where somebody asks for one.
    if arguments.text.iter().any(|text| text == "-" || may_name_a_locator(text)) {
        desk.access.add_locators(&mut known, &desk.config, &desk.ledger, &manifest, &circumstances);
    }
    let (mut texts, mut found, mut unknown) = (0_usize, 0_usize, 0_usize);
    let mut look = |text: &str| {
        texts += 1;
        let answer = known.answer(text, edge);
        let gate = answer.gate.map(Gate::name);
        let code = code_in(text);
        if let Some(typed) = &code {
            let (line, mut event, is_known) = told_of_code(&desk, typed);
            if is_known {
                found += 1
            } else {
                unknown += 1
            }
            context.voice.answer(&on_one_line(&line));
            event["event"] = "verdict".into();
            event["text"] = texts.into();
            event["gate"] = serde_json::Value::Null;
            context.voice.json(&event);
        }
        if answer.tokens.is_empty() && code.is_none() {
            unknown += 1;
            context.voice.answer("contains nothing that looks like a link of this site");
            context
                .voice
                .json(&json!({ "event": "verdict", "text": texts, "shown": null, "meaning": "none", "gate": gate }));
        }
        for verdict in &answer.tokens {
            if verdict.meaning == TokenKind::Unknown {
                unknown += 1
            } else {
                found += 1
            }
            let (mut line, mut event) = told(&desk, &verdict.meaning);
            line.push_str(match answer.gate {
                Some(Gate::NotFound) => "; written like this, it opens nothing, and hosts answer 404",
                Some(Gate::PassPublic) => "; written like this, it does not lead there",
                Some(Gate::Gone) => "; a gate answers 410",
                Some(Gate::PassPrivate(_)) | None => "",
            });
            context.voice.answer(&on_one_line(&format!("{}: {line}", verdict.shown)));
            event["event"] = "verdict".into();
            event["text"] = texts.into();
            event["shown"] = verdict.shown.clone().into();
            event["gate"] = gate.into();
            event["alive"] = answer.opens(&verdict.meaning, today).into();
            context.voice.json(&event);
        }
    };
    for text in &arguments.text {
        if text == "-" {
            // Logs hold what visitors typed, which need not be text.
            for line in std::io::stdin().lock().split(b'\n') {
                let line = line.map_err(|error| {
                    Error::new(Code::CannotRead, format!("cannot read the input: {error}")).caused_by(error)
                })?;
                let line = String::from_utf8_lossy(&line);
                if !line.trim().is_empty() {
                    look(line.trim_end_matches('\r'));
                }
            }
        } else {
            look(text);
        }
    }
    context.voice.json(&json!({ "event": "summary", "command": "verify", "known": found, "unknown": unknown }));
    Ok(if unknown == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The code in a text: all of it, or the fragment of a link. A text that is almost one counts too.
fn code_in(text: &str) -> Option<Result<LinkCode, CodeFault>> {
    if let Some((_, fragment)) = text.split_once("#k=") {
        return normal_code(fragment).ok().map(Ok);
    }
    // Words have no digits, names of files a dot, ids of links 12 symbols, and codes with all that people put between no more than these.
    let is_like_one = (13..=24).contains(&text.chars().count())
        && text.chars().any(|c| c.is_ascii_digit())
        && !text.contains(['.', '/']);
    match normal_code(text) {
        Err(CodeFault::Symbol) => None,
        Err(fault) => is_like_one.then_some(Err(fault)),
        code => Some(code),
    }
}

/// Whose code it is, and what it does. The last part says whether it is known.
fn told_of_code(desk: &LinkSession, code: &Result<LinkCode, CodeFault>) -> (String, serde_json::Value, bool) {
    let code = match code {
        Ok(code) => code,
        Err(fault) => {
            let line = match fault {
                CodeFault::Length => {
                    "if this should be a code, something is missing or too much: a code has 16 letters and digits"
                }
                CodeFault::Check | CodeFault::Symbol => {
                    "if this should be a code, it contains a typo: its last two symbols do not fit the others"
                }
            };
            return (line.to_owned(), json!({ "meaning": "mistyped", "alive": null }), false);
        }
    };
    // All are compared, whether or not one fits on the way.
    let links = desk.ledger.galleries.iter().flat_map(|gallery| gallery.links.iter().map(move |link| (gallery, link)));
    let roots = || {
        desk.access
            .keys()
            .map(|keys| (&**keys, false))
            .into_iter()
            .chain(desk.access.previous().map(|keys| (keys, true)))
    };
    let all = links.flat_map(|(gallery, link)| roots().map(move |(keys, former)| (gallery, link, keys, former)));
    let fits = all.filter(|(gallery, link, keys, _)| keys.link_code(gallery.id, link.id) == *code);
    let Some((gallery, link, _, former)) = fits.collect::<Vec<_>>().into_iter().next() else {
        let line = "a valid code, but not of this site: invented, or from before its secret was replaced";
        return (line.to_owned(), json!({ "meaning": "unknown-code", "alive": null }), false);
    };
    let state = state(gallery, link, desk.gallery_expires(gallery.id), desk.today);
    let (name, path) = (desk.name_of(gallery.id, link.id), desk.path(gallery.id));
    let (is_sealed, finds) = (desk.is_sealed(gallery.id), link.find && desk.config.find.is_some());
    let in_time = !former || desk.ledger.previous.as_ref().is_some_and(|previous| desk.today.date() <= previous.until);
    let mut line = format!("code of the link of {name} to `{path}`, {}", word(state));
    if state.is_alive() && in_time {
        line.push_str(match (is_sealed, finds) {
            (true, true) => "; it opens the gallery, at the link and from the look-up page",
            (true, false) if desk.config.find.is_none() => "; it opens the gallery at the link",
            (true, false) => "; it opens the gallery at the link; the look-up page does not know it",
            (false, true) => "; it leads to the gallery from the look-up page",
            (false, false) => "; it does nothing: the gallery is not sealed, and the link was made without `--find`",
        });
    }
    if former {
        line.push_str(if in_time {
            "; derived from the former secret"
        } else {
            "; derived from the former secret, no longer published"
        });
    }
    let works = state.is_alive() && in_time && (is_sealed || finds);
    let event = json!({
        "meaning": "code", "gallery": path, "link": link.id.as_str(), "to": link.to, "state": word(state),
        "sealed": is_sealed, "find": finds, "previous_root": former, "alive": works,
    });
    (line, event, true)
}

fn recipient(desk: &LinkSession, gallery: GalleryId, link: LinkId) -> Option<&str> {
    desk.ledger.gallery(gallery)?.link(link).map(|link| link.to.as_str())
}

fn told(desk: &LinkSession, meaning: &TokenKind) -> (String, serde_json::Value) {
    let of =
        |audience: &str| if audience.is_empty() { String::new() } else { format!(" for the audience `{audience}`") };
    match meaning {
        TokenKind::Page { gallery, link, state, replaced, root } => {
            let name = desk.name_of(*gallery, *link);
            let path = desk.path(*gallery);
            let mut line = format!("link of {name} to `{path}`, {}", word(*state));
            if let Some(day) = replaced {
                let through =
                    if *day == NO_LAST_DAY { "without a last day".to_owned() } else { format!("through {day}") };
                line.push_str(&format!("; this is its former address, {through}: it has a new one now"));
            }
            line.push_str(&match root {
                AddressRoot::Current => String::new(),
                AddressRoot::Previous(Some(until)) if desk.today.date() <= *until => {
                    format!("; derived from the former secret, works through {until}")
                }
                AddressRoot::Previous(_) => "; derived from the former secret, no longer published".to_owned(),
                AddressRoot::GivenUp => {
                    "; derived from an abandoned secret, so this address opens nothing: the link has a new one"
                        .to_owned()
                }
            });
            (
                line,
                json!({
                    "meaning": "page", "gallery": path, "link": link.as_str(), "to": recipient(desk, *gallery, *link),
                    "state": word(*state), "replaced": replaced, "previous_root": *root != AddressRoot::Current,
                }),
            )
        }
        TokenKind::Assets { gallery, audience, current } => {
            let path = desk.path(*gallery);
            let now = if *current { "at their present address" } else { "at a former address" };
            (
                format!("pictures of `{path}`{}, {now}", of(audience)),
                json!({ "meaning": "assets", "gallery": path, "audience": audience }),
            )
        }
        TokenKind::Name { gallery, audience } => {
            let path = desk.path(*gallery);
            (
                format!("file of `{path}`{}", of(audience)),
                json!({ "meaning": "file", "gallery": path, "audience": audience }),
            )
        }
        TokenKind::Locator { gallery, link, state, root } => {
            let path = desk.path(*gallery);
            let of = match root {
                AddressRoot::Current => "",
                _ => ", derived from the former secret",
            };
            let name = desk.name_of(*gallery, *link);
            (
                format!(
                    "where the code of {name} leads to `{path}` from the look-up page{of}; the link is {}",
                    word(*state)
                ),
                json!({
                    "meaning": "locator", "gallery": path, "link": link.as_str(), "to": recipient(desk, *gallery, *link),
                    "state": word(*state), "previous_root": *root != AddressRoot::Current,
                }),
            )
        }
        TokenKind::Unknown => {
            ("unknown: invented, truncated, altered, or from another site".to_owned(), json!({ "meaning": "unknown" }))
        }
    }
}
