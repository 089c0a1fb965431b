//! What the driven demo needs to see and no person does. Only in builds with the feature `demo-trust`.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use beside_manager_controller::Handle;
use beside_protocol::{ErrorCode, SessionId};
use serde::Serialize;
use tauri::State;

/// How often a watched pixel is looked at.
const LOOK: Duration = Duration::from_micros(500);
/// Changes that are kept; later ones are not, for who asks has long seen enough.
const CHANGES_MAX: usize = 10_000;

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

/// The pixel that is watched, if one is.
#[derive(Default)]
pub(crate) struct Watched(Mutex<Arc<Changes>>);

type Changes = Mutex<Vec<Change>>;

/// A colour that the pixel took, and when.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Change {
    rgb: [u8; 3],
    /// Microseconds since 1970, for comparing with another process's clock.
    at_us: u64,
}

/// Watches one pixel of a session's framebuffer from now on, instead of the one before.
#[tauri::command]
pub(crate) fn automation_watch_pixel(
    sid: &str,
    x: u32,
    y: u32,
    app: State<'_, Handle>,
    watched: State<'_, Watched>,
) -> Result<(), ErrorCode> {
    let sid = SessionId::from_str(sid).map_err(|_| ErrorCode::NotFound)?;
    let feed = app.feed(sid).ok_or(ErrorCode::NotFound)?;
    let changes = Arc::<Changes>::default();
    let kept = Arc::downgrade(&changes);
    *lock(&watched.0) = changes;
    thread::spawn(move || {
        let mut before = None;
        while let Some(changes) = kept.upgrade() {
            let now = feed.pixel(x, y);
            let mut changes = lock(&changes);
            if let Some(rgb) = now.filter(|_| now != before && changes.len() < CHANGES_MAX) {
                changes.push(Change { rgb, at_us: unix_micros() });
            }
            drop(changes);
            before = now;
            thread::sleep(LOOK);
        }
    });
    Ok(())
}

/// What has been seen of it, oldest first.
#[tauri::command]
pub(crate) fn automation_pixel_changes(watched: State<'_, Watched>) -> Vec<Change> {
    let changes = Arc::clone(&lock(&watched.0));
    lock(&changes).clone()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unix_micros() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
    let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(age.as_micros()).unwrap_or(u64::MAX)
}
