//! A site with a folder as its target, and a web server that shows strangers what lies there.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::support::{Run, Site, tree};

/// A published site.
pub struct Host {
    pub site: Site,
    server: Arc<tiny_http::Server>,
    thread: Option<JoinHandle<()>>,
    /// What answers still, as from a cache that forgets nothing.
    cached: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Host {
    /// A public gallery and a private one, not published yet.
    pub fn new() -> Self {
        Self::of(Site::with_private_gallery())
    }

    pub fn of(site: Site) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let address = server.server_addr().to_ip().unwrap();
        let web = site.path("../web");
        let settings = site.read("site.toml").replace("https://photos.example.com/", &format!("http://{address}/"));
        site.put("site.toml", format!("{settings}[publish]\nto = \"../web\"\n"));
        let cached = Arc::new(Mutex::new(BTreeMap::<String, Vec<u8>>::new()));
        let (serving, cache) = (Arc::clone(&server), Arc::clone(&cached));
        let thread = std::thread::spawn(move || {
            for request in serving.incoming_requests() {
                let path = request.url().trim_start_matches('/').to_owned();
                let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
                let remembered = cache.lock().unwrap().get(&file).cloned();
                let answer = match remembered.map_or_else(|| fs::read(web.join(file)), Ok) {
                    Ok(bytes) => tiny_http::Response::from_data(bytes),
                    Err(_) => tiny_http::Response::from_data(Vec::new()).with_status_code(404),
                };
                let _ = request.respond(answer);
            }
        });
        Self { site, server, thread: Some(thread), cached }
    }

    /// Visitors get the files below this folder as they are online now, whatever becomes of them.
    pub fn remember(&self, folder: &str) {
        let online = self.online().into_iter().filter(|(path, _)| path.starts_with(folder));
        *self.cached.lock().unwrap() = online.collect();
    }

    /// Publishes.
    pub fn publish(&self, more: &[&str]) -> Run {
        self.site.run(&[&["publish", "--threads", "1"], more].concat())
    }

    /// What lies online, without the target's own record.
    pub fn online(&self) -> BTreeMap<String, Vec<u8>> {
        let all =
            tree(&self.site.path("../web")).into_iter().map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes));
        all.filter(|(path, _)| !path.starts_with("safelight-state/") && !path.starts_with(".safelight")).collect()
    }

    /// Whether a page online says that its link is dead.
    pub fn is_tombstone(&self, link: &str) -> bool {
        let page = self.online().remove(&format!("{link}index.html"));
        page.is_some_and(|page| !String::from_utf8_lossy(&page).contains("SECRET") && !self.names_pictures(&page))
    }

    fn names_pictures(&self, page: &[u8]) -> bool {
        String::from_utf8_lossy(page).contains("/x/")
    }

    /// Private files online, besides the pages that keep hosts from listing folders.
    pub fn private(&self, folder: &str) -> Vec<String> {
        let index = format!("{folder}index.html");
        self.online().into_keys().filter(|path| path.starts_with(folder) && *path != index).collect()
    }

    /// Pages online that name a file which is not there.
    pub fn dangling(&self) -> Vec<String> {
        let settings = self.site.read("site.toml");
        let origin = settings.lines().find_map(|line| line.strip_prefix("url = \"")).unwrap().trim_end_matches("/\"");
        let faults = crate::support::crawl::faults(&self.site.path("../web"), "/", origin);
        faults.into_iter().filter(|fault| fault.ends_with("is not there")).collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
