//! Monitors, on a real X server.

use crate::support::Screen;
use x11rb::protocol::xproto::{AtomEnum, PropMode};
use x11rb::wrapper::ConnectionExt as _;

#[test]
fn a_monitor_has_its_place_size_and_scale() {
    let screen = Screen::start("1024x768x24");
    let display = screen.display();
    assert_eq!((display.x, display.y, display.width, display.height), (0, 0, 1024, 768));
    assert!((display.scale - 1.0).abs() < 1e-9);
    assert_eq!(display.info().width, 1024);

    let client = screen.client();
    let (manager, string) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
    let resources = b"Xft.antialias:\t1\nXft.dpi:\t144\n";
    client.conn.change_property8(PropMode::REPLACE, client.root, manager, string, resources).unwrap();
    client.sync();
    assert!((screen.display().scale - 1.5).abs() < 1e-9);
}

#[test]
fn without_a_server_there_is_an_error() {
    let error = beside_desktop::Desktop::named(":4321").displays().unwrap_err();
    assert_eq!(error.code(), beside_protocol::ErrorCode::CaptureFailed);
}
