//! An empty window: the peer that `rollcall-bench start` measures the app's own start against.

use tauri::{Builder, WebviewUrl, WebviewWindowBuilder};

use crate::{announce, window};

/// An app with one empty window, which announces when that has painted.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::default().invoke_handler(tauri::generate_handler![painted]).setup(|app| {
        WebviewWindowBuilder::new(app, window::MAIN, WebviewUrl::App("bare.html".into()))
            .title("Rollcall")
            .inner_size(420.0, 720.0)
            .build()?;
        Ok(())
    })
}

#[tauri::command]
fn painted(rows: u32, moves: u32) {
    let at = rollcall_model::Clock::system().now();
    announce::announce(announce::Painted { rows, moves, at });
}
