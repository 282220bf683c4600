//! Arguments, terminal, exit codes, the clock and the random source.

mod audit;
mod build;
mod cards;
mod check;
mod clean;
mod completions;
mod config;
mod edge;
mod explain;
mod forget;
mod hosts;
mod init;
mod link_changes;
mod link_session;
mod links;
mod next_expiry;
mod open;
mod output_file;
mod password;
mod picks;
mod printer;
#[cfg(feature = "publish")]
mod publish;
mod repair;
mod secret;
mod serve;
mod share;
mod theme;
mod turn;
mod verify;
mod whole;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use safelight::config::Config;
use safelight::{Code, Error, ErrorKind};

pub(crate) use printer::Printer;

/// Turns folders of photographs into a static gallery site with signed access links.
///
/// Exit codes: 0 success; 1 a check found problems; 2 wrong usage; 3 an error in the site's own files; 4 unusable photos
/// (with --strict); 5 secret missing or wrong; 6 input or output error; 7 another command is running on the site;
/// 130 stopped by Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "safelight", version = version(), disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Common {
    /// The site: its `site.toml`, or the folder that contains it
    #[arg(
        long,
        short = 's',
        global = true,
        help_heading = "Global options",
        default_value = "site.toml",
        env = "SAFELIGHT_SITE",
        value_name = "FILE"
    )]
    site: PathBuf,
    /// Output format
    #[arg(long, global = true, help_heading = "Global options", default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Print only errors and warnings
    #[arg(long, short, global = true, help_heading = "Global options", conflicts_with = "verbose")]
    quiet: bool,
    /// Print more detail
    #[arg(long, short, global = true, help_heading = "Global options")]
    verbose: bool,
    /// How long to wait while another command is running on the site: 90s, 10m; 0 fails at once
    #[arg(long, global = true, help_heading = "Global options", default_value = "10m", value_name = "TIME", value_parser = turn::parse_duration)]
    lock_timeout: std::time::Duration,
}

/// The format of what a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Plain text.
    Text,
    /// One JSON object per line; the last is a summary.
    Json,
    /// A table for spreadsheets; only for `links`.
    Csv,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a new site: settings, text pages and a folder for galleries
    Init(init::Arguments),
    /// Build the site
    Build(build::Arguments),
    /// Preview the site on this computer; rebuild and reload the browser on every change
    Serve(serve::Arguments),
    /// Report every error and warning a build would give, without rendering photos
    Check(check::Arguments),
    /// Put the site online: build, audit, withdraw, upload, purge caches, and look at the result
    #[cfg(feature = "publish")]
    Publish(publish::Arguments),
    /// Put the site online; this program was built without it
    #[cfg(not(feature = "publish"))]
    #[command(disable_help_flag = true)]
    Publish {
        #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check that nothing public leads to anything private
    Audit(audit::Arguments),
    /// Delete cached pictures and metadata; the next build makes them again
    Clean(clean::Arguments),
    /// Create, check or replace the secret that links are derived from
    Secret(secret::Arguments),
    /// Create a link that opens a private gallery
    Share(share::Arguments),
    /// Choose a password for a sealed gallery, or remove it
    Password(password::Arguments),
    /// List links: for whom, to what, since when, until when, and whether they work
    Links(links::Arguments),
    /// Revoke a link permanently
    Revoke(link_changes::Revoke),
    /// Let a link work longer
    Extend(link_changes::Extend),
    /// Let a link end sooner, or give it a last day
    Expire(link_changes::Expire),
    /// Move a gallery's pictures to a new address; its links stay the same
    Rotate(link_changes::Whole),
    /// Close a gallery permanently: all its links stop working
    Retire(link_changes::Whole),
    /// Check a link or a code: whose it is and whether it still works
    Verify(verify::Arguments),
    /// Open a sealed gallery: check every file, and write the photos if you wish
    Open(open::Arguments),
    /// Read the favourites that clients sent, for your photo programs
    Picks(picks::Arguments),
    /// Erase a recipient's name, or a photo
    Forget(forget::Arguments),
    /// Show when the next link, public gallery or former secret expires
    NextExpiry(next_expiry::Arguments),
    /// Correct dates in the ledger that were written while the clock was wrong
    Repair(repair::Arguments),
    /// Generate server rules that block expired and revoked links
    Edge(edge::Arguments),
    /// Show the settings in effect, or their JSON schema
    Config(config::Arguments),
    /// Inspect and customise the theme
    Theme(theme::Arguments),
    /// Explain an error, a warning or a rule of the audit
    Explain(explain::Arguments),
    /// Generate shell completions
    Completions(completions::Arguments),
}

/// What every command has: the options of all, and a way to speak.
pub(crate) struct Context {
    pub(crate) common: Common,
    pub(crate) voice: Printer,
    /// The command's name, for those who will wait for it.
    pub(crate) command: String,
}

/// How a command ended when nothing was wrong enough for an error.
pub(crate) type Outcome = Result<ExitCode, Vec<Error>>;

impl Context {
    /// The site's `site.toml`.
    pub(crate) fn site_file(&self) -> PathBuf {
        let given = &self.common.site;
        if given.is_dir() { given.join("site.toml") } else { given.clone() }
    }

    /// Reads the site's configuration and tells its warnings.
    pub(crate) fn config(&self) -> Result<Config, Vec<Error>> {
        let (config, warnings) = Config::read(&self.site_file())?;
        for warning in &warnings {
            self.voice.warning(warning);
        }
        Ok(config)
    }
}

/// Parses the arguments, runs the command, tells what went wrong.
pub(crate) fn run() -> ExitCode {
    let parsed = Cli::command().try_get_matches().and_then(|matches| {
        let name = matches.subcommand_name().unwrap_or_default().to_owned();
        Ok((Cli::from_arg_matches(&matches)?, name))
    });
    let (cli, command) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return called_wrongly(&error),
    };
    let voice = Printer::new(cli.common.format, cli.common.quiet, cli.common.verbose);
    let context = Context { common: cli.common, voice, command };
    if context.common.format == Format::Csv && !matches!(cli.command, Command::Links(_)) {
        let error = Error::new(Code::InvalidArgument, "only `links` supports `--format csv`");
        context.voice.error(&error.hint("use `--format json` instead"));
        return exit_code(ErrorKind::Usage).into();
    }
    let outcome = match cli.command {
        Command::Init(arguments) => init::run(&context, &arguments),
        Command::Serve(arguments) => serve::run(&context, &arguments),
        Command::Check(arguments) => check::run(&context, &arguments),
        Command::Config(arguments) => config::run(&context, &arguments),
        Command::Theme(arguments) => theme::run(&context, &arguments),
        Command::Explain(arguments) => explain::run(&context, &arguments),
        Command::Completions(arguments) => completions::run(&context, &arguments),
        Command::Build(arguments) => build::run(&context, arguments),
        #[cfg(feature = "publish")]
        Command::Publish(arguments) => publish::run(&context, &arguments),
        #[cfg(not(feature = "publish"))]
        Command::Publish { .. } => Err(vec![
            Error::new(Code::PublishUnavailable, "this program was built without `publish`")
                .hint("install it again with its default features, or use `./safelight`, which adds it"),
        ]),
        Command::Audit(arguments) => audit::run(&context, &arguments),
        Command::Clean(arguments) => clean::run(&context, &arguments),
        Command::Secret(arguments) => secret::run(&context, &arguments),
        Command::Share(arguments) => share::run(&context, &arguments),
        Command::Password(arguments) => password::run(&context, &arguments),
        Command::Links(arguments) => links::run(&context, &arguments),
        Command::Revoke(arguments) => link_changes::run_revoke(&context, &arguments),
        Command::Extend(arguments) => link_changes::run_extend(&context, &arguments),
        Command::Expire(arguments) => link_changes::run_expire(&context, &arguments),
        Command::Rotate(arguments) => link_changes::run_rotate(&context, &arguments),
        Command::Retire(arguments) => link_changes::run_retire(&context, &arguments),
        Command::Verify(arguments) => verify::run(&context, &arguments),
        Command::Open(arguments) => open::run(&context, &arguments),
        Command::Picks(arguments) => picks::run(&context, &arguments),
        Command::Forget(arguments) => forget::run(&context, &arguments),
        Command::NextExpiry(arguments) => next_expiry::run(&context, &arguments),
        Command::Repair(arguments) => repair::run(&context, &arguments),
        Command::Edge(arguments) => edge::run(&context, &arguments),
    };
    match outcome {
        Ok(code) if code == ExitCode::SUCCESS && printer::lost() => exit_code(ErrorKind::Io).into(),
        Ok(code) => code,
        Err(errors) => {
            for error in &errors {
                context.voice.error(error);
            }
            errors.iter().map(|error| exit_code(error.kind())).max().unwrap_or(1).into()
        }
    }
}

/// Help and version are answers; what else the command line lacks is told as every error is, to programs too.
fn called_wrongly(error: &clap::Error) -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).take_while(|argument| argument != "--").collect();
    let json = arguments.iter().any(|argument| argument == "--format=json")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    if !json || !error.use_stderr() {
        // Nobody is there to be told where this fails.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    let text = error.render().to_string();
    let (message, hint) = text.split_once("\n\n").unwrap_or((&text, ""));
    let told = Error::new(Code::InvalidArgument, message.trim_start_matches("error: ").trim().replace('\n', " "));
    let hint = hint.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    Printer::new(Format::Json, false, false).error(&if hint.is_empty() { told } else { told.hint(hint) });
    exit_code(ErrorKind::Usage).into()
}

/// The exit code of an error; documented in the help text.
fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Finding => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Site => 3,
        ErrorKind::Photo => 4,
        ErrorKind::Secret => 5,
        ErrorKind::Io => 6,
        ErrorKind::Locked => 7,
        ErrorKind::Interrupted => 130,
    }
}

/// The program's version and its codecs', with whether their SIMD is in.
fn version() -> &'static str {
    use std::sync::OnceLock;
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut text = env!("CARGO_PKG_VERSION").to_owned();
        for codec in safelight::images::codecs() {
            let simd = if codec.simd { "with SIMD" } else { "without SIMD" };
            text.push_str(&format!("\n{} {} {simd}", codec.name, codec.version));
        }
        text
    })
}
