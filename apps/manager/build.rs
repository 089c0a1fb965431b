//! Tells Tauri which commands exist, so that each window's capability file names those it may call.

/// Those of automation exist, and are allowed to anybody, in builds with the feature `demo-trust` only.
const COMMANDS: &[&str] = &[
    "view",
    "settings",
    "set_language",
    "sign_in",
    "answer_second_factor",
    "cancel_sign_in",
    "sign_out",
    "new_code",
    "set_away",
    "accept",
    "decline",
    "type_number",
    "confirm_number",
    "ask",
    "give_back",
    "share_display",
    "end_session",
    "note_session",
    "close_session",
    "send_input",
    "start_picture",
    "next_picture",
    "automation_framebuffer",
    "automation_watch_pixel",
    "automation_pixel_changes",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo:warning=the shell's manifest could not be built: {error:#}");
        std::process::exit(1);
    }
}
