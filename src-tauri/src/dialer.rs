//! Handing a number to a phone: Zoom's own client, or the demo's made-up one.

use async_trait::async_trait;
use rollcall_desk::{Dial, dial_uri};
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::PhoneNumber;
use rollcall_wire::Failure;

/// The Zoom client of this computer, through the desktop's handler of `zoomphonecall:` links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ZoomClient;

/// The phone of the demo's agent, at the fake Zoom.
#[derive(Clone, Debug)]
pub(crate) struct DemoPhone(pub(crate) FakeZoom);

#[async_trait]
impl Dial for ZoomClient {
    async fn dial(&self, number: PhoneNumber) -> Result<(), Failure> {
        // Opening a link succeeds even when nothing takes it, so ask first.
        if !has_handler().await {
            return Err(Failure::NoDialer);
        }
        tauri_plugin_opener::open_url(dial_uri(number), None::<&str>).map_err(|refusal| {
            tracing::warn!(%refusal, "the desktop did not open the dial link");
            Failure::NoDialer
        })
    }
}

#[async_trait]
impl Dial for DemoPhone {
    async fn dial(&self, number: PhoneNumber) -> Result<(), Failure> {
        let agent = self.0.ready().agent_user_id.clone();
        self.0.place_call(&agent, &number.to_string()).map(drop).map_err(|refusal| {
            tracing::warn!(%refusal, "the demo's phone did not place the call");
            Failure::NoDialer
        })
    }
}

/// Whether a program of this desktop takes `zoomphonecall:` links. Only Linux can be asked.
async fn has_handler() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let asked = tokio::process::Command::new("xdg-mime")
        .args(["query", "default", "x-scheme-handler/zoomphonecall"])
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(std::time::Duration::from_secs(2), asked).await {
        Ok(Ok(answer)) => !answer.stdout.trim_ascii().is_empty(),
        // Without xdg-mime there is no way to know; let the desktop try.
        _ => true,
    }
}
