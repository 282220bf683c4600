//! Watermarks of galleries: their files, and what they do not go together with.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Gallery, Watermark};
use crate::config::{AudienceRule, Config, Downloads, GalleryConfig, WatermarkSaid, WatermarkSettings};
use crate::{Code, Error};

/// Larger files are no watermarks.
const LARGEST_FILE: u64 = 32 << 20;

/// Watermarks that were read, by their settings: galleries mostly have the same.
#[derive(Default)]
pub(super) struct Watermarks(HashMap<String, Option<Arc<Watermark>>>);

impl Watermarks {
    /// The watermark in force where a gallery says this below `inherited`.
    pub(super) fn of(
        &mut self,
        config: &Config,
        said: &GalleryConfig,
        inherited: Option<&Arc<Watermark>>,
        errors: &mut Vec<Error>,
    ) -> Option<Arc<Watermark>> {
        match &said.watermark {
            None => inherited.cloned(),
            Some(WatermarkSaid::Off) => None,
            Some(WatermarkSaid::On(settings)) => {
                let known = self.0.entry(format!("{settings:?}"));
                known.or_insert_with(|| read(config, said, settings).map_err(|error| errors.push(error)).ok()).clone()
            }
        }
    }
}

fn read(config: &Config, said: &GalleryConfig, settings: &WatermarkSettings) -> Result<Arc<Watermark>, Error> {
    let name = settings.drawing.file();
    let file = config.root.join(name);
    let read = || {
        let length = std::fs::metadata(&file)?.len();
        if length > LARGEST_FILE { Err(std::io::ErrorKind::FileTooLarge.into()) } else { std::fs::read(&file) }
    };
    let bytes = read().map_err(|error| {
        let place = said.file.as_deref().map_or(Path::new("gallery.toml"), |file| config.display_path(file));
        let what = format!("`[watermark]` names `{name}`, which cannot be read: {error}");
        let hint = "give the path relative to the site's folder, for example `marks/logo.png`";
        Error::new(Code::InvalidWatermark, what).at(place).hint(hint)
    })?;
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Arc::new(Watermark { settings: settings.clone(), file, sha256 }))
}

/// Whom a gallery offers originals although they see a watermark: where it says the last of the two itself.
pub(super) fn contradictions(config: &Config, galleries: &[Gallery]) -> Vec<Error> {
    let mut errors = Vec::new();
    for gallery in galleries.iter().filter(|gallery| gallery.watermark.is_some()) {
        let said = &gallery.config;
        let Some(file) = &said.file else { continue };
        let mut refuse = |whom: &str, hint: &str| {
            let what = format!("`downloads = \"full\"` contradicts `[watermark]`{whom}: originals have no watermark");
            errors.push(Error::new(Code::ConflictingSettings, what).at(config.display_path(file)).hint(hint));
        };
        if (said.downloads.is_some() || said.watermark.is_some()) && gallery.downloads == Downloads::Full {
            refuse("", "set `downloads = \"web\"`; audiences with `watermark = false` can have `downloads = \"full\"`");
        }
        let contradicts =
            |rule: &AudienceRule| rule.downloads == Some(Downloads::Full) && rule.watermark != Some(false);
        for (name, _) in said.audiences.iter().filter(|(_, rule)| contradicts(rule)) {
            let whom = format!(" for the audience `{name}`");
            refuse(&whom, "set its `downloads = \"web\"`, or its `watermark = false`");
        }
    }
    errors
}
