//! `serve`: binds, announces, runs until a signal, stops in order.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web;
use anyhow::{Context as _, ensure};
use tokio::net::UdpSocket;

use crate::alerts;
use crate::alerts::memory::recall;
use crate::alerts::outlet::Outlet;
use crate::alerts::watch::Watch;
use crate::audit::Actor;
use crate::audit::safeguards::Safeguards;
use crate::clock::{Clock, every, random};
use crate::commands::open;
use crate::config::{Audit, Config};
use crate::credentials::hashing::Hashing;
use crate::exchange::Exchange;
use crate::http::rights::Listener;
use crate::http::{Shared, configure, configure_metrics, live};
use crate::listener::{self, DRAIN, bind};
use crate::platform::{open_files_limit, stop_signal};
use crate::retention::delete_past;
use crate::storage::Storage;
use crate::stun;
use crate::surroundings::Surroundings;
use crate::tls::Certificate;
use crate::witness::offering::Offering;

/// How often time passes for the switchboard.
const TICK: Duration = Duration::from_millis(500);
/// How often changes by other processes are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How often what is past its time is deleted: at the start, and then daily.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs until SIGTERM or SIGINT. Once it listens, one line of JSON is written to `announce`: `listening`, `stun`,
/// `administration` and `metrics`, each an address.
///
/// # Errors
/// Says what could not be opened, read or bound.
pub async fn run(config: &Config, announce: &mut impl Write) -> anyhow::Result<()> {
    let open_files = open_files_limit();
    let certificate = Certificate::read(&config.tls)?;
    let storage = open(config).await?;
    ensure!(storage.active_administrators().await? > 0, "there is no administrator yet: run `init` first");
    let clock = Clock::start();
    let offering = Offering::configured(&config.audit, &storage)?;
    let (switchboard, sessions) = storage.restore(clock.now()).await?;
    let (watch, alarms) = Watch::new(storage.policy().await?.alerts, config.alerts.zone()?);
    let outlets = Outlet::configured(config)?;
    let exchange = Arc::new(Exchange::new(clock, storage, switchboard, watch));
    recall(&exchange).await?;
    let clerk = actix_web::rt::spawn(Arc::clone(&exchange).keep_log());
    let surroundings = Surroundings::new(config, Arc::clone(&certificate));
    let (hashing, ways) = (Hashing::new(&mut random())?, outlets.iter().map(Outlet::way).collect());
    let shared = web::Data::new(Shared::new(config, Arc::clone(&exchange), hashing, surroundings, ways).await?);

    let public = bind("listen.public", config.listen.public)?;
    let administration = bind("listen.administration", config.listen.administration)?;
    let metrics = bind("listen.metrics", config.listen.metrics)?;
    let listening = public.local_addr()?;
    let udp = UdpSocket::bind(listening)
        .await
        .with_context(|| format!("listen.public: {listening} can't be bound for UDP"))?;
    let announced = serde_json::json!({
        "listening": listening.to_string(),
        "stun": udp.local_addr()?.to_string(),
        "administration": administration.local_addr()?.to_string(),
        "metrics": metrics.local_addr()?.to_string(),
    });
    let servers = [
        listener::serve("public", public, &certificate, &shared, |config| configure(config, Listener::Public))?,
        listener::serve("administration", administration, &certificate, &shared, |config| {
            configure(config, Listener::Administration);
        })?,
        listener::serve("metrics", metrics, &certificate, &shared, configure_metrics)?,
    ];
    let tasks = [
        actix_web::rt::spawn(stun::answer(udp, clock)),
        actix_web::rt::spawn(tick(Arc::clone(&exchange))),
        actix_web::rt::spawn(look(shared.clone())),
        actix_web::rt::spawn(show(shared.clone())),
        actix_web::rt::spawn(write_back(exchange.storage.clone())),
        actix_web::rt::spawn(Arc::clone(&shared.statistics).keep()),
        actix_web::rt::spawn(certificate.follow()),
        actix_web::rt::spawn(index_names(exchange.storage.clone())),
        actix_web::rt::spawn(retain(exchange.storage.clone(), config.audit.clone(), clock)),
    ];
    let backups = shared.backups.clone().map(|backups| actix_web::rt::spawn(backups.keep(Arc::clone(&exchange))));
    let safeguards = Safeguards::start(exchange.storage.clone(), clock, offering);
    let alerting = alerts::start(&shared, config, outlets, alarms, &safeguards);
    let handles: Vec<_> = servers.iter().map(Server::handle).collect();
    let stopping = Arc::clone(&exchange);
    let stop = stop_signal().context("signals can't be received")?;
    actix_web::rt::spawn(async move {
        stop.await;
        tracing::info!("stopping");
        // A socket that does not close is cut with its connection.
        let _ = tokio::time::timeout(Duration::from_secs(DRAIN), stopping.drain()).await;
        for handle in handles {
            handle.stop(true).await;
        }
    });
    writeln!(announce, "{announced}")?;
    announce.flush()?;
    tracing::info!(resumed_sessions = sessions.resumed, lost_sessions = sessions.lost, open_files, "listening");
    for ended in futures_util::future::join_all(servers).await {
        ended.context("the server failed")?;
    }
    for task in tasks.into_iter().chain(alerting).chain(backups) {
        task.abort();
    }
    exchange.close();
    clerk.await.context("the log could not be kept to the end")?;
    safeguards.stop().await.context("the audit log could not be signed")?;
    exchange.storage.clone().close().await.context("the database could not be closed")?;
    tracing::info!("stopped");
    Ok(())
}

/// Takes up what other processes changed: address lists, hours, memberships, policy.
async fn look(shared: web::Data<Shared>) {
    every(LOOK, async || {
        if let Err(error) = shared.refresh_rules().await {
            tracing::error!(%error, "the rules of access could not be read again");
        }
    })
    .await;
}

/// Sends the consoles what has changed.
async fn show(shared: web::Data<Shared>) {
    every(TICK, async || {
        if let Err(error) = live::refresh(&shared).await {
            tracing::error!(%error, "consoles could not be told what goes on");
        }
    })
    .await;
}

/// Keeps the write-ahead log short.
async fn write_back(storage: Storage) {
    every(LOOK, async || {
        if let Err(error) = storage.write_back().await {
            tracing::error!(%error, "the write-ahead log could not be written back");
        }
    })
    .await;
}

/// Makes names findable that customers gave before there was an index of them.
async fn index_names(storage: Storage) {
    match storage.index_names().await {
        Ok(0) => {}
        Ok(names) => tracing::info!(names, "names of customers were indexed"),
        Err(error) => tracing::error!(%error, "names of customers could not be indexed; the next start tries again"),
    }
}

/// Deletes what is past its time.
async fn retain(storage: Storage, audit: Audit, clock: Clock) {
    every(RETENTION, async || match delete_past(&storage, &audit, &Actor::Broker, clock.now().unix_ms).await {
        Ok(deleted) => tracing::info!(?deleted, "what is past its time was deleted"),
        Err(error) => tracing::error!(%error, "what is past its time could not be deleted"),
    })
    .await;
}

async fn tick(exchange: Arc<Exchange>) {
    every(TICK, async || {
        // What could not be written was logged; time goes on.
        let _ = exchange.turn(|board, now, rng, out| board.tick(now, rng, out)).await;
    })
    .await;
}
