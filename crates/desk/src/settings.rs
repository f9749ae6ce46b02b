//! What was chosen: a JSON file that holds only what differs from the defaults.
//!
//! Fields of the file that this version does not know are kept as they are. A file that cannot be read is
//! kept aside, and the one before it takes its place.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use rollcall_wire::{Failure, window::Settings};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use crate::home::{self, Home};

/// Other addresses than Zoom's own, where given: by the environment, else by the settings file
/// (`"zoom": {"oauth": …, "api": …, "websocket": …}`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoomBases {
    /// In place of `https://zoom.us` (`ROLLCALL_ZOOM_OAUTH`).
    pub oauth: Option<Url>,
    /// In place of `https://api.zoom.us/v2` (`ROLLCALL_ZOOM_API`).
    pub api: Option<Url>,
    /// In place of `wss://ws.zoom.us/ws` (`ROLLCALL_ZOOM_WEBSOCKET`).
    pub websocket: Option<Url>,
}

/// The content of the settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    fields: Map<String, Value>,
}

impl Kept {
    /// Reads the file; one that cannot be read is kept aside, and told of.
    pub(crate) fn read(home: &Home, now: DateTime<Utc>) -> (Self, Option<Failure>) {
        let path = home.settings();
        match read_fields(&path) {
            Ok(fields) => (Self { fields }, None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Self::default(), None),
            Err(_) => {
                let before = read_fields(&before(&path)).ok();
                let restored = before.is_some();
                let kept = home::set_aside(&path, "corrupt", now);
                let failure = kept.map_or(Failure::DatabaseUnwritable, |kept_as| Failure::DatabaseSetAside {
                    kept_as,
                    restored,
                });
                (Self { fields: before.unwrap_or_default() }, Some(failure))
            }
        }
    }

    /// Writes the file; the one before it is kept beside it.
    pub(crate) fn write(&self, home: &Home) -> io::Result<()> {
        let path = home.settings();
        if path.exists() {
            home::write_atomically(&before(&path), &fs::read(&path)?)?;
        }
        let mut text = serde_json::to_vec_pretty(&self.fields)?;
        text.push(b'\n');
        home::write_atomically(&path, &text)
    }

    /// What was chosen. A field that holds what it must not counts as not chosen.
    pub(crate) fn settings(&self) -> Settings {
        let defaults = fields_of(&Settings::default());
        let mut taken = defaults.clone();
        for name in defaults.keys() {
            let Some(value) = self.fields.get(name) else { continue };
            let mut with = taken.clone();
            with.insert(name.clone(), value.clone());
            if serde_json::from_value::<Settings>(Value::Object(with.clone())).is_ok() {
                taken = with;
            }
        }
        serde_json::from_value(Value::Object(taken)).unwrap_or_default()
    }

    /// The same file with other choices.
    pub(crate) fn with(&self, settings: &Settings) -> Self {
        let defaults = fields_of(&Settings::default());
        let mut fields = self.fields.clone();
        for (name, value) in fields_of(settings) {
            if defaults.get(&name) == Some(&value) {
                fields.remove(&name);
            } else {
                fields.insert(name, value);
            }
        }
        Self { fields }
    }

    /// Other addresses than Zoom's own; `variable` reads the environment. An address that is none is
    /// told of and left out.
    pub(crate) fn zoom(&self, variable: impl Fn(&str) -> Option<String>) -> (ZoomBases, Vec<Failure>) {
        let mut failures = Vec::new();
        let mut base = |name: &str, from: &str| {
            let written = self.fields.get("zoom").and_then(|zoom| zoom.get(name)).and_then(Value::as_str);
            let text = variable(from).or_else(|| written.map(str::to_owned))?;
            let url = Url::parse(&text).ok().filter(Url::has_host);
            if url.is_none() {
                failures.push(Failure::BadField { field: format!("zoom.{name}") });
            }
            url
        };
        let bases = ZoomBases {
            oauth: base("oauth", "ROLLCALL_ZOOM_OAUTH"),
            api: base("api", "ROLLCALL_ZOOM_API"),
            websocket: base("websocket", "ROLLCALL_ZOOM_WEBSOCKET"),
        };
        (bases, failures)
    }

    /// A file of certificates (PEM) that a relay's may be signed by, besides those that this computer
    /// trusts: by the environment (`ROLLCALL_RELAY_CA`), else by the settings file
    /// (`"relay": {"ca": …}`). `variable` reads the environment.
    pub(crate) fn relay_ca(&self, variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
        let written = self.fields.get("relay").and_then(|relay| relay.get("ca")).and_then(Value::as_str);
        variable("ROLLCALL_RELAY_CA").or_else(|| written.map(str::to_owned)).map(PathBuf::from)
    }
}

fn before(path: &Path) -> PathBuf {
    path.with_extension("before.json")
}

fn read_fields(path: &Path) -> io::Result<Map<String, Value>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn fields_of<T: Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_wire::window::Theme;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
        home.make().unwrap();
        (folder, home)
    }

    fn dark() -> Settings {
        Settings { theme: Theme::Dark, ..Settings::default() }
    }

    #[test]
    fn the_file_holds_only_what_differs_and_what_it_does_not_know() {
        let (_folder, home) = home();
        fs::write(home.settings(), r#"{"from_a_newer_version": 1, "region": "GB"}"#).unwrap();
        let (kept, _) = Kept::read(&home, DateTime::UNIX_EPOCH);

        kept.with(&dark()).write(&home).unwrap();

        let written: Value = serde_json::from_slice(&fs::read(home.settings()).unwrap()).unwrap();
        assert_eq!(written, serde_json::json!({"from_a_newer_version": 1, "theme": "dark"}));
        assert_eq!(Kept::read(&home, DateTime::UNIX_EPOCH).0.settings(), dark());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_kept_aside_and_the_one_before_it_counts() {
        let (_folder, home) = home();
        Kept::default().with(&dark()).write(&home).unwrap();
        Kept::default().with(&dark()).write(&home).unwrap();
        fs::write(home.settings(), "{\"theme\": \"da").unwrap();

        let (kept, failure) = Kept::read(&home, DateTime::UNIX_EPOCH);

        assert_eq!(kept.settings(), dark());
        let Some(Failure::DatabaseSetAside { kept_as, restored: true }) = failure else {
            panic!("{failure:?}")
        };
        assert!(home.config.join(kept_as).exists());
    }

    #[test]
    fn one_bad_field_does_not_spoil_the_others() {
        let (_folder, home) = home();
        fs::write(home.settings(), r#"{"theme": "dark", "language": 7}"#).unwrap();

        let (kept, failure) = Kept::read(&home, DateTime::UNIX_EPOCH);

        assert_eq!((kept.settings(), failure), (dark(), None));
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let (_folder, home) = home();
        fs::write(
            home.settings(),
            r#"{"zoom": {"api": "http://127.0.0.1:1/v2", "oauth": "http://127.0.0.1:1", "websocket": "no"}}"#,
        )
        .unwrap();
        let (kept, _) = Kept::read(&home, DateTime::UNIX_EPOCH);

        let (bases, failures) =
            kept.zoom(|name| (name == "ROLLCALL_ZOOM_API").then(|| "http://127.0.0.1:2/v2".to_owned()));

        assert_eq!(bases.api.unwrap().as_str(), "http://127.0.0.1:2/v2");
        assert_eq!(bases.oauth.unwrap().as_str(), "http://127.0.0.1:1/");
        assert_eq!(failures, [Failure::BadField { field: "zoom.websocket".into() }]);
    }

    #[test]
    fn a_certificate_of_the_organisations_own_is_named_by_the_environment_or_the_file() {
        let (_folder, home) = home();
        fs::write(home.settings(), r#"{"relay": {"ca": "/etc/acme.pem"}}"#).unwrap();
        let (kept, _) = Kept::read(&home, DateTime::UNIX_EPOCH);

        let of_file = kept.relay_ca(|_| None);
        let of_environment =
            kept.relay_ca(|name| (name == "ROLLCALL_RELAY_CA").then(|| "own.pem".to_owned()));

        assert_eq!(of_file, Some(PathBuf::from("/etc/acme.pem")));
        assert_eq!(of_environment, Some(PathBuf::from("own.pem")));
    }
}
