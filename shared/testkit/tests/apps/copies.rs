//! Several copies of the client on one machine.

use beside_client_controller::view::ClientView;
use beside_installation::{Fault, FolderError, Found};
use beside_protocol::ErrorCode;

use crate::customer::Customer;
use crate::place::{Place, data_folder};

/// The second copy says that there is a first one, which goes on; it works once the first is closed.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_copy_says_so() {
    let place = Place::new().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = || {
        // What the client's shell does at start.
        let data = data_folder(folder.path());
        let (lock, found) = match data.lock() {
            Ok(lock) => (Some(lock), Ok(place.found())),
            Err(FolderError::AlreadyOpen) => (None, Err(Fault { error: ErrorCode::AlreadyOpen, clock: None })),
            Err(error) => panic!("{error}"),
        };
        let setup = beside_client_controller::Setup { data, trust: place.trust(), found, offered: None };
        (lock, Customer::start(setup, None))
    };
    let (lock, mut first) = copy();
    let (no_lock, mut second) = copy();
    assert!(no_lock.is_none());
    let mut operator = place.operator();
    let code = operator.signs_in().await;
    first.knocks(&code).await;
    let blocked = |view: &ClientView| match view {
        ClientView::Blocked { error, .. } => Some(*error),
        _ => None,
    };
    assert_eq!(second.screen.until("the blocked screen", blocked).await, ErrorCode::AlreadyOpen);
    second.type_code(&code);
    assert!(second.quits().await.is_empty());
    first.quits().await;
    drop(lock);
    let (_lock, mut third) = copy();
    third.knocks(&operator.code().await).await;
}

/// What the client has seen of statuses outlives it: the next start refuses an older one.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_remembers_the_newest_status() {
    let place = Place::new().await;
    let folder = tempfile::tempdir().unwrap();
    let setup = |found: Found| {
        let data = data_folder(folder.path());
        beside_client_controller::Setup { data, trust: place.trust(), found: Ok(found), offered: None }
    };
    let mut customer = Customer::start(setup(place.found()), None);
    let mut operator = place.operator();
    let code = operator.signs_in().await;
    customer.knocks(&code).await;
    operator.accepts().await;
    customer.sees_who().await;
    customer.quits().await;
    let again = beside_installation::find_organisation_in(
        folder.path(),
        &place.trust(),
        &data_folder(folder.path()),
        beside_installation::wall_clock(),
    );
    let issued = again.unwrap().newest_status.expect("the status is remembered");
    assert!(issued <= crate::organisation::today() && crate::organisation::days_ago(1) < issued);
}
