//! The whole system in one process: a Zoom, a relay and a desk, over real sockets.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_desk::{Dial, Engine, Home, Upstream, Who};
use rollcall_fake_zoom::{FakeZoom, Options, Ready};
use rollcall_model::{Clock, PersonId, PhoneNumber};
use rollcall_relay::Relay;
use rollcall_wire::{
    Failure,
    window::{Answer, CallAnswer, CallRequest, Consult, Link, Mode, Only, Push, Question, Row},
};
use rollcall_zoom::{Addresses, Client, Credentials, Plan, subscription::Rhythm};
use secrecy::SecretString;
use tempfile::TempDir;
use url::Url;

use crate::evidence;

/// How long anything may take before the test says that it never happened.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running system. Folders are removed when it is dropped.
pub struct Stage {
    /// Zoom.
    pub fake: FakeZoom,
    /// The relay; gone while it is "down".
    pub relay: Option<Relay>,
    /// The desk.
    pub engine: Engine,
    /// What the window was pushed so far.
    pub pushes: Arc<Mutex<Vec<Push>>>,
    /// What the relay shows Zoom at its next start.
    pub credentials: Credentials,
    /// The event subscription that the relay asks for at its next start.
    pub subscription_id: String,
    /// When the relay's event subscription counts as dead, from its next start.
    pub rhythm: Rhythm,
    plan: Plan,
    clock: Clock,
    folder: TempDir,
}

/// A phone on which calls stay where the test puts them.
pub struct PhoneByHand(FakeZoom);

#[async_trait]
impl Dial for PhoneByHand {
    async fn dial(&self, number: PhoneNumber) -> Result<(), Failure> {
        let placed = self.0.place_call_by_hand(&self.0.ready().agent_user_id, &number.to_string());
        placed.map(drop).map_err(|_| Failure::NoDialer)
    }
}

#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test ends where its premise fails")]
impl Stage {
    /// A quiet organisation of that many people, known to the desk in full.
    pub async fn start(people: usize) -> Self {
        let stage = Self::start_with(Options { people, ..Options::default() }).await;
        stage.until_synced().await;
        stage
    }

    /// A system around a Zoom with these options; nothing is waited for.
    pub async fn start_with(options: Options) -> Self {
        let mut stage = Self::without_relay(options).await;
        stage.start_relay().await;
        stage
    }

    /// A Zoom with these options, and a desk that waits for a relay.
    pub async fn without_relay(options: Options) -> Self {
        evidence::log();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (clock, plan) = (options.clock.clone(), options.plan);
        let fake = FakeZoom::start(options).await.expect("the fake Zoom starts");
        evidence::forbid(&fake);
        let folder = TempDir::new().expect("a folder");
        let engine = open_engine(&folder, &clock).await;
        let stage = Self {
            credentials: credentials(fake.ready()),
            subscription_id: fake.ready().subscription_id.clone(),
            fake,
            relay: None,
            engine,
            pushes: Arc::default(),
            rhythm: Rhythm::default(),
            plan: limits_of(plan),
            clock,
            folder,
        };
        stage.greet();
        stage
    }

    /// Starts the relay (again) and links the desk to it.
    pub async fn start_relay(&mut self) {
        let ready = self.fake.ready();
        let address = |text: &str| Url::parse(text).expect("an address");
        let addresses = Addresses::at(address(&ready.base), address(&ready.ws));
        let zoom = Client::new(addresses, self.credentials.clone(), self.plan, self.clock.clone(), 7);
        let relay = Relay::start(rollcall_relay::Options {
            zoom: zoom.expect("a client").with_rhythm(self.rhythm),
            subscription_id: Some(self.subscription_id.clone()),
            database: self.relay_database(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: self.clock.clone(),
            seed: 7,
            token: SecretString::from(uuid::Uuid::new_v4().to_string()),
        })
        .await
        .expect("the relay starts");
        self.engine.connect(Upstream { base: relay.base().clone(), token: relay.token().clone() });
        self.relay = Some(relay);
    }

    /// Takes the relay down.
    pub async fn stop_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.stop().await;
        }
    }

    /// Ends the desk and starts it again on the same folder, without a relay to link to.
    pub async fn restart_desk(&mut self) {
        self.restart_desk_after(async |_| ()).await;
    }

    /// The same; meanwhile something happens to its folders.
    pub async fn restart_desk_after(&mut self, meanwhile: impl AsyncFnOnce(&Home)) {
        self.engine.stop().await;
        meanwhile(&home(&self.folder)).await;
        self.engine = open_engine(&self.folder, &self.clock).await;
        self.greet();
    }

    /// Where the desk keeps its files.
    pub fn home(&self) -> Home {
        home(&self.folder)
    }

    /// The time of the whole stage.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Ends everything.
    pub async fn end(mut self) {
        self.engine.stop().await;
        self.stop_relay().await;
        self.fake.stop().await;
    }

    /// Where the relay keeps its log.
    pub fn relay_database(&self) -> PathBuf {
        self.folder.path().join("relay.sqlite")
    }

    /// The agent's phone, with calls that stay where the test puts them.
    pub fn phone_by_hand(&self) -> PhoneByHand {
        PhoneByHand(self.fake.clone())
    }

    /// Asks the list as the window does.
    pub fn ask(&self, text: &str) -> Answer {
        self.engine.ask(Question {
            number: 1,
            text: text.to_owned(),
            only: Only::Everyone,
            group: None,
            skip: 0,
            limit: 50,
        })
    }

    /// The row of one person, when the desk knows them.
    pub fn row(&self, id: &str) -> Option<Row> {
        self.engine.person(&PersonId::new(id)).ok().map(|detail| detail.row)
    }

    /// Waits until the desk knows every active person of the organisation, with their numbers.
    pub async fn until_synced(&self) {
        let active =
            self.fake.people().into_iter().filter(|person| person.status == "active").collect::<Vec<_>>();
        let complete = || {
            self.ask("").total as usize >= active.len()
                && active.iter().all(|person| {
                    person.number.is_none() || self.row(&person.id).is_some_and(|row| row.number.is_some())
                })
        };
        self.until("everybody is known", complete).await;
    }

    /// Waits until a condition holds.
    pub async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        assert!(comes(holds).await, "it never happened: {what}; status {:?}", self.engine.status());
    }

    /// Whether news comes in.
    pub fn is_online(&self) -> bool {
        matches!(self.engine.status().link, Link::Online { .. })
    }

    /// Calls with a confirmation already given, and expects the call to be placed.
    pub async fn call(&self, request: CallRequest, dial: &dyn Dial) -> Consult {
        match self.engine.call(request, dial).await.expect("the call is placed") {
            CallAnswer::Placed { consult } => consult,
            CallAnswer::Confirm { confirmation } => panic!("it asked: {confirmation:?}"),
        }
    }

    /// The last that is known of a call made from here.
    pub async fn consult(&self, id: &str) -> Consult {
        let consults = self.engine.consults().await.expect("the calls can be read");
        consults.into_iter().find(|consult| consult.id == id).expect("the call is among them")
    }

    fn greet(&self) {
        self.engine.set_mode(Mode::Demo);
        self.engine.set_me(Some(Who::Id(PersonId::new(&self.fake.ready().agent_user_id))));
        let heard = self.pushes.clone();
        self.engine.subscribe(Box::new(move |pushes| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).extend(pushes);
            true
        }));
    }
}

/// Whether a condition comes to hold while there is patience.
pub async fn comes(holds: impl Fn() -> bool) -> bool {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.is_ok()
}

#[expect(clippy::expect_used, reason = "a test ends where its premise fails")]
async fn open_engine(folder: &TempDir, clock: &Clock) -> Engine {
    Engine::open(home(folder), clock.clone(), 11).await.expect("the engine opens")
}

fn home(folder: &TempDir) -> Home {
    Home { data: folder.path().join("data"), config: folder.path().join("config") }
}

fn credentials(ready: &Ready) -> Credentials {
    Credentials::ServerToServer {
        account_id: ready.account_id.clone(),
        client_id: ready.client_id.clone(),
        client_secret: SecretString::from(ready.client_secret.clone()),
    }
}

fn limits_of(plan: rollcall_fake_zoom::Plan) -> Plan {
    match plan {
        rollcall_fake_zoom::Plan::Free => Plan::Free,
        rollcall_fake_zoom::Plan::Pro => Plan::Pro,
        rollcall_fake_zoom::Plan::Business => Plan::Business,
    }
}
