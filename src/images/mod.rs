//! One photo in, its derivatives out.
