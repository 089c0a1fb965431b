//! The operator's input, as programs on a real X server get it.

use std::time::Duration;

use beside_consent::Lapsed;
use beside_desktop::{Injected, Injector, InputInjector as _, OwnWindows};
use beside_protocol::Right;
use beside_protocol::input::{Button, InputEvent, KeyUsage};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyButMask};
use x11rb::protocol::xtest::ConnectionExt as _;

use crate::support::{Client, Screen, Session, now};

pub(crate) const KEY_A: KeyUsage = KeyUsage(0x04);
pub(crate) const LEFT_SHIFT: KeyUsage = KeyUsage(0xe1);
const LEFT_CONTROL: KeyUsage = KeyUsage(0xe0);
const HANGUL: KeyUsage = KeyUsage(0x90);

/// The operator: an injector and the consent to it.
pub(crate) struct Operator {
    pub(crate) injector: Injector,
    pub(crate) session: Session,
}

impl Operator {
    pub(crate) fn open(screen: &Screen, own: OwnWindows) -> Self {
        let injector = Injector::open(&screen.desktop(), screen.display().id, own).unwrap();
        Self { injector, session: Session::start() }
    }

    pub(crate) fn does(&mut self, event: &InputEvent) -> Injected {
        let live = self.session.control.check(now()).unwrap();
        self.injector.inject(live, event).unwrap()
    }

    /// Types a text as a caller has to: the rest of it when it is time.
    pub(crate) fn types(&mut self, text: &str) -> Injected {
        let mut injected = self.does(&InputEvent::Text(text.to_owned()));
        while let Injected::Partly { rest, from } = injected {
            std::thread::park_timeout(from.saturating_duration_since(now()));
            injected = self.does(&InputEvent::Text(rest));
        }
        injected
    }

    pub(crate) fn moves(&mut self, x: u16, y: u16) -> Injected {
        self.does(&InputEvent::Move { x, y })
    }

    pub(crate) fn button(&mut self, button: Button, down: bool) -> Injected {
        self.does(&InputEvent::Button { button, down })
    }

    pub(crate) fn key(&mut self, key: KeyUsage, down: bool) -> Injected {
        self.does(&InputEvent::Key { key, down })
    }
}

/// What a program saw of input, in short: `move 3,4`, `down 1`, `up 1`, `press 38+1`, `release 38`.
pub(crate) fn seen(client: &Client) -> Vec<String> {
    let of_event = |event: &Event| match event {
        Event::MotionNotify(e) => Some(format!("move {},{}", e.root_x, e.root_y)),
        Event::ButtonPress(e) => Some(format!("down {}", e.detail)),
        Event::ButtonRelease(e) => Some(format!("up {}", e.detail)),
        Event::KeyPress(e) => {
            let held = u16::from(e.state & (KeyButMask::SHIFT | KeyButMask::CONTROL | KeyButMask::MOD1));
            Some(if held == 0 { format!("press {}", e.detail) } else { format!("press {}+{held}", e.detail) })
        }
        Event::KeyRelease(e) => Some(format!("release {}", e.detail)),
        _ => None,
    };
    client.events().iter().filter_map(of_event).collect()
}

/// Gives a window the keyboard's focus.
pub(crate) fn focus(client: &Client, window: u32) {
    client.conn.set_input_focus(InputFocus::NONE, window, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    client.sync();
}

#[test]
fn the_mouse_moves_clicks_drags_and_turns_its_wheel() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    customer.show((0, 0, 640, 480), 0);
    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    let _ = operator.moves(100, 50);
    let _ = operator.button(Button::Left, true);
    let _ = operator.moves(120, 60);
    let _ = operator.button(Button::Left, false);
    let _ = operator.button(Button::Back, true);
    let _ = operator.button(Button::Back, false);
    assert_eq!(
        seen(&customer),
        ["move 100,50", "down 1", "move 120,60", "up 1", "down 8", "up 8"],
        "in order and complete"
    );

    for (dx, dy, expected) in [
        (0, 120, vec!["down 5", "up 5"]),
        (0, -240, vec!["down 4", "up 4", "down 4", "up 4"]),
        (120, 0, vec!["down 7", "up 7"]),
        (-120, 0, vec!["down 6", "up 6"]),
        (0, 70, vec![]),
        (0, 70, vec!["down 5", "up 5"]),
    ] {
        let _ = operator.does(&InputEvent::Scroll { dx, dy });
        assert_eq!(seen(&customer), expected, "{dx},{dy}");
    }

    let _ = operator.moves(60_000, 60_000);
    assert_eq!(seen(&customer), ["move 639,479"], "never beyond the monitor");
}

#[test]
fn keys_go_down_and_up_with_their_modifiers() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    let window = customer.show((0, 0, 640, 480), 0);
    focus(&customer, window);
    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    for (key, down) in [
        (LEFT_CONTROL, true),
        (LEFT_SHIFT, true),
        (KEY_A, true),
        (KEY_A, false),
        (LEFT_SHIFT, false),
        (LEFT_CONTROL, false),
        (HANGUL, true),
        (HANGUL, false),
    ] {
        assert_eq!(operator.key(key, down), Injected::Done);
    }
    let expected =
        ["press 37", "press 50+4", "press 38+5", "release 38", "release 50", "release 37", "press 130", "release 130"];
    assert_eq!(seen(&customer), expected);
    assert_eq!(operator.key(KeyUsage(0xffff), true), Injected::Unknown);
    assert_eq!(operator.key(KEY_A, false), Injected::Done);
    assert_eq!(seen(&customer), [""; 0], "what is not down does not go up");
}

/// How soon the server of the test below repeats a held key.
const REPEATS_AFTER: Duration = Duration::from_millis(20);

#[test]
fn a_held_key_repeats_when_the_operators_does_and_never_by_itself() {
    let screen = Screen::repeating("640x480x24", REPEATS_AFTER);
    let customer = screen.client();
    let window = customer.show((0, 0, 640, 480), 0);
    focus(&customer, window);
    let press_of_another_program = |kind| {
        customer.conn.xtest_fake_input(kind, 38, 0, customer.root, 0, 0, 0).unwrap();
        customer.sync();
    };
    let is_press = |event: &Event| matches!(event, Event::KeyPress(e) if e.detail == 38);

    // The server has used this very keyboard before, so it does not look at it anew.
    press_of_another_program(KEY_PRESS_EVENT);
    for time in ["the press", "its repetition", "another"] {
        customer.event(time, is_press);
    }
    press_of_another_program(KEY_RELEASE_EVENT);
    let _ = seen(&customer);

    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    assert_eq!(operator.key(KEY_A, true), Injected::Done);
    let begin = now();
    while begin.elapsed() < REPEATS_AFTER * 20 {
        std::thread::park_timeout(REPEATS_AFTER);
    }
    assert_eq!(seen(&customer), ["press 38"], "the line may be slow: the key goes up when the operator says so");
    assert_eq!(operator.key(KEY_A, true), Injected::Done);
    assert_eq!(operator.key(KEY_A, false), Injected::Done);
    assert_eq!(seen(&customer), ["release 38", "press 38", "release 38"]);

    drop(operator);
    press_of_another_program(KEY_PRESS_EVENT);
    for time in ["the press", "its repetition, as before the session"] {
        customer.event(time, is_press);
    }
    press_of_another_program(KEY_RELEASE_EVENT);
}

#[test]
fn whatever_is_held_is_let_go_of() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    let window = customer.show((0, 0, 640, 480), 0);
    focus(&customer, window);
    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    for way in ["asked", "ended", "dropped"] {
        let _ = operator.key(LEFT_SHIFT, true);
        let _ = operator.button(Button::Right, true);
        assert_eq!(seen(&customer), ["press 50", "down 3"], "{way}");
        match way {
            "asked" => drop(operator.does(&InputEvent::ReleaseAll)),
            "ended" => operator.injector.release_all().unwrap(),
            _ => operator = Operator::open(&screen, OwnWindows::of_process(0)),
        }
        assert_eq!(seen(&customer), ["up 3", "release 50"], "{way}");
    }
}

#[test]
fn after_the_customers_stop_nothing_happens() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    customer.show((0, 0, 640, 480), 0);
    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    let _ = operator.moves(10, 10);
    assert_eq!(seen(&customer), ["move 10,10"]);
    operator.session.consent.revoke(Right::Control);
    assert_eq!(
        operator.session.control.check(now()).err(),
        Some(Lapsed::Revoked),
        "so there is no proof to inject with"
    );
    drop(operator);
    assert_eq!(seen(&customer), [""; 0]);
}

#[test]
fn a_server_that_dies_is_an_error_and_no_more() {
    let mut screen = Screen::start("320x200x24");
    let mut operator = Operator::open(&screen, OwnWindows::of_this_process());
    screen.server.0.kill().unwrap();
    screen.server.0.wait().unwrap();
    let live = operator.session.control.check(now()).unwrap();
    let error = operator.injector.inject(live, &InputEvent::Move { x: 1, y: 1 }).unwrap_err();
    assert_eq!(error.code(), beside_protocol::ErrorCode::InputFailed);
}
