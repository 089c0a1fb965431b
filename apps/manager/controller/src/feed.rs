//! One session's picture on its way to the page: the authoritative framebuffer, and what the page has not seen of it.
//!
//! The page asks for the next batch when it has painted the last one, so there is never more than one on its way, and
//! what happened in between is told in one piece.

use std::sync::{Mutex, MutexGuard, PoisonError};

use beside_protocol::pointer::PointerState;
use beside_screen::page_batch::PointerPlace;
use beside_screen::{Framebuffer, PageBatch, PictureError, Rect, Size};
use thiserror::Error;
use tokio::sync::Notify;

/// The session is over; there is no next batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the session is over")]
pub struct FeedClosed;

struct Inside {
    framebuffer: Framebuffer,
    batch: PageBatch,
    frame: u32,
    closed: bool,
}

/// The picture of one session.
pub struct Feed {
    inside: Mutex<Inside>,
    news: Notify,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Feed")
    }
}

impl Default for Feed {
    fn default() -> Self {
        let inside = Inside {
            framebuffer: Framebuffer::new(),
            batch: PageBatch::new(PageBatch::PIXEL_BYTES),
            frame: 0,
            closed: false,
        };
        Self { inside: Mutex::new(inside), news: Notify::new() }
    }
}

impl Feed {
    /// Decodes a frame into the framebuffer.
    pub(crate) fn apply(&self, frame: u32, bytes: &[u8]) -> Result<(), PictureError> {
        let mut guard = self.lock();
        let inside = &mut *guard;
        let drawn = inside.framebuffer.apply(bytes)?;
        inside.batch.add(drawn);
        inside.frame = frame;
        drop(guard);
        self.news.notify_one();
        Ok(())
    }

    /// The customer's pointer moved.
    pub(crate) fn point(&self, state: PointerState) {
        self.lock().batch.set_pointer(PointerPlace { x: state.x, y: state.y, shape: state.shape });
        self.news.notify_one();
    }

    /// Nothing follows.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.news.notify_one();
    }

    /// A page that has been loaded anew knows nothing of what came before.
    pub fn start_over(&self) {
        let mut guard = self.lock();
        let inside = &mut *guard;
        inside.batch.repaint(&inside.framebuffer);
        drop(guard);
        self.news.notify_one();
    }

    /// Waits until there is something to paint, and gives it in the page's layout.
    ///
    /// # Errors
    /// The session is over and everything was given.
    pub async fn next(&self) -> Result<Vec<u8>, FeedClosed> {
        loop {
            {
                let mut guard = self.lock();
                let inside = &mut *guard;
                if let Some(batch) = inside.batch.take(&inside.framebuffer, inside.frame) {
                    return Ok(batch);
                }
                if inside.closed {
                    return Err(FeedClosed);
                }
            }
            self.news.notified().await;
        }
    }

    /// The framebuffer's size and RGBA pixels, once there is a picture.
    #[must_use]
    pub fn snapshot(&self) -> Option<(Size, Vec<u8>)> {
        let inside = self.lock();
        let size = inside.framebuffer.size()?;
        let mut rgba = Vec::with_capacity(4 * size.pixels());
        inside.framebuffer.copy_rect_rgba(size.rect(), &mut rgba);
        Some((size, rgba))
    }

    /// Red, green and blue of one pixel, once there is a picture that has it.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        let mut rgba = Vec::new();
        self.lock().framebuffer.copy_rect_rgba(Rect { x, y, width: 1, height: 1 }, &mut rgba);
        rgba.first_chunk().copied()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
