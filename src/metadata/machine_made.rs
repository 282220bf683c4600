//! Recognises texts that cameras, phones and programs write by themselves.
//!
//! One list and a few rules for titles, captions and alternative texts, and one for keywords. A rule here asks for the whole of
//! a text: a caption that only begins like one of them (`Default Street at night`) is somebody's own.

use super::model::{Camera, Metadata};
use super::text;

/// Whole texts, in lower case.
const TEXTS: &[&str] = &[
    "(null)",
    "a digital camera image",
    "acd systems digital imaging",
    "binary comment",
    "casio computer co.,ltd",
    "casio computer co.,ltd.",
    "charset=ascii",
    "charset=unicode",
    "created by imlib",
    "created with gimp",
    "created with the gimp",
    "default",
    "digital camera image",
    "digital image",
    "dvc 10.1 hdmi",
    "edited with polarr photo editor",
    "exif jpeg picture",
    "exif_jpeg_picture",
    "exif_jpeg_t422",
    "file written by adobe photoshop",
    "handmade software, inc. image alchemy",
    "iclarified",
    "image",
    "image description",
    "imagedescription",
    "intel(r) jpeg library",
    "jpeg",
    "jpeg image",
    "jpg",
    "made with picsart",
    "my beautiful picture",
    "n/a",
    "no comment",
    "no description",
    "none",
    "null",
    "om digital camera",
    "photo editor",
    "photoshop",
    "adobe photoshop",
    "picasa",
    "scanned document",
    "scanned image",
    "scanner",
    "screen shot",
    "screencapture",
    "screenshot",
    "snapseed",
    "the gimp",
    "undefined",
    "unknown",
    "untitled",
    "untitled-1",
    "user comment",
    "user comments",
    "usercomment",
    "vsco",
    "www.meitu.com",
    "x-default",
    "xnview",
];

/// Beginnings of what programs sign with, in lower case.
const BEGINNINGS: &[&str] = &[
    "(binary data",
    "appleimageio",
    "camera roll/",
    "compressed by jpeg-recompress",
    "compressed with jpeg optimizer",
    "created with gimp ",
    "creator: gd-jpeg",
    "creator: xv version",
    "exif_jpeg_",
    "file written by adobe photoshop",
    "intel(r) ipp jpeg",
    "intel(r) jpeg library",
    "lavc5",
    "lavc6",
    "lead technologies inc",
    "optimized by jpegmini",
    "processed by ebay with imagemagick",
    "processed with avnx",
    "processed with moldiv",
    "processed with rookie",
    "processed with vsco",
    "software: microsoft office",
    "string with binary data",
    "xmp.did:",
    "xmp.iid:",
];

/// What phones of Huawei, Honor, Vivo and others note of how a picture was taken. As they write it: the same letters in capitals
/// may be a person's word.
const CODES: &[&str] = &[
    "AF",
    "af",
    "btf",
    "btfhdr",
    "btfmdn",
    "btr",
    "burst",
    "cof",
    "dav",
    "edf",
    "fbt",
    "fbthdr",
    "frem",
    "frontbhdp",
    "fshbty",
    "hdr",
    "hdrpl",
    "hdrplus",
    "mde",
    "mon",
    "nor",
    "ptr",
    "qrf",
    "rbt",
    "rhdr",
    "rpt",
    "sdr",
    "vivo",
];

/// What they put behind a code.
const CODE_ENDINGS: &[&str] = &["vivi", "soft", "Soft", "HDRB", "HDR", "hdr", "WO"];

/// Makers as they sign by themselves, in lower case. None is a word that a caption could be.
const MAKERS: &[&str] = &[
    "agfaphoto",
    "asus",
    "benq",
    "canon",
    "casio",
    "dji",
    "epson",
    "fujifilm",
    "gopro",
    "hasselblad",
    "hewlett-packard",
    "hp",
    "htc",
    "huawei",
    "jenoptik",
    "kenox",
    "kodak",
    "konica",
    "konica minolta",
    "kyocera",
    "leica",
    "lg",
    "medion",
    "minolta",
    "motorola",
    "moultrie",
    "nikon",
    "olympus",
    "panasonic",
    "pentax",
    "polaroid",
    "ricoh",
    "samsung",
    "sanyo",
    "sony",
    "vivitar",
    "xiaomi",
];

/// What a maker puts behind its name.
const DEVICES: &[&str] = &[
    "digital camera",
    "digital cam",
    "digital still camera",
    "digital stillcamera",
    "digital game camera",
    "digital video camera",
    "camera pictures",
    "camera phone",
    "dsc",
    "dv",
];

/// Words with which cameras and programs number files.
const COUNTED: &[&str] = &[
    "100", "_dsc", "_dsf", "_mg", "cimg", "dcp", "dji", "dsc", "dscf", "dscn", "gopr", "gp", "hpim", "imag", "image",
    "img", "imgp", "kif", "mvc", "p", "pana", "photo", "pic", "pict", "picture", "pxl", "sam", "scan", "sdc",
];

/// Whether a camera, a phone or a program wrote this text rather than a person.
pub(super) fn is_text(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let lower = text.to_lowercase();
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    TEXTS.contains(&lower.as_str())
        || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
        || text.contains(char::REPLACEMENT_CHARACTER)
        || is_blank(&lower)
        || is_device(text, &lower)
        || is_code(text)
        || is_counted(&lower)
        || is_path(&lower)
        || is_moment(text)
        || is_data(text)
        || is_list_of_values(text)
        || is_prompt(text)
}

/// Whether it is nothing but the name of the camera that took the picture.
pub(super) fn is_camera(text: &str, camera: &Camera) -> bool {
    let plain = |text: &str| text.trim_matches(|c| matches!(c, '<' | '>') || c.is_whitespace()).to_lowercase();
    let text = plain(text);
    let (make, model) = (camera.make.as_deref().unwrap_or(""), camera.model.as_deref().unwrap_or(""));
    // "Apple" is what stands in many a picture as well.
    let make_counts = make.contains([' ', ',']) || MAKERS.contains(&plain(make).as_str());
    let mut names = vec![format!("{make} {model}"), model.to_owned()];
    names.extend(camera.camera_name().filter(|_| !model.is_empty()));
    names.extend(make_counts.then(|| make.to_owned()));
    let mut names = names.iter().map(|name| plain(name)).filter(|name| !name.is_empty());
    names.any(|name| {
        let rest = text.strip_prefix(&name).map(str::trim);
        rest.is_some_and(|rest| rest.is_empty() || DEVICES.contains(&rest))
    })
}

/// Zeros, dots and dashes where there is nothing to say.
fn is_blank(lower: &str) -> bool {
    let mut letters = lower.chars().filter(|c| !c.is_whitespace());
    letters.next().is_none_or(|first| {
        matches!(first, '-' | '_' | '.' | '*' | '#' | '=' | '~' | '0') && letters.all(|c| c == first)
    })
}

/// `OLYMPUS DIGITAL CAMERA`, `SAMSUNG`, `<KENOX S630  / Samsung S630>`.
fn is_device(text: &str, lower: &str) -> bool {
    let is_word = |text: &str, word: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
        words.any(|other| other == word)
    };
    if let Some(inner) = lower.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let makers = MAKERS.iter().chain(&["digimax", "untitled", "unknown", "none"]);
        return makers.into_iter().any(|maker| is_word(inner, maker));
    }
    if DEVICES.contains(&lower) {
        return true;
    }
    let shouts = text.chars().all(|c| !c.is_lowercase());
    MAKERS.iter().filter_map(|maker| lower.strip_prefix(maker)).any(|rest| match rest.trim_matches([' ', ',', '.']) {
        // In capitals, as cameras write: "Olympus" alone may be the mountain.
        "" | "camera" | "corporation" | "corp" => shouts,
        rest => DEVICES.contains(&rest),
    })
}

/// `dav`, `oznorWO`, `dav_vivi`, `sdr_HDRB`.
fn is_code(text: &str) -> bool {
    let bare = |text: &str| CODES.contains(&text) || text.strip_prefix("oz").is_some_and(|rest| CODES.contains(&rest));
    bare(text)
        || CODE_ENDINGS
            .iter()
            .any(|ending| text.strip_suffix(ending).is_some_and(|base| bare(base.strip_suffix('_').unwrap_or(base))))
}

/// `IMG_1234`, `DSC00042.JPG`, `Picture 001`: the name that the camera gave to the file, whatever it is called by now.
fn is_counted(lower: &str) -> bool {
    let endings = [".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".heic", ".dng", ".nef", ".cr2", ".cr3", ".arw"];
    let ending = endings.iter().find_map(|ending| lower.strip_suffix(ending));
    let stem = ending.unwrap_or(lower);
    let word = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &stem[word.len()..];
    let (name, parted) = match word.strip_suffix(['_', '-']) {
        Some(name) => (name, true),
        None => (word, false),
    };
    let (name, apart) = match name.strip_suffix(' ') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let counts = match (apart, parted) {
        // "Photo 12" may be a person's.
        (true, _) => number.len() >= 3 && number.starts_with('0'),
        (false, true) => number.len() >= 3,
        (false, false) => number.len() >= 4,
    };
    counts && COUNTED.contains(&name)
}

/// `DCIM\100MEDIA\DJI_0001.JPG`, `C:\Users\Ann\a.jpg`, `/storage/emulated/0/…`.
fn is_path(lower: &str) -> bool {
    let roots = ["/storage/", "/sdcard/", "/mnt/", "/users/", "/home/", "/var/", "/data/", "/volumes/", "content://"];
    let dcim = lower.starts_with("dcim\\") || lower.starts_with("dcim/");
    let bytes = lower.as_bytes();
    let drive =
        bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/');
    let rooted = drive
        || lower.starts_with("\\\\")
        || lower.starts_with("file:/")
        || roots.iter().any(|root| lower.starts_with(root));
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_file = (2..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (dcim || rooted) && (is_file || !lower.contains(' '))
}

/// `2024:06:01 14:03:22`: no person writes a date like that.
fn is_moment(text: &str) -> bool {
    text.len() == 19
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 | 13 | 16 => byte == b':',
            10 => byte == b' ',
            _ => byte.is_ascii_digit(),
        })
}

/// JSON, XML, and runs of base64 or hexadecimal digits.
fn is_data(text: &str) -> bool {
    let between = |open, close| text.starts_with(open) && text.ends_with(close);
    if (between('{', '}') || between('[', ']'))
        && (text.starts_with("{\"") || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
    {
        return true;
    }
    if text.starts_with("<?x")
        || text.starts_with("<x:xmpmeta")
        || text.starts_with("<rdf:")
        || text.starts_with("<svg")
    {
        return true;
    }
    let is_run = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let base64 =
            word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-'));
        let inner_capitals = word.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
        let mixed = inner_capitals >= 3 && word.bytes().any(|byte| byte.is_ascii_lowercase());
        let numbers = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        (hex && digits >= 4 && word.len() >= 16 && !(numbers && word.contains('-')))
            || (base64 && word.len() >= 24 && digits >= 3 && !word.contains('-'))
            || (base64 && word.len() >= 40 && mixed && !word.contains('-'))
    };
    // The last line of wrapped base64 is short.
    let mut words = text.split_whitespace().peekable();
    let mut runs = 0;
    while let Some(word) = words.next() {
        if is_run(word) {
            runs += 1;
        } else if runs < 2 || words.peek().is_some() {
            return false;
        }
    }
    runs > 0
}

/// `filter: 0; fileterIntensity: 0.0; filterMask: 0;`: what a camera program notes of its own state. Who sits where
/// (`Left: Ann; right: Ben`) is a caption.
fn is_list_of_values(text: &str) -> bool {
    let is_key = |key: &str| {
        let key = key.trim().trim_start_matches('<');
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    let is_value = |value: &str| {
        let value = value.trim();
        value.is_empty()
            || matches!(value, "null" | "true" | "false" | "off" | "on" | "none" | "auto" | "(null)")
            || value
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b',' | b'(' | b')' | b' '))
    };
    let is_odd = |key: &str| {
        let key = key.trim();
        key.contains('_') || (key.starts_with(|c: char| c.is_lowercase()) && key.chars().any(char::is_uppercase))
    };
    let list = |part: char, is: &[char]| {
        let parts: Vec<&str> = text.split(part).map(str::trim).filter(|part| !part.is_empty()).collect();
        let pairs: Vec<(&str, &str)> = parts.iter().filter_map(|part| part.split_once(is)).collect();
        let keyed = pairs.iter().filter(|(key, _)| is_key(key)).count();
        let plain = pairs.iter().filter(|(_, value)| is_value(value)).count();
        // An exposure is a list as well: `ISO: 400, f: 2.8`. No person spells keys as programs do.
        let odd = pairs.iter().any(|(key, _)| is_odd(key));
        pairs.len() >= 3 && keyed * 10 >= parts.len() * 8 && odd && plain > 0
    };
    list(';', &[':', '=']) || list(',', &['=', ':']) || list('\n', &[':', '=']) || list(' ', &['='])
}

/// What a generator was told to draw, with its settings.
fn is_prompt(text: &str) -> bool {
    let settings = ["Steps: ", "Sampler: ", "CFG scale: ", "Seed: ", "Negative prompt: ", "Model hash: "];
    let told = settings.iter().filter(|setting| text.contains(**setting)).count();
    let job = text.split_once("Job ID: ").is_some_and(|(_, id)| id.get(..36).is_some_and(is_data));
    told >= 2 || job
}

/// Roots of the branches of keywords that programs keep for themselves, in lower case.
const ROOTS: &[&str] = &["darktable", "ansel", "_digikam_internal_tags_", "_digikam_root_tag_"];

/// Keywords that digiKam keeps for itself and that nobody else would give, in lower case.
const LABELS: &[&str] = &[
    "color label none",
    "color label red",
    "color label orange",
    "color label yellow",
    "color label green",
    "color label blue",
    "color label magenta",
    "color label gray",
    "color label black",
    "color label white",
    "pick label none",
    "pick label rejected",
    "pick label pending",
    "pick label accepted",
    "scanned for faces",
    "version always visible",
];

fn folded(keyword: &str) -> String {
    text::line(keyword).map(|line| line.to_lowercase()).unwrap_or_default()
}

/// The words of hierarchical keywords that programs keep for themselves, and that no other hierarchical keyword has.
/// `paths` come with what parts them.
pub(super) fn tags<'a>(paths: impl Iterator<Item = (&'a str, char)>) -> Vec<String> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (path, part) in paths {
        let words = path.split(part).map(folded);
        if is_own_path(path, part) { own.extend(words) } else { others.extend(words) }
    }
    own.retain(|word| !others.contains(word));
    own.sort();
    own.dedup();
    own
}

fn is_own_path(path: &str, part: char) -> bool {
    // darktable's own name alone, without a branch, may be a person's word.
    path.trim_start_matches(part).split_once(part).is_some_and(|(root, _)| ROOTS.contains(&folded(root).as_str()))
        || path.trim_matches(part).starts_with("_Digikam_")
}

/// Which keywords of a photo are programs' own.
pub(super) struct Keywords<'a> {
    tags: &'a [String],
    /// darktable's words, with no hierarchy beside them that tells so: its name and one that it always comes with.
    flat: bool,
}

impl<'a> Keywords<'a> {
    pub(super) fn of(said: &'a Metadata) -> Self {
        let has = |word: &str| said.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(word));
        let flat = has("darktable") && (has("exported") || has("changed") || has("format"));
        Self { tags: &said.tags, flat: flat && said.tags.is_empty() }
    }

    /// Whether programs keep this for themselves.
    pub(super) fn have(&self, keyword: &str) -> bool {
        let word = folded(keyword);
        let word = word.as_str();
        let formats = ["jpg", "jpeg", "tif", "tiff", "png", "webp", "avif", "jxl", "exr", "pfm", "xcf", "jp2"];
        let flat = ["darktable", "exported", "changed", "format"].contains(&word) || formats.contains(&word);
        self.tags.iter().any(|tag| tag == word)
            || LABELS.contains(&word)
            || is_own_path(keyword, '|')
            || is_own_path(keyword, '/')
            || (self.flat && flat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_devices_and_programs_write_is_no_text_of_people() {
        for text in [
            " OLYMPUS DIGITAL CAMERA        ",
            "SONY DSC",
            "SAMSUNG",
            "<KENOX S630  / Samsung S630>",
            "<Digimax i5, Samsung #1>",
            "<SAMSUNG DIGITAL CAMERA>",
            "DIGITAL CAMERA",
            "MINOLTA DIGITAL CAMERA",
            "KONICA MINOLTA DIGITAL CAMERA",
            "KODAK Digital Still Camera",
            "MOULTRIE DIGITAL GAME CAMERA",
            "SAMSUNG CAMERA PICTURES",
            "Digital StillCamera",
            "CASIO COMPUTER CO.,LTD.",
            "OM DIGITAL CAMERA",
            "Exif_JPEG_PICTURE",
            "DCIM\\100MEDIA\\DJI_0001.JPG",
            "DCIM\\100GOPRO\\GOPR0042.JPG",
            "C:\\Users\\Ann Other\\Pictures\\a.jpg",
            "/storage/emulated/0/DCIM/Camera/IMG_1.jpg",
            "dav",
            "dav_vivi",
            "oznorWO",
            "oznor",
            "hdrpl",
            "rhdr",
            "mde_soft",
            "sdr_HDRB",
            "cof",
            "vivo",
            "default",
            "DEFAULT",
            "Untitled",
            "Screenshot",
            "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90",
            "LEAD Technologies Inc. V1.01",
            "File written by Adobe Photoshop® 4.0",
            "Created with GIMP",
            "Processed with VSCO with a6 preset",
            "Lavc58.54.100",
            "Picture 001",
            "IMG_1234",
            "DSC00042.JPG",
            "P1010001",
            "2024:06:01 14:03:22",
            "filter: 0; fileterIntensity: 0.0; filterMask: 0; captureOrientation: 0; module: photo;",
            "module:1facing:0; \nhw-remosaic: 0; \ntouch: (-1.0, -1.0); \nmodeInfo: ; \nsceneMode: Auto; \ncct_value: 0;",
            "ae_mode=1 af_state=4 gain=2.5",
            "{\"mirror\":false,\"sensor_type\":\"back\"}",
            "[1, 2, 3]",
            "iVBORw0KGgoAAAANSUhEUgAAAFoAAABaCAYAAAA4qEECAAAACXBIWXMAAAsT",
            "9f86d081884c7d659a2feaa0c55ad015",
            "123e4567-e89b-12d3-a456-426614174000",
            "a castle\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512",
            "caf\u{fffd} au lait",
            "-----",
            "0",
            "   ",
        ] {
            assert!(is_text(text), "{text}");
        }
    }

    #[test]
    fn people_s_captions_stay_however_they_begin() {
        for text in [
            "Default Street at night",
            "A digital camera on a table",
            "My Samsung on the beach",
            "Samsung Tower, Seoul",
            "Olympus",
            "Mount Olympus from the sea",
            "Canon of Dinant",
            "Dav and Ann",
            "DAV",
            "Burst of light",
            "Pro",
            "Nor any drop to drink",
            "Left: Ann; middle: Ben; right: Carl",
            "ISO: 400, Aperture: 2.8, Shutter: 60",
            "1914-1918-1939-1945",
            "Score: 3; fouls: many; weather: rain",
            "Screenshots of a life",
            "Untitled (Blue) No. 4",
            "Picture 12",
            "Photo 1984",
            "Image of the sea",
            "Created with love by Ann",
            "Processed with care in a darkroom",
            "Unknown soldier",
            "None but the brave",
            "2024-06-01",
            "1984",
            "C: the third note",
            "/ or not",
            "{curly}",
            "<3 Paris",
            "[untold]",
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "https://example.com/a/long/path/2024/06/01",
            "Steps: the way up to the castle",
            "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
            "京都",
            "!",
            "???",
            ":-)",
            "007",
        ] {
            assert!(!is_text(text), "{text}");
        }
    }

    #[test]
    fn the_camera_s_own_name_is_no_caption() {
        let camera = |make: &str, model: &str| Camera {
            make: Some(make.into()),
            model: Some(model.into()),
            ..Camera::default()
        };
        let nikon = camera("NIKON CORPORATION", "NIKON D810");
        for text in ["NIKON D810", "Nikon D810", "NIKON CORPORATION", "NIKON CORPORATION NIKON D810", "nikon d810 "] {
            assert!(is_camera(text, &nikon), "{text}");
        }
        assert!(is_camera("Samsung", &camera("SAMSUNG", "SM-G900F")));
        assert!(is_camera("<Tinycam 3>", &camera("Tinycam", "Tinycam 3")));
        for text in ["Nikon D810 on a rock", "Ann", "D"] {
            assert!(!is_camera(text, &nikon), "{text}");
        }
        assert!(!is_camera("Apple", &camera("Apple", "iPhone 15 Pro")));
        assert!(!is_camera("Ann", &Camera::default()));
    }

    #[test]
    fn the_keywords_that_programs_keep_for_themselves_are_known_by_their_branch() {
        let shown = |keywords: &[&str], paths: &[(&str, char)]| -> Vec<String> {
            let said = Metadata {
                keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
                tags: tags(paths.iter().copied()),
                ..Metadata::default()
            };
            said.shown_keywords().map(str::to_owned).collect()
        };
        assert_eq!(
            shown(
                &["Thrush", "darktable", "exported", "format", "jpg", "changed", "1. Filmic"],
                &[
                    ("Birds|Thrush", '|'),
                    ("darktable|exported", '|'),
                    ("darktable|format|jpg", '|'),
                    ("darktable|changed", '|'),
                    ("darktable|style|1. Filmic", '|'),
                ],
            ),
            ["Thrush"]
        );
        // A word that a person gave as well stays.
        assert_eq!(
            shown(&["exported", "darktable", "format"], &[("exported", '|'), ("darktable|exported", '|')]),
            ["exported", "format"]
        );
        assert_eq!(shown(&["darktable", "exported", "format", "jpg", "sea"], &[]), ["sea"]);
        assert_eq!(shown(&["darktable", "jpg", "sea"], &[]), ["darktable", "jpg", "sea"]);
        assert_eq!(shown(&["darktable", "tutorial"], &[("darktable", '|')]), ["darktable", "tutorial"]);
        assert_eq!(shown(&["darktable|exported", "_Digikam_Internal_Tags_/Scanned for Faces", "Ann"], &[]), ["Ann"]);
        assert_eq!(shown(&["Current Version", "Ann"], &[("_Digikam_Internal_Tags_/Current Version", '/')]), ["Ann"]);
        assert_eq!(shown(&["Color Label None", "Pick Label Accepted", "Red"], &[]), ["Red"]);
    }
}
