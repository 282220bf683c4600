//! Views of albums and photos.

use jiff::civil::Date;
use jiff::tz::Offset;

use super::editions::Edition;
use super::page_files::page_name;
use super::{Contents, Cover, Placed, Sources};
use crate::catalog::Catalog;
use crate::config::{Format, Header};
use crate::metadata::{Day, Location, Precision};
use crate::pages::view::{
    CardView, CoverView, DateView, FavouritesView, GalleryView, HeadView, HomeView, LinkView, ListView, PageLinkView,
    PhotoView, PictureView, Rendition, SectionView, SiteView, TileView,
};
use crate::pages::words::When;
use crate::plan::{Album, AlbumLocation, Shown, address_name, rights, telling_nothing};
use crate::visibility::Visibility;

/// A preview card shows about this much of a description.
const CARD_WORDS: usize = 200;

impl Contents<'_> {
    /// What every page knows of the site.
    pub(super) fn site_view(&self, edition: Edition) -> SiteView {
        let config = self.config;
        let (menu, footer) = self.menus(edition);
        let language = self.language(edition);
        SiteView {
            title: self.site_title(language).to_owned(),
            description: self.site_description(language).map(str::to_owned),
            language: language.to_owned(),
            author: config.author.clone(),
            contact: config.contact.as_deref().map(LinkView::contact),
            base: self.base().to_owned(),
            home: self.url_in(edition, "index.html"),
            origin: config.url.as_ref().map(|url| url.origin.clone()),
            menu,
            footer,
            // It is in the main language alone.
            feed: (edition == Edition::MAIN && self.has_feed()).then(|| self.url("feed.xml")),
            copyright: config.rights.copyright.clone(),
            icon: self.icon().map(|path| self.url(path)),
            index: config.discovery.index,
            mining_reserved: self.mining_reserved(),
        }
    }

    pub(super) fn home(&self, edition: Edition) -> HomeView {
        let language = self.language(edition);
        let mut galleries = self.cover_views(0, edition, language);
        let lead = CoverView::arrange(&mut galleries, true);
        let card = galleries.first().and(self.covers[0]).and_then(|cover| self.card(cover, language));
        // Where the whole folder of galleries is closed, what is said of it is too.
        let introduction =
            self.description(0, edition, language).filter(|_| self.catalog.galleries[0].visibility.is_open());
        let path = self.path_in(edition, "index.html");
        let head = self.head(&path, Visibility::Public, self.site_description(language), card);
        let languages = self.languages_of_home(edition);
        let head = HeadView { language: language.to_owned(), languages, ..head };
        HomeView { head, introduction, lead, galleries }
    }

    /// A page of an album's grid as it stands in a folder of the output.
    ///
    /// `ends`: the last day of the link that leads there, where it is near.
    pub(super) fn gallery_in(
        &self,
        folder: &str,
        ends: Option<Date>,
        edition: Edition,
        number: usize,
        page: usize,
    ) -> GalleryView {
        let album = &self.plan.albums[number];
        let source = &self.catalog.galleries[album.gallery];
        let audience = album.visibility();
        let count = self.page_count(number);
        let link = |page: usize| self.url_in(edition, &format!("{folder}{}", page_name(page)));
        let language = self.language_of(number, edition);
        let title = self.album_title(number, language);
        let card = match &album.place {
            // A link's preview shows nothing unless the photographer said that it may.
            AlbumLocation::Private(place) if place.seal.is_some() || !source.config.share_cover => None,
            // The picture alone: words that describe it may name the gallery.
            AlbumLocation::Private(_) => self.covers[number]
                .and_then(|cover| self.card(cover, language))
                .map(|card| CardView { alt: String::new(), ..card }),
            _ => self.covers[number].and_then(|cover| self.card(cover, language)),
        };
        let plain = self.summary(album.gallery, edition, language);
        let mut galleries = if page == 0 { self.cover_views(number, edition, language) } else { Vec::new() };
        CoverView::arrange(&mut galleries, false);
        let path = format!("{folder}{}", page_name(page));
        let head = self.head(&self.path_in(edition, &path), audience, plain.as_deref(), card);
        let mut view = GalleryView {
            head: HeadView {
                language: language.to_owned(),
                languages: self.languages_of_album(number, edition, &path),
                ..head
            },
            title,
            date: self.date_of(number, language),
            description: self.description(album.gallery, edition, language).filter(|_| page == 0),
            breadcrumbs: self.breadcrumbs(number, edition, language),
            galleries,
            header: source.config.header,
            cover: self.covers[number].filter(|_| page == 0 && source.config.header != Header::None).map(|cover| {
                let placed = self.placed(cover.album, cover.section, cover.photo);
                self.picture(cover.album, &placed, language).across()
            }),
            ends: ends.map(|last| self.theme.words(language).day(last)),
            contents: self.headings(folder, edition, number),
            sections: self.sections(number, edition, page),
            favourites: self.favourites(number, language),
            downloads: self.parts(number, language),
            filter: self.filter_of(number, edition).map(|path| self.url(&path)),
            photos: album.len(),
            page: page + 1,
            pages: if count > 1 {
                (0..count).map(|at| PageLinkView { number: at + 1, url: link(at), current: at == page }).collect()
            } else {
                Vec::new()
            },
            previous: page.checked_sub(1).map(link),
            next: Some(page + 1).filter(|next| *next < count).map(link),
        };
        view.hasten_first();
        view
    }

    /// The photos of one page of a grid, by section.
    fn sections(&self, number: usize, edition: Edition, page: usize) -> Vec<SectionView> {
        let album = &self.plan.albums[number];
        let language = self.language_of(number, edition);
        let shown: Vec<_> =
            Sources::sequence(album).skip(page * self.page_size(number)).take(self.page_size(number)).collect();
        let mut views = Vec::new();
        for group in shown.chunk_by(|a, b| a.0 == b.0) {
            let Some((section, first)) = group.first().copied() else { continue };
            let tiles = group.iter().map(|(section, photo)| self.tile(number, edition, *section, *photo)).collect();
            let title = self.heading(album, section, language);
            let of = &album.sections[section];
            let own = of.gallery == album.gallery || of.keyword.is_some();
            let description =
                if own { None } else { self.description(of.gallery, edition, language).filter(|_| first == 0) };
            let id = title.is_some().then(|| section_id(section));
            let theme = &self.config.theme;
            views.push(SectionView::arranged(title, id, description, tiles, theme.density, theme.grid));
        }
        views
    }

    /// The headings of an album's sections with where they stand, on whichever page; nothing where there are fewer than two.
    fn headings(&self, folder: &str, edition: Edition, number: usize) -> Vec<LinkView> {
        let album = &self.plan.albums[number];
        let language = self.language_of(number, edition);
        let mut before = 0;
        let mut links = Vec::new();
        for (at, section) in album.sections.iter().enumerate() {
            let page = page_name(before / self.page_size(number));
            before += section.photos.len();
            if let Some(title) = self.heading(album, at, language).filter(|_| !section.photos.is_empty()) {
                let url = self.url_in(edition, &format!("{folder}{page}"));
                links.push(LinkView::to(title, url + "#" + &section_id(at)));
            }
        }
        if links.len() > 1 { links } else { Vec::new() }
    }

    /// What visitors can do with favourites of an album; nothing where they cannot choose any.
    fn favourites(&self, number: usize, language: &str) -> Option<FavouritesView> {
        let album = &self.plan.albums[number];
        if !has_favourites(self.catalog, album) || album.is_empty() {
            return None;
        }
        let settings = &self.catalog.galleries[album.gallery].config;
        let mut lists: Vec<ListView> =
            settings.lists.iter().map(|(name, limit)| ListView { name: name.clone(), limit: *limit }).collect();
        if lists.is_empty() {
            lists.push(ListView { name: self.theme.words(language).text("favourites").to_owned(), limit: None });
        }
        let title = self.album_title(number, language);
        let name = address_name(&title);
        Some(FavouritesView {
            key: album.key(),
            file_name: if name.is_empty() { "favourites".to_owned() } else { format!("{name}-favourites") },
            subject: self.theme.words(language).fill("favourites_subject", &[("gallery", title.as_str().into())]),
            lists,
            // A page that opens a sealed gallery contacts nobody else.
            send_to: self.config.send_favourites_to.clone().filter(|_| album.seal().is_none()),
            mail: self.config.contact.clone().filter(|contact| contact.contains('@') && !contact.contains("://")),
        })
    }

    /// The galleries directly in an album, as they stand on its page. What is listed nowhere stands there for those who
    /// hold the address of what is around it, never on a listed page.
    fn cover_views(&self, number: usize, edition: Edition, language: &str) -> Vec<CoverView> {
        let album = &self.plan.albums[number];
        let shown =
            album.children.iter().copied().filter(|child| self.plan.albums[*child].is_listed() || !album.is_listed());
        shown.map(|child| self.cover_view(child, edition, language)).collect()
    }

    fn cover_view(&self, number: usize, edition: Edition, language: &str) -> CoverView {
        let album = &self.plan.albums[number];
        let listed = |at: &usize| self.plan.albums[*at].is_listed() || !album.is_listed();
        let photos = std::iter::once(number).chain(self.below(number).into_iter().filter(listed));
        CoverView {
            title: self.album_title(number, language),
            url: self.url_in(edition, &format!("{}index.html", album.open_path().unwrap_or_default())),
            picture: self.covers[number].filter(|cover| listed(&cover.album)).map(|cover| {
                let placed = self.placed(cover.album, cover.section, cover.photo);
                self.picture(cover.album, &placed, language).as_cover()
            }),
            date: self.date_of(number, language),
            photos: photos.map(|at| self.plan.albums[at].len()).sum(),
            galleries: album.children.iter().filter(|child| listed(child)).count(),
        }
    }

    pub(super) fn photo(&self, edition: Edition, number: usize, section: usize, photo: usize) -> PhotoView {
        let placed = self.placed(number, section, photo);
        let album = placed.album;
        let language = self.language_of(number, edition);
        let words = self.theme.words(language);
        let said = &placed.photo.metadata;
        let rights = rights(self.config, placed.gallery, placed.photo);
        let total = album.len();
        let neighbour = |at: Option<usize>| {
            let (section, photo) = nth(album, at?)?;
            Some(self.url_in(edition, &album.photo_page_path(&album.sections[section].photos[photo])))
        };
        let grid = format!("{}{}", album.own_grid(), page_name(placed.at / self.page_size(number)));
        let grid = self.url_in(edition, &grid);
        let up = format!("{grid}#{}", anchor(placed.shown));
        // A private gallery stands below nothing that could be named.
        let mut breadcrumbs = self.breadcrumbs(number, edition, language);
        breadcrumbs.push(LinkView::to(self.album_title(number, language), up.clone()));
        let caption = placed.gallery.caption_in(placed.photo, language);
        let audience = album.visibility();
        let card = if audience.is_open() { self.card(Cover { album: number, section, photo }, language) } else { None };
        let path = album.photo_page_path(placed.shown);
        let camera = &said.camera;
        let keywords = if audience.is_open() {
            placed.gallery.keywords(placed.photo)
        } else {
            telling_nothing(self.catalog, placed.gallery, placed.photo)
        };
        let head = self.head(&self.path_in(edition, &path), audience, caption.map(shortened).as_deref(), card);
        let mut view = PhotoView {
            head: HeadView {
                language: language.to_owned(),
                languages: self.languages_of_album(number, edition, &path),
                ..head
            },
            title: placed.gallery.title(placed.photo).map(str::to_owned),
            caption: caption.map(str::to_owned),
            number: placed.at + 1,
            total,
            gallery: self.album_title(number, language),
            breadcrumbs,
            up: Some(up),
            previous: neighbour(placed.at.checked_sub(1)),
            next: neighbour(Some(placed.at + 1)),
            picture: self.picture(number, &placed, language),
            download: self.download(&placed),
            keywords: keywords.into_iter().map(str::to_owned).collect(),
            taken: placed.photo.taken.as_ref().map(|taken| {
                let zone =
                    taken.offset_minutes().and_then(|minutes| Offset::from_seconds(i32::from(minutes) * 60).ok());
                match taken.precision() {
                    Precision::Minute | Precision::Second => words.moment(taken.local(), zone),
                    Precision::Day | Precision::Month | Precision::Year => words.when(when(taken.day())),
                }
            }),
            place: place_of(&said.location).filter(|_| self.config.rights.show_places),
            camera: camera.camera_name(),
            lens: camera.lens.as_deref().map(str::to_owned),
            exposure: [camera.exposure_text(), camera.aperture_text(), camera.iso_text(), camera.focal_length_text()]
                .into_iter()
                .flatten()
                // A number is not parted from its unit.
                .map(|text| text.replace(' ', "\u{a0}"))
                .collect(),
            creator: rights.creator(),
            credit: rights.credit.as_deref().map(str::to_owned),
            copyright: rights.copyright.as_deref().map(str::to_owned),
            licence: rights.licence_url.as_deref().map(LinkView::licence),
        };
        view.arrange();
        view
    }
}

impl<'a> Sources<'a> {
    /// What stands above a section: its keyword, or the title of a folder that is not the album's own.
    pub(super) fn heading(&self, album: &Album, section: usize, language: &str) -> Option<String> {
        let section = &album.sections[section];
        let gallery = &self.catalog.galleries[section.gallery];
        match section.keyword {
            Some(at) => gallery.config.sections.get(at).cloned(),
            None => (section.gallery != album.gallery).then(|| gallery.title_in(language).to_owned()),
        }
    }

    /// The site's own icon, where `static` has one.
    fn icon(&self) -> Option<&'static str> {
        let known = ["favicon.svg", "favicon.ico", "favicon.png"];
        known.into_iter().find(|name| self.catalog.static_files.iter().any(|file| file.path == *name))
    }

    /// The path below which the site lies, with slashes at both ends.
    pub(super) fn base(&self) -> &str {
        self.config.url.as_ref().map_or("/", |url| &url.base)
    }

    /// A path of the output as visitors' browsers ask for it. A folder's page is the folder.
    pub(super) fn url(&self, path: &str) -> String {
        let shown =
            path.strip_suffix("index.html").filter(|rest| rest.is_empty() || rest.ends_with('/')).unwrap_or(path);
        [self.base(), shown].concat()
    }

    /// The same with scheme and host, where the site's address is known.
    pub(super) fn absolute(&self, path: &str) -> Option<String> {
        self.config.url.as_ref().map(|url| format!("{}{}", url.origin, self.url(path)))
    }

    pub(super) fn head(
        &self,
        path: &str,
        audience: Visibility,
        description: Option<&str>,
        card: Option<CardView>,
    ) -> HeadView {
        HeadView {
            path: self.url(path),
            canonical: self.absolute(path).filter(|_| audience.is_open()),
            description: description.map(str::to_owned),
            card,
            language: String::new(),
            languages: Vec::new(),
            audience,
        }
    }

    /// How many pages the grid of an album has: at least one.
    pub(super) fn page_count(&self, album: usize) -> usize {
        self.plan.albums[album].len().div_ceil(self.page_size(album)).max(1)
    }

    /// How many photos stand on a page of an album's grid. All of a sealed album are on one: nobody could go to another.
    fn page_size(&self, album: usize) -> usize {
        if self.plan.albums[album].seal().is_some() { usize::MAX } else { self.config.theme.page_size as usize }
    }

    fn tile(&self, album: usize, edition: Edition, section: usize, photo: usize) -> TileView {
        let placed = self.placed(album, section, photo);
        let language = self.language_of(album, edition);
        TileView {
            url: self.url_in(edition, &placed.album.photo_page_path(placed.shown)),
            id: anchor(placed.shown),
            number: placed.at + 1,
            file: has_favourites(self.catalog, placed.album).then(|| file_below(self.catalog, &placed)),
            title: placed.gallery.title(placed.photo).map(str::to_owned),
            caption: placed.gallery.caption_in(placed.photo, language).map(str::to_owned),
            picture: self.picture(album, &placed, language),
            download: self.download(&placed),
        }
    }

    /// A picture in all its files.
    pub(super) fn picture(&self, album: usize, placed: &Placed<'_>, language: &str) -> PictureView {
        let renditions: Vec<Rendition> = self
            .renditions(placed, false)
            .map(|(format, width, height, path)| Rendition { format, width, height, url: self.url(path) })
            .collect();
        let alt = self.alternative(album, placed, language);
        let colour = placed.photo.seen.as_ref().map_or([128; 3], |seen| seen.colour);
        PictureView::new(alt, colour, &renditions)
    }

    /// The files of a photo's picture, those for preview cards with them or not.
    pub(super) fn renditions<'p>(
        &'p self,
        placed: &'p Placed<'_>,
        cards: bool,
    ) -> impl Iterator<Item = (Format, u32, u32, &'p str)> + 'p {
        let picture = self.pictures.of(placed.section.gallery, placed.shown.photo);
        let (album, section, photo) = placed.place;
        let rungs = picture.ladder_in(placed.album).rungs.iter().enumerate();
        rungs.filter(move |(_, rung)| cards || !rung.for_cards).map(move |(at, rung)| {
            let recipe = &rung.recipe;
            (recipe.format, recipe.width, recipe.height, self.drawing.of(album, section, photo, at))
        })
    }

    fn alternative(&self, album: usize, placed: &Placed<'_>, language: &str) -> String {
        let title = self.album_title(album, language);
        self.theme.words(language).alternative(
            placed.gallery.alt_in(placed.photo, language),
            placed.gallery.caption_in(placed.photo, language),
            placed.gallery.title(placed.photo),
            placed.at + 1,
            placed.album.len(),
            &title,
        )
    }

    /// The path of a photo's largest JPEG.
    pub(super) fn largest_jpeg(&self, placed: &Placed<'_>) -> Option<String> {
        let jpegs = self.renditions(placed, false).filter(|(format, ..)| *format == Format::Jpeg);
        jpegs.max_by_key(|(_, width, ..)| *width).map(|(.., path)| path.to_owned())
    }

    /// The JPEG for preview cards: the largest that messengers still take.
    pub(super) fn card(&self, cover: Cover, language: &str) -> Option<CardView> {
        let placed = self.placed(cover.album, cover.section, cover.photo);
        let picture = self.pictures.of(placed.section.gallery, placed.shown.photo);
        let small: Vec<u32> = picture
            .ladder_in(placed.album)
            .rungs
            .iter()
            .filter(|rung| rung.recipe.max_bytes.is_some())
            .map(|rung| rung.recipe.width)
            .collect();
        let widest = small.into_iter().max()?;
        let (_, width, height, path) =
            self.renditions(&placed, true).find(|(format, width, ..)| *format == Format::Jpeg && *width == widest)?;
        Some(CardView {
            url: self.absolute(path)?,
            width,
            height,
            alt: self.alternative(cover.album, &placed, language),
        })
    }

    /// The title of an album. Photos that lie directly in the folder of galleries have the theme's word for one.
    pub(super) fn album_title(&self, number: usize, language: &str) -> String {
        let album = &self.plan.albums[number];
        if album.gallery == 0 && number > 0 && self.catalog.galleries[0].config.title.is_none() {
            return self.theme.words(language).text("photos").to_owned();
        }
        self.catalog.galleries[album.gallery].title_in(language).to_owned()
    }

    fn date_of(&self, number: usize, language: &str) -> Option<DateView> {
        let album = &self.plan.albums[number];
        // An audience may see some of the photos only, and learns nothing of the others' days.
        let whole = album.open_path().is_some();
        let days = if whole && album.sections.iter().all(|section| section.gallery == album.gallery) {
            self.catalog.galleries[album.gallery].days()
        } else {
            let own = self.catalog.galleries[album.gallery].config.date.map(|day| (day.into(), day.into()));
            own.or_else(|| {
                let taken = |(section, photo)| Some(self.placed(number, section, photo).photo.taken.as_ref()?.day());
                let days: Vec<Day> = Self::sequence(album).filter_map(taken).collect();
                Some((*days.iter().min()?, *days.iter().max()?))
            })
        };
        days.map(|(first, last)| self.theme.words(language).span(when(first), when(last)))
    }

    /// The way from the home page to the album around this one; nothing for private audiences.
    fn breadcrumbs(&self, number: usize, edition: Edition, language: &str) -> Vec<LinkView> {
        let mut crumbs = Vec::new();
        let mut at = self.plan.albums[number].parent;
        while let Some(parent) = at {
            let album = &self.plan.albums[parent];
            if let Some(path) = album.open_path() {
                let text =
                    if parent == 0 { self.site_title(language).to_owned() } else { self.album_title(parent, language) };
                crumbs.push(LinkView::to(text, self.url_in(edition, &format!("{path}index.html"))));
            }
            at = album.parent;
        }
        crumbs.reverse();
        crumbs
    }
}

/// Whether visitors can choose favourites of an album.
pub(super) fn has_favourites(catalog: &Catalog, album: &Album) -> bool {
    catalog.galleries[album.gallery].config.has_favourites(album.visibility().is_open())
}

/// A photo's file as its gallery has it, `/` between the parts.
pub(super) fn file_below(catalog: &Catalog, placed: &Placed<'_>) -> String {
    let base = &catalog.galleries[placed.album.gallery].folder;
    let below = placed.gallery.folder.strip_prefix(base).unwrap_or(&placed.gallery.folder).join(&placed.photo.name);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// City and country that a photo names.
fn place_of(location: &Location) -> Option<String> {
    let parts = [&location.city, &location.country];
    let parts: Vec<&str> = parts.into_iter().flatten().map(|part| &**part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The anchor of a section's heading, by its place in the album.
pub(super) fn section_id(section: usize) -> String {
    format!("part-{section}")
}

/// The place of a photo on its grid. Headings of texts have no anchor with a `_`.
fn anchor(shown: &Shown) -> String {
    format!("photo_{}", shown.name)
}

fn when(day: Day) -> When {
    match day.precision {
        Precision::Year => When::Year(day.date.year()),
        Precision::Month => When::Month(day.date.year(), day.date.month()),
        Precision::Day | Precision::Minute | Precision::Second => When::Day(day.date),
    }
}

/// The photo at a place in an album's showing order, as section and place in it.
fn nth(album: &Album, mut at: usize) -> Option<(usize, usize)> {
    for (section, photos) in album.sections.iter().map(|section| section.photos.len()).enumerate() {
        if at < photos {
            return Some((section, at));
        }
        at -= photos;
    }
    None
}

/// The beginning of a text, cut between words.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= CARD_WORDS {
        return text;
    }
    let cut: String = text.chars().take(CARD_WORDS).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', '.']))
}
