use super::*;

fn rendered(text: &str) -> Result<Rendered, Vec<Error>> {
    let values = BTreeMap::from(
        [("site.title", "A <b> & *c*"), ("site.contact", "me@example.com"), ("page.effective", "1 March 2026")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let resolve = |path: &str| match path {
        "../galleries/ice land" => Some("/ice-land/".to_owned()),
        "privacy.md" => Some("/privacy/".to_owned()),
        _ => None,
    };
    let picture = |path: &str| {
        (path == "../galleries/ice land/1.jpg").then(|| PictureView {
            alt: "A glacier".to_owned(),
            width: 1200,
            height: 800,
            sources: vec![crate::pages::picture::SourceView { mime: "image/avif", srcset: "/a.avif 600w".to_owned() }],
            src: "/a.jpg".to_owned(),
            srcset: "/a.jpg 1200w".to_owned(),
            ..PictureView::default()
        })
    };
    let file = Path::new("pages/a.md");
    Markdown { text, file, first_line: 5, values: &values, resolve: &resolve, picture: &picture, advice: ADVICE }
        .render()
}

fn html(text: &str) -> String {
    rendered(text).unwrap().html
}

fn errors(text: &str) -> Vec<String> {
    let errors = rendered(text).unwrap_err();
    errors.iter().map(|error| format!("{error} / {}", error.hint.clone().unwrap_or_default())).collect()
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_eq!(
        html("a <script>alert(1)</script> b\n\n<img src=x onerror=alert(1)>\n"),
        "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n<p>&lt;img src=x onerror=alert(1)&gt;\n</p>\n"
    );
}

#[test]
fn addresses_that_run_are_made_harmless() {
    for bad in [
        "[x](javascript:alert(1))",
        "[x](<JAVASCRIPT:alert(1)>)",
        "[x](<java\tscript:alert(1)>)",
        "[x](<  javascript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html,hi)",
        "[x][y]\n\n[y]: javascript:alert(1)",
    ] {
        let rendered = rendered(bad).unwrap();
        assert_eq!(rendered.html, "<p>x</p>\n", "{bad}");
        assert_eq!(rendered.warnings.len(), 1, "{bad}");
    }
    assert_eq!(html("<javascript:alert(1)>"), "<p>javascript:alert(1)</p>\n");
}

#[test]
fn attributes_of_headings_are_dropped() {
    assert_eq!(html("## Hi {#my-id .c onclick=x}\n"), "<h2 id=\"my-id\">Hi</h2>\n");
}

#[test]
fn links_by_source_path_are_resolved() {
    assert_eq!(
        html("[x](../galleries/ice%20land#top) [y](privacy.md)"),
        "<p><a href=\"/ice-land/#top\">x</a> <a href=\"/privacy/\">y</a></p>\n"
    );
    assert_eq!(html("<me@example.com>"), "<p><a href=\"mailto:me@example.com\">me@example.com</a></p>\n");
}

#[test]
fn dead_links_are_told_with_their_lines() {
    assert_eq!(
        errors("one\n\n[x](../galleries/gone)\n\n[y](#tow)\n\n## Two\n\n![p](https://elsewhere.example/a.png)"),
        [
            "`pages/a.md` line 7, column 1: the link `../galleries/gone` leads nowhere / name a gallery's folder or a page's file as it lies beside this file, as in `../galleries/iceland`",
            "`pages/a.md` line 9, column 1: there is no heading `#tow` on this page / did you mean `#two`?",
            "`pages/a.md` line 13, column 1: the picture `https://elsewhere.example/a.png` lies on another site / put the file into the `static` folder: pages ask no other site for anything",
        ]
    );
}

#[test]
fn values_are_put_in_as_text() {
    assert_eq!(html("By {{ site.title }}, {{page.effective}}."), "<p>By A &lt;b&gt; &amp; *c*, 1 March 2026.</p>\n");
    assert_eq!(html("Ask {{ site.contact }}"), "<p>Ask <a href=\"mailto:me@example.com\">me@example.com</a></p>\n");
    assert_eq!(html("[mail](<mailto:{{ site.contact }}>)"), "<p><a href=\"mailto:me@example.com\">mail</a></p>\n");
    assert_eq!(html("`{{ site.nothing }}`"), "<p><code>{{ site.nothing }}</code></p>\n");
    assert_eq!(
        errors("a\n\n{{ site.titel }}")[0],
        "`pages/a.md` line 7, column 1: there is no value `site.titel` / did you mean `{{ site.title }}`?"
    );
}

#[test]
fn headings_have_anchors_of_their_own_and_make_the_contents() {
    let rendered = rendered("# Title\n\n## What's new?\n\n### Dates\n\n## What's new?\n\n## Next\n").unwrap();
    assert_eq!(rendered.title.as_deref(), Some("Title"));
    assert_eq!(
        rendered.html,
        "<h2 id=\"whats-new\">What’s new?</h2>\n<h3 id=\"dates\">Dates</h3>\n<h2 id=\"whats-new-2\">What’s new?</h2>\n<h2 id=\"next-2\">Next</h2>\n"
    );
    let ids: Vec<_> = rendered.contents.iter().map(|heading| (heading.id.as_str(), heading.below.len())).collect();
    assert_eq!(ids, [("whats-new", 1), ("whats-new-2", 0), ("next-2", 0)]);
}

#[test]
fn headings_begin_at_the_second_level_whatever_the_text_begins_with() {
    assert_eq!(html("text\n\n# A\n\n## B\n"), "<p>text</p>\n<h2 id=\"a\">A</h2>\n<h3 id=\"b\">B</h3>\n");
    assert_eq!(html("text\n\n### A\n"), "<p>text</p>\n<h2 id=\"a\">A</h2>\n");
}

#[test]
fn notes_stand_at_the_end_with_a_way_back() {
    assert_eq!(
        html("One[^b] two[^a] again[^b].\n\n[^a]: First.\n[^b]: Second.\n"),
        "<p>One<sup id=\"ref-1\"><a href=\"#note-1\" role=\"doc-noteref\">1</a></sup> two<sup id=\"ref-2\"><a href=\"#note-2\" role=\"doc-noteref\">2</a></sup> again<sup id=\"ref-1-2\"><a href=\"#note-1\" role=\"doc-noteref\">1</a></sup>.</p>\n\
         <div class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"note-1\">\n<p>Second. <a href=\"#ref-1\" role=\"doc-backlink\">↩</a></p>\n</li>\n<li id=\"note-2\">\n<p>First. <a href=\"#ref-2\" role=\"doc-backlink\">↩</a></p>\n</li>\n</ol>\n</div>\n"
    );
}

#[test]
fn a_wide_table_scrolls_in_its_own_frame() {
    let html = html("| a | b |\n|---|---|\n| 1 | 2 |\n");
    assert!(html.starts_with("<div class=\"table\"><table>") && html.ends_with("</table>\n</div>\n"), "{html}");
}

#[test]
fn columns_are_aligned_by_classes_and_never_by_styles() {
    let html = html("| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | 2 | 3 | 4 |\n");
    assert_eq!(
        html,
        "<div class=\"table\"><table><thead><tr><th>a</th><th class=\"to-start\">b</th><th class=\"to-middle\">c</th><th \
         class=\"to-end\">d</th></tr></thead><tbody>\n<tr><td>1</td><td class=\"to-start\">2</td><td \
         class=\"to-middle\">3</td><td class=\"to-end\">4</td></tr>\n</tbody></table>\n</div>\n"
    );
}

#[test]
fn a_photo_of_a_gallery_is_shown_in_all_its_files() {
    let picture = |alt: &str, title: &str| {
        format!(
            "<p><picture><source type=\"image/avif\" srcset=\"/a.avif 600w\" sizes=\"(min-width:46rem) 42rem, 92vw\"><img \
             src=\"/a.jpg\" srcset=\"/a.jpg 1200w\" sizes=\"(min-width:46rem) 42rem, 92vw\" width=\"1200\" height=\"800\" \
             alt=\"{alt}\"{title} loading=\"lazy\" decoding=\"async\"></picture></p>\n"
        )
    };
    assert_eq!(html("![](<../galleries/ice land/1.jpg>)"), picture("A glacier", ""));
    assert_eq!(
        html("![*Old* ice, \"blue\"](../galleries/ice%20land/1.jpg \"1 < 2\")").replace(['“', '”'], "&quot;"),
        picture("Old ice, &quot;blue&quot;", " title=\"1 &lt; 2\"")
    );
    assert_eq!(
        errors("![p](privacy.md)"),
        [
            "`pages/a.md` line 5, column 1: `privacy.md` is a page, not a picture / name a photo of an open gallery, as in \
          `../galleries/iceland/DSC_0042.jpg`, or a file of `static`"
        ]
    );
}

#[test]
fn a_heading_without_words_is_in_no_table_of_contents() {
    assert_eq!(rendered("## One\n\n##\n\n## Two\n").unwrap().contents.len(), 2);
}

#[test]
fn the_summary_is_the_first_paragraph_without_markup() {
    let rendered = rendered("# T\n\nSome *words* about\n[this](privacy.md).\n\nMore.").unwrap();
    assert_eq!(rendered.summary.as_deref(), Some("Some words about this."));
}

#[test]
fn hostile_texts_end_in_html_or_errors_never_in_a_panic() {
    for text in [
        "",
        "{{",
        "{{ }}",
        "[x](",
        "[^x]",
        "[^a]: [^a]",
        "#",
        "# {#}",
        "\u{0}",
        "<!--",
        "| |\n|-|",
        "+++",
        "[[[[",
        "![](a)",
        "> > > > #",
    ] {
        let _ = rendered(text);
    }
    let deep = "> ".repeat(2000) + "x";
    let _ = rendered(&deep);
}
