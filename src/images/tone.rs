//! Tone mapping: pictures whose brightness goes beyond that of ordinary screens, PQ and HLG (ITU-R BT.2100), to sRGB.
//!
//! Light is taken relative to reference white at 203 cd/m² (BT.2408), and mapped by the Reference White Tone Mapping Operator of
//! SMPTE ST 2094-50, as Chromium does on ordinary screens: what is no brighter than reference white keeps its contrast and is
//! darkened evenly, to half where the peak is 1000 cd/m² or more; what is brighter fills the rest up to the peak, which is
//! white. The brightest of red, green and blue, with the primaries of BT.2020, decides for all three, so hues stay. Colours that
//! sRGB lacks are clipped.

use super::RenderError;
use super::convert::narrow;
use super::picture::{Layout, Picture, Samples};

/// Reference white (BT.2408), in cd/m².
const WHITE: f32 = 203.0;
/// The peak of a picture that does not give one, and that HLG is displayed with, in cd/m².
const PEAK: u16 = 1000;
/// Transfer functions of H.273.
const PQ: u8 = 16;
const HLG: u8 = 18;
/// The exponent that HLG is displayed with at a peak of 1000 cd/m² (BT.2100, table 5).
const HLG_GAMMA: f32 = 1.2;
/// Red's, green's and blue's share of luminance in BT.2020.
const LUMA: [f32; 3] = [0.2627, 0.6780, 0.0593];
const STEPS: usize = 1 << 16;

type Matrix = [[f32; 3]; 3];

/// Linear light of BT.709 and Display P3 (SMPTE EG 432-1) to BT.2020, and from there to BT.709, all with white D65.
const FROM_709: Matrix =
    [[0.627_404, 0.329_283, 0.043_313], [0.069_097, 0.919_540, 0.011_362], [0.016_391, 0.088_013, 0.895_595]];
const FROM_P3: Matrix =
    [[0.753_833, 0.198_597, 0.047_570], [0.045_744, 0.941_777, 0.012_479], [-0.001_210, 0.017_602, 0.983_609]];
const TO_709: Matrix =
    [[1.660_491, -0.587_641, -0.072_850], [-0.124_550, 1.132_9, -0.008_349], [-0.018_151, -0.100_579, 1.118_73]];

/// How bright a picture is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Brightness {
    /// Code points of H.273.
    primaries: u8,
    is_hlg: bool,
    /// The brightest that it shows, in cd/m².
    peak: u16,
}

impl Brightness {
    /// Of a picture with this transfer function; nothing for one that is no brighter than others. A `peak` of 0 is unknown.
    pub(super) fn of(primaries: u8, transfer: u8, peak: u16) -> Option<Self> {
        let is_hlg = match transfer {
            PQ => false,
            HLG => true,
            _ => return None,
        };
        // HLG has no brightness of its own: it is displayed as bright as its peak is set.
        let peak = if is_hlg || peak == 0 { PEAK } else { peak };
        Some(Self { primaries, is_hlg, peak })
    }
}

/// The tables of a tone mapping.
pub(super) struct Tones {
    /// Linear light for a sample of sixteen bits: of PQ relative to reference white, of HLG as the camera saw it.
    linear: Vec<f32>,
    /// sRGB in sixteen bits for linear light.
    encoded: Vec<u16>,
    to_2020: Option<Matrix>,
    is_hlg: bool,
    curve: Curve,
}

/// The curve of the operator, relative to reference white.
struct Curve {
    peak: f32,
    /// What reference white becomes.
    white: f32,
    /// Coefficients of the square and of the number itself in the quadratic Bézier curve above it: of light, and of what it becomes.
    from: (f32, f32),
    to: (f32, f32),
}

impl Curve {
    fn new(peak: f32) -> Self {
        // The share of the way from the knee to where its line would be white, at which the curve's middle point lies.
        const BEND: f32 = 0.65;
        let full = (f32::from(PEAK) / WHITE).log2();
        let white = 1.0 - 0.5 * (peak.log2() / full).min(1.0);
        let (x, y) = ((1.0 - BEND) + BEND / white, (1.0 - BEND) * white + BEND);
        Self {
            peak,
            white,
            from: (1.0 - 2.0 * x + peak, 2.0 * x - 2.0),
            to: (white - 2.0 * y + 1.0, 2.0 * (y - white)),
        }
    }

    fn map(&self, light: f32) -> f32 {
        if light <= 1.0 {
            return light * self.white;
        }
        if light >= self.peak {
            return 1.0;
        }
        let (a, b) = self.from;
        let c = 1.0 - light;
        // In the form that needs no division by `a`, which may be nothing.
        let t = -2.0 * c / (b + (b * b - 4.0 * a * c).max(0.0).sqrt());
        (self.to.0 * t + self.to.1) * t + self.white
    }
}

impl Tones {
    /// # Errors
    /// Primaries that are not known.
    pub(super) fn new(brightness: Brightness) -> Result<Self, String> {
        let to_2020 = match brightness.primaries {
            // Unspecified counts as BT.2020, for which both were made.
            2 | 9 => None,
            1 => Some(FROM_709),
            11 | 12 => Some(FROM_P3),
            other => return Err(format!("its primaries ({other}) are unknown with such a brightness")),
        };
        let light = if brightness.is_hlg { hlg } else { pq };
        let unit = |step: usize| step as f32 / (STEPS - 1) as f32;
        Ok(Self {
            linear: (0..STEPS).map(|step| light(unit(step))).collect(),
            encoded: (0..STEPS).map(|step| (srgb(unit(step)) * 65_535.0 + 0.5) as u16).collect(),
            to_2020,
            is_hlg: brightness.is_hlg,
            curve: Curve::new((f32::from(brightness.peak) / WHITE).max(1.0)),
        })
    }

    /// The picture in sRGB, as deep as it was.
    ///
    /// # Errors
    /// Other pixels than grey and RGB.
    pub(super) fn apply(&self, picture: &Picture) -> Result<Picture, RenderError> {
        let layout = match picture.layout {
            Layout::Grey | Layout::Rgb => Layout::Rgb,
            Layout::Rgba => Layout::Rgba,
            _ => return Err(RenderError::new("its colours could not be converted: they are no RGB")),
        };
        let (width, height, channels) = (picture.width, picture.height, picture.layout.channels());
        match &picture.samples {
            Samples::Sixteen(samples) => {
                let mapped = self.samples(samples, channels, |sample| sample, |sample| sample);
                Picture::sixteen(width, height, layout, mapped)
            }
            Samples::Eight(samples) => {
                let mapped = self.samples(samples, channels, |sample| u16::from(sample) * 257, narrow);
                Picture::eight(width, height, layout, mapped)
            }
        }
    }

    fn samples<S: Copy>(
        &self,
        samples: &[S],
        channels: usize,
        widen: impl Fn(S) -> u16,
        narrow: impl Fn(u16) -> S,
    ) -> Vec<S> {
        let mut mapped = Vec::with_capacity(samples.len() / channels * channels.max(3));
        mapped.extend(samples.chunks_exact(channels).flat_map(|pixel| self.pixel(pixel, &widen, &narrow)));
        mapped
    }

    /// A pixel of grey, RGB or RGBA to one of RGB or RGBA.
    fn pixel<S: Copy>(
        &self,
        pixel: &[S],
        widen: impl Fn(S) -> u16,
        narrow: impl Fn(u16) -> S,
    ) -> impl Iterator<Item = S> {
        let of = |at: usize| widen(pixel[if pixel.len() < 3 { 0 } else { at }]);
        let mapped = self.colour([of(0), of(1), of(2)]).map(narrow);
        let alpha = pixel.get(3).copied();
        mapped.into_iter().chain(alpha)
    }

    fn colour(&self, coded: [u16; 3]) -> [u16; 3] {
        let mut light = coded.map(|sample| self.linear[usize::from(sample)]);
        if let Some(matrix) = &self.to_2020 {
            light = times(matrix, light);
        }
        if self.is_hlg {
            let luma: f32 = light.iter().zip(LUMA).map(|(light, share)| light * share).sum();
            let scale = luma.max(0.0).powf(HLG_GAMMA - 1.0) * self.curve.peak;
            light = light.map(|light| light * scale);
        }
        let brightest = light.into_iter().fold(0.0, f32::max);
        let scale = if brightest > 0.0 { self.curve.map(brightest) / brightest } else { 0.0 };
        times(&TO_709, light.map(|light| light * scale))
            .map(|light| self.encoded[(light.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5) as usize])
    }
}

fn times(matrix: &Matrix, light: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row[0] * light[0] + row[1] * light[1] + row[2] * light[2])
}

/// PQ to light relative to reference white (BT.2100, table 4).
fn pq(coded: f32) -> f32 {
    const M1: f64 = 2610.0 / 16384.0;
    const M2: f64 = 2523.0 / 4096.0 * 128.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 4096.0 * 32.0;
    const C3: f64 = 2392.0 / 4096.0 * 32.0;
    let power = f64::from(coded).powf(1.0 / M2);
    let light = ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1);
    (light * 10_000.0) as f32 / WHITE
}

/// HLG to the light that the camera saw, from 0 to 1 (BT.2100, table 5).
fn hlg(coded: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 1.0 - 4.0 * A;
    const C: f32 = 0.559_910_7;
    if coded <= 0.5 { coded * coded / 3.0 } else { (((coded - C) / A).exp() + B) / 12.0 }
}

/// Linear light to sRGB (IEC 61966-2-1).
fn srgb(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_white_is_where_the_standards_have_it() {
        // BT.2408, table 1: 58 % of PQ and 75 % of HLG at a peak of 1000 cd/m².
        assert!((pq(0.58) - 1.0).abs() < 0.01, "{}", pq(0.58));
        let displayed = hlg(0.75).powf(HLG_GAMMA) * f32::from(PEAK) / WHITE;
        assert!((displayed - 1.0).abs() < 0.01, "{displayed}");
        assert!((pq(1.0) * WHITE - 10_000.0).abs() < 1.0 && (hlg(1.0) - 1.0).abs() < 0.001);
    }

    #[test]
    fn the_peak_is_white_and_greys_stay_grey_and_in_order() {
        for (transfer, peak) in [(PQ, 0), (PQ, 4000), (HLG, 0)] {
            let brightness = Brightness::of(9, transfer, peak).unwrap();
            let tones = Tones::new(brightness).unwrap();
            let greys: Vec<[u16; 3]> = (0..=65_535).step_by(97).map(|grey| tones.colour([grey; 3])).collect();
            assert!(greys.iter().all(|[r, g, b]| r.abs_diff(*g) < 90 && g.abs_diff(*b) < 90));
            assert!(greys.is_sorted_by_key(|grey| grey[1]));
            let whitest = (0..STEPS).find(|step| tones.colour([*step as u16; 3])[1] >= 65_500).unwrap();
            let light = tones.linear[whitest].max(if transfer == HLG { tones.curve.peak } else { 0.0 });
            assert!((light / tones.curve.peak - 1.0).abs() < 0.02, "{transfer} {light}");
        }
        assert_eq!(Brightness::of(9, 13, 0), None);
        assert!(Tones::new(Brightness::of(200, PQ, 0).unwrap()).is_err());
    }

    #[test]
    fn colours_of_other_primaries_mean_the_same() {
        // A neutral grey is neutral in all of them, and a red of BT.709 is the red of sRGB.
        for primaries in [1, 9, 12] {
            let tones = Tones::new(Brightness::of(primaries, PQ, 0).unwrap()).unwrap();
            let [r, g, b] = tones.colour([30_000; 3]);
            assert!(r.abs_diff(g) < 60 && g.abs_diff(b) < 60, "{primaries}: {r} {g} {b}");
        }
        let tones = Tones::new(Brightness::of(1, PQ, 0).unwrap()).unwrap();
        let [r, g, b] = tones.colour([30_000, 0, 0]);
        assert!(r > 20_000 && g < 300 && b < 300, "{r} {g} {b}");
    }
}
