//! QR codes and printable cards.

use safelight::pages::discovery::xml;
use safelight::{Code, Error};
use zeroize::Zeroizing;

/// The link as a QR code that any phone reads, dark on light with its quiet zone.
pub(crate) fn qr_svg(link: &str) -> Result<String, Vec<Error>> {
    let code = qrcode::QrCode::with_error_correction_level(link, qrcode::EcLevel::M).map_err(|error| {
        Error::new(Code::InvalidValue, format!("the link is too long for a QR code: {error}")).caused_by(error)
    })?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build();
    Ok(svg)
}

/// A card for one link.
pub(crate) struct Card {
    /// The gallery's title.
    pub(crate) title: String,
    /// Whom the link was made for.
    pub(crate) to: String,
    /// The link.
    pub(crate) link: String,
    /// Whether the link stands there as a QR code too.
    pub(crate) qr: bool,
    /// Its code, where there is a use for it.
    pub(crate) code: Option<PrintedCode>,
    /// Its last day, where it has one.
    pub(crate) until: Option<String>,
}

/// The code of a link, as people type it.
pub(crate) struct PrintedCode {
    /// What it is called.
    pub(crate) label: String,
    /// The code.
    pub(crate) code: Zeroizing<String>,
    /// The address of the page where it is typed; none where it is typed at the link.
    pub(crate) find: Option<String>,
}

/// A page of cards to print; each group of cards may begin a page.
pub(crate) fn html(
    site: &str,
    language: &str,
    groups: &[Vec<Card>],
    page_per_group: bool,
) -> Result<String, Vec<Error>> {
    let mut body = String::new();
    for group in groups {
        body.push_str(if page_per_group { "<section class=\"page\">\n" } else { "<section>\n" });
        for card in group {
            body.push_str(&article(card, site)?);
        }
        body.push_str("</section>\n");
    }
    Ok(format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{STYLE}</style>\n{body}</html>\n",
        xml(language),
        xml(site)
    ))
}

fn article(card: &Card, site: &str) -> Result<String, Vec<Error>> {
    let line = |class: &str, text: &str| format!("<p class=\"{class}\">{text}</p>");
    let mut html = "<article>".to_owned();
    if card.qr {
        let svg = qr_svg(&card.link)?;
        html.push_str(svg.split_once("?>").map_or(svg.as_str(), |(_, rest)| rest));
    }
    html.push_str(&format!("<div><h2>{}</h2>{}", shown(&card.title), line("to", &shown(&card.to))));
    let find = card.code.as_ref().and_then(|code| code.find.as_deref());
    // Nobody types a link where a code does the same.
    match find {
        Some(find) => html.push_str(&line("find", &xml(&as_typed(find)))),
        None => html.push_str(&line("link", &xml(&card.link))),
    }
    if let Some(PrintedCode { label, code, .. }) = &card.code {
        html.push_str(&line("code", &format!("{}<br><b>{}</b>", shown(label), xml(code))));
    }
    if let Some(day) = &card.until {
        html.push_str(&line("until", &xml(day)));
    }
    html.push_str(&line("site", &xml(site)));
    html.push_str("</div></article>\n");
    Ok(html)
}

/// An address as people type it: browsers add the rest.
fn as_typed(address: &str) -> String {
    let short = address.strip_prefix("https://").unwrap_or(address);
    short.strip_suffix('/').unwrap_or(short).to_owned()
}

/// A name in a page, on one line and without what no page may hold.
fn shown(name: &str) -> String {
    xml(&name.replace(char::is_control, " "))
}

const STYLE: &str = "\
@page{margin:12mm}body{font:11pt/1.4 system-ui,sans-serif;margin:0;color:#000;background:#fff}\
section{display:contents}section.page{display:block;break-after:page}\
article{display:flex;gap:8mm;align-items:center;break-inside:avoid;border:.2mm solid #999;padding:6mm;margin:0 0 6mm}\
article svg{width:38mm;height:38mm;flex:none}h2{font-size:14pt;margin:0}p{margin:1mm 0 0}\
.link{font:9pt/1.3 ui-monospace,monospace;overflow-wrap:anywhere}.find{font:600 11pt/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\
.code b{font:600 14pt/1.4 ui-monospace,monospace;white-space:nowrap}.site,.until{color:#444;font-size:9pt}";

#[cfg(test)]
mod tests {
    use super::*;

    fn card(code: Option<PrintedCode>) -> Card {
        Card {
            title: "A <b>".to_owned(),
            to: "\"x\"\n& y\u{85}".to_owned(),
            link: "https://example.com/g/p/".to_owned(),
            qr: true,
            code,
            until: None,
        }
    }

    fn code(find: Option<&str>) -> Option<PrintedCode> {
        let (label, code) = ("<Number>".to_owned(), Zeroizing::new("3SSP-TAE7-21FM-A34X".to_owned()));
        Some(PrintedCode { label, code, find: find.map(str::to_owned) })
    }

    #[test]
    fn a_card_holds_its_link_and_no_markup_from_names() {
        let page = html("Site", "en", &[vec![card(None)]], true).unwrap();
        assert!(page.contains("A &lt;b&gt;") && page.contains(">&quot;x&quot; &amp; y <") && page.contains("<svg"));
        assert!(
            !page.contains("<?xml") && page.contains("class=\"page\"") && page.contains("https://example.com/g/p/")
        );
        let page = html("Site", "en", &[vec![Card { qr: false, ..card(None) }]], true).unwrap();
        assert!(!page.contains("<svg"));
    }

    #[test]
    fn a_code_is_printed_with_where_to_type_it() {
        let page = html("Site", "en", &[vec![card(code(None))]], false).unwrap();
        assert!(page.contains("&lt;Number&gt;<br><b>3SSP-TAE7-21FM-A34X</b>") && page.contains("/g/p/</p>"), "{page}");
        let page = html("Site", "en", &[vec![card(code(Some("https://example.com/a&b/find/")))]], false).unwrap();
        assert!(page.contains(">example.com/a&amp;b/find</p>") && !page.contains("/g/p/</p>"), "{page}");
    }
}
