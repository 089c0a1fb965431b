//! Shipped apps obey nobody but the people before the screen.

/// The variable that lets a WebDriver drive a Tauri app on Linux.
#[cfg(not(feature = "demo-trust"))]
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Starts the app anew without automation if somebody asked for it. To be called before anything else.
///
/// # Errors
/// It can't be started anew.
#[cfg(not(feature = "demo-trust"))]
pub fn without_automation() -> std::io::Result<()> {
    if std::env::var_os(AUTOMATION).is_none() {
        return Ok(());
    }
    let status = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env_remove(AUTOMATION)
        .status()?;
    std::process::exit(status.code().unwrap_or(1));
}

/// Does nothing: builds for the demo are meant to be driven.
///
/// # Errors
/// None.
#[cfg(feature = "demo-trust")]
pub fn without_automation() -> std::io::Result<()> {
    Ok(())
}
