//! A piece of a text as it reads without its escapes, breaks or encoding, and where each byte of it stands.

/// A piece of a file that says something else when it is read.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// The text.
    pub text: Vec<u8>,
    /// Where each byte of it stands in the file, and at the end where the piece ends.
    pub sources: Vec<usize>,
    /// Whether nothing in it stands in the file as it is.
    pub is_recoded: bool,
}

impl Piece {
    /// A part of a file as it stands there.
    pub(super) fn of(text: &[u8], start: usize, end: usize) -> Self {
        Self { text: text[start..end].to_vec(), sources: (start..=end).collect(), is_recoded: false }
    }

    /// Takes up more of the file as it stands there.
    pub(super) fn keep(&mut self, text: &[u8], start: usize, end: usize) {
        self.text.extend_from_slice(&text[start..end]);
        self.sources.extend(start..end);
    }

    /// Takes up what one place of the file stands for.
    pub(super) fn read(&mut self, bytes: &[u8], source: usize) {
        self.text.extend_from_slice(bytes);
        self.sources.resize(self.text.len(), source);
    }

    /// From where to where in the file these bytes stand, unless they stand there as they are, behind the same byte: the last
    /// letter of an escape seems to belong to the word behind it.
    pub(crate) fn span(&self, at: usize, end: usize) -> Option<(usize, usize)> {
        let (start, stop) = (*self.sources.get(at)?, *self.sources.get(end)?);
        let is_behind_another = at > 0 && self.sources[at - 1] + 1 != start;
        (self.is_recoded || stop - start != end - at || is_behind_another).then_some((start, stop))
    }
}
