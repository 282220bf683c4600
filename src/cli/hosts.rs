//! A table of hosts' limits, and checks of a site against it.
//!
//! The limits are those of the hosts' own documents and of the programs that upload to them, in their plans without a fee.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;
use safelight::compose::FileKind;
use safelight::headers_file::{not_of_objects, rules};
use safelight::{Code, Error};

use super::build::{bytes_text, counted};
use super::whole::Whole;

/// Hosts whose limits are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Host {
    /// Cloudflare Pages, free plan.
    CloudflarePages,
    /// Cloudflare Workers with static assets, free plan.
    CloudflareWorkers,
    /// GitHub Pages.
    GithubPages,
    /// GitLab Pages on gitlab.com.
    GitlabPages,
    /// Netlify.
    Netlify,
    /// Vercel.
    Vercel,
    /// Azure Static Web Apps, free plan.
    AzureStaticWebApps,
    /// Amazon S3 or a compatible store behind a CDN.
    S3,
}

/// What a host takes.
#[derive(Clone, Copy)]
struct Limits {
    name: &'static str,
    files: Option<usize>,
    files_in_a_folder: Option<usize>,
    file_bytes: Option<u64>,
    site_bytes: Option<u64>,
    path_bytes: Option<usize>,
    headers: HeadersFile,
    /// Rules without and with a pattern in `_redirects`, and characters in a line of it; none where the file is not read.
    redirects: Option<(usize, usize, usize)>,
    names: &'static [Names],
    /// What it does with addresses that end in `.html`.
    pages: Option<&'static str>,
    /// What one should know.
    notes: &'static [&'static str],
}

/// What becomes of `_headers`.
#[derive(Clone, Copy)]
enum HeadersFile {
    /// The host does not read it.
    Ignored,
    /// The host reads it, if it has no more than so many rules, and lines of so many characters.
    Read(usize, usize),
    /// The host does not read it, and a publish gives each object what objects can carry of it.
    OnObjects,
}

/// Names that a host does not take as they are.
struct Names {
    /// Whether a path below the output is one.
    of: fn(&str) -> bool,
    /// What the host does, after its name.
    does: &'static str,
    hint: &'static str,
    /// A file of the site that makes the host take them.
    lifted_by: Option<&'static str>,
}

const ESTIMATED: &str = "picture sizes are estimated from their pixels; the summary of a build has the real ones";

const MIB: u64 = 1 << 20;
/// Where a host sets no limit.
const ANY: usize = usize::MAX;

const RENAME: &str = "rename it";
const OLD_DEPLOYS: &str = "old deployments keep their own addresses and still serve withdrawn galleries: delete them";

/// Files at the top that are read and never served: where they are not read, that is told by itself.
fn is_of_hosts(path: &str) -> bool {
    matches!(path, "_headers" | "_redirects" | ".htaccess" | ".nojekyll" | ".domains")
        || matches!(path, ".assetsignore" | ".vercelignore" | ".surgeignore")
}

fn has_part(path: &str, part: &str) -> bool {
    path.split('/').any(|other| other == part)
}

const NODE_MODULES: Names = Names {
    of: |path| has_part(path, "node_modules"),
    does: "leaves out folders named `node_modules`",
    hint: RENAME,
    lifted_by: None,
};

/// What Jekyll, which GitHub Pages runs over a branch, leaves out or makes something else of.
fn is_of_jekyll(path: &str) -> bool {
    let special = |part: &str| part.starts_with(['_', '.', '#', '~']) || part.ends_with('~') || part == "node_modules";
    let markdown = [".md", ".markdown", ".mkdown", ".mkdn", ".mkd"].iter().any(|ending| path.ends_with(ending));
    !is_of_hosts(path) && (path.split('/').any(special) || path.starts_with("vendor/") || markdown)
}

impl Host {
    /// As the hosts' own documents say.
    fn limits(self) -> Limits {
        let free = Limits {
            name: "",
            files: None,
            files_in_a_folder: None,
            file_bytes: None,
            site_bytes: None,
            path_bytes: None,
            headers: HeadersFile::Ignored,
            redirects: None,
            names: &[],
            pages: None,
            notes: &[],
        };
        let cloudflare = Limits {
            files: Some(20_000),
            file_bytes: Some(25 * MIB),
            headers: HeadersFile::Read(100, 2000),
            redirects: Some((2000, 100, 1000)),
            ..free
        };
        match self {
            Self::CloudflarePages => Limits {
                name: "Cloudflare Pages",
                names: &[
                    NODE_MODULES,
                    Names {
                        of: |path| path.starts_with("functions/"),
                        does: "treats a top-level folder `functions` as programs and does not serve it",
                        hint: RENAME,
                        lifted_by: None,
                    },
                ],
                pages: Some(
                    "`/a.html` is redirected to `/a`, which no setting changes: visitors need one more request, and \
                     canonical addresses and the sitemap contain the address that redirects, which search engines \
                     follow",
                ),
                notes: &[OLD_DEPLOYS, "removed files may be served from the cache for about a week"],
                ..cloudflare
            },
            Self::CloudflareWorkers => Limits {
                name: "Cloudflare Workers",
                names: &[
                    NODE_MODULES,
                    Names {
                        of: |path| path.contains('%'),
                        does: "refuses uploads with a `%` in a name",
                        hint: RENAME,
                        lifted_by: None,
                    },
                    Names {
                        of: |path| path == "_worker.js",
                        does: "would serve this program to everyone",
                        hint: "name it in `main` of the Wrangler configuration, or in `.assetsignore` in the static folder",
                        lifted_by: Some(".assetsignore"),
                    },
                ],
                pages: Some(
                    "`/a.html` is redirected to `/a` while `assets.html_handling` is `auto-trailing-slash`, the \
                     default: visitors need one more request, and canonical addresses and the sitemap contain the \
                     address that redirects; `none` stops the redirect, but then `/coast/` shows no page either, unless \
                     a Worker adds `index.html`",
                ),
                notes: &["former versions may keep their own preview addresses: turn off `preview_urls`"],
                ..cloudflare
            },
            Self::GithubPages => Limits {
                name: "GitHub Pages",
                file_bytes: Some(100 * MIB),
                site_bytes: Some(1_000_000_000),
                names: &[Names {
                    of: is_of_jekyll,
                    does: "runs Jekyll on branches, which leaves out names that begin with `_`, `.`, `#` or `~` or end \
                           with `~` and the folders `vendor` and `node_modules`, and converts Markdown to pages",
                    hint: "put an empty file named `.nojekyll` into the static folder to turn Jekyll off",
                    lifted_by: Some(".nojekyll"),
                }],
                notes: &[
                    "`_headers` has no effect, because the host sends no custom headers; pages contain what they can \
                     in their own head",
                    "public repositories and readable artifacts reveal every private link",
                ],
                ..free
            },
            Self::GitlabPages => Limits {
                name: "GitLab Pages",
                files: Some(200_000),
                site_bytes: Some(1_000_000_000),
                redirects: Some((1000, 1000, ANY)),
                notes: &[
                    "`_headers` has no effect, because the host sends no custom headers; pages contain what they can \
                     in their own head",
                    "everyone who can read the project can read its artifacts, and with them every private link",
                ],
                ..free
            },
            Self::Netlify => Limits {
                name: "Netlify",
                files_in_a_folder: Some(54_000),
                headers: HeadersFile::Read(ANY, ANY),
                redirects: Some((ANY, ANY, ANY)),
                names: &[
                    Names {
                        of: |path| path.contains(['#', '?']),
                        does: "refuses deploys with `#` or `?` in a name",
                        hint: RENAME,
                        lifted_by: None,
                    },
                    NODE_MODULES,
                ],
                pages: Some(
                    "“Pretty URLs” changes links to `/a.html` into `/a`, while canonical addresses and the sitemap \
                     contain `/a.html`: turn it off with `pretty_urls = false` under `[build.processing.html]` in \
                     `netlify.toml`",
                ),
                notes: &[OLD_DEPLOYS],
                ..free
            },
            Self::Vercel => Limits {
                name: "Vercel",
                names: &[
                    NODE_MODULES,
                    Names {
                        of: |path| path.starts_with("api/"),
                        does: "treats a top-level folder `api` as programs",
                        hint: RENAME,
                        lifted_by: None,
                    },
                ],
                pages: Some(
                    "do not set `cleanUrls` or `trailingSlash` in `vercel.json`: the first redirects `/a.html` to \
                     `/a`, and canonical addresses and the sitemap would contain the address that redirects",
                ),
                notes: &[OLD_DEPLOYS, "`_headers` is not read: set the same headers in `vercel.json`"],
                ..free
            },
            Self::AzureStaticWebApps => Limits {
                name: "Azure Static Web Apps",
                files: Some(15_000),
                site_bytes: Some(250_000_000),
                pages: Some(
                    "do not set `trailingSlash` in `staticwebapp.config.json`: `always` redirects `/a.html`, and \
                     canonical addresses and the sitemap would contain the address that redirects",
                ),
                notes: &["`_headers` is not read: set the same headers in `staticwebapp.config.json`"],
                ..free
            },
            Self::S3 => Limits {
                name: "S3",
                path_bytes: Some(1024),
                names: &[Names {
                    of: |path| {
                        path.contains(['\\', '{', '}', '^', '%', '`', '[', ']', '"', '<', '>', '#', '|', '?'])
                            || path.chars().any(char::is_control)
                    },
                    does: "advises against such characters in names, because some software misinterprets them",
                    hint: RENAME,
                    lifted_by: None,
                }],
                headers: HeadersFile::OnObjects,
                ..free
            },
        }
    }
}

/// Findings and notes about a host. `sizes` has path, bytes, and whether the bytes are known or estimated, of every file.
pub(super) fn look(host: Host, whole: &Whole<'_>, sizes: &[(&str, u64, bool)]) -> (Vec<Error>, Vec<String>) {
    let limits = host.limits();
    let mut found = limits.of_sizes(sizes);
    found.extend(limits.of_names(sizes.iter().map(|(path, ..)| *path)));
    found.extend(limits.of_rules("_headers", whole));
    found.extend(limits.of_rules("_redirects", whole));
    let mut notes = limits.notes_on(sizes.iter().map(|(path, ..)| *path));
    notes.extend(limits.of_objects(whole));
    let estimated = sizes.iter().any(|(.., known)| !known).then(|| ESTIMATED.to_owned());
    (found, notes.into_iter().chain(estimated).collect())
}

/// A file of rules: where its owner wrote it, if we did not, and its text.
fn written(name: &str, whole: &Whole<'_>) -> Option<(Option<PathBuf>, String)> {
    let file = whole.files.get(name)?;
    Some(match file.what {
        FileKind::Static(at) => {
            let own = &whole.catalog.static_files[at as usize].file;
            (Some(own.clone()), std::fs::read_to_string(own).unwrap_or_default())
        }
        what => (None, whole.composer.written(what).ok().flatten().unwrap_or_default()),
    })
}

fn finding(message: String) -> Error {
    Error::new(Code::HostLimit, message)
}

impl Limits {
    /// What there is too much of.
    fn of_sizes(&self, sizes: &[(&str, u64, bool)]) -> Vec<Error> {
        let name = self.name;
        let mut found = Vec::new();
        if let Some(most) = self.files
            && sizes.len() > most
        {
            let error = finding(format!("the site has {} files, but {name} allows {most}", sizes.len()));
            found.push(error.hint("reduce the number of files with fewer `images.widths` or formats"));
        }
        if let Some(most) = self.files_in_a_folder {
            let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
            for (path, ..) in sizes {
                *folders.entry(path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default() += 1;
            }
            for (folder, count) in folders.into_iter().filter(|(_, count)| *count > most) {
                found.push(finding(format!("`{folder}/` has {count} files, but {name} allows {most} per folder")));
            }
        }
        for (path, bytes, known) in sizes {
            if let Some(most) = self.file_bytes.filter(|most| bytes > most) {
                let has = if *known { "has" } else { "will have about" };
                let message = format!("{has} {}, but {name} allows {}", bytes_text(*bytes), bytes_text(most));
                let error = finding(message).at(*path);
                found.push(match path.ends_with(".zip") {
                    true => {
                        error.hint("set a smaller `downloads.part_size`, or `downloads = \"web\"` for this gallery")
                    }
                    false => error,
                });
            }
            if let Some(most) = self.path_bytes.filter(|most| path.len() > *most) {
                found.push(finding(format!("has a path of {} bytes, but {name} allows {most}", path.len())).at(*path));
            }
        }
        let whole: u64 = sizes.iter().map(|(_, bytes, _)| bytes).sum();
        if let Some(most) = self.site_bytes.filter(|most| whole > *most) {
            let message =
                format!("the site will have about {}, but {name} allows {}", bytes_text(whole), bytes_text(most));
            found.push(finding(message).hint("use smaller `images.widths` or a lower `images.quality`"));
        }
        found
    }

    /// Names that the host does not take as they are: for each reason one finding, with the first of them.
    fn of_names<'p>(&self, paths: impl Iterator<Item = &'p str> + Clone) -> Vec<Error> {
        let mut found = Vec::new();
        for names in self.names {
            if names.lifted_by.is_some_and(|file| paths.clone().any(|path| path == file)) {
                continue;
            }
            let mut such = paths.clone().filter(|path| (names.of)(path));
            let Some(first) = such.next() else { continue };
            let others = match such.count() {
                0 => String::new(),
                more => format!("; the same applies to {} more", counted(more, "file", "files")),
            };
            let message = format!("{} {}{others}", self.name, names.does);
            found.push(finding(message).at(first).hint(names.hint));
        }
        found
    }

    fn notes_on<'p>(&self, mut paths: impl Iterator<Item = &'p str> + Clone) -> Vec<String> {
        let mut notes: Vec<String> = self.notes.iter().map(|note| format!("{}: {note}", self.name)).collect();
        let is_named = |path: &str| {
            path.ends_with(".html") && path != "404.html" && path != "index.html" && !path.ends_with("/index.html")
        };
        if let Some(note) = self.pages.filter(|_| paths.clone().any(is_named)) {
            notes.push(format!("{}: {note}", self.name));
        }
        let told = |path: &str| self.names.iter().any(|names| (names.of)(path));
        let odd = |path: &str| path.contains(['%', '#', '?', '"', '<', '>', '|', '*', ':']) && !told(path);
        if let Some(path) = paths.find(|path| odd(path)) {
            notes.push(format!(
                "`{path}` contains a character that some software misinterprets: test its address once it is online"
            ));
        }
        notes
    }

    /// What is wrong with a file of rules that hosts read: `_headers` or `_redirects`.
    fn of_rules(&self, name: &str, whole: &Whole<'_>) -> Vec<Error> {
        let Some((own, text)) = written(name, whole) else { return Vec::new() };
        let is_read = match name {
            "_headers" => !matches!(self.headers, HeadersFile::Ignored),
            _ => self.redirects.is_some(),
        };
        if !is_read {
            // Ours says nothing that is not in the pages too; the owner's own may.
            let no_effect = |file| finding(format!("has no effect, because {} does not read it", self.name)).at(file);
            return own.map(no_effect).into_iter().collect();
        }
        let shown = own.unwrap_or_else(|| name.into());
        let wrong = if name == "_headers" { self.of_headers(&text) } else { self.of_redirects(&text) };
        let place = |(message, line): (String, Option<usize>)| match line {
            Some(line) => finding(message).at_line(&shown, line, 1),
            None => finding(message).at(&shown),
        };
        wrong.into_iter().map(place).collect()
    }

    /// What `_headers` says that no object can carry, by pattern.
    fn of_objects(&self, whole: &Whole<'_>) -> Option<String> {
        let HeadersFile::OnObjects = self.headers else { return None };
        let (_, text) = written("_headers", whole)?;
        self.not_on_objects(&text)
    }

    fn not_on_objects(&self, text: &str) -> Option<String> {
        let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
        for (pattern, name) in not_of_objects(&rules(text, |_| false)) {
            match parts.iter_mut().find(|(known, _)| *known == pattern) {
                Some((_, names)) => names.push(name),
                None => parts.push((pattern, vec![name])),
            }
        }
        let parts: Vec<String> =
            parts.iter().map(|(pattern, names)| format!("`{pattern}` {}", names.join(", "))).collect();
        let name = self.name;
        (!parts.is_empty()).then(|| {
            format!(
                "{name}: objects carry no headers but Content-Type and Cache-Control; set the others of `_headers` in the \
                 CDN: {}",
                parts.join("; ")
            )
        })
    }

    fn of_headers(&self, text: &str) -> Vec<(String, Option<usize>)> {
        let HeadersFile::Read(rules, longest) = self.headers else { return Vec::new() };
        let count = lines(text).filter(|(_, line)| !line.starts_with([' ', '\t'])).count();
        let too_many =
            (count > rules).then(|| (format!("has {count} rules, but {} allows {rules}", self.name), None)).into_iter();
        too_many.chain(self.long_lines(text, longest)).collect()
    }

    fn of_redirects(&self, text: &str) -> Vec<(String, Option<usize>)> {
        let Some((plain, patterns, longest)) = self.redirects else { return Vec::new() };
        let is_pattern = |line: &str| line.split_whitespace().next().is_some_and(|from| from.contains(['*', ':']));
        let all = lines(text).count();
        let with = lines(text).filter(|(_, line)| is_pattern(line)).count();
        let counts = [(all - with, plain, "rules without a pattern"), (with, patterns, "rules with `*` or `:name`")];
        let too_many = counts.into_iter().filter(|(count, most, _)| count > most);
        let too_many =
            too_many.map(|(count, most, what)| (format!("has {count} {what}, but {} allows {most}", self.name), None));
        too_many.chain(self.long_lines(text, longest)).collect()
    }

    fn long_lines<'t>(&self, text: &'t str, longest: usize) -> impl Iterator<Item = (String, Option<usize>)> + 't {
        let name = self.name;
        let long = lines(text).map(|(at, line)| (at, line.chars().count())).filter(move |(_, count)| *count > longest);
        long.map(move |(at, count)| {
            (format!("has {count} characters, but {name} allows {longest} per line"), Some(at + 1))
        })
    }
}

/// Lines that say something, with their places.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#') && !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each host the names that are found, of all those that some host does not take.
    #[test]
    fn each_host_finds_the_names_that_it_does_not_take() {
        let names = [
            "coast/_MG_1234.html",
            "img/coast/_MG_1234-640.0123456789ab.jpg",
            "_notes/plan.pdf",
            ".well-known/security.txt",
            "#draft.txt",
            "~old.txt",
            "old.txt~",
            "vendor/a.js",
            "texts/readme.md",
            "price #1?.pdf",
            "half 50%.pdf",
            "a[1].pdf",
            "a\"b.pdf",
            "lib/node_modules/a.js",
            "functions/a.js",
            "api/a.js",
            "_worker.js",
        ];
        let found = |host: Host| -> Vec<&str> {
            let limits = host.limits();
            names.into_iter().filter(|name| !limits.of_names([*name].into_iter()).is_empty()).collect()
        };
        assert_eq!(found(Host::CloudflarePages), ["lib/node_modules/a.js", "functions/a.js"]);
        assert_eq!(found(Host::CloudflareWorkers), ["half 50%.pdf", "lib/node_modules/a.js", "_worker.js"]);
        let of_jekyll: Vec<&str> = names[..9].iter().copied().chain(["lib/node_modules/a.js", "_worker.js"]).collect();
        assert_eq!(found(Host::GithubPages), of_jekyll);
        assert_eq!(found(Host::GitlabPages), [""; 0]);
        assert_eq!(found(Host::Netlify), ["#draft.txt", "price #1?.pdf", "lib/node_modules/a.js"]);
        assert_eq!(found(Host::Vercel), ["lib/node_modules/a.js", "api/a.js"]);
        assert_eq!(found(Host::AzureStaticWebApps), [""; 0]);
        assert_eq!(found(Host::S3), ["#draft.txt", "price #1?.pdf", "half 50%.pdf", "a[1].pdf", "a\"b.pdf"]);
    }

    #[test]
    fn a_site_of_ordinary_names_has_nothing_that_a_host_does_not_take() {
        let names =
            ["index.html", "404.html", "_headers", "_redirects", "coast/dsc-1.html", "coast/a_b~c.html", ".nojekyll"];
        for host in Host::value_variants() {
            assert!(host.limits().of_names(names.into_iter()).is_empty(), "{host:?}");
        }
    }

    #[test]
    fn a_file_of_the_site_makes_a_host_take_names_that_it_would_not() {
        let found = |host: Host, names: &[&str]| host.limits().of_names(names.iter().copied()).len();
        assert_eq!(found(Host::GithubPages, &["_a.html", "_b.html"]), 1, "one finding for a reason");
        assert_eq!(found(Host::GithubPages, &["_a.html", ".nojekyll"]), 0);
        assert_eq!(found(Host::CloudflareWorkers, &["_worker.js", ".assetsignore"]), 0);
    }

    #[test]
    fn hosts_that_redirect_pages_or_can_be_set_to_say_so_where_a_page_has_such_an_address() {
        let told = |host: Host, names: &[&str]| {
            host.limits().notes_on(names.iter().copied()).iter().any(|note| note.contains("`/a.html`"))
        };
        for host in Host::value_variants() {
            let redirects = !matches!(host, Host::GithubPages | Host::GitlabPages | Host::S3);
            assert_eq!(told(*host, &["index.html", "coast/one.html"]), redirects, "{host:?}");
            assert!(!told(*host, &["index.html", "404.html", "coast/index.html", "a.jpg"]), "{host:?}");
        }
    }

    #[test]
    fn what_there_is_too_much_of_is_found_by_host() {
        let found = |host: Host, sizes: &[(&str, u64, bool)]| host.limits().of_sizes(sizes).len();
        let film = [("film.mp4", 26 * MIB, true)];
        let large = [("film.mp4", 260_000_000, true)];
        let huge: Vec<(&str, u64, bool)> = vec![("a.jpg", 60_000, false); 20_001];
        let long = format!("{}/a", "d".repeat(1024));
        let long = [(long.as_str(), 1, true)];
        let table = [
            (Host::CloudflarePages, [1, 1, 1, 0]),
            (Host::CloudflareWorkers, [1, 1, 1, 0]),
            (Host::GithubPages, [0, 1, 1, 0]),
            (Host::GitlabPages, [0, 0, 1, 0]),
            (Host::Netlify, [0, 0, 0, 0]),
            (Host::Vercel, [0, 0, 0, 0]),
            (Host::AzureStaticWebApps, [0, 1, 2, 0]),
            (Host::S3, [0, 0, 0, 1]),
        ];
        for (host, expected) in table {
            let all = [&film[..], &large, &huge, &long].map(|sizes| found(host, sizes));
            assert_eq!(all, expected, "{host:?}");
        }
    }

    #[test]
    fn headers_that_no_object_can_carry_are_named_with_their_patterns() {
        let told = |text: &str| Host::S3.limits().not_on_objects(text);
        assert_eq!(told("/img/*\n  Cache-Control: immutable\n/a\n  Content-Type: text/html\n"), None);
        let text = "/*\n  X-A: 1\n  X-B: 2\n/g/*\n  cache-control: no-cache\n  X-A: 3\n";
        let expected = "S3: objects carry no headers but Content-Type and Cache-Control; set the others of `_headers` in \
                        the CDN: `/*` X-A, X-B; `/g/*` X-A";
        assert_eq!(told(text).as_deref(), Some(expected));
    }

    #[test]
    fn rules_for_hosts_are_counted_as_the_host_counts_them() {
        let limits = Host::CloudflarePages.limits();
        let of_headers = |text: &str| limits.of_headers(text).len();
        assert_eq!(of_headers(&"/a\n  X-A: b\n".repeat(100)), 0);
        assert_eq!(of_headers(&"/a\n  X-A: b\n".repeat(101)), 1);
        assert_eq!(of_headers(&format!("# {}\n/a\n  X-A: {}\n", "c".repeat(3000), "b".repeat(2000))), 1);
        assert!(Host::S3.limits().of_headers(&"/a\n  X-A: b\n".repeat(101)).is_empty());
        let of_redirects = |host: Host, text: &str| host.limits().of_redirects(text).len();
        let (plain, patterns) = ("/a /b 301\n".repeat(1001), "/a/* /b/:splat\n".repeat(101));
        assert_eq!(of_redirects(Host::CloudflarePages, &format!("# one\n\n{plain}")), 0);
        assert_eq!(of_redirects(Host::CloudflarePages, &plain.repeat(2)), 1);
        assert_eq!(of_redirects(Host::CloudflarePages, &patterns), 1);
        assert_eq!(of_redirects(Host::CloudflarePages, &format!("/a /{}\n", "b".repeat(1000))), 1);
        assert_eq!(of_redirects(Host::GitlabPages, &plain), 1);
        assert_eq!(of_redirects(Host::Netlify, &plain.repeat(9)), 0);
    }
}
