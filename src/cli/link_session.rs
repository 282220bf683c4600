//! The state shared by commands about links: the ledger, the secret, the folders, the day.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use safelight::access::change::ActionContext;
use safelight::access::file::{self, LockedLedger};
use safelight::access::gate::DenyList;
use safelight::access::ledger::LEDGER_FILE;
use safelight::access::life::ahead_of_clock;
use safelight::access::publication::{GalleryFacts, deny_list};
use safelight::access::{
    Change, GalleryId, Keys, Ledger, Link, LinkCode, LinkId, LinkName, Mode, PageToken, SecretSources, Today,
    passwords, sources,
};
use safelight::build::State;
use safelight::build::access::{Access, Request, ledger_path};
use safelight::build::address_history::recorded_assets;
use safelight::catalog::{Catalog, same_name, title_from_name};
use safelight::config::{Config, GalleryConfig};
use safelight::error::on_one_line;
use safelight::lock::Patience;
use safelight::plan::FIND_FOLDER;
use safelight::publish::{Manifest, manifest_path};
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error, Errors};
use zeroize::Zeroizing;

use super::Context;
use super::turn::with_patience;

/// The day, for commands that depend on it.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct Day {
    /// Show what would be true on this day (UTC). Nothing is written with another date than the clock's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl Day {
    /// The given day, or the clock's, in UTC.
    pub(crate) fn date(self) -> Date {
        self.today.unwrap_or_else(Self::clock)
    }

    /// The clock's day, in UTC.
    pub(crate) fn clock() -> Date {
        // The program as it is tested has a clock that stands still. What is released has none but the machine's.
        let tested = std::env::var("SAFELIGHT_TEST_TODAY").ok().filter(|_| cfg!(debug_assertions));
        let tested = tested.and_then(|day| day.parse().ok());
        tested.unwrap_or_else(|| jiff::Timestamp::now().to_zoned(TimeZone::UTC).date())
    }

    /// Refuses another day than the clock's for what is written: no later command could go back before it.
    pub(crate) fn refuse_writing(self, dry_run: bool) -> Result<(), Vec<Error>> {
        match self.today.filter(|_| !dry_run) {
            None => Ok(()),
            Some(_) => Err(vec![
                Error::new(
                    Code::InvalidArgument,
                    "`--today` cannot be used here, because entries are written with the clock's date",
                )
                .hint("omit it, or add `--dry-run` to see what would happen on that day"),
            ]),
        }
    }
}

/// Which link of a gallery is meant.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whose {
    /// The recipient's name, as given to `share`
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// The link's id, as shown by `links`
    #[arg(long, value_name = "ID")]
    id: Option<LinkId>,
}

impl Whose {
    pub(crate) fn name(&self) -> LinkName<'_> {
        match self.id {
            Some(id) => LinkName::Id(id),
            None => LinkName::To(self.to.as_deref().unwrap_or_default()),
        }
    }
}

/// Where a secret may come from here.
pub(crate) fn secret_sources(config: &Config) -> SecretSources {
    let value = |name: &str| std::env::var(name).ok().map(Zeroizing::new);
    SecretSources {
        value: value(sources::VARIABLE),
        file: std::env::var_os(sources::FILE_VARIABLE).map(PathBuf::from),
        previous: value(sources::PREVIOUS_VARIABLE),
        passwords: value(passwords::VARIABLE),
        passwords_file: std::env::var_os(passwords::FILE_VARIABLE).map(PathBuf::from),
        site: config.root.clone(),
        published: vec![config.output.clone(), config.static_files.clone()],
    }
}

/// The secret and the ledger for a build; warnings are told, and tokens hidden from the logs of GitHub Actions.
pub(crate) fn access(context: &Context, config: &Config, day: Day, public_only: bool) -> Result<Access, Vec<Error>> {
    let (access, warnings) = access_untold(context, config, day, public_only)?;
    for warning in &warnings {
        context.voice.warning(warning);
    }
    Ok(access)
}

/// The same, with the warnings for whoever counts them.
pub(crate) fn access_untold(
    context: &Context,
    config: &Config,
    day: Day,
    public_only: bool,
) -> Result<(Access, Vec<Error>), Vec<Error>> {
    let request = Request { day: day.date(), public_only, announce: announcer(context) };
    let (access, mut warnings) = Access::load(config, &secret_sources(config), request)?;
    warnings.extend(access.ledger().and_then(|ledger| ahead_of_clock(ledger, Day::clock())));
    Ok((access, warnings))
}

/// How the log is told to hide a token, where it can be told. GitLab's cannot while a job runs.
pub(crate) fn announcer(context: &Context) -> Option<fn(&str)> {
    let github = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
    github.then_some(if context.voice.is_json() { mask_aside } else { mask as fn(&str) })
}

/// Has the log of GitHub Actions hide a token wherever it stands afterwards.
fn mask(token: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "::add-mask::{token}");
}

/// The same where standard output is for programs: the runner reads both.
fn mask_aside(token: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "::add-mask::{token}");
}

/// Everything that a command about links works with.
pub(crate) struct LinkSession {
    pub(crate) config: Config,
    pub(crate) access: Access,
    pub(crate) ledger: Ledger,
    pub(crate) folders: Vec<(PathBuf, GalleryConfig)>,
    pub(crate) facts: BTreeMap<GalleryId, GalleryFacts>,
    pub(crate) today: Today,
    by_id: HashMap<String, usize>,
    /// How tokens are announced to the log before they are shown.
    announce: Option<fn(&str)>,
    locked: Option<LockedLedger>,
    /// What the ledger has lost since it was committed or published.
    lost: Vec<Error>,
}

impl LinkSession {
    /// Reads everything; with `writing` the ledger is locked until the desk is left.
    ///
    /// A `gallery.toml` with errors is told and does not keep anybody from ending a link.
    pub(crate) fn open(context: &Context, day: Day, writing: bool) -> Result<Self, Vec<Error>> {
        let (desk, errors) = Self::open_untold(context, day, writing)?;
        for error in &errors {
            context.voice.warning(error);
        }
        Ok(desk)
    }

    /// The same; gives what is wrong in `gallery.toml` files to a command that tells it itself.
    pub(crate) fn open_untold(context: &Context, day: Day, writing: bool) -> Result<(Self, Vec<Error>), Vec<Error>> {
        day.refuse_writing(!writing)?;
        let config = context.config()?;
        let sources = secret_sources(&config);
        let path = config.root.join(LEDGER_FILE);
        // Before anything is read: it is what another command has left when it is this one's turn.
        let lock = if writing && (path.exists() || !sources.at_hand().is_empty()) {
            let lock = |patience: &Patience<'_>| file::lock(&config.state, patience);
            Some(with_patience(context, None, lock)?)
        } else {
            None
        };
        let request = Request { day: day.date(), public_only: false, announce: None };
        let found = Access::load(&config, &sources, request);
        let (access, warnings) = match found {
            Ok(found) => found,
            // Ending a link, or looking, takes no secret. One that is damaged or wrong is another matter.
            Err(errors) if errors.iter().all(|error| error.code == Code::SecretMissing) => {
                Access::load(&config, &sources, Request { public_only: true, ..request })?
            }
            Err(errors) => return Err(errors),
        };
        for warning in &warnings {
            context.voice.warning(warning);
        }
        let root = access.keys().map(|keys| keys.root_id()).unwrap_or_default();
        let lock = lock.filter(|_| path.exists() || access.keys().is_some());
        let locked = lock.map(|lock| LockedLedger::open(&path, lock, &root)).transpose()?;
        let ledger = match (&locked, access.ledger()) {
            (Some(locked), _) => locked.ledger().clone(),
            (None, Some(ledger)) => ledger.clone(),
            (None, None) => Ledger::new(root),
        };
        if let Some(warning) = ahead_of_clock(&ledger, Day::clock()) {
            context.voice.warning(&warning);
        }
        let (folders, errors) = Catalog::folders(&config);
        let facts = access.facts(folders.iter().map(|(path, said)| (path.as_path(), said)));
        // Every answer below rests on the ledger.
        let lost = access.lost_entries(&config, &facts);
        lost.iter().for_each(|error| context.voice.warning(error));
        let today = Today::new(day.date(), &ledger);
        let id = |at: usize| folders[at].1.id.clone().map(|id| (id, at));
        let by_id = (0..folders.len()).filter_map(id).collect();
        let announce = announcer(context);
        Ok((Self { config, access, ledger, folders, facts, today, by_id, announce, locked, lost }, errors))
    }

    /// Refuses, for commands that give or say who may enter; ending a link must always be possible.
    pub(crate) fn refuse_lost_entries(&self) -> safelight::Result<()> {
        self.lost.first().map_or(Ok(()), |lost| Err(lost.clone()))
    }

    /// The keys, for what cannot be done without.
    pub(crate) fn keys(&self) -> Result<&Keys, Vec<Error>> {
        self.access.keys().map(|keys| &**keys).ok_or_else(|| {
            vec![
                Error::new(Code::SecretMissing, "there is no secret to create links with")
                    .hint("create one with `safelight secret new`; on another computer, copy `.safelight/secret`"),
            ]
        })
    }

    /// Refuses what no telephone could open; `what` begins the sentence, as in "cards need".
    pub(crate) fn require_url(&self, what: &str) -> safelight::Result<()> {
        match &self.config.url {
            Some(_) => Ok(()),
            None => Err(Error::new(Code::UrlNeeded, format!("{what} the site's address"))
                .at("site.toml")
                .hint("set `url` in site.toml")),
        }
    }

    /// The record of the last publish. Without one nothing was published from here, and former addresses are not known.
    pub(crate) fn manifest(&self) -> Manifest {
        let state = State::of(&self.config);
        let path = manifest_path(&self.config.output, state.folder());
        path.and_then(|path| Manifest::load(&path)).unwrap_or_default()
    }

    /// The dead addresses that still matter: those that say so themselves, and pictures' of as many days.
    pub(crate) fn deny_list(&self, manifest: &Manifest) -> Result<DenyList, Vec<Error>> {
        let said = self.folders.iter().map(|(path, said)| (path.as_path(), said));
        let published = self.access.publications(&self.config, said)?;
        // Copies in caches are gone by the time that tombstones are.
        let kept = i64::from(self.config.links.tombstone_days);
        let recent = |last: Date| i64::from((self.today.date() - last).get_days()) <= kept;
        let former = recorded_assets(manifest);
        let former = former.iter().filter(|assets| recent(assets.last)).map(|assets| assets.token.as_str());
        Ok(deny_list(&published, former))
    }

    /// The last day that a gallery's own settings give it.
    pub(crate) fn gallery_expires(&self, gallery: GalleryId) -> Option<Date> {
        self.facts.get(&gallery).and_then(|facts| facts.expires)
    }

    /// Calls `action` with what actions must know.
    pub(crate) fn situation<T>(&self, action: impl FnOnce(&ActionContext<'_>) -> T) -> T {
        let expires = |gallery| self.gallery_expires(gallery);
        action(&ActionContext { today: self.today, gallery_expires: &expires })
    }

    /// A path below the folder of galleries from what a person typed: with or without that folder in front.
    pub(crate) fn typed_path(&self, typed: &str) -> String {
        typed_path(&self.config, &self.folders, typed)
    }

    /// The gallery that a person means: by its folder, by where the ledger last saw it, or by its id.
    pub(crate) fn gallery(&self, typed: &str) -> Result<GalleryId, Vec<Error>> {
        let path = self.typed_path(typed);
        let of_folder = self.folders.iter().find(|(folder, _)| ledger_path(folder) == path);
        let by_folder = of_folder.and_then(|(_, said)| said.id.as_deref()?.parse().ok());
        let by_id = typed.parse().ok().filter(|id| self.ledger.gallery(*id).is_some());
        match by_folder.filter(|id| self.ledger.gallery(*id).is_some()).or(by_id) {
            Some(id) => Ok(id),
            None => self.ledger.require_at(&path).map(|gallery| gallery.id).map_err(Errors::from),
        }
    }

    /// The gallery's folder, with its settings.
    pub(crate) fn folder(&self, gallery: GalleryId) -> Option<&(PathBuf, GalleryConfig)> {
        self.by_id.get(gallery.as_str()).map(|at| &self.folders[*at])
    }

    /// The gallery's name for people: its title.
    pub(crate) fn title(&self, gallery: GalleryId) -> String {
        match self.folder(gallery) {
            Some((folder, said)) => {
                said.title.clone().unwrap_or_else(|| title_from_name(Path::new(folder.file_name().unwrap_or_default())))
            }
            None => self.path(gallery),
        }
    }

    /// Where a gallery's folder is, or was last.
    pub(crate) fn path(&self, gallery: GalleryId) -> String {
        match self.folder(gallery) {
            Some((folder, _)) => ledger_path(folder),
            None => self.ledger.gallery(gallery).map(|gallery| gallery.path.clone()).unwrap_or_default(),
        }
    }

    /// The token of a link's page today.
    pub(crate) fn token(&self, gallery: GalleryId, link: &Link) -> Option<PageToken> {
        self.access.keys().map(|keys| keys.page_token(gallery, link.id, link.day_in_address()))
    }

    /// Has the log hide a token that is about to be shown.
    pub(crate) fn announce(&self, token: &str) {
        if let Some(announce) = self.announce {
            announce(token);
        }
    }

    /// Has the log hide a code that is about to be shown, in both of its forms.
    pub(crate) fn announce_code(&self, code: &LinkCode) {
        self.announce(&code.expose());
        self.announce(&String::from_utf8_lossy(code.symbols()));
    }

    /// Whether a gallery is sealed, so that the codes of its links open it.
    pub(crate) fn is_sealed(&self, gallery: GalleryId) -> bool {
        self.facts.get(&gallery).and_then(|facts| facts.mode) == Some(Mode::Sealed)
    }

    /// The code of a link, where there is a use for it: it opens a sealed gallery, or works on the look-up page.
    pub(crate) fn code(&self, gallery: GalleryId, link: &Link) -> Option<LinkCode> {
        let is_used = self.is_sealed(gallery) || (link.find && self.config.find.is_some());
        self.access.keys().filter(|_| is_used).map(|keys| keys.link_code(gallery, link.id))
    }

    /// The address of the look-up page, where the site has one: whole where the site's address is known.
    pub(crate) fn find_page(&self) -> Option<String> {
        self.config.find.as_ref()?;
        Some(match &self.config.url {
            Some(url) => format!("{}{}{FIND_FOLDER}/", url.origin, url.base),
            None => format!("/{FIND_FOLDER}/"),
        })
    }

    /// The address of a page: whole where the site's address is known.
    pub(crate) fn address(&self, token: &str) -> String {
        self.announce(token);
        let page = PrivateFolder::Pages.of_token(token);
        match &self.config.url {
            Some(url) => format!("{}{}{page}", url.origin, url.base),
            None => format!("/{page}"),
        }
    }

    /// Carries a change out.
    pub(crate) fn commit(&mut self, change: &Change) -> Result<(), Vec<Error>> {
        let Some(locked) = &mut self.locked else {
            return Err(vec![Error::new(Code::NothingToDo, "there is no ledger to change").at(LEDGER_FILE)]);
        };
        locked.commit(change)?;
        self.ledger = locked.ledger().clone();
        Ok(())
    }

    /// A person's name for a link, in quotes, or its id.
    pub(crate) fn name_of(&self, gallery: GalleryId, link: LinkId) -> String {
        let found = self.ledger.gallery(gallery).and_then(|gallery| gallery.link(link));
        match found.map(|link| link.to.as_str()).filter(|to| !to.is_empty()) {
            Some(to) => format!("`{}`", on_one_line(to)),
            None => format!("unknown ({link})"),
        }
    }
}

/// A path below the folder of galleries, in which there are these folders, from what a person typed.
pub(crate) fn typed_path(config: &Config, folders: &[(PathBuf, GalleryConfig)], typed: &str) -> String {
    let here = |path: &Path| ledger_path(path);
    let trimmed = typed.trim_end_matches('/');
    // As a name is typed that would be taken for an option.
    let trimmed = trimmed.strip_prefix("./").unwrap_or(trimmed);
    // Some systems take names apart that are typed in one piece.
    let known = |path: &str| {
        let named = |same: &dyn Fn(&str) -> bool| folders.iter().map(|(folder, _)| here(folder)).find(|one| same(one));
        named(&|one| one == path).or_else(|| named(&|one| same_name(one, path)))
    };
    if let Some(known) = known(trimmed) {
        return known;
    }
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let galleries = whole(&config.galleries);
    [whole(Path::new(trimmed)), whole(&config.root.join(trimmed))]
        .into_iter()
        .filter_map(|path| path.strip_prefix(&galleries).ok().map(here))
        .find_map(|path| known(&path))
        .unwrap_or_else(|| trimmed.to_owned())
}

/// The last moment of a day in UTC, in the zone of whoever asks and in UTC.
pub(crate) fn last_moment(day: Date) -> String {
    let utc = format!("{day} 23:59:59 UTC");
    let Ok(moment) = day.at(23, 59, 59, 0).to_zoned(TimeZone::UTC) else { return utc };
    let zone = TimeZone::system();
    let local = moment.with_time_zone(zone.clone());
    if local.offset().is_zero() {
        return utc;
    }
    let name = zone.iana_name().map_or_else(|| local.offset().to_string(), str::to_owned);
    format!("{} {name} ({utc})", local.strftime("%Y-%m-%d %H:%M:%S"))
}
