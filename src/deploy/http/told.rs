//! What strangers' programs say, made fit for logs.

/// The longest message of somebody else that is passed on, in characters.
const LONGEST: usize = 300;

/// A message from a server or tool on one line, without what may open something: a private address, a key, a session's token.
/// Every run of symbols that looks random is replaced.
pub(crate) fn told(text: &str) -> String {
    let mut out = String::new();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in line.split_inclusive(|c| !is_symbol(c)) {
        let run = piece.trim_end_matches(|c| !is_symbol(c));
        out.push_str(if looks_random(run) { "…" } else { run });
        out.push_str(&piece[run.len()..]);
        if out.chars().count() > LONGEST {
            out = out.chars().take(LONGEST).collect();
            out.push('…');
            break;
        }
    }
    out.retain(|c| !c.is_control());
    out
}

fn is_symbol(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '=' | '~' | '%')
}

/// Names of errors and settings are long too, but consist of words: letters of which some are capitals.
fn looks_random(run: &str) -> bool {
    let has = |what: fn(&u8) -> bool| run.bytes().any(|byte| what(&byte));
    let (digit, upper, lower) = (has(u8::is_ascii_digit), has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    match run.len() {
        0..12 => false,
        12..20 => digit && upper && lower,
        _ => digit || !upper,
    }
}
