//! The metadata of a published picture: its rights, in the blocks that programs read.

use sha2::{Digest, Sha256};

use super::directory::Directory;
use super::model::{DataMining, Gps, Licence};
use super::original::Kept;
use super::text;
use crate::formats::bytes::Order;
use crate::formats::tiff::tag;

/// The longest text that is written, in bytes of UTF-8: every block then fits a JPEG segment.
const LONGEST: usize = 2000;

/// What goes into a published picture. Everything else stays out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rights {
    /// Who made the picture, each by one name.
    pub creators: Vec<String>,
    /// The copyright line.
    pub copyright: Option<String>,
    /// The credit line.
    pub credit: Option<String>,
    /// Whether rights are reserved, where the photo says so itself; else it follows from copyright and licence.
    pub marked: Option<bool>,
    /// Where the licence is written.
    pub licence_url: Option<String>,
    /// What its owner allows for text and data mining.
    pub data_mining: Option<DataMining>,
    /// The coordinates; only where the site's own switch asks for them.
    pub gps: Option<Gps>,
}

impl Rights {
    /// These, with what is missing taken from a site's settings.
    pub fn or(self, other: &Self) -> Self {
        Self {
            creators: if self.creators.is_empty() { other.creators.clone() } else { self.creators },
            copyright: self.copyright.or_else(|| other.copyright.clone()),
            credit: self.credit.or_else(|| other.credit.clone()),
            marked: self.marked.or(other.marked),
            licence_url: self.licence_url.or_else(|| other.licence_url.clone()),
            data_mining: self.data_mining.or_else(|| other.data_mining.clone()),
            gps: self.gps.or(other.gps),
        }
    }

    /// These with texts that are cleaned, and cut at what every block has room for.
    pub(super) fn cleaned(&self) -> Self {
        let cut = |value: &str, longest| text::line(value).map(|line| text::cut(&line, longest).trim_end().to_owned());
        let clean = |value: &Option<String>| cut(value.as_deref().unwrap_or(""), LONGEST);
        // All names together are as long as one text may be.
        let mut room = LONGEST;
        let creators = self.creators.iter().filter_map(|name| {
            let name = cut(name, room).filter(|name| !name.is_empty())?;
            room = room.saturating_sub(name.len() + "; ".len());
            Some(name)
        });
        Self {
            creators: creators.collect(),
            copyright: clean(&self.copyright),
            credit: clean(&self.credit),
            marked: self.marked,
            licence_url: clean(&self.licence_url),
            data_mining: self.data_mining.clone(),
            gps: self.gps.and_then(|gps| Gps::new(gps.latitude, gps.longitude, gps.altitude)),
        }
    }

    /// All creators in one line, parted by `; `.
    pub fn creator(&self) -> Option<String> {
        (!self.creators.is_empty()).then(|| self.creators.join("; "))
    }
}

impl From<&super::Metadata> for Rights {
    /// The photo's own rights, without its coordinates.
    fn from(metadata: &super::Metadata) -> Self {
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        Self {
            creators: metadata.creators.clone(),
            copyright: text(&metadata.copyright),
            credit: text(&metadata.credit),
            marked: metadata.marked,
            licence_url: match &metadata.licence {
                Some(Licence::Address(address)) => Some(address.to_string()),
                Some(Licence::Unusable) | None => None,
            },
            data_mining: metadata.data_mining.clone(),
            gps: None,
        }
    }
}

/// The blocks of one set of rights, ready to be spliced: the same rights give the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    pub(super) exif: Vec<u8>,
    pub(super) xmp: Vec<u8>,
    pub(super) iptc: Vec<u8>,
}

impl Packet {
    /// Writes the blocks. Texts are cleaned and cut at 2000 bytes; no rights at all give an empty packet.
    pub fn new(rights: &Rights) -> Self {
        let rights = rights.cleaned();
        Self { exif: exif(&rights, None), xmp: xmp(&rights), iptc: iptc(&rights) }
    }

    /// The same for an original, with what it keeps.
    pub fn of_original(rights: &Rights, kept: &Kept<'_>) -> Self {
        let rights = rights.cleaned();
        Self { exif: exif(&rights, Some(kept)), xmp: xmp(&rights), iptc: iptc(&rights) }
    }

    /// Bytes of all its blocks.
    pub fn len(&self) -> usize {
        self.exif.len() + self.xmp.len() + self.iptc.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.exif.is_empty() && self.xmp.is_empty() && self.iptc.is_empty()
    }

    /// SHA-256 over all blocks: for the keys of caches.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for block in [&self.exif, &self.xmp, &self.iptc] {
            hash.update((block.len() as u64).to_be_bytes());
            hash.update(block);
        }
        hash.finalize().into()
    }
}

/// An XMP packet (ISO 16684-1), read-only and without padding.
fn xmp(rights: &Rights) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut body = String::new();
    let mut spaces = String::new();
    let mut add = |prefix: &str, address: &str, element: &str| {
        if !spaces.contains(address) {
            // Writing to a string cannot fail.
            let _ = write!(spaces, " xmlns:{prefix}=\"{address}\"");
        }
        body += element;
    };
    if !rights.creators.is_empty() {
        let items: String = rights.creators.iter().map(|name| format!("<rdf:li>{}</rdf:li>", escape(name))).collect();
        add("dc", DC, &format!("<dc:creator><rdf:Seq>{items}</rdf:Seq></dc:creator>"));
    }
    if let Some(copyright) = &rights.copyright {
        let item = format!("<rdf:li xml:lang=\"x-default\">{}</rdf:li>", escape(copyright));
        add("dc", DC, &format!("<dc:rights><rdf:Alt>{item}</rdf:Alt></dc:rights>"));
    }
    if let Some(credit) = &rights.credit {
        let address = "http://ns.adobe.com/photoshop/1.0/";
        add("photoshop", address, &format!("<photoshop:Credit>{}</photoshop:Credit>", escape(credit)));
    }
    let licence = rights.licence_url.as_deref();
    if let Some(marked) = marked(rights) {
        add("xmpRights", RIGHTS, &format!("<xmpRights:Marked>{marked}</xmpRights:Marked>"));
    }
    if let Some(licence) = licence {
        let statement = format!("<xmpRights:WebStatement>{}</xmpRights:WebStatement>", escape(licence));
        add("xmpRights", RIGHTS, &statement);
        if is_creative_commons(licence) {
            let element = format!("<cc:license rdf:resource=\"{}\"/>", escape(licence));
            add("cc", "http://creativecommons.org/ns#", &element);
        }
    }
    if let Some(data_mining) = &rights.data_mining {
        let element = format!("<plus:DataMining>{}</plus:DataMining>", data_mining.uri());
        add("plus", "http://ns.useplus.org/ldf/xmp/1.0/", &element);
    }
    if body.is_empty() {
        return Vec::new();
    }
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\"{spaces}>{body}\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
    .into_bytes()
}

const DC: &str = "http://purl.org/dc/elements/1.1/";
const RIGHTS: &str = "http://ns.adobe.com/xap/1.0/rights/";

/// Whether rights are reserved (XMP part 1, 8.5): as the photo says; else not in the public domain, yes with a copyright.
fn marked(rights: &Rights) -> Option<&'static str> {
    let public = |licence: &str| is_creative_commons(licence) && licence.contains("/publicdomain/");
    let follows = || match rights.licence_url.as_deref() {
        Some(licence) if public(licence) => Some(false),
        _ => rights.copyright.as_ref().map(|_| true),
    };
    rights.marked.or_else(follows).map(|marked| if marked { "True" } else { "False" })
}

fn is_creative_commons(licence: &str) -> bool {
    let rest = licence.split_once("://").map_or("", |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).starts_with("creativecommons.org/")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// IPTC-IIM data sets with the lengths the standard allows, UTF-8 declared.
fn iptc(rights: &Rights) -> Vec<u8> {
    let mut sets: Vec<(u8, &str, usize)> = Vec::new();
    sets.extend(rights.creators.iter().map(|name| (80, name.as_str(), 32)));
    sets.extend(rights.credit.iter().map(|credit| (110, credit.as_str(), 32)));
    sets.extend(rights.copyright.iter().map(|copyright| (116, copyright.as_str(), 128)));
    if sets.is_empty() {
        return Vec::new();
    }
    let mut block = Vec::new();
    let mut add = |record: u8, number: u8, content: &[u8]| {
        // No content is longer than 128 bytes.
        block.extend([0x1c, record, number, 0, u8::try_from(content.len()).unwrap_or(0)]);
        block.extend(content);
    };
    add(1, 90, b"\x1b%G");
    add(2, 0, &[0, 4]);
    for (number, content, longest) in sets {
        add(2, number, text::cut(content, longest).trim_end().as_bytes());
    }
    block
}

/// A directory with Artist, Copyright and, where given, coordinates (CIPA DC-008); of an original also with what it keeps.
pub(super) fn directory(rights: &Rights, kept: Option<&Kept<'_>>, order: Order) -> Directory {
    let mut first = Directory::new(order);
    if let Some(creators) = rights.creator() {
        first.text(0x013b, &creators);
    }
    if let Some(copyright) = &rights.copyright {
        first.text(0x8298, copyright);
    }
    first.put_below(tag::GPS, rights.gps.map_or_else(|| Directory::new(order), |gps| coordinates(gps, order)));
    if let Some(kept) = kept {
        kept.add_to(&mut first);
    }
    first
}

/// An EXIF block, big-endian.
fn exif(rights: &Rights, kept: Option<&Kept<'_>>) -> Vec<u8> {
    let mut first = directory(rights, kept, Order::Big);
    if first.is_empty() {
        return Vec::new();
    }
    // What the standard wants in every block of a JPEG: the resolution, and where colours are sampled.
    let (density, unit) = kept.and_then(|kept| kept.file.density).unwrap_or(((72, 1), 2));
    first.fractions(0x011a, &[density]);
    first.fractions(0x011b, &[density]);
    first.short(0x0128, unit);
    first.short(0x0213, 1);
    first.block()
}

fn coordinates(gps: Gps, order: Order) -> Directory {
    // Degrees, minutes, and seconds to a ten-thousandth: three millimetres.
    let parts = |degrees: f64| {
        let units = (degrees.abs() * 3600.0 * 10_000.0).round() as u64;
        let (degrees, rest) = (units / 36_000_000, units % 36_000_000);
        let narrow = |value: u64| u32::try_from(value).unwrap_or(0);
        [(narrow(degrees), 1), (narrow(rest / 600_000), 1), (narrow(rest % 600_000), 10_000)]
    };
    let mut fields = Directory::new(order);
    fields.bytes(0, 1, &[2, 3, 0, 0]);
    fields.text(1, if gps.latitude < 0.0 { "S" } else { "N" });
    fields.fractions(2, &parts(gps.latitude));
    fields.text(3, if gps.longitude < 0.0 { "W" } else { "E" });
    fields.fractions(4, &parts(gps.longitude));
    if let Some(metres) = gps.altitude {
        fields.bytes(5, 1, &[u8::from(metres < 0.0)]);
        fields.fractions(6, &[((metres.abs() * 100.0).round() as u32, 100)]);
    }
    fields
}
