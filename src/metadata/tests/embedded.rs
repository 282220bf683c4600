use super::build::{exif_segment, jpeg, xmp, xmp_segment};
use super::{Limits, camera_block};
use crate::metadata::embedded;

#[test]
fn a_sidecar_begins_with_the_packet_and_with_what_other_blocks_say() {
    let packet = xmp("<dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>");
    let photo = jpeg(&[exif_segment(&camera_block()), xmp_segment(&packet)]);
    let found = embedded(&photo, &Limits::default()).unwrap();
    assert_eq!(found.packet.as_deref(), Some(std::str::from_utf8(&packet).unwrap().trim()));
    assert_eq!(
        (found.metadata.keywords, found.metadata.creators),
        (vec!["lake".to_owned()], vec!["Jón Þór".to_owned()])
    );
}

#[test]
fn a_raw_file_built_like_tiff_is_read_and_of_others_nothing_is_known() {
    let found = embedded(&camera_block(), &Limits::default()).unwrap();
    assert_eq!((found.packet, found.metadata.creators), (None, vec!["Jón Þór".to_owned()]));
    let other = embedded(b"FUJIFILMCCD-RAW 0201", &Limits::default()).unwrap();
    assert_eq!((other.packet, other.metadata), (None, crate::metadata::Metadata::default()));
}

#[test]
fn two_packets_are_no_beginning() {
    let two = [xmp_segment(&xmp("<dc:title>a</dc:title>")), xmp_segment(&xmp("<dc:title>b</dc:title>"))];
    assert!(embedded(&jpeg(&two), &Limits::default()).unwrap_err().contains("several parts"));
}
