//! Rules for sealed galleries: every file is ciphertext that opens, and nothing of what it holds is readable.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read as _, Write};

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
        is_sealed || PrivateFolder::is_locator(path)
    }
}

/// Opens every file of every sealed gallery.
pub(super) fn check(input: &AuditInput, files: &[Lying]) -> Report {
    let mut folders: BTreeMap<&str, BTreeMap<&str, &Lying>> = BTreeMap::new();
    let mut report = Report::default();
    for file in files {
        if let Some((_, name)) = input.sealed_file(&file.path) {
            folders.entry(&file.path[..file.path.len() - name.len()]).or_default().insert(name, file);
        } else if PrivateFolder::is_locator(&file.path) && file.size != sealed_length(LOCATOR_LENGTH) {
            report.tell(Rule::SealedSize, &file.path, None, "the length of this file depends on the address in it");
        }
    }
    for token in input.sealed.keys() {
        let folder = PrivateFolder::Assets.of_token(token);
        if !folders.contains_key(folder.as_str()) {
            report.tell(Rule::SealedManifest, &folder, None, "this sealed gallery is missing, so nobody can open it");
        }
    }
    let folders = folders.into_iter().map(|(path, files)| Folder { input, path, files });
    folders.map(|folder| folder.check()).fold(report, Report::join)
}

/// The salts that a manifest lists, by the names of files.
type Listed = BTreeMap<String, [u8; SALT]>;

/// A sealed folder with a slash at its end, and the files in it by name.
struct Folder<'a> {
    input: &'a AuditInput,
    path: &'a str,
    files: BTreeMap<&'a str, &'a Lying>,
}

impl Folder<'_> {
    fn check(&self) -> Report {
        let mut report = Report::default();
        let listed = self.manifest(&mut report);
        self.slots(&mut report);
        let read = self.files.par_iter().map(|(name, file)| self.file(name, file, listed.as_ref()));
        let mut report = read.reduce(Report::default, Report::join).join(report);
        for name in listed.iter().flat_map(Listed::keys).filter(|name| !self.files.contains_key(name.as_str())) {
            let what = "the manifest lists this file, which is missing";
            report.tell(Rule::SealedManifest, &format!("{}{name}", self.path), None, what);
        }
        self.salts(&mut report);
        report
    }

    /// Opens a file to its end, and says what is wrong with it.
    fn open(&self, name: &str, file: &Lying, salt: Option<&[u8; SALT]>, to: impl Write, report: &mut Report) -> bool {
        let Some((key, _)) = self.input.sealed_file(&file.path) else { return false };
        let opened = match fs::File::open(&file.place) {
            Ok(from) => open(key, name, salt, BufReader::new(from), to),
            Err(error) => Err(Refusal::Read(error)),
        };
        let Err(fault) = opened else { return true };
        let (rule, what) = match fault {
            Refusal::Length | Refusal::Padding(_) => (Rule::SealedSize, "this file"),
            Refusal::Header | Refusal::RecordSize(_) | Refusal::KeyId => {
                (Rule::SealedPlain, "this file is not encrypted as it should be: it")
            }
            _ => (Rule::SealedFile, "this file"),
        };
        report.tell(rule, &file.path, None, format!("{what} {fault}"));
        false
    }

    /// What the manifest lists, where it can be read.
    fn manifest(&self, report: &mut Report) -> Option<Listed> {
        let Some(file) = self.files.get(MANIFEST) else {
            let what = "this sealed gallery has no manifest, so nobody can open it";
            report.tell(Rule::SealedManifest, self.path, None, what);
            return None;
        };
        let mut plain = Vec::new();
        if !self.open(MANIFEST, file, None, &mut plain, report) {
            return None;
        }
        match Manifest::read(&plain) {
            Ok(manifest) => Some(manifest.files.into_iter().map(|file| (file.name, file.salt)).collect()),
            Err(fault) => {
                report.tell(Rule::SealedManifest, &file.path, None, format!("this manifest {fault}"));
                None
            }
        }
    }

    fn slots(&self, report: &mut Report) {
        let Some(file) = self.files.get(SLOTS) else {
            let what = "this sealed gallery has no slots, so nobody can open it";
            report.tell(Rule::SealedSlots, self.path, None, what);
            return;
        };
        let Err(fault) = Slots::read(&fs::read(&file.place).unwrap_or_default()) else { return };
        let rule = if fault == SlotsFault::Stretching { Rule::SealedStretching } else { Rule::SealedSlots };
        report.tell(rule, &file.path, None, format!("this file {fault}"));
    }

    /// Any file but the slots and the manifest.
    fn file(&self, name: &str, file: &Lying, listed: Option<&Listed>) -> Report {
        let mut report = Report::default();
        let mut tell = |rule, what: &str| report.tell(rule, &file.path, None, what);
        if name == SLOTS || name == MANIFEST {
            return report;
        }
        if name == "index.html" {
            if fs::read(&file.place).ok().as_deref() != Some(BLANK.as_bytes()) {
                tell(Rule::SealedPlain, "this page lies among the files of a sealed gallery and is not empty");
            }
            return report;
        }
        if !name.ends_with(".bin") {
            tell(Rule::SealedPlain, "this file lies among the files of a sealed gallery and is not encrypted");
            return report;
        }
        let salt = listed.map(|listed| listed.get(name));
        if salt == Some(None) {
            tell(Rule::SealedManifest, "the manifest does not list this file");
            return report;
        }
        self.open(name, file, salt.flatten(), std::io::sink(), &mut report);
        report
    }

    /// Salts that two files share.
    fn salts(&self, report: &mut Report) {
        let mut seen: BTreeMap<[u8; SALT], &str> = BTreeMap::new();
        for (name, file) in self.files.iter().filter(|(name, _)| name.ends_with(".bin")) {
            let mut salt = [0; SALT];
            let read = fs::File::open(&file.place).and_then(|mut file| file.read_exact(&mut salt));
            if let (Ok(()), Some(other)) = (read, seen.insert(salt, name)) {
                let other = crate::access::token::shortened(other);
                report.tell(Rule::SealedSalt, &file.path, None, format!("this file has the same salt as {other}"));
            }
        }
    }
}
