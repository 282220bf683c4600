//! What each audience sees of each gallery, in the order in which it sees it, whether or not a link leads there today.
//!
//! A client's favourites name photos as they were seen, and may come back when the link has ended and the secret is elsewhere.

use super::preview::preview_id;
use super::private::{is_shared_by_itself, seen_by};
use super::{Plan, key_of_private};
use crate::catalog::{Catalog, Gallery, Photo};

/// A gallery as one audience sees it, without addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceView {
    /// The gallery, as an index into the catalog.
    pub gallery: usize,
    /// The audience of a private gallery; none for an open one.
    pub audience: Option<String>,
    /// Every key that pages of it carry: its own, and for a private gallery that of its preview.
    pub keys: Vec<String>,
    /// Its photos in showing order, each as an index of a gallery and of a photo in it.
    pub photos: Vec<(usize, usize)>,
}

impl AudienceView {
    /// The views of all galleries: the open ones of a plan, and every audience of the private ones.
    pub fn all(catalog: &Catalog, plan: &Plan) -> Vec<Self> {
        let open = plan.albums.iter().filter(|album| album.visibility().is_open() && !album.is_empty());
        let mut views: Vec<Self> = open
            .map(|album| Self {
                gallery: album.gallery,
                audience: None,
                keys: vec![album.key()],
                photos: album
                    .sections
                    .iter()
                    .flat_map(|one| one.photos.iter().map(|shown| (one.gallery, shown.photo)))
                    .collect(),
            })
            .collect();
        for (at, gallery) in catalog.galleries.iter().enumerate() {
            let id = gallery.config.id.as_deref().and_then(|id| id.parse().ok());
            let is_private = !gallery.visibility.is_open() && is_shared_by_itself(catalog, at);
            if id.is_none() && !is_private {
                continue;
            }
            let everyone = std::iter::once("");
            for audience in everyone.chain(gallery.config.audiences.keys().map(String::as_str)) {
                let Some(seen) = seen_by(catalog, at, audience) else { continue };
                let ids = id.into_iter().chain([preview_id(&gallery.folder)]);
                views.push(Self {
                    gallery: at,
                    audience: Some(audience.to_owned()),
                    keys: ids.map(|id| key_of_private(id, audience)).collect(),
                    photos: seen
                        .iter()
                        .flat_map(|(at, _, photos)| photos.iter().map(move |photo| (*at, *photo)))
                        .collect(),
                });
            }
        }
        views
    }

    /// Its photos with their paths below the gallery's folder, `/` between the parts.
    pub fn paths<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = (String, &'a Gallery, &'a Photo)> {
        let base = &catalog.galleries[self.gallery].folder;
        self.photos.iter().map(move |(gallery, photo)| {
            let gallery = &catalog.galleries[*gallery];
            let photo = &gallery.photos[*photo];
            let path = gallery.folder.strip_prefix(base).unwrap_or(&gallery.folder).join(&photo.name);
            (path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"), gallery, photo)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Index;
    use crate::config::Config;
    use crate::plan::key_of_open;

    #[test]
    fn an_audience_has_its_own_photos_in_its_own_order_without_any_secret() {
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("site.toml"), "title = \"A\"\ncontact = \"a@example.com\"\n").unwrap();
        let put = |path: &str| {
            let file = site.path().join("galleries").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            image::RgbImage::new(8, 6).save(file).unwrap();
        };
        for path in ["coast/b.png", "coast/a.png", "lake/9.png", "lake/1.png", "lake/dance/2.png"] {
            put(path);
        }
        let settings = "access = \"private\"\nid = \"k3v9q2m7t4xa\"\n[audiences.guests]\nexcept = [\"1.png\"]\n";
        std::fs::write(site.path().join("galleries/lake/gallery.toml"), settings).unwrap();
        let (config, _) = Config::read(&site.path().join("site.toml")).unwrap();
        let catalog = Catalog::read(&config, &mut Index::default()).unwrap();
        let views = AudienceView::all(&catalog, &Plan::new(&catalog, None).unwrap());
        let told: Vec<_> = views
            .iter()
            .map(|view| {
                let paths: Vec<String> = view.paths(&catalog).map(|(path, ..)| path).collect();
                (view.audience.as_deref(), view.keys[0].clone(), paths.join(" "))
            })
            .collect();
        let id = "k3v9q2m7t4xa".parse().unwrap();
        let expected = [
            (None, key_of_open("coast/"), "a.png b.png".to_owned()),
            (Some(""), key_of_private(id, ""), "1.png 9.png dance/2.png".to_owned()),
            (Some("guests"), key_of_private(id, "guests"), "9.png dance/2.png".to_owned()),
        ];
        assert_eq!(told, expected);
    }
}
