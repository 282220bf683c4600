//! One run against a target: what lies there, one change of it, and what is to be told to caches afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use super::action::remove;
use super::change::Change;
use super::header::{Header, random_name};
use super::online::{Online, too_many, unrecorded};
use super::purge::PurgeList;
use super::session::{Contents, Event, GivenBack, Listener, NotTaken, Session, Terms, Told};
use super::state::{State, States};
use super::store::{Condition, Store};
use crate::access::Keys;
use crate::publish::{Manifest, Record};
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
    /// A state that is damaged counts as none, and of one that is sound nothing is believed but the names of files.
    pub rebuild: bool,
    /// The folders of public galleries that are closed today, for where no state says what lies there.
    pub closed: &'a dyn Fn() -> Vec<String>,
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
    /// Whether a state said what lies there. Without one, only the private folders are known, and folders of closed galleries.
    pub has_record: bool,
    /// States of former roots, which end with the next change.
    superseded: Vec<String>,
}

impl OnTarget {
    /// Whether the next change ends states of former roots.
    pub fn supersedes(&self) -> bool {
        !self.superseded.is_empty()
    }
}

impl Run<'_> {
    /// Looks at what lies there; changes nothing.
    ///
    /// # Errors
    /// A state that is damaged or of another secret; private parts that cannot be known here; those of the target.
    pub fn look(&self) -> Result<OnTarget> {
        let mut on_target = self.read()?;
        let mut manifest = std::mem::take(&mut on_target.online.manifest);
        if !on_target.has_record {
            manifest = unrecorded(self.site, &(self.closed)())?;
        } else if self.rebuild {
            on_target.state.header.unproved.clear();
            let suspect = manifest.iter().map(|record| Record { settled: false, ..record });
            manifest = Manifest::of(suspect, manifest.notes().clone()).map_err(too_many)?;
        }
        on_target.online = Online::look(self.site, manifest)?;
        if self.states.keys.is_none() && on_target.online.has_private() {
            return Err(private_parts());
        }
        Ok(on_target)
    }

    /// What the state says of a target that cannot be looked at; nothing where there is none.
    ///
    /// # Errors
    /// Those of [`Self::look`].
    pub fn believe(&self) -> Result<Option<OnTarget>> {
        self.read().map(|on_target| Some(on_target).filter(|on_target| on_target.has_record))
    }

    /// Reads the state, and which states of former roots there are.
    fn read(&self) -> Result<OnTarget> {
        let (mut state, mut has_record) = self.read_one(self.states)?;
        let mut superseded = self.states.others()?;
        // The states of the former root, and of the time before there was a secret.
        let former = [self.previous, None].map(|keys| States { keys, ..*self.states });
        let is_former = |path: &String| former.iter().any(|former| former.path() == *path);
        if self.states.of.is_some() {
            superseded.retain(is_former);
        }
        if self.states.keys.is_none() && !superseded.is_empty() {
            return Err(private_parts());
        }
        for other in superseded.iter().filter(|path| !is_former(path)) {
            if !self.states.may_replace(other)? {
                return Err(another_site(self.site.name()));
            }
        }
        if state.version.is_none()
            && let Some(former) = former.iter().find(|former| superseded.contains(&former.path()))
        {
            // It goes on under the new name.
            (state, has_record) = self.read_one(former)?;
            state.version = None;
        }
        let online = Online { manifest: std::mem::take(&mut state.manifest), ..Online::default() };
        Ok(OnTarget { state, online, has_record, superseded })
    }

    /// Reads one of the states, and says whether it can be believed. One that is damaged counts as none where that is asked for.
    fn read_one(&self, states: &States<'_>) -> Result<(State, bool)> {
        match states.read() {
            Err(error) if error.code == Code::StateDamaged && self.rebuild => {
                let version = states.store.get(&states.path(), &mut std::io::sink())?;
                Ok((State { version, ..State::default() }, false))
            }
            read => read.map(|state| {
                let is_there = state.version.is_some();
                (state, is_there)
            }),
        }
    }

    /// Takes the state, carries the change out, and gives the state back. `record` is what the state says besides from the
    /// beginning; `finish` changes it once everything is done.
    ///
    /// A target that takes nothing more keeps nothing up that is withdrawn: what goes from the private folders goes first then,
    /// which makes room. As they are listed each time, the state need not say so before.
    ///
    /// # Errors
    /// Those of [`Session::take`]; nothing has changed then, but for what the change has marked as done.
    pub fn carry_out<'c>(
        &'c self,
        on_target: &OnTarget,
        mut record: Told,
        change: &'c Change<'c>,
        contents: Contents<'_>,
        withdraws: bool,
        finish: impl FnOnce(&mut Header, &mut BTreeMap<String, Vec<u8>>),
    ) -> Result<Outcome<'c>, NotTaken> {
        let pending = record.0.pending.clone();
        if let Some(base) = self.purges {
            // Whoever comes after a run that was killed finds nothing there any more that caches must forget.
            record.0.pending.extend(PurgeList::of(change, base, |_| true));
        }
        let take = |record| {
            let known = (on_target.state.version.as_ref(), record);
            Session::take(self.states, self.site, known, change, (self.terms, self.cancel, self.listener))
        };
        let mut session = match take(record.clone()) {
            Err(NotTaken::Failed(error)) if withdraws && takes_nothing(&error) => {
                self.remove_unusable(on_target);
                self.clear(change);
                take(record)
            }
            taken => taken,
        }?;
        // Before anything changes: whoever has a former root must not believe that the target is theirs.
        let mut errors: Vec<Error> =
            on_target.superseded.iter().filter_map(|former| self.states.give_up(former).err()).collect();
        if errors.is_empty() {
            errors.extend(self.remove_unusable(on_target));
            let mut failed = session.carry_out(contents, withdraws, self.listener).err().unwrap_or_default();
            let is_kept_up = |change: &Change<'_>| change.writings().any(|(_, replaced, done)| replaced && !done);
            if withdraws && failed.iter().any(takes_nothing) && is_kept_up(change) {
                self.clear(change);
                failed = session.carry_out(contents, withdraws, self.listener).err().unwrap_or_default();
            }
            errors.extend(failed);
        }
        let (header, notes) = session.record_mut();
        if errors.is_empty() {
            finish(header, notes);
        }
        if let Some(base) = self.purges {
            header.pending = pending;
            header.pending.extend(PurgeList::of(change, base, |is_done| is_done));
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

    /// Removes files that no page leads to; gives what failed.
    fn remove_unusable(&self, on_target: &OnTarget) -> Vec<Error> {
        let unusable: Vec<&str> = on_target.online.unusable.iter().map(String::as_str).collect();
        let batches = unusable.chunks(self.site.delete_batch().max(1));
        batches.flat_map(|some| self.site.delete(some)).map(|(_, error)| error).collect()
    }

    /// Removes what a withdrawal takes from the private folders, pages first. What fails is tried again by who carries it out.
    fn clear(&self, change: &Change<'_>) {
        for wave in change.clearing() {
            for some in wave.chunks(self.site.delete_batch().max(1)) {
                remove(self.site, change, some, &|| ());
            }
        }
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

    /// Notes that these addresses were seen to be gone. Where somebody else is at work, the next publish looks again.
    ///
    /// # Errors
    /// Those of the target.
    pub fn proved(&self, addresses: &BTreeSet<String>) -> Result<()> {
        let State { manifest, mut header, version: Some(version) } = self.states.read()? else { return Ok(()) };
        let before = header.unproved.len();
        header.unproved.retain(|address, _| !addresses.contains(address));
        if header.holder.is_some() || header.unproved.len() == before {
            return Ok(());
        }
        header.nonce = random_name()?;
        let write = |condition| self.states.write(&header, manifest.notes(), || manifest.iter(), condition);
        match write(Condition::Unchanged(&version)) {
            // Of this the publish has warned already.
            Err(error) if error.code == Code::TargetUnguarded => write(Condition::Always).map(drop),
            written => written.map(drop),
        }
    }

    /// Tells something to the listener.
    pub fn warn(&self, error: &Error) {
        (self.listener)(Event::Warning(error));
    }
}

fn another_site(target: &str) -> Error {
    Error::new(
        Code::PrivatePartsOnline,
        format!("another site is published on {target}, or this one with another secret and another ledger"),
    )
    .hint(
        "get `access.toml` and the secret from the computer that publishes it, or name another place in `to`; to replace that site, \
         delete `safelight-state` there first",
    )
}

/// Whether a target that can be reached did not take what was to be written. Not every one says that it is full.
fn takes_nothing(error: &Error) -> bool {
    matches!(error.code, Code::TargetFull | Code::TargetRefused)
}

fn private_parts() -> Error {
    Error::new(
        Code::PrivatePartsOnline,
        "the target has private galleries, and there is no secret here that they belong to",
    )
    .hint("put the site's secret into `.safelight/secret` or SAFELIGHT_SECRET")
}
