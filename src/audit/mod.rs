//! Proves that nothing public leads to anything private: reads a published folder byte by byte.
//!
//! 1. [`AuditInput`] says what should lie there, for whom, and what must not be said (`build` gathers it from a site).
//! 2. `folder` compares what lies there with what should.
//! 3. Every file is read by `scan`: `wanted` looks for tokens, secrets and private words in all their spellings, `unpack`
//!    opens what is packed, `links` follows what leads somewhere, `private_page` reads what a private page says and
//!    `external_requests` what it loads, `headers` what hosts are told, `pictures` looks into metadata.
//! 4. `environment` looks at git, workflows, the secret's file.
//!
//! The room reads and never writes. No finding holds a whole token or a secret; a private word only in the path of a file
//! that is called so.

mod boilerplate;
mod environment;
mod external_requests;
mod folder;
mod gates;
mod headers;
mod ledgers;
mod links;
mod pictures;
mod private_page;
mod report;
mod rules;
mod scan;
mod scope;
mod sealed;
mod unpack;
mod wanted;
mod workflows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize as _;
use zeroize::Zeroizing;

use crate::Result;
use crate::access::verify::TokenKind;
use crate::access::{GalleryId, LinkId};
use crate::publish::Reach;
use crate::sealed::ContentKey;

pub use crate::search::PhraseKind as WordKind;
pub use report::{Finding, Report};
pub use rules::{Rule, Severity};

/// Everything that an audit needs to know, as plain values.
#[derive(Default)]
pub struct AuditInput {
    /// The published folder.
    pub output: PathBuf,
    /// The path below which the site is served, with slashes at both ends.
    pub base: String,
    /// Scheme and host, as `https://photos.example.com`, where they are known.
    pub origin: Option<String>,
    /// What should lie there, by path below the output with `/` between parts.
    pub files: BTreeMap<String, Expected>,
    /// Tokens and names of private files, live and dead, each once.
    pub tokens: Vec<Token>,
    /// What no file for others may say.
    pub words: Vec<Word>,
    /// Everything that public sources say.
    pub public_text: String,
    /// What every site says, whatever is private in it: the theme, the words of the interface, markup.
    pub everyday_text: String,
    /// What a private gallery says about itself.
    pub own_text: BTreeMap<GalleryId, String>,
    /// The root secrets, 32 bytes each; never shown.
    pub secrets: Vec<Zeroizing<Vec<u8>>>,
    /// The ids of the roots, as ledgers name them.
    pub roots: Vec<String>,
    /// Whether the ledger has links and the secret that they are made with is not at hand.
    pub lacks_secret: bool,
    /// The site's folder: where workflows and the repository are looked for.
    pub site: PathBuf,
    /// Where the secret lies, where it lies in a file.
    pub secret_files: Vec<PathBuf>,
    /// The one among them that the environment names: others may read it, as containers mount it so.
    pub given_secret_file: Option<PathBuf>,
    /// The ledger.
    pub ledger: PathBuf,
    /// Whether positions may stay in pictures.
    pub keep_gps: bool,
    /// The keys of sealed files, by the folder of their audience below `x/`.
    pub sealed: BTreeMap<String, ContentKey>,
    /// Galleries that are sealed: their pages say nothing of them.
    pub sealed_galleries: BTreeSet<GalleryId>,
    /// Galleries whose links show a picture where they are sent.
    pub shared_covers: BTreeSet<GalleryId>,
    /// Whether the folder is the one that was written, so that times can be compared.
    pub is_original: bool,
}

impl std::fmt::Debug for AuditInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditInput")
            .field("output", &self.output)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// A file that should lie there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// Who it is for.
    pub reach: Reach,
    /// Whether the publish that wrote it came to its end.
    pub settled: bool,
}

/// A token or the name of a private file.
#[derive(Clone)]
pub struct Token {
    /// The whole, with its day where it has one; never shown.
    pub text: String,
    /// What it is.
    pub meaning: TokenKind,
    /// The audience of the link or of the files.
    pub audience: Option<String>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("meaning", &self.meaning).finish_non_exhaustive()
    }
}

/// Something about a private gallery that is not for others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// The text, as its owner wrote it.
    pub text: String,
    /// What it is.
    pub what: WordKind,
    /// The gallery, where it was shared; titles and names of one that never was belong to nobody.
    pub gallery: Option<GalleryId>,
    /// The link, for the name of a recipient.
    pub link: Option<LinkId>,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A root secret, in any form.
    Secret,
    /// The secret's file can be read by others, is tracked by git, or lies where it is published.
    SecretPlace,
    /// The ledger lies in what is published.
    Ledger,
    /// A token or private name outside its own scope.
    Token,
    /// A title, recipient or original file name of a private gallery where it should not stand.
    PrivateWord,
    /// Something public leads to something private.
    Reachable,
    /// A private page that search engines or other sites could learn of.
    PrivatePage,
    /// A file of a sealed gallery can be read, or not be opened.
    Sealed,
    /// A private page asks another site for something.
    ExternalRequest,
    /// The rules for hosts leave the private headers out.
    Headers,
    /// A file that nothing explains.
    Unexplained,
    /// A file that is not there.
    Missing,
    /// A file that is not as it was written.
    Changed,
    /// An index where private folders would be listed.
    Index,
    /// A position or serial number in a picture.
    Metadata,
    /// Private files in a public branch, repository or artifact.
    PublicPlace,
    /// Something that could not be looked into.
    Unread,
}

impl std::fmt::Display for Kind {
    /// As programs are told of it: `private-word`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

impl AuditInput {
    /// Whether anything private is published, or was.
    fn has_private(&self) -> bool {
        !self.tokens.is_empty() || self.files.values().any(|file| file.reach == Reach::Private)
    }
}

/// Reads the published folder, on all threads. A file that cannot be read is a finding: what was not seen was not proven.
///
/// # Errors
/// A published folder that is not there.
pub fn audit(input: &AuditInput) -> Result<Report> {
    let mut report = Report::default();
    // A build writes through a link in the folder's place, too.
    let output = input.output.canonicalize().unwrap_or_else(|_| input.output.clone());
    let lying = folder::list(&output, &mut report)?;
    folder::compare(input, &lying, &mut report);
    environment::look(input, &mut report);
    if input.lacks_secret {
        let message = "without the secret, the addresses of these links are unknown and were not searched for";
        report.tell(Rule::NoSecret, crate::access::ledger::LEDGER_FILE, None, message);
    }
    let scanner = scan::Scanner::new(input);
    let read = |room: &mut Vec<u8>, file| scan::file(input, &scanner, file, room);
    let (read, used) = lying.files.par_iter().map_init(Vec::new, read).reduce(
        Default::default,
        |(report, mut used), (other, more)| {
            used.extend(more);
            (report.join(other), used)
        },
    );
    let sealed = sealed::check(input, &lying.files);
    let mut report = report.join(read).join(sealed).join(external_requests::check_used(input, &lying.files, used));
    lying.empty.iter().for_each(|folder| report.findings.extend(scan::folder(input, &scanner, folder)));
    std::mem::take(&mut report.everyday).into_values().for_each(|finding| report.add(finding));
    report.findings.iter_mut().chain(&mut report.notices).for_each(|finding| scanner.conceal(finding));
    report.sort();
    Ok(report)
}
