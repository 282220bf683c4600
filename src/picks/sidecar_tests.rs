use super::*;
use crate::metadata::{Metadata, read_sidecar_in};

fn marks(rating: u8, label: &str, keywords: &[&str]) -> Marks {
    Marks {
        rating: Some(rating).filter(|rating| *rating > 0),
        label: Some(label.to_owned()).filter(|label| !label.is_empty()),
        keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn merged(text: &str, marks: &Marks) -> Merged {
    merge(text.as_bytes(), marks).unwrap()
}

/// What a sidecar says in words: rating, label, keywords.
fn said(text: &str) -> String {
    let (metadata, warnings) = read_sidecar_in(text.as_bytes(), &crate::formats::Limits::default(), None).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let rating = metadata.rating.map_or_else(|| "-".to_owned(), |rating| rating.to_string());
    format!("{rating} {} {}", metadata.label.as_deref().unwrap_or("-"), metadata.keywords.join("|"))
}

/// The lines that one text has and the other lacks.
fn changed(before: &str, after: &str) -> String {
    let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let (before, mut after) = (lines(before), lines(after));
    for line in &before {
        if let Some(at) = after.iter().position(|other| other == line) {
            after.remove(at);
        }
    }
    after.concat()
}

/// As Lightroom Classic writes them: simple properties as attributes, edits and history among them.
const LIGHTROOM_SIDECAR: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmlns:odd="urn:nobody:knows"
   xmp:ModifyDate="2027-01-01T10:00:00"
   xmp:Rating="0"
   crs:Exposure2012="+0.35"
   crs:CropTop="0.1"
   odd:thing='5 &gt; 4'>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>lake</rdf:li>
     <rdf:li>Ida &amp; Mara</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>places|lake</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <xmpMM:History>
    <rdf:Seq>
     <rdf:li
      stEvt:action="saved"
      stEvt:changed="/metadata"/>
    </rdf:Seq>
   </xmpMM:History>
   <!-- by hand -->
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"#;

#[test]
fn what_others_wrote_stays_byte_for_byte() {
    let done = merged(LIGHTROOM_SIDECAR, &marks(4, "Green", &["Album", "LAKE"]));
    let text = done.text.unwrap();
    assert_eq!(said(&text), "4 Green lake|Ida & Mara|Album");
    let label = "  <rdf:Description xmp:Label=\"Green\" rdf:about=\"\"\n";
    let item = "     <rdf:li>Album</rdf:li>\n";
    assert_eq!(changed(LIGHTROOM_SIDECAR, &text), format!("{label}   xmp:Rating=\"4\"\n{item}{item}"));
    assert!(!done.kept_rating && !done.kept_label);
    // The second time there is nothing to do.
    assert_eq!(merged(&text, &marks(4, "Green", &["Album"])).text, None);
    let crlf = LIGHTROOM_SIDECAR.replace('\n', "\r\n");
    let text = merged(&crlf, &marks(4, "", &["Album"])).text.unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let marked = format!(
        "\u{feff}<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n{LIGHTROOM_SIDECAR}<?xpacket end=\"w\"?>"
    );
    let text = merged(&marked, &marks(4, "", &["Album"])).text.unwrap();
    assert!(text.starts_with('\u{feff}') && text.ends_with("<?xpacket end=\"w\"?>"));
    assert_eq!(said(&text), "4 - lake|Ida & Mara|Album");
}

#[test]
fn a_rating_and_a_label_of_somebody_stay() {
    let rated = LIGHTROOM_SIDECAR.replace("Rating=\"0\"", "Rating=\"2\" xmp:Label=\"Rot\"");
    let done = merged(&rated, &marks(5, "Green", &["lake"]));
    assert_eq!((done.text, done.kept_rating, done.kept_label), (None, true, true));
    let done = merged(&rated, &marks(5, "Green", &["Album"]));
    assert_eq!(said(&done.text.unwrap()), "2 Rot lake|Ida & Mara|Album");
    // A rejected photo is rated, and so is one whose rating nobody understands.
    for value in ["-1", "2.5", "five"] {
        let rated = LIGHTROOM_SIDECAR.replace("Rating=\"0\"", &format!("Rating=\"{value}\""));
        assert!(merged(&rated, &marks(5, "", &[])).kept_rating, "{value}");
    }
}

#[test]
fn properties_are_found_as_elements_and_in_any_description_whatever_their_prefixes() {
    let text = r#"<x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <r:Description r:about='' xmlns:d='http://purl.org/dc/elements/1.1/' xmlns:xmp='urn:other' xmp:own='1'>
  <d:subject>
   <r:Bag>
    <r:li>lake</r:li>
   </r:Bag>
  </d:subject>
 </r:Description>
 <r:Description r:about='' xmlns:x1='http://ns.adobe.com/xap/1.0/'>
  <x1:Rating> 0 </x1:Rating>
 </r:Description>
</r:RDF></x:xmpmeta>"#;
    let done = merged(text, &marks(3, "Blue", &["Album", "a<b"])).text.unwrap();
    assert_eq!(said(&done), "3 Blue lake|Album|a<b");
    let expected = " <r:Description xmlns:xap=\"http://ns.adobe.com/xap/1.0/\" xap:Label=\"Blue\" r:about='' xmlns:d='http://purl.org/dc/elements/1.1/' xmlns:xmp='urn:other' xmp:own='1'>\n    <r:li>Album</r:li>\n    <r:li>a&lt;b</r:li>\n  <x1:Rating>3</x1:Rating>\n";
    assert_eq!(changed(text, &done), expected);
}

#[test]
fn empty_and_closed_elements_are_opened() {
    let packet = |inside: &str| {
        format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\"><rdf:Description rdf:about=\"\" xmlns:dc=\"{DC}\"{inside}</rdf:RDF></x:xmpmeta>"
        )
    };
    for inside in [
        "/>",
        "></rdf:Description>",
        "><dc:subject><rdf:Bag/></dc:subject></rdf:Description>",
        "><dc:subject><rdf:Bag></rdf:Bag></dc:subject></rdf:Description>",
        "><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">A</rdf:li></rdf:Alt></dc:title></rdf:Description>",
        " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Label=\"\"/>",
        "/><rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"><xmp:Label/></rdf:Description>",
    ] {
        let done = merged(&packet(inside), &marks(5, "Red", &["Album"])).text.unwrap();
        assert_eq!(said(&done), "5 Red Album", "{inside}: {done}");
    }
}

#[test]
fn darktable_goes_by_its_own_labels() {
    let with = |colours: &str| {
        let property = format!(
            "<darktable:colorlabels xmlns:darktable=\"{DARKTABLE}\">\n    {colours}\n   </darktable:colorlabels>\n   <dc:subject>"
        );
        LIGHTROOM_SIDECAR.replace("<dc:subject>", &property)
    };
    let empty = with("<rdf:Seq/>");
    let done = merged(&empty, &marks(0, "Purple", &[])).text.unwrap();
    assert!(done.contains("<rdf:Seq><rdf:li>4</rdf:li></rdf:Seq>") && said(&done).contains("Purple"), "{done}");
    assert_eq!(merged(&done, &marks(0, "Purple", &[])).text, None);
    let done = merged(&done, &marks(0, "Red", &[]));
    assert_eq!((done.text, done.kept_label), (None, true));
    assert!(merged(&with("<rdf:Seq><rdf:li>1</rdf:li></rdf:Seq>"), &marks(0, "Red", &[])).kept_label);
}

#[test]
fn a_new_sidecar_says_what_it_should_and_all_that_the_photo_says() {
    let new = |photo: &Embedded, marks: &Marks| begin(photo, marks).unwrap();
    let text = new(&Embedded::default(), &marks(5, "R&D", &["Album", "Ida <3"])).text.unwrap();
    assert_eq!(said(&text), "5 R&D Album|Ida <3");
    assert_eq!(merged(&text, &marks(5, "R&D", &["Album"])).text, None);
    assert_eq!(said(&new(&Embedded::default(), &marks(0, "", &[])).text.unwrap()), "- - ");
    let packet = format!("<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>{LIGHTROOM_SIDECAR}   <?xpacket end='w'?>");
    let metadata = Metadata {
        rating: Some(3),
        label: Some("Red".into()),
        title: Some("The <lake>".into()),
        creators: vec!["Ada Vik".to_owned()],
        keywords: vec!["of IPTC".to_owned()],
        ..Metadata::default()
    };
    let done = new(&Embedded { packet: Some(packet), metadata: metadata.clone() }, &marks(5, "Green", &["Album"]));
    let text = done.text.unwrap();
    // The packet has keywords and an empty rating of its own.
    assert_eq!((said(&text).as_str(), done.kept_label), ("5 Red lake|Ida & Mara|Album", true));
    assert!(text.starts_with("<x:xmpmeta") && text.contains("crs:CropTop=\"0.1\"") && text.ends_with("</x:xmpmeta>\n"));
    let done = new(&Embedded { packet: None, metadata }, &marks(5, "", &["Album"]));
    let text = done.text.unwrap();
    assert_eq!((said(&text).as_str(), done.kept_rating), ("3 Red of IPTC|Album", true));
    let (again, _) = read_sidecar_in(text.as_bytes(), &crate::formats::Limits::default(), None).unwrap();
    assert_eq!((again.title.as_deref(), again.creators), (Some("The <lake>"), vec!["Ada Vik".to_owned()]));
    let broken = Embedded { packet: Some("<x:xmpmeta".to_owned()), metadata: Metadata::default() };
    assert!(begin(&broken, &marks(5, "", &[])).is_err());
}

#[test]
fn a_sidecar_that_is_broken_or_unclear_is_left_alone() {
    let why = |text: &[u8]| merge(text, &marks(5, "Red", &["Album"])).unwrap_err();
    assert!(why(b"").contains("damaged"));
    assert!(why(&LIGHTROOM_SIDECAR.as_bytes()[..900]).contains("damaged"));
    assert!(why(b"\xff\xfe<\0").contains("UTF-8"));
    assert!(why(b"<a/>").contains("one packet"));
    assert!(why(format!("<rdf:RDF xmlns:rdf=\"{RDF}\"/>").as_bytes()).contains("describes nothing"));
    assert!(why(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").contains("document type"));
    assert!(why("<a>".repeat(100).as_bytes()).contains("deeply"));
    let twice = LIGHTROOM_SIDECAR.replace("<!-- by hand -->", "<xmp:Rating>3</xmp:Rating>");
    assert!(why(twice.as_bytes()).contains("twice"));
    let odd = LIGHTROOM_SIDECAR
        .replace("<dc:subject>", "<dc:subject>text")
        .replace("<rdf:Bag>", "<odd:Bag>")
        .replace("</rdf:Bag>", "</odd:Bag>");
    assert!(why(odd.as_bytes()).contains("unusual"));
}

#[test]
fn sidecars_are_called_as_each_program_expects() {
    let files = ["a/DSC_0042.JPG", "a/DSC_0042.NEF"].map(PathBuf::from);
    assert_eq!(Convention::Adobe.sidecars(&files), [Path::new("a/DSC_0042.xmp")]);
    assert_eq!(Convention::Darktable.sidecars(&files), ["a/DSC_0042.JPG.xmp", "a/DSC_0042.NEF.xmp"].map(PathBuf::from));
    assert!(Convention::Adobe.is_read(&files) && !Convention::Adobe.is_read(&files[..1]));
    assert!(!Convention::Adobe.is_read(&["a.dng".into()]) && Convention::Darktable.is_read(&files[..1]));
}
