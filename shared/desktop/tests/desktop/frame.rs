//! The frame round the monitor.

use beside_desktop::{Capture, Frame, Injected, OwnWindows, ScreenCapture as _, Snapshot};
use beside_protocol::input::Button;
use beside_screen::Mask;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use crate::input::{Operator, seen};
use crate::support::{Client, Screen, Session, now};

fn pixel(client: &Client, x: i16, y: i16) -> Vec<u8> {
    let image = client.conn.get_image(ImageFormat::Z_PIXMAP, client.root, x, y, 1, 1, !0).unwrap();
    image.reply().unwrap().data[..3].to_vec()
}

/// The window in the very corner.
fn top_left(client: &Client) -> u32 {
    let windows = client.conn.query_tree(client.root).unwrap().reply().unwrap().children;
    let at = |window: &u32| client.conn.get_geometry(*window).unwrap().reply().unwrap();
    windows.into_iter().rev().find(|window| (at(window).x, at(window).y, at(window).height) == (0, 0, 4)).unwrap()
}

#[test]
fn the_frame_is_on_the_screen_not_in_the_picture_and_lets_clicks_through() {
    let screen = Screen::start("320x200x24");
    let customer = screen.client();
    customer.show((0, 0, 320, 200), 0x0011_2233);
    let frame = Frame::show(&screen.desktop(), screen.display().id).unwrap();
    let blue = [0xe0, 0x74, 0x2b];
    for (x, y) in [(0, 0), (319, 199), (0, 199), (3, 100), (316, 100), (100, 3), (100, 196)] {
        assert_eq!(pixel(&customer, x, y), blue, "{x},{y}");
    }
    assert_eq!(pixel(&customer, 4, 4), [0x33, 0x22, 0x11]);

    // The customer's program in this test is of the same process, so the frame is named.
    let own = OwnWindows::of_process(0).and_window(top_left(&customer));
    let mut capture = Capture::open(&screen.desktop(), screen.display().id, own.clone()).unwrap();
    let (session, mut picture) = (Session::start(), Snapshot::new());
    let damage = capture.take_damage().unwrap();
    capture.grab(&session.view.check(now()).unwrap(), &damage, &mut picture).unwrap();
    assert_eq!(picture.bytes()[..4], Mask::BLANK);
    assert_eq!(picture.bytes()[4 * (4 * 320 + 4)..][..3], [0x33, 0x22, 0x11]);

    let mut operator = Operator::open(&screen, own);
    let _ = customer.events();
    assert_eq!(operator.moves(1, 1), Injected::Done);
    assert_eq!(operator.button(Button::Left, true), Injected::Done);
    assert_eq!(seen(&customer), ["move 1,1", "down 1"]);

    drop(frame);
    let _ = customer.event("the uncovered edge", |event| matches!(event, x11rb::protocol::Event::Expose(_)));
    assert_eq!(pixel(&customer, 0, 0), [0x33, 0x22, 0x11]);
}
