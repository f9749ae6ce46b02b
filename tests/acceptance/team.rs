//! A desk at the relay of its organisation: the relay as it is shipped, joined in each of the two ways.

mod lost_answer;
mod removal;
mod rotation;
mod tls;

use std::sync::Arc;

use rollcall_desk::{
    Engine, Home,
    secrets::{Memory, Secrets},
    team::{JoinLink, Page, RelayAddress, Seat, SignIn, Turn, Turned, Turning},
};
use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_model::{Clock, PersonId, PresenceState};
use rollcall_tests::{
    evidence,
    stage::{PATIENCE, comes},
    team::{TeamRelay, browse},
};
use rollcall_wire::{
    Failure,
    session::{Redeem, Role},
    window::{Link, Only, Question, Why},
};
use tempfile::TempDir;

/// A desk without a relay.
struct Desk {
    engine: Engine,
    secrets: Arc<Memory>,
    folder: TempDir,
}

impl Desk {
    async fn open(settings: serde_json::Value) -> Self {
        let folder = TempDir::new().unwrap();
        let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
        std::fs::create_dir_all(&home.config).unwrap();
        std::fs::write(home.config.join("settings.json"), settings.to_string()).unwrap();
        let engine = Engine::open(home, Clock::system(), 5).await.unwrap();
        Self { engine, secrets: Arc::default(), folder }
    }

    async fn take_seat(&self, relay: RelayAddress, redeem: &Redeem) -> Result<Seat, Failure> {
        let secrets: Arc<dyn Secrets> = self.secrets.clone();
        let (seat, not_kept) = Seat::take(relay, redeem, &self.engine.trust(), secrets).await?;
        assert_eq!(not_kept, None);
        self.engine.set_me(Some(seat.membership().who()));
        self.engine.connect(seat.upstream().await);
        Ok(seat)
    }

    /// Links the engine anew whenever the token changes.
    fn turned(&self) -> Turned {
        let engine = self.engine.clone();
        Box::new(move |turn| -> Turning {
            let engine = engine.clone();
            Box::pin(async move {
                if let Turn::Link(upstream) = turn {
                    engine.disconnect().await;
                    engine.connect(upstream);
                }
            })
        })
    }

    fn people(&self) -> u32 {
        let question =
            Question { number: 1, text: String::new(), only: Only::Everyone, group: None, skip: 0, limit: 1 };
        self.engine.ask(question).total
    }

    fn state(&self, person: &str) -> Option<PresenceState> {
        self.engine.person(&PersonId::new(person)).ok().map(|detail| detail.row.presence.state)
    }

    /// Whether some file of the copy of the directory holds this text.
    fn stores(&self, text: &str) -> bool {
        let files = ["replica.sqlite", "replica.sqlite-wal"];
        let files = files.map(|file| std::fs::read(self.folder.path().join("data").join(file)));
        let held = |file: &Vec<u8>| file.windows(text.len()).any(|part| part == text.as_bytes());
        files.iter().flatten().any(held)
    }

    fn is_online(&self) -> bool {
        matches!(self.engine.status().link, Link::Online { .. })
    }
}

async fn zoom() -> (FakeZoom, u32) {
    evidence::log();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fake = FakeZoom::start(Options { people: 60, ..Options::default() }).await.unwrap();
    evidence::forbid(&fake);
    let active = fake.people().iter().filter(|person| person.status == "active").count();
    (fake, u32::try_from(active).unwrap())
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    assert!(comes(holds).await, "it never happened: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_sees_everybody_until_an_administrator_ends_the_session() {
    let (fake, active) = zoom().await;
    let relay = TeamRelay::encrypted(&fake).await;
    let desk = Desk::open(serde_json::json!({"relay": {"ca": relay.authority}})).await;
    let email = fake.ready().agent_email.clone();

    let link = JoinLink::parse(&relay.invite(&email, "supervisor").await).unwrap();
    let (address, redeem) = link.redeem().unwrap();
    let seat = desk.take_seat(address.clone(), &redeem).await.unwrap();

    until("everybody is known", || desk.people() >= active).await;
    let expert = fake.people().into_iter().find(|person| person.status == "active").unwrap();
    fake.set_presence(&expert.id, "Presenting").unwrap();
    until("presence moves", || desk.state(&expert.id) == Some(PresenceState::Presenting)).await;
    let about = seat.about().await;
    assert_eq!(
        (about.organisation.as_str(), about.role, about.failure),
        ("Example Ltd", Role::Supervisor, None)
    );
    assert_eq!(about.certificate.unwrap().issuer, "Example Ltd authority");
    let stranger = Redeem { verifier: None, ..redeem };
    assert_eq!(desk.take_seat(address, &stranger).await.unwrap_err(), Failure::CodeRefused);

    relay.end_sessions(&email).await;
    let refused = || matches!(desk.engine.status().link, Link::Offline { failure: Failure::NotAdmitted, .. });
    until("the desk is told", refused).await;
    assert_eq!(seat.rotate(&desk.turned()).await, Err(Failure::SessionEnded));
    assert!(desk.people() >= active, "what is known stays");
    desk.engine.stop().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_with_zoom_is_let_in_and_stays_so_when_the_token_changes() {
    let (fake, active) = zoom().await;
    let relay = TeamRelay::start(&fake).await;
    let desk = Desk::open(serde_json::json!({})).await;
    let page = |title: &str| Page { title: title.to_owned(), body: String::new() };
    let address = RelayAddress::parse(relay.address.as_str()).unwrap();
    let sign_in = SignIn::start(address, "", page("Signed in"), page("Not signed in")).await.unwrap();

    let (_, shown) = browse(sign_in.address()).await;
    let (address, redeem) = sign_in.finish(PATIENCE).await.unwrap();
    let stolen = Redeem { verifier: None, ..redeem.clone() };
    assert_eq!(desk.take_seat(address.clone(), &stolen).await.unwrap_err(), Failure::CodeRefused);
    let seat = desk.take_seat(address, &redeem).await.unwrap();

    assert!(shown.contains("Signed in"), "{shown}");
    until("everybody is known", || desk.people() >= active).await;
    let me = || desk.engine.status().me.map(|me| me.id);
    until("the agent is known", || me() == Some(PersonId::new(&fake.ready().agent_user_id))).await;
    let shown: Vec<PersonId> = fake.people().iter().map(|person| PersonId::new(&person.id)).collect();
    for _ in 0..8 {
        // The desk asks with the present token until the moment of the change, and never after.
        desk.engine.look(Why::Visible, shown.clone()).await;
        desk.engine.look(Why::Opened, shown[..3].to_vec()).await;
        seat.rotate(&desk.turned()).await.unwrap();
    }
    until("the last token is taken", || desk.is_online()).await;

    let refused = || matches!(desk.engine.status().link, Link::Offline { failure: Failure::NotAdmitted, .. });
    seat.sign_out().await.unwrap();
    until("the session is over", refused).await;
    desk.engine.stop().await;
    fake.stop().await;
}
