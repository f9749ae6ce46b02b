//! Watches what the engine pushes, on behalf of the tray and of toasts: with or without a window.

use std::sync::Arc;

use chrono::TimeDelta;
use rollcall_model::Clock;
use rollcall_wire::window::{Push, Status};
use tauri::{AppHandle, Manager as _, async_runtime};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::watch;

use crate::{
    outage::Outage,
    session::{Entrance, Listener, Session},
    tray,
    words::Words,
};

/// How often the menu of free favourites is made anew at most.
const MENU_PAUSE: std::time::Duration = std::time::Duration::from_secs(3);

/// Hears pushes and keeps the last status.
#[derive(Clone)]
pub(crate) struct Observer {
    status: Arc<watch::Sender<Option<Status>>>,
    news: Arc<watch::Sender<u64>>,
}

impl Observer {
    /// Starts the tasks that follow the status; they end with the app. A toast tells of an outage that
    /// lasts longer than `patience`.
    pub(crate) fn start(app: AppHandle, clock: Clock, patience: TimeDelta) -> Self {
        let (status, _) = watch::channel(None);
        let (news, _) = watch::channel(0);
        async_runtime::spawn(follow_status(app.clone(), clock, Outage::none(patience), status.subscribe()));
        async_runtime::spawn(follow_news(app, news.subscribe()));
        Self { status: Arc::new(status), news: Arc::new(news) }
    }

    /// What the session calls with every batch. Never waits.
    pub(crate) fn listener(&self) -> Listener {
        let own = self.clone();
        Arc::new(move |pushes| {
            for push in pushes {
                if let Push::Status { status } = push {
                    own.status.send_replace(Some(status.clone()));
                }
            }
            own.news.send_modify(|count| *count += 1);
        })
    }
}

async fn follow_status(
    app: AppHandle,
    clock: Clock,
    mut outage: Outage,
    mut heard: watch::Receiver<Option<Status>>,
) {
    loop {
        let wait = outage.due_at().map(|due| (due - clock.now()).to_std().unwrap_or_default());
        tokio::select! {
            changed = heard.changed() => {
                if changed.is_err() {
                    return;
                }
                let status = heard.borrow_and_update().clone();
                if let Some(status) = status {
                    outage = outage.hear(&status.link, clock.now());
                    tray::show(&app, &status);
                }
            }
            () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                if outage.take_due(clock.now()) {
                    toast_outage(&app);
                }
            }
        }
    }
}

async fn follow_news(app: AppHandle, mut news: watch::Receiver<u64>) {
    let mut shown = Vec::new();
    while news.changed().await.is_ok() {
        if let Some(session) = app.state::<Entrance>().now() {
            let free = session.engine().free_favourites(tray::most_offered());
            let names: Vec<_> = free.iter().map(|row| (row.id.clone(), row.name.clone())).collect();
            if names != shown {
                tray::offer(&app, &free);
                shown = names;
            }
        }
        tokio::time::sleep(MENU_PAUSE).await;
    }
}

fn toast_outage(app: &AppHandle) {
    let Some(session) = app.state::<Entrance>().now().map(Session::engine) else { return };
    let words = Words::of(session.settings().language);
    let shown = app
        .notification()
        .builder()
        .title(words.say("toast_lost_title"))
        .body(words.say("toast_lost_body"))
        .show();
    if let Err(error) = shown {
        tracing::warn!(%error, "the toast could not be shown");
    }
}
