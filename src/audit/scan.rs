//! Reads one file and everything packed in it.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read as _};

use zip::ZipArchive;

use super::external_requests::{self, Used};
use super::folder::Lying;
use super::links::{self, Language};
use super::scope::{Scope, Scopes};
use super::wanted::{Known, Wanted, What};
use super::{
    AuditInput, Finding, Kind, Report, Rule, WordKind, boilerplate, gates, headers, pictures, private_page, unpack,
};
use crate::access::GalleryId;
use crate::access::verify::TokenKind;
use crate::search::is_text;

/// Larger files are read in pieces of this size, and not unpacked.
const PIECE: usize = 256 << 20;
/// What pieces have in common, so that nothing is cut: no needle and no word is longer.
const OVERLAP: usize = 4096;

/// Room that is kept from one file to the next, in bytes.
const MOST_KEPT: usize = 16 << 20;

/// What is looked for in every file, and for whom each is.
pub(super) struct Scanner<'a> {
    wanted: Wanted<'a>,
    scopes: Scopes<'a>,
    has_private: bool,
    /// Whether private files lie in their own folders alone.
    are_kept: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(input: &'a AuditInput) -> Self {
        Self {
            wanted: Wanted::of(input),
            scopes: Scopes::new(input),
            has_private: input.has_private(),
            are_kept: links::are_kept(input),
        }
    }

    /// What a report says of a file, with no token and no secret whole in its path.
    pub(super) fn conceal(&self, finding: &mut Finding) {
        finding.file = self.wanted.concealed(&finding.file);
    }
}

/// The reading of one file.
struct Reading<'a, 's> {
    input: &'a AuditInput,
    scanner: &'s Scanner<'a>,
    path: &'s str,
    scope: Scope<'s>,
    told: HashSet<(Rule, usize)>,
    /// The first place of each word that may be a program's own.
    of_program: BTreeMap<usize, Finding>,
    report: Report,
    used: Used,
}

/// Reads a file, and notes which styles and scripts it loads where it is a private page. One that cannot be read is a finding:
/// what was not seen was not proven. `content` is room for it: fresh memory for each file would cost as much as reading it.
pub(super) fn file<'a>(
    input: &'a AuditInput,
    scanner: &Scanner<'a>,
    lying: &Lying,
    content: &mut Vec<u8>,
) -> (Report, Used) {
    let report = Report { files: 1, bytes: lying.size, ..Report::default() };
    let mut reading = Reading::new(input, scanner, &lying.path, report);
    reading.name();
    // What is ciphertext is opened instead: in random bytes anything can be found.
    if input.is_ciphertext(&lying.path) {
        return (reading.report, reading.used);
    }
    if let Err(error) = reading.content(lying, content) {
        reading.report.add(super::folder::unreadable(&lying.path, &error));
    }
    content.clear();
    content.shrink_to(MOST_KEPT);
    let told = &reading.told;
    let of_program = std::mem::take(&mut reading.of_program).into_iter();
    let of_program = of_program.filter(|(number, _)| !told.contains(&(Rule::PrivateWord, *number)));
    reading.report.notices.extend(of_program.map(|(_, finding)| finding));
    (reading.report, reading.used)
}

/// What the name of an empty folder gives away.
pub(super) fn folder<'a>(input: &'a AuditInput, scanner: &Scanner<'a>, path: &str) -> Vec<Finding> {
    // The slash tells whom the folder is for, as the name of a file in it would.
    let path = format!("{path}/");
    let mut reading = Reading::new(input, scanner, &path, Report::default());
    reading.name();
    reading.report.findings
}

impl<'a, 's> Reading<'a, 's> {
    fn new(input: &'a AuditInput, scanner: &'s Scanner<'a>, path: &'s str, report: Report) -> Self {
        let scope = scanner.scopes.of(path);
        Self {
            input,
            scanner,
            path,
            scope,
            told: HashSet::new(),
            of_program: BTreeMap::new(),
            report,
            used: Used::new(),
        }
    }

    fn content(&mut self, lying: &Lying, content: &mut Vec<u8>) -> std::io::Result<()> {
        let mut file = File::open(&lying.place)?;
        // One byte more than there should be, so that the end is seen without more room.
        let room = usize::try_from(lying.size).map_or(PIECE, |size| (size + 1).min(PIECE));
        content.reserve(room);
        (&mut file).take(PIECE as u64).read_to_end(content)?;
        if content.len() < PIECE {
            gates::hide_dead_addresses(self.input, self.path, content);
            self.whole(content);
            return Ok(());
        }
        let mut before = 0;
        loop {
            self.look(content, before, "");
            if content.len() < PIECE {
                break;
            }
            before += content.len() - OVERLAP;
            content.drain(..content.len() - OVERLAP);
            let most = (PIECE - content.len()) as u64;
            if (&mut file).take(most).read_to_end(content)? == 0 {
                break;
            }
        }
        content.clear();
        if !self.large_zip(&file, content) {
            self.unread("it is larger than 256 MiB: it was searched, but not unpacked");
        }
        Ok(())
    }

    /// Looks into the files of a large ZIP file, one after the other; whether it is one of which all could be read.
    fn large_zip(&mut self, file: &File, content: &mut Vec<u8>) -> bool {
        let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else { return false };
        (0..archive.len()).all(|at| {
            content.clear();
            let read = archive.by_index(at).is_ok_and(|mut entry| {
                entry.size() < PIECE as u64 && entry.by_ref().take(PIECE as u64).read_to_end(content).is_ok()
            });
            self.packed(content, 1, None, &mut { unpack::MOST });
            pictures::check(self.input, self.path, content, &mut self.report);
            read
        })
    }

    /// A file's own name may give something away.
    fn name(&mut self) {
        let hits = self.scanner.wanted.look(self.path.as_bytes());
        hits.literals.iter().for_each(|hit| self.literal(None, hit.what, "in its name"));
        if self.scope.is_public() {
            hits.phrases.iter().for_each(|hit| self.word(None, hit.what, false, "in its name"));
        }
    }

    fn whole(&mut self, content: &[u8]) {
        self.look(content, 0, "");
        let mut left = unpack::MOST;
        self.packed(content, 1, None, &mut left);
        let language = Language::of(self.path, content);
        if self.scope.is_public() {
            if let Some(language) = language {
                links::follow(self.input, self.scanner.are_kept, self.path, language, content, &mut self.report);
            }
            self.stated(content, 0);
            if self.scanner.has_private && self.path == "_headers" {
                headers::check(self.input, self.path, &String::from_utf8_lossy(content), &mut self.report);
            }
        } else if language == Some(Language::Markup) && self.path.ends_with(".html") {
            private_page::check(self.input, &self.scanner.wanted, self.scope, self.path, content, &mut self.report);
            external_requests::uses(self.input, self.path, content, &mut self.used);
        }
        pictures::check(self.input, self.path, content, &mut self.report);
        self.closed("it", unpack::is_closed(self.path, content));
    }

    /// Looks into what is packed; places are those of the outermost part.
    fn packed(&mut self, content: &[u8], depth: usize, outermost: Option<usize>, left: &mut u64) {
        if depth > unpack::DEEPEST {
            if unpack::is_packed(content) {
                self.unread("something in it is nested in too many archives to unpack");
            }
            return;
        }
        let mut cut = false;
        let rest = unpack::parts(content, left, |part, left| {
            cut |= part.is_cut;
            let at = outermost.unwrap_or(part.at);
            self.look(&part.content, at, part.how);
            self.packed(&part.content, depth + 1, Some(at), left);
            self.stated(&part.content, at);
            pictures::check(self.input, self.path, &part.content, &mut self.report);
            self.closed("something in it", unpack::is_closed("", &part.content));
        });
        for picture in unpack::pictures(content) {
            pictures::check(self.input, self.path, picture, &mut self.report);
        }
        self.closed("something in it", rest.closed);
        if cut || rest.is_cut || *left == 0 {
            self.unread("its content is too large to unpack completely");
        }
    }

    /// Looks for everything in all spellings. `packed` says how the text was packed; its place then stands for all in it.
    fn look(&mut self, text: &[u8], before: usize, packed: &'static str) {
        let place = |at: usize| if packed.is_empty() { before + at } else { before };
        let hits = self.scanner.wanted.look(text);
        for hit in hits.literals {
            self.literal(Some(place(hit.at)), hit.what, if hit.how.is_empty() { packed } else { hit.how });
        }
        for hit in hits.phrases {
            // What every site says is no more than markup in most places.
            let is_everyday = self.scanner.wanted.word(hit.what).is_everyday;
            if is_everyday && boilerplate::is_markup(text, hit.at, hit.end) {
                continue;
            }
            let is_of_program = boilerplate::is_of_program(self.path, &text[hit.at..hit.end]);
            let how = if hit.how.is_empty() { packed } else { hit.how };
            self.word(Some(place(hit.at)), hit.what, is_of_program, how);
        }
    }

    /// Tells of an address that stands in text for everybody, where nothing led to it. In a packed part its place is the part's.
    fn stated(&mut self, text: &[u8], before: usize) {
        if !self.scope.is_public() || !self.scanner.has_private || !is_text(text) {
            return;
        }
        if self.report.findings.iter().any(|finding| finding.kind == Kind::Reachable) {
            return;
        }
        let at = links::stated(text, |segment| self.scanner.scopes.knows(segment));
        let place = |at| if before == 0 { at } else { before };
        self.report.findings.extend(at.map(|at| links::leading(self.path, place(at))));
    }

    fn literal(&mut self, at: Option<usize>, number: usize, how: &str) {
        let how = in_brackets(how);
        let (rule, message) = match self.scanner.wanted.what(number) {
            What::Secret => (Rule::RootSecret, format!("a root secret is here{how}")),
            What::Ledger => (Rule::LedgerContent, format!("a ledger is here{how}: it names every recipient")),
            What::Token(token) => {
                let Some(token) = self.input.tokens.get(token).filter(|token| !self.scope.may_name(token)) else {
                    return;
                };
                let rule = match token.meaning {
                    _ if self.path == gates::WORKER => Rule::GateToken,
                    TokenKind::Page { .. } => Rule::PageToken,
                    _ => Rule::PictureToken,
                };
                let shown = crate::access::token::shortened(&token.text);
                (rule, format!("{}, {shown}, is outside its own scope{how}", token.what()))
            }
        };
        // One file tells a thing once at one place, and not a thousand times.
        if self.report.findings.len() < 1000 && self.told.insert((rule, at.unwrap_or(usize::MAX))) {
            self.report.tell(rule, self.path, at, message);
        }
    }

    /// Tells of a word, where it may not stand here. `is_of_program` where it reads as a name that a program gave something.
    fn word(&mut self, at: Option<usize>, number: usize, is_of_program: bool, how: &str) {
        let known = self.scanner.wanted.word(number);
        let is_of_program = is_of_program && known.word.what != WordKind::FileName;
        let Some(finding) = self.word_finding(at, known, is_of_program, how) else { return };
        // Words come often: the first place is enough, and of what every site says one in the whole folder.
        match finding.rule {
            Rule::CommonWord if boilerplate::is_for_programs(self.path) => {}
            Rule::CommonWord => drop(self.report.everyday.entry(number).or_insert(finding)),
            Rule::ProgramWord => drop(self.of_program.entry(number).or_insert(finding)),
            _ if self.told.insert((Rule::PrivateWord, number)) => self.report.add(finding),
            _ => {}
        }
    }

    /// What is to be said about a word here; nothing where it may stand.
    fn word_finding(&self, at: Option<usize>, known: &Known<'_>, is_of_program: bool, how: &str) -> Option<Finding> {
        let word = known.word;
        if !self.scope.is_public() {
            let of_own = |gallery| {
                // Whatever else is called so: what a gallery says itself may stand on its pages.
                known.said_by.contains(&gallery) || word.what == WordKind::Title && word.gallery == Some(gallery)
            };
            let speaks = |gallery: &GalleryId| !self.input.sealed_galleries.contains(gallery);
            let is_own = self.scope.gallery().filter(speaks).is_some_and(of_own);
            if is_own || known.is_public || word.link.is_some() && word.link == self.scope.link() {
                return None;
            }
        }
        let what = match word.what {
            WordKind::Title => "the title or folder of a private gallery",
            WordKind::Recipient => "the name of a recipient",
            WordKind::FileName => "the file name of a private photo",
        };
        // A folder and its title are mostly one word: that is told once.
        let start: String = word.text.to_lowercase().chars().take(3).collect();
        let (rule, also) = match (known.is_everyday, known.is_public) {
            (true, _) => (Rule::CommonWord, "; every page of this site may contain it"),
            (_, true) => (Rule::PublicWord, "; a public source contains it too"),
            _ if is_of_program => (Rule::ProgramWord, "; in a program it may be an ordinary word"),
            _ => (Rule::PrivateWord, ""),
        };
        let how = in_brackets(how);
        Some(Finding::new(rule, self.path, at, format!("{what}, `{start}…`, is here{how}{also}")))
    }

    /// Tells of what is packed in ways that are not opened here.
    fn closed(&mut self, what: &str, ways: impl IntoIterator<Item = &'static str>) {
        for how in ways {
            self.unread(&format!("{what} is packed with {how}, which is not supported"));
        }
    }

    fn unread(&mut self, message: &str) {
        self.report.tell(Rule::ClosedArchive, self.path, None, message);
    }
}

/// How something is written, behind what is said of it.
fn in_brackets(how: &str) -> String {
    if how.is_empty() { String::new() } else { format!(" ({how})") }
}
