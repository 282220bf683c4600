use super::super::blocks::Blocks;
use super::super::{Carried, Gps, Metadata, Packet, Rights, strip_check};
use super::build::{avif, avif_with, exif_segment, iim, iptc_segment, jpeg, webp, xmp, xmp_segment};
use super::{camera_block, header_of, rights, said_by, splice};
use crate::formats::isobmff::Meta;
use crate::formats::{Limits, SourceFormat};

fn pictures() -> [Vec<u8>; 3] {
    [jpeg(&[]), webp(), avif()]
}

#[test]
fn rights_are_read_back_from_every_format() {
    let packet = Packet::new(&rights());
    for picture in pictures() {
        let spliced = splice(&picture, &packet).unwrap();
        let said = said_by(&spliced);
        assert_eq!(Rights::from(&said), rights());
        let only_rights = Metadata {
            creators: said.creators.clone(),
            copyright: said.copyright.clone(),
            credit: said.credit.clone(),
            marked: said.marked,
            licence: said.licence.clone(),
            data_mining: said.data_mining.clone(),
            ..Metadata::default()
        };
        assert_eq!(said, only_rights);
        assert!(strip_check(&spliced).is_clean(), "{:?}", strip_check(&spliced));
        assert_eq!(header_of(&spliced, "a").displayed_size(), header_of(&picture, "a").displayed_size());
    }
}

#[test]
fn each_block_alone_names_the_owner() {
    let spliced = splice(&jpeg(&[]), &Packet::new(&rights())).unwrap();
    let blocks = Blocks::of(&spliced, SourceFormat::Jpeg, &Limits::default());
    let exif = super::super::exif::read(&blocks.exif.unwrap());
    assert_eq!((exif.metadata.creators, exif.warnings.len()), (rights().creators, 0));
    let (iptc, warnings) = super::super::iptc::read(&blocks.iptc.unwrap());
    assert_eq!(iptc.creators, rights().creators);
    assert_eq!(iptc.copyright.as_deref(), Some("© 2026 Jón & Ann <all rights>"));
    assert_eq!((iptc.credit.as_deref(), warnings.len()), (Some("Safelight"), 0));
}

#[test]
fn the_picture_s_own_bytes_stay() {
    let packet = Packet::new(&rights());
    let [in_jpeg, in_webp, in_avif] = pictures().map(|picture| splice(&picture, &packet).unwrap());
    assert!(in_jpeg.ends_with(&jpeg(&[])[20..]) && in_jpeg.starts_with(&jpeg(&[])[..20]));
    let picture = |bytes: &[u8]| {
        let mut chunks = crate::formats::webp::chunks(bytes);
        chunks.find(|(kind, _)| *kind == b"VP8 ").map(|(_, body)| body.to_vec())
    };
    assert_eq!(picture(&in_webp), picture(&webp()));
    let meta = Meta::of_file(&in_avif).unwrap();
    assert_eq!(meta.content(&in_avif, 1, 100).as_deref(), Some(&b"first"[..]));
    assert_eq!(meta.content(&in_avif, 2, 100).as_deref(), Some(&b"next"[..]));
    assert_eq!(meta.pointing_at(1, b"cdsc"), [3, 4]);
    assert_eq!(meta.pointing_at(1, b"auxl"), [2]);
    assert_eq!(meta.properties(1).len(), 3);
}

#[test]
fn an_avif_whose_list_comes_last_keeps_its_pictures_too() {
    let spliced = splice(&avif_with(false), &Packet::new(&rights())).unwrap();
    let meta = Meta::of_file(&spliced).unwrap();
    assert_eq!(meta.content(&spliced, 1, 100).as_deref(), Some(&b"first"[..]));
    assert_eq!(meta.content(&spliced, 2, 100).as_deref(), Some(&b"next"[..]));
    assert_eq!(Rights::from(&said_by(&spliced)), rights());
}

#[test]
fn nothing_to_say_changes_nothing() {
    let packet = Packet::new(&Rights { creators: vec!["  \u{7} ".into()], ..Rights::default() });
    assert!(packet.is_empty());
    for picture in pictures() {
        assert_eq!(splice(&picture, &packet).unwrap(), picture);
    }
}

#[test]
fn coordinates_are_written_only_where_they_are_given() {
    let with = Rights { gps: Gps::new(-33.8568, 151.2153, Some(-4.25)), ..rights() };
    for picture in pictures() {
        let spliced = splice(&picture, &Packet::new(&with)).unwrap();
        let gps = said_by(&spliced).gps.unwrap();
        assert!((gps.latitude + 33.8568).abs() < 1e-7 && (gps.longitude - 151.2153).abs() < 1e-7);
        assert_eq!(gps.altitude, Some(-4.25));
        assert!(strip_check(&spliced).has(Carried::Gps));
    }
}

#[test]
fn the_longest_texts_still_fit_a_jpeg() {
    let long = Some("&é".repeat(50_000));
    let rights = Rights {
        creators: vec!["&".repeat(1_990), "é".repeat(50_000), "Ann".into()],
        copyright: long.clone(),
        credit: long.clone(),
        licence_url: Some(format!("https://creativecommons.org/{}", "&".repeat(50_000))),
        ..Rights::default()
    };
    let spliced = splice(&jpeg(&[]), &Packet::new(&rights)).unwrap();
    assert_eq!(said_by(&spliced).creators, ["&".repeat(1_990), "é".repeat(4)]);
}

#[test]
fn a_photo_that_says_whether_it_is_marked_keeps_its_word() {
    let written = |marked| {
        let packet = Packet::new(&Rights { marked, copyright: Some("© A".into()), ..Rights::default() });
        said_by(&splice(&jpeg(&[]), &packet).unwrap()).marked
    };
    assert_eq!([None, Some(true), Some(false)].map(written), [Some(true), Some(true), Some(false)]);
}

#[test]
fn a_fingerprint_follows_every_right() {
    let base = Packet::new(&rights()).fingerprint();
    assert_eq!(Packet::new(&rights()).fingerprint(), base);
    let changes: [fn(&mut Rights); 7] = [
        |rights| rights.creators = Vec::new(),
        |rights| rights.copyright = Some("©".into()),
        |rights| rights.credit = None,
        |rights| rights.marked = Some(false),
        |rights| rights.licence_url = None,
        |rights| rights.data_mining = None,
        |rights| rights.gps = Gps::new(1.0, 2.0, None),
    ];
    for change in changes {
        let mut changed = rights();
        change(&mut changed);
        assert_ne!(Packet::new(&changed).fingerprint(), base);
    }
}

#[test]
fn the_check_finds_what_must_not_be_published() {
    let photo = jpeg(&[
        exif_segment(&camera_block()),
        xmp_segment(&xmp("<xmp:Label>Red</xmp:Label>")),
        iptc_segment(&iim(&[(2, 120, b"x")])),
        super::build::segment(0xfe, b"made by me"),
    ]);
    let found = strip_check(&photo);
    for kind in [Carried::Gps, Carried::SerialNumber, Carried::Comment, Carried::Other] {
        assert!(found.has(kind), "{kind:?}");
    }
    assert!(found.items.contains(&(Carried::Other, "IPTC 2:120".into())));
    assert!(found.items.contains(&(Carried::Other, "XMP xmp:Label".into())));
    assert!(strip_check(&[jpeg(&[]), b"film".to_vec()].concat()).has(Carried::Other));
    assert!(pictures().iter().all(|picture| strip_check(picture).is_clean()));
}

#[test]
fn an_avif_built_in_an_unknown_way_is_refused() {
    let packet = Packet::new(&rights());
    let picture = avif();
    let once = splice(&picture, &packet).unwrap();
    assert!(splice(&once, &packet).is_err());
    assert!(splice(&[picture, super::build::boxed(b"moov", b"")].concat(), &packet).is_err());
    assert!(splice(&super::build::png(&[]), &packet).is_err());
}
