//! Servers that list folders.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::servers::*;
use crate::support::Site;

/// Apache with these directives, in one process, which ends with the test.
fn apache_of(folder: &Path, site: &str) -> Server {
    let port = free_port();
    let root = folder.display();
    let modules = ["mpm_event", "authz_core", "dir", "mime", "headers", "autoindex", "alias"];
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    // Where root runs the test, Apache serves as somebody else, who must be able to read the folder.
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let config = format!(
        "{modules}ServerRoot {root}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {root}/pid\nDefaultRuntimeDir {root}\n\
         User nobody\nGroup nogroup\nTypesConfig /etc/mime.types\nErrorLog {root}/error.log\n{site}\n"
    );
    std::fs::write(folder.join("apache.conf"), config).unwrap();
    let mut command =
        Command::new(if Path::new("/usr/sbin/apache2").exists() { "/usr/sbin/apache2" } else { "apache2" });
    command.arg("-X").arg("-f").arg(folder.join("apache.conf"));
    Server::start(command, port, &folder.join("error.log"))
}

#[test]
fn a_real_server_of_apache_as_documented_lists_nothing_and_keeps_private_addresses_out_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    write_documented_site(folder.path());
    let heading = "## Your own server or a rented one, Apache";
    let site = folder.path().join("site");
    std::fs::write(site.join(".htaccess"), documented(heading, "```apache\n")).unwrap();
    std::fs::write(site.join("_headers"), "/*").unwrap();
    std::fs::create_dir(site.join("img")).unwrap();
    std::fs::write(site.join("img/a.jpg"), "a picture").unwrap();
    // All but the name of the host and its certificate.
    let text = documented("a2enmod", "```apache\n");
    let kept = text.lines().filter(|line| !["VirtualHost", "ServerName", "SSL"].iter().any(|word| line.contains(word)));
    let served: String = kept.map(|line| format!("{line}\n")).collect();
    let served = served
        .replace("/srv/photos", &site.display().to_string())
        .replace("/var/log/apache2/photos.log", &format!("{root}/access.log"))
        .replace("/var/log/apache2/photos-error.log", &format!("{root}/error.log"));
    let formats = "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\" combined";
    let server = apache_of(folder.path(), &format!("{formats}\n{served}"));
    keeps_private_addresses_out_of_its_log(&server, &folder.path().join("access.log"));
    has_the_headers_of_private_files(&server);
    let log = std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
    assert!(!log.contains("pqHj2r_ZN1lEF10utN0Ktky71") && !log.contains("aiszVmMLLXUlp40kJJR9L7I8B"), "{log}");
    for path in ["/g/", "/x/", "/x/aiszVmMLLXUlp40kJJR9L7I8B/", "/pub/", "/img/"] {
        let (status, _, body) = server.get(path);
        assert!(status != 200 && !body.contains("Index of"), "{path}: {status} {body}");
    }
    for path in ["/_headers", "/.htaccess"] {
        assert!([403, 404].contains(&server.get(path).0), "{path}");
    }
    let (status, head, body) = server.get("/nothing-there.html");
    assert_eq!((status, body.as_str()), (404, "not found"), "{head}");
    let (_, head, _) = server.get("/public.html");
    assert!(
        head.contains("referrer-policy: strict-origin-when-cross-origin") && !head.contains("x-robots-tag"),
        "{head}"
    );
    assert!(server.get("/img/a.jpg").1.contains("immutable"));
}

#[test]
fn a_real_server_that_lists_folders_lists_nothing_private_and_nothing_unlisted() {
    let site = Site::with_private_gallery();
    site.put("galleries/quiet/gallery.toml", "access = \"unlisted\"\n");
    site.put_png("galleries/quiet/DSC_0004.png", 4);
    site.put_png("galleries/coast/hushed/DSC_0005.png", 5);
    site.put("galleries/coast/hushed/gallery.toml", "access = \"unlisted\"\n");
    let links = [site.share("the couple", &[]), site.share("a guest", &["--audience", "guests"])];
    site.build();
    let files = site.output();
    let folders: BTreeSet<&str> =
        files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..=at])).collect();
    let mut untold: Vec<String> = links.iter().map(|link| link.split('/').nth(1).unwrap().to_owned()).collect();
    untold.extend(site.assets());
    untold.extend(["quiet", "hushed"].map(str::to_owned));
    assert_eq!(untold.len(), 6);
    let public = site.path("public");
    let folder = tempfile::tempdir().unwrap();
    let (nginx_folder, caddy_folder) = (folder.path().join("nginx"), folder.path().join("caddy"));
    std::fs::create_dir(&nginx_folder).unwrap();
    std::fs::create_dir(&caddy_folder).unwrap();
    let apache = {
        // Where root runs the test, Apache serves as somebody else.
        for folder in [site.root(), site.root().parent().unwrap()] {
            std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        let listing = format!(
            "DocumentRoot {0}\n<Directory {0}>\nOptions +Indexes\nRequire all granted\n</Directory>\nDirectoryIndex index.html",
            public.display()
        );
        apache_of(folder.path(), &listing)
    };
    let nginx = {
        let port = free_port();
        let listing = format!("server {{\nlisten 127.0.0.1:{port};\nroot {};\nautoindex on;\n}}", public.display());
        let (command, log) = nginx_of(&nginx_folder, &format!("access_log off;\n{listing}"));
        Server::start(command, port, &log)
    };
    let caddy = caddy_of(&caddy_folder, "UTC", &format!("root * {}\nfile_server browse", public.display()));
    let python = {
        let port = free_port();
        let mut command = Command::new("python3");
        command.args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"]).arg(&public).arg(port.to_string());
        Server::start(command, port, Path::new(""))
    };
    for (name, server) in [("apache", apache), ("nginx", nginx), ("caddy", caddy), ("python", python)] {
        let mut lists = 0;
        for folder in &folders {
            let (status, _, body) = server.get(&format!("/{folder}"));
            let own = files.get(&format!("{folder}index.html"));
            if own.is_some_and(|page| page != safelight::pages::BLANK.as_bytes()) {
                continue;
            }
            lists += usize::from(own.is_none());
            assert_eq!(status, 200, "{name} {folder}");
            // The theme's folder is listed, or nothing would be shown by this.
            assert_eq!(body.contains("style."), *folder == "assets/", "{name} {folder}: {body}");
            let told: Vec<&String> = untold.iter().filter(|text| body.contains(*text)).collect();
            assert!(told.is_empty(), "{name} lists {told:?} at /{folder}");
        }
        assert_eq!(lists, 1, "{name}");
    }
}
