//! What a client finds on the page of a link: favourites, sections, the cover, until when it is open.

use crate::support::Site;
use crate::support::photos::xmp;

const SETTINGS: &str = "galleries/lake-house/gallery.toml";

/// Writes settings above those that the private gallery has.
fn set(site: &Site, more: &str) {
    site.put(SETTINGS, format!("{more}\n{}", site.read(SETTINGS)));
}

fn keywords(words: &[&str]) -> String {
    let items: String = words.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect();
    xmp(&format!("<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"))
}

#[test]
fn private_galleries_have_favourites_and_open_ones_have_them_on_request() {
    let site = Site::with_private_gallery();
    let link = site.share("Anna", &[]);
    site.build();
    let names = |page: &str| page.matches(" data-file=\"").count();
    let page = site.page(&link);
    assert_eq!((names(&page), page.matches("id=\"favourites\"").count()), (3, 1));
    assert!(page.contains("data-file=\"SECRET_0001.png\"") && page.contains("data-file=\"dance/"), "{page}");
    assert!(page.contains("<option>Favourites</option>"), "{page}");
    let open = site.text("coast/index.html");
    assert_eq!((names(&open), open.contains("favourites.js")), (0, false));
    // The page without a link has them too, and no photo's page.
    let own = site.text(&format!("x/{}/index.html", site.assets()[0]));
    assert_eq!(names(&own), 3);
    set(&site, "favourites = false");
    site.put("galleries/coast/gallery.toml", "favourites = true\n[lists]\nAlbum = 30\nPrints = 0\n");
    site.build();
    let page = site.page(&link);
    assert_eq!((names(&page), page.contains("favourites.js")), (0, false));
    let open = site.text("coast/index.html");
    assert_eq!(names(&open), 2);
    assert!(open.contains("<option data-limit=\"30\">Album</option><option>Prints</option>"), "{open}");
}

#[test]
fn a_form_is_reached_from_pages_with_favourites_alone() {
    let site = Site::with_private_gallery();
    let link = site.share("Anna", &[]);
    let settings = site.read("site.toml");
    site.put("site.toml", format!("{settings}[favourites]\nsend_to = \"https://forms.example/f/1?x=1\"\n"));
    site.build();
    let page = site.page(&link);
    assert!(page.contains("connect-src &#39;self&#39; https://forms.example;"), "{page}");
    assert!(page.contains("data-send=\"https://forms.example/f/1?x=1\""), "{page}");
    assert!(!site.text("coast/index.html").contains("forms.example"));
    assert!(site.text("_headers").contains("connect-src 'self' https://forms.example;"));
    site.run(&["audit"]).fine();
    site.put("site.toml", format!("{settings}[favourites]\nsend_to = \"http://forms.example/f\"\n"));
    let refused = site.run(&["build"]).refused(3);
    assert!(refused.err.contains("must be an `https` address"), "{}", refused.err);
}

#[test]
fn a_text_that_claims_that_nothing_is_kept_is_held_against_favourites() {
    let site = Site::with_private_gallery();
    site.share("Anna", &[]);
    let text = |claim: &str| format!("+++\ntitle = \"Privacy\"\nclaims = [\"{claim}\"]\n+++\n\nNothing is kept.\n");
    site.put("pages/privacy.md", text("no-cookies"));
    let told = site.build().err;
    assert!(
        told.contains("favourites are kept in the browsers of those who choose them, but `pages/privacy.md` line 3"),
        "{told}"
    );
    site.put("pages/privacy.md", text("storage-on-request"));
    assert!(!site.build().err.contains("claims"));
    site.put("pages/privacy.md", text("no-cookies"));
    set(&site, "favourites = false");
    assert!(!site.build().err.contains("claims"));
}

#[test]
fn a_page_says_until_when_its_link_is_open_in_the_last_days_alone() {
    let site = Site::with_known_links();
    let couple = |site: &Site| {
        let pages = site.like("g/p", "/index.html");
        pages.into_iter().filter(|page| site.text(page).contains("Open until 31 March 2027")).count()
    };
    site.build_on("2027-02-28");
    assert_eq!(couple(&site), 0);
    site.build_on("2027-03-01");
    assert_eq!(couple(&site), 1, "the couple's, and nobody else's");
    let own = site.like("x/", "/index.html");
    assert!(own.iter().all(|page| !site.text(page).contains("Open until")));
}

#[test]
fn keywords_make_sections_with_a_way_to_each() {
    let site = Site::empty()
        .site_toml(
            "title = \"A\"\nurl = \"https://a.example/\"\ncontact = \"a@a.example\"\n[images]\nformats = [\"jpeg\"]\n",
        )
        .gallery_toml("day", "sections = [\"Party\", \"ceremony\"]\nheader = \"half\"\ncover = \"b.png\"\n");
    for (name, words) in [("a", &["ceremony", "party"][..]), ("b", &["Ceremony"]), ("c", &[]), ("d", &["other"])] {
        site.put_png(format!("galleries/day/{name}.png"), name.as_bytes()[0]);
        site.put(format!("galleries/day/{name}.png.xmp"), keywords(words));
    }
    site.build();
    let page = site.text("day/index.html");
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} in {page}"));
    let order = ["id=\"photo_c-", "id=\"photo_d-", ">Party</h2>", "id=\"photo_a-", ">ceremony</h2>", "id=\"photo_b-"];
    assert!(order.windows(2).all(|two| place(two[0]) < place(two[1])), "{page}");
    for (anchor, title) in [("part-1", "Party"), ("part-2", "ceremony")] {
        assert!(
            page.contains(&format!("<a href=\"/day/#{anchor}\">{title}</a>"))
                && page.contains(&format!("<h2 id=\"{anchor}\">")),
            "{page}"
        );
    }
    // The cover stands across the page, is fetched first, and nothing else is.
    assert!(page.contains("<div class=\"cover half "), "{page}");
    assert!(page.matches("fetchpriority=\"high\"").count() == 1 && place("fetchpriority") < place("<h1"), "{page}");
    // Numbers go by what is shown.
    assert!(site.text(&site.like("day/b-", ".html")[0]).contains("Photo 4 of 4"));
}
