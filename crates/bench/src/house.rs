//! Folders and executables of a measurement.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::failure::Failure;

/// A folder on the disk on which this program lies, removed when dropped. A system's own folder for
/// temporary files may lie in memory, where a commit costs nothing.
pub(crate) fn folder() -> Result<TempDir, Failure> {
    let beside = executable_folder().map_err(Failure::system("the folder of this program"))?;
    TempDir::new_in(beside).map_err(Failure::system("a folder"))
}

/// The app: what was asked for, else the one that was built beside this program.
pub(crate) fn app(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    program("rollcall", asked)
}

/// A program of this project: what was asked for, else the one that was built beside this program.
pub(crate) fn program(name: &str, asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = match asked {
        Some(path) => path.to_owned(),
        None => executable_folder().map_err(Failure::system("the folder of this program"))?.join(name),
    };
    fs::canonicalize(&path).map_err(|source| Failure::Unreadable { path, source })
}

/// Sets a home up for "this computer" mode; the secret is not in it.
pub(crate) fn connect(home: &Path, connection: &Value) -> Result<(), Failure> {
    let config = home.join("config");
    fs::create_dir_all(&config).map_err(Failure::system("a folder"))?;
    fs::write(config.join("connection.json"), connection.to_string()).map_err(Failure::system("a file"))
}

/// Why no window can be opened here, when none can.
pub(crate) fn without_desktop() -> Option<&'static str> {
    let has = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    (!has("DISPLAY") || !has("DBUS_SESSION_BUS_ADDRESS"))
        .then_some("no display or no session bus: run through scripts/with-desktop")
}

fn executable_folder() -> std::io::Result<PathBuf> {
    let own = env::current_exe()?;
    Ok(own.parent().unwrap_or(&own).to_owned())
}
