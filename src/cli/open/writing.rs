//! Writing opened files into a folder. Names come from the manifest, which whoever sealed it could fill as they liked; what
//! lies in the folder already is never replaced.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use safelight::error::on_one_line;
use safelight::files::{rename_new, same_content};
use safelight::sealed::{Manifest, SealedPhoto, path_below};
use safelight::{Code, Error, Errors};
use serde_json::json;

/// The file that says what was written.
const DESCRIPTION: &str = "gallery.json";

/// Which files go where.
pub(super) struct Writing {
    folder: PathBuf,
    /// Paths below the folder by the number of the file.
    targets: BTreeMap<usize, Vec<PathBuf>>,
    /// Where each photo goes; none for one that is left out.
    photos: Vec<Option<PathBuf>>,
    archives: Vec<PathBuf>,
    left_out: Errors,
}

/// How many files were written, and how many lay there as they are.
#[derive(Default)]
pub(super) struct Written {
    pub(super) new: usize,
    pub(super) same: usize,
}

impl Written {
    pub(super) fn add(&mut self, other: Self) {
        self.new += other.new;
        self.same += other.same;
    }
}

impl Writing {
    /// Finds a place for every photo and ZIP file, before anything is written.
    pub(super) fn plan(folder: PathBuf, manifest: &Manifest) -> Result<Self, Error> {
        fs::create_dir_all(&folder)
            .map_err(|error| Error::io(Code::CannotWrite, "create the folder", &folder, error))?;
        let folder = folder.canonicalize().map_err(|error| Error::io(Code::CannotWrite, "use", &folder, error))?;
        let mut writing =
            Self { folder, targets: BTreeMap::new(), photos: Vec::new(), archives: Vec::new(), left_out: Vec::new() };
        // Many file systems do not tell letters by their case.
        let mut taken: HashMap<String, usize> = HashMap::from([(DESCRIPTION.to_owned(), usize::MAX)]);
        for photo in &manifest.photos {
            let found = photo.best().and_then(|number| writing.take(&mut taken, number, &name_of(photo, number)));
            writing.photos.push(found);
        }
        for (number, name) in &manifest.archives {
            let found = writing.take(&mut taken, *number, name);
            writing.archives.extend(found);
        }
        Ok(writing)
    }

    fn take(&mut self, taken: &mut HashMap<String, usize>, number: usize, name: &str) -> Option<PathBuf> {
        let refuse = |why: &str| {
            Error::new(Code::SealedFileRefused, format!("the manifest names a file `{}`, {why}", on_one_line(name)))
        };
        let Some(path) = path_below(name) else {
            self.left_out.push(refuse("which no file may be called: it was not written"));
            return None;
        };
        match taken.entry(path.to_string_lossy().to_lowercase()) {
            Entry::Occupied(before) if *before.get() != number => {
                self.left_out.push(refuse("a name that another file has: it was not written"));
                return None;
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(number);
                self.targets.entry(number).or_default().push(path.clone());
            }
        }
        Some(path)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether a file is to be written.
    pub(super) fn wants(&self, number: usize) -> bool {
        self.targets.contains_key(&number)
    }

    /// What has no place.
    pub(super) fn left_out(&self) -> Errors {
        self.left_out.clone()
    }

    /// Opens a file into the folder; under its own name only once all of it is known to be right.
    pub(super) fn write(
        &self,
        number: usize,
        open: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> (Written, Errors) {
        let temporary = self.folder.join(format!(".safelight-{}-{number}.tmp", std::process::id()));
        let filled = self.fill(&temporary, open);
        let result = match filled {
            Ok(()) => self.distribute(&temporary, &self.targets[&number]),
            Err(error) => (Written::default(), vec![error]),
        };
        // It has another name by now, or is of no use to anybody.
        let _ = fs::remove_file(&temporary);
        result
    }

    fn fill(&self, temporary: &Path, open: impl FnOnce(&mut dyn Write) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error| Error::io(Code::CannotWrite, "write", temporary, error);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(temporary).map_err(failed)?;
        let mut out = BufWriter::new(file);
        open(&mut out)?;
        out.flush().map_err(failed)
    }

    fn distribute(&self, temporary: &Path, targets: &[PathBuf]) -> (Written, Errors) {
        let (mut written, mut errors) = (Written::default(), Vec::new());
        for (at, below) in targets.iter().enumerate() {
            match self.place(temporary, below, at + 1 == targets.len()) {
                Ok(true) => written.new += 1,
                Ok(false) => written.same += 1,
                Err(error) => errors.push(error),
            }
        }
        (written, errors)
    }

    /// Gives a file its name; whether it had none yet.
    fn place(&self, temporary: &Path, below: &Path, last: bool) -> Result<bool, Error> {
        let to = self.folder.join(below);
        let failed = |error| Error::io(Code::CannotWrite, "write", &to, error);
        let folder = to.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(failed)?;
        // A link in the folder may lead anywhere.
        if !folder.canonicalize().map_err(failed)?.starts_with(&self.folder) {
            let error = Error::new(Code::UnusableTarget, "a link leads out of the folder here, so nothing was written");
            return Err(error.at(to));
        }
        if let Ok(found) = fs::symlink_metadata(&to) {
            let same = found.is_file() && same_content(temporary, &to).map_err(failed)?;
            return if same { Ok(false) } else { Err(there(&to)) };
        }
        if last {
            rename_new(temporary, &to).map_err(failed)?;
        } else {
            let copy = temporary.with_extension("copy.tmp");
            let copied = fs::copy(temporary, &copy).and_then(|_| rename_new(&copy, &to));
            if copied.is_err() {
                // Of no use to anybody.
                let _ = fs::remove_file(&copy);
            }
            copied.map_err(failed)?;
        }
        Ok(true)
    }

    /// Writes what the gallery is called, and its photos in their order with what is said of each.
    pub(super) fn write_description(&self, manifest: &Manifest, abouts: &[Option<String>]) -> Result<(), Error> {
        let shown = |path: &PathBuf| path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let photos = manifest.photos.iter().zip(&self.photos).map(|(photo, path)| {
            let about = abouts.get(photo.about).and_then(Option::as_deref).filter(|text| !text.is_empty());
            json!({ "file": path.as_ref().map(shown), "about": about })
        });
        let whole = json!({
            "title": manifest.title, "language": manifest.language, "photos": photos.collect::<Vec<_>>(),
            "archives": self.archives.iter().map(shown).collect::<Vec<_>>(),
        });
        let text = format!("{whole:#}\n");
        let to = self.folder.join(DESCRIPTION);
        let failed = |error| Error::io(Code::CannotWrite, "write", &to, error);
        if let Ok(found) = fs::symlink_metadata(&to) {
            let same = found.is_file() && fs::read(&to).map_err(failed)? == text.as_bytes();
            return if same { Ok(()) } else { Err(there(&to)) };
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&to).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)
    }
}

fn there(path: &Path) -> Error {
    let error = Error::new(Code::FileExists, "something else lies there already, and is left as it is");
    error.at(path).hint("name an empty folder")
}

/// What a photo is to be called: a size that is of another format than the photo says so.
fn name_of(photo: &SealedPhoto, number: usize) -> String {
    let endings: &[&str] =
        match photo.pictures.iter().find(|picture| picture.file == number && photo.original != Some(number)) {
            None => return photo.file.clone(),
            Some(picture) => match picture.media_type.as_str() {
                "image/jpeg" => &["jpg", "jpeg"],
                "image/avif" => &["avif"],
                "image/webp" => &["webp"],
                "image/png" => &["png"],
                _ => return photo.file.clone(),
            },
        };
    let ending =
        Path::new(&photo.file).extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    if endings.contains(&ending.as_str()) { photo.file.clone() } else { format!("{}.{}", photo.file, endings[0]) }
}
