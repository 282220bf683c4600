use super::super::{DataMining, Licence, read, read_in, read_sidecar};
use super::build::{ascii, exif_segment, iim, iptc_segment, jpeg, long, png, raw, short, tiff, xmp, xmp_segment};
use super::{camera_block, header_of, said_by};
use crate::formats::{Limits, SourceFormat};
use md5::{Digest, Md5};

#[test]
fn a_camera_s_own_words_are_read() {
    let photo = jpeg(&[exif_segment(&camera_block())]);
    let header = header_of(&photo, "a.jpg");
    assert_eq!((header.width, header.height, header.orientation), (640, 480, 6));
    assert_eq!(header.displayed_size(), (480, 640));
    let said = said_by(&photo);
    assert_eq!(said.caption, None);
    assert_eq!(said.creators, ["Jón Þór"]);
    assert_eq!(said.copyright.as_deref(), Some("© Jón; Paper Ltd"));
    assert_eq!(said.taken.unwrap().iso(), "2024-06-01T14:03:22.05+02:00");
    let camera = &said.camera;
    assert_eq!(camera.camera_name().as_deref(), Some("Canon EOS R5"));
    assert_eq!(camera.exposure_text().as_deref(), Some("1/250 s"));
    assert_eq!(camera.aperture_text().as_deref(), Some("f/2.8"));
    assert_eq!(camera.focal_length_text().as_deref(), Some("35 mm"));
    assert_eq!(camera.iso_text().as_deref(), Some("ISO 400"));
    assert_eq!(camera.lens.as_deref(), Some("RF35mm F1.8 MACRO IS STM"));
    let gps = said.gps.unwrap();
    assert!((gps.latitude - 64.1466).abs() < 1e-9 && (gps.longitude + 21.9426).abs() < 1e-9);
    assert_eq!(gps.altitude, Some(-12.5));
}

#[test]
fn every_format_carries_the_same_words() {
    let block = camera_block();
    let packet = xmp("<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title>");
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_slice()].concat();
    let in_png = png(&[(b"iTXt", &text), (b"eXIf", &block)]);
    let in_jpeg = jpeg(&[exif_segment(&block), xmp_segment(&packet)]);
    assert_eq!(said_by(&in_png), said_by(&in_jpeg));
    assert_eq!(said_by(&in_png).title.as_deref(), Some("Title"));
    let header = header_of(&in_png, "a.png");
    assert_eq!((header.bits, header.channels, header.has_alpha, header.orientation), (16, 4, true, 6));
}

#[test]
fn a_compressed_png_text_is_inflated_within_the_limits() {
    use std::io::Write as _;
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&xmp(&format!("<photoshop:Credit>News</photoshop:Credit>{}", " ".repeat(1 << 20)))).unwrap();
    let text = [b"XML:com.adobe.xmp\0\x01\0\0\0", deflated.finish().unwrap().as_slice()].concat();
    let photo = png(&[(b"iTXt", &text)]);
    assert_eq!(said_by(&photo).credit.as_deref(), Some("News"));
    let tight = Limits { metadata_bytes: 1 << 16, ..Limits::default() };
    let (said, warnings) = read(&photo, &header_of(&photo, "a.png"), &tight);
    assert_eq!((said.credit, warnings.len()), (None, 1));
}

#[test]
fn a_png_s_raw_profiles_are_read() {
    let profile = |name: &str, block: &[u8]| {
        let digits: Vec<String> =
            block.chunks(36).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
        format!("Raw profile type {name}\0\n{name} profile\n{:8}\n{}\n", block.len(), digits.join("\n")).into_bytes()
    };
    let exif = profile("exif", &[b"Exif\0\0", camera_block().as_slice()].concat());
    let iptc = profile("iptc", &iim(&[(2, 25, b"one"), (2, 110, b"News")]));
    let photo = png(&[(b"tEXt", &exif), (b"tEXt", &iptc)]);
    assert_eq!(header_of(&photo, "a.png").orientation, 6);
    let said = said_by(&photo);
    assert_eq!((said.credit.as_deref(), said.keywords), (Some("News"), vec!["one".to_owned()]));
    assert_eq!(said.camera.model.as_deref(), Some("Canon EOS R5"));
}

#[test]
fn xmp_counts_before_iptc_and_iptc_before_exif() {
    let block = iim(&[
        (1, 90, b"\x1b%G"),
        (2, 5, b"IPTC title"),
        (2, 25, b"one"),
        (2, 25, "tv\u{e5}".as_bytes()),
        (2, 25, b"one"),
        (2, 80, b"IPTC creator"),
        (2, 90, b"IPTC city"),
        (2, 120, "IPTC\r\ncaption".as_bytes()),
    ]);
    let packet = xmp("<dc:title>XMP title</dc:title><photoshop:Country>Iceland</photoshop:Country>");
    let photo = jpeg(&[exif_segment(&camera_block()), xmp_segment(&packet), iptc_segment(&block)]);
    let said = said_by(&photo);
    assert_eq!(said.title.as_deref(), Some("XMP title"));
    assert_eq!(said.caption.as_deref(), Some("IPTC\ncaption"));
    assert_eq!(said.creators, ["IPTC creator"]);
    assert_eq!(said.copyright.as_deref(), Some("© Jón; Paper Ltd"));
    assert_eq!(said.keywords, ["one", "två"]);
    // Places are taken whole: no city from one block in a country from another.
    assert_eq!((said.location.city.as_deref(), said.location.country.as_deref()), (None, Some("Iceland")));
}

#[test]
fn iptc_without_a_declared_encoding_is_windows_1252() {
    let photo = jpeg(&[iptc_segment(&iim(&[(2, 120, b"caf\xe9 \x93x\x94")]))]);
    assert_eq!(said_by(&photo).caption.as_deref(), Some("café “x”"));
}

#[test]
fn iptc_of_other_scripts_is_guessed_from_the_whole_block() {
    let said = |encoding: &'static encoding_rs::Encoding, texts: [&str; 3]| {
        let [title, caption, city] = texts.map(|text| encoding.encode(text).0.into_owned());
        let said = said_by(&jpeg(&[iptc_segment(&iim(&[(2, 5, &title), (2, 90, &city), (2, 120, &caption)]))]));
        [said.title, said.caption, said.location.city].map(|text| text.unwrap_or_default().to_string())
    };
    for (encoding, texts) in [
        (encoding_rs::WINDOWS_1251, ["Закат", "Закат над Невой", "Мга"]),
        (encoding_rs::SHIFT_JIS, ["夕日", "清水寺から見た夕日です", "京都"]),
        (encoding_rs::GBK, ["日落", "长城上的日落非常美丽", "北京"]),
        (encoding_rs::MACINTOSH, ["Frühling", "Zürich im Frühling, Crème brûlée", "Zürich"]),
        (encoding_rs::WINDOWS_1252, ["Frühling", "Zürich im Frühling, Crème brûlée", "Zürich"]),
    ] {
        assert_eq!(said(encoding, texts), texts, "{}", encoding.name());
    }
    // Too little to tell: no text rather than a wrong one.
    let short = jpeg(&[iptc_segment(&iim(&[(2, 120, b"\xcc\xe8\xf0")]))]);
    assert_eq!(said_by(&short).caption, None);
}

#[test]
fn a_caption_may_stand_in_the_user_comment_and_behind_what_the_camera_wrote() {
    let said = |first: &[super::build::Entry], comment: &[u8]| {
        said_by(&jpeg(&[exif_segment(&tiff(first, &[(0x8769, &[raw(0x9286, comment)])]))])).caption
    };
    let wide: Vec<u8> = "Am See, Zürich".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(said(&[], &[b"UNICODE\0", wide.as_slice()].concat()).as_deref(), Some("Am See, Zürich"));
    assert_eq!(said(&[ascii(0x010e, b"SAMSUNG")], b"ASCII\0\0\0At the lake  \0").as_deref(), Some("At the lake"));
    assert_eq!(said(&[ascii(0x010e, b"By hand")], b"ASCII\0\0\0At the lake").as_deref(), Some("By hand"));
    let camera = [ascii(0x010e, b"Tinycam 3"), ascii(0x0110, b"Tinycam 3")];
    assert_eq!(said(&camera, b"ASCII\0\0\0Screenshot"), None);
    assert_eq!(said(&camera, b"\0\0\0\0\0\0\0\0filter: 0; fileterIntensity: 0.0; filterMask: 0;"), None);
}

#[test]
fn exif_s_notation_is_read_in_xmp_and_iptc() {
    let taken = |elements: &str| said_by(&jpeg(&[xmp_segment(&xmp(elements))])).taken.unwrap().iso();
    let date = "2024:07:01 09:00:00";
    assert_eq!(taken(&format!("<exif:DateTimeOriginal>{date}</exif:DateTimeOriginal>")), "2024-07-01T09:00:00");
    assert_eq!(
        taken(&format!("<photoshop:DateCreated>{date}+02:00</photoshop:DateCreated>")),
        "2024-07-01T09:00:00+02:00"
    );
    assert_eq!(taken("<xmp:CreateDate>2024:07:01</xmp:CreateDate>"), "2024-07-01");
    assert_eq!(taken(&format!("<exif:DateTimeDigitized>{date}</exif:DateTimeDigitized>")), "2024-07-01T09:00:00");
    let iptc = jpeg(&[iptc_segment(&iim(&[(2, 55, b"2024:07:01"), (2, 60, b"09:00:00")]))]);
    assert_eq!(said_by(&iptc).taken.unwrap().iso(), "2024-07-01T09:00:00");
}

#[test]
fn an_unset_clock_leaves_the_date_to_another_block() {
    let block = tiff(&[], &[(0x8769, &[ascii(0x9003, b"1980:01:01 00:00:00"), ascii(0x9004, b"2002:12:08 12:00:00")])]);
    let packet = xmp("<photoshop:DateCreated>1999-05-06</photoshop:DateCreated>");
    assert_eq!(said_by(&jpeg(&[exif_segment(&block)])).taken, None);
    assert_eq!(said_by(&jpeg(&[exif_segment(&block), xmp_segment(&packet)])).taken.unwrap().iso(), "1999-05-06");
}

#[test]
fn the_offset_of_another_time_counts_where_it_names_the_same_second() {
    let taken = |stored: &[u8]| {
        let shot = [ascii(0x9003, b"2024:06:01 14:03:22"), ascii(0x9010, b"+02:00")];
        said_by(&jpeg(&[exif_segment(&tiff(&[ascii(0x0132, stored)], &[(0x8769, &shot)]))])).taken.unwrap().iso()
    };
    assert_eq!(taken(b"2024:06:01 14:03:22"), "2024-06-01T14:03:22+02:00");
    assert_eq!(taken(b"2024:07:01 14:03:22"), "2024-06-01T14:03:22");
}

#[test]
fn a_moment_keeps_the_camera_s_parts_and_borrows_only_a_real_offset() {
    let mut block = camera_block();
    // Without its own offset.
    let at = block.windows(6).position(|window| window == b"+02:00").unwrap();
    block[at..at + 6].fill(b' ');
    let taken = |zone: &str| {
        let packet = xmp(&format!("<photoshop:DateCreated>2024-06-01T14:03:22{zone}</photoshop:DateCreated>"));
        said_by(&jpeg(&[exif_segment(&block), xmp_segment(&packet)])).taken.unwrap().iso()
    };
    assert_eq!(taken("+05:30"), "2024-06-01T14:03:22.05+05:30");
    assert_eq!(taken("Z"), "2024-06-01T14:03:22.05");
}

#[test]
fn the_day_of_a_scan_comes_after_every_day_of_the_picture() {
    let packet = xmp("<xmp:CreateDate>2020-05-06T07:08:09</xmp:CreateDate>");
    let scan = jpeg(&[xmp_segment(&packet), iptc_segment(&iim(&[(2, 55, b"19870000")]))]);
    assert_eq!(said_by(&scan).taken.unwrap().iso(), "1987");
    assert_eq!(said_by(&jpeg(&[xmp_segment(&packet)])).taken.unwrap().iso(), "2020-05-06T07:08:09");
    assert_eq!(read_sidecar(&packet, &Limits::default()).unwrap().taken, None);
}

#[test]
fn xmp_is_read_in_all_its_forms() {
    let packet = xmp(
        "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>House</rdf:li><rdf:li xml:lang='de-AT'>Haus</rdf:li></rdf:Alt></dc:title>\
         <dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator>\
         <dc:subject><rdf:Bag><rdf:li> a </rdf:li><rdf:li>b &amp; c</rdf:li><rdf:li>a</rdf:li></rdf:Bag></dc:subject>\
         <Iptc4xmpCore:AltTextAccessibility>A house</Iptc4xmpCore:AltTextAccessibility>\
         <xmpRights:WebStatement rdf:resource='https://example.org/l'/>\
         <plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>\
         <Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:City>Reykjavík</Iptc4xmpExt:City>\
         </rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>\
         <exif:GPSLatitude>64,8.796N</exif:GPSLatitude><exif:GPSLongitude>21,56.556W</exif:GPSLongitude>\
         </rdf:Description><rdf:Description xmp:Rating='4' xmp:Label='Red' photoshop:Credit='News'>",
    );
    let said = read_sidecar(&packet, &Limits::default()).unwrap();
    assert_eq!(said.title.as_deref(), Some("House"));
    assert_eq!(said.creators, ["Ann", "Bob"]);
    assert_eq!(said.keywords, ["a", "b & c"]);
    assert_eq!(said.alt.as_deref(), Some("A house"));
    assert_eq!(said.licence, Some(Licence::Address("https://example.org/l".into())));
    assert_eq!(said.data_mining, Some(DataMining::Prohibited));
    assert_eq!(said.location.city.as_deref(), Some("Reykjavík"));
    assert_eq!((said.rating, said.label.as_deref(), said.credit.as_deref()), (Some(4), Some("Red"), Some("News")));
    assert!((said.gps.unwrap().longitude + 21.9426).abs() < 1e-9);
    let photo = jpeg(&[xmp_segment(&packet)]);
    let title = |language| read_in(&photo, &header_of(&photo, "a"), &Limits::default(), language).0.title;
    assert_eq!(title(Some("de")).as_deref(), Some("Haus"));
    assert_eq!(title(Some("fr")).as_deref(), Some("House"));
}

#[test]
fn a_licence_that_would_run_as_script_is_left_out() {
    let photo = jpeg(&[xmp_segment(&xmp("<xmpRights:WebStatement>javascript:alert(1)</xmpRights:WebStatement>"))]);
    let (said, warnings) = read(&photo, &header_of(&photo, "a"), &Limits::default());
    assert_eq!((said.licence, warnings.len()), (Some(Licence::Unusable), 1));
}

#[test]
fn an_address_with_an_apostrophe_in_it_is_a_licence() {
    let said = |address: &str| {
        let element = format!("<xmpRights:WebStatement>{address}</xmpRights:WebStatement>");
        said_by(&jpeg(&[xmp_segment(&xmp(&element))])).licence
    };
    let address = "https://ex.org/it's/licence";
    assert_eq!(said(address), Some(Licence::Address(address.into())));
}

#[test]
fn an_unknown_word_on_data_mining_never_becomes_a_permission() {
    let said = |word: &str| {
        let photo = jpeg(&[xmp_segment(&xmp(&format!("<plus:DataMining>{word}</plus:DataMining>")))]);
        let (said, warnings) = read(&photo, &header_of(&photo, "a"), &Limits::default());
        (said.data_mining, warnings.len())
    };
    let vocabulary = "http://ns.useplus.org/ldf/vocab";
    let newer = DataMining::Other("DMI-PROHIBITED-NEWTHING".into());
    assert_eq!(newer.uri(), format!("{vocabulary}/DMI-PROHIBITED-NEWTHING"));
    assert_eq!(said(&format!("{vocabulary}/DMI-PROHIBITED-NEWTHING")), (Some(newer), 1));
    assert_eq!(said(&format!("{vocabulary}/DMI-PROHIBITED/")), (Some(DataMining::Prohibited), 0));
    assert_eq!(said("PLUS DMI-PROHIBITED"), (Some(DataMining::Prohibited), 1));
    assert_eq!(said("https://ex.org/&lt;/DMI-&gt;"), (Some(DataMining::Prohibited), 1));
    assert_eq!(said(&format!("{vocabulary}/DMI-ALLOWED")), (Some(DataMining::Allowed), 0));
    // Nothing specified is nothing said, and the site's word counts.
    assert_eq!(said(&format!("{vocabulary}/DMI-UNSPECIFIED")), (None, 0));
    assert_eq!(said(" "), (None, 0));
}

#[test]
fn it_is_remembered_that_xmp_could_not_be_read() {
    let unread = |photo: &[u8]| read(photo, &header_of(photo, "a"), &Limits::default()).0.unread;
    assert!(!unread(&jpeg(&[xmp_segment(&xmp("<dc:title>A</dc:title>"))])));
    assert!(unread(&jpeg(&[xmp_segment(b"<x:xmpmeta")])));
    assert!(unread(&png(&[(b"zTXt", b"Raw profile type xmp\0\0damaged")])));
    let photo = jpeg(&[xmp_segment(&xmp("<dc:title>A</dc:title>"))]);
    let limits = Limits { metadata_bytes: 100, ..Limits::default() };
    assert!(read(&photo, &header_of(&photo, "a"), &limits).0.unread);
}

#[test]
fn it_is_remembered_where_more_keywords_may_stand_than_could_be_read() {
    let said = |photo: &[u8]| read(photo, &header_of(photo, "a"), &Limits::default()).0;
    let unread = |photo: &[u8]| said(photo).keywords_unread;
    let iptc = iim(&[(2, 25, b"family"), (2, 25, b"boat")]);
    let words = xmp("<dc:subject><rdf:Bag><rdf:li>boat</rdf:li></rdf:Bag></dc:subject>");
    let exif = tiff(&[ascii(0x013b, b"Ann")], &[]);
    let whole = jpeg(&[exif_segment(&exif), xmp_segment(&words), iptc_segment(&iptc)]);
    assert!(!unread(&whole) && !unread(&jpeg(&[iptc_segment(&iptc)])) && !unread(&jpeg(&[])));
    // The first block with keywords has them all.
    let cut = iptc_segment(&iptc[..iptc.len() - 2]);
    assert!(unread(&jpeg(std::slice::from_ref(&cut))));
    assert!(!unread(&jpeg(&[xmp_segment(&words), cut.clone()])));
    assert!(unread(&jpeg(&[xmp_segment(&xmp("<dc:title>A</dc:title>")), cut])));
    let damaged =
        |packet: &[u8]| xmp_segment(&String::from_utf8_lossy(packet).replace("</rdf:RDF>", "</rdf:RDX>").into_bytes());
    let over = jpeg(&[damaged(&words), iptc_segment(&iptc)]);
    assert!(unread(&over) && said(&over).keywords == ["family", "boat"]);
    // A list of resources that breaks off before the one with the keywords.
    let mut resources = iptc_segment(&iptc);
    let at = resources.windows(4).position(|four| four == b"8BIM").unwrap();
    resources[at] = b'9';
    let lost = jpeg(&[resources]);
    assert!(unread(&lost) && said(&lost).keywords.is_empty());
    assert!(unread(&jpeg(&[exif_segment(b"II*\0damaged")])));
    assert!(unread(&png(&[(b"zTXt", b"Raw profile type iptc\0\0damaged")])));
    let limits = Limits { metadata_bytes: 10, ..Limits::default() };
    let photo = jpeg(&[iptc_segment(&iptc)]);
    assert!(read(&photo, &header_of(&photo, "a"), &limits).0.keywords_unread);
}

#[test]
fn a_sidecar_with_keywords_makes_up_for_those_that_could_not_be_read() {
    use crate::metadata::Metadata;
    let words = |words: &[&str], unread| Metadata {
        keywords: words.iter().map(|word| (*word).to_owned()).collect(),
        keywords_unread: unread,
        ..Metadata::default()
    };
    let of = |photo: Metadata, sidecar: Metadata| photo.overlaid_with(sidecar).keywords_unread;
    assert!(!of(words(&["a"], true), words(&["b"], false)));
    assert!(of(words(&["a"], true), words(&[], false)));
    assert!(of(words(&["a"], false), words(&["b"], true)) && !of(words(&["a"], false), words(&[], false)));
}

#[test]
fn creators_are_kept_each_by_one_name() {
    let packet =
        xmp("<dc:creator><rdf:Seq><rdf:li>Smith; Sons &amp; Co</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator>");
    let said = said_by(&jpeg(&[xmp_segment(&packet)]));
    assert_eq!(said.creators, ["Smith; Sons & Co", "Bob"]);
    let block = tiff(&[ascii(0x013b, b"Ann; Bob;")], &[]);
    assert_eq!(said_by(&jpeg(&[exif_segment(&block)])).creators, ["Ann", "Bob"]);
}

#[test]
fn extended_xmp_is_put_together_only_where_its_digest_agrees() {
    let extended = xmp("<dc:description>Long</dc:description>");
    let guid: String = Md5::digest(&extended).iter().map(|byte| format!("{byte:02X}")).collect();
    let main = xmp(&format!("<xmpNote:HasExtendedXMP>{guid}</xmpNote:HasExtendedXMP>"));
    let piece = |at: usize, bytes: &[u8]| {
        let lengths = [(extended.len() as u32).to_be_bytes(), (at as u32).to_be_bytes()].concat();
        let head = [b"http://ns.adobe.com/xmp/extension/\0", guid.as_bytes(), &lengths].concat();
        super::build::segment(0xe1, &[head.as_slice(), bytes].concat())
    };
    let (one, two) = extended.split_at(100);
    let whole = jpeg(&[xmp_segment(&main), piece(100, two), piece(0, one)]);
    assert_eq!(said_by(&whole).caption.as_deref(), Some("Long"));
    let at = two.windows(4).position(|window| window == b"Long").unwrap();
    let lie = [&two[..at], b"Lies", &two[at + 4..]].concat();
    let forged = jpeg(&[xmp_segment(&main), piece(0, one), piece(100, &lie)]);
    let (said, warnings) = read(&forged, &header_of(&forged, "a"), &Limits::default());
    assert_eq!((said.caption, warnings.len()), (None, 1));
}

#[test]
fn extended_xmp_that_did_not_come_along_may_have_held_keywords() {
    let said = |photo: &[u8]| {
        let (said, warnings) = read(photo, &header_of(photo, "a"), &Limits::default());
        (said.unread, said.keywords_unread, warnings)
    };
    let note = "<xmpNote:HasExtendedXMP>0123456789ABCDEF0123456789ABCDEF</xmpNote:HasExtendedXMP>";
    let missing = vec!["its extended XMP is missing".to_owned()];
    assert_eq!(said(&jpeg(&[xmp_segment(&xmp(note))])), (true, true, missing.clone()));
    // A property stands in the packet or in its extension.
    let words = "<dc:subject><rdf:Bag><rdf:li>boat</rdf:li></rdf:Bag></dc:subject>";
    assert_eq!(said(&jpeg(&[xmp_segment(&xmp(&format!("{words}{note}")))])), (true, false, missing.clone()));
    // A converter takes along what it knows.
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), &xmp(note)].concat();
    assert_eq!(said(&png(&[(b"iTXt", text.as_slice())])), (true, true, missing));
}

#[test]
fn a_second_block_of_a_kind_is_not_passed_over() {
    let said = |photo: &[u8]| {
        let (said, warnings) = read(photo, &header_of(photo, "a"), &Limits::default());
        (said.keywords, said.keywords_unread, warnings.len())
    };
    let words = |word: &str| xmp(&format!("<dc:subject><rdf:Bag><rdf:li>{word}</rdf:li></rdf:Bag></dc:subject>"));
    let boat = vec!["boat".to_owned()];
    let (one, two) = (xmp_segment(&words("boat")), xmp_segment(&words("family")));
    assert_eq!(said(&jpeg(&[one.clone(), two.clone(), two])), (boat.clone(), true, 1));
    assert_eq!(said(&jpeg(&[one.clone(), one])), (boat.clone(), false, 0));
    let (one, two) = (iptc_segment(&iim(&[(2, 25, b"boat")])), iptc_segment(&iim(&[(2, 25, b"family")])));
    assert_eq!(said(&jpeg(&[one.clone(), two.clone()])), (boat.clone(), true, 1));
    assert_eq!(said(&jpeg(&[one.clone(), one.clone()])), (boat.clone(), false, 0));
    // Also where something lies between the two that is no resource.
    let odd = super::build::segment(0xed, b"Photoshop 3.0\0odd");
    assert_eq!(said(&jpeg(&[one, odd, two])), (boat, true, 1));
}

#[test]
fn a_sidecar_lies_over_the_photo() {
    let photo = jpeg(&[exif_segment(&camera_block()), iptc_segment(&iim(&[(2, 25, b"old"), (2, 5, b"Old")]))]);
    let sidecar = xmp("<dc:title>New</dc:title><photoshop:DateCreated>2020-01-02</photoshop:DateCreated>");
    let said = said_by(&photo).overlaid_with(read_sidecar(&sidecar, &Limits::default()).unwrap());
    assert_eq!(said.title.as_deref(), Some("New"));
    assert_eq!(said.keywords, ["old"]);
    assert_eq!(said.taken.unwrap().iso(), "2020-01-02");
    assert!(read_sidecar(b"<html>", &Limits::default()).is_err());
}

#[test]
fn a_tiff_carries_its_blocks_in_tags() {
    let first = [
        short(0x0100, 640),
        short(0x0101, 480),
        short(0x0102, 16),
        short(0x0112, 8),
        short(0x0115, 3),
        raw(700, &xmp("<dc:title>Title</dc:title>")),
        raw(33723, &iim(&[(2, 110, b"News")])),
    ];
    let photo = tiff(&first, &[]);
    let header = header_of(&photo, "a.tif");
    assert_eq!((header.format, header.displayed_size(), header.bits), (SourceFormat::Tiff, (480, 640), 16));
    let said = said_by(&photo);
    assert_eq!((said.title.as_deref(), said.credit.as_deref()), (Some("Title"), Some("News")));
}

/// A packet with a caption that is no ASCII, and a keyword.
fn quay() -> String {
    let elements = "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Zürich, Kai</rdf:li></rdf:Alt></dc:description>\
                    <dc:subject><rdf:Bag><rdf:li>quay</rdf:li></rdf:Bag></dc:subject>";
    String::from_utf8(xmp(elements)).unwrap()
}

/// Caption, keywords, whether something may be missing, and how much was complained of.
fn of_packet(packet: &[u8]) -> (Option<String>, Vec<String>, [bool; 2], usize) {
    let photo = jpeg(&[xmp_segment(packet)]);
    let (said, warnings) = read(&photo, &header_of(&photo, "a.jpg"), &Limits::default());
    (said.caption.map(String::from), said.keywords, [said.unread, said.keywords_unread], warnings.len())
}

/// All of it was read, and nothing doubted.
fn is_whole(packet: &[u8]) -> bool {
    of_packet(packet) == (Some("Zürich, Kai".into()), vec!["quay".into()], [false; 2], 0)
}

#[test]
fn leftovers_outside_a_packet_do_not_spoil_it() {
    let packet = quay();
    let around = |before: &[u8], behind: &[u8]| [before, packet.as_bytes(), behind].concat();
    for behind in [
        &b"\0\0\0\0"[..],
        b"\0",
        b"      \r\n\t\r\n  ",
        b"garbage & more > of it",
        b"\xff\xfe\x80\xc3 binary \0\x01\x02",
        b"<",
        b"ag></x:xmpmeta>\n   \n<?xpacket end=\"w\"?>",
        "ü</rdf:li></rdf:RDF></x:xmpmeta><?xpacket end='w'?>".as_bytes(),
        // A character that is cut in two.
        b"\xbc</x:xmpmeta>",
    ] {
        assert!(is_whole(&around(b"", behind)), "{}", String::from_utf8_lossy(behind));
    }
    for before in [
        &b"\xef\xbb\xbf"[..],
        b"\xef\xbb\xbf\xef\xbb\xbf",
        b"\r\n ",
        b"\0\0",
        b"XMP\0",
        b"junk \xff\xe1 & > ",
        b"<?xml version='1.0' encoding='UTF-8'?>\n",
    ] {
        assert!(is_whole(&around(before, b"")), "{}", String::from_utf8_lossy(before));
        assert!(is_whole(&around(before, b"\0junk\0")), "{}", String::from_utf8_lossy(before));
    }
    assert!(is_whole(packet.replace('\n', "\r\n").as_bytes()));
    // Without the marks of a packet.
    let bare = packet.replace("<?xpacket end=\"w\"?>", "");
    assert!(is_whole([bare.as_bytes(), b"\0 and more"].concat().as_slice()));
}

#[test]
fn elements_outside_a_packet_may_have_counted() {
    let packet = quay();
    let other = packet.replace("quay", "family");
    for odd in [
        format!("{packet}{other}"),
        format!("{packet}\0\0{other}"),
        format!("{packet}<rdf:li>family</rdf:li></rdf:Bag></x:xmpmeta><?xpacket end='w'?>"),
        format!("<dc:subject>family</dc:subject>{packet}"),
        format!("{}{packet}", "<a>".repeat(100)),
    ] {
        // The packet is read, and nobody relies on it having been all.
        let expected = (Some("Zürich, Kai".to_owned()), vec!["quay".to_owned()], [true; 2], 1);
        assert_eq!(of_packet(odd.as_bytes()), expected, "{odd}");
        let (said, warnings) = super::super::read_sidecar_in(odd.as_bytes(), &Limits::default(), None).unwrap();
        assert_eq!((said.keywords, said.unread, said.keywords_unread, warnings.len()), (expected.1, true, true, 1));
    }
    // What is damaged itself stays so.
    let cut = &packet[..packet.len() - 60];
    for damaged in [
        cut.to_owned(),
        format!("{cut}{packet}"),
        packet.replace("</dc:subject>", ""),
        packet.replace("</dc:subject>", "</dc:subjekt>\0"),
        format!("<!DOCTYPE x [<!ATTLIST rdf:li y CDATA 'z'>]>{packet}"),
    ] {
        let (caption, keywords, doubts, warnings) = of_packet(damaged.as_bytes());
        assert_eq!((caption, keywords, doubts, warnings), (None, Vec::new(), [true; 2], 1), "{damaged}");
    }
}

#[test]
fn packets_are_read_in_every_encoding_of_unicode() {
    let packet = quay();
    let sixteen = |order: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let thirty_two = |order: fn(u32) -> [u8; 4], text: &str| {
        text.chars().flat_map(|letter| order(u32::from(letter))).collect::<Vec<u8>>()
    };
    let padded = format!("  {packet}");
    // With a mark before it, and with none but the one that the packet's own beginning may hold.
    for text in
        [packet.clone(), format!("\u{feff}{packet}"), padded, packet.replace("begin=\"\"", "begin=\"\u{feff}\"")]
    {
        let all = [
            text.as_bytes().to_vec(),
            sixteen(u16::to_le_bytes, &text),
            sixteen(u16::to_be_bytes, &text),
            thirty_two(u32::to_le_bytes, &text),
            thirty_two(u32::to_be_bytes, &text),
        ];
        for (which, bytes) in all.into_iter().enumerate() {
            assert!(is_whole(&bytes), "{which} {text:?}");
            assert!(is_whole(&[bytes.as_slice(), &[0; 8]].concat()), "{which} {text:?} with zeros");
            let said = read_sidecar(&bytes, &Limits::default()).unwrap();
            assert_eq!((said.caption.as_deref(), said.keywords), (Some("Zürich, Kai"), vec!["quay".to_owned()]));
        }
    }
    // Part of it elsewhere is missed in every encoding.
    let named = packet.replace(
        "<dc:subject>",
        &format!("<xmpNote:HasExtendedXMP>{}</xmpNote:HasExtendedXMP><dc:subject>", "0".repeat(32)),
    );
    for bytes in [named.as_bytes().to_vec(), sixteen(u16::to_le_bytes, &named), thirty_two(u32::to_be_bytes, &named)] {
        let (.., doubts, warnings) = of_packet(&bytes);
        assert_eq!((doubts[0], warnings), (true, 1));
    }
}

#[test]
fn impossible_settings_of_a_camera_are_left_out_of_exif_and_xmp_alike() {
    use super::super::Camera;
    use super::build::fractions;
    let of_exif = |shutter: (u32, u32), number: (u32, u32), mm: (u32, u32), iso: u32, wide: u16| {
        let shot = [
            fractions(0x829a, &[shutter]),
            fractions(0x829d, &[number]),
            long(0x8827, iso),
            fractions(0x920a, &[mm]),
            short(0xa405, wide),
        ];
        said_by(&jpeg(&[exif_segment(&tiff(&[], &[(0x8769, &shot)]))])).camera
    };
    let of_xmp = |shutter: &str, number: &str, mm: &str, iso: &str, wide: &str| {
        let elements = format!(
            "<exif:ExposureTime>{shutter}</exif:ExposureTime><exif:FNumber>{number}</exif:FNumber>\
             <exif:FocalLength>{mm}</exif:FocalLength><exif:ISOSpeedRatings>{iso}</exif:ISOSpeedRatings>\
             <exif:FocalLengthIn35mmFilm>{wide}</exif:FocalLengthIn35mmFilm>"
        );
        said_by(&jpeg(&[xmp_segment(&xmp(&elements))])).camera
    };
    let told = |camera: &Camera| {
        [camera.exposure_text(), camera.aperture_text(), camera.focal_length_text(), camera.iso_text()]
            .map(Option::unwrap)
    };
    let expected = ["1/250 s", "f/0.95", "22.5 mm", "ISO 102400"];
    assert_eq!(told(&of_exif((1, 250), (95, 100), (225, 10), 102_400, 34)), expected);
    assert_eq!(told(&of_xmp("1/250", "95/100", "22.5", "102400", "34")), expected);
    assert_eq!(told(&of_xmp("0.004", "0.95", "225/10", "102400", "34")), expected);
    const MOST: u32 = u32::MAX;
    for (shutter, number, mm, iso, wide) in [
        ((MOST, 1), (MOST, 1), (MOST, 1), MOST, u16::MAX),
        ((0, 0), (0, 0), (0, 0), 0, 0),
        ((0, 1), (0, 1), (0, 1), 0, 0),
        ((1, 0), (1, 0), (1, 0), 0, 0),
        ((7200, 1), (2000, 1), (65_535, 1), 20_000_000, 65_000),
        ((1, MOST), (1, MOST), (1, MOST), 0, 0),
    ] {
        assert_eq!(of_exif(shutter, number, mm, iso, wide), Camera::default(), "{shutter:?}");
    }
    for odd in [
        "0",
        "-1",
        "-1/250",
        "4294967295",
        "99999999999999999999",
        "1/0",
        "0/0",
        "NaN",
        "inf",
        "-inf",
        "1e30",
        "",
        "unknown",
    ] {
        assert_eq!(of_xmp(odd, odd, odd, odd, odd), Camera::default(), "{odd:?}");
    }
    // What EXIF has no sense of, XMP may know.
    let shot = [fractions(0x829a, &[(MOST, 1)]), long(0x8827, MOST)];
    let block = exif_segment(&tiff(&[ascii(0x010f, b"----"), ascii(0x0110, b"    ")], &[(0x8769, &shot)]));
    let packet = xmp("<exif:ExposureTime>1/3</exif:ExposureTime><exif:ISOSpeedRatings>200</exif:ISOSpeedRatings>");
    let camera = said_by(&jpeg(&[block, xmp_segment(&packet)])).camera;
    assert_eq!((camera.exposure_text().as_deref(), camera.iso, camera.camera_name()), (Some("1/3 s"), Some(200), None));
}
