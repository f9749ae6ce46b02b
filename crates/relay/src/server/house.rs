//! An organisation behind the server's doors: what runs, and how Zoom's word for it is recognised.

use std::{net::IpAddr, sync::Arc};

use chrono::TimeDelta;
use rollcall_model::PersonId;
use rollcall_zoom::webhook::Secrets;
use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{WebhookSettings, rooms::Rooms};
use crate::{
    Slug,
    access::{self, Access},
    caller::Caller,
    core::Core,
    current::{Current, Maker as _},
    door::{Trail, Visitor},
};

/// An organisation behind the server's doors.
#[derive(Debug)]
pub(crate) struct House {
    pub(super) slug: Slug,
    /// The organisation as it runs now.
    pub(super) current: Arc<Current>,
    /// Makes it anew when everything was forgotten.
    pub(super) rooms: Arc<Rooms>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
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
        &self.slug
    }

    pub(super) fn core(&self) -> Arc<Core> {
        self.current.core()
    }

    /// Somebody who was let in here.
    pub(super) fn visitor(&self, guest: &access::Caller, address: Option<IpAddr>) -> Visitor {
        let organisation = self.current.now();
        let (core, access) = (organisation.core.clone(), self.access.clone());
        let trail = Trail { access, guest: guest.clone(), address, clock: core.clock.clone() };
        let tasks = organisation.tasks.clone();
        Visitor { core, caller: Caller::from(guest), trail: Some(trail), tasks }
    }

    /// An app was taken away at Zoom; tells whether what must be deleted is. A person who took an app of their own
    /// away, such as that of the sign-in, is forgotten with their sessions; otherwise it was the account, and
    /// everything that was got from Zoom goes.
    pub(super) async fn deauthorized(&self, user: Option<PersonId>, client_id: Option<&str>) -> bool {
        let own = client_id.is_none_or(|client_id| client_id == self.client_id);
        let user = user.filter(|_| !own);
        tracing::warn!(organisation = %self.slug, account = user.is_none(), "an app was taken away at Zoom");
        let (rooms, core) = (self.rooms.clone(), self.core());
        // It is done to its end although whoever told may not wait for it.
        let done = self.tasks.spawn(async move {
            match user {
                Some(user) => rooms.forget_person(&user).await,
                None => rooms.forget(&core).await,
            }
        });
        done.await.unwrap_or(false)
    }

    pub(super) async fn stop(&self) {
        self.stop.cancel();
        self.current.now().stop().await;
        self.tasks.wait().await;
        self.access.close().await;
    }
}

/// Dropped without [`House::stop`], the tasks end at their next step.
impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
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
