//! Text of any language, as programs get it.

use beside_desktop::{Injected, OwnWindows};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, MapState};

use crate::input::{LEFT_SHIFT, Operator, focus};
use crate::support::{Client, PATIENCE, Screen, now};

/// Every keycode's meanings.
fn layout(client: &Client) -> Vec<Vec<u32>> {
    let setup = client.conn.setup();
    let count = setup.max_keycode - setup.min_keycode + 1;
    let reply = client.conn.get_keyboard_mapping(setup.min_keycode, count).unwrap().reply().unwrap();
    let mut all = vec![Vec::new(); usize::from(setup.min_keycode)];
    all.extend(reply.keysyms.chunks(usize::from(reply.keysyms_per_keycode)).map(|meanings| {
        let mut meanings = meanings.to_vec();
        meanings.truncate(meanings.iter().rposition(|meaning| *meaning != 0).map_or(0, |last| last + 1));
        meanings
    }));
    all
}

/// What a program that looks keycodes up as they come would have typed.
fn typed(client: &Client) -> String {
    let events = client.events();
    let layout = layout(client);
    let presses = events.iter().filter_map(|event| match event {
        Event::KeyPress(key) => Some(layout[usize::from(key.detail)][usize::from(u16::from(key.state) & 1)]),
        _ => None,
    });
    presses.filter_map(|keysym| char::from_u32(keysym & 0x00ff_ffff)).collect()
}

#[test]
fn every_character_arrives_and_the_keyboard_is_as_before() {
    let screen = Screen::start("640x480x24");
    let customer = screen.client();
    let window = customer.show((0, 0, 640, 480), 0);
    focus(&customer, window);
    let before = layout(&customer);
    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    for text in ["한국어와 日本語", "Ünï çødé 𠮷 😀", "aAaA 1!~"] {
        assert_eq!(operator.types(text), Injected::Done);
        assert_eq!(typed(&customer), text);
    }
    let _ = operator.key(LEFT_SHIFT, true);
    let _ = customer.events();
    let _ = operator.types("aé한");
    assert_eq!(typed(&customer), "aé한", "whatever is held");
    drop(operator);
    assert_eq!(layout(&customer), before);
}

/// The text that a real terminal passes on to the program in it, one line at a time.
#[test]
fn a_terminal_gets_more_text_than_the_keyboard_has_keys() {
    let screen = Screen::start("800x600x24");
    let _manager = screen.with_window_manager();
    let folder = std::env::temp_dir().join(format!("beside-text-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let pipe = folder.join("typed");
    let _ = std::fs::remove_file(&pipe);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let script = format!("exec cat > '{}'", pipe.display());
    let _terminal = screen.run("xterm", &["-u8", "-e", "sh", "-c", &script]);
    // Opening the pipe waits for the program in the terminal.
    let (send, lines) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let pipe = std::io::BufReader::new(std::fs::File::open(pipe).unwrap());
        for line in std::io::BufRead::lines(pipe).map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let customer = screen.client();
    let window = wait_for_focus(&customer);
    assert_ne!(window, customer.root);

    let mut operator = Operator::open(&screen, OwnWindows::of_process(0));
    let hangul: String = ('가'..).step_by(97).take(80).collect();
    let kana: String = ('ぁ'..='ん').collect();
    for text in
        ["안녕하세요, 상담원입니다.", "リモートサポートを開始します。", &hangul, &kana, "plain ASCII: {}[]<>|\\~"]
    {
        assert_eq!(operator.types(text), Injected::Done);
        for down in [true, false] {
            let _ = operator.key(beside_protocol::input::KeyUsage(0x28), down);
        }
        assert_eq!(lines.recv_timeout(PATIENCE).as_deref(), Ok(text));
    }
    drop(lines);
    drop((_terminal, operator));
    reader.join().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Waits until a shown window of some program has the focus.
fn wait_for_focus(client: &Client) -> u32 {
    let events = x11rb::protocol::xproto::EventMask::PROPERTY_CHANGE;
    let mask = x11rb::protocol::xproto::ChangeWindowAttributesAux::new().event_mask(events);
    client.conn.change_window_attributes(client.root, &mask).unwrap();
    let active = client.atom("_NET_ACTIVE_WINDOW");
    let deadline = now() + PATIENCE;
    loop {
        let focus = client.conn.get_input_focus().unwrap().reply().unwrap().focus;
        let managed = client.conn.query_tree(focus).ok().and_then(|cookie| cookie.reply().ok());
        let shown = client.conn.get_window_attributes(focus).ok().and_then(|cookie| cookie.reply().ok());
        let in_frame = managed.is_some_and(|tree| tree.parent != client.root && tree.parent != 0);
        if in_frame && shown.is_some_and(|shown| shown.map_state == MapState::VIEWABLE) {
            return focus;
        }
        assert!(now() < deadline, "nothing got the focus");
        client.event("another active window", |event| matches!(event, Event::PropertyNotify(e) if e.atom == active));
    }
}
