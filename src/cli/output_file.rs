//! Files that commands write where they are told to. A target is looked at before anything is done, so that what was made
//! for it is not lost.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::Access;
use safelight::access::git;
use safelight::access::ledger::LEDGER_FILE;
use safelight::config::Config;
use safelight::files::canonical_or_absolute;
use safelight::{Code, Error, Errors};

use super::Context;

/// Where something is to be written.
#[derive(Debug)]
pub(crate) enum OutputFile {
    /// Standard output, by whatever name.
    StandardOutput,
    /// What takes bytes as they come and is never replaced: a pipe, a terminal.
    Stream(PathBuf),
    /// A file that is made, or replaced as a whole.
    File(PathBuf),
}

/// A path as it was given, with the home folder for `~`: not every shell puts it there behind `=`.
///
/// # Errors
/// What stands for nothing here, as `~user`.
pub(crate) fn at_home(path: &Path) -> Result<PathBuf, Vec<Error>> {
    let Some(text) = path.to_str() else { return Ok(path.to_owned()) };
    // Of all else the shell has taken care, or it is a name.
    if !text.starts_with('~') {
        return Ok(path.to_owned());
    }
    let wrong = |(what, hint): (String, &str)| vec![Error::new(Code::UnusableTarget, what).at(path).hint(hint)];
    safelight::config::at_home(text).map(|home| home.unwrap_or_else(|| path.to_owned())).map_err(wrong)
}

impl OutputFile {
    /// Looks at the place that somebody named; `-` is standard output.
    ///
    /// # Errors
    /// Where nothing can be written there, and where it would be published or would replace something of the site.
    pub(crate) fn of(context: &Context, config: &Config, file: &Path) -> Result<Self, Vec<Error>> {
        let file = &at_home(file)?;
        let looked = Self::look(file);
        // By its name too, for its folder may not be there yet.
        let named = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let paths = match &looked {
            Ok(Self::StandardOutput | Self::Stream(_)) => Vec::new(),
            Ok(Self::File(real)) => vec![&named, real],
            Err(_) => vec![&named],
        };
        if let Some(why) = paths.into_iter().find_map(|path| why_not(&context.site_file(), config, path)) {
            return Err(vec![Error::new(Code::UnusableTarget, why).at(file).hint("write it elsewhere")]);
        }
        looked.map_err(Errors::from)
    }

    fn look(file: &Path) -> Result<Self, Error> {
        if file == Path::new("-") {
            return Ok(Self::StandardOutput);
        }
        let failed = |error: io::Error| Error::io(Code::CannotWrite, "write", file, error);
        let may = |path: &Path, access| rustix::fs::access(path, access).map_err(|error| failed(error.into()));
        let refused = |why: &str, hint: &str| Error::new(Code::UnusableTarget, why).at(file).hint(hint);
        let real = match fs::metadata(file) {
            Ok(found) if is_standard_output(&found) => return Ok(Self::StandardOutput),
            Ok(found) if found.is_dir() => return Err(refused("this is a folder", "name a file in it")),
            Ok(found) if !found.is_file() => {
                may(file, Access::WRITE_OK)?;
                return Ok(Self::Stream(file.to_owned()));
            }
            // Through links, which stay.
            Ok(_) => file.canonicalize().map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !file.is_symlink() => {
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                if !folder.is_dir() {
                    return Err(refused("the folder of this file does not exist", "create it, or write elsewhere"));
                }
                let name = file.file_name().ok_or_else(|| refused("this is not a file name", "name a file"))?;
                folder.canonicalize().map_err(failed)?.join(name)
            }
            Err(error) => return Err(failed(error)),
        };
        may(real.parent().unwrap_or(Path::new("/")), Access::WRITE_OK | Access::EXEC_OK)?;
        Ok(Self::File(real))
    }

    /// What to know where git would take along what is written here.
    pub(crate) fn git_hint(&self) -> Option<String> {
        let Self::File(real) = self else { return None };
        let name = real.file_name()?.to_string_lossy();
        git::would_take(real).then(|| {
            format!(
                "`git add` would include {name}, whose links anyone with the repository could open: add it to \
                     `.gitignore`"
            )
        })
    }

    /// Whether writing replaces what lies at a path, by whatever way that leads there.
    pub(crate) fn replaces(&self, path: &Path) -> bool {
        match self {
            Self::File(real) => path.canonicalize().is_ok_and(|path| path == *real),
            Self::StandardOutput | Self::Stream(_) => false,
        }
    }

    /// Writes. A file is readable by its owner alone, and stays as it was where that fails.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::StandardOutput => {
                let mut out = io::stdout().lock();
                let written = out.write_all(bytes).and_then(|()| out.flush());
                written.map_err(|error| Error::io(Code::CannotWrite, "write", Path::new("-"), error))
            }
            Self::Stream(path) => {
                let written = fs::OpenOptions::new().write(true).open(path).and_then(|mut out| out.write_all(bytes));
                written.map_err(|error| Error::io(Code::CannotWrite, "write", path, error))
            }
            Self::File(path) => safelight::files::write_private(path, |out| out.write_all(bytes)),
        }
    }
}

/// Whether it is what standard output leads to: `/dev/stdout`, or the file that the shell sends it to.
fn is_standard_output(found: &fs::Metadata) -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;
    let output = io::stdout().as_fd().try_clone_to_owned().and_then(|output| fs::File::from(output).metadata());
    output.is_ok_and(|output| (output.dev(), output.ino()) == (found.dev(), found.ino()))
}

/// What speaks against a file: what it holds would be published, or it is one of the site's own.
fn why_not(site: &Path, config: &Config, file: &Path) -> Option<&'static str> {
    if [&config.output, &config.static_files].iter().any(|folder| file.starts_with(canonical_or_absolute(folder))) {
        return Some("this file would be published with its links");
    }
    let own = [site, &config.root.join(LEDGER_FILE)].iter().any(|own| file == canonical_or_absolute(own));
    let folders = [&config.galleries, &config.pages, &config.themes, &config.state];
    (own || folders.iter().any(|folder| file.starts_with(canonical_or_absolute(folder))))
        .then_some("this is one of the site's own files, or would be among them")
}
