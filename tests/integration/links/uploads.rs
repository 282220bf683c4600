//! What the documentation has people type to put a site online.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const GUIDE: &str = include_str!("../../../docs/deploy.md");

/// Every block that builds and uploads on a machine that keeps its folder.
fn recipes() -> Vec<String> {
    let blocks = GUIDE.split("```").skip(1).step_by(2);
    let by_hand = blocks.filter(|block| block.starts_with("sh\n") || block.starts_with('\n'));
    let uploads = |block: &&str| {
        block.contains("safelight build") && ["rsync ", "aws ", "npx "].iter().any(|command| block.contains(command))
    };
    let typed = |block: &str| {
        let body = block.split_once('\n').map_or("", |(_, body)| body);
        body.replace("5 0 * * *  cd /home/ada/photos", "cd .")
    };
    by_hand.filter(uploads).map(typed).collect()
}

/// Whether anything is uploaded where the build ends with a code.
fn uploads(recipe: &str, code: u8, folder: &Path) -> bool {
    let told = folder.join("uploaded");
    let _ = fs::remove_file(&told);
    for (name, text) in [
        ("safelight", format!("#!/bin/sh\ncase $1 in check) exit 1 ;; esac\nexit {code}\n")),
        ("rsync", format!("#!/bin/sh\n: > '{}'\n", told.display())),
        ("aws", format!("#!/bin/sh\n: > '{}'\n", told.display())),
        ("npx", format!("#!/bin/sh\n: > '{}'\n", told.display())),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    Command::new("/bin/sh").arg("-c").arg(recipe).current_dir(folder).env("PATH", folder).status().unwrap();
    told.exists()
}

#[test]
fn what_came_down_in_a_build_that_failed_is_taken_off_the_host_by_every_documented_command() {
    let folder = tempfile::tempdir().unwrap();
    let recipes = recipes();
    assert_eq!(recipes.len(), 6, "{recipes:#?}");
    for recipe in recipes {
        let after: Vec<u8> =
            [0, 1, 2, 3, 4, 5, 6, 7, 130].into_iter().filter(|code| uploads(&recipe, *code, folder.path())).collect();
        assert_eq!(after, [0, 3, 4, 5, 6], "{recipe}");
    }
}
