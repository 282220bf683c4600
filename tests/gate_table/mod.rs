//! Reads the table of paths and verdicts.
#![allow(dead_code)]

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
        let mut table: Self = toml::from_str(include_str!("../gate-paths.toml")).expect("the table is TOML");
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
