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
    let form =
        json!({"account_id": "", "client_id": "", "client_secret": "", "subscription_id": "", "email": ""});

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
