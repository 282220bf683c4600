//! Safelight: folders of photographs in, a static gallery site with signed access links out.

pub mod access;
pub mod audit;
pub mod build;
pub mod catalog;
pub mod compose;
pub mod config;
pub mod error;
pub mod files;
pub mod images;
pub mod metadata;
pub mod pages;
pub mod plan;
pub mod publish;

pub use error::{Error, ErrorKind, Place, Result};
