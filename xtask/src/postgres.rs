//! A PostgreSQL of one's own, from Debian's package: in a folder of its own, on a free port of this machine, until it is
//! dropped.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::command::Tool;

/// The user that Debian's package makes. PostgreSQL refuses to run as root.
const USER: &str = "postgres";
const OWNER: &str = "beside";
const LIMIT: Duration = Duration::from_secs(60);

/// A running server.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    /// Whether it runs as the package's user, because this process runs as root.
    as_its_user: bool,
}

impl Postgres {
    /// Starts a server that keeps nothing. Its files can be lost, so it never waits for the disk.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("beside-postgres-").tempdir()?;
        let as_its_user = rustix::process::geteuid().is_root();
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self { programs, folder, port, as_its_user };
        if as_its_user {
            Tool::new("chown").args([USER.as_ref(), server.folder.path().as_os_str()]).output()?;
        }
        server.run("initdb", &["--auth=trust", "--username", OWNER, "--no-sync", "--encoding=UTF8", "--locale=C"])?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off \
             -c max_connections=500",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        let log = log.to_string_lossy();
        server
            .run("pg_ctl", &["start", "--wait", "--silent", "--log", log.as_ref(), "--options", options.as_str()])
            .with_context(|| format!("PostgreSQL did not start: {}", fs::read_to_string(&*log).unwrap_or_default()))?;
        Ok(server)
    }

    /// Its address without a database: `postgres://USER@HOST:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let path = self.programs.join(program);
        let tool = if self.as_its_user {
            Tool::new("runuser").args(["-u", USER, "--"]).args([path.as_os_str()])
        } else {
            Tool::new(&path)
        };
        let data = self.folder.path().join("data");
        // It must not stand in a folder that its user can't read.
        let tool = tool.folder(Path::new("/")).args(["--pgdata".as_ref(), data.as_os_str()]).args(arguments);
        tool.limit(LIMIT).output().map(drop)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.run("pg_ctl", &["stop", "--mode=immediate", "--silent"]) {
            crate::say::error(&error.context("stopping PostgreSQL"));
        }
    }
}

/// Where Debian keeps the server's programs: in a folder for each version. The newest is taken.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("the package postgresql is not installed")?;
    let newest = versions
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .context("the package postgresql is not installed")?;
    Ok(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}
