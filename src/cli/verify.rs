//! `safelight verify`: whose link is it, and does it work?

use std::collections::HashMap;
use std::io::BufRead as _;
use std::process::ExitCode;

use safelight::access::gate::Gate;
use safelight::access::ledger::NO_LAST_DAY;
use safelight::access::verify::{AddressRoot, Edge, TokenIndex, TokenKind};
use safelight::build::access::circumstances;
use safelight::build::address_history::add_former;
use safelight::compose::is_grid_page;
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
    /// Links, paths, file names or log lines; `-` reads lines from standard input
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
    let (mut texts, mut found, mut unknown) = (0_usize, 0_usize, 0_usize);
    let mut look = |text: &str| {
        texts += 1;
        let answer = known.answer(text, edge);
        let gate = answer.gate.map(Gate::name);
        if answer.tokens.is_empty() {
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
            context.voice.answer(&safelight::error::on_one_line(&format!("{}: {line}", verdict.shown)));
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
                    "meaning": "page", "gallery": path, "link": link.as_str(), "to": desk.ledger.gallery(*gallery).and_then(|one| one.link(*link)).map(|link| link.to.as_str()),
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
        TokenKind::Unknown => {
            ("unknown: invented, truncated, altered, or from another site".to_owned(), json!({ "meaning": "unknown" }))
        }
    }
}
