//! The shell: windows, tray, toasts and links around the agent's engine.
//!
//! It is thin on purpose. Commands are one line each; what to do is decided by the engine
//! (`rollcall-desk`), and [`session`] joins that to a relay. Nothing here knows Zoom's REST or the log.

mod alarm;
mod announce;
mod arguments;
mod bare;
mod caret;
mod commands;
mod connection;
mod dialer;
mod groups;
mod house;
mod links;
mod logs;
mod observer;
mod outage;
mod session;
mod tray;
mod window;
mod words;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use chrono::TimeDelta;
use clap::Parser as _;
use rollcall_desk::secrets::{Keychain, Secrets};
use rollcall_model::Clock;
use rollcall_wire::Failure;
use tauri::{App, AppHandle, Builder, Context, Manager as _, RunEvent, Runtime, WindowEvent, async_runtime};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{
    announce::Painted,
    arguments::Arguments,
    links::Link,
    observer::Observer,
    session::{Entrance, Options, Session},
};

/// Runs the app until it is quit.
pub fn run() -> ExitCode {
    // The first thing of all: whoever makes a TLS client afterwards uses this.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let bare = arguments.bare;
    let app = if bare { bare::builder() } else { builder(arguments) }.build(context());
    match app {
        Ok(app) => {
            app.run(move |app, event| {
                if !bare {
                    on_run_event(app, event);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the app could not start");
            ExitCode::FAILURE
        }
    }
}

/// The configuration, the page and the permissions, as they were compiled in.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// The app as it is started, apart from what only a desktop has (see [`run`]).
fn builder(arguments: Arguments) -> Builder<tauri::Wry> {
    Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| window::show(app)))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .invoke_handler(commands::handler())
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } if window.app_handle().tray_by_id(tray::ID).is_some() => {
                api.prevent_close();
                window::hide(window.app_handle());
            }
            WindowEvent::Destroyed => {
                if let Some(session) = window.state::<Entrance>().now() {
                    session.nobody_listens();
                }
            }
            _ => {}
        })
        .setup(move |app| set_up(app, &arguments))
}

fn set_up(app: &mut App, arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    caret::stays();
    let (data, config) = folders(app, arguments)?;
    app.manage(logs::start(&data.join("logs")));
    app.manage(arguments.clone());
    let handle = app.handle().clone();
    let clock = Clock::system();
    let observer = Observer::start(handle.clone(), clock.clone(), TimeDelta::seconds(arguments.toast_after));
    let options = Options {
        data,
        config,
        seed: u64::from(std::process::id()) ^ clock.now().timestamp_micros().unsigned_abs(),
        clock,
        secrets: Arc::new(Keychain::new("dev.rollcall.desktop")) as Arc<dyn Secrets>,
        people: arguments.people as usize,
        events_per_second: arguments.events_per_second,
    };
    let entrance = Entrance::default();
    app.manage(entrance.clone());
    let demo = arguments.demo;
    async_runtime::spawn(async move {
        entrance.open(Session::open(options, observer.listener()).await);
        begin(&entrance, demo).await;
    });
    tray::start(&handle)?;
    if !arguments.hidden {
        window::show(&handle);
    }
    async_runtime::spawn(quit_on_signal(handle.clone()));
    follow_links(app, arguments);
    Ok(())
}

fn folders(app: &App, arguments: &Arguments) -> tauri::Result<(PathBuf, PathBuf)> {
    match &arguments.home {
        Some(home) => Ok((home.join("data"), home.join("config"))),
        None => Ok((app.path().app_local_data_dir()?, app.path().app_config_dir()?)),
    }
}

/// Enters the mode that was asked for, or goes on with the one that was left.
async fn begin(entrance: &Entrance, demo: bool) {
    let session = match entrance.session().await {
        Ok(session) => session,
        Err(failure) => {
            tracing::error!(%failure, "the engine did not open");
            return;
        }
    };
    let begun = if demo { session.start_demo().await } else { session.resume().await };
    if let Err(failure) = begun {
        tracing::warn!(%failure, "the app starts without news");
        session.engine().notice(failure);
    }
}

/// A signal ends the app as the menu does, so that everything is put away in order.
async fn quit_on_signal(app: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        app.exit(0);
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        app.exit(0);
    }
}

fn follow_links(app: &App, arguments: &Arguments) {
    let handle = app.handle().clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            follow(&handle, &url);
        }
    });
    if !arguments.demo {
        register_scheme(app.handle().clone());
    }
    // A start by a link does not raise the event above.
    if let Some(url) = arguments.link.as_deref().and_then(|link| url::Url::parse(link).ok()) {
        follow(app.handle(), &url);
    }
}

/// Tells the desktop that `rollcall:` links are for this app: an app that was built, not installed, is
/// known to nobody.
fn register_scheme(app: AppHandle) {
    async_runtime::spawn_blocking(move || {
        if let Err(error) = app.deep_link().register_all() {
            tracing::warn!(%error, "the desktop does not know rollcall: links");
        }
    });
}

fn follow(app: &AppHandle, url: &url::Url) {
    window::show(app);
    if let Some(link) = links::read(url) {
        open(app, link);
    } else {
        tracing::warn!("a link was opened that is none of ours");
    }
}

/// Shows what a link asks for, in the window.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, link: Link) {
    let app = app.clone();
    async_runtime::spawn(async move {
        if let Ok(session) = app.state::<Entrance>().session().await {
            session.follow(link).await;
        }
    });
}

/// Hears what the window has painted.
pub(crate) fn painted<R: Runtime>(app: &AppHandle<R>, painted: Painted) {
    if app.state::<Arguments>().announce {
        announce::announce(painted);
    }
}

/// Opens a page in the system's browser. A person without one is shown the address.
pub(crate) fn browse(address: &str) {
    if let Err(refusal) = tauri_plugin_opener::open_url(address, None::<&str>) {
        tracing::warn!(%refusal, "no browser was opened");
    }
}

/// Puts a text on the clipboard.
pub(crate) fn copy<R: Runtime>(app: &AppHandle<R>, text: String) -> Result<(), Failure> {
    app.clipboard().write_text(text).map_err(|error| {
        tracing::warn!(%error, "the clipboard took nothing");
        Failure::Internal { reference: "clipboard".to_owned() }
    })
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window is gone, the tray is not: stay.
        RunEvent::ExitRequested { code: None, api, .. } if app.tray_by_id(tray::ID).is_some() => {
            api.prevent_exit();
        }
        RunEvent::Exit => {
            if let Some(session) = app.state::<Entrance>().now() {
                async_runtime::block_on(session.stop());
            }
        }
        _ => {}
    }
}
