//! An organisation at a fake Zoom that a relay lists by itself, as in real life, only that Zoom sets no limits.

use std::{path::Path, time::Duration};

use rollcall_fake_zoom::{FakeZoom, Mischief, Options, Requests};
use secrecy::SecretString;
use tokio::time;

use crate::{failure::Failure, relay::Setup};

/// How long listing everybody may take: the relay keeps to its own pace.
const PATIENCE: Duration = Duration::from_mins(6);
/// When no list was asked for so long, everybody is listed.
const QUIET: Duration = Duration::from_secs(3);

/// The Zoom, and where the relay keeps its log.
pub(crate) struct Listed {
    zoom: FakeZoom,
    people: Vec<String>,
    data: std::path::PathBuf,
}

impl Listed {
    /// A still organisation of so many people.
    pub(crate) async fn begin(people: usize, seed: u64, data: &Path) -> Result<Self, Failure> {
        let mischief = vec![Mischief::NoLimits];
        let zoom = FakeZoom::start(Options { people, seed, mischief, ..Options::default() })
            .await
            .map_err(Failure::no_start("the fake Zoom"))?;
        let people = zoom.people().into_iter().filter(|person| person.status == "active");
        Ok(Self { people: people.map(|person| person.id).collect(), zoom, data: data.to_owned() })
    }

    /// How a relay of this organisation is set up.
    pub(crate) fn setup<'a>(&'a self, webhook_secret: &'a SecretString) -> Setup<'a> {
        let ready = self.zoom.ready();
        Setup {
            account: &ready.account_id,
            client: (&ready.client_id, &ready.client_secret),
            zoom: &ready.base,
            ..Setup::alone(&self.data, webhook_secret)
        }
    }

    /// Waits until a relay has asked for all lists; tells how many requests that took.
    pub(crate) async fn listed(&self) -> Result<Requests, Failure> {
        let done = async {
            let mut before = self.zoom.requests();
            loop {
                time::sleep(QUIET).await;
                let now = self.zoom.requests();
                if lists(&now) > 0 && lists(&now) == lists(&before) {
                    return now;
                }
                before = now;
            }
        };
        let late = |_| Failure::TooLate { what: "listing everybody", within_secs: PATIENCE.as_secs() };
        time::timeout(PATIENCE, done).await.map_err(late)
    }

    /// The requests that were served so far.
    pub(crate) fn requests(&self) -> Requests {
        self.zoom.requests()
    }

    /// The Zoom itself.
    pub(crate) const fn zoom(&self) -> &FakeZoom {
        &self.zoom
    }

    /// The ids of those who can be called.
    pub(crate) fn people(&self) -> Vec<String> {
        self.people.clone()
    }

    /// The account's id.
    pub(crate) fn account(&self) -> String {
        self.zoom.ready().account_id.clone()
    }

    /// What its webhooks are signed with.
    pub(crate) fn webhook_secret(&self) -> String {
        self.zoom.ready().secret_token.clone()
    }

    /// Ends the Zoom.
    pub(crate) async fn end(self) {
        self.zoom.stop().await;
    }
}

/// How many requests were for a page of a list.
pub(crate) fn lists(requests: &Requests) -> u64 {
    let lists = requests.by_endpoint.iter().filter(|(endpoint, _)| is_list(endpoint));
    lists.map(|(_, count)| count).sum()
}

/// Whether an endpoint answers about many people at once.
pub(crate) fn is_list(endpoint: &str) -> bool {
    endpoint.starts_with("GET") && !endpoint.contains('{')
}
