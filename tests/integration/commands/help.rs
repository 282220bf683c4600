//! What the program says of itself.

use std::fs;

use crate::support::{Site, said};

/// Names of the commands that a help page lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // A command's name stands two columns in; what it does may go on below, further in.
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    names.map(str::to_owned).collect()
}

/// The help page of every command and of every command below one, by what is typed for it.
fn pages(site: &Site) -> Vec<(String, String)> {
    let mut waiting = vec![String::new()];
    let mut pages = Vec::new();
    while let Some(command) = waiting.pop() {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = site.run(&words).fine().out;
        waiting.extend(commands(&help).iter().map(|name| format!("{command} {name}").trim().to_owned()));
        pages.push((command, help));
    }
    pages
}

#[test]
fn every_command_explains_itself() {
    let site = Site::empty();
    let pages = pages(&site);
    assert!(pages.len() > 30, "{}", pages.len());
    for (command, help) in pages {
        let first = help.lines().next().unwrap_or_default();
        assert!(first.len() > 12 && !first.starts_with("Usage"), "{command}: {help}");
        insta::assert_snapshot!(format!("help {command}").trim().replace(' ', "-"), help);
    }
}

#[test]
fn a_wrong_call_says_what_would_be_right() {
    let site = Site::empty();
    site.session(&["", "-h", "biuld", "build --nonsense", "share", "build --format xml", "build --format csv"]);
    insta::assert_snapshot!(said());
}

#[test]
fn completions_name_the_commands() {
    let site = Site::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = site.run(&["completions", shell]);
        assert!(output.out.contains("completions"), "{shell}");
    }
}

#[test]
fn colour_is_for_terminals_and_exit_codes_tell_kinds_apart() {
    let site = Site::initialised();
    site.put("site.toml", "titel = 1\n");
    let wrong = site.run(&["build"]);
    assert_eq!(wrong.code, 3);
    assert!(!wrong.err.contains('\x1b'), "{}", wrong.err);
    assert_eq!(site.run(&["biuld"]).code, 2);
    assert_eq!(site.run(&["serve", "--port", "0", "--site", "nowhere"]).code, 3);
}

#[test]
fn every_option_is_told_in_the_documents() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = fs::read_to_string(root.join("README.md")).unwrap();
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") {
            documents.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let mut untold = Vec::new();
    for (command, text) in pages(&Site::empty()) {
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
            let options = line.split([' ', ',']).take_while(|word| word.starts_with('-') || word.is_empty());
            untold.extend(
                options
                    .filter(|word| word.len() > 2 && !["--help", "--version"].contains(word))
                    .filter(|word| !documents.contains(&format!("`{word}")) && !documents.contains(&format!(" {word}")))
                    .map(|word| format!("{command} {word}")),
            );
        }
    }
    assert_eq!(untold, Vec::<String>::new());
}
