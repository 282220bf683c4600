//! One photo in, its derivatives out.

pub mod cache;
pub mod workshop;
