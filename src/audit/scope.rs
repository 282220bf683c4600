//! Scopes of tokens: which files may contain which token.

use std::collections::HashMap;

use super::{AuditInput, Token};
use crate::access::gate::{DenyList, is_symbol};
use crate::access::token::shortened;
use crate::access::verify::{AddressRoot, TokenKind};
use crate::access::{GalleryId, LinkId};
use crate::visibility::PrivateFolder;

/// Whom a file is for, by where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'a> {
    /// Everybody.
    Public,
    /// Who holds this page's or these files' token; none for one that nobody knows.
    Private { segment: &'a str, token: Option<&'a Token> },
}

/// Tokens by their whole text.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a>(HashMap<&'a str, &'a Token>);

impl<'a> Scopes<'a> {
    pub(super) fn new(input: &'a AuditInput) -> Self {
        Self(input.tokens.iter().map(|token| (token.text.as_str(), token)).collect())
    }

    /// Whether this is a token that is looked for everywhere.
    pub(super) fn knows(&self, token: &str) -> bool {
        self.0.contains_key(token)
    }

    /// The scope of the file at this path below the output.
    pub(super) fn of(&self, path: &'a str) -> Scope<'a> {
        let Some((folder, below)) = PrivateFolder::split(path) else { return Scope::Public };
        let segment = below.split('/').next().unwrap_or_default();
        match folder {
            PrivateFolder::Entries => Scope::Private { segment, token: None },
            PrivateFolder::Pages | PrivateFolder::Assets if segment != below => {
                Scope::Private { segment, token: self.0.get(segment).copied() }
            }
            // What stands where private folders would be listed is for nobody, and names nothing.
            PrivateFolder::Pages | PrivateFolder::Assets if PrivateFolder::is_index(path) => {
                Scope::Private { segment, token: None }
            }
            PrivateFolder::Pages | PrivateFolder::Assets => Scope::Public,
        }
    }
}

impl Scope<'_> {
    pub(super) fn is_public(self) -> bool {
        matches!(self, Scope::Public)
    }

    /// The gallery whose file it is.
    pub(super) fn gallery(self) -> Option<GalleryId> {
        match self {
            Scope::Private { token: Some(token), .. } => token.gallery(),
            _ => None,
        }
    }

    /// The link whose page it is.
    pub(super) fn link(self) -> Option<LinkId> {
        match self {
            Scope::Private { token: Some(Token { meaning: TokenKind::Page { link, .. }, .. }), .. } => Some(*link),
            _ => None,
        }
    }

    /// Whether the token may stand in the file. A page may name its own address, and its audience's files where it is
    /// alive; files may name one another, and no holder's page.
    pub(super) fn may_name(self, token: &Token) -> bool {
        let Scope::Private { segment, token: own } = self else { return false };
        if segment == token.text {
            return true;
        }
        let Some(own) = own else { return false };
        let lives = match &own.meaning {
            TokenKind::Page { .. } => own.meaning.opens_a_page(),
            TokenKind::Assets { .. } => true,
            _ => false,
        };
        let same = own.gallery() == token.gallery() && own.audience == token.audience && token.gallery().is_some();
        match &token.meaning {
            TokenKind::Assets { current, .. } => {
                lives && same && *current && matches!(own.meaning, TokenKind::Page { .. })
            }
            TokenKind::Name { .. } => lives && same,
            _ => false,
        }
    }
}

impl Token {
    pub(super) fn gallery(&self) -> Option<GalleryId> {
        match &self.meaning {
            TokenKind::Page { gallery, .. }
            | TokenKind::Assets { gallery, .. }
            | TokenKind::Name { gallery, .. }
            | TokenKind::Locator { gallery, .. } => Some(*gallery),
            TokenKind::Unknown => None,
        }
    }

    /// What it is, for people.
    pub(super) fn what(&self) -> &'static str {
        match &self.meaning {
            TokenKind::Page { root: AddressRoot::GivenUp, .. } => "the address of a link under an abandoned secret",
            TokenKind::Page { state, .. } if state.is_alive() => "the address of a link",
            TokenKind::Page { .. } => "the address of a dead link",
            TokenKind::Assets { current: true, .. } => "the address of private pictures",
            TokenKind::Assets { .. } => "a former address of private pictures",
            TokenKind::Name { .. } => "the name of a private file",
            TokenKind::Locator { .. } => "the name of a file that a code leads through",
            TokenKind::Unknown => "a private address",
        }
    }
}

/// A path for people: what has the shape of a token, or of a private name where those lie, is shortened.
pub(super) fn shown(path: &str) -> String {
    let private = PrivateFolder::holds(path);
    let short = |part: &str| {
        let (name, end) = part.split_at(part.find('.').unwrap_or(part.len()));
        // A list of dead tokens takes nothing that has not their form.
        let hides =
            private && name.len() >= 17 && name.as_bytes().iter().all(is_symbol) || !DenyList::new([name]).is_empty();
        if hides { format!("{}{end}", shortened(name)) } else { part.to_owned() }
    };
    path.split('/').map(short).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_shows_a_whole_token_wherever_it_lies() {
        let token = "pqHj2r_ZN1lEF10utN0Ktky71";
        for path in ["g/?/index.html", "copy/g/?/a.html", ".git/x/?/i.jpg", "?.txt", "a/20270630-?"] {
            assert!(!shown(&path.replace('?', token)).contains(&token[1..]), "{path}");
        }
        assert_eq!(
            shown("img/mountains/DSC_0042-640-Zq3kT7vX9aB2.avif"),
            "img/mountains/DSC_0042-640-Zq3kT7vX9aB2.avif"
        );
    }
}
