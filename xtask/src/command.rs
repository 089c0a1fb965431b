//! Running one program to its end, with a time limit, its words kept in a log.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{clock, interrupt};

/// How often a running program is asked whether it has ended.
const LOOK: Duration = Duration::from_millis(50);
/// How long a program that was asked to end may take.
const GRACE: Duration = Duration::from_secs(10);
/// Lines of a log that an error repeats.
const TAIL: usize = 40;

/// A program with its arguments.
pub(crate) struct Tool {
    command: Command,
    input: Vec<u8>,
    limit: Duration,
}

/// How a program ended and what it said.
pub(crate) struct Ended {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Ended {
    /// Whether it says so itself by its exit status.
    pub(crate) fn success(&self) -> bool {
        self.status.success()
    }

    /// Everything it said: standard output, then standard error.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&[&self.stdout[..], &self.stderr].concat()).into_owned()
    }
}

impl Tool {
    /// `program` without arguments, without standard input, to be ended after an hour.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command, input: Vec::new(), limit: Duration::from_secs(3600) }
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes an environment variable away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the working folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives it this to read from standard input: a few bytes, [`output`](Self::output), [`bytes`](Self::bytes) and
    /// [`ended`](Self::ended) only.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = bytes.into();
        self
    }

    /// Ends the program after this long.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it in the terminal of the person who waits.
    pub(crate) fn show(mut self) -> Result<()> {
        let words = self.words();
        let child = self.command.spawn().with_context(|| format!("starting {words}"))?;
        let status = wait(child, self.limit).with_context(|| words.clone())?;
        if status.success() { Ok(()) } else { bail!("{words} failed ({status})") }
    }

    /// Runs it and returns what it wrote to standard output.
    pub(crate) fn output(self) -> Result<String> {
        let words = self.words();
        String::from_utf8(self.bytes()?).with_context(|| format!("{words} wrote something that is not UTF-8"))
    }

    /// Likewise, where that is no text.
    pub(crate) fn bytes(self) -> Result<Vec<u8>> {
        let words = self.words();
        let ended = self.ended()?;
        if !ended.success() {
            bail!("{words} failed ({}): {}", ended.status, String::from_utf8_lossy(&ended.stderr).trim());
        }
        Ok(ended.stdout)
    }

    /// Runs it to its end, good or bad.
    pub(crate) fn ended(mut self) -> Result<Ended> {
        let words = self.words();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().with_context(|| format!("starting {words}"))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends before it has read everything says itself why.
            let _ = std::io::Write::write_all(&mut stdin, &self.input);
        }
        let output = child.wait_with_output().with_context(|| words.clone())?;
        Ok(Ended { status: output.status, stdout: output.stdout, stderr: output.stderr })
    }

    /// Runs it, adds everything it says to the end of `log`, and returns that. An error repeats its last lines.
    pub(crate) fn logged(mut self, log: &Path) -> Result<String> {
        let words = self.words();
        let start = fs::metadata(log).map_or(0, |data| data.len());
        let mut file = open_log(log)?;
        std::io::Write::write_all(&mut file, format!("$ {words}\n").as_bytes())?;
        self.command.stdout(file.try_clone()?).stderr(file).env("TERM", "dumb").env("NO_COLOR", "1");
        let child = self.command.spawn().with_context(|| format!("starting {words}"))?;
        let status = wait(child, self.limit);
        let said = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        let said = said.get(usize::try_from(start)?..).unwrap_or(&said).to_owned();
        match status {
            Ok(status) if status.success() => Ok(said),
            Ok(status) => bail!("{words} failed ({status}):\n{}\nThe whole log: {}", tail(&said), log.display()),
            Err(error) => Err(error.context(format!("{words}:\n{}\nThe whole log: {}", tail(&said), log.display()))),
        }
    }

    fn words(&self) -> String {
        let program = PathBuf::from(self.command.get_program());
        let mut words = vec![program.file_name().map_or_else(OsString::new, OsStr::to_owned)];
        words.extend(self.command.get_args().map(OsStr::to_owned));
        words.join(OsStr::new(" ")).to_string_lossy().into_owned()
    }
}

/// Opens a log for adding to it.
pub(crate) fn open_log(log: &Path) -> Result<File> {
    File::options().create(true).append(true).open(log).with_context(|| format!("opening {}", log.display()))
}

/// Waits for the end of `child`; ends it after `limit` or when somebody asks for the end.
fn wait(mut child: Child, limit: Duration) -> Result<ExitStatus> {
    let start = clock::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let late = start.elapsed() > limit;
        if late || interrupt::came() {
            end(&mut child)?;
            interrupt::check()?;
            bail!("no end after {} s", limit.as_secs());
        }
        std::thread::sleep(LOOK);
    }
}

/// Asks a program to end, so that it can end what it started, then makes it.
fn end(child: &mut Child) -> Result<()> {
    if let Some(id) = Pid::from_raw(child.id().cast_signed()) {
        kill_process(id, Signal::TERM).context("ending a program")?;
    }
    let start = clock::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > GRACE {
            child.kill()?;
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let error = Tool::new("sleep").args(["60"]).limit(Duration::from_millis(100)).show().unwrap_err();
        assert!(format!("{error:#}").contains("no end after"), "{error:#}");
    }

    #[test]
    fn a_program_reads_its_input_and_says_how_it_ended() {
        let ended = Tool::new("sh").args(["-c", "cat; echo because >&2; exit 3"]).input("in").ended().unwrap();
        assert!(!ended.success());
        assert_eq!(ended.said(), "inbecause\n");
        let error = Tool::new("sh").args(["-c", "echo because >&2; exit 3"]).input("unread").bytes().unwrap_err();
        assert!(format!("{error:#}").ends_with("because"), "{error:#}");
    }

    #[test]
    fn a_failure_repeats_the_last_words() {
        let folder = std::env::temp_dir().join(format!("beside-xtask-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("failure.log");
        let error = Tool::new("sh").args(["-c", "echo because; exit 3"]).logged(&log).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        assert!(format!("{error:#}").contains("because"), "{error:#}");
    }
}
