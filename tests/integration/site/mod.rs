//! Small sites built by the real program, as its users run it.

mod cards;
mod claims;
mod closing;
mod codes;
mod configuration;
mod dates;
mod determinism;
mod downloads;
mod filter;
mod languages;
mod left_out;
mod messages;
mod names;
mod odd;
mod phones;
mod pictures;
mod publishing;
mod stopped;
mod texts;
mod warm;
mod withheld;
mod words;
