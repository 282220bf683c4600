//! Writes marks into the text of a ledger, and leaves everything else in it as a person wrote it.

use std::path::Path;

use jiff::civil::Date;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::super::change::{Change, Edit};
use super::{Ledger, LedgerGallery, Link, reader};
use crate::toml_text::{self, take_out};
use crate::{Code, Error, Result};

const TOP_ORDER: &[&str] = &["version", "root", "previous_root", "previous_until"];
const GALLERY_ORDER: &[&str] = &["id", "path", "epoch", "closed"];

/// A ledger's value together with its text.
#[derive(Clone, Debug)]
pub struct LedgerDocument {
    ledger: Ledger,
    document: DocumentMut,
}

impl LedgerDocument {
    /// The text of a ledger that has no galleries yet.
    pub fn new(root: &str) -> Self {
        let mut document = DocumentMut::new();
        document.insert("version", toml_edit::value(1));
        document.insert("root", toml_edit::value(root));
        Self { ledger: Ledger::new(root), document }
    }

    /// Reads a ledger so that it can be changed; `file` is for the errors.
    ///
    /// # Errors
    /// As for [`Ledger::parse`].
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let ledger = Ledger::parse(text, file)?;
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            Error::new(Code::InvalidLedger, format!("this is not TOML: {}", error.message())).at(file).caused_by(error)
        })?;
        Ok(Self { ledger, document })
    }

    /// What the text says.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The text, to be written to the file.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// Carries a change out, in the value and in the text.
    ///
    /// # Errors
    /// A change that was made for another ledger, or a ledger in inline form, which no version writes.
    pub fn apply(&mut self, change: &Change) -> Result<()> {
        for edit in &change.edits {
            self.mark(edit).ok_or_else(|| {
                Error::new(Code::InvalidLedger, "the ledger is not in Safelight's format")
                    .hint("write galleries as `[[gallery]]` and links as `[[gallery.link]]`, one key per line")
            })?;
            edit.apply(&mut self.ledger);
        }
        Ok(())
    }

    /// Nothing where the place of the mark is not there, or is written in another form.
    fn mark(&mut self, edit: &Edit) -> Option<()> {
        let top = self.document.as_table_mut();
        match edit {
            Edit::GalleryAdded { id, path } => {
                let mut table = Table::new();
                table.decor_mut().set_prefix("\n");
                table.insert("id", toml_edit::value(id.as_str()));
                table.insert("path", toml_edit::value(path));
                table.insert("epoch", toml_edit::value(1));
                push(top, "gallery", table)?;
            }
            Edit::Moved { gallery, path } => {
                set(gallery_table(top, &self.ledger, *gallery)?, "path", path.into(), GALLERY_ORDER)
            }
            Edit::EpochRaised { gallery, epoch } => {
                set(gallery_table(top, &self.ledger, *gallery)?, "epoch", i64::from(*epoch).into(), GALLERY_ORDER);
            }
            Edit::Closed { gallery, on } => {
                set(gallery_table(top, &self.ledger, *gallery)?, "closed", day(*on), GALLERY_ORDER)
            }
            Edit::LinkAdded { gallery, link } => {
                push(gallery_table(top, &self.ledger, *gallery)?, "link", link_table(link))?;
            }
            Edit::Revoked { gallery, link, on } => {
                set(link_of(top, &self.ledger, *gallery, *link)?, "revoked", day(*on), reader::LINK);
            }
            Edit::Redated { gallery, link, issued } => {
                set(link_of(top, &self.ledger, *gallery, *link)?, "issued", day(*issued), reader::LINK);
            }
            Edit::NameBlanked { gallery, link } => {
                set(link_of(top, &self.ledger, *gallery, *link)?, "to", "".into(), reader::LINK);
            }
            Edit::Extended { gallery, link, expires, was } => {
                let table = link_of(top, &self.ledger, *gallery, *link)?;
                match expires {
                    Some(expires) => set(table, "expires", day(*expires), reader::LINK),
                    None => take_out(table, "expires"),
                }
                if let Some(was) = was {
                    match table.get_mut("was").and_then(Item::as_array_mut) {
                        Some(days) => days.push(day(*was)),
                        None => set(table, "was", Value::Array(Array::from_iter([day(*was)])), reader::LINK),
                    }
                }
            }
            Edit::RootChanged { root, previous } => {
                set(top, "root", root.into(), TOP_ORDER);
                match previous {
                    Some(previous) => {
                        set(top, "previous_root", (&previous.root).into(), TOP_ORDER);
                        set(top, "previous_until", day(previous.until), TOP_ORDER);
                    }
                    None => {
                        take_out(top, "previous_root");
                        take_out(top, "previous_until");
                    }
                }
            }
        }
        Some(())
    }
}

fn link_table(link: &Link) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("id", toml_edit::value(link.id.as_str()));
    table.insert("to", toml_edit::value(&link.to));
    if !link.audience.is_empty() {
        table.insert("audience", toml_edit::value(&link.audience));
    }
    table.insert("issued", Item::Value(day(link.issued)));
    if let Some(expires) = link.expires {
        table.insert("expires", Item::Value(day(expires)));
    }
    if link.dated {
        table.insert("dated", toml_edit::value(true));
    }
    if !link.was.is_empty() {
        table.insert("was", Item::Value(Value::Array(link.was.iter().map(|was| day(*was)).collect())));
    }
    if let Some(revoked) = link.revoked {
        table.insert("revoked", Item::Value(day(revoked)));
    }
    if link.find {
        table.insert("find", toml_edit::value(true));
    }
    table
}

fn day(date: Date) -> Value {
    // The years of a ledger come from TOML or a clock, so they are not negative.
    let date = toml_edit::Date {
        year: u16::try_from(date.year()).unwrap_or_default(),
        month: u8::try_from(date.month()).unwrap_or_default(),
        day: u8::try_from(date.day()).unwrap_or_default(),
    };
    toml_edit::Datetime { date: Some(date), time: None, offset: None }.into()
}

/// Tables are found by their place: value and text have the same order.
fn gallery_table<'t>(top: &'t mut Table, ledger: &Ledger, id: super::GalleryId) -> Option<&'t mut Table> {
    let place = ledger.galleries.iter().position(|gallery| gallery.id == id)?;
    top.get_mut("gallery")?.as_array_of_tables_mut()?.get_mut(place)
}

fn link_of<'t>(
    top: &'t mut Table,
    ledger: &Ledger,
    gallery: super::GalleryId,
    link: super::LinkId,
) -> Option<&'t mut Table> {
    let entry: &LedgerGallery = ledger.gallery(gallery)?;
    let place = entry.links.iter().position(|known| known.id == link)?;
    gallery_table(top, ledger, gallery)?.get_mut("link")?.as_array_of_tables_mut()?.get_mut(place)
}

fn push(table: &mut Table, key: &str, new: Table) -> Option<()> {
    let list = table.entry(key).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    list.as_array_of_tables_mut()?.push(new);
    Some(())
}

/// Sets a key, putting a new one in its usual place where the others are in theirs.
fn set(table: &mut Table, key: &str, value: Value, order: &[&str]) {
    let rank = |key: &str| order.iter().position(|known| *known == key).unwrap_or(order.len());
    let ordered = !table.contains_key(key) && table.iter().map(|(key, _)| rank(key)).is_sorted();
    toml_text::set(table, key, value);
    if ordered {
        table.sort_values_by(|a, _, b, _| rank(a.get()).cmp(&rank(b.get())));
    }
}
