//! Galleries without a link are shown to their owner, and nowhere else.

use std::fs;
use std::path::Path;

use crate::support::{Site, options};

#[test]
fn where_all_galleries_are_closed_each_folder_among_them_has_a_preview() {
    use safelight::access::{GalleryId, Keys, Secret};
    use safelight::catalog::{Catalog, Index};
    use safelight::plan::Plan;
    let site = Site::with_private_gallery();
    site.put("galleries/gallery.toml", "access = \"private\"\n");
    site.put_png("galleries/loose.png", 5);
    site.put_png("galleries/years/2026/DSC_0003.png", 6);
    let own = GalleryId::from_entropy([7; 8]);
    site.put_png("galleries/shelf/album/DSC_0004.png", 7);
    site.put("galleries/shelf/album/gallery.toml", format!("id = \"{own}\"\naccess = \"private\"\n"));
    let (config, _) = safelight::config::Config::read(&site.path("site.toml")).unwrap();
    let catalog = Catalog::read(&config, &mut Index::default()).unwrap();
    let keys = Keys::new(&Secret::generate(std::array::from_fn(|n| n as u8 * 5 + 1)).unwrap());
    let mut plan = Plan::new(&catalog, None).unwrap();
    plan.preview(&catalog, &keys.into(), safelight::sealed::Iterations::default());
    let shown: Vec<&str> =
        plan.previews.iter().filter(|one| one.audience.is_empty()).map(|one| one.folder.to_str().unwrap()).collect();
    // Not the folder of all of them, and none in which nothing but galleries of their own lies.
    assert_eq!(shown, ["coast", "lake-house", "shelf/album", "years"]);
}

#[test]
fn a_preview_is_refused_where_the_site_is_published() {
    use safelight::access::{Secret, SecretSources};
    use safelight::build::access::Request;
    use safelight::build::{Access, Options, Preview, build};
    let site = Site::with_private_gallery();
    let (mut config, _) = safelight::config::Config::read(&site.path("site.toml")).unwrap();
    let root = Secret::generate(std::array::from_fn(|n| n as u8 * 5 + 1)).unwrap();
    let published = config.output.clone();
    let mut make = |output: &Path, published: &Path, public_only: bool| {
        config.output = output.to_owned();
        let sources = SecretSources { site: site.path(""), ..SecretSources::default() };
        let request = Request { day: jiff::civil::date(2027, 1, 2), public_only, announce: None };
        let (access, _) = Access::load(&config, &sources, request).unwrap();
        let access = access.with_preview(Preview::new(&root, published));
        let options = Options { adopt: true, ..options() };
        build(&config, &access, &options, &|_| {})
    };
    // The published folder itself, one in it, one around it.
    for (output, seen) in [("public", "public"), ("public/below", "public"), ("public", "public/below")] {
        let errors = make(&site.path(output), &site.path(seen), false).unwrap_err();
        assert!(errors[0].message.contains("cannot be previewed in the published folder"), "{errors:?}");
    }
    assert!(!published.exists());
    let summary = make(&site.path("aside/site"), &published, false).unwrap();
    let seen: Vec<&str> = summary.previews.iter().map(|one| one.audience.as_str()).collect();
    assert_eq!(seen, ["", "guests"]);
    let page = |at: usize| {
        fs::read_to_string(site.path(format!("aside/site/g/{}/index.html", summary.previews[at].page.path_segment())))
            .unwrap()
    };
    assert!(page(0).contains("Boathouse") && page(0).matches("/x/").count() > page(1).matches("/x/").count());
    // Without the secret as well, and again over what lies there.
    let again = make(&site.path("aside/site"), &published, true).unwrap();
    assert!(again.previews.len() == 2 && again.report.new.files == 0 && again.report.removed.files == 0, "{again:?}");
    // What is published knows nothing of it.
    site.build();
    assert!(!site.path("public/g").exists() && !site.path("public/x").exists());
}
