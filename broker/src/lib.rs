//! The broker of Beside: signs operators in, issues codes, introduces the two sides, relays when it must, keeps the log.
//!
//! What it decides is in `beside-broker-core`, which is pure; here are the sockets, the database and the clock that
//! drive it. [`exchange`] is where the two meet.
#![forbid(unsafe_code)]

pub mod access;
pub mod alerts;
pub mod audit;
pub mod backups;
pub mod check;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod csv;
pub mod demo_data;
pub mod exchange;
pub mod http;
pub mod https_client;
pub mod listener;
pub mod metrics;
pub mod platform;
pub mod retention;
pub mod sealing;
pub mod secret_file;
pub mod serve;
pub mod signalling;
pub mod statistics;
pub mod storage;
pub mod stun;
pub mod surroundings;
pub mod tls;
pub mod witness;
