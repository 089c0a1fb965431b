//! Everything that a demo starts, ended by process id when the demo ends, however it ends.
//!
//! What is started starts more: a session bus its services, a web view its own processes, a terminal its shell. They
//! all inherit a variable whose value is this run's own, and are found by it; nothing else is ever touched.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use getrandom::SysRng;
use rand_core::TryRng as _;
use rustix::process::{Pid, Signal, kill_process};

use super::wait;
use crate::command::open_log;

/// The variable that marks what belongs to a demo.
const MARK: &str = "BESIDE_DEMO_RUN";
/// How long what was asked to end may take before it is made to.
const PATIENCE: Duration = Duration::from_secs(3);

/// The processes of one run. Dropping it ends them all.
pub(crate) struct Processes {
    mark: String,
    logs: PathBuf,
    runtime: PathBuf,
    children: Vec<Child>,
}

/// What a process is started with beyond its program and arguments.
pub(crate) type Environment = Vec<(&'static str, OsString)>;

impl Processes {
    /// No process yet; each will write to a file of its own in `logs`.
    pub(crate) fn new(logs: &Path) -> Result<Self> {
        let mark = format!("{:016x}", SysRng.try_next_u64().context("drawing a number")?);
        let runtime = std::env::temp_dir().join(format!("beside-{mark}"));
        fs::create_dir(&runtime).with_context(|| format!("making {}", runtime.display()))?;
        Ok(Self { mark, logs: logs.to_owned(), runtime, children: Vec::new() })
    }

    /// A folder for sockets, whose paths must be short; it goes when the processes do.
    pub(crate) fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// Starts a program that stays. `name` is its log's name.
    pub(crate) fn start(&mut self, name: &str, command: &mut Command, environment: &Environment) -> Result<u32> {
        let log = open_log(&self.log(name))?;
        command.stdout(log.try_clone()?).stderr(log);
        let child = self.spawn(name, command, environment)?;
        let id = child.id();
        self.children.push(child);
        Ok(id)
    }

    /// Starts a program that stays, and returns its id and its standard output, which is the caller's to read.
    pub(crate) fn start_piped(
        &mut self,
        name: &str,
        command: &mut Command,
        environment: &Environment,
    ) -> Result<(u32, ChildStdout)> {
        command.stdout(Stdio::piped()).stderr(open_log(&self.log(name))?);
        let mut child = self.spawn(name, command, environment)?;
        let (id, output) = (child.id(), child.stdout.take());
        self.children.push(child);
        Ok((id, output.with_context(|| format!("{name} has no standard output"))?))
    }

    /// Whether the process with this id, started here, is still there.
    pub(crate) fn runs(&mut self, id: u32) -> bool {
        let child = self.children.iter_mut().find(|child| child.id() == id);
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Ends the process with this id, started here, at once.
    pub(crate) fn kill(&mut self, id: u32) -> Result<()> {
        let child = self.children.iter_mut().find(|child| child.id() == id).context("no such process was started")?;
        child.kill().context("ending a program")?;
        child.wait().context("ending a program").map(|_| ())
    }

    /// Where a process started under `name` writes to.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    fn spawn(&self, name: &str, command: &mut Command, environment: &Environment) -> Result<Child> {
        command.env(MARK, &self.mark).stdin(Stdio::null());
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.spawn().with_context(|| format!("starting {name}"))
    }

    /// Asks everything to end, then makes it.
    fn end(&mut self) -> Result<()> {
        signal_each(&self.mark, Signal::TERM)?;
        let gone = wait::until_even_if_interrupted(PATIENCE, || self.reap_and_look());
        if !gone {
            signal_each(&self.mark, Signal::KILL)?;
            wait::until_even_if_interrupted(PATIENCE, || self.reap_and_look());
        }
        fs::remove_dir_all(&self.runtime).with_context(|| format!("removing {}", self.runtime.display()))
    }

    fn reap_and_look(&mut self) -> bool {
        self.children.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        marked(&self.mark).is_ok_and(|ids| ids.is_empty())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            crate::say::error(&error.context("ending what the demo had started"));
        }
    }
}

fn signal_each(mark: &str, signal: Signal) -> Result<()> {
    for id in marked(mark)? {
        // It may have ended by itself since it was found.
        let _ = kill_process(id, signal);
    }
    Ok(())
}

/// The ids of all processes that carry the mark.
fn marked(mark: &str) -> Result<Vec<Pid>> {
    let wanted = format!("{MARK}={mark}");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("listing processes")? {
        let Ok(entry) = entry else { continue };
        let id = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        // A process of somebody else, or one that has just ended, has no readable environment.
        let (Some(id), Ok(environment)) = (id, fs::read(entry.path().join("environ"))) else { continue };
        if environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes()) {
            found.push(id);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_what_was_started_and_what_that_started() {
        let folder = std::env::temp_dir().join(format!("beside-xtask-processes-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut processes = Processes::new(&folder).unwrap();
        let mark = processes.mark.clone();
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' TERM; setsid sleep 60 & sleep 60 & echo ready; wait; sleep 60"]);
        let id = processes.start("shell", &mut shell, &Environment::new()).unwrap();
        wait::until("the shell's children", PATIENCE, || Ok((marked(&mark)?.len() == 3).then_some(()))).unwrap();
        assert!(processes.runs(id));
        drop(processes);
        assert_eq!(marked(&mark).unwrap(), Vec::<Pid>::new());
        fs::remove_dir_all(&folder).unwrap();
    }
}
