//! The main window: made when it is wanted, destroyed when it is put away.
//!
//! A hidden window frees nothing; a destroyed one gives back its page's 75 to 165 MB, and a new one has
//! painted after a fifth of a second.

use tauri::{AppHandle, Manager as _, Runtime, WebviewWindowBuilder};

/// The label of the main window, in `tauri.conf.json` and in the capabilities.
pub(crate) const MAIN: &str = "main";

/// Brings the main window up and gives it the focus, making it if need be.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    if let Err(refusal) = try_show(app) {
        tracing::error!(%refusal, "the main window could not be shown");
    }
}

/// Puts the main window away. Without a tray to come back from, it is left where it is and minimised.
pub(crate) fn hide<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let done = if app.tray_by_id(crate::tray::ID).is_some() { window.destroy() } else { window.minimize() };
    if let Err(refusal) = done {
        tracing::warn!(%refusal, "the main window could not be put away");
    }
}

fn try_show<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let window = match app.get_webview_window(MAIN) {
        Some(window) => window,
        None => make(app)?,
    };
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn make<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<tauri::WebviewWindow<R>> {
    let windows = &app.config().app.windows;
    let config = windows.iter().find(|window| window.label == MAIN).ok_or(tauri::Error::WindowNotFound)?;
    WebviewWindowBuilder::from_config(app, config)?.build()
}
