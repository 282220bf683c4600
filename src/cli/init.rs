//! `safelight init`.

use std::fs::OpenOptions;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use safelight::catalog::title_from_name;
use safelight::config::Config;
use safelight::{Code, Error, processes};
use serde_json::json;

use super::{Context, Outcome};

/// The files of a new site, where `{{title}}` and the like stand for what is known of it.
type Files = [(&'static str, &'static str); 6];

macro_rules! texts {
    ($language:literal) => {
        [
            ("site.toml", include_str!("../starter/site.toml")),
            ("galleries/README.txt", include_str!("../starter/galleries.txt")),
            ("pages/about.md", include_str!(concat!("../starter/", $language, "/about.md"))),
            ("pages/privacy.md", include_str!(concat!("../starter/", $language, "/privacy.md"))),
            ("pages/terms.md", include_str!(concat!("../starter/", $language, "/terms.md"))),
            (".gitignore", include_str!("../starter/gitignore")),
        ]
    };
}

/// A language that the texts of a new site are there in.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Language {
    /// English
    En,
    /// German
    De,
    /// French
    Fr,
    /// Spanish
    Es,
}

impl Language {
    fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    fn files(self) -> Files {
        match self {
            Self::En => texts!("en"),
            Self::De => texts!("de"),
            Self::Fr => texts!("fr"),
            Self::Es => texts!("es"),
        }
    }
}

/// What stands for an address that nobody gave. The domain is reserved, so no letter reaches a stranger.
pub(crate) const PLACEHOLDER_CONTACT: &str = "you@example.com";

/// Arguments of `init`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The site's folder; created if missing
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The site's name [default: derived from the folder's name]
    #[arg(long)]
    title: Option<String>,
    /// The photographer's name [default: from git, else the user name]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// How visitors reach you: an email address or URL [default: the email address from git]
    #[arg(long, alias = "email", value_name = "ADDRESS")]
    contact: Option<String>,
    /// The address of the site, such as https://photos.example.com/
    #[arg(long)]
    url: Option<String>,
    /// The language of the site and its texts
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "en")]
    language: Language,
    /// Show what would be written without writing it
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let arguments = &Arguments { folder: super::output_file::at_home(&arguments.folder)?, ..arguments.clone() };
    let folder = &arguments.folder;
    let files = arguments.language.files();
    refuse_to_overwrite(folder, &files)?;
    let known = Known::of(context, arguments);
    let texts = files.map(|(name, text)| (name, known.fill(name, text)));
    known.check(&texts[0].1, folder)?;
    if !arguments.dry_run {
        for (name, text) in &texts {
            write_new(&folder.join(name), text)?;
        }
    }
    tell(context, arguments, &known);
    Ok(ExitCode::SUCCESS)
}

/// Nothing that is there already is touched, and nothing is written beside it if a single file is.
fn refuse_to_overwrite(folder: &Path, files: &Files) -> Result<(), Vec<Error>> {
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        let error = Error::new(Code::UnusableTarget, "is a file, not a folder").at(folder);
        return Err(vec![error.hint("name a new or empty folder")]);
    }
    let there = files.iter().map(|(name, _)| folder.join(name)).filter(|path| path.symlink_metadata().is_ok());
    let errors: Vec<Error> =
        there.map(|path| Error::new(Code::FileExists, "already exists and is not overwritten").at(path)).collect();
    match errors.len() {
        0 => Ok(()),
        last => Err(errors
            .into_iter()
            .enumerate()
            .map(
                |(at, error)| {
                    if at + 1 == last { error.hint("name another folder, or move these files away") } else { error }
                },
            )
            .collect()),
    }
}

/// What is known of the site to be.
struct Known {
    title: String,
    author: String,
    contact: String,
    url: Option<String>,
    language: Language,
    /// What was taken from where, for those who did not say it.
    guesses: Vec<String>,
    today: jiff::civil::Date,
}

impl Known {
    fn of(context: &Context, arguments: &Arguments) -> Self {
        let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !context.voice.is_json();
        let ask = |question: &str| if asks { ask(question) } else { None };
        let mut guesses = Vec::new();
        let mut guess = |name: &str, value: Option<String>, from: &str| {
            let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())?;
            guesses.push(format!("{name} = {value}, from {from}"));
            Some(value)
        };
        let name = std::path::absolute(&arguments.folder).ok().and_then(|path| Some(path.file_name()?.to_owned()));
        let title = arguments.title.clone().unwrap_or_else(|| {
            let named = name.map(|name| title_from_name(Path::new(&name)));
            guess("title", named, "the folder's name").unwrap_or_else(|| "Photographs".to_owned())
        });
        let author = arguments.author.clone().or_else(|| guess("author", git("user.name"), "git"));
        let author = author
            .or_else(|| ask("Who is the photographer?"))
            .or_else(|| guess("author", std::env::var("USER").ok(), "the user's name"))
            .unwrap_or_else(|| "the photographer".to_owned());
        let contact = arguments.contact.clone().or_else(|| guess("contact", git("user.email"), "git"));
        let contact = contact
            .or_else(|| ask("How do visitors reach you (an email or web address, shown on the site)?"))
            .unwrap_or_else(|| PLACEHOLDER_CONTACT.to_owned());
        let url = arguments.url.clone().or_else(|| ask("What is the site's address (leave empty if not known yet)?"));
        let language = arguments.language;
        Self { title, author, contact, url, language, guesses, today: jiff::Zoned::now().date() }
    }

    fn fill(&self, name: &str, text: &str) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let copyright = format!("© {} {}", self.today.year(), self.author);
        let mut filled = text.replace("{{today}}", &self.today.to_string());
        if name == "site.toml" {
            let url = match &self.url {
                Some(url) => format!("url = {}", quoted(url)),
                None => "# url = \"https://photos.example.com/\"".to_owned(),
            };
            // Last what its owner chose freely: it is not looked through for places again.
            for (place, value) in [
                ("{{url}}", url),
                ("{{language}}", quoted(self.language.tag())),
                ("{{contact}}", quoted(&self.contact)),
                ("{{copyright}}", quoted(&copyright)),
                ("{{author}}", quoted(&self.author)),
                ("{{title}}", quoted(&self.title)),
            ] {
                filled = filled.replacen(place, &value, 1);
            }
        }
        filled
    }

    /// Reads the settings as a build would, so that a bad address is told now and not then.
    fn check(&self, settings: &str, folder: &Path) -> Result<(), Vec<Error>> {
        match Config::from_text(settings, Path::new("site.toml"), folder) {
            Ok(_) => Ok(()),
            Err(errors) => Err(errors
                .into_iter()
                .map(|error| Error { code: Code::InvalidArgument, place: None, ..error })
                .collect()),
        }
    }
}

/// One line from the terminal; nothing where it is empty.
fn ask(question: &str) -> Option<String> {
    let mut error = anstream::stderr().lock();
    write!(error, "{question} ").and_then(|()| error.flush()).ok()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn git(setting: &str) -> Option<String> {
    let mut command = processes::command("git");
    command.args(["config", "--get", setting]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::io(Code::CannotWrite, "create the folder", folder, error))?;
    let written = OpenOptions::new().write(true).create_new(true).open(path);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Error::io(Code::CannotWrite, "write", path, error))
}

fn tell(context: &Context, arguments: &Arguments, known: &Known) {
    let voice = &context.voice;
    let folder = arguments.folder.display().to_string();
    for guess in &known.guesses {
        voice.note(&format!("{guess}; change it in site.toml"));
    }
    if known.contact == PLACEHOLDER_CONTACT {
        let warning = Error::new(
            Code::PlaceholderContact,
            format!("no contact is known, so the pages say `{PLACEHOLDER_CONTACT}`"),
        )
        .at(arguments.folder.join("site.toml"));
        voice.warning(&warning.hint("set `contact` before you publish"));
    }
    voice.json(&json!({
        "event": "summary", "command": "init", "dry_run": arguments.dry_run, "folder": folder,
        "files": arguments.language.files().map(|(name, _)| name), "language": arguments.language.tag(), "title": known.title, "author": known.author,
        "contact": known.contact, "url": known.url,
    }));
    if arguments.dry_run {
        for (name, _) in arguments.language.files() {
            voice.note(&format!("would write {}", arguments.folder.join(name).display()));
        }
        return;
    }
    let enter = if folder == "." { String::new() } else { format!("  cd {}\n", shell_word(&folder)) };
    voice.note(&format!(
        "{} is ready in {folder}\n\nnext:\n{enter}  put folders of photos into galleries/\n  safelight serve --open    \
         preview the site while you work\n  safelight build           build the site into public/",
        known.title
    ));
}

/// A path as one can type it into a shell.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./~+:@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
