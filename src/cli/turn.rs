//! Waiting while another command is at work on the site.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, UNIX_EPOCH};

use safelight::config::STATE_FOLDER;
use safelight::lock::{Holder, Lock, Looking, Patience};
use safelight::{Error, ErrorKind, Errors};
use serde_json::json;

use super::Context;

/// Waits until no other build is at work on the site, and holds the others off. What is read afterwards is what they left,
/// so settings, secret and ledger are read after this. Nothing is locked where there is no site, or nothing can be written;
/// then what comes next says why.
///
/// # Errors
/// Another command that takes longer than one waits; waiting that was stopped.
pub(crate) fn take(context: &Context, cancel: Option<&AtomicBool>) -> Result<Option<Arc<Lock>>, Vec<Error>> {
    let Some(folder) = state_folder(context) else { return Ok(None) };
    if safelight::files::private_folder_if_missing(&folder).is_err() {
        return Ok(None);
    }
    match with_patience(context, cancel, |patience| Lock::of_state(&folder, patience)) {
        Ok(lock) => Ok(Some(Arc::new(lock))),
        Err(error) if error.kind() == ErrorKind::Io => Ok(None),
        Err(error) => Err(vec![error]),
    }
}

/// Waits until no other build is at work on the site, for commands that only look; none begins before what is given goes.
///
/// # Errors
/// Those of [`take`].
pub(crate) fn look(context: &Context, cancel: Option<&AtomicBool>) -> Result<Option<Looking>, Vec<Error>> {
    let Some(folder) = state_folder(context) else { return Ok(None) };
    let looking = with_patience(context, cancel, |patience| Lock::for_looking(&folder, patience));
    looking.map(Some).map_err(Errors::from)
}

/// Calls `attempt` with how long it may wait, and tells for whom it does.
pub(crate) fn with_patience<T>(
    context: &Context,
    cancel: Option<&AtomicBool>,
    attempt: impl FnOnce(&Patience<'_>) -> T,
) -> T {
    let tell = |holder: &Holder| {
        let since = holder.since.and_then(|since| since.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs());
        context.voice.json(&json!({
            "event": "waiting", "process": holder.process, "command": holder.command,
            "since": since.and_then(|since| jiff::Timestamp::from_second(i64::try_from(since).ok()?).ok()),
        }));
        context.voice.note(&format!("waiting for {holder}"));
    };
    attempt(&Patience { command: &context.command, at_most: context.common.lock_timeout, cancel, tell: &tell })
}

/// Where the site's state lies, if there is a site. Where the settings name other folders, this one stays.
fn state_folder(context: &Context) -> Option<PathBuf> {
    let file = context.site_file();
    let root = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    file.is_file().then(|| root.join(STATE_FOLDER))
}

/// `90s`, `10m`, `1h`; a number alone is of seconds.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let (number, factor) = match text.as_bytes() {
        [.., b's'] => (&text[..text.len() - 1], 1),
        [.., b'm'] => (&text[..text.len() - 1], 60),
        [.., b'h'] => (&text[..text.len() - 1], 3600),
        _ => (text, 1),
    };
    let seconds = number.parse::<u32>().map_err(|_| "expected a time such as 90s, 10m or 1h".to_owned())?;
    Ok(Duration::from_secs(u64::from(seconds) * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_wait_is_typed_in_seconds_minutes_or_hours() {
        let seconds = |text| parse_duration(text).ok().map(|time| time.as_secs());
        assert_eq!(
            ["0", "90", "90s", " 10m ", "1h"].map(seconds),
            [Some(0), Some(90), Some(90), Some(600), Some(3600)]
        );
        assert_eq!(["", "s", "-1s", "1d", "1.5m", "9999999999s", "\u{663}m"].map(seconds), [None; 7]);
    }
}
