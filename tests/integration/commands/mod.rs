//! The command line as people and programs use it.

mod build;
mod changes;
mod check;
mod help;
mod init;
mod links;
mod live;
#[cfg(unix)]
mod open;
mod picks;
mod secret;
mod serve;
mod theme;

use serde_json::Value;

use crate::support::Site;

/// Sets one small size of pictures in one format.
fn quick_pictures(site: &Site) {
    let settings = site.read("site.toml").replace("[images]", "[images]\nformats = [\"jpeg\"]\nwidths = [60]");
    site.put("site.toml", settings);
}

/// Exit code and events of a command with `--format json`.
fn events(site: &Site, arguments: &[&str]) -> (i32, Vec<Value>) {
    let run = site.run(&[arguments, &["--format", "json"]].concat());
    (run.code, run.events())
}
