//! Desktop duplication (DXGI 1.2): the compositor hands over each picture of a monitor, and says what changed in it.

use std::time::Duration;

use beside_screen::{Damage, Rect, Size};
use windows::Win32::Foundation::{E_ACCESSDENIED, E_NOTIMPL, HMODULE, RECT};
use windows::Win32::Graphics::Direct3D::D3D_DRIVER_TYPE_UNKNOWN;
use windows::Win32::Graphics::Direct3D11::{
    D3D11_BOX, D3D11_CPU_ACCESS_READ, D3D11_CREATE_DEVICE_FLAG, D3D11_MAP_READ, D3D11_MAPPED_SUBRESOURCE,
    D3D11_SDK_VERSION, D3D11_TEXTURE2D_DESC, D3D11_USAGE_STAGING, D3D11CreateDevice, ID3D11Device, ID3D11DeviceContext,
    ID3D11Texture2D,
};
use windows::Win32::Graphics::Dxgi::Common::{
    DXGI_FORMAT_B8G8R8A8_UNORM, DXGI_MODE_ROTATION_IDENTITY, DXGI_MODE_ROTATION_UNSPECIFIED, DXGI_SAMPLE_DESC,
};
use windows::Win32::Graphics::Dxgi::{
    CreateDXGIFactory1, DXGI_ERROR_ACCESS_LOST, DXGI_ERROR_MORE_DATA, DXGI_ERROR_NOT_CURRENTLY_AVAILABLE,
    DXGI_ERROR_NOT_FOUND, DXGI_ERROR_SESSION_DISCONNECTED, DXGI_ERROR_UNSUPPORTED, DXGI_ERROR_WAIT_TIMEOUT,
    DXGI_OUTDUPL_FRAME_INFO, DXGI_OUTDUPL_MOVE_RECT, IDXGIAdapter1, IDXGIFactory1, IDXGIOutput1,
    IDXGIOutputDuplication, IDXGIResource,
};
use windows::core::{Error, Interface as _};

use super::refused;
use crate::error::Trouble;
use crate::snapshot::{PIXEL, Snapshot};

/// Why a monitor is not duplicated, or no longer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Not on this machine, or not this monitor: it has to be read in another way.
    Never(Trouble),
    /// Not now: the secure desktop is shown, a game has the screen, or the mode has changed. To be tried again.
    NotNow,
}

/// A duplicated monitor.
pub(super) struct Duplication {
    size: Size,
    context: ID3D11DeviceContext,
    duplicate: IDXGIOutputDuplication,
    /// The picture so far, where it can be read from.
    picture: ID3D11Texture2D,
    /// A picture of the compositor's is held, and has to be given back.
    held: bool,
}

// SAFETY: made and used through one owner at a time, and free-threaded by themselves: a device made without
// `D3D11_CREATE_DEVICE_SINGLETHREADED`, with its context used by no other.
unsafe impl Send for Duplication {}

impl Duplication {
    /// Duplicates the monitor that the system calls `device`.
    pub(super) fn open(device: &[u16; 32]) -> Result<Self, Refusal> {
        let (adapter, output) = find(device)?;
        let (device, context) = device_of(&adapter)?;
        // SAFETY: asks only.
        let about = unsafe { output.GetDesc() }.map_err(judged)?;
        if ![DXGI_MODE_ROTATION_IDENTITY, DXGI_MODE_ROTATION_UNSPECIFIED].contains(&about.Rotation) {
            return Err(Refusal::Never(Trouble::Unsupported("duplicating a monitor that is turned")));
        }
        // SAFETY: the device is of the output's adapter.
        let duplicate = unsafe { output.DuplicateOutput(&device) }.map_err(judged)?;
        // SAFETY: asks only.
        let mode = unsafe { duplicate.GetDesc() }.ModeDesc;
        let size =
            Size::new(mode.Width, mode.Height).map_err(|error| Refusal::Never(Trouble::Refused(error.to_string())))?;
        let picture = staging(&device, size)?;
        Ok(Self { size, context, duplicate, picture, held: false })
    }

    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// Waits for the next picture, and takes over what changed; nothing if none comes in time.
    pub(super) fn next(&mut self, longest: Duration) -> Result<Option<Damage>, Refusal> {
        self.give_back()?;
        let (mut info, mut resource) = (DXGI_OUTDUPL_FRAME_INFO::default(), None::<IDXGIResource>);
        let longest = u32::try_from(longest.as_millis()).unwrap_or(u32::MAX - 1);
        // SAFETY: both are our own.
        match unsafe { self.duplicate.AcquireNextFrame(longest, &raw mut info, &raw mut resource) } {
            Ok(()) => self.held = true,
            Err(error) if error.code() == DXGI_ERROR_WAIT_TIMEOUT => return Ok(None),
            Err(error) => return Err(judged(error)),
        }
        let (Some(resource), true) = (resource, info.LastPresentTime != 0) else {
            // Only the pointer moved.
            return Ok(None);
        };
        let frame: ID3D11Texture2D = resource.cast().map_err(judged)?;
        let damage = self.damage(info.TotalMetadataBufferSize)?;
        for rect in damage.rects() {
            self.take_over(&frame, *rect);
        }
        Ok(Some(damage))
    }

    /// Copies parts of the picture so far, all inside it.
    pub(super) fn read(&self, rects: &[Rect], into: &mut Snapshot) -> Result<(), Refusal> {
        let mut mapped = D3D11_MAPPED_SUBRESOURCE::default();
        // SAFETY: a staging texture that can be read; it is unmapped below.
        unsafe { self.context.Map(&self.picture, 0, D3D11_MAP_READ, 0, Some(&raw mut mapped)) }.map_err(judged)?;
        let pitch = mapped.RowPitch as usize;
        for rect in rects {
            for row in 0..rect.height {
                let to = into.row_mut(*rect, row);
                let start = (rect.y + row) as usize * pitch + rect.x as usize * PIXEL;
                // SAFETY: the texture has `size`, which `rect` lies within, in rows of `pitch` bytes.
                let from = unsafe { std::slice::from_raw_parts(mapped.pData.cast::<u8>().add(start), to.len()) };
                to.copy_from_slice(from);
                // What the format leaves open is 0, so that equal pictures have equal bytes.
                to.iter_mut().skip(PIXEL - 1).step_by(PIXEL).for_each(|open| *open = 0);
            }
        }
        // SAFETY: mapped above, and nothing of it is kept.
        unsafe { self.context.Unmap(&self.picture, 0) };
        Ok(())
    }

    /// What the held picture has that the one before had not; what moved counts as changed where it went.
    fn damage(&self, metadata: u32) -> Result<Damage, Refusal> {
        if metadata == 0 {
            // It does not say: everything.
            return Ok(Damage::all(self.size));
        }
        let mut moves =
            vec![DXGI_OUTDUPL_MOVE_RECT::default(); metadata as usize / size_of::<DXGI_OUTDUPL_MOVE_RECT>() + 1];
        let mut dirty = vec![RECT::default(); metadata as usize / size_of::<RECT>() + 1];
        let mut bytes = 0;
        let room = size_of_val(moves.as_slice()) as u32;
        // SAFETY: there is as much room as told.
        unsafe { self.duplicate.GetFrameMoveRects(room, moves.as_mut_ptr(), &raw mut bytes) }.map_err(judged)?;
        moves.truncate(bytes as usize / size_of::<DXGI_OUTDUPL_MOVE_RECT>());
        let room = size_of_val(dirty.as_slice()) as u32;
        // SAFETY: there is as much room as told.
        unsafe { self.duplicate.GetFrameDirtyRects(room, dirty.as_mut_ptr(), &raw mut bytes) }.map_err(judged)?;
        dirty.truncate(bytes as usize / size_of::<RECT>());
        let mut damage = Damage::none();
        for rect in moves.iter().map(|moved| &moved.DestinationRect).chain(&dirty) {
            if let Some(rect) = within(rect, self.size) {
                damage.add(rect);
            }
        }
        Ok(damage)
    }

    fn take_over(&self, frame: &ID3D11Texture2D, rect: Rect) {
        let part = D3D11_BOX {
            left: rect.x,
            top: rect.y,
            front: 0,
            right: rect.x + rect.width,
            bottom: rect.y + rect.height,
            back: 1,
        };
        // SAFETY: both textures have the same format and size, which the part lies within.
        unsafe {
            self.context.CopySubresourceRegion(&self.picture, 0, rect.x, rect.y, 0, frame, 0, Some(&raw const part));
        }
    }

    fn give_back(&mut self) -> Result<(), Refusal> {
        if std::mem::take(&mut self.held) {
            // SAFETY: it is held.
            unsafe { self.duplicate.ReleaseFrame() }.map_err(judged)?;
        }
        Ok(())
    }
}

impl Drop for Duplication {
    fn drop(&mut self) {
        // What is lost is given back.
        let _lost = self.give_back();
    }
}

/// The monitor's output, and the adapter that it is at.
fn find(device: &[u16; 32]) -> Result<(IDXGIAdapter1, IDXGIOutput1), Refusal> {
    // SAFETY: makes a factory, no more.
    let factory: IDXGIFactory1 = unsafe { CreateDXGIFactory1() }.map_err(judged)?;
    // SAFETY: asks only; there is an end to both.
    let adapters = (0..).map_while(|index| unsafe { factory.EnumAdapters1(index) }.ok());
    for adapter in adapters {
        // SAFETY: as above.
        let outputs = (0..).map_while(|index| unsafe { adapter.EnumOutputs(index) }.ok());
        for output in outputs {
            // SAFETY: asks only.
            let about = unsafe { output.GetDesc() }.map_err(judged)?;
            if about.DeviceName == *device {
                return Ok((adapter, output.cast().map_err(judged)?));
            }
        }
    }
    Err(Refusal::Never(Trouble::Unsupported("duplicating this monitor")))
}

fn device_of(adapter: &IDXGIAdapter1) -> Result<(ID3D11Device, ID3D11DeviceContext), Refusal> {
    let (mut device, mut context) = (None, None);
    // SAFETY: an adapter's own device has the type "unknown", and no software.
    let made = unsafe {
        let (kind, none) = (D3D_DRIVER_TYPE_UNKNOWN, HMODULE::default());
        let (into, beside) = (Some(&raw mut device), Some(&raw mut context));
        D3D11CreateDevice(adapter, kind, none, D3D11_CREATE_DEVICE_FLAG(0), None, D3D11_SDK_VERSION, into, None, beside)
    };
    made.map_err(judged)?;
    device.zip(context).ok_or(Refusal::Never(Trouble::Unsupported("a Direct3D device")))
}

fn staging(device: &ID3D11Device, size: Size) -> Result<ID3D11Texture2D, Refusal> {
    let about = D3D11_TEXTURE2D_DESC {
        Width: size.width(),
        Height: size.height(),
        MipLevels: 1,
        ArraySize: 1,
        Format: DXGI_FORMAT_B8G8R8A8_UNORM,
        SampleDesc: DXGI_SAMPLE_DESC { Count: 1, Quality: 0 },
        Usage: D3D11_USAGE_STAGING,
        BindFlags: 0,
        CPUAccessFlags: D3D11_CPU_ACCESS_READ.0 as u32,
        MiscFlags: 0,
    };
    let mut texture = None;
    // SAFETY: both are our own.
    unsafe { device.CreateTexture2D(&raw const about, None, Some(&raw mut texture)) }.map_err(judged)?;
    texture.ok_or(Refusal::Never(Trouble::Unsupported("a texture to read from")))
}

/// The part of a rectangle that is on the monitor.
fn within(rect: &RECT, size: Size) -> Option<Rect> {
    let on = |value: i32, most: u32| u32::try_from(value).unwrap_or(0).min(most);
    let (left, right) = (on(rect.left, size.width()), on(rect.right, size.width()));
    let (top, bottom) = (on(rect.top, size.height()), on(rect.bottom, size.height()));
    (left < right && top < bottom).then(|| Rect { x: left, y: top, width: right - left, height: bottom - top })
}

/// Whether to try again after an error.
fn judged(error: Error) -> Refusal {
    match error.code() {
        DXGI_ERROR_ACCESS_LOST
        | DXGI_ERROR_NOT_CURRENTLY_AVAILABLE
        | DXGI_ERROR_SESSION_DISCONNECTED
        | DXGI_ERROR_MORE_DATA
        | E_ACCESSDENIED => Refusal::NotNow,
        DXGI_ERROR_UNSUPPORTED | DXGI_ERROR_NOT_FOUND | E_NOTIMPL => {
            Refusal::Never(Trouble::Unsupported("duplicating a monitor"))
        }
        _ => Refusal::Never(refused(error)),
    }
}
