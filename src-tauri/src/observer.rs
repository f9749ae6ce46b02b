//! Watches what the engine pushes, on behalf of the tray and of toasts: with or without a window.

use std::sync::Arc;

use chrono::TimeDelta;
use rollcall_model::Clock;
use rollcall_wire::window::{Push, Status, Watch};
use tauri::{AppHandle, Manager as _, async_runtime};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::watch;

use crate::{
    alarm,
    outage::Outage,
    session::{Entrance, Listener, Session},
    tray::{self, Mark, Offer},
    words::Words,
};

/// How often the menu of free favourites is made anew at most.
const MENU_PAUSE: std::time::Duration = std::time::Duration::from_secs(3);

/// Hears pushes and keeps the last status.
#[derive(Clone)]
pub(crate) struct Observer {
    status: Arc<watch::Sender<Option<Status>>>,
    watches: Arc<watch::Sender<Vec<Watch>>>,
    news: Arc<watch::Sender<u64>>,
}

impl Observer {
    /// Starts the tasks that follow the status; they end with the app. A toast tells of an outage that
    /// lasts longer than `patience`.
    pub(crate) fn start(app: AppHandle, clock: Clock, patience: TimeDelta) -> Self {
        let (status, _) = watch::channel(None);
        let (watches, _) = watch::channel(Vec::new());
        let (news, _) = watch::channel(0);
        alarm::start(&app, watches.subscribe());
        async_runtime::spawn(follow_marks(app.clone(), status.subscribe(), watches.subscribe()));
        async_runtime::spawn(follow_status(app.clone(), clock, Outage::none(patience), status.subscribe()));
        async_runtime::spawn(follow_news(app, news.subscribe()));
        Self { status: Arc::new(status), watches: Arc::new(watches), news: Arc::new(news) }
    }

    /// What the session calls with every batch. Never waits.
    pub(crate) fn listener(&self) -> Listener {
        let own = self.clone();
        Arc::new(move |pushes| {
            for push in pushes {
                match push {
                    Push::Status { status } => drop(own.status.send_replace(Some(status.clone()))),
                    Push::Watches { watches } => drop(own.watches.send_replace(watches.clone())),
                    _ => {}
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

/// Shows on the tray icon how things stand, and what the watches have to say.
async fn follow_marks(
    app: AppHandle,
    mut status: watch::Receiver<Option<Status>>,
    mut watches: watch::Receiver<Vec<Watch>>,
) {
    loop {
        let changed = tokio::select! {
            changed = status.changed() => changed,
            changed = watches.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
        let mark = Mark::of(&watches.borrow_and_update());
        let status = status.borrow_and_update().clone();
        if let Some(status) = status {
            tray::show(&app, &status, mark);
        }
    }
}

async fn follow_news(app: AppHandle, mut news: watch::Receiver<u64>) {
    let mut shown = Offer::default();
    while news.changed().await.is_ok() {
        if let Some(session) = app.state::<Entrance>().now() {
            let engine = session.engine();
            let offer = Offer::new(&engine.free_favourites(tray::most_offered()), &engine.watches());
            if offer != shown {
                tray::offer(&app, &offer);
                shown = offer;
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
