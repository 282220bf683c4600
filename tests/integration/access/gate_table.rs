//! Reads the table of paths and verdicts.
#[derive(serde::Deserialize)]
pub struct Table {
    pub today: u32,
    pub deny: Vec<String>,
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

#[derive(serde::Deserialize, serde::Serialize)]
pub struct Case {
    pub why: String,
    pub path: String,
    #[serde(default = "root")]
    pub base: String,
    pub verdict: String,
}

fn root() -> String {
    "/".to_owned()
}

impl Table {
    pub fn read() -> Self {
        let mut table: Self = toml::from_str(include_str!("../../gate-paths.toml")).expect("the table is TOML");
        table.cases.iter_mut().for_each(|case| case.path = repeated(&case.path));
        table
    }
}

/// Writes out `{a*2000}`.
fn repeated(path: &str) -> String {
    let Some((before, rest)) = path.split_once('{') else { return path.to_owned() };
    let (inner, after) = rest.split_once('}').expect("a closing brace");
    let (text, count) = inner.split_once('*').expect("a count");
    format!("{before}{}{after}", text.repeat(count.parse().expect("a number")))
}
/// Puts one token in the place of another wherever it stands in a path, keeping how each symbol is written: plain, in
/// another case, escaped once or twice.
pub fn retold(path: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        match replaced(rest, from, to) {
            Some((written, after)) => {
                out.push_str(&written);
                rest = after;
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

fn replaced<'p>(path: &'p str, from: &str, to: &str) -> Option<(String, &'p str)> {
    let (mut out, mut rest) = (String::new(), path);
    for (old, new) in from.chars().zip(to.chars()) {
        let escape = ["%25", "%"].into_iter().find(|escape| {
            let hex = rest.strip_prefix(escape).and_then(|rest| rest.get(..2));
            hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) == u8::try_from(old).ok()
        });
        if let Some(escape) = escape {
            out.push_str(&format!("{escape}{:02X}", u32::from(new)));
            rest = &rest[escape.len() + 2..];
            continue;
        }
        let written = rest.chars().next().filter(|written| written.eq_ignore_ascii_case(&old))?;
        out.push(match written {
            _ if written == old => new,
            _ if written.is_ascii_uppercase() => new.to_ascii_uppercase(),
            _ => new.to_ascii_lowercase(),
        });
        rest = &rest[written.len_utf8()..];
    }
    Some((out, rest))
}
