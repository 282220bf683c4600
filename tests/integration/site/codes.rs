//! Every warning that a build may give has a code, and `check` gives the same.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use safelight::Code;

use crate::support::photos::{jpeg, png, taken, xmp};
use crate::support::{Site, said};

/// A small site that provokes one warning, and how the program is called on it.
struct Case {
    site: Site,
    arguments: &'static [&'static str],
    variables: Vec<(&'static str, String)>,
}

impl From<Site> for Case {
    fn from(site: Site) -> Self {
        Self { site, arguments: &[], variables: Vec::new() }
    }
}

fn site() -> Site {
    Site::new().photos(["Lake/a.jpg"])
}

fn gallery(settings: &str) -> Site {
    site().gallery_toml("Lake", settings)
}

fn page(text: &str) -> Site {
    site().file("pages/about.md", text)
}

/// A theme of its own, of one file.
fn theme(file: &str, text: &str) -> Site {
    site().config("[theme]\nname = \"mine\"\n").file(format!("themes/mine/{file}"), text)
}

fn case(code: Code) -> Option<Case> {
    Some(match code {
        Code::SettingWithoutEffect => site().config("[discovery]\nfeed = true\n").into(),
        Code::InsecureUrl => site().config("url = \"http://photos.example.com\"\n").into(),
        Code::LowContrast => site().config("[theme.light]\nbackground = \"#ffffff\"\ntext = \"#dddddd\"\n").into(),
        Code::MarkWithoutEffect => {
            gallery("access = \"public\"\n").file("galleries/Lake/.htaccess", "Require valid-user\n").into()
        }
        Code::LookalikeSettings => {
            gallery("title = \"Lake\"\n").file("galleries/Lake/gallery.toml.bak", "title = \"The Lake\"\n").into()
        }
        Code::PhotoNotInGallery => gallery("[captions]\n\"b.jpg\" = \"Not here.\"\n").into(),
        Code::CoverNotShown => gallery("cover = \"b.jpg\"\n").into(),
        Code::NoLookUpPage => {
            let site = Site::with_private_gallery();
            let settings = site.read("site.toml");
            site.put("site.toml", format!("{settings}[find]\n"));
            site.share("Ada", &["--find"]);
            site.put("site.toml", settings);
            site.into()
        }
        Code::PatternsNotRead => site().file("galleries/Lake/.ppignore", "*.png\n").into(),
        Code::GalleryLeftOut => site().photo("Private/b.jpg").gallery_toml("Private", "access = \"private\"\n").into(),
        Code::ContestedAddress => site().photos(["A B/a.jpg", "a b/b.jpg"]).into(),
        Code::PhotoLeftOut => site().file("galleries/Lake/b.jpg", "no picture").into(),
        Code::PhotoKindNotRead => site().file("galleries/Lake/b.NEF", b"II*\0\x08\0\0\0").into(),
        Code::PhotoTwice => site().file("galleries/Lake/A.png", png(96, 64, |_, _| [9; 3])).into(),
        Code::WrongEnding => site().file("galleries/Lake/b.txt", jpeg(96, 64, 2).bytes()).into(),
        Code::FileLeftOut => {
            let site = site().file("static/a.txt", "A file.");
            symlink("/nonexistent", site.path("static/b.txt")).unwrap();
            site.into()
        }
        Code::MetadataDamaged => site().file("galleries/Lake/b.jpg", jpeg(96, 64, 2).exif(b"II*\0").bytes()).into(),
        Code::PixelsDoubtful => {
            let site = site().file("galleries/Lake/b.jpg", jpeg(96, 64, 2).icc(b"no profile").bytes());
            // What pixels are like is known once they were rendered.
            site.build();
            site.into()
        }
        Code::DateInFuture => {
            site().file("galleries/Lake/b.jpg", jpeg(96, 64, 2).exif(&taken("2031:05:01")).bytes()).into()
        }
        Code::OriginalNotOffered => {
            let photo = include_bytes!("../../../src/images/tests/fixtures/plain.heic");
            gallery("downloads = \"full\"\n").file("galleries/Lake/b.heic", photo).into()
        }
        Code::PhotoWithheld => {
            let site = Site::with_known_links().file("galleries/lake-house/SECRET_0001.xmp", "");
            let settings = "[audiences.guests]\nexcept = [\"family\"]\n";
            let settings = format!("id = \"k3v9q2m7t4xa\"\naccess = \"private\"\n{settings}");
            let family = xmp("<dc:subject><rdf:Bag><rdf:li>family</rdf:li></rdf:Bag></dc:subject>");
            site.gallery_toml("lake-house", &settings).file("galleries/lake-house/SECRET_0009.xmp", family).into()
        }
        Code::UnreadMarkup => page("# About\n\nThis is <b>bold</b>.\n").into(),
        Code::RefusedAddress => page("# About\n\n[Run](javascript:alert(1))\n").into(),
        Code::TextNotShown => page("# About\n\nWords.\n\n[^note]: Nothing refers to this.\n").into(),
        Code::BrokenClaim => page("+++\nclaims = [\"no-locations\"]\n+++\n# About\n\nWords.\n")
            .config("[rights]\nkeep_gps = true\n")
            .into(),
        Code::MissingHeaders => Site::with_known_links().file("static/_headers", "/*\n  X-A: b\n").into(),
        Code::FileNotPublished => site().file("static/.notes", "Hidden.").into(),
        Code::UnusedThemeFile => theme("galery.html", "A template.").into(),
        Code::UnknownField => theme("text.html", "{% if page.titel is defined %}{% endif %}").into(),
        Code::BlockedByPolicy => theme("text.html", "<img src=\"https://elsewhere.example/a.png\" alt=\"\">").into(),
        Code::Untranslated => site().config("language = \"sv\"\n").into(),
        Code::LedgerAhead => Case { arguments: &["--today", "2026-12-01"], ..Site::with_known_links().into() },
        Code::SecretExposed => {
            let site = Site::with_known_links();
            let file = site.path("mounted");
            fs::rename(site.path(".safelight/secret"), &file).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
            let variables = vec![("SAFELIGHT_SECRET_FILE", file.to_str().unwrap().to_owned())];
            Case { variables, ..site.into() }
        }
        Code::GitNotAnswering => {
            let site = Site::with_known_links();
            fs::create_dir(site.path(".git")).unwrap();
            site.into()
        }
        Code::RecordDamaged => {
            let site = site();
            site.build();
            site.put_photo("Lake/b.jpg");
            site.build();
            let mut records =
                fs::read_dir(site.path(".safelight/published")).unwrap().flatten().map(|entry| entry.path());
            let record = records.find(|path| path.extension().is_none_or(|ending| ending != "previous"));
            fs::write(record.unwrap(), "damaged").unwrap();
            site.into()
        }
        _ => return None,
    })
}

/// The codes of all errors and warnings of a command.
fn codes(case: &Case, command: &str) -> BTreeSet<String> {
    let arguments = [&[command, "--format", "json"], case.arguments].concat();
    let variables: Vec<(&str, &str)> = case.variables.iter().map(|(name, value)| (*name, &**value)).collect();
    let events = case.site.run_with(&arguments, &variables).events();
    let told = events.iter().filter(|event| event["event"] == "error" || event["event"] == "warning");
    told.map(|event| event["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn check_says_what_a_build_warns_of() {
    let mut silent = Vec::new();
    for code in Code::all().filter(|code| code.is_build_warning() && code.unknown_to_check().is_none()) {
        let case = case(code).unwrap_or_else(|| panic!("no site here provokes `{code}`"));
        for command in ["check", "build"] {
            let told = codes(&case, command);
            if !told.contains(code.id()) {
                silent.push(format!("`{command}` does not say `{code}`, but {told:?}"));
            }
        }
    }
    assert_eq!(silent, [] as [&str; 0]);
}

#[test]
fn what_is_told_can_be_looked_up() {
    let site = site().config("titel = \"Lake\"\n");
    site.run(&["build", "--verbose"]).refused(3);
    let explained = site.run(&["explain", "unknown-setting"]).fine().out;
    for said in [Code::UnknownSetting.meaning(), Code::UnknownSetting.remedy()] {
        assert!(explained.contains(said), "{explained}");
    }
    let explained = site.run(&["explain", "private-word", "--format", "json"]).fine().events();
    assert_eq!((&explained[0]["event"], &explained[0]["rule"]), (&"rule".into(), &"private-word".into()));
    site.run(&["explain", "unknown-seting"]).refused(2);
    let listed = site.run(&["explain"]).fine().out;
    assert_eq!(listed.lines().count(), Code::all().count() + safelight::audit::Rule::all().count());
    insta::assert_snapshot!(said());
}
