//! Where peers are found: programs of other makers, and the configuration that this project gives them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// The folder of this project, as it was when this program was built.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of `crates/bench/peers`.
pub(crate) fn file(name: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name);
    fs::canonicalize(&path).map_err(|source| Failure::Unreadable { path, source })
}

/// A file of `crates/bench/peers` in which `@WORDS@` are replaced, written to `to`.
pub(crate) fn written(name: &str, words: &[(&str, &str)], to: &Path) -> Result<(), Failure> {
    let path = file(name)?;
    let mut text = fs::read_to_string(&path).map_err(|source| Failure::Unreadable { path, source })?;
    for (word, value) in words {
        text = text.replace(&format!("@{word}@"), value);
    }
    fs::write(to, text).map_err(Failure::system("a file"))
}

/// A program that Debian installs, where the shell would find it; servers also where only root looks.
pub(crate) fn executable(name: &'static str) -> Result<PathBuf, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file()).ok_or(Failure::NotInstalled(name))
}
