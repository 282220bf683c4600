//! One output folder with the record of what was written into it, locked for as long as this lives.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::{Code, Error, Result};
use crate::files::closed_or;
use crate::lock::{Lock, Patience};

use super::diff::{Change, Diff};
use super::inspect::{EntryKind, FileStamp};
use super::manifest::Manifest;
use super::output_dir::{Tree, make_private_folder, refused};
use super::path::parent;
use super::report::TakenDown;
use super::{Observer, Step, Wanted, order, record};

/// An output folder that is open for writing. Nobody else writes while it lives.
pub struct Site {
    pub(super) tree: Tree,
    pub(super) manifest_path: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) notes: BTreeMap<String, Vec<u8>>,
    pub(super) taken: BTreeSet<String>,
    pub(super) adopt: bool,
    pub(super) observer: Option<Observer>,
    warning: Option<Error>,
    folder_lock: Option<Lock>,
    /// None for a site that is only looked at.
    lock: Option<Arc<Lock>>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("tree", &self.tree).field("files", &self.manifest.len()).finish_non_exhaustive()
    }
}

impl Site {
    /// Locks the output folder and reads the record of what was written into it. The output need not exist and is not
    /// made; `state_folder` (`.safelight` beside `site.toml`) is made with mode 0700, and all in it that is ours is 0600.
    ///
    /// A damaged manifest is replaced by its second copy, and [`Self::warning`] says so.
    ///
    /// # Errors
    ///
    /// [`Code::Locked`] while another process has either folder open; a site error where one folder lies in the
    /// other or the manifest and its copy are both damaged; I/O errors.
    pub fn open(output: &Path, state_folder: &Path) -> Result<Self> {
        Self::open_in_turn(output, state_folder, None)
    }

    /// The same for one who has waited for `turn`, the lock of the state folder. Without it nobody is waited for.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn open_in_turn(output: &Path, state_folder: &Path, turn: Option<Arc<Lock>>) -> Result<Self> {
        let (root, state) = apart(output, state_folder)?;
        let manifest_path = manifest_path(output, state_folder)?;
        let records = manifest_path.parent().unwrap_or(&state);
        make_private_folder(records).map_err(|error| {
            closed_or(records, error, |error| refused(Code::CannotWrite, "create the folder", records, error))
        })?;
        crate::files::close_to_others(&state);
        let lock = match turn {
            Some(turn) => turn,
            None => Arc::new(Lock::of_state(&state, &Patience::NONE)?),
        };
        let folder_lock = if root.is_dir() { Lock::of_folder(&root)? } else { None };
        let mut site = Self::read(root, &state, manifest_path)?;
        (site.lock, site.folder_lock) = (Some(lock), folder_lock);
        Ok(site)
    }

    /// The same for looking alone, in a [`Self::diff`]: makes and locks nothing.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`]: [`Code::Locked`] while another process writes.
    pub fn look(output: &Path, state_folder: &Path) -> Result<Self> {
        let (root, state) = apart(output, state_folder)?;
        let lock = state.join("lock");
        if !Lock::is_free(&lock) || !Lock::is_free(&root) {
            return Err(Lock::taken(&lock));
        }
        Self::read(root, &state, manifest_path(output, state_folder)?)
    }

    /// The same for one who holds the lock of the state folder.
    ///
    /// # Errors
    ///
    /// Those of [`Self::look`].
    pub fn look_in_turn(output: &Path, state_folder: &Path, _turn: &Lock) -> Result<Self> {
        let (root, state) = apart(output, state_folder)?;
        if !Lock::is_free(&root) {
            return Err(Lock::taken(&root));
        }
        Self::read(root, &state, manifest_path(output, state_folder)?)
    }

    fn read(root: PathBuf, state: &Path, manifest_path: PathBuf) -> Result<Self> {
        let (manifest, warning) = record::load_or_recover(&manifest_path, &output_name(&root, state))?;
        let notes = manifest.notes().clone();
        Ok(Self {
            tree: Tree::at(root, state.join("staging")),
            manifest_path,
            manifest,
            notes,
            taken: BTreeSet::new(),
            adopt: false,
            observer: None,
            warning,
            folder_lock: None,
            lock: None,
        })
    }

    /// Has files that somebody else put where ours belong replaced (`--adopt`). Without it only those that hold the
    /// right bytes become ours, and any other is an error.
    pub fn adopt(&mut self, adopt: bool) {
        self.adopt = adopt;
    }

    /// Has every step announced, from any thread; see [`Step`].
    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// Whether the process that had this site open before was killed, and may have left things unfinished in the state folder.
    pub fn follows_a_kill(&self) -> bool {
        self.lock.as_ref().is_some_and(|lock| lock.is_left_by_a_killed())
    }

    /// Whether a file that the manifest names lies there as it was written.
    pub fn is_intact(&self, path: &str) -> bool {
        self.manifest.get(path).is_some_and(|record| {
            let written = FileStamp { size: record.size, modified: record.modified };
            self.tree.walker().look(path).is_ok_and(|seen| seen == (EntryKind::File, written))
        })
    }

    /// What had to be worked around when the site was opened.
    pub fn warning(&self) -> Option<&Error> {
        self.warning.as_ref()
    }

    /// What was written up to now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Leaves a note in the manifest of the next publish, in the place of the last one of that name.
    pub fn set_note(&mut self, name: &str, note: Vec<u8>) {
        self.notes.insert(name.to_owned(), note);
    }

    /// Compares what is wanted with the manifest and with what lies in the folder; writes nothing.
    ///
    /// # Errors
    ///
    /// A site error for a path that cannot be, or two that cannot lie in one folder; I/O errors.
    pub fn diff<'a>(&self, wanted: impl IntoIterator<Item = Wanted<'a>>) -> Result<Diff> {
        Diff::new(&self.manifest, &self.tree, wanted)
    }

    /// What in the folder would keep a diff from being carried out, whatever is in the files that lie there: links and
    /// folders of somebody else. Writes nothing.
    ///
    /// # Errors
    ///
    /// The site error that the publish would end with; I/O errors.
    pub fn obstacle(&self, diff: &Diff) -> Result<()> {
        self.blocking(diff).map(drop)
    }

    /// Files that this site did not write and that lie where files of a diff belong. A publish stops at them, unless they
    /// hold the right bytes.
    pub fn strangers<'a>(&'a self, diff: &'a Diff) -> impl Iterator<Item = &'a str> {
        let strange = |fresh: &&super::diff::PendingFile| fresh.old().is_none() && fresh.occupant == EntryKind::File;
        diff.fresh.iter().filter(strange).map(|fresh| diff.path(fresh))
    }

    /// What a diff of this site would do, sorted by path.
    pub fn changes<'a>(&'a self, diff: &'a Diff) -> impl Iterator<Item = Change<'a>> {
        diff.changes(&self.manifest)
    }

    /// Removes, now, what must no longer be reachable: pages first, then assets. Needs no room on the disk and stops at
    /// nothing; what could not be removed is listed. Paths that the manifest does not name are left alone. A page that
    /// is wanted nevertheless is written again by the next publish.
    ///
    /// Where replacements cannot be made, name the living pages that refer to old assets, and then those assets.
    pub fn take_down<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) -> TakenDown {
        let mut down = TakenDown::default();
        let mut positions = BTreeSet::new();
        for path in paths {
            match self.manifest.position(path) {
                Ok(position) => {
                    positions.insert(position);
                }
                Err(_) => down.unknown.push(path.to_owned()),
            }
        }
        for wave in order::removals(&self.manifest, positions.into_iter()) {
            let mut emptied = BTreeSet::new();
            let mut walker = self.tree.walker();
            for position in wave {
                let path = self.manifest.path(position);
                let gone = self
                    .announce(Step::TakeDown(path))
                    .map_err(|error| refused(Code::CannotRemove, "remove", &self.tree.root().join(path), error))
                    .and_then(|()| self.tree.remove(&mut walker, path));
                match gone {
                    Ok(true) => down.removed.push(path.to_owned()),
                    Ok(false) => down.missing.push(path.to_owned()),
                    Err(error) => down.failed.push((path.to_owned(), error)),
                }
                emptied.insert(parent(path));
            }
            // Removed is removed for every visitor; that it lasts through a power failure is tried, not required.
            for folder in emptied {
                let _ = self.tree.sync_folder(folder);
            }
        }
        self.tree.remove_empty_folders(down.removed.iter().map(String::as_str));
        for list in [&mut down.removed, &mut down.missing, &mut down.unknown] {
            list.sort_unstable();
            list.dedup();
        }
        down.failed.sort_by(|one, other| one.0.cmp(&other.0));
        self.taken.extend(down.removed.iter().cloned());
        down
    }

    /// Tells the observer.
    pub(super) fn announce(&self, step: Step<'_>) -> io::Result<()> {
        self.observer.as_ref().map_or(Ok(()), |observer| observer(step))
    }

    /// Makes the output folder and locks it, where [`Self::open`] could not.
    pub(super) fn claim_output(&mut self) -> Result<()> {
        self.tree.make_root()?;
        if self.folder_lock.is_none() {
            self.folder_lock = Lock::of_folder(self.tree.root())?;
        }
        Ok(())
    }
}

/// The real paths of the output and of the folder of the secret, neither of which lies in the other.
fn apart(output: &Path, state_folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (root, state) = (resolve(output)?, resolve(state_folder)?);
    if state.starts_with(&root) || root.starts_with(&state) {
        return Err(Error::new(
            Code::OverlappingFolders,
            "the output folder and the folder with the site's secret must not be nested",
        )
        .at(output)
        .hint("choose another folder for `output`"));
    }
    Ok((root, state))
}

/// Where the record for this output folder lies.
///
/// # Errors
///
/// I/O errors where a folder on the way cannot be looked into.
pub fn manifest_path(output: &Path, state_folder: &Path) -> Result<PathBuf> {
    let (root, state) = (resolve(output)?, resolve(state_folder)?);
    let beside = state.parent().and_then(|site| root.strip_prefix(site).ok());
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let name = match beside.and_then(Path::to_str) {
        Some(name) if !name.is_empty() && name.len() <= 64 && plain(name) => name.to_owned(),
        _ => {
            let hash = blake3::hash(output_name(&root, &state).as_bytes());
            format!("elsewhere-{}", &hash.to_hex()[..16])
        }
    };
    Ok(state.join("published").join(format!("{name}.manifest")))
}

/// How a manifest names its output: relative to the site's folder where it lies in it, so that a site can be moved.
fn output_name(root: &Path, state: &Path) -> String {
    let inside = state.parent().and_then(|site| root.strip_prefix(site).ok());
    inside.unwrap_or(root).to_string_lossy().into_owned()
}

/// The real path of a folder that need not exist.
fn resolve(folder: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(folder).map_err(|error| refused(Code::CannotRead, "find", folder, error))?;
    let mut missing: Vec<OsString> = Vec::new();
    let mut existing = whole.as_path();
    loop {
        match fs::canonicalize(existing) {
            Ok(mut real) => {
                real.extend(missing.iter().rev());
                return Ok(real);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refused(Code::CannotRead, "find", existing, error)),
        }
        if fs::symlink_metadata(existing).is_ok() {
            return Err(Error::new(Code::InTheWay, "this symbolic link is broken")
                .at(existing)
                .hint("delete it, or create its target"));
        }
        match (existing.components().next_back(), existing.parent()) {
            (Some(Component::Normal(name)), Some(parent)) => {
                missing.push(name.to_owned());
                existing = parent;
            }
            _ => {
                return Err(Error::new(Code::OverlappingFolders, "this cannot be the output folder")
                    .at(folder)
                    .hint("write it without `..`"));
            }
        }
    }
}
