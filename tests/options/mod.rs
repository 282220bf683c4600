//! How tests build through the library.

use std::sync::Arc;
use std::time::SystemTime;

use safelight::build::Options;

/// One thread, and nothing out of the ordinary.
pub fn options() -> Options {
    Options {
        threads: 1,
        memory: 1 << 30,
        strict: false,
        dry_run: false,
        adopt: false,
        now: SystemTime::now(),
        cancel: Arc::default(),
        worker: Some(env!("CARGO_BIN_EXE_safelight").into()),
        turn: None,
    }
}
