//! Capture, on real X servers.

use crate::support::{Client, PATIENCE, Screen, Session, now};
use beside_desktop::{Capture, OwnWindows, ScreenCapture as _, Snapshot, Wake};
use beside_screen::{Mask, Rect};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, ImageFormat, StackMode,
};

/// A capture, the picture that it has so far, and the consent to it.
struct Viewer {
    capture: Capture,
    picture: Snapshot,
    session: Session,
}

impl Viewer {
    fn open(screen: &Screen, own: OwnWindows) -> Self {
        let capture = Capture::open(&screen.desktop(), screen.display().id, own).unwrap();
        let mut viewer = Self { capture, picture: Snapshot::new(), session: Session::start() };
        viewer.look();
        viewer
    }

    /// Reads what has changed up to now. Gives what was read.
    fn look(&mut self) -> Vec<Rect> {
        let live = self.session.view.check(now()).unwrap();
        let damage = self.capture.take_damage().unwrap();
        self.capture.grab(&live, &damage, &mut self.picture).unwrap();
        damage.rects().to_vec()
    }

    /// Waits for something that `wanted` accepts.
    fn wait(&mut self, wanted: impl Fn(&Wake) -> bool) -> Wake {
        let deadline = now() + PATIENCE;
        loop {
            let wake = self.capture.wait(deadline).unwrap();
            assert_ne!(wake, Wake::default(), "waited in vain");
            if wanted(&wake) {
                return wake;
            }
        }
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        let at = y * self.picture.stride() + x * 4;
        self.picture.bytes()[at..at + 4].try_into().unwrap()
    }

    /// Whether a pixel has a colour, `0xrrggbb`.
    fn shows(&self, x: usize, y: usize, colour: u32) -> bool {
        let [blue, green, red, _] = self.pixel(x, y);
        u32::from_be_bytes([0, red, green, blue]) == colour
    }

    fn hides(&self, x: usize, y: usize) -> bool {
        self.pixel(x, y) == Mask::BLANK
    }

    /// Compares with what the server itself gives for the whole screen.
    fn assert_is_the_screen(&self, client: &Client) {
        let size = self.picture.size().unwrap();
        let (width, height) = (size.width() as u16, size.height() as u16);
        let image = client.conn.get_image(ImageFormat::Z_PIXMAP, client.root, 0, 0, width, height, !0).unwrap();
        let image = image.reply().unwrap().data;
        let pairs = self.picture.bytes().chunks_exact(4).zip(image.chunks_exact(4));
        assert_eq!(pairs.filter(|(ours, theirs)| ours[..3] != theirs[..3]).count(), 0, "pixels differ");
    }
}

const RED: u32 = 0x00e0_1020;
const GREEN: u32 = 0x0010_c040;
const BLUE: u32 = 0x0020_30f0;

#[test]
fn what_is_drawn_is_told_and_read_at_every_size() {
    for size in ["640x480x24", "1021x517x24", "1920x1080x24"] {
        let screen = Screen::start(size);
        let customer = screen.client();
        let window = customer.show((40, 30, 400, 300), RED);
        let mut viewer = Viewer::open(&screen, OwnWindows::of_process(0));
        viewer.assert_is_the_screen(&customer);
        assert!(viewer.shows(100, 100, RED));
        let _ = viewer.wait(|_| true);
        viewer.look();

        customer.fill(window, (13, 17, 64, 63), GREEN);
        let _ = viewer.wait(|wake| wake.damage);
        assert_eq!(viewer.look(), [Rect { x: 53, y: 47, width: 64, height: 63 }]);
        assert!(viewer.shows(53, 47, GREEN) && viewer.shows(116, 109, GREEN) && viewer.shows(117, 110, RED));
        viewer.assert_is_the_screen(&customer);
        assert_eq!(viewer.look(), [], "told once");
    }
}

#[test]
fn a_wait_ends_at_its_deadline_or_when_woken() {
    let screen = Screen::start("320x200x24");
    let mut viewer = Viewer::open(&screen, OwnWindows::of_process(0));
    let _beginning = viewer.capture.wait(now()).unwrap();
    assert_eq!(viewer.capture.wait(now()).unwrap(), Wake::default());
    let waker = viewer.capture.waker();
    let thread = std::thread::spawn(move || waker.wake());
    assert_eq!(viewer.capture.wait(now() + PATIENCE).unwrap(), Wake { woken: true, ..Wake::default() });
    thread.join().unwrap();
    assert_eq!(viewer.capture.wait(now()).unwrap(), Wake::default(), "one wake ends one wait");
}

#[test]
fn the_pointer_is_told_with_its_place_and_shape() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    let mut viewer = Viewer::open(&screen, OwnWindows::of_process(0));
    let _beginning = viewer.capture.wait(now()).unwrap();

    // A pointer of 8×4 pixels: the left half red, the right half see-through, pointing with (2, 1).
    let (conn, root) = (&customer.conn, customer.root);
    let [source, mask] = [0xff_u8, 0x0f].map(|row| {
        let (bits, gc) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
        conn.create_pixmap(1, bits, root, 8, 4).unwrap();
        conn.create_gc(gc, bits, &CreateGCAux::new()).unwrap();
        let rows = [row, 0, 0, 0].repeat(4);
        conn.put_image(ImageFormat::Z_PIXMAP, bits, gc, 8, 4, 0, 0, 0, 1, &rows).unwrap().check().unwrap();
        bits
    });
    let cursor = conn.generate_id().unwrap();
    conn.create_cursor(cursor, source, mask, 0xffff, 0, 0, 0, 0, 0, 2, 1).unwrap().check().unwrap();
    conn.change_window_attributes(root, &ChangeWindowAttributesAux::new().cursor(cursor)).unwrap();
    conn.warp_pointer(x11rb::NONE, root, 0, 0, 0, 0, 300, 200).unwrap();
    customer.sync();
    let _ = viewer.wait(|wake| wake.shape);
    let live = viewer.session.view.check(now()).unwrap();
    let shape = viewer.capture.pointer_shape(&live).unwrap().unwrap();
    assert_eq!((shape.width(), shape.height(), shape.hot()), (8, 4, (2, 1)));
    assert_eq!(shape.rgba()[..4], [255, 0, 0, 255]);
    assert_eq!(shape.rgba()[7 * 4..8 * 4], [0, 0, 0, 0]);
    let place = viewer.capture.pointer(&live).unwrap();
    assert_eq!((place.x, place.y, place.inside), (300, 200, true));

    use x11rb::protocol::xtest::ConnectionExt as _;
    conn.xtest_fake_input(x11rb::protocol::xproto::MOTION_NOTIFY_EVENT, 0, 0, root, 17, 18, 0).unwrap();
    customer.sync();
    let _ = viewer.wait(|wake| wake.pointer);
    let live = viewer.session.view.check(now()).unwrap();
    let place = viewer.capture.pointer(&live).unwrap();
    assert_eq!((place.x, place.y), (17, 18));
}

#[test]
fn own_windows_are_never_in_the_picture() {
    let screen = Screen::start("640x480x24");
    let (customer, beside) = (screen.client(), screen.client());
    let theirs = customer.show((0, 0, 640, 480), GREEN);
    let old = beside.show((10, 10, 50, 40), RED);
    let mut viewer = Viewer::open(&screen, beside.as_own());
    assert!(viewer.hides(10, 10) && viewer.hides(59, 49), "one that was there before");
    assert!(viewer.shows(60, 50, GREEN) && viewer.shows(9, 9, GREEN));

    let new = beside.show((300, 300, 100, 100), BLUE);
    let _ = viewer.wait(|wake| wake.damage);
    viewer.look();
    assert!(viewer.hides(300, 300) && viewer.hides(399, 399), "one that came later");

    beside.configure(new, &ConfigureWindowAux::new().x(500));
    viewer.look();
    assert!(viewer.hides(500, 300), "moved");

    customer.configure(theirs, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
    customer.fill(theirs, (0, 0, 640, 480), GREEN);
    viewer.look();
    assert!(viewer.shows(500, 300, GREEN) && viewer.shows(10, 10, GREEN), "covered, it is not seen");
    viewer.assert_is_the_screen(&customer);

    beside.configure(old, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE));
    viewer.look();
    assert!(viewer.hides(10, 10), "raised again");
    beside.conn.destroy_window(old).unwrap();
    beside.sync();
    customer.fill(theirs, (0, 0, 640, 480), GREEN);
    viewer.look();
    assert!(viewer.shows(10, 10, GREEN), "gone");
    viewer.assert_is_the_screen(&customer);
}

#[test]
fn what_an_own_window_draws_is_no_damage() {
    let screen = Screen::start("320x200x24");
    let beside = screen.client();
    let own = beside.show((10, 10, 200, 100), RED);
    let mut viewer = Viewer::open(&screen, beside.as_own());
    viewer.look();
    beside.fill(own, (20, 20, 50, 50), BLUE);
    assert_eq!(viewer.look(), []);
}

#[test]
fn windows_of_a_process_are_known_without_being_named() {
    let screen = Screen::start("320x200x24");
    let client = screen.client();
    client.show((10, 10, 100, 100), RED);
    let viewer = Viewer::open(&screen, OwnWindows::of_this_process());
    assert!(viewer.hides(50, 50));
    let viewer = Viewer::open(&screen, OwnWindows::of_process(1));
    assert!(viewer.shows(50, 50, RED));
}

#[test]
fn no_own_pixel_slips_through_while_windows_move() {
    let screen = Screen::start("640x480x24");
    let beside = screen.client();
    let own = beside.show((0, 0, 150, 100), RED);
    let mut viewer = Viewer::open(&screen, beside.as_own());
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for step in 0.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                beside.configure(own, &ConfigureWindowAux::new().x(step * 37 % 480).y(step * 23 % 370));
            }
        });
        for _ in 0..200 {
            let live = viewer.session.view.check(now()).unwrap();
            let everything = beside_screen::Damage::all(viewer.capture.size());
            viewer.capture.grab(&live, &everything, &mut viewer.picture).unwrap();
            let red = viewer.picture.bytes().chunks_exact(4).filter(|pixel| pixel[..3] == [0x20, 0x10, 0xe0]).count();
            if red > 0 {
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            assert_eq!(red, 0, "own pixels in the picture");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_server_that_dies_is_an_error_and_no_more() {
    let mut screen = Screen::start("320x200x24");
    let mut viewer = Viewer::open(&screen, OwnWindows::of_this_process());
    screen.server.0.kill().unwrap();
    let deadline = now() + PATIENCE;
    let error = loop {
        match viewer.capture.wait(deadline) {
            Ok(wake) => assert_ne!(wake, Wake::default(), "never noticed"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), beside_protocol::ErrorCode::CaptureFailed);
    let live = viewer.session.view.check(now()).unwrap();
    assert!(viewer.capture.pointer(&live).is_err());
    assert!(viewer.capture.take_damage().is_err());
    assert!(screen.desktop().displays().is_err());
}
