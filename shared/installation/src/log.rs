//! Where an app's diagnostics go.

use tracing_subscriber::EnvFilter;

/// Chooses what is logged, in the syntax of [`EnvFilter`]; without it only errors are.
const VARIABLE: &str = "BESIDE_LOG";

/// The WebRTC libraries write addresses, which no log of ours may hold.
const SILENT: [&str; 2] = ["webrtc=off", "rtc=off"];

/// Logs to standard error from now on. Nothing is written to disk and nothing leaves the machine.
pub fn log_to_stderr() {
    let mut filter = EnvFilter::from_env(VARIABLE);
    for silent in SILENT {
        if let Ok(directive) = silent.parse() {
            filter = filter.add_directive(directive);
        }
    }
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).init();
}
