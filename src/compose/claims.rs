//! Checks the claims in the front matter of text pages against the site: its settings, its theme and the
//! files that it copies.

use std::collections::BTreeMap;
use std::path::Path;

use super::Sources;
use super::views::has_favourites;
use crate::config::DataMining;
use crate::pages::behaviour::{Behaviour, behaviours};
use crate::pages::front_matter::{self, Claim};
use crate::{Code, Error};

/// The largest file of `static` that is looked into, in bytes.
const LARGEST: u64 = 4 << 20;

/// Where each claim is made first, as it stands in a message.
type Claims = BTreeMap<Claim, String>;

impl Sources<'_> {
    /// Settings and files of the site's own that contradict a claim of its texts.
    pub(super) fn broken_claims(&self) -> Vec<Error> {
        let claims = self.claims();
        if claims.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut setting = |name: &'static str, claim: Claim, what: String, hint: &str| {
            let Some(says) = claims.get(&claim) else { return };
            let error = Error::new(Code::BrokenClaim, format!("{what}, but {says}")).hint(hint);
            found.push(match self.config.places.get(name) {
                Some(place) => Error { place: Some(place.clone()), ..error },
                None => error.at("site.toml"),
            });
        };
        let config = self.config;
        if config.rights.keep_gps {
            let what = "`rights.keep_gps` leaves GPS positions in the pictures".to_owned();
            setting("rights.keep_gps", Claim::NoLocations, what, "remove the setting or the claim");
        }
        if matches!(config.rights.data_mining, DataMining::Unspecified | DataMining::Allowed) {
            let what = "`rights.data_mining` reserves nothing".to_owned();
            let hint = "write `data_mining = \"prohibited-ai-training\"` under `[rights]`, or remove the claim";
            setting("rights.data_mining", Claim::NoAiTraining, what, hint);
        }
        if let Some(host) = self.contact_elsewhere() {
            let what = format!("`contact` is a page on `{host}`, which learns what visitors write");
            setting("contact", Claim::ContactByMail, what, "use an email address, or remove the claim");
        }
        if let Some(album) =
            self.plan.albums.iter().find(|album| has_favourites(self.catalog, album) && !album.is_empty())
        {
            if let Some(says) = claims.get(&Claim::NoCookies) {
                let folder = &self.catalog.galleries[album.gallery].folder;
                let what = format!("favourites are kept in the browsers of those who choose them, but {says}");
                let hint = "claim `storage-on-request` and say so in the text, or write `favourites = false` in `gallery.toml`";
                found.push(Error::new(Code::BrokenClaim, what).at(folder).hint(hint));
            }
            if let (Some(says), Some(to)) = (claims.get(&Claim::NoForms), &self.config.send_favourites_to) {
                let what = format!("`favourites.send_to` sends what visitors write to `{to}`, but {says}");
                let hint = "remove the setting; or remove the claim, and say in the text who receives the input";
                let error = Error::new(Code::BrokenClaim, what).hint(hint);
                found.push(match self.config.places.get("favourites.send_to") {
                    Some(place) => Error { place: Some(place.clone()), ..error },
                    None => error.at("site.toml"),
                });
            }
        }
        for (path, behaviour, what, line) in self.own_behaviours() {
            let (claim, message, hint) = match behaviour {
                Behaviour::Elsewhere => (
                    Claim::NoThirdParties,
                    format!("loads something from `{what}`"),
                    "put a copy of the file into the theme's `assets/` or `static/`, or remove the claim",
                ),
                Behaviour::Form if what == "form" => (
                    Claim::NoForms,
                    "contains a form".to_owned(),
                    "remove it; or remove the claim, and say in the text who receives the input",
                ),
                Behaviour::Form => (
                    Claim::NoForms,
                    format!("contains a form that is sent to `{what}`"),
                    "remove it; or remove the claim, and say in the text who receives the input",
                ),
                Behaviour::Stores => (
                    if claims.contains_key(&Claim::NoCookies) { Claim::NoCookies } else { Claim::StorageOnRequest },
                    format!("stores data in the browser (`{what}`)"),
                    "remove it; or remove the claim, and say in the text what is stored and for how long",
                ),
                Behaviour::Reports => (
                    Claim::NoTracking,
                    format!("reports what visitors view (`{what}`)"),
                    "remove it; or remove the claim, and say in the text what is counted",
                ),
                Behaviour::Refused(_) => continue,
            };
            if let Some(says) = claims.get(&claim) {
                found.push(
                    Error::new(Code::BrokenClaim, format!("{message}, but {says}")).at_line(&path, line, 1).hint(hint),
                );
            }
        }
        found
    }

    /// What the texts in force claim. Drafts and older versions of a text claim nothing.
    fn claims(&self) -> Claims {
        let mut claims = Claims::new();
        for source in &self.catalog.pages {
            // A head that cannot be read is told where the text is.
            let Ok(parts) = front_matter::split(&source.text, &source.file) else { continue };
            if parts.front.draft || parts.front.version_of.is_some() {
                continue;
            }
            for (claim, line) in parts.front.claims {
                let says = || format!("`{}` line {line} claims `{}`", source.file.display(), claim.name());
                claims.entry(claim).or_insert_with(says);
            }
        }
        claims
    }

    /// The host of a contact that is a page of somebody else's.
    fn contact_elsewhere(&self) -> Option<&str> {
        let contact = self.config.contact.as_deref()?;
        let rest = contact.strip_prefix("https://").or_else(|| contact.strip_prefix("http://"))?;
        let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
        let own = self.config.url.as_ref().and_then(|url| url.origin.split_once("://")).map(|(_, host)| host);
        (own != Some(host)).then_some(host)
    }

    /// What the site's own files make browsers do: file, behaviour, host or word, line. In the order of the files.
    fn own_behaviours(&self) -> Vec<(std::path::PathBuf, Behaviour, String, usize)> {
        let shown = |path: &Path| self.config.display_path(path).to_owned();
        let mut all: Vec<_> = self
            .theme
            .behaviours()
            .iter()
            .map(|(path, found)| (shown(path), found.behaviour, found.what.clone(), found.line))
            .collect();
        for file in &self.catalog.static_files {
            let known = [".html", ".htm", ".css", ".js", ".mjs", ".svg"];
            let lower = file.path.to_lowercase();
            let read = known.iter().any(|ending| lower.ends_with(ending)) || file.path == "_headers";
            if !read || file.file.metadata().map_or(true, |found| found.len() > LARGEST) {
                continue;
            }
            // A file that cannot be read is told where it is copied.
            let Ok(bytes) = std::fs::read(&file.file) else { continue };
            let found = behaviours(&file.path, &String::from_utf8_lossy(&bytes));
            all.extend(found.into_iter().map(|found| (shown(&file.file), found.behaviour, found.what, found.line)));
        }
        all
    }
}
