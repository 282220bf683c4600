//! Every file cut off at every length and spoiled at every byte: no panic, and never more than it can hold.

use super::super::{Packet, film_check, read, read_sidecar, strip_check};
use super::build::{avif, boxed, exif_segment, iim, iptc_segment, jpeg, png, raw, short, tiff, webp, xmp, xmp_segment};
use super::{camera_block, rights, splice};
use crate::formats::{Limits, probe};

fn files() -> Vec<Vec<u8>> {
    let packet = xmp("<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>T</rdf:li></rdf:Alt></dc:title>");
    let iptc = iim(&[(1, 90, b"\x1b%G"), (2, 5, b"Title"), (2, 55, b"20240601")]);
    let text = [b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_slice()].concat();
    let written = Packet::new(&rights());
    vec![
        jpeg(&[exif_segment(&camera_block()), xmp_segment(&packet), iptc_segment(&iptc)]),
        png(&[(b"iTXt", &text), (b"eXIf", &camera_block())]),
        tiff(&[short(0x0100, 6), short(0x0101, 4), raw(700, &packet), raw(33723, &iptc)], &[]),
        splice(&webp(), &written).unwrap(),
        splice(&avif(), &written).unwrap(),
        avif(),
        webp(),
        film(),
    ]
}

/// One that says in several ways where it was taken.
fn film() -> Vec<u8> {
    let place = boxed(b"udta", &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+50.0100+014.0200/"));
    let keys = boxed(b"keys", &[b"\0\0\0\0\0\0\0\x01", &boxed(b"mdta", b"location")[..]].concat());
    let meta = boxed(b"meta", &[b"\0\0\0\0", &keys[..]].concat());
    let block = boxed(b"Exif", &[b"\0\0\0\0", &camera_block()[..]].concat());
    [boxed(b"ftyp", b"mp42\0\0\0\0"), boxed(b"moov", &[place, meta].concat()), block].concat()
}

/// Everything this room does with a file.
fn handle(bytes: &[u8], packet: &Packet) {
    let limits = Limits::default();
    if let Ok(header) = probe(bytes, "a.jpg", &limits) {
        let (metadata, warnings) = read(bytes, &header, &limits);
        assert!(format!("{metadata:?}{warnings:?}").len() < 20 * bytes.len() + 4096);
    }
    strip_check(bytes);
    film_check(bytes);
    if let Ok(spliced) = splice(bytes, packet) {
        assert!(spliced.len() < bytes.len() + 8192);
    }
}

#[test]
fn files_cut_off_at_any_length_are_survived() {
    let packet = Packet::new(&rights());
    for file in files() {
        (0..file.len()).for_each(|length| handle(&file[..length], &packet));
    }
}

#[test]
fn files_spoiled_at_any_byte_are_survived() {
    let packet = Packet::new(&rights());
    for file in files() {
        for at in 0..file.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, file[at] ^ 0x10] {
                let mut spoiled = file.clone();
                spoiled[at] = value;
                handle(&spoiled, &packet);
            }
        }
    }
}

#[test]
fn files_spoiled_in_several_places_are_survived() {
    let packet = Packet::new(&rights());
    // Numbers that look random and are the same in every run.
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    for file in files() {
        for _ in 0..2000 {
            let mut spoiled = file.clone();
            for _ in 0..1 + next() % 8 {
                let at = next() % spoiled.len();
                spoiled[at] = next() as u8;
            }
            handle(&spoiled, &packet);
        }
    }
}

#[test]
fn entities_and_deep_nests_are_refused() {
    let refused = |text: &str| read_sidecar(text.as_bytes(), &Limits::default()).is_err();
    assert!(refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"));
    assert!(refused(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))));
    assert!(refused(&format!("<a {}/>", (0..100_000).map(|n| format!("b{n}='' ")).collect::<String>())));
}
