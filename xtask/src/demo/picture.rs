//! Pictures of screens: reading, writing and comparing them.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// A rectangle in pixels of a screen; it may reach beyond the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Area {
    /// The area with so many pixels more on each side.
    pub(crate) fn grown(self, left: u32, right: u32, top: u32, bottom: u32) -> Self {
        Self {
            x: self.x.saturating_sub_unsigned(left),
            y: self.y.saturating_sub_unsigned(top),
            width: self.width.saturating_add(left).saturating_add(right),
            height: self.height.saturating_add(top).saturating_add(bottom),
        }
    }

    /// The pixel in the middle.
    pub(crate) const fn middle(self) -> (i32, i32) {
        (self.x.saturating_add_unsigned(self.width / 2), self.y.saturating_add_unsigned(self.height / 2))
    }

    fn has(self, x: i32, y: i32) -> bool {
        let inside =
            |from: i32, length: u32, at: i32| at >= from && i64::from(at) < i64::from(from) + i64::from(length);
        inside(self.x, self.width, x) && inside(self.y, self.height, y)
    }
}

/// Rows from the top, three bytes a pixel: red, green, blue.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// A picture of these bytes, which must be `width * height * 3`.
    pub(crate) fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self> {
        ensure!(rgb.len() as u64 == u64::from(width) * u64::from(height) * 3, "a picture of the wrong length");
        Ok(Self { width, height, rgb })
    }

    /// Reads a PNG file with eight bits a channel, with or without opacity, which is left out.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("a picture too large for this machine")?];
        let frame = reader.next_frame(&mut bytes)?;
        bytes.truncate(frame.buffer_size());
        ensure!(frame.bit_depth == png::BitDepth::Eight, "{} has not eight bits a channel", path.display());
        let rgb = match frame.color_type {
            png::ColorType::Rgb => bytes,
            png::ColorType::Rgba => bytes.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect(),
            png::ColorType::Grayscale | png::ColorType::GrayscaleAlpha | png::ColorType::Indexed => {
                bail!("{} has no red, green and blue", path.display())
            }
        };
        Self::new(frame.width, frame.height, rgb)
    }

    /// Writes a PNG file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(())
    }

    /// A pixel that is dark here and light there.
    pub(crate) fn first_darker_than(&self, other: &Self) -> Option<(u32, u32)> {
        let pairs = self.rgb.as_chunks::<3>().0.iter().zip(other.rgb.as_chunks::<3>().0);
        let dark_here =
            |(here, there): (&[u8; 3], &[u8; 3])| here.iter().max() < Some(&80) && there.iter().min() > Some(&200);
        let index = u32::try_from(pairs.into_iter().position(dark_here)?).ok()?;
        Some((index % self.width, index / self.width))
    }

    /// How many pixels differ outside `ignored`, and the first of them; every pixel if the sizes differ.
    pub(crate) fn difference(&self, other: &Self, ignored: &[Area]) -> Difference {
        if (self.width, self.height) != (other.width, other.height) {
            return Difference { pixels: u64::from(self.width) * u64::from(self.height), first: None };
        }
        let mut found = Difference { pixels: 0, first: None };
        let pairs = self.rgb.as_chunks::<3>().0.iter().zip(other.rgb.as_chunks::<3>().0);
        for ((here, there), index) in pairs.zip(0_u32..) {
            if here != there {
                let (x, y) = ((index % self.width).cast_signed(), (index / self.width).cast_signed());
                if !ignored.iter().any(|area| area.has(x, y)) {
                    found.pixels += 1;
                    found.first.get_or_insert((x, y));
                }
            }
        }
        found
    }
}

/// What is not the same in two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) pixels: u64,
    pub(crate) first: Option<(i32, i32)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u32, height: u32) -> Picture {
        Picture::new(width, height, vec![128; (width * height * 3) as usize]).unwrap()
    }

    #[test]
    fn one_pixel_is_found_unless_it_is_ignored() {
        let mut other = grey(7, 5);
        other.rgb[3 * (2 * 7 + 4)] = 129;
        assert_eq!(grey(7, 5).difference(&other, &[]), Difference { pixels: 1, first: Some((4, 2)) });
        let over = Area { x: 4, y: -1, width: 1, height: 4 };
        assert_eq!(grey(7, 5).difference(&other, &[over]), Difference { pixels: 0, first: None });
        let beside = Area { x: 5, y: 0, width: 9, height: 9 };
        assert_eq!(grey(7, 5).difference(&other, &[beside]).pixels, 1);
    }

    #[test]
    fn another_size_is_all_different() {
        assert_eq!(grey(7, 5).difference(&grey(5, 7), &[]).pixels, 35);
    }

    #[test]
    fn a_picture_survives_its_file() {
        let path = std::env::temp_dir().join(format!("beside-xtask-picture-{}.png", std::process::id()));
        grey(9, 4).save(&path).unwrap();
        assert!(Picture::load(&path).unwrap() == grey(9, 4));
        std::fs::remove_file(&path).unwrap();
    }
}
