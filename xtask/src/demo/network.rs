//! The network of a scene: a namespace with the loopback interface alone, in which packets are counted or dropped.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::scene::Scene;
use crate::command::Tool;

/// Counts what goes to and from the broker by TCP, and what goes past it by UDP.
const COUNTERS: &str = "add table inet beside
    add counter inet beside relayed
    add counter inet beside direct
    add chain inet beside sent { type filter hook output priority 0; }";
/// Drops every UDP packet.
const NO_UDP: &str = "add rule inet beside sent meta l4proto udp drop";

/// A network that was made.
pub(crate) struct Network(());

/// Bytes on the wire, with their headers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traffic {
    /// Between the broker and anybody, by TCP.
    pub(crate) relayed: u64,
    /// Between anybody else, by UDP.
    pub(crate) direct: u64,
}

impl Network {
    /// Makes the network of the namespace that this program was started in.
    pub(crate) fn make(scene: Scene) -> Result<Self> {
        let links = Tool::new("ip").args(["-brief", "link"]).output()?;
        ensure!(links.lines().count() <= 1, "refusing to change the network outside a namespace of its own");
        Tool::new("ip").args(["link", "set", "lo", "up"]).show()?;
        nft(COUNTERS)?;
        match scene {
            Scene::Direct | Scene::Refusals => {}
            Scene::Relay => nft(NO_UDP)?,
        }
        Ok(Self(()))
    }

    /// Begins to count, now that the broker's port is known.
    pub(crate) fn count(&self, broker: &str) -> Result<()> {
        let (_, port) = broker.rsplit_once(':').context("the broker's address has no port")?;
        nft(&format!(
            "add rule inet beside sent tcp sport {port} counter name relayed
            add rule inet beside sent tcp dport {port} counter name relayed
            add rule inet beside sent udp sport != {port} udp dport != {port} counter name direct"
        ))
    }

    /// What was counted so far.
    pub(crate) fn traffic(&self) -> Result<Traffic> {
        parse(&Tool::new("nft").args(["-j", "list", "counters", "table", "inet", "beside"]).output()?)
    }
}

fn nft(rules: &str) -> Result<()> {
    Tool::new("nft").args([rules]).show()
}

/// What `nft -j` prints, as far as counters go (libnftables-json(5)).
#[derive(Deserialize)]
struct Listing {
    nftables: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    counter: Option<Counter>,
}

#[derive(Deserialize)]
struct Counter {
    name: String,
    bytes: u64,
}

fn parse(json: &str) -> Result<Traffic> {
    let listing: Listing = serde_json::from_str(json).context("nft's counters have another form")?;
    let bytes = |name| {
        let counter = listing.nftables.iter().filter_map(|entry| entry.counter.as_ref()).find(|it| it.name == name);
        counter.map(|counter| counter.bytes).with_context(|| format!("nft has no counter {name}"))
    };
    Ok(Traffic { relayed: bytes("relayed")?, direct: bytes("direct")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_name() {
        let counter = |name: &str, bytes: u64| {
            serde_json::json!({ "counter": {
                "family": "inet", "name": name, "table": "beside", "handle": 1, "packets": 2, "bytes": bytes,
            }})
        };
        let metainfo = serde_json::json!({ "metainfo": { "version": "1", "json_schema_version": 1 } });
        let listing = serde_json::json!({ "nftables": [metainfo, counter("direct", 7), counter("relayed", 9)] });
        assert_eq!(parse(&listing.to_string()).unwrap(), Traffic { relayed: 9, direct: 7 });
        assert!(parse("{ \"nftables\": [] }").is_err());
    }
}
