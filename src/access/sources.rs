//! Sources of the root secret, and the places it must not be in.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::own_file::{OwnFile, readable_by_others};
use super::secret::{Secret, refuse_secret_in};
use crate::{Code, Error, Result};

/// The variable that holds the secret itself.
pub const VARIABLE: &str = "SAFELIGHT_SECRET";
/// The variable that names a file with the secret.
pub const FILE_VARIABLE: &str = "SAFELIGHT_SECRET_FILE";
/// The variable that holds the former secret during a planned rotation.
pub const PREVIOUS_VARIABLE: &str = "SAFELIGHT_SECRET_PREVIOUS";
/// The file in the site's folder.
pub const FILE: &str = ".safelight/secret";
/// The file in the site's folder that holds the former secret during a planned rotation.
pub const PREVIOUS_FILE: &str = ".safelight/secret.previous";
/// The file in the site's folder where a rotation puts the next secret until it is in force.
pub const NEW_FILE: &str = ".safelight/secret.new";

const SECRET_FILE: OwnFile = OwnFile {
    name: "the secret's file",
    read: "read the secret",
    if_open: "run `chmod 600` on it; if someone may have read it, replace it with `safelight secret rotate \
              --compromised`",
    if_tracked: "run `git rm --cached` on it, add it to `.gitignore`, and replace the secret: everyone with the \
                 repository knows it",
    if_published: "move it out, and replace the secret if the folder was ever online",
    largest: 4096,
};

/// Where a secret may come from: the values of the environment, and the site.
#[derive(Default)]
pub struct SecretSources {
    /// The value of `SAFELIGHT_SECRET`. Empty is as good as absent: that is what CI gives to forks.
    pub value: Option<Zeroizing<String>>,
    /// The value of `SAFELIGHT_SECRET_FILE`; empty is as good as absent.
    pub file: Option<PathBuf>,
    /// The value of `SAFELIGHT_SECRET_PREVIOUS`; empty is as good as absent, and then `.safelight/secret.previous` counts.
    pub previous: Option<Zeroizing<String>>,
    /// The value of `SAFELIGHT_PASSWORDS`; empty is as good as absent.
    pub passwords: Option<Zeroizing<String>>,
    /// The value of `SAFELIGHT_PASSWORDS_FILE`; empty is as good as absent.
    pub passwords_file: Option<PathBuf>,
    /// The site's folder.
    pub site: PathBuf,
    /// The folders that everybody can fetch from, now or after the next build.
    pub published: Vec<PathBuf>,
}

impl std::fmt::Debug for SecretSources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretSources").field("site", &self.site).field("file", &self.file).finish_non_exhaustive()
    }
}

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the environment.
    Variable,
    /// In the file that the environment names.
    NamedFile(PathBuf),
    /// In `.safelight/secret`.
    SiteFile(PathBuf),
}

/// The secrets of a site.
#[derive(Debug)]
pub struct FoundSecret {
    /// The root secret.
    pub secret: Secret,
    /// The former one, where it was given.
    pub previous: Option<Secret>,
    /// Where the root secret was found.
    pub origin: Origin,
    /// What is not right about that place but can be meant so, each a sentence with its fix.
    pub warnings: Vec<Error>,
}

impl SecretSources {
    /// Finds the secret in the first place that has one, and judges the place; none where no place has. `tracked` says whether
    /// git tracks a file.
    ///
    /// # Errors
    /// As [`SecretSources::resolve`]; a file that is tracked by git, lies under the output, or in `.safelight` can be read by
    /// others; a secret in `site.toml`.
    pub fn find(&self, tracked: impl Fn(&Path) -> bool) -> Result<Option<FoundSecret>> {
        self.refuse_in_settings()?;
        let found = self.resolve()?;
        let mut warnings = Vec::new();
        match found.as_ref().map(|found| &found.origin) {
            Some(Origin::NamedFile(file)) => {
                SECRET_FILE.refuse_place(file, &self.published, &tracked)?;
                if readable_by_others(file) {
                    warnings.push(
                        Error::new(Code::SecretExposed, "other users on this computer can read the secret's file")
                            .at(file)
                            .hint("run `chmod 600` on it, unless your container mounts secrets this way"),
                    );
                }
            }
            Some(Origin::SiteFile(file)) => SECRET_FILE.refuse_open(file, &self.published, &tracked)?,
            Some(Origin::Variable) => {}
            None => return Ok(None),
        }
        // It opens what is still published, so it is held to the same rules, also where the environment has another.
        let former = self.site.join(PREVIOUS_FILE);
        if former.exists() {
            SECRET_FILE.refuse_open(&former, &self.published, &tracked)?;
        }
        Ok(found.map(|found| FoundSecret { warnings, ..found }))
    }

    /// The secret in the first place that has one, wherever that is; none where no place has.
    ///
    /// # Errors
    /// A secret that [`Secret::parse`] refuses; a file that cannot be read, or is named by the environment and not there; a
    /// former secret that is the current one.
    pub fn resolve(&self) -> Result<Option<FoundSecret>> {
        let named = self.file.as_ref().filter(|file| !file.as_os_str().is_empty());
        let (text, origin) = match (given(self.value.as_ref()), named) {
            (Some(value), _) => (value.clone(), Origin::Variable),
            (None, Some(file)) => {
                let text = read(file)?.ok_or_else(|| {
                    Error::new(Code::SecretFileMissing, format!("the file named by {FILE_VARIABLE} does not exist"))
                        .at(file)
                        .hint("put the secret there, or unset the variable")
                })?;
                (text, Origin::NamedFile(file.clone()))
            }
            (None, None) => {
                let file = self.site.join(FILE);
                let Some(text) = read(&file)? else { return Ok(None) };
                (text, Origin::SiteFile(file))
            }
        };
        let secret = Secret::parse(&text).map_err(|error| match &origin {
            Origin::Variable => Error { message: format!("{VARIABLE}: {}", error.message), ..error },
            Origin::NamedFile(file) | Origin::SiteFile(file) => error.at(file),
        })?;
        let previous = self.previous_of(&secret)?;
        Ok(Some(FoundSecret { secret, previous, origin, warnings: Vec::new() }))
    }

    /// Every secret that lies anywhere here, whichever counts, for what must not be published. What cannot be read, or is no
    /// secret, is passed by.
    pub fn at_hand(&self) -> Vec<Secret> {
        let given = [&self.value, &self.previous].into_iter().flatten().cloned();
        let beside = [FILE, PREVIOUS_FILE, NEW_FILE].map(|file| self.site.join(file));
        let files = self.file.iter().cloned().chain(beside).filter_map(|file| read(&file).ok()?);
        given.chain(files).filter_map(|text| Secret::parse(&text).ok()).collect()
    }

    /// The former secret, from the environment or beside the current one.
    fn previous_of(&self, current: &Secret) -> Result<Option<Secret>> {
        let (text, name) = match given(self.previous.as_ref()) {
            Some(text) => (text.clone(), PREVIOUS_VARIABLE),
            None => match read(&self.site.join(PREVIOUS_FILE))? {
                Some(text) => (text, PREVIOUS_FILE),
                None => return Ok(None),
            },
        };
        let named = |error: Error| Error { message: format!("{name}: {}", error.message), ..error };
        let previous = Secret::parse(&text).map_err(named)?;
        if previous.is_same(current) {
            return Err(Error::new(
                Code::SecretWrong,
                format!("{name} contains the current secret, not the former one"),
            )
            .hint("use the secret from before the rotation, or remove this one"));
        }
        Ok(Some(previous))
    }

    fn refuse_in_settings(&self) -> Result<()> {
        let path = self.site.join("site.toml");
        match std::fs::read(&path) {
            Ok(bytes) => refuse_secret_in(&String::from_utf8_lossy(&bytes), &path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(Code::CannotRead, "read", &path, error)),
        }
    }
}

/// Writes a secret to a new file that nobody else can read, and makes its folder, closed to others, where there is none.
///
/// # Errors
/// A file that is there already: it is never overwritten.
pub fn write_new(secret: &Secret, path: &Path) -> Result<()> {
    make_private_folder(path.parent())?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::new(
            Code::SecretExists,
            "a secret exists already and is not overwritten",
        )
        .at(path)
        .hint(
            "without it no link can be made again; to replace it on purpose, run `safelight secret rotate --until 30d`",
        ),
        _ => Error::io(Code::CannotWrite, "write the secret", path, error),
    })?;
    let text = secret.expose_text();
    let written = file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // Half a secret would keep the next attempt from being made.
        let _ = std::fs::remove_file(path);
        Error::io(Code::CannotWrite, "write the secret", path, error)
    })
}

/// Makes a folder that is closed to others, where there is none yet.
pub(super) fn make_private_folder(folder: Option<&Path>) -> Result<()> {
    let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Error::io(Code::CannotWrite, "create the folder", folder, error))
}

fn given(value: Option<&Zeroizing<String>>) -> Option<&Zeroizing<String>> {
    value.filter(|text| !text.is_empty())
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    let Some(bytes) = SECRET_FILE.read(path)? else { return Ok(None) };
    match bytes.as_deref().map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(text)) => Ok(Some(Zeroizing::new(text.to_owned()))),
        _ => Err(Error::new(Code::SecretDamaged, "the file does not contain a secret")
            .at(path)
            .hint("a secret is one line that begins with `slk1_`")),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn secret(seed: u8) -> Secret {
        Secret::generate(std::array::from_fn(|place| (place as u8).wrapping_mul(7).wrapping_add(seed))).unwrap()
    }

    fn text(seed: u8) -> Option<Zeroizing<String>> {
        Some(secret(seed).expose_text())
    }

    fn site() -> (tempfile::TempDir, SecretSources) {
        let folder = tempfile::tempdir().unwrap();
        let sources = SecretSources { site: folder.path().to_owned(), ..SecretSources::default() };
        (folder, sources)
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_first_source_that_is_set_wins_and_an_empty_one_is_not_set() {
        let (folder, mut sources) = site();
        assert!(sources.find(|_| false).unwrap().is_none());
        write_new(&secret(1), &folder.path().join(FILE)).unwrap();
        let found = |sources: &SecretSources| sources.find(|_| false).unwrap().unwrap();
        assert!(found(&sources).secret.is_same(&secret(1)));
        let named = folder.path().join("elsewhere");
        write_new(&secret(2), &named).unwrap();
        sources.file = Some(named.clone());
        assert_eq!(found(&sources).origin, Origin::NamedFile(named));
        sources.value = Some(Zeroizing::new(String::new()));
        assert!(found(&sources).secret.is_same(&secret(2)));
        sources.value = text(3);
        assert_eq!(found(&sources).origin, Origin::Variable);
        assert!(found(&sources).secret.is_same(&secret(3)));
        assert!(!format!("{sources:?}").contains("slk1_"));
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_in_the_site_and_warned_about_elsewhere() {
        let (folder, mut sources) = site();
        let own = folder.path().join(FILE);
        write_new(&secret(1), &own).unwrap();
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(sources.find(|_| false).unwrap_err().message.contains("other users"));
        sources.file = Some(own);
        assert_eq!(sources.find(|_| false).unwrap().unwrap().warnings.len(), 1);
    }

    #[test]
    fn a_secret_under_git_under_the_output_or_in_the_settings_is_refused() {
        let (folder, mut sources) = site();
        let own = folder.path().join(FILE);
        write_new(&secret(1), &own).unwrap();
        assert!(sources.find(|path| path == own).unwrap_err().message.contains("git tracks"));
        sources.published = vec![folder.path().to_owned()];
        assert!(sources.find(|_| false).unwrap_err().message.contains("published"));
        sources.published = vec![folder.path().join("public")];
        assert!(sources.find(|_| false).is_ok());
        std::fs::write(folder.path().join("site.toml"), format!("a = 1\nb = '{}'", *secret(2).expose_text())).unwrap();
        assert!(sources.find(|_| false).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn the_former_secret_must_be_another_one() {
        let (_folder, mut sources) = site();
        sources.value = text(1);
        sources.previous = Some(Zeroizing::new(String::new()));
        assert!(sources.find(|_| false).unwrap().unwrap().previous.is_none());
        sources.previous = text(1);
        assert!(sources.find(|_| false).unwrap_err().message.contains("current secret"));
        sources.previous = text(2);
        assert!(sources.find(|_| false).unwrap().unwrap().previous.unwrap().is_same(&secret(2)));
    }

    #[test]
    fn the_former_secret_beside_the_current_one_is_held_to_the_same_rules() {
        let (folder, mut sources) = site();
        let (own, former) = (folder.path().join(FILE), folder.path().join(PREVIOUS_FILE));
        write_new(&secret(1), &own).unwrap();
        write_new(&secret(2), &former).unwrap();
        assert!(sources.find(|_| false).unwrap().unwrap().previous.unwrap().is_same(&secret(2)));
        assert!(sources.find(|path| path == former).unwrap_err().message.contains("git tracks"));
        std::fs::set_permissions(&former, std::fs::Permissions::from_mode(0o644)).unwrap();
        for previous in [None, text(3)] {
            sources.previous = previous;
            let error = sources.find(|_| false).unwrap_err();
            assert!(error.message.contains("other users") && error.to_string().contains("secret.previous"), "{error}");
        }
        std::fs::set_permissions(&former, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(sources.find(|_| false).unwrap().unwrap().previous.unwrap().is_same(&secret(3)));
        sources.previous = None;
        // Both below the output, the current one given otherwise.
        sources.value = text(1);
        sources.published = vec![folder.path().join(".safelight")];
        assert!(sources.find(|_| false).unwrap_err().message.contains("published"));
        sources.published = Vec::new();
        std::fs::write(&former, "slk1_abcdefgh").unwrap();
        let error = sources.find(|_| false).unwrap_err();
        assert!(error.message.starts_with(PREVIOUS_FILE) && !error.message.contains("abcdefgh"), "{error}");
    }

    #[test]
    fn every_secret_that_lies_here_is_at_hand_and_what_is_none_is_passed_by() {
        let (folder, mut sources) = site();
        assert!(sources.at_hand().is_empty());
        for (seed, file) in [(1, FILE), (2, PREVIOUS_FILE), (3, NEW_FILE), (4, "named")] {
            write_new(&secret(seed), &folder.path().join(file)).unwrap();
        }
        (sources.value, sources.previous) = (text(5), Some(Zeroizing::new("slk1_abcdefgh".to_owned())));
        sources.file = Some(folder.path().join("named"));
        let found = sources.at_hand();
        assert_eq!(found.len(), 5);
        assert!((1..=5).all(|seed| found.iter().any(|found| found.is_same(&secret(seed)))));
    }

    #[test]
    fn a_new_secret_is_closed_to_others_and_never_written_over_an_old_one() {
        let (folder, _) = site();
        let own = folder.path().join(FILE);
        write_new(&secret(1), &own).unwrap();
        assert_eq!((mode(&own), mode(own.parent().unwrap())), (0o600, 0o700));
        assert!(write_new(&secret(2), &own).unwrap_err().hint.is_some());
        assert_eq!(std::fs::read_to_string(&own).unwrap(), format!("{}\n", *secret(1).expose_text()));
    }

    #[test]
    fn errors_name_the_source_and_not_the_text() {
        let (folder, mut sources) = site();
        sources.value = Some(Zeroizing::new("slk1_abcdefgh".to_owned()));
        let error = sources.find(|_| false).unwrap_err();
        assert!(error.message.starts_with("SAFELIGHT_SECRET: ") && !error.message.contains("abcdefgh"));
        sources.value = None;
        sources.file = Some(folder.path().join("none"));
        assert!(sources.find(|_| false).unwrap_err().message.contains("does not exist"));
    }
}
