//! The files of a log: who may use them, and what they are called.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{ledger::LedgerError, sqlite::private_file};

/// Locks a file of its own beside the database: closing any handle of the database itself would also drop
/// the locks that `SQLite` has on it.
pub(super) fn lock_beside(path: &Path) -> Result<File, LedgerError> {
    let file = private_file(&with_end(path, ".lock")).map_err(LedgerError::File)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse),
        Err(TryLockError::Error(error)) => Err(LedgerError::File(error)),
    }
}

/// `path` with more at the end of its name.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
