//! The few words that the shell itself says, from the window's own message catalogue.

use std::{collections::HashMap, sync::LazyLock};

use rollcall_wire::window::Language;

type Catalogue = HashMap<String, serde_json::Value>;

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../../ui/messages/en.json")));
static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../../ui/messages/de.json")));

fn read(json: &str) -> Catalogue {
    serde_json::from_str(json).unwrap_or_default()
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(Language);

impl Words {
    /// Chooses the language; `System` asks `LC_ALL`, `LC_MESSAGES` and `LANG`, in that order.
    pub(crate) fn of(language: Language) -> Self {
        match language {
            Language::System => Self(of_the_desktop(|name| std::env::var(name).ok())),
            chosen => Self(chosen),
        }
    }

    /// The message of that key; the key itself where there is none.
    pub(crate) fn say(self, key: &str) -> &str {
        let catalogue = if self.0 == Language::De { &*GERMAN } else { &*ENGLISH };
        catalogue.get(key).and_then(serde_json::Value::as_str).unwrap_or(key)
    }
}

fn of_the_desktop(variable: impl Fn(&str) -> Option<String>) -> Language {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|v| !v.is_empty()));
    if said.is_some_and(|locale| locale.starts_with("de")) { Language::De } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that the shell says.
    const KEYS: &[&str] = &[
        "tray_open",
        "section_settings",
        "tray_quit",
        "tray_nobody_free",
        "tray_free_favourites",
        "lists_groups",
        "toast_lost_title",
        "toast_lost_body",
        "browser_done_title",
        "browser_done_body",
        "browser_refused_title",
        "browser_refused_body",
    ];

    #[test]
    fn every_word_of_the_shell_is_in_both_catalogues() {
        for key in KEYS {
            assert!(ENGLISH.contains_key(*key), "en: {key}");
            assert!(GERMAN.contains_key(*key), "de: {key}");
        }
    }

    #[test]
    fn the_desktops_language_is_asked_in_order() {
        let german = |name: &str| (name == "LANG").then(|| "de_AT.UTF-8".to_owned());
        let overridden = |name: &str| Some(if name == "LC_ALL" { "en_GB.UTF-8" } else { "de_DE" }.to_owned());

        assert_eq!(of_the_desktop(german), Language::De);
        assert_eq!(of_the_desktop(overridden), Language::En);
    }
}
