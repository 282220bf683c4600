//! The page of a folder that has none of its own. It says nothing, and keeps hosts that list folders from listing this one.

/// The page, the same in every folder of every site: it names neither, leads nowhere and asks for nothing. A number
/// needs no language.
pub const BLANK: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">
<meta name=\"robots\" content=\"noindex, nofollow, noarchive, noimageindex\">
<meta name=\"referrer\" content=\"no-referrer\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>404</title>
<h1>404</h1>
</html>
";
