//! From a source to its derivatives.

use super::convert;
use super::encoder::Encoder;
use super::orient::orient;
use super::picture::{Layout, Picture, Samples};
use super::renderer::largest;
use super::resize::{reduce, resize};
use super::source::open;
use super::{Limits, Recipe, RenderError, Scratch, Source, colour};

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The encoded pictures, in the order of the recipes.
    pub encoded: Vec<Vec<u8>>,
    /// The mean colour in sRGB, taken in linear light, of the smallest size on the first recipe's background: what shows
    /// in the picture's place until it has come.
    pub colour: [u8; 3],
    /// What was odd and did not hinder, each one sentence without a full stop.
    pub warnings: Vec<String>,
}

/// Makes every derivative of one photograph: [`render_wanted`] with all of them wanted.
///
/// # Errors
/// As [`render_wanted`].
pub fn render(
    source: &Source<'_>,
    recipes: &[Recipe],
    limits: &Limits,
    scratch: &mut Scratch,
) -> Result<Rendered, RenderError> {
    render_wanted(source, recipes, &vec![true; recipes.len()], limits, scratch)
}

/// Renders one photograph, and encodes the recipes for which `wanted`, a list as long, says so. Sizes are reduced from one
/// another, so what is not wanted still decides the pixels of what is; it stays empty.
///
/// # Errors
/// The source is no picture, broken, cut off or above the limits; a recipe asks for more pixels than it has, or
/// for a format that this binary cannot write.
pub fn render_wanted(
    source: &Source<'_>,
    recipes: &[Recipe],
    wanted: &[bool],
    limits: &Limits,
    scratch: &mut Scratch,
) -> Result<Rendered, RenderError> {
    let opened = open(source.bytes, limits)?;
    let shown = opened.shown(source.orientation);
    for recipe in recipes {
        check(recipe, shown)?;
    }
    let mut warnings = Vec::new();
    let least = largest(recipes, source.orientation);
    let decoded = opened.decode(source.bytes, least, limits, scratch, &mut warnings)?;
    let mut picture = decoded.picture;

    // Turning and colour are applied to the fewest pixels that serve: those of the largest size.
    let mut sizes: Vec<(u32, u32)> = recipes.iter().map(|recipe| (recipe.width, recipe.height)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes.reverse();
    let (width, height) = if sizes.is_empty() { SMALL } else { least };
    if sizes.is_empty() || (width as usize, height as usize) != (picture.width, picture.height) {
        let (width, height) = (picture.width.min(width as usize), picture.height.min(height as usize));
        picture = reduce(picture, width, height, scratch)?;
    }
    picture = orient(picture, source.orientation, scratch)?;
    picture = colour::to_srgb(picture, &decoded.space, scratch, &mut warnings)?;
    picture = convert::drop_opaque_alpha(picture);
    picture = convert::to_ycc(picture);

    let mut encoded = vec![Vec::new(); recipes.len()];
    let mut made: Vec<Picture> = vec![picture];
    for size in sizes {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let from = larger(&made, width, height);
        let from = made.get(from).ok_or_else(|| RenderError::new("it has no size to start from"))?;
        let smaller = if (from.width, from.height) == (width, height) {
            None
        } else {
            Some(resize(from, width, height, scratch)?)
        };
        let eight = finish(smaller.as_ref().unwrap_or(from));
        let ready = eight.as_ref().unwrap_or(smaller.as_ref().unwrap_or(from));
        for ((recipe, wanted), encoded) in recipes.iter().zip(wanted).zip(&mut encoded) {
            if *wanted && (recipe.width, recipe.height) == size {
                *encoded = encode(ready, recipe, scratch)?;
            }
        }
        made.extend(smaller);
    }
    let colour = match made.last() {
        Some(smallest) => {
            let eight = finish(smallest);
            let background = recipes.first().map_or([255; 3], |recipe| recipe.background);
            let flat = opaque(eight.as_ref().unwrap_or(smallest), background, scratch)?;
            mean(flat.as_ref().unwrap_or(eight.as_ref().unwrap_or(smallest)))
        }
        None => [128; 3],
    };
    for picture in made {
        scratch.give_picture(picture);
    }
    Ok(Rendered { encoded, colour, warnings })
}

/// What a picture is reduced to when nothing is wanted of it but its colour and its soundness.
const SMALL: (u32, u32) = (64, 64);

fn check(recipe: &Recipe, (width, height): (u32, u32)) -> Result<(), RenderError> {
    if recipe.width == 0 || recipe.height == 0 || recipe.width > width || recipe.height > height {
        return Err(RenderError::new(format!(
            "a size of {}×{} was asked for, and it has {width}×{height}",
            recipe.width, recipe.height
        )));
    }
    let longest = recipe.format.max_side();
    if recipe.width > longest || recipe.height > longest {
        return Err(RenderError::new(format!(
            "{} does not support sides of more than {longest} pixels",
            recipe.format.name()
        )));
    }
    if !super::encoders_available().contains(&recipe.format) {
        return Err(RenderError::new(format!(
            "this build cannot write {}; install cmake and nasm and build with the feature `avif`",
            recipe.format.name()
        )));
    }
    Ok(())
}

/// Which of the pictures made so far, the largest first, a size is reduced from: the smallest that is still so much
/// larger that two filters in a row do not show.
fn larger(made: &[Picture], width: usize, height: usize) -> usize {
    let enough = |picture: &Picture| {
        (picture.width, picture.height) == (width, height)
            || (picture.width * 4 >= width * 5 && picture.height * 4 >= height * 5)
    };
    made.iter().rposition(enough).unwrap_or(0)
}

/// The eight-bit Y'CbCr, grey or RGBA of a deep picture; nothing where it is that already.
fn finish(picture: &Picture) -> Option<Picture> {
    picture.is_deep().then(|| convert::to_ycc(convert::to_eight(picture.clone())))
}

/// A transparent picture on a background; nothing where it is opaque already.
fn opaque(picture: &Picture, background: [u8; 3], scratch: &mut Scratch) -> Result<Option<Picture>, RenderError> {
    (picture.layout == Layout::Rgba).then(|| convert::flatten(picture, background, scratch)).transpose()
}

fn encode(picture: &Picture, recipe: &Recipe, scratch: &mut Scratch) -> Result<Vec<u8>, RenderError> {
    // In every format: a page may be light or dark, and ink that was meant for paper is seen on neither by chance.
    let flat = opaque(picture, recipe.background, scratch)?;
    let marked = match &recipe.mark {
        Some(mark) => Some(mark.laid_over(flat.as_ref().unwrap_or(picture), scratch)?),
        None => None,
    };
    let picture = marked.as_ref().or(flat.as_ref()).unwrap_or(picture);
    let encoded = (Encoder::of(recipe.format).encode)(picture, recipe, scratch);
    flat.into_iter().chain(marked).for_each(|used| scratch.give_picture(used));
    encoded
}

/// The mean of an opaque picture's colours in linear light.
fn mean(picture: &Picture) -> [u8; 3] {
    let Samples::Eight(samples) = &picture.samples else { return [128; 3] };
    // A plain power for the sRGB curve: within a step or two of the exact one once it is undone.
    let linear = |value: u8| f64::from(value).powf(2.2);
    let table: Vec<f64> = (0..=255).map(linear).collect();
    let channels = picture.layout.channels();
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    // Some ten thousand pixels say as much as all of them.
    let step = (picture.width * picture.height / 10_000).max(1) | 1;
    for pixel in samples.chunks_exact(channels).step_by(step) {
        let colour = match (picture.layout, pixel) {
            (Layout::Ycc, &[y, cb, cr]) => convert::rgb([y, cb, cr]),
            (_, &[r, g, b]) => [r, g, b],
            (_, &[grey, ..]) => [grey; 3],
            _ => continue,
        };
        for (sum, value) in sum.iter_mut().zip(colour) {
            *sum += table[usize::from(value)];
        }
        count += 1.0;
    }
    sum.map(|sum| (sum / f64::max(count, 1.0)).powf(1.0 / 2.2).round().clamp(0.0, 255.0) as u8)
}
