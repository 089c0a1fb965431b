//! `serve`: binds, announces, runs until a signal, stops in order.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};
use anyhow::{Context as _, ensure};
use tokio::net::UdpSocket;
use tokio::time::MissedTickBehavior;

use crate::clock::{Clock, random};
use crate::config::Config;
use crate::exchange::Exchange;
use crate::hashing::Hashing;
use crate::http::{Shared, configure};
use crate::signalling::lifeline::Lifeline;
use crate::storage::Storage;
use crate::{stun, tls};

/// How often time passes for the switchboard.
const TICK: Duration = Duration::from_millis(500);
/// How long requests and sockets may take to end when the broker stops, in seconds.
const DRAIN: u64 = 5;

/// Runs until SIGTERM or SIGINT. Once it listens, `{"listening":"…","stun":"…"}` is written to `announce`.
///
/// # Errors
/// Says what could not be opened, read or bound.
pub async fn run(config: &Config, announce: &mut impl Write) -> anyhow::Result<()> {
    let tls = tls::server_config(&config.tls)?;
    let storage = Storage::open(&config.database.url).await.context("the database can't be opened")?;
    ensure!(storage.has_administrator().await?, "there is no administrator yet: run `init` first");
    let clock = Clock::start();
    let (switchboard, sessions) = storage.restore(clock.now()).await?;
    let exchange = Arc::new(Exchange::new(clock, storage, switchboard));
    let shared = web::Data::new(Shared {
        exchange: Arc::clone(&exchange),
        hashing: Hashing::new(&mut random())?,
        organisation_keys: config.organisation_keys.clone(),
    });

    let listener = TcpListener::bind(config.listen.public)
        .with_context(|| format!("listen.public: {} can't be bound", config.listen.public))?;
    let listening = listener.local_addr()?;
    let udp = UdpSocket::bind(listening)
        .await
        .with_context(|| format!("listen.public: {listening} can't be bound for UDP"))?;
    let stun_address = udp.local_addr()?;
    let server = HttpServer::new(move || {
        let headers = DefaultHeaders::new()
            .add(("X-Content-Type-Options", "nosniff"))
            .add(("Cache-Control", "no-store"))
            .add(("Strict-Transport-Security", "max-age=31536000"));
        App::new().app_data(shared.clone()).wrap(headers).configure(configure)
    })
    .on_connect(Lifeline::attach)
    .disable_signals()
    .shutdown_timeout(DRAIN)
    .listen_rustls_0_23(listener, tls)?
    .run();

    let stun_task = actix_web::rt::spawn(stun::answer(udp, clock));
    let ticking = actix_web::rt::spawn(tick(Arc::clone(&exchange)));
    let handle = server.handle();
    let stopping = Arc::clone(&exchange);
    actix_web::rt::spawn(async move {
        if let Err(error) = stop_signal().await {
            tracing::error!(%error, "signals can't be received; stopping");
        }
        tracing::info!("stopping");
        stopping.close_all();
        handle.stop(true).await;
    });
    writeln!(
        announce,
        "{}",
        serde_json::json!({ "listening": listening.to_string(), "stun": stun_address.to_string() })
    )?;
    announce.flush()?;
    tracing::info!(resumed_sessions = sessions.resumed, lost_sessions = sessions.lost, "listening");
    server.await.context("the server failed")?;
    stun_task.abort();
    ticking.abort();
    exchange.storage.clone().close().await.context("the database could not be closed")?;
    tracing::info!("stopped");
    Ok(())
}

async fn tick(exchange: Arc<Exchange>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // What could not be written was logged; time goes on.
        let _ = exchange.turn(|board, now, rng, out| board.tick(now, rng, out)).await;
    }
}

#[cfg(unix)]
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupt = tokio::signal::ctrl_c() => interrupt,
    }
}

#[cfg(not(unix))]
async fn stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
