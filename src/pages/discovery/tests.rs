use jiff::civil::date;

use super::*;
use crate::config::DataMining;

fn feed() -> Feed<'static> {
    Feed {
        title: "A & B",
        description: Some("<script>"),
        language: "en",
        author: None,
        home: "https://p.example/",
        url: "https://p.example/feed.xml",
        rights: None,
    }
}

fn entry(title: &str, url: &str, day: i8) -> FeedEntry {
    FeedEntry { title: title.into(), url: url.into(), date: date(2026, 3, day), summary: None, cover: None }
}

#[test]
fn the_feed_is_whole_newest_first_and_escaped() {
    let mut hostile = entry("</title>\u{1b}\"x\" {{ y }}", "https://p.example/b/?a=1&b", 9);
    hostile.summary = Some("<p>1 &lt; 2</p>".into());
    hostile.cover = Some(("https://p.example/c.jpg".into(), 3, 2, "\"><script>".into()));
    let text = atom(&feed(), &[entry("Old", "https://p.example/a/", 1), hostile], 10).unwrap();
    assert_eq!(
        text,
        r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>A &amp; B</title>
<subtitle>&lt;script&gt;</subtitle>
<id>https://p.example/</id>
<link rel="alternate" type="text/html" href="https://p.example/"/>
<link rel="self" type="application/atom+xml" href="https://p.example/feed.xml"/>
<updated>2026-03-09T00:00:00Z</updated>
<author><name>A &amp; B</name></author>
<entry>
<title>&lt;/title&gt;&quot;x&quot; {{ y }}</title>
<id>https://p.example/b/?a=1&amp;b</id>
<link rel="alternate" type="text/html" href="https://p.example/b/?a=1&amp;b"/>
<published>2026-03-09T00:00:00Z</published>
<updated>2026-03-09T00:00:00Z</updated>
<content type="html">&lt;p&gt;&lt;img src=&quot;https://p.example/c.jpg&quot; width=&quot;3&quot; height=&quot;2&quot; alt=&quot;&amp;quot;&amp;gt;&amp;lt;script&amp;gt;&quot;&gt;&lt;/p&gt;&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;</content>
</entry>
<entry>
<title>Old</title>
<id>https://p.example/a/</id>
<link rel="alternate" type="text/html" href="https://p.example/a/"/>
<published>2026-03-01T00:00:00Z</published>
<updated>2026-03-01T00:00:00Z</updated>
</entry>
</feed>
"#
    );
    roxmltree::Document::parse(&text).unwrap();
}

#[test]
fn a_feed_has_no_more_than_its_limit_and_none_is_written_for_nothing() {
    let entries: Vec<_> = (1..=9).map(|day| entry("x", &format!("https://p.example/{day}/"), day)).collect();
    assert_eq!(atom(&feed(), &entries, 4).unwrap().matches("<entry>").count(), 4);
    assert_eq!(atom(&feed(), &[], 4), None);
}

fn pages(count: usize) -> Vec<SitemapEntry> {
    (0..count)
        .map(|place| SitemapEntry {
            url: format!("https://p.example/{place}/?a&b"),
            changed: None,
            images: vec![],
            languages: vec![],
        })
        .collect()
}

#[test]
fn a_small_sitemap_is_one_file() {
    let mut entries = pages(1);
    entries[0].changed = Some(date(2026, 3, 1));
    entries[0].images = (0..1200).map(|place| format!("https://p.example/{place}.jpg")).collect();
    let files = sitemaps("https://p.example/", &entries);
    assert_eq!(files.len(), 1);
    let text = &files[0].1;
    assert!(text.contains("<url><loc>https://p.example/0/?a&amp;b</loc><lastmod>2026-03-01</lastmod><image:image>"));
    assert_eq!(text.matches("<image:loc>").count(), 1000);
    entries[0].languages = vec![("de".to_owned(), "https://p.example/de/0/?a&b".to_owned())];
    let text = &sitemaps("https://p.example/", &entries)[0].1;
    let link = "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://p.example/de/0/?a&amp;b\"/></url>";
    assert!(text.contains(link));
    roxmltree::Document::parse(text).unwrap();
}

#[test]
fn a_sitemap_is_split_at_the_limits_of_the_protocol() {
    let files = sitemap::split("https://p.example/photos/", &pages(7), 3, usize::MAX);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]);
    assert!(files[0].1.contains("<loc>https://p.example/photos/sitemap-3.xml</loc>"));
    assert_eq!(files[3].1.matches("<url>").count(), 1);
    let by_bytes = sitemap::split("https://p.example/", &pages(40), 50_000, 700);
    assert!(by_bytes.len() > 3 && by_bytes[1..].iter().all(|(_, text)| text.len() <= 700));
    let urls: usize = by_bytes[1..].iter().map(|(_, text)| text.matches("<url>").count()).sum();
    assert_eq!(urls, 40);
}

#[test]
fn robots_never_names_a_private_prefix() {
    for mining in
        [DataMining::Unspecified, DataMining::Allowed, DataMining::ProhibitedAiTraining, DataMining::Prohibited]
    {
        for index in [true, false] {
            let text = robots("/photos/", index, mining, Some("https://p.example/photos/sitemap.xml"));
            for prefix in ["/g/", "/x/", "/e/"] {
                assert!(!text.contains(prefix));
            }
        }
    }
}

#[test]
fn robots_says_what_is_configured() {
    assert_eq!(
        robots("/", true, DataMining::Unspecified, Some("https://p.example/sitemap.xml")),
        "User-agent: *\nDisallow:\n\nSitemap: https://p.example/sitemap.xml\n"
    );
    assert_eq!(robots("/p/", false, DataMining::Allowed, None), "User-agent: *\nDisallow: /p/img/\n");
    let refused = robots("/", true, DataMining::ProhibitedAiTraining, None);
    assert!(refused.contains("User-agent: GPTBot\n") && refused.ends_with("Disallow: /\n"));
    assert!(!refused.contains("img2dataset"));
    assert!(robots("/", true, DataMining::ProhibitedExceptSearch, None).contains("img2dataset"));
}

#[test]
fn the_reservation_says_what_is_configured() {
    assert_eq!(tdm_reservation("/", DataMining::Unspecified), None);
    assert_eq!(
        tdm_reservation("/", DataMining::ProhibitedAiTraining).unwrap(),
        "[\n  { \"location\": \"/*\", \"tdm-reservation\": 1 }\n]\n"
    );
}

#[test]
fn what_a_file_of_headers_lacks_for_private_folders_is_told_line_by_line() {
    let ours = headers("/photos/", true, DataMining::Unspecified, None);
    assert_eq!(lacking(&ours, "/photos/"), []);
    let own = "/*\n  referrer-policy: no-referrer\n\n/g/*\n  X-Robots-Tag: noindex, nofollow, noarchive, noimageindex\n/img/*\n  Cache-Control: public, max-age=86400\n";
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let robots = "X-Robots-Tag: noindex, nofollow, noarchive, noimageindex";
    assert_eq!(
        lacking(own, "/"),
        [
            ("/g/*".to_owned(), lines(&["Cache-Control: private, no-cache"])),
            ("/x/*".to_owned(), lines(&[robots, "Cache-Control: public, max-age=86400"])),
            ("/e/*".to_owned(), lines(&[robots, "Cache-Control: private, no-cache"])),
        ]
    );
    assert_eq!(lacking("", "/").len(), 3);
    let whole = format!("{robots}\nReferrer-Policy: no-referrer\nCache-Control: private, no-cache\n");
    let pictures = ("/photos/x/*".to_owned(), lines(&["Cache-Control: public, max-age=86400"]));
    for pattern in ["/*", "/photos/*"] {
        assert_eq!(lacking(&format!("{pattern}\n{whole}"), "/photos/"), std::slice::from_ref(&pictures), "{pattern}");
    }
    assert_eq!(lacking(&format!("/other/*\n{whole}"), "/photos/").len(), 3);
}

#[test]
fn headers_are_wildcards_and_private_paths_are_strict() {
    let text = headers("/photos/", true, DataMining::ProhibitedAiTraining, None);
    for line in text.lines().filter(|line| !line.starts_with(' ')) {
        assert!(line.starts_with("/photos/") && line.ends_with('*'), "{line}");
    }
    assert!(!text.contains("unsafe"));
    let (_, private) = text.split_once("/photos/g/*\n").unwrap();
    assert!(private.starts_with(
        "  X-Robots-Tag: noindex, nofollow, noarchive, noimageindex\n  Referrer-Policy: no-referrer\n  Cache-Control: private, no-cache\n  Content-Security-Policy: default-src 'none'; "
    ));
    assert_eq!(text.matches("immutable").count(), 2);
}

#[test]
fn answers_that_open_in_the_browser_have_a_policy_without_markup_from_scripts() {
    let text = headers("/", true, DataMining::Unspecified, Some("https://forms.example/f"));
    let policies = |pattern: &str| {
        let (_, rule) = text.split_once(&format!("\n{pattern}\n")).unwrap();
        let lines = rule.lines().take_while(|line| line.starts_with(' '));
        lines.filter_map(|line| line.strip_prefix("  Content-Security-Policy: ")).collect::<Vec<_>>()
    };
    for pattern in ["/g/*", "/find/*"] {
        let [policy] = policies(pattern)[..] else { panic!("{pattern}") };
        for part in
            ["require-trusted-types-for 'script'", "form-action 'none'", "connect-src 'self' https://forms.example;"]
        {
            assert!(policy.contains(part), "{pattern}: {part}");
        }
        assert!(policy.contains("img-src 'self' blob:;"));
    }
    assert!(policies("/x/*").is_empty() && policies("/e/*").is_empty());
    // Hosts send the policy of all answers too, and what either refuses is refused.
    assert!(text.lines().nth(3).unwrap().contains("img-src 'self' blob:;"));
}
