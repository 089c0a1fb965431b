//! Windows, from Linux.

mod toolchain;

pub(crate) use toolchain::Toolchain;
