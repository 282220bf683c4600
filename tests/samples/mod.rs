//! Small files for tests of the audit.

use std::fs;
use std::io::Write as _;
use std::path::Path;

pub fn picture(path: &Path, colour: u8) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let image = image::RgbImage::from_fn(96, 64, |x, y| image::Rgb([(x as u8).wrapping_mul(colour), y as u8, 90]));
    image.save(path).unwrap();
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}
