//! The numbers that both sides and the broker hold each other to.

use std::time::Duration;

/// Longest record on the wire, header and tag included.
pub const RECORD_MAX: usize = 16_384;
/// Bytes of a record's header: type, lane, epoch, sequence number.
pub const RECORD_HEADER: usize = 14;
/// Bytes that AES-256-GCM adds to what it seals.
pub const TAG: usize = 16;
/// Longest payload of one record.
pub const PAYLOAD_MAX: usize = RECORD_MAX - RECORD_HEADER - TAG;
/// Longest signed statement.
pub const STATEMENT_MAX: usize = 33_000;
/// Longest M4, the only handshake message of variable length apart from M5.
pub const M4_MAX: usize = 34_000;
/// Longest binary frame that the relay passes on, session id included.
pub const RELAY_FRAME_MAX: usize = 65_536;
/// Longest text frame on a signalling socket.
pub const SIGNAL_TEXT_MAX: usize = 65_536;
/// Bytes that wait for a slow reader at the relay before its connection is dropped.
pub const RELAY_QUEUE_MAX: usize = 1 << 20;
/// Longest name that a customer may give, in bytes of UTF-8.
pub const NAME_MAX: usize = 64;
/// Longest reason that an operator may give with a request, in bytes of UTF-8.
pub const REASON_MAX: usize = 400;

/// Life of an access code.
pub const CODE_LIFE: Duration = Duration::from_secs(600);
/// How long the customer waits for the operator to answer the knock.
pub const WAIT_M2: Duration = Duration::from_secs(120);
/// How long either side waits for M3 and M4: nobody has to press anything for them.
pub const WAIT_M3_M4: Duration = Duration::from_secs(10);
/// How long the operator waits for the customer's check and consent.
pub const WAIT_M5: Duration = Duration::from_secs(300);
/// An attempt that is no session yet can't go on without the broker: it waits so long for a lost signalling socket.
pub const WAIT_SOCKET: Duration = Duration::from_secs(8);
/// A session without any path ends after this.
pub const WAIT_PATH: Duration = Duration::from_secs(120);
/// Without an ack for this long while something is unacknowledged, a path is dead.
pub const PATH_SILENCE: Duration = Duration::from_secs(5);
/// Handshakes that one code allows.
pub const TRIES_PER_CODE: u8 = 3;
/// Tries at typing the check number.
pub const CHECK_TRIES: u8 = 3;
/// Default lease of the right to see the screen.
pub const VIEW_LEASE: Duration = Duration::from_secs(30 * 60);
/// Default lease of every other right.
pub const OTHER_LEASE: Duration = Duration::from_secs(15 * 60);
/// Buttons that decide something arm only after this.
pub const ARMING: Duration = Duration::from_millis(800);
