//! The real craft: [`render`] with its limits, and the keys under which its work is kept.

use super::super::cache::Key;
use super::super::{Limits, REVISION, Recipe, Scratch, Source, render};
use super::{Craft, Finished};

/// Renders with this program's codecs.
#[derive(Debug, Default)]
pub struct Codecs {
    limits: Limits,
    scratch: Scratch,
}

impl Craft for Codecs {
    type Recipe = Recipe;

    fn render(
        &mut self,
        source: &[u8],
        orientation: u8,
        recipes: &[Recipe],
        wanted: &[bool],
    ) -> Result<Finished, String> {
        let source = Source { bytes: source, orientation };
        let mut rendered =
            render(&source, recipes, &self.limits, &mut self.scratch).map_err(|error| error.reason().to_owned())?;
        for (encoded, _) in rendered.encoded.iter_mut().zip(wanted).filter(|(_, wanted)| !**wanted) {
            *encoded = Vec::new();
        }
        Ok(Finished { encoded: rendered.encoded, colour: rendered.colour, warnings: rendered.warnings })
    }

    fn trim(&mut self) {
        // The scratch lets go of what is too large by itself.
    }

    fn reset(&mut self) {
        self.scratch = Scratch::new();
    }
}

/// Where everything that is made of one source lies in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// One for each recipe, in their order.
    pub derivatives: Vec<Key>,
    /// For the source's facts.
    pub facts: Key,
}

/// The keys for a source, by its SHA-256, and the complete list of what is made of it.
pub fn keys(source: &[u8; 32], orientation: u8, recipes: &[Recipe]) -> Keys {
    let mut sizes: Vec<(u32, u32)> = recipes.iter().map(|recipe| (recipe.width, recipe.height)).collect();
    // As `render` goes through them.
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();
    let derivatives = recipes
        .iter()
        .map(|recipe| {
            let above = sizes.partition_point(|size| *size > (recipe.width, recipe.height));
            Key::derivative(source, orientation, &sizes[..above], &recipe.text())
        })
        .collect();
    Keys { derivatives, facts: Key::facts(source, orientation, &sizes, &REVISION.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::Format;

    fn recipe(format: Format, width: u32) -> Recipe {
        Recipe { format, width, height: width / 2, quality: 80, background: [255; 3], max_bytes: None }
    }

    #[test]
    fn a_key_depends_on_the_sizes_above_and_on_nothing_else_that_is_made() {
        let source = [7; 32];
        let [small, middle, large] = [320, 640, 1280].map(|width| recipe(Format::Jpeg, width));
        let all = keys(&source, 1, &[small.clone(), middle.clone(), large.clone()]);
        let other_order = keys(&source, 1, &[large.clone(), small.clone(), middle.clone()]);
        assert_eq!(all.derivatives[..2], other_order.derivatives[1..]);
        assert_eq!(all.facts, other_order.facts);
        let without_small = keys(&source, 1, &[middle.clone(), large.clone(), recipe(Format::Webp, 640)]);
        assert_eq!(without_small.derivatives[..2], all.derivatives[1..]);
        assert_ne!(without_small.facts, all.facts);
        let without_large = keys(&source, 1, &[small, middle]);
        assert!(without_large.derivatives.iter().all(|key| !all.derivatives.contains(key)));
    }
}
