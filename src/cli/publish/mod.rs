//! `safelight publish`.

mod announce;
mod checks;
mod ledger;
mod lists;
pub(crate) mod memory;
mod preview;
mod refusals;
mod status;
mod steps;
mod tools;
mod upload;
mod withdraw;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use safelight::access::Keys;
use safelight::build::{self, Access};
use safelight::config::{Config, PublishTarget, TargetAddress};
use safelight::deploy::lease::Lease;
use safelight::deploy::owner::Owners;
use safelight::deploy::run::Run;
use safelight::deploy::session::{Event, Terms};
use safelight::deploy::state::States;
use safelight::deploy::{self, Missing, Store, Watch};
use safelight::lock::Lock;
use safelight::{Code, Error};

use super::build::{Progress, SITE_STAYS, cores, half_of_memory, stop_on_ctrl_c};
use super::{Context, Outcome, link_session};

use steps::Publishing;

/// Arguments of `publish`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A target from `[publish.targets]` in site.toml [default: the one in `[publish]`]
    #[arg(value_name = "TARGET")]
    pub(crate) target: Option<String>,
    /// Show what would be sent, replaced, withdrawn, removed and purged without doing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Only take down what must go: pages of ended links and files that no working link needs. Needs the ledger and the secret,
    /// not the photos
    #[arg(long, conflicts_with_all = ["plan", "status", "strict", "no_build", "allow_removals"])]
    pub(crate) withdraw: bool,
    /// Write lists of files for rclone or another tool into this folder instead of publishing
    #[arg(long, value_name = "DIR", conflicts_with_all = ["status", "dry_run"])]
    pub(crate) plan: Option<PathBuf>,
    /// Show what is online, since when, and what differs from today's ledger
    #[arg(long, conflicts_with_all = ["dry_run", "strict", "no_build", "allow_removals"])]
    pub(crate) status: bool,
    /// Remove up to N public files without asking
    #[arg(long, value_name = "N")]
    pub(crate) allow_removals: Option<usize>,
    /// Publish the output as the last build left it, without building and auditing
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Fail on photos that cannot be shown, and on targets that do not protect two publishes from each other
    #[arg(long)]
    pub(crate) strict: bool,
    /// Send everything again, and put the private folders in order: if the target's record of what is online is damaged or missing, or
    /// files on the target are
    #[arg(long)]
    pub(crate) rebuild_state: bool,
    /// Number of files to send at once
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) transfers: u16,
    /// Number of photos to render in parallel [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: Option<u16>,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let words = match arguments.dry_run || arguments.status || arguments.plan.is_some() {
        true => SITE_STAYS,
        false => "what was withdrawn is taken down all the same, where the target takes single files",
    };
    let cancel = stop_on_ctrl_c(&context.voice, words);
    let (turn, _looking) = match arguments.dry_run || arguments.status {
        true => (None, super::turn::look(context, Some(&cancel))?),
        false => (super::turn::take(context, Some(&cancel))?, None),
    };
    // A typing error in `site.toml` keeps nothing up that was withdrawn.
    let (config, settings_stand, wrong) = match context.config() {
        Ok(config) => (config, true, Vec::new()),
        Err(errors) => match Config::read_what_can_be(&context.site_file()) {
            Some((config, _)) => (config, false, errors),
            None => return Err(errors),
        },
    };
    // Lists can be made without a target that Safelight reaches by itself.
    let by_copy = arguments.plan.as_deref().filter(|_| config.publish.is_empty() && arguments.target.is_none());
    if let Some(place) = &arguments.plan {
        lists::refuse_open_place(&config, place)?;
    }
    let target = match target(&config, arguments.target.as_deref()) {
        _ if by_copy.is_some() => copied(by_copy)?,
        Ok(target) => target.clone(),
        Err(error) => return Err(if wrong.is_empty() { vec![error] } else { wrong }),
    };
    if let Some(tool) = tools::Tool::of(&target.address) {
        let outcome = match wrong.is_empty() {
            true => tool.publish(context, &config, &target, arguments, turn, &cancel),
            false => Err(wrong),
        };
        return outcome.map_err(|errors| errors.into_iter().map(safelight::build::without_tokens).collect());
    }
    let access = link_session::access(context, &config, link_session::Day::default(), false);
    let access = access.map_err(|errors| wrong.iter().cloned().chain(errors).collect::<Vec<_>>())?;
    // Only what brings a site online makes a folder for it.
    let is_away = memory::is_away(&config, &target) && !arguments.rebuild_state;
    let missing = match arguments.status || arguments.withdraw || is_away || !wrong.is_empty() {
        true => Missing::Refused,
        false if arguments.dry_run => Missing::Foreseen,
        false => Missing::Made,
    };
    let progress = Progress::new(context.voice);
    let listener = |event: Event<'_>| match event {
        Event::Warning(error) => context.voice.warning(error),
        Event::Progress { done, total } => progress.step("publishing", "files", done, total),
    };
    let lease = Arc::<Lease>::default();
    let opened = |state| open(context, &config, &target, state, missing, (&lease, &cancel));
    let site = opened(None)?;
    let apart = target.state.as_ref().map(|state| opened(Some(state))).transpose()?;
    let keys = access.keys().cloned();
    let scratch = config.state.join("publish");
    let galleries = access.ledger().into_iter().flat_map(|ledger| ledger.galleries.iter().map(|gallery| gallery.id));
    let owners = Owners::of(galleries, address(&config).as_deref());
    let states = States {
        store: apart.as_deref().unwrap_or(&*site),
        keys: keys.as_deref(),
        of: apart.as_ref().map(|_| target.to.trim_end_matches('/')),
        owners: &owners,
        scratch: &scratch,
    };
    let terms = terms(arguments, Arc::clone(&lease))?;
    let previous: Option<&Keys> = access.previous();
    let run = Run {
        site: &*site,
        states: &states,
        previous,
        terms: &terms,
        cancel: &cancel,
        listener: &listener,
        rebuild: arguments.rebuild_state,
        closed: &|| build::closed_folders(&config, &access),
        purges: (!target.purge.is_empty()).then(|| config.url.as_ref().map_or("/", |url| url.base.as_str())),
    };
    let publishing = Publishing {
        context,
        arguments,
        config: &config,
        settings_stand,
        target: &target,
        access: &access,
        run,
        progress: &progress,
        by_copy: by_copy.is_some(),
        turn,
        cancel: Arc::clone(&cancel),
        agreed: RefCell::default(),
    };
    let outcome = if arguments.status {
        publishing.status()
    } else if wrong.is_empty() {
        publishing.publish()
    } else {
        Err(publishing.withdraw_at_least(wrong))
    };
    if !arguments.status && !arguments.dry_run && arguments.plan.is_none() {
        memory::remind(&context.voice, &config, &access, &target, outcome.is_ok());
    }
    outcome.map_err(|errors| errors.into_iter().map(safelight::build::without_tokens).collect())
}

/// The folder with a copy of a target's record, in the place of the target.
fn copied(place: Option<&Path>) -> Result<PublishTarget, Error> {
    let folder = lists::believed(place.unwrap_or(Path::new(".")));
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    std::fs::create_dir_all(&folder).map_err(|error| Error::io(Code::CannotWrite, "create", &folder, error))?;
    Ok(PublishTarget {
        to: folder.to_string_lossy().into_owned(),
        address: TargetAddress::Folder(folder),
        endpoint: None,
        region: None,
        state: None,
        purge: Vec::new(),
    })
}

/// The address of the site.
fn address(config: &Config) -> Option<String> {
    config.url.as_ref().map(|url| format!("{}{}", url.origin, url.base))
}

/// The target that is meant.
fn target<'c>(config: &'c Config, name: Option<&str>) -> Result<&'c PublishTarget, Error> {
    if let Some(target) = config.publish.get(name.unwrap_or_default()) {
        return Ok(target);
    }
    let names: Vec<String> =
        config.publish.keys().filter(|name| !name.is_empty()).map(|name| format!("`{name}`")).collect();
    let error = match name {
        Some(name) => Error::new(Code::NoTarget, format!("site.toml has no target named `{name}`")),
        None => Error::new(Code::NoTarget, "site.toml does not say where to publish the site"),
    };
    let error = error.at("site.toml");
    Err(match names.as_slice() {
        [] if name.is_none() => error.hint("add `[publish]` with `to`, as in `to = \"s3://photos.example.com\"`"),
        [] => error.hint("it has none with a name: leave the name out, or add `[publish.targets.NAME]`"),
        names => error.hint(format!("it has {}", names.join(", "))),
    })
}

/// Opens a target, or the place of its state.
fn open(
    context: &Context,
    config: &Config,
    target: &PublishTarget,
    state: Option<&(String, TargetAddress)>,
    missing: Missing,
    (lease, hurry): (&Arc<Lease>, &Arc<AtomicBool>),
) -> safelight::Result<Box<dyn Store>> {
    let voice = context.voice;
    let watch =
        Watch { lease: Arc::clone(lease), hurry: Arc::clone(hurry), tell: Arc::new(move |error| voice.warning(error)) };
    let (name, address) = state.map_or((&target.to, &target.address), |(name, address)| (name, address));
    let cloud = |kind, bucket: &String, account: Option<&String>, prefix: &String| {
        deploy::cloud::open(
            &deploy::cloud::CloudTarget {
                kind,
                bucket: bucket.clone(),
                account: account.cloned(),
                prefix: prefix.clone(),
                endpoint: target.endpoint.clone(),
                region: target.region.clone(),
                name: name.clone(),
            },
            watch.clone(),
        )
    };
    match address {
        TargetAddress::S3 { bucket, prefix } => cloud(deploy::cloud::CloudKind::S3, bucket, None, prefix),
        TargetAddress::Gcs { bucket, prefix } => cloud(deploy::cloud::CloudKind::Gcs, bucket, None, prefix),
        TargetAddress::Azure { account, container, prefix } => {
            cloud(deploy::cloud::CloudKind::Azure, container, account.as_ref(), prefix)
        }
        TargetAddress::Sftp { user, host, port, path } => deploy::sftp::open(
            &deploy::sftp::SftpTarget {
                user: user.clone(),
                host: host.clone(),
                port: *port,
                path: path.clone(),
                name: name.clone(),
            },
            missing,
            Arc::clone(lease),
        ),
        TargetAddress::Folder(folder) => deploy::folder::open(folder, name, &own_folders(config), missing),
        TargetAddress::Netlify { .. } | TargetAddress::CloudflarePages { .. } => {
            let message = format!("`{name}` cannot hold the record of what is online");
            Err(Error::new(Code::NoTarget, message).at("site.toml").hint("name a bucket or a folder in `state`"))
        }
    }
}

/// The site's own folders, with what each is: nothing is published to them, and no lists are written there.
fn own_folders(config: &Config) -> Vec<(&Path, &'static str)> {
    let mut own = vec![
        (config.output.as_path(), "the output folder"),
        (config.state.as_path(), "the folder with the site's secret"),
        (config.galleries.as_path(), "the folder of galleries"),
        (config.pages.as_path(), "the folder of text pages"),
        (config.static_files.as_path(), "the folder of static files"),
        (config.themes.as_path(), "the folder of themes"),
    ];
    own.retain(|(folder, _)| folder.parent().is_some());
    own
}

fn terms(arguments: &Arguments, lease: Arc<Lease>) -> Result<Terms, Error> {
    // The program as it is tested does not wait for minutes until a run that was killed is over.
    let tested = std::env::var("SAFELIGHT_TEST_LEASE").ok().filter(|_| cfg!(debug_assertions));
    Ok(Terms {
        who: who(),
        run: deploy::header::random_name()?,
        threads: arguments.transfers.into(),
        lease_length: tested.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs),
        strict: arguments.strict,
        lease,
    })
}

/// Person and machine, or the job, for those who wait.
fn who() -> String {
    let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(repository), Some(run)) = (value("GITHUB_REPOSITORY"), value("GITHUB_RUN_ID")) {
        return format!("run {run} of {repository} on GitHub");
    }
    if let Some(job) = value("CI_JOB_URL") {
        return job;
    }
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    match value("USER").or_else(|| value("USERNAME")) {
        Some(user) => format!("{user} on {machine}"),
        None => machine,
    }
}

/// What a build that was stopped means to a publish.
fn stopped(error: Error, arguments: &Arguments) -> Error {
    if error.code != Code::Interrupted {
        return error;
    }
    let message = match arguments.plan.is_some() {
        true => "no lists were written; finished pictures are kept",
        false => "nothing new was published; finished pictures are kept",
    };
    Error::new(Code::Interrupted, message).hint("publish again to continue")
}

/// Builds, tells what was built, and audits it: also what no build wrote is found then.
fn build_and_audit(
    context: &Context,
    config: &Config,
    access: &Access,
    (arguments, turn, cancel): (&Arguments, Option<Arc<Lock>>, &Arc<AtomicBool>),
    progress: &Progress,
) -> Result<(), Vec<Error>> {
    #[expect(clippy::disallowed_methods, reason = "how long a build took is no part of a site")]
    let began = Instant::now();
    let options = build::Options {
        threads: arguments.threads.map_or_else(cores, usize::from),
        memory: half_of_memory(),
        strict: arguments.strict,
        dry_run: false,
        adopt: false,
        now: std::time::SystemTime::now(),
        cancel: Arc::clone(cancel),
        worker: None,
        turn,
    };
    let built = build::build(config, access, &options, &|event| progress.hear(event));
    progress.finish();
    let built =
        built.map_err(|errors| errors.into_iter().map(|error| stopped(error, arguments)).collect::<Vec<_>>())?;
    super::build::tell(context, config, &built, false, began.elapsed());
    super::audit::after_build(context, config, link_session::Day::default())
}
