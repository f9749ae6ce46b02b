//! The running fake Zoom and what can be done with it from Rust.

use std::{io, sync::Arc};

use bytes::Bytes;
use serde_json::Value;
use thiserror::Error;

use crate::{
    calls::{CallId, CallMove, End},
    control::{CallView, PersonView},
    mischief::{Dose, Mischief},
    options::Options,
    ready::{Credentials, Ready},
    requests::Requests,
    server,
    shared::{Shared, lock},
    webhook::{self, RegisterError},
    world::{Dial, NewPerson, PersonChange, World, WorldError},
};

/// A running fake Zoom. Clones are handles to the same one; it runs until [`stop`](Self::stop).
#[derive(Clone, Debug)]
pub struct FakeZoom {
    shared: Arc<Shared>,
}

/// Why a fake Zoom did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen there")]
    Listen(#[source] io::Error),
}

impl FakeZoom {
    /// Draws the organisation, listens and begins to live.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listener = tokio::net::TcpListener::bind(options.listen).await.map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let now = options.clock.now();
        let mut world = World::new(options.people, options.seed, now);
        if options.events_per_second > 0.0 {
            crate::life::traffic::begin(&mut world, now);
        }
        let credentials = Credentials::seeded(options.seed);
        let ready = Ready::new(address, &credentials, &world);
        let shared = Arc::new(Shared::new(&options, credentials, ready, world));
        server::spawn(&shared, listener, options.events_per_second);
        Ok(Self { shared })
    }

    /// A handle to the one that is running already.
    pub(crate) fn on(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Addresses and credentials.
    pub fn ready(&self) -> &Ready {
        &self.shared.ready
    }

    /// Ends everything and waits until nothing of it runs any more.
    pub async fn stop(self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Lets a person (user id or e-mail) be in a presence, by any of Zoom's words.
    pub fn set_presence(&self, user: &str, status: &str) -> Result<(), WorldError> {
        let status = status.parse()?;
        self.shared.with_world(|world, now| {
            let ix = world.find(user)?;
            world.set_presence(ix, status, now);
            Ok(())
        })
    }

    /// Lets a person call a number (E.164 with `+`, or an extension). The call goes on by itself, as the called
    /// side's presence suggests.
    pub fn place_call(&self, caller: &str, number: &str) -> Result<CallId, WorldError> {
        self.call_as(caller, number, false)
    }

    /// The same, but after ringing the call waits for [`move_call`](Self::move_call).
    pub fn place_call_by_hand(&self, caller: &str, number: &str) -> Result<CallId, WorldError> {
        self.call_as(caller, number, true)
    }

    fn call_as(&self, caller: &str, number: &str, by_hand: bool) -> Result<CallId, WorldError> {
        self.shared.with_world(|world, now| {
            let dial = Dial { from: End::Person(world.find(caller)?), to: world.end(number)?, by_hand };
            world.dial(dial, now)
        })
    }

    /// Begins a call between two ends: user ids, e-mails, queue ids, E.164 numbers or extensions.
    pub fn begin_call(&self, from: &str, to: &str, by_hand: bool) -> Result<CallId, WorldError> {
        self.shared.with_world(|world, now| {
            let dial = Dial { from: world.end(from)?, to: world.end(to)?, by_hand };
            world.dial(dial, now)
        })
    }

    /// Moves a call on by hand; from then on it does nothing by itself.
    pub fn move_call(&self, call: CallId, step: &CallMove) -> Result<(), WorldError> {
        self.shared.with_world(|world, now| world.move_call(call, step, now))
    }

    /// A call, running or over, as it is now.
    pub fn call(&self, call: CallId) -> Option<CallView> {
        self.shared.with_world(|world, _| CallView::of(world, call))
    }

    /// All running calls.
    pub fn calls(&self) -> Vec<CallView> {
        self.shared.with_world(|world, _| {
            let ids: Vec<_> = world.calls.keys().copied().collect();
            ids.into_iter().filter_map(|id| CallView::of(world, id)).collect()
        })
    }

    /// Everybody who is not deleted.
    pub fn people(&self) -> Vec<PersonView> {
        self.shared
            .with_world(|world, _| world.org.people().map(|(ix, _)| PersonView::of(world, ix)).collect())
    }

    /// One person, by user id or e-mail.
    pub fn person(&self, user: &str) -> Result<PersonView, WorldError> {
        self.shared.with_world(|world, _| world.find(user).map(|ix| PersonView::of(world, ix)))
    }

    /// Adds a person.
    pub fn add_person(&self, person: NewPerson) -> Result<PersonView, WorldError> {
        self.shared.with_world(|world, now| {
            let ix = world.add_person(person, now)?;
            Ok(PersonView::of(world, ix))
        })
    }

    /// Changes a person.
    pub fn change_person(&self, user: &str, change: PersonChange) -> Result<PersonView, WorldError> {
        self.shared.with_world(|world, now| {
            let ix = world.find(user)?;
            world.change_person(ix, change, now);
            Ok(PersonView::of(world, ix))
        })
    }

    /// Removes a person.
    pub fn remove_person(&self, user: &str) -> Result<(), WorldError> {
        self.shared.with_world(|world, now| {
            let ix = world.find(user)?;
            world.remove_person(ix, now);
            Ok(())
        })
    }

    /// Signs a person in (`true`) or out of their client.
    pub fn sign(&self, user: &str, into: bool) -> Result<(), WorldError> {
        self.shared.with_world(|world, now| {
            let ix = world.find(user)?;
            world.sign(ix, into, now);
            Ok(())
        })
    }

    /// Opts a member of a queue in (`true`) or out of its calls. No event tells of it, as with Zoom.
    pub fn opt(&self, queue: &str, user: &str, into: bool) -> Result<(), WorldError> {
        self.shared.with_world(|world, _| {
            let ix = world.find(user)?;
            let found = world.org.queues.iter_mut().find(|one| one.id == queue);
            let queue = found.ok_or_else(|| WorldError::NoSuchNumber(queue.to_owned()))?;
            if into {
                queue.opted_out.remove(&ix);
            } else {
                queue.opted_out.insert(ix);
            }
            Ok(())
        })
    }

    /// Sends an event body exactly as it is, to the WebSocket and to all webhook receivers.
    pub fn emit_raw(&self, body: impl Into<Bytes>) {
        self.shared.feed.raw(body.into());
    }

    /// Sends an event, written and signed as Zoom does.
    pub fn emit(&self, body: Value) {
        self.shared.feed.event(crate::events::Event { body });
    }

    /// Validates a receiver and sends every event there from now on; answers its number. The process must have
    /// installed a rustls provider.
    pub async fn add_webhook(&self, url: &str) -> Result<u64, RegisterError> {
        webhook::register(&self.shared, url).await
    }

    /// Switches a mischief on, with its usual amount or with one of its own ([`Dose`]).
    pub fn mischief_on(&self, dose: impl Into<Dose>) {
        self.shared.switches.set(dose.into());
    }

    /// Switches a mischief off.
    pub fn mischief_off(&self, mischief: Mischief) {
        self.shared.switches.unset(mischief);
    }

    /// What is switched on.
    pub fn mischief(&self) -> Vec<Dose> {
        self.shared.switches.list()
    }

    /// Sets the scopes of tokens given out from now on.
    pub fn set_scopes(&self, scopes: Vec<String>) {
        lock(&self.shared.tokens).set_scopes(scopes);
    }

    /// Ends every access token.
    pub fn revoke_tokens(&self) {
        lock(&self.shared.tokens).revoke_all();
    }

    /// Ends the WebSocket connection there is, if there is one.
    pub fn drop_socket(&self) {
        self.shared.seat.clear();
    }

    /// Whether a WebSocket is connected.
    pub fn has_socket(&self) -> bool {
        self.shared.seat.is_taken()
    }

    /// The requests served so far.
    pub fn requests(&self) -> Requests {
        lock(&self.shared.requests).clone()
    }
}
