//! The broker's own numbers; those that the apps share are in `beside_protocol::limits`.

use std::time::Duration;

use beside_protocol::limits::WAIT_SOCKET;

/// A code is not drawn again for this long after it died.
pub const CODE_REST: Duration = Duration::from_secs(24 * 3600);
/// Dead codes remembered. When full no code is issued until some have rested: half the space stays free, so that
/// drawing a fresh one never takes long.
pub const RESTING_CODES_MAX: usize = 500_000;
/// Draws for one code before the broker says that it has none.
pub const CODE_DRAWS: usize = 64;
/// Codes that a manager is given one after the other while nobody knocks and its operator does nothing; then it is given
/// one when the operator asks. Ten thousand managers that are left alone would otherwise use up all codes within hours,
/// since each rests for a day.
pub const CODES_IN_VAIN: u8 = 3;
/// Live codes of one operator, held ones included. When full no further code is shown until one is free.
pub const CODES_PER_OPERATOR: usize = 6;

/// Knocks on one code, accepted or not, after which it is spent when it comes back: a client that knocks and calls it
/// off again and again wears out its code, not the operator and the log.
pub const KNOCKS_PER_CODE: u8 = 10;

/// Wrong codes that one place may type in [`GUESS_WINDOW`].
pub const GUESSES_PER_WINDOW: usize = 5;
/// See [`GUESSES_PER_WINDOW`].
pub const GUESS_WINDOW: Duration = Duration::from_secs(600);
/// Wrong codes that one place may type in [`GUESS_DAY`].
pub const GUESSES_PER_DAY: usize = 20;
/// See [`GUESSES_PER_DAY`].
pub const GUESS_DAY: Duration = Duration::from_secs(24 * 3600);
/// Places remembered by each limit. When full the one that was quiet for longest is forgotten.
pub const PLACES_MAX: usize = 100_000;

/// Wrong codes in an hour, from everywhere together. Beyond it every knock needs a proof of work, until there was an hour
/// with fewer than half as many.
pub const WRONG_CODES_PER_HOUR: u64 = 60;
/// Challenges that one customer's socket is given. After them it is refused, and may come back with another.
pub const CHALLENGES_PER_SOCKET: u8 = 8;
/// A challenge must be solved within this.
pub const PROOF_LIFE: Duration = Duration::from_secs(120);
/// Proofs remembered because they have counted, of each kind. When full the oldest challenges expire early.
pub const SPENT_PROOFS_MAX: usize = 100_000;

/// Failed sign-ins of one account from one address before the next has to wait.
pub const FREE_SIGN_INS: u32 = 3;
/// The first wait; each further failure doubles it.
pub const SIGN_IN_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
pub const SIGN_IN_WAIT_MAX: Duration = Duration::from_secs(900);
/// After so long without a try the failures are forgotten.
pub const SIGN_IN_FORGET: Duration = Duration::from_secs(24 * 3600);
/// Which try in a row of one account from one address is the first that needs a proof of work.
pub const PROVEN_SIGN_IN: u32 = 6;
/// Failed sign-ins of one name in [`NAME_WINDOW`], wherever they come from, that lock it.
pub const NAME_FAILURES: usize = 20;
/// See [`NAME_FAILURES`].
pub const NAME_WINDOW: Duration = Duration::from_secs(3600);
/// For so long.
pub const NAME_LOCK: Duration = Duration::from_secs(30 * 60);
/// Names remembered because they failed. When full the one that was quiet for longest is forgotten.
pub const NAMES_MAX: usize = 100_000;
/// Failed sign-ins from one place in [`PLACE_WINDOW`], of whatever name, that block it.
pub const PLACE_FAILURES: usize = 50;
/// See [`PLACE_FAILURES`].
pub const PLACE_WINDOW: Duration = Duration::from_secs(600);
/// For so long.
pub const PLACE_BLOCK: Duration = Duration::from_secs(3600);
/// A name that was signed in from a place is known there for so long: its lock doesn't hold there.
pub const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// Names at places that are known. When full the one that was quiet for longest is forgotten.
pub const KNOWN_MAX: usize = 100_000;
/// Kinds and subjects of alerts that are counted, and as many that have been told. When full the one that was quiet for
/// longest is forgotten.
pub const ALERTS_MAX: usize = 10_000;
/// Accounts whose habits are known. When full the one that was quiet for longest is forgotten.
pub const HABITS_MAX: usize = 20_000;
/// Places of one account that are no news. When full the one that was not used for longest is forgotten.
pub const HABITUAL_PLACES: usize = 32;
/// Sign-ins alive at once. When full a further one is refused as overloaded.
pub const SIGN_INS_MAX: usize = 20_000;
/// A sign-in without a socket and without a request ends after this, with its codes.
pub const SIGN_IN_IDLE: Duration = Duration::from_secs(900);

/// A sign-in of a supervisor, auditor or administrator ends after this, however much it is used, and also if the broker
/// was started anew meanwhile.
pub const SIGN_IN_ABSOLUTE: Duration = Duration::from_secs(12 * 3600);
/// Sign-ins of one account that is not an operator's. A further one ends the oldest.
pub const SIGN_INS_PER_ACCOUNT: usize = 5;
/// So long after the second factor was given again sensitive actions are allowed.
pub const STEP_UP: Duration = Duration::from_secs(300);

/// A ticket for a socket that looks on must be used within this.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);
/// Unused tickets of one sign-in. A further one takes the place of the oldest.
pub const TICKETS_PER_SIGN_IN: usize = 4;
/// Sockets that look on of one sign-in, one for each tab of a browser. When full a further one is refused as overloaded.
pub const WATCHERS_PER_SIGN_IN: usize = 8;
/// Sockets that look on. When full a further one is refused as overloaded.
pub const WATCHERS_MAX: usize = 1_000;
/// Bytes that wait to be sent to a socket that looks on: the largest picture, with every table at its bound and names at
/// their longest. The next picture waits until the last one is sent.
pub const WATCHER_QUEUE_MAX: usize = 16 << 20;
/// To a socket that looks on at most one picture is sent in this.
pub const WATCHER_PACE: Duration = Duration::from_secs(1);

/// Customers' sockets open at once. When full a further one is refused as overloaded.
pub const CUSTOMERS_MAX: usize = 20_000;
/// Customers' sockets of one place. When full a further one is refused.
pub const CUSTOMERS_PER_PLACE: usize = 64;
/// Sessions and attempts alive at once. When full a knock is refused as overloaded.
pub const SESSIONS_MAX: usize = 20_000;
/// Reports logged of one session and side. Further ones are counted as misbehaviour.
pub const REPORTS_MAX: u32 = 4_096;

/// A customer's socket must say what it wants within this.
pub const FIRST_MESSAGE: Duration = Duration::from_secs(10);
/// A customer's socket without a session is closed after this.
pub const CUSTOMER_IDLE: Duration = Duration::from_secs(600);
/// A knock or a handshake waits so long for a lost socket, as the apps do.
pub const ATTEMPT_GRACE: Duration = WAIT_SOCKET;
/// An accepted attempt without a verdict ends after this: M3, M4, the person's M5 and a little.
pub const ATTEMPT_MAX: Duration = Duration::from_secs(330);
/// A session whose apps are both gone is lost after this.
pub const SESSION_GRACE: Duration = Duration::from_secs(150);
/// An ended session takes late reports and frames of the other side for this long.
pub const CLOSING: Duration = Duration::from_secs(30);

/// A socket is pinged this often.
pub const PING_EVERY: Duration = Duration::from_secs(20);
/// A socket that said nothing at all for this long is dead.
pub const SILENCE_MAX: Duration = Duration::from_secs(60);

/// STUN answers to one place in [`STUN_WINDOW`]. Further requests are not answered.
pub const STUN_PER_WINDOW: u32 = 100;
/// See [`STUN_PER_WINDOW`].
pub const STUN_WINDOW: Duration = Duration::from_secs(10);
