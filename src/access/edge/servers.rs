//! The gates for nginx and Caddy.

use std::fmt::Write as _;

use super::{EdgeGate, Nginx};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SYMBOL: &str = "[A-Za-z0-9_-]";
const TAIL: &str = "(?:/[A-Za-z0-9._-]+)*/?";

/// The base path as a pattern: the only symbol of it that means something there is the dot.
fn pattern(base: &str) -> String {
    base.replace('.', r"\.")
}

pub(super) fn nginx(gate: &EdgeGate) -> Nginx {
    let base = pattern(&gate.base());
    let mut http = String::from(HTTP_HEAD);
    for (number, month) in MONTHS.iter().enumerate() {
        let number = number + 1;
        _ = writeln!(
            http,
            "    \"~^\\w+, (?<safelight_d>\\d\\d)-{month}-(?<safelight_y>\\d{{4}})\" \"${{safelight_y}}{number:02}$safelight_d\";"
        );
    }
    _ = write!(
        http,
        r#"}}

# Doubled slashes and dot segments, which nginx has resolved in $uri.
map $request_uri $safelight_crooked {{
    default 0;
    "~*^[^?#]*(?:/|%2f)(?:\.|%2e){{0,2}}(?:/|%2f)" 1;
    "~*^[^?#]*(?:/|%2f)(?:\.|%2e){{1,2}}(?:[?#]|\z)" 1;
}}

map $uri $safelight_kind {{
    default public;
    "~^{base}g/(?:\d{{8}}-)?p{SYMBOL}{{24}}{TAIL}\z" page;
    "~^{base}x/(?:\d{{8}}-)?a{SYMBOL}{{24}}{TAIL}\z" assets;
    "~^{base}e/e{SYMBOL}{{24}}\.bin{TAIL}\z" entry;
    "~*^{base}[gxe]/" missing;
}}

map $uri $safelight_token {{
    default "";
    "~^{base}[gx]/(?<safelight_t>(?:\d{{8}}-)?[pa]{SYMBOL}{{24}})(?:/|\z)" $safelight_t;
}}

# Dead links and former addresses of pictures; nginx compares them without case.
# For thousands of them set `map_hash_max_size` to twice their number.
map $safelight_token $safelight_denied {{
    default 0;
"#
    );
    for token in gate.deny.iter() {
        _ = writeln!(http, "    \"{token}\" 1;");
    }
    http.push_str("}\n\n# Whether the day in a token is before today: the first digit that differs decides.\nmap \"$safelight_token:$safelight_today\" $safelight_past {\n    default 0;\n");
    let smaller: Vec<String> = (0..9).map(|digit| format!(r"{digit}\d*-[^:]*:\1[{}-9]", digit + 1)).collect();
    _ = writeln!(http, "    \"~^(\\d{{0,7}})(?:{})\" 1;\n}}\n", smaller.join("|"));
    http.push_str(HTTP_VERDICT);
    let mut server = String::from(SERVER);
    let mut names: Vec<&str> =
        gate.headers.kinds().into_iter().flat_map(|(_, headers)| headers.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let variable = format!("$safelight_{}", name.replace('-', "_").to_ascii_lowercase());
        _ = writeln!(http, "\nmap $safelight_verdict {variable} {{\n    default \"\";");
        for (kind, headers) in gate.headers.kinds() {
            if let Some(value) = headers.get(name) {
                _ = writeln!(http, "    {kind} \"{value}\";");
            }
        }
        http.push_str("}\n");
        _ = writeln!(server, "add_header {name} {variable};");
    }
    server.push_str("error_page 410 @safelight_gone;\nlocation @safelight_gone {\n    types { }\n    default_type \"text/html; charset=utf-8\";\n    add_header cache-control no-store always;\n    add_header x-robots-tag noindex always;\n");
    let pieces = nginx_pieces(&gate.gone.whole);
    for (number, piece) in pieces.iter().enumerate() {
        _ = writeln!(server, "    set $safelight_page_{number} \"{piece}\";");
    }
    let all: String = (0..pieces.len()).map(|number| format!("${{safelight_page_{number}}}")).collect();
    _ = writeln!(server, "    return 410 \"{all}\";\n}}");
    Nginx { http, server }
}

const HTTP_HEAD: &str = r#"# A gate for private galleries, part 1: into the `http` block, as /etc/nginx/conf.d/safelight.conf.
# It holds no key. Print it anew after every revocation, then `nginx -t && nginx -s reload`.

# A dollar sign, which nothing else can write.
geo $safelight_dollar {
    default "$";
}

# The day in UTC, whatever the server's time zone. A clock that cannot be read closes every dated link.
map $date_gmt $safelight_today {
    default 99999999;
"#;

const HTTP_VERDICT: &str = r#"map "$safelight_kind:$safelight_crooked:$safelight_denied:$safelight_past" $safelight_verdict {
    default 404;
    "~^public:" public;
    "~^missing:" 404;
    "~^[a-z]+:1:" 404;
    "~^[a-z]+:0:0:0\z" $safelight_kind;
    "~^[a-z]+:0:" 410;
}
"#;

const SERVER: &str = r#"# A gate for private galleries, part 2: into the `server` block of the site, in front of its locations.
# A location with an `add_header` of its own loses the headers below: repeat them there.
# Keep `autoindex` off, and let no other server or port serve the same folder.
if ($safelight_verdict = 404) {
    return 404;
}
if ($safelight_verdict = 410) {
    return 410;
}
"#;

pub(super) fn caddy(gate: &EdgeGate) -> String {
    let base = pattern(&gate.base());
    let path = "{http.request.uri.path}";
    let day = gate.base().len() + 2;
    let mut text = String::from(CADDY_HEAD);
    let form = |letter: &str, token: &str| format!("^{base}{letter}/{token}{TAIL}$");
    let page = form("g", &format!("(?:[0-9]{{8}}-)?p{SYMBOL}{{24}}"));
    let assets = form("x", &format!("(?:[0-9]{{8}}-)?a{SYMBOL}{{24}}"));
    let entry = form("e", &format!("e{SYMBOL}{{24}}[.]bin"));
    let quoted = |pattern: &str| format!("\"{}\"", pattern.replace('\\', r"\\"));
    _ = write!(
        text,
        r#"
# Leads to something private once doubled slashes and dot segments are resolved, but is not in the form of a link.
@safelight_missing {{
    path_regexp (?i)^{base}[gxe]/
    not expression `!{path}.matches("/[.]{{1,2}}(/|$)") && ({path}.matches({page}) || {path}.matches({assets}) || {path}.matches({entry}))`
}}
@safelight_steps {{
    path_regexp (?i)^{base}[gxe]$
    expression `{path}.matches("/[.]{{1,2}}$")`
    not expression `{path}.matches("(?i)^{}$")`
}}
"#,
        quoted_inner(&format!("{base}[gxe]/[.][.]")),
        page = quoted(&page),
        assets = quoted(&assets),
        entry = quoted(&entry),
    );
    _ = write!(
        text,
        r#"
# A day before today, in UTC.
@safelight_past expression `{path}.matches({dated}) && int({path}.substring({day}, {end})) < {{time.now}}.getFullYear("UTC") * 10000 + ({{time.now}}.getMonth("UTC") + 1) * 100 + {{time.now}}.getDate("UTC")`
"#,
        dated = quoted(&format!("^{base}(g/[0-9]{{8}}-p|x/[0-9]{{8}}-a)")),
        end = day + 8,
    );
    let tokens: Vec<&str> = gate.deny.iter().collect();
    let tokens = if tokens.is_empty() { "$x".to_owned() } else { tokens.join("|") };
    _ = write!(
        text,
        "\n# Dead links and former addresses of pictures, without case.\n@safelight_denied path_regexp (?i)^{base}[gx]/({tokens})(/|$)\n"
    );
    // What is refused gets none of the headers below.
    text.push_str("\nerror @safelight_missing 404\nerror @safelight_steps 404\n");
    text.push_str("vars @safelight_past safelight_gone yes\nvars @safelight_denied safelight_gone yes\n");
    text.push_str("@safelight_gone vars safelight_gone yes\n");
    text.push_str("header @safelight_gone {\n    content-type \"text/html; charset=utf-8\"\n    cache-control no-store\n    x-robots-tag noindex\n}\n");
    _ = writeln!(text, "respond @safelight_gone \"{}\" 410", caddy_quoted(&gate.gone.whole));
    for (letter, (kind, headers)) in ["g", "x", "e"].into_iter().zip(gate.headers.kinds()) {
        _ = writeln!(text, "\n@safelight_{kind} path_regexp ^{base}{letter}/\nheader @safelight_{kind} {{");
        for (name, value) in headers {
            _ = writeln!(text, "    {name} \"{value}\"");
        }
        text.push_str("    defer\n}\n");
    }
    text
}

/// A page in pieces that nginx takes as parameters, which are 4,096 bytes at most. What means something between double
/// quotes is written so that it means itself.
fn nginx_pieces(page: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for symbol in page.chars() {
        if pieces.last().is_some_and(|piece| piece.len() > 2_000) {
            pieces.push(String::new());
        }
        let Some(piece) = pieces.last_mut() else { continue };
        match symbol {
            '$' => piece.push_str("${safelight_dollar}"),
            '"' | '\\' => piece.extend(['\\', symbol]),
            _ => piece.push(symbol),
        }
    }
    pieces
}

/// A page between double quotes: only these are escaped there, so no backslash may stand in front of one. What would name
/// a variable of the environment or of the request, as `{$HOME}` and `{path}`, must not.
fn caddy_quoted(page: &str) -> String {
    let page = page.replace("\\\"", "&#92;\"").replace("{$", "{ $").replace('"', "\\\"");
    let mut out = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some(start) = rest.find('{') {
        let (before, after) = (&rest[..start], &rest[start + 1..]);
        let name = after.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(0);
        out.push_str(before);
        out.push_str(if name > 0 && after[name..].starts_with('}') { "&#123;" } else { "{" });
        rest = after;
    }
    out.push_str(rest);
    if out.ends_with('\\') { out + " " } else { out }
}

fn quoted_inner(pattern: &str) -> String {
    pattern.replace('\\', r"\\")
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
