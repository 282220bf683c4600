//! `safelight password`: passwords of the photographer's own choosing, for sealed galleries.

mod strength;

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safelight::access::life::state;
use safelight::access::passwords::{FILE, FILE_VARIABLE, Passwords, VARIABLE, chosen};
use safelight::access::{GalleryId, Password, git};
use safelight::config::{GalleryConfig, GalleryEdit};
use safelight::error::{closest_match, on_one_line};
use safelight::{Code, Error};
use serde_json::json;
use zeroize::Zeroizing;

use super::build::counted;
use super::link_session::{Day, LinkSession, secret_sources};
use super::output_file::at_home;
use super::secret::keep_out_of_git;
use super::{Context, Outcome};
use strength::{Strength, money};

/// The variable that holds passwords to set, one on each line.
pub(super) const TYPED_VARIABLE: &str = "SAFELIGHT_PASSWORD";
/// No file of passwords is larger.
const LARGEST: u64 = 1 << 16;

/// Arguments of `password`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The gallery's folder
    gallery: String,
    /// The audience, as defined in `gallery.toml` [default: everyone without one]
    #[arg(long = "for", value_name = "AUDIENCE")]
    audience: Option<String>,
    /// Read the password from this file, or several, one on each line; `-` is standard input [default: SAFELIGHT_PASSWORD, else
    /// you are asked]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Remove the audience's passwords; the codes of links stay
    #[arg(long, conflicts_with_all = ["file", "allow_weak"])]
    remove: bool,
    /// List which audiences have passwords, without showing any
    #[arg(long, conflicts_with_all = ["audience", "file", "remove", "allow_weak"])]
    list: bool,
    /// Accept a password that can be guessed
    #[arg(long)]
    allow_weak: bool,
}

/// What the command is about.
struct Subject<'a> {
    gallery: GalleryId,
    path: String,
    folder: &'a Path,
    said: &'a GalleryConfig,
    audience: &'a str,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let desk = LinkSession::open(context, Day::default(), !arguments.list)?;
    let found = secret_sources(&desk.config).find_passwords(git::tracks)?;
    let gallery = desk.gallery(&arguments.gallery)?;
    let path = desk.path(gallery);
    let Some((folder, said)) = desk.folder(gallery) else {
        return Err(vec![Error::new(Code::SharedFolderGone, format!("the folder of `{path}` is missing"))]);
    };
    let audience = arguments.audience.as_deref().unwrap_or_default();
    let subject = Subject { gallery, path, folder, said, audience };
    if arguments.list {
        return list(context, &subject, &found.passwords);
    }
    if let Some(variable) = found.variable {
        let message = format!("the passwords come from {variable}, where this command cannot change them");
        let hint = format!("run the command without {VARIABLE} and {FILE_VARIABLE}; then give CI the new {FILE}");
        return Err(vec![Error::new(Code::SecretFromEnvironment, message).hint(hint)]);
    }
    if arguments.remove {
        return remove(context, &desk, &subject, found.passwords);
    }
    subject.refuse_unsealed(&desk)?;
    subject.refuse_unknown_audience()?;
    let passwords = typed(arguments)?;
    let known = names_around(&desk, &subject);
    let judged = passwords.iter().map(|one| Strength::of(one.expose(), &known, desk.config.code_iterations));
    let judged: Vec<Strength> = judged.collect();
    let weak: Vec<(usize, Strength)> = judged.into_iter().enumerate().filter(|(_, one)| one.is_weak()).collect();
    if !arguments.allow_weak && !weak.is_empty() {
        return Err(weak.iter().map(|(at, strength)| refused(*at, passwords.len(), *strength)).collect());
    }
    set(context, &desk, &subject, found.passwords, passwords, &weak)
}

impl Subject<'_> {
    /// A password opens what is ciphertext alone.
    fn refuse_unsealed(&self, desk: &LinkSession) -> Result<(), Vec<Error>> {
        if desk.is_sealed(self.gallery) {
            return Ok(());
        }
        let message = format!("`{}` is not sealed, so a password would protect nothing", self.path);
        let error = Error::new(Code::GalleryNotSealed, message).at(self.file(desk));
        Err(vec![error.hint("write `access = \"sealed\"` into its `gallery.toml` first")])
    }

    fn refuse_unknown_audience(&self) -> Result<(), Vec<Error>> {
        let Self { path, audience, said, .. } = self;
        if audience.is_empty() || said.audiences.contains_key(*audience) {
            return Ok(());
        }
        let error = Error::new(Code::UnknownAudience, format!("`{path}` has no audience `{audience}`"));
        Err(vec![match closest_match(audience, said.audiences.keys().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!(
                "define it in `gallery.toml` as `[audiences.{audience}]`, or omit `--for` for links without an audience"
            )),
        }])
    }

    fn file(&self, desk: &LinkSession) -> PathBuf {
        desk.config.display_gallery_path(self.folder.join("gallery.toml"))
    }

    /// Whether anybody has an address to type a password at.
    fn has_working_link(&self, desk: &LinkSession) -> bool {
        let expires = desk.gallery_expires(self.gallery);
        desk.ledger.gallery(self.gallery).is_some_and(|gallery| {
            let links = gallery.links.iter().filter(|link| link.audience == self.audience);
            links.into_iter().any(|link| state(gallery, link, expires, desk.today).is_alive())
        })
    }

    /// "`weddings/lake` for the audience `guests`".
    fn name(&self) -> String {
        match self.audience {
            "" => format!("`{}`", self.path),
            audience => format!("`{}` for the audience `{audience}`", self.path),
        }
    }
}

/// Writes the passwords, and that there are some.
fn set(
    context: &Context,
    desk: &LinkSession,
    subject: &Subject<'_>,
    mut all: Passwords,
    passwords: Vec<Password>,
    weak: &[(usize, Strength)],
) -> Outcome {
    let Subject { gallery, audience, .. } = *subject;
    let former = all.for_audience(gallery, audience).to_vec();
    let gone = former.iter().filter(|one| !passwords.contains(one)).count();
    let count = passwords.len();
    let changes = gone > 0 || former.len() != count || !subject.said.has_passwords(audience);
    if changes {
        let edit = GalleryEdit::passwords(&desk.config, subject.folder, audience, true)?;
        let file = desk.config.root.join(FILE);
        all.set(gallery, audience, passwords);
        all.write(&file, gallery, &subject.path, audience)?;
        keep_out_of_git(&desk.config);
        if let Err(error) = edit.write() {
            all.set(gallery, audience, former);
            // That it could not be undone is not the error to tell.
            let _ = all.write(&file, gallery, &subject.path, audience);
            return Err(vec![error]);
        }
    }
    for (at, strength) in weak {
        let message = format!("{}; it was accepted because of `--allow-weak`", verdict(*at, count, *strength));
        context.voice.warning(&Error::new(Code::WeakPassword, message));
    }
    let name = subject.name();
    let mut lines = Vec::new();
    if changes {
        lines.push(format!(
            "{} {name} after the next publish, as the codes of its links do",
            subject_of(count, "opens", "open")
        ));
        if gone > 0 {
            lines.push(format!("{} it", former_of(gone)));
        }
        lines.push(if subject.has_working_link(desk) {
            "its pictures move to a new address and are encrypted with a new key".to_owned()
        } else {
            "no link to it works: share it, because a password is typed at the address of a link".to_owned()
        });
        lines.push(format!(
            "passwords are kept in {FILE}, readable only by you: back it up, and copy it to every computer that builds this site (in \
             CI, set {VARIABLE} to its content)"
        ));
    } else {
        lines.push(format!("nothing changes: {} {name} already", subject_of(count, "opens", "open")));
    }
    lines.push(
        "revoking a link does not revoke a password: someone who knows it and the address of a working link can open the gallery \
         until you choose another"
            .to_owned(),
    );
    context.voice.note(&lines.join("\n"));
    let told = |(at, strength): &(usize, Strength)| json!({ "password": at + 1, "reason": strength.reason, "usd": (strength.dollars * 100.0).round() / 100.0 });
    context.voice.json(&json!({
        "event": "summary", "command": "password", "gallery": subject.path, "id": gallery.as_str(), "audience": audience,
        "passwords": count, "removed": gone, "changed": changes, "weak": weak.iter().map(told).collect::<Vec<_>>(),
    }));
    Ok(ExitCode::SUCCESS)
}

/// Removes the passwords of an audience, and the word that there are some.
fn remove(context: &Context, desk: &LinkSession, subject: &Subject<'_>, mut all: Passwords) -> Outcome {
    let Subject { gallery, audience, .. } = *subject;
    let count = all.for_audience(gallery, audience).len();
    let is_said = subject.said.has_passwords(audience);
    if count == 0 && !is_said {
        return Err(vec![Error::new(Code::NothingToDo, format!("there are no passwords for {}", subject.name()))]);
    }
    // In this order: a gallery that asks for passwords that are not there cannot be built.
    if is_said {
        GalleryEdit::passwords(&desk.config, subject.folder, audience, false)?.write()?;
    }
    if count > 0 {
        all.set(gallery, audience, Vec::new());
        all.write(&desk.config.root.join(FILE), gallery, &subject.path, audience)?;
    }
    let mut lines = vec![match count {
        0 => format!("{} asks for no passwords any more", subject.name()),
        count => format!("{} {} after the next publish", former_of(count), subject.name()),
    }];
    if count > 0 && desk.is_sealed(gallery) && subject.has_working_link(desk) {
        lines.push(
            "its pictures move to a new address and are encrypted with a new key; the codes of its links stay"
                .to_owned(),
        );
    }
    context.voice.note(&lines.join("\n"));
    context.voice.json(&json!({
        "event": "summary", "command": "password", "gallery": subject.path, "id": gallery.as_str(), "audience": audience,
        "passwords": 0, "removed": count, "changed": true, "weak": [],
    }));
    Ok(ExitCode::SUCCESS)
}

/// Says which audiences have passwords, and where that and the gallery's own file do not fit.
fn list(context: &Context, subject: &Subject<'_>, all: &Passwords) -> Outcome {
    let said = subject.said;
    let named = said.audiences.keys().map(String::as_str).chain([""]).filter(|name| said.has_passwords(name));
    let audiences: BTreeSet<&str> = named.chain(all.audiences(subject.gallery)).collect();
    for audience in &audiences {
        let count = all.for_audience(subject.gallery, audience).len();
        let wanted = said.has_passwords(audience);
        let who = if audience.is_empty() { "everyone without an audience" } else { audience };
        let count_text = counted(count, "password", "passwords");
        context.voice.answer(&on_one_line(&match (count, wanted) {
            (0, _) => format!("{who}: should have passwords, but there are none here"),
            (_, true) => format!("{who}: {count_text}"),
            (_, false) => {
                format!("{who}: {count_text}, not in use, because `gallery.toml` does not say `passwords = true`")
            }
        }));
        context.voice.json(
            &json!({ "event": "passwords", "audience": audience, "passwords": count, "in_use": wanted && count > 0 }),
        );
    }
    if audiences.is_empty() {
        context.voice.note(&format!("`{}` has no passwords: the codes of its links open it", subject.path));
    }
    context.voice.json(&json!({
        "event": "summary", "command": "password", "gallery": subject.path, "id": subject.gallery.as_str(),
        "audiences": audiences.len(),
    }));
    Ok(ExitCode::SUCCESS)
}

/// "this password opens", "these 2 passwords open".
fn subject_of(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("this password {one}") } else { format!("these {count} passwords {more}") }
}

/// "the former password no longer opens", "2 former passwords no longer open".
fn former_of(count: usize) -> String {
    if count == 1 {
        "the former password no longer opens".to_owned()
    } else {
        format!("{count} former passwords no longer open")
    }
}

fn refused(at: usize, count: usize, strength: Strength) -> Error {
    Error::new(Code::PasswordRefused, verdict(at, count, strength)).hint(
        "use four or five words that have nothing to do with each other or with the gallery; to use this one all the same, pass \
         `--allow-weak`",
    )
}

/// What is thought of one of so many passwords, which is not repeated.
fn verdict(at: usize, count: usize, strength: Strength) -> String {
    let which = if count == 1 { "the password".to_owned() } else { format!("password {}", at + 1) };
    format!(
        "{which} is weak: {}, so anyone with a copy of the site's files can find it for {} in computing time",
        strength.reason,
        money(strength.dollars)
    )
}

/// What is typed: from a file, from the environment, or at a terminal.
fn typed(arguments: &Arguments) -> Result<Vec<Password>, Vec<Error>> {
    let text = match &arguments.file {
        Some(file) => read(file)?,
        None => match std::env::var(TYPED_VARIABLE).ok().filter(|text| !text.is_empty()) {
            Some(text) => Zeroizing::new(text),
            None => asked()?,
        },
    };
    let mut passwords = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let password = chosen(line)?;
        if !passwords.contains(&password) {
            passwords.push(password);
        }
    }
    // Nothing but white space says why it is no password.
    if passwords.is_empty() {
        Err(vec![chosen("").err().unwrap_or_else(|| Error::new(Code::Internal, "an empty password"))])
    } else {
        Ok(passwords)
    }
}

/// The text of a file with a password, or of standard input for `-`.
pub(super) fn read(file: &Path) -> Result<Zeroizing<String>, Vec<Error>> {
    let file = at_home(file)?;
    let mut bytes = Zeroizing::new(Vec::new());
    let taken = if file == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&file).and_then(|open| open.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    taken.map_err(|error| Error::io(Code::CannotRead, "read the password", &file, error))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if bytes.len() as u64 <= LARGEST => Ok(Zeroizing::new(text.trim_start_matches('\u{feff}').to_owned())),
        _ => Err(vec![
            Error::new(Code::PasswordRefused, "this is not a text file of passwords")
                .at(&file)
                .hint("write one on each line, in UTF-8"),
        ]),
    }
}

/// Asks twice, without showing what is typed.
fn asked() -> Result<Zeroizing<String>, Vec<Error>> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = format!("there is no terminal to ask at, no `--file`, and {TYPED_VARIABLE} is not set");
        let hint = format!("pass `--file FILE`, `--file -` for standard input, or set {TYPED_VARIABLE}");
        return Err(vec![Error::new(Code::InvalidArgument, message).hint(hint)]);
    }
    let first = ask("Password (not shown): ")?;
    // What is refused in any case need not be typed again.
    chosen(&first)?;
    if *first == *ask("The same again: ")? {
        return Ok(first);
    }
    let message = "the two are not the same";
    Err(vec![Error::new(Code::PasswordRefused, message).hint("run the command again")])
}

/// Asks at the terminal, without showing what is typed.
pub(super) fn ask(question: &str) -> Result<Zeroizing<String>, Vec<Error>> {
    let terminal = console::Term::stderr();
    let line = terminal.write_str(question).and_then(|()| terminal.read_secure_line());
    let line = line.map_err(|error| Error::new(Code::CannotRead, format!("cannot read the password: {error}")))?;
    Ok(Zeroizing::new(line))
}

/// Names that anybody would try at this gallery.
fn names_around(desk: &LinkSession, subject: &Subject<'_>) -> Vec<String> {
    let config = &desk.config;
    let mut names = vec![desk.title(subject.gallery), config.title.clone()];
    names.extend(subject.path.split('/').map(str::to_owned));
    names.extend(config.author.iter().chain(&config.contact).cloned());
    names.extend(config.url.as_ref().map(|url| url.origin.clone()));
    names.extend(subject.said.audiences.keys().chain(&subject.said.keywords).cloned());
    names.extend(subject.said.translations.values().filter_map(|said| said.title.clone()));
    let links = desk.ledger.gallery(subject.gallery).map(|gallery| gallery.links.as_slice()).unwrap_or_default();
    names.extend(links.iter().map(|link| link.to.clone()));
    names
}
