use super::*;
use crate::pages::files::{BUILT_IN, Overlay, built_in, words_of};

fn english_text() -> &'static str {
    built_in("words/en.ftl").unwrap()
}

/// The built-in words of a language.
fn words(language: &str) -> Words {
    let own = built_in(&format!("words/{language}.ftl")).filter(|_| language != "en");
    Words::built_in(language, english_text(), own).unwrap()
}

fn languages() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter_map(|(name, _)| name.strip_prefix("words/")?.strip_suffix(".ftl"))
}

#[test]
fn every_language_has_every_word_with_the_same_values_and_its_own_plural_forms() {
    let english = words("en");
    assert_eq!(languages().count(), 12);
    for language in languages() {
        let words = words(language);
        assert_eq!(words.english().collect::<Vec<_>>(), [""; 0], "{language}");
        let mut forms = words.locale.forms();
        forms.sort_unstable();
        for (name, word) in &words.words {
            let sorted = |word: &Word| places_of(word).into_iter().collect::<BTreeSet<_>>();
            assert_eq!(sorted(word), sorted(&english.words[name]), "{language}: {name}");
            match (&english.words[name], word) {
                (Word::Text(_), Word::Text(_)) => {}
                (Word::Counted(_), Word::Counted(own)) => {
                    assert_eq!(own.keys().map(String::as_str).collect::<Vec<_>>(), forms, "{language}: {name}");
                }
                _ => panic!("{language}: {name} has forms in one of the two alone"),
            }
        }
        let messages = ftl::read(built_in(&format!("words/{language}.ftl")).unwrap(), Path::new("x")).unwrap();
        let names: Vec<_> = messages.iter().map(|message| message.name.clone()).collect();
        let of_english: Vec<_> =
            ftl::read(english_text(), Path::new("x")).unwrap().into_iter().map(|message| message.name).collect();
        assert_eq!(names, of_english, "{language}");
    }
}

/// What a page says of so many photos.
fn photos(language: &str, count: u64) -> String {
    let words = words(language);
    let Word::Counted(forms) = &words.words["photo_count"] else { panic!("no forms") };
    let text = words.form(count, |form| forms.get(form).map(String::as_str)).unwrap();
    fill(text, |_| Some(words.number(count))).unwrap()
}

#[test]
fn the_words_of_a_language_are_those_of_its_regions() {
    let regions = "ar-AE ar-EG de-AT de-CH en-AU en-US es-419 es-MX fr-BE fr-CA fr-CH he-IL it-CH ja-JP nl-BE pl-PL pt-BR \
                   pt-PT zh-CN zh-Hans zh-SG";
    for region in regions.split_whitespace() {
        let words = words_of(region, &Overlay::default()).unwrap();
        assert_eq!((words.language(), words.english().next()), (region, None));
    }
}

#[test]
fn polish_counts_by_its_three_forms() {
    let said = [0, 1, 2, 4, 5, 12, 21, 22, 25, 112, 122].map(|count| photos("pl", count));
    assert_eq!(
        said,
        [
            "0 zdjęć",
            "1 zdjęcie",
            "2 zdjęcia",
            "4 zdjęcia",
            "5 zdjęć",
            "12 zdjęć",
            "21 zdjęć",
            "22 zdjęcia",
            "25 zdjęć",
            "112 zdjęć",
            "122 zdjęcia"
        ]
    );
}

#[test]
fn arabic_counts_by_its_six_forms() {
    let said = [0, 1, 2, 3, 10, 11, 99, 100, 103].map(|count| photos("ar", count));
    assert_eq!(said, ["لا صور", "صورة واحدة", "صورتان", "3 صور", "10 صور", "11 صورة", "99 صورة", "100 صورة", "103 صور"]);
}

#[test]
fn other_languages_count_in_theirs() {
    let said = |language: &str| [0, 1, 2, 1_250].map(|count| photos(language, count));
    assert_eq!(said("fr"), ["0 photo", "1 photo", "2 photos", "1\u{202f}250 photos"]);
    assert_eq!(said("de"), ["0 Fotos", "1 Foto", "2 Fotos", "1.250 Fotos"]);
    assert_eq!(said("he"), ["0 תמונות", "תמונה אחת", "2 תמונות", "1,250 תמונות"]);
    assert_eq!(said("ja"), ["写真0枚", "写真1枚", "写真2枚", "写真1,250枚"]);
}

#[test]
fn sizes_are_told_in_the_units_of_the_language() {
    let said = |language: &str| [1, 999_001, 312_400_000, 2_340_000_000].map(|bytes| words(language).size(bytes));
    assert_eq!(said("en"), ["1\u{a0}KB", "1,000\u{a0}KB", "312\u{a0}MB", "2.3\u{a0}GB"]);
    assert_eq!(said("fr")[3], "2,3\u{a0}Go");
    assert_eq!(said("ar")[2], "312\u{a0}م.ب");
}

#[test]
fn a_picture_without_words_says_where_it_stands() {
    let words = words("en");
    assert_eq!(words.alternative(None, None, None, 7, 120, "Iceland"), "Photo 7 of 120, Iceland");
    assert_eq!(words.alternative(Some("  "), Some("A\n lake"), Some("T"), 7, 120, "Iceland"), "A lake");
    assert_eq!(words.alternative(Some("Boat"), Some("A lake"), None, 7, 120, "Iceland"), "Boat");
}

#[test]
fn a_name_does_not_change_the_order_of_a_sentence_from_the_right() {
    let said = |language: &str| words(language).alternative(None, None, None, 7, 120, "Iceland");
    assert_eq!(said("ar"), "الصورة 7 من 120، \u{2068}Iceland\u{2069}");
    assert!(!said("de").contains('\u{2068}'));
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap()
}

#[test]
fn spans_of_days_are_said_as_shortly_as_they_can_be() {
    let words = words("en");
    let span = |first: Date, last: Date| words.span(first, last).text;
    assert_eq!(span(day(2024, 3, 12), day(2024, 3, 12)), "12 March 2024");
    assert_eq!(span(day(2024, 3, 12), day(2024, 3, 15)), "12–15 March 2024");
    assert_eq!(span(day(2024, 4, 2), day(2024, 3, 30)), "30 March – 2 April 2024");
    assert_eq!(span(day(2023, 12, 30), day(2024, 1, 2)), "December 2023 – January 2024");
    assert_eq!(words.span(day(2024, 4, 2), day(2024, 3, 30)).iso, "2024-03-30");
}

#[test]
fn spans_are_right_in_every_language() {
    let spans = |language: &str| {
        let words = Words::built_in(language, english_text(), built_in(&format!("words/{language}.ftl"))).unwrap();
        [
            words.span(day(2024, 3, 12), day(2024, 3, 15)).text,
            words.span(day(2024, 3, 30), day(2024, 4, 2)).text,
            words.span(day(2023, 12, 30), day(2024, 1, 2)).text,
        ]
        .join(" | ")
    };
    let all: Vec<String> = ["de", "fr", "es", "nl", "it", "pt", "pl", "ja", "zh", "ar", "he", "en-US", "hu", "sv"]
        .map(|language| format!("{language}: {}", spans(language)))
        .into();
    assert_eq!(
        all,
        [
            "de: 12.–15. März 2024 | 30. März – 2. April 2024 | Dezember 2023 – Januar 2024",
            "fr: 12–15 mars 2024 | 30 mars – 2 avril 2024 | décembre 2023 – janvier 2024",
            "es: 12–15 de marzo de 2024 | 30 de marzo – 2 de abril de 2024 | diciembre de 2023 – enero de 2024",
            "nl: 12–15 maart 2024 | 30 maart – 2 april 2024 | december 2023 – januari 2024",
            "it: 12–15 marzo 2024 | 30 marzo – 2 aprile 2024 | dicembre 2023 – gennaio 2024",
            "pt: 12–15 de março de 2024 | 30 de março – 2 de abril de 2024 | dezembro de 2023 – janeiro de 2024",
            "pl: 12–15 marca 2024 | 30 marca – 2 kwietnia 2024 | grudzień 2023 – styczeń 2024",
            "ja: 2024年3月12日～15日 | 2024年3月30日～4月2日 | 2023年12月～2024年1月",
            "zh: 2024年3月12日至15日 | 2024年3月30日至4月2日 | 2023年12月至2024年1月",
            "ar: 12–15 مارس 2024 | 30 مارس – 2 أبريل 2024 | ديسمبر 2023 – يناير 2024",
            "he: 12–15 במרץ 2024 | 30 במרץ – 2 באפריל 2024 | דצמבר 2023 – ינואר 2024",
            "en-US: March 12–15, 2024 | March 30 – April 2, 2024 | December 2023 – January 2024",
            "hu: 2024. március 12.–15. | 2024. március 30. – április 2. | 2023. december – 2024. január",
            "sv: 12–15 mars 2024 | 30 mars – 2 april 2024 | december 2023 – januari 2024",
        ]
    );
}

#[test]
fn a_year_or_a_month_alone_stays_one() {
    let words = words("en");
    let (year, month) = (When::Year(1987), When::Month(1987, 5));
    let day = |month, day| When::Day(Date::new(1987, month, day).unwrap());
    let said = |view: DateView| (view.iso, view.text);
    let expected = |iso: &str, text: &str| (iso.to_owned(), text.to_owned());
    assert_eq!(said(words.when(year)), expected("1987", "1987"));
    assert_eq!(said(words.when(month)), expected("1987-05", "May 1987"));
    assert_eq!(said(words.span(year, day(8, 9))), expected("1987", "1987"));
    assert_eq!(said(words.span(month, day(5, 9))), expected("1987-05", "May 1987"));
    assert_eq!(said(words.span(day(6, 9), month)), expected("1987-05", "May – June 1987"));
    assert_eq!(said(words.span(When::Year(1985), month)), expected("1985", "1985 – May 1987"));
    assert_eq!(said(words.span(day(5, 9), When::Year(1990))), expected("1987-05-09", "May 1987 – 1990"));
    assert_eq!(self::words("ja").when(When::Year(1987)).text, "1987年");
}

#[test]
fn a_moment_keeps_its_zone() {
    let moment = Date::new(2024, 3, 12).unwrap().at(8, 4, 9, 0);
    let zone = Offset::from_seconds(-(3 * 3600 + 1800)).unwrap();
    assert_eq!(words("en").moment(moment, Some(zone)).iso, "2024-03-12T08:04:09-03:30");
    assert_eq!(words("en").moment(moment, None).text, "12 March 2024 at 08:04");
    assert_eq!(words("de").moment(moment, None).text, "12. März 2024 um 08:04");
}

/// What is wrong in a site's own words.
fn wrong(language: &str, text: &str) -> Vec<String> {
    let mut words = words(language);
    let errors = words.replace(text, Path::new("mine/words/x.ftl")).unwrap_err();
    errors.iter().map(|error| format!("{error} / {}", error.hint.clone().unwrap_or_default())).collect()
}

#[test]
fn words_that_do_not_exist_are_told_with_line_and_nearest_name() {
    assert_eq!(
        wrong("en", "home = Start\n\nprevios = x\nnext = { $page }\nphoto_of = { $title }"),
        [
            "`mine/words/x.ftl` line 3, column 1: unknown word `previos` / did you mean `previous`?",
            "`mine/words/x.ftl` line 4, column 1: `next` has no value `$page`, nor any other / ",
            "`mine/words/x.ftl` line 5, column 1: `photo_of` has no value `$title`; it has `$number`, `$total`, `$gallery` / ",
        ]
    );
}

#[test]
fn what_is_no_word_of_fluent_is_told_with_its_line() {
    assert_eq!(
        wrong("en", "home = Start\nskip\nmenu = x\n"),
        ["`mine/words/x.ftl` line 2, column 5: is not valid Fluent: expected a token starting with \"=\" / write \
          `name = text`, one message on a line; its other lines are indented"]
    );
    let told = |text: &str| wrong("de", text).join("\n");
    assert!(told("home = { title }").contains("`home` refers to the word `title`; write its text, or `{ $title }`"));
    assert!(told("home = { NUMBER($x) }").contains("uses the function `NUMBER`"));
    assert!(told("home = x\n    .title = y").contains("has an attribute"));
    assert!(told("-brand = x").contains("is a term"));
    assert!(told("home = a\nhome = b").contains("`home` is in this file twice"));
    let forms = |forms: &str| told(&format!("photo_count = {{ $count ->\n{forms}\n}}"));
    assert!(forms("   [few] a\n  *[other] b").contains("has a form `few`, but `de` has only"));
    assert!(forms("   [several] a\n  *[other] b").contains("has a form `several`"));
    assert!(told("home = { $count ->\n  *[other] b\n}").contains("`home` has no number to choose between forms by"));
}

#[test]
fn a_form_may_be_for_one_number_and_words_may_stand_around_the_choice() {
    let mut words = words("en");
    let text = "photo_count = In all { $count ->\n    [0] nothing\n    [one] one\n   *[other] { $count }\n} here";
    words.replace(text, Path::new("x")).unwrap();
    let Word::Counted(forms) = &words.words["photo_count"] else { panic!("no forms") };
    let said = |count| words.form(count, |form| forms.get(form).map(String::as_str)).unwrap();
    assert_eq!([0, 1, 7].map(said), ["In all nothing here", "In all one here", "In all {count} here"]);
}

#[test]
fn braces_that_are_no_place_stay() {
    assert_eq!(fill("{ a } {{b}} {c", |_| Some("x".into())).unwrap(), "{ a } {x} {c");
}

#[test]
fn a_language_falls_back_to_the_one_it_belongs_to() {
    assert_eq!(chain("pt-BR"), ["pt-BR", "pt"]);
    assert_eq!(chain("sr-Cyrl-RS"), ["sr-Cyrl-RS", "sr-Cyrl"]);
    assert_eq!(chain("zh-Hans-HK"), ["zh-Hans-HK", "zh-Hans", "zh"]);
    assert_eq!(chain("ar-Latn"), ["ar-Latn"]);
    assert_eq!(chain("zh-CN"), ["zh-CN", "zh"]);
    assert_eq!(chain("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant"]);
    assert_eq!(chain("zh-TW"), ["zh-TW"]);
}

#[test]
fn words_of_the_sites_own_are_told_from_the_english_ones() {
    let mut words = Words::built_in("sv", english_text(), None).unwrap();
    assert!(words.are_english());
    let english: Vec<_> = words.english().map(str::to_owned).collect();
    assert!(english.contains(&"skip".to_owned()) && english.contains(&"photo_count".to_owned()));
    // Values put together belong to no language.
    assert!(!english.iter().any(|name| ["page_title", "span", "year"].contains(&name.as_str())));
    // A word may be the same in both.
    words.replace("skip = Skip to the content", Path::new("x")).unwrap();
    assert_eq!(
        words.english().map(str::to_owned).collect::<Vec<_>>(),
        english.into_iter().filter(|name| name != "skip").collect::<Vec<_>>()
    );
}
