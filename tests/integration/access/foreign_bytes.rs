//! The decoders of sealed galleries over bytes that are almost right. A fuzzer runs the same functions: see `tests/fuzz`.

#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

/// How many changed seeds each target is given.
const ROUNDS: usize = 3000;

/// Random numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Changes a seed in one to four places.
fn changed(seed: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const PIECES: [&[u8]; 14] = [
        b"\0",
        b"\xff",
        b"\"",
        b"[",
        b"]",
        b"{}",
        b"-1",
        b"1e9",
        b"18446744073709551616",
        b"\\u0000",
        b"../",
        b"=",
        b"O",
        "\u{202e}".as_bytes(),
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + 1 + numbers.below(20)).min(bytes.len());
        match numbers.below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            1 if !bytes.is_empty() => bytes[at] = numbers.below(256) as u8,
            2 => drop(bytes.drain(at..end.max(at))),
            3 => bytes.truncate(at),
            4 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            5 if at < end => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            // The end of another seed.
            _ => {
                bytes.truncate(at);
                bytes.extend(&other[numbers.below(other.len() + 1)..]);
            }
        }
    }
    bytes
}

#[test]
fn no_decoder_falls_over_or_takes_what_is_not_right() {
    for (name, target, seeds) in fuzz::targets() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        seeds.iter().for_each(|seed| target(seed));
        for round in 0..ROUNDS {
            let (one, other) = (&seeds[round % seeds.len()], &seeds[numbers.below(seeds.len())]);
            let bytes = changed(one, other, &mut numbers);
            let fine = std::panic::catch_unwind(|| target(&bytes)).is_ok();
            assert!(fine, "{name}: {}", String::from_utf8_lossy(&bytes));
        }
    }
}
