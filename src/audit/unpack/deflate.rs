//! Decompresses `deflate` data (RFC 1951), within bounds.

use flate2::{Decompress, FlushDecompress, Status};

/// What trying to unpack something costs at least, as bytes that are read.
const ATTEMPT: usize = 2048;

/// Unpacks one after the other. It knows how much it may still read.
pub(super) struct Inflater {
    /// Made when it is first needed, and used again.
    decoder: Option<Decompress>,
    work: usize,
    /// Whether something was left closed because there was no work left.
    pub is_spent: bool,
}

/// What was unpacked.
pub(super) struct Inflated {
    /// Of one byte more than was asked for, where there is more.
    pub content: Vec<u8>,
    /// How much of the packed bytes it was.
    pub read: usize,
    /// Whether it came to its end: what is damaged is unpacked up to there.
    pub ended: bool,
}

impl Inflater {
    /// For a file of this length. All that is read in vain counts, too: beginnings that stand close together must not cost the
    /// rest of the file each.
    pub(super) fn of_file(length: usize) -> Self {
        Self { decoder: None, work: length.saturating_mul(64).saturating_add(1 << 20), is_spent: false }
    }

    /// Unpacks what begins here, up to `most` bytes and one; nothing where nothing begins.
    pub(super) fn inflate(&mut self, packed: &[u8], most: u64) -> Option<Inflated> {
        if most == 0 || !may_begin(packed) {
            return None;
        }
        if self.work == 0 {
            self.is_spent = true;
            return None;
        }
        let decoder = self.decoder.get_or_insert_with(|| Decompress::new(false));
        decoder.reset(false);
        let most = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
        let mut content = Vec::new();
        let (mut read, mut ended) = (0, false);
        while content.len() < most {
            if content.len() == content.capacity() {
                content.reserve(content.len().max(4096).min(most - content.len()));
            }
            let before = (read, content.len());
            let status = decoder.decompress_vec(&packed[read..], &mut content, FlushDecompress::None);
            read = usize::try_from(decoder.total_in()).unwrap_or(packed.len()).min(packed.len());
            ended = matches!(status, Ok(Status::StreamEnd));
            if ended || status.is_err() || (read, content.len()) == before {
                break;
            }
        }
        content.truncate(most);
        self.work = self.work.saturating_sub(read.saturating_add(ATTEMPT));
        Some(Inflated { content, read, ended })
    }
}

/// Whether the first block's header makes sense: most of what looks like a beginning in random bytes does not, and making ready to
/// unpack it takes longer than looking.
fn may_begin(packed: &[u8]) -> bool {
    let mut start = [0; 16];
    let length = packed.len().min(start.len());
    start[..length].copy_from_slice(&packed[..length]);
    let bits = u128::from_le_bytes(start);
    let number = |at: u128, count: u128| bits >> at & ((1 << count) - 1);
    match number(1, 2) {
        // A length, and the same with all bits turned round.
        0 => length >= 5 && number(8, 16) ^ number(24, 16) == 0xffff,
        1 => length > 0,
        2 => {
            let lengths = number(13, 4) + 4;
            // Codes that leave no room and take no more than there is.
            let room: u128 = (0..lengths).map(|at| number(17 + 3 * at, 3)).filter(|n| *n > 0).map(|n| 128 >> n).sum();
            number(3, 5) <= 29 && number(8, 5) <= 29 && room == 128
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn every_kind_of_block_is_unpacked_and_what_cannot_be_one_is_passed_over() {
        let text: Vec<u8> =
            (0..200_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_le_bytes()).collect();
        let mut inflater = Inflater::of_file(1 << 20);
        for level in 0..=9 {
            for text in [&text[..], &text[..9], b""] {
                let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
                packer.write_all(text).unwrap();
                let packed = [packer.finish().unwrap(), b"behind".to_vec()].concat();
                let found = inflater.inflate(&packed, 1 << 20).unwrap();
                assert!(found.content == text && found.ended && found.read == packed.len() - 6, "{level}");
                if text.len() > 9 {
                    let cut = inflater.inflate(&packed, 5000).unwrap();
                    assert!(cut.content == text[..5001] && !cut.ended, "{level}");
                    let damaged = inflater.inflate(&packed[..packed.len() / 2], 1 << 20).unwrap();
                    assert!(!damaged.ended && text.starts_with(&damaged.content), "{level}");
                }
            }
        }
        let mut begins = 0;
        let mut random = 1_u64;
        for _ in 0..4096 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bytes = u128::from(random) << 64 | u128::from(random.rotate_left(29));
            begins += usize::from(may_begin(&bytes.to_be_bytes()));
        }
        // The third kind in four has no header that could be wrong.
        assert!(begins < 1300, "{begins}");
    }
}
