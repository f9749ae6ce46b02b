//! Joining the agent's engine to a relay, in one of the app's modes.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_desk::{Dial, Engine, Home, Who, secrets::Secrets};
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::{Clock, PersonId};
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, Mode, Push, SetUp, Status},
};
use rollcall_zoom::{Addresses, Client, Credentials, Plan};
use secrecy::SecretString;
use tauri::ipc::Channel;
use url::Url;

use crate::{
    connection::Connection,
    dialer::{DemoPhone, ZoomClient},
    house::{House, Plot},
    links::Link,
};

/// Hears every batch of pushes, whether or not there is a window.
pub(crate) type Listener = Arc<dyn Fn(&[Push]) + Send + Sync>;

/// The running app: one engine at a time, and what feeds it.
pub(crate) struct Session {
    options: Options,
    listener: Listener,
    window: Arc<Mutex<Option<Channel<Vec<Push>>>>>,
    now: ArcSwap<Desk>,
    /// What feeds the engine; held while one mode is left and another is entered.
    house: tokio::sync::Mutex<Option<House>>,
}

/// What a session is started with.
#[derive(Clone)]
pub(crate) struct Options {
    /// Where databases are kept.
    pub(crate) data: PathBuf,
    /// Where settings are kept.
    pub(crate) config: PathBuf,
    /// The time.
    pub(crate) clock: Clock,
    /// Where randomness starts.
    pub(crate) seed: u64,
    /// Where the client secret is kept.
    pub(crate) secrets: Arc<dyn Secrets>,
    /// How big the demo's organisation is.
    pub(crate) people: usize,
    /// How lively it is.
    pub(crate) events_per_second: f64,
}

/// An engine and the phone it dials with.
struct Desk {
    engine: Engine,
    dial: Arc<dyn Dial>,
}

impl Session {
    /// Opens the engine of this computer's own organisation, without anything to feed it yet.
    pub(crate) async fn open(options: Options, listener: Listener) -> Result<Self, Failure> {
        let desk = Desk { engine: options.engine("organisation").await?, dial: Arc::new(ZoomClient) };
        let session = Self {
            options,
            listener,
            window: Arc::default(),
            now: ArcSwap::from_pointee(desk),
            house: tokio::sync::Mutex::default(),
        };
        session.listen();
        Ok(session)
    }

    /// Goes on as it was left: with this computer's connection to Zoom, if there is one.
    pub(crate) async fn resume(&self) -> Result<(), Failure> {
        let Some(connection) = Connection::load(&self.options.config) else { return Ok(()) };
        let engine = self.engine();
        engine.set_mode(Mode::ThisComputer);
        match self.options.secrets.read(&connection.client_id).await {
            Ok(Some(secret)) => self.enter_this_computer(connection, secret).await,
            Ok(None) => Err(Failure::WrongClient),
            Err(failure) => Err(failure),
        }
    }

    /// Starts a made-up organisation inside the app.
    pub(crate) async fn start_demo(&self) -> Result<(), Failure> {
        let mut house = self.house.lock().await;
        let fake = self.options.fake_zoom().await?;
        let ready = fake.ready().clone();
        let engine = self.options.engine("demo").await?;
        engine.set_mode(Mode::Demo);
        engine.set_me(Some(Who::Id(PersonId::new(&ready.agent_user_id))));
        let plot = Plot {
            database: self.options.data.join("demo").join("relay.sqlite"),
            addresses: Addresses::at(address(&ready.base)?, address(&ready.ws)?),
            plan: Plan::Business,
            credentials: Credentials::ServerToServer {
                account_id: ready.account_id,
                client_id: ready.client_id,
                client_secret: SecretString::from(ready.client_secret),
            },
            subscription_id: ready.subscription_id,
            clock: self.options.clock.clone(),
            seed: self.options.seed,
        };
        let dial = Arc::new(DemoPhone(fake.clone()));
        self.enter(&mut house, engine, dial, plot, Some(fake)).await
    }

    /// Checks a form at Zoom, keeps its secret in the keychain and goes on with it.
    pub(crate) async fn set_up(&self, form: SetUp) -> Result<(), Failure> {
        let connection = Connection::from_form(&form)?;
        let secret = SecretString::from(form.client_secret.trim());
        self.check(&connection, &secret).await?;
        let kept = self.options.secrets.write(&connection.client_id, secret.clone()).await;
        connection.save(&self.options.config).map_err(|error| {
            tracing::error!(%error, "the connection could not be stored");
            Failure::DatabaseUnwritable
        })?;
        self.enter_this_computer(connection, secret).await?;
        if let Err(failure) = kept {
            // It works until the app ends; the person is told that it will be asked for again.
            self.engine().notice(failure);
        }
        Ok(())
    }

    /// Leaves the present mode; its secret is forgotten, its databases stay.
    pub(crate) async fn leave(&self) -> Result<(), Failure> {
        let mut house = self.house.lock().await;
        self.close(&mut house).await;
        if self.engine().status().mode == Mode::ThisComputer
            && let Some(connection) = Connection::load(&self.options.config)
        {
            self.options.secrets.forget(&connection.client_id).await?;
            Connection::forget(&self.options.config).map_err(|_| Failure::DatabaseUnwritable)?;
        }
        let engine = self.options.engine("organisation").await?;
        engine.set_mode(Mode::Unset);
        self.replace(engine, Arc::new(ZoomClient)).await;
        Ok(())
    }

    /// Ends everything in order; what is known is on disk afterwards.
    pub(crate) async fn stop(&self) {
        let mut house = self.house.lock().await;
        self.close(&mut house).await;
        self.engine().stop().await;
    }

    /// The engine of the present mode.
    pub(crate) fn engine(&self) -> Engine {
        self.now.load().engine.clone()
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }

    /// Places a call by the engine's rules, with the phone of the present mode.
    pub(crate) async fn call(&self, request: CallRequest) -> Result<CallAnswer, Failure> {
        let desk = self.now.load_full();
        desk.engine.call(request, &*desk.dial).await
    }

    /// Shows what a link asks for; a number is asked about, never dialled.
    pub(crate) async fn follow(&self, link: Link) {
        let engine = self.engine();
        match link {
            Link::Person(person) => engine.opened(Push::Open { person }),
            Link::Call(number) => {
                let asked = CallRequest { number: Some(number.to_string()), ..CallRequest::default() };
                match self.call(asked).await {
                    Ok(CallAnswer::Confirm { confirmation }) => engine.opened(Push::Confirm { confirmation }),
                    Ok(CallAnswer::Placed { .. }) => tracing::error!("a link was dialled without being asked about"),
                    Err(failure) => engine.failed(failure),
                }
            }
        }
    }

    /// From now on this channel hears every batch; the one before it hears nothing more.
    pub(crate) fn subscribe(&self, channel: Channel<Vec<Push>>) -> Status {
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
        self.engine().status()
    }

    /// Asks Zoom whether the credentials are right, before anything is stored.
    async fn check(&self, connection: &Connection, secret: &SecretString) -> Result<(), Failure> {
        let addresses = self.addresses();
        let credentials = connection.credentials(secret);
        let Options { clock, seed, .. } = &self.options;
        let client = Client::new(addresses, credentials, Plan::Pro, clock.clone(), *seed);
        let asked = match &client {
            Ok(client) => client.token().await.map(drop),
            Err(_) => client.map(drop),
        };
        asked.map_err(|error| rollcall_relay::failure(&error, clock.now()))
    }

    async fn enter_this_computer(&self, connection: Connection, secret: SecretString) -> Result<(), Failure> {
        let mut house = self.house.lock().await;
        let engine = self.options.engine("organisation").await?;
        engine.set_mode(Mode::ThisComputer);
        engine.set_me(Some(Who::Email(connection.email.clone())));
        let plot = Plot {
            database: self.options.data.join("organisation").join("relay.sqlite"),
            addresses: self.addresses(),
            plan: Plan::Pro,
            credentials: connection.credentials(&secret),
            subscription_id: connection.subscription_id,
            clock: self.options.clock.clone(),
            seed: self.options.seed,
        };
        self.enter(&mut house, engine, Arc::new(ZoomClient), plot, None).await
    }

    async fn enter(
        &self,
        house: &mut Option<House>,
        engine: Engine,
        dial: Arc<dyn Dial>,
        plot: Plot,
        fake: Option<FakeZoom>,
    ) -> Result<(), Failure> {
        self.close(house).await;
        let built = House::build(plot, fake).await?;
        engine.connect(built.upstream());
        *house = Some(built);
        self.replace(engine, dial).await;
        Ok(())
    }

    async fn close(&self, house: &mut Option<House>) {
        self.engine().disconnect().await;
        if let Some(house) = house.take() {
            house.stop().await;
        }
    }

    async fn replace(&self, engine: Engine, dial: Arc<dyn Dial>) {
        let old = self.now.swap(Arc::new(Desk { engine, dial }));
        self.listen();
        old.engine.stop().await;
        (self.listener)(&[Push::Status { status: self.engine().status() }, Push::People { changed: u32::MAX }]);
    }

    fn listen(&self) {
        let (listener, window) = (self.listener.clone(), self.window.clone());
        self.engine().subscribe(Box::new(move |pushes| {
            listener(&pushes);
            let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
            if window.as_ref().is_some_and(|channel| channel.send(pushes).is_err()) {
                *window = None;
            }
            true
        }));
    }

    fn addresses(&self) -> Addresses {
        let chosen = self.engine().zoom();
        let zoom = Addresses::default();
        Addresses {
            oauth: chosen.oauth.unwrap_or(zoom.oauth),
            api: chosen.api.unwrap_or(zoom.api),
            websocket: chosen.websocket.unwrap_or(zoom.websocket),
        }
    }
}

impl Options {
    async fn engine(&self, name: &str) -> Result<Engine, Failure> {
        let home = Home { data: self.data.join(name), config: self.config.clone() };
        Engine::open(home, self.clock.clone(), self.seed).await
    }

    async fn fake_zoom(&self) -> Result<FakeZoom, Failure> {
        let options = rollcall_fake_zoom::Options {
            people: self.people,
            events_per_second: self.events_per_second,
            clock: self.clock.clone(),
            ..rollcall_fake_zoom::Options::default()
        };
        FakeZoom::start(options).await.map_err(|error| {
            tracing::error!(%error, "the demo's Zoom did not start");
            Failure::Internal { reference: "demo-start".to_owned() }
        })
    }
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|_| Failure::Internal { reference: "demo-address".to_owned() })
}
