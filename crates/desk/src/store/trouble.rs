//! What an error of SQLite means for the desk.

use sqlx::migrate::MigrateError;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The file is damaged, or holds what this program never wrote.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A newer version of the program has changed its tables.
    #[error("the database was made by a newer version")]
    TooNew,
    /// It cannot be opened or written: no space, no right to, a broken disk.
    #[error("the database cannot be written: {0}")]
    Unwritable(String),
}

/// SQLite's primary result codes for a damaged file: `SQLITE_ERROR` is one, since every statement here
/// is fixed and tested, so that it fails only when a table is not what the migrations made it.
const DAMAGED: [i32; 3] = [1, 11, 26];

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        let damaged = match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
                DAMAGED.contains(&(code & 0xff))
            }
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::RowNotFound => true,
            _ => false,
        };
        if damaged { Self::Corrupt(error.to_string()) } else { Self::Unwritable(error.to_string()) }
    }
}

impl From<MigrateError> for Trouble {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => Self::TooNew,
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Corrupt(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        // The category and the place, never the text: it holds names and numbers.
        Self::Corrupt(format!("{:?} at column {}", error.classify(), error.column()))
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Unwritable(error.kind().to_string())
    }
}
