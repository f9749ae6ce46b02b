//! An app that hears a Zoom: the fake one in this process, and a home that is set up for it.

use std::path::Path;

use rollcall_desk::secrets::{Keychain, Secrets as _};
use rollcall_fake_zoom::{FakeZoom, Options};
use secrecy::SecretString;
use serde_json::json;
use tempfile::TempDir;

use crate::{failure::Failure, house};

/// The name under which the app keeps its secrets.
const APPLICATION: &str = "dev.rollcall.desktop";

/// A Zoom and a home for an app that listens to it.
pub(crate) struct Live {
    pub(crate) zoom: FakeZoom,
    home: TempDir,
    keychain: Keychain,
}

impl Live {
    /// A still organisation of `people`; the credentials are in the home and in the keychain.
    pub(crate) async fn start(people: usize, seed: u64) -> Result<Self, Failure> {
        let home = house::folder()?;
        let zoom = FakeZoom::start(Options { people, seed, ..Options::default() })
            .await
            .map_err(Failure::no_start("the fake Zoom"))?;
        let ready = zoom.ready();
        let connection = json!({
            "account_id": ready.account_id, "client_id": ready.client_id,
            "subscription_id": ready.subscription_id, "email": ready.agent_email,
        });
        house::connect(home.path(), &connection)?;
        let keychain = Keychain::new(APPLICATION);
        let secret = SecretString::from(ready.client_secret.clone());
        keychain.write(&ready.client_id, secret).await.map_err(Failure::no_start("the keychain"))?;
        Ok(Self { zoom, home, keychain })
    }

    /// The home's folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The environment that points an app at this Zoom.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let ready = self.zoom.ready();
        vec![
            ("ROLLCALL_ZOOM_OAUTH", ready.base.clone()),
            ("ROLLCALL_ZOOM_API", format!("{}/v2", ready.base)),
            ("ROLLCALL_ZOOM_WEBSOCKET", ready.ws.clone()),
        ]
    }

    /// How many people the app will list.
    pub(crate) fn active(&self) -> usize {
        self.zoom.people().iter().filter(|person| person.status == "active").count()
    }

    /// Takes the secret out of the keychain and ends the Zoom.
    pub(crate) async fn end(self) {
        // A secret of a Zoom that is gone opens nothing; it is only untidy.
        let _ = self.keychain.forget(&self.zoom.ready().client_id).await;
        self.zoom.stop().await;
    }
}
