//! Memory has a bound, and what is left out for it is told what would be enough.

use std::io::Write as _;
use std::process::Command;

use crate::support::{Run, Site, said};

/// 5000 × 4000 pixels of one colour: 60 MB decoded, some kilobytes packed.
fn plain_png() -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let row = [&[0][..], &[200; 15_000]].concat();
    (0..4000).for_each(|_| packer.write_all(&row).unwrap());
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&5000u32.to_be_bytes()[..], &4000u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    for (kind, body) in [(b"IHDR", header), (b"IDAT", packer.finish().unwrap()), (b"IEND", Vec::new())] {
        let mut check = flate2::Crc::new();
        check.update(&[&kind[..], &body].concat());
        out.extend([&(body.len() as u32).to_be_bytes()[..], kind, &body, &check.sum().to_be_bytes()].concat());
    }
    out
}

#[test]
fn what_needs_more_memory_is_left_out_and_told_how_much() {
    let site = Site::new().photo("Lake/a.jpg").file("galleries/Lake/large.png", plain_png());
    let dry = site.run(&["build", "--memory", "64M", "--dry-run"]);
    let strict = site.run(&["build", "--memory", "64M", "--strict"]);
    assert_ne!(strict.code, 0);
    let run = site.run(&["build", "--memory", "64M"]);
    assert_eq!(dry.code, run.code);
    assert_eq!(site.like("lake/", ".html"), ["lake/a.html", "lake/index.html"]);
    // What it asked for is enough, although the system enforces it: the program itself takes some hundred megabytes of
    // address space besides.
    let plain = site.command(&["build", "--memory", "100M"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 700000 && exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    limited.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = plain.get_current_dir() {
        limited.current_dir(folder);
    }
    let run = Run::of(&mut limited);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(site.like("lake/large", ".html").len(), 1);
    // What is made takes no memory any more.
    assert_eq!(site.run(&["build", "--memory", "64M", "--strict"]).code, 0);
    insta::assert_snapshot!(said());
}

#[test]
fn a_header_that_lies_is_named_before_anything_is_decoded() {
    // A lossless WebP of 16,384 pixels a side that ends after its header.
    let webp = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let site = Site::new().photo("Lake/a.jpg").file("galleries/Lake/b.webp", webp);
    let told = "damaged WebP: its header declares more pixels than such a small file can contain";
    for arguments in [&["check"][..], &["build", "--dry-run"], &["build"]] {
        let run = site.run(arguments);
        assert!(run.err.contains(told) || run.out.contains(told), "{arguments:?}: {} {}", run.out, run.err);
    }
}
