//! The workshop's craft: how one child renders one photograph.

use std::process::ExitCode;

use super::workshop::{Craft, Finished, Unfinished, child_main};
use super::{Limits, Recipe, Scratch, Source, render_wanted};
use crate::metadata::{Header, SourceFormat};

/// Renders with the codecs of this build, and keeps their buffers between photographs.
#[derive(Default)]
pub struct Crafter {
    scratch: Scratch,
}

impl Craft for Crafter {
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

/// About how much memory rendering takes at its peak, in bytes, from the header alone and rather too much than too
/// little: a progressive JPEG keeps all its coefficients, everything else is decoded whole, and reducing it begins with
/// another picture that is smaller in one direction alone.
pub fn memory_estimate(header: &Header, file_size: u64, recipes: &[Recipe]) -> u64 {
    let pixels = u64::from(header.width) * u64::from(header.height);
    // Grey and palettes count their transparency apart.
    let channels = u64::from(header.channels) + u64::from(header.has_alpha && header.channels % 2 == 1);
    let whole = pixels * channels * if header.bits > 8 { 2 } else { 1 };
    let wanted = recipes.iter().map(|recipe| u64::from(recipe.width.max(recipe.height))).max().unwrap_or(1);
    let longest = u64::from(header.width.max(header.height)).max(1);
    let half_reduced = |whole: u64| (u128::from(whole) * u128::from(wanted.min(longest)) / u128::from(longest)) as u64;
    let decoding = match header.format {
        SourceFormat::Jpeg => pixels * 6,
        // Lossless pictures are decoded in four samples first.
        SourceFormat::Webp => pixels * 8 + half_reduced(pixels * 4),
        SourceFormat::Png => whole + half_reduced(whole),
        // One plane after the other, it is put together in a second copy.
        SourceFormat::Tiff => whole * 2 + half_reduced(whole),
        // Planes of sixteen bits, and sixteen bits of all channels beside them.
        SourceFormat::Avif => pixels * 16 + half_reduced(pixels * 8),
    };
    let largest = recipes.iter().map(|recipe| u64::from(recipe.width) * u64::from(recipe.height)).max().unwrap_or(0);
    file_size + decoding + largest * 72 + (16 << 20)
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
        };
        let recipe = Recipe {
            format: crate::config::Format::Jpeg,
            width: 1700,
            height: 1700,
            quality: 80,
            background: [255; 3],
            max_bytes: None,
        };
        let rest = 1700 * 1700 * 72 + (16 << 20);
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
}
