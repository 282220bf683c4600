//! `safelight serve`: the site as it will be, on this machine, following what is typed.

mod hosts;
mod http;
mod stage;
mod watch;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use safelight::access::Secret;
use safelight::build::access::ledger_path;
use safelight::build::{self, Event, Options, Preview, Summary};
use safelight::config::{Config, SERVED_FOLDER};
use safelight::lock::Lock;
use safelight::plan::Previewed;
use safelight::visibility::PrivateFolder;
use safelight::{Code, Error, ErrorKind, processes};
use serde_json::json;

use super::build::{Progress, SITE_STAYS, cores, counted, half_of_memory, seconds_text, stop_on_ctrl_c};
use super::{Context, Outcome, turn, whole};
use hosts::Hosts;
use stage::Stage;
use watch::Watch;

/// The port where none is asked for; the next ones are tried where it is taken.
const PORT: u16 = 8000;
/// Threads that answer. A browser asks for six files at once.
const ANSWERING: usize = 12;
/// How long Ctrl-C and another build's end may go unnoticed.
const LOOK_UP: Duration = Duration::from_millis(200);
/// How long to wait for another build of the site before the next try.
const NEXT_TRY: Duration = Duration::from_secs(1);

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The port; 0 picks any free port [default: 8000, or the next free port]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The address or name to listen on, to reach it from a phone in the same network; 0.0.0.0 for all addresses
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Open the site in a browser
    #[arg(long)]
    open: bool,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let file = context.site_file();
    // A site that is not there will not appear; one that is wrong may be mended.
    if !file.is_file() {
        context.config()?;
    }
    let listener = bind(arguments)?;
    let address = listener
        .local_addr()
        .map_err(|error| Error::io(Code::CannotListen, "listen", Path::new("localhost"), error))?;
    let server = tiny_http::Server::from_listener(listener, None)
        .map_err(|error| Error::new(Code::CannotListen, format!("cannot serve at {address}: {error}")))?;
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let stage = Arc::new(Stage::new(u64::try_from(started).unwrap_or(0)));
    let (server, hosts, listening) =
        (Arc::new(server), Hosts::new(arguments.host.as_deref()), Arc::new(AtomicUsize::new(0)));
    for _ in 0..ANSWERING {
        let (server, stage, hosts, listening) =
            (Arc::clone(&server), Arc::clone(&stage), hosts.clone(), Arc::clone(&listening));
        std::thread::spawn(move || http::answer(&server, &stage, &hosts, &listening));
    }
    let cancel = stop_on_ctrl_c(&context.voice, SITE_STAYS);
    let mut builder = Builder {
        context,
        watch: Watch::new(&file),
        file,
        stage: &stage,
        cancel: Arc::clone(&cancel),
        told: Vec::new(),
        previewed: BTreeSet::new(),
        // Drawn anew in each run and kept nowhere: an address of a preview opens nothing else and nowhere else.
        root: Secret::generate(super::share::entropy()?)?,
        origins: origins(arguments, address),
        builds: 0,
    };
    let config = builder.read();
    let base = config.as_ref().and_then(|config| config.url.as_ref()).map_or("/", |url| &url.base);
    let urls: Vec<String> = builder.origins.iter().map(|origin| format!("{origin}{base}")).collect();
    greet(context, arguments, address, &urls);
    builder.follow(config.is_some());
    context.voice.json(&json!({ "event": "summary", "command": "serve", "builds": builder.builds }));
    Ok(ExitCode::SUCCESS)
}

/// Rebuilds the site whenever something changed.
struct Builder<'a> {
    context: &'a Context,
    file: PathBuf,
    stage: &'a Stage,
    watch: Watch,
    cancel: Arc<AtomicBool>,
    /// Warnings of the last build; only new ones are told.
    told: Vec<Error>,
    /// Previews whose addresses were told.
    previewed: BTreeSet<String>,
    /// What the addresses of previews are made with.
    root: Secret,
    /// Scheme, host and port by which this server is reached.
    origins: Vec<String>,
    builds: usize,
}

impl Builder<'_> {
    /// Builds, waits for a change, and again, until Ctrl-C. A site whose settings have errors waits first.
    fn follow(&mut self, is_sound: bool) {
        let mut again = if is_sound { self.rebuild() } else { None };
        loop {
            while !self.watch.wait(LOOK_UP) && again.is_none_or(|at| Instant::now() < at) {
                if self.is_stopped() {
                    return;
                }
            }
            if self.is_stopped() {
                return;
            }
            again = self.rebuild();
        }
    }

    /// Builds when it is its turn. Gives when to try again, where others were at work for too long.
    fn rebuild(&mut self) -> Option<Instant> {
        match self.take_turn() {
            // Settings are read while nobody else is at work, so that they fit the ledger.
            Ok(turn) => {
                if let Some(config) = self.read() {
                    self.build(config, turn);
                }
                None
            }
            Err(errors) if errors.iter().all(|error| error.kind() == ErrorKind::Locked) => {
                Some(Instant::now() + NEXT_TRY)
            }
            // Ctrl-C ends the waiting, and then the server.
            Err(_) => None,
        }
    }

    /// Waits while another command is at work. The last good site is served meanwhile.
    fn take_turn(&self) -> Result<Option<Arc<Lock>>, Vec<Error>> {
        turn::take(self.context, Some(&self.cancel))
    }

    fn is_stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Reads the settings; what is wrong with them is shown.
    fn read(&mut self) -> Option<Config> {
        match Config::read(&self.file) {
            Ok((config, warnings)) => {
                self.tell_new(warnings);
                Some(config)
            }
            Err(errors) => {
                self.fail(errors);
                None
            }
        }
    }

    fn build(&mut self, mut config: Config, turn: Option<Arc<Lock>>) {
        let started = Instant::now();
        let folder = config.root.join(SERVED_FOLDER);
        let served = build::State::of(&config).served().to_owned();
        let published = std::mem::replace(&mut config.output, served);
        self.watch.follow(&config, &[&folder, &config.state, &published]);
        if self.watch.polls() {
            self.context
                .voice
                .detail("the system does not report file changes here, so files are checked every second");
        }
        match self.make(&config, &folder, &published, turn) {
            Ok(summary) => {
                self.builds += 1;
                self.show(&config, &summary, started);
                self.tell_previews(&config, &summary);
            }
            Err(errors) if errors.iter().any(|error| error.kind() == ErrorKind::Interrupted) => {}
            Err(errors) => self.fail(errors),
        }
    }

    fn make(
        &mut self,
        config: &Config,
        folder: &Path,
        published: &Path,
        turn: Option<Arc<Lock>>,
    ) -> Result<Summary, Vec<Error>> {
        prepare(folder)?;
        let mut said = Vec::new();
        let access = whole::access(self.context, config, |warning| said.push(warning.clone()))?
            .with_preview(Preview::new(&self.root, published));
        let options = Options {
            threads: cores(),
            memory: half_of_memory(),
            strict: false,
            dry_run: false,
            // The folder is ours alone.
            adopt: true,
            now: SystemTime::now(),
            cancel: Arc::clone(&self.cancel),
            worker: None,
            turn,
        };
        let warnings = std::sync::Mutex::new(Vec::new());
        let progress = Progress::new(self.context.voice);
        let stage = self.stage;
        let built = build::build(config, &access, &options, &|event| match event {
            Event::Warning(warning) => {
                if let Ok(mut warnings) = warnings.lock() {
                    warnings.push(warning.clone());
                }
            }
            Event::Rendering { done, total } => {
                stage.progress(done, total);
                progress.hear(event);
            }
            Event::Read { .. } | Event::Writing { .. } => progress.hear(event),
        });
        progress.finish();
        said.extend(warnings.into_inner().unwrap_or_default());
        let mut warnings = said;
        if let Ok(summary) = &built {
            warnings.extend(summary.broken.iter().map(|broken| {
                Error::new(Code::PhotoLeftOut, format!("left out: {}", broken.reason)).at(broken.file(config))
            }));
        }
        self.tell_new(warnings);
        built
    }

    /// Tells warnings that the last build had not; a page that is saved every minute would repeat them all.
    fn tell_new(&mut self, warnings: Vec<Error>) {
        for warning in &warnings {
            if !self.told.contains(warning) {
                self.context.voice.warning(warning);
            }
        }
        self.told.extend(warnings);
        let surplus = self.told.len().saturating_sub(1000);
        self.told.drain(..surplus);
    }

    fn show(&self, config: &Config, summary: &Summary, started: Instant) {
        let base = config.url.as_ref().map_or("/", |url| &url.base).to_owned();
        let root = config.output.clone();
        let folders = |one: &Previewed| {
            let (page, assets) = (one.page.path_segment(), one.assets.path_segment());
            [PrivateFolder::Pages.of_token(page), PrivateFolder::Assets.of_token(assets)]
        };
        let previews: Vec<String> = summary.previews.iter().flat_map(folders).collect();
        self.stage.show(|shown| {
            shown.root = Some(root);
            shown.base = base;
            shown.previews = previews.into();
            shown.errors.clear();
            shown.progress = None;
        });
        let report = &summary.report;
        let changed = report.new.files + report.changed.files + report.mended.files + report.removed.files;
        let time = started.elapsed();
        self.context.voice.note(&format!(
            "{} in {}; {} after {}",
            counted(summary.photos, "photo", "photos"),
            counted(summary.galleries, "gallery", "galleries"),
            match changed {
                0 => "nothing changed".to_owned(),
                _ => format!("{} changed", counted(changed, "file", "files")),
            },
            seconds_text(time),
        ));
        self.context.voice.json(&json!({
            "event": "built", "galleries": summary.galleries, "photos": summary.photos, "rendered": summary.rendered,
            "left_out": summary.broken.len(), "changed": changed, "seconds": (time.as_secs_f64() * 1000.0).round() / 1000.0,
        }));
    }

    /// Says where galleries can be looked at that no link opens yet, each once.
    fn tell_previews(&mut self, config: &Config, summary: &Summary) {
        let base = config.url.as_ref().map_or("/", |url| &url.base);
        for preview in &summary.previews {
            let page = preview.page.path_segment();
            let urls: Vec<String> = self.origins.iter().map(|origin| format!("{origin}{base}g/{page}/")).collect();
            if !self.previewed.insert(urls.join(" ")) {
                continue;
            }
            let gallery = ledger_path(&preview.folder);
            self.context.voice.json(&json!({
                "event": "preview", "gallery": gallery, "audience": preview.audience, "urls": urls,
                "code": preview.code.as_ref().map(|code| code.expose().to_string()),
            }));
            let of = match preview.audience.as_str() {
                "" => String::new(),
                audience => format!(", as `{audience}` sees it"),
            };
            self.context.voice.note(&format!("preview of `{gallery}`{of}, at an address that works only here:"));
            urls.iter().for_each(|url| self.context.voice.answer(url));
            if let Some(code) = &preview.code {
                self.context.voice.note(&format!("its code: {}", code.expose().as_str()));
            }
        }
    }

    fn fail(&self, errors: Vec<Error>) {
        for error in &errors {
            self.context.voice.error(error);
        }
        self.context.voice.json(&json!({ "event": "failed", "errors": errors.len() }));
        self.stage.show(|shown| shown.errors = errors);
    }
}

/// Makes the folder, for its owner alone: what is private lies in it too. Git is told to leave it be.
fn prepare(folder: &Path) -> Result<(), Error> {
    safelight::files::private_folder_if_missing(folder)?;
    let ignore = folder.join(".gitignore");
    if ignore.exists() {
        return Ok(());
    }
    safelight::files::write_private(&ignore, |file| std::io::Write::write_all(file, b"*\n"))
}

fn bind(arguments: &Arguments) -> Result<TcpListener, Error> {
    let host = arguments.host.as_deref().unwrap_or("127.0.0.1");
    let plain = host.trim_matches(['[', ']']);
    let ports = arguments.port.map_or_else(|| (PORT..PORT + 20).collect(), |port| vec![port]);
    let mut last = None;
    for port in ports {
        let addresses: Vec<SocketAddr> = (plain, port)
            .to_socket_addrs()
            .map_err(|error| {
                Error::new(Code::InvalidArgument, format!("`{host}` is not an address of this computer: {error}"))
                    .hint("pass an address such as 192.168.1.20, or 0.0.0.0 for all, to `--host`")
                    .caused_by(error)
            })?
            .collect();
        match TcpListener::bind(&addresses[..]) {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                let taken = error.kind() == std::io::ErrorKind::AddrInUse;
                let message = format!("cannot listen at {host}, port {port}: {error}");
                last = Some(Error::new(Code::CannotListen, message).caused_by(error));
                if !taken {
                    break;
                }
            }
        }
    }
    let error = last.unwrap_or_else(|| Error::new(Code::CannotListen, format!("cannot listen at {host}")));
    Err(error.hint("choose another port with `--port`, or 0 for any free one"))
}

/// The addresses by which this server is reached, without a path; the first one on this machine.
fn origins(arguments: &Arguments, address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let at = |host: String| format!("http://{host}:{port}");
    match address.ip() {
        ip if ip.is_unspecified() => {
            let network = network_address().map(|ip| at(ip.to_string()));
            std::iter::once(at("localhost".to_owned())).chain(network).collect()
        }
        _ => vec![match &arguments.host {
            Some(host) if host.parse::<IpAddr>().is_err() && !host.starts_with('[') => at(host.clone()),
            _ if address.is_ipv6() => at(format!("[{}]", address.ip())),
            _ => at(address.ip().to_string()),
        }],
    }
}

/// Says where the site is, and opens it.
fn greet(context: &Context, arguments: &Arguments, address: SocketAddr, urls: &[String]) {
    context.voice.json(&json!({ "event": "serving", "urls": urls }));
    for url in urls {
        context.voice.answer(url);
    }
    if !address.ip().is_loopback() {
        context.voice.note("everyone on your network can see this site, including unlisted galleries");
    }
    context.voice.note("Ctrl-C stops");
    if arguments.open
        && let Some(url) = urls.first()
        && let Err(error) = open(url)
    {
        context
            .voice
            .warning(&Error::new(Code::BrowserNotOpened, format!("cannot open the browser: {error}")).hint(url));
    }
}

/// The address by which the network knows this machine. Asking for a way sends nothing.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_loopback())
}

fn open(url: &str) -> std::io::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut child = processes::command(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Some browsers live on as the child; nobody waits for them but this thread.
    std::thread::spawn(move || child.wait());
    Ok(())
}
