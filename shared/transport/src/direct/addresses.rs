//! Where paths may run from this machine, and where the broker's STUN server is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use rtc::shared::ifaces::ifaces;
use tokio::net::lookup_host;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Local addresses of which a path makes use; a machine with more has bridges and tunnels enough.
const LOCAL_MAX: usize = 16;
/// A name server that needs longer costs the path its reflexive candidates, not its start.
const NAME_WAIT: Duration = Duration::from_secs(2);

/// The broker's STUN server, at most one address of each family. Resolved here, not by the WebRTC library: it would
/// stop its sockets while it waits for the name server.
pub(super) async fn stun_servers(stun: Option<&(String, u16)>) -> Vec<SocketAddr> {
    let Some((host, port)) = stun else {
        return Vec::new();
    };
    let Ok(Ok(found)) = timeout(NAME_WAIT, lookup_host((host.as_str(), *port))).await else {
        return Vec::new();
    };
    let found: Vec<_> = found.collect();
    let first = |v6: bool| found.iter().copied().find(|address| address.is_ipv6() == v6);
    [first(false), first(true)].into_iter().flatten().collect()
}

/// The addresses to bind, port 0: all of this machine but loopback, and loopback too if the broker is there.
pub(super) async fn to_bind(stun_servers: &[SocketAddr]) -> Vec<SocketAddr> {
    // Asking the system can take milliseconds where it has many adapters.
    let local = spawn_blocking(ifaces).await.ok().and_then(Result::ok).unwrap_or_default();
    let local = local.into_iter().filter_map(|interface| interface.addr).map(|address| address.ip());
    let loopback = stun_servers.iter().any(|server| server.ip().is_loopback());
    choose(local, loopback)
}

fn choose(local: impl Iterator<Item = IpAddr>, loopback: bool) -> Vec<SocketAddr> {
    let mut chosen: Vec<IpAddr> = Vec::new();
    if loopback {
        chosen.extend([IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)]);
    }
    for address in local.filter(is_reachable) {
        if chosen.len() < LOCAL_MAX && !chosen.contains(&address) {
            chosen.push(address);
        }
    }
    chosen.into_iter().map(|address| SocketAddr::new(address, 0)).collect()
}

/// Loopback reaches nobody, and a link-local address means nothing without its interface.
fn is_reachable(address: &IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !(address.is_loopback() || address.is_unspecified() || address.is_multicast() || link_local)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(local: &[&str], loopback: bool) -> Vec<String> {
        let local = local.iter().map(|text| text.parse::<IpAddr>().unwrap());
        choose(local, loopback).into_iter().map(|address| address.to_string()).collect()
    }

    #[test]
    fn only_addresses_that_somebody_can_reach_are_used() {
        let local = ["127.0.0.1", "192.0.2.7", "169.254.3.4", "fe80::1", "2001:db8::7", "192.0.2.7", "::1", "0.0.0.0"];
        assert_eq!(chosen(&local, false), ["192.0.2.7:0", "[2001:db8::7]:0"]);
        assert_eq!(chosen(&local, true), ["127.0.0.1:0", "[::1]:0", "192.0.2.7:0", "[2001:db8::7]:0"]);
    }

    #[test]
    fn a_machine_with_very_many_addresses_uses_some() {
        let many: Vec<String> = (0..200).map(|last| format!("192.0.2.{last}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(chosen(&many, false).len(), LOCAL_MAX);
    }

    #[tokio::test]
    async fn a_broker_on_this_machine_is_known_as_such() {
        let servers = stun_servers(Some(&("127.0.0.1".to_owned(), 3478))).await;
        assert_eq!(servers, [SocketAddr::from(([127, 0, 0, 1], 3478))]);
        assert!(to_bind(&servers).await.contains(&SocketAddr::from(([127, 0, 0, 1], 0))));
        assert!(stun_servers(None).await.is_empty());
        assert!(!to_bind(&[]).await.iter().any(|address| address.ip().is_loopback()));
    }
}
