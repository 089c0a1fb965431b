//! Keeps the X server from repeating the operator's held keys by itself.
//!
//! The server repeats a key that is down for long. For a key that is held over a network that is a guess: a late "up"
//! types a letter too many. So the keyboard that XTEST plays on, and only that, does not repeat during control; the
//! operator's own system repeats instead, and each repetition comes as an event of its own.

use x11rb::connection::RequestConnection as _;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, DeviceType, XIDeviceInfo};
use x11rb::protocol::xkb::{self, BoolCtrl, ConnectionExt as _};
use x11rb::protocol::xproto::AtomEnum;

use super::server::Server;
use crate::error::Trouble;

/// The property by which X servers mark the devices that XTEST plays on.
const XTEST_DEVICE: &str = "XTEST Device";

/// A keyboard that has stopped repeating, and did before.
pub(super) struct Repeat(Keyboard);

impl Repeat {
    /// Stops the repeating of XTEST's keyboard. None if it does not repeat, or the server has no way to say so.
    pub(super) fn stop(server: &Server) -> Result<Option<Self>, Trouble> {
        if !server.has("XInputExtension")? || !server.has("XKEYBOARD")? {
            return Ok(None);
        }
        server.conn.xinput_xi_query_version(2, 0)?.reply()?;
        if !server.conn.xkb_use_extension(1, 0)?.reply()?.supported {
            return Ok(None);
        }
        let Some(keyboard) = Keyboard::of_xtest(server)? else { return Ok(None) };
        if !repeats(server, keyboard.id)? {
            return Ok(None);
        }
        keyboard.set(server, false)?;
        Ok(Some(Self(keyboard)))
    }

    /// Lets it repeat again.
    pub(super) fn resume(self, server: &Server) -> Result<(), Trouble> {
        self.0.set(server, true)
    }
}

/// A keyboard, and the main one that it belongs to: programs get the main one's events.
struct Keyboard {
    id: u16,
    main: u16,
}

impl Keyboard {
    /// The keyboard that XTEST plays on for this connection.
    fn of_xtest(server: &Server) -> Result<Option<Self>, Trouble> {
        let mark = server.atom(XTEST_DEVICE)?;
        let pointer = server.conn.xinput_xi_get_client_pointer(x11rb::NONE)?.reply()?.deviceid;
        let devices = devices(server, Device::ALL)?;
        let Some(main) = devices.iter().find(|device| device.deviceid == pointer).map(|device| device.attachment)
        else {
            return Ok(None);
        };
        for id in keyboards_of(&devices, main) {
            let any = u32::from(AtomEnum::ANY);
            let property = server.conn.xinput_xi_get_property(id, false, mark, any, 0, 1)?.reply()?;
            if property.num_items > 0 {
                return Ok(Some(Self { id, main }));
            }
        }
        Ok(None)
    }

    /// The main keyboard takes this from whichever keyboard is used, when that changes. So while XTEST's was the last
    /// one used, the main one has to be told itself; the server then tells all that belong to it, which is undone.
    fn set(&self, server: &Server, on: bool) -> Result<(), Trouble> {
        set(server, self.id, on)?;
        let devices = devices(server, Device::ALL)?;
        let main = devices.iter().filter(|device| device.deviceid == self.main);
        let keys = main.flat_map(|device| &device.classes).filter(|class| class.data.as_key().is_some());
        if !keys.into_iter().any(|class| class.sourceid == self.id) {
            return Ok(());
        }
        let others = keyboards_of(&devices, self.main).filter(|id| *id != self.id);
        let before = others.map(|id| Ok((id, repeats(server, id)?))).collect::<Result<Vec<_>, Trouble>>()?;
        set(server, self.main, on)?;
        before.into_iter().try_for_each(|(id, on)| set(server, id, on))
    }
}

fn devices(server: &Server, which: Device) -> Result<Vec<XIDeviceInfo>, Trouble> {
    Ok(server.conn.xinput_xi_query_device(which)?.reply()?.infos)
}

/// The keyboards that belong to a main one.
fn keyboards_of(devices: &[XIDeviceInfo], main: u16) -> impl Iterator<Item = u16> {
    let belongs = move |device: &&XIDeviceInfo| device.type_ == DeviceType::SLAVE_KEYBOARD && device.attachment == main;
    devices.iter().filter(belongs).map(|device| device.deviceid)
}

fn repeats(server: &Server, keyboard: u16) -> Result<bool, Trouble> {
    let enabled = server.conn.xkb_get_controls(keyboard)?.reply()?.enabled_controls;
    Ok(enabled.contains(BoolCtrl::REPEAT_KEYS))
}

/// Changes the one control that says whether keys repeat, and nothing else.
fn set(server: &Server, keyboard: u16, on: bool) -> Result<(), Trouble> {
    let no_mods = x11rb::protocol::xproto::ModMask::from(0u16);
    let no_virtual = xkb::VMod::from(0u16);
    let request = xkb::SetControlsRequest {
        device_spec: keyboard,
        affect_internal_real_mods: no_mods,
        internal_real_mods: no_mods,
        affect_ignore_lock_real_mods: no_mods,
        ignore_lock_real_mods: no_mods,
        affect_internal_virtual_mods: no_virtual,
        internal_virtual_mods: no_virtual,
        affect_ignore_lock_virtual_mods: no_virtual,
        ignore_lock_virtual_mods: no_virtual,
        mouse_keys_dflt_btn: 0,
        groups_wrap: 0,
        access_x_options: xkb::AXOption::from(0u16),
        affect_enabled_controls: BoolCtrl::REPEAT_KEYS,
        enabled_controls: if on { BoolCtrl::REPEAT_KEYS } else { BoolCtrl::from(0u32) },
        change_controls: xkb::Control::from(0u32),
        repeat_delay: 0,
        repeat_interval: 0,
        slow_keys_delay: 0,
        debounce_delay: 0,
        mouse_keys_delay: 0,
        mouse_keys_interval: 0,
        mouse_keys_time_to_max: 0,
        mouse_keys_max_speed: 0,
        mouse_keys_curve: 0,
        access_x_timeout: 0,
        access_x_timeout_mask: BoolCtrl::from(0u32),
        access_x_timeout_values: BoolCtrl::from(0u32),
        access_x_timeout_options_mask: xkb::AXOption::from(0u16),
        access_x_timeout_options_values: xkb::AXOption::from(0u16),
        per_key_repeat: std::borrow::Cow::Owned([0; 32]),
    };
    Ok(server.conn.send_trait_request_without_reply(request)?.check()?)
}
