//! `safelight theme`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use safelight::build::without_tokens;
use safelight::catalog::Catalog;
use safelight::compose::{FileKind, Files};
use safelight::config::Config;
use safelight::error::closest_match;
use safelight::pages::{CONTRACT, Theme, files};
use safelight::{Code, Error, Errors};
use serde_json::json;

use super::{Context, Outcome, whole};

/// Arguments of `theme`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the data a page's template receives, as JSON
    Data {
        /// The page's path, such as `/`, `iceland/` or `about/index.html`
        page: String,
    },
    /// List the theme's files and which of them the site overrides
    Files,
    /// Copy a file of the built-in theme into the site's theme folder to change it
    Eject {
        /// The file, such as `photo.html`
        file: String,
        /// Print the file instead
        #[arg(long)]
        print: bool,
        /// Show where it would be written without writing it
        #[arg(long)]
        dry_run: bool,
    },
    /// Check the site's own theme files: outdated, unused or broken
    Check,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Data { page } => data(context, page),
        Command::Files => list(context),
        Command::Eject { file, print, dry_run } => eject(context, file, *print, *dry_run),
        Command::Check => check(context),
    }
}

fn data(context: &Context, page: &str) -> Outcome {
    let config = context.config()?;
    let base = config.url.as_ref().map_or("/", |url| &url.base);
    let data = whole::compose(
        context,
        &config,
        |warning| context.voice.warning(warning),
        |whole| {
            let what = find(whole.files, base, page)?;
            whole.composer.data(what).map_err(Errors::from)
        },
    )?;
    let Some(data) = data else {
        let error = Error::new(Code::UnknownPage, format!("`{page}` is not made by a template"));
        return Err(vec![error.hint("give a page such as `/` or `404.html`")]);
    };
    context.voice.answer(&format!("{data:#}"));
    context.voice.json(&json!({
        "event": "summary", "command": "theme data", "page": page, "contract": CONTRACT, "data": data,
    }));
    Ok(ExitCode::SUCCESS)
}

/// The file at a path, given with or without the base path, a slash in front, and `index.html`.
fn find(files: &Files, base: &str, page: &str) -> Result<FileKind, Error> {
    let below = page.strip_prefix(base).unwrap_or(page).trim_start_matches('/');
    let below = percent_encoding::percent_decode_str(below).decode_utf8_lossy();
    let folder = format!("{}/", below.trim_end_matches('/'));
    let index = format!("{}index.html", if folder == "/" { "" } else { &folder });
    if let Some(file) = files.get(&below).or_else(|| files.get(&index)) {
        return Ok(file.what);
    }
    let error = Error::new(Code::UnknownPage, format!("the site has no page `{page}`"));
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
    let known = pages.map(|(path, _)| path.strip_suffix("index.html").unwrap_or(path));
    Err(match closest_match(below.trim_end_matches("index.html"), known.filter(|path| !path.is_empty())) {
        // Half an address must not be answered with the whole one.
        Some(known) => without_tokens(error.hint(format!("did you mean `{known}`?"))),
        None => error.hint("give the path as in the browser, without scheme and host; `/` is the home page"),
    })
}

fn list(context: &Context) -> Outcome {
    let config = context.config()?;
    let list = files::files(&config.themes, &config.theme.name)?;
    let widest = list.iter().map(|file| file.name.chars().count()).max().unwrap_or(0);
    for file in &list {
        let state = word(&json!(file.state));
        let own = file.overridden_by.as_ref().map(|path| format!(" ({})", shown(&config, path))).unwrap_or_default();
        context.voice.answer(&format!("{:widest$}  {state:9} {}{own}", file.name, file.purpose));
    }
    let files = list.iter().map(|file| {
        json!({
            "name": file.name, "purpose": file.purpose, "state": file.state,
            "overridden_by": file.overridden_by.as_ref().map(|path| shown(&config, path)),
        })
    });
    context.voice.json(&json!({
        "event": "summary", "command": "theme files", "theme": config.theme.name, "contract": CONTRACT,
        "files": files.collect::<Vec<_>>(),
    }));
    Ok(ExitCode::SUCCESS)
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A path as one types it in the site's folder.
fn shown(config: &Config, path: &Path) -> String {
    config.display_path(path).display().to_string()
}

fn eject(context: &Context, file: &str, print: bool, dry_run: bool) -> Outcome {
    let text = files::eject(file)?;
    if print {
        context.voice.answer(text.trim_end_matches('\n'));
        context.voice.json(&json!({ "event": "summary", "command": "theme eject", "name": file, "text": text }));
        return Ok(ExitCode::SUCCESS);
    }
    let config = context.config()?;
    let path = config.themes.join(&config.theme.name).join(file);
    let folder = path.parent().unwrap_or(&path);
    if path.symlink_metadata().is_ok() {
        let error = Error::new(Code::FileExists, "already exists and is not overwritten").at(shown(&config, &path));
        return Err(vec![error.hint(format!("show the built-in one with `safelight theme eject {file} --print`"))]);
    }
    if !dry_run {
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::io(Code::CannotWrite, "create the folder", folder, error))?;
        let written = OpenOptions::new().write(true).create_new(true).open(&path);
        written
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Error::io(Code::CannotWrite, "write", &path, error))?;
    }
    let verb = if dry_run { "would write" } else { "wrote" };
    context.voice.note(&format!("{verb} {}", shown(&config, &path)));
    if file.ends_with(".html") {
        context.voice.note(&format!(
            "to change only a part, begin the file with {{% extends \"default/{file}\" %}} and keep only the blocks \
             that differ"
        ));
    }
    context.voice.json(&json!({
        "event": "summary", "command": "theme eject", "name": file, "dry_run": dry_run, "file": shown(&config, &path),
    }));
    Ok(ExitCode::SUCCESS)
}

fn check(context: &Context) -> Outcome {
    let config = context.config()?;
    // What is wrong in a gallery is told by `check`.
    let (galleries, _) = Catalog::folders(&config);
    let languages = Catalog::languages_of(galleries.iter().map(|(_, said)| said));
    let findings = match Theme::of(&config, &languages) {
        Ok(theme) => theme.warnings().to_vec(),
        Err(errors) => errors,
    };
    let files = files::check(&config.themes, &config.theme.name).unwrap_or_else(|errors| errors);
    let mut told: Vec<Error> = Vec::new();
    for mut finding in findings.into_iter().chain(files) {
        if let Some(place) = &mut finding.place {
            place.file = shown(&config, &place.file).into();
        }
        if !told.contains(&finding) {
            context.voice.warning(&finding);
            told.push(finding);
        }
    }
    let findings = told;
    if findings.is_empty() {
        context.voice.note("no problems found in the theme");
    }
    context.voice.json(&json!({
        "event": "summary", "command": "theme check", "theme": config.theme.name, "contract": CONTRACT,
        "findings": findings.len(),
    }));
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}
