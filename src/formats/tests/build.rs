//! Small files made for the tests: headers and metadata, no pixels.

/// One entry of a directory: tag, type, count, value.
pub(crate) type Entry = (u16, u16, u32, Vec<u8>);

pub(crate) fn ascii(tag: u16, text: &[u8]) -> Entry {
    let value = [text, b"\0"].concat();
    (tag, 2, value.len() as u32, value)
}

pub(crate) fn short(tag: u16, value: u16) -> Entry {
    (tag, 3, 1, value.to_le_bytes().to_vec())
}

pub(crate) fn long(tag: u16, value: u32) -> Entry {
    (tag, 4, 1, value.to_le_bytes().to_vec())
}

pub(crate) fn fractions(tag: u16, values: &[(u32, u32)]) -> Entry {
    let value = values.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect();
    (tag, 5, values.len() as u32, value)
}

pub(crate) fn raw(tag: u16, value: &[u8]) -> Entry {
    (tag, 7, value.len() as u32, value.to_vec())
}

/// A little-endian TIFF structure of one directory and the directories below it.
pub(crate) fn tiff(first: &[Entry], below: &[(u16, &[Entry])]) -> Vec<u8> {
    let mut first = first.to_vec();
    first.extend(below.iter().map(|(tag, _)| long(*tag, 0)));
    let mut at = 8 + directory(&first, 8).len();
    let mut tail = Vec::new();
    for (tag, entries) in below {
        for entry in first.iter_mut().filter(|entry| entry.0 == *tag) {
            entry.3 = (at as u32).to_le_bytes().to_vec();
        }
        let bytes = directory(entries, at);
        at += bytes.len();
        tail.extend(bytes);
    }
    [b"II\x2a\0\x08\0\0\0".to_vec(), directory(&first, 8), tail].concat()
}

fn directory(entries: &[Entry], at: usize) -> Vec<u8> {
    let mut rows = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    for (tag, kind, count, value) in entries {
        rows.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes()].concat());
        if value.len() <= 4 {
            rows.extend([value.as_slice(), &[0; 4][value.len()..]].concat());
        } else {
            rows.extend(((at + 2 + entries.len() * 12 + 4 + values.len()) as u32).to_le_bytes());
            values.extend(value);
        }
    }
    [rows, vec![0; 4], values].concat()
}

pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &((body.len() + 2) as u16).to_be_bytes()[..], body].concat()
}

/// A JPEG of 640 × 480 with these segments behind JFIF's.
pub(crate) fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let frame = segment(0xc0, &[8, 1, 0xe0, 2, 0x80, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    let scan = segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    [b"\xff\xd8".to_vec(), jfif, segments.concat(), frame, scan, b"\x12\xff\0\x34\xff\xd9".to_vec()].concat()
}

pub(crate) fn exif_segment(block: &[u8]) -> Vec<u8> {
    segment(0xe1, &[b"Exif\0\0", block].concat())
}

pub(crate) fn xmp_segment(packet: &[u8]) -> Vec<u8> {
    segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", packet].concat())
}

pub(crate) fn iptc_segment(block: &[u8]) -> Vec<u8> {
    let mut body = b"Photoshop 3.0\x008BIM\x04\x04\0\0".to_vec();
    body.extend((block.len() as u32).to_be_bytes());
    body.extend(block);
    body.extend(&[0][..block.len() % 2]);
    segment(0xed, &body)
}

pub(crate) fn iim(sets: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let set = |(record, number, content): &(u8, u8, &[u8])| {
        [&[0x1c, *record, *number], &(content.len() as u16).to_be_bytes()[..], content].concat()
    };
    sets.iter().flat_map(set).collect()
}

/// A packet whose one description holds these elements.
pub(crate) fn xmp(elements: &str) -> Vec<u8> {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/">
<rdf:Description rdf:about="">{elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"#
    )
    .into_bytes()
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32).to_be_bytes()[..], kind, body, &[0; 4]].concat()
}

/// A PNG of 640 × 480 in 16-bit colour with alpha and these chunks.
pub(crate) fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let header = [&640_u32.to_be_bytes()[..], &480_u32.to_be_bytes(), &[16, 6, 0, 0, 0]].concat();
    let more: Vec<u8> = chunks.iter().flat_map(|(kind, body)| chunk(kind, body)).collect();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), more, chunk(b"IDAT", b"x"), chunk(b"IEND", b"")].concat()
}

/// A lossy WebP of 640 × 480 of an odd length.
pub(crate) fn webp() -> Vec<u8> {
    let picture = b"\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01picture";
    let mut out = [b"RIFF\0\0\0\0WEBPVP8 ", &(picture.len() as u32).to_le_bytes()[..], picture, &[0]].concat();
    let length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    out
}

pub(crate) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&((body.len() + 8) as u32).to_be_bytes()[..], kind, body].concat()
}

/// An AVIF of 640 × 480 with an alpha picture, turned by a quarter; both pictures' bytes lie in `mdat`.
pub(crate) fn avif() -> Vec<u8> {
    avif_with(true)
}

/// The same with the list of pictures before or behind the pictures themselves.
pub(crate) fn avif_with(list_first: bool) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", b"avif\0\0\0\0avifmif1miaf");
    let with = |first: u32, second: u32| {
        let entry = |id: u8| boxed(b"infe", &[2, 0, 0, 0, 0, id, 0, 0, b'a', b'v', b'0', b'1', 0]);
        let iinf = boxed(b"iinf", &[vec![0, 0, 0, 0, 0, 2], entry(1), entry(2)].concat());
        let place = |id: u8, at: u32, length: u32| {
            [&[0, id, 0, 0, 0, 1][..], &at.to_be_bytes(), &length.to_be_bytes()].concat()
        };
        let iloc = boxed(b"iloc", &[vec![0, 0, 0, 0, 0x44, 0, 0, 2], place(1, first, 5), place(2, second, 4)].concat());
        let iref = boxed(b"iref", &[vec![0; 4], boxed(b"auxl", &[0, 2, 0, 1, 0, 1])].concat());
        let size = boxed(b"ispe", &[0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 1, 0xe0]);
        let av1 = boxed(b"av1C", &[0x81, 0, 0x4c, 0]);
        let alpha = boxed(b"auxC", b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0");
        let properties = boxed(b"ipco", &[size, av1, boxed(b"irot", &[1]), alpha].concat());
        let associations = boxed(b"ipma", &[0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 3, 1, 0x82, 3, 0, 2, 3, 1, 0x82, 4]);
        let iprp = boxed(b"iprp", &[properties, associations].concat());
        let pitm = boxed(b"pitm", &[0, 0, 0, 0, 0, 1]);
        boxed(b"meta", &[vec![0; 4], pitm, iinf, iloc, iref, iprp].concat())
    };
    let before = ftyp.len() + if list_first { with(0, 0).len() } else { 0 };
    let start = (before + 8) as u32;
    let (meta, mdat) = (with(start, start + 5), boxed(b"mdat", b"firstnext"));
    if list_first { [ftyp, meta, mdat].concat() } else { [ftyp, mdat, meta].concat() }
}
