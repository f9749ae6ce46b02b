//! Secrets that stand in files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::wrong::Wrong;

/// A secret that was given directly or as a file; `names` are the two fields' names.
pub(crate) fn secret(
    given: Option<&SecretString>,
    file: Option<&PathBuf>,
    [one, other]: [&'static str; 2],
) -> Result<Option<SecretString>, Wrong> {
    match (given, file) {
        (Some(_), Some(_)) => Err(Wrong::Both { one, other }),
        (Some(given), None) if given.expose_secret().trim().is_empty() => Ok(None),
        (Some(given), None) => Ok(Some(given.clone())),
        (None, Some(file)) => read(file).map(Some),
        (None, None) => Ok(None),
    }
}

/// The text of a file without the line's end.
fn read(path: &Path) -> Result<SecretString, Wrong> {
    let text = fs::read_to_string(path).map_err(|source| Wrong::File { path: path.to_owned(), source })?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Wrong::EmptyFile(path.to_owned()));
    }
    Ok(SecretString::from(secret.to_owned()))
}
