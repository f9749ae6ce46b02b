//! Toasts that tell that somebody is free, and what their buttons do.
//!
//! They follow the list of watches: one toast for each watch that tells of somebody, closed when it does no more.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use rollcall_model::PersonId;
use rollcall_wire::window::{Push, Settings, Watch, WatchChoice, WatchWish};
use tauri::{AppHandle, Manager as _, async_runtime};
use tauri_plugin_notification::{Action, ActionType, NotificationExt as _};
use tokio::sync::watch;

use crate::{session::Entrance, window, words::Words};

/// The kind of toasts with these buttons.
const KIND: &str = "watch";
/// The sound, by its name in the desktop's theme.
const SOUND: &str = if cfg!(target_os = "linux") { "message-new-instant" } else { "default" };

/// Which toasts are on the screen, and what each tells of.
#[derive(Debug, Default)]
struct Shown {
    toasts: BTreeMap<i32, Told>,
    last: i32,
}

/// What a toast tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    watch: String,
    person: PersonId,
}

/// Shows toasts as the watches want it, until the app ends.
pub(crate) fn start(app: &AppHandle, heard: watch::Receiver<Vec<Watch>>) {
    let shown = Arc::new(Mutex::new(Shown::default()));
    let (clicked, toasts) = (app.clone(), Arc::clone(&shown));
    // Before the first toast: without anybody who listens they have no buttons.
    let listens = app.notification().on_action(move |done| {
        let id = done.notification().map(tauri_plugin_notification::ActiveNotification::id);
        let told =
            id.and_then(|id| toasts.lock().unwrap_or_else(PoisonError::into_inner).toasts.get(&id).cloned());
        if let Some(told) = told {
            async_runtime::spawn(act(clicked.clone(), done.action_id().to_owned(), told));
        }
    });
    if let Err(error) = listens {
        tracing::warn!(%error, "toasts have no buttons");
    }
    async_runtime::spawn(follow(app.clone(), shown, heard));
}

async fn follow(app: AppHandle, shown: Arc<Mutex<Shown>>, mut heard: watch::Receiver<Vec<Watch>>) {
    while heard.changed().await.is_ok() {
        let watches = heard.borrow_and_update().clone();
        let (closed, opened) = shown.lock().unwrap_or_else(PoisonError::into_inner).turn(&watches);
        if !closed.is_empty()
            && let Err(error) = app.notification().remove_active(closed)
        {
            tracing::warn!(%error, "a toast could not be closed");
        }
        let entrance = app.state::<Entrance>();
        let Some(session) = entrance.now() else { continue };
        let settings = session.engine().settings();
        for (id, watch) in opened {
            if let Err(error) = show(&app, id, &watch, &settings) {
                tracing::warn!(%error, "the toast could not be shown");
            }
        }
    }
}

fn show(
    app: &AppHandle,
    id: i32,
    watch: &Watch,
    settings: &Settings,
) -> tauri_plugin_notification::Result<()> {
    let Some(raised) = &watch.raised else { return Ok(()) };
    let words = Words::of(settings.language);
    let button = |id: &str, key: &str| Action::builder(id, words.say(key)).build();
    let buttons = vec![
        button("call", "toast_watch_call"),
        button("next", "toast_watch_next"),
        button("stop", "toast_watch_stop"),
    ];
    let toasts = app.notification();
    toasts.register_action_types(vec![ActionType::builder(KIND).actions(buttons).build()])?;
    let title = words.say("toast_watch_title").replace("{name}", &raised.name);
    let mut toast = toasts.builder().id(id).action_type_id(KIND).title(title).body(body(watch, words));
    if settings.watch_sound {
        toast = toast.sound(SOUND);
    }
    toast.show()
}

/// The second line: what they do, and for which search they are told of.
fn body(watch: &Watch, words: Words) -> String {
    let work = watch.raised.iter().flat_map(|raised| [raised.title.clone(), raised.department.clone()]);
    let search = match &watch.wish {
        WatchWish::Search { text, .. } if !text.is_empty() => Some(
            words
                .say("toast_watch_body")
                .replace("{search}", &words.say("watch_search").replace("{text}", text)),
        ),
        _ => None,
    };
    let parts: Vec<String> = work.chain(search).filter(|part| !part.is_empty()).collect();
    plain(&parts.join(" · "))
}

/// Desktops read the second line as markup.
fn plain(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

/// Does what was clicked on a toast.
async fn act(app: AppHandle, action: String, told: Told) {
    let entrance = app.state::<Entrance>().inner().clone();
    let Some(session) = entrance.now() else { return };
    let Told { watch, person } = told;
    let engine = session.engine();
    let chosen = match action.as_str() {
        "call" => {
            if session.call_from_outside(&person).await {
                window::show(&app);
            }
            return;
        }
        "next" => engine.choose(&watch, WatchChoice::Next).await,
        "stop" => engine.choose(&watch, WatchChoice::Stop).await,
        _ => {
            engine.opened(Push::Open { person });
            window::show(&app);
            return;
        }
    };
    if let Err(failure) = chosen {
        engine.failed(failure);
    }
}

impl Shown {
    /// Takes the watches as they are now; gives the toasts to close and those to open.
    fn turn(&mut self, watches: &[Watch]) -> (Vec<i32>, Vec<(i32, Watch)>) {
        let told = |watch: &Watch| {
            let raised = watch.raised.as_ref()?;
            Some(Told { watch: watch.id.clone(), person: raised.person.clone() })
        };
        let wanted: Vec<Told> = watches.iter().filter_map(told).collect();
        let closed: Vec<i32> =
            self.toasts.iter().filter(|(_, told)| !wanted.contains(told)).map(|(id, _)| *id).collect();
        self.toasts.retain(|_, told| wanted.contains(told));
        let mut opened = Vec::new();
        for watch in watches {
            let Some(told) = told(watch) else { continue };
            if !self.toasts.values().any(|known| *known == told) {
                self.last = self.last.wrapping_add(1);
                self.toasts.insert(self.last, told);
                opened.push((self.last, watch.clone()));
            }
        }
        (closed, opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_wire::window::{Language, Only, Raised};

    fn watch(id: &str, raised: Option<&str>) -> Watch {
        Watch {
            id: id.to_owned(),
            wish: WatchWish::Search { text: "R&D <b>".to_owned(), only: Only::Everyone },
            name: String::new(),
            members: 3,
            ends_at: chrono::DateTime::UNIX_EPOCH,
            raised: raised.map(|person| Raised {
                person: PersonId::new(person),
                name: person.to_owned(),
                title: "Engineer".to_owned(),
                department: String::new(),
                number: None,
            }),
            calling: false,
        }
    }

    fn ids(opened: &[(i32, Watch)]) -> Vec<i32> {
        opened.iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn one_toast_for_each_who_is_told_of_and_none_for_who_is_not_any_more() {
        let mut shown = Shown::default();

        let (closed, opened) = shown.turn(&[watch("a", None), watch("b", Some("mia"))]);
        assert_eq!((closed, ids(&opened)), (vec![], vec![1]));
        let (closed, opened) = shown.turn(&[watch("a", Some("leo")), watch("b", Some("mia"))]);
        assert_eq!((closed, ids(&opened)), (vec![], vec![2]));
        let (closed, opened) = shown.turn(&[watch("b", Some("ana"))]);
        assert_eq!((closed, ids(&opened)), (vec![1, 2], vec![3]));
    }

    #[test]
    fn what_somebody_typed_is_no_markup() {
        let body = body(&watch("a", Some("mia")), Words::of(Language::En));

        assert_eq!(body.contains('<'), !cfg!(target_os = "linux"));
        assert!(body.starts_with("Engineer · "), "{body}");
    }
}
