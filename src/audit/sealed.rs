//! Rules for sealed galleries: every file is ciphertext that opens, and nothing of what it holds is readable.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read as _};

use rayon::prelude::*;

use super::folder::Lying;
use super::{AuditInput, Report, Rule};
use crate::pages::BLANK;
use crate::sealed::{ContentKey, LOCATOR_LENGTH, Manifest, Refusal, Slots, SlotsFault, open, sealed_length};
use crate::sealed::{MANIFEST, SLOTS};
use crate::visibility::PrivateFolder;

/// Bytes of the salt that a sealed file begins with.
const SALT: usize = 16;

impl AuditInput {
    /// The key of a sealed gallery's file, and its name in its folder.
    fn sealed_file<'p>(&self, path: &'p str) -> Option<(&ContentKey, &'p str)> {
        let (folder, name) = PrivateFolder::Assets.below(path)?.split_once('/')?;
        Some((self.sealed.get(folder)?, name))
    }

    /// Whether a file is sealed, so that nothing can be looked for in it.
    pub(super) fn is_ciphertext(&self, path: &str) -> bool {
        let is_sealed = self.sealed_file(path).is_some_and(|(_, name)| name != SLOTS && name != "index.html");
        is_sealed || is_locator(path)
    }
}

/// Whether a file leads from a code to a link.
fn is_locator(path: &str) -> bool {
    PrivateFolder::Entries.below(path).is_some_and(|name| name != "index.html")
}

/// Opens every file of every sealed gallery.
pub(super) fn check(input: &AuditInput, files: &[Lying]) -> Report {
    let mut folders: BTreeMap<&str, Vec<(&str, &Lying)>> = BTreeMap::new();
    let mut report = Report::default();
    for file in files {
        if let Some((_, name)) = input.sealed_file(&file.path) {
            folders.entry(&file.path[..file.path.len() - name.len()]).or_default().push((name, file));
        } else if is_locator(&file.path) && file.size != sealed_length(LOCATOR_LENGTH) {
            report.tell(Rule::SealedSize, &file.path, None, "the length of this file depends on the address in it");
        }
    }
    for token in input.sealed.keys() {
        let folder = PrivateFolder::Assets.of_token(token);
        if !folders.contains_key(folder.as_str()) {
            report.tell(Rule::SealedManifest, &folder, None, "this sealed gallery is missing, so nobody can open it");
        }
    }
    folders.into_values().map(|files| Folder { input, files }.check()).fold(report, Report::join)
}

/// The files of one sealed folder with their names in it.
struct Folder<'a> {
    input: &'a AuditInput,
    files: Vec<(&'a str, &'a Lying)>,
}

impl Folder<'_> {
    fn check(&self) -> Report {
        let mut report = Report::default();
        let listed = self.manifest(&mut report);
        self.slots(&mut report);
        let read = self.files.par_iter().map(|(name, file)| self.file(name, file, listed.as_ref()));
        let report = read.reduce(Report::default, Report::join).join(report);
        self.salts(listed.as_ref(), report)
    }

    fn lying(&self, name: &str) -> Option<&Lying> {
        self.files.iter().find(|(known, _)| *known == name).map(|(_, file)| *file)
    }

    /// The salts of the files that the manifest lists, where it can be read; that it opens is for [`Self::file`] to say.
    fn manifest(&self, report: &mut Report) -> Option<BTreeMap<String, [u8; SALT]>> {
        let Some(file) = self.lying(MANIFEST) else {
            let path = self.files.first().map_or("", |(_, file)| file.path.as_str());
            report.tell(Rule::SealedManifest, path, None, "this sealed gallery has no manifest, so nobody can open it");
            return None;
        };
        let (key, name) = self.input.sealed_file(&file.path)?;
        let mut plain = Vec::new();
        open(key, name, None, fs::File::open(&file.place).ok()?, &mut plain).ok()?;
        match Manifest::read(&plain) {
            Ok(manifest) => Some(manifest.files.into_iter().map(|file| (file.name, file.salt)).collect()),
            Err(fault) => {
                report.tell(Rule::SealedManifest, &file.path, None, format!("this manifest {fault}"));
                None
            }
        }
    }

    fn slots(&self, report: &mut Report) {
        let Some(file) = self.lying(SLOTS) else {
            let path = self.files.first().map_or("", |(_, file)| file.path.as_str());
            report.tell(Rule::SealedSlots, path, None, "this sealed gallery has no slots, so nobody can open it");
            return;
        };
        let read = fs::read(&file.place).unwrap_or_default();
        match Slots::read(&read) {
            Ok(_) => {}
            Err(fault @ SlotsFault::Stretching) => {
                report.tell(Rule::SealedStretching, &file.path, None, format!("this file {fault}"));
            }
            Err(fault) => report.tell(Rule::SealedSlots, &file.path, None, format!("this file {fault}")),
        }
    }

    /// Opens one file, to its end.
    fn file(&self, name: &str, file: &Lying, listed: Option<&BTreeMap<String, [u8; SALT]>>) -> Report {
        let mut report = Report::default();
        let Some((key, _)) = self.input.sealed_file(&file.path) else { return report };
        let mut tell = |rule, message: String| report.tell(rule, &file.path, None, message);
        match name {
            SLOTS => return report,
            "index.html" => {
                if fs::read(&file.place).ok().as_deref() != Some(BLANK.as_bytes()) {
                    tell(
                        Rule::SealedPlain,
                        "this page lies among the files of a sealed gallery and is not empty".to_owned(),
                    );
                }
                return report;
            }
            _ if !name.ends_with(".bin") => {
                tell(
                    Rule::SealedPlain,
                    "this file lies among the files of a sealed gallery and is not encrypted".to_owned(),
                );
                return report;
            }
            _ => {}
        }
        let salt = match listed {
            Some(listed) if name != MANIFEST => match listed.get(name) {
                Some(salt) => Some(salt),
                None => {
                    tell(Rule::SealedManifest, "the manifest does not list this file".to_owned());
                    return report;
                }
            },
            _ => None,
        };
        let opened = match fs::File::open(&file.place) {
            Ok(from) => open(key, name, salt, BufReader::new(from), std::io::sink()),
            Err(error) => Err(Refusal::Read(error)),
        };
        match opened {
            Ok(_) => {}
            Err(fault @ (Refusal::Length | Refusal::Padding(_))) => {
                tell(Rule::SealedSize, format!("this file {fault}"))
            }
            Err(fault @ (Refusal::Header | Refusal::RecordSize(_) | Refusal::KeyId)) => {
                tell(Rule::SealedPlain, format!("this file is not encrypted as it should be: it {fault}"));
            }
            Err(fault) => tell(Rule::SealedFile, format!("this file {fault}")),
        }
        report
    }

    /// What several files say together: those that are missing, and salts that two of them share.
    fn salts(&self, listed: Option<&BTreeMap<String, [u8; SALT]>>, mut report: Report) -> Report {
        let folder = self.lying(MANIFEST).map_or("", |file| file.path.trim_end_matches(MANIFEST));
        for name in listed.into_iter().flat_map(BTreeMap::keys).filter(|name| self.lying(name).is_none()) {
            let what = "the manifest lists this file, which is missing";
            report.tell(Rule::SealedManifest, &format!("{folder}{name}"), None, what);
        }
        let mut seen: BTreeMap<[u8; SALT], &str> = BTreeMap::new();
        for (name, file) in self.files.iter().filter(|(name, _)| name.ends_with(".bin")) {
            let mut salt = [0; SALT];
            let read = fs::File::open(&file.place).and_then(|mut file| file.read_exact(&mut salt));
            if let (Ok(()), Some(other)) = (read, seen.insert(salt, name)) {
                let other = crate::access::token::shortened(other);
                report.tell(Rule::SealedSalt, &file.path, None, format!("this file has the same salt as {other}"));
            }
        }
        report
    }
}
