//! The arrow check: which crate of the house may point to which. The plan is the table below; docs/architecture.md
//! draws it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, PackageId};

use super::Findings;

const PROTOCOL: &str = "beside-protocol";
const CONSENT: &str = "beside-consent";
const IDENTITY: &str = "beside-identity";
const INSTALLATION: &str = "beside-installation";
const CRYPTO: &str = "beside-crypto";
const SCREEN: &str = "beside-screen";
const SESSION: &str = "beside-session";
const DESKTOP: &str = "beside-desktop";
const TRANSPORT: &str = "beside-transport";
const CLIENT_CONTROLLER: &str = "beside-client-controller";
const MANAGER_CONTROLLER: &str = "beside-manager-controller";
const CLIENT: &str = "beside-client";
const MANAGER: &str = "beside-manager";
const BROKER_AUDIT: &str = "beside-audit";
const BROKER_CORE: &str = "beside-broker-core";
const BROKER_MIGRATION: &str = "beside-broker-migration";
const BROKER: &str = "beside-broker";
const BROKER_BENCH: &str = "beside-broker-bench";
const TESTKIT: &str = "beside-testkit";
const XTASK: &str = "xtask";

/// Who may point to whom, in shipped code and in tests alike.
const PLAN: &[(&str, &[&str])] = &[
    (PROTOCOL, &[]),
    (CONSENT, &[PROTOCOL]),
    (IDENTITY, &[PROTOCOL]),
    (INSTALLATION, &[PROTOCOL, IDENTITY]),
    (CRYPTO, &[PROTOCOL, IDENTITY]),
    (SCREEN, &[PROTOCOL]),
    (SESSION, &[PROTOCOL, CONSENT, IDENTITY, CRYPTO]),
    (DESKTOP, &[PROTOCOL, CONSENT, SCREEN]),
    (TRANSPORT, &[PROTOCOL, CONSENT, IDENTITY, CRYPTO, SESSION]),
    (CLIENT_CONTROLLER, &[PROTOCOL, CONSENT, IDENTITY, INSTALLATION, CRYPTO, SCREEN, SESSION, DESKTOP, TRANSPORT]),
    (MANAGER_CONTROLLER, &[PROTOCOL, CONSENT, IDENTITY, INSTALLATION, CRYPTO, SCREEN, SESSION, DESKTOP, TRANSPORT]),
    (CLIENT, &[PROTOCOL, INSTALLATION, CLIENT_CONTROLLER]),
    (MANAGER, &[PROTOCOL, INSTALLATION, MANAGER_CONTROLLER]),
    (BROKER_AUDIT, &[]),
    (BROKER_CORE, &[PROTOCOL, IDENTITY]),
    (BROKER_MIGRATION, &[]),
    (BROKER, &[PROTOCOL, IDENTITY, BROKER_AUDIT, BROKER_CORE, BROKER_MIGRATION]),
];

/// Tools of the house: they may point anywhere, and nothing points to them, not even from tests (a circle of
/// dev-dependencies compiles a crate twice).
const TOOLS: &[&str] = &[TESTKIT, BROKER_BENCH, XTASK];

/// What may not be reached from a crate, however long the way, in what ships.
const OUT_OF_REACH: &[(&str, &[&str])] = &[
    (BROKER, &[SESSION, CRYPTO, "tauri"]),
    (CLIENT, &["sea-orm", "actix-web"]),
    (MANAGER, &["sea-orm", "actix-web"]),
    (CLIENT_CONTROLLER, &["tauri"]),
    (MANAGER_CONTROLLER, &["tauri"]),
    (SESSION, &["tokio"]),
    (SCREEN, &["tokio"]),
    (CRYPTO, &["tokio"]),
    (BROKER_AUDIT, &["tokio"]),
    (BROKER_CORE, &["tokio"]),
];

/// Every arrow of the workspace that the plan does not have.
pub(crate) fn check(metadata: &Metadata) -> Findings {
    let house = house(metadata);
    let mut findings = judge(&house);
    let graph = shipped_graph(metadata);
    for (from, targets) in OUT_OF_REACH {
        findings.extend(reachable(&graph, from, targets));
    }
    findings
}

/// Each crate of the workspace with the crates of the workspace that it points to, of any kind.
fn house(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let arrows_of = |package: &cargo_metadata::Package| {
        let inside = package.dependencies.iter().filter(|dependency| members.contains(dependency.name.as_str()));
        (package.name.to_string(), inside.map(|dependency| dependency.name.clone()).collect())
    };
    metadata.workspace_packages().into_iter().map(arrows_of).collect()
}

fn judge(house: &BTreeMap<String, BTreeSet<String>>) -> Findings {
    let mut findings = Findings::new();
    for (from, targets) in house {
        if TOOLS.contains(&from.as_str()) {
            continue;
        }
        let Some((_, allowed)) = PLAN.iter().find(|(name, _)| name == from) else {
            findings.push(format!("{from} has no place in the plan (xtask/src/check/arrows.rs)"));
            continue;
        };
        let foreign = targets.iter().filter(|to| !allowed.contains(&to.as_str()));
        findings.extend(foreign.map(|to| format!("{from} → {to} is not an arrow of the plan")));
    }
    findings
}

/// Every package, by name, with the names that it needs to be built and to run.
fn shipped_graph(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let Some(from) = names.get(&node.id) else { continue };
        let targets = graph.entry((*from).to_owned()).or_default();
        for dependency in &node.deps {
            let ships = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if let (true, Some(to)) = (ships, names.get(&dependency.pkg)) {
                targets.insert((*to).to_owned());
            }
        }
    }
    graph
}

/// A finding, with the way, for each of `targets` that can be reached.
fn reachable(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, targets: &[&str]) -> Findings {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        for to in graph.get(here).into_iter().flatten() {
            if to != from && !came_from.contains_key(to.as_str()) {
                came_from.insert(to, here);
                open.push(to);
            }
        }
    }
    let way = |target: &str| {
        let mut names = vec![target];
        while let Some(previous) = names.last().and_then(|last| came_from.get(last)) {
            names.push(previous);
        }
        names.reverse();
        names.join(" → ")
    };
    let found = targets.iter().filter(|target| came_from.contains_key(**target));
    found.map(|target| format!("{from} must not reach {target}, but {}", way(target))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(list: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        list.iter().map(|(from, to)| ((*from).to_owned(), owned(to))).collect()
    }

    #[test]
    fn the_plan_itself_passes() {
        assert_eq!(judge(&arrows(PLAN)), Findings::new());
    }

    #[test]
    fn an_arrow_against_the_plan_is_named() {
        let findings = judge(&arrows(&[(BROKER, &[PROTOCOL, SESSION]), (PROTOCOL, &[CONSENT])]));
        assert_eq!(
            findings,
            [
                "beside-broker → beside-session is not an arrow of the plan",
                "beside-protocol → beside-consent is not an arrow of the plan",
            ]
        );
    }

    #[test]
    fn nobody_points_to_a_tool() {
        assert_eq!(judge(&arrows(&[(SESSION, &[TESTKIT]), (CLIENT, &[XTASK])])).len(), 2);
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(judge(&arrows(&[("beside-annexe", &[])])).len(), 1);
    }

    #[test]
    fn a_long_way_is_found_and_shown() {
        let graph = arrows(&[(BROKER, &["a"]), ("a", &["b"]), ("b", &[CRYPTO, BROKER])]);
        assert_eq!(
            reachable(&graph, BROKER, &[CRYPTO, SESSION]),
            ["beside-broker must not reach beside-crypto, but beside-broker → a → b → beside-crypto"]
        );
    }
}
