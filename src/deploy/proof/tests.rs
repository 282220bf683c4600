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
        let answers = &self.answers[url];
        let (status, body) = answers[times.min(answers.len() - 1)];
        Ok((status, body.as_bytes().to_vec()))
    }

    fn pause(&self, time: Duration) {
        self.pauses.lock().unwrap().push(time);
    }
}

fn check(url: &str, expected: Expected) -> Check {
    Check { url: url.to_owned(), what: format!("what lies at {}", url.len()), expected }
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
        let wrong = prove(&said, &[check("a", expected.clone())], &[]);
        let codes: Vec<Code> = wrong.iter().map(|error| error.code).collect();
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
    assert_eq!(prove(&said, &checks, &pauses), []);
    assert_eq!(*said.pauses.lock().unwrap(), pauses[..2]);
    assert_eq!(["gone", "slow", "there"].map(|url| said.asked(url)), [1, 3, 1]);

    // One that never forgets is told after the last pause, once for all that have the same name.
    let said = Said::new(&[("no1", &[(200, "old")]), ("no2", &[(200, "old")]), ("gone", &[(404, "")])]);
    let checks = [check("gone", Expected::Gone), check("no1", Expected::Gone), check("no2", Expected::Gone)];
    let wrong = prove(&said, &checks, &pauses);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].message.starts_with("what lies at 3 is withdrawn"), "{}", wrong[0]);
    assert_eq!((said.pauses.lock().unwrap().len(), said.asked("no1"), said.asked("no2")), (3, 4, 4));
}
