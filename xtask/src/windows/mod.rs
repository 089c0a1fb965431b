//! Windows, from Linux.

pub(crate) mod proof;
mod toolchain;
mod wine;

pub(crate) use toolchain::Toolchain;
pub(crate) use wine::Wine;
