//! What nobody comes by with, looked at every minute: disk, certificates, load, clock, the audit log; and the self-check,
//! daily.

use std::time::Duration;

use actix_web::web;
use beside_broker_core::observation::{Certificate, LoadMeasure};
use beside_broker_core::{Now, Observation};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::audit::safeguards::{CheckpointState, WitnessState};
use crate::check::{Grade, check};
use crate::config::Config;
use crate::http::Shared;
use crate::storage::StorageError;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// Rounds between two looks at the operators' certificates, and between two self-checks.
const HOURLY: u64 = 60;
const DAILY: u64 = 24 * 60;
const DAY_SECONDS: i64 = 86_400;

/// What a round compares with.
struct Before {
    now: Now,
    relayed: u64,
    answered: (u64, u64),
}

/// Goes round for ever; what befalls the audit log is told at once.
pub async fn go(
    shared: web::Data<Shared>,
    config: Config,
    mut checkpoints: watch::Receiver<CheckpointState>,
    mut witness: Option<watch::Receiver<WitnessState>>,
) {
    let mut interval = tokio::time::interval(EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = look(&shared);
    let mut round: u64 = 0;
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            Ok(()) = checkpoints.changed() => {
                signing(&shared, &checkpoints);
                continue;
            }
            Some(Ok(())) = changed(witness.as_mut()) => {
                witnessing(&shared, witness.as_ref());
                continue;
            }
        }
        let now = look(&shared);
        load(&shared, &before, &now).await;
        clock(&shared, &before, &now);
        before = now;
        surroundings(&shared);
        signing(&shared, &checkpoints);
        witnessing(&shared, witness.as_ref());
        if round.is_multiple_of(HOURLY)
            && let Err(error) = certificates(&shared).await
        {
            tracing::error!(%error, "the certificates could not be looked at");
        }
        if round.is_multiple_of(DAILY) {
            self_check(&shared, &config).await;
        }
        round += 1;
    }
}

async fn changed(witness: Option<&mut watch::Receiver<WitnessState>>) -> Option<Result<(), watch::error::RecvError>> {
    Some(witness?.changed().await)
}

fn look(shared: &Shared) -> Before {
    let exchange = &shared.exchange;
    let (relayed, _) = exchange.metrics.relayed_so_far();
    Before { now: exchange.clock.now(), relayed, answered: exchange.metrics.answered_so_far() }
}

#[expect(clippy::cast_precision_loss, reason = "a share is needed to a thousandth")]
async fn load(shared: &Shared, before: &Before, now: &Before) {
    let (load, unwritten) = shared.exchange.load().await;
    let seconds = (now.now.monotonic - before.now.monotonic).as_secs().max(1);
    let (answered, failed) = (now.answered.0 - before.answered.0, now.answered.1 - before.answered.1);
    let measure = LoadMeasure {
        connections: (load.operators + load.customers) as u64,
        relay_bytes_per_second: (now.relayed - before.relayed) / seconds,
        queue_depth: shared.hashing.waiting() as u64,
        error_rate: if answered == 0 { 0.0 } else { failed as f64 / answered as f64 },
    };
    shared.exchange.observe(Observation::Load(measure));
    if unwritten > 0 {
        shared.exchange.observe(Observation::AuditFault);
    }
}

fn clock(shared: &Shared, before: &Before, now: &Before) {
    let passed = i64::try_from((now.now.monotonic - before.now.monotonic).as_millis()).unwrap_or(i64::MAX);
    let by_ms = (now.now.unix_ms - before.now.unix_ms).saturating_sub(passed);
    shared.exchange.observe(Observation::ClockJumped { by_ms });
}

fn surroundings(shared: &Shared) {
    if let Some(ratio) = shared.surroundings.disk_free() {
        shared.exchange.observe(Observation::DiskFree { ratio });
    }
    if let Some(days) = shared.surroundings.certificate_days(shared.now()) {
        shared.exchange.observe(Observation::CertificateLeft { certificate: Certificate::Tls, days });
    }
}

fn signing(shared: &Shared, checkpoints: &watch::Receiver<CheckpointState>) {
    let state = *checkpoints.borrow();
    if state.refused_since.is_some() || state.failing_since.is_some() {
        shared.exchange.observe(Observation::AuditFault);
    }
}

fn witnessing(shared: &Shared, witness: Option<&watch::Receiver<WitnessState>>) {
    let Some(state) = witness.map(|witness| witness.borrow().clone()) else { return };
    if state.refusal.is_some() || state.failing_since.is_some() {
        shared.exchange.observe(Observation::AuditFault);
    }
}

/// Of accounts that have ended nobody renews the certificate.
async fn certificates(shared: &Shared) -> Result<(), StorageError> {
    let now = shared.now() / 1_000;
    for (operator, expires) in shared.exchange.storage.statement_ends().await? {
        let certificate = operator.map_or(Certificate::Status, Certificate::Operator);
        let days = (expires - now).div_euclid(DAY_SECONDS);
        shared.exchange.observe(Observation::CertificateLeft { certificate, days });
    }
    Ok(())
}

async fn self_check(shared: &Shared, config: &Config) {
    let (mut wrong, mut weak) = (0, 0);
    for finding in check(config, shared.now()).await {
        match finding.grade {
            Grade::Good => continue,
            Grade::Weak => weak += 1,
            Grade::Wrong => wrong += 1,
        }
        tracing::warn!(grade = finding.grade.as_str(), what = finding.what, words = finding.words, "self-check");
    }
    shared.exchange.observe(Observation::SelfCheck { wrong, weak });
}
