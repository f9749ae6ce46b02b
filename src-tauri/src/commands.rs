//! The commands of the window: one line each. The engine and the session have the verbs.

#![expect(clippy::needless_pass_by_value, reason = "Tauri hands commands their arguments by value")]

#[cfg(test)]
mod tests;

use rollcall_desk::team::JoinLink;
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{
        Answer, CallAnswer, CallRequest, Consult, FoundBy, Invitation, ListChange, ListDeed, Lists,
        OfferedGroups, OwnExpertise, PersonDetail, Policy, Push, Question, SetUp, Settings, SignIn,
        SigningIn, Status, Watch, WatchChoice, WatchWish, Why, YourRelay,
    },
};
use tauri::{AppHandle, Runtime, State, ipc::Channel};

use crate::{announce::Painted, session::Entrance};

/// Every command, by name; `permissions/main.toml` gives each to a window or to nobody.
#[cfg(test)]
pub(crate) const ALL: [&str; 36] = [
    "subscribe",
    "painted",
    "ask",
    "person",
    "why",
    "tell",
    "set_policy",
    "look",
    "watch",
    "watches",
    "choose_watch",
    "call",
    "consults",
    "copy",
    "favourite",
    "lists",
    "arrange",
    "undo",
    "redo",
    "group_link",
    "read_groups",
    "save_groups",
    "settings",
    "save_settings",
    "dismiss",
    "hide",
    "start_demo",
    "set_up",
    "try_again",
    "leave",
    "read_invitation",
    "join",
    "sign_in",
    "signed_in",
    "stop_sign_in",
    "your_relay",
];

/// The handler of all commands.
pub(crate) fn handler<R: Runtime>() -> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        subscribe,
        painted,
        ask,
        person,
        why,
        tell,
        set_policy,
        look,
        watch,
        watches,
        choose_watch,
        call,
        consults,
        copy,
        favourite,
        lists,
        arrange,
        undo,
        redo,
        group_link,
        read_groups,
        save_groups,
        settings,
        save_settings,
        dismiss,
        hide,
        start_demo,
        set_up,
        try_again,
        leave,
        read_invitation,
        join,
        sign_in,
        signed_in,
        stop_sign_in,
        your_relay
    ]
}

#[tauri::command]
async fn subscribe(session: State<'_, Entrance>, pushes: Channel<Vec<Push>>) -> Result<Status, Failure> {
    Ok(session.session().await?.subscribe(pushes))
}

#[tauri::command]
async fn painted<R: Runtime>(
    app: AppHandle<R>,
    session: State<'_, Entrance>,
    rows: u32,
    moves: u32,
) -> Result<(), Failure> {
    crate::painted(&app, Painted { rows, moves, at: session.session().await?.now() });
    Ok(())
}

#[tauri::command]
async fn ask(session: State<'_, Entrance>, question: Question) -> Result<Answer, Failure> {
    Ok(session.session().await?.engine().ask(question))
}

#[tauri::command]
async fn person(session: State<'_, Entrance>, id: PersonId) -> Result<PersonDetail, Failure> {
    session.session().await?.engine().person(&id)
}

#[tauri::command]
async fn why(session: State<'_, Entrance>, id: PersonId, text: String) -> Result<Vec<FoundBy>, Failure> {
    Ok(session.session().await?.engine().why(&id, &text))
}

#[tauri::command]
async fn tell(session: State<'_, Entrance>, id: PersonId, told: OwnExpertise) -> Result<(), Failure> {
    session.session().await?.engine().tell(&id, &told).await
}

#[tauri::command]
async fn set_policy(session: State<'_, Entrance>, policy: Policy) -> Result<(), Failure> {
    session.session().await?.engine().set_policy(&policy).await
}

#[tauri::command]
async fn look(session: State<'_, Entrance>, why: Why, people: Vec<PersonId>) -> Result<(), Failure> {
    session.session().await?.engine().look(why, people).await;
    Ok(())
}

#[tauri::command]
async fn watch(session: State<'_, Entrance>, wish: WatchWish) -> Result<Watch, Failure> {
    session.session().await?.engine().watch(wish).await
}

#[tauri::command]
async fn watches(session: State<'_, Entrance>) -> Result<Vec<Watch>, Failure> {
    Ok(session.session().await?.engine().watches())
}

#[tauri::command]
async fn choose_watch(session: State<'_, Entrance>, id: String, choice: WatchChoice) -> Result<(), Failure> {
    session.session().await?.engine().choose(&id, choice).await
}

#[tauri::command]
async fn call(session: State<'_, Entrance>, request: CallRequest) -> Result<CallAnswer, Failure> {
    session.session().await?.call(request).await
}

#[tauri::command]
async fn consults(session: State<'_, Entrance>) -> Result<Vec<Consult>, Failure> {
    session.session().await?.engine().consults().await
}

#[tauri::command]
fn copy<R: Runtime>(app: AppHandle<R>, text: String) -> Result<(), Failure> {
    crate::copy(&app, text)
}

#[tauri::command]
async fn favourite(session: State<'_, Entrance>, person: PersonId, on: bool) -> Result<(), Failure> {
    session.session().await?.engine().favourite(&person, on).await
}

#[tauri::command]
async fn lists(session: State<'_, Entrance>) -> Result<Lists, Failure> {
    Ok(session.session().await?.engine().lists())
}

#[tauri::command]
async fn arrange(session: State<'_, Entrance>, change: ListChange) -> Result<Option<ListDeed>, Failure> {
    session.session().await?.engine().arrange(&change).await
}

#[tauri::command]
async fn undo(session: State<'_, Entrance>) -> Result<Option<ListDeed>, Failure> {
    Ok(session.session().await?.engine().undo().await)
}

#[tauri::command]
async fn redo(session: State<'_, Entrance>) -> Result<Option<ListDeed>, Failure> {
    Ok(session.session().await?.engine().redo().await)
}

#[tauri::command]
async fn group_link(session: State<'_, Entrance>, id: String) -> Result<String, Failure> {
    session.session().await?.engine().group_link(&id)
}

#[tauri::command]
async fn read_groups(session: State<'_, Entrance>, text: String) -> Result<OfferedGroups, Failure> {
    session.session().await?.engine().read_groups(&text)
}

#[tauri::command]
async fn save_groups<R: Runtime>(
    app: AppHandle<R>,
    session: State<'_, Entrance>,
    ids: Vec<String>,
) -> Result<Option<String>, Failure> {
    crate::groups::save(&app, &session.session().await?.engine(), &ids).await
}

#[tauri::command]
async fn settings(session: State<'_, Entrance>) -> Result<Settings, Failure> {
    Ok(session.session().await?.engine().settings())
}

#[tauri::command]
async fn save_settings(session: State<'_, Entrance>, settings: Settings) -> Result<(), Failure> {
    session.session().await?.engine().save_settings(settings).await
}

#[tauri::command]
async fn dismiss(session: State<'_, Entrance>, code: String) -> Result<(), Failure> {
    session.session().await?.engine().dismiss(&code);
    Ok(())
}

#[tauri::command]
fn hide<R: Runtime>(app: AppHandle<R>) {
    crate::window::hide(&app);
}

#[tauri::command]
async fn start_demo(session: State<'_, Entrance>) -> Result<(), Failure> {
    session.session().await?.start_demo().await
}

#[tauri::command]
async fn set_up(session: State<'_, Entrance>, form: SetUp) -> Result<(), Failure> {
    session.session().await?.set_up(form).await
}

#[tauri::command]
async fn try_again(session: State<'_, Entrance>) -> Result<(), Failure> {
    session.session().await?.try_again();
    Ok(())
}

#[tauri::command]
async fn leave(session: State<'_, Entrance>) -> Result<(), Failure> {
    session.session().await?.leave().await
}

#[tauri::command]
fn read_invitation(text: String) -> Result<Invitation, Failure> {
    JoinLink::parse(&text).map(Into::into)
}

#[tauri::command]
async fn join(session: State<'_, Entrance>, invitation: Invitation) -> Result<(), Failure> {
    session.session().await?.join(invitation).await
}

#[tauri::command]
async fn sign_in(session: State<'_, Entrance>, form: SignIn) -> Result<SigningIn, Failure> {
    session.session().await?.sign_in(form).await.inspect(|begun| crate::browse(&begun.address))
}

#[tauri::command]
async fn signed_in<R: Runtime>(app: AppHandle<R>, session: State<'_, Entrance>) -> Result<(), Failure> {
    session.session().await?.signed_in().await.inspect(|()| crate::window::show(&app))
}

#[tauri::command]
async fn stop_sign_in(session: State<'_, Entrance>) -> Result<(), Failure> {
    session.session().await?.stop_sign_in();
    Ok(())
}

#[tauri::command]
async fn your_relay(session: State<'_, Entrance>) -> Result<Option<YourRelay>, Failure> {
    Ok(session.session().await?.your_relay().await)
}
