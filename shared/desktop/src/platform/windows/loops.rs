//! Threads that live by messages: hot keys and windows belong to the thread that made them, which must listen for them.

use std::sync::mpsc::sync_channel;
use std::thread::{Builder, JoinHandle};

use windows::Win32::Foundation::{LPARAM, WPARAM};
use windows::Win32::System::Threading::GetCurrentThreadId;
use windows::Win32::UI::WindowsAndMessaging::{
    DispatchMessageW, GetMessageW, MSG, PM_NOREMOVE, PeekMessageW, PostThreadMessageW, WM_QUIT, WM_USER,
};

use crate::error::Trouble;

/// A thread with a message loop. It ends, and what it made goes, when this is dropped.
pub(super) struct MessageLoop {
    thread: u32,
    handle: Option<JoinHandle<()>>,
}

impl MessageLoop {
    /// Starts a thread: `open` makes what the thread holds, `hear` gets each message that is for the thread itself.
    pub(super) fn start<T: 'static, S: Send + 'static>(
        name: &str,
        open: impl FnOnce() -> Result<(T, S), Trouble> + Send + 'static,
        mut hear: impl FnMut(&T, &MSG) + Send + 'static,
    ) -> Result<(Self, S), Trouble> {
        let (tell, told) = sync_channel(1);
        let run = move || {
            let mut message = MSG::default();
            // SAFETY: looks only. It makes the thread's queue, so that nothing posted from now on is lost.
            let _none = unsafe { PeekMessageW(&raw mut message, None, WM_USER, WM_USER, PM_NOREMOVE) };
            let (held, shown) = match open() {
                Ok(open) => open,
                Err(trouble) => {
                    let _gone = tell.send(Err(trouble));
                    return;
                }
            };
            // SAFETY: asks only.
            let thread = unsafe { GetCurrentThreadId() };
            if tell.send(Ok((thread, shown))).is_err() {
                return;
            }
            // SAFETY: the message is our own. 0 is WM_QUIT, and -1 an error that can't come of a thread's own queue.
            while unsafe { GetMessageW(&raw mut message, None, 0, 0) }.0 > 0 {
                if message.hwnd.is_invalid() {
                    hear(&held, &message);
                } else {
                    // SAFETY: it is what the system just gave us.
                    unsafe { DispatchMessageW(&raw const message) };
                }
            }
        };
        let handle =
            Builder::new().name(name.to_owned()).spawn(run).map_err(|error| Trouble::Refused(error.to_string()))?;
        let (thread, shown) = told.recv().map_err(|_| Trouble::Refused(format!("{name} ended")))??;
        Ok((Self { thread, handle: Some(handle) }, shown))
    }

    /// Posts a message to the thread itself.
    pub(super) fn post(&self, message: u32) -> Result<(), Trouble> {
        // SAFETY: the thread runs until this is dropped.
        unsafe { PostThreadMessageW(self.thread, message, WPARAM(0), LPARAM(0)) }.map_err(super::refused)
    }
}

impl Drop for MessageLoop {
    fn drop(&mut self) {
        if let Err(error) = self.post(WM_QUIT) {
            tracing::warn!(%error, "a thread with a message loop is gone");
        }
        if self.handle.take().is_some_and(|handle| handle.join().is_err()) {
            tracing::warn!("a thread with a message loop failed");
        }
    }
}
