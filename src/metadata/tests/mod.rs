//! Whole files through the room's own doors.

mod embedded;
mod hostile;
mod originals;
mod reading;
mod writing;

use super::{Metadata, Packet, Rights, read};
use crate::config::Format;
use crate::formats::tests::build;
use crate::formats::{Header, Limits, SourceFormat, probe};
use build::{ascii, fractions, short, tiff};

fn header_of(bytes: &[u8], name: &str) -> Header {
    probe(bytes, name, &Limits::default()).unwrap()
}

/// What a file says, and that nothing in it was damaged.
fn said_by(bytes: &[u8]) -> Metadata {
    let (metadata, warnings) = read(bytes, &header_of(bytes, "a"), &Limits::default());
    assert_eq!(warnings, Vec::<String>::new());
    metadata
}

/// A packet in a picture of whatever format it is.
fn splice(pixels: &[u8], packet: &Packet) -> crate::Result<Vec<u8>> {
    let format = match SourceFormat::by_bytes(pixels) {
        Some(SourceFormat::Avif) => Format::Avif,
        Some(SourceFormat::Webp) => Format::Webp,
        _ => Format::Jpeg,
    };
    super::splice(format, pixels, packet)
}

/// A block as a camera writes it.
fn camera_block() -> Vec<u8> {
    let first = [
        ascii(0x010e, b"OLYMPUS DIGITAL CAMERA         "),
        ascii(0x010f, b"Canon"),
        ascii(0x0110, b"Canon EOS R5"),
        short(0x0112, 6),
        ascii(0x013b, "Jón Þór".as_bytes()),
        ascii(0x8298, b"\xa9 J\xf3n\0Paper Ltd"),
    ];
    let shot = [
        fractions(0x829a, &[(1, 250)]),
        fractions(0x829d, &[(28, 10)]),
        short(0x8827, 400),
        ascii(0x9003, b"2024:06:01 14:03:22"),
        ascii(0x9011, b"+02:00"),
        fractions(0x920a, &[(35, 1)]),
        ascii(0x9291, b"05"),
        ascii(0xa431, b"0123456789"),
        ascii(0xa434, b"RF35mm F1.8 MACRO IS STM"),
    ];
    let position = [
        ascii(1, b"N"),
        fractions(2, &[(64, 1), (8, 1), (4776, 100)]),
        ascii(3, b"W"),
        fractions(4, &[(21, 1), (56, 1), (3336, 100)]),
        (5, 1, 1, vec![1]),
        fractions(6, &[(25, 2)]),
    ];
    tiff(&first, &[(0x8769, &shot), (0x8825, &position)])
}

fn rights() -> Rights {
    Rights {
        creators: vec!["Jón Þór".into(), "Ann Other".into()],
        copyright: Some("© 2026 Jón & Ann <all rights>".into()),
        credit: Some("Safelight".into()),
        marked: Some(true),
        licence_url: Some("https://creativecommons.org/licenses/by/4.0/?a=1&b=2".into()),
        data_mining: Some(super::DataMining::ProhibitedExceptSearch),
        gps: None,
    }
}
