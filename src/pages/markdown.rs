//! stub
/// x
pub fn fragment(text: &str) -> String { text.to_owned() }
/// x
pub fn plain_text(text: &str) -> String { text.to_owned() }
