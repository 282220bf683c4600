//! Clutter that other systems and programs leave among photos: bins, snapshots, thumbnails, half-copied files. None
//! of it was put there to be shown. And the marks by which an owner leaves a folder out on purpose.

use std::ffi::OsStr;
use std::path::Path;

use super::ignored_files::is_backup;

/// Names of files and folders alike, in small letters, `*` for anything; and whose they are.
const ANYTHING: &[(&str, &str)] = &[
    (".*", "hidden: Unix; most bins and snapshots of NAS, cloud and photo programs"),
    ("$recycle.bin", "bin: Windows"),
    ("recycler", "bin: Windows XP"),
    ("recycled", "bin: Windows 98"),
    ("system volume information", "snapshots and indexes: Windows"),
    ("found.00?", "rescued fragments: chkdsk of Windows"),
    ("lost+found", "rescued fragments: fsck of Linux"),
    ("__macosx", "resource forks: archives of macOS"),
    ("network trash folder", "bin: netatalk, AFP shares"),
    ("temporary items", "half-copied files: netatalk, AFP shares"),
    ("thevolumesettingsfolder", "settings: AFP shares"),
    (":2e*", "hidden files of macOS: netatalk"),
    ("backups.backupdb", "snapshots: Time Machine"),
    ("#recycle", "bin: Synology"),
    ("#snapshot", "snapshots: Synology"),
    ("@eadir", "thumbnails: Synology"),
    ("*@syno*", "indexes: Synology"),
    ("syno_*", "thumbnails: Synology"),
    ("synophoto_*", "thumbnails: Synology Photos"),
    ("synovideo_*", "thumbnails: Synology Photos"),
    ("@tmp", "half-copied files: Synology"),
    ("@sharebin", "bin: Synology Drive"),
    ("@recycle", "bin: QNAP, TerraMaster"),
    ("@recently-snapshot", "snapshots: QNAP"),
    ("@__thumb", "thumbnails: QNAP"),
    ("@transcode", "smaller copies: QNAP"),
    ("@upload_cache", "half-copied files: QNAP"),
    ("~snapshot", "snapshots: NetApp"),
    ("~syncthing~*", "half-copied files: Syncthing"),
    ("*.sync-temp", "half-copied files: Syncthing"),
    ("_gsdata_", "bin and history: GoodSync"),
    ("*.ffs_tmp", "half-copied files: FreeFileSync"),
    ("*.ffs_db", "index: FreeFileSync"),
    ("*.ffs_lock", "lock: FreeFileSync"),
    ("freefilesync.*", "bin: FreeFileSync"),
    ("~$*", "locks: Microsoft Office"),
    ("*.lrdata", "previews: Lightroom"),
    ("*.lrcat-data", "catalogue: Lightroom"),
    ("*.lrlibrary", "library: Lightroom"),
    ("*.photoslibrary", "library: Apple Photos"),
    ("*.photolibrary", "library: iPhoto"),
    ("*.migratedphotolibrary", "library: iPhoto"),
    ("*.aplibrary", "library: Aperture"),
    ("*.migratedaplibrary", "library: Aperture"),
    ("ipod photo cache", "thumbnails: iTunes"),
    ("*.cocatalog", "catalogue: Capture One"),
];

/// Names of folders.
const FOLDERS: &[(&str, &str)] = &[
    ("*.download", "half-copied files: Safari"),
    ("captureone", "previews and settings: Capture One"),
    ("[originals]", "photos before they were edited: ACDSee"),
    ("nksc_param", "settings: Nikon NX Studio"),
    ("canonmsc", "index: Canon cameras"),
    ("adobe bridge cache", "thumbnails: Adobe Bridge"),
    ("pwg_representative", "thumbnails: Piwigo"),
    ("pwg_high", "originals: Piwigo"),
    ("pwg_format", "other formats: Piwigo"),
];

/// Names of files that systems leave anywhere.
const SYSTEM_FILES: &[(&str, &str)] = &[
    ("thumbs.db", "thumbnails: Windows"),
    ("ehthumbs.db", "thumbnails: Windows Media Center"),
    ("ehthumbs_vista.db", "thumbnails: Windows Media Center"),
    ("desktop.ini", "how a folder looks: Windows"),
    ("icon\r", "how a folder looks: macOS"),
];

/// Names of files among photographs.
const FILES: &[(&str, &str)] = &[
    ("albumart*small.jpg", "covers: Windows Media Player"),
    ("albumart_{*", "covers: Windows Media Player"),
    ("zbthumbnail.info", "thumbnails: Canon ZoomBrowser"),
    ("pspbrwse.jbf", "thumbnails: PaintShop Pro"),
    ("*.thm", "thumbnails of films: cameras"),
    ("*.lrprev", "previews: Lightroom"),
    ("*.lrfprev", "previews: Lightroom"),
    ("*.cop", "previews: Capture One"),
    ("*.cof", "focus masks: Capture One"),
    ("*.cot", "thumbnails: Capture One"),
    ("*.part", "half-copied files: Firefox, ownCloud, Nextcloud, KDE"),
    ("*.partial", "half-copied files: rclone, Internet Explorer"),
    ("*.filepart", "half-copied files: WinSCP, Total Commander"),
    ("*.crdownload", "half-copied files: Chrome, Edge"),
    ("*.opdownload", "half-copied files: Opera"),
    ("*.aria2", "half-copied files: aria2"),
    ("*.!sync", "half-copied files: Resilio Sync"),
    ("*.!ut", "half-copied files: µTorrent"),
    ("*.!qb", "half-copied files: qBittorrent"),
    ("*.bts", "half-copied files: BitTorrent Sync"),
    ("*.tmp", "half-written files: Windows, Syncthing, many more"),
    ("*.temp", "half-written files: many"),
    ("*.~tmp", "half-written files: many"),
];

/// Names of files that leave their folder out, with what lies below it, and whose mark each is.
const MARKS: &[(&str, &str)] = &[
    ("nomedia", "Android, PhotoPrism, Nextcloud, digiKam, and this program"),
    ("noimage", "Nextcloud"),
    ("nomemories", "Nextcloud Memories"),
];

/// PhotoPrism's list of what to ignore. One that ignores all leaves the folder out.
pub(super) const PATTERNS: &str = ".ppignore";

/// Whether other programs left it there; hidden files and folders too.
pub(super) fn is_clutter(name: &OsStr, is_folder: bool) -> bool {
    let more = if is_folder { FOLDERS } else { FILES };
    is_of_a_system(name) || fits_one(more, name)
}

/// The same among files that are no photographs: bins and snapshots, not what is only half copied.
pub(super) fn is_of_a_system(name: &OsStr) -> bool {
    fits_one(ANYTHING, name) || fits_one(SYSTEM_FILES, name)
}

fn fits_one(patterns: &[(&str, &str)], name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    patterns.iter().any(|(pattern, _)| fits(pattern.as_bytes(), name.as_bytes()))
}

/// What is passed by in the folder of galleries: clutter, and what programs leave of a file before they change it.
pub(super) fn is_passed_by(name: &OsStr, is_folder: bool) -> bool {
    is_clutter(name, is_folder) || is_backup(name)
}

/// Whether a file of this name leaves its folder out. Windows hides endings, and makes no name that begins with a dot
/// unless it ends with one.
pub(super) fn is_mark(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let bare = name.strip_suffix(".txt").unwrap_or(&name).trim_matches('.');
    MARKS.iter().any(|(mark, _)| *mark == bare)
}

/// Whether a list of PhotoPrism's leaves its whole folder out.
pub(super) fn ignores_all(list: &Path) -> bool {
    let text = std::fs::read_to_string(list).unwrap_or_default();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    // An empty one is a slip: nobody makes a list to ignore nothing.
    lines.clone().next().is_none() || lines.any(|line| matches!(line, "*" | "*.*" | "**" | "/*" | "**/*" | "." | "./"))
}

/// Whether a name fits a pattern: `*` is any number of bytes, `?` is one.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        // Nearly all patterns are of this kind, and every file's name is held against all of them.
        [b'*', rest @ ..] if !rest.iter().any(|byte| matches!(byte, b'*' | b'?')) => name.ends_with(rest),
        [b'*', rest @ ..] => (0..=name.len()).any(|from| fits(rest, &name[from..])),
        [b'?', rest @ ..] => !name.is_empty() && fits(rest, &name[1..]),
        [first, rest @ ..] => name.first() == Some(first) && fits(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_programs_leave_is_known_in_any_case() {
        for folder in [
            "#recycle",
            "#Recycle",
            "#snapshot",
            "@eaDir",
            "@Recycle",
            "@Recently-Snapshot",
            ".@__thumb",
            "$RECYCLE.BIN",
            "RECYCLER",
            "System Volume Information",
            ".Trash-1000",
            ".Trashes",
            ".stversions",
            ".stfolder",
            "lost+found",
            ".snapshot",
            ".zfs",
            ".dropbox.cache",
            "@SynoResource",
            "@tmp",
            ".picasaoriginals",
            "Photos.photoslibrary",
            "Catalog Previews.lrdata",
            "CaptureOne",
            ".thumbnails",
            "_gsdata_",
            ".sync",
            "@SynoEAStream",
            "[Originals]",
            "~snapshot",
            "FOUND.000",
            "__MACOSX",
            "Photo.jpg.download",
            ":2eDS_Store",
            "Network Trash Folder",
        ] {
            assert!(is_clutter(OsStr::new(folder), true), "{folder}");
        }
        for file in [
            "~syncthing~a.jpg.tmp",
            ".syncthing.a.jpg.tmp",
            "a.jpg.part",
            "a.jpg.crdownload",
            "a.jpg.filepart",
            "a.jpg.1a2b3c4d.partial",
            ".a.jpg.Ab12Cd",
            "a.tmp",
            ".~lock.a.jpg#",
            "~$a.jpg",
            "._a.jpg",
            "Thumbs.db",
            "THUMBS.DB",
            "a.jpg.ocTransferId123.part",
            "ZbThumbnail.info",
            "pspbrwse.jbf",
            "SYNOPHOTO_THUMB_XL.jpg",
            "SYNO_x.jpg",
            "a.jpg@SynoEAStream",
            "MVI_1234.THM",
            "a.jpg.!sync",
            "a.jpg.ffs_tmp",
            "AlbumArtSmall.jpg",
        ] {
            assert!(is_clutter(OsStr::new(file), false), "{file}");
        }
    }

    #[test]
    fn what_owners_call_their_own_is_no_clutter() {
        for folder in [
            "Originals",
            "originals",
            "Recycling",
            "Thumbnails",
            "Trash",
            "Snapshots",
            "darktable_exported",
            "Lightroom",
            "Part 2",
            "tmp",
            "Temporary",
            "@home",
            "#1",
            "Sync",
            "2024.part one",
            "Downloads",
            "Cache",
            "Weddings",
        ] {
            assert!(!is_clutter(OsStr::new(folder), true), "{folder}");
        }
        for file in
            ["party.jpg", "a.part.jpg", "a.partial.jpg", "tmp.jpg", "thumb.jpg", "folder.jpg", "~a.jpg", "#1.jpg"]
        {
            assert!(!is_clutter(OsStr::new(file), false), "{file}");
        }
    }

    #[test]
    fn a_folder_is_left_out_by_a_mark_however_windows_writes_it() {
        for mark in [".nomedia", ".NOMEDIA", ".nomedia.", "nomedia", ".nomedia.txt", ".noimage", ".nomemories"] {
            assert!(is_mark(OsStr::new(mark)), "{mark}");
        }
        for other in ["nomedia.jpg", "media", ".media", "no-media.txt", ".nomedias"] {
            assert!(!is_mark(OsStr::new(other)), "{other}");
        }
    }
}
