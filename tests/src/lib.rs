//! What the acceptance and the window tests share.

pub mod evidence;
pub mod stage;
pub mod team;
pub mod tls_proxy;
pub mod webdriver;
pub mod window;

use std::time::Duration;

/// An HTTP client for tests: loopback only by use, and never without a timeout.
///
/// # Panics
/// When TLS cannot be initialised, which no test survives.
#[expect(clippy::expect_used, reason = "no test survives without a client")]
pub fn http() -> reqwest::Client {
    // A second installation in one process is refused and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(30)).no_proxy().build().expect("an HTTP client")
}
