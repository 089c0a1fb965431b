//! A time-stamp authority of our own (RFC 3161 over HTTP), on this machine's loopback, for tests: production asks a
//! public one by the very same option.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::command::Tool;
use crate::say;

/// The longest request that is read, in bytes; a real one has under a hundred.
const REQUEST_MAX: u64 = 4096;
const PATIENCE: Duration = Duration::from_secs(5);
/// How OpenSSL answers. The policy's number is one that is kept for examples.
const CONFIGURATION: &str = "[tsa]
default_tsa = ours
[ours]
serial = serial
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
";

/// Files in PEM that an authority answers from.
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    /// The authority above it.
    pub(super) root: PathBuf,
}

/// A running authority, until it is dropped.
pub(super) struct TimeStamps {
    address: SocketAddr,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TimeStamps {
    /// Starts one. It keeps its serial number, which begins anew each time, in a folder of its own, so that several can
    /// answer from the same files.
    pub(super) fn start(files: Files) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("beside-time-stamps-").tempdir()?;
        fs::write(folder.path().join("tsa.cnf"), CONFIGURATION)?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let end = Arc::new(AtomicBool::new(false));
        let authority = Authority { folder, files };
        let seen = Arc::clone(&end);
        let thread = std::thread::spawn(move || {
            for caller in listener.incoming() {
                if seen.load(Ordering::Relaxed) {
                    break;
                }
                if let Err(error) = caller.map_err(anyhow::Error::from).and_then(|caller| authority.serve(&caller)) {
                    say::error(&error.context("the test authority's time-stamp"));
                }
            }
        });
        Ok(Self { address, end, thread: Some(thread) })
    }

    /// Where it is asked.
    pub(super) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for TimeStamps {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        // Wakes the thread, so that it sees the end; if that fails it ends with the process.
        if TcpStream::connect(self.address).is_ok() {
            let _ = self.thread.take().map(JoinHandle::join);
        }
    }
}

struct Authority {
    folder: TempDir,
    files: Files,
}

impl Authority {
    fn serve(&self, caller: &TcpStream) -> Result<()> {
        caller.set_read_timeout(Some(PATIENCE))?;
        let request = read_request(BufReader::new(caller))?;
        let reply = self.answer(&request)?;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: \
             close\r\n\r\n",
            reply.len()
        );
        let mut caller = caller;
        caller.write_all(&[head.as_bytes(), &reply].concat()).context("answering")
    }

    fn answer(&self, request: &[u8]) -> Result<Vec<u8>> {
        let query = self.folder.path().join("query");
        fs::write(&query, request)?;
        let tool = Tool::new("openssl").folder(self.folder.path()).args(["ts", "-reply", "-config", "tsa.cnf"]);
        let files = [("-queryfile", &query), ("-signer", &self.files.certificate), ("-inkey", &self.files.key)];
        let files = files.into_iter().chain([("-chain", &self.files.root)]);
        tool.args(files.flat_map(|(name, path)| [name.as_ref(), path.as_os_str()])).bytes()
    }
}

/// The body of an HTTP request that says how long it is.
fn read_request(reader: impl std::io::BufRead) -> Result<Vec<u8>> {
    let mut reader = reader.take(2 * REQUEST_MAX);
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let field = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if let Some((_, value)) = field {
            length = Some(value.trim().parse::<u64>()?);
        }
    }
    let length = length.context("a request without a length")?;
    ensure!(length <= REQUEST_MAX, "a request of {length} bytes");
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    ensure!(body.len() as u64 == length, "a request cut short");
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requests_body_is_as_long_as_it_says() {
        let read = |text: &str| read_request(text.as_bytes()).ok();
        assert_eq!(read("POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\nabcd"), Some(b"abc".to_vec()));
        assert_eq!(read("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcd"), None);
        assert_eq!(read("POST / HTTP/1.1\r\n\r\nabcd"), None);
        assert_eq!(read("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nabcd"), None);
    }
}
