//! The operator's app: one window, and commands that only pass requests on.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[cfg(feature = "demo-trust")]
mod automation;
mod commands;
mod shell;

use std::sync::Arc;

use anyhow::Context as _;
use beside_installation::{
    DataFolder, Language, Trust, find_organisation, log_to_stderr, wall_clock, without_automation,
};
use beside_manager_controller::{Setup, start};
use tauri::Manager as _;

use crate::shell::Shell;

fn main() -> anyhow::Result<()> {
    without_automation()?;
    log_to_stderr();
    let data = DataFolder::open("beside-manager")?;
    let trust = Trust::of_this_build()?;
    let found = find_organisation(&trust, &data, wall_clock());
    let setup = Setup { data: data.clone(), trust, found };

    tauri::Builder::default()
        .invoke_handler(commands::handler())
        .setup(move |app| {
            #[cfg(feature = "demo-trust")]
            {
                app.add_capability(include_str!("../automation.json"))?;
                app.manage(automation::Watched::default());
            }
            let shell = Shell::new(app.handle())?;
            app.manage(Language::open(data));
            let _runtime = tauri::async_runtime::handle().inner().enter();
            app.manage(start(setup, Arc::new(shell)));
            Ok(())
        })
        .on_window_event(shell::on_window_event)
        .build(tauri::generate_context!())
        .context("the window can't be opened")?
        .run(|_, _| {});
    Ok(())
}
