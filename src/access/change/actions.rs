//! The actions: share, revoke, extend, expire, rotate, close, forget, another root, and days that are put right.

use jiff::civil::Date;

use super::super::identifier::{GalleryId, LinkId};
use super::super::ledger::{LEDGER_FILE, Ledger, LedgerGallery, Link, LinkName, PreviousRoot};
use super::super::life::{Today, state};
use super::{Change, Edit, Effects};
use crate::{Code, Error, Result};

/// Longest name of a recipient, in characters.
const LONGEST_NAME: usize = 200;

/// What an action must know besides the ledger.
#[derive(Clone, Copy)]
pub struct ActionContext<'a> {
    /// The day.
    pub today: Today,
    /// The last day that a gallery's own `gallery.toml` gives it.
    pub gallery_expires: &'a dyn Fn(GalleryId) -> Option<Date>,
}

/// A link to be made.
#[derive(Clone, Debug)]
pub struct Share<'a> {
    /// The gallery's id: the one its folder has, or a fresh one.
    pub gallery: GalleryId,
    /// Where its folder is now.
    pub path: &'a str,
    /// A fresh id for the link.
    pub link: LinkId,
    /// Whom it is for.
    pub to: &'a str,
    /// What it opens; empty for the audience without a name.
    pub audience: &'a str,
    /// Its last day; none takes the gallery's, if it has one.
    pub expires: Option<Date>,
    /// Whether the site puts the last day into the address.
    pub dated: bool,
    /// Whether its code works at the look-up page.
    pub find: bool,
}

/// Makes a link. Nothing that exists moves.
///
/// # Errors
/// A gallery that is closed or has ended; a last day that has passed or is later than the gallery's;
/// a name that is empty, or that a living link of the gallery has already.
pub fn share(ledger: &Ledger, situation: &ActionContext<'_>, share: &Share<'_>) -> Result<Change> {
    let to = recipient(share.to)?;
    let mut edits = Vec::new();
    match ledger.gallery(share.gallery) {
        None => edits.push(Edit::GalleryAdded { id: share.gallery, path: share.path.to_owned() }),
        Some(gallery) => {
            refuse_closed(gallery)?;
            if gallery.link(share.link).is_some() {
                return Err(Error::new(Code::LedgerChanged, "the new link's id is already used")
                    .hint("run the command again: ids are random"));
            }
            let expires = (situation.gallery_expires)(gallery.id);
            let same = |link: &&Link| link.to == to && state(gallery, link, expires, situation.today).is_alive();
            if let Some(link) = gallery.links.iter().find(same) {
                return Err(Error::new(
                    Code::AlreadyShared,
                    format!("`{}` already has a working link for `{to}`", gallery.path),
                )
                .hint(format!(
                    "show it with `safelight links --reveal`, extend or revoke it (id {}), or use another name for the \
                     other person",
                    link.id
                )));
            }
            if gallery.path != share.path {
                edits.push(Edit::Moved { gallery: gallery.id, path: share.path.to_owned() });
            }
        }
    }
    let ends = (situation.gallery_expires)(share.gallery);
    let expires = share.expires.or(ends);
    within(expires, ends, share.path, situation.today)?;
    edits.push(Edit::LinkAdded {
        gallery: share.gallery,
        link: Link {
            id: share.link,
            to: to.to_owned(),
            audience: share.audience.to_owned(),
            issued: situation.today.date(),
            expires,
            dated: share.dated,
            was: Vec::new(),
            revoked: None,
            find: share.find,
        },
    });
    Ok(Change::of(ledger, situation, edits))
}

/// Revokes a link, for good: its address becomes a tombstone and its audience's files move.
///
/// # Errors
/// A link that is not there or was revoked already.
pub fn revoke(
    ledger: &Ledger,
    situation: &ActionContext<'_>,
    gallery: GalleryId,
    name: LinkName<'_>,
) -> Result<Change> {
    let gallery = ledger.require(gallery)?;
    let link = gallery.require_link(name)?;
    if let Some(on) = link.revoked {
        return Err(Error::new(Code::LinkEnded, format!("this link was already revoked on {on}")).hint("nothing to do"));
    }
    let edit = Edit::Revoked { gallery: gallery.id, link: link.id, on: situation.today.date() };
    Ok(Change::of(ledger, situation, vec![edit]))
}

/// Gives a link a later last day, or none. A link whose day has passed is revived, and the gallery's epoch rises with it, so that
/// no address of its files is ever published again that was taken down.
///
/// # Errors
/// A link that was revoked or never ends; a gallery that is closed or has ended; a day that is not later.
pub fn extend(
    ledger: &Ledger,
    situation: &ActionContext<'_>,
    gallery: GalleryId,
    name: LinkName<'_>,
    expires: Option<Date>,
) -> Result<Change> {
    let gallery = ledger.require(gallery)?;
    refuse_closed(gallery)?;
    let link = gallery.require_link(name)?;
    if let Some(on) = link.revoked {
        return Err(Error::new(Code::LinkEnded, format!("this link was permanently revoked on {on}"))
            .hint("create a new one with `safelight share`"));
    }
    let Some(former) = link.expires else {
        return Err(Error::new(Code::UnsuitableDay, "this link has no last day to extend")
            .hint("to give it one, use `safelight expire`; to end it now, revoke it"));
    };
    let ends = (situation.gallery_expires)(gallery.id);
    within(expires, ends, &gallery.path, situation.today)?;
    if expires.is_some_and(|expires| expires <= former) {
        return Err(Error::new(Code::UnsuitableDay, format!("this link already works until {former}"))
            .hint("give a later day; to end it sooner, use `safelight expire`"));
    }
    let mut edits = Vec::new();
    if former < situation.today.date() {
        edits.push(raised(gallery)?);
    }
    edits.push(Edit::Extended { gallery: gallery.id, link: link.id, expires, was: link.leaves() });
    Ok(Change::of(ledger, situation, edits))
}

/// Gives a living link its first last day, or an earlier one that has not passed. No picture moves; a dated link gets
/// another address.
///
/// # Errors
/// A link that was revoked or has ended; a gallery that is closed or has ended; a day that is not earlier, has passed, or
/// is later than the gallery's.
pub fn expire(
    ledger: &Ledger,
    situation: &ActionContext<'_>,
    gallery: GalleryId,
    name: LinkName<'_>,
    last: Date,
) -> Result<Change> {
    let gallery = ledger.require(gallery)?;
    refuse_closed(gallery)?;
    let link = gallery.require_link(name)?;
    if let Some(on) = link.revoked {
        return Err(
            Error::new(Code::LinkEnded, format!("this link was permanently revoked on {on}")).hint("nothing to end")
        );
    }
    if let Some(former) = link.expires.filter(|former| *former < situation.today.date()) {
        return Err(Error::new(Code::LinkEnded, format!("this link expired on {former}"))
            .hint("nothing to end; to let it work again, use `safelight extend`"));
    }
    within(Some(last), (situation.gallery_expires)(gallery.id), &gallery.path, situation.today)?;
    if let Some(former) = link.expires.filter(|former| *former <= last) {
        return Err(if former == last {
            Error::new(Code::UnsuitableDay, format!("this link's last day is already {former}")).hint("nothing to do")
        } else {
            Error::new(Code::UnsuitableDay, format!("this link already ends sooner, on {former}"))
                .hint("give an earlier day; for a later one, use `safelight extend`")
        });
    }
    let edit = Edit::Extended { gallery: gallery.id, link: link.id, expires: Some(last), was: link.leaves() };
    Ok(Change::of(ledger, situation, vec![edit]))
}

/// Dates every mark that is later than `clock`, which a clock that was wrong has left, back to that day. What was revoked
/// or closed stays so. Where a link counted as dead by the later day and lives by the clock, the gallery's epoch rises, as
/// for any link that is revived. Last days stay as they are.
///
/// # Errors
/// A ledger without a mark of a later day.
pub fn redate(ledger: &Ledger, situation: &ActionContext<'_>, clock: Date) -> Result<Change> {
    let is_ahead = |day: &Date| *day > clock;
    let mut edits = Vec::new();
    for gallery in &ledger.galleries {
        if gallery.closed.is_some_and(|day| is_ahead(&day)) {
            edits.push(Edit::Closed { gallery: gallery.id, on: clock });
        }
        for link in &gallery.links {
            if is_ahead(&link.issued) {
                edits.push(Edit::Redated { gallery: gallery.id, link: link.id, issued: clock });
            }
            if link.revoked.is_some_and(|day| is_ahead(&day)) {
                edits.push(Edit::Revoked { gallery: gallery.id, link: link.id, on: clock });
            }
        }
    }
    if edits.is_empty() {
        return Err(Error::new(Code::NothingToDo, format!("no ledger entry is later than today, {clock} (UTC)"))
            .at(LEDGER_FILE)
            .hint("nothing to correct"));
    }
    // Without the marks of later days the clock decides.
    let then = Today::new(clock, &Ledger::new(""));
    for gallery in &ledger.galleries {
        let expires = (situation.gallery_expires)(gallery.id);
        let alive = |link: &Link, today| state(gallery, link, expires, today).is_alive();
        if gallery.links.iter().any(|link| !alive(link, situation.today) && alive(link, then)) {
            edits.push(raised(gallery)?);
        }
    }
    Ok(Change { effects: Effects::between(ledger, &edits, situation, then), edits })
}

/// Moves all files of a gallery; links stay as they are.
///
/// # Errors
/// A gallery that is closed, or was rotated more than four thousand million times.
pub fn rotate(ledger: &Ledger, situation: &ActionContext<'_>, gallery: GalleryId) -> Result<Change> {
    let gallery = ledger.require(gallery)?;
    refuse_closed(gallery)?;
    Ok(Change::of(ledger, situation, vec![raised(gallery)?]))
}

/// Closes a gallery, for good: every link is dead at once.
///
/// # Errors
/// A gallery that is closed already.
pub fn close(ledger: &Ledger, situation: &ActionContext<'_>, gallery: GalleryId) -> Result<Change> {
    let gallery = ledger.require(gallery)?;
    refuse_closed(gallery)?;
    let edit = Edit::Closed { gallery: gallery.id, on: situation.today.date() };
    Ok(Change::of(ledger, situation, vec![edit]))
}

/// Erases a person's name wherever the ledger has it. Their links keep their ids and stay as they are.
///
/// # Errors
/// A name that the ledger does not have.
pub fn forget_person(ledger: &Ledger, situation: &ActionContext<'_>, to: &str) -> Result<Change> {
    let links = ledger.galleries.iter().flat_map(|gallery| gallery.links.iter().map(|link| (gallery.id, link)));
    let named = links.filter(|(_, link)| !to.is_empty() && link.to == to);
    let edits: Vec<Edit> = named.map(|(gallery, link)| Edit::NameBlanked { gallery, link: link.id }).collect();
    if edits.is_empty() {
        let known = ledger.galleries.iter().flat_map(|gallery| gallery.links.iter().map(|link| link.to.as_str()));
        let near = crate::error::closest_match(to, known.filter(|to| !to.is_empty()));
        let hint = near
            .map_or_else(|| "`safelight links` lists the names".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Error::new(Code::UnknownLink, format!("no link exists for `{to}`")).at(LEDGER_FILE).hint(hint));
    }
    Ok(Change::of(ledger, situation, edits))
}

/// Notes where a gallery's folder is now. Nothing moves: the id binds, not the path.
///
/// # Errors
/// A gallery that the ledger does not have.
pub fn moved(ledger: &Ledger, situation: &ActionContext<'_>, gallery: GalleryId, path: &str) -> Result<Change> {
    let known = ledger.require(gallery)?;
    let edits = if known.path == path { Vec::new() } else { vec![Edit::Moved { gallery, path: path.to_owned() }] };
    Ok(Change::of(ledger, situation, edits))
}

/// Changes the root. With `until`, planned: the former addresses work through that day. Without, because the
/// old one is known to others: nothing of the old is published again.
///
/// # Errors
/// The root that the ledger has already; a day that has passed; a planned rotation while another one lasts.
pub fn rotate_root(ledger: &Ledger, situation: &ActionContext<'_>, root: &str, until: Option<Date>) -> Result<Change> {
    if ledger.root == root {
        return Err(Error::new(Code::RotationRefused, "the links already use this root")
            .at(LEDGER_FILE)
            .hint("create another with `safelight secret new`"));
    }
    if let (Some(previous), Some(_)) = (&ledger.previous, until)
        && previous.until >= situation.today.date()
    {
        return Err(Error::new(
            Code::RotationRefused,
            format!("another secret rotation lasts until {}", previous.until),
        )
        .at(LEDGER_FILE)
        .hint(
            "wait until then, or run `safelight secret rotate --compromised`, which ends all former addresses at once",
        ));
    }
    if until.is_some_and(|until| until < situation.today.date()) {
        return Err(
            Error::new(Code::UnsuitableDay, "the last day of the former addresses has passed").hint("give a later day")
        );
    }
    let previous = until.map(|until| PreviousRoot { root: ledger.root.clone(), until });
    Ok(Change::of(ledger, situation, vec![Edit::RootChanged { root: root.to_owned(), previous }]))
}

fn raised(gallery: &LedgerGallery) -> Result<Edit> {
    let epoch = gallery.epoch.checked_add(1);
    let epoch = epoch.ok_or_else(|| {
        Error::new(Code::RotationRefused, format!("the epoch of `{}` has reached its maximum", gallery.path))
    })?;
    Ok(Edit::EpochRaised { gallery: gallery.id, epoch })
}

fn refuse_closed(gallery: &LedgerGallery) -> Result<()> {
    match gallery.closed {
        None => Ok(()),
        Some(on) => Err(Error::new(Code::GalleryEnded, format!("`{}` was permanently closed on {on}", gallery.path)).hint(
            "to share these photos again, delete the `id` line from the folder's `gallery.toml`, which makes it a new \
             gallery",
        )),
    }
}

/// No link may outlast its gallery, and none may be dead from the start.
fn within(expires: Option<Date>, ends: Option<Date>, path: &str, today: Today) -> Result<()> {
    if let Some(ends) = ends {
        if ends < today.date() {
            return Err(Error::new(Code::GalleryEnded, format!("`{path}` expired on {ends}"))
                .hint("set a later `expires` in its `gallery.toml` first"));
        }
        if expires.is_none_or(|expires| expires > ends) {
            return Err(Error::new(
                Code::UnsuitableDay,
                format!("`{path}` ends on {ends}, and its links cannot outlast it"),
            )
            .hint("give an earlier day, or set a later `expires` in its `gallery.toml`"));
        }
    }
    match expires.filter(|expires| *expires < today.date()) {
        None => Ok(()),
        Some(expires) => {
            Err(Error::new(Code::UnsuitableDay, format!("{expires} has passed: today is {} (UTC)", today.date()))
                .hint("give a later day"))
        }
    }
}

fn recipient(to: &str) -> Result<&str> {
    let to = to.trim();
    let message = if to.is_empty() {
        "a link needs the name of its recipient"
    } else if to.chars().count() > LONGEST_NAME {
        "the recipient's name is longer than 200 characters"
    } else if to.chars().any(char::is_control) {
        "the recipient's name contains a control character"
    } else {
        return Ok(to);
    };
    Err(Error::new(Code::InvalidRecipient, message)
        .hint("give a name such as `--to \"the couple\"`, so that you can identify and revoke this link later"))
}
