//! Renders the built-in theme with pictures from a folder, to look at it: `cargo run --example preview_theme PICTURES OUT [MANY]`.
//!
//! `PICTURES` holds files named `NAME-WIDTHxHEIGHT-RRGGBB.jpg`; they are linked as they are.

use std::fs;
use std::path::{Path, PathBuf};

use safelight::config::{Density, Format, Grid, Scheme, ThemeSettings};
use safelight::pages::view::*;
use safelight::pages::{Page, Theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, pictures, out, rest @ ..] = &arguments[..] else { return Err("PICTURES OUT [MANY]".into()) };
    let out = PathBuf::from(out);
    let named = |name: &str| rest.iter().any(|argument| argument == name);
    let settings = ThemeSettings {
        name: "default".into(),
        logo: None,
        accent: None,
        light: None,
        dark: None,
        scheme: if named("dark") {
            Scheme::Dark
        } else if named("light") {
            Scheme::Light
        } else {
            Scheme::Auto
        },
        heading_font: None,
        text_font: None,
        density: if named("airy") {
            Density::Airy
        } else if named("compact") {
            Density::Compact
        } else {
            Density::Regular
        },
        grid: if named("squares") { Grid::Squares } else { Grid::Rows },
        page_size: 1000,
    };
    let theme = Theme::load(&settings, Path::new("no-themes")).map_err(|errors| errors[0].clone())?;
    let words = theme.words();
    let mut files: Vec<_> = fs::read_dir(pictures)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    let picture = |file: &Path, alt: &str| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parts: Vec<&str> = name.trim_end_matches(".jpg").rsplitn(3, '-').collect();
        let (width, height) = parts[1].split_once('x').unwrap_or(("3", "2"));
        let colour = u32::from_str_radix(parts[0], 16).unwrap_or(0).to_be_bytes();
        let rendition = Rendition {
            format: Format::Jpeg,
            width: width.parse().unwrap_or(3),
            height: height.parse().unwrap_or(2),
            url: format!("/img/{name}"),
        };
        PictureView::new(alt, [colour[1], colour[2], colour[3]], &[rendition])
    };
    let site = SiteView {
        title: "Maren Holt".into(),
        description: Some("Photographs of weather, water and the people who live beside it.".into()),
        language: "en".into(),
        author: Some("Maren Holt".into()),
        contact: Some(LinkView::contact("hello@example.com")),
        base: "/".into(),
        menu: vec![LinkView::to("About", "/about/"), LinkView::to("Prints", "/prints/")],
        footer: vec![LinkView::to("Privacy", "/privacy/"), LinkView::to("Terms", "/terms/")],
        feed: Some("/feed.xml".into()),
        icon: None,
        copyright: Some("© 2026 Maren Holt".into()),
        index: true,
        mining_reserved: Some(true),
        origin: Some("https://example.com".into()),
    };
    let prepared = theme.prepare(&site);
    let put = |path: &str, text: &str| -> std::io::Result<()> {
        let file = out.join(path);
        fs::create_dir_all(file.parent().unwrap_or(&out))?;
        fs::write(file, text)
    };
    for asset in theme.assets() {
        fs::create_dir_all(out.join("assets"))?;
        fs::write(out.join(&asset.path), &asset.bytes)?;
    }
    let day = |day| jiff::civil::date(2026, 3, day);
    let names =
        ["Iceland, in the rain", "Lisbon", "The long shore", "A wedding at the lake house", "Gardens", "Small birds"];
    let mut covers: Vec<CoverView> = names
        .iter()
        .enumerate()
        .map(|(place, name)| CoverView {
            title: (*name).into(),
            url: "/iceland/".into(),
            picture: files.get(place * 5 % files.len()).map(|file| picture(file, &format!("From {name}"))),
            date: Some(words.span(day(2), day(2 + place as i8))),
            photos: 12 + place * 31,
            galleries: place % 3,
        })
        .collect();
    let lead = CoverView::arrange(&mut covers, true);
    let head = |path: &str| HeadView { path: path.into(), ..HeadView::default() };
    let home = HomeView { head: head("/"), introduction: None, lead, galleries: covers.clone() };
    put("index.html", &theme.render(&prepared, Page::Home(&home))?)?;

    let many: usize = rest.iter().find_map(|argument| argument.parse().ok()).unwrap_or(files.len());
    let tiles = |count: usize| -> Vec<TileView> {
        (0..count)
            .map(|place| TileView {
                url: "/iceland/photo/".into(),
                id: format!("photo_{place}"),
                number: place + 1,
                title: None,
                caption: None,
                picture: picture(
                    &files[place % files.len()],
                    &words.alternative(None, None, None, place + 1, count, "Iceland"),
                ),
            })
            .collect()
    };
    let mut gallery = GalleryView {
        head: head("/iceland/"),
        title: "Iceland, in the rain".into(),
        date: Some(words.span(day(2), day(14))),
        description: Some(
            "<p>Twelve days along the south coast, in March, mostly waiting for the light to change its mind.</p>"
                .into(),
        ),
        breadcrumbs: vec![LinkView::to("Home", "/"), LinkView::to("Journeys", "/journeys/")],
        sections: vec![SectionView::arranged(None, None, None, tiles(many), settings.density, settings.grid)],
        photos: many,
        page: 1,
        ..GalleryView::default()
    };
    gallery.hasten_first();
    put("iceland/index.html", &theme.render(&prepared, Page::Gallery(&gallery))?)?;
    let mut nested = gallery.clone();
    CoverView::arrange(&mut covers, false);
    nested.galleries = covers[..3].to_vec();
    nested.hasten_first();
    nested.pages =
        (1..=3).map(|number| PageLinkView { number, url: "/journeys/".into(), current: number == 1 }).collect();
    nested.next = Some("/journeys/".into());
    put("journeys/index.html", &theme.render(&prepared, Page::Gallery(&nested))?)?;

    for (path, place, title) in [("iceland/photo", 1, Some("Morning at the harbour")), ("iceland/tall", 0, None)] {
        let shown = picture(
            files
                .iter()
                .filter(|file| file.to_string_lossy().contains("tall") == (place == 0))
                .nth(place)
                .unwrap_or(&files[0]),
            "Fog",
        );
        let mut photo = PhotoView {
            head: head("/iceland/photo/"),
            title: title.map(Into::into),
            caption: Some(
                "The ferry had not come for two days. Everyone was very patient about it, except the dog.".into(),
            ),
            number: 7,
            total: 120,
            gallery: "Iceland, in the rain".into(),
            breadcrumbs: vec![LinkView::to("Home", "/"), LinkView::to("Iceland, in the rain", "/iceland/")],
            up: Some("/iceland/".into()),
            previous: Some("/iceland/tall/".into()),
            next: Some("/iceland/photo/".into()),
            picture: shown,
            keywords: ["harbour", "fog", "ferry", "Iceland"].map(Into::into).to_vec(),
            taken: Some(words.moment(day(4).at(7, 12, 0, 0), None)),
            camera: Some("FUJIFILM X-T4".into()),
            lens: Some("XF 23mm F2 R WR".into()),
            exposure: ["1/250 s", "f/5.6", "ISO 400", "23 mm"].map(Into::into).to_vec(),
            creator: Some("Maren Holt".into()),
            credit: Some("Maren Holt / Shoreline".into()),
            copyright: Some("© 2026 Maren Holt".into()),
            licence: Some(LinkView::licence("https://creativecommons.org/licenses/by-nc/4.0/")),
        };
        photo.arrange();
        put(&format!("{path}/index.html"), &theme.render(&prepared, Page::Photo(&photo))?)?;
    }
    let text = TextView {
        head: head("/privacy/"),
        title: "Privacy".into(),
        body: "<p>This site shows photographs. It sets <strong>no cookies</strong>, and asks <a href=\"/terms/\">nobody else</a> for anything.</p><h2 id=\"a\">What the host may log</h2><p>When you open a page, the host sees your address. How long it keeps it is told in its own policy, which we quote:</p><blockquote><p>Logs are kept for thirty days.</p></blockquote><h2 id=\"b\">What is public</h2><ul><li>galleries that stand on the home page</li><li>their pictures</li></ul><div class=\"table\"><table><thead><tr><th>What</th><th>How long</th></tr></thead><tbody><tr><td>Logs</td><td>30 days</td></tr><tr><td>Mail</td><td>1 year</td></tr></tbody></table></div><h2 id=\"c\">How to have a picture removed</h2><p>Write to us.</p>".into(),
        contents: [("a", "What the host may log"), ("b", "What is public"), ("c", "How to have a picture removed")]
            .map(|(id, text)| HeadingView { id: id.into(), text: text.into(), below: vec![] })
            .to_vec(),
        effective: Some(words.day(day(1))),
        versions: vec![LinkView::to("1 January 2025", "/privacy/2025-01-01/")],
    };
    put("privacy/index.html", &theme.render(&prepared, Page::Text(&text))?)?;
    put("404.html", &theme.render(&prepared, Page::NotFound(&NotFoundView { head: head("/404.html") }))?)?;
    let stone = TombstoneView {
        head: head("/g/x/"),
        state: TombstoneState::Closed,
        contact: Some(LinkView::contact("hello@example.com")),
    };
    put("stone/index.html", &theme.render(&prepared, Page::Tombstone(&stone))?)?;
    Ok(())
}
