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
            "`pages/a.md` line 7, column 1: the link `../galleries/gone` leads nowhere / give the relative path of a gallery's folder or a page's file, such as `../galleries/iceland`",
            "`pages/a.md` line 9, column 1: there is no heading `#tow` on this page / did you mean `#two`?",
            "`pages/a.md` line 13, column 1: the picture `https://elsewhere.example/a.png` is on another site / put the file into the `static` folder: pages load nothing from other sites",
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
            "`pages/a.md` line 5, column 1: `privacy.md` is a page, not a picture / use a photo of an open gallery, such as `../galleries/iceland/DSC_0042.jpg`, or a file in `static`"
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

#[test]
fn links_and_pictures_that_would_be_printed_are_errors_with_their_remedy() {
    for (text, remedy) in [
        ("![x](../galleries/My Trip/a.jpg)", "`![x](<../galleries/My Trip/a.jpg>)`, or write `%20`"),
        ("[x](../galleries/My Trip)", "`[x](<../galleries/My Trip>)`"),
        ("[x](my terms.md)", "`[x](<my terms.md>)`"),
        ("[x](https://example.com/a b)", "`[x](<https://example.com/a b>)`"),
        ("![x](a photo)", "`![x](<a photo>)`"),
        ("![My *nice* trip](../galleries/My _Trip_/a.jpg)", "angle brackets"),
        ("[write](mailto:{{ site.contact }})", "`[write](<mailto:{{ site.contact }}>)`"),
        ("![x](..\\galleries\\My Trip\\a.jpg)", "angle brackets"),
        ("[x](a(1.jpg)", "`[x](<a(1.jpg>)`"),
        ("![x](../galleries/a.jpg", "close the parenthesis: `![x](../galleries/a.jpg)`"),
        ("See [x](../galleries/a.jpg and more", "close the parenthesis after the address"),
        ("![x](/map.png “Map”)", "`![x](/map.png \"Map\")`"),
        ("[x](privacy.md «Map»)", "`[x](privacy.md \"Map\")`"),
        ("[x] (privacy.md)", "`[x](privacy.md)`"),
        ("![x] (/map.png)", "`![x](/map.png)`"),
        ("[x]\n(https://example.com/)", "`[x](https://example.com/)`"),
        ("(Iceland)[../galleries/ice land]", "`[Iceland](<../galleries/ice land>)`"),
        ("(terms)[privacy.md]", "`[terms](privacy.md)`"),
        ("![[a.jpg]]", "`![text](../galleries/iceland/DSC_0042.jpg)`"),
        ("![x][y]", "`[y]: https://"),
        ("[x]: ../galleries/My Trip", "`[x]: <../galleries/My Trip>`"),
        ("[![x](privacy.md)](my page.md)", "<my page.md>"),
    ] {
        let told = match rendered(&format!("Words\n\n{text}")) {
            Err(errors) => errors,
            Ok(fine) => panic!("{text}: {}", fine.html),
        };
        let hints: Vec<_> = told.iter().filter_map(|error| error.hint.clone()).collect();
        assert!(hints.iter().any(|hint| hint.contains(remedy)), "{text}: {told:?}");
        assert!(told.iter().all(|error| error.place.as_ref().unwrap().line == Some(7)), "{text}: {told:?}");
    }
    // Wherever it stands.
    for text in
        ["> - a [x](my terms.md) b", "## [x](my terms.md)", "| a |\n|---|\n| [x](my terms.md) |", "*[x](my terms.md)*"]
    {
        assert!(errors(text).iter().any(|told| told.contains("`[x](<my terms.md>)`")), "{text}");
    }
}

#[test]
fn a_path_with_backslashes_is_told_how_paths_are_written() {
    for text in ["![x](..\\galleries\\a.jpg)", "[x](..\\_private\\a.md)", "[x](..\\galleries)"] {
        let told = errors(text);
        assert!(told[0].contains("write `/` between folder names"), "{told:?}");
    }
}

#[test]
fn what_was_not_meant_as_a_link_is_no_error() {
    for text in [
        "`![x](../galleries/My Trip/a.jpg)` and ``[x] (privacy.md)``",
        "```\n![x](../galleries/My Trip/a.jpg)\n[x] (privacy.md)\n```",
        "    ![x](../galleries/My Trip/a.jpg)",
        "\\[x](../galleries/My Trip/a.jpg)",
        "\\![x\\](../galleries/My Trip/a.jpg)",
        "[x]\\(../galleries/My Trip/a.jpg)",
        "Prices [1] (see page 3), [sic], [2] (https://example.com/)",
        "He said [so] (and more/less meant it), f(x)[0], a[i][j] (b)",
        "[x](privacy.md) (see ./there) [y](<../galleries/ice land> \"A title\")",
        "![A glacier](<../galleries/ice land/1.jpg>) ![x](../galleries/ice%20land/1.jpg)",
        "[Note]: words that follow",
        "a ] ( b [ c ) d [] () [",
        "Term[^1] (../there)\n\n[^1]: A note.",
        "![x][y]\n\n[y]: <../galleries/ice land/1.jpg>",
    ] {
        let fine = rendered(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(fine.warnings, [], "{text}");
    }
    // Where something else may have been meant, it is a warning.
    for text in ["It was [sic](he said so).", "[[Iceland]]", "see [x][y]"] {
        assert_eq!(rendered(text).unwrap().warnings.len(), 1, "{text}");
    }
}

#[test]
fn html_that_visitors_will_see_is_told_with_its_line() {
    let text = "One.\n\n<iframe src=\"https://maps.example/\">\n</iframe>\n\nTwo <br> words <b>bold</b>.\n\n<!-- later -->\n\n`<i>`\n";
    let told: Vec<String> = rendered(text).unwrap().warnings.iter().map(ToString::to_string).collect();
    let of = |line: usize, what: &str| {
        format!(
            "`pages/a.md` line {line}, column 1: {what} is shown as text, because HTML is not supported in Markdown"
        )
    };
    assert_eq!(told, [of(7, "`<iframe>`"), of(10, "`<br>`"), of(10, "`<b>`"), of(12, "this comment")]);
    assert_eq!(rendered("1 < 2, <3 and <https://example.com/>").unwrap().warnings, []);
}
