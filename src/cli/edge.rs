//! `safelight edge`: a gate for the server in front of the site.

use std::process::ExitCode;

use safelight::access::edge::EdgeGate;
use safelight::access::publication::deny_list;
use safelight::build::State;
use safelight::build::access::{no_secret, recorded_assets};
use safelight::publish::{Manifest, manifest_path};
use serde_json::json;

use super::desk::{Day, Desk};
use super::{Context, Outcome};

/// Arguments of `edge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The server that the gate is for
    server: Server,
    #[command(flatten)]
    day: Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Server {
    Nginx,
    Caddy,
    Cloudfront,
    Cloudflare,
    Netlify,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let one = |error| vec![error];
    let desk = Desk::open(context, arguments.day, false)?;
    desk.refuse_lost_entries().map_err(|error| vec![error])?;
    let shared = desk.ledger.galleries.iter().any(|gallery| !gallery.links.is_empty());
    if shared && desk.access.keys().is_none() {
        return Err(vec![no_secret()]);
    }
    let said = desk.folders.iter().map(|(_, said)| said);
    let published = desk.access.publications(&desk.config, said).map_err(one)?;
    let state = State::of(&desk.config);
    let manifest =
        manifest_path(&desk.config.output, state.folder()).and_then(|path| Manifest::load(&path)).unwrap_or_default();
    // Copies in caches are gone by the time that tombstones are.
    let kept = i64::from(desk.config.links.tombstone_days);
    let recent = |last: jiff::civil::Date| (desk.today.date() - last).get_days() as i64 <= kept;
    let former = recorded_assets(&manifest);
    let former = former.iter().filter(|assets| recent(assets.last)).map(|assets| assets.token.as_str());
    let deny = deny_list(&published, former);
    let count = deny.iter().count();
    let base = desk.config.url.as_ref().map_or("/", |url| &url.base);
    let gate = EdgeGate::new(base, deny);
    let (text, advice) = match arguments.server {
        Server::Nginx => {
            let both = gate.nginx().map_err(one)?;
            let text = format!(
                "# Part 1, into the `http` block:\n\n{}\n# Part 2, into the `server` block of the site:\n\n{}",
                both.http, both.server
            );
            (text, "put each part where its first line says, then `nginx -t` and reload")
        }
        Server::Caddy => {
            (gate.caddy().map_err(one)?, "its first lines say where it goes; then `caddy validate` and reload")
        }
        Server::Cloudfront => (
            gate.cloudfront().map_err(one)?,
            "make a CloudFront function of this (runtime cloudfront-js-2.0), publish it, and attach it to viewer requests of the distribution; the bucket must not be reachable around it",
        ),
        Server::Cloudflare => (
            gate.cloudflare().map_err(one)?,
            "put this as `_worker.js` into the folder that you upload to Cloudflare Pages, or deploy it as a worker in front of the site",
        ),
        Server::Netlify => (
            gate.netlify().map_err(one)?,
            "put this as `netlify/edge-functions/safelight.js` beside what you deploy; old deploys stay reachable at addresses of their own until you delete them",
        ),
    };
    context.voice.answer(text.trim_end());
    context.voice.note(&format!(
        "{advice}\nno key is in it; it refuses addresses whose day is over and {} more; make it anew with each publish",
        super::build::counted(count, "dead address", "dead addresses")
    ));
    context.voice.json(&json!({ "event": "summary", "command": "edge", "denied": count, "text": text }));
    Ok(ExitCode::SUCCESS)
}
