//! Joining the agent's engine to a relay, in one of the app's modes.

mod entrance;
mod feed;
mod listening;
mod modes;
mod returning;
mod team;
#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_desk::{Dial, Engine, Home, Who, secrets::Secrets, team::JoinLink};
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::{Clock, PersonId};
use rollcall_wire::{
    Failure,
    session::Redeem,
    window::{CallAnswer, CallRequest, Confirmation, Mode, Push, Status},
};
use tauri::ipc::Channel;
use tokio::sync::{Notify, SetOnce};

use crate::{
    dialer::ZoomClient,
    house::{House, Plot},
    links::Link,
};

pub(crate) use entrance::Entrance;
use feed::Feed;
use listening::Window;
use team::Waiting;

/// Hears every batch of pushes, whether or not there is a window.
pub(crate) type Listener = Arc<dyn Fn(&[Push]) + Send + Sync>;

/// The running app: one engine at a time, and what feeds it.
pub(crate) struct Session {
    options: Options,
    listener: Listener,
    window: Arc<Mutex<Window>>,
    now: ArcSwap<Desk>,
    /// What feeds the engine; held while one mode is left and another is entered.
    feed: tokio::sync::Mutex<Option<Feed>>,
    /// A sign-in that waits for the browser.
    signing_in: Mutex<Waiting>,
    /// The invitation that was shown last and has not let this desk in yet, and how it was shown.
    knocking: Mutex<Option<(JoinLink, Redeem)>>,
    /// Set when a mode is entered or the app ends: what was left is not gone on with any more.
    decided: SetOnce<()>,
    /// The person wants the keychain to be asked again.
    again: Notify,
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
    /// Where the client secret and a relay's token are kept.
    pub(crate) secrets: Arc<dyn Secrets>,
    /// How big the demo's organisation is.
    pub(crate) people: usize,
    /// How lively it is.
    pub(crate) events_per_second: f64,
}

/// The folder of this computer's own organisation.
const ORGANISATION: &str = "organisation";

/// How an engine is to be opened.
struct Way {
    folder: &'static str,
    mode: Mode,
    me: Option<Who>,
    dial: Arc<dyn Dial>,
    /// Without the copy of the directory that the folder holds.
    anew: bool,
    /// It is gone on with what was left, unless another mode was entered meanwhile.
    resumed: bool,
}

/// An engine, the folder it was opened on, and the phone it dials with.
struct Desk {
    engine: Engine,
    folder: &'static str,
    dial: Arc<dyn Dial>,
}

impl Session {
    /// Opens the engine of this computer's own organisation, without anything to feed it yet.
    pub(crate) async fn open(options: Options, listener: Listener) -> Result<Self, Failure> {
        let engine = options.engine(ORGANISATION).await?;
        let desk = Desk { engine, folder: ORGANISATION, dial: Arc::new(ZoomClient) };
        let session = Self {
            options,
            listener,
            window: Arc::default(),
            now: ArcSwap::from_pointee(desk),
            feed: tokio::sync::Mutex::default(),
            signing_in: Mutex::default(),
            knocking: Mutex::default(),
            decided: SetOnce::new(),
            again: Notify::new(),
        };
        session.listen();
        // Those that ran when the app ended run on.
        (session.listener)(&[Push::Watches { watches: session.engine().watches() }]);
        Ok(session)
    }

    /// Ends everything in order; what is known is on disk afterwards.
    pub(crate) async fn stop(&self) {
        self.decide();
        self.stop_sign_in();
        let mut feed = self.feed.lock().await;
        self.close(&mut feed).await;
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
                    Ok(CallAnswer::Placed { .. }) => {
                        tracing::error!("a link was dialled without being asked about");
                    }
                    Err(failure) => engine.failed(failure),
                }
            }
            Link::Join(link) => match JoinLink::parse(link.as_str()) {
                Ok(link) => engine.opened(Push::Join { invitation: link.into() }),
                Err(failure) => engine.failed(failure),
            },
            Link::Group(link) => match Engine::read_group_link(link.as_str()) {
                Ok(offered) => engine.opened(Push::Groups { offered }),
                Err(failure) => engine.failed(failure),
            },
            Link::Joined(joined) => {
                if let Err(failure) = self.heard_of_sign_in(joined) {
                    engine.failed(failure);
                }
            }
        }
    }

    /// Calls a person's first number by the same rules as the window does, without it. Tells whether the window is
    /// to come up: something must be confirmed first, or it failed.
    pub(crate) async fn call_from_outside(&self, person: &PersonId) -> bool {
        let engine = self.engine();
        let asked = CallRequest { person: Some(person.clone()), ..CallRequest::default() };
        match self.call(asked).await {
            Ok(CallAnswer::Placed { .. }) => return false,
            Ok(CallAnswer::Confirm { confirmation }) => engine.opened(Push::Confirm { confirmation }),
            Err(failure) => {
                engine.opened(Push::Open { person: person.clone() });
                engine.failed(failure);
            }
        }
        true
    }

    /// Asks in the window whether to call a person's first number, in whatever state they are.
    pub(crate) fn offer_call(&self, person: &PersonId) {
        let engine = self.engine();
        let asked = engine.person(person).and_then(|detail| {
            let number = detail.row.number.ok_or(Failure::NoNumber)?;
            Ok(Confirmation {
                person: Some(person.clone()),
                name: detail.row.name,
                number,
                grouped: number.grouped(),
                state: detail.row.presence.state,
                limit: detail.row.presence.limit,
                action: detail.row.presence.action,
                instead: Vec::new(),
            })
        });
        match asked {
            Ok(confirmation) => engine.opened(Push::Confirm { confirmation }),
            Err(failure) => engine.failed(failure),
        }
    }

    /// From now on this channel hears every batch; the one before it hears nothing more.
    pub(crate) fn subscribe(&self, channel: Channel<Vec<Push>>) -> Status {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).come(channel);
        self.engine().status()
    }

    /// The window is gone: a link that is opened now waits for the next one.
    pub(crate) fn nobody_listens(&self) {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).channel = None;
    }

    async fn enter(&self, way: Way, plot: Plot, fake: Option<FakeZoom>) -> Result<(), Failure> {
        let mut feed = self.feed.lock().await;
        if way.resumed && self.decided.initialized() {
            return Ok(());
        }
        self.close(&mut feed).await;
        self.begin(way).await?;
        let built = House::build(plot, fake).await?;
        self.engine().connect(built.upstream());
        *feed = Some(Feed::House(built));
        Ok(())
    }

    /// Ends what feeds the engine.
    async fn close(&self, feed: &mut Option<Feed>) {
        if let Some(feed) = feed.take() {
            feed.stop(&self.engine()).await;
        }
    }

    /// Goes this way with the engine that is open on its folder, or with another one: what the last one wrote
    /// is on disk before that is opened. Tells the window that all is new.
    async fn begin(&self, way: Way) -> Result<(), Failure> {
        self.decide();
        let now = self.now.load_full();
        let engine = if now.folder == way.folder && !way.anew {
            now.engine.clone()
        } else {
            now.engine.stop().await;
            let forgotten = if way.anew { self.options.home(way.folder).forget_replica() } else { Ok(()) };
            let engine = self.options.engine(way.folder).await?;
            if forgotten.is_err() {
                engine.notice(Failure::DatabaseUnwritable);
            }
            engine
        };
        engine.set_mode(way.mode);
        engine.set_me(way.me);
        self.now.store(Arc::new(Desk { engine, folder: way.folder, dial: way.dial }));
        let status = self.listen();
        let (watches, lists) = (self.engine().watches(), self.engine().lists());
        let people = Push::People { changed: u32::MAX };
        let news = [Push::Status { status }, Push::Watches { watches }, Push::Lists { lists }, people];
        (self.listener)(&news);
        tell(&self.window, news.to_vec());
        Ok(())
    }

    fn decide(&self) {
        // Whoever was first decided the same.
        let _ = self.decided.set(());
    }

    fn listen(&self) -> Status {
        let (listener, window) = (self.listener.clone(), self.window.clone());
        self.engine().subscribe(Box::new(move |pushes| {
            listener(&pushes);
            tell(&window, pushes);
            true
        }))
    }
}

impl Way {
    /// This computer's own organisation, not set up.
    fn nowhere() -> Self {
        let (folder, mode, dial) = (ORGANISATION, Mode::Unset, Arc::new(ZoomClient));
        Self { folder, mode, me: None, dial, anew: false, resumed: false }
    }
}

impl Options {
    async fn engine(&self, name: &str) -> Result<Engine, Failure> {
        Engine::open(self.home(name), self.clock.clone(), self.seed).await
    }

    fn home(&self, name: &str) -> Home {
        Home { data: self.data.join(name), config: self.config.clone() }
    }
}

/// Sends a batch to the window, if there is one.
fn tell(window: &Mutex<Window>, pushes: Vec<Push>) {
    window.lock().unwrap_or_else(PoisonError::into_inner).tell(pushes);
}
