//! The workshop's craft: how one child renders one photograph.

use std::process::ExitCode;

use super::orient::swaps_sides;
use super::render_pool::{Finished, Renderer, Unfinished, child_main};
use super::{Limits, Recipe, Scratch, Source, jpeg, render_wanted};
use crate::formats::Header;
use crate::formats::SourceFormat;

/// Renders with the codecs of this build, and keeps their buffers between photographs.
#[derive(Default)]
pub struct Crafter {
    scratch: Scratch,
}

impl Renderer for Crafter {
    type Recipe = Recipe;

    fn render(
        &mut self,
        source: &[u8],
        orientation: u8,
        recipes: &[Recipe],
        wanted: &[bool],
    ) -> Result<Finished, Unfinished> {
        let source = Source { bytes: source, orientation };
        let rendered = render_wanted(&source, recipes, wanted, &Limits::default(), &mut self.scratch)
            .map_err(|error| Unfinished { reason: error.to_string(), for_memory: error.is_for_memory() })?;
        Ok(Finished { encoded: rendered.encoded, colour: rendered.colour, warnings: rendered.warnings })
    }

    fn trim(&mut self) {
        self.scratch.trim();
    }

    fn reset(&mut self) {
        self.scratch = Scratch::default();
    }
}

/// What a child process of the workshop runs.
pub fn worker_main() -> ExitCode {
    child_main(Crafter::default())
}

/// The version of what is learnt about a source besides its pixels.
pub fn facts_revision() -> String {
    super::REVISION.to_string()
}

/// How much memory rendering takes at its peak, in bytes, from the header alone and rather too much than too little: the
/// decoded picture, what decoding keeps besides, and another picture that is reduced in one direction alone.
pub fn memory_estimate(header: &Header, file_size: u64, recipes: &[Recipe]) -> u64 {
    let (width, height) = (u64::from(header.width), u64::from(header.height));
    let pixels = width * height;
    // Grey and palettes count their transparency apart.
    let channels = u64::from(header.channels) + u64::from(header.has_alpha && header.channels % 2 == 1);
    let whole = pixels * channels * if header.bits > 8 { 2 } else { 1 };
    let wanted = recipes.iter().map(|recipe| recipe.width.max(recipe.height)).max().unwrap_or(1);
    let longest = header.width.max(header.height).max(1);
    let half_reduced = |whole: u64, longest: u32| {
        (u128::from(whole) * u128::from(wanted.min(longest)) / u128::from(longest.max(1))) as u64
    };
    let decoding = match header.format {
        // It is reduced while it is decoded.
        SourceFormat::Jpeg => {
            let least = largest(recipes, header.orientation);
            let by = jpeg::reduction((header.width, header.height), least);
            let decoded = width.div_ceil(by.into()) * height.div_ceil(by.into()) * u64::from(header.channels);
            decoded + header.coefficients + half_reduced(decoded, longest.div_ceil(by))
        }
        // Lossless pictures are decoded in four samples first.
        SourceFormat::Webp => pixels * 8 + half_reduced(pixels * 4, longest),
        SourceFormat::Png => whole + half_reduced(whole, longest),
        // One plane after the other, or piece by piece, it is put together in a second copy.
        SourceFormat::Tiff => whole * 2 + half_reduced(whole, longest),
        // Planes of sixteen bits, and sixteen bits of all channels beside them.
        SourceFormat::Avif => pixels * 16 + half_reduced(pixels * 8, longest),
        // Planes of sixteen bits, once more for a grid's tiles, and what is made of them.
        SourceFormat::Heic => pixels * 7 + whole * 2 + half_reduced(whole, longest),
        // Planes of floating point, of which filters keep a second set.
        SourceFormat::JpegXl => pixels * 40 + half_reduced(whole, longest),
    };
    let made = recipes.iter().map(|recipe| u64::from(recipe.width) * u64::from(recipe.height)).max().unwrap_or(0);
    file_size + decoding + made * 48 + (16 << 20)
}

/// The largest width and height that recipes ask for, as stored in a file of this orientation.
pub(super) fn largest(recipes: &[Recipe], orientation: u8) -> (u32, u32) {
    let width = recipes.iter().map(|recipe| recipe.width).max().unwrap_or(1);
    let height = recipes.iter().map(|recipe| recipe.height).max().unwrap_or(1);
    if swaps_sides(orientation) { (height, width) } else { (width, height) }
}

/// Why a photograph that needs this much memory is left out of a build that may take only so much; `None` where it is
/// not. Names what `--memory` would have to be.
pub fn memory_refusal(needed: u64, allowed: u64) -> Option<String> {
    const HUNDRED: u64 = 100 << 20;
    if needed <= allowed {
        return None;
    }
    let enough = match needed.div_ceil(HUNDRED) {
        hundreds @ ..10 => format!("{}M", hundreds * 100),
        _ => format!("{}G", needed.div_ceil(1 << 30)),
    };
    let needed = match needed {
        ..1_000_000_000 => format!("{} MB", needed.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", needed as f64 / 1e9),
    };
    Some(format!("it needs about {needed} of memory: build with `--memory {enough}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_follows_depth_and_channels() {
        let header = |format, bits, channels, has_alpha| Header {
            format,
            width: 17_000,
            height: 17_000,
            orientation: 1,
            container_orientation: 1,
            bits,
            channels,
            has_alpha,
            is_hdr: false,
            coefficients: 0,
        };
        let recipe = Recipe {
            format: crate::config::Format::Jpeg,
            width: 1700,
            height: 1700,
            quality: 80,
            background: [255; 3],
            max_bytes: None,
            mark: None,
        };
        let rest = 1700 * 1700 * 48 + (16 << 20);
        let pixels = 17_000 * 17_000;
        for (format, bits, channels, has_alpha, bytes) in [
            (SourceFormat::Png, 16, 4, true, 8),
            (SourceFormat::Png, 8, 3, true, 4),
            (SourceFormat::Png, 1, 1, false, 1),
            (SourceFormat::Png, 16, 1, true, 4),
            (SourceFormat::Png, 8, 2, true, 2),
        ] {
            let estimate =
                memory_estimate(&header(format, bits, channels, has_alpha), 0, std::slice::from_ref(&recipe));
            assert_eq!(estimate, pixels * bytes * 11 / 10 + rest, "{format:?} {bits} {channels} {has_alpha}");
        }
    }

    #[test]
    fn a_jpeg_is_reduced_while_it_is_decoded_and_keeps_the_coefficients_of_several_scans() {
        let header = |coefficients, orientation| Header {
            format: SourceFormat::Jpeg,
            width: 8000,
            height: 4000,
            orientation,
            container_orientation: 1,
            bits: 8,
            channels: 3,
            has_alpha: false,
            is_hdr: false,
            coefficients,
        };
        let recipe = |width, height| {
            let format = crate::config::Format::Jpeg;
            vec![Recipe { format, width, height, quality: 80, background: [255; 3], max_bytes: None, mark: None }]
        };
        let rest = 2000 * 1000 * 48 + (16 << 20);
        let reduced = 2000 * 1000 * 3;
        assert_eq!(memory_estimate(&header(0, 1), 7, &recipe(2000, 1000)), 7 + reduced * 2 + rest);
        assert_eq!(memory_estimate(&header(0, 6), 7, &recipe(1000, 2000)), 7 + reduced * 2 + rest);
        assert_eq!(memory_estimate(&header(96_000_000, 1), 7, &recipe(2000, 1000)), 96_000_007 + reduced * 2 + rest);
    }

    #[test]
    fn what_needs_too_much_is_told_what_would_be_enough() {
        for (needed, text) in [
            (1, "it needs about 1 MB of memory: build with `--memory 100M`"),
            (640 << 20, "it needs about 672 MB of memory: build with `--memory 700M`"),
            (1000 << 20, "it needs about 1.0 GB of memory: build with `--memory 1G`"),
            (2_300_000_000, "it needs about 2.3 GB of memory: build with `--memory 3G`"),
        ] {
            assert_eq!(memory_refusal(needed, needed - 1).as_deref(), Some(text));
            assert_eq!(memory_refusal(needed, needed), None);
        }
    }
}
