//! The day on which the program runs in a test.

use std::process::Command;

/// Sets the program's clock to the day that stands behind `--today` among the arguments of a test, and gives the other
/// arguments. `--today=DAY` is the option itself, and stays.
pub fn on_its_day<'a>(command: &mut Command, arguments: &[&'a str]) -> Vec<&'a str> {
    let at = arguments.iter().position(|argument| *argument == "--today");
    if let Some(at) = at {
        command.env("SAFELIGHT_TEST_TODAY", arguments[at + 1]);
    }
    let kept = |number: &usize| at.is_none_or(|at| *number != at && *number != at + 1);
    (0..arguments.len()).filter(kept).map(|number| arguments[number]).collect()
}
