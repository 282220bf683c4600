//! The workshop's craft: how one child renders one photograph.

use std::process::ExitCode;

use super::workshop::{Craft, Finished, child_main};
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
    ) -> Result<Finished, String> {
        let source = Source { bytes: source, orientation };
        let rendered = render_wanted(&source, recipes, wanted, &Limits::default(), &mut self.scratch)
            .map_err(|error| error.to_string())?;
        Ok(Finished { encoded: rendered.encoded, colour: rendered.colour, warnings: rendered.warnings })
    }

    fn trim(&mut self) {
        // The scratch gives back by itself what is larger than most photographs need.
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
/// little: a progressive JPEG keeps all its coefficients, 16-bit pictures and AVIF are decoded whole.
pub fn memory_estimate(header: &Header, file_size: u64, recipes: &[Recipe]) -> u64 {
    let pixels = u64::from(header.width) * u64::from(header.height);
    let decoding = match header.format {
        SourceFormat::Jpeg => pixels * 6,
        SourceFormat::Webp => pixels * 6,
        SourceFormat::Png | SourceFormat::Tiff | SourceFormat::Avif => pixels * 16,
    };
    let largest = recipes.iter().map(|recipe| u64::from(recipe.width) * u64::from(recipe.height)).max().unwrap_or(0);
    file_size + decoding + largest * 72 + (16 << 20)
}
