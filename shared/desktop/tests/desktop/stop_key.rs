//! The stop key, pressed under all circumstances.

use std::sync::mpsc;

use beside_desktop::{StopKey, Trouble};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;

use crate::input::{focus, seen};
use crate::support::{Client, PATIENCE, Screen};

const CONTROL: u8 = 37;
const ALT: u8 = 64;
const END: u8 = 115;
const CAPS_LOCK: u8 = 66;
const NUM_LOCK: u8 = 77;

fn press(client: &Client, keys: &[u8]) {
    for key in keys {
        client.conn.xtest_fake_input(KEY_PRESS_EVENT, *key, 0, client.root, 0, 0, 0).unwrap();
    }
    for key in keys.iter().rev() {
        client.conn.xtest_fake_input(KEY_RELEASE_EVENT, *key, 0, client.root, 0, 0, 0).unwrap();
    }
    client.sync();
}

#[test]
fn the_stop_key_works_whatever_else_goes_on() {
    let screen = Screen::start("320x200x24");
    let customer = screen.client();
    let window = customer.show((0, 0, 320, 200), 0);
    focus(&customer, window);
    let (pressed, presses) = mpsc::channel();
    let key = StopKey::grab(&screen.desktop(), move || {
        let _ = pressed.send(());
    })
    .unwrap();
    let stops = |what: &str| {
        press(&customer, &[CONTROL, ALT, END]);
        assert!(presses.recv_timeout(PATIENCE).is_ok(), "{what}");
    };
    stops("plainly");
    assert!(!seen(&customer).iter().any(|event| event.ends_with("115+12")), "nobody else gets it");
    press(&customer, &[CAPS_LOCK]);
    stops("with Caps Lock");
    press(&customer, &[NUM_LOCK]);
    stops("with Num Lock too");
    let grab = customer.conn.grab_keyboard(false, window, x11rb::CURRENT_TIME, GrabMode::ASYNC, GrabMode::ASYNC);
    assert_eq!(u8::from(grab.unwrap().reply().unwrap().status), 0);
    stops("while a program, as an open menu does, has all keys to itself");
    customer.conn.ungrab_keyboard(x11rb::CURRENT_TIME).unwrap();

    let taken = StopKey::grab(&screen.desktop(), || {}).err().unwrap();
    assert_eq!(taken.trouble(), &Trouble::KeyTaken(StopKey::NAME));
    drop(key);
    assert!(StopKey::grab(&screen.desktop(), || {}).is_ok(), "free again");
}

#[test]
fn other_keys_do_not_stop() {
    let screen = Screen::start("320x200x24");
    let customer = screen.client();
    let window = customer.show((0, 0, 320, 200), 0);
    focus(&customer, window);
    let (pressed, presses) = mpsc::channel();
    let key = StopKey::grab(&screen.desktop(), move || {
        let _ = pressed.send(());
    })
    .unwrap();
    for keys in [&[END][..], &[CONTROL, END], &[ALT, END], &[CONTROL, ALT, 38]] {
        press(&customer, keys);
    }
    assert_eq!(seen(&customer).iter().filter(|event| event.starts_with("press")).count(), 8);
    // When the thread has ended, it has handled all of it.
    drop(key);
    assert!(presses.recv().is_err());
}
