//! Who may reach what: the root secret, the ledger, links and tokens.
