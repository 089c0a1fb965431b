//! The viewer's picture: applies frames and holds the authoritative pixels.

use crate::canvas::{Canvas, RGBA};
use crate::format::{Coding, Frame, Operation};
use crate::pack::Unpacker;
use crate::{PictureError, PointerShape, Rect, Size, lossless, photo};

/// What a frame did to the picture, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// The picture started over, black, at this size. First where it occurs.
    Resized(Size),
    /// Pixels moved inside the picture, as if through a third place.
    Copy {
        /// Where to.
        rect: Rect,
        /// First column of where from.
        from_x: u32,
        /// First row of where from.
        from_y: u32,
    },
    /// A rectangle became one colour.
    Fill {
        /// Where.
        rect: Rect,
        /// Red, green and blue.
        rgb: [u8; 3],
    },
    /// A rectangle has new pixels, to be read from the framebuffer.
    Pixels {
        /// Where.
        rect: Rect,
    },
    /// The pointer has a new shape.
    PointerShape(PointerShape),
}

/// The picture as the viewer has it.
#[derive(Default)]
pub struct Framebuffer {
    canvas: Option<Canvas>,
    exact: bool,
    pointer_shape: Option<PointerShape>,
    unpacker: Unpacker,
}

impl Framebuffer {
    /// A framebuffer that waits for its first frame, which must start a picture.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one frame: all of it, or nothing if it is wrong.
    ///
    /// # Errors
    /// The frame is malformed, asks for more than a frame may, or does not follow from the picture. The peer is to blame.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<Vec<Drawn>, PictureError> {
        let frame = Frame::read(bytes)?;
        if !frame.starts_over && self.size() != Some(frame.size) {
            return Err(PictureError::OutOfStep);
        }
        // Whatever can fail happens before the first pixel changes.
        let unpacked;
        let pixels = match (frame.stored || frame.unpacked == 0, frame.packed.len() == frame.unpacked) {
            (true, true) => frame.packed,
            (true, false) => return Err(PictureError::Pixels),
            (false, _) => {
                unpacked = self.unpacker.unpack(frame.packed, frame.unpacked)?;
                &unpacked
            }
        };
        let (pixels, palette) = pixels.split_at(pixels.len() - 3 * frame.palette);
        let palette: Vec<[u8; 3]> = palette.chunks_exact(3).map(|bgr| [bgr[0], bgr[1], bgr[2]]).collect();
        let steps =
            frame.operations.iter().scan(pixels, |rest, operation| Some(Step::prepare(operation, &palette, rest)));
        let steps = steps.collect::<Result<Vec<Step<'_>>, PictureError>>()?;

        let canvas = match &mut self.canvas {
            Some(canvas) if !frame.starts_over => canvas,
            canvas => canvas.insert(Canvas::new(frame.size)),
        };
        let mut drawn = Vec::with_capacity(steps.len() + 1);
        if frame.starts_over {
            drawn.push(Drawn::Resized(frame.size));
        }
        for step in steps {
            let done = step.paint(canvas, &palette);
            if let Drawn::PointerShape(shape) = &done {
                self.pointer_shape = Some(shape.clone());
            }
            drawn.push(done);
        }
        self.exact = frame.exact;
        Ok(drawn)
    }

    /// The picture's size, once there is one.
    #[must_use]
    pub fn size(&self) -> Option<Size> {
        self.canvas.as_ref().map(Canvas::size)
    }

    /// Whether the last frame said that the picture is now the very pixels that were captured.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The shape of the pointer that came last.
    #[must_use]
    pub fn pointer_shape(&self) -> Option<&PointerShape> {
        self.pointer_shape.as_ref()
    }

    /// Appends the rectangle's rows of red, green, blue and 255. What lies outside the picture is left out.
    pub fn copy_rect_rgba(&self, rect: Rect, out: &mut Vec<u8>) {
        let Some(canvas) = &self.canvas else { return };
        let Some(rect) = rect.intersection(canvas.size().rect()) else { return };
        for y in rect.y..rect.bottom() {
            out.extend_from_slice(canvas.row(rect, y));
        }
    }
}

/// An operation that cannot fail any more.
enum Step<'a> {
    Copy { rect: Rect, from: (u32, u32) },
    Fill { rect: Rect, rgb: [u8; 3] },
    Lossless { rect: Rect, coding: Coding, pixels: &'a [u8] },
    Photo { rect: Rect, rgba: Vec<u8> },
    PointerShape(PointerShape),
}

impl<'a> Step<'a> {
    fn prepare(operation: &Operation<'_>, palette: &[[u8; 3]], rest: &mut &'a [u8]) -> Result<Self, PictureError> {
        let mut take = |length: usize| {
            let (head, tail) = rest.split_at_checked(length).ok_or(PictureError::Pixels)?;
            *rest = tail;
            Ok::<&[u8], PictureError>(head)
        };
        Ok(match *operation {
            Operation::Copy { rect, from } => Self::Copy { rect, from },
            Operation::Fill { rect, rgb } => Self::Fill { rect, rgb },
            Operation::Lossless { rect, coding } => {
                let pixels = take(coding.bytes(rect))?;
                let beyond = |number: &u8| usize::from(*number) >= palette.len();
                if coding == Coding::Palette && pixels.iter().any(beyond) {
                    return Err(PictureError::Value("colour"));
                }
                Self::Lossless { rect, coding, pixels }
            }
            Operation::Photo { rect, quality, scan } => Self::Photo { rect, rgba: photo::decode(scan, rect, quality)? },
            Operation::PointerShape(header) => {
                let rgba = take(header.bytes())?.to_vec();
                Self::PointerShape(PointerShape::new(header.id, header.hot, header.width, header.height, rgba)?)
            }
        })
    }

    fn paint(self, canvas: &mut Canvas, palette: &[[u8; 3]]) -> Drawn {
        match self {
            Self::Copy { rect, from } => {
                canvas.copy(rect, from);
                Drawn::Copy { rect, from_x: from.0, from_y: from.1 }
            }
            Self::Fill { rect, rgb } => {
                canvas.fill(rect, rgb);
                Drawn::Fill { rect, rgb }
            }
            Self::Lossless { rect, coding, pixels } => {
                lossless::paint(coding, pixels, palette, canvas, rect);
                Drawn::Pixels { rect }
            }
            Self::Photo { rect, rgba } => {
                let rows = rgba.chunks_exact(rect.width as usize * RGBA);
                for (row, new) in canvas.rows_mut(rect).zip(rows) {
                    row.copy_from_slice(new);
                }
                Drawn::Pixels { rect }
            }
            Self::PointerShape(shape) => Drawn::PointerShape(shape),
        }
    }
}
