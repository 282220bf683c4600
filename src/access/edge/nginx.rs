//! The gate for nginx: maps into the `http` block, and what asks them into the `server` block.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{EdgeGate, Nginx, SYMBOL, any_folder, dated_folders, form_pattern};
use crate::access::gate::kind;
use crate::access::token::TOKEN_BODY;
use crate::visibility::PrivateFolder;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Of so many tokens nginx makes a table of its usual size without a warning.
const FEW_TOKENS: usize = 64;

/// The base path as a pattern, byte by byte: what is no letter or digit means nothing but itself.
fn pattern(base: &str) -> String {
    let mut out = String::new();
    for byte in base.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_".contains(&byte) {
            out.push(char::from(byte));
        } else {
            _ = write!(out, r"\x{byte:02x}");
        }
    }
    out
}

pub(super) fn gate(gate: &EdgeGate) -> Nginx {
    let base = pattern(&gate.base());
    let mut http = String::from(HTTP_HEAD);
    http.push_str(&table_size(gate.deny.iter().count()));
    http.push_str(HTTP_DAY);
    for (number, month) in MONTHS.iter().enumerate() {
        let number = number + 1;
        _ = writeln!(
            http,
            "    \"~^\\w+, (?<safelight_d>\\d\\d)-{month}-(?<safelight_y>\\d{{4}})\" \"${{safelight_y}}{number:02}$safelight_d\";"
        );
    }
    let forms: String = PrivateFolder::ALL
        .iter()
        .map(|folder| format!("    \"~^{base}{}\\z\" {};\n", form_pattern(*folder, r"\d", r"\."), kind(*folder)))
        .collect();
    let folders = any_folder();
    let (dated, letters): (String, String) = dated_folders().map(|(folder, form)| (folder.name(), form.letter)).unzip();
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
{forms}    "~*^{base}{folders}/" missing;
}}

# Whether this is private. Where an error page is on its way, its own path counts, and not the one that was asked for.
map $uri $safelight_inside {{
    volatile;
    default 0;
    "~*^{base}{folders}/" 1;
}}

map $uri $safelight_token {{
    default "";
    "~^{base}[{dated}]/(?<safelight_t>(?:\d{{8}}-)?[{letters}]{SYMBOL}{{{TOKEN_BODY}}})(?:/|\z)" $safelight_t;
}}

# Dead links and former addresses of pictures; nginx compares them without case.
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
    let mut names: Vec<&str> = gate.headers.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let variable = format!("$safelight_{}", name.replace('-', "_").to_ascii_lowercase());
        _ = writeln!(http, "\nmap $safelight_verdict {variable} {{\n    default \"\";");
        for (folder, headers) in &gate.headers {
            if let Some(value) = headers.get(name) {
                let kind = kind(*folder);
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

"#;

const HTTP_DAY: &str = r#"# The day in UTC, whatever the server's time zone. A clock that cannot be read closes every dated link.
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

# The page that an owner has for what is not found must not be refused itself.
map "$safelight_verdict:$safelight_inside" $safelight_refused {
    volatile;
    default 0;
    "404:1" 1;
}
"#;

const SERVER: &str = r#"# A gate for private galleries, part 2: into the `server` block of the site, in front of its locations.
# A location with an `add_header` of its own loses the headers below: repeat them there.
# Keep `autoindex` off, and let no other server or port serve the same folder.
if ($safelight_refused) {
    return 404;
}
if ($safelight_verdict = 410) {
    return 410;
}
"#;

/// How large the table of a long list becomes. nginx takes each of these once, and only in front of all maps.
fn table_size(tokens: usize) -> String {
    if tokens <= FEW_TOKENS {
        return String::new();
    }
    format!(
        "# Room for the list of dead links. Where nginx calls these two a duplicate, they are set elsewhere or a map stands in\n\
         # front of them: move them to the top of the `http` block, and keep the larger of two numbers.\n\
         map_hash_max_size {};\nmap_hash_bucket_size 512;\n\n",
        (tokens * 2).next_power_of_two().max(2048)
    )
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
