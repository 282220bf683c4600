//! The gate for Caddy: matchers, and what becomes of what they match, in the order of a `route`.

use std::fmt::Write as _;

use super::{EdgeGate, dated_folders, form_pattern};
use crate::access::gate::kind;
use crate::visibility::PrivateFolder;

/// The base path as a pattern: what is no letter or digit means nothing but itself.
fn pattern(base: &str) -> String {
    let mut out = String::new();
    for letter in base.chars() {
        match letter {
            _ if !letter.is_ascii() || letter.is_ascii_alphanumeric() || "/-_".contains(letter) => out.push(letter),
            _ => _ = write!(out, r"\x{:02x}", u32::from(letter)),
        }
    }
    out
}

/// The same in any case. `(?i)` would take letters for others that are not in ASCII, which no other server does.
fn pattern_in_any_case(base: &str) -> String {
    let mut out = String::new();
    for letter in base.chars() {
        if letter.is_ascii_alphabetic() {
            out.extend(['[', letter.to_ascii_uppercase(), letter.to_ascii_lowercase(), ']']);
        } else {
            out.push_str(&pattern(letter.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

pub(super) fn gate(gate: &EdgeGate) -> String {
    let base = pattern(&gate.base());
    let any = pattern_in_any_case(&gate.base());
    let path = "{http.request.uri.path}";
    let day = gate.base().chars().count() + 2;
    let mut text = String::from(CADDY_HEAD);
    let quoted = |pattern: &str| format!("\"{}\"", pattern.replace('\\', r"\\"));
    let form = |folder: &PrivateFolder| {
        let pattern = format!("^{base}{}$", form_pattern(*folder, "[0-9]", "[.]"));
        format!("{path}.matches({})", quoted(&pattern))
    };
    let forms: Vec<String> = PrivateFolder::ALL.iter().map(form).collect();
    let letters: String = PrivateFolder::ALL.iter().map(|folder| folder.name()).collect();
    let folders = format!("[{letters}{}]", letters.to_ascii_uppercase());
    let dated: String = dated_folders().map(|(folder, _)| folder.name()).collect();
    let days: Vec<String> =
        dated_folders().map(|(folder, form)| format!("{}[0-9]{{8}}-{}", folder.prefix(), form.letter)).collect();
    _ = write!(
        text,
        r#"
# Leads to something private once doubled slashes and dot segments are resolved, but is not in the form of a link.
@safelight_missing {{
    path_regexp "^{any}{folders}/"
    not expression `!{path}.matches("/[.]{{1,2}}(/|$)") && ({forms})`
}}
@safelight_steps {{
    path_regexp "^{any}{folders}$"
    expression `{path}.matches("/[.]{{1,2}}$")`
    not expression `{path}.matches({up})`
}}
"#,
        up = quoted(&format!("^{any}{folders}/[.][.]$")),
        forms = forms.join(" || "),
    );
    _ = write!(
        text,
        r#"
# A day before today, in UTC.
@safelight_past expression `{path}.matches({dated}) && int({path}.substring({day}, {end})) < {{time.now}}.getFullYear("UTC") * 10000 + ({{time.now}}.getMonth("UTC") + 1) * 100 + {{time.now}}.getDate("UTC")`
"#,
        dated = quoted(&format!("^{base}({})", days.join("|"))),
        end = day + 8,
    );
    let tokens: Vec<&str> = gate.deny.iter().collect();
    let tokens = if tokens.is_empty() { "$x".to_owned() } else { tokens.join("|") };
    _ = write!(
        text,
        "\n# Dead links and former addresses of pictures, without case.\n@safelight_denied path_regexp \"^{any}[{dated}]/(?i:{tokens})(/|$)\"\n"
    );
    // What is refused gets none of the headers below.
    text.push_str("\nerror @safelight_missing 404\nerror @safelight_steps 404\n");
    text.push_str("vars safelight_backslash `\\`\nvars @safelight_past safelight_gone yes\nvars @safelight_denied safelight_gone yes\n");
    text.push_str("@safelight_gone vars safelight_gone yes\n");
    text.push_str("header @safelight_gone {\n    content-type \"text/html; charset=utf-8\"\n    cache-control no-store\n    x-robots-tag noindex\n}\n");
    _ = writeln!(text, "respond @safelight_gone \"{}\" 410", caddy_quoted(&gate.gone.whole));
    for (folder, headers) in &gate.headers {
        let (kind, prefix) = (kind(*folder), folder.prefix());
        _ = writeln!(text, "\n@safelight_{kind} path_regexp \"^{base}{prefix}\"\nheader @safelight_{kind} {{");
        for (name, value) in headers {
            _ = writeln!(text, "    {name} \"{value}\"");
        }
        text.push_str("    defer\n}\n");
    }
    text
}

/// A page between double quotes, as it arrives. A quote is escaped there and nothing else, so a backslash that could stand in front
/// of one, or of a brace, comes from a variable. Behind each brace stands one that is empty: it parts what would be taken for a
/// name, as `{$HOME}` and `{path}`, and vanishes when the page is sent.
fn caddy_quoted(page: &str) -> String {
    let mut out = String::with_capacity(page.len() * 2);
    for letter in page.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("{http.vars.safelight_backslash}"),
            '{' => out.push_str("{{http.vars.safelight_nothing}"),
            _ => out.push(letter),
        }
    }
    out
}

const CADDY_HEAD: &str = "\
# A gate for private galleries: save as `safelight.caddy`, and in the site's block write
#
#     route {
#         import safelight.caddy
#         file_server
#     }
#
# `route` keeps the order: nothing may rewrite the path in front of the gate. It holds no key.
# Print it anew after every revocation, then `caddy reload`. Keep `file_server browse` off.
";
