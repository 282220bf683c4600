//! Whether a workflow hands the site to everybody who sees the repository.
//!
//! Jobs are told apart by how lines are indented, as YAML does it; what a job does is read from its words.

/// Steps that make what they are given public, or show it to everybody who sees the repository.
const PUBLIC_STEPS: [&str; 5] = [
    "actions/upload-pages-artifact",
    "actions/upload-artifact",
    "peaceiris/actions-gh-pages",
    "github-pages-deploy-action",
    "gh-pages",
];
const PUBLIC_ONLY: &str = "--public-only";

/// Where a workflow of GitHub hands out the folder with this name.
pub(super) fn handed_out_by_github(text: &str, folder: &str) -> Option<u64> {
    let lines = lines(text);
    let start = lines.iter().position(|(_, line)| line.trim_end() == "jobs:").map(|at| at + 1);
    let jobs = start.map_or_else(|| vec![&lines[..]], |start| groups(&lines[start..]));
    jobs.iter().copied().find_map(|job| {
        let names_folder = job.iter().any(|(_, line)| line.replace(PUBLIC_ONLY, "").contains(folder));
        let (at, _) = job.iter().find(|(_, line)| {
            let line = line.to_ascii_lowercase();
            let step = PUBLIC_STEPS.iter().find(|step| line.contains(**step));
            // Other artifacts than the site are nobody's business.
            step.is_some_and(|step| *step != "actions/upload-artifact" || names_folder)
        })?;
        (!is_public_only(job, &lines)).then_some(*at)
    })
}

/// Where a pipeline of GitLab hands out the site: a job for GitLab Pages, by its name or because it says so.
pub(super) fn handed_out_by_gitlab(text: &str) -> Option<u64> {
    let lines = lines(text);
    groups(&lines).into_iter().find_map(|job| {
        let (at, _) = job.iter().find(|(_, line)| {
            let mut words = line.split_whitespace();
            words.next() == Some("pages:") && words.next() != Some("false")
        })?;
        (!is_public_only(job, &lines)).then_some(*at)
    })
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
    let indent = |line: &str| line.len() - line.trim_start().len();
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
    fn a_job_for_gitlab_pages_is_known_by_its_name_and_by_its_word() {
        let found = |text: &str| handed_out_by_gitlab(text);
        assert_eq!(found("# pages:\npages:\n  script: safelight build\n"), Some(9));
        assert_eq!(found("site:\n  pages: true\n  script: safelight build\n"), Some(6));
        assert_eq!(found("site:\n  script: safelight build\n  pages:\n    publish: public\n"), Some(32));
        assert_eq!(found("site:\n  script: safelight build --public-only\n  pages: true\n"), None);
        assert_eq!(found("site:\n  script: safelight build\n  pages: false\n"), None);
        assert!(found("a:\n  script: safelight build --public-only\npages:\n  script: safelight build\n").is_some());
        assert_eq!(found("site:\n  script: safelight build\n"), None);
    }
}
