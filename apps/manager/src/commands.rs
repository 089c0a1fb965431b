//! What the page may ask for. Every command only passes on; what the window may call is in `capabilities/`.

use std::str::FromStr as _;

use beside_installation::Language;
use beside_manager_controller::view::{ManagerSettings, ManagerView, PageInput};
use beside_manager_controller::{Command, FeedClosed, Handle, SessionCommand};
use beside_protocol::afterwards::Note;
use beside_protocol::{ErrorCode, Right, SessionId};
use tauri::State;
use tauri::ipc::{Invoke, Response};
use zeroize::Zeroizing;

pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        view,
        settings,
        set_language,
        sign_in,
        answer_second_factor,
        cancel_sign_in,
        sign_out,
        new_code,
        set_away,
        accept,
        decline,
        type_number,
        confirm_number,
        ask,
        give_back,
        share_display,
        end_session,
        note_session,
        close_session,
        send_input,
        start_picture,
        next_picture,
        #[cfg(feature = "demo-trust")]
        crate::automation::automation_framebuffer,
        #[cfg(feature = "demo-trust")]
        crate::automation::automation_watch_pixel,
        #[cfg(feature = "demo-trust")]
        crate::automation::automation_pixel_changes,
    ]
}

type Answer<T = ()> = Result<T, ErrorCode>;

fn session(sid: &str) -> Answer<SessionId> {
    SessionId::from_str(sid).map_err(|_| ErrorCode::NotFound)
}

fn in_session(app: &Handle, sid: &str, command: SessionCommand) -> Answer {
    app.send(Command::InSession(session(sid)?, command));
    Ok(())
}

#[tauri::command]
fn view(app: State<'_, Handle>) -> ManagerView {
    app.view()
}

#[tauri::command]
fn settings(language: State<'_, Language>) -> ManagerSettings {
    ManagerSettings { language: language.get() }
}

#[tauri::command]
fn set_language(language: String, chosen: State<'_, Language>) {
    chosen.set(language);
}

#[tauri::command]
fn sign_in(broker: String, name: String, password: String, app: State<'_, Handle>) {
    app.send(Command::SignIn { broker, name, password: Zeroizing::new(password) });
}

#[tauri::command]
fn answer_second_factor(answer: String, app: State<'_, Handle>) {
    app.send(Command::AnswerSecondFactor(Zeroizing::new(answer)));
}

#[tauri::command]
fn cancel_sign_in(app: State<'_, Handle>) {
    app.send(Command::CancelSignIn);
}

#[tauri::command]
fn sign_out(app: State<'_, Handle>) {
    app.send(Command::SignOut);
}

#[tauri::command]
fn new_code(app: State<'_, Handle>) {
    app.send(Command::NewCode);
}

#[tauri::command]
fn set_away(away: bool, app: State<'_, Handle>) {
    app.send(Command::SetAway(away));
}

#[tauri::command]
fn accept(sid: &str, app: State<'_, Handle>) -> Answer {
    app.send(Command::Accept(session(sid)?));
    Ok(())
}

#[tauri::command]
fn decline(sid: &str, app: State<'_, Handle>) -> Answer {
    app.send(Command::Decline(session(sid)?));
    Ok(())
}

#[tauri::command]
fn type_number(sid: &str, number: String, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::TypeNumber(Zeroizing::new(number)))
}

#[tauri::command]
fn confirm_number(sid: &str, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::ConfirmNumber)
}

#[tauri::command]
fn ask(sid: &str, right: Right, reason: String, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::Ask { right, reason })
}

#[tauri::command]
fn give_back(sid: &str, right: Right, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::GiveBack(right))
}

#[tauri::command]
fn share_display(sid: &str, display: beside_protocol::DisplayId, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::ShareDisplay(display))
}

#[tauri::command]
fn end_session(sid: &str, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::End)
}

#[tauri::command]
fn note_session(sid: &str, note: Note, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::Note(note))
}

#[tauri::command]
fn close_session(sid: &str, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::Close)
}

#[tauri::command]
fn send_input(sid: &str, events: Vec<PageInput>, app: State<'_, Handle>) -> Answer {
    in_session(&app, sid, SessionCommand::Input(events))
}

/// A page that begins to paint has an empty canvas, however much was painted before it was loaded anew.
#[tauri::command]
fn start_picture(sid: &str, app: State<'_, Handle>) -> Answer {
    app.feed(session(sid)?).ok_or(ErrorCode::NotFound)?.start_over();
    Ok(())
}

#[tauri::command]
async fn next_picture(sid: String, app: State<'_, Handle>) -> Answer<Response> {
    let feed = app.feed(session(&sid)?).ok_or(ErrorCode::NotFound)?;
    feed.next().await.map(Response::new).map_err(|FeedClosed| ErrorCode::NotFound)
}
