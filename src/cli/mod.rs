//! Arguments, terminal, exit codes, the clock and the random source.

mod audit;
mod build;
mod clean;
mod voice;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use safelight::config::Config;
use safelight::{Error, ErrorKind};

pub(crate) use voice::Voice;

/// Turns folders of photographs into a static gallery site with signed access links.
///
/// Exit codes: 0 done; 1 a check found something; 2 wrong call; 3 something in the site's own files is wrong;
/// 4 photographs that cannot be used, under --strict; 5 the secret is missing or wrong; 6 the file system refused;
/// 7 another build is running; 130 stopped by Ctrl-C.
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
    /// The site's `site.toml`, or the folder that holds it
    #[arg(long, short = 's', global = true, default_value = "site.toml", env = "SAFELIGHT_SITE", value_name = "FILE")]
    site: PathBuf,
    /// How results are told: text for people, json as one event a line
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Tell errors and warnings only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell more
    #[arg(long, short, global = true)]
    verbose: bool,
}

/// How results are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// Newline-delimited JSON events, the last one a summary.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the site
    Build(build::Arguments),
    /// Prove that nothing public leads to anything private
    Audit(audit::Arguments),
    /// Drop what can be made again: finished pictures and what was read of the photographs
    Clean(clean::Arguments),
}

/// What every command has: the options of all, and a way to speak.
pub(crate) struct Context {
    pub(crate) common: Common,
    pub(crate) voice: Voice,
}

/// How a command ended when nothing was wrong enough for an error.
pub(crate) type Outcome = Result<ExitCode, Vec<Error>>;

impl Context {
    /// Reads the site's configuration and tells its warnings.
    pub(crate) fn config(&self) -> Result<Config, Vec<Error>> {
        let given = &self.common.site;
        let file = if given.is_dir() { given.join("site.toml") } else { given.clone() };
        let (config, warnings) = Config::read(&file)?;
        for warning in &warnings {
            self.voice.warning(warning);
        }
        Ok(config)
    }
}

/// Parses the arguments, runs the command, tells what went wrong.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let voice = Voice::new(cli.common.format, cli.common.quiet, cli.common.verbose);
    let context = Context { common: cli.common, voice };
    let outcome = match cli.command {
        Command::Build(arguments) => build::run(&context, arguments),
        Command::Audit(arguments) => audit::run(&context, &arguments),
        Command::Clean(arguments) => clean::run(&context, &arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(errors) => {
            for error in &errors {
                context.voice.error(error);
            }
            errors.iter().map(|error| exit_code(error.kind)).max().unwrap_or(1).into()
        }
    }
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
