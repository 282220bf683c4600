//! Publishing into a folder, through the library.

mod crash;
mod folder;
mod record;

use std::path::PathBuf;

use safelight::publish::{Fingerprint, Phase, Reach, Site, Wanted, manifest_path};

use crate::support::temporary_folder;

/// A folder to publish into, and the one in which that is recorded.
struct Place {
    folder: tempfile::TempDir,
    output: PathBuf,
    state: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = temporary_folder();
        let (output, state) = (folder.path().join("public"), folder.path().join(".safelight"));
        Self { folder, output, state }
    }

    fn open(&self) -> Site {
        Site::open(&self.output, &self.state).unwrap()
    }

    fn manifest(&self) -> PathBuf {
        manifest_path(&self.output, &self.state).unwrap()
    }
}

/// A file whose key is of its content.
fn wanted<'a>(path: &'a str, content: &str, phase: Phase) -> Wanted<'a> {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(content.as_bytes()).as_bytes()[..16]);
    let reach = if path.starts_with("g/") { Reach::Private } else { Reach::Public };
    Wanted { path, key: Fingerprint(key), phase, reach }
}
