//! `score REFERENCE PICTURE…`: SSIMULACRA2 of each picture against a reference of the same size, one number on a line.

use calibrate::{decoded, score};
use safelight::images::Scratch;

fn main() {
    let mut files = std::env::args().skip(1);
    let Some(reference) = files.next() else {
        eprintln!("usage: score REFERENCE PICTURE…");
        std::process::exit(2);
    };
    let mut scratch = Scratch::new();
    let mut read = |path: &str| decoded(&std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}")), &mut scratch);
    let reference = read(&reference);
    for picture in files {
        println!("{:.2}", score(&reference, read(&picture)));
    }
}
