//! An organisation behind the server's doors: what runs, and how Zoom's word for it is recognised.

use std::sync::Arc;

use chrono::TimeDelta;
use rollcall_model::PersonId;
use rollcall_wire::Failure;
use rollcall_zoom::webhook::Secrets;
use secrecy::SecretString;

use super::WebhookSettings;
use crate::{
    Slug,
    access::{Access, StoreError},
    caller::Caller,
    core::Core,
    door::Visitor,
    organisation::Organisation,
    state::Part,
};

/// An organisation behind the server's doors.
#[derive(Debug)]
pub(crate) struct House {
    pub(super) organisation: Organisation,
    /// Who may come in.
    pub(super) access: Arc<Access>,
    /// The client id of its app.
    pub(super) client_id: String,
    /// Its Zoom account.
    pub(super) account_id: String,
    /// How Zoom's webhooks are recognised; without this they are refused.
    pub(super) keys: Option<Keys>,
}

/// How Zoom's webhooks are recognised.
#[derive(Debug)]
pub(super) struct Keys {
    /// The secrets with which Zoom may sign, each by itself: it matters which one it was.
    pub(super) secrets: Vec<Secrets>,
    pub(super) legacy_token: Option<SecretString>,
    pub(super) max_age: TimeDelta,
}

impl House {
    pub(super) const fn slug(&self) -> &Slug {
        &self.organisation.slug
    }

    pub(super) const fn core(&self) -> &Arc<Core> {
        &self.organisation.core
    }

    /// Somebody who was let in here.
    pub(super) fn visitor(&self, caller: Caller) -> Visitor {
        Visitor { core: self.core().clone(), caller, tasks: self.organisation.tasks.clone() }
    }

    /// An app was taken away at Zoom. With the organisation's own app all sessions go; with another one, such as that
    /// of the sign-in, those of whoever took it away.
    pub(super) async fn deauthorized(
        &self,
        user: Option<&PersonId>,
        client_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let own = client_id.is_none_or(|client_id| client_id == self.client_id);
        if own {
            self.core().state.failed(Part::Events, Failure::AppNotActivated);
        }
        tracing::warn!(organisation = %self.slug(), own, "an app was taken away at Zoom");
        self.access.deauthorized(user.filter(|_| !own)).await
    }

    pub(super) async fn stop(&self) {
        self.organisation.stop().await;
        self.access.close().await;
    }
}

impl From<WebhookSettings> for Keys {
    fn from(settings: WebhookSettings) -> Self {
        let WebhookSettings { secrets, legacy_token, max_age } = settings;
        let both = secrets.into_iter().flat_map(|secrets| [Some(secrets.current), secrets.previous]);
        let secrets = both.flatten().map(|current| Secrets { current, previous: None }).collect();
        Self { secrets, legacy_token, max_age }
    }
}
