//! Tells Tauri which commands exist, so that each window's capability file names those it may call.

const COMMANDS: &[&str] = &[
    "view",
    "settings",
    "submit_broker",
    "submit_code",
    "renew_device",
    "cancel",
    "set_name",
    "continue_who",
    "have_read",
    "type_number",
    "answer",
    "answer_request",
    "turn_off",
    "stop",
    "rate",
    "done",
    "set_language",
    "resize_pill",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo:warning=the shell's manifest could not be built: {error:#}");
        std::process::exit(1);
    }
}
