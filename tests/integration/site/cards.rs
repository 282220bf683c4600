//! What messengers show of a page.

use crate::support::Site;
use crate::support::photos::jpeg;

/// Width, height and address of a page's preview card.
fn card(page: &str) -> Option<(u32, u32, String)> {
    let said = |name: &str| {
        let rest = page.split_once(&format!("<meta property=\"og:image{name}\" content=\""))?.1;
        Some(rest.split('"').next()?.to_owned())
    };
    Some((said(":width")?.parse().ok()?, said(":height")?.parse().ok()?, said("")?))
}

#[test]
fn every_photo_with_enough_pixels_has_a_preview_card_whatever_the_sizes_of_its_pictures() {
    let shapes =
        [("portrait", 683, 1024), ("wide", 2400, 240), ("tall", 400, 4000), ("square", 700, 700), ("small", 120, 80)];
    let photos = shapes.map(|(_, width, height)| jpeg(width, height, 9).bytes());
    for images in [
        "formats = [\"jpeg\"]\nwidths = [64]\n",
        "formats = [\"webp\", \"jpeg\"]\nwidths = [64, 512]\n",
        "formats = [\"webp\", \"jpeg\"]\nwidths = [32, 650]\n",
    ] {
        let site = Site::new();
        let url = "https://photos.example.com/";
        site.put("site.toml", format!("title = \"T\"\nurl = \"{url}\"\n[images]\n{images}"));
        for ((name, ..), photo) in shapes.iter().zip(&photos) {
            site.put(format!("galleries/{name}/{name}.jpg"), photo);
        }
        site.build();
        for (name, width, height) in shapes {
            for page in [format!("{name}/{name}.html"), format!("{name}/index.html")] {
                let text = site.text(&page);
                let (wide, high, address) = card(&text).unwrap_or_else(|| panic!("{images}{page} has no card"));
                let bytes = std::fs::read(site.path("public").join(address.strip_prefix(url).unwrap())).unwrap();
                assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::Jpeg);
                let decoded = image::load_from_memory(&bytes);
                assert!(decoded.is_err() || decoded.unwrap().width() == wide, "{page}");
                assert!(bytes.len() <= 300_000, "{page}: {}", bytes.len());
                // What has fewer pixels than any reader shows has the card that there is.
                let (least_wide, least_high) =
                    if name == "small" { (32, 21) } else { (width.min(600), height.min(315)) };
                assert!(wide >= least_wide && high >= least_high, "{images}{page}: {wide} × {high}");
            }
        }
        // Pages show the sizes that were asked for, and no other.
        let body = site.text("portrait/portrait.html").split_once("<body").unwrap().1.to_owned();
        assert!(!body.contains("-683.") || images.contains("650"), "{images}");
    }
}
