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

    fn text(recipe: &String) -> String {
        recipe.clone()
    }

    fn revision() -> String {
        "1".into()
    }

    fn render(&mut self, source: &[u8], _orientation: u8, recipes: &[String]) -> Result<Finished, String> {
        let reversed = source.iter().rev().copied().collect::<Vec<u8>>();
        Ok(Finished { encoded: vec![reversed; recipes.len()], colour: [1, 2, 3], warnings: Vec::new() })
    }

    fn trim(&mut self) {}

    fn reset(&mut self) {}
}
