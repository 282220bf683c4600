//! The report of an audit: single findings for programs, groups for people.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::shown;
use super::{AuditInput, Kind, Rule, Severity};
use crate::publish::Reach;
use crate::visibility::PrivateFolder;
use crate::{Code, Error};

/// So many places of a group are named.
const MOST_PLACES: usize = 3;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Finding {
    /// The file: below the output, tokens in its path shortened; or the whole path of one outside.
    pub file: String,
    /// Where in the file, counted in bytes from 0; in a packed part from the part's beginning.
    pub offset: Option<u64>,
    /// The rule that it goes against.
    pub rule: Rule,
    /// What kind it is.
    pub kind: Kind,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl Finding {
    pub(super) fn new(rule: Rule, path: &str, offset: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            file: shown(path),
            offset: offset.map(|at| at as u64),
            rule,
            kind: rule.kind(),
            message: message.into(),
            hint: rule.remedy(),
        }
    }

    /// The finding as an error with its place.
    pub fn error(&self) -> Error {
        Error::new(Code::AuditFinding, self.text()).at(&self.file).hint(self.hint)
    }

    fn text(&self) -> String {
        match self.offset {
            Some(offset) => format!("byte {offset}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

/// What an audit found.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// What must not be.
    pub findings: Vec<Finding>,
    /// What may be meant so.
    pub notices: Vec<Finding>,
    /// Files that were read.
    pub files: usize,
    /// Bytes that were read.
    pub bytes: u64,
    /// The first place of each word that every site says, by its number.
    #[serde(skip)]
    pub(super) everyday: BTreeMap<usize, Finding>,
    /// Files that the next build writes anew or removes, as findings name them; with whether they are private.
    #[serde(skip)]
    pub(super) unbuilt: BTreeMap<String, Reach>,
}

/// Findings of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// The first, by file and place.
    pub first: &'a Finding,
    /// How many there are.
    pub count: usize,
    /// Where they are: folders, or files by themselves, each with its findings and its files.
    places: BTreeMap<&'a str, (usize, BTreeSet<&'a str>)>,
}

impl Report {
    /// Whether nothing was found; notices do not count.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Each finding as an error, for programs.
    pub fn errors(&self) -> Vec<Error> {
        self.findings.iter().map(Finding::error).collect()
    }

    /// The findings as people are told of them: what the next build settles is one error and comes first, the rest is one
    /// error for each rule.
    pub fn grouped(&self) -> Vec<Error> {
        let unbuilt = self.findings.iter().filter(|finding| self.is_unbuilt(finding));
        let files: BTreeSet<&str> = unbuilt.clone().map(|finding| finding.file.as_str()).collect();
        let first = (!files.is_empty()).then(|| {
            let message = format!(
                "the last change is not built yet: {} in {} that the next build rewrites or removes",
                counted(unbuilt.count(), "finding", "findings"),
                counted(files.len(), "file", "files"),
            );
            let hint = "run `safelight build`, upload the result, and audit again";
            Error::new(Code::AuditFinding, message).hint(hint)
        });
        first.into_iter().chain(self.groups().iter().map(Group::error)).collect()
    }

    /// The findings that the next build does not settle, by rule.
    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<Rule, Group<'_>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| !self.is_unbuilt(finding)) {
            let group =
                groups.entry(finding.rule).or_insert(Group { first: finding, count: 0, places: BTreeMap::new() });
            group.count += 1;
            let (count, files) = group.places.entry(folder(&finding.file)).or_default();
            *count += 1;
            files.insert(&finding.file);
        }
        groups.into_values().collect()
    }

    /// Says which files the next build would write anew or remove, by their paths below the output. What was found in such a
    /// file is about a site that its owner has changed already.
    pub fn set_unbuilt<'p>(&mut self, input: &AuditInput, paths: impl IntoIterator<Item = &'p str>) {
        let recorded = |path: &str| input.files.get(path).map(|file| file.reach);
        self.unbuilt = paths.into_iter().filter_map(|path| Some((shown(path), recorded(path)?))).collect();
        // What somebody else put into a file is not the last build's.
        for finding in self.findings.iter().filter(|finding| finding.kind == Kind::Changed) {
            self.unbuilt.remove(&finding.file);
        }
    }

    /// Whether the next build settles this. A secret, or an address that everybody can read, cannot wait for it.
    fn is_unbuilt(&self, finding: &Finding) -> bool {
        self.unbuilt.get(&finding.file).is_some_and(|reach| match finding.kind {
            Kind::Token => *reach == Reach::Private,
            Kind::PrivateWord | Kind::PrivatePage | Kind::ExternalRequest | Kind::Headers | Kind::Missing => true,
            _ => false,
        })
    }

    /// Takes up something that was found. Its rule says how bad it is.
    pub(super) fn add(&mut self, finding: Finding) {
        match finding.rule.severity() {
            Severity::Error => self.findings.push(finding),
            Severity::Notice => self.notices.push(finding),
        }
    }

    /// Takes up what goes against a rule in the file at `path`, below the output.
    pub(super) fn tell(&mut self, rule: Rule, path: &str, offset: Option<usize>, message: impl Into<String>) {
        self.add(Finding::new(rule, path, offset, message));
    }

    pub(super) fn join(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.notices.extend(other.notices);
        self.files += other.files;
        self.bytes += other.bytes;
        for (word, finding) in other.everyday {
            let first = self.everyday.entry(word).or_insert_with(|| finding.clone());
            if finding < *first {
                *first = finding;
            }
        }
        self
    }

    pub(super) fn sort(&mut self) {
        for list in [&mut self.findings, &mut self.notices] {
            list.sort();
            list.dedup();
        }
    }
}

impl Group<'_> {
    /// The first finding as an error, with how many there are and where.
    fn error(&self) -> Error {
        let mut error = self.first.error();
        if self.count > 1 {
            let mut places: Vec<String> = self.places.iter().take(MOST_PLACES).map(place).collect();
            if self.places.len() > MOST_PLACES {
                places.push(counted(self.places.len() - MOST_PLACES, "more place", "more places"));
            }
            error.message.push_str(&format!("\n       {} of this kind: {}", self.count, places.join(", ")));
        }
        error
    }
}

/// `3 in ‘mountains/index.html’`, or `3 in 2 files below ‘mountains/’`.
fn place((folder, (count, files)): (&&str, &(usize, BTreeSet<&str>))) -> String {
    match files.first().filter(|_| files.len() == 1) {
        Some(file) => format!("{count} in `{file}`"),
        None => format!("{count} in {} below `{folder}`", counted(files.len(), "file", "files")),
    }
}

/// The folder that a file is told under: the whole of a private page's or gallery's, otherwise the one it lies in.
fn folder(file: &str) -> &str {
    let mut slashes = file.match_indices('/').map(|(at, _)| at + 1);
    let end = if PrivateFolder::holds(file) { slashes.nth(1) } else { slashes.next_back() };
    &file[..end.unwrap_or(file.len())]
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Expected;

    fn finding(file: &str, offset: usize, rule: Rule) -> Finding {
        Finding::new(rule, file, Some(offset), "it is here")
    }

    fn lines(report: &Report) -> Vec<String> {
        report.grouped().iter().map(ToString::to_string).collect()
    }

    fn report(findings: Vec<Finding>) -> Report {
        let mut report = Report { findings, ..Report::default() };
        report.sort();
        report
    }

    #[test]
    fn findings_of_one_rule_are_one_with_a_count_and_the_first_place() {
        let mut findings = vec![
            finding("index.html", 7, Rule::PageToken),
            finding("index.html", 9, Rule::PageToken),
            finding("lakes/a.html", 1, Rule::PageToken),
            finding("lakes/b.html", 2, Rule::PageToken),
            finding("g/abc/1/index.html", 3, Rule::PageToken),
            finding("g/abc/index.html", 3, Rule::PageToken),
            finding("x.html", 4, Rule::RootSecret),
            finding("gone.html", 0, Rule::MissingFile),
        ];
        findings.extend((0..3).map(|at| finding(&format!("{at}/index.html"), 5, Rule::PageToken)));
        assert_eq!(
            lines(&report(findings)),
            [
                "`gone.html`: byte 0: it is here",
                "`x.html`: byte 4: it is here",
                "`0/index.html`: byte 5: it is here\n       9 of this kind: 1 in `0/index.html`, 1 in `1/index.html`, \
                 1 in `2/index.html`, 3 more places",
            ]
        );
        let files = ["lakes/a.html", "lakes/b.html", "g/abc/1/index.html", "g/abc/index.html", "index.html"];
        assert_eq!(
            lines(&report(files.iter().map(|file| finding(file, 1, Rule::PageToken)).collect())),
            ["`g/abc/1/index.html`: byte 1: it is here\n       5 of this kind: 2 in 2 files below `g/abc/`, \
              1 in `index.html`, 2 in 2 files below `lakes/`"]
        );
    }

    #[test]
    fn what_the_next_build_settles_is_one_line_and_comes_first() {
        let file = |reach| Expected { size: 1, modified: 0, reach, settled: true };
        let files = [
            ("index.html", Reach::Public),
            ("g/abc/index.html", Reach::Private),
            ("g/abc/2/index.html", Reach::Private),
            ("g/def/index.html", Reach::Private),
        ];
        let input = AuditInput {
            files: files.map(|(path, reach)| (path.to_owned(), file(reach))).into(),
            ..AuditInput::default()
        };
        let mut report = report(vec![
            finding("g/abc/index.html", 1, Rule::PageToken),
            finding("g/abc/index.html", 2, Rule::CanonicalAddress),
            finding("g/abc/2/index.html", 2, Rule::PrivateWord),
            // An address that everybody can read, a secret, and a file that the build leaves as it is.
            finding("index.html", 3, Rule::PageToken),
            finding("g/abc/index.html", 4, Rule::RootSecret),
            finding("g/def/index.html", 5, Rule::CanonicalAddress),
        ]);
        let before = lines(&report);
        assert_eq!(before.len(), 4, "{before:?}");
        report.set_unbuilt(&input, ["index.html", "g/abc/index.html", "g/abc/2/index.html", "new.html"]);
        assert_eq!(
            lines(&report),
            [
                "the last change is not built yet: 3 findings in 2 files that the next build rewrites or removes",
                "`g/abc/index.html`: byte 4: it is here",
                "`index.html`: byte 3: it is here",
                "`g/def/index.html`: byte 5: it is here",
            ]
        );
        // What somebody has put into a file is not the last build's.
        report.findings.push(finding("g/abc/index.html", 0, Rule::ChangedFile));
        report.set_unbuilt(&input, ["g/abc/index.html"]);
        assert!(!lines(&report)[0].contains("not built"), "{:?}", lines(&report));
        assert_eq!(report.errors().len(), 7);
    }
}
