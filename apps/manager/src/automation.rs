//! What the driven demo needs to see and no person does. Only in builds with the feature `demo-trust`.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr as _;

use beside_manager_controller::Handle;
use beside_protocol::{ErrorCode, SessionId};
use tauri::State;

/// Writes a session's framebuffer as a PNG file.
#[tauri::command]
pub(crate) fn automation_framebuffer(sid: &str, path: PathBuf, app: State<'_, Handle>) -> Result<(), ErrorCode> {
    let sid = SessionId::from_str(sid).map_err(|_| ErrorCode::NotFound)?;
    let (size, rgba) = app.feed(sid).and_then(|feed| feed.snapshot()).ok_or(ErrorCode::NotFound)?;
    write(path, size.width(), size.height(), &rgba).map_err(|_| ErrorCode::Internal)
}

fn write(path: PathBuf, width: u32, height: u32, rgba: &[u8]) -> anyhow::Result<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(rgba)?;
    Ok(())
}
