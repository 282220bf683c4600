//! Rendering in child processes: what they cost when they crash, and what memory they may take.

#[cfg(debug_assertions)]
mod crash;
mod memory;
