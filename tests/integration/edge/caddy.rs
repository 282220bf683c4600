//! The gate within a real Caddy.

use std::path::Path;
use std::process::Command;

use jiff::ToSpan as _;
use jiff::civil::Date;
use safelight::access::edge::EdgeGate;

use super::servers::*;
use crate::access::gate_table::{Case, Table};

fn caddy(folder: &Path, gate: &EdgeGate, time_zone: &str, site: &str) -> Server {
    std::fs::write(folder.join("safelight.caddy"), gate.caddy().unwrap()).unwrap();
    caddy_of(folder, time_zone, site)
}

#[test]
fn a_real_server_of_caddy_answers_a_dead_link_with_our_page_and_serves_a_living_one() {
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    let site =
        format!("root * {}\nroute {{\nimport safelight.caddy\nfile_server\n}}", folder.path().join("site").display());
    let server = caddy(folder.path(), &with_page(&Table::read(), "/"), "UTC", &site);
    answers_a_dead_link_with_our_page_and_serves_a_living_one(&server);
}

#[test]
fn a_real_server_of_caddy_as_documented_keeps_private_addresses_out_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    write_documented_site(folder.path());
    let served = documented("## Your own server, Caddy", "```\n");
    let version = Command::new("caddy").arg("version").output().expect(NEEDED).stdout;
    let version = String::from_utf8(version).unwrap();
    let minor: u32 = version.split('.').nth(1).unwrap().parse().unwrap();
    // As the comment there says.
    let served = if minor < 8 { served.replace("log_skip", "skip_log") } else { served.to_owned() };
    let inner = served.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
    let log = folder.path().join("access.log");
    let site = inner.replace("/srv/photos", &folder.path().join("site").display().to_string())
        + &format!("\nlog {{\noutput file {}\n}}\n", log.display());
    let server = caddy_of(folder.path(), "UTC", &site);
    keeps_private_addresses_out_of_its_log(&server, &log);
    has_the_headers_of_private_files(&server);
}

/// Caddy's clock cannot be faked, so the table's days are moved to where its today is the real one.
fn moved(table: &Table, today: Date) -> Table {
    let days = (today - "2027-06-30".parse::<Date>().unwrap()).get_days();
    let shifted = |text: &str| {
        let mut out = text.to_owned();
        for at in 0..text.len().saturating_sub(7) {
            let Some(day) = text.get(at..at + 8).filter(|day| day.bytes().all(|byte| byte.is_ascii_digit())) else {
                continue;
            };
            if let Ok(day) = Date::strptime("%Y%m%d", day).and_then(|day| day.checked_add(days.days())) {
                out.replace_range(at..at + 8, &day.strftime("%Y%m%d").to_string());
                break;
            }
        }
        out
    };
    let case = |case: &Case| Case {
        why: case.why.clone(),
        path: shifted(&case.path),
        base: case.base.clone(),
        verdict: case.verdict.clone(),
    };
    Table {
        today: table.today,
        deny: table.deny.iter().map(|token| shifted(token)).collect(),
        cases: table.cases.iter().map(case).collect(),
    }
}

#[test]
fn a_real_server_of_caddy_gives_every_verdict_of_the_table() {
    let today = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let table = Table::read();
    // At any hour the day in one of these two is not UTC's.
    for time_zone in ["Etc/GMT-14", "Etc/GMT+12"] {
        for base in bases(&table) {
            let mut day = today();
            loop {
                let table = moved(&table, day);
                let folder = tempfile::tempdir().unwrap();
                let server = caddy(
                    folder.path(),
                    &gate(&table, base),
                    time_zone,
                    "route {\nimport safelight.caddy\nrespond passed\n}",
                );
                let cases: Vec<&Case> = table.cases.iter().filter(|case| case.base == base).collect();
                let differences = server.differences(&cases);
                // Midnight may have passed on the way.
                if today() == day {
                    assert_eq!(differences, [""; 0], "{base} {time_zone}");
                    break;
                }
                day = today();
            }
        }
    }
}
