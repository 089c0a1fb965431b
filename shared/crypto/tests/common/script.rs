//! Randomness that was written down before: each draw returns the next piece.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// Pieces in the order in which they will be drawn.
pub(crate) struct Script {
    pieces: std::vec::IntoIter<Vec<u8>>,
}

impl Script {
    pub(crate) fn new(pieces: &[&[u8]]) -> Self {
        Self { pieces: pieces.iter().map(|piece| piece.to_vec()).collect::<Vec<_>>().into_iter() }
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.pieces.next().expect("the script has another piece"));
        Ok(())
    }
}

impl TryCryptoRng for Script {}
