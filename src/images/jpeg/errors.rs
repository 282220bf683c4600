//! libjpeg's errors and warnings, as Rust has them.
//!
//! libjpeg reports a fatal error by a call that must not return. Ours unwinds through the C frames
//! (they are compiled for that) up to [`guarded`].

use mozjpeg_sys as sys;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::images::RenderError;

/// What unwinds.
struct Fatal {
    /// libjpeg's own sentence.
    message: String,
    for_memory: bool,
}

/// What went wrong short of a fatal error.
#[derive(Default)]
pub(super) struct Complaints {
    /// The first warning that means missing or damaged picture data.
    pub(super) damage: Option<String>,
    /// What lies between the end of the picture data and the next marker; of several places, the longest.
    pub(super) leftover: Option<Leftover>,
    /// Oddities that leave the picture whole.
    pub(super) harmless: Vec<String>,
}

/// Bytes between the end of picture data and the next marker.
pub(super) struct Leftover {
    pub(super) bytes: usize,
    /// libjpeg's own sentence.
    pub(super) message: String,
}

/// Up to this many bytes of any kind between the end of the picture data and the next marker are padding, as some
/// cameras write it. More are so only where they are all alike and the picture is whole without them; else they are
/// picture data that did not decode.
pub(super) const PADDING: usize = 64;

/// An error manager that unwinds and remembers. `complaints` must outlive the libjpeg object.
pub(super) fn manager() -> sys::jpeg_error_mgr {
    // SAFETY: a C struct of integers, pointers and optional functions, for all of which zero is valid;
    // jpeg_std_error fills it.
    let mut manager = unsafe {
        let mut manager: sys::jpeg_error_mgr = std::mem::zeroed();
        sys::jpeg_std_error(&mut manager);
        manager
    };
    manager.error_exit = Some(fail);
    manager.emit_message = Some(remember);
    manager.output_message = Some(keep_quiet);
    manager
}

/// Runs libjpeg calls; a fatal error of libjpeg becomes an error of ours.
pub(super) fn guarded<T>(calls: impl FnOnce() -> T) -> Result<T, RenderError> {
    catch_unwind(AssertUnwindSafe(calls)).map_err(|payload| match payload.downcast::<Fatal>() {
        Ok(fatal) if fatal.for_memory => RenderError::memory(format!("libjpeg could not go on: {}", fatal.message)),
        Ok(fatal) => RenderError::new(format!("its JPEG data is broken: {}", fatal.message)),
        Err(other) => resume_unwind(other),
    })
}

unsafe extern "C-unwind" fn fail(info: &mut sys::jpeg_common_struct) {
    let message = text(info);
    // SAFETY: err is the manager made above.
    let for_memory = unsafe { (*info.err).msg_code } == sys::JERR_OUT_OF_MEMORY;
    resume_unwind(Box::new(Fatal { message, for_memory }));
}

unsafe extern "C-unwind" fn keep_quiet(_: &mut sys::jpeg_common_struct) {}

/// Called for warnings (level -1) and for traces, which do not matter.
unsafe extern "C-unwind" fn remember(info: &mut sys::jpeg_common_struct, level: sys::c_int) {
    if level >= 0 {
        return;
    }
    let message = text(info);
    // SAFETY: client_data is null or set by this room to a living `Complaints`, and nothing else holds it
    // while libjpeg runs; err is the manager made above.
    let (complaints, code, [first, marker, ..]) = unsafe {
        let err = &mut *info.err;
        err.num_warnings += 1;
        (
            info.client_data.cast::<Complaints>().as_mut(),
            err.msg_code,
            err.msg_parm._bindgen_data_.map(u32::cast_signed),
        )
    };
    let Some(complaints) = complaints else { return };
    let harmless = match code {
        // Some cameras leave zeros where a baseline scan names its frequencies, which are always all of them.
        code if code == sys::JWRN_NOT_SEQUENTIAL => return,
        // Oddities of the wrapping, not of the picture.
        code if code == sys::JWRN_ADOBE_XFORM || code == sys::JWRN_JFIF_MAJOR => true,
        code if code == sys::JWRN_EXTRANEOUS_DATA => {
            let bytes = usize::try_from(first).unwrap_or(usize::MAX);
            // Behind it the picture goes on.
            if (0xD0..=0xD7).contains(&marker) {
                bytes <= PADDING
            } else {
                if complaints.leftover.as_ref().is_none_or(|longest| longest.bytes < bytes) {
                    complaints.leftover = Some(Leftover { bytes, message });
                }
                return;
            }
        }
        _ => false,
    };
    if !harmless {
        complaints.damage.get_or_insert(message);
    } else if complaints.harmless.len() < 4 && !complaints.harmless.contains(&message) {
        complaints.harmless.push(message);
    }
}

/// libjpeg's sentence for the last message.
fn text(info: &mut sys::jpeg_common_struct) -> String {
    /// As libjpeg declares it; the binding has a shorter and constant buffer.
    type Format = unsafe extern "C-unwind" fn(*mut sys::jpeg_common_struct, *mut u8);
    // JMSG_LENGTH_MAX is 200.
    let mut buffer = [0u8; 256];
    // SAFETY: err is the manager made above, whose format_message is libjpeg's own and has this signature.
    unsafe {
        if let Some(format) = (*info.err).format_message {
            let format: Format = std::mem::transmute(format);
            format(info, buffer.as_mut_ptr());
        }
    }
    let length = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}
