//! Whole walks from bytes to bytes, on sources made here.
