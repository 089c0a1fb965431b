//! The picture: from captured pixels to frames of operations, and back to pixels at the viewer.
//!
//! [`Encoder`] lives on the customer's side. It keeps the picture that the viewer has, and tells the difference to the
//! screen as COPY, FILL, LOSSLESS and JPEG operations ([`encoder`]). [`Framebuffer`] lives on the operator's side, applies
//! them and holds the authoritative pixels; [`page_batch`] hands what changed to the page that paints it. What is on the
//! wire is in `docs/protocol-picture.md`. Bytes from the wire are hostile until [`Framebuffer::apply`] took them.
//!
//! This crate has no I/O, no clock and no randomness.
#![forbid(unsafe_code)]

mod canvas;
mod cover;
mod damage;
pub mod encoder;
mod error;
mod format;
mod frame_view;
mod framebuffer;
mod geometry;
mod lossless;
mod mask;
mod motion;
mod pack;
pub mod page_batch;
mod palette;
mod photo;
mod pointer;
mod surface;

pub use damage::Damage;
pub use encoder::{Encoded, Encoder, EncoderSettings, FrameStats};
pub use error::PictureError;
pub use frame_view::{FrameView, PixelFormat};
pub use framebuffer::{Drawn, Framebuffer};
pub use geometry::{Rect, Size};
pub use mask::Mask;
pub use page_batch::PageBatch;
pub use pointer::PointerShape;
