//! `safelight edge`: a gate for the server in front of the site.

use std::process::ExitCode;

use safelight::access::edge::{EdgeGate, GonePage};
use safelight::build::access::no_secret;
use serde_json::json;

use super::link_session::{Day, LinkSession};
use super::{Context, Outcome, whole};

/// Arguments of `edge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The server or CDN to generate rules for
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
    let desk = LinkSession::open(context, arguments.day, false)?;
    desk.refuse_lost_entries()?;
    let shared = desk.ledger.galleries.iter().any(|gallery| !gallery.links.is_empty());
    if shared && desk.access.keys().is_none() {
        return Err(vec![no_secret()]);
    }
    let deny = desk.deny_list(&desk.manifest())?;
    let count = deny.iter().count();
    let base = desk.config.url.as_ref().map_or("/", |url| &url.base);
    let gate = EdgeGate { gone: gone_page(context, &desk), ..EdgeGate::new(base, deny) };
    let mut is_shortened = false;
    let (text, advice) = match arguments.server {
        Server::Nginx => {
            let both = gate.nginx()?;
            let text = format!(
                "# Part 1, into the `http` block:\n\n{}\n# Part 2, into the `server` block of the site:\n\n{}",
                both.http, both.server
            );
            (text, "put each part where its first line says, then run `nginx -t` and reload")
        }
        Server::Caddy => (gate.caddy()?, "the first lines say where to put it; then run `caddy validate` and reload"),
        Server::Cloudfront => {
            let made = gate.cloudfront()?;
            is_shortened = made.is_shortened;
            (
                made.function,
                "create a CloudFront function from this (runtime cloudfront-js-2.0), publish it, and attach it to both \
                 viewer request and viewer response of each behaviour, replacing any function for folders; the bucket \
                 must not be reachable directly",
            )
        }
        Server::Cloudflare => (
            gate.cloudflare()?,
            "for Cloudflare Pages, save this as `_worker.js` in the static folder and build, so that it is uploaded \
             with the site; or deploy it as a worker in front of the site",
        ),
        Server::Netlify => (
            gate.netlify()?,
            "save this as `netlify/edge-functions/safelight.js` next to `site.toml`, never in a published folder; old \
             deploys stay online at their own addresses until you delete them",
        ),
    };
    context.voice.answer(text.trim_end());
    context.voice.note(&format!(
        "{advice}\nit contains no key, and refuses expired addresses and {} more; regenerate it for each publish",
        super::build::counted(count, "dead address", "dead addresses")
    ));
    if is_shortened {
        context.voice.note(
            "it answers dead links with a short page: with the site's own, the function would exceed CloudFront's limit",
        );
    }
    context.voice.json(&json!({
        "event": "summary", "command": "edge", "denied": count, "short_page": is_shortened, "text": text,
    }));
    Ok(ExitCode::SUCCESS)
}

/// The site's page for links that ended. A site that cannot be composed keeps nobody from closing links.
fn gone_page(context: &Context, desk: &LinkSession) -> GonePage {
    let composed = whole::compose(
        context,
        &desk.config,
        |warning| context.voice.warning(warning),
        |site| {
            let whole = site.composer.expired_page()?;
            Ok(GonePage { whole, short: site.composer.short_expired_page() })
        },
    );
    composed.unwrap_or_else(|errors| {
        errors.iter().for_each(|error| context.voice.warning(error));
        context.voice.note("the gate answers dead links with a plain page until you fix this");
        GonePage::default()
    })
}
