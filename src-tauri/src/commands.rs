//! The commands of the window: one line each. The engine and the session have the verbs.

#![expect(clippy::needless_pass_by_value, reason = "Tauri hands commands their arguments by value")]

use rollcall_desk::team::JoinLink;
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{
        Answer, CallAnswer, CallRequest, Consult, FoundBy, Invitation, PersonDetail, Push, Question, SetUp,
        Settings, SignIn, SigningIn, Status, Why, YourRelay,
    },
};
use tauri::{AppHandle, Runtime, State, ipc::Channel};

use crate::{announce::Painted, session::Entrance};

/// Every command, by name; `permissions/main.toml` gives each to a window or to nobody.
#[cfg(test)]
pub(crate) const ALL: [&str; 23] = [
    "subscribe",
    "painted",
    "ask",
    "person",
    "why",
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
async fn look(session: State<'_, Entrance>, why: Why, people: Vec<PersonId>) -> Result<(), Failure> {
    session.session().await?.engine().look(why, people).await;
    Ok(())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rollcall_desk::secrets::Memory;
    use rollcall_model::Clock;
    use serde_json::{Value, json};
    use tauri::{
        Manager as _, WebviewWindow, WebviewWindowBuilder, async_runtime,
        ipc::{CallbackFn, InvokeBody},
        test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
        webview::InvokeRequest,
    };
    use tempfile::TempDir;

    use super::*;
    use crate::{
        arguments::Arguments,
        session::{Options, Session},
    };

    /// The app's own configuration, page and permissions, without a display.
    fn app() -> (tauri::App<MockRuntime>, TempDir) {
        let home = TempDir::new().unwrap();
        let options = Options {
            data: home.path().join("data"),
            config: home.path().join("config"),
            clock: Clock::system(),
            seed: 1,
            secrets: Arc::new(Memory::default()),
            people: 10,
            events_per_second: 0.0,
        };
        let entrance = Entrance::default();
        entrance.open(async_runtime::block_on(Session::open(options, Arc::new(|_| {}))));
        let app = mock_builder().invoke_handler(handler()).build(crate::context()).unwrap();
        app.manage(entrance);
        app.manage(Arguments::default());
        (app, home)
    }

    fn window(app: &tauri::App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(app, label, tauri::WebviewUrl::default()).build().unwrap()
    }

    fn ask_for(window: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
    }

    #[test]
    fn the_main_window_asks_and_is_answered() {
        let (app, _home) = app();
        let main = window(&app, "main");
        let question = json!({"number": 7, "text": "sepa", "only": "everyone", "skip": 0, "limit": 20});

        let answer = ask_for(&main, "ask", json!({ "question": question })).unwrap();

        assert_eq!((&answer["number"], &answer["total"]), (&json!(7), &json!(0)));
    }

    #[test]
    fn a_failure_reaches_the_window_as_a_code() {
        let (app, _home) = app();
        let main = window(&app, "main");
        let form = json!({"account_id": "", "client_id": "", "client_secret": "", "subscription_id": "", "email": ""});

        let refused = ask_for(&main, "set_up", json!({ "form": form })).unwrap_err();

        assert_eq!(refused, json!({"code": "bad_field", "field": "account_id"}));
    }

    #[test]
    fn a_window_without_a_capability_may_do_nothing() {
        let (app, _home) = app();
        let stranger = window(&app, "stranger");

        for command in ALL {
            let refused = ask_for(&stranger, command, json!({})).unwrap_err();
            assert!(refused.as_str().is_some_and(|why| why.contains("not allowed")), "{command}: {refused}");
        }
    }

    #[test]
    fn the_main_window_may_call_every_command_and_nothing_of_the_plugins() {
        let (app, _home) = app();
        let main = window(&app, "main");

        for command in ALL {
            let refused = ask_for(&main, command, json!({}));
            let forbidden = refused.err().is_some_and(|why| why.to_string().contains("not allowed"));
            assert!(!forbidden, "{command}");
        }
        for command in ["plugin:opener|open_url", "plugin:clipboard-manager|read_text", "plugin:event|emit"] {
            let refused = ask_for(&main, command, json!({"url": "https://example.com"}));
            assert!(refused.is_err(), "{command}");
        }
    }
}
