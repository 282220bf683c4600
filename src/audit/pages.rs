//! What a private page must say, and must not ask for.

use super::markup::{self, Part, Tag};
use super::requests::requests;
use super::scope::{Scope, shown};
use super::words::Lexicon;
use super::{AuditInput, Finding, Kind, Report, Token};
use crate::access::verify::Meaning;

/// What search engines are told on every private page.
pub(super) const ROBOTS: [&str; 4] = ["noindex", "nofollow", "noarchive", "noimageindex"];

/// Robots that pages speak to by name.
const ROBOT_NAMES: [&str; 12] = [
    "robots",
    "googlebot",
    "googlebot-image",
    "googlebot-news",
    "google-extended",
    "bingbot",
    "msnbot",
    "yandex",
    "slurp",
    "duckduckbot",
    "baiduspider",
    "applebot",
];
/// Words that take back what search engines are told.
pub(super) const LETS_IN: [&str; 4] = ["index", "follow", "archive", "all"];
/// Properties that a preview shows as its picture.
const CARD_PICTURES: [&str; 5] =
    ["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"];
/// Names of what a preview says.
const PREVIEWED: [&str; 4] = ["description", "og:", "twitter:", "title"];
/// Elements in which a `meta` is text, or waits for a script: what it says counts for nobody.
const INERT: [&str; 9] =
    ["template", "noscript", "textarea", "title", "iframe", "noembed", "noframes", "xmp", "plaintext"];

/// Checks a private page.
pub(super) fn check(
    input: &AuditInput,
    lexicon: &Lexicon<'_>,
    scope: Scope<'_>,
    path: &str,
    page: &[u8],
    report: &mut Report,
) {
    let gallery = scope.gallery();
    let mut robots = String::new();
    // The element in which nothing counts, and how many of its kind are open.
    let mut inert: Option<(String, usize)> = None;
    let mut is_data = false;
    let mut referrer = false;
    let mut count = Count::default();
    let mut tell = |at: usize, kind, message: &str, hint| {
        report.finding(Finding { file: shown(path), offset: Some(at as u64), kind, message: message.to_owned(), hint });
    };
    let shares_cover = gallery.is_none_or(|gallery| input.shared_covers.contains(&gallery));
    let names_gallery = |text: &str| {
        let mut found = false;
        lexicon.find(text.as_bytes(), |_, _, known| {
            found |= !known.is_public && known.word.gallery.is_some() && known.word.gallery == gallery;
        });
        found
    };
    let neutral = "mend the theme: `{{ page.title }}` and `{{ page.name }}` are neutral on a private page";
    let in_preview =
        "whoever is sent this private page's address, and any app on the way, reads the gallery's name in its preview";
    markup::parts(page, |part| match part {
        Part::Close(name) => {
            if let Some((_, open)) = inert.as_mut().filter(|(inside, _)| inside == name) {
                *open -= 1;
            }
            inert = inert.take().filter(|(_, open)| *open > 0);
        }
        Part::Tag(tag) => {
            let counts = inert.is_none();
            match &mut inert {
                // Text ends at the first tag that closes it; templates lie in one another.
                Some((inside, open)) if *inside == tag.name && inside == "template" => *open += 1,
                None if INERT.contains(&&*tag.name) => inert = Some((tag.name.clone().into_owned(), 1)),
                _ => {}
            }
            is_data = tag.get("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
            let content = tag.get("content").unwrap_or_default();
            let name = tag.get("name").or(tag.get("property")).unwrap_or_default().trim().to_ascii_lowercase();
            if tag.name == "meta" {
                if ROBOT_NAMES.contains(&name.as_str()) {
                    let said = content.to_ascii_lowercase();
                    if words_of(&said).any(|word| LETS_IN.contains(&word)) {
                        let hint = "take it out of the theme: `{{ page.robots }}` says all that is to be said";
                        tell(tag.at, Kind::PrivatePage, "this private page invites search engines", hint);
                    }
                    if name == "robots" && counts {
                        robots.push_str(&said);
                        robots.push(',');
                    }
                }
                if name == "referrer" {
                    let is_good = content.trim().eq_ignore_ascii_case("no-referrer");
                    referrer |= is_good && counts;
                    if !is_good {
                        let hint =
                            "take it out of the theme: the last word counts, and `{{ page.referrer }}` is enough";
                        tell(tag.at, Kind::PrivatePage, "this private page lets other sites learn its address", hint);
                    }
                }
                if names_gallery(content) {
                    tell(tag.at, Kind::PrivatePage, in_preview, neutral);
                }
                if count.previews.len() < MOST_PREVIEWS && PREVIEWED.iter().any(|known| name.starts_with(known)) {
                    count.previews.push((tag.at, content.to_owned()));
                }
            }
            count.pictures += usize::from(tag.name == "img");
            let is_picture = tag.name == "meta" && CARD_PICTURES.contains(&name.as_str())
                || tag.name == "link" && has(&tag, "rel", "image_src");
            if is_picture && !shares_cover {
                let hint =
                    "mend the theme: `{{ page.card }}` is there only where it may be; or say `share_cover = true`";
                let message =
                    "this private page shows a picture in its preview, and its gallery does not say that it may";
                tell(tag.at, Kind::PrivatePage, message, hint);
            }
            if tag.get("referrerpolicy").is_some_and(|policy| !policy.trim().eq_ignore_ascii_case("no-referrer")) {
                let hint = "take `referrerpolicy` out of the theme";
                tell(tag.at, Kind::PrivatePage, "this private page lets another site learn its address", hint);
            }
            let is_other_form = has(&tag, "rel", "alternate")
                && !has(&tag, "rel", "stylesheet")
                && !tag.get("type").is_some_and(|kind| ["atom", "rss", "feed"].iter().any(|feed| kind.contains(feed)));
            let names_itself = tag.name == "link"
                && (has(&tag, "rel", "canonical") || has(&tag, "rel", "shortlink") || is_other_form)
                || tag.name == "meta" && name == "og:url";
            if names_itself {
                let hint = "take it out of the theme: a private page has no canonical address";
                tell(tag.at, Kind::PrivatePage, "this private page names a canonical address", hint);
            }
        }
        Part::Text { before: "title", at, text } => {
            if names_gallery(&markup::unescaped(&String::from_utf8_lossy(text))) {
                tell(at, Kind::PrivatePage, in_preview, neutral);
            }
        }
        Part::Text { before: "script", at, text } if is_data => {
            if names_gallery(&String::from_utf8_lossy(text)) {
                tell(at, Kind::PrivatePage, in_preview, neutral);
            }
        }
        Part::Text { before: "script" | "style", .. } => {}
        Part::Text { text, .. } => count.said.push_str(&String::from_utf8_lossy(text)),
    });
    count.told_in_previews().for_each(|at| {
        let message = "whoever is sent this private page's address reads in its preview how many photos it shows";
        tell(
            at,
            Kind::PrivatePage,
            message,
            "mend the theme: what a preview of a private page says is the same for all",
        );
    });
    if let Scope::Private { token: Some(token), .. } = scope
        && is_tombstone(token)
        && names_gallery(&markup::unescaped(&String::from_utf8_lossy(page)))
    {
        let hint = "mend the theme's `tombstone.html`: it says that the link no longer works, and nothing else";
        tell(0, Kind::PrivatePage, "the address of a dead link still names its gallery or whom it was for", hint);
    }
    requests(input, page, &mut |at| {
        let message = "this private page asks another site for something, which then learns of the page";
        tell(
            at,
            Kind::ExternalRequest,
            message,
            "take it out of the theme: a private page loads nothing from elsewhere",
        );
    });
    let said: Vec<&str> = words_of(&robots).collect();
    if !ROBOTS.iter().all(|word| said.contains(word)) {
        let hint = "mend the theme: `<meta name=\"robots\" content=\"{{ page.robots }}\">` in every page's head";
        tell(0, Kind::PrivatePage, "this private page does not tell search engines to leave it alone", hint);
    }
    if !referrer {
        let hint = "mend the theme: `<meta name=\"referrer\" content=\"{{ page.referrer }}\">` in every page's head";
        tell(
            0,
            Kind::PrivatePage,
            "this private page lets other sites learn its address from visitors who follow a link",
            hint,
        );
    }
}

/// A page has no more previews, and a preview no more numbers, that anybody would read.
const MOST_PREVIEWS: usize = 64;
const MOST_NUMBERS: usize = 16;

/// How many pictures a page shows, and where it says so.
#[derive(Default)]
struct Count {
    pictures: usize,
    /// What people read on the page.
    said: String,
    /// What its previews say, with the place of each.
    previews: Vec<(usize, String)>,
}

impl Count {
    /// Where a preview says the number of the pictures, and the page says it with the same word beside it: so it is no other
    /// number, in whatever language.
    fn told_in_previews(&self) -> impl Iterator<Item = usize> {
        let number = self.pictures.to_string();
        let says_it = move |text: &str| {
            text.match_indices(&number).take(MOST_NUMBERS).any(|(at, _)| {
                let (before, behind) = (&text[..at], &text[at + number.len()..]);
                let space = behind.len() - behind.trim_start().len();
                let word = behind[space..].find(|letter: char| !letter.is_alphabetic()).unwrap_or(behind.len() - space);
                let phrase = &text[at..at + number.len() + space + word];
                self.pictures > 0 && word > 0 && !before.ends_with(char::is_numeric) && self.said.contains(phrase)
            })
        };
        self.previews.iter().filter(move |(_, text)| says_it(text)).map(|(at, _)| *at)
    }
}

fn has(tag: &Tag, attribute: &str, word: &str) -> bool {
    tag.get(attribute).is_some_and(|value| value.split_ascii_whitespace().any(|part| part.eq_ignore_ascii_case(word)))
}

/// The words of a list, which commas or white space part.
pub(super) fn words_of(list: &str) -> impl DoubleEndedIterator<Item = &str> {
    list.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|word| !word.is_empty())
}

/// Whether a page only says that its link no longer works.
fn is_tombstone(token: &Token) -> bool {
    matches!(token.meaning, Meaning::Page { .. }) && !token.meaning.opens_a_page()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::access::LinkState;
    use crate::audit::{Word, WordKind};

    const SEGMENT: &str = "pqHj2r_ZN1lEF10utN0Ktky71";
    const HEAD: &str = "<meta name=robots content='noindex, nofollow, noarchive, noimageindex'><meta name=referrer content=no-referrer>";

    static INPUT: LazyLock<AuditInput> = LazyLock::new(|| {
        let gallery = "k3v9q2m7t4xa".parse().unwrap();
        let title = Word { text: "Lake House".to_owned(), what: WordKind::Title, gallery: Some(gallery), link: None };
        AuditInput {
            origin: Some("https://a.example".to_owned()),
            base: "/".to_owned(),
            words: vec![title],
            ..AuditInput::default()
        }
    });
    static LEXICON: LazyLock<Lexicon<'static>> = LazyLock::new(|| Lexicon::of(&INPUT));

    #[test]
    fn previews_full_of_numbers_are_not_looked_up_one_by_one() {
        let said: String = (0..200_000).map(|at| format!("1{}x ", at % 977)).collect();
        let preview = format!("<meta name=description content='{}'>", "1a 1b 1c ".repeat(700));
        kinds(&format!("{HEAD}<img alt=''>{}<p>{said}", preview.repeat(20)));
    }

    fn kinds(page: &str) -> Vec<Kind> {
        kinds_of(page, LinkState::Alive)
    }

    fn kinds_of(page: &str, state: LinkState) -> Vec<Kind> {
        let gallery = "k3v9q2m7t4xa".parse().unwrap();
        let mut report = Report::default();
        let meaning = Meaning::Page {
            gallery,
            link: "h7w2c9d4n5ke".parse().unwrap(),
            state,
            replaced: None,
            root: crate::access::verify::AddressRoot::Current,
        };
        let token = Token { text: SEGMENT.to_owned(), meaning, audience: None };
        let scope = Scope::Private { segment: SEGMENT, token: Some(&token) };
        check(&INPUT, &LEXICON, scope, "g/p/index.html", page.as_bytes(), &mut report);
        report.findings.into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_private_page_that_keeps_to_itself_is_left_alone() {
        let body = "<a href='https://b.example/'>x</a><img src=/x/a.jpg srcset='https://a.example/x/b.jpg 2x'>";
        assert_eq!(kinds(&format!("{HEAD}{body}")), []);
    }

    #[test]
    fn missing_words_to_search_engines_and_a_canonical_address_are_found() {
        assert_eq!(kinds("<p>"), [Kind::PrivatePage, Kind::PrivatePage]);
        assert_eq!(kinds(&HEAD.replace(", noarchive", "")), [Kind::PrivatePage]);
        assert_eq!(kinds(&HEAD.replace("no-referrer", "origin")), [Kind::PrivatePage; 2]);
        assert_eq!(kinds(&format!("{HEAD}<link rel=canonical href=/g/p/>")), [Kind::PrivatePage]);
    }

    #[test]
    fn what_takes_back_another_word_or_says_too_much_before_the_page_is_opened_is_found() {
        for body in [
            "<meta name=robots content='index, follow'>",
            "<meta name=GoogleBot content=all>",
            "<meta name=referrer content=unsafe-url>",
            "<a href='https://b.example/' referrerpolicy=origin>x</a>",
            "<title>Lake House – Studio</title>",
            "<title>L&#97;ke House</title>",
            "<meta property=og:title content='lake house'>",
            "<meta name=description content='The Lake House in May'>",
            "<meta property=og:image content=/x/a/i.jpg>",
            "<meta name=twitter:image content=/x/a/i.jpg>",
            "<meta name=twitter:image:src content=/x/a/i.jpg>",
            "<link rel=image_src href=/x/a/i.jpg>",
            "<link rel=shortlink href=/g/p/>",
            "<link rel=alternate hreflang=de href=/g/p/>",
            "<meta name=robots content='x,\nindex'>",
            "<meta name=robots content='index\tfollow'>",
            "<meta name=slurp content=index>",
            "<meta name=DuckDuckBot content=all>",
            "<meta property=og:site_name content='Lake House'>",
            "<meta property=og:image:alt content='Lake House'>",
            "<script type='application/ld+json'>{\"name\":\"Lake House\"}</script>",
        ] {
            assert_eq!(kinds(&format!("{HEAD}{body}")), [Kind::PrivatePage], "{body}");
        }
        let body = "<title>Private gallery</title><h1>Lake House</h1><meta name=googlebot content=noindex>\
            <script type='application/ld+json'>{\"@context\":\"https://schema.org\"}</script>\
            <svg><a xlink:href='https://b.example/'>x</a></svg><a href='https://b.example/'>x</a>\
            <link rel='alternate' type=application/atom+xml href=/feed.xml><link rel='alternate stylesheet' href=/a.css>\
            <script>f('http://www.w3.org/2000/svg', '/a//b', 'see https://b.example')</script>";
        assert_eq!(kinds(&format!("{HEAD}{body}")), []);
    }

    #[test]
    fn a_preview_that_says_how_many_photos_there_are_is_found() {
        let pictures = "<img src=/x/a/i.jpg>".repeat(12);
        for (preview, page, found) in [
            ("A gallery of 12 photos", "<p>12 photos</p>", 1),
            ("12枚の写真", "<p>12枚の写真</p>", 1),
            ("112 photos, 12 more", "<p>12 photos</p>", 0),
            ("12", "<p>12 photos</p>", 0),
            ("Photographs since 2012", "<p>12 photos</p><p>© 2012 Studio</p>", 0),
        ] {
            let page = format!("{HEAD}<meta property=og:description content='{preview}'>{page}{pictures}");
            assert_eq!(kinds(&page), vec![Kind::PrivatePage; found], "{preview}");
        }
    }

    #[test]
    fn what_stands_where_it_does_not_count_tells_search_engines_nothing() {
        for element in ["template", "noscript", "textarea", "title", "iframe"] {
            assert_eq!(kinds(&format!("<{element}>{HEAD}</{element}>")), [Kind::PrivatePage; 2], "{element}");
            assert_eq!(kinds(&format!("<{element}></{element}>{HEAD}")), [], "{element}");
        }
        assert_eq!(kinds(&format!("<template><template></template>{HEAD}</template>")), [Kind::PrivatePage; 2]);
    }

    #[test]
    fn a_tombstone_says_nothing_of_its_gallery() {
        let page = format!("{HEAD}<h1>Lake&nbsp;House</h1>");
        assert_eq!(kinds(&page), []);
        let day = jiff::civil::date(2026, 11, 22);
        assert_eq!(kinds_of(&page, LinkState::Revoked(day)), [Kind::PrivatePage]);
        assert_eq!(kinds_of(HEAD, LinkState::Revoked(day)), []);
    }
}
