//! Keys, tokens and gates, held to vectors and to one table of paths.

mod foreign_bytes;
mod gate_paths;
pub mod gate_table;
mod sealed_vectors;
mod vectors;
mod verify_table;
