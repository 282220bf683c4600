//! The command line.

use std::process::ExitCode;

use safelight::images::workshop::{self, Craft, Finished};

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == workshop::HIDDEN_WORD) {
        return workshop::child_main(Reversal);
    }
    ExitCode::SUCCESS
}

/// Stands in for the codecs until they are here: a "derivative" is the source backwards.
struct Reversal;

impl Craft for Reversal {
    type Recipe = String;

    fn render(&mut self, source: &[u8], _: u8, recipes: &[String], wanted: &[bool]) -> Result<Finished, String> {
        let reversed = source.iter().rev().copied().collect::<Vec<u8>>();
        let encoded = wanted.iter().map(|wanted| if *wanted { reversed.clone() } else { Vec::new() }).collect();
        assert_eq!(recipes.len(), wanted.len());
        Ok(Finished { encoded, colour: [1, 2, 3], warnings: Vec::new() })
    }

    fn trim(&mut self) {}

    fn reset(&mut self) {}
}
