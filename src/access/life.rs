//! Link states: which links work today, and why the others do not.

use jiff::civil::Date;

use super::identifier::{GalleryId, LinkId};
use super::ledger::{LEDGER_FILE, Ledger, LedgerGallery, Link};
use crate::{Code, Error};

/// The day that decides over life and death; never earlier than the newest entry of the ledger, so
/// that a clock that was set back revives nothing that was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Today(Date);

impl Today {
    /// The later of the given day (UTC) and the newest day on which something was issued, revoked or closed.
    pub fn new(given: Date, ledger: &Ledger) -> Self {
        Self(ledger.newest_day().map_or(given, |newest| newest.max(given)))
    }

    /// The day.
    pub fn date(self) -> Date {
        self.0
    }

    /// The day as a number of eight digits, 20270630, as gates compare it.
    pub fn digits(self) -> u32 {
        super::keys::digits(Some(self.0)).parse().unwrap_or_default()
    }
}

/// What to tell where the ledger's newest entry is of a later day than the clock's, which then decides; none where it is not.
pub fn ahead_of_clock(ledger: &Ledger, clock: Date) -> Option<Error> {
    let newest = ledger.newest_day().filter(|newest| *newest > clock)?;
    let days = (newest - clock).get_days();
    let lead = match days {
        1 => "a day".to_owned(),
        2..731 => format!("{days} days"),
        _ => format!("{days} days (about {} years)", (f64::from(days) / 365.25).round()),
    };
    let message = format!(
        "the ledger is {lead} ahead of the clock: its newest entry is dated {newest}, but today is {clock} (UTC); \
         everything with a last day before {newest} counts as expired"
    );
    let hint = "if the clock is wrong, correct it; if it is right now and was ahead when that entry was made, run \
                `safelight repair`";
    Some(Error::new(Code::LedgerAhead, message).at(LEDGER_FILE).hint(hint))
}

/// Whether a link works, and if not, since when and why. Where several reasons hold, the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It opens its gallery.
    Alive,
    /// It was revoked on this day.
    Revoked(Date),
    /// Its gallery was closed on this day.
    GalleryClosed(Date),
    /// Its last day was this one.
    Expired(Date),
    /// Its gallery's last day was this one.
    GalleryExpired(Date),
}

impl LinkState {
    /// Whether it is alive.
    pub fn is_alive(self) -> bool {
        self == Self::Alive
    }

    /// The first day on which it was dead.
    pub fn dead_since(self) -> Option<Date> {
        match self {
            Self::Alive => None,
            Self::Revoked(on) | Self::GalleryClosed(on) => Some(on),
            Self::Expired(last) | Self::GalleryExpired(last) => Some(day_after(last)),
        }
    }
}

/// The state of a link; `gallery_expires` is the last day that the gallery's own `gallery.toml` gives it.
pub fn state(gallery: &LedgerGallery, link: &Link, gallery_expires: Option<Date>, today: Today) -> LinkState {
    // A revocation and a closed gallery hold at once, whatever the day written there.
    let deaths = [
        link.revoked.map(LinkState::Revoked),
        gallery.closed.map(LinkState::GalleryClosed),
        link.expires.filter(|last| *last < today.0).map(LinkState::Expired),
        gallery_expires.filter(|last| *last < today.0).map(LinkState::GalleryExpired),
    ];
    deaths.into_iter().flatten().min_by_key(|death| death.dead_since()).unwrap_or(LinkState::Alive)
}

/// The last day on which a link without further marks works: its own, or its gallery's where that is earlier.
pub fn last_day(link: &Link, gallery_expires: Option<Date>) -> Option<Date> {
    [link.expires, gallery_expires].into_iter().flatten().min()
}

/// The links that stop working next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextExpiry {
    /// The last day on which they work.
    pub last_day: Date,
    /// The first day on which they do not: when a build must run.
    pub dead_from: Date,
    /// Which they are, in the ledger's order.
    pub links: Vec<(GalleryId, LinkId)>,
}

/// When the next living link stops working, and which those are; none when no living link has a last day.
/// `gallery_expires` gives the last day of a gallery's own `gallery.toml`.
pub fn next_expiry(
    ledger: &Ledger,
    gallery_expires: impl Fn(GalleryId) -> Option<Date>,
    today: Today,
) -> Option<NextExpiry> {
    let mut next: Option<NextExpiry> = None;
    for gallery in &ledger.galleries {
        let expires = gallery_expires(gallery.id);
        for link in gallery.links.iter().filter(|link| state(gallery, link, expires, today).is_alive()) {
            let Some(last_day) = last_day(link, expires) else { continue };
            match &mut next {
                Some(next) if next.last_day < last_day => {}
                Some(next) if next.last_day == last_day => next.links.push((gallery.id, link.id)),
                _ => {
                    let links = vec![(gallery.id, link.id)];
                    next = Some(NextExpiry { last_day, dead_from: day_after(last_day), links });
                }
            }
        }
    }
    next
}

/// The last day of the former root's addresses, where a planned change of the root is not over.
pub fn rotation_end(ledger: &Ledger, today: Today) -> Option<Date> {
    ledger.previous.as_ref().map(|previous| previous.until).filter(|until| *until >= today.0)
}

/// The next day; the last day of the calendar stays itself.
pub(super) fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_lead_over_the_clock_is_told_by_its_length() {
        let text = "version = 1\nroot = \"r\"\n[[gallery]]\nid = \"k3v9q2m7t4xa\"\npath = \"a\"\nepoch = 1\nclosed = 2027-01-10\n";
        let ledger = Ledger::parse(text, "access.toml".as_ref()).unwrap();
        let lead = |clock| Some(ahead_of_clock(&ledger, clock)?.message.split(" ahead").next()?.to_owned());
        assert_eq!(lead(date(2027, 1, 10)), None);
        assert_eq!(lead(date(2027, 1, 9)).as_deref(), Some("the ledger is a day"));
        assert_eq!(lead(date(2026, 11, 28)).as_deref(), Some("the ledger is 43 days"));
        assert_eq!(lead(date(2017, 1, 10)).as_deref(), Some("the ledger is 3652 days (about 10 years)"));
        assert_eq!(ahead_of_clock(&Ledger::new("r"), date(2017, 1, 10)), None);
    }
}
