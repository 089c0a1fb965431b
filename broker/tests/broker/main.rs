//! The broker as its users meet it: the real program, a temporary SQLite file, real HTTP and WebSocket over TLS 1.3,
//! spoken to by a raw peer.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of it is a test, where a panic is a failure")]

mod account_links;
mod accounts;
mod addresses;
mod afterwards;
mod alerts;
mod at_rest;
mod attempts;
mod audit;
mod audited;
mod backup;
mod bad_input;
mod command_line;
mod console;
mod crawl;
mod customers;
mod demo_data;
mod endpoints;
mod exports;
mod governance;
mod harness;
mod live;
mod losses;
mod openapi;
mod passwords;
mod proxies;
mod random;
mod retention;
mod reviews;
mod rights;
mod second_factors;
mod sessions;
mod statistics;
#[cfg(target_os = "linux")]
mod storage_trouble;
mod timing;
mod watching;
mod witness;
