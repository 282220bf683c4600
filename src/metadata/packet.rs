//! The metadata of a published picture: its rights, in the blocks that programs read.

use sha2::{Digest, Sha256};

use super::model::{DataMining, Gps, Licence};
use super::text;

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
        let cut = |value: &str, longest| text::line(value).map(|line| text::cut(&line, longest).trim_end().to_owned());
        let clean = |value: &Option<String>| cut(value.as_deref().unwrap_or(""), LONGEST);
        // All names together are as long as one text may be.
        let mut room = LONGEST;
        let creators = rights.creators.iter().filter_map(|name| {
            let name = cut(name, room).filter(|name| !name.is_empty())?;
            room = room.saturating_sub(name.len() + "; ".len());
            Some(name)
        });
        let rights = Rights {
            creators: creators.collect(),
            copyright: clean(&rights.copyright),
            credit: clean(&rights.credit),
            marked: rights.marked,
            licence_url: clean(&rights.licence_url),
            data_mining: rights.data_mining.clone(),
            gps: rights.gps.and_then(|gps| Gps::new(gps.latitude, gps.longitude, gps.altitude)),
        };
        Self { exif: exif(&rights), xmp: xmp(&rights), iptc: iptc(&rights) }
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

/// A big-endian TIFF structure with Artist, Copyright and, where given, coordinates (CIPA DC-008).
fn exif(rights: &Rights) -> Vec<u8> {
    let zero_ended = |text: &str| [text.as_bytes(), b"\0"].concat();
    let mut first: Vec<Field> = Vec::new();
    first.extend(rights.creator().iter().map(|creators| Field::text(0x013b, zero_ended(creators))));
    first.extend(rights.copyright.iter().map(|copyright| Field::text(0x8298, zero_ended(copyright))));
    if first.is_empty() && rights.gps.is_none() {
        return Vec::new();
    }
    // What the standard wants in every block of a JPEG: 72 pixels an inch, and where colours are sampled.
    first.extend([Field::fractions(0x011a, &[(72, 1)]), Field::fractions(0x011b, &[(72, 1)])]);
    first.extend([Field::short(0x0128, 2), Field::short(0x0213, 1)]);
    first.sort_by_key(|field| field.tag);
    let mut block = b"MM\0\x2a\0\0\0\x08".to_vec();
    let Some(gps) = rights.gps else {
        write_directory(&mut block, &first);
        return block;
    };
    let pointer_at = first.len();
    first.push(Field { tag: 0x8825, kind: 4, count: 1, value: vec![0; 4] });
    // Once to learn where the directory of coordinates will lie, once with that written down.
    let mut draft = block.clone();
    write_directory(&mut draft, &first);
    first[pointer_at].value = offset(draft.len());
    write_directory(&mut block, &first);
    write_directory(&mut block, &coordinates(gps));
    block
}

/// One entry of a directory.
struct Field {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Field {
    fn text(tag: u16, value: Vec<u8>) -> Self {
        Self { tag, kind: 2, count: u32::try_from(value.len()).unwrap_or(0), value }
    }

    fn short(tag: u16, value: u16) -> Self {
        Self { tag, kind: 3, count: 1, value: value.to_be_bytes().to_vec() }
    }

    fn fractions(tag: u16, fractions: &[(u32, u32)]) -> Self {
        let value: Vec<u8> =
            fractions.iter().flat_map(|(above, below)| [above.to_be_bytes(), below.to_be_bytes()].concat()).collect();
        Self { tag, kind: 5, count: u32::try_from(fractions.len()).unwrap_or(0), value }
    }
}

/// A position in a block; blocks stay far below the limit of four bytes.
fn offset(at: usize) -> Vec<u8> {
    u32::try_from(at).unwrap_or(0).to_be_bytes().to_vec()
}

/// Adds a directory and, behind it, the values that do not fit into its rows.
fn write_directory(block: &mut Vec<u8>, fields: &[Field]) {
    let mut behind = block.len() + 2 + fields.len() * 12 + 4;
    let mut values = Vec::new();
    block.extend(u16::try_from(fields.len()).unwrap_or(0).to_be_bytes());
    for field in fields {
        block.extend(field.tag.to_be_bytes());
        block.extend(field.kind.to_be_bytes());
        block.extend(field.count.to_be_bytes());
        if field.value.len() <= 4 {
            block.extend(&field.value);
            block.extend(std::iter::repeat_n(0, 4 - field.value.len()));
            continue;
        }
        block.extend(offset(behind));
        values.extend(&field.value);
        // Values begin at even offsets (TIFF 6.0, section 2).
        values.extend(std::iter::repeat_n(0, field.value.len() % 2));
        behind += field.value.len() + field.value.len() % 2;
    }
    block.extend([0; 4]);
    block.extend(values);
}

fn coordinates(gps: Gps) -> Vec<Field> {
    // Degrees, minutes, and seconds to a ten-thousandth: three millimetres.
    let parts = |degrees: f64| {
        let units = (degrees.abs() * 3600.0 * 10_000.0).round() as u64;
        let (degrees, rest) = (units / 36_000_000, units % 36_000_000);
        let narrow = |value: u64| u32::try_from(value).unwrap_or(0);
        [(narrow(degrees), 1), (narrow(rest / 600_000), 1), (narrow(rest % 600_000), 10_000)]
    };
    let reference = |negative: bool, [minus, plus]: [&[u8]; 2]| if negative { minus.to_vec() } else { plus.to_vec() };
    let mut fields = vec![
        Field { tag: 0, kind: 1, count: 4, value: vec![2, 3, 0, 0] },
        Field::text(1, reference(gps.latitude < 0.0, [b"S\0", b"N\0"])),
        Field::fractions(2, &parts(gps.latitude)),
        Field::text(3, reference(gps.longitude < 0.0, [b"W\0", b"E\0"])),
        Field::fractions(4, &parts(gps.longitude)),
    ];
    if let Some(metres) = gps.altitude {
        fields.push(Field { tag: 5, kind: 1, count: 1, value: vec![u8::from(metres < 0.0)] });
        fields.push(Field::fractions(6, &[((metres.abs() * 100.0).round() as u32, 100)]));
    }
    fields
}
