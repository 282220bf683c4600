//! One run against a target: what lies there, one change of it, and what is to be told to caches afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use super::change::Change;
use super::header::Header;
use super::online::Online;
use super::session::{Contents, Event, GivenBack, Listener, NotTaken, Session, Terms, Told};
use super::state::{State, States};
use super::store::Store;
use super::withdrawal::folder_of;
use crate::access::Keys;
use crate::publish::{Manifest, Phase, Reach, url_path};
use crate::{Code, Error, Result};

/// A target and how it is changed.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The target.
    pub site: &'a dyn Store,
    /// Where its state lies.
    pub states: &'a States<'a>,
    /// The former root's keys, where they are at hand.
    pub previous: Option<&'a Keys>,
    /// Who, with how many requests at once.
    pub terms: &'a Terms,
    /// Set to stop; what is withdrawn is withdrawn all the same.
    pub cancel: &'a AtomicBool,
    /// Hears of progress and warnings.
    pub listener: Listener<'a>,
    /// A state that is damaged counts as none.
    pub rebuild: bool,
    /// The base path of addresses, as in `/photos/`, where caches are to be told.
    pub purges: Option<&'a str>,
}

/// What came of a change.
#[derive(Debug)]
pub struct Outcome<'c> {
    /// What could not be done.
    pub errors: Vec<Error>,
    /// The state as it was given back; none where that failed.
    pub given: Option<GivenBack<'c>>,
}

/// What lies on a target.
#[derive(Debug, Default)]
pub struct OnTarget {
    /// The state as it was read, without its files.
    pub state: State,
    /// The files.
    pub online: Online,
    /// States of former roots, which end with the next change.
    superseded: Vec<String>,
}

/// What caches must forget, as URL paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stale {
    /// Folders of which everything must be forgotten, each with a slash at its end.
    pub folders: BTreeSet<String>,
    /// Single addresses, percent-encoded.
    pub files: BTreeSet<String>,
}

impl Run<'_> {
    /// Looks at what lies there; changes nothing.
    ///
    /// # Errors
    /// A state that is damaged or of another secret; private parts that cannot be known here; those of the target.
    pub fn look(&self) -> Result<OnTarget> {
        let (state, superseded) = self.read()?;
        let mut state = state.unwrap_or_default();
        let manifest = std::mem::take(&mut state.manifest);
        let online = Online::look(self.site, manifest)?;
        if self.states.keys.is_none() && online.has_private() {
            return Err(private_parts());
        }
        Ok(OnTarget { state, online, superseded })
    }

    /// What the state says of a target that cannot be looked at; nothing where there is none.
    ///
    /// # Errors
    /// Those of [`Self::look`].
    pub fn believe(&self) -> Result<Option<OnTarget>> {
        let (state, superseded) = self.read()?;
        Ok(state.map(|mut state| {
            let manifest = std::mem::take(&mut state.manifest);
            OnTarget { state, online: Online { manifest, ..Online::default() }, superseded }
        }))
    }

    /// Reads the state, and which states of former roots there are.
    fn read(&self) -> Result<(Option<State>, Vec<String>)> {
        let state = match self.states.read() {
            Err(error) if error.code == Code::StateDamaged && self.rebuild => {
                let version = self.states.store.get(&self.states.path(), &mut std::io::sink())?;
                State { version, ..State::default() }
            }
            other => other?,
        };
        let superseded = self.states.others()?;
        if self.states.keys.is_none() && !superseded.is_empty() {
            return Err(private_parts());
        }
        if state.version.is_some() {
            return Ok((Some(state), superseded));
        }
        // The state of the former root, or of the time before there was a secret, goes on under the new name.
        let former = [self.previous, None].map(|keys| States { keys, ..*self.states });
        let former = former.iter().find(|former| superseded.contains(&former.path()));
        let state = former.map(|former| former.read().map(|state| State { version: None, ..state })).transpose()?;
        Ok((state, superseded))
    }

    /// Takes the state, carries the change out, and gives the state back. `record` is what the state says besides from the
    /// beginning; `finish` changes it once everything is done.
    ///
    /// # Errors
    /// Those of [`Session::take`]; nothing has changed then.
    pub fn carry_out<'c>(
        &'c self,
        on_target: &OnTarget,
        record: Told,
        change: &'c Change<'c>,
        contents: Contents<'_>,
        withdraws: bool,
        finish: impl FnOnce(&mut Header, &mut BTreeMap<String, Vec<u8>>),
    ) -> Result<Outcome<'c>, NotTaken> {
        let mut session = Session::take(
            self.states,
            self.site,
            (on_target.state.version.as_ref(), record),
            change,
            (self.terms, self.cancel, self.listener),
        )?;
        // Before anything changes: whoever has a former root must not believe that the target is theirs.
        let mut errors: Vec<Error> =
            on_target.superseded.iter().filter_map(|former| self.states.give_up(former).err()).collect();
        if errors.is_empty() {
            // No page leads to these.
            let unusable: Vec<&str> = on_target.online.unusable.iter().map(String::as_str).collect();
            for some in unusable.chunks(self.site.delete_batch().max(1)) {
                errors.extend(self.site.delete(some).into_iter().map(|(_, error)| error));
            }
            errors.extend(session.carry_out(contents, withdraws, self.listener).err().into_iter().flatten());
        }
        let (header, notes) = session.record_mut();
        if errors.is_empty() {
            finish(header, notes);
        }
        if let Some(base) = self.purges {
            header.pending.extend(Stale::of(change, base));
        }
        let given = match session.give_back() {
            Ok(given) => Some(given),
            Err(error) => {
                errors.push(error);
                None
            }
        };
        Ok(Outcome { errors, given })
    }

    /// Lists the private folders once more, after a change that made them what is `wanted`: they hold that, unless somebody else wrote
    /// there meanwhile.
    ///
    /// # Errors
    /// Files that do not belong there, or are missing; those of the target.
    pub fn verify(&self, wanted: &Manifest) -> Result<()> {
        let (missing, foreign) = Online::differences(self.site, wanted)?;
        // Another publish since then looks after what it has made of them.
        if missing + foreign == 0 || self.states.read()?.header.run != self.terms.run {
            return Ok(());
        }
        let message = format!(
            "somebody else changed the private folders during the publish: {missing} files are missing, {foreign} do not belong there"
        );
        Err(Error::new(Code::StillOnline, message).hint("publish again"))
    }

    /// Tells something to the listener.
    pub fn warn(&self, error: &Error) {
        (self.listener)(Event::Warning(error));
    }
}

impl Stale {
    /// What a change has made stale, by what has been done of it. `base` as in `/photos/`.
    pub fn of(change: &Change<'_>, base: &str) -> Self {
        let mut stale = Self::default();
        for (record, is_done) in change.removals() {
            match folder_of(record.path).filter(|_| record.reach == Reach::Private) {
                _ if !is_done => {}
                Some(folder) => drop(stale.folders.insert(url_path(base, folder))),
                None => stale.add(base, record.path),
            }
        }
        for (record, replaced, is_done) in change.writings() {
            if replaced && is_done {
                stale.add(base, record.path);
            } else if is_done && record.phase == Phase::Page {
                // A cache may remember that there was nothing.
                stale.files.insert(url_path(base, record.path));
            }
        }
        stale
    }

    fn add(&mut self, base: &str, path: &str) {
        let short = url_path(base, path);
        if short.ends_with('/') {
            self.files.insert(format!("{short}index.html"));
        }
        self.files.insert(short);
    }

    /// Whether caches have nothing to forget.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }

    /// Adds what another change has made stale.
    pub fn extend(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.files.extend(other.files);
    }

    /// Addresses as lines, folders with `*` at their end; a file in such a folder is left out.
    pub fn lines(&self) -> Vec<String> {
        let covered = |file: &str| self.folders.iter().any(|folder| file.starts_with(folder.as_str()));
        let files = self.files.iter().filter(|file| !covered(file)).cloned();
        self.folders.iter().map(|folder| format!("{folder}*")).chain(files).collect()
    }
}

fn private_parts() -> Error {
    Error::new(
        Code::PrivatePartsOnline,
        "the target has private galleries, and there is no secret here that they belong to",
    )
    .hint("put the site's secret into `.safelight/secret` or SAFELIGHT_SECRET")
}
