//! The real encoder and framebuffer over lines that lose, over switches of the path, and after a pause in the right.

use std::time::Duration;

use beside_protocol::Right;
use beside_session::{CustomerAct, OperatorAct, OperatorInput};
use beside_testkit::{Profile, Setup, World};

fn painted(seed: u64, direct: Option<Profile>) -> World {
    let mut world = World::new(Setup { painted: true, direct, ..Setup::new(seed) });
    world.start_session();
    world
}

fn work(world: &mut World, changes: u32) {
    for _ in 0..changes {
        world.change_screen();
        world.run_for(Duration::from_millis(33));
    }
}

fn becomes_exact(world: &mut World) {
    world.run_until("the still picture is exact", Duration::from_secs(5), World::sees_every_pixel);
}

#[test]
fn the_still_picture_is_exact_on_a_lossy_line() {
    let mut world = painted(130, Some(Profile::lossy(0.2)));
    for _ in 0..4 {
        work(&mut world, 60);
        becomes_exact(&mut world);
    }
}

#[test]
fn switching_paths_in_the_middle_of_frames_leaves_no_trace() {
    let mut world = painted(131, Some(Profile::lossy(0.05)));
    for _ in 0..3 {
        work(&mut world, 40);
        world.lose_direct();
        work(&mut world, 40);
        becomes_exact(&mut world);
        world.run_for(Duration::from_secs(5));
    }
}

#[test]
fn a_viewer_that_lost_its_picture_gets_a_fresh_one() {
    let mut world = painted(132, None);
    work(&mut world, 10);
    world.to_operator(OperatorInput::FreshPicture);
    work(&mut world, 10);
    becomes_exact(&mut world);
}

#[test]
fn after_a_pause_the_picture_starts_over() {
    let mut world = painted(133, Some(Profile::lossy(0.1)));
    work(&mut world, 20);
    world.customer_does(CustomerAct::TurnOff(Right::View));
    work(&mut world, 20);
    assert!(!world.sees_every_pixel());
    world.operator_does(OperatorAct::Ask { right: Right::View, seconds: 600, reason: "" });
    world.run_for(Duration::from_secs(1));
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    work(&mut world, 20);
    becomes_exact(&mut world);
}
