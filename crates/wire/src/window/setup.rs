//! Setting the app up.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the set-up screen of "this computer" asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetUp {
    /// The account id of the Server-to-Server app.
    pub account_id: String,
    /// Its client id.
    pub client_id: String,
    /// Its client secret. Goes to the keychain and comes back never.
    pub client_secret: String,
    /// The id of its WebSocket event subscription.
    pub subscription_id: String,
    /// The Zoom e-mail address of the person at this desk.
    pub email: String,
}

/// What a person may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// The window's language.
    pub language: Language,
    /// The region that completes numbers typed without a country code (ISO 3166, two letters).
    pub region: Option<String>,
    /// After how many minutes a watch ends by itself; 1 to 480.
    pub watch_minutes: u16,
    /// Whether a toast of a watch makes a sound.
    pub watch_sound: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            language: Language::default(),
            region: None,
            watch_minutes: 30,
            watch_sound: false,
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The window's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the desktop has it.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// The secret is not printed.
impl fmt::Debug for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetUp").field("client_secret", &"redacted").finish_non_exhaustive()
    }
}
