//! Copies of `mine.sqlite`: made by SQLite itself, so that a copy is always a whole database.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use sqlx::SqlitePool;

use super::Trouble;
use crate::home::{self, Home};

/// How many copies are kept.
const KEPT: usize = 2;

/// Makes a copy of the open database, named by the time, and drops the oldest ones.
pub(super) async fn make(pool: &SqlitePool, home: &Home, now: DateTime<Utc>) -> Result<(), Trouble> {
    let copy = home.backup().join(format!("mine-{}.sqlite", home::stamp(now)));
    let fresh = copy.with_extension("new");
    remove_if_there(&fresh)?;
    home::touch_private(&fresh)?;
    sqlx::query("VACUUM INTO ?1").bind(fresh.to_string_lossy().as_ref()).execute(pool).await?;
    fs::rename(&fresh, &copy)?;
    for old in newest_first(home)?.into_iter().skip(KEPT) {
        remove_if_there(&old)?;
    }
    Ok(())
}

/// The copies, newest first.
pub(super) fn newest_first(home: &Home) -> io::Result<Vec<PathBuf>> {
    let mut copies: Vec<PathBuf> = match fs::read_dir(home.backup()) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    copies.retain(|path| path.extension().is_some_and(|ending| ending == "sqlite"));
    copies.sort();
    copies.reverse();
    Ok(copies)
}

/// Puts a copy in the place of the database. What lies beside it belongs to the file that was there.
pub(super) fn put_back(copy: &Path, path: &Path) -> io::Result<()> {
    for beside in home::beside(path) {
        remove_if_there(&beside)?;
    }
    home::touch_private(path)?;
    fs::copy(copy, path)?;
    fs::File::open(path)?.sync_all()
}

/// Puts the newest copy in the place of a database that is not there; without a copy nothing happens.
pub(super) fn restore(home: &Home, path: &Path) -> io::Result<()> {
    match newest_first(home)?.first() {
        Some(copy) => put_back(copy, path),
        None => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
