//! Builds that their owner stops.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use safelight::build::{Access, Event, build};
use safelight::config::Config;
use safelight::{Error, ErrorKind};

use crate::support::crawl::faults;
use crate::support::options;
use crate::support::{Site, differences};

/// Builds, and wants to stop as soon as rendering begins.
fn stopped(site: &Site) -> Error {
    let (config, _) = Config::read(&site.path("site.toml")).unwrap();
    let options = options();
    let cancel = Arc::clone(&options.cancel);
    let mut errors = build(&config, &Access::default(), &options, &|event| {
        if matches!(event, Event::Rendering { .. }) {
            cancel.store(true, Ordering::Relaxed);
        }
    })
    .unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

fn some_site() -> Site {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg", "Sea/c.jpg", "Old/d.jpg"]);
    site.build();
    site
}

#[test]
fn a_build_that_is_stopped_leaves_the_site_as_it_was() {
    let site = some_site();
    let before = site.tree();
    site.put_photo("Lake/new.jpg");
    let error = stopped(&site);
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.message, "the site is unchanged; finished pictures are kept");
    assert_eq!(differences(&before, &site.tree()), [] as [&str; 0]);
}

#[test]
fn what_was_withdrawn_is_off_the_site_though_the_build_is_stopped_and_every_page_is_whole() {
    let site = some_site();
    // The covers of the gallery and of the home page, and a whole gallery.
    site.remove("galleries/Lake/a.jpg");
    std::fs::remove_dir_all(site.path("galleries/Old")).unwrap();
    for number in 0..4 {
        site.put_photo(format!("Lake/new{number}.jpg"));
    }
    site.put_photo("New/new.jpg");
    let error = stopped(&site);
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    let told = "the site is complete, without what was withdrawn; finished pictures are kept";
    assert_eq!(error.message, told);
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
    assert_eq!(
        site.like("", ".html"),
        ["404.html", "index.html", "lake/b.html", "lake/index.html", "sea/c.html", "sea/index.html"]
    );
    assert!(site.like("img/lake/a-", "").is_empty() && site.like("img/old/", "").is_empty());
    // The next build goes on.
    site.build();
    assert!(site.paths().contains(&"new/new.html".to_owned()));
}

#[test]
fn a_stopped_build_that_can_show_nothing_whole_leaves_the_pages_and_says_what_came_down() {
    let site = some_site();
    let before = site.tree();
    site.remove("galleries/Lake/a.jpg");
    // Every picture is to be made anew.
    let site = site.site_toml(&format!(
        "{}[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [32, 64]\nquality = 40\n",
        crate::support::HEAD
    ));
    let error = stopped(&site);
    let gone = differences(&before, &site.tree());
    assert_eq!(gone.len(), 5, "{gone:?}");
    assert!(gone.iter().all(|path| path == "lake/a.html" || path.starts_with("img/lake/a-")), "{gone:?}");
    assert_eq!(
        error.message,
        "5 withdrawn files were taken down, and 2 pages that showed some of them have gaps until the next build; the rest of the site is unchanged; finished pictures are kept"
    );
    site.build();
    assert_eq!(faults(&site.path("public"), "/", ""), [] as [&str; 0]);
}
