//! Both apps as whole programs, without windows: each is driven through its handle as its shell would drive it, against
//! the real broker (its own process, TLS, a database file) and over real sockets. The customer's desktop is a painted one.
//!
//! Nobody sleeps here and nobody polls: a test waits for a view, for [`screen::SOON`] at most, since no view that a test
//! waits for depends on a person other than the test. The exceptions are [`customer::Customer::reads`], and the waits that
//! the broker imposes after failed sign-ins.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of it is a test, where a panic is a failure")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one view and waits past all others")]

mod broker;
mod customer;
mod desktop;
mod guesser;
mod operator;
mod organisation;
mod place;
mod screen;
mod wire;

mod broker_vanishes;
mod codes;
mod copies;
mod leaving;
mod organisation_file;
mod proof;
mod sign_in;
mod silence;
mod tls;
mod whole_session;
