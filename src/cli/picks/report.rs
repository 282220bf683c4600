//! What was picked, told to people and to programs.

use std::collections::BTreeMap;

use safelight::access::verify::TokenKind;
use safelight::catalog::Catalog;
use safelight::error::on_one_line;
use safelight::picks::home::shown;
use safelight::picks::merge::{Picked, Selection, UNNAMED};
use safelight::picks::{How, List, names, shown_name};
use safelight::{Code, Error};
use serde_json::{Value, json};

use super::super::Context;
use super::super::build::counted;
use super::super::link_session::LinkSession;
use super::super::links::word;
use super::delivery::Done;
use super::{Gallery, Holder, Import, Received};

/// Tells everything; returns how much could not be found.
pub(super) fn tell(
    context: &Context,
    desk: &LinkSession,
    catalog: &Catalog,
    arguments: &Import,
    received: &[Received],
    galleries: &[Gallery],
    done: &Done,
) -> usize {
    let voice = &context.voice;
    for one in received {
        voice.json(&received_event(desk, catalog, one));
    }
    let mut lines = Vec::new();
    for gallery in galleries {
        lines.extend(about_gallery(context, desk, catalog, arguments, received, gallery));
    }
    let photos: usize = galleries.iter().map(|one| one.selection.photos.len()).sum();
    let missed: usize = galleries.iter().map(|one| one.selection.missed.len()).sum();
    let delivers = arguments.xmp.is_some() || arguments.copy_to.is_some() || arguments.link_to.is_some();
    lines.extend(about_delivery(arguments, done));
    if delivers || arguments.names.is_some() {
        lines.iter().for_each(|line| voice.note(&on_one_line(line)));
        if let Some(names) = done.names.as_ref().filter(|_| arguments.names_to.is_none()) {
            voice.answer(&on_one_line(names));
        }
    } else {
        lines.extend(lists(galleries));
        lines.iter().for_each(|line| voice.answer(&on_one_line(line)));
    }
    done.notes.iter().for_each(|note| voice.note(note));
    for gallery in galleries {
        for (place, photo) in &gallery.selection.photos {
            voice.json(&picked_event(catalog, gallery, *place, photo, done));
        }
        for error in misses(&gallery.selection) {
            voice.warning(&error);
        }
    }
    done.without.iter().for_each(|error| voice.warning(error));
    if done.errors.is_empty() {
        voice.json(&json!({
            "event": "summary", "command": "picks import", "dry_run": arguments.dry_run, "galleries": galleries.len(),
            "photos": photos, "not_found": missed, "without_original": done.without.len(),
            "sidecars": { "new": done.sidecars[0], "changed": done.sidecars[1], "unchanged": done.sidecars[2] },
            "kept_ratings": done.kept[0], "kept_labels": done.kept[1],
            "transferred": done.transfers[0], "already_there": done.transfers[1], "names": done.names,
        }));
    }
    missed + done.without.len()
}

fn about_gallery(
    context: &Context,
    desk: &LinkSession,
    catalog: &Catalog,
    arguments: &Import,
    received: &[Received],
    gallery: &Gallery,
) -> Vec<String> {
    let selection = &gallery.selection;
    let found = &catalog.galleries[gallery.at];
    let mut head = format!(
        "{} (`{}`): {} picked",
        found.title,
        shown(catalog, gallery.at),
        counted(selection.photos.len(), "photo", "photos")
    );
    if !selection.missed.is_empty() {
        head.push_str(&format!(", {} not found", selection.missed.len()));
    }
    let mut lines = vec![head];
    for one in received.iter().filter(|one| one.home.gallery == gallery.at) {
        let lists = lists_of(arguments, selection, one);
        if lists.is_empty() {
            continue;
        }
        lines.push(format!("  {}: {lists}{}", one.person, holder(desk, one)));
        lines.extend(one.home.picks.note.iter().map(|note| format!("    \"{note}\"")));
    }
    lines.extend(agreement(selection));
    for photo in selection.photos.values() {
        for (mark, note) in photo.marks.iter().filter_map(|mark| Some((mark, mark.note.as_deref()?))) {
            let (person, list) = (&selection.people[mark.person].name, &selection.lists[mark.list]);
            lines.push(format!("  {}: \"{note}\" ({person}, {list})", photo.path));
        }
    }
    for (photo, (name, how)) in
        selection.photos.values().flat_map(|photo| photo.named.iter().map(move |named| (photo, named)))
    {
        let name = shown_name(name);
        let told = match how {
            How::Number => format!("  {name} is {} now, by its place in the gallery", photo.path),
            How::Edit => format!("  {name} is taken for {}: one is an edit of the other", photo.path),
            How::Name if context.voice.is_verbose() => format!("  {name} is {}, by its name", photo.path),
            How::Name | How::Path => continue,
        };
        lines.push(told);
    }
    lines
}

/// The lists of one hand-over, with how many photos each has and should have.
fn lists_of(arguments: &Import, selection: &Selection, one: &Received) -> String {
    let name = |list: &List| if list.name.is_empty() { UNNAMED.to_owned() } else { list.name.clone() };
    let is_wanted = |list: &&List| {
        let wanted = |one: &String| one.to_lowercase() == name(list).to_lowercase();
        !list.photos.is_empty() && (arguments.lists.is_empty() || arguments.lists.iter().any(wanted))
    };
    let lists = one.home.picks.lists.iter().filter(is_wanted).map(|list| {
        let name = name(list);
        let mut files: Vec<&str> = list.photos.iter().map(|pick| pick.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        match list.limit {
            Some(limit) => format!("{name} {} of {limit}", files.len()),
            None => format!("{name} {}", files.len()),
        }
    });
    let lists: Vec<String> = lists.collect();
    let many = selection.people.len() > 1 && one.file != one.person;
    let from = if many { format!(" [{}]", one.file) } else { String::new() };
    if lists.is_empty() { String::new() } else { format!("{}{from}", lists.join(", ")) }
}

/// Whose link it was.
fn holder(desk: &LinkSession, one: &Received) -> String {
    match &one.link {
        None => String::new(),
        Some(Holder::Untold) => "; whose link this was cannot be told without the secret".to_owned(),
        Some(Holder::Unknown) => "; not made at a link of this site".to_owned(),
        Some(Holder::Link(TokenKind::Page { gallery, link, state, .. })) => {
            format!("; link of {}, {}", desk.name_of(*gallery, *link), word(*state))
        }
        Some(Holder::Link(_)) => String::new(),
    }
}

/// Where several people agree and where not.
fn agreement(selection: &Selection) -> Vec<String> {
    let people = selection.participants().len();
    if people < 2 {
        return Vec::new();
    }
    let (agreed, groups) = selection.disagreements();
    let all = if people == 2 { "both" } else { "all" };
    let mut lines = vec![format!("  {all} picked {}", counted(agreed, "photo", "photos"))];
    for group in groups {
        let people: Vec<&str> = group.people.iter().map(|at| selection.people[*at].name.as_str()).collect();
        let photos: Vec<&str> = group.photos.iter().map(|place| selection.photos[place].path.as_str()).collect();
        lines.push(format!("  only {} picked {}", people.join(" and "), photos.join(", ")));
    }
    lines
}

/// What was written, or would be.
fn about_delivery(arguments: &Import, done: &Done) -> Vec<String> {
    let mut lines = Vec::new();
    let would = |verb: &str, done: &str| if arguments.dry_run { format!("would {verb}") } else { done.to_owned() };
    if arguments.xmp.is_some() {
        let [new, changed, unchanged] = done.sidecars;
        let mut line = format!("{} {}", would("write", "wrote"), counted(new + changed, "sidecar", "sidecars"));
        if new > 0 {
            line.push_str(&format!(", {new} of them new"));
        }
        if unchanged > 0 {
            line.push_str(&format!("; {unchanged} said all of it already"));
        }
        lines.push(line);
        for (kept, what) in [(done.kept[0], "rating"), (done.kept[1], "label")] {
            if kept > 0 {
                lines.push(format!("{} with another {what}: it stays", counted(kept, "sidecar", "sidecars")));
            }
        }
    }
    let (verb, past) = if arguments.link_to.is_some() { ("link", "linked") } else { ("copy", "copied") };
    if let Some(folder) = arguments.copy_to.as_ref().or(arguments.link_to.as_ref()) {
        let [new, same] = done.transfers;
        let mut line = format!("{} {} to {}", would(verb, past), counted(new, "file", "files"), folder.display());
        if same > 0 {
            line.push_str(&format!("; {same} already there"));
        }
        lines.push(line);
    }
    if let Some(file) = &arguments.names_to {
        lines.push(format!("{} the names to {}", would("write", "wrote"), file.display()));
    }
    lines
}

/// The names of each list, for a search.
fn lists(galleries: &[Gallery]) -> Vec<String> {
    let mut lines = Vec::new();
    for selection in galleries.iter().map(|one| &one.selection) {
        for (at, list) in selection.lists.iter().enumerate() {
            let photos = selection.photos.values().filter(|photo| photo.marks.iter().any(|mark| mark.list == at));
            let files = photos.map(|photo| photo.path.rsplit('/').next().unwrap_or_default());
            let names = names::list(names::Program::Lightroom, files);
            if !names.is_empty() {
                lines.push(format!("{list}: {names}"));
            }
        }
    }
    lines
}

/// What could not be found, each with its reason; what several people miss, once.
fn misses(selection: &Selection) -> Vec<Error> {
    let mut grouped: BTreeMap<(usize, String, String), Vec<String>> = BTreeMap::new();
    let mut order = 0;
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for missed in &selection.missed {
        let name = match (missed.file.is_empty(), missed.number) {
            (true, Some(number)) => format!("photo {number}"),
            _ => shown_name(&missed.file),
        };
        let key = (name.clone(), missed.why.to_string());
        let at = *known.entry(key).or_insert_with(|| {
            order += 1;
            order
        });
        let who = format!("{}, {}", selection.people[missed.person].name, selection.lists[missed.list]);
        grouped.entry((at, name, missed.why.to_string())).or_default().push(who);
    }
    let error = |((_, name, why), who): ((usize, String, String), Vec<String>)| {
        Error::new(Code::PickNotFound, format!("{why} (picked by {})", who.join("; "))).at(name)
    };
    grouped.into_iter().map(error).collect()
}

fn received_event(desk: &LinkSession, catalog: &Catalog, one: &Received) -> Value {
    let picks = &one.home.picks;
    let lists: Vec<Value> = picks
        .lists
        .iter()
        .map(|list| json!({ "name": list.name, "limit": list.limit, "photos": list.photos.len() }))
        .collect();
    let mut event = json!({
        "event": "picks", "file": one.file, "gallery": shown(catalog, one.home.gallery), "audience": one.home.audience,
        "person": one.person, "note": picks.note, "lists": lists, "link": null, "to": null, "state": null,
    });
    if let Some(Holder::Link(TokenKind::Page { gallery, link, state, .. })) = &one.link {
        let found = desk.ledger.gallery(*gallery).and_then(|one| one.link(*link));
        event["link"] = link.as_str().into();
        event["to"] = found.map(|link| link.to.as_str()).into();
        event["state"] = word(*state).into();
    }
    event
}

fn picked_event(catalog: &Catalog, gallery: &Gallery, place: (usize, usize), photo: &Picked, done: &Done) -> Value {
    let selection = &gallery.selection;
    let marks: Vec<Value> = photo
        .marks
        .iter()
        .map(|mark| {
            json!({ "person": selection.people[mark.person].name, "list": selection.lists[mark.list], "note": mark.note })
        })
        .collect();
    let how = |how: &How| match how {
        How::Path => "path",
        How::Name => "name",
        How::Edit => "edit",
        How::Number => "number",
    };
    let named: serde_json::Map<String, Value> =
        photo.named.iter().map(|(name, found)| (name.clone(), how(found).into())).collect();
    let files: Vec<String> =
        done.files.get(&place).into_iter().flatten().map(|file| file.display().to_string()).collect();
    json!({
        "event": "pick", "gallery": shown(catalog, gallery.at), "photo": photo.path, "marks": marks, "named": named, "files": files,
    })
}
