//! What a build sealed, opened by the command.

use super::sealed::{Opened, SETTINGS, code_of, site};
use crate::support::photos::{caption, jpeg};

#[test]
fn what_a_build_sealed_comes_out_of_the_command_again() {
    let site = site();
    site.put("galleries/lake-house/pier.jpg", jpeg(1500, 1000, 11).xmp(&caption("Ines at the pier")).bytes());
    site.put(SETTINGS, format!("downloads = \"full\"\n{}", site.read(SETTINGS)));
    let anna = site.share("Anna", &[]);
    site.build();
    let code = String::from_utf8(code_of(&site, "Anna").to_vec()).unwrap();
    let told = site.run(&["open", &format!("public/{anna}"), "--code", &code, "--to", "out"]).fine();
    assert!(told.out.contains(" files open and are what was sealed"), "{}", told.out);
    let whole = Opened::of(&site, &site.page(&anna).split("/x/").nth(1).unwrap()[..25], code.as_bytes()).unwrap();
    let pier = std::fs::read(site.path("out/pier.jpg")).unwrap();
    assert!(whole.files.values().any(|plain| *plain == pier) && pier.starts_with(b"\xff\xd8"));
    let said: serde_json::Value = serde_json::from_str(&site.read("out/gallery.json")).unwrap();
    assert_eq!(said["title"], "Boathouse");
    let photos = said["photos"].as_array().unwrap();
    for photo in photos {
        assert!(site.path("out").join(photo["file"].as_str().unwrap()).is_file(), "{photo}");
    }
    let about =
        |photo: &&serde_json::Value| photo["about"].as_str().is_some_and(|text| text.contains("Ines at the pier"));
    assert_eq!(photos.iter().find(about).unwrap()["file"], "pier.jpg");
    let archives = said["archives"].as_array().unwrap();
    assert!(
        !archives.is_empty() && archives.iter().all(|name| site.path("out").join(name.as_str().unwrap()).is_file())
    );

    // A link that was revoked opens nothing of the next state.
    site.run(&["revoke", "lake-house", "--to", "Anna"]).fine();
    site.share("Ben", &[]);
    site.build();
    let folder =
        site.output().into_keys().find_map(|path| path.strip_suffix("/slots.json").map(str::to_owned)).unwrap();
    let told = site.run(&["open", &format!("public/{folder}"), "--code", &code]).refused(5).err;
    assert!(told.contains("a link that no longer works"), "{told}");
}
