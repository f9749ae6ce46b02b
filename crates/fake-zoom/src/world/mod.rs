//! The truth: who is here, who talks to whom, and what happened. Everything else reports it.

mod calls;
mod people;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

pub(crate) use calls::Dial;
pub use people::{NewPerson, PersonChange};

use crate::{
    calls::{Call, CallId, MoveError, agenda::Agenda},
    events::{Event, Manner},
    history::History,
    life::day,
    org::{Organisation, PersonIx, Standing, seeded},
    presence::{Status, UnknownStatus},
};

/// Seconds between two settings of a person's presence over REST.
const PUT_PAUSE: i64 = 60;

/// The organisation at one moment. Its methods leave events in `out`.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) org: Organisation,
    presences: Vec<Presence>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    agenda: Agenda,
    pub(crate) history: History,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) manner: Manner,
    pub(crate) out: Vec<Event>,
    put_at: HashMap<PersonIx, DateTime<Utc>>,
    disturb_from: HashMap<PersonIx, DateTime<Utc>>,
}

/// What a person does apart from calls, and how many calls they are on.
#[derive(Clone, Copy, Debug)]
struct Presence {
    base: Status,
    talking: u8,
}

/// Why something cannot be done to the organisation.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WorldError {
    /// Neither a user id nor an e-mail of somebody here.
    #[error("nobody here has the id or e-mail {0}")]
    NoSuchPerson(String),
    /// Not one of Zoom's presence words.
    #[error(transparent)]
    Status(#[from] UnknownStatus),
    /// Neither an E.164 number, nor an extension, nor an id of somebody here.
    #[error("no telephone is reached by {0}")]
    NoSuchNumber(String),
    /// The person has no telephone, or is not active.
    #[error("{0} has no telephone")]
    NoTelephone(String),
    /// Somebody has this e-mail or number already.
    #[error("{0} is taken")]
    Taken(String),
    /// The call cannot do this.
    #[error(transparent)]
    Move(#[from] MoveError),
}

/// Why Zoom would not set a presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PutRefused {
    TooSoon,
    NotSignedIn,
}

impl World {
    /// An organisation of this size and seed, everybody doing what the hour suggests.
    pub(crate) fn new(people: usize, seed: u64, now: DateTime<Utc>) -> Self {
        let org = seeded(people, seed, now);
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x0da7_0da7);
        let presences = (0..org.places())
            .map(|place| {
                let base = day::at_start(&org[PersonIx(place)], place == 0, now, &mut rng);
                Presence { base, talking: 0 }
            })
            .collect::<Vec<_>>();
        Self {
            org,
            presences,
            calls: BTreeMap::new(),
            agenda: Agenda::default(),
            history: History::default(),
            rng,
            manner: Manner::default(),
            out: Vec::new(),
            put_at: HashMap::new(),
            disturb_from: HashMap::new(),
        }
    }

    /// Finds a person by id or e-mail.
    pub(crate) fn find(&self, key: &str) -> Result<PersonIx, WorldError> {
        self.org.find(key).ok_or_else(|| WorldError::NoSuchPerson(key.to_owned()))
    }

    /// What Zoom shows for a person.
    pub(crate) fn presence(&self, ix: PersonIx) -> Status {
        let presence = self.presences[ix.0 as usize];
        if presence.talking > 0 { Status::OnPhoneCall } else { presence.base }
    }

    /// Whether the person is on a call of ours.
    pub(crate) fn is_talking(&self, ix: PersonIx) -> bool {
        self.presences[ix.0 as usize].talking > 0
    }

    /// Lets a person do something else. While they talk, the call is what Zoom shows.
    pub(crate) fn set_presence(&mut self, ix: PersonIx, status: Status, now: DateTime<Utc>) {
        self.disturb_from.remove(&ix);
        self.change_presence(ix, now, |presence| presence.base = status);
    }

    /// Sets a presence as `PUT /users/{id}/presence_status` does. Minutes count for Do Not Disturb only.
    pub(crate) fn put_presence(
        &mut self,
        ix: PersonIx,
        status: Status,
        minutes: i64,
        now: DateTime<Utc>,
    ) -> Result<(), PutRefused> {
        if self.put_at.get(&ix).is_some_and(|at| (now - *at).num_seconds() < PUT_PAUSE) {
            return Err(PutRefused::TooSoon);
        }
        if !self.presence(ix).is_signed_in() {
            return Err(PutRefused::NotSignedIn);
        }
        self.put_at.insert(ix, now);
        self.set_presence(ix, status, now);
        if status == Status::DoNotDisturb {
            self.disturb_from.insert(ix, now + TimeDelta::minutes(minutes));
        }
        Ok(())
    }

    /// When Do Not Disturb ends, if it was set for a time.
    pub(crate) fn undisturbed_until(&self, ix: PersonIx) -> Option<DateTime<Utc>> {
        self.disturb_from.get(&ix).copied()
    }

    /// Ends what was set for a time that is over.
    pub(crate) fn end_pauses(&mut self, now: DateTime<Utc>) {
        let over: Vec<_> =
            self.disturb_from.iter().filter(|(_, until)| **until <= now).map(|(ix, _)| *ix).collect();
        for ix in over {
            self.set_presence(ix, Status::Available, now);
        }
    }

    fn set_talking(&mut self, ix: PersonIx, talking: bool, now: DateTime<Utc>) {
        self.change_presence(ix, now, |presence| {
            presence.talking =
                if talking { presence.talking.saturating_add(1) } else { presence.talking.saturating_sub(1) };
        });
    }

    fn change_presence(&mut self, ix: PersonIx, now: DateTime<Utc>, change: impl FnOnce(&mut Presence)) {
        let before = self.presence(ix);
        change(&mut self.presences[ix.0 as usize]);
        let after = self.presence(ix);
        let person = &self.org[ix];
        if before != after && person.standing == Standing::Active {
            self.out.push(self.manner.presence(person, after, now));
        }
    }
}
