//! Where log lines go: to standard error and to a file a day, kept for a week.

use std::path::Path;

use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Keeps the writer alive; what is still in its queue is written when this is dropped.
#[must_use]
pub(crate) struct Logs {
    _guard: Option<WorkerGuard>,
}

/// Starts logging into `folder`. `ROLLCALL_LOG` sets what is logged, in the syntax of `tracing`.
///
/// A folder that cannot be written leaves standard error alone; logging is never a reason not to start.
pub(crate) fn start(folder: &Path) -> Logs {
    let filter = || EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let appender = rolling::Builder::new()
        .rotation(rolling::Rotation::DAILY)
        .filename_prefix("rollcall")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder);
    let (file, guard) = match appender {
        Ok(appender) => {
            let (writer, guard) = tracing_appender::non_blocking(appender);
            (Some(fmt::layer().json().with_writer(writer).with_filter(filter())), Some(guard))
        }
        Err(_) => (None, None),
    };
    let screen = fmt::layer().compact().with_writer(std::io::stderr).with_filter(filter());
    // A second start in one process (tests) keeps the first one's subscriber.
    let _ = tracing_subscriber::registry().with(screen).with(file).try_init();
    Logs { _guard: guard }
}
