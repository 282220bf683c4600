//! What a build says.

use crate::support::{Site, said};

#[test]
fn a_build_says_what_it_made_and_what_it_left_out() {
    let site = Site::with_private_gallery();
    site.session(&[
        "build --dry-run",
        "build",
        "build",
        "build --format json",
        "build --quiet",
        "build --verbose",
        "build --public-only",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_build_with_links_lists_what_caches_must_forget() {
    let site = Site::with_known_links();
    site.session(&[
        "build",
        "revoke lake-house --to 'a guest'",
        "build --purge-list -",
        "rotate lake-house",
        "build --purge-list - --format json",
        "build --purge-list public/purge.txt",
        "build --purge-list site.toml",
        "build --previous-manifest missing --purge-list -",
    ]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_build_that_cannot_be_says_why_and_what_to_do() {
    let site =
        Site::new().photos(["Lake/a.jpg", "Sea/b.jpg"]).site_toml("titel = \"x\"\n[images]\nformats = [\"avfi\"]\n");
    site.session(&["build", "build --format json", "build --site elsewhere"]);
    site.set_config("");
    site.put("galleries/Lake/b.jpg", "no picture");
    site.session(&["build --strict", "build --strict --format json", "build"]);
    site.put("galleries/Sea/gallery.toml", "acces = \"private\"\n");
    site.put("pages/about.md", "[x](nowhere.md)\n");
    site.session(&["build"]);
    site.remove("galleries/Sea/gallery.toml");
    site.remove("pages/about.md");
    site.put("public/sea/c.html", "mine");
    site.put_photo("Sea/c.jpg");
    site.session(&["build", "build --threads 0", "build --memory 1K"]);
    insta::assert_snapshot!(said());
}

#[test]
fn a_build_without_the_right_secret_says_where_it_looked() {
    let site = Site::with_known_links();
    std::fs::rename(site.path(".safelight/secret"), site.path("kept")).unwrap();
    site.session(&["build"]);
    site.run_with(&["build"], &[("SAFELIGHT_SECRET", "slk1-no-secret")]);
    site.run_with(&["build"], &[("SAFELIGHT_SECRET_FILE", "missing/secret")]);
    let other = Site::with_private_gallery();
    std::fs::rename(other.path(".safelight/secret"), site.path(".safelight/secret")).unwrap();
    site.session(&["build"]);
    insta::assert_snapshot!(said());
}

#[test]
fn what_is_left_over_is_dropped_on_request() {
    let site = Site::new().photo("Lake/a.jpg");
    site.build();
    site.session(&["clean --dry-run", "clean", "clean --format json", "clean --site elsewhere"]);
    insta::assert_snapshot!(said());
}
