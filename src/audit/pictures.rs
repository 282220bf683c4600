//! Where a published picture was taken, and with whose camera.

use super::scope::shown;
use super::{AuditInput, Finding, Kind, Report};
use crate::metadata::{Carried, SourceFormat, strip_check};

/// Tells what a picture carries that points to people and places.
pub(super) fn check(input: &AuditInput, path: &str, content: &[u8], report: &mut Report) {
    if !is_picture(content) {
        return;
    }
    let found = strip_check(content);
    for (kind, name) in &found.items {
        let what = match kind {
            Carried::Gps if !input.keep_gps => "where it was taken",
            Carried::SerialNumber => "the serial number of a camera or lens",
            _ => continue,
        };
        report.finding(Finding {
            file: shown(path),
            offset: None,
            kind: Kind::Metadata,
            message: format!("this picture says {what} ({name})"),
            hint: "build again; where the file lies in the static folder, export it without metadata",
        });
    }
}

fn is_picture(content: &[u8]) -> bool {
    SourceFormat::by_bytes(content).is_some()
}
