//! Every colour space to sRGB.
//!
//! An embedded profile decides; then what the file format says of its colours; then sRGB. Profiles that are
//! sRGB in all but name are found by what they do to probe colours, and skipped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout as MoxLayout,
    MatrixCoefficients, RenderingIntent, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor,
    Transform16BitExecutor, TransformOptions, XyY,
};

use super::lut::Tables;
use super::picture::{Layout, Picture, Samples};
use super::tone::{Brightness, Tones};
use super::{RenderError, Scratch, cmyk};

/// What the samples of a source mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ColourSpace {
    Srgb,
    /// Said by Exif alone, without a profile.
    AdobeRgb,
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273.
    Cicp {
        primaries: u8,
        transfer: u8,
    },
    /// PQ or HLG, which are brighter than sRGB.
    Bright(Brightness),
    /// PNG's gAMA and cHRM: the exponent of the encoding, and x and y of white, red, green and blue.
    Gamma {
        exponent: f64,
        chromaticities: Option<[f64; 8]>,
    },
}

impl ColourSpace {
    /// Of code points of H.273. `peak` is the brightest that a picture of PQ shows, in cd/m²; 0 is unknown.
    pub(super) fn of_cicp(primaries: u8, transfer: u8, peak: u16) -> Self {
        match Brightness::of(primaries, transfer, peak) {
            Some(brightness) => Self::Bright(brightness),
            None if matches!((primaries, transfer), (1 | 2, 13 | 1 | 2 | 6)) => Self::Srgb,
            None => Self::Cicp { primaries, transfer },
        }
    }
}

/// How to get to sRGB.
#[derive(Clone)]
enum Conversion {
    /// It is sRGB, as near as eight bits can tell.
    None,
    Eight(Arc<Transform8BitExecutor>),
    Sixteen(Arc<Transform16BitExecutor>),
    /// By the profile's tables.
    Tables(Arc<Tables>),
    /// By tone mapping.
    Tones(Arc<Tones>),
    /// CMYK without a usable profile.
    Ink,
}

/// What decides a conversion besides the colour space.
#[derive(Clone, Copy, PartialEq)]
struct Shape {
    layout: Layout,
    deep: bool,
}

/// The conversions used last: the photographs of one camera share theirs.
#[derive(Default)]
pub struct Transforms {
    recent: Vec<(ColourSpace, Shape, Conversion, Option<String>)>,
}

/// Conversions kept in memory; a LUT for CMYK takes about a megabyte.
const RECENT: usize = 4;

impl Transforms {
    /// The conversion, and a warning where the colour space cannot be honoured.
    fn find(&mut self, space: &ColourSpace, shape: Shape) -> (Conversion, Option<String>) {
        if let Some(at) = self.recent.iter().position(|entry| entry.0 == *space && entry.1 == shape) {
            let entry = self.recent.remove(at);
            let found = (entry.2.clone(), entry.3.clone());
            self.recent.push(entry);
            return found;
        }
        // A colour library fed by strangers may panic; that costs the profile, not the photograph.
        let built = catch_unwind(AssertUnwindSafe(|| build(space, shape)));
        let (conversion, warning) = match built.unwrap_or_else(|_| Err("it cannot be read".to_owned())) {
            Ok(conversion) => (conversion, None),
            Err(reason) => {
                let (instead, name) = match shape.layout {
                    Layout::Cmyk => (Conversion::Ink, "ordinary printing inks"),
                    _ => (Conversion::None, "sRGB"),
                };
                (instead, Some(format!("its colour profile is ignored: {reason}; treated as {name}")))
            }
        };
        if self.recent.len() >= RECENT {
            self.recent.remove(0);
        }
        self.recent.push((space.clone(), shape, conversion.clone(), warning.clone()));
        (conversion, warning)
    }

    /// Whether eight-bit colours of this space are sRGB already, so that they need not become RGB at all.
    pub(super) fn is_srgb(&mut self, space: &ColourSpace) -> bool {
        *space == ColourSpace::Srgb
            || matches!(self.find(space, Shape { layout: Layout::Rgb, deep: false }).0, Conversion::None)
    }
}

/// The picture in sRGB: grey, RGB or RGBA, of the same depth. Y'CbCr is left alone: it is sRGB by then.
pub(super) fn to_srgb(
    picture: Picture,
    space: &ColourSpace,
    scratch: &mut Scratch,
    warnings: &mut Vec<String>,
) -> Result<Picture, RenderError> {
    if picture.layout == Layout::Ycc {
        // Only a profile that was refused leads here with anything but sRGB.
        let shape = Shape { layout: Layout::Rgb, deep: false };
        if *space != ColourSpace::Srgb {
            warnings.extend(scratch.profiles.find(space, shape).1);
        }
        return Ok(picture);
    }
    if picture.layout == Layout::GreyAlpha {
        return grey_with_alpha(picture, space, scratch, warnings);
    }
    let shape = Shape { layout: picture.layout, deep: picture.is_deep() };
    let (conversion, warning) = scratch.profiles.find(space, shape);
    warnings.extend(warning);
    let layout = if picture.layout == Layout::Rgba { Layout::Rgba } else { Layout::Rgb };
    let (width, height) = (picture.width, picture.height);
    let length = width * height * layout.channels();
    let failed = |error: moxcms::CmsError| RenderError::new(format!("its colours could not be converted: {error}"));
    match (&conversion, &picture.samples) {
        (Conversion::None, _) => Ok(picture),
        (Conversion::Ink, _) => cmyk::to_rgb(picture),
        (Conversion::Tones(tones), _) => {
            let mapped = tones.apply(&picture)?;
            scratch.give_picture(picture);
            Ok(mapped)
        }
        (Conversion::Tables(tables), Samples::Eight(samples)) => {
            let mut pixels = scratch.take(length);
            tables.convert(samples, &mut pixels);
            scratch.give_picture(picture);
            Picture::eight(width, height, layout, pixels)
        }
        (Conversion::Tables(tables), Samples::Sixteen(samples)) => {
            let mut pixels = vec![0; length];
            tables.convert(bytemuck::cast_slice(samples), bytemuck::cast_slice_mut(&mut pixels));
            Picture::sixteen(width, height, layout, pixels)
        }
        (Conversion::Eight(transform), Samples::Eight(samples)) => {
            let mut pixels = scratch.take(length);
            transform.transform(samples, &mut pixels).map_err(failed)?;
            scratch.give_picture(picture);
            Picture::eight(width, height, layout, pixels)
        }
        (Conversion::Sixteen(transform), Samples::Sixteen(samples)) => {
            let mut pixels = vec![0; length];
            transform.transform(samples, &mut pixels).map_err(failed)?;
            Picture::sixteen(width, height, layout, pixels)
        }
        _ => Err(RenderError::new("its colours could not be converted: depths differ")),
    }
}

/// The grey goes its own way and meets its alpha again at the end.
fn grey_with_alpha(
    picture: Picture,
    space: &ColourSpace,
    scratch: &mut Scratch,
    warnings: &mut Vec<String>,
) -> Result<Picture, RenderError> {
    fn greys<T: Copy>(samples: &[T]) -> Vec<T> {
        samples.as_chunks::<2>().0.iter().map(|[grey, _]| *grey).collect()
    }
    fn joined<T: Copy>(samples: &[T], alpha: &[T]) -> Vec<T> {
        let alpha = alpha.as_chunks::<2>().0;
        // One sample for each pixel where it stayed grey, else three.
        let channels = samples.len().checked_div(alpha.len()).unwrap_or(1).max(1);
        let pixels = samples.chunks_exact(channels).zip(alpha);
        pixels.flat_map(|(pixel, [_, alpha])| [pixel[0], pixel[channels / 2], pixel[channels - 1], *alpha]).collect()
    }
    let samples = match &picture.samples {
        Samples::Eight(samples) => Samples::Eight(greys(samples)),
        Samples::Sixteen(samples) => Samples::Sixteen(greys(samples)),
    };
    let grey = to_srgb(Picture { layout: Layout::Grey, samples, ..picture }, space, scratch, warnings)?;
    let (width, height) = (picture.width, picture.height);
    match (&grey.samples, &picture.samples) {
        (Samples::Eight(samples), Samples::Eight(alpha)) => {
            Picture::eight(width, height, Layout::Rgba, joined(samples, alpha))
        }
        (Samples::Sixteen(samples), Samples::Sixteen(alpha)) => {
            Picture::sixteen(width, height, Layout::Rgba, joined(samples, alpha))
        }
        _ => Err(RenderError::new("its colours could not be converted: depths differ")),
    }
}

fn build(space: &ColourSpace, shape: Shape) -> Result<Conversion, String> {
    let profile = match space {
        ColourSpace::Srgb if shape.layout == Layout::Cmyk => return Ok(Conversion::Ink),
        ColourSpace::Srgb => return Ok(Conversion::None),
        ColourSpace::AdobeRgb => ColorProfile::new_adobe_rgb(),
        ColourSpace::Icc(bytes) => match ColorProfile::new_from_slice(bytes) {
            Ok(profile) if shape.layout == Layout::Grey && profile.color_space == DataColorSpace::Rgb => {
                // An RGB profile on a grey picture: greys of every sane RGB space are greys.
                return grey_by_rgb(profile, shape.deep);
            }
            Ok(profile) if is_curves_and_matrix(&profile) => profile,
            _ => return by_tables(bytes, shape),
        },
        ColourSpace::Bright(brightness) => return Ok(Conversion::Tones(Arc::new(Tones::new(*brightness)?))),
        ColourSpace::Cicp { primaries, transfer } => from_cicp(*primaries, *transfer)?,
        ColourSpace::Gamma { exponent, chromaticities } => from_gamma(*exponent, chromaticities.as_ref())?,
    };
    let from = match (shape.layout, profile.color_space) {
        (Layout::Rgb | Layout::Ycc, DataColorSpace::Rgb) => MoxLayout::Rgb,
        (Layout::Rgba, DataColorSpace::Rgb) => MoxLayout::Rgba,
        (Layout::Grey, DataColorSpace::Gray) => MoxLayout::Gray,
        (Layout::Grey, DataColorSpace::Rgb) => return grey_by_rgb(profile, shape.deep),
        (layout, other) => return Err(format!("it is for {other:?}, and the picture is {layout:?}").to_lowercase()),
    };
    let to = if shape.layout == Layout::Rgba { MoxLayout::Rgba } else { MoxLayout::Rgb };
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions { rendering_intent: RenderingIntent::Perceptual, ..Default::default() };
    let eight = profile.create_transform_8bit(from, &srgb, to, options).map_err(text)?;
    if changes_nothing(shape.layout, |from, to| eight.transform(from, to).map_err(text))? {
        return Ok(Conversion::None);
    }
    if shape.deep {
        let sixteen = profile.create_transform_16bit(from, &srgb, to, options).map_err(text)?;
        return Ok(Conversion::Sixteen(sixteen));
    }
    Ok(Conversion::Eight(eight))
}

fn text(error: moxcms::CmsError) -> String {
    error.to_string()
}

/// Whether a profile leaves nothing to interpolate but curves, which begin at black.
fn is_curves_and_matrix(profile: &ColorProfile) -> bool {
    let tables = [&profile.lut_a_to_b_perceptual, &profile.lut_a_to_b_colorimetric, &profile.lut_a_to_b_saturation];
    let is_known = match profile.color_space {
        DataColorSpace::Rgb => profile.is_matrix_shaper(),
        DataColorSpace::Gray => profile.gray_trc.is_some(),
        _ => false,
    };
    let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc, &profile.gray_trc];
    is_known
        && profile.pcs == DataColorSpace::Xyz
        && tables.iter().all(|table| table.is_none())
        && curves.into_iter().flatten().all(begins_at_black)
}

/// Whether no light stands for no light, as near as sixteen bits can tell.
fn begins_at_black(curve: &ToneReprCurve) -> bool {
    match curve {
        // No entry means no curve, one is an exponent.
        ToneReprCurve::Lut(steps) => steps.len() < 2 || steps.first() == Some(&0),
        ToneReprCurve::Parametric(_) => {
            curve.make_linear_evaluator().is_ok_and(|curve| curve.evaluate_value(0.0) < 1.0 / 131_072.0)
        }
    }
}

fn by_tables(icc: &[u8], shape: Shape) -> Result<Conversion, String> {
    if shape.layout != Layout::Cmyk {
        let eight = Tables::new(icc, shape.layout, false)?;
        let same = changes_nothing(shape.layout, |from, to| {
            eight.convert(from, to);
            Ok(())
        })?;
        if same {
            return Ok(Conversion::None);
        }
    }
    Ok(Conversion::Tables(Arc::new(Tables::new(icc, shape.layout, shape.deep)?)))
}

/// A grey picture with an RGB profile: its red curve serves as the curve of grey.
fn grey_by_rgb(profile: ColorProfile, deep: bool) -> Result<Conversion, String> {
    let mut grey = ColorProfile::new_gray_with_gamma(2.2);
    grey.gray_trc = profile.red_trc;
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let eight = grey.create_transform_8bit(MoxLayout::Gray, &srgb, MoxLayout::Rgb, options).map_err(text)?;
    if changes_nothing(Layout::Grey, |from, to| eight.transform(from, to).map_err(text))? {
        return Ok(Conversion::None);
    }
    Ok(if deep {
        let sixteen = grey.create_transform_16bit(MoxLayout::Gray, &srgb, MoxLayout::Rgb, options).map_err(text)?;
        Conversion::Sixteen(sixteen)
    } else {
        Conversion::Eight(eight)
    })
}

/// The most by which a colour may move and still count as the same: the rounding of two eight-bit tables.
const SAME: u8 = 2;

/// Whether a conversion of eight bits leaves probe colours as they are.
fn changes_nothing(
    layout: Layout,
    convert: impl FnOnce(&[u8], &mut [u8]) -> Result<(), String>,
) -> Result<bool, String> {
    const STEPS: [u8; 7] = [0, 24, 64, 128, 176, 224, 255];
    let (mut probes, mut wanted) = (Vec::new(), Vec::new());
    if layout == Layout::Grey {
        for grey in 0..=255 {
            probes.push(grey);
            wanted.extend([grey; 3]);
        }
    } else {
        for r in STEPS {
            for g in STEPS {
                for b in STEPS {
                    probes.extend([r, g, b]);
                    if layout == Layout::Rgba {
                        probes.push(255);
                    }
                }
            }
        }
        wanted.clone_from(&probes);
    }
    let mut got = vec![0; wanted.len()];
    convert(&probes, &mut got)?;
    Ok(got.iter().zip(&wanted).all(|(got, wanted)| got.abs_diff(*wanted) <= SAME))
}

fn from_cicp(primaries: u8, transfer: u8) -> Result<ColorProfile, String> {
    let unknown = || format!("its colour code {primaries}/{transfer} is unknown");
    // BT.601, 709 and 2020 name a camera's curve; pictures under these codes are made for sRGB's display curve.
    let transfer = if matches!(transfer, 1 | 6 | 14 | 15 | 2) { 13 } else { transfer };
    let primaries = if primaries == 2 { 1 } else { primaries };
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).map_err(|_| unknown())?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).map_err(|_| unknown())?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    if profile.red_trc.is_none() { Err(unknown()) } else { Ok(profile) }
}

/// x and y of sRGB's white, red, green and blue (IEC 61966-2-1).
const SRGB: [f64; 8] = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];

fn from_gamma(exponent: f64, chromaticities: Option<&[f64; 8]>) -> Result<ColorProfile, String> {
    if !(0.1..=2.0).contains(&exponent) {
        return Err(format!("its gamma of {exponent} is invalid"));
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    let is_near = |given: &[f64; 8]| given.iter().zip(SRGB).all(|(given, srgb)| (given - srgb).abs() < 0.002);
    let are_srgb = chromaticities.is_none_or(is_near);
    if let Some(&[wx, wy, rx, ry, gx, gy, bx, by]) = chromaticities {
        if [wy, ry, gy, by].iter().any(|y| *y < 0.001) {
            return Err("its chromaticities are invalid".to_owned());
        }
        let point = |x: f64, y: f64| moxcms::Chromaticity::new(x as f32, y as f32);
        let primaries = ColorPrimaries { red: point(rx, ry), green: point(gx, gy), blue: point(bx, by) };
        profile.update_rgb_colorimetry(XyY::new(wx, wy, 1.0), primaries);
    }
    // 1/2.2 written with five digits is what programs write for sRGB. With other primaries it is what it says: Adobe
    // RGB's exponent is as near to it as no matter.
    if !are_srgb || (exponent - 0.454_55).abs() > 0.002 {
        let curve = moxcms::curve_from_gamma((1.0 / exponent) as f32);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    Ok(profile)
}
