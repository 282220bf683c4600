//! How hard a chosen password is to guess, and what that would cost.
//!
//! Whoever has the site's files can try passwords on their own machines, as fast as they can pay for. So a password is judged by what
//! the search for it costs: the number of guesses that `zxcvbn` thinks it takes, times the price of one.

use zxcvbn::feedback::Warning;

/// What one graphics card tries in a second at [`ROUNDS_OF_RATE`] rounds of PBKDF2-HMAC-SHA256: hashcat 6.2.6, mode 10900, on a GeForce
/// RTX 4090 (its published benchmark: 8,865.7 kH/s).
const GUESSES_PER_SECOND: f64 = 8_865_700.0;
/// The rounds of that benchmark.
const ROUNDS_OF_RATE: f64 = 999.0;
/// What such a card costs to rent for an hour, in US dollars: the lower end of what clouds charged in 2026.
const PRICE_PER_HOUR: f64 = 0.40;
/// A password that is expected to be found for less than this, in US dollars, is refused.
const LEAST_COST: f64 = 3_000.0;
/// From so many words one is taken where a phrase has a word: the length of the Diceware list. Of short words there are fewer.
const WORDS: f64 = 7_776.0;
const SHORT_WORDS: f64 = 300.0;

/// What photographers and their clients call the day, in the languages of the interface: `zxcvbn` knows English alone, and these are the
/// first words that anybody would try.
const OCCASIONS: &[&str] = &[
    "wedding",
    "hochzeit",
    "mariage",
    "boda",
    "casamento",
    "matrimonio",
    "bruiloft",
    "trouwen",
    "wesele",
    "slub",
    "noces",
    "nozze",
    "trauung",
    "braut",
    "bride",
    "groom",
    "couple",
    "brautpaar",
    "engagement",
    "verlobung",
    "fiancailles",
    "compromiso",
    "verloving",
    "zareczyny",
    "baptism",
    "taufe",
    "bapteme",
    "bautizo",
    "batizado",
    "battesimo",
    "chrzest",
    "doop",
    "birthday",
    "geburtstag",
    "anniversaire",
    "cumpleanos",
    "aniversario",
    "compleanno",
    "verjaardag",
    "urodziny",
    "graduation",
    "abschluss",
    "abschlussball",
    "abiball",
    "school",
    "schule",
    "ecole",
    "escuela",
    "escola",
    "scuola",
    "szkola",
    "class",
    "klasse",
    "kindergarten",
    "sommerfest",
    "weihnachten",
    "noel",
    "navidad",
    "natal",
    "natale",
    "kerst",
    "christmas",
    "newborn",
    "family",
    "familie",
    "famille",
    "familia",
    "famiglia",
    "rodzina",
    "photos",
    "fotos",
    "bilder",
    "foto",
    "zdjecia",
    "gallery",
    "galerie",
    "galeria",
    "galleria",
    "photographer",
    "fotograf",
    "fotografie",
    "photographie",
    "fotografia",
    "shooting",
    "summer",
    "sommer",
    "passwort",
    "kennwort",
    "motdepasse",
    "contrasena",
    "senha",
    "wachtwoord",
    "haslo",
    "geheim",
    "zusammen",
    "liebe",
    "amour",
    "amor",
    "amore",
    "liefde",
    "milosc",
];

/// What is thought of a password.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strength {
    /// What it costs to find it, in US dollars: half of the guesses that it may take.
    pub dollars: f64,
    /// Why it would be guessed, as a sentence.
    pub reason: &'static str,
}

impl Strength {
    /// Judges a password where trying one takes so many rounds. `known` is what anybody would try at this gallery: names of the place, the
    /// people, the site.
    pub(super) fn of(password: &str, known: &[String], iterations: u32) -> Self {
        let inputs = guessable(known);
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).chain(OCCASIONS.iter().copied()).collect();
        let judged = zxcvbn::zxcvbn(password, &inputs);
        let phrase = guesses_of_phrase(password);
        // More than 2⁶⁴ are told as 2⁶⁴: either is out of reach.
        let guesses = (judged.guesses() as f64).min(phrase.unwrap_or(f64::INFINITY));
        let guesses_per_hour = GUESSES_PER_SECOND * ROUNDS_OF_RATE / f64::from(iterations) * 3600.0;
        let names = judged.sequence().iter().any(|part| {
            let part = part.token.to_lowercase();
            part.chars().count() > 3 && inputs.contains(&part.as_str())
        });
        let reason = match judged.feedback().and_then(|feedback| feedback.warning()) {
            _ if names => NAMES,
            None if phrase == Some(guesses) => "phrases are tried word by word, and it has too few",
            warning => reason(warning),
        };
        Self { dollars: guesses / 2.0 / guesses_per_hour * PRICE_PER_HOUR, reason }
    }

    /// Whether it is refused unless somebody insists.
    pub(super) fn is_weak(self) -> bool {
        self.dollars < LEAST_COST
    }
}

/// How many guesses a phrase takes, word by word; none for what is no phrase. `zxcvbn` knows words of English alone, and takes the spaces
/// between words for as hard to guess as random letters.
fn guesses_of_phrase(password: &str) -> Option<f64> {
    let words: Vec<&str> = password.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    if words.len() < 2 || !words.iter().all(|word| is_like_a_word(word)) {
        return None;
    }
    let of_words = words.iter().map(|word| if word.chars().count() > 3 { WORDS } else { SHORT_WORDS });
    let digits = password.chars().filter(char::is_ascii_digit).map(|_| 10.0);
    Some(of_words.chain(digits).product())
}

/// Whether letters are written as words are, and not as if at random: in one case, perhaps with a capital in front, and with a vowel, where
/// they are of a script that has some.
fn is_like_a_word(letters: &str) -> bool {
    let one_case = letters.chars().skip(1).all(|c| !c.is_uppercase()) || letters.chars().all(|c| !c.is_lowercase());
    let has_vowel = letters.chars().any(|c| !c.is_ascii() || "aeiouyAEIOUY".contains(c));
    letters.chars().count() > 1 && one_case && has_vowel
}

/// Each name, its words, and its words in one piece, as they are typed.
fn guessable(known: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for name in known {
        let name = name.to_lowercase();
        let words: Vec<&str> =
            name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2).collect();
        all.push(name.split(|c: char| !c.is_alphanumeric()).collect());
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all.push(name);
    }
    all.retain(|word| !word.is_empty());
    all
}

const NAMES: &str = "it contains a name of this gallery, its people or the occasion, which anybody would try first";

fn reason(warning: Option<Warning>) -> &'static str {
    match warning {
        Some(Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword) => {
            "it is one of the most common passwords"
        }
        Some(Warning::ThisIsSimilarToACommonlyUsedPassword) => "it is almost one of the most common passwords",
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "its keys lie next to each other"
        }
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "it repeats itself"
        }
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "it is a sequence, like abc or 6543",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "dates and years are tried early"
        }
        Some(Warning::AWordByItselfIsEasyToGuess) => "single words are tried early",
        Some(Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess) => {
            "names of people are tried early"
        }
        None => "it is too short for what it is made of",
    }
}

/// A sum for people: no more exact than it is.
pub(super) fn money(dollars: f64) -> String {
    match dollars {
        sum if sum < 0.01 => "less than a cent".to_owned(),
        sum if sum < 1.0 => format!("about {} cents", rounded(sum * 100.0)),
        sum if sum < 1.5 => "about 1 US dollar".to_owned(),
        sum if sum < 1e6 => format!("about {} US dollars", rounded(sum)),
        sum if sum < 1e9 => format!("about {} million US dollars", rounded(sum / 1e6)),
        _ => "more than a billion US dollars".to_owned(),
    }
}

/// Two figures, with commas.
fn rounded(number: f64) -> String {
    rounded_to(number, 2)
}

fn rounded_to(number: f64, figures: u8) -> String {
    let unit = 10_f64.powf((number.log10().floor() + 1.0 - f64::from(figures)).max(0.0));
    let digits = format!("{:.0}", (number / unit).round() * unit);
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength(password: &str) -> Strength {
        let known = ["Lake House", "the couple", "Ida & Noé Marchetti", "photos.example.com"].map(str::to_owned);
        Strength::of(password, &known, 600_000)
    }

    #[test]
    fn what_everybody_would_try_is_weak_and_random_words_are_not() {
        for weak in [
            "secret",
            "password123",
            "qwertyuiop",
            "aaaaaaaaaaaaaaa",
            "24.12.2026",
            "lakehouse",
            "Lake House 2026",
            "marchetti2026",
            "Hochzeit2026",
            "IdaMarchetti!",
            "zaq12wsx",
            "hunter2",
            "Boda2027",
            "photosexamplecom",
            "Sommernacht am See",
            "gravel poem mosaic",
            "Gravel-poem-88",
        ] {
            let found = strength(weak);
            assert!(found.is_weak(), "{weak}: {found:?}");
        }
        for strong in [
            "correct horse battery staple",
            "tulip anvil mosaic kettle",
            "vK4#qz9PbLw2",
            "Regenschirm Kaktus Lampe Ufer",
        ] {
            let found = strength(strong);
            assert!(!found.is_weak(), "{strong}: {found:?}");
        }
        assert_eq!(strength("password").reason, "it is one of the most common passwords");
        assert_eq!(strength("LakeHouse!").reason, NAMES);
        assert_eq!(strength("summer night").reason, "phrases are tried word by word, and it has too few");
        assert_eq!(strength("vK4#qz9PbL").reason, "it is too short for what it is made of");
    }

    #[test]
    fn more_rounds_make_guessing_dearer_by_as_much() {
        let known = [];
        let (one, ten) = (Strength::of("tulip anvil", &known, 600_000), Strength::of("tulip anvil", &known, 6_000_000));
        assert!((ten.dollars / one.dollars - 10.0).abs() < 1e-6);
    }

    #[test]
    fn the_documented_figures_are_these() {
        let security = include_str!("../../../docs/security.md");
        let per_second = GUESSES_PER_SECOND * ROUNDS_OF_RATE / 600_000.0;
        let price = PRICE_PER_HOUR / (per_second * 3600.0);
        let half_of_all_codes = 2_f64.powi(69) * price;
        for figure in [
            format!("{:.1} million tries a second", GUESSES_PER_SECOND / 1e6),
            format!("so {} at 600,000", rounded_to(per_second, 3)),
            format!("{PRICE_PER_HOUR:.2} US dollars an hour"),
            format!("| A billion tries | {:.1} US dollars |", price * 1e9),
            format!("half of all codes cost {:.1} trillion US dollars", half_of_all_codes / 1e12),
            format!("60 bits: {:.1} billion US dollars", half_of_all_codes / 1000.0 / 1e9),
            format!("{} US dollars at least, about {:.0} bits", rounded(LEAST_COST), (LEAST_COST * 2.0 / price).log2()),
        ] {
            assert!(security.contains(&figure), "{figure}");
        }
    }

    #[test]
    fn sums_are_told_in_round_figures() {
        let told = [0.001, 0.239, 1.2, 12.4, 1234.0, 98_765.0, 1_234_567.0, 4e8, 1e12].map(money);
        assert_eq!(
            told,
            [
                "less than a cent",
                "about 24 cents",
                "about 1 US dollar",
                "about 12 US dollars",
                "about 1,200 US dollars",
                "about 99,000 US dollars",
                "about 1 million US dollars",
                "about 400 million US dollars",
                "more than a billion US dollars"
            ]
        );
    }
}
