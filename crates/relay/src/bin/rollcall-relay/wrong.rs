//! What was wrong, as a code for programs and a sentence that says what to do.

use std::{path::PathBuf, process::ExitCode};

use rollcall_relay::{
    LedgerError,
    access::{NotInvited, StoreError},
    server::StartError,
};

/// Why a verb did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// It was told something wrong.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The server does not start.
    #[error("{}", with_reasons(.0))]
    Start(#[from] StartError),
    /// Nobody was invited.
    #[error("{0}; see whether the address is right")]
    NotInvited(#[from] NotInvited),
    /// It cannot be told who may come in.
    #[error(transparent)]
    People(#[from] StoreError),
    /// What the organisation tells cannot be read or written.
    #[error("what the organisation tells of its people cannot be read or written: {0}")]
    Lore(#[from] LedgerError),
    /// A file has lines that do not fit.
    #[error(
        "{0} thing(s) in the file do not fit, and nothing was taken in; mend them, or give --skip-misfits to take in \
         the rest"
    )]
    Misfits(usize),
    /// Something is to be done before the relay can do all its work.
    #[error("{0} thing(s) are to be done; see above")]
    ToDo(usize),
    /// The system does not let this program hear signals, or write what it must.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

/// What was told wrongly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    /// The filter of the log has another syntax.
    #[error("--log does not understand {0:?}; give a level such as info, or info,rollcall_zoom=debug")]
    LogFilter(String),
    /// A field without which it does not go.
    #[error("{organisation}: {field} is missing; {hint}")]
    Missing {
        /// Whose.
        organisation: String,
        /// Which, as a flag or as a field of the file.
        field: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A field that does not hold what it must.
    #[error("{field} does not hold {wanted}")]
    BadField {
        /// Which.
        field: &'static str,
        /// What it must hold.
        wanted: &'static str,
    },
    /// Two fields that say the same.
    #[error("{one} and {other} are both given; give only one of them")]
    Both {
        /// One.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}; give a file that this user may read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file with a secret is empty.
    #[error("{} is empty; write the secret into it", .0.display())]
    EmptyFile(PathBuf),
    /// The file of organisations is not one.
    #[error("{} is no JSON list of organisations, at line {line}: {why}", path.display())]
    Organisations {
        /// Which.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Why.
        why: String,
    },
    /// The file of organisations names none.
    #[error("{} names no organisation; it must be a JSON list with at least one", .0.display())]
    NoOrganisation(PathBuf),
    /// Two organisations have the same name.
    #[error("two organisations are called {0}; give each a name of its own")]
    SameName(String),
    /// Zoom's address is not one.
    #[error("Zoom cannot be asked at these addresses: {0}")]
    Zoom(String),
}

impl Failed {
    /// Says it, and how the program ends: 2 when it was told something wrong, else 1.
    #[expect(clippy::print_stderr, reason = "whoever called this program reads it there")]
    pub(crate) fn tell(&self) -> ExitCode {
        eprintln!("rollcall-relay: {}: {self}", self.code());
        if matches!(self, Self::Wrong(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::Wrong(wrong) => wrong.code(),
            Self::Start(error) => error.code(),
            Self::NotInvited(_) => "not_invited",
            Self::People(_) => "no_people",
            Self::Lore(_) => "no_lore",
            Self::Misfits(_) => "misfits",
            Self::ToDo(_) => "to_do",
            Self::System(_) => "system",
        }
    }
}

impl Wrong {
    const fn code(&self) -> &'static str {
        match self {
            Self::LogFilter(_) => "bad_log_filter",
            Self::Missing { .. } => "missing_field",
            Self::BadField { .. } => "bad_field",
            Self::Both { .. } => "given_twice",
            Self::File { .. } => "unreadable_file",
            Self::EmptyFile(_) => "empty_file",
            Self::Organisations { .. } => "bad_organisations",
            Self::NoOrganisation(_) => "no_organisation",
            Self::SameName(_) => "same_name",
            Self::Zoom(_) => "bad_zoom_address",
        }
    }
}

/// An error and what lies behind it, in one line.
fn with_reasons(error: &StartError) -> String {
    let mut line = error.to_string();
    let mut reason = std::error::Error::source(error);
    while let Some(behind) = reason {
        line = format!("{line}: {behind}");
        reason = behind.source();
    }
    line
}
