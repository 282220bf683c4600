use std::collections::BTreeMap;

use super::*;

/// Answers address by address, one after the other, the last one again and again.
#[derive(Default)]
struct Said {
    answers: BTreeMap<String, Vec<(u16, &'static str)>>,
    asked: Mutex<Vec<String>>,
    pauses: Mutex<Vec<Duration>>,
}

impl Said {
    fn new(answers: &[(&str, &[(u16, &'static str)])]) -> Self {
        let answers = answers.iter().map(|(url, answers)| ((*url).to_owned(), answers.to_vec())).collect();
        Self { answers, ..Self::default() }
    }

    fn asked(&self, url: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == url).count()
    }
}

impl Fetch for Said {
    fn get(&self, url: &str, _most: u64) -> Result<(u16, Vec<u8>)> {
        let times = self.asked(url);
        self.asked.lock().unwrap().push(url.to_owned());
        let answers = self.answers.get(url).unwrap_or_else(|| &self.answers["any other"]);
        let (status, body) = answers[times.min(answers.len() - 1)];
        Ok((status, body.as_bytes().to_vec()))
    }

    fn pause(&self, time: Duration) {
        self.pauses.lock().unwrap().push(time);
    }
}

fn check(url: &str, expected: Expected) -> Check {
    let what = format!("what lies at {}", url.len());
    Check { url: url.to_owned(), path: String::new(), what, expected, is_former: false }
}

#[test]
fn what_counts_as_an_answer_depends_on_what_is_expected() {
    let grave = || Expected::Tombstone(b"the link has ended".to_vec());
    let cases = [
        (200, "the link has ended", grave(), None),
        (404, "nothing", grave(), None),
        (410, "nothing", grave(), None),
        (403, "no", grave(), None),
        (200, "the gallery as it was", grave(), Some(Code::StillOnline)),
        (200, "", grave(), Some(Code::StillOnline)),
        (200, "the link has ended, and more", grave(), Some(Code::StillOnline)),
        (301, "", grave(), Some(Code::StillOnline)),
        (404, "nothing", Expected::Gone, None),
        (401, "no", Expected::Gone, None),
        (200, "a picture", Expected::Gone, Some(Code::StillOnline)),
        (500, "", Expected::Gone, Some(Code::StillOnline)),
        (200, "a page", Expected::There, None),
        (404, "nothing", Expected::There, Some(Code::NotOnline)),
    ];
    for (status, body, expected, code) in cases {
        let said = Said::new(&[("a", &[(status, body)])]);
        let proof = prove(&said, &[check("a", expected.clone())], &[]);
        assert_eq!(proof.gone.contains("a"), code.is_none() && expected != Expected::There);
        let codes: Vec<Code> = proof.errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, Vec::from_iter(code), "{status} {body:?} where {expected:?}");
    }
}

#[test]
fn what_a_cache_still_holds_is_asked_for_again_after_each_pause_and_the_rest_is_not() {
    let pauses = [2, 4, 8].map(Duration::from_secs);
    let answers: [(&str, &[(u16, &str)]); 3] =
        [("gone", &[(404, "")]), ("slow", &[(200, "old"), (200, "old"), (404, "")]), ("there", &[(200, "page")])];
    let said = Said::new(&answers);
    let checks = [check("there", Expected::There), check("slow", Expected::Gone), check("gone", Expected::Gone)];
    let proof = prove(&said, &checks, &pauses);
    assert_eq!((proof.errors, proof.gone), (Vec::new(), ["gone", "slow"].map(str::to_owned).into()));
    assert_eq!(*said.pauses.lock().unwrap(), pauses[..2]);
    assert_eq!(["gone", "slow", "there"].map(|url| said.asked(url)), [1, 3, 1]);

    // One that never forgets is told after the last pause, once for all that have the same name.
    let said = Said::new(&[("no1", &[(200, "old")]), ("no2", &[(200, "old")]), ("gone", &[(404, "")])]);
    let checks = [check("gone", Expected::Gone), check("no1", Expected::Gone), check("no2", Expected::Gone)];
    let Proof { errors: wrong, gone } = prove(&said, &checks, &pauses);
    assert_eq!(gone, ["gone".to_owned()].into(), "what was seen to be gone is so whatever else is there");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].message.starts_with("what lies at 3 is withdrawn"), "{}", wrong[0]);
    assert_eq!((said.pauses.lock().unwrap().len(), said.asked("no1"), said.asked("no2")), (3, 4, 4));
}

#[test]
fn a_host_that_answers_the_same_for_all_that_is_missing_shows_nothing_of_it() {
    let answers: [(&str, &[(u16, &str)]); 3] =
        [("h/old.jpg", &[(200, "the app")]), ("h/kept.jpg", &[(200, "a picture")]), ("any other", &[(200, "the app")])];
    let said = Said::new(&answers);
    let proof = prove(&said, &[check("h/old.jpg", Expected::Gone), check("h/kept.jpg", Expected::Gone)], &[]);
    assert_eq!((proof.errors.len(), proof.gone), (1, ["h/old.jpg".to_owned()].into()));
    // One that says of everything else that it is missing is asked once.
    let said = Said::new(&[("h/1", &[(200, "old")]), ("h/2", &[(200, "old")]), ("any other", &[(404, "")])]);
    assert_eq!(prove(&said, &[check("h/1", Expected::Gone), check("h/2", Expected::Gone)], &[]).gone.len(), 0);
    assert_eq!(said.asked.lock().unwrap().len(), 3);
}

#[test]
fn what_a_network_puts_around_a_page_changes_nothing_of_what_it_says() {
    let page = "<html><body><main>It has ended.</main></body></html>";
    let cases = [
        ("<html><script></script><body><main>It has ended.</main><script></script></body></html>", true),
        ("<html><body><main><img></main></body></html>", false),
        ("<html><body>It has ended.</body></html>", false),
    ];
    for (body, is_well) in cases {
        let said = Said::new(&[("a", &[(200, body)])]);
        let proof = prove(&said, &[check("a", Expected::Tombstone(page.as_bytes().to_vec()))], &[]);
        assert_eq!(proof.errors.is_empty(), is_well, "{body}");
    }
}

#[test]
fn where_a_former_address_answers_no_more_nothing_is_shown() {
    struct Silent;
    impl Fetch for Silent {
        fn get(&self, _: &str, _: u64) -> Result<(u16, Vec<u8>)> {
            Err(Error::new(Code::NotOnline, "nobody answers"))
        }
        fn pause(&self, _: Duration) {}
    }
    for (is_former, errors) in [(true, 0), (false, 1)] {
        let proof = prove(&Silent, &[Check { is_former, ..check("a", Expected::Gone) }], &[]);
        assert_eq!((proof.errors.len(), proof.gone.len()), (errors, 1 - errors));
    }
}
