//! Visibility: who may reach something, and the output folders for holders of links.

use crate::listed_enum::listed_enum;

/// What search engines are told of everything private.
pub const NO_ROBOTS: &str = "noindex, nofollow, noarchive, noimageindex";

listed_enum! {
    /// Who may reach a gallery; the order is from open to closed, and a child is never more open than its parent.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Visibility {
        /// Everybody; listed everywhere.
        #[default]
        Public,
        /// Everybody who knows the address; listed nowhere.
        Unlisted,
        /// Who holds a link.
        Private,
        /// Who holds a link and a code or a password.
        Sealed,
    }
}

impl Visibility {
    /// As it is written in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
            Self::Sealed => "sealed",
        }
    }

    /// What it means, for the reference of settings.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Public => "everyone; listed everywhere",
            Self::Unlisted => "everyone who knows the address; listed nowhere",
            Self::Private => "people with a link",
            Self::Sealed => "people with a link and a code or password; the files are encrypted",
        }
    }

    /// The one with this name in settings.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether anybody who knows the address may see it, without a link from the ledger.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Public | Self::Unlisted => true,
            Self::Private | Self::Sealed => false,
        }
    }

    /// Whether lists, feeds and search engines may name it.
    pub const fn is_listed(self) -> bool {
        match self {
            Self::Public => true,
            Self::Unlisted | Self::Private | Self::Sealed => false,
        }
    }
}

listed_enum! {
    /// A folder of the output whose every file is for holders of links: for builds, for audits and for gates.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum PrivateFolder {
        /// `g/`: pages.
        Pages,
        /// `x/`: pictures and the pages of single photos.
        Assets,
        /// `e/`: where typed codes lead.
        Entries,
    }
}

impl PrivateFolder {
    /// Its name below the output, one letter.
    pub const fn name(self) -> &'static str {
        self.prefix().split_at(1).0
    }

    /// What `Cache-Control` says of its files: a page must die on its day, and a picture may be shown for one more.
    pub const fn cache_control(self) -> &'static str {
        match self {
            Self::Pages | Self::Entries => "private, no-cache",
            Self::Assets => "public, max-age=86400",
        }
    }

    /// The beginning of every path in it.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pages => "g/",
            Self::Assets => "x/",
            Self::Entries => "e/",
        }
    }

    /// The folder with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|folder| folder.name() == name)
    }

    /// The folder that a path below the output lies in, and what of the path is below it.
    pub fn split(path: &str) -> Option<(Self, &str)> {
        let (first, below) = path.split_once('/')?;
        Some((Self::named(first)?, below))
    }

    /// Whether a path below the output lies in any of them.
    pub fn holds(path: &str) -> bool {
        Self::split(path).is_some()
    }

    /// What of a path is below this folder, where it lies in it.
    pub fn below(self, path: &str) -> Option<&str> {
        path.strip_prefix(self.prefix())
    }

    /// The folder of a token in it, with a slash at its end: `g/TOKEN/`.
    pub fn of_token(self, token: &str) -> String {
        format!("{}{token}/", self.prefix())
    }

    /// Whether this is the path of a file that leads from a code to a link's page, which says itself whether the link works.
    pub fn is_locator(path: &str) -> bool {
        Self::Entries.below(path).is_some() && !Self::is_index(path)
    }

    /// Whether this is the path of the page that keeps hosts from listing everything in one of them.
    pub fn is_index(path: &str) -> bool {
        Self::split(path).is_some_and(|(_, below)| below == "index.html")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_order_goes_from_open_to_closed() {
        for one in &Visibility::ALL {
            assert_eq!(Visibility::named(one.name()), Some(*one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.name());
        }
        assert!(Visibility::ALL.is_sorted());
        assert!(Visibility::ALL.is_sorted_by_key(|one| !one.is_open()));
    }

    #[test]
    fn a_path_lies_in_the_private_folder_that_it_begins_with() {
        assert_eq!(PrivateFolder::split("g/token/index.html"), Some((PrivateFolder::Pages, "token/index.html")));
        assert_eq!(PrivateFolder::Assets.below("x/token/a.jpg"), Some("token/a.jpg"));
        assert_eq!(PrivateFolder::Assets.of_token("token"), "x/token/");
        assert!(PrivateFolder::is_index("e/index.html") && !PrivateFolder::is_index("g/token/index.html"));
        for open in ["g", "index.html", "gallery/a.html", "G/a", "img/x/a.jpg"] {
            assert!(!PrivateFolder::holds(open), "{open}");
        }
    }
}
