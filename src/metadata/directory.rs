//! Writes TIFF directories: EXIF blocks, and TIFF files whose pixels stay as they are (TIFF 6.0, CIPA DC-008).

use crate::formats::bytes::Order;

/// One entry of a directory, its value in the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u32,
    pub(super) value: Vec<u8>,
}

/// A directory with the values that its entries point to, and the directories below it.
#[derive(Debug)]
pub(super) struct Directory {
    order: Order,
    fields: Vec<Field>,
    below: Vec<(u16, Directory)>,
}

const SHORT: u16 = 3;
const LONG: u16 = 4;

impl Directory {
    /// One without entries.
    pub(super) fn new(order: Order) -> Self {
        Self { order, fields: Vec::new(), below: Vec::new() }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.below.is_empty()
    }

    /// The byte order of its values.
    pub(super) fn order(&self) -> Order {
        self.order
    }

    /// Whether an entry with this tag stands in it.
    pub(super) fn has(&self, tag: u16) -> bool {
        self.fields.iter().any(|field| field.tag == tag)
    }

    /// Takes out the entry with this tag.
    pub(super) fn remove(&mut self, tag: u16) {
        self.fields.retain(|field| field.tag != tag);
    }

    pub(super) fn add(&mut self, tag: u16, kind: u16, count: usize, value: Vec<u8>) {
        // No value comes near four thousand million.
        self.fields.push(Field { tag, kind, count: u32::try_from(count).unwrap_or(0), value });
    }

    /// A text, ended by a zero.
    pub(super) fn text(&mut self, tag: u16, text: &str) {
        self.add(tag, 2, text.len() + 1, [text.as_bytes(), b"\0"].concat());
    }

    pub(super) fn bytes(&mut self, tag: u16, kind: u16, value: &[u8]) {
        self.add(tag, kind, value.len(), value.to_vec());
    }

    pub(super) fn short(&mut self, tag: u16, value: u16) {
        self.add(tag, SHORT, 1, self.two(value).to_vec());
    }

    pub(super) fn longs(&mut self, tag: u16, values: &[u32]) {
        self.add(tag, LONG, values.len(), values.iter().flat_map(|value| self.four(*value)).collect());
    }

    pub(super) fn fractions(&mut self, tag: u16, fractions: &[(u32, u32)]) {
        let both = |(above, below): &(u32, u32)| [self.four(*above), self.four(*below)].concat();
        self.add(tag, 5, fractions.len(), fractions.iter().flat_map(both).collect());
    }

    /// A directory that an entry points to; one without entries is left out.
    pub(super) fn put_below(&mut self, tag: u16, below: Self) {
        if !below.is_empty() {
            self.below.push((tag, below));
        }
    }

    fn two(&self, value: u16) -> [u8; 2] {
        if self.order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn four(&self, value: u32) -> [u8; 4] {
        if self.order == Order::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// How many bytes it takes, with what lies behind it; always even.
    pub(super) fn len(&self) -> usize {
        let table = 2 + (self.fields.len() + self.below.len()) * 12 + 4;
        let values = self.fields.iter().map(|field| padded(field.value.len())).sum::<usize>();
        table + values + self.below.iter().map(|(_, below)| below.len()).sum::<usize>()
    }

    /// A whole structure: header, directory, values, directories below.
    pub(super) fn block(self) -> Vec<u8> {
        let mut block = if self.order == Order::Big { b"MM".to_vec() } else { b"II".to_vec() };
        block.extend(self.two(42));
        block.extend(self.four(8));
        self.write(&mut block);
        block
    }

    /// Adds it at the end of a block.
    fn write(mut self, block: &mut Vec<u8>) {
        // Blocks and TIFF files stay below four thousand million bytes.
        let offset = |at: usize| u32::try_from(at).unwrap_or(0);
        let table = 2 + (self.fields.len() + self.below.len()) * 12 + 4;
        let mut behind = block.len() + table;
        let mut after = behind + self.fields.iter().map(|field| padded(field.value.len())).sum::<usize>();
        for (tag, below) in &self.below {
            let value = self.four(offset(after)).to_vec();
            self.fields.push(Field { tag: *tag, kind: LONG, count: 1, value });
            after += below.len();
        }
        self.fields.sort_by_key(|field| field.tag);
        let mut values = Vec::new();
        // No directory has as many entries as two bytes count.
        block.extend(self.two(u16::try_from(self.fields.len()).unwrap_or(0)));
        for field in &self.fields {
            block.extend(self.two(field.tag));
            block.extend(self.two(field.kind));
            block.extend(self.four(field.count));
            if field.value.len() <= 4 {
                block.extend(&field.value);
                block.extend(std::iter::repeat_n(0, 4 - field.value.len()));
                continue;
            }
            block.extend(self.four(offset(behind)));
            values.extend(&field.value);
            // Values begin at even offsets (TIFF 6.0, section 2).
            values.extend(std::iter::repeat_n(0, field.value.len() % 2));
            behind += padded(field.value.len());
        }
        block.extend([0; 4]);
        block.extend(values);
        for (_, below) in self.below {
            below.write(block);
        }
    }
}

/// The room that a value takes behind its directory.
fn padded(length: usize) -> usize {
    if length <= 4 { 0 } else { length + length % 2 }
}
