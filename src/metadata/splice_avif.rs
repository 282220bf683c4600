//! Two more items in an AVIF's `meta` box, and every offset moved by what it grew.

use super::packet::Packet;
use crate::formats::bytes::be16;
use crate::formats::isobmff::{Boxed, Location, Meta, Sized, boxes, full};

type Refused<T> = Result<T, &'static str>;

const DAMAGED: &str = "its list of pictures is damaged";
const TOO_LARGE: &str = "it is too large";

/// A new item: its number, its type, the rest of its entry, its content.
struct Added<'a> {
    id: u16,
    kind: &'a [u8; 4],
    /// The item's name, and the media type of a `mime` item, each ended by a zero.
    names: &'a [u8],
    content: Vec<u8>,
}

pub(super) fn into_avif(pixels: &[u8], packet: &Packet) -> Refused<Vec<u8>> {
    let whole: Vec<Boxed<'_>> = boxes(pixels).collect();
    if whole.last().is_none_or(|last| last.end() != pixels.len()) {
        return Err("its boxes do not fill it");
    }
    if whole.iter().any(|found| matches!(&found.kind, b"moov" | b"moof")) {
        return Err("it is an image sequence");
    }
    let mut metas = whole.iter().filter(|found| &found.kind == b"meta");
    let (Some(meta_box), None) = (metas.next(), metas.next()) else { return Err("it has not one list of pictures") };
    let meta = Meta::of_file(pixels).ok_or(DAMAGED)?;
    let inner: Vec<Boxed<'_>> = boxes(meta.inner).collect();
    if inner.last().is_none_or(|last| last.end() != meta.inner.len()) {
        return Err(DAMAGED);
    }
    let is_metadata = |kind: &[u8; 4]| matches!(kind, b"Exif" | b"mime");
    if meta.items.iter().any(|item| is_metadata(&item.kind)) {
        return Err("it carries metadata already");
    }
    let added = added(&meta, packet)?;
    let content: Vec<u8> = added.iter().flat_map(|item| item.content.iter().copied()).collect();

    // The widths in the new boxes do not hang on the values, so a draft shows how long they will be.
    let draft = rewrite(&meta, &inner, &added, &meta.locations, 0)?;
    let growth = i64::try_from(draft.len()).map_err(|_| TOO_LARGE)?
        - i64::try_from(meta_box.end() - meta_box.at).map_err(|_| TOO_LARGE)?;
    let moved = moved(&meta.locations, meta_box, growth)?;
    let (grown_mdat, mut out) = outer(pixels, &whole, meta_box, content.len())?;
    let start = pixels.len().checked_add_signed(isize::try_from(growth).map_err(|_| TOO_LARGE)?).ok_or(TOO_LARGE)?;
    let start = start + if grown_mdat { 0 } else { 8 };
    let rewritten = rewrite(&meta, &inner, &added, &moved, start)?;
    out.splice(meta_box.at..meta_box.end(), rewritten);
    if !grown_mdat {
        out.extend(u32::try_from(content.len() + 8).map_err(|_| TOO_LARGE)?.to_be_bytes());
        out.extend(b"mdat");
    }
    out.extend(content);
    Ok(out)
}

/// The items for this packet, numbered after all others.
fn added(meta: &Meta<'_>, packet: &Packet) -> Refused<Vec<Added<'static>>> {
    let numbers = meta.items.iter().map(|item| item.id).chain(meta.locations.iter().map(|location| location.id));
    let last = numbers.max().unwrap_or(0).max(meta.primary);
    let mut next = u16::try_from(last).ok().and_then(|last| last.checked_add(1));
    let mut number = || {
        let id = next.ok_or("its items have too high numbers");
        next = next.and_then(|id| id.checked_add(1));
        id
    };
    let mut added = Vec::new();
    if !packet.exif.is_empty() {
        // The distance to the TIFF header: none.
        let content = [&[0; 4], packet.exif.as_slice()].concat();
        added.push(Added { id: number()?, kind: b"Exif", names: b"\0", content });
    }
    if !packet.xmp.is_empty() {
        let names = b"\0application/rdf+xml\0";
        added.push(Added { id: number()?, kind: b"mime", names, content: packet.xmp.clone() });
    }
    Ok(added)
}

/// Where every item lies once `meta` has grown.
fn moved(locations: &[Location], meta_box: &Boxed<'_>, growth: i64) -> Refused<Vec<Location>> {
    let (start, end) = (meta_box.at as u64, meta_box.end() as u64);
    let mut moved = locations.to_vec();
    for location in &mut moved {
        match (location.method, location.reference) {
            (0, 0) => {}
            // Offsets into `idat` do not change.
            (1, _) => continue,
            _ => return Err("its items are made of other items or lie in other files"),
        }
        for (at, length) in &mut location.extents {
            if *length == 0 {
                return Err("an item goes on to the end of the file");
            }
            if *at >= end {
                *at = at.checked_add_signed(growth).ok_or(TOO_LARGE)?;
            } else if at.checked_add(*length).is_none_or(|until| until > start) {
                return Err("an item lies within the list of pictures");
            }
        }
    }
    Ok(moved)
}

/// The file's bytes with the last `mdat` made longer, where it is the last box; whether it was.
fn outer(pixels: &[u8], whole: &[Boxed<'_>], meta_box: &Boxed<'_>, more: usize) -> Refused<(bool, Vec<u8>)> {
    let mut out = pixels.to_vec();
    let Some(last) = whole.last() else { return Err(DAMAGED) };
    match last.sized {
        Sized::ToEnd if last.at == meta_box.at => Ok((false, out)),
        Sized::ToEnd if &last.kind == b"mdat" => Ok((true, out)),
        Sized::ToEnd => Err("its last box has no length"),
        Sized::Plain if &last.kind == b"mdat" => {
            let size = u32::try_from(last.end() - last.at + more).map_err(|_| TOO_LARGE)?;
            out[last.at..last.at + 4].copy_from_slice(&size.to_be_bytes());
            Ok((true, out))
        }
        _ => Ok((false, out)),
    }
}

/// The whole `meta` box with the added items, whose contents lie one after another from `start`.
fn rewrite(
    meta: &Meta<'_>,
    inner: &[Boxed<'_>],
    added: &[Added<'_>],
    locations: &[Location],
    start: usize,
) -> Refused<Vec<u8>> {
    let mut body = vec![0; 4];
    let mut references_written = false;
    for found in inner {
        match &found.kind {
            b"iinf" => put(&mut body, b"iinf", &item_entries(found.body, added)?)?,
            b"iloc" => put(&mut body, b"iloc", &item_locations(found.body, locations, added, start)?)?,
            b"iref" => {
                put(&mut body, b"iref", &item_references(found.body, meta.primary, added)?)?;
                references_written = true;
            }
            kind => put(&mut body, kind, found.body)?,
        }
    }
    if !references_written {
        put(&mut body, b"iref", &item_references(&[0; 4], meta.primary, added)?)?;
    }
    let mut whole = Vec::with_capacity(body.len() + 8);
    put(&mut whole, b"meta", &body)?;
    Ok(whole)
}

fn put(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) -> Refused<()> {
    out.extend(u32::try_from(body.len() + 8).map_err(|_| TOO_LARGE)?.to_be_bytes());
    out.extend(kind);
    out.extend_from_slice(body);
    Ok(())
}

/// `iinf`: the count raised, the entries added (version 2, as all readers know).
fn item_entries(body: &[u8], added: &[Added<'_>]) -> Refused<Vec<u8>> {
    let (version, _, rest) = full(body).ok_or(DAMAGED)?;
    let more = u16::try_from(added.len()).map_err(|_| TOO_LARGE)?;
    let (mut out, entries) = if version == 0 {
        let count = be16(rest, 0).and_then(|count| count.checked_add(more)).ok_or(DAMAGED)?;
        ([&body[..4], &count.to_be_bytes()].concat(), &rest[2..])
    } else {
        let count =
            crate::formats::bytes::be32(rest, 0).and_then(|count| count.checked_add(more.into())).ok_or(DAMAGED)?;
        ([&body[..4], &count.to_be_bytes()].concat(), &rest[4..])
    };
    out.extend_from_slice(entries);
    for item in added {
        let entry = [&[2, 0, 0, 0], &item.id.to_be_bytes()[..], &[0, 0], item.kind, item.names].concat();
        put(&mut out, b"infe", &entry)?;
    }
    Ok(out)
}

/// `iloc` written anew in its own version, base offsets folded in, offsets and lengths of four bytes.
fn item_locations(body: &[u8], locations: &[Location], added: &[Added<'_>], start: usize) -> Refused<Vec<u8>> {
    let (version, _, _) = full(body).ok_or(DAMAGED)?;
    let four = |value: u64| u32::try_from(value).map(u32::to_be_bytes).map_err(|_| TOO_LARGE);
    let number = |out: &mut Vec<u8>, value: u32| -> Refused<()> {
        match version {
            2 => out.extend(value.to_be_bytes()),
            _ => out.extend(u16::try_from(value).map_err(|_| TOO_LARGE)?.to_be_bytes()),
        }
        Ok(())
    };
    let mut out = [&body[..4], &[0x44, 0x00]].concat();
    number(&mut out, u32::try_from(locations.len() + added.len()).map_err(|_| TOO_LARGE)?)?;
    let mut next = start;
    let new = added.iter().map(|item| {
        let extent = (next as u64, item.content.len() as u64);
        next += item.content.len();
        Location { id: item.id.into(), method: 0, reference: 0, extents: vec![extent] }
    });
    for location in locations.iter().cloned().chain(new.collect::<Vec<_>>()) {
        number(&mut out, location.id)?;
        if version > 0 {
            out.extend([0, location.method]);
        }
        out.extend(location.reference.to_be_bytes());
        out.extend(u16::try_from(location.extents.len()).map_err(|_| TOO_LARGE)?.to_be_bytes());
        for (at, length) in location.extents {
            out.extend(four(at)?);
            out.extend(four(length)?);
        }
    }
    Ok(out)
}

/// `iref`: each added item describes (`cdsc`) the primary one.
fn item_references(body: &[u8], primary: u32, added: &[Added<'_>]) -> Refused<Vec<u8>> {
    let (version, _, _) = full(body).ok_or(DAMAGED)?;
    let mut out = body.to_vec();
    for item in added {
        let reference = match version {
            0 => {
                let primary = u16::try_from(primary).map_err(|_| DAMAGED)?;
                [&item.id.to_be_bytes()[..], &[0, 1], &primary.to_be_bytes()].concat()
            }
            _ => [&u32::from(item.id).to_be_bytes()[..], &[0, 1], &primary.to_be_bytes()].concat(),
        };
        put(&mut out, b"cdsc", &reference)?;
    }
    Ok(out)
}
