//! Text pages and descriptions within a whole site.

use crate::support::crawl::faults;
use crate::support::{Site, said};

fn some_site() -> Site {
    Site::new().photos(["Lake/a.jpg", "Lake/b.jpg"])
}

#[test]
fn a_dead_link_in_a_description_is_told_once() {
    let site = some_site().gallery_toml("Lake", "description = \"[x](../Nowhere)\"\n");
    for arguments in [&["build"][..], &["check"]] {
        let run = site.run(arguments);
        assert_ne!(run.code, 0);
        assert_eq!(run.err.matches("`../Nowhere`").count(), 1, "{}", run.err);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn a_link_to_a_place_that_a_page_does_not_have_is_an_error_with_its_line() {
    let site = some_site()
        .gallery_toml("Lake", "description = \"## Boats\\n\\nText.[^1]\\n\\n[^1]: Note.\"\n")
        .file("pages/other.md", "# Other\n\n## Kept\n\nText.\n")
        .file("static/plan.html", "<p id=x>");
    let links = "[a](other.md#kept) [b](/other/#kept) [c](../galleries/Lake#boats) [d](/lake/#note-1) [e](this.md#own) \
                 [f](/plan.html#x) [g](other.md#content) [h](/#content)\n\n## Own\n";
    site.put("pages/this.md", links);
    site.build();
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    for (link, told) in [
        ("other.md#kep", "there is no heading `#kep` on `/other/`\nhint: did you mean `#kept`?\n"),
        ("this.md#nope", "there is no heading `#nope` on `/this/`\n"),
        ("/other/#nope", "there is no heading `#nope` on `/other/`\n"),
        ("../galleries/Lake#nope", "there is no heading `#nope` on `/lake/`\n"),
        ("../galleries/Lake/a.jpg#nope", "there is no heading `#nope` on `/lake/a.html`\n"),
        ("/#nope", "there is no heading `#nope` on `/`\n"),
    ] {
        site.put("pages/this.md", format!("Text.\n\n[x]({link})\n"));
        let run = site.run(&["build"]);
        assert_eq!(run.code, 3, "{link}: {}", run.err);
        assert!(
            run.err.starts_with(&format!("error: `pages/this.md` line 3, column 1: {told}")),
            "{link}: {}",
            run.err
        );
    }
    site.put("pages/this.md", "Text.\n");
    let site = site.gallery_toml("Lake", "description = \"One.\\n\\n[x](../../pages/other.md#nope)\"\n");
    site.run(&["build"]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_photo_of_a_gallery_is_shown_in_a_text_and_a_private_one_is_not() {
    let site = some_site().photo("Secret/s.jpg").gallery_toml("Secret", "access = \"private\"\n");
    site.put("pages/about.md", "![](../galleries/Lake/a.jpg)\n\n![A boat](<../galleries/Lake/b.jpg> \"Hm\")\n");
    site.build();
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    let page = site.text("about/index.html");
    assert_eq!((page.matches("<picture>").count(), page.matches("srcset=\"/img/lake/").count()), (2, 4), "{page}");
    assert!(page.contains("alt=\"A boat\" title=\"Hm\" loading=\"lazy\"") && !page.contains("alt=\"\""), "{page}");
    for image in ["../galleries/Secret/s.jpg", "../galleries/Lake", "/lake/a.html"] {
        site.put("pages/about.md", format!("![x]({image})\n"));
        site.run(&["build"]);
    }
    insta::assert_snapshot!(said());
}

#[test]
fn no_page_of_text_has_a_style_that_the_policy_forbids() {
    let site = some_site().file("pages/prices.md", "| a | b |\n|:-:|--:|\n| 1 | 2 |\n");
    site.build();
    let page = site.text("prices/index.html");
    assert!(
        page.contains("<th class=\"to-middle\">a</th><th class=\"to-end\">b</th>") && !page.contains(" style="),
        "{page}"
    );
    let sheet = site.like("assets/style", ".css").remove(0);
    assert!(site.text(&sheet).contains(".to-middle{text-align:center}"));
}

#[test]
fn what_a_page_says_twice_or_of_itself_is_told() {
    let site = some_site().file("pages/old.md", "+++\ntitle = \"Old\"\n+++\n# Other words\n\nText.\n");
    site.build();
    site.put("pages/old.md", "+++\nversion_of = \"old.md\"\n+++\nText.\n");
    site.run(&["build"]);
    insta::assert_snapshot!(said());
}

/// Checkers and browsers take `auto` beside a picture that is fetched when it comes near, and nowhere else.
#[test]
#[cfg(feature = "avif")]
fn only_what_stands_beside_a_lazy_picture_sizes_itself() {
    let site = some_site();
    site.put("site.toml", "title = \"T\"\n[images]\nformats = [\"avif\", \"webp\", \"jpeg\"]\nwidths = [32, 64]\n");
    site.build();
    let page = site.text("lake/index.html");
    let lazy = page.split("<picture>").find(|picture| picture.contains("loading=\"lazy\"")).unwrap();
    assert_eq!((lazy.matches("<source").count(), lazy.matches("sizes=\"auto, ").count()), (2, 2), "{lazy}");
    let (first, rest) = lazy.split_once("image/webp").unwrap();
    assert!(!first.contains("auto") && rest.contains("sizes=\"auto, "), "{lazy}");
}
