//! The modes of the app: how each is entered and left.

use std::sync::Arc;

use rollcall_desk::Who;
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{Mode, SetUp},
};
use rollcall_zoom::{Addresses, Client, Credentials, Plan};
use secrecy::SecretString;
use url::Url;

use super::{ORGANISATION, Options, Session, Way};
use crate::{
    connection::{Connection, ZoomApp},
    dialer::DemoPhone,
    house::Plot,
};

impl Session {
    /// Goes on as it was left, if it can be.
    pub(super) async fn go_on(&self) -> Result<(), Failure> {
        match Connection::load(&self.options.config).filter(|_| !self.decided.initialized()) {
            Some(Connection::Zoom(app)) => self.resume_this_computer(app).await,
            Some(Connection::Team(membership)) => self.resume_team(membership).await,
            None => Ok(()),
        }
    }

    async fn resume_this_computer(&self, app: ZoomApp) -> Result<(), Failure> {
        self.engine().set_mode(Mode::ThisComputer);
        match self.options.secrets.read(&app.client_id).await {
            Ok(Some(secret)) => self.enter_this_computer(app, secret, true).await,
            Ok(None) => Err(Failure::WrongClient),
            Err(failure) => Err(failure),
        }
    }

    /// Starts a made-up organisation inside the app.
    pub(crate) async fn start_demo(&self) -> Result<(), Failure> {
        let fake = self.options.fake_zoom().await?;
        let ready = fake.ready().clone();
        let way = Way {
            folder: "demo",
            mode: Mode::Demo,
            me: Some(Who::Id(PersonId::new(&ready.agent_user_id))),
            dial: Arc::new(DemoPhone(fake.clone())),
            anew: false,
            resumed: false,
        };
        let plot = Plot {
            database: self.options.data.join(way.folder).join("relay.sqlite"),
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
        self.enter(way, plot, Some(fake)).await
    }

    /// Checks a form at Zoom, keeps its secret in the keychain and goes on with it.
    pub(crate) async fn set_up(&self, form: SetUp) -> Result<(), Failure> {
        let app = ZoomApp::from_form(&form)?;
        let secret = SecretString::from(form.client_secret.trim());
        self.check(&app, &secret).await?;
        let kept = self.options.secrets.write(&app.client_id, secret.clone()).await;
        Connection::Zoom(app.clone()).save(&self.options.config)?;
        self.enter_this_computer(app, secret, false).await?;
        if let Err(failure) = kept {
            // It works until the app ends; the person is told that it will be asked for again.
            self.engine().notice(failure);
        }
        Ok(())
    }

    /// Leaves the present mode; its secret is forgotten. The databases stay, but for an organisation's
    /// directory: what was seen at its relay is not to be seen any more.
    pub(crate) async fn leave(&self) -> Result<(), Failure> {
        let mut feed = self.feed.lock().await;
        match self.engine().status().mode {
            Mode::Team => self.sign_out(&mut feed).await,
            left => {
                self.close(&mut feed).await;
                if left == Mode::ThisComputer {
                    self.forget_connection().await?;
                }
                self.begin(Way::nowhere()).await
            }
        }
    }

    /// Forgets where people came from, with its secret.
    pub(super) async fn forget_connection(&self) -> Result<(), Failure> {
        let Options { config, secrets, .. } = &self.options;
        match Connection::load(config) {
            Some(Connection::Zoom(app)) => secrets.forget(&app.client_id).await?,
            Some(Connection::Team(membership)) => membership.forget(&**secrets).await?,
            None => {}
        }
        Connection::forget(config)
    }

    /// Asks Zoom whether the credentials are right, before anything is stored.
    async fn check(&self, app: &ZoomApp, secret: &SecretString) -> Result<(), Failure> {
        let addresses = self.addresses();
        let credentials = app.credentials(secret);
        let Options { clock, seed, .. } = &self.options;
        let client = Client::new(addresses, credentials, Plan::Pro, clock.clone(), *seed);
        let asked = match &client {
            Ok(client) => client.token().await.map(drop),
            Err(_) => client.map(drop),
        };
        asked.map_err(|error| rollcall_relay::failure(&error, clock.now()))
    }

    async fn enter_this_computer(
        &self,
        app: ZoomApp,
        secret: SecretString,
        resumed: bool,
    ) -> Result<(), Failure> {
        let plot = Plot {
            database: self.options.data.join(ORGANISATION).join("relay.sqlite"),
            addresses: self.addresses(),
            plan: Plan::Pro,
            credentials: app.credentials(&secret),
            subscription_id: app.subscription_id,
            clock: self.options.clock.clone(),
            seed: self.options.seed,
        };
        let me = Some(Who::Email(app.email));
        self.enter(Way { mode: Mode::ThisComputer, me, resumed, ..Way::nowhere() }, plot, None).await
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
