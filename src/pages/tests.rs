//! Whole pages from small views.

use crate::config::{Density, Grid, Scheme, ThemeSettings};

/// The settings of a site that says nothing about its looks.
pub(crate) fn settings() -> ThemeSettings {
    ThemeSettings {
        name: "default".to_owned(),
        logo: None,
        accent: None,
        light: None,
        dark: None,
        scheme: Scheme::Auto,
        heading_font: None,
        text_font: None,
        density: Density::Regular,
        grid: Grid::Rows,
        page_size: 1000,
    }
}
