//! Rules for the content of private pages, one function each.

use super::external_requests::requests;
use super::scope::Scope;
use super::wanted::Wanted;
use super::{AuditInput, Report, Rule, Token};
use crate::access::verify::TokenKind;
use crate::markup::{self, Part, Tag};

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

/// A page has no more previews, and a preview no more numbers, that anybody would read.
const MOST_PREVIEWS: usize = 64;
const MOST_NUMBERS: usize = 16;

/// A rule with what is said where a page goes against it, and the function that finds the places.
type PageRule = (Rule, &'static str, fn(&Page<'_>) -> Vec<usize>);

const RULES: [PageRule; 11] = [
    (Rule::PageIndexed, "this private page invites search engines", invites_robots),
    (Rule::PageNotHidden, "this private page does not keep search engines out", |page| {
        at_start(!page.turns_robots_away())
    }),
    (Rule::PageReferrer, "this private page lets other sites learn its address", weak_policies),
    (
        Rule::PageWithoutPolicy,
        "this private page lets other sites learn its address from visitors who follow a link",
        |page| at_start(!page.has_policy()),
    ),
    (Rule::ReferrerAttribute, "this private page lets another site learn its address", policies_of_elements),
    (
        Rule::PreviewName,
        "this private page's preview reveals the gallery's name to anyone who receives the address",
        names_in_previews,
    ),
    (
        Rule::PreviewPicture,
        "this private page's preview shows a picture, which its gallery does not allow",
        pictures_in_previews,
    ),
    (Rule::PreviewCount, "this private page's preview reveals how many photos it shows", counts_in_previews),
    (Rule::CanonicalAddress, "this private page has a canonical address", canonical_addresses),
    (Rule::TombstoneName, "this page of a dead link still names its gallery or recipient", |page| {
        at_start(page.is_tombstone && (page.names_gallery)(&markup::unescaped(&String::from_utf8_lossy(page.bytes))))
    }),
    (Rule::PageRequest, "this private page loads something from another site, which then learns of the page", |page| {
        let mut places = Vec::new();
        requests(page.input, page.bytes, &mut |at| places.push(at));
        places
    }),
];

/// Checks a private page against all rules.
pub(super) fn check(
    input: &AuditInput,
    wanted: &Wanted<'_>,
    scope: Scope<'_>,
    path: &str,
    bytes: &[u8],
    report: &mut Report,
) {
    let gallery = scope.gallery();
    let names_gallery = |text: &str| wanted.names(gallery, text);
    let mut page = Page {
        input,
        bytes,
        shares_cover: gallery.is_none_or(|gallery| input.shared_covers.contains(&gallery)),
        is_tombstone: matches!(scope, Scope::Private { token: Some(token), .. } if is_tombstone(token)),
        names_gallery: &names_gallery,
        metas: Vec::new(),
        tags: Vec::new(),
        titles: Vec::new(),
        data: Vec::new(),
        said: String::new(),
    };
    page.read();
    for (rule, message, places) in RULES {
        places(&page).into_iter().for_each(|at| report.tell(rule, path, Some(at), message));
    }
}

/// A private page, read once for all rules.
struct Page<'p> {
    input: &'p AuditInput,
    bytes: &'p [u8],
    shares_cover: bool,
    is_tombstone: bool,
    /// Whether a text says what the page's gallery is called.
    names_gallery: &'p dyn Fn(&str) -> bool,
    metas: Vec<Meta>,
    /// Every other tag that a rule asks for.
    tags: Vec<Tag>,
    titles: Vec<(usize, String)>,
    /// Data in the place of scripts, which previews read.
    data: Vec<(usize, String)>,
    /// What people read on the page.
    said: String,
}

/// A `meta` element.
struct Meta {
    at: usize,
    /// Its name or property, in lower case.
    name: String,
    content: String,
    /// Whether browsers and robots take it for one here.
    counts: bool,
}

impl Page<'_> {
    fn read(&mut self) {
        // The element in which nothing counts, and how many of its kind are open.
        let mut inert: Option<(String, usize)> = None;
        let mut is_data = false;
        markup::parts(self.bytes, |part| match part {
            Part::Close(name) => {
                if let Some((_, open)) = inert.as_mut().filter(|(inside, _)| inside == name) {
                    *open -= 1;
                }
                inert = inert.take().filter(|(_, open)| *open > 0);
            }
            Part::Tag(tag) => {
                if tag.name == "meta" {
                    let name = tag.get("name").or(tag.get("property")).unwrap_or_default();
                    self.metas.push(Meta {
                        at: tag.at,
                        name: name.trim().to_ascii_lowercase(),
                        content: tag.get("content").unwrap_or_default().to_owned(),
                        counts: inert.is_none(),
                    });
                }
                match &mut inert {
                    // Text ends at the first tag that closes it; templates lie in one another.
                    Some((inside, open)) if *inside == tag.name && inside == "template" => *open += 1,
                    None if INERT.contains(&tag.name.as_str()) => inert = Some((tag.name.clone(), 1)),
                    _ => {}
                }
                is_data = tag.get("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
                if matches!(tag.name.as_str(), "img" | "link") || tag.get("referrerpolicy").is_some() {
                    self.tags.push(tag.clone());
                }
            }
            Part::Text { inside, at, text } => {
                let text = String::from_utf8_lossy(text);
                match inside {
                    "title" => self.titles.push((at, markup::unescaped(&text))),
                    "script" if is_data => self.data.push((at, text.into_owned())),
                    "script" | "style" => {}
                    _ => self.said.push_str(&text),
                }
            }
        });
    }

    /// Whether the page says all that keeps search engines out.
    fn turns_robots_away(&self) -> bool {
        let robots = self.metas.iter().filter(|meta| meta.counts && meta.name == "robots");
        let said: Vec<String> = robots.map(|meta| meta.content.to_ascii_lowercase()).collect();
        let said: Vec<&str> = said.iter().flat_map(|list| words_of(list)).collect();
        ROBOTS.iter().all(|word| said.contains(word))
    }

    /// Whether the page says that no site learns its address.
    fn has_policy(&self) -> bool {
        self.metas.iter().any(|meta| meta.counts && meta.name == "referrer" && is_no_referrer(&meta.content))
    }

    fn metas_named(&self, is_it: impl Fn(&str) -> bool) -> impl Iterator<Item = &Meta> {
        self.metas.iter().filter(move |meta| is_it(&meta.name))
    }
}

fn at_start(is_found: bool) -> Vec<usize> {
    if is_found { vec![0] } else { Vec::new() }
}

fn is_no_referrer(policy: &str) -> bool {
    policy.trim().eq_ignore_ascii_case("no-referrer")
}

fn invites_robots(page: &Page<'_>) -> Vec<usize> {
    let lets_in = |meta: &&Meta| words_of(&meta.content.to_ascii_lowercase()).any(|word| LETS_IN.contains(&word));
    page.metas_named(|name| ROBOT_NAMES.contains(&name)).filter(lets_in).map(|meta| meta.at).collect()
}

fn weak_policies(page: &Page<'_>) -> Vec<usize> {
    page.metas_named(|name| name == "referrer")
        .filter(|meta| !is_no_referrer(&meta.content))
        .map(|meta| meta.at)
        .collect()
}

fn policies_of_elements(page: &Page<'_>) -> Vec<usize> {
    let is_weak = |tag: &&Tag| tag.get("referrerpolicy").is_some_and(|policy| !is_no_referrer(policy));
    page.tags.iter().filter(is_weak).map(|tag| tag.at).collect()
}

fn names_in_previews(page: &Page<'_>) -> Vec<usize> {
    let metas = page.metas.iter().map(|meta| (meta.at, &meta.content));
    let texts = page.titles.iter().chain(&page.data).map(|(at, text)| (*at, text));
    metas.chain(texts).filter(|(_, text)| (page.names_gallery)(text)).map(|(at, _)| at).collect()
}

fn pictures_in_previews(page: &Page<'_>) -> Vec<usize> {
    if page.shares_cover {
        return Vec::new();
    }
    let metas = page.metas_named(|name| CARD_PICTURES.contains(&name)).map(|meta| meta.at);
    metas.chain(links(page).filter(|tag| has(tag, "rel", "image_src")).map(|tag| tag.at)).collect()
}

fn counts_in_previews(page: &Page<'_>) -> Vec<usize> {
    let pictures = page.tags.iter().filter(|tag| tag.name == "img").count();
    let previews = page.metas_named(|name| PREVIEWED.iter().any(|known| name.starts_with(known)));
    let says_it = |meta: &&Meta| says_count(&meta.content, pictures, &page.said);
    previews.take(MOST_PREVIEWS).filter(says_it).map(|meta| meta.at).collect()
}

/// Whether a preview says the number of the pictures, and the page says it with the same word beside it: so it is no other
/// number, in whatever language.
fn says_count(preview: &str, pictures: usize, said: &str) -> bool {
    let number = pictures.to_string();
    pictures > 0
        && preview.match_indices(&number).take(MOST_NUMBERS).any(|(at, _)| {
            let (before, behind) = (&preview[..at], &preview[at + number.len()..]);
            let space = behind.len() - behind.trim_start().len();
            let word = behind[space..].find(|letter: char| !letter.is_alphabetic()).unwrap_or(behind.len() - space);
            let phrase = &preview[at..at + number.len() + space + word];
            word > 0 && !before.ends_with(char::is_numeric) && said.contains(phrase)
        })
}

fn canonical_addresses(page: &Page<'_>) -> Vec<usize> {
    let is_feed =
        |tag: &Tag| tag.get("type").is_some_and(|kind| ["atom", "rss", "feed"].iter().any(|feed| kind.contains(feed)));
    let is_other_form = |tag: &Tag| has(tag, "rel", "alternate") && !has(tag, "rel", "stylesheet") && !is_feed(tag);
    let names_itself = |tag: &&Tag| has(tag, "rel", "canonical") || has(tag, "rel", "shortlink") || is_other_form(tag);
    let metas = page.metas_named(|name| name == "og:url").map(|meta| meta.at);
    links(page).filter(names_itself).map(|tag| tag.at).chain(metas).collect()
}

fn links<'p>(page: &'p Page<'_>) -> impl Iterator<Item = &'p Tag> {
    page.tags.iter().filter(|tag| tag.name == "link")
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
    matches!(token.meaning, TokenKind::Page { .. }) && !token.meaning.opens_a_page()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::access::LinkState;
    use crate::audit::{Kind, Word, WordKind};

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
    static WANTED: LazyLock<Wanted<'static>> = LazyLock::new(|| Wanted::of(&INPUT));

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
        let meaning = TokenKind::Page {
            gallery,
            link: "h7w2c9d4n5ke".parse().unwrap(),
            state,
            replaced: None,
            root: crate::access::verify::AddressRoot::Current,
        };
        let token = Token { text: SEGMENT.to_owned(), meaning, audience: None };
        let scope = Scope::Private { segment: SEGMENT, token: Some(&token) };
        check(&INPUT, &WANTED, scope, "g/p/index.html", page.as_bytes(), &mut report);
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
