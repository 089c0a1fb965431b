//! The pixels of a frame as one zstd frame (RFC 8878), so that what repeats anywhere in it is found.

use crate::PictureError;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{DParameter, compress_bound, get_frame_content_size};

/// Up to here a better compression is still quick.
const SMALL: usize = 1 << 19;
const LEVEL_SMALL: i32 = 3;
const LEVEL_LARGE: i32 = 1;
/// Log2 of the longest distance that the decompressor looks back: what the levels above use at most, 2 MiB.
const WINDOW_LOG_MAX: u32 = 21;

/// Compresses, keeping its tables between frames.
#[derive(Default)]
pub(crate) struct Packer {
    small: Option<Compressor<'static>>,
    large: Option<Compressor<'static>>,
    packed: Vec<u8>,
}

impl Packer {
    /// The compressed pixels; none if they would not become shorter.
    pub(crate) fn pack(&mut self, pixels: &[u8]) -> Option<&[u8]> {
        let (compressor, level) = match pixels.len() {
            ..=SMALL => (&mut self.small, LEVEL_SMALL),
            _ => (&mut self.large, LEVEL_LARGE),
        };
        if compressor.is_none() {
            *compressor = Compressor::new(level).ok();
        }
        self.packed.clear();
        self.packed.reserve(compress_bound(pixels.len()));
        let length = compressor.as_mut()?.compress_to_buffer(pixels, &mut self.packed).ok()?;
        (length < pixels.len()).then_some(&self.packed)
    }
}

/// Decompresses what a stranger may have sent.
#[derive(Default)]
pub(crate) struct Unpacker {
    decompressor: Option<Decompressor<'static>>,
}

impl Unpacker {
    /// Exactly `length` bytes of pixels.
    ///
    /// # Errors
    /// The bytes are no such pixels. Nothing beyond `length` was allocated.
    pub(crate) fn unpack(&mut self, packed: &[u8], length: usize) -> Result<Vec<u8>, PictureError> {
        match get_frame_content_size(packed) {
            Ok(Some(promised)) if promised == length as u64 => {}
            _ => return Err(PictureError::Pixels),
        }
        let decompressor = match &mut self.decompressor {
            Some(decompressor) => decompressor,
            none => none.insert(new_decompressor().map_err(|_| PictureError::Pixels)?),
        };
        let mut pixels = Vec::with_capacity(length);
        decompressor.decompress_to_buffer(packed, &mut pixels).map_err(|_| PictureError::Pixels)?;
        if pixels.len() != length {
            return Err(PictureError::Pixels);
        }
        Ok(pixels)
    }
}

fn new_decompressor() -> std::io::Result<Decompressor<'static>> {
    let mut decompressor = Decompressor::new()?;
    decompressor.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
    Ok(decompressor)
}
