//! One action of a change, carried out on a target.

use std::collections::BTreeMap;

use super::change::{Action, Change};
use super::session::{Bytes, Contents};
use super::store::{Body, Condition, Copied, Store};
use crate::{Error, Result};

/// Does one thing, or removes several files at once; gives what failed.
pub(super) fn perform(
    site: &dyn Store,
    change: &Change<'_>,
    actions: &[Action],
    contents: Contents<'_>,
    told: &(dyn Fn() + Sync),
) -> Vec<Error> {
    let send = |at: usize, from: Option<usize>| -> Result<()> {
        let record = change.wanted.record(at);
        let (headers, bytes) = contents(&record)?;
        if let Some(from) = from
            && site.copy(change.online.path(from), record.path, headers)? == Copied::Done
        {
            return Ok(());
        }
        let body = match &bytes {
            Bytes::Made(bytes) => Body::Bytes(bytes),
            Bytes::Of(path) => Body::File { path, size: record.size },
        };
        site.put(record.path, headers, body, Condition::Always).map(drop)
    };
    match actions {
        [action @ (Action::Send(at) | Action::Copy(at, _))] => {
            let from = if let Action::Copy(_, from) = action { Some(*from) } else { None };
            match send(*at, from) {
                Ok(()) => {
                    change.mark(*action);
                    told();
                    Vec::new()
                }
                Err(error) => vec![error],
            }
        }
        removals => remove(site, change, removals, told),
    }
}

/// Removes several files at once; gives what failed.
pub(super) fn remove(
    site: &dyn Store,
    change: &Change<'_>,
    removals: &[Action],
    told: &(dyn Fn() + Sync),
) -> Vec<Error> {
    let position = |action: &Action| if let Action::Remove(at) = action { Some(*at) } else { None };
    let paths: Vec<&str> = removals.iter().filter_map(position).map(|at| change.online.path(at)).collect();
    let failed: BTreeMap<usize, Error> = site.delete(&paths).into_iter().collect();
    for (_, action) in removals.iter().enumerate().filter(|(at, _)| !failed.contains_key(at)) {
        change.mark(*action);
        told();
    }
    failed.into_values().collect()
}

/// The same error of a thousand files is told once.
pub(super) fn each_once(errors: Vec<Error>) -> Vec<Error> {
    let (mut told, mut more): (Vec<Error>, usize) = (Vec::new(), 0);
    for error in errors {
        match told.iter().any(|other| other.message == error.message) || told.len() >= 5 {
            true => more += 1,
            false => told.push(error),
        }
    }
    if let Some(last) = told.last_mut().filter(|_| more > 0) {
        last.message.push_str(&format!(" (and {more} more)"));
    }
    told
}
