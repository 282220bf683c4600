//! `safelight open`: a sealed gallery as plain files, and whether every one of them is what was sealed.

mod place;
mod writing;

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rayon::prelude::*;
use safelight::access::TypedSecret;
use safelight::access::code::{CodeFault, normal_code, typed_secret};
use safelight::config::Config;
use safelight::error::on_one_line;
use safelight::files::canonical_or_absolute;
use safelight::sealed::{
    ContentKey, MANIFEST, MANIFEST_LIMIT, Manifest, ManifestFault, Node, Refusal, SLOTS, SLOTS_LIMIT, Slots, open,
};
use safelight::{Code, Error};
use serde_json::json;
use zeroize::Zeroizing;

use super::build::counted;
use super::output_file::at_home;
use super::password::{TYPED_VARIABLE, ask, read};
use super::{Context, Outcome};
use place::Place;
use writing::{Writing, Written};

/// The most bytes that are read of what a photo's page says.
const ABOUT_LIMIT: u64 = 4 << 20;

/// Arguments of `open`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The gallery: its link, or its folder in a published site (`g/…/` or `x/…/`)
    #[arg(value_name = "DIR|URL")]
    place: String,
    /// The code of one of its links
    #[arg(long, value_name = "CODE", conflicts_with = "password_file")]
    code: Option<String>,
    /// Read the password or code from this file; `-` is standard input [default: the code in the link, else
    /// SAFELIGHT_PASSWORD, else you are asked]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Write the photos and ZIP files into this folder; without it, they are only checked
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let (place, code) = Place::find(&arguments.place)?;
    let folder = arguments.to.as_deref().map(|to| target(context, &place, to)).transpose()?;
    let slots =
        Slots::read(&small(&place, SLOTS, SLOTS_LIMIT as u64)?).map_err(|fault| vec![refused(SLOTS, &fault)])?;
    let secret = secret(arguments, code)?;
    let content = slots.open(secret.expose_bytes()).ok_or_else(|| vec![wrong(&secret, &slots)])?;
    let manifest = manifest(&place, &content)?;
    context.voice.note(&on_one_line(&format!(
        "opening “{}”: {} in {}",
        manifest.title,
        counted(manifest.photos.len(), "photo", "photos"),
        counted(manifest.files.len() + 1, "sealed file", "sealed files"),
    )));
    let writing = folder.map(|folder| Writing::plan(folder, &manifest)).transpose()?;
    let abouts = manifest.photos.iter().map(|photo| photo.about).collect();
    let work = Work { place: &place, content: &content, manifest: &manifest, abouts, writing: writing.as_ref() };
    let done = work.all()?;
    tell(context, &place, &manifest, writing.as_ref(), done)
}

/// Opening every file of one gallery.
struct Work<'a> {
    place: &'a Place,
    content: &'a ContentKey,
    manifest: &'a Manifest,
    /// The files with what the pages of photos say.
    abouts: HashSet<usize>,
    writing: Option<&'a Writing>,
}

/// What became of one file.
#[derive(Default)]
struct Done {
    errors: Vec<Error>,
    written: Written,
    /// What a photo's page says, where the file is that.
    about: Option<String>,
}

impl Work<'_> {
    /// Opens every file; what is wrong with one does not keep the others.
    fn all(&self) -> Result<Vec<Done>, Vec<Error>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.place.at_once()).build();
        let pool = pool.map_err(|error| Error::new(Code::CannotStart, format!("cannot start threads: {error}")))?;
        Ok(pool.install(|| (0..self.manifest.files.len()).into_par_iter().map(|number| self.one(number)).collect()))
    }

    fn one(&self, number: usize) -> Done {
        let file = &self.manifest.files[number];
        let open_to = |to: &mut dyn Write| -> Result<(), Error> {
            let from = self.place.stream(&file.name)?;
            open(self.content, &file.name, Some(&file.salt), from, to).map_err(|refusal| match refusal {
                Refusal::Write(error) if error.kind() != io::ErrorKind::FileTooLarge => {
                    Error::new(Code::CannotWrite, format!("cannot write the content of `{}`: {error}", file.name))
                }
                refusal => self.refused(number, &refusal),
            })?;
            Ok(())
        };
        if let Some(writing) = self.writing.filter(|writing| writing.wants(number)) {
            let (written, errors) = writing.write(number, open_to);
            return Done { errors, written, about: None };
        }
        if !self.abouts.contains(&number) {
            return Done { errors: open_to(&mut io::sink()).err().into_iter().collect(), ..Done::default() };
        }
        let mut bytes = Limited { bytes: Vec::new(), limit: ABOUT_LIMIT };
        let nodes = open_to(&mut bytes)
            .and_then(|()| Node::read_all(&bytes.bytes).map_err(|fault| self.refused(number, &fault)));
        match nodes {
            Ok(nodes) => {
                Done { about: nodes.iter().find_map(|node| node.of_class("about")).map(Node::text), ..Done::default() }
            }
            Err(error) => Done { errors: vec![error], ..Done::default() },
        }
    }

    /// What is wrong with a file, and whose it is.
    fn refused(&self, number: usize, why: &dyn std::fmt::Display) -> Error {
        let error = refused(&self.manifest.files[number].name, why);
        let is_of = |photo: &&safelight::sealed::SealedPhoto| {
            let pictures = photo.pictures.iter().map(|picture| picture.file);
            pictures.chain([photo.about]).chain(photo.original).any(|file| file == number)
        };
        let photo = self.manifest.photos.iter().find(is_of).map(|photo| &photo.file);
        match photo.or_else(|| self.manifest.archives.iter().find(|(file, _)| *file == number).map(|(_, name)| name)) {
            Some(name) => error.hint(format!("it belongs to `{}`; publish the site again", on_one_line(name))),
            None => error,
        }
    }
}

/// Bytes in memory, up to a limit.
struct Limited {
    bytes: Vec<u8>,
    limit: u64,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than such files are"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn refused(name: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(Code::SealedFileRefused, why.to_string()).at(name)
}

/// A small file as it lies there.
fn small(place: &Place, name: &str, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = place.stream(name)?.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| refused(name, &Refusal::Read(error)))?;
    Ok(bytes)
}

fn manifest(place: &Place, content: &ContentKey) -> Result<Manifest, Error> {
    let mut plain = Limited { bytes: Vec::new(), limit: MANIFEST_LIMIT };
    let opened = open(content, MANIFEST, None, place.stream(MANIFEST)?, &mut plain);
    opened.map_err(|refusal| refused(MANIFEST, &refusal))?;
    Manifest::read(&plain.bytes).map_err(|fault: ManifestFault| refused(MANIFEST, &fault))
}

/// The folder to write into: nothing that is published.
fn target(context: &Context, place: &Place, to: &Path) -> Result<PathBuf, Vec<Error>> {
    let folder = at_home(to)?;
    let real = canonical_or_absolute(&folder);
    let mut published: Vec<PathBuf> = place.output().into_iter().collect();
    // Without a site, which may be long gone, there is nothing else to keep free.
    if let Ok((config, _)) = Config::read(&context.site_file()) {
        published.extend([&config.output, &config.static_files].map(|folder| canonical_or_absolute(folder)));
    }
    if published.iter().any(|folder| real.starts_with(folder)) {
        let error = Error::new(Code::UnusableTarget, "the photos would be published as they are");
        return Err(vec![error.at(folder).hint("write them elsewhere")]);
    }
    if std::fs::symlink_metadata(&folder).is_ok() && !folder.is_dir() {
        return Err(vec![Error::new(Code::UnusableTarget, "this is not a folder").at(folder).hint("name a folder")]);
    }
    Ok(folder)
}

/// What opens the gallery: from an argument, a file, the link itself, the environment, or whoever sits there.
fn secret(arguments: &Arguments, in_link: Option<Zeroizing<String>>) -> Result<TypedSecret, Vec<Error>> {
    if let Some(code) = arguments.code.as_deref() {
        return normal_code(code).map(TypedSecret::Code).map_err(|fault| vec![not_a_code(fault)]);
    }
    let typed = if let Some(file) = &arguments.password_file {
        read(file)?
    } else if let Some(code) = in_link {
        code
    } else if let Some(text) = std::env::var(TYPED_VARIABLE).ok().filter(|text| !text.is_empty()) {
        text.into()
    } else if io::stdin().is_terminal() && io::stderr().is_terminal() {
        ask("Code or password (not shown): ")?
    } else {
        let message =
            format!("there is no terminal to ask at, no code or password was given, and {TYPED_VARIABLE} is not set");
        let hint = format!("pass `--code CODE` or `--password-file FILE`, or set {TYPED_VARIABLE}");
        return Err(vec![Error::new(Code::InvalidArgument, message).hint(hint)]);
    };
    typed_secret(&typed).ok_or_else(|| vec![Error::new(Code::InvalidArgument, "the code or password is empty")])
}

fn not_a_code(fault: CodeFault) -> Error {
    let message = match fault {
        CodeFault::Symbol => "the code contains a character that no code has",
        CodeFault::Length => "the code does not have 16 characters",
        CodeFault::Check => "the code contains a typing error",
    };
    Error::new(Code::InvalidArgument, message)
        .hint("codes look like `XXXX-XXXX-XXXX-XXXX`; pass a password with `--password-file FILE`")
}

fn wrong(secret: &TypedSecret, slots: &Slots) -> Error {
    let (message, hint) = match secret {
        TypedSecret::Code(_) => (
            "this code does not open the gallery",
            "it belongs to another gallery or audience, or to a link that no longer works: `safelight links --reveal` lists codes",
        ),
        TypedSecret::Password(_) if slots.chosen() => {
            ("this password does not open the gallery", "check it for typing errors")
        }
        TypedSecret::Password(_) => {
            ("only codes open this gallery, and this is not one", "codes look like `XXXX-XXXX-XXXX-XXXX`")
        }
    };
    Error::new(Code::WrongCode, message).hint(hint)
}

fn tell(context: &Context, place: &Place, manifest: &Manifest, writing: Option<&Writing>, done: Vec<Done>) -> Outcome {
    let mut errors = Vec::new();
    let mut written = Written::default();
    let mut abouts = Vec::with_capacity(done.len());
    let mut bad = 0;
    for one in done {
        bad += usize::from(one.errors.iter().any(|error| error.code == Code::SealedFileRefused));
        errors.extend(one.errors);
        written.add(one.written);
        abouts.push(one.about);
    }
    if let Some(writing) = writing {
        errors.extend(writing.left_out());
        match writing.write_description(manifest, &abouts) {
            Ok(()) => {}
            Err(error) => errors.push(error),
        }
    }
    let strangers = place.strangers(manifest);
    if strangers > 0 {
        let are = if strangers == 1 { "is" } else { "are" };
        context.voice.note(&format!(
            "{} in the folder {are} not listed in the manifest: of an older state, or not the gallery's",
            counted(strangers, "sealed file", "sealed files")
        ));
    }
    let opened = manifest.files.len() + 1 - bad;
    let mut lines = vec![match bad {
        0 => format!("all {} open and are what was sealed", counted(opened, "file", "files")),
        bad => format!("{} of {} refused", bad, counted(manifest.files.len() + 1, "file", "files")),
    }];
    if let Some(writing) = writing {
        let folder = writing.folder().display();
        lines.push(match (written.new, written.same) {
            (new, 0) => format!("wrote {} to `{folder}`", counted(new, "file", "files")),
            (new, same) => format!("wrote {} to `{folder}`; {same} were already there", counted(new, "file", "files")),
        });
    }
    context.voice.answer(&on_one_line_each(&lines));
    context.voice.json(&json!({
        "event": "summary", "command": "open", "title": manifest.title, "photos": manifest.photos.len(),
        "files": manifest.files.len() + 1, "refused": bad, "unlisted": strangers, "written": written.new, "same": written.same,
    }));
    if errors.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(errors) }
}

fn on_one_line_each(lines: &[String]) -> String {
    lines.iter().map(|line| on_one_line(line)).collect::<Vec<_>>().join("\n")
}
