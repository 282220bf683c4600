//! The `.xmp` files beside photographs, and which of them belongs to which.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::index::Stat;

/// A sidecar, as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sidecar {
    /// The file's name, in the folder of its photo.
    pub name: OsString,
    /// Size and times.
    pub stat: Stat,
}

/// The sidecars of one folder, by their folded names. Where the file system tells case apart there may be several of one.
#[derive(Debug, Default)]
pub(super) struct Sidecars(HashMap<OsString, Vec<Sidecar>>);

/// A name without case and in one normal form: cameras, programs and file systems differ in both.
pub fn folded(name: &OsStr) -> OsString {
    match name.to_str() {
        Some(name) if !name.is_ascii() => name.nfd().flat_map(char::to_lowercase).nfc().collect::<String>().into(),
        _ => name.to_ascii_lowercase(),
    }
}

impl Sidecars {
    pub(super) fn add(&mut self, name: &OsStr, stat: Stat) {
        self.0.entry(folded(name)).or_default().push(Sidecar { name: name.to_owned(), stat });
    }

    /// The sidecar of a photo: `DSC_0042.jpg.xmp` before `DSC_0042.xmp`, and before both of them none that is written in
    /// other letters, for it may belong to another photo.
    pub(super) fn of(&self, photo: &OsStr) -> Option<&Sidecar> {
        if self.0.is_empty() {
            return None;
        }
        let mut whole = photo.to_owned();
        whole.push(".xmp");
        let stem = Path::new(photo).with_extension("xmp").into_os_string();
        let candidates = [whole, stem].into_iter().enumerate().flat_map(|(form, wanted)| {
            let known = self.0.get(&folded(&wanted)).into_iter().flatten();
            known.map(move |sidecar| {
                let distance = distance(&sidecar.name, &wanted);
                ((distance == Distance::OtherLetters, form, distance, &sidecar.name), sidecar)
            })
        });
        candidates.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, sidecar)| sidecar)
    }
}

/// How far a name is from the one that was looked for; both fold to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Same,
    OtherNormalForm,
    OtherExtension,
    OtherLetters,
}

fn distance(name: &OsStr, wanted: &OsStr) -> Distance {
    let normal = |text: &OsStr| text.to_string_lossy().nfc().collect::<String>();
    let stem = |name: &OsStr| normal(Path::new(name).file_stem().unwrap_or(name));
    if name == wanted {
        Distance::Same
    } else if normal(name) == normal(wanted) {
        Distance::OtherNormalForm
    } else if stem(name) == stem(wanted) {
        Distance::OtherExtension
    } else {
        Distance::OtherLetters
    }
}

impl Sidecar {
    /// Its bytes, and no more than one beyond `limit`: what is larger is refused by its length, not read.
    pub(super) fn read(&self, folder: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(folder.join(&self.name))?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(photo: &str, sidecars: &[&str]) -> Option<String> {
        let mut known = Sidecars::default();
        for name in sidecars {
            known.add(name.as_ref(), Stat::default());
        }
        known.of(photo.as_ref()).map(|sidecar| sidecar.name.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_sidecar_in_the_photos_own_letters_comes_before_all_others() {
        let both = ["dsc.xmp", "DSC.xmp"];
        assert_eq!(
            (of("DSC.jpg", &both).as_deref(), of("dsc.jpg", &both).as_deref()),
            (Some("DSC.xmp"), Some("dsc.xmp"))
        );
        assert_eq!(of("DSC.jpg", &["DSC.XMP", "DSC.xmp"]).as_deref(), Some("DSC.xmp"));
        assert_eq!(of("dsc.jpg", &["DSC.XMP", "dsc.XMP"]).as_deref(), Some("dsc.XMP"));
        assert_eq!(of("DSC.jpg", &["DSC.xmp", "DSC.jpg.XMP"]).as_deref(), Some("DSC.jpg.XMP"));
        assert_eq!(of("DSC.jpg", &["dsc.jpg.xmp", "DSC.xmp"]).as_deref(), Some("DSC.xmp"));
    }

    #[test]
    fn a_sidecar_is_found_in_other_letters_and_another_normal_form() {
        assert_eq!(of("DSC.JPG", &["dsc.xmp", "Dsc.xmp"]).as_deref(), Some("Dsc.xmp"));
        assert_eq!(of("e\u{301}.jpg", &["\u{e9}.xmp"]).as_deref(), Some("\u{e9}.xmp"));
        assert_eq!(of("\u{e9}.jpg", &["\u{c9}.xmp", "e\u{301}.xmp"]).as_deref(), Some("e\u{301}.xmp"));
        assert_eq!(of("a.jpg", &["b.xmp"]), None);
    }

    #[test]
    fn no_more_of_a_sidecar_is_read_than_can_be_refused() {
        let place = tempfile::tempdir().unwrap();
        File::create(place.path().join("a.xmp")).unwrap().set_len(3 << 30).unwrap();
        let sidecar = Sidecar { name: "a.xmp".into(), stat: Stat { size: 3 << 30, ..Stat::default() } };
        assert_eq!(sidecar.read(place.path(), 100).unwrap().len(), 101);
    }
}
