//! What the pages may ask for. Every command only passes on; which window may call which is in `capabilities/`.

use beside_client_controller::view::{ClientSettings, ClientView};
use beside_client_controller::{Command, Handle, Keyboard};
use beside_installation::Language;
use beside_protocol::Right;
use beside_protocol::afterwards::Rating;
use tauri::ipc::Invoke;
use tauri::{AppHandle, State};
use zeroize::Zeroizing;

use crate::shell;

pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        view,
        settings,
        set_language,
        submit_broker,
        submit_code,
        renew_device,
        cancel,
        set_name,
        continue_who,
        have_read,
        type_number,
        answer,
        answer_request,
        turn_off,
        stop,
        rate,
        done,
        resize_pill,
    ]
}

#[tauri::command]
fn view(app: State<'_, Handle>) -> ClientView {
    app.view()
}

#[tauri::command]
fn settings(language: State<'_, Language>) -> ClientSettings {
    ClientSettings { language: language.get(), stop_key: beside_client_controller::stop_key_name().to_owned() }
}

#[tauri::command]
fn set_language(language: String, chosen: State<'_, Language>) {
    chosen.set(language);
}

#[tauri::command]
fn submit_broker(address: String, app: State<'_, Handle>) {
    app.send(Command::SubmitBroker(address));
}

#[tauri::command]
fn submit_code(code: String, app: State<'_, Handle>) {
    app.send(Command::SubmitCode(Zeroizing::new(code)));
}

#[tauri::command]
fn renew_device(app: State<'_, Handle>) {
    app.send(Command::RenewDevice);
}

#[tauri::command]
fn cancel(app: State<'_, Handle>) {
    app.send(Command::Cancel);
}

#[tauri::command]
fn set_name(name: String, app: State<'_, Handle>) {
    app.send(Command::SetName(name));
}

#[tauri::command]
fn continue_who(app: State<'_, Handle>) {
    app.send(Command::ContinueWho);
}

#[tauri::command]
fn have_read(app: State<'_, Handle>) {
    app.send(Command::HaveRead);
}

#[tauri::command]
fn type_number(number: String, app: State<'_, Handle>) {
    app.send(Command::TypeNumber(Zeroizing::new(number)));
}

#[tauri::command]
fn answer(allow: bool, app: State<'_, Handle>) {
    app.send(Command::Answer { allow });
}

#[tauri::command]
fn answer_request(right: Right, allow: bool, app: State<'_, Handle>) {
    app.send(Command::AnswerRequest { right, allow });
}

#[tauri::command]
fn turn_off(right: Right, app: State<'_, Handle>) {
    app.send(Command::TurnOff(right));
}

#[tauri::command]
fn stop(app: State<'_, Handle>) {
    app.send(Command::Stop);
}

#[tauri::command]
fn rate(rating: Rating, app: State<'_, Handle>) {
    app.send(Command::Rate(rating));
}

#[tauri::command]
fn done(app: State<'_, Handle>) {
    app.send(Command::Done);
}

#[tauri::command]
fn resize_pill(open: bool, app: AppHandle, keyboard: State<'_, Keyboard>) {
    shell::resize_pill(&app, open, &keyboard);
}
