//! What clouds answer, read from XML.

use roxmltree::{Document, Node};

use super::names;
use crate::error::Code;
use crate::{Error, Result};

/// Why a request was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// A word for programs: `AccessDenied`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A part of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Names and sizes.
    pub objects: Vec<(String, u64)>,
    /// Where the next part begins, if there is one.
    pub next: Option<String>,
}

/// A part of a listing of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct VersionPage {
    /// What is kept.
    pub versions: Vec<Kept>,
    /// Where the next part begins, if there is one: a name and a version.
    pub next: Option<(String, String)>,
}

/// One writing of an object that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The object.
    pub key: String,
    /// Which writing.
    pub version: String,
    /// Whether it is what the name stands for now.
    pub is_latest: bool,
    /// Whether it says that the object was deleted.
    pub is_marker: bool,
}

/// The reason in the body of an answer, where there is one.
pub(super) fn refusal(body: &[u8]) -> Option<Refusal> {
    let text = text(body)?;
    let document = Document::parse(text).ok()?;
    let root = document.root_element();
    match root.tag_name().name() {
        "Error" => Some(reason(root)),
        // Amazon's other services wrap it.
        "ErrorResponse" => child(root, "Error").map(reason),
        _ => None,
    }
}

/// Whether an answer is a document with this root.
pub(super) fn is_a(root: &str, body: &[u8]) -> bool {
    text(body)
        .and_then(|text| Document::parse(text).ok())
        .is_some_and(|document| document.root_element().has_tag_name_like(root))
}

/// The text of an element anywhere in an answer.
pub(super) fn find(body: &[u8], path: &[&str]) -> Option<String> {
    let document = Document::parse(text(body)?).ok()?;
    let node = path.iter().try_fold(document.root_element(), |node, name| child(node, name))?;
    Some(node.text().unwrap_or_default().to_owned())
}

/// A page of `ListObjectsV2`.
///
/// # Errors
/// It is something else.
pub(super) fn objects(body: &[u8]) -> Result<Page> {
    read(body, "ListBucketResult", |root| {
        let encoded = value(root, "EncodingType") == Some("url");
        let objects = children(root, "Contents")
            .map(|object| Some((key(object, "Key", encoded)?, value(object, "Size")?.parse().ok()?)))
            .collect::<Option<_>>()?;
        let more = value(root, "IsTruncated") == Some("true");
        // A page that promises more without saying where would hide the rest.
        let next = if more { Some(value(root, "NextContinuationToken")?.to_owned()) } else { None };
        Some(Page { objects, next })
    })
}

/// A page of `ListObjectVersions`.
///
/// # Errors
/// It is something else.
pub(super) fn versions(body: &[u8]) -> Result<VersionPage> {
    read(body, "ListVersionsResult", |root| {
        let encoded = value(root, "EncodingType") == Some("url");
        let mut kept = Vec::new();
        for node in root.children() {
            let is_marker = match node.tag_name().name() {
                "Version" => false,
                "DeleteMarker" => true,
                _ => continue,
            };
            kept.push(Kept {
                key: key(node, "Key", encoded)?,
                version: value(node, "VersionId")?.to_owned(),
                is_latest: value(node, "IsLatest")? == "true",
                is_marker,
            });
        }
        let more = value(root, "IsTruncated") == Some("true");
        let next = if more {
            Some((
                key(root, "NextKeyMarker", encoded)?,
                value(root, "NextVersionIdMarker").unwrap_or_default().to_owned(),
            ))
        } else {
            None
        };
        Some(VersionPage { versions: kept, next })
    })
}

/// What `DeleteObjects` could not delete: name, version where one was given, and reason.
///
/// # Errors
/// It is something else.
pub(super) fn undeleted(body: &[u8]) -> Result<Vec<(String, Option<String>, Refusal)>> {
    read(body, "DeleteResult", |root| {
        children(root, "Error")
            .map(|node| {
                let version = value(node, "VersionId").filter(|version| !version.is_empty());
                Some((value(node, "Key")?.to_owned(), version.map(str::to_owned), reason(node)))
            })
            .collect()
    })
}

/// A page of Azure's `List Blobs`, with versions where they were asked for.
///
/// # Errors
/// It is something else.
pub(super) fn blobs(body: &[u8]) -> Result<(Page, Vec<Kept>)> {
    read(body, "EnumerationResults", |root| {
        let (mut objects, mut kept) = (Vec::new(), Vec::new());
        for blob in children(child(root, "Blobs")?, "Blob") {
            let properties = child(blob, "Properties")?;
            // Accounts with a hierarchical namespace list directories too.
            if value(properties, "ResourceType") == Some("directory") {
                continue;
            }
            let name = child(blob, "Name")?;
            let encoded = name.attribute("Encoded") == Some("true");
            let text = name.text().unwrap_or_default();
            let key = if encoded {
                percent_encoding::percent_decode_str(text).decode_utf8().ok()?.into_owned()
            } else {
                text.to_owned()
            };
            if let Some(version) = value(blob, "VersionId") {
                let is_latest = value(blob, "IsCurrentVersion") == Some("true");
                kept.push(Kept { key: key.clone(), version: version.to_owned(), is_latest, is_marker: false });
            }
            let size = value(properties, "Content-Length").and_then(|size| size.parse().ok());
            objects.push((key, size.unwrap_or_default()));
        }
        let next = value(root, "NextMarker").filter(|marker| !marker.is_empty()).map(str::to_owned);
        Some((Page { objects, next }, kept))
    })
}

/// The body of `DeleteObjects`: of each object its name, and which writing of it if not the latest.
pub(super) fn delete_request<'a>(objects: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let mut out = String::from("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>");
    for (key, version) in objects {
        out.push_str("<Object><Key>");
        out.push_str(&escaped(key));
        out.push_str("</Key>");
        if let Some(version) = version {
            out.push_str("<VersionId>");
            out.push_str(&escaped(version));
            out.push_str("</VersionId>");
        }
        out.push_str("</Object>");
    }
    out.push_str("</Delete>");
    out
}

/// Text as it stands within an element.
pub(in crate::deploy) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Written as they are, they would be read as something else.
            '\r' | '\n' | '\t' => out.push_str(&format!("&#{};", c as u32)),
            c => out.push(c),
        }
    }
    out
}

fn read<T>(body: &[u8], root: &str, take: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Result<T> {
    let understood = || {
        let document = Document::parse(text(body)?).ok()?;
        let element = document.root_element();
        if element.has_tag_name_like(root) { take(element) } else { None }
    };
    understood().ok_or_else(|| Error::new(Code::TargetUnreachable, "the target's answer makes no sense"))
}

/// The text of a document, which may begin with a byte order mark, as Azure's do.
fn text(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok()
}

fn reason(node: Node<'_, '_>) -> Refusal {
    let part = |name| value(node, name).unwrap_or_default().to_owned();
    Refusal { code: part("Code"), message: part("Message") }
}

fn key(node: Node<'_, '_>, name: &str, encoded: bool) -> Option<String> {
    let text = value(node, name)?;
    if encoded { names::from_listing(text) } else { Some(text.to_owned()) }
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name_like(name))
}

fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name_like(name))
}

fn value<'a, 'i: 'a>(node: Node<'a, 'i>, name: &str) -> Option<&'a str> {
    child(node, name).map(|node| node.text().unwrap_or_default())
}

/// Names without their namespace, which some servers leave out.
trait Named {
    fn has_tag_name_like(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    fn has_tag_name_like(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
