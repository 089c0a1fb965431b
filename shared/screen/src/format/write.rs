//! Writing a frame.

use super::{COPY, Coding, EXACT, FILL, HEADER, LOSSLESS, PHOTO, POINTER_SHAPE, STARTS_OVER, STORED, VERSION};
use crate::{PointerShape, Rect, Size};

/// Collects the operations of a frame. What needs pixels puts them into the pixels in the same order.
pub(crate) struct FrameWriter {
    size: Size,
    flags: u8,
    count: u16,
    operations: Vec<u8>,
}

impl FrameWriter {
    pub(crate) fn new(size: Size, starts_over: bool) -> Self {
        Self { size, flags: if starts_over { STARTS_OVER } else { 0 }, count: 0, operations: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn count(&self) -> usize {
        self.count.into()
    }

    /// Bytes of the operations so far.
    pub(crate) fn len(&self) -> usize {
        HEADER + self.operations.len()
    }

    pub(crate) fn copy(&mut self, rect: Rect, from: (u32, u32)) {
        self.begin(COPY);
        self.rect(rect);
        self.u16(from.0);
        self.u16(from.1);
    }

    /// Fills with a `0x00RRGGBB`.
    pub(crate) fn fill(&mut self, rect: Rect, colour: u32) {
        self.begin(FILL);
        self.rect(rect);
        self.operations.extend_from_slice(&colour.to_be_bytes()[1..]);
    }

    pub(crate) fn lossless(&mut self, rect: Rect, coding: Coding) {
        self.begin(LOSSLESS);
        self.rect(rect);
        self.operations.push(coding.byte());
    }

    pub(crate) fn photo(&mut self, rect: Rect, quality: u8, scan: &[u8]) {
        self.begin(PHOTO);
        self.rect(rect);
        self.operations.push(quality);
        self.operations.extend_from_slice(&(scan.len() as u32).to_be_bytes());
        self.operations.extend_from_slice(scan);
    }

    pub(crate) fn pointer_shape(&mut self, shape: &PointerShape) {
        self.begin(POINTER_SHAPE);
        self.operations.extend_from_slice(&shape.id().to_be_bytes());
        for field in [shape.hot().0, shape.hot().1, shape.width(), shape.height()] {
            self.u16(field.into());
        }
    }

    /// The frame's bytes. `packed` are the pixels, compressed unless they are `stored`.
    pub(crate) fn finish(self, exact: bool, palette: usize, stored: bool, packed: &[u8]) -> Vec<u8> {
        let flags = self.flags | if exact { EXACT } else { 0 } | if stored { STORED } else { 0 };
        let mut bytes = Vec::with_capacity(self.len() + packed.len());
        bytes.extend_from_slice(&[VERSION, flags]);
        for field in [self.size.width() as u16, self.size.height() as u16, self.count, palette as u16] {
            bytes.extend_from_slice(&field.to_be_bytes());
        }
        bytes.extend_from_slice(&self.operations);
        bytes.extend_from_slice(packed);
        bytes
    }

    fn begin(&mut self, operation: u8) {
        self.count += 1;
        self.operations.push(operation);
    }

    fn rect(&mut self, rect: Rect) {
        for field in [rect.x, rect.y, rect.width, rect.height] {
            self.u16(field);
        }
    }

    /// Every coordinate inside a picture fits, because its sides do.
    fn u16(&mut self, value: u32) {
        self.operations.extend_from_slice(&(value as u16).to_be_bytes());
    }
}
