//! `_headers`, as Cloudflare Pages and Netlify read it: a line that is a path begins a rule, lines below it are headers,
//! `! Name` takes one away. All rules that match a path count, in their order, and the values of one header are joined.

/// A line of a rule. Names are as they are written; their case says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'t> {
    /// A header and its value.
    Sets(&'t str, &'t str),
    /// A header that rules above have set.
    TakesAway(&'t str),
}

/// A pattern of paths, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'t> {
    /// The pattern; empty for that of another host, which no path matches.
    pub pattern: &'t str,
    /// What it says, in order.
    pub lines: Vec<Line<'t>>,
}

/// The rules of a file. A pattern may begin with a host, and counts if that is the site's own.
pub fn rules(text: &str, is_own_host: impl Fn(&str) -> bool) -> Vec<Rule<'_>> {
    let mut rules: Vec<Rule<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let on_host = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"));
        if let Some(rest) = on_host {
            // A rule for another host says nothing here, and neither do the lines below it.
            let (host, pattern) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let pattern = if is_own_host(host) { pattern } else { "" };
            rules.push(Rule { pattern, lines: Vec::new() });
        } else if line.starts_with('/') {
            rules.push(Rule { pattern: line, lines: Vec::new() });
        } else if let Some(rule) = rules.last_mut() {
            if let Some(name) = line.strip_prefix('!') {
                rule.lines.push(Line::TakesAway(name.trim()));
            } else if let Some((name, value)) = line.split_once(':') {
                rule.lines.push(Line::Sets(name.trim(), value.trim()));
            }
        }
    }
    rules
}

/// Headers that no object in a bucket can carry, by the pattern that sets them, in the order of the file.
pub fn not_of_objects<'t>(rules: &[Rule<'t>]) -> Vec<(&'t str, &'t str)> {
    let mut found = Vec::new();
    for rule in rules.iter().filter(|rule| !rule.pattern.is_empty()) {
        for line in &rule.lines {
            let Line::Sets(name, _) = line else { continue };
            let is_carried = ["cache-control", "content-type"].iter().any(|known| name.eq_ignore_ascii_case(known));
            if !is_carried && !found.contains(&(rule.pattern, *name)) {
                found.push((rule.pattern, *name));
            }
        }
    }
    found
}

/// Whether a pattern is one of this path: `*` is anything, `:name` anything but a slash.
pub fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last star stands, and how much of the path it has taken.
    let mut star = None;
    loop {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
                continue;
            }
            Some(b':') if pattern.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => {
                let name = pattern[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
                let length = path[place..].iter().take_while(|byte| **byte != b'/').count();
                if length > 0 {
                    at += 1 + name.count();
                    place += length;
                    continue;
                }
            }
            None if place == path.len() => return true,
            Some(byte) if path.get(place) == Some(byte) => {
                at += 1;
                place += 1;
                continue;
            }
            _ => {}
        }
        match &mut star {
            Some((begins, taken)) if *taken < path.len() => {
                *taken += 1;
                (at, place) = (*begins + 1, *taken);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_with_their_lines() {
        let text = "# mine\n\nX-Lost: 1\n/a/*\n  X-A: b: c\n\t! x-b\n nothing\nhttps://own.example/c\nX-C:d\nhttp://other.example\n  X-D: e\n";
        let read = rules(text, |host| host == "own.example");
        let rule = |pattern, lines: &[Line<'static>]| Rule { pattern, lines: lines.to_vec() };
        let expected = [
            rule("/a/*", &[Line::Sets("X-A", "b: c"), Line::TakesAway("x-b")]),
            rule("/c", &[Line::Sets("X-C", "d")]),
            rule("", &[Line::Sets("X-D", "e")]),
        ];
        assert_eq!(read, expected);
        assert_eq!(not_of_objects(&read), [("/a/*", "X-A"), ("/c", "X-C")]);
    }

    #[test]
    fn stars_take_anything_and_names_anything_but_a_slash() {
        for (pattern, path, is_one) in [
            ("/a/*", "/a/b/c.html", true),
            ("/a/*", "/a", false),
            ("/*/c", "/a/b/c", true),
            ("/*.jpg", "/a/b.jpg", true),
            ("/*.jpg", "/a/b.jpeg", false),
            ("/:folder/c", "/a/c", true),
            ("/:folder/c", "/a/b/c", false),
            ("/a", "/a", true),
            ("", "/a", false),
        ] {
            assert_eq!(matches(pattern, path), is_one, "{pattern} {path}");
        }
    }
}
