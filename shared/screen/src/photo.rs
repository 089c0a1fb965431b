//! Photographs: baseline JPEG (ITU-T T.81) with full colour resolution.
//!
//! Only the entropy-coded scan goes on the wire. The viewer writes the headers itself, from the quality and the size of
//! the rectangle, so a stranger's frame reaches the decoder with nothing but Huffman codes in it, and every photograph
//! is some 600 bytes shorter. The tables are those of Annex K, scaled by quality as the Independent JPEG Group does.

use crate::canvas::RGBA;
use crate::surface::Surface;
use crate::{PictureError, Rect};
use jpeg_encoder::{ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
const START_OF_FRAME: u8 = 0xC0;
const START_OF_SCAN: u8 = 0xDA;

/// The scan of a rectangle. None if it is not to be had, which the encoder's own tests rule out for our own sizes.
pub(crate) fn encode(surface: &Surface, rect: Rect, quality: u8) -> Option<Vec<u8>> {
    let mut file = whole_file(Window { surface, rect }, quality)?;
    let header = header_of(&file)?.length;
    file.truncate(file.len() - END_OF_IMAGE.len());
    file.drain(..header);
    Some(file)
}

/// The pixels of a photograph as RGBA rows.
///
/// # Errors
/// The scan is not one of an image of that size.
pub(crate) fn decode(scan: &[u8], rect: Rect, quality: u8) -> Result<Vec<u8>, PictureError> {
    let plain = scan.windows(2).all(|pair| pair[0] != 0xFF || pair[1] == 0);
    if !plain || scan.last() == Some(&0xFF) {
        return Err(PictureError::Photo);
    }
    let mut file = headers(rect, quality).ok_or(PictureError::Photo)?;
    file.extend_from_slice(scan);
    file.extend_from_slice(&END_OF_IMAGE);

    let (width, height) = (rect.width as usize, rect.height as usize);
    let options = DecoderOptions::default()
        .set_max_width(width)
        .set_max_height(height)
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(|_| PictureError::Photo)?;
    if decoder.dimensions() != Some((width, height)) || decoder.output_buffer_size() != Some(width * height * RGBA) {
        return Err(PictureError::Photo);
    }
    decoder.decode().map_err(|_| PictureError::Photo)
}

/// Everything up to the scan, for an image of that size.
fn headers(rect: Rect, quality: u8) -> Option<Vec<u8>> {
    let mut file = whole_file(Dot, quality)?;
    let header = header_of(&file)?;
    file.truncate(header.length);
    let sides = [(rect.height as u16).to_be_bytes(), (rect.width as u16).to_be_bytes()].concat();
    file.get_mut(header.sides..header.sides + sides.len())?.copy_from_slice(&sides);
    Some(file)
}

fn whole_file(image: impl ImageBuffer, quality: u8) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.encode_image(image).ok()?;
    Some(file)
}

/// Where things are in the headers of a file that our encoder wrote.
struct Header {
    /// Of the height, which the width follows.
    sides: usize,
    /// Of all headers together.
    length: usize,
}

fn header_of(file: &[u8]) -> Option<Header> {
    let (mut at, mut sides) = (2, 0);
    loop {
        let &[_, marker, high, low] = file.get(at..at + 4)?.first_chunk::<4>()?;
        let next = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match marker {
            START_OF_FRAME => sides = at + 5,
            START_OF_SCAN => return Some(Header { sides, length: next }),
            _ => {}
        }
        at = next;
    }
}

/// A rectangle of a surface, as the JPEG encoder reads it.
struct Window<'a> {
    surface: &'a Surface,
    rect: Rect,
}

impl ImageBuffer for Window<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.rect.width as u16
    }

    fn height(&self) -> u16 {
        self.rect.height as u16
    }

    fn fill_buffers(&self, y: u16, [luma, blue, red, _]: &mut [Vec<u8>; 4]) {
        let pixels = self.surface.row(self.rect, self.rect.y + u32::from(y));
        let starts = [luma.len(), blue.len(), red.len()];
        luma.resize(starts[0] + pixels.len(), 0);
        blue.resize(starts[1] + pixels.len(), 0);
        red.resize(starts[2] + pixels.len(), 0);
        let samples = luma[starts[0]..].iter_mut().zip(&mut blue[starts[1]..]).zip(&mut red[starts[2]..]);
        for (pixel, ((luma, blue), red)) in pixels.iter().zip(samples) {
            let [b, g, r, _] = pixel.to_le_bytes();
            (*luma, *blue, *red) = rgb_to_ycbcr(r, g, b);
        }
    }
}

/// One pixel, for the headers around it.
struct Dot;

impl ImageBuffer for Dot {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        1
    }

    fn height(&self) -> u16 {
        1
    }

    fn fill_buffers(&self, _: u16, buffers: &mut [Vec<u8>; 4]) {
        for samples in &mut buffers[..3] {
            samples.push(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;

    /// Both sides must write the same headers, whatever version of the encoder they were built with.
    #[test]
    fn the_headers_have_the_tables_of_annex_k() {
        let file = headers(Rect { x: 3, y: 4, width: 300, height: 200 }, 50).unwrap();
        let after = |marker: [u8; 2]| {
            let at = file.windows(2).position(|pair| pair == marker).unwrap();
            &file[at + 2..]
        };
        // Table K.1 in zigzag order, at the quality that leaves it as it is.
        assert_eq!(after([0xFF, 0xDB])[..12], [0, 67, 0, 16, 11, 12, 14, 12, 10, 16, 14, 13]);
        // Eight bits, 200 rows of 300, three components without subsampling.
        assert_eq!(after([0xFF, 0xC0])[..8], [0, 17, 8, 0, 200, 1, 44, 3]);
        assert!(after([0xFF, 0xC0])[8..17].chunks(3).all(|component| component[1] == 0x11));
        // Table K.3: how many codes there are of each length.
        assert_eq!(after([0xFF, 0xC4])[..12], [0, 31, 0, 0, 1, 5, 1, 1, 1, 1, 1, 1]);
        assert_eq!(file[file.len() - 3..], [0, 63, 0], "nothing but the scan may follow");
    }

    #[test]
    fn every_size_and_quality_comes_back_as_it_went() {
        for (width, height, quality) in [(1, 1, 1), (8, 8, 100), (17, 9, 50), (31, 64, 85), (500, 3, 40)] {
            let rect = Size::new(width, height).unwrap().rect();
            let mut surface = Surface::new(Size::new(width, height).unwrap());
            surface.fill(rect, 0x0040_80C0);
            let scan = encode(&surface, rect, quality).unwrap();
            let rgba = decode(&scan, rect, quality).unwrap();
            assert_eq!(rgba.len(), 4 * (width * height) as usize);
            let near = |pixel: &[u8]| pixel.iter().zip([0x40_u8, 0x80, 0xC0, 0xFF]).all(|(a, b)| a.abs_diff(b) < 40);
            assert!(rgba.chunks_exact(4).all(near), "{width}×{height} at {quality}");
        }
    }
}
