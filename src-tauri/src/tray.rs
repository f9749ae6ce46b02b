//! The tray: how things stand at a glance, and the few things that are wanted without the window.

use rollcall_model::{PersonId, PresenceState};
use rollcall_wire::window::{self as contract, Row, Status};
use tauri::{
    AppHandle, Manager as _, Runtime,
    image::Image,
    include_image,
    menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder},
    tray::TrayIconBuilder,
};

use crate::{session::Entrance, window, words::Words};

/// The tray icon's id.
pub(crate) const ID: &str = "main";

/// How many free favourites the menu offers.
const FAVOURITES: usize = 5;

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
        .menu(&menu(app, &[])?)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(())
}

/// Shows how things stand now.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, status: &Status) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    if let Err(refusal) = tray.set_icon(Some(Look::of(status).icon())) {
        tracing::warn!(%refusal, "the tray icon could not be changed");
    }
}

/// Offers these people in the menu.
pub(crate) fn offer<R: Runtime>(app: &AppHandle<R>, free: &[Row]) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    let shown = menu(app, free).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(refusal) = shown {
        tracing::warn!(%refusal, "the tray menu could not be changed");
    }
}

/// How many people [`offer`] wants at most.
pub(crate) const fn most_offered() -> usize {
    FAVOURITES
}

fn menu<R: Runtime>(app: &AppHandle<R>, free: &[Row]) -> tauri::Result<Menu<R>> {
    let entrance = app.state::<Entrance>();
    let language =
        entrance.now().map_or(contract::Language::System, |session| session.engine().settings().language);
    let words = Words::of(language);
    let mut menu = MenuBuilder::new(app).text("open", words.say("tray_open")).separator();
    if free.is_empty() {
        let nobody =
            MenuItemBuilder::with_id("nobody", words.say("tray_nobody_free")).enabled(false).build(app)?;
        menu = menu.item(&nobody);
    }
    for row in free.iter().take(FAVOURITES) {
        menu = menu.text(format!("call:{}", row.id), &row.name);
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
            }
        }
    }
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
            notices: Vec::new(),
        };

        assert_eq!(Look::of(&status), Look::Offline);
    }
}
