//! Structured data of a photo for search engines: schema.org's `ImageObject`, as JSON-LD.

use serde::Serialize;

use super::view::{PhotoView, SiteView};

#[derive(Serialize)]
struct ImageObject<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "contentUrl")]
    content: String,
    #[serde(rename = "mainEntityOfPage", skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    description: &'a str,
    width: u32,
    height: u32,
    #[serde(rename = "dateCreated", skip_serializing_if = "Option::is_none")]
    created: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<Person<'a>>,
    #[serde(rename = "creditText", skip_serializing_if = "Option::is_none")]
    credit: Option<&'a str>,
    #[serde(rename = "copyrightNotice", skip_serializing_if = "Option::is_none")]
    copyright: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    #[serde(rename = "acquireLicensePage", skip_serializing_if = "Option::is_none")]
    acquire: Option<&'a str>,
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// The JSON-LD of a photo, safe inside a script element; none where the site's address is not known.
pub(crate) fn image_object(site: &SiteView, photo: &PhotoView) -> Option<String> {
    let origin = site.origin.as_deref()?;
    let creator = photo.creator.as_deref().or(site.author.as_deref());
    let license = photo.licence.as_ref().and_then(|licence| licence.url.as_ref()).map(|url| url.as_str());
    let contact = site.contact.as_ref().and_then(|contact| contact.url.as_ref()).map(|url| url.as_str());
    let object = ImageObject {
        context: "https://schema.org/",
        kind: "ImageObject",
        content: format!("{origin}{}", photo.picture.src),
        page: photo.head.canonical.as_deref(),
        name: photo.title.as_deref(),
        caption: photo.caption.as_deref(),
        description: &photo.picture.alt,
        width: photo.picture.width,
        height: photo.picture.height,
        created: photo.taken.as_ref().map(|taken| taken.iso.as_str()),
        keywords: photo.keywords.iter().map(String::as_str).collect(),
        creator: creator.map(|name| Person { kind: "Person", name }),
        credit: photo.credit.as_deref().or(creator),
        copyright: photo.copyright.as_deref(),
        license,
        // Only a web address is a page where a licence can be had.
        acquire: license.and(contact).filter(|contact| contact.starts_with("http")),
    };
    serde_json::to_string(&object).ok().map(|json| for_script(&json))
}

/// JSON that cannot end the script element it stands in, nor open a comment.
pub(crate) fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
