//! `calibrate PHOTO…`: what the encoders' settings score, and the tables that `src/images/quality.rs` should hold.
//!
//! Every photograph is reduced to 1280 pixels of width by another library than the product's, and given to the
//! product as a PNG of that size, so that nothing but encoding is between what is compared. Scores are SSIMULACRA2.
//! The settings are those that the scale reaches now; a table far off is mended in two or three rounds.

use std::collections::BTreeMap;
use std::time::Instant;

use calibrate::{WIDTH, decoded, frame, score};
use safelight::images::{Format, Limits, Recipe, Scratch, Source, encoders_available, render};

/// The qualities tried, as the tables have them now.
const TRIED: [u8; 15] = [15, 30, 40, 50, 60, 66, 71, 75, 79, 83, 87, 90, 93, 96, 98];
/// The points of the tables.
const POINTS: [f64; 12] = [30.0, 40.0, 50.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 88.0, 90.0, 92.0];

#[derive(Default)]
struct Scores {
    all: Vec<f64>,
    bytes: usize,
    seconds: f64,
}

fn main() {
    let photos: Vec<String> = std::env::args().skip(1).collect();
    if photos.is_empty() {
        eprintln!("usage: calibrate PHOTO…");
        std::process::exit(2);
    }
    // By format and setting.
    let mut found: BTreeMap<(Format, u8), Scores> = BTreeMap::new();
    let (limits, mut scratch) = (Limits::default(), Scratch::new());
    for photo in &photos {
        let picture = image::open(photo).expect("a photograph");
        let small = picture.resize(WIDTH, u32::MAX, image::imageops::FilterType::Lanczos3).to_rgb8();
        let (width, height) = small.dimensions();
        let mut png = std::io::Cursor::new(Vec::new());
        small.write_to(&mut png, image::ImageFormat::Png).expect("a PNG");
        let reference = frame(small.pixels().map(|pixel| pixel.0), width as usize, height as usize);
        for format in encoders_available() {
            let mut last = None;
            for quality in TRIED {
                let recipe = Recipe { format: *format, width, height, quality, background: [255; 3], max_bytes: None, mark: None };
                let setting = setting(&recipe);
                if last.replace(setting) == Some(setting) {
                    continue;
                }
                let before = Instant::now();
                let source = Source { bytes: png.get_ref(), orientation: 1 };
                let made = render(&source, &[recipe], &limits, &mut scratch).expect("a derivative");
                let seconds = before.elapsed().as_secs_f64();
                let score = score(&reference, decoded(&made.encoded[0], &mut scratch));
                let entry = found.entry((*format, setting)).or_default();
                entry.all.push(score);
                entry.bytes += made.encoded[0].len();
                entry.seconds += seconds;
            }
        }
        eprintln!("{photo}");
    }
    for format in encoders_available() {
        println!("{}: setting, mean, worst, best, kB, ms with decoding a PNG", format.name());
        let mut means: Vec<(f64, f64)> = Vec::new();
        for ((_, setting), scores) in found.iter().filter(|((known, _), _)| known == format) {
            let count = scores.all.len() as f64;
            let mean = scores.all.iter().sum::<f64>() / count;
            let worst = scores.all.iter().copied().fold(f64::INFINITY, f64::min);
            let best = scores.all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (kilobytes, milliseconds) = (scores.bytes as f64 / count / 1e3, scores.seconds / count * 1e3);
            println!("{setting:4} {mean:6.1} {worst:6.1} {best:6.1} {kilobytes:7.1} {milliseconds:6.1}");
            means.push((mean, f64::from(*setting)));
        }
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        let table: Vec<String> = POINTS
            .iter()
            .filter_map(|wanted| {
                let pair = means.windows(2).find(|pair| pair[0].0 <= *wanted && *wanted <= pair[1].0)?;
                let part = (wanted - pair[0].0) / (pair[1].0 - pair[0].0);
                Some(format!("({wanted:.1}, {:.1})", pair[0].1 + part * (pair[1].1 - pair[0].1)))
            })
            .collect();
        println!("    {}", table.join(", "));
    }
}

/// The encoder's own setting, which stands in the recipe's text as `q=83` or `cq=14`.
fn setting(recipe: &Recipe) -> u8 {
    let text = recipe.text();
    let value = text.split(';').find_map(|part| part.strip_prefix("cq=").or_else(|| part.strip_prefix("q=")));
    value.and_then(|value| value.parse().ok()).expect("a setting in the recipe")
}
