//! Calling: checked, ruled on, written down, dialled.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rand::Rng as _;
use rollcall_model::{Entry, FirstAction, Limit, PersonId, PhoneNumber, PresenceState};
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, Confirmation, Consult, ConsultState, Met, PresenceView, Recent, Row},
};
use tokio::time;

use super::{
    Desk,
    etiquette::{Ruling, rule},
    instead::instead,
};
use crate::{
    consult::Track,
    rows,
    sync::{hold, read},
};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// Hands a number to the phone of this computer.
#[async_trait]
pub trait Dial: Send + Sync {
    /// Dials. Fails with [`Failure::NoDialer`] when no program takes the number.
    async fn dial(&self, number: PhoneNumber) -> Result<(), Failure>;
}

/// The address that makes the Zoom client dial at once: made from a parsed number only, never from text.
pub fn dial_uri(number: PhoneNumber) -> String {
    format!("zoomphonecall://{number}")
}

/// Whom a request means, and how they are now.
struct Callee {
    person: Option<PersonId>,
    name: String,
    number: PhoneNumber,
    state: PresenceState,
    limit: Option<Limit>,
    action: FirstAction,
}

impl Desk {
    pub(super) async fn call(&self, request: CallRequest, dial: &dyn Dial) -> Result<CallAnswer, Failure> {
        let reason = request.reason.as_deref().unwrap_or_default();
        let mut callee = self.callee(&request)?;
        let mut ruling = rule(callee.action, request.confirmed, reason, false);
        if let (Ruling::AskFirst, Some(person)) = (ruling, &callee.person) {
            self.ask_about(person).await;
            callee = self.callee(&request)?;
            ruling = rule(callee.action, request.confirmed, reason, true);
        }
        if let Ruling::Confirm(action) = ruling {
            let instead = callee.person.as_ref().map(|person| self.instead(person)).unwrap_or_default();
            return Ok(CallAnswer::Confirm { confirmation: callee.confirmation(action, instead) });
        }
        let consult = self.write_down(callee, reason).await;
        if let Err(failure) = dial.dial(consult.number).await {
            let refused = hold(&self.docket).refused(&consult.id);
            self.keep(refused).await;
            return Err(failure);
        }
        if let Some(person) = &consult.person {
            self.watched_is_called(person, &consult.id).await;
        }
        Ok(CallAnswer::Placed { consult: rows::consult(&consult, self.now()) })
    }

    /// Checks that the number can be dialled and is this person's, or was typed.
    fn callee(&self, request: &CallRequest) -> Result<Callee, Failure> {
        let region = self.settings().region;
        let number = request.number.as_deref().map(|text| PhoneNumber::parse(text, region.as_deref()));
        let number = number.transpose().map_err(|_| Failure::NotANumber)?;
        let Some(id) = &request.person else {
            return Ok(Callee::typed(number.ok_or(Failure::NoNumber)?));
        };
        let (now, world) = (self.now(), read(&self.world));
        let person = world.roster.get(id).map(|entry| &entry.person).filter(|person| person.is_active());
        let person = person.ok_or(Failure::UnknownPerson)?;
        let number = match number {
            Some(number) if person.has_number(number) => number,
            Some(_) => return Err(Failure::NotTheirNumber),
            None => rows::offered(&person.lines()).0.ok_or(Failure::NoNumber)?,
        };
        let PresenceView { state, limit, action, .. } = rows::presence(&world.roster, id, now);
        Ok(Callee { person: Some(id.clone()), name: person.name(), number, state, limit, action })
    }

    /// Who is free and knows the same as a person, best first.
    pub(super) fn instead(&self, person: &PersonId) -> Vec<Row> {
        let (now, me) = (self.now(), hold(&self.own).id.clone());
        let (world, lists) = (read(&self.world), self.shelf.lists());
        let row = |entry: &Entry| rows::row(&world.roster, entry, now, &lists, &[]);
        instead(&world.roster, person, me.as_ref(), now.zoom).into_iter().map(row).collect()
    }

    /// Asks the relay for one person and waits a moment for news of them.
    async fn ask_about(&self, person: &PersonId) {
        let heard = |desk: &Self| {
            read(&desk.world).roster.get(person).and_then(|entry| Some(entry.presence.as_ref()?.as_of))
        };
        let (before, mut folds) = (heard(self), self.folded.subscribe());
        let Some(relay) = self.relay() else { return };
        let news = async {
            if relay.refresh(vec![person.clone()]).await.is_err() {
                return;
            }
            while heard(self) == before && folds.changed().await.is_ok() {}
        };
        // No news in time is an answer too: the rule says what then.
        time::timeout(self.timing.news, news).await.ok();
    }

    /// Writes the call down before the number is dialled: whatever happens next, it is known that it was.
    async fn write_down(&self, callee: Callee, reason: &str) -> Consult {
        let now = self.zoom_now();
        let consult = Consult {
            id: self.new_id(now),
            person: callee.person,
            name: callee.name,
            number: callee.number,
            reason: reason.trim().chars().take(LONGEST_REASON).collect(),
            state: ConsultState::Dialling,
            dialled_at: now,
            answered_at: None,
            ended_at: None,
            outcome: None,
        };
        hold(&self.docket).dial(consult.clone());
        self.keep(Some(Track { consult: consult.clone(), call: None })).await;
        let meeting = Recent { how: Met::Called, at: now };
        self.meet(consult.person.clone().map(|person| (person, meeting))).await;
        self.ticks.notify_one();
        consult
    }

    /// Writes calls made from here, and pushes them.
    pub(super) async fn keep(&self, tracks: impl IntoIterator<Item = Track>) {
        for track in tracks {
            self.finder.answered([&track]);
            let written = self.mine.put(&track).await;
            // What could not be written is told of, and kept at hand.
            self.own_written(written).ok();
            self.outbox.consult(track.consult);
        }
    }

    /// An id that no other thing has, in the order of time.
    pub(super) fn new_id(&self, now: DateTime<Utc>) -> String {
        let mut random = [0; 10];
        self.with_random(|source| source.fill_bytes(&mut random));
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
    }
}

impl Callee {
    /// A number that was typed: nothing is known of whom it reaches, so it is always confirmed.
    const fn typed(number: PhoneNumber) -> Self {
        let (state, action) = (PresenceState::Unknown, FirstAction::AskOnceMore);
        Self { person: None, name: String::new(), number, state, limit: None, action }
    }

    fn confirmation(self, action: FirstAction, instead: Vec<Row>) -> Confirmation {
        let grouped = self.number.grouped();
        let Self { person, name, number, state, limit, .. } = self;
        Confirmation { person, name, number, grouped, state, limit, action, instead }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_exactly_the_number() {
        let number = "+44 (0)20 7183 8750".parse().unwrap();
        assert_eq!(dial_uri(number), "zoomphonecall://+442071838750");
    }
}
