//! What a photo says about itself, read and written.
