//! Anything people, apps and networks do, in any order: no input without a live grant, no picture before the check
//! (the world itself asserts both at every output), and everything ends or goes on within its waits.

use std::time::Duration;

use beside_identity::CheckMode;
use beside_protocol::control::InputHold;
use beside_protocol::input::InputEvent;
use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, Party, Right};
use beside_session::{CustomerAct, CustomerInput, DesktopInput, Leave, OperatorAct, OperatorInput};
use beside_testkit::{Fate, Peer, Profile, Seeded, Setup, World};

/// How far sequences came, so that a change which ends them all early is noticed.
#[derive(Default)]
struct Reached {
    picture: u32,
    input: u32,
    direct: u32,
    forged: u32,
}

/// One sequence, wholly determined by its seed.
fn live(seed: u64, reached: &mut Reached) {
    let mut rng = Seeded::new(seed);
    let mut world = World::new(setup(seed, &mut rng));
    let mut number = None;
    // Most sequences get into a session; the rest act on whatever comes first.
    if rng.chance(0.7) {
        world.start_session();
        if rng.chance(0.6) {
            world.give_control();
        }
    }
    for _ in 0..rng.below(60) {
        act(&mut world, &mut rng, &mut number);
        world.run_for(Duration::from_millis([0, 1, 20, 100, 900, 3_000, 20_000][rng.below(7) as usize]));
    }
    let took = |kind| move |(_, event): &(Peer, SessionEvent)| matches!(event, SessionEvent::Path { path, .. } if *path == kind);
    reached.picture += u32::from(world.viewer.frames > 0);
    reached.input += u32::from(!world.desktop.injected.is_empty());
    reached.direct += u32::from(world.reports.iter().any(took(PathKind::DirectUdp)));
    reached.forged += u32::from(world.network.tamper.is_some());
    world.network.tamper = None;
    world.lose_relay();
    world.setup.direct = None;
    world.lose_direct();
    world.run_for(Duration::from_secs(700));
    assert!(world.end(Peer::Customer).is_some(), "the customer's side hangs (seed {seed}): {:?}", world.phase());
    assert!(world.operator.is_none() || world.end(Peer::Operator).is_some(), "the operator's side hangs (seed {seed})");
}

fn setup(seed: u64, rng: &mut Seeded) -> Setup {
    let modes = [CheckMode::BothSee, CheckMode::OperatorTypes, CheckMode::CustomerTypes];
    let mut setup = Setup::with_mode(seed, modes[rng.below(3) as usize]);
    setup.org_json = rng.chance(0.8);
    setup.frame_bytes = [20, 5_000, 60_000][rng.below(3) as usize];
    setup.direct = [None, Some(Profile::good()), Some(Profile::lossy(0.2))][rng.below(3) as usize];
    setup
}

fn act(world: &mut World, rng: &mut Seeded, number: &mut Option<String>) {
    let right = Right::ALL[rng.below(3) as usize];
    let allow = rng.chance(0.7);
    match rng.below(26) {
        0 if world.knock.is_some() && world.operator.is_none() => world.accept(),
        1 => world.customer_does(CustomerAct::ContinueWho),
        2 => {
            *number = world.number_on_screen().or(number.take());
            world.customer_does(CustomerAct::HaveRead);
        }
        3 => world.customer_does(CustomerAct::Answer { allow }),
        4 => world.confirm(number.clone().as_deref().or(Some("123456"))),
        5 => world.customer_does(CustomerAct::TypeNumber("000000")),
        6 | 7 => world.operator_does(OperatorAct::Ask { right, seconds: rng.below(100) as u32, reason: "please" }),
        8 | 9 => world.customer_does(CustomerAct::AnswerRequest { right, allow }),
        10 => world.customer_does(CustomerAct::TurnOff(right)),
        11 => world.operator_does(OperatorAct::GiveBack(right)),
        12..=14 => world.operator_does(OperatorAct::Input(&[InputEvent::Move { x: rng.next() as u16, y: 1 }])),
        15 | 16 => world.change_screen(),
        17 => {
            let hold = rng.chance(0.5).then_some(InputHold::StopHidden);
            world.to_customer(CustomerInput::Desktop(DesktopInput::Hold(hold)));
        }
        18 => {
            world.lose_relay();
            if rng.chance(0.8) {
                world.run_for(Duration::from_millis(rng.below(8_000)));
                world.restore_relay();
            }
        }
        19 => world.lose_direct(),
        20 => {
            let kind = if rng.chance(0.5) { PathKind::Relay } else { PathKind::DirectUdp };
            world.network.cut(kind);
            world.run_for(Duration::from_millis(rng.below(15_000)));
            world.network.mend(kind, world.now);
        }
        21 => {
            let mut noise = rng.branch();
            world.network.tamper = rng.chance(0.5).then(|| -> beside_testkit::Tamper {
                Box::new(move |_, _, bytes| {
                    if noise.chance(0.02) && !bytes.is_empty() {
                        let at = noise.below(bytes.len() as u64) as usize;
                        bytes[at] ^= 1 << noise.below(8);
                    }
                    if noise.chance(0.05) { Fate::Twice } else { Fate::Pass }
                })
            });
        }
        22 => world.to_operator(OperatorInput::FreshPicture),
        23 => world.viewer.asleep = !world.viewer.asleep,
        24 if rng.chance(0.3) => world.customer_does(CustomerAct::Stop),
        24 if rng.chance(0.3) => world.operator_does(OperatorAct::Leave(Leave::Finished)),
        25 if rng.chance(0.2) => world.broker_ends(Peer::Customer, End::new(Party::Broker, EndReason::Away)),
        _ => {}
    }
}

fn lives(seeds: std::ops::Range<u64>) {
    let count = (seeds.end - seeds.start) as u32;
    let mut reached = Reached::default();
    for seed in seeds {
        live(seed, &mut reached);
    }
    let Reached { picture, input, direct, forged } = reached;
    assert!(
        picture > count / 4 && input > count / 10 && direct > count / 10 && forged > count / 20,
        "{picture} {input} {direct} {forged} of {count}"
    );
}

#[test]
fn hundreds_of_lives() {
    lives(0..300);
}

#[test]
#[ignore = "takes minutes; run before a release"]
fn ten_thousand_lives() {
    lives(1_000..11_000);
}
