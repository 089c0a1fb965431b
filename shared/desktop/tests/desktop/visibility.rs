//! Whether Stop can be seen, under a real window manager.

use beside_desktop::Visibility;
use beside_screen::Rect;
use x11rb::protocol::Event;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ClipOrdering, ConfigureWindowAux, ConnectionExt as _,
    EventMask, PropMode, StackMode, Window,
};
use x11rb::wrapper::ConnectionExt as _;

use crate::support::{Client, Program, Screen};

const STOP: Rect = Rect { x: 150, y: 10, width: 40, height: 30 };

struct Pill {
    screen: Screen,
    _manager: Program,
    beside: Client,
    window: Window,
    watch: Visibility,
}

impl Pill {
    fn show(above: bool) -> Self {
        let screen = Screen::start("800x600x24");
        let manager = screen.with_window_manager();
        let beside = screen.client();
        let watch = Visibility::open(&screen.desktop(), beside.as_own()).unwrap();
        let window = beside.make((300, 200, 200, 50), 0, false);
        if above {
            watch.keep_above(window).unwrap();
        }
        beside.map(window);
        Self { screen, _manager: manager, beside, window, watch }
    }

    fn can_be_seen(&mut self) -> bool {
        self.watch.can_be_seen(self.window, STOP).unwrap()
    }

    /// Asks the window manager for something about the pill, and waits until it has done it.
    fn ask(&self, message: &str, data: [u32; 5], done: impl Fn(&Event) -> bool) {
        let event = ClientMessageEvent::new(32, self.window, self.beside.atom(message), data);
        let readers = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.beside.conn.send_event(false, self.beside.root, readers, event).unwrap().check().unwrap();
        let _ = self.beside.event(message, done);
    }
}

#[test]
fn a_window_in_plain_sight_can_be_seen() {
    let mut pill = Pill::show(false);
    assert!(pill.can_be_seen());
    let outside = Rect { width: 51, ..STOP };
    assert!(!pill.watch.can_be_seen(pill.window, outside).unwrap(), "no such part");
    assert!(!pill.watch.can_be_seen(pill.beside.root, STOP).unwrap(), "not an own window");
    pill.beside.conn.destroy_window(pill.window).unwrap();
    pill.beside.sync();
    assert!(!pill.can_be_seen(), "no longer there");
}

#[test]
fn a_minimised_window_can_not_be_seen() {
    let mut pill = Pill::show(false);
    let window = pill.window;
    pill.ask("WM_CHANGE_STATE", [3, 0, 0, 0, 0], |event| matches!(event, Event::UnmapNotify(e) if e.window == window));
    assert!(!pill.can_be_seen());
    pill.ask("_NET_ACTIVE_WINDOW", [2, 0, 0, 0, 0], |event| matches!(event, Event::Expose(e) if e.window == window));
    assert!(pill.can_be_seen());
}

#[test]
fn a_window_moved_out_of_the_screen_can_not_be_seen() {
    let mut pill = Pill::show(false);
    let window = pill.window;
    for (x, seen) in [(640, false), (300, true), (-160, false), (-100, true)] {
        pill.ask(
            "_NET_MOVERESIZE_WINDOW",
            [0x0300 | 0x2000 | 10, x as u32, 200, 0, 0],
            |event| matches!(event, Event::ConfigureNotify(e) if e.window == window),
        );
        assert_eq!(pill.can_be_seen(), seen, "at {x}");
    }
}

#[test]
fn a_covered_window_can_not_be_seen() {
    let mut pill = Pill::show(false);
    let customer = pill.screen.client();
    let cover = customer.make((0, 0, 10, 10), 0, true);
    customer.map(cover);
    assert!(pill.can_be_seen(), "elsewhere");
    customer.configure(cover, &ConfigureWindowAux::new().width(800).height(600));
    assert!(!pill.can_be_seen(), "covered");
    customer.configure(cover, &ConfigureWindowAux::new().stack_mode(StackMode::BELOW));
    assert!(pill.can_be_seen(), "below");
    customer.configure(cover, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
    // A window with a hole where Stop is covers nothing of it.
    let hole = x11rb::protocol::xproto::Rectangle { x: 0, y: 0, width: 100, height: 600 };
    for kind in [SK::BOUNDING, SK::INPUT] {
        customer.conn.shape_rectangles(SO::SET, kind, ClipOrdering::UNSORTED, cover, 0, 0, &[hole]).unwrap();
    }
    customer.sync();
    assert!(pill.can_be_seen(), "behind a hole");
    customer.conn.unmap_window(cover).unwrap();
    customer.sync();
    assert!(pill.can_be_seen());
}

#[test]
fn a_window_made_transparent_or_sent_to_another_desktop_can_not_be_seen() {
    let mut pill = Pill::show(false);
    let opacity = pill.beside.atom("_NET_WM_WINDOW_OPACITY");
    let conn = &pill.beside.conn;
    // The window manager copies the property to its frame, in its own time.
    let frame = conn.query_tree(pill.window).unwrap().reply().unwrap().parent;
    let watched = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    conn.change_window_attributes(frame, &watched).unwrap().check().unwrap();
    let copied = |event: &Event| matches!(event, Event::PropertyNotify(e) if e.window == frame && e.atom == opacity);
    conn.change_property32(PropMode::REPLACE, pill.window, opacity, AtomEnum::CARDINAL, &[0x1000_0000]).unwrap();
    let _ = pill.beside.event("the frame is transparent", copied);
    assert!(!pill.can_be_seen(), "transparent");
    pill.beside.conn.delete_property(pill.window, opacity).unwrap();
    let _ = pill.beside.event("the frame is solid again", copied);
    assert!(pill.can_be_seen());

    let window = pill.window;
    pill.ask("_NET_WM_DESKTOP", [1, 2, 0, 0, 0], |event| matches!(event, Event::UnmapNotify(e) if e.window == window));
    assert!(!pill.can_be_seen(), "on another desktop");
}

#[test]
fn a_window_kept_above_stays_above() {
    let mut pill = Pill::show(true);
    let customer = pill.screen.client();
    let cover = customer.make((0, 0, 800, 600), 0, false);
    // Window managers show new windows on top, but for those kept above.
    customer.map(cover);
    let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    customer.conn.change_window_attributes(customer.root, &mask).unwrap().check().unwrap();
    assert!(pill.can_be_seen());

    // The same for one that was shown before.
    let mut plain = Pill::show(false);
    let customer = plain.screen.client();
    plain.watch.keep_above(plain.window).unwrap();
    let state = plain.beside.atom("_NET_WM_STATE");
    let _ = plain.beside.event("the state", |event| matches!(event, Event::PropertyNotify(e) if e.atom == state));
    let cover = customer.make((0, 0, 800, 600), 0, false);
    customer.map(cover);
    assert!(plain.can_be_seen());
}
