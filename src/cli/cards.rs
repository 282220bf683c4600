//! QR codes and printable cards.

use safelight::pages::discovery::xml;
use safelight::{Code, Error};

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
    /// Its last day, where it has one.
    pub(crate) until: Option<String>,
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
            let svg = qr_svg(&card.link)?;
            let svg = svg.split_once("?>").map_or(svg.as_str(), |(_, rest)| rest);
            let until =
                card.until.as_ref().map(|day| format!("<p class=\"until\">{}</p>", xml(day))).unwrap_or_default();
            body.push_str(&format!(
                "<article>{svg}<div><h2>{}</h2><p class=\"to\">{}</p><p class=\"link\">{}</p>{until}<p class=\"site\">{}</p></div></article>\n",
                shown(&card.title),
                shown(&card.to),
                xml(&card.link),
                xml(site),
            ));
        }
        body.push_str("</section>\n");
    }
    Ok(format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{STYLE}</style>\n{body}</html>\n",
        xml(language),
        xml(site)
    ))
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
.link{font:9pt/1.3 ui-monospace,monospace;overflow-wrap:anywhere}.site,.until{color:#444;font-size:9pt}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_holds_its_code_and_no_markup_from_names() {
        let card = Card {
            title: "A <b>".to_owned(),
            to: "\"x\"\n& y\u{85}".to_owned(),
            link: "https://example.com/g/p/".to_owned(),
            until: None,
        };
        let page = html("Site", "en", &[vec![card]], true).unwrap();
        assert!(page.contains("A &lt;b&gt;") && page.contains(">&quot;x&quot; &amp; y <") && page.contains("<svg"));
        assert!(!page.contains("<?xml") && page.contains("class=\"page\""));
    }
}
