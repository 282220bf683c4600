//! XMP (ISO 16684-1): properties as attributes or elements, in every form that RDF allows them.

use std::borrow::Cow;

use roxmltree::{Document, Node, ParsingOptions};

use super::capture_time::Taken;
use super::machine_made;
use super::model::{Camera, DataMining, Fraction, Gps, Licence, Location, Metadata};
use super::text;

mod name {
    pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
    pub(super) const DC: &str = "http://purl.org/dc/elements/1.1/";
    pub(super) const XMP: &str = "http://ns.adobe.com/xap/1.0/";
    pub(super) const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";
    pub(super) const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
    pub(super) const IPTC: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
    pub(super) const IPTC_EXTENSION: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    pub(super) const PLUS: &str = "http://ns.useplus.org/ldf/xmp/1.0/";
    pub(super) const CC: &str = "http://creativecommons.org/ns#";
    pub(super) const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
    pub(super) const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
    pub(super) const EXIF_EX: &str = "http://cipa.jp/exif/1.0/";
    pub(super) const AUX: &str = "http://ns.adobe.com/exif/1.0/aux/";
    pub(super) const PREFIXES: [(&str, &str); 6] =
        [(DC, "dc"), (PHOTOSHOP, "photoshop"), (RIGHTS, "xmpRights"), (CC, "cc"), (PLUS, "plus"), (EXIF, "exif")];
    pub(super) const LIGHTROOM: &str = "http://ns.adobe.com/lightroom/1.0/";
    pub(super) const DIGIKAM: &str = "http://www.digikam.org/ns/1.0/";
    pub(super) const MICROSOFT: &str = "http://ns.microsoft.com/photo/1.0/";
}

/// More nodes than this are no photo's metadata; each takes the parser some 60 bytes.
const MOST_NODES: u32 = 200_000;

/// What a packet holds, the two kinds of date apart because IPTC comes between them.
#[derive(Debug, Default)]
pub(super) struct Xmp {
    /// Everything but dates other than the original one.
    pub(super) metadata: Metadata,
    /// When the file was made or scanned.
    pub(super) digitized: Option<Taken>,
    /// What was left out, one sentence each.
    pub(super) warnings: Vec<String>,
}

/// Reads a packet, choosing texts of `language` (BCP 47) where a property has several.
///
/// # Errors
///
/// A sentence when it is no XML, or not XML that a photo would carry.
pub(super) fn read(packet: &[u8], language: Option<&str>) -> Result<Xmp, String> {
    let text = as_text(packet);
    let (document, more) = match parse(&text) {
        Ok(document) => (document, false),
        Err(why) => {
            let (root, more) = first_root(&text).ok_or_else(|| why.clone())?;
            (parse(root).map_err(|_| why)?, more)
        }
    };
    let descriptions = descriptions(&document)?;
    let properties = Properties { descriptions, language };
    let mut warnings = Vec::new();
    let mut metadata = properties.metadata(&mut warnings);
    if more {
        // Of what stands there nobody knows whether it counts.
        metadata.unread = true;
        metadata.keywords_unread = true;
        warnings.push("its XMP has elements outside its packet, which are ignored".into());
    }
    let digitized =
        properties.date(name::XMP, "CreateDate").or_else(|| properties.date(name::EXIF, "DateTimeDigitized"));
    Ok(Xmp { metadata, digitized, warnings })
}

/// The names of a packet's properties, with their customary prefixes; others with the one the packet gives.
///
/// # Errors
///
/// As [`read`].
pub(super) fn property_names(packet: &[u8]) -> Result<Vec<String>, String> {
    let text = as_text(packet);
    let document = parse(&text)?;
    let name = |node: &Node<'_, '_>, space: Option<&str>, name: &str| {
        let space = space.unwrap_or("");
        let known = name::PREFIXES.iter().find(|(known, _)| *known == space).map(|(_, prefix)| *prefix);
        format!("{}:{name}", known.or_else(|| node.lookup_prefix(space)).unwrap_or("?"))
    };
    let mut names = Vec::new();
    for description in descriptions(&document)? {
        let attributes = description.attributes().filter(|attribute| attribute.namespace() != Some(name::RDF));
        names.extend(attributes.map(|attribute| name(&description, attribute.namespace(), attribute.name())));
        let elements = description.children().filter(Node::is_element);
        names.extend(elements.map(|node| name(&node, node.tag_name().namespace(), node.tag_name().name())));
    }
    Ok(names)
}

/// Parses the text of a packet, as long as it is no burden.
///
/// # Errors
///
/// A sentence when it is damaged, nested too deeply, or declares a document type.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, String> {
    if !super::xmp_guard::is_tame(text) {
        return Err("its XMP is nested too deeply, or declares a document type".into());
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| format!("its XMP is damaged ({error})"))
}

/// The top-level descriptions of a packet, one or several.
fn descriptions<'a, 'input>(document: &'a Document<'input>) -> Result<Vec<Node<'a, 'input>>, String> {
    let rdf =
        document.descendants().find(|node| node.has_tag_name((name::RDF, "RDF"))).ok_or("its XMP contains no RDF")?;
    Ok(rdf.children().filter(|node| node.has_tag_name((name::RDF, "Description"))).collect())
}

/// The first element among what is no XML as a whole, and whether other elements stand before or behind it. Programs that
/// write a shorter packet in the place of a longer one leave the rest of it there; what is text or ends alone says nothing.
fn first_root(text: &str) -> Option<(&str, bool)> {
    let opens = |at: &usize| text[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mut starts = text.match_indices('<').map(|(at, _)| at).filter(opens);
    // Where the packet says that it begins, else at the first element.
    let packet = text.find("<?xpacket begin").unwrap_or(0);
    let first = starts.clone().next()?;
    let start = starts.find(|at| *at >= packet)?;
    // It could give values to what does not say them.
    if text[..start].contains("<!DOCTYPE") {
        return None;
    }
    let end = start + super::xmp_guard::element(&text[start..])?;
    let more = first < start || text.match_indices('<').map(|(at, _)| at).filter(|at| *at >= end).any(|at| opens(&at));
    Some((&text[start..end], more))
}

/// How the characters of a packet are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// Bytes of a character, and whether the lowest comes first.
    Wide(usize, bool),
}

/// By its mark, or by the zeros around its first tag (XML 1.0, appendix F).
fn encoding(packet: &[u8]) -> Encoding {
    match packet {
        [0xff, 0xfe, 0, 0, ..] => return Encoding::Wide(4, true),
        [0, 0, 0xfe, 0xff, ..] => return Encoding::Wide(4, false),
        [0xff, 0xfe, ..] => return Encoding::Wide(2, true),
        [0xfe, 0xff, ..] => return Encoding::Wide(2, false),
        _ => {}
    }
    let Some(tag) = memchr::memchr(b'<', packet) else { return Encoding::Utf8 };
    match packet.get(tag + 1..).unwrap_or_default() {
        [0, 0, 0, ..] if tag % 4 == 0 => Encoding::Wide(4, true),
        [0, 0, 0, ..] if tag % 4 == 3 => Encoding::Wide(4, false),
        [0, next, ..] if *next != 0 => Encoding::Wide(2, tag % 2 == 0),
        _ => Encoding::Utf8,
    }
}

/// The packet as text, in whatever encoding of Unicode it is, without what no XML may contain. Leftovers outside a packet
/// are not always text; they do not make another encoding of it.
pub(super) fn as_text(packet: &[u8]) -> Cow<'_, str> {
    let text = match encoding(packet) {
        Encoding::Wide(2, little) => {
            let unit = if little { u16::from_le_bytes } else { u16::from_be_bytes };
            let units: Vec<u16> = packet.as_chunks().0.iter().map(|pair| unit(*pair)).collect();
            Cow::Owned(String::from_utf16_lossy(&units))
        }
        Encoding::Wide(_, little) => {
            let unit = if little { u32::from_le_bytes } else { u32::from_be_bytes };
            let characters = packet.as_chunks().0.iter().map(|four| char::from_u32(unit(*four)));
            Cow::Owned(characters.map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        Encoding::Utf8 => match std::str::from_utf8(packet) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if std::str::from_utf8(marked(packet)).is_ok() => String::from_utf8_lossy(packet),
            Err(_) => Cow::Owned(text::decode(packet)),
        },
    };
    let forbidden = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{7f}');
    // Packets are padded with spaces, some programs' with zeros, and some lose bytes at their end.
    let text = match text {
        Cow::Borrowed(text) => {
            Cow::Borrowed(text.trim_matches(|c: char| c == '\u{feff}' || forbidden(c) || c.is_whitespace()))
        }
        Cow::Owned(text) => Cow::Owned(text.trim_matches(|c: char| c == '\u{feff}' || forbidden(c)).to_owned()),
    };
    if text.contains(forbidden) { Cow::Owned(text.replace(forbidden, " ")) } else { text }
}

/// What lies between the marks that begin and end a packet; to the end of all bytes where there is none.
fn marked(packet: &[u8]) -> &[u8] {
    let start = memchr::memmem::find(packet, b"<?xpacket begin").unwrap_or(0);
    let packet = &packet[start..];
    &packet[..memchr::memmem::find(packet, b"<?xpacket end").unwrap_or(packet.len())]
}

/// The top-level properties of a packet.
struct Properties<'a, 'input> {
    descriptions: Vec<Node<'a, 'input>>,
    language: Option<&'a str>,
}

/// A property: an attribute's text or an element.
#[derive(Clone, Copy)]
enum Value<'a, 'input> {
    Text(&'a str),
    Element(Node<'a, 'input>),
}

impl<'a, 'input> Value<'a, 'input> {
    /// The property of this name on a description or a structure.
    fn of(node: Node<'a, 'input>, (space, name): (&str, &str)) -> Option<Self> {
        let attribute = node.attribute((space, name)).map(Self::Text);
        attribute.or_else(|| node.children().find(|child| child.has_tag_name((space, name))).map(Self::Element))
    }

    /// The items of an array; a simple value is an array of one.
    fn items(self) -> Vec<Self> {
        let Self::Element(node) = self else { return vec![self] };
        let is_array = |child: &Node<'_, '_>| {
            child.tag_name().namespace() == Some(name::RDF) && matches!(child.tag_name().name(), "Bag" | "Seq" | "Alt")
        };
        match node.children().find(is_array) {
            Some(array) => {
                array.children().filter(|child| child.has_tag_name((name::RDF, "li"))).map(Self::Element).collect()
            }
            None => vec![self],
        }
    }

    /// A simple value's text: in the element, in `rdf:resource`, or in an `rdf:value` inside.
    fn text(self) -> Option<Cow<'a, str>> {
        let Self::Element(node) = self else {
            let Self::Text(text) = self else { return None };
            return Some(Cow::Borrowed(text));
        };
        if let Some(resource) = node.attribute((name::RDF, "resource")) {
            return Some(Cow::Borrowed(resource));
        }
        let inner = self.structure().unwrap_or(node);
        if let Some(value) = inner.attribute((name::RDF, "value")) {
            return Some(Cow::Borrowed(value));
        }
        let element = inner.children().find(|child| child.has_tag_name((name::RDF, "value"))).unwrap_or(inner);
        // Comments and character sections part a text into several nodes.
        let texts: Vec<&str> = element.children().filter(Node::is_text).filter_map(|node| node.text()).collect();
        match texts.as_slice() {
            [] => None,
            [one] => Some(Cow::Borrowed(one)),
            several => Some(Cow::Owned(several.concat())),
        }
    }

    /// The node that carries a structure's fields: a description inside, or the element itself.
    fn structure(self) -> Option<Node<'a, 'input>> {
        let Self::Element(node) = self else { return None };
        Some(node.children().find(|child| child.has_tag_name((name::RDF, "Description"))).unwrap_or(node))
    }

    /// The item in the language asked for, then in its mother tongue, then the default, then the first.
    fn in_language(self, language: Option<&str>) -> Option<Cow<'a, str>> {
        let items = self.items();
        let tag = |item: &Self| match item {
            Self::Element(node) => node.attribute((name::XML, "lang")).unwrap_or("").to_ascii_lowercase(),
            Self::Text(_) => String::new(),
        };
        let primary = |tag: &str| tag.split('-').next().unwrap_or("").to_owned();
        let wanted = language.unwrap_or("x-default").to_ascii_lowercase();
        let found = items.iter().find(|item| tag(item) == wanted);
        let found = found
            .or_else(|| items.iter().find(|item| tag(item) != "x-default" && primary(&tag(item)) == primary(&wanted)));
        let found = found.or_else(|| items.iter().find(|item| tag(item) == "x-default")).or(items.first());
        found?.text()
    }
}

impl<'a, 'input> Properties<'a, 'input> {
    fn get(&self, space: &str, name: &str) -> Option<Value<'a, 'input>> {
        self.descriptions.iter().find_map(|description| Value::of(*description, (space, name)))
    }

    fn raw(&self, space: &str, name: &str) -> Option<Cow<'a, str>> {
        self.get(space, name)?.in_language(self.language)
    }

    fn line(&self, space: &str, name: &str) -> Option<Box<str>> {
        text::line(&self.raw(space, name)?)
    }

    fn lines(&self, space: &str, name: &str) -> Option<Box<str>> {
        text::lines(&self.raw(space, name)?)
    }

    /// A date; where it is without an offset, that of the property which EXIF has for it.
    fn date(&self, space: &str, name: &str) -> Option<Taken> {
        let offset = match name {
            "DateTimeOriginal" => self.raw(name::EXIF_EX, "OffsetTimeOriginal"),
            _ => None,
        };
        Taken::from_exif(&self.raw(space, name)?, None, offset.as_deref())
    }

    fn all(&self, space: &str, name: &str) -> Vec<Cow<'a, str>> {
        self.get(space, name).map(Value::items).unwrap_or_default().into_iter().filter_map(Value::text).collect()
    }

    fn metadata(&self, warnings: &mut Vec<String>) -> Metadata {
        let creators = self.all(name::DC, "creator");
        let mut metadata = Metadata {
            title: self
                .line(name::DC, "title")
                .filter(|title| !machine_made::is_text(title))
                .or_else(|| self.line(name::PHOTOSHOP, "Headline")),
            caption: self.lines(name::DC, "description").filter(|caption| !machine_made::is_text(caption)),
            alt: self.lines(name::IPTC, "AltTextAccessibility"),
            creators: creators.iter().filter_map(|creator| text::line(creator).map(String::from)).collect(),
            copyright: self.line(name::DC, "rights"),
            credit: self.line(name::PHOTOSHOP, "Credit"),
            marked: self.raw(name::RIGHTS, "Marked").and_then(|marked| marked.trim().to_ascii_lowercase().parse().ok()),
            licence: self.licence(warnings),
            data_mining: self.data_mining(warnings),
            taken: [(name::PHOTOSHOP, "DateCreated"), (name::EXIF, "DateTimeOriginal")]
                .iter()
                .find_map(|(space, name)| self.date(space, name)),
            camera: self.camera(),
            rating: self
                .number(name::XMP, "Rating")
                .map(f64::round)
                .filter(|stars| *stars != 0.0 && (-1.0..=5.0).contains(stars))
                .map(|stars| stars as i8),
            label: self.line(name::XMP, "Label"),
            location: self.location(),
            gps: self.gps(),
            ..Metadata::default()
        };
        let keywords = self.all(name::DC, "subject");
        super::precedence::add_keywords(&mut metadata.keywords, keywords.iter().map(AsRef::as_ref));
        let paths = self.all(name::LIGHTROOM, "hierarchicalSubject");
        let others = [self.all(name::DIGIKAM, "TagsList"), self.all(name::MICROSOFT, "LastKeywordXMP")].concat();
        let others = others.iter().map(|path| (path.as_ref(), '/'));
        metadata.tags = machine_made::tags(paths.iter().map(|path| (path.as_ref(), '|')).chain(others));
        if metadata.keywords.is_empty() {
            let leaves = paths.iter().filter_map(|path| path.rsplit('|').next());
            super::precedence::add_keywords(&mut metadata.keywords, leaves);
        }
        metadata
    }

    /// The web statement of rights, then the Creative Commons licence, then the licensor's address.
    fn licence(&self, warnings: &mut Vec<String>) -> Option<Licence> {
        let licensor = || {
            let licensors = self.get(name::PLUS, "Licensor")?.items();
            licensors.into_iter().find_map(|item| Value::of(item.structure()?, (name::PLUS, "LicensorURL"))?.text())
        };
        let found = [self.raw(name::RIGHTS, "WebStatement"), self.raw(name::CC, "license"), licensor()];
        let mut licence = None;
        for address in found.into_iter().flatten().filter_map(|address| text::line(&address)) {
            if is_web_address(&address) {
                return Some(Licence::Address(address));
            }
            licence = Some(Licence::Unusable);
            let shown = text::cut(&address, 80);
            warnings.push(format!("its licence `{shown}` is not a web address, so it is published without a licence"));
        }
        licence
    }

    /// What it allows for data mining. That nothing is specified is nothing said.
    fn data_mining(&self, warnings: &mut Vec<String>) -> Option<DataMining> {
        let said = text::line(&self.raw(name::PLUS, "DataMining")?)?;
        let value = DataMining::from_uri(&said).unwrap_or_else(|| {
            let value = DataMining::from_unknown(&said);
            let kept = match value {
                DataMining::Other(_) => "is passed on unchanged",
                _ => "counts as a prohibition",
            };
            warnings.push(format!("its data-mining value `{}` is unknown and {kept}", text::cut(&said, 120)));
            value
        });
        Some(value).filter(|value| *value != DataMining::Unspecified)
    }

    fn camera(&self) -> Camera {
        let real = |space, name| self.number(space, name).map(|value| value as f32);
        let lens =
            [(name::EXIF_EX, "LensModel"), (name::AUX, "Lens")].iter().find_map(|(space, name)| self.line(space, name));
        let lens_make = self.line(name::EXIF_EX, "LensMake");
        let whole =
            |space, name| self.number(space, name).filter(|value| (1.0..4e9).contains(value)).map(|value| value as u32);
        Camera {
            make: self.line(name::TIFF, "Make"),
            model: self.line(name::TIFF, "Model"),
            lens: super::camera::lens_name(lens_make.as_deref(), lens.as_deref()),
            focal_length: real(name::EXIF, "FocalLength"),
            focal_length_35mm: whole(name::EXIF, "FocalLengthIn35mmFilm").and_then(|mm| u16::try_from(mm).ok()),
            aperture: real(name::EXIF, "FNumber"),
            shutter: self.raw(name::EXIF, "ExposureTime").and_then(|value| {
                let (above, below) = value.trim().split_once('/').unwrap_or((value.trim(), "1"));
                match (above.parse(), below.parse()) {
                    (Ok(above), Ok(below)) => Fraction::new(above, below),
                    _ => Fraction::from_decimal(self.number(name::EXIF, "ExposureTime")?),
                }
            }),
            iso: whole(name::EXIF_EX, "PhotographicSensitivity").or_else(|| whole(name::EXIF, "ISOSpeedRatings")),
        }
        .possible()
    }

    /// A decimal number or a fraction.
    fn number(&self, space: &str, name: &str) -> Option<f64> {
        let text = self.raw(space, name)?;
        let (above, below) = text.trim().split_once('/').unwrap_or((text.trim(), "1"));
        let value = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
        value.is_finite().then_some(value)
    }

    /// The plain fields, then the place shown, then the place of the camera.
    fn location(&self) -> Location {
        let plain = Location {
            sublocation: self.line(name::IPTC, "Location"),
            city: self.line(name::PHOTOSHOP, "City"),
            state: self.line(name::PHOTOSHOP, "State"),
            country: self.line(name::PHOTOSHOP, "Country"),
            country_code: self.line(name::IPTC, "CountryCode"),
        };
        let detailed = |property| {
            let item = self.get(name::IPTC_EXTENSION, property)?.items().into_iter().next()?.structure()?;
            let field =
                |field| text::line(&Value::of(item, (name::IPTC_EXTENSION, field))?.in_language(self.language)?);
            Some(Location {
                sublocation: field("Sublocation"),
                city: field("City"),
                state: field("ProvinceState"),
                country: field("CountryName"),
                country_code: field("CountryCode"),
            })
        };
        // Not mixed field by field: a city from one place and a country from another make a third.
        [Some(plain), detailed("LocationShown"), detailed("LocationCreated")]
            .into_iter()
            .flatten()
            .find(|location| *location != Location::default())
            .unwrap_or_default()
    }

    fn gps(&self) -> Option<Gps> {
        let side = |name, negative| coordinate(&self.raw(name::EXIF, name)?, negative);
        let altitude = self.number(name::EXIF, "GPSAltitude").map(|metres| {
            let below_sea = self.raw(name::EXIF, "GPSAltitudeRef").is_some_and(|reference| reference.trim() == "1");
            (if below_sea { -metres } else { metres }) as f32
        });
        Gps::new(side("GPSLatitude", ['S', 's'])?, side("GPSLongitude", ['W', 'w'])?, altitude)
    }
}

/// `64,8.76N` or `64,8,45.6N` (XMP part 2, GPSCoordinate).
fn coordinate(text: &str, negative: [char; 2]) -> Option<f64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let mut value = 0.0;
    for (part, scale) in digits.split(',').zip([1.0, 60.0, 3600.0]) {
        let part: f64 = part.trim().parse().ok()?;
        value += part / scale;
    }
    value.is_finite().then_some(if text.ends_with(negative) { -value } else { value })
}

/// Whether it can stand in a link: `http` or `https`, a host, nothing that no address has in it. An apostrophe may be part of
/// one (RFC 3986, 2.2); pages escape it.
fn is_web_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        text.get(8..)
    } else {
        lower.starts_with("http://").then(|| text.get(7..)).flatten()
    };
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
            && !rest.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '\\'))
    })
}
