//! What was read, rendered and remembered before has no say in what is published and told.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use safelight::access::SecretSources;
use safelight::build::access::Request;
use safelight::build::{Access, Event, build};
use safelight::config::Config;

use crate::support::photos::{caption, exif, jpeg, png, taken, transparent_png, xmp};
use crate::support::{IMAGES, Site, Tree, differences};

/// What came of a build.
struct Built {
    /// What was told, in the order of the alphabet.
    told: Vec<String>,
    /// Photos that cannot be used, or what was refused.
    broken: Vec<String>,
    /// What lies in the output; nothing where the build was refused.
    tree: Option<Tree>,
}

/// Builds in this process at a later hour, so that all that was read is kept.
fn built(site: &Site) -> Built {
    let (config, _) = Config::read(&site.path("site.toml")).unwrap();
    let options =
        safelight::build::Options { now: SystemTime::now() + Duration::from_secs(60), ..crate::support::options() };
    let sources =
        SecretSources { site: config.root.clone(), published: vec![config.output.clone()], ..SecretSources::default() };
    let request = Request { day: jiff::civil::date(2027, 1, 2), public_only: false, announce: None };
    let (access, _) = Access::load(&config, &sources, request).unwrap();
    let told = Mutex::new(Vec::new());
    let summary = build(&config, &access, &options, &|event| {
        if let Event::Warning(warning) = event {
            told.lock().unwrap().push(format!("{warning:?}"));
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort();
    let (broken, tree) = match summary {
        Ok(summary) => (summary.broken.iter().map(|broken| format!("{broken:?}")).collect(), Some(site.tree())),
        Err(errors) => (errors.iter().map(|error| format!("{error:?}")).collect(), None),
    };
    Built { told, broken, tree }
}

/// The same site in another folder, without anything that a build has left.
fn untouched(site: &Site) -> Site {
    let other = Site::new();
    copy(&site.path("."), &other.path("."));
    other
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        let to = to.join(&name);
        if entry.is_symlink() {
            symlink(fs::read_link(&entry).unwrap(), &to).unwrap();
        } else if name == ".safelight" {
            fs::create_dir(&to).unwrap();
            if entry.join("secret").exists() {
                fs::copy(entry.join("secret"), to.join("secret")).unwrap();
            }
        } else if entry.is_dir() && name != "public" {
            fs::create_dir_all(&to).unwrap();
            copy(&entry, &to);
        } else if entry.is_file() {
            fs::copy(&entry, &to).unwrap();
        }
    }
}

/// Builds the site where it is and a copy of it from nothing, and compares. Whether anything was published.
fn compare(site: &Site, after: &str) -> bool {
    let (warm, cold) = (built(site), built(&untouched(site)));
    assert_eq!(warm.told, cold.told, "{after}");
    assert_eq!(warm.broken, cold.broken, "{after}");
    assert_eq!(warm.tree.is_some(), cold.tree.is_some(), "{after}");
    if let (Some(warm), Some(cold)) = (&warm.tree, &cold.tree) {
        assert_eq!(differences(warm, cold), [] as [&str; 0], "{after}");
    }
    warm.tree.is_some()
}

/// Numbers that look random and are the same in every run.
struct Random(u32);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % most
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// A caption in two languages, and keywords.
fn words(text: &str, keywords: &[&str]) -> String {
    let items: String = keywords.iter().map(|word| format!("<rdf:li>{word}</rdf:li>")).collect();
    format!(
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li><rdf:li xml:lang=\"de\">{text} \
         (deutsch)</rdf:li></rdf:Alt></dc:description><dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"
    )
}

/// Files that may lie in a gallery: photographs with much and with little to say, and some that cannot be used.
fn pool() -> Vec<Vec<u8>> {
    let place = {
        let fractions = |tag, values: &[(u32, u32)]| crate::support::photos::fractions(tag, values);
        let (north, west) = (crate::support::photos::ascii(1, "N"), crate::support::photos::ascii(3, "W"));
        exif(&[], &[(0x8825, &[north, fractions(2, &[(63, 1)]), west, fractions(4, &[(22, 1)])])])
    };
    let black_lines = |x: u32, y: u32| if (x + y).is_multiple_of(8) { [0, 0, 0, 255] } else { [0; 4] };
    let whole = jpeg(80, 60, 9).bytes();
    vec![
        jpeg(96, 64, 1).exif(&taken("2024:03:12")).xmp(&words("A pier", &["sea", "family"])).bytes(),
        jpeg(64, 96, 2).exif(&taken("2023:05:01")).xmp(&words("A boat", &["sea"])).bytes(),
        // Its colour depends on how small its smallest picture is.
        png(96, 64, |x, _| [if x.is_multiple_of(8) { 255 } else { 0 }; 3]),
        jpeg(96, 64, 4).icc(b"this is no profile").bytes(),
        jpeg(90, 50, 5).exif(&place).bytes(),
        jpeg(96, 64, 6).xmp("<broken").bytes(),
        transparent_png(72, 48, black_lines),
        // The pixels are cut off, which is found when they are wanted.
        whole[..whole.len() - 40].to_vec(),
        b"no photograph at all".to_vec(),
        Vec::new(),
        // What a telephone writes and nothing here reads.
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
    ]
}

const FOLDERS: [&str; 3] = ["Lake", "Sea", "Home"];
const NAMES: [&str; 5] = ["a.jpg", "b.jpg", "C 1.jpg", "c-2.jpg", "d.png"];

fn settings(random: &mut Random) -> String {
    let images = random.of(&[
        IMAGES,
        "[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [32]\n",
        "[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [64, 20]\n",
        "[images]\nformats = [\"jpeg\"]\nwidths = [32]\nquality = 50\n",
        "[images]\nformats = [\"avif\", \"jpeg\"]\nwidths = [20]\nbackground = \"#336699\"\n",
        "[images]\nformats = [\"webp\", \"jpeg\"]\nwidths = [32]\nbackground = \"silver\"\n",
    ]);
    let language = random.of(&["", "language = \"en\"\n", "language = \"de\"\n"]);
    let rights = random.of(&["", "[rights]\nkeep_gps = true\n", "[rights]\ncopyright = \"© Mara\"\n"]);
    format!("title = \"Test Site\"\nurl = \"https://name.example/\"\n{language}{images}{rights}")
}

fn gallery(random: &mut Random) -> String {
    let sort = random.of(&["", "sort = \"taken\"\n", "sort = \"-taken\"\n", "sort = [\"b.jpg\", \"a.jpg\"]\n"]);
    let access = random.of(&["", "", "access = \"unlisted\"\n", "access = \"private\"\n"]);
    let captions = random.of(&["", "[captions]\n\"a.jpg\" = \"The ferry\"\n"]);
    let images = random.of(&["", "", "[images]\nwidths = [24]\n", "[images]\nbackground = \"#123456\"\n"]);
    format!("{access}{sort}{captions}{images}")
}

/// Swaps two files or folders that are there.
fn swap(one: &Path, other: &Path) {
    let aside = one.with_file_name("aside");
    if one.exists() && other.exists() && one != other {
        fs::rename(one, &aside).unwrap();
        fs::rename(other, one).unwrap();
        fs::rename(aside, other).unwrap();
    }
}

/// Changes something, and says what.
fn change(site: &Site, random: &mut Random, pool: &[Vec<u8>]) -> String {
    let place =
        |random: &mut Random| -> PathBuf { Path::new("galleries").join(random.of(&FOLDERS)).join(random.of(&NAMES)) };
    let drop = |path: &Path| {
        if path.is_symlink() || path.exists() {
            fs::remove_file(path).unwrap()
        }
    };
    let (at, other) = (place(random), place(random));
    let file = site.path(&at);
    let sidecar = file.with_extension("xmp");
    match random.below(13) {
        0 | 1 => {
            site.put("site.toml", settings(random));
            format!("settings: {}", fs::read_to_string(site.path("site.toml")).unwrap())
        }
        2 | 3 => {
            let which = random.below(pool.len());
            drop(&file);
            site.put(&at, &pool[which]);
            format!("{} is photo {which}", at.display())
        }
        4 => {
            drop(&file);
            format!("{} is gone", at.display())
        }
        5 => {
            if file.exists() {
                fs::rename(&file, site.path(&other)).unwrap();
            }
            format!("{} is called {}", at.display(), other.display())
        }
        6 => {
            swap(&file, &site.path(&other));
            format!("{} and {} are swapped", at.display(), other.display())
        }
        7 => {
            let text = xmp(&words(random.of(&["Dusk", "Dawn"]), &[random.of(&["sea", "family"])]));
            site.put(at.with_extension("xmp"), text);
            format!("a sidecar for {}", at.display())
        }
        8 => {
            let text: String = random.of(&["no sidecar", "", &xmp(&caption("Noon"))]).to_owned();
            site.put(at.with_extension("xmp"), text);
            format!("another sidecar for {}", at.display())
        }
        9 => {
            drop(&sidecar);
            format!("no sidecar for {}", at.display())
        }
        10 => {
            swap(&sidecar, &site.path(&other).with_extension("xmp"));
            format!("the sidecars of {} and {} are swapped", at.display(), other.display())
        }
        11 => {
            let folder = random.of(&FOLDERS[..2]);
            site.put(Path::new("galleries").join(folder).join("gallery.toml"), gallery(random));
            format!(
                "{folder}: {}",
                fs::read_to_string(site.path("galleries").join(folder).join("gallery.toml")).unwrap()
            )
        }
        _ => {
            let which = random.below(3);
            drop(&file);
            symlink(format!("../../disk/{which}.jpg"), &file).unwrap();
            format!("{} leads to {which}.jpg", at.display())
        }
    }
}

#[test]
fn a_warm_build_publishes_and_tells_what_a_cold_one_does() {
    let (pool, mut published) = (pool(), 0);
    for seed in [0x9e37_79b9, 0x2545_f491, 0x0bad_5eed] {
        let random = &mut Random(seed);
        let site = Site::new();
        for (which, photo) in pool[..3].iter().enumerate() {
            site.put(format!("disk/{which}.jpg"), photo);
        }
        for folder in FOLDERS {
            for name in &NAMES[..3] {
                site.put(Path::new("galleries").join(folder).join(name), &pool[random.below(7)]);
            }
        }
        site.put("galleries/Home/a.jpg", &pool[0]);
        site.put("galleries/Home/gallery.toml", "access = \"private\"\n[audiences.guests]\nexcept = [\"family\"]\n");
        site.put("site.toml", settings(random));
        for command in [&["secret", "new"][..], &["share", "Home", "--to", "Ida", "--audience", "guests"]] {
            let run =
                site.run(&[command, if command[0] == "share" { &["--today", "2027-01-01"] } else { &[] }].concat());
            assert_eq!(run.code, 0, "{}", run.err);
        }
        let mut history = Vec::new();
        for _ in 0..14 {
            published += usize::from(compare(&site, &format!("seed {seed:#x}, after: {history:#?}")));
            history.push(change(&site, random, &pool));
            // Two changes between two builds, now and then.
            if random.below(3) == 0 {
                history.push(change(&site, random, &pool));
            }
        }
    }
    // What is refused compares little.
    assert!(published >= 30, "{published}");
}

#[test]
fn a_placeholder_does_not_tell_which_sizes_there_were_before() {
    // Bright lines on black: the fewer pixels, the darker, since sizes are reduced as screens count and colours as light does.
    let lines = png(320, 6, |x, _| [if x.is_multiple_of(16) { 255 } else { 0 }; 3]);
    let site = Site::new().file("galleries/Lake/a.png", lines);
    let site = site.file("galleries/Lake/b.jpg", jpeg(96, 64, 4).bytes());
    for widths in ["[32]", "[32, 2]", "[32]", "[96]", "[32, 2]"] {
        site.put("site.toml", format!("title = \"Test Site\"\n[images]\nformats = [\"jpeg\"]\nwidths = {widths}\n"));
        compare(&site, widths);
    }
}

#[test]
fn what_is_odd_about_the_pixels_of_a_photo_is_told_by_every_build_and_by_check() {
    let odd = "`galleries/Lake/a.jpg`: ";
    let site = Site::new().file("galleries/Lake/a.jpg", jpeg(96, 64, 4).icc(b"this is no profile").bytes());
    let told = |arguments: &[&str], code: i32| {
        let run = site.run(arguments);
        assert_eq!((run.code, run.err.matches(odd).count()), (code, 1), "{arguments:?}: {}{}", run.out, run.err);
    };
    told(&["build"], 0);
    told(&["build"], 0);
    told(&["build", "--strict"], 0);
    told(&["build", "--dry-run"], 0);
    told(&["check"], 1);
    // What was read is forgotten, and the finished pictures remember.
    site.remove(".safelight/index");
    told(&["check"], 1);
    told(&["build"], 0);
    // The pictures stay in the output, and nothing remembers.
    assert_eq!(site.run(&["clean"]).code, 0);
    told(&["build"], 0);
    // Other sizes, the same photo.
    site.put("site.toml", "title = \"Test Site\"\n[images]\nformats = [\"jpeg\"]\nwidths = [20]\n");
    told(&["build"], 0);
    told(&["build"], 0);
    // A photo that is not shown has nothing to be told of.
    site.remove("galleries/Lake/a.jpg");
    site.put_photo("Lake/b.jpg");
    assert!(!site.build().err.contains(odd));
}

#[test]
fn a_photo_that_could_not_be_read_is_read_again_though_its_times_are_the_same() {
    let site = Site::new().photos(["Lake/a.jpg", "Lake/b.jpg"]);
    site.put("disk/a.jpg", fs::read(site.path("galleries/Lake/a.jpg")).unwrap());
    site.put("disk/b.xmp", xmp(&caption("Dusk")));
    symlink("../../disk/b.xmp", site.path("galleries/Lake/b.xmp")).unwrap();
    site.remove("galleries/Lake/a.jpg");
    symlink("../../disk/a.jpg", site.path("galleries/Lake/a.jpg")).unwrap();
    fs::rename(site.path("disk"), site.path("away")).unwrap();
    compare(&site, "the disk is not there");
    site.put("disk", "no folder");
    compare(&site, "something else is in its place");
    site.remove("disk");
    fs::rename(site.path("away"), site.path("disk")).unwrap();
    compare(&site, "the disk is back");
    assert!(site.text("lake/b.html").contains("Dusk") && site.text("lake/a.html").contains("<img"));
}
