//! The keyboard goes back to whom an own window had it from.

use beside_desktop::Focus;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Window};

use crate::input::focus;
use crate::support::{Client, Screen};

fn gets_focus(client: &Client, window: Window) {
    client.event("the focus", |event| matches!(event, Event::FocusIn(e) if e.event == window));
}

#[test]
fn without_a_window_manager() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.show((0, 0, 300, 300), 0);
    let own = beside.show((400, 0, 100, 100), 0);
    let mut keyboard = Focus::open(&screen.desktop(), beside.as_own()).unwrap();
    keyboard.give_back().unwrap();
    focus(&customer, theirs);
    keyboard.remember().unwrap();
    focus(&beside, own);
    keyboard.remember().unwrap();
    let _ = customer.events();
    keyboard.give_back().unwrap();
    gets_focus(&customer, theirs);

    let later = customer.show((0, 300, 50, 50), 0);
    focus(&customer, later);
    keyboard.give_back().unwrap();
    let now = customer.conn.get_input_focus().unwrap().reply().unwrap().focus;
    assert_eq!(now, later, "nothing is taken from another program");
    focus(&beside, own);
    customer.conn.destroy_window(theirs).unwrap();
    customer.sync();
    keyboard.give_back().unwrap();
}

#[test]
fn through_the_window_manager() {
    let screen = Screen::start("640x480x24");
    let _manager = screen.with_window_manager();
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.make((0, 0, 300, 300), 0, false);
    customer.map(theirs);
    activate(&customer, theirs);
    let mut keyboard = Focus::open(&screen.desktop(), beside.as_own()).unwrap();
    keyboard.remember().unwrap();
    let own = beside.make((400, 0, 100, 100), 0, false);
    beside.map(own);
    activate(&beside, own);
    let _ = customer.events();
    keyboard.give_back().unwrap();
    gets_focus(&customer, theirs);
}

/// Gives a window the focus and waits until the window manager knows.
fn activate(client: &Client, window: Window) {
    let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    client.conn.change_window_attributes(client.root, &changes).unwrap();
    focus(client, window);
    let active = client.atom("_NET_ACTIVE_WINDOW");
    let is_active = || {
        let value = client.conn.get_property(false, client.root, active, AtomEnum::WINDOW, 0, 1);
        value.unwrap().reply().unwrap().value32().is_some_and(|mut windows| windows.next() == Some(window))
    };
    if !is_active() {
        client.event("the window manager", |event| {
            matches!(event, Event::PropertyNotify(e) if e.atom == active) && is_active()
        });
    }
}
