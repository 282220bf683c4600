//! Files for machines: feed, sitemap, robots rules, reservation against mining, response headers. Made of what is
//! listed, and of nothing else; and what the filters of open galleries know.

use super::editions::Edition;
use super::{Contents, Sources};
use crate::config::DataMining;
use crate::pages::discovery::{Feed, FeedEntry, SitemapEntry, atom, headers, robots, sitemaps, tdm_reservation};
use crate::pages::view::PageLanguageView;

/// Galleries in the feed; readers ask again and again, and want what is new.
const FEED_ENTRIES: usize = 50;

impl Contents<'_> {
    /// Whether pages may point to the feed.
    pub(super) fn has_feed(&self) -> bool {
        self.feed().is_some()
    }

    /// Every file for machines, with its path below the output.
    pub(super) fn machine_files(&self) -> Vec<(String, String)> {
        let config = self.config;
        let mining = config.rights.data_mining;
        let index = config.discovery.index;
        let sends_to = self.config.send_favourites_to.as_deref();
        let mut files = vec![("_headers".to_owned(), headers(self.base(), index, mining, sends_to))];
        files.extend(self.feed().map(|feed| ("feed.xml".to_owned(), feed)));
        let mut sitemap = None;
        if let Some(root) = self.absolute("").filter(|_| index) {
            sitemap = Some(format!("{root}sitemap.xml"));
            files.extend(sitemaps(&root, &self.sitemap_entries()));
        }
        files.push(("robots.txt".to_owned(), robots(self.base(), index, mining, sitemap.as_deref())));
        // It counts only at the root of a host; below a path it would say nothing to anybody.
        if self.base() == "/" {
            files.extend(tdm_reservation(self.base(), mining).map(|text| (".well-known/tdmrep.json".to_owned(), text)));
        }
        // What the owner put into `static` goes over ours.
        files.retain(|(path, _)| !self.catalog.static_files.iter().any(|file| file.path == *path));
        files.extend(self.filter_files());
        files.sort();
        files
    }

    fn feed(&self) -> Option<String> {
        if !self.config.discovery.feed {
            return None;
        }
        let home = self.absolute("")?;
        let url = self.absolute("feed.xml")?;
        let entries: Vec<FeedEntry> = self
            .listed()
            .filter_map(|at| {
                let album = &self.plan.albums[at];
                let date = self.catalog.galleries[album.gallery].last_day(self.catalog.today)?;
                Some(FeedEntry {
                    title: self.album_title(at, &self.config.language),
                    url: self.absolute(&format!("{}index.html", album.open_path()?))?,
                    date,
                    summary: self.description(album.gallery, Edition::MAIN, self.language_of(at, Edition::MAIN)),
                    cover: self.covers[at]
                        .and_then(|cover| self.card(cover, &self.config.language))
                        .map(|card| (card.url, card.width, card.height, card.alt)),
                })
            })
            .collect();
        let config = self.config;
        let feed = Feed {
            title: &config.title,
            description: config.description.as_deref(),
            language: &config.language,
            author: config.author.as_deref(),
            home: &home,
            url: &url,
            rights: config.rights.copyright.as_deref(),
        };
        atom(&feed, &entries, FEED_ENTRIES)
    }

    fn sitemap_entries(&self) -> Vec<SitemapEntry> {
        let mut entries: Vec<SitemapEntry> = Vec::new();
        let mut add = |path: &str, changed, images, languages: Vec<PageLanguageView>| {
            if let Some(url) = self.absolute(path) {
                let tagged = |one: &PageLanguageView| Some((one.language.clone(), one.absolute.clone()?));
                let same: Vec<_> = languages.iter().filter(|one| one.same).collect();
                let main = same.iter().find(|one| one.main);
                let main = main.and_then(|one| Some(("x-default".to_owned(), one.absolute.clone()?)));
                let languages = match same.len() {
                    1 => Vec::new(),
                    _ => same.iter().filter_map(|one| tagged(one)).chain(main).collect(),
                };
                entries.push(SitemapEntry { url, changed, images, languages });
            }
        };
        for edition in self.editions() {
            add(&self.path_in(edition, "index.html"), None, Vec::new(), self.languages_of_home(edition));
        }
        for (path, day, languages) in self.text_days() {
            add(path, day, Vec::new(), languages);
        }
        for at in (1..self.plan.albums.len()).filter(|at| self.plan.albums[*at].is_listed()) {
            let album = &self.plan.albums[at];
            let Some(path) = album.open_path() else { continue };
            for edition in self.editions_of(at) {
                let index = format!("{path}index.html");
                let languages = self.languages_of_album(at, edition, &index);
                add(&self.path_in(edition, &index), None, Vec::new(), languages);
                for (section, photo) in Sources::sequence(album) {
                    let placed = self.placed(at, section, photo);
                    let largest = self.largest_jpeg(&placed).and_then(|path| self.absolute(&path));
                    let page = album.photo_page_path(placed.shown);
                    let languages = self.languages_of_album(at, edition, &page);
                    add(&self.path_in(edition, &page), None, largest.into_iter().collect(), languages);
                }
            }
        }
        entries
    }
}

impl Sources<'_> {
    /// What the site says about mining, for pages.
    pub(super) fn mining_reserved(&self) -> Option<bool> {
        match self.config.rights.data_mining {
            DataMining::Unspecified => None,
            DataMining::Allowed => Some(false),
            DataMining::ProhibitedAiTraining | DataMining::ProhibitedExceptSearch | DataMining::Prohibited => {
                Some(true)
            }
        }
    }

    /// The listed albums that show photos.
    fn listed(&self) -> impl Iterator<Item = usize> {
        (1..self.plan.albums.len()).filter(|at| self.plan.albums[*at].is_listed() && !self.plan.albums[*at].is_empty())
    }
}
