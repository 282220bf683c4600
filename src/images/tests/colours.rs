//! Colour spaces: patches against values computed from the definitions, not by the library under test.

use super::make::{Jpeg, jpeg, png, tiff_of_rows, with_chunk};
use super::*;
use image::ExtendedColorType::{L8, La8, La16, Rgb8, Rgb16};
use moxcms::ColorProfile;

/// Display P3 and what it is in sRGB, by the matrices of SMPTE EG 432-1 and IEC 61966-2-1 with the sRGB curve.
const P3: [([u8; 3], [u8; 3]); 5] = [
    ([200, 100, 50], [215, 93, 31]),
    ([100, 180, 90], [65, 182, 77]),
    ([60, 80, 170], [54, 81, 176]),
    ([128, 128, 128], [128, 128, 128]),
    ([240, 200, 180], [248, 198, 177]),
];

fn patches(pixels: &[[u8; 3]]) -> Vec<u8> {
    (0..16).flat_map(|_| pixels.iter().flat_map(|pixel| pixel.repeat(16)).collect::<Vec<_>>()).collect()
}

#[test]
fn display_p3_comes_out_as_the_same_colours_in_srgb() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    let pixels = patches(&P3.map(|patch| patch.0));
    let how = Jpeg { channels: 3, sampling: 1, icc: Some(&icc), ..Jpeg::default() };
    let source = jpeg(80, 16, &pixels, how);
    for format in encoders_available() {
        let seen = seen(&rendered(&source, &[recipe(*format, 80, 16)]).encoded[0]);
        for (index, (_, [r, g, b])) in P3.into_iter().enumerate() {
            let got = seen.at(index * 16 + 8, 8);
            assert!(near(got, [r, g, b, 255], 7), "{format:?} {index}: {got:?}, not {r} {g} {b}");
        }
    }
}

#[test]
fn conversion_itself_is_within_one_step() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    let pixels = patches(&P3.map(|patch| patch.0));
    let picture = picture::Picture::eight(80, 16, Layout::Rgb, pixels).unwrap();
    let mut warnings = Vec::new();
    let made = colour::to_srgb(picture, &colour::ColourSpace::Icc(icc), &mut Scratch::new(), &mut warnings).unwrap();
    let Samples::Eight(samples) = made.samples else { unreachable!() };
    for (index, (_, wanted)) in P3.into_iter().enumerate() {
        let got = &samples[(index * 16 + 8) * 3..][..3];
        assert!(
            got.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(wanted) <= 1),
            "{index}: {got:?}, not {wanted:?}"
        );
    }
}

#[test]
fn a_tiff_may_have_a_large_profile_and_thousands_of_strips() {
    // Profiles for inks have half a megabyte and more; what follows the tables is not looked at.
    let mut icc = ColorProfile::new_display_p3().encode().unwrap();
    icc.resize(3 << 20, 0);
    let size = u32::try_from(icc.len()).unwrap().to_be_bytes();
    icc[..4].copy_from_slice(&size);
    let pixels: Vec<u8> = P3[0].0.repeat(8 * 6000);
    let made = rendered(&tiff_of_rows(8, 6000, &pixels, &icc), &[recipe(Format::Jpeg, 8, 6000)]);
    let [r, g, b] = P3[0].1;
    let got = seen(&made.encoded[0]).at(4, 3000);
    assert!(near(got, [r, g, b, 255], 4), "{got:?}");
}

#[test]
fn an_srgb_profile_changes_nothing_and_costs_nothing() {
    let icc = ColorProfile::new_srgb().encode().unwrap();
    let pixels = patches(&P3.map(|patch| patch.0));
    let plain = Jpeg { channels: 3, sampling: 2, ..Jpeg::default() };
    let recipes = [recipe(Format::Jpeg, 40, 8)];
    let with = rendered(&jpeg(80, 16, &pixels, Jpeg { icc: Some(&icc), ..plain }), &recipes);
    assert_eq!(with, rendered(&jpeg(80, 16, &pixels, plain), &recipes));
}

#[test]
fn sixteen_bits_are_kept_until_the_last_step() {
    // ProPhoto's steps are so wide that eight bits on the way would show as bands: a gradient of a few of its steps.
    let pixels: Vec<u8> = (0..16u16)
        .flat_map(|_| (0..64u16).flat_map(|x| [20_000 + x * 40; 3]).collect::<Vec<_>>())
        .flat_map(u16::to_ne_bytes)
        .collect();
    let source = with_icc(&png(64, 16, &pixels, Rgb16), &ColorProfile::new_pro_photo_rgb().encode().unwrap());
    let opened = source::open(&source, &Limits::default()).unwrap();
    let mut warnings = Vec::new();
    let scratch = &mut Scratch::new();
    let decoded = opened.decode(&source, (64, 16), &Limits::default(), scratch, &mut warnings).unwrap();
    let made = colour::to_srgb(decoded.picture, &decoded.space, scratch, &mut warnings).unwrap();
    let Samples::Sixteen(samples) = made.samples else { panic!("not sixteen bits") };
    let row: Vec<u16> = samples[..64 * 3].iter().step_by(3).copied().collect();
    assert!(row.windows(2).all(|pair| pair[0] < pair[1]), "{row:?}");
}

fn with_icc(png: &[u8], icc: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::ZlibEncoder::new(b"icc\0\0".to_vec(), flate2::Compression::fast());
    packer.write_all(icc).unwrap();
    with_chunk(png, b"iCCP", &packer.finish().unwrap())
}

#[test]
fn a_broken_profile_is_a_warning_and_not_a_wrong_picture() {
    let pixels = patches(&P3.map(|patch| patch.0));
    let plain = Jpeg { channels: 3, sampling: 2, ..Jpeg::default() };
    let recipes = [recipe(Format::Jpeg, 80, 16)];
    let unmarked = rendered(&jpeg(80, 16, &pixels, plain), &recipes);
    let mut cut = ColorProfile::new_display_p3().encode().unwrap();
    cut.truncate(200);
    let grey = ColorProfile::new_gray_with_gamma(2.2).encode().unwrap();
    for icc in [&b"nonsense"[..], &cut, &grey] {
        let made = try_render(&jpeg(80, 16, &pixels, Jpeg { icc: Some(icc), ..plain }), &recipes).unwrap();
        assert_eq!(made.warnings.len(), 1, "{:?}", made.warnings);
        assert!(made.warnings[0].starts_with("its colour profile is ignored: "), "{:?}", made.warnings);
        assert_eq!(made.encoded, unmarked.encoded);
    }
}

#[test]
fn a_grey_profile_is_followed() {
    // Linear grey: a fifth of the light is 124 in sRGB.
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.gray_trc = Some(moxcms::curve_from_gamma(1.0));
    let icc = profile.encode().unwrap();
    let source = jpeg(32, 32, &[51; 32 * 32], Jpeg { channels: 1, icc: Some(&icc), ..Jpeg::default() });
    let [r, g, b, _] = seen(&rendered(&source, &[recipe(Format::Jpeg, 32, 32)]).encoded[0]).at(16, 16);
    assert!(r.abs_diff(124) <= 3 && r.abs_diff(g) <= 1 && r.abs_diff(b) <= 1, "{r} {g} {b}");
}

#[test]
fn grey_with_alpha_follows_its_grey_profile() {
    let mut profile = ColorProfile::new_gray_with_gamma(1.0);
    profile.gray_trc = Some(moxcms::curve_from_gamma(1.0));
    let icc = profile.encode().unwrap();
    let eight = png(32, 32, &[51, 100].repeat(32 * 32), La8);
    let deep: Vec<u8> = [51u16 * 257, 100 * 257].into_iter().flat_map(u16::to_ne_bytes).collect();
    let deep = png(32, 32, &deep.repeat(32 * 32), La16);
    // One grey that is transparent.
    let key = with_chunk(&png(32, 32, &[51; 32 * 32], L8), b"tRNS", &[0, 7]);
    for (source, alpha) in [(eight, 100), (deep, 100), (key, 255)] {
        let source = with_icc(&source, &icc);
        let got = seen(&source).at(16, 16);
        assert!(near(got, [124, 124, 124, alpha], 3), "{got:?}");
        // On white.
        let webp = rendered(&source, &[recipe(Format::Webp, 16, 16)]).encoded.remove(0);
        let flat = (124 * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
        let (got, flat) = (seen(&webp).at(8, 8), flat as u8);
        assert!(near(got, [flat, flat, flat, 255], 3), "{got:?}");
    }
    // Without a profile grey is grey.
    let plain = seen(&png(4, 4, &[51, 100].repeat(16), La8));
    assert_eq!(plain.at(2, 2), [51, 51, 51, 100]);
}

/// A profile of version 2 whose curves are 0.02 + 0.98 x², in three steps.
fn lifted(is_grey: bool) -> Vec<u8> {
    let curve = b"curv\0\0\0\0\0\0\0\x03\x05\x1f\x43\xd7\xff\xff\0\0";
    let point = |values: [f64; 3]| {
        let parts = values.map(|value| ((value * 65_536.0).round() as i32).to_be_bytes());
        [b"XYZ \0\0\0\0", &parts.concat()[..]].concat()
    };
    let mut tags = vec![(b"wtpt", point([0.9642, 1.0, 0.8249]))];
    if is_grey {
        tags.push((b"kTRC", curve.to_vec()));
    } else {
        tags.push((b"rXYZ", point([0.4360, 0.2225, 0.0139])));
        tags.push((b"gXYZ", point([0.3851, 0.7169, 0.0971])));
        tags.push((b"bXYZ", point([0.1431, 0.0606, 0.7141])));
        tags.extend([b"rTRC", b"gTRC", b"bTRC"].map(|name| (name, curve.to_vec())));
    }
    let mut icc = vec![0; 128];
    icc[8..10].copy_from_slice(&[2, 0x40]);
    icc[12..24].copy_from_slice(if is_grey { b"mntrGRAYXYZ " } else { b"mntrRGB XYZ " });
    icc[36..40].copy_from_slice(b"acsp");
    icc[68..80].copy_from_slice(&[0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D]);
    icc.extend((tags.len() as u32).to_be_bytes());
    let mut at = icc.len() + tags.len() * 12;
    for (name, body) in &tags {
        icc.extend(*name);
        icc.extend((at as u32).to_be_bytes());
        icc.extend((body.len() as u32).to_be_bytes());
        at += body.len();
    }
    icc.extend(tags.into_iter().flat_map(|(_, body)| body));
    let size = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&size);
    icc
}

#[test]
fn curves_that_do_not_begin_at_black_are_what_little_cms_makes_of_them() {
    // What Pillow's ImageCms (lcms2, perceptual) makes of the same colours and the same profile.
    let colours = [[0, 0, 255], [64, 64, 191], [128, 128, 127], [255, 255, 0]];
    let wanted = [[0, 0, 255], [99, 99, 207], [138, 138, 137], [255, 255, 0]];
    let pixels: Vec<u8> = colours.concat();
    let picture = picture::Picture::eight(4, 1, Layout::Rgb, pixels).unwrap();
    let made = |picture: picture::Picture, is_grey| {
        let space = colour::ColourSpace::Icc(lifted(is_grey));
        let mut warnings = Vec::new();
        let made = colour::to_srgb(picture, &space, &mut Scratch::new(), &mut warnings).unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        let Samples::Eight(samples) = made.samples else { unreachable!() };
        samples
    };
    let is_near = |got: &[u8], wanted: &[u8]| got.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(*wanted) <= 1);
    let got = made(picture, false);
    assert!(is_near(&got, &wanted.concat()), "{got:?}");
    let greys = picture::Picture::eight(4, 1, Layout::Grey, vec![0, 64, 128, 255]).unwrap();
    let wanted: Vec<u8> = [0, 99, 138, 255].into_iter().flat_map(|grey: u8| [grey; 3]).collect();
    let got = made(greys, true);
    assert!(is_near(&got, &wanted), "{got:?}");
}

#[test]
fn png_says_its_colours_in_four_ways() {
    let flat = |colour: [u8; 3]| colour.repeat(32 * 32);
    let source = png(32, 32, &flat([200, 100, 50]), Rgb8);
    let centre = |source: &[u8]| seen(source).at(16, 16);
    assert_eq!(centre(&source), [200, 100, 50, 255]);
    // Display P3 by code points.
    let p3 = with_chunk(&source, b"cICP", &[12, 13, 0, 1]);
    assert!(near(centre(&p3), [215, 93, 31, 255], 2), "{:?}", centre(&p3));
    // Linear light by gAMA: 51 is a fifth.
    let linear = with_chunk(&png(32, 32, &flat([51; 3]), Rgb8), b"gAMA", &100_000u32.to_be_bytes());
    assert!(near(centre(&linear), [124, 124, 124, 255], 2), "{:?}", centre(&linear));
    // What nearly every program writes is sRGB.
    let usual = with_chunk(&source, b"gAMA", &45_455u32.to_be_bytes());
    assert_eq!(centre(&usual), [200, 100, 50, 255]);
    // The same number with the primaries of Adobe RGB is Adobe RGB's exponent, 2.2 less a little, and no sRGB curve.
    let chromaticities = [31_270u32, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000];
    let adobe = with_chunk(&png(32, 32, &flat([20; 3]), Rgb8), b"gAMA", &45_471u32.to_be_bytes());
    let adobe = with_chunk(&adobe, b"cHRM", &chromaticities.map(u32::to_be_bytes).concat());
    // (20 / 255)^2.199 in sRGB is 12.
    assert!(near(centre(&adobe), [12, 12, 12, 255], 1), "{:?}", centre(&adobe));
    let srgb = [31_270u32, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    assert_eq!(centre(&with_chunk(&usual, b"cHRM", &srgb.map(u32::to_be_bytes).concat())), [200, 100, 50, 255]);
    // sRGB said aloud counts more than gAMA.
    let both = with_chunk(&with_chunk(&source, b"gAMA", &100_000u32.to_be_bytes()), b"sRGB", &[0]);
    assert_eq!(centre(&both), [200, 100, 50, 255]);
}

/// A press: a table of three steps of each ink, and nothing else that a profile need not have.
fn press() -> Vec<u8> {
    let mut tag = b"mft1\0\0\0\0\x04\x03\x03\0".to_vec();
    for place in 0..9 {
        tag.extend(if place % 4 == 0 { 65_536_u32 } else { 0 }.to_be_bytes());
    }
    tag.extend((0..4).flat_map(|_| 0..=255));
    for place in 0..81_i32 {
        let [c, m, y, k] = [place / 27, place / 9 % 3, place / 3 % 3, place % 3];
        let light: i32 = 250 * (8 - 2 * c) * (8 - 3 * m) * (8 - y) * (8 - 3 * k) / 4096;
        let a = 128 + ((20 * m - 15 * c) * (3 - k)).div_euclid(3);
        let b = 128 + ((30 * y - 18 * c - 5 * m) * (3 - k)).div_euclid(3);
        tag.extend([light, a, b].map(|value| u8::try_from(value).unwrap()));
    }
    tag.extend((0..3).flat_map(|_| 0..=255));
    let mut icc = vec![0; 128];
    icc[8] = 2;
    icc[9] = 0x40;
    icc[12..24].copy_from_slice(b"prtrCMYKLab ");
    icc[36..40].copy_from_slice(b"acsp");
    for (at, part) in [63_190_u32, 65_536, 54_061].into_iter().enumerate() {
        icc[68 + at * 4..72 + at * 4].copy_from_slice(&part.to_be_bytes());
    }
    icc.extend(1_u32.to_be_bytes());
    icc.extend(b"A2B0");
    icc.extend(144_u32.to_be_bytes());
    icc.extend((tag.len() as u32).to_be_bytes());
    icc.extend(tag);
    let size = (icc.len() as u32).to_be_bytes();
    icc[..4].copy_from_slice(&size);
    icc
}

#[test]
fn inks_are_the_colours_that_little_cms_makes_of_them_between_the_points_of_the_table_too() {
    // What Pillow's ImageCms (lcms2 2.19, perceptual) makes of the same inks and the same profile.
    let wanted = [
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 132, 177]),
        ([0, 255, 255, 0], [96, 0, 0]),
        ([40, 90, 200, 30], [144, 113, 61]),
        ([128, 60, 10, 77], [90, 118, 139]),
        ([200, 180, 170, 90], [44, 42, 42]),
        ([230, 220, 210, 200], [14, 18, 21]),
        ([255, 255, 255, 255], [0, 0, 0]),
        ([10, 20, 240, 128], [115, 100, 40]),
        ([64, 64, 64, 64], [137, 137, 137]),
        ([180, 30, 90, 240], [17, 41, 44]),
    ];
    let space = colour::ColourSpace::Icc(press());
    let convert = |samples: Samples| {
        let picture = picture::Picture { width: wanted.len(), height: 1, layout: Layout::Cmyk, samples };
        let mut warnings = Vec::new();
        let made = colour::to_srgb(picture, &space, &mut Scratch::new(), &mut warnings).unwrap();
        assert_eq!((made.layout, warnings), (Layout::Rgb, Vec::<String>::new()));
        made
    };
    let inks = wanted.iter().flat_map(|(inks, _)| inks);
    let Samples::Eight(eight) = convert(Samples::Eight(inks.clone().copied().collect())).samples else {
        unreachable!()
    };
    let wide = Samples::Sixteen(inks.map(|ink| u16::from(*ink) * 257).collect());
    let sixteen = convert::to_eight(convert(wide));
    let Samples::Eight(sixteen) = sixteen.samples else { unreachable!() };
    for (place, (inks, wanted)) in wanted.iter().enumerate() {
        for got in [&eight, &sixteen] {
            let got = &got[place * 3..][..3];
            assert!(got.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(*wanted) <= 1), "{inks:?}: {got:?}");
        }
    }
}
