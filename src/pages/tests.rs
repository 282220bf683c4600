//! Whole pages from small views.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::config::{Density, Format, Grid, Scheme, ThemeSettings};
use crate::visibility::Visibility;

use super::view::*;
use super::{PageKind, PageView, PreparedSite, Theme};

mod overrides;
mod whole;

/// The settings of a site that says nothing about its looks.
pub(crate) fn settings() -> ThemeSettings {
    ThemeSettings {
        name: "default".to_owned(),
        logo: None,
        accent: None,
        light: None,
        dark: None,
        scheme: Scheme::Auto,
        heading_font: None,
        text_font: None,
        density: Density::Regular,
        grid: Grid::Rows,
        page_size: 1000,
    }
}

fn theme() -> Theme {
    Theme::load(&settings(), Path::new("no-such-folder"), &["en"]).unwrap()
}

fn site() -> SiteView {
    SiteView {
        title: "Shore".into(),
        description: Some("Photographs.".into()),
        language: "en".into(),
        author: Some("M. Holt".into()),
        contact: Some(LinkView::contact("m@example.com")),
        base: "/photos/".into(),
        home: "/photos/".into(),
        origin: Some("https://example.com".into()),
        menu: vec![LinkView::to("About", "/photos/about/")],
        footer: vec![LinkView::to("Privacy", "/photos/privacy/")],
        feed: Some("/photos/feed.xml".into()),
        icon: None,
        copyright: None,
        index: true,
        mining_reserved: None,
    }
}

fn head(path: &str) -> HeadView {
    HeadView {
        path: path.into(),
        canonical: Some(format!("https://example.com{path}")),
        description: Some("In short.".into()),
        card: Some(CardView {
            url: "https://example.com/photos/img/card.jpg".into(),
            width: 1200,
            height: 800,
            alt: "A lake".into(),
        }),
        language: String::new(),
        languages: Vec::new(),
        audience: Visibility::Public,
    }
}

fn picture(alt: &str) -> PictureView {
    let file = |format, width, url: &str| Rendition { format, width, height: width * 2 / 3, url: url.into() };
    let files = [
        file(Format::Avif, 600, "/photos/img/a.avif"),
        file(Format::Jpeg, 600, "/photos/img/a.jpg"),
        file(Format::Jpeg, 1200, "/photos/img/b.jpg"),
    ];
    PictureView::new(alt, [90, 100, 120], &files)
}

fn cover(title: &str) -> CoverView {
    CoverView {
        title: title.into(),
        url: "/photos/iceland/".into(),
        picture: Some(picture("A lake")),
        date: Some(DateView { iso: "2026-03-02".into(), text: "2 March 2026".into() }),
        photos: 1,
        galleries: 2,
    }
}

fn home() -> HomeView {
    let mut galleries = vec![cover("Iceland"), cover("Lisbon"), CoverView { picture: None, ..cover("Nothing yet") }];
    let lead = CoverView::arrange(&mut galleries, true);
    HomeView { head: head("/photos/"), introduction: None, lead, galleries }
}

fn gallery() -> GalleryView {
    let tile = |number: usize| TileView {
        url: format!("/photos/iceland/{number}/"),
        id: format!("photo_{number}"),
        number,
        file: None,
        title: None,
        caption: None,
        picture: picture(&format!("Photo {number} of 2, Iceland")),
        download: None,
    };
    let section = SectionView::arranged(None, None, None, vec![tile(1), tile(2)], Density::Regular, Grid::Rows);
    let mut view = GalleryView {
        head: head("/photos/iceland/"),
        title: "Iceland".into(),
        date: Some(DateView { iso: "2026-03-02".into(), text: "2 March 2026".into() }),
        description: Some("<p>Rain.</p>".into()),
        breadcrumbs: vec![LinkView::to("Home", "/photos/")],
        sections: vec![section],
        photos: 2,
        page: 1,
        ..GalleryView::default()
    };
    view.hasten_first();
    view
}

fn photo() -> PhotoView {
    let mut view = PhotoView {
        head: head("/photos/iceland/2/"),
        title: Some("Harbour".into()),
        caption: Some("Two lines\nof words".into()),
        number: 2,
        total: 3,
        gallery: "Iceland".into(),
        breadcrumbs: vec![LinkView::to("Iceland", "/photos/iceland/")],
        up: Some("/photos/iceland/".into()),
        previous: Some("/photos/iceland/1/".into()),
        next: Some("/photos/iceland/3/".into()),
        picture: picture("A harbour"),
        download: None,
        keywords: vec!["fog".into(), "ferry".into()],
        taken: Some(DateView { iso: "2026-03-02T08:00:00".into(), text: "2 March 2026, 08:00".into() }),
        place: None,
        camera: Some("X-T4".into()),
        lens: Some("23mm".into()),
        exposure: vec!["1/250 s".into(), "f/8".into()],
        creator: Some("M. Holt".into()),
        credit: Some("M. Holt".into()),
        copyright: Some("© M. Holt".into()),
        licence: Some(LinkView::licence("https://creativecommons.org/licenses/by/4.0/")),
    };
    view.arrange();
    view
}

fn text() -> TextView {
    TextView {
        head: head("/photos/privacy/"),
        title: "Privacy".into(),
        body: "<p>None.</p>\n".into(),
        contents: vec![HeadingView::default(), HeadingView::default(), HeadingView::default()],
        effective: Some(DateView { iso: "2026-03-01".into(), text: "1 March 2026".into() }),
        versions: vec![LinkView::to("2025", "/photos/privacy/2025/")],
    }
}

fn tombstone() -> TombstoneView {
    TombstoneView {
        head: head("/photos/g/x/"),
        state: TombstoneState::Renewed,
        contact: Some(LinkView::contact("m@example.com")),
    }
}

fn unlock() -> UnlockView {
    UnlockView {
        head: head("/photos/g/y/"),
        assets: "/photos/x/a/".into(),
        passwords: true,
        ends: Some(DateView { iso: "2026-03-02".into(), text: "2 March 2026".into() }),
        contact: Some(LinkView::contact("m@example.com")),
    }
}

fn find() -> FindView {
    FindView {
        head: head("/photos/find/"),
        title: "Find your class".into(),
        label: "Class code".into(),
        text: Some("It stands on your card.".into()),
        entries: "/photos/e/".into(),
        salt: "c2FsdHNhbHRzYWx0c2E".into(),
        iterations: 600_000,
    }
}

fn every_page(theme: &Theme, site: &PreparedSite) -> Vec<String> {
    let (home, gallery, photo, text, stone, unlock, find) =
        (home(), gallery(), photo(), text(), tombstone(), unlock(), find());
    let missing = NotFoundView { head: head("/photos/404.html") };
    let pages: [&dyn PageView; 8] = [&home, &gallery, &photo, &text, &missing, &stone, &unlock, &find];
    pages.into_iter().map(|page| theme.render(site, page).unwrap()).collect()
}

/// Size after gzip at its best.
fn zipped(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

/// A folder `themes/mine` with these files.
fn themes(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("mine").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn load(files: &[(&str, &str)]) -> Result<Theme, Vec<String>> {
    let folder = themes(files);
    let settings = ThemeSettings { name: "mine".into(), ..settings() };
    Theme::load(&settings, folder.path(), &["en"])
        .map_err(|errors| errors.iter().map(|error| told(error, folder.path())).collect())
}

/// An error with its hint, its path below `themes`.
fn told(error: &crate::Error, root: &Path) -> String {
    let text = format!("{error} / {}", error.hint.as_deref().unwrap_or_default());
    text.replace(&format!("{}/", root.display()), "")
}
