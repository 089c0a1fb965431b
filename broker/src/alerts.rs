//! Telling somebody: what is worth an alert goes into the log and to those who are to know, and who is to be blocked is.
//!
//! [`watch::Watch`] takes what is observed, and [`memory`] tells it what was before; [`keeping`] writes what comes of it;
//! [`outlet`]s send it; [`rounds`] look at what nobody comes by with.

pub mod keeping;
pub mod mail;
pub mod memory;
pub mod outlet;
pub mod rounds;
pub mod watch;
pub mod webhook;
pub mod words;

use std::sync::Arc;

use actix_web::web;
use beside_broker_core::alarms::Alarm;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use self::outlet::Outlet;
use crate::audit::safeguards::Safeguards;
use crate::config::Config;
use crate::http::Shared;

/// Sets everything to work that keeps, sends and looks.
#[must_use]
pub fn start(
    shared: &web::Data<Shared>,
    config: &Config,
    outlets: Vec<Outlet>,
    alarms: mpsc::Receiver<Alarm>,
    safeguards: &Safeguards,
) -> Vec<JoinHandle<()>> {
    let wake = Arc::new(Notify::new());
    let channels = outlets.iter().map(|outlet| outlet.way().channel).collect();
    let (checkpoints, witness) = (safeguards.checkpoints.clone(), safeguards.witness.clone());
    let mut tasks = vec![
        actix_web::rt::spawn(keeping::keep(shared.clone(), channels, alarms, Arc::clone(&wake))),
        actix_web::rt::spawn(rounds::go(shared.clone(), config.clone(), checkpoints, witness)),
    ];
    let exchange = &shared.exchange;
    tasks.extend(
        outlets.into_iter().map(|outlet| {
            actix_web::rt::spawn(outlet.work(exchange.storage.clone(), exchange.clock, Arc::clone(&wake)))
        }),
    );
    tasks
}
