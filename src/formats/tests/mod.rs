//! Whole files through the room's own doors.

pub(crate) mod build;
