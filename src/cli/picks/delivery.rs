//! Sidecars, lists of names, copies and links: planned as a whole before the first of them is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use safelight::catalog::Catalog;
use safelight::config::Config;
use safelight::files::{canonical_or_absolute, write_atomic};
use safelight::formats::Limits;
use safelight::metadata::embedded;
use safelight::picks::copies::{self, Manner, There, Transfer};
use safelight::picks::names;
use safelight::picks::originals::{OriginalFiles, Originals};
use safelight::picks::sidecar::{self, Marks, as_it_is_called};
use safelight::{Code, Error};

use super::super::Context;
use super::super::link_session::LinkSession;
use super::super::output_file::{OutputFile, at_home};
use super::{Gallery, Import, text_of};

/// Mode of a new sidecar, before the umask.
const MODE: u32 = 0o644;

/// What to know of new sidecars: a catalog that reads one replaces what it knows itself.
const NEW_SIDECARS: &str = "new sidecars hold what the files say, not what only a catalog knows: if yours has edits of these photos, save its \
                            metadata to the files (in Lightroom: Metadata, Save Metadata to Files) and repeat this command before you read them";

/// What will be written.
pub(super) struct Delivery {
    /// The files of each photo, by gallery and photo.
    files: BTreeMap<(usize, usize), Vec<PathBuf>>,
    /// Photos without originals, and why.
    without: Vec<Error>,
    sidecars: Vec<Planned>,
    transfers: Vec<Transfer>,
    manner: Manner,
    names: Option<(String, OutputFile)>,
    notes: Vec<String>,
    errors: Vec<Error>,
}

/// A sidecar that was looked at.
struct Planned {
    file: PathBuf,
    /// What it was; none where there was none.
    before: Option<Vec<u8>>,
    merged: sidecar::Merged,
}

/// What was written.
#[derive(Default)]
pub(super) struct Done {
    /// The files of each photo.
    pub(super) files: BTreeMap<(usize, usize), Vec<PathBuf>>,
    /// Photos without originals, and why.
    pub(super) without: Vec<Error>,
    /// New sidecars, changed ones, and those that said all of it already.
    pub(super) sidecars: [usize; 3],
    /// Sidecars with another rating, and with another label, which stay.
    pub(super) kept: [usize; 2],
    /// Files copied or linked, and those that lay there.
    pub(super) transfers: [usize; 2],
    /// The list of names, where it is an answer.
    pub(super) names: Option<String>,
    /// What the owner should know.
    pub(super) notes: Vec<String>,
    /// What went wrong.
    pub(super) errors: Vec<Error>,
}

impl Delivery {
    /// Plans everything that was asked for.
    ///
    /// # Errors
    /// Targets among the site's folders; originals that cannot be read; files that lie where copies should.
    pub(super) fn plan(
        context: &Context,
        desk: &LinkSession,
        catalog: &Catalog,
        arguments: &Import,
        galleries: &[Gallery],
    ) -> Result<Self, Vec<Error>> {
        let config = &desk.config;
        let mut delivery = Self {
            files: BTreeMap::new(),
            without: Vec::new(),
            sidecars: Vec::new(),
            transfers: Vec::new(),
            manner: if arguments.link_to.is_some() { Manner::Link } else { Manner::Copy },
            names: None,
            notes: Vec::new(),
            errors: Vec::new(),
        };
        if let Some(file) = arguments.names_to.as_deref().filter(|file| *file != Path::new("-")) {
            refuse_site(config, &at_home(file)?, "this file would become part of the site")?;
        }
        let names_to = arguments.names_to.as_deref().map(|file| OutputFile::of(context, config, file)).transpose()?;
        let originals = arguments.originals.as_deref().map(|folder| originals(config, folder)).transpose()?;
        delivery.find_files(config, catalog, originals.as_ref(), galleries);
        if arguments.xmp.is_some() {
            delivery.plan_sidecars(arguments, galleries);
        }
        if let Some(folder) = arguments.copy_to.as_ref().or(arguments.link_to.as_ref()) {
            delivery.plan_transfers(config, folder, galleries)?;
        }
        if let Some(program) = arguments.names {
            let target = names_to.unwrap_or(OutputFile::StandardOutput);
            delivery.names = Some((delivery.list(program.program(), galleries), target));
        }
        Ok(delivery)
    }

    fn find_files(&mut self, config: &Config, catalog: &Catalog, originals: Option<&Originals>, galleries: &[Gallery]) {
        for (place, photo) in galleries.iter().flat_map(|one| &one.selection.photos) {
            let Some(originals) = originals else {
                self.files.insert(*place, vec![catalog.photo_file(config, place.0, place.1)]);
                continue;
            };
            // A photo that was renamed in the gallery has its old name still where it came from.
            let names = std::iter::once(photo.path.as_str()).chain(photo.named.keys().map(String::as_str));
            let mut found = names.map(|name| originals.of(name)).filter(|found| *found != OriginalFiles::Missing);
            let message = match found.next() {
                Some(OriginalFiles::Files(files)) => {
                    self.files.insert(*place, files);
                    continue;
                }
                Some(OriginalFiles::Several(folders)) => {
                    let folders: Vec<String> = folders.iter().map(|folder| format!("`{}`", folder.display())).collect();
                    format!("originals of this name are in several folders, so none was taken: {}", folders.join(", "))
                }
                _ => "has no original of its name".to_owned(),
            };
            let error = Error::new(Code::PickNotFound, message).at(&photo.path);
            self.without.push(error.hint("give the folder of this gallery's originals with `--originals`"));
        }
    }

    fn plan_sidecars(&mut self, arguments: &Import, galleries: &[Gallery]) {
        let Some(convention) = arguments.xmp.map(super::SidecarProgram::convention) else { return };
        // Two photos may have one original.
        let mut wanted: BTreeMap<PathBuf, (PathBuf, Vec<String>)> = BTreeMap::new();
        let mut unread = 0;
        for gallery in galleries {
            for (place, photo) in &gallery.selection.photos {
                let Some(files) = self.files.get(place) else { continue };
                unread += usize::from(!convention.is_read(files));
                let lists: BTreeSet<usize> = photo.marks.iter().map(|mark| mark.list).collect();
                for file in convention.sidecars(files) {
                    let own = files.iter().filter(|one| convention.sidecars(std::slice::from_ref(one)).contains(&file));
                    let own: Vec<PathBuf> = own.cloned().collect();
                    let Some(bearer) = sidecar::bearer(&own) else { continue };
                    let (_, keywords) =
                        wanted.entry(as_it_is_called(&file)).or_insert_with(|| (bearer.clone(), Vec::new()));
                    for list in &lists {
                        let name = &gallery.selection.lists[*list];
                        if !keywords.contains(name) {
                            keywords.push(name.clone());
                        }
                    }
                }
            }
        }
        if unread > 0 && arguments.xmp == Some(super::SidecarProgram::Lightroom) {
            self.notes.push(format!(
                "Lightroom reads sidecars of RAW files other than DNG only: {} of these photos have no such file",
                unread
            ));
        }
        for (file, (bearer, keywords)) in wanted {
            let marks = Marks { rating: arguments.rating, label: arguments.label.clone(), keywords };
            match look_at(&file, &bearer, &marks) {
                Ok(planned) => self.sidecars.push(planned),
                Err(error) => self.errors.push(error),
            }
        }
    }

    fn plan_transfers(&mut self, config: &Config, folder: &Path, galleries: &[Gallery]) -> Result<(), Vec<Error>> {
        let folder = at_home(folder)?;
        refuse_site(config, &folder, "copies here would become part of the site")?;
        let mut files = Vec::new();
        for (place, photo) in galleries.iter().flat_map(|one| &one.selection.photos) {
            let below = Path::new(&photo.path).parent().unwrap_or(Path::new(""));
            for file in self.files.get(place).into_iter().flatten() {
                files.push((file.clone(), below.join(file.file_name().unwrap_or_default())));
            }
        }
        self.transfers = copies::plan(self.manner, &files, &folder)?;
        let taken = self.transfers.iter().filter(|one| one.there == There::Other);
        let errors: Vec<Error> = taken
            .map(|one| {
                let what = format!("is already there, and is not the same as `{}`", one.from.display());
                Error::new(Code::FileExists, what).at(&one.to).hint("move it away, or choose another folder")
            })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The names for a program's search: of the originals where they are known.
    fn list(&mut self, program: names::Program, galleries: &[Gallery]) -> String {
        let photos = || galleries.iter().flat_map(|one| &one.selection.photos);
        let name = |(place, photo): (&(usize, usize), &safelight::picks::merge::Picked)| {
            let original = self.files.get(place).and_then(|files| files.first());
            original.map_or_else(|| text_of(Path::new(&photo.path).file_name()), |file| text_of(file.file_name()))
        };
        let all: Vec<String> = photos().map(name).collect();
        let parted = all.iter().filter(|name| names::is_parted(program, name)).count();
        if parted > 0 {
            let what = if parted == 1 { "1 name contains".to_owned() } else { format!("{parted} names contain") };
            self.notes.push(format!(
                "{what} spaces or commas, which part names in this search, so it may find more or other photos"
            ));
        }
        names::list(program, all.iter().map(String::as_str))
    }

    /// Writes everything; a dry run only counts.
    pub(super) fn carry_out(self, dry_run: bool) -> Done {
        let mut done = Done {
            files: self.files,
            without: self.without,
            notes: self.notes,
            errors: self.errors,
            ..Done::default()
        };
        for planned in self.sidecars {
            let merged = planned.merged;
            let kind = match (&merged.text, &planned.before) {
                (None, _) => 2,
                (Some(_), None) => 0,
                (Some(_), Some(_)) => 1,
            };
            if let Some(text) = merged.text.filter(|_| !dry_run)
                && let Err(error) = write(&planned.file, planned.before.as_deref(), text.as_bytes())
            {
                done.errors.push(error);
                continue;
            }
            done.sidecars[kind] += 1;
            done.kept[0] += usize::from(merged.kept_rating);
            done.kept[1] += usize::from(merged.kept_label);
        }
        if done.sidecars[0] > 0 {
            done.notes.push(NEW_SIDECARS.to_owned());
        }
        for transfer in &self.transfers {
            let is_new = transfer.there == There::Nothing;
            match if is_new && !dry_run { copies::carry_out(self.manner, transfer) } else { Ok(()) } {
                Ok(()) => done.transfers[usize::from(!is_new)] += 1,
                Err(error) => done.errors.push(error),
            }
        }
        if let Some((names, target)) = self.names {
            match target {
                OutputFile::StandardOutput => {}
                _ if dry_run => {}
                target => done.errors.extend(target.write(format!("{names}\n").as_bytes()).err()),
            }
            done.names = Some(names);
        }
        done
    }
}

/// The originals, apart from the site's own folders in the same tree.
fn originals(config: &Config, folder: &Path) -> Result<Originals, Vec<Error>> {
    let folder = at_home(folder)?;
    let real = folder.canonicalize().map_err(|error| Error::io(Code::CannotRead, "read", &folder, error))?;
    refuse_site(
        config,
        &real,
        "originals cannot be among the site's folders: sidecars there would change what the site publishes",
    )?;
    let own = own_folders(config);
    let found = Originals::search(&real, &own)?;
    if found.is_empty() {
        let error = Error::new(Code::PickNotFound, "there are no photos in this folder").at(folder);
        return Err(error.hint("give the folder of your originals").into());
    }
    Ok(found)
}

fn own_folders(config: &Config) -> Vec<PathBuf> {
    let own = [&config.galleries, &config.output, &config.static_files, &config.pages, &config.themes, &config.state];
    own.map(|folder| canonical_or_absolute(folder)).into()
}

/// Refuses a folder that is one of the site's or lies in one.
fn refuse_site(config: &Config, folder: &Path, why: &str) -> Result<(), Vec<Error>> {
    // What is not there yet lies where the nearest folder above it leads.
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let real = absolute.ancestors().find_map(|above| {
        let real = above.canonicalize().ok()?;
        Some(real.join(absolute.strip_prefix(above).ok()?))
    });
    let real = real.unwrap_or(absolute);
    if own_folders(config).iter().any(|own| real.starts_with(own)) {
        return Err(Error::new(Code::UnusableTarget, why)
            .at(folder)
            .hint("choose a place outside the site's own folders")
            .into());
    }
    Ok(())
}

/// What a sidecar would become; a new one begins with what its photo says.
fn look_at(file: &Path, photo: &Path, marks: &Marks) -> safelight::Result<Planned> {
    let failed = |error| Error::io(Code::CannotRead, "read", file, error);
    let there = match std::fs::symlink_metadata(file) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let left = |why: String| left_alone(file, &why, "save the photo's metadata again in your photo program");
    let mut before = None;
    let merged = match &there {
        None => {
            let read =
                |file: &Path| std::fs::read(file).map_err(|error| Error::io(Code::CannotRead, "read", file, error));
            let own = embedded(&read(photo)?, &Limits::default());
            own.and_then(|own| sidecar::begin(&own, marks)).map_err(|why| {
                Error::new(
                    Code::SidecarLeftAlone,
                    format!("no sidecar was made, which would hide what this photo says: {why}"),
                )
                .at(photo)
                .hint("save the photo's metadata to a sidecar in your photo program, and repeat the command")
            })?
        }
        Some(found) if !found.is_file() => return Err(left("it is not a file".to_owned())),
        Some(found) if found.len() > sidecar::LARGEST => return Err(left("it is too large".to_owned())),
        Some(found) if found.permissions().readonly() => {
            return Err(left_alone(file, "it is write-protected", "allow writing to it"));
        }
        Some(_) => {
            let bytes = before.insert(std::fs::read(file).map_err(failed)?);
            sidecar::merge(bytes, marks).map_err(left)?
        }
    };
    Ok(Planned { file: file.to_owned(), before, merged })
}

fn left_alone(file: &Path, why: &str, remedy: &str) -> Error {
    let error = Error::new(Code::SidecarLeftAlone, format!("this sidecar was left as it is: {why}")).at(file);
    error.hint(format!("{remedy}, and repeat the command"))
}

/// Writes a sidecar whole or not at all, with the rights that it had, unless somebody wrote it meanwhile.
fn write(file: &Path, planned: Option<&[u8]>, bytes: &[u8]) -> safelight::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if std::fs::read(file).ok().as_deref() != planned {
        return Err(left_alone(file, "another program changed it meanwhile", "let that program finish"));
    }
    let before = std::fs::metadata(file).ok().map(|found| found.permissions());
    let mode = before.as_ref().map_or(MODE, |before| before.mode() & 0o777);
    write_atomic(file, mode, |out| {
        std::io::Write::write_all(out, bytes)?;
        before.map_or(Ok(()), |before| out.set_permissions(before))
    })
}
