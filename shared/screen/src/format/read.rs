//! Reading a frame that a stranger may have written.

use super::{
    COPY, Coding, EXACT, FILL, LOSSLESS, OPERATIONS_MAX, PAINT_MAX, PALETTE_MAX, PHOTO, POINTER_SHAPE, STARTS_OVER,
    STORED, VERSION,
};
use crate::{PictureError, PointerShape, Rect, Size};

/// A frame whose every rectangle lies inside the picture.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) size: Size,
    pub(crate) starts_over: bool,
    pub(crate) exact: bool,
    pub(crate) operations: Vec<Operation<'a>>,
    /// Colours at the end of the pixels.
    pub(crate) palette: usize,
    /// Whether `packed` is the pixels themselves.
    pub(crate) stored: bool,
    pub(crate) packed: &'a [u8],
    /// Bytes of the pixels when unpacked; at most three for every pixel of the picture, a palette and a pointer shape.
    pub(crate) unpacked: usize,
}

/// One step from the picture before to the picture after.
#[derive(Debug)]
pub(crate) enum Operation<'a> {
    Copy { rect: Rect, from: (u32, u32) },
    Fill { rect: Rect, rgb: [u8; 3] },
    Lossless { rect: Rect, coding: Coding },
    Photo { rect: Rect, quality: u8, scan: &'a [u8] },
    PointerShape(PointerHeader),
}

/// All of a pointer shape but its pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PointerHeader {
    pub(crate) id: u32,
    pub(crate) hot: (u16, u16),
    pub(crate) width: u16,
    pub(crate) height: u16,
}

impl PointerHeader {
    pub(crate) fn bytes(self) -> usize {
        4 * usize::from(self.width) * usize::from(self.height)
    }
}

impl<'a> Frame<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, PictureError> {
        let mut reader = Reader(bytes);
        let version = reader.u8()?;
        if version != VERSION {
            return Err(PictureError::Version(version));
        }
        let flags = reader.u8()?;
        if flags & !(STARTS_OVER | EXACT | STORED) != 0 {
            return Err(PictureError::Value("flag"));
        }
        let size = Size::new(reader.u16()?.into(), reader.u16()?.into())?;
        let count = usize::from(reader.u16()?);
        let palette = usize::from(reader.u16()?);
        if count > OPERATIONS_MAX {
            return Err(PictureError::Value("number of operations"));
        }
        if palette > PALETTE_MAX {
            return Err(PictureError::Value("number of colours"));
        }

        let mut work =
            Work { pixels: size.pixels() as u64, painted: 0, decoded: 0, unpacked: 3 * palette, pointers: 0 };
        // Every operation takes bytes, so a short frame cannot make this allocate much.
        let mut operations = Vec::with_capacity(count.min(reader.0.len()));
        for _ in 0..count {
            let operation = reader.operation(size)?;
            work.add(&operation)?;
            operations.push(operation);
        }
        Ok(Self {
            size,
            starts_over: flags & STARTS_OVER != 0,
            exact: flags & EXACT != 0,
            operations,
            palette,
            stored: flags & STORED != 0,
            packed: reader.0,
            unpacked: work.unpacked,
        })
    }
}

/// What the operations so far will cost.
struct Work {
    pixels: u64,
    painted: u64,
    decoded: u64,
    unpacked: usize,
    pointers: usize,
}

impl Work {
    fn add(&mut self, operation: &Operation<'_>) -> Result<(), PictureError> {
        match operation {
            Operation::Copy { rect, .. } | Operation::Fill { rect, .. } => self.painted += rect.pixels(),
            Operation::Lossless { rect, coding } => {
                self.decoded += rect.pixels();
                self.unpacked += coding.bytes(*rect);
            }
            Operation::Photo { rect, .. } => self.decoded += rect.pixels(),
            Operation::PointerShape(header) => {
                self.pointers += 1;
                self.unpacked += header.bytes();
            }
        }
        // Decoded rectangles never overlap in an honest frame, so together they hold no more than the picture.
        if self.decoded > self.pixels || self.painted + self.decoded > PAINT_MAX * self.pixels || self.pointers > 1 {
            return Err(PictureError::Value("amount of work"));
        }
        Ok(())
    }
}

/// A cursor over received bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], PictureError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(PictureError::Short)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PictureError> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or(PictureError::Short)?;
        self.0 = tail;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, PictureError> {
        Ok(self.array::<1>()?[0])
    }

    fn u16(&mut self) -> Result<u16, PictureError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, PictureError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn rect(&mut self, size: Size) -> Result<Rect, PictureError> {
        let (x, y) = (self.u16()?.into(), self.u16()?.into());
        inside(Rect { x, y, width: self.u16()?.into(), height: self.u16()?.into() }, size)
    }

    fn operation(&mut self, size: Size) -> Result<Operation<'a>, PictureError> {
        match self.u8()? {
            COPY => {
                let rect = self.rect(size)?;
                let from = (self.u16()?.into(), self.u16()?.into());
                inside(Rect { x: from.0, y: from.1, ..rect }, size)?;
                Ok(Operation::Copy { rect, from })
            }
            FILL => Ok(Operation::Fill { rect: self.rect(size)?, rgb: self.array()? }),
            LOSSLESS => {
                let rect = self.rect(size)?;
                let coding = Coding::from_byte(self.u8()?).ok_or(PictureError::Value("coding"))?;
                Ok(Operation::Lossless { rect, coding })
            }
            PHOTO => {
                let (rect, quality) = (self.rect(size)?, self.u8()?);
                if !(1..=100).contains(&quality) {
                    return Err(PictureError::Value("quality"));
                }
                let length = self.u32()? as usize;
                Ok(Operation::Photo { rect, quality, scan: self.take(length)? })
            }
            POINTER_SHAPE => {
                let (id, hot) = (self.u32()?, (self.u16()?, self.u16()?));
                let (width, height) = (self.u16()?, self.u16()?);
                let sides = 1..=PointerShape::SIDE_MAX;
                if id == 0 || !sides.contains(&width) || !sides.contains(&height) || hot.0 >= width || hot.1 >= height {
                    return Err(PictureError::PointerShape);
                }
                Ok(Operation::PointerShape(PointerHeader { id, hot, width, height }))
            }
            _ => Err(PictureError::Value("operation")),
        }
    }
}

fn inside(rect: Rect, size: Size) -> Result<Rect, PictureError> {
    if rect.is_empty() || !size.rect().contains(rect) {
        return Err(PictureError::Value("rectangle"));
    }
    Ok(rect)
}
