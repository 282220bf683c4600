//! `derive FORMATS WIDTHS QUALITY FOLDER PHOTO…`: makes derivatives and prints CPU seconds, bytes and peak memory.
//!
//! FORMATS is a list such as `avif:2560,1920;jpeg:1280`. One thread; photographs one after the other.
use safelight::formats::probe;
use safelight::images::{Format, Limits, Recipe, Scratch, Source, render};

fn cpu() -> f64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, wanted, quality, folder, photos @ ..] = arguments.as_slice() else {
        eprintln!("usage: derive avif:2560,1280;jpeg:1280 80 FOLDER|- PHOTO…");
        std::process::exit(2);
    };
    let quality: u8 = quality.parse().expect("a quality");
    let (limits, mut scratch) = (Limits::default(), Scratch::new());
    let (mut bytes, mut read) = (0, 0.0);
    for (number, photo) in photos.iter().enumerate() {
        let before = cpu();
        let file = std::fs::read(photo).expect("a photograph");
        let header = probe(&file, photo, &limits).expect("a picture");
        let source = Source { bytes: &file, orientation: header.orientation };
        let (full_width, full_height) = header.displayed_size();
        read += cpu() - before;
        let mut recipes = Vec::new();
        for part in wanted.split(';') {
            let (format, widths) = part.split_once(':').expect("format:widths");
            let format = Format::ALL.into_iter().find(|known| known.name() == format).expect("a format");
            for width in widths.split(',') {
                let width = width.parse::<u32>().expect("a width").min(full_width);
                let height = (f64::from(full_height) * f64::from(width) / f64::from(full_width)).round() as u32;
                recipes.push(Recipe { format, width, height, quality, background: [255; 3], max_bytes: None, mark: None });
            }
        }
        let rendered = render(&source, &recipes, &limits, &mut scratch).unwrap_or_else(|error| panic!("{photo}: {error}"));
        for (recipe, encoded) in recipes.iter().zip(&rendered.encoded) {
            bytes += encoded.len();
            if folder != "-" {
                let name = format!("{folder}/{number:03}-{}.{}", recipe.width, recipe.format.extension());
                std::fs::write(name, encoded).expect("a folder to write to");
            }
        }
        for warning in &rendered.warnings {
            eprintln!("{photo}: {warning}");
        }
    }
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    println!("{{\"cpu\": {:.3}, \"read\": {read:.3}, \"bytes\": {bytes}, \"peak_kb\": {}}}", cpu(), usage.ru_maxrss);
}
