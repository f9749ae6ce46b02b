//! What the test run leaves behind to be looked at: its logs, and the words that must not be in them.

use std::{fs, io::Write as _, path::PathBuf, sync::OnceLock};

use rollcall_fake_zoom::FakeZoom;

/// Names shorter than this are found by chance.
const SHORTEST: usize = 8;

/// The folder `target/test-logs`.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/test-logs"))
}

/// Logs everything that this process does, in detail, to a file of its own.
pub fn log() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let file = create("log");
        let filter = "warn,rollcall_desk=trace,rollcall_relay=trace,rollcall_zoom=trace,rollcall_model=trace";
        // A test that set up its own logging keeps it.
        let _ =
            tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).try_init();
    });
}

/// A file for the log of an app that a test starts.
pub fn app_log() -> fs::File {
    create("log")
}

/// Writes down what must not be found in any log of a test with this Zoom.
///
/// # Panics
/// When the file cannot be written.
#[expect(clippy::expect_used, reason = "a check that cannot be made is a failed test")]
pub fn forbid(fake: &FakeZoom) {
    let ready = fake.ready();
    let mut words = vec![ready.client_secret.clone(), ready.secret_token.clone()];
    for person in fake.people() {
        words.extend([person.email, person.name]);
        words.extend(person.number.map(|number| number.trim_start_matches('+').to_owned()));
    }
    words.retain(|word| word.len() >= SHORTEST);
    let mut file = create("forbidden");
    file.write_all(words.join("\n").as_bytes()).expect("the forbidden words are written down");
}

#[expect(clippy::expect_used, reason = "a check that cannot be made is a failed test")]
fn create(ending: &str) -> fs::File {
    let folder = folder();
    fs::create_dir_all(&folder).expect("target/test-logs can be made");
    let name = format!("{}.{ending}", uuid::Uuid::now_v7());
    fs::File::create(folder.join(name)).expect("a file in target/test-logs can be made")
}
