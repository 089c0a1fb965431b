//! The customer's app: windows, and commands that only pass requests on.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod platform;
mod shell;

use anyhow::Context as _;
use beside_client_controller::{Keyboard, Setup, ThisMachine, start};
use beside_installation::{
    DataFolder, Fault, FolderError, Language, Trust, find_organisation, log_to_stderr, wall_clock, without_automation,
};
use beside_protocol::{ErrorCode, code_in_link};
use std::sync::Arc;
use tauri::Manager as _;

use crate::shell::Shell;

fn main() -> anyhow::Result<()> {
    without_automation()?;
    log_to_stderr();
    let data = DataFolder::open("beside-client")?;
    let trust = Trust::of_this_build()?;
    let (lock, already_open) = match data.lock() {
        Ok(lock) => (Some(lock), false),
        Err(FolderError::AlreadyOpen) => (None, true),
        Err(error) => return Err(error.into()),
    };
    let found = if already_open {
        Err(Fault { error: ErrorCode::AlreadyOpen, clock: None })
    } else {
        find_organisation(&trust, &data, wall_clock())
    };
    let offered = std::env::args().nth(1).as_deref().and_then(code_in_link);
    let setup = Setup { data: data.clone(), trust, found, offered };

    tauri::Builder::default()
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let shell = Shell::new(app.handle())?;
            app.manage(Language::open(data));
            app.manage(Keyboard::open());
            let _runtime = tauri::async_runtime::handle().inner().enter();
            let handle = start(setup, Arc::new(ThisMachine::default()), Arc::new(shell));
            app.manage(handle);
            Ok(())
        })
        .on_window_event(shell::on_window_event)
        .build(tauri::generate_context!())
        .context("the windows can't be opened")?
        .run(|_, _| {});
    drop(lock);
    Ok(())
}
