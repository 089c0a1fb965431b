//! What the page is told to paint, once per tick, however many frames came since the last one.
//!
//! A batch is first the moves and fills of all frames, in order, and then pixels, read from the framebuffer when the batch
//! is written: the newest win. The rule that keeps this right: whatever the page's canvas shows otherwise than the
//! framebuffer, once it executed the moves and fills, is in `stale`. So a move out of a stale place makes its target stale
//! too, and pixels that do not fit a batch stay in `stale` for the next one.

use crate::{Damage, Drawn, Framebuffer, PointerShape, Rect, Size};

const COPY: u32 = 1;
const FILL: u32 = 2;
const RGBA: u32 = 3;
const POINTER_SHAPE: u32 = 4;
const POINTER: u32 = 5;
/// Bytes before the first operation.
const HEADER: usize = 16;
/// Bytes of an operation that has no more than its kind and rectangle.
const OPERATION: usize = 20;
/// Most moves and fills of a batch. When there are more, their targets become pixels.
const MOVES_MAX: usize = 1_024;

/// Where the customer's pointer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerPlace {
    /// Pixels from the left of the picture; may lie outside it.
    pub x: i32,
    /// Pixels from the top.
    pub y: i32,
    /// The number of its shape, or 0 while it is hidden.
    pub shape: u32,
}

/// Gathers what frames drew until the page takes it.
pub struct PageBatch {
    pixel_bytes_max: usize,
    moves: Vec<Move>,
    stale: Damage,
    shape: Option<PointerShape>,
    pointer: Option<PointerPlace>,
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Copy { rect: Rect, from_x: u32, from_y: u32 },
    Fill { rect: Rect, rgb: [u8; 3] },
}

impl PageBatch {
    /// How many bytes of pixels a page paints well within a tick.
    pub const PIXEL_BYTES: usize = 1 << 20;

    /// An empty batch that holds at most so many bytes of pixels, but always at least one row of them.
    #[must_use]
    pub fn new(pixel_bytes_max: usize) -> Self {
        Self { pixel_bytes_max, moves: Vec::new(), stale: Damage::none(), shape: None, pointer: None }
    }

    /// Adds what one frame drew. Every frame must be added that the framebuffer applied, in order, before the next
    /// [`take`](Self::take).
    pub fn add(&mut self, drawn: Vec<Drawn>) {
        for step in drawn {
            match step {
                Drawn::Resized(size) => self.start_over(size),
                Drawn::Copy { rect, from_x, from_y } => self.copy(rect, from_x, from_y),
                Drawn::Fill { rect, rgb } => {
                    self.stale.remove(rect);
                    self.push(Move::Fill { rect, rgb });
                }
                Drawn::Pixels { rect } => self.spoil(rect),
                Drawn::PointerShape(shape) => self.shape = Some(shape),
            }
        }
    }

    /// The pointer is now here; the newest place wins.
    pub fn set_pointer(&mut self, place: PointerPlace) {
        self.pointer = Some(place);
    }

    /// The page has lost its canvas, as after a reload: everything is sent again.
    pub fn repaint(&mut self, framebuffer: &Framebuffer) {
        if let Some(size) = framebuffer.size() {
            self.start_over(size);
        }
        self.shape = framebuffer.pointer_shape().cloned();
    }

    /// Whether [`take`](Self::take) has nothing to give.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.stale.is_empty() && self.shape.is_none() && self.pointer.is_none()
    }

    /// The next batch, in the layout of `docs/protocol-picture.md`, or none if there is nothing to paint. `frame` is the
    /// number of the last frame in it.
    pub fn take(&mut self, framebuffer: &Framebuffer, frame: u32) -> Option<Vec<u8>> {
        let size = framebuffer.size().filter(|_| !self.is_empty())?;
        let mut writer = Writer::new(size, frame);
        for step in self.moves.drain(..) {
            match step {
                Move::Copy { rect, from_x, from_y } => writer.operation(COPY, rect, &[from_x, from_y]),
                Move::Fill { rect, rgb: [red, green, blue] } => {
                    writer.operation(FILL, rect, &[u32::from_le_bytes([red, green, blue, u8::MAX])]);
                }
            }
        }
        let mut room = self.pixel_bytes_max;
        while let Some(rect) = self.stale.take_first() {
            let row = 4 * rect.width as usize;
            let rows = (room / row).min(rect.height as usize) as u32;
            // A tick without any pixel would never come to an end.
            let rows = if rows == 0 && room == self.pixel_bytes_max { 1 } else { rows };
            let now = Rect { height: rows, ..rect };
            if rows > 0 {
                writer.operation(RGBA, now, &[]);
                framebuffer.copy_rect_rgba(now, &mut writer.bytes);
                room = room.saturating_sub(row * rows as usize);
            }
            if rows < rect.height {
                self.stale.put_first(Rect::from_corners(rect.x, now.bottom(), rect.right(), rect.bottom()));
                break;
            }
        }
        if let Some(shape) = self.shape.take() {
            let (x, y) = shape.hot();
            let rect = Rect { x: x.into(), y: y.into(), width: shape.width().into(), height: shape.height().into() };
            writer.operation(POINTER_SHAPE, rect, &[shape.id()]);
            writer.bytes.extend_from_slice(shape.rgba());
        }
        if let Some(place) = self.pointer.take() {
            let rect = Rect { x: place.x.cast_unsigned(), y: place.y.cast_unsigned(), width: place.shape, height: 0 };
            writer.operation(POINTER, rect, &[]);
        }
        Some(writer.finish())
    }

    fn start_over(&mut self, size: Size) {
        self.moves.clear();
        self.stale = Damage::all(size);
    }

    fn copy(&mut self, rect: Rect, from_x: u32, from_y: u32) {
        let source = Rect { x: from_x, y: from_y, ..rect };
        let spoiled: Vec<Rect> =
            self.stale.within(source).filter_map(|piece| piece.moved((from_x, from_y), (rect.x, rect.y))).collect();
        if spoiled.contains(&rect) {
            return self.spoil(rect);
        }
        self.stale.remove(rect);
        self.push(Move::Copy { rect, from_x, from_y });
        for piece in spoiled {
            self.spoil(piece);
        }
    }

    /// The page shows something else there.
    fn spoil(&mut self, rect: Rect) {
        self.stale.remove(rect);
        self.stale.add(rect);
    }

    fn push(&mut self, step: Move) {
        if self.moves.len() < MOVES_MAX {
            self.moves.push(step);
            return;
        }
        let moves = std::mem::take(&mut self.moves);
        for Move::Copy { rect, .. } | Move::Fill { rect, .. } in moves.into_iter().chain([step]) {
            self.spoil(rect);
        }
    }
}

/// Little-endian, as the page's typed arrays read it.
struct Writer {
    bytes: Vec<u8>,
    count: u32,
}

impl Writer {
    fn new(size: Size, frame: u32) -> Self {
        let mut writer = Self { bytes: Vec::with_capacity(HEADER + OPERATION), count: 0 };
        writer.words(&[size.width(), size.height(), frame, 0]);
        writer
    }

    fn operation(&mut self, kind: u32, rect: Rect, rest: &[u32]) {
        self.count += 1;
        self.words(&[kind, rect.x, rect.y, rect.width, rect.height]);
        self.words(rest);
    }

    fn words(&mut self, words: &[u32]) {
        self.bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes[HEADER - 4..HEADER].copy_from_slice(&self.count.to_le_bytes());
        self.bytes
    }
}
