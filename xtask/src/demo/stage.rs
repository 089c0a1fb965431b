//! The stage of the demo: broker, statements, both desktops, each with what it needs and nothing more.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::authority;
use super::broker::{Account, Broker};
use super::build::Programs;
use super::desktop::{Desktop, Server};
use super::organisation::Signers;
use super::processes::Processes;
use crate::checkout::Checkout;

/// The operator's name, for the account and the certificate.
pub(crate) const OPERATOR: &str = "Park Jiwon";
const CUSTOMER_SCREEN: (u16, u16) = (1920, 1080);
const NESTED_SCREEN: (u16, u16) = (1280, 800);
const MANAGER_SCREEN: (u16, u16) = (1600, 1000);

/// Everything that runs, with the apps ready to be opened.
pub(crate) struct Stage {
    pub(crate) broker: Broker,
    pub(crate) signers: Signers,
    pub(crate) operator: Account,
    pub(crate) customer_desktop: Desktop,
    pub(crate) manager_desktop: Desktop,
    /// The client, its `org.json` beside it.
    pub(crate) client: PathBuf,
    /// The manager, likewise.
    pub(crate) manager: PathBuf,
    /// Dropped last: ends all the others.
    pub(crate) processes: Processes,
}

impl Stage {
    /// Sets everything up in an empty `target/demo-data`.
    pub(crate) fn set(checkout: &Checkout, programs: &Programs, servers: (Server, Server)) -> Result<Self> {
        let data = checkout.fresh_output("demo-data")?;
        let mut processes = Processes::new(&checkout.fresh_output("reports/demo-logs")?)?;

        let tls = authority::issue(&data, &["127.0.0.1", "localhost"])?;
        let signers = Signers::generate();
        let mut broker = Broker::configure(&programs.broker, &data, &tls, &signers.organisation_key())?;
        let administrator = broker.init()?;
        let operator = broker.add_operator(OPERATOR)?;
        broker.serve(&mut processes)?;

        let credential = signers.certify(&operator.id, OPERATOR)?;
        broker.upload(&administrator, &[&credential.operator, &credential.status])?;
        let trust = data.join("trust.json");
        signers.write_trust(&trust, &tls.authority)?;

        let install = |program: &Path, name: &str| -> Result<PathBuf> {
            let folder = data.join(name);
            fs::create_dir_all(&folder)?;
            signers.write_organisation(&folder.join("org.json"), broker.address())?;
            let installed = folder.join(format!("beside-{name}"));
            link(program, &installed)?;
            Ok(installed)
        };
        let client = install(&programs.client, "client")?;
        let manager = install(&programs.manager, "manager")?;

        let runtime = processes.runtime().to_owned();
        let mut desktop = |name, server, size| -> Result<Desktop> {
            let mut desktop = Desktop::start(
                &mut processes,
                name,
                server,
                size,
                &data.join(format!("{name}-home")),
                &runtime.join(name),
            )?;
            desktop.set("BESIDE_DEMO_TRUST", OsString::from(&trust));
            Ok(desktop)
        };
        let customer_screen = if servers.0 == Server::Nested { NESTED_SCREEN } else { CUSTOMER_SCREEN };
        let customer_desktop = desktop("customer", servers.0, customer_screen)?;
        let manager_desktop = desktop("manager", servers.1, MANAGER_SCREEN)?;
        customer_desktop.furnish(&mut processes)?;
        credential.store_key(manager_desktop.data(), &operator.id, &operator.password)?;

        Ok(Self { broker, signers, operator, customer_desktop, manager_desktop, client, manager, processes })
    }
}

/// A hard link, or a copy where the two folders lie on different file systems.
fn link(from: &Path, to: &Path) -> Result<()> {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    }
    Ok(())
}
