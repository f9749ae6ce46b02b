//! The commands of the window: one line each. The engine and the session have the verbs.

use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{
        Answer, CallAnswer, CallRequest, Consult, PersonDetail, Push, Question, SetUp, Settings, Status, Why,
    },
};
use tauri::{AppHandle, Runtime, State, ipc::Channel};

use crate::{announce::Painted, session::Session};

/// Every command, by name; `permissions/main.toml` gives each to a window or to nobody.
#[cfg(test)]
pub(crate) const ALL: [&str; 16] = [
    "subscribe",
    "painted",
    "ask",
    "person",
    "look",
    "call",
    "consults",
    "copy",
    "favourite",
    "settings",
    "save_settings",
    "dismiss",
    "hide",
    "start_demo",
    "set_up",
    "leave",
];

/// The handler of all commands.
pub(crate) fn handler<R: Runtime>() -> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        subscribe,
        painted,
        ask,
        person,
        look,
        call,
        consults,
        copy,
        favourite,
        settings,
        save_settings,
        dismiss,
        hide,
        start_demo,
        set_up,
        leave
    ]
}

#[tauri::command]
fn subscribe(session: State<'_, Session>, pushes: Channel<Vec<Push>>) -> Status {
    session.subscribe(pushes)
}

#[tauri::command]
fn painted<R: Runtime>(app: AppHandle<R>, session: State<'_, Session>, rows: u32, moves: u32) {
    crate::painted(&app, Painted { rows, moves, at: session.now() });
}

#[tauri::command]
async fn ask(session: State<'_, Session>, question: Question) -> Result<Answer, Failure> {
    Ok(session.engine().ask(question))
}

#[tauri::command]
async fn person(session: State<'_, Session>, id: PersonId) -> Result<PersonDetail, Failure> {
    session.engine().person(&id)
}

#[tauri::command]
async fn look(session: State<'_, Session>, why: Why, people: Vec<PersonId>) -> Result<(), Failure> {
    session.engine().look(why, people).await;
    Ok(())
}

#[tauri::command]
async fn call(session: State<'_, Session>, request: CallRequest) -> Result<CallAnswer, Failure> {
    session.call(request).await
}

#[tauri::command]
async fn consults(session: State<'_, Session>) -> Result<Vec<Consult>, Failure> {
    session.engine().consults().await
}

#[tauri::command]
fn copy<R: Runtime>(app: AppHandle<R>, text: String) -> Result<(), Failure> {
    crate::copy(&app, text)
}

#[tauri::command]
async fn favourite(session: State<'_, Session>, person: PersonId, on: bool) -> Result<(), Failure> {
    session.engine().favourite(&person, on).await
}

#[tauri::command]
fn settings(session: State<'_, Session>) -> Settings {
    session.engine().settings()
}

#[tauri::command]
async fn save_settings(session: State<'_, Session>, settings: Settings) -> Result<(), Failure> {
    session.engine().save_settings(settings).await
}

#[tauri::command]
fn dismiss(session: State<'_, Session>, code: String) {
    session.engine().dismiss(&code);
}

#[tauri::command]
fn hide<R: Runtime>(app: AppHandle<R>) {
    crate::window::hide(&app);
}

#[tauri::command]
async fn start_demo(session: State<'_, Session>) -> Result<(), Failure> {
    session.start_demo().await
}

#[tauri::command]
async fn set_up(session: State<'_, Session>, form: SetUp) -> Result<(), Failure> {
    session.set_up(form).await
}

#[tauri::command]
async fn leave(session: State<'_, Session>) -> Result<(), Failure> {
    session.leave().await
}
