use super::*;
use crate::config::Format;

fn file(format: Format, width: u32, url: &str) -> Rendition {
    Rendition { format, width, height: width * 2 / 3, url: url.to_owned() }
}

#[test]
fn browsers_get_the_best_format_first_and_jpeg_at_last() {
    let picture = PictureView::new(
        "A lake",
        [10, 20, 30],
        &[
            file(Format::Jpeg, 2560, "/i/c.jpg"),
            file(Format::Jpeg, 1280, "/i/b.jpg"),
            file(Format::Webp, 640, "/i/a.webp"),
            file(Format::Avif, 640, "/i/a b,c.avif"),
            file(Format::Avif, 320, "/i/z.avif"),
        ],
    );
    assert_eq!(
        picture.sources,
        [
            SourceView { mime: "image/avif", srcset: "/i/z.avif 320w, /i/a%20b%2Cc.avif 640w".into() },
            SourceView { mime: "image/webp", srcset: "/i/a.webp 640w".into() },
        ]
    );
    assert_eq!(picture.src, "/i/b.jpg");
    assert_eq!(picture.srcset, "/i/b.jpg 1280w, /i/c.jpg 2560w");
    assert_eq!((picture.width, picture.height), (2560, 1706));
    assert_eq!(picture.ratio, "r150");
}

#[test]
fn a_picture_in_one_format_has_no_sources() {
    let picture = PictureView::new("x", [0; 3], &[file(Format::Avif, 640, "/i/a.avif")]);
    assert!(picture.sources.is_empty());
    assert_eq!(picture.src, "/i/a.avif");
}

#[test]
fn addresses_that_run_are_no_links() {
    for bad in [
        "javascript:alert(1)",
        "JaVaScRiPt://%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "https://a b",
        "//x.example",
    ] {
        assert_eq!(Href::external(bad), None, "{bad}");
    }
    for bad in ["javascript:a@b", "a@b@c", "x y@z", "nobody"] {
        assert_eq!(Href::contact(bad), None, "{bad}");
    }
    assert_eq!(Href::contact(" me@example.com ").unwrap().as_str(), "mailto:me@example.com");
    assert_eq!(Href::contact("https://example.com/write").unwrap().as_str(), "https://example.com/write");
    assert_eq!(Href::path("//evil.example/").as_str(), "/evil.example/");
    assert_eq!(Href::path("javascript:x").as_str(), "/javascript:x");
}

#[test]
fn known_licences_have_names() {
    for (address, name) in [
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC BY-NC-SA 4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://example.com/terms/", "example.com/terms"),
    ] {
        assert_eq!(LinkView::licence(address).text, name);
    }
    assert_eq!(LinkView::licence("javascript:alert(1)").url, None);
}

#[test]
fn only_the_first_picture_of_a_gallery_is_hastened() {
    let tile = |number| TileView {
        url: format!("/{number}/"),
        id: format!("photo_{number}"),
        number,
        file: None,
        title: None,
        caption: None,
        picture: PictureView::new("x", [0; 3], &[file(Format::Jpeg, 640, "/i/a.jpg")]),
        download: None,
    };
    let mut gallery = GalleryView {
        sections: vec![SectionView::arranged(None, None, None, vec![tile(1), tile(2)], Density::Regular, Grid::Rows)],
        ..GalleryView::default()
    };
    gallery.hasten_first();
    let eager: Vec<_> = gallery.sections[0].chunks[0].tiles.iter().map(|tile| tile.picture.eager).collect();
    assert_eq!(eager, [true, false]);
}
