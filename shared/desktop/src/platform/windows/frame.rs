//! The coloured frame round the shared monitor.

use beside_protocol::DisplayId;
use windows::Win32::Foundation::{COLORREF, HINSTANCE, HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::Graphics::Gdi::{CreateSolidBrush, DeleteObject, HBRUSH, HGDIOBJ};
use windows::Win32::System::LibraryLoader::GetModuleHandleW;
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DestroyWindow, HWND_TOPMOST, LWA_ALPHA, RegisterClassExW, SW_SHOWNOACTIVATE,
    SWP_NOACTIVATE, SWP_NOMOVE, SWP_NOSIZE, SetLayeredWindowAttributes, SetWindowDisplayAffinity, SetWindowPos,
    ShowWindow, UnregisterClassW, WDA_EXCLUDEFROMCAPTURE, WM_APP, WNDCLASSEXW, WS_EX_LAYERED, WS_EX_NOACTIVATE,
    WS_EX_TOOLWINDOW, WS_EX_TOPMOST, WS_EX_TRANSPARENT, WS_POPUP,
};
use windows::core::{PCWSTR, w};

use super::loops::MessageLoop;
use super::{Desktop, displays, refused};
use crate::border::{self, Side};
use crate::error::{DesktopError, Result, Trouble};

/// Tells the frame's thread to put it above what has been opened since.
const RAISE: u32 = WM_APP;
const CLASS: PCWSTR = w!("BesideFrame");

/// Four thin windows that let every click through. Like all of Beside's windows they are not in the picture. They are
/// gone when this is dropped.
pub struct Frame(MessageLoop);

impl Frame {
    /// Draws the frame.
    ///
    /// # Errors
    /// There is no such monitor, or the system makes no window.
    pub fn show(_desktop: &Desktop, display: DisplayId) -> Result<Self> {
        let sides =
            displays::find(display).map(|monitor| border::sides(&monitor.display)).map_err(DesktopError::Capture)?;
        let open = move || Windows::open(sides).map(|windows| (windows, ()));
        let hear = |windows: &Windows, message: &windows::Win32::UI::WindowsAndMessaging::MSG| {
            if message.message == RAISE {
                windows.raise();
            }
        };
        MessageLoop::start("frame", open, hear).map(|(thread, ())| Self(thread)).map_err(DesktopError::Capture)
    }

    /// Puts the frame above what has been opened since.
    ///
    /// # Errors
    /// Its windows are gone.
    pub fn raise(&self) -> Result<()> {
        self.0.post(RAISE).map_err(DesktopError::Capture)
    }
}

/// The four windows, on the thread that made them.
struct Windows {
    class: Class,
    windows: Vec<HWND>,
}

struct Class {
    instance: HINSTANCE,
    brush: HBRUSH,
}

impl Windows {
    fn open(sides: [Side; 4]) -> Result<Self, Trouble> {
        let mut made = Self { class: Class::register()?, windows: Vec::new() };
        for side in sides {
            let window = draw(made.class.instance, side)?;
            made.windows.push(window);
        }
        Ok(made)
    }

    fn raise(&self) {
        for window in &self.windows {
            let keep = SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE;
            // SAFETY: a window of this thread.
            if let Err(error) = unsafe { SetWindowPos(*window, Some(HWND_TOPMOST), 0, 0, 0, 0, keep) } {
                tracing::debug!(%error, "the frame stays where it is");
            }
        }
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        for window in self.windows.drain(..) {
            // SAFETY: a window of this thread.
            if let Err(error) = unsafe { DestroyWindow(window) } {
                tracing::warn!(%error, "a side of the frame stays");
            }
        }
    }
}

impl Class {
    fn register() -> Result<Self, Trouble> {
        // SAFETY: asks only: this program's own handle.
        let instance = unsafe { GetModuleHandleW(None) }.map_err(refused)?.into();
        let [_, red, green, blue] = border::COLOUR.to_be_bytes();
        // SAFETY: given back when the class is.
        let brush = unsafe { CreateSolidBrush(COLORREF(u32::from_le_bytes([red, green, blue, 0]))) };
        let class = WNDCLASSEXW {
            cbSize: size_of::<WNDCLASSEXW>() as u32,
            lpfnWndProc: Some(leave_it_to_the_system),
            hInstance: instance,
            hbrBackground: brush,
            lpszClassName: CLASS,
            ..WNDCLASSEXW::default()
        };
        let class_of_ours = Self { instance, brush };
        // SAFETY: the structure says its size, and its name lives as long as the program.
        if unsafe { RegisterClassExW(&raw const class) } == 0 {
            return Err(refused(windows::core::Error::from_thread()));
        }
        Ok(class_of_ours)
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        // SAFETY: its windows are gone by now.
        let _unknown = unsafe { UnregisterClassW(CLASS, Some(self.instance)) };
        // SAFETY: made by us, and nothing draws with it any more.
        let _gone = unsafe { DeleteObject(HGDIOBJ(self.brush.0)) };
    }
}

fn draw(instance: HINSTANCE, side: Side) -> Result<HWND, Trouble> {
    let style = WS_EX_LAYERED | WS_EX_TRANSPARENT | WS_EX_TOPMOST | WS_EX_TOOLWINDOW | WS_EX_NOACTIVATE;
    let (width, height) = (side.width.cast_signed(), side.height.cast_signed());
    // SAFETY: the class is registered.
    let window = unsafe {
        CreateWindowExW(style, CLASS, None, WS_POPUP, side.x, side.y, width, height, None, None, Some(instance), None)
    };
    let window = window.map_err(refused)?;
    // SAFETY: the window was just made.
    unsafe { SetLayeredWindowAttributes(window, COLORREF(0), 255, LWA_ALPHA) }.map_err(refused)?;
    // SAFETY: as above. Before Windows 10 2004 there is no such affinity: then the frame is in the picture, as a thin line.
    if let Err(error) = unsafe { SetWindowDisplayAffinity(window, WDA_EXCLUDEFROMCAPTURE) } {
        tracing::debug!(%error, "the frame is in the picture");
    }
    // SAFETY: as above.
    let _was_hidden = unsafe { ShowWindow(window, SW_SHOWNOACTIVATE) };
    Ok(window)
}

/// # Safety
/// Called by the system only.
unsafe extern "system" fn leave_it_to_the_system(window: HWND, message: u32, wide: WPARAM, long: LPARAM) -> LRESULT {
    // SAFETY: what the system called with.
    unsafe { DefWindowProcW(window, message, wide, long) }
}
