//! The tray: how things stand at a glance, and the few things that are wanted without the window.

mod mark;

use rollcall_model::{PersonId, PresenceState};
use rollcall_wire::window::{self as contract, Row, Status, Watch, WatchChoice, WatchWish};
use tauri::{
    AppHandle, Manager as _, Runtime, async_runtime,
    image::Image,
    include_image,
    menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder},
    tray::TrayIconBuilder,
};

pub(crate) use mark::Mark;

use crate::{session::Entrance, window, words::Words};

/// The tray icon's id.
pub(crate) const ID: &str = "main";

/// How many free favourites the menu offers.
const FAVOURITES: usize = 5;
/// How many watches it shows.
const WATCHES: usize = 8;

/// What the menu offers besides what is always in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Who is free and can be called: id and name.
    free: Vec<(PersonId, String)>,
    /// The watches: what to choose, and in which words it is offered.
    watches: Vec<(Choice, String)>,
}

/// What can be chosen of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Choice {
    /// To be asked whether to call the one who is free.
    Call(PersonId),
    /// To end the watch of this id.
    Stop(String),
}

/// Puts the icon into the tray, where the desktop has one.
///
/// The library behind the tray ends the whole process when the system's own tray library is missing, so
/// that is looked for first; without it the app runs as well, without a tray.
pub(crate) fn start<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    if !library::is_installed() {
        tracing::warn!("no tray: libayatana-appindicator3 is not installed");
        return Ok(());
    }
    TrayIconBuilder::with_id(ID)
        .icon(Look::Connecting.icon())
        .menu(&menu(app, &Offer::default())?)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(())
}

/// Shows how things stand now.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, status: &Status, mark: Mark) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    if let Err(refusal) = tray.set_icon(Some(mark.on(Look::of(status).icon()))) {
        tracing::warn!(%refusal, "the tray icon could not be changed");
    }
}

/// Offers this in the menu.
pub(crate) fn offer<R: Runtime>(app: &AppHandle<R>, offer: &Offer) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    let shown = menu(app, offer).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(refusal) = shown {
        tracing::warn!(%refusal, "the tray menu could not be changed");
    }
}

impl Offer {
    /// These people, and what can be done about these watches.
    pub(crate) fn new(free: &[Row], watches: &[Watch]) -> Self {
        let free = free.iter().take(FAVOURITES).map(|row| (row.id.clone(), row.name.clone()));
        let choice = |watch: &Watch| match &watch.raised {
            Some(raised) => (Choice::Call(raised.person.clone()), raised.name.clone()),
            None => (Choice::Stop(watch.id.clone()), whom(watch)),
        };
        Self { free: free.collect(), watches: watches.iter().take(WATCHES).map(choice).collect() }
    }
}

/// Whom a watch waits for, in a few words.
fn whom(watch: &Watch) -> String {
    match &watch.wish {
        WatchWish::Person { .. } => watch.name.clone(),
        WatchWish::Search { text, .. } => text.clone(),
    }
}

/// How many people [`offer`] wants at most.
pub(crate) const fn most_offered() -> usize {
    FAVOURITES
}

fn menu<R: Runtime>(app: &AppHandle<R>, offer: &Offer) -> tauri::Result<Menu<R>> {
    let entrance = app.state::<Entrance>();
    let language =
        entrance.now().map_or(contract::Language::System, |session| session.engine().settings().language);
    let words = Words::of(language);
    let mut menu = MenuBuilder::new(app).text("open", words.say("tray_open")).separator();
    if offer.free.is_empty() {
        let nobody =
            MenuItemBuilder::with_id("nobody", words.say("tray_nobody_free")).enabled(false).build(app)?;
        menu = menu.item(&nobody);
    }
    if !offer.free.is_empty() {
        let heading =
            MenuItemBuilder::with_id("free", words.say("tray_free_favourites")).enabled(false).build(app)?;
        menu = menu.item(&heading);
    }
    for (person, name) in &offer.free {
        menu = menu.text(format!("call:{person}"), name);
    }
    if !offer.watches.is_empty() {
        menu = menu.separator();
    }
    for (choice, name) in &offer.watches {
        let name = if name.is_empty() { words.say("only_favourites") } else { name };
        let (id, key) = match choice {
            Choice::Call(person) => (format!("call:{person}"), "tray_watch_free"),
            Choice::Stop(watch) => (format!("stop:{watch}"), "tray_watch_stop"),
        };
        menu = menu.text(id, words.say(key).replace("{name}", name));
    }
    menu.separator()
        .text("settings", words.say("section_settings"))
        .text("quit", words.say("tray_quit"))
        .build()
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is that of a menu handler")]
fn chosen<R: Runtime>(app: &AppHandle<R>, event: MenuEvent) {
    match event.id().as_ref() {
        "open" | "settings" => window::show(app),
        "quit" => app.exit(0),
        other => {
            if let Some(id) = other.strip_prefix("call:") {
                window::show(app);
                if let Some(session) = app.state::<Entrance>().now() {
                    session.offer_call(&PersonId::new(id));
                }
            } else if let Some(watch) = other.strip_prefix("stop:") {
                stop(app, watch.to_owned());
            }
        }
    }
}

fn stop<R: Runtime>(app: &AppHandle<R>, watch: String) {
    let Some(engine) = app.state::<Entrance>().now().map(crate::session::Session::engine) else { return };
    async_runtime::spawn(async move {
        if let Err(failure) = engine.choose(&watch, WatchChoice::Stop).await {
            engine.failed(failure);
        }
    });
}

/// The icons: each differs from the others by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Connecting,
    Offline,
    Free,
    Away,
    Busy,
}

impl Look {
    fn of(status: &Status) -> Self {
        match (&status.link, &status.me) {
            (contract::Link::Offline { .. }, _) => Self::Offline,
            (contract::Link::Connecting, _) => Self::Connecting,
            (contract::Link::Online { .. }, None) => Self::Free,
            (contract::Link::Online { .. }, Some(me)) => match me.presence.state {
                PresenceState::Available | PresenceState::Mobile | PresenceState::Unknown => Self::Free,
                PresenceState::Away | PresenceState::OutOfOffice | PresenceState::Offline => Self::Away,
                _ => Self::Busy,
            },
        }
    }

    fn icon(self) -> Image<'static> {
        match self {
            Self::Free => include_image!("icons/tray-online.png"),
            Self::Away | Self::Connecting => include_image!("icons/tray-away.png"),
            Self::Busy => include_image!("icons/tray-busy.png"),
            Self::Offline => include_image!("icons/tray-offline.png"),
        }
    }
}

/// Looking for the system's tray library without loading it.
mod library {
    use std::{env, path::PathBuf};

    const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

    pub(super) fn is_installed() -> bool {
        !cfg!(target_os = "linux")
            || folders().any(|folder| NAMES.iter().any(|name| folder.join(name).exists()))
    }

    fn folders() -> impl Iterator<Item = PathBuf> {
        let own = env::var_os("LD_LIBRARY_PATH").map(|paths| env::split_paths(&paths).collect::<Vec<_>>());
        let triple = format!("{}-linux-gnu", env::consts::ARCH);
        let usual = ["/usr/lib", "/lib", "/usr/lib64", "/lib64", "/usr/local/lib", "/app/lib"]
            .into_iter()
            .flat_map(move |folder| [PathBuf::from(folder), PathBuf::from(folder).join(&triple)]);
        own.into_iter().flatten().chain(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_wire::{
        Failure,
        window::{Mode, StatusProgress},
    };

    #[test]
    fn an_outage_shows_before_anything_else() {
        let since = chrono::DateTime::UNIX_EPOCH;
        let status = Status {
            mode: Mode::Demo,
            link: contract::Link::Offline { since, failure: Failure::RelayUnreachable, retry_at: None },
            directory: StatusProgress::default(),
            repair: None,
            heard_at: None,
            me: None,
            may_tell: false,
            waited_by: Vec::new(),
            policy: contract::Policy::default(),
            notices: Vec::new(),
        };

        assert_eq!(Look::of(&status), Look::Offline);
    }
}
