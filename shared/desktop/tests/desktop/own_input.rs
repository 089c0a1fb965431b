//! What the operator can't do: reach Beside's own windows.

use beside_desktop::{Injected, OwnWindows};
use beside_protocol::input::{Button, InputEvent};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{ClipOrdering, ConfigureWindowAux, ConnectionExt as _, MOTION_NOTIFY_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;

use crate::input::{KEY_A, Operator, focus, seen};
use crate::support::{Client, Screen};

/// The customer moves the mouse.
fn customer_moves(client: &Client, x: i16, y: i16) {
    client.conn.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, client.root, x, y, 0).unwrap();
    client.sync();
}

#[test]
fn the_mouse_stays_outside_and_its_clicks_are_swallowed() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    customer.show((0, 0, 640, 480), 0);
    let mut operator = Operator::open(&screen, beside.as_own());
    beside.show_plain((200, 100, 100, 50));
    assert_eq!(operator.moves(199, 120), Injected::Done);
    assert_eq!(operator.moves(200, 120), Injected::OwnWindow);
    assert_eq!(operator.button(Button::Left, true), Injected::OwnWindow, "it was meant for the own window");
    assert_eq!(operator.does(&InputEvent::Scroll { dx: 0, dy: 120 }), Injected::OwnWindow);
    assert_eq!(operator.button(Button::Left, false), Injected::Done);
    assert_eq!(seen(&beside), [""; 0]);
    assert_eq!(seen(&customer), ["move 199,120"], "and not clicked where the pointer happened to be");

    assert_eq!(operator.moves(300, 120), Injected::Done);
    assert_eq!(operator.button(Button::Left, true), Injected::Done);
    assert_eq!(operator.moves(250, 120), Injected::OwnWindow, "nothing is dragged onto it");
    assert_eq!(operator.button(Button::Left, false), Injected::Done);
    assert_eq!(seen(&beside), [""; 0]);
    assert_eq!(seen(&customer), ["move 300,120", "down 1", "up 1"]);
}

#[test]
fn a_click_is_swallowed_where_the_customer_moved_the_mouse_or_the_window() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    customer.show((0, 0, 640, 480), 0);
    let own = beside.show_plain((200, 100, 100, 50));
    let mut operator = Operator::open(&screen, beside.as_own());
    assert_eq!(operator.moves(10, 10), Injected::Done);
    customer_moves(&customer, 250, 120);
    assert_eq!(operator.button(Button::Left, true), Injected::OwnWindow);

    assert_eq!(operator.moves(10, 10), Injected::Done);
    beside.configure(own, &ConfigureWindowAux::new().x(0).y(0));
    assert_eq!(operator.button(Button::Left, true), Injected::OwnWindow);
    assert!(!seen(&beside).iter().any(|event| event.starts_with("down")));
}

#[test]
fn keys_are_swallowed_while_an_own_window_has_the_focus() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.show((0, 0, 640, 480), 0);
    let own = beside.show_plain((200, 100, 100, 50));
    let mut operator = Operator::open(&screen, beside.as_own());
    focus(&beside, own);
    assert_eq!(operator.key(KEY_A, true), Injected::OwnWindow);
    assert_eq!(operator.does(&InputEvent::Text("한".to_owned())), Injected::OwnWindow);
    let inside = beside.conn.generate_id().unwrap();
    let class = x11rb::protocol::xproto::WindowClass::INPUT_OUTPUT;
    beside.conn.create_window(0, inside, own, 0, 0, 5, 5, 0, class, 0, &Default::default()).unwrap();
    beside.conn.map_window(inside).unwrap();
    focus(&beside, inside);
    assert_eq!(operator.key(KEY_A, true), Injected::OwnWindow, "a window in it");
    // The focus follows the pointer where no window manager sets it.
    focus(&beside, 1);
    customer_moves(&customer, 250, 120);
    assert_eq!(operator.key(KEY_A, true), Injected::OwnWindow, "under the pointer");
    assert!(!seen(&beside).iter().any(|event| event.starts_with("press")));
    focus(&customer, theirs);
    assert_eq!(operator.key(KEY_A, true), Injected::Done);
    assert_eq!(seen(&customer).last().map(String::as_str), Some("press 38"));
}

#[test]
fn a_held_key_is_let_go_of_when_an_own_window_gets_the_focus() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.show((0, 0, 640, 480), 0);
    let own = beside.show_plain((200, 100, 100, 50));
    let mut operator = Operator::open(&screen, beside.as_own());
    focus(&customer, theirs);
    assert_eq!(operator.key(KEY_A, true), Injected::Done);
    focus(&beside, own);
    let _ = beside.event("the release", |event| match event {
        Event::KeyRelease(e) => e.detail == 38,
        Event::KeyPress(_) => panic!("the key was repeated into an own window"),
        _ => false,
    });
    // Repeating begins with a release too, but leaves the key down.
    let down = beside.conn.query_keymap().unwrap().reply().unwrap().keys;
    assert_eq!(down[38 / 8] & 1 << (38 % 8), 0);
    assert_eq!(operator.key(KEY_A, false), Injected::Done);
}

#[test]
fn while_an_own_menu_is_open_everything_is_swallowed() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.show((0, 0, 640, 480), 0);
    focus(&customer, theirs);
    let mut operator = Operator::open(&screen, beside.as_own());
    let menu = beside.show((600, 400, 20, 20), 0);
    assert_eq!(operator.moves(10, 10), Injected::Done);
    assert_eq!(operator.button(Button::Left, true), Injected::OwnWindow, "a menu takes clicks from everywhere");
    assert_eq!(operator.key(KEY_A, true), Injected::OwnWindow);
    // What lets all clicks through is no menu.
    let conn = &beside.conn;
    conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, menu, 0, 0, &[]).unwrap().check().unwrap();
    assert_eq!(operator.button(Button::Left, true), Injected::Done);
    assert_eq!(operator.key(KEY_A, true), Injected::Done);
}

#[test]
fn the_window_managers_frame_round_an_own_window_is_own_too() {
    let screen = Screen::start("640x480x24");
    let _manager = screen.with_window_manager();
    let beside = screen.client();
    let mut operator = Operator::open(&screen, beside.as_own());
    let own = beside.make((200, 200, 100, 50), 0, false);
    beside.map(own);
    let place = beside.conn.translate_coordinates(own, beside.root, 0, 0).unwrap().reply().unwrap();
    let (x, y) = (place.dst_x.unsigned_abs(), place.dst_y.unsigned_abs());
    assert!(y > 10, "openbox draws a title above the window");
    assert_eq!(operator.moves(x + 50, y - 5), Injected::OwnWindow, "so the operator can't close or minimise it");
    assert_eq!(operator.moves(x + 50, y + 5), Injected::OwnWindow);

    let mut later = Operator::open(&screen, beside.as_own());
    assert_eq!(later.moves(x + 50, y - 5), Injected::OwnWindow, "also when it was there before");
    let mut foreign = Operator::open(&screen, OwnWindows::of_process(0));
    assert_eq!(foreign.moves(x + 50, y + 5), Injected::Done);
}
