//! Whether a workflow hands the site to everybody who sees the repository.
//!
//! Jobs are told apart by how lines are indented, as YAML does it; what a job does is read from its words.

use crate::headers_file::matches;

/// Steps that make a folder public, or show it to everybody who sees the repository; they have one where none is named.
const PUBLIC_STEPS: [&str; 5] = [
    "actions/upload-pages-artifact",
    "peaceiris/actions-gh-pages",
    "github-pages-deploy-action",
    "crazy-max/ghaction-github-pages",
    "gh-pages",
];
/// Settings of steps that name what is handed out.
const PATHS: [&str; 8] =
    ["path:", "paths:", "publish_dir:", "publish-dir:", "build_dir:", "folder:", "files:", "publish:"];
/// Programs that make other sites than ours.
const OTHER_SITES: [&str; 8] = ["mkdocs", "sphinx-build", "hugo", "jekyll", "mdbook", "doxygen", "zola", "antora"];
const PUBLIC_ONLY: &str = "--public-only";
/// Where finished pictures are kept, private ones too.
const CACHE: &str = ".safelight";

const IS_HANDED_OUT: &str =
    "this workflow puts the site, which has private galleries, into a public artifact or branch";
const IS_CACHED: &str = "this workflow stores `.safelight`, which contains private pictures, in a cache that other \
                         people's builds can read";

/// Lines with the places where they begin.
type Lines<'t> = [(u64, &'t str)];

/// Where a workflow of GitHub hands out the folder with this name, and how.
pub(super) fn handed_out_by_github(text: &str, folder: &str) -> Option<(u64, &'static str)> {
    let lines = lines(text);
    let start = lines.iter().position(|(_, line)| line.trim_end() == "jobs:").map(|at| at + 1);
    let jobs = start.map_or_else(|| vec![&lines[..]], |start| groups(&lines[start..]));
    jobs.iter().copied().find_map(|job| {
        let found = (0..job.len()).find_map(|at| Some((job[at].0, hands_out(job, at, folder)?)))?;
        (!is_public_only(job, &lines)).then_some(found)
    })
}

/// How the line of a job hands out the folder, with the step that it stands in.
fn hands_out(job: &Lines<'_>, at: usize, folder: &str) -> Option<&'static str> {
    let line = job[at].1.to_ascii_lowercase();
    let named = paths(step(job, at));
    let names = |folder: &str| named.iter().any(|path| covers(path, folder));
    if line.contains("actions/cache") {
        return names(CACHE).then_some(IS_CACHED);
    }
    // Other artifacts than the site are nobody's business.
    let is_public = if line.contains("actions/upload-artifact") || line.contains("action-gh-release") {
        names(folder)
    } else if line.contains("gh release upload") || line.contains("gh release create") {
        // Releases are made of archives that the same job made of the folder.
        let archive = |word: &str| word.rsplit('/').next().and_then(|name| name.split('.').next()) == Some(folder);
        job.iter().any(|(_, line)| words(line).any(|word| covers(word, folder) && word != "." || archive(word)))
    } else if PUBLIC_STEPS.iter().any(|step| line.contains(step)) {
        named.is_empty() || names(folder)
    } else {
        line.split_once("git push").is_some_and(|(_, rest)| {
            words(rest).any(|word| word.rsplit([':', '/']).next().is_some_and(|branch| branch.ends_with("pages")))
        })
    };
    is_public.then_some(IS_HANDED_OUT)
}

/// Where a pipeline of GitLab hands out the folder with this name: as an artifact, or in a job for GitLab Pages, by its name or
/// because it says so.
pub(super) fn handed_out_by_gitlab(text: &str, folder: &str) -> Option<u64> {
    let lines = lines(text);
    groups(&lines).into_iter().find_map(|job| {
        let at = (0..job.len()).find(|at| {
            let mut words = job[*at].1.split_whitespace();
            match words.next().map(|word| word.trim_matches(['"', '\'', ':'])) {
                Some("artifacts") => paths(step(job, *at)).iter().any(|path| covers(path, folder)),
                Some("pages") => words.next() != Some("false") && !is_another_site(job, &lines, folder),
                _ => false,
            }
        })?;
        (!is_public_only(job, &lines)).then_some(job[at].0)
    })
}

/// Whether a job for GitLab Pages publishes something else than our site.
fn is_another_site(job: &Lines<'_>, all: &Lines<'_>, folder: &str) -> bool {
    let (says, builds_all) = builds(job);
    if says || builds_all {
        return false;
    }
    let named = paths(job);
    let makes_another = job.iter().any(|(_, line)| words(line).any(|word| OTHER_SITES.contains(&word)));
    // What another job builds comes here as an artifact only, and that is found there.
    makes_another || builds(all).1 || !named.is_empty() && !named.iter().any(|path| covers(path, folder))
}

/// The step, or the part of a job, that a line stands in: from its dash on, and what is indented below.
fn step<'a, 't>(job: &'a Lines<'t>, at: usize) -> &'a Lines<'t> {
    let own = indent(job[at].1);
    let start = (0..=at).rev().find(|at| {
        let line = job[*at].1;
        line.trim_start().starts_with('-') && indent(line) <= own
    });
    let start = start.unwrap_or(at);
    let depth = indent(job[start].1);
    let more = job[start + 1..].iter().take_while(|(_, line)| line.trim().is_empty() || indent(line) > depth).count();
    &job[start..start + 1 + more]
}

/// The words of a line, without what YAML puts around them.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| letter.is_whitespace() || "{}[],\"'|".contains(letter)).filter(|word| !word.is_empty())
}

/// Everything that settings name as what is handed out.
fn paths<'t>(step: &Lines<'t>) -> Vec<&'t str> {
    let mut is_path = false;
    let mut all = Vec::new();
    for word in step.iter().flat_map(|(_, line)| words(line)).filter(|word| !matches!(*word, "-" | "$" | ">-" | ">")) {
        if word.ends_with(':') {
            is_path = PATHS.contains(&word);
        } else if is_path {
            all.push(word);
        }
    }
    all
}

/// Whether a path of a workflow, perhaps with stars, covers the folder with this name.
fn covers(path: &str, folder: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let Some(first) = parts.next() else { return true };
    path == "github.workspace" || matches(first, folder) || parts.any(|part| part == folder)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether all builds of a job leave out what is private; of a job that does not build, those of the whole workflow.
fn is_public_only(job: &[(u64, &str)], all: &[(u64, &str)]) -> bool {
    let (says, builds_all) = builds(job);
    if says || builds_all {
        return says && !builds_all;
    }
    let (says, builds_all) = builds(all);
    says && !builds_all
}

/// Whether something here says that only what is public is built, and whether a build does not.
fn builds(lines: &[(u64, &str)]) -> (bool, bool) {
    let mut commands: Vec<String> = Vec::new();
    for (_, line) in lines {
        let line = line.trim();
        // A command may go on in the next line.
        match commands.last_mut() {
            Some(last) if last.ends_with('\\') || line.starts_with("--") => {
                last.truncate(last.trim_end_matches('\\').len());
                last.push(' ');
                last.push_str(line);
            }
            _ => commands.push(line.to_owned()),
        }
    }
    let says =
        |command: &&str| command.split_whitespace().any(|word| word.trim_matches(['"', '\'', ',', ']']) == PUBLIC_ONLY);
    let commands: Vec<&str> =
        commands.iter().flat_map(|line| line.split("&&")).flat_map(|line| line.split(';')).collect();
    let is_build = |command: &&str| {
        command.split_once("safelight").is_some_and(|(_, rest)| {
            rest.split(|letter: char| !letter.is_alphanumeric() && letter != '-').any(|word| word == "build")
        })
    };
    (commands.iter().any(says), commands.iter().filter(|command| is_build(command)).any(|command| !says(command)))
}

/// Lines with what is indented below them, as far as they are indented least.
fn groups<'a, 't>(lines: &'a [(u64, &'t str)]) -> Vec<&'a [(u64, &'t str)]> {
    let full = || lines.iter().enumerate().filter(|(_, (_, line))| !line.trim().is_empty());
    let Some(least) = full().map(|(_, (_, line))| indent(line)).next() else { return Vec::new() };
    let mut starts: Vec<usize> = full().filter(|(_, (_, line))| indent(line) <= least).map(|(at, _)| at).collect();
    starts.push(lines.len());
    starts.windows(2).map(|pair| &lines[pair[0]..pair[1]]).collect()
}

/// Lines with their places, without comments.
fn lines(text: &str) -> Vec<(u64, &str)> {
    let mut at = 0;
    let without_comment = |line| match line {
        line if str::trim_start(line).starts_with('#') => "",
        line => [" #", "\t#"].iter().filter_map(|mark| line.find(mark)).min().map_or(line, |end| &line[..end]),
    };
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len() as u64;
            (start, without_comment(line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: &str = "      - uses: actions/upload-pages-artifact@v3\n";

    fn github(jobs: &str) -> bool {
        handed_out_by_github(&format!("on: push\njobs:\n{jobs}"), "public").is_some()
    }

    #[test]
    fn only_the_builds_that_make_what_is_handed_out_excuse_it() {
        let build = |more: &str| format!("  build:\n    steps:\n      - run: safelight build{more}\n");
        assert!(github(&format!("{}{PAGES}", build(""))));
        assert!(github(&format!("{}{PAGES}", build(" # never --public-only"))));
        assert!(github(&format!("{}      # not --public-only\n{PAGES}", build(""))));
        assert!(github(&format!("  test:\n    run: safelight build --public-only\n{}{PAGES}", build(" --strict"))));
        assert!(github(&format!("{}      - run: safelight build\n{PAGES}", build(" --public-only"))));
        assert!(!github(&format!("{}{PAGES}", build(" --public-only"))));
        assert!(!github(&format!("{}{PAGES}", build(" --strict \\\n          --public-only"))));
        assert!(!github(&format!("{}  deploy:\n{PAGES}", build(" --public-only"))));
        assert!(!github(&build("")));
        let artifact = "      - uses: actions/upload-artifact@v4\n        with:\n          path: ";
        assert!(github(&format!("{}{artifact}public\n", build(""))));
        assert!(!github(&format!("{}{artifact}target\n", build(""))));
    }

    #[test]
    fn each_way_of_handing_out_the_folder_is_found_and_no_other_folder() {
        let step = |text: &str| github(&format!("  a:\n    steps:\n      - run: safelight build\n      - {text}\n"));
        for text in [
            "uses: actions/upload-artifact@v4\n        with: { path: . }",
            "uses: actions/upload-artifact@v4\n        with:\n          path: |\n            logs\n            pub*/**",
            "uses: actions/upload-artifact@v4\n        with:\n          path: ${{ github.workspace }}/public",
            "run: git push origin HEAD:pages",
            "run: git push -f origin HEAD:refs/heads/gh-pages",
            "uses: crazy-max/ghaction-github-pages@v4\n        with: { build_dir: public }",
            "run: zip -r public.zip public && gh release upload v1 public.zip",
            "uses: peaceiris/actions-gh-pages@v4\n        with: { publish_dir: ./public }",
            "uses: actions/cache@v5\n        with: { path: .safelight, key: a }",
            "name: keep\n        uses: actions/cache/save@v5\n        with:\n          path: site/.safelight/cache",
        ] {
            assert!(step(text), "{text}");
        }
        for text in [
            "uses: actions/upload-artifact@v4\n        with: { path: republic/report.html }",
            "uses: actions/upload-artifact@v4\n        with: { path: logs/** }",
            "uses: actions/upload-artifact@v4\n        with: { name: public, path: logs }",
            "uses: peaceiris/actions-gh-pages@v4\n        with:\n          publish_dir: ./docs-site\n          publish_branch: gh-pages",
            "run: gh release upload v1 notes.txt",
            "run: git push origin main",
            "uses: actions/cache@v5\n        with: { path: ~/.cargo/bin/safelight, key: safelight }",
        ] {
            assert!(!step(text), "{text}");
        }
    }

    #[test]
    fn artifacts_of_gitlab_are_found_in_every_job_and_other_sites_are_left_alone() {
        let found = |text: &str| handed_out_by_gitlab(text, "public").is_some();
        let job = "site:\n  script: safelight build\n  artifacts:\n    paths:";
        assert!(found(&format!("{job} [public]\n")) && found(&format!("{job}\n      - public/\n")));
        assert!(!found(&format!("{job} [logs]\n")));
        assert!(!found(&format!("{job} [public]\n").replace("build", "build --public-only")));
        assert!(found("\"pages\":\n  script: safelight build\n"));
        assert!(found("pages:\n  script: ./build.sh\n"));
        assert!(!found("pages:\n  script: mkdocs build -d public\n  artifacts: { expire_in: 1 day }\n"));
        assert!(!found("site:\n  script: safelight build\npages:\n  script: ./docs.sh\n  publish: docs\n"));
    }

    #[test]
    fn a_job_for_gitlab_pages_is_known_by_its_name_and_by_its_word() {
        let found = |text: &str| handed_out_by_gitlab(text, "public");
        assert_eq!(found("# pages:\npages:\n  script: safelight build\n"), Some(9));
        assert_eq!(found("site:\n  pages: true\n  script: safelight build\n"), Some(6));
        assert_eq!(found("site:\n  script: safelight build\n  pages:\n    publish: public\n"), Some(32));
        assert_eq!(found("site:\n  script: safelight build --public-only\n  pages: true\n"), None);
        assert_eq!(found("site:\n  script: safelight build\n  pages: false\n"), None);
        assert!(found("a:\n  script: safelight build --public-only\npages:\n  script: safelight build\n").is_some());
        assert_eq!(found("site:\n  script: safelight build\n"), None);
    }
}
