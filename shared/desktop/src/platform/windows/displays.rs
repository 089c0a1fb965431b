//! Monitors, in pixels: both apps' manifests make them aware of every monitor's own scale.

use beside_protocol::DisplayId;
use windows::Win32::Foundation::{LPARAM, RECT};
use windows::Win32::Graphics::Gdi::{EnumDisplayMonitors, GetMonitorInfoW, HDC, HMONITOR, MONITORINFO, MONITORINFOEXW};
use windows::Win32::UI::HiDpi::{GetDpiForMonitor, MDT_EFFECTIVE_DPI};
use windows::Win32::UI::WindowsAndMessaging::MONITORINFOF_PRIMARY;
use windows::core::BOOL;

use crate::display::Display;
use crate::error::Trouble;

/// A monitor, and what the system calls it: `\\.\DISPLAY1`.
pub(super) struct Monitor {
    pub(super) display: Display,
    pub(super) device: [u16; 32],
}

/// The monitors, the main one first.
pub(super) fn all() -> Result<Vec<Display>, Trouble> {
    Ok(monitors()?.into_iter().map(|monitor| monitor.display).collect())
}

/// One monitor, freshly asked for.
pub(super) fn find(id: DisplayId) -> Result<Monitor, Trouble> {
    monitors()?.into_iter().find(|monitor| monitor.display.id == id).ok_or(Trouble::NoDisplay(id))
}

fn monitors() -> Result<Vec<Monitor>, Trouble> {
    let mut handles: Vec<HMONITOR> = Vec::new();
    // SAFETY: the call returns after the last call of `collect`, so the pointer to `handles` is good for as long.
    let listed = unsafe { EnumDisplayMonitors(None, None, Some(collect), LPARAM((&raw mut handles) as isize)) };
    if !listed.as_bool() {
        return Err(Trouble::Refused("the monitors can't be listed".to_owned()));
    }
    // One that was unplugged meanwhile is none.
    let mut monitors: Vec<Monitor> = handles.into_iter().filter_map(describe).collect();
    monitors.sort_by_key(|monitor| !monitor.display.primary);
    Ok(monitors)
}

/// # Safety
/// `list` points to a `Vec<HMONITOR>` that nobody else uses.
unsafe extern "system" fn collect(monitor: HMONITOR, _: HDC, _: *mut RECT, list: LPARAM) -> BOOL {
    // SAFETY: as the caller promises.
    let list = unsafe { &mut *(list.0 as *mut Vec<HMONITOR>) };
    list.push(monitor);
    true.into()
}

fn describe(handle: HMONITOR) -> Option<Monitor> {
    let mut info = MONITORINFOEXW::default();
    info.monitorInfo.cbSize = size_of::<MONITORINFOEXW>() as u32;
    // SAFETY: the structure says its own size, which is the one with a name.
    let told = unsafe { GetMonitorInfoW(handle, (&raw mut info).cast::<MONITORINFO>()) };
    let area = info.monitorInfo.rcMonitor;
    if !told.as_bool() {
        return None;
    }
    let (mut dpi, mut dpi_down) = (96, 96);
    // SAFETY: both are numbers of our own. Where the system does not tell, they stay as they are.
    let _unscaled = unsafe { GetDpiForMonitor(handle, MDT_EFFECTIVE_DPI, &raw mut dpi, &raw mut dpi_down) };
    let length = info.szDevice.iter().position(|unit| *unit == 0).unwrap_or(info.szDevice.len());
    let display = Display {
        // Handles have 32 bits that count, and xcap makes the same number of them.
        id: DisplayId(handle.0 as u32),
        name: String::from_utf16_lossy(&info.szDevice[..length]).trim_start_matches(r"\\.\").to_owned(),
        x: area.left,
        y: area.top,
        width: area.right.abs_diff(area.left),
        height: area.bottom.abs_diff(area.top),
        scale: f64::from(dpi) / 96.0,
        primary: info.monitorInfo.dwFlags & MONITORINFOF_PRIMARY != 0,
    };
    Some(Monitor { display, device: info.szDevice })
}
