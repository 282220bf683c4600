//! The metadata of a photo, in one form for all kinds of blocks.

use serde::{Deserialize, Serialize};

use super::capture_time::Taken;
use super::machine_made;

/// What a photo says about itself. Texts are trimmed, in NFC and without control characters; those of one
/// line have no line ends. Small, because a hundred thousand of them lie in one index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The title, one line.
    pub title: Option<Box<str>>,
    /// The caption: one or more lines.
    pub caption: Option<Box<str>>,
    /// The alternative text for those who cannot see the picture.
    pub alt: Option<Box<str>>,
    /// Keywords in the order they were given, none twice.
    pub keywords: Vec<String>,
    /// Words among them that programs keep there for themselves, folded; see [`Self::shown_keywords`].
    pub tags: Vec<String>,
    /// Who made the picture, each by one name.
    pub creators: Vec<String>,
    /// The copyright line.
    pub copyright: Option<Box<str>>,
    /// The credit line.
    pub credit: Option<Box<str>>,
    /// Whether it says that its rights are reserved; `false` is the public domain.
    pub marked: Option<bool>,
    /// Its licence.
    pub licence: Option<Licence>,
    /// What its owner allows for text and data mining; never [`DataMining::Unspecified`].
    pub data_mining: Option<DataMining>,
    /// Whether XMP of it is damaged or too large, so that nobody knows all that it reserves.
    pub unread: bool,
    /// Whether a block that could not be read in full may have more keywords than these.
    pub keywords_unread: bool,
    /// When it was taken.
    pub taken: Option<Taken>,
    /// The camera and how it was set.
    pub camera: Camera,
    /// Stars: -1 (rejected) to 5.
    pub rating: Option<i8>,
    /// The colour label, as the program named it.
    pub label: Option<Box<str>>,
    /// The place, in words.
    pub location: Location,
    /// The place, as coordinates.
    pub gps: Option<Gps>,
}

/// The camera and how it was set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// The maker, as the camera writes it: `NIKON CORPORATION`.
    pub make: Option<Box<str>>,
    /// The model, as the camera writes it: `NIKON D810`.
    pub model: Option<Box<str>>,
    /// The lens.
    pub lens: Option<Box<str>>,
    /// The focal length in millimetres.
    pub focal_length: Option<f32>,
    /// The focal length in millimetres that would give this field of view on 35 mm film.
    pub focal_length_35mm: Option<u16>,
    /// The f-number.
    pub aperture: Option<f32>,
    /// The exposure time in seconds, as an exact fraction.
    pub shutter: Option<Fraction>,
    /// The sensitivity (ISO 12232).
    pub iso: Option<u32>,
}

/// The place shown, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The place within the city.
    pub sublocation: Option<Box<str>>,
    /// The city.
    pub city: Option<Box<str>>,
    /// The state or province.
    pub state: Option<Box<str>>,
    /// The country.
    pub country: Option<Box<str>>,
    /// The country's ISO 3166 code of two or three letters.
    pub country_code: Option<Box<str>>,
}

/// Coordinates (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gps {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Metres above the sea.
    pub altitude: Option<f32>,
}

/// A fraction above zero, as the camera wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    /// Above the line.
    pub numerator: u32,
    /// Below the line; never 0.
    pub denominator: u32,
}

/// What a photo says of its licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Licence {
    /// Where it is written: an `http` or `https` address.
    Address(Box<str>),
    /// It has one that is no web address. No other may stand in its place.
    Unusable,
}

/// The PLUS "Data Mining" vocabulary (PLUS LDF 2.0.1, IPTC Photo Metadata 2023.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataMining {
    /// Neither allowed nor prohibited.
    Unspecified,
    /// Allowed.
    Allowed,
    /// Prohibited for training AI or machine learning models.
    ProhibitedAiTraining,
    /// Prohibited for training generative models.
    ProhibitedGenerativeAiTraining,
    /// Prohibited except for search engines' indexing.
    ProhibitedExceptSearch,
    /// Prohibited.
    Prohibited,
    /// Prohibited; see the photo's constraints.
    ProhibitedSeeConstraint,
    /// Prohibited; see the rights expression within the photo.
    ProhibitedSeeEmbedded,
    /// Prohibited; see the rights expression the photo links to.
    ProhibitedSeeLinked,
    /// Another name of the vocabulary, which grows.
    Other(Box<str>),
}

impl DataMining {
    /// Every known value with its name in the vocabulary.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Unspecified, "DMI-UNSPECIFIED"),
        (Self::Allowed, "DMI-ALLOWED"),
        (Self::ProhibitedAiTraining, "DMI-PROHIBITED-AIMLTRAINING"),
        (Self::ProhibitedGenerativeAiTraining, "DMI-PROHIBITED-GENAIMLTRAINING"),
        (Self::ProhibitedExceptSearch, "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"),
        (Self::Prohibited, "DMI-PROHIBITED"),
        (Self::ProhibitedSeeConstraint, "DMI-PROHIBITED-SEECONSTRAINT"),
        (Self::ProhibitedSeeEmbedded, "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR"),
        (Self::ProhibitedSeeLinked, "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR"),
    ];

    /// The address of the vocabulary.
    const VOCABULARY: &'static str = "http://ns.useplus.org/ldf/vocab/";

    /// The value's address, as XMP writes it: `http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED`.
    pub fn uri(&self) -> String {
        let name = match self {
            Self::Other(name) => name,
            known => Self::ALL.iter().find(|(value, _)| value == known).map_or("DMI-UNSPECIFIED", |(_, name)| *name),
        };
        format!("{}{name}", Self::VOCABULARY)
    }

    /// The known value of a vocabulary address or of a bare name of the vocabulary.
    pub fn from_uri(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let name = text.rsplit('/').next().unwrap_or(text);
        let mut all = Self::ALL.into_iter();
        all.find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(value, _)| value)
    }

    /// What an unknown value counts as: a name in the vocabulary stays as it is, and everything else prohibits, for whoever
    /// says something here and cannot be understood has more likely reserved something than given it away.
    pub fn from_unknown(text: &str) -> Self {
        let vocabulary = text.trim().trim_end_matches('/').split_once("://").map_or("", |(_, address)| address);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        match vocabulary.strip_prefix("ns.useplus.org/ldf/vocab/") {
            Some(name) if name.starts_with("DMI-") && name.chars().all(is_name) => Self::Other(name.into()),
            _ => Self::Prohibited,
        }
    }
}

impl Gps {
    /// Coordinates that lie on the Earth; `0, 0` is what a receiver without a fix writes.
    pub fn new(latitude: f64, longitude: f64, altitude: Option<f32>) -> Option<Self> {
        let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude, longitude) != (0.0, 0.0);
        let altitude = altitude.filter(|metres| metres.is_finite() && metres.abs() < 100_000.0);
        on_earth.then_some(Self { latitude, longitude, altitude })
    }
}

impl Metadata {
    /// This, with what the sidecar says laid over it: a field the sidecar has wins, keywords all together.
    pub fn overlaid_with(self, mut sidecar: Self) -> Self {
        sidecar.drop_machine_made(&self.camera);
        sidecar.or(self)
    }

    /// The keywords that people gave: all but those that programs keep among them for themselves.
    pub fn shown_keywords(&self) -> impl Iterator<Item = &str> {
        let programs = machine_made::Keywords::of(self);
        self.keywords.iter().map(String::as_str).filter(move |keyword| !programs.have(keyword))
    }

    /// Takes out what only repeats the camera's name.
    pub(super) fn drop_machine_made(&mut self, camera: &Camera) {
        for text in [&mut self.title, &mut self.caption, &mut self.alt] {
            if text.as_deref().is_some_and(|text| machine_made::is_text(text) || machine_made::is_camera(text, camera))
            {
                *text = None;
            }
        }
    }

    /// This, with each field that is missing taken from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            caption: self.caption.or(other.caption),
            alt: self.alt.or(other.alt),
            // Where this has keywords they are all together, and those of the other do not count.
            keywords_unread: self.keywords_unread || (self.keywords.is_empty() && other.keywords_unread),
            tags: {
                let mut tags = self.tags;
                tags.extend(other.tags);
                tags
            },
            keywords: if self.keywords.is_empty() { other.keywords } else { self.keywords },
            creators: if self.creators.is_empty() { other.creators } else { self.creators },
            copyright: self.copyright.or(other.copyright),
            credit: self.credit.or(other.credit),
            marked: self.marked.or(other.marked),
            licence: self.licence.or(other.licence),
            data_mining: self.data_mining.or(other.data_mining),
            unread: self.unread || other.unread,
            taken: match (self.taken, other.taken) {
                // The same moment on the same watch: one block may know the offset that the other lacks.
                (Some(one), Some(two)) if one.is_same_second(&two) => {
                    // Programs that know no offset write zero; only another one is worth borrowing.
                    Some(one.with_offset(two.offset_minutes().filter(|minutes| *minutes != 0)))
                }
                (one, two) => one.or(two),
            },
            camera: self.camera.or(other.camera),
            rating: self.rating.or(other.rating),
            label: self.label.or(other.label),
            location: self.location.or(other.location),
            gps: self.gps.or(other.gps),
        }
    }
}

impl Camera {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            make: self.make.or(other.make),
            model: self.model.or(other.model),
            lens: self.lens.or(other.lens),
            focal_length: self.focal_length.or(other.focal_length),
            focal_length_35mm: self.focal_length_35mm.or(other.focal_length_35mm),
            aperture: self.aperture.or(other.aperture),
            shutter: self.shutter.or(other.shutter),
            iso: self.iso.or(other.iso),
        }
    }
}

impl Location {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            sublocation: self.sublocation.or(other.sublocation),
            city: self.city.or(other.city),
            state: self.state.or(other.state),
            country: self.country.or(other.country),
            country_code: self.country_code.or(other.country_code),
        }
    }
}
