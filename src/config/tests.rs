//! Whole files against what comes of them.

use std::fs;
use std::path::Path;

use super::*;
use crate::error::Error;

/// Everything that is said about a file: place, message and hint.
fn told(errors: &[Error]) -> Vec<String> {
    let one = |error: &Error| match &error.hint {
        Some(hint) => format!("{error} / {hint}"),
        None => error.to_string(),
    };
    errors.iter().map(one).collect()
}

fn site(text: &str) -> Config {
    match Config::from_text(text, Path::new("site.toml"), Path::new("/sites/coast")) {
        Ok((config, _)) => config,
        Err(errors) => panic!("{:#?}", told(&errors)),
    }
}

fn refusals(text: &str) -> Vec<String> {
    let outcome = Config::from_text(text, Path::new("site.toml"), Path::new("/sites/coast"));
    told(&outcome.map(|_| ()).expect_err(text))
}

fn gallery(text: &str) -> GalleryConfig {
    match GalleryConfig::from_text(text, Path::new("galleries/a/gallery.toml")) {
        Ok(gallery) => gallery,
        Err(errors) => panic!("{:#?}", told(&errors)),
    }
}

fn gallery_refusals(text: &str) -> Vec<String> {
    told(&GalleryConfig::from_text(text, Path::new("gallery.toml")).map(|_| ()).expect_err(text))
}

/// One problem: line, column, message, hint.
#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(refusals(text), [expected]);
}

#[track_caller]
fn gallery_refused(text: &str, expected: &str) {
    assert_eq!(gallery_refusals(text), [expected]);
}

mod bad_galleries;
mod bad_sites;
mod good;
mod made_from_tables;
mod on_disk;
