//! What Prometheus reads: counters that grow where things happen, and gauges that are read when it asks.

use std::sync::atomic::{AtomicU64, Ordering};

use beside_broker_core::switchboard::Load;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// A label that says what came of something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    outcome: &'static str,
}

/// The labels of an answered request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    listener: &'static str,
    status: u16,
}

/// A label that says of what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Kind {
    kind: &'static str,
}

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Relayed frames.
    relay_frames: Counter,
    /// Relayed bytes.
    relay_bytes: Counter,
    sign_ins: Family<Outcome, Counter>,
    knocks: Family<Outcome, Counter>,
    answers: Family<Answered, Counter>,
    answered: AtomicU64,
    failed: AtomicU64,
    storage_errors: Family<Outcome, Counter>,
    connections: Family<Kind, Gauge>,
    sessions: Gauge,
    codes: Gauge,
    signed_in: Gauge,
    queued: Gauge,
    unwritten: Gauge,
    certificate_days: Gauge,
    disk_free: Gauge<f64, AtomicU64>,
}

/// What is read when Prometheus asks.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// How full the switchboard's tables are.
    pub load: Load,
    /// Bytes that wait to be sent on all sockets.
    pub queued: usize,
    /// Records that the database did not take yet.
    pub unwritten: usize,
    /// Days until the TLS certificate ends; negative after it.
    pub certificate_days: Option<i64>,
    /// How much of the database's disk is free, from 0 to 1.
    pub disk_free: Option<f64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("beside_broker");
        let metrics = Self {
            relay_frames: Counter::default(),
            relay_bytes: Counter::default(),
            sign_ins: Family::default(),
            knocks: Family::default(),
            answers: Family::default(),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            storage_errors: Family::default(),
            connections: Family::default(),
            sessions: Gauge::default(),
            codes: Gauge::default(),
            signed_in: Gauge::default(),
            queued: Gauge::default(),
            unwritten: Gauge::default(),
            certificate_days: Gauge::default(),
            disk_free: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("relay_frames", "Frames that the relay passed on", metrics.relay_frames.clone());
        registry.register_with_unit(
            "relay",
            "Bytes that the relay passed on",
            Unit::Bytes,
            metrics.relay_bytes.clone(),
        );
        registry.register("sign_ins", "Sign-ins that were tried, by outcome", metrics.sign_ins.clone());
        registry.register("knocks", "Codes that were typed, by outcome", metrics.knocks.clone());
        registry.register("answers", "HTTP answers, by listener and status", metrics.answers.clone());
        registry.register("storage_errors", "What the database refused, by error", metrics.storage_errors.clone());
        registry.register("connections", "Open sockets, by kind", metrics.connections.clone());
        registry.register("sessions", "Sessions, attempts and those that have just ended", metrics.sessions.clone());
        registry.register("codes", "Live access codes", metrics.codes.clone());
        registry.register("signed_in", "Live sign-ins", metrics.signed_in.clone());
        registry.register_with_unit(
            "queued",
            "Bytes that wait to be sent on all sockets",
            Unit::Bytes,
            metrics.queued.clone(),
        );
        registry.register("unwritten_records", "Records that the database did not take yet", metrics.unwritten.clone());
        registry.register("certificate_days", "Days until the TLS certificate ends", metrics.certificate_days.clone());
        registry.register("disk_free_ratio", "How much of the database's disk is free", metrics.disk_free.clone());
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// A frame was relayed.
    pub fn relayed(&self, bytes: usize) {
        self.relay_frames.inc();
        self.relay_bytes.inc_by(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// Somebody tried to sign in.
    pub fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&Outcome { outcome }).inc();
    }

    /// Somebody typed a code.
    pub fn knock(&self, outcome: &'static str) {
        self.knocks.get_or_create(&Outcome { outcome }).inc();
    }

    /// A request was answered.
    pub fn answered(&self, listener: &'static str, status: u16) {
        self.answers.get_or_create(&Answered { listener, status }).inc();
        self.answered.fetch_add(1, Ordering::Relaxed);
        if status >= 500 {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Requests that were answered so far, and those of them that failed through the broker's own fault.
    #[must_use]
    pub fn answered_so_far(&self) -> (u64, u64) {
        // The failed ones first: they are never more than all.
        let failed = self.failed.load(Ordering::Relaxed);
        (self.answered.load(Ordering::Relaxed), failed)
    }

    /// The database refused.
    pub fn storage_error(&self, outcome: &'static str) {
        self.storage_errors.get_or_create(&Outcome { outcome }).inc();
    }

    /// Bytes and frames that were relayed so far.
    #[must_use]
    pub fn relayed_so_far(&self) -> (u64, u64) {
        (self.relay_bytes.get(), self.relay_frames.get())
    }

    /// Everything in the text format of OpenMetrics.
    #[must_use]
    pub fn encode(&self, reading: &Reading) -> String {
        let gauge = |gauge: &Gauge, value: usize| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        gauge(&self.connections.get_or_create(&Kind { kind: "operator" }), reading.load.operators);
        gauge(&self.connections.get_or_create(&Kind { kind: "customer" }), reading.load.customers);
        gauge(&self.connections.get_or_create(&Kind { kind: "console" }), reading.load.watchers);
        gauge(&self.sessions, reading.load.sessions);
        gauge(&self.codes, reading.load.codes);
        gauge(&self.signed_in, reading.load.sign_ins);
        gauge(&self.queued, reading.queued);
        gauge(&self.unwritten, reading.unwritten);
        if let Some(days) = reading.certificate_days {
            self.certificate_days.set(days);
        }
        if let Some(free) = reading.disk_free {
            self.disk_free.set(free);
        }
        let mut encoded = String::new();
        if let Err(error) = text::encode(&mut encoded, &self.registry) {
            tracing::error!(%error, "the metrics could not be encoded");
        }
        encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.relayed(100);
        metrics.relayed(20);
        metrics.sign_in("signed_in");
        metrics.answered("public", 200);
        let load = Load { sign_ins: 3, operators: 2, customers: 1, watchers: 6, sessions: 4, codes: 5 };
        let reading = Reading { load, queued: 77, unwritten: 0, certificate_days: Some(29), disk_free: Some(0.5) };
        let text = metrics.encode(&reading);
        for line in [
            "beside_broker_relay_bytes_total 120",
            "beside_broker_relay_frames_total 2",
            "beside_broker_sign_ins_total{outcome=\"signed_in\"} 1",
            "beside_broker_answers_total{listener=\"public\",status=\"200\"} 1",
            "beside_broker_connections{kind=\"operator\"} 2",
            "beside_broker_connections{kind=\"console\"} 6",
            "beside_broker_queued_bytes 77",
            "beside_broker_certificate_days 29",
            "beside_broker_disk_free_ratio 0.5",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
