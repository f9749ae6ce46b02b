//! What all parts of a running fake Zoom share.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rollcall_model::Clock;
use serde_json::{Value, json};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    events::{Event, Manner, ahead},
    feed::Feed,
    limits::Limits,
    mischief::{Mischief, Switches},
    oauth::Tokens,
    options::Options,
    ready::{Credentials, Ready},
    requests::Requests,
    webhook::Receivers,
    world::World,
    ws::Seat,
};

/// The body of an oversized event, apart from its wrapping.
const OVERSIZE: usize = 1 << 20;

/// The running fake Zoom.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) credentials: Credentials,
    pub(crate) ready: Ready,
    pub(crate) switches: Switches,
    pub(crate) feed: Feed,
    pub(crate) seat: Seat,
    pub(crate) receivers: Receivers,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) limits: Mutex<Limits>,
    pub(crate) requests: Mutex<Requests>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    world: Mutex<World>,
    dice: Mutex<ChaCha8Rng>,
}

impl Shared {
    pub(crate) fn new(options: &Options, credentials: Credentials, ready: Ready, world: World) -> Self {
        let shared = Self {
            clock: options.clock.clone(),
            switches: Switches::default(),
            feed: Feed::default(),
            seat: Seat::default(),
            receivers: Receivers::default(),
            tokens: Mutex::new(Tokens::seeded(options.seed)),
            limits: Mutex::new(Limits::new(options.plan)),
            requests: Mutex::new(Requests::default()),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            world: Mutex::new(world),
            dice: Mutex::new(ChaCha8Rng::seed_from_u64(options.seed ^ 0x00d1_ce00)),
            credentials,
            ready,
        };
        for mischief in &options.mischief {
            shared.switches.set((*mischief).into());
        }
        shared
    }

    /// The true time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The time as the account's servers show it.
    pub(crate) fn shown_now(&self) -> DateTime<Utc> {
        self.now() + ahead(&self.switches)
    }

    /// Looks at the world or changes it; what happens is sent out in order before anybody else gets in.
    pub(crate) fn with_world<T>(&self, act: impl FnOnce(&mut World, DateTime<Utc>) -> T) -> T {
        let mut world = lock(&self.world);
        let now = self.now();
        world.manner = Manner::of(&self.switches, &self.credentials.account_id);
        world.run_due(now);
        world.end_pauses(now);
        let result = act(&mut world, now);
        for event in std::mem::take(&mut world.out) {
            self.send(event);
        }
        result
    }

    /// Whether a mischief with a share strikes this time.
    pub(crate) fn strikes(&self, mischief: Mischief) -> bool {
        let Some(share) = self.switches.amount(mischief) else { return false };
        share >= 1.0 || lock(&self.dice).random_bool(share.clamp(0.0, 1.0))
    }

    /// Uses the dice for something else than mischief.
    pub(crate) fn with_dice<T>(&self, throw: impl FnOnce(&mut ChaCha8Rng) -> T) -> T {
        throw(&mut lock(&self.dice))
    }

    fn send(&self, event: Event) {
        if self.strikes(Mischief::MalformedEvents) {
            self.feed
                .raw(Bytes::from_static(br#"{"event":"user.presence_status_updated","payload":nonsense}"#));
        }
        if self.strikes(Mischief::TruncatedEvents) {
            let text = event.body.to_string();
            let half = text.floor_char_boundary(text.len() / 2);
            self.feed.raw(Bytes::copy_from_slice(&text.as_bytes()[..half]));
        }
        if self.strikes(Mischief::OversizedEvents) {
            let object = json!({ "padding": "x".repeat(OVERSIZE) });
            self.feed.event(self.unknown("user.personal_notes_updated", object));
        }
        if self.strikes(Mischief::UnknownEvents) {
            self.feed.event(self.unknown("phone.tea_served", json!({ "sugar": 2 })));
        }
        self.feed.event(event);
    }

    fn unknown(&self, name: &str, object: Value) -> Event {
        Manner::of(&self.switches, &self.credentials.account_id).event(name, object, self.now())
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("ready", &self.ready).finish_non_exhaustive()
    }
}

/// Locks, also after a panic elsewhere: what is behind is kept whole by each single change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
