//! Where a desk keeps its files, and who may read them.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

/// The folders of one desk.
///
/// | file | holds |
/// | --- | --- |
/// | `data/replica.sqlite` | people, presence, calls: can be thrown away, the relay has it |
/// | `data/mine.sqlite` | lists, calls and watches of the person at this desk |
/// | `data/backup/` | the last copies of `mine.sqlite` |
/// | `config/settings.json` | what was chosen, where it differs from the defaults |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Where databases are kept.
    pub data: PathBuf,
    /// Where settings are kept.
    pub config: PathBuf,
}

impl Home {
    /// Makes the folders, readable by their owner only.
    pub(crate) fn make(&self) -> io::Result<()> {
        for folder in [&self.data, &self.config, &self.backup()] {
            make_private_folder(folder)?;
        }
        Ok(())
    }

    /// Removes the copy of the directory from this computer. The desk must be stopped.
    pub fn forget_replica(&self) -> io::Result<()> {
        let replica = self.replica();
        for file in beside(&replica).into_iter().chain([replica]) {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn replica(&self) -> PathBuf {
        self.data.join("replica.sqlite")
    }

    pub(crate) fn mine(&self) -> PathBuf {
        self.data.join("mine.sqlite")
    }

    pub(crate) fn backup(&self) -> PathBuf {
        self.data.join("backup")
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.config.join("settings.json")
    }
}

/// A moment as it stands in the names of kept files: sorts by time, legal on every file system.
pub(crate) fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%S%3fZ").to_string()
}

/// Renames a file that cannot be used, so that it is kept: `a.json` becomes `a-WHY-STAMP.json`.
/// Gives the new name.
pub(crate) fn set_aside(file: &Path, why: &str, now: DateTime<Utc>) -> io::Result<String> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    let kept = format!("{stem}-{why}-{}.{ending}", stamp(now));
    fs::rename(file, file.with_file_name(&kept))?;
    Ok(kept)
}

/// The files that SQLite keeps beside a database: its log, and the log's index.
pub(crate) fn beside(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        name.into()
    })
}

/// Makes sure that the file exists and only its owner may read it.
pub(crate) fn touch_private(file: &Path) -> io::Result<()> {
    private(OpenOptions::new().append(true).create(true)).open(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Writes a whole file so that a crash leaves either the old or the new one; only its owner may read it.
pub fn write_atomically(file: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let mut open = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&fresh)?;
    open.write_all(content)?;
    open.sync_all()?;
    drop(open);
    fs::rename(&fresh, file)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
