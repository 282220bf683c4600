//! Names for what is random in what the program says: folders, tokens, ids, sizes, times.

use std::collections::BTreeMap;

/// Names of what is random, in the order in which it was met.
#[derive(Default)]
pub struct Names {
    of: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Names {
    fn of(&mut self, text: &str, kind: &'static str) -> String {
        if let Some(name) = self.of.get(text) {
            return name.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("[{kind} {count}]");
        self.of.insert(text.to_owned(), name.clone());
        name
    }

    /// Names the ids of a ledger.
    pub fn read_ledger(&mut self, ledger: &str) {
        let mut kind = "gallery";
        for line in ledger.lines() {
            match line.trim() {
                "[[gallery]]" => kind = "gallery",
                "[[gallery.link]]" => kind = "link",
                line => {
                    if let Some(id) = line.strip_prefix("id = \"") {
                        self.of(id.trim_end_matches('"'), kind);
                    }
                }
            }
        }
    }

    /// The text with names for all that another run would not say again.
    pub fn redacted(&mut self, text: &str) -> String {
        self.words(&sorted_addresses(&without_folders(text)))
    }

    fn words(&mut self, text: &str) -> String {
        let lines: String = text.lines().map(|line| measures(line) + "\n").collect();
        let mut out = String::new();
        let mut rest = lines.as_str();
        while !rest.is_empty() {
            let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let next = after.chars().next();
            if word.len() == 16 && out.ends_with('@') {
                out.push_str("[root]");
            } else {
                out.push_str(&self.word(word, next));
            }
            out.extend(next);
            rest = &after[next.map_or(0, char::len_utf8)..];
        }
        out
    }

    /// A word, or its name; `next` is what stands behind it.
    fn word(&mut self, word: &str, next: Option<char>) -> String {
        let hex = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let is_random = word.contains(|c: char| c.is_ascii_uppercase());
        match word.len() {
            24 if is_random && word.starts_with(['p', 'a']) => "[token]".to_owned(),
            25 if !is_random => word.to_owned(),
            25 if word.starts_with('p') => self.of(word, "page"),
            25 if word.starts_with('a') => self.of(word, "pictures"),
            15 | 34 if word.as_bytes()[8] == b'-' && word[..8].bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{}-{}", &word[..8], self.word(&word[9..], next))
            }
            19 if is_code(word) => self.of(&word.replace('-', ""), "code"),
            16 if is_code(word) => self.of(word, "code"),
            17 if word.starts_with('i') && next == Some('.') => "[name]".to_owned(),
            8 | 12 if next == Some('.') && hex(word) => "[hash]".to_owned(),
            6 if next == Some('…') && word.starts_with(['p', 'a']) => {
                let whole = self.of.iter().find(|(token, _)| token.len() == 25 && token.starts_with(word));
                whole.map_or_else(|| "[token]".to_owned(), |(_, name)| name.clone())
            }
            _ => self.of.get(word).cloned().unwrap_or_else(|| word.to_owned()),
        }
    }
}

/// A link's code, in groups or in one piece.
fn is_code(word: &str) -> bool {
    safelight::access::code::normal_code(word).is_ok()
        && word.bytes().all(|byte| !byte.is_ascii_lowercase())
        && matches!(word.matches('-').count(), 0 | 3)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The text with each list of private addresses in an order that does not depend on what is random in them.
fn sorted_addresses(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for list in lines.chunk_by_mut(|one, other| one.starts_with('/') && other.starts_with('/')) {
        if list.len() > 1 {
            list.iter_mut().for_each(|line| *line = Names::default().words(line).trim_end().replace(" 1]", "]"));
            list.sort();
        }
    }
    lines.join("\n")
}

/// The text without the names of temporary folders.
fn without_folders(text: &str) -> String {
    let mut parts = text.split("/.tmp");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        for parent in ["/dev/shm", std::env::temp_dir().to_str().unwrap()] {
            out = out.strip_suffix(parent).unwrap_or(&out).to_owned();
        }
        out.push_str("[tmp]");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    out
}

/// The line without how large something is and how long it took.
fn measures(line: &str) -> String {
    let mut line = line.to_owned();
    for (key, is_word) in [("bytes\":", false), ("\"seconds\":", false), ("\"root\":\"", true)] {
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || is_word && is_of_word(c);
        let mut parts = line.split(key).map(str::to_owned).collect::<Vec<_>>();
        for part in &mut parts[1..] {
            *part = format!("[…]{}", part.trim_start_matches(is_part));
        }
        line = parts.join(key);
    }
    // Each version of git has words of its own.
    if let Some((before, (_, after))) = line.split_once("git says `").and_then(|(a, b)| Some((a, b.split_once('`')?))) {
        line = format!("{before}git says `[…]`{after}");
    }
    let words: Vec<&str> = line.split(' ').collect();
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (before, word) = (at.checked_sub(1).map_or("", |at| words[at]), words[at]);
        let unit = words.get(at + 1).copied().unwrap_or_default();
        let bare = unit.trim_end_matches([',', ';', '.']);
        let name = match bare {
            "bytes" | "B" | "KB" | "MB" | "GB" => "size",
            "s" | "ms" => "time",
            _ => "",
        };
        let is_number = word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic);
        if is_number && !name.is_empty() {
            kept.push(format!("[{name}]{}", &unit[bare.len()..]));
            at += 2;
            continue;
        }
        // Places in files of the theme, and processes.
        let is_place = before == "byte" || before.ends_with("process");
        let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
        kept.push(if is_place && rest.len() < word.len() { format!("[n]{rest}") } else { word.to_owned() });
        at += 1;
    }
    kept.join(" ")
}
