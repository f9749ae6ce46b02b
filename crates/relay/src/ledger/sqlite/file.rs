//! The files of a log: who may use them, and what they are called.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::ledger::LedgerError;

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

/// Makes the file if there is none, readable and writable by its owner only. `SQLite` gives the files
/// beside it (`-wal`, `-shm`) the same rights.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    private_file(path)?.sync_all()
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// `path` with more at the end of its name.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
