//! XMP sidecars (ISO 16684-1): rating, label and keywords are added to what is there, and every other byte stays as it is.
//!
//! A person's word stands: a rating other than zero and a label stay, keywords are added to the others and never taken away. Where
//! a packet is written so that it cannot be changed with certainty, it is left alone.

use std::ops::Range;
use std::path::{Path, PathBuf};

use roxmltree::{Attribute, Document, Node};

use super::shelf::fold;
use crate::formats::NotAPhoto;
use crate::metadata::{Embedded, parse_xmp};

/// A sidecar beyond this is no sidecar.
pub const LARGEST: u64 = 16 << 20;

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const LIGHTROOM: &str = "http://ns.adobe.com/lightroom/1.0/";
const DARKTABLE: &str = "http://darktable.sf.net/";
/// The labels in the order in which darktable counts them.
const DARKTABLE_LABELS: [&str; 5] = ["red", "yellow", "green", "blue", "purple"];

/// Whose sidecars are written: their names differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// `DSC_0042.xmp`: Lightroom Classic, Capture One, Bridge.
    Adobe,
    /// `DSC_0042.NEF.xmp`, one for each file: darktable, digiKam.
    Darktable,
}

/// What a sidecar is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Stars, from 1 to 5.
    pub rating: Option<u8>,
    /// A colour label by its name.
    pub label: Option<String>,
    /// Keywords.
    pub keywords: Vec<String>,
}

/// A sidecar with the marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Its text; none where it says all of it already.
    pub text: Option<String>,
    /// Whether a rating of somebody stays.
    pub kept_rating: bool,
    /// Whether a label of somebody stays.
    pub kept_label: bool,
}

impl Convention {
    /// The sidecars of the files of one photo in one folder. A RAW file and what lies beside it share one by Adobe's convention.
    pub fn sidecars(self, files: &[PathBuf]) -> Vec<PathBuf> {
        let mut sidecars: Vec<PathBuf> = files
            .iter()
            .map(|file| match self {
                Self::Adobe => file.with_extension("xmp"),
                Self::Darktable => {
                    let mut name = file.file_name().unwrap_or_default().to_owned();
                    name.push(".xmp");
                    file.with_file_name(name)
                }
            })
            .collect();
        sidecars.sort();
        sidecars.dedup();
        sidecars
    }

    /// Whether the program that the convention is called after reads the sidecar of a photo that has only these files. Lightroom
    /// keeps the metadata of all but RAW files in the file itself.
    pub fn is_read(self, files: &[PathBuf]) -> bool {
        let is_dng = |file: &Path| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dng"));
        self == Self::Darktable || files.iter().any(|file| is_raw(file) && !is_dng(file))
    }
}

/// The name that a sidecar has in its folder, where the letters of its ending are written otherwise.
pub fn as_it_is_called(sidecar: &Path) -> PathBuf {
    let upper = sidecar.with_extension("XMP");
    if !sidecar.exists() && upper.exists() { upper } else { sidecar.to_owned() }
}

/// The file of a photo whose metadata a new sidecar begins with: the RAW file where there is one.
pub fn bearer(files: &[PathBuf]) -> Option<&PathBuf> {
    files.iter().find(|file| is_raw(file)).or(files.first())
}

fn is_raw(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    NotAPhoto::by_name(&name) == Some(NotAPhoto::Raw)
}

/// A new sidecar with marks. Programs that find a sidecar look at nothing else, so it begins with all that the photo says.
///
/// # Errors
/// Why none is made, as a sentence without a full stop.
pub fn begin(photo: &Embedded, marks: &Marks) -> Result<Merged, String> {
    let mut text = match &photo.packet {
        None => format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Safelight\">\n <rdf:RDF xmlns:rdf=\"{RDF}\">\n  <rdf:Description \
             rdf:about=\"\"\n   xmlns:xmp=\"{XMP}\"\n   xmlns:dc=\"{DC}\">\n  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n"
        ),
        Some(packet) => {
            let document = parse_xmp(packet)?;
            format!("{}\n", &packet[document.root_element().range()])
        }
    };
    let said = &photo.metadata;
    // What EXIF and IPTC say beyond the packet.
    let document = parse_xmp(&text)?;
    let packet = Packet::of(&text, &document)?;
    let mut elements = String::new();
    let one = |text: &str| format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt>", escape(text));
    let list = |kind: &str, all: &[String]| {
        let items: String = all.iter().map(|item| format!("<rdf:li>{}</rdf:li>", escape(item))).collect();
        format!("<rdf:{kind}>{items}</rdf:{kind}>")
    };
    let own = [
        ("title", said.title.as_deref().map(one)),
        ("description", said.caption.as_deref().map(one)),
        ("rights", said.copyright.as_deref().map(one)),
        ("creator", Some(list("Seq", &said.creators)).filter(|_| !said.creators.is_empty())),
        ("subject", Some(list("Bag", &said.keywords)).filter(|_| !said.keywords.is_empty())),
    ];
    for (name, value) in own {
        if let Some(value) = value.filter(|_| packet.get(DC, name).is_ok_and(|there| there.is_none())) {
            elements.push_str(&format!("\n   <dc:{name} xmlns:dc=\"{DC}\" xmlns:rdf=\"{RDF}\">{value}</dc:{name}>"));
        }
    }
    let mut attributes = String::new();
    let rating = said.rating.filter(|stars| *stars != 0).map(|stars| stars.to_string());
    for (name, value) in [("Rating", rating), ("Label", said.label.as_deref().map(str::to_owned))] {
        if let Some(value) = value.filter(|_| packet.get(XMP, name).is_ok_and(|there| there.is_none())) {
            attributes.push_str(&format!("\u{1}{name}=\"{}\"", escape(&value)));
        }
    }
    let mut edits = Edits::default();
    packet.add(&attributes, &elements, &mut edits);
    text = edits.applied(&text);
    let merged = merge(text.as_bytes(), marks)?;
    Ok(Merged { text: Some(merged.text.unwrap_or(text)), ..merged })
}

/// Adds marks to a sidecar.
///
/// # Errors
/// Why it is left as it is, as a sentence without a full stop.
pub fn merge(bytes: &[u8], marks: &Marks) -> Result<Merged, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let document = parse_xmp(text)?;
    let packet = Packet::of(text, &document)?;
    let mut edits = Edits::default();
    let mut attributes = String::new();
    let mut elements = String::new();
    let kept_rating = match marks.rating {
        None => false,
        Some(rating) => packet.set(
            "Rating",
            &rating.to_string(),
            |old| old.trim().parse().is_ok_and(|stars: f64| stars == 0.0),
            &mut edits,
            &mut attributes,
        )?,
    };
    let kept_label = match &marks.label {
        None => false,
        Some(label) => packet.set_label(label, &mut edits, &mut attributes)?,
    };
    if !marks.keywords.is_empty() {
        packet.add_keywords(&marks.keywords, &mut edits, &mut elements)?;
    }
    packet.add(&attributes, &elements, &mut edits);
    if edits.0.is_empty() {
        return Ok(Merged { text: None, kept_rating, kept_label });
    }
    let merged = edits.applied(text);
    // What was written is read again: nothing is replaced by what does not say what it should, or says anything less.
    let wanted = Marks {
        rating: marks.rating.filter(|_| !kept_rating),
        label: marks.label.clone().filter(|_| !kept_label),
        keywords: marks.keywords.clone(),
    };
    let again = parse_xmp(&merged)?;
    Packet::of(&merged, &again)?.require(&wanted)?;
    Ok(Merged { text: Some(merged), kept_rating, kept_label })
}

/// Changes of a text, none of which touches another.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    fn put(&mut self, range: Range<usize>, text: String) {
        self.0.push((range, text));
    }

    fn applied(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut merged, mut at) = (String::with_capacity(text.len() + 1024), 0);
        for (range, new) in self.0 {
            merged.push_str(&text[at..range.start]);
            merged.push_str(&new);
            at = range.end;
        }
        merged.push_str(&text[at..]);
        merged
    }
}

/// The descriptions of a packet.
struct Packet<'d> {
    text: &'d str,
    descriptions: Vec<Node<'d, 'd>>,
}

/// A property as it is written.
enum Property<'d> {
    Attribute(Attribute<'d, 'd>),
    Element(Node<'d, 'd>),
}

impl<'d> Packet<'d> {
    fn of(text: &'d str, document: &'d Document<'d>) -> Result<Self, String> {
        let mut all = document.descendants().filter(|node| node.has_tag_name((RDF, "RDF")));
        let (Some(rdf), None) = (all.next(), all.next()) else {
            return Err("it does not contain one packet of XMP".to_owned());
        };
        let descriptions: Vec<Node<'d, 'd>> =
            rdf.children().filter(|node| node.has_tag_name((RDF, "Description"))).collect();
        if descriptions.is_empty() {
            return Err("its XMP describes nothing".to_owned());
        }
        Ok(Self { text, descriptions })
    }

    /// The property of this name, which may stand once.
    fn get(&self, space: &str, name: &str) -> Result<Option<Property<'d>>, String> {
        let mut found = None;
        for description in &self.descriptions {
            let attribute = description.attribute_node((space, name)).map(Property::Attribute);
            let elements =
                description.children().filter(|node| node.has_tag_name((space, name))).map(Property::Element);
            for one in attribute.into_iter().chain(elements) {
                if found.replace(one).is_some() {
                    return Err(format!("its XMP has `{name}` twice"));
                }
            }
        }
        Ok(found)
    }

    /// Sets a simple property of the XMP namespace, unless it has a value that is not `free`. Returns whether that stays.
    fn set(
        &self,
        name: &str,
        value: &str,
        free: impl Fn(&str) -> bool,
        edits: &mut Edits,
        attributes: &mut String,
    ) -> Result<bool, String> {
        match self.get(XMP, name)? {
            None => attributes.push_str(&format!("\u{1}{name}=\"{}\"", escape(value))),
            Some(Property::Attribute(attribute)) => {
                let old = attribute.value();
                if old == value {
                    return Ok(false);
                }
                if !(old.trim().is_empty() || free(old)) {
                    return Ok(true);
                }
                edits.put(attribute.range_value(), escape(value));
            }
            Some(Property::Element(node)) => {
                if node.children().any(|child| child.is_element()) || node.attributes().len() > 0 {
                    return Err(format!("its `xmp:{name}` is written in an unusual way"));
                }
                let old: String = node.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
                if old.trim() == value {
                    return Ok(false);
                }
                if !(old.trim().is_empty() || free(&old)) {
                    return Ok(true);
                }
                let tag = qualified_name(self.text, &node);
                let declared = own_declarations(self.text, &node);
                edits.put(node.range(), format!("<{tag}{declared}>{}</{tag}>", escape(value)));
            }
        }
        Ok(false)
    }

    /// Sets the label, in darktable's own property too where that is there: it is the one that darktable goes by.
    fn set_label(&self, label: &str, edits: &mut Edits, attributes: &mut String) -> Result<bool, String> {
        if let Some(Property::Element(node)) = self.get(DARKTABLE, "colorlabels")? {
            let array = array(&node).ok_or("its `darktable:colorlabels` is written in an unusual way")?;
            let colours: Vec<Node<'_, '_>> = items(&array).collect();
            let index = DARKTABLE_LABELS.iter().position(|known| *known == label.to_lowercase());
            if colours.iter().any(|item| item.text().map(str::trim) != index.map(|index| index.to_string()).as_deref())
            {
                return Ok(true);
            }
            if let Some(index) = index.filter(|_| colours.is_empty()) {
                if self.has_label()? {
                    return Ok(true);
                }
                append(self.text, &array, &[index.to_string()], edits);
            }
        }
        self.set("Label", label, |_| false, edits, attributes)
    }

    fn has_label(&self) -> Result<bool, String> {
        Ok(match self.get(XMP, "Label")? {
            None => false,
            Some(Property::Attribute(attribute)) => !attribute.value().trim().is_empty(),
            Some(Property::Element(node)) => node.text().is_some_and(|text| !text.trim().is_empty()),
        })
    }

    /// Adds keywords to `dc:subject`, and to `lr:hierarchicalSubject` where that is there: programs that read it go by it alone.
    fn add_keywords(&self, keywords: &[String], edits: &mut Edits, elements: &mut String) -> Result<(), String> {
        match self.get(DC, "subject")? {
            None => {
                let items: String = keywords.iter().map(|word| format!("<rdf:li>{}</rdf:li>", escape(word))).collect();
                elements.push_str(&format!(
                    "<dc:subject xmlns:dc=\"{DC}\" xmlns:rdf=\"{RDF}\"><rdf:Bag>{items}</rdf:Bag></dc:subject>"
                ));
            }
            Some(property) => self.add_to_array(property, "dc:subject", keywords, edits)?,
        }
        if let Some(property) = self.get(LIGHTROOM, "hierarchicalSubject")? {
            self.add_to_array(property, "lr:hierarchicalSubject", keywords, edits)?;
        }
        Ok(())
    }

    fn add_to_array(
        &self,
        property: Property<'d>,
        name: &str,
        words: &[String],
        edits: &mut Edits,
    ) -> Result<(), String> {
        let array = match &property {
            Property::Element(node) => array(node),
            Property::Attribute(_) => None,
        };
        let array = array.ok_or_else(|| format!("its `{name}` is written in an unusual way"))?;
        let there: Vec<String> = items(&array).map(|item| leaf(&item)).collect();
        let missing: Vec<String> = words.iter().filter(|word| !there.contains(&fold(word))).cloned().collect();
        if !missing.is_empty() {
            append(self.text, &array, &missing, edits);
        }
        Ok(())
    }

    /// Adds new properties to the first description.
    fn add(&self, attributes: &str, elements: &str, edits: &mut Edits) {
        let (Some(description), false) = (self.descriptions.first(), attributes.is_empty() && elements.is_empty())
        else {
            return;
        };
        let range = description.range();
        let tag = qualified_name(self.text, description);
        if !attributes.is_empty() {
            let bound = description.namespaces().find(|space| space.uri() == XMP && space.name().is_some());
            let free = |prefix: &&str| description.lookup_namespace_uri(Some(prefix)).is_none();
            let (prefix, declaration) = match bound.and_then(|space| space.name()) {
                Some(prefix) => (prefix, String::new()),
                None => {
                    let prefix = ["xmp", "xap", "xmp1", "xmp2"].into_iter().find(free).unwrap_or("safelightxmp");
                    (prefix, format!(" xmlns:{prefix}=\"{XMP}\""))
                }
            };
            let at = range.start + 1 + tag.len();
            edits.put(at..at, format!("{declaration}{}", attributes.replace('\u{1}', &format!(" {prefix}:"))));
        }
        if !elements.is_empty() {
            let slice = &self.text[range.clone()];
            // An element without an end tag ends with its own tag.
            if slice.ends_with("/>") && description.first_child().is_none() {
                edits.put(range.end - 2..range.end, format!(">{elements}</{tag}>"));
            } else if let Some(close) = slice.rfind("</") {
                // Before the space that indents the end tag.
                let at = range.start + slice[..close].trim_end_matches([' ', '\t', '\n', '\r']).len();
                let indent = description.first_element_child().map_or("", |child| indent(self.text, &child));
                edits.put(at..at, format!("{indent}{elements}"));
            }
        }
    }

    /// Whether a packet says what it should.
    fn require(&self, wanted: &Marks) -> Result<(), String> {
        let unsure = || "it cannot be changed with certainty".to_owned();
        let simple = |name: &str| -> Result<Option<String>, String> {
            Ok(self.get(XMP, name)?.map(|property| match property {
                Property::Attribute(attribute) => attribute.value().to_owned(),
                Property::Element(node) => node.text().unwrap_or_default().to_owned(),
            }))
        };
        let says = |name: &str, value: Option<String>| -> Result<bool, String> {
            Ok(value.is_none() || simple(name)?.map(|is| is.trim().to_owned()) == value)
        };
        let rated = says("Rating", wanted.rating.map(|rating| rating.to_string()))?;
        let labelled = says("Label", wanted.label.clone())?;
        let words: Vec<String> = match self.get(DC, "subject")? {
            Some(Property::Element(node)) => array(&node).iter().flat_map(items).map(|item| leaf(&item)).collect(),
            _ => Vec::new(),
        };
        let has_words = wanted.keywords.iter().all(|word| words.contains(&fold(word)));
        if rated && labelled && has_words { Ok(()) } else { Err(unsure()) }
    }
}

/// The array in a property.
fn array<'a>(node: &Node<'a, 'a>) -> Option<Node<'a, 'a>> {
    let mut elements = node.children().filter(Node::is_element);
    let only = elements.next().filter(|_| elements.next().is_none())?;
    let is_array = only.tag_name().namespace() == Some(RDF) && matches!(only.tag_name().name(), "Bag" | "Seq" | "Alt");
    is_array.then_some(only)
}

fn items<'a>(array: &Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> + use<'a> {
    array.children().filter(|node| node.has_tag_name((RDF, "li")))
}

/// A keyword as it is compared: the last of a path of keywords.
fn leaf(item: &Node<'_, '_>) -> String {
    let text: String = item.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
    fold(text.rsplit('|').next().unwrap_or_default().trim())
}

/// Adds items to an array, written and indented as the last one is.
fn append(text: &str, array: &Node<'_, '_>, values: &[String], edits: &mut Edits) {
    let tag = qualified_name(text, array);
    let item = format!("{}li", tag.rfind(':').map_or("", |at| &tag[..=at]));
    let element = |value: &String| format!("<{item}>{}</{item}>", escape(value));
    let range = array.range();
    if let Some(last) = items(array).last() {
        let indent = indent(text, &last);
        let at = last.range().end;
        edits.put(at..at, values.iter().map(|value| format!("{indent}{}", element(value))).collect());
    } else {
        let all: String = values.iter().map(element).collect();
        let slice = &text[range.clone()];
        if slice.ends_with("/>") && array.first_child().is_none() {
            edits.put(range.end - 2..range.end, format!(">{all}</{tag}>"));
        } else if let Some(close) = slice.rfind("</") {
            edits.put(range.start + close..range.start + close, all);
        }
    }
}

/// The space before an element, back to what stands before it.
fn indent<'t>(text: &'t str, node: &Node<'_, '_>) -> &'t str {
    let before = &text[..node.range().start];
    &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..]
}

/// The name of an element as it is written, with its prefix.
fn qualified_name<'t>(text: &'t str, node: &Node<'_, '_>) -> &'t str {
    let inside = &text[node.range().start + 1..];
    &inside[..inside.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(inside.len())]
}

/// The namespaces that an element without other attributes declares, as they are written.
fn own_declarations<'t>(text: &'t str, node: &Node<'_, '_>) -> &'t str {
    let name = qualified_name(text, node);
    let inside = &text[node.range().start + 1 + name.len()..node.range().end];
    inside[..inside.find('>').unwrap_or(0)].trim_end_matches('/').trim_end()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
#[path = "sidecar_tests.rs"]
mod tests;
