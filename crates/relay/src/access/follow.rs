//! What goes on by itself: hearing what other nodes did, writing down who is still there, tidying up.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Event, Logged, PersonFact, PersonId, Standing};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    Access, Known, Session, StoreError,
    access::rested_since,
    entry::{Entry, Kind, Why},
    store::{Horizons, Whom, Whose},
};

/// How often it is asked what changed: an end is felt on every node well within a second.
const ASK: Duration = Duration::from_millis(250);
/// How often it is written down who was there.
const WRITE: Duration = Duration::from_secs(2);
/// How often it is tidied up and looked whether everybody is still in use at Zoom.
const TIDY: Duration = Duration::from_mins(5);
/// Of so many who left at once, all who are in are looked up instead: the first list of a directory tells of all
/// who ever left.
const MANY: usize = 32;
/// How long ended codes are kept, so that the trail can tell a used one from an unknown one.
const CODES_KEPT: TimeDelta = TimeDelta::days(1);
/// How long ended sessions and spent tokens are kept, so that a stolen token is known as one.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(60);

impl Access {
    /// Runs until `stop`. Without it nothing is remembered, and every request asks the store.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let [mut ask, mut write, mut tidy] = [ASK, WRITE, TIDY].map(|every| {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        let mut away = false;
        loop {
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = ask.tick() => self.ask_what_changed().await,
                _ = write.tick() => self.write_down_use().await,
                _ = tidy.tick() => self.tidy().await,
            };
            match (&done, away) {
                (Err(error), false) => {
                    tracing::warn!(organisation = %self.slug, %error, "the store of sessions failed");
                }
                (Ok(()), true) => {
                    tracing::info!(organisation = %self.slug, "the store of sessions is back");
                }
                _ => {}
            }
            away = done.is_err();
        }
        if let Err(error) = self.write_down_use().await {
            tracing::warn!(organisation = %self.slug, %error, "the last use of sessions was not written down");
        }
    }

    /// Asks what other nodes, or the command line, did, and makes it felt here.
    pub(super) async fn ask_what_changed(&self) -> Result<(), StoreError> {
        let asked_at = Instant::now();
        let heard = self.cache().heard();
        // The last number is read first: what changes after it is heard of the next time.
        let last = self.store.last_change().await?;
        let changes = if last > heard { self.store.changes(heard).await? } else { Vec::new() };
        for change in &changes {
            self.cache().evict(change.session);
        }
        self.cache().hear(changes.last().map_or(last, |change| last.max(change.number)), asked_at);
        for change in changes.iter().filter(|change| change.ended) {
            self.ends.end(change.session);
        }
        Ok(())
    }

    pub(super) async fn write_down_use(&self) -> Result<(), StoreError> {
        let used = self.cache().take_used();
        if used.is_empty() { Ok(()) } else { self.store.touch(&used).await }
    }

    /// Ends what rested too long, puts away what is old, and looks whether everybody is still in use at Zoom.
    pub(super) async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let horizons = Horizons {
            codes: now - CODES_KEPT,
            sessions: now - SESSIONS_KEPT,
            trail: now - self.settings.trail_kept,
        };
        let ended = self.store.tidy(&horizons, rested_since(now), now).await?;
        self.have_ended(&ended);
        self.review(now).await
    }

    /// Looks everybody up who is in: who left while nobody was listening, and who is known by now.
    async fn review(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for session in self.store.sessions(Whose::Everybody).await? {
            if self.has_left(&session) {
                self.end(Whose::Session(session.id), &has_left(now)).await?;
            } else if let Some(known) = self.unknown_so_far(&session) {
                self.know(&session, &known.person).await?;
            }
        }
        Ok(())
    }

    /// Whose session this is, when the directory knows and the session does not.
    fn unknown_so_far(&self, session: &Session) -> Option<Known> {
        if session.person.is_some() { None } else { self.people.by_email(&session.email) }
    }

    /// From now on it is known whose session this is.
    async fn know(&self, session: &Session, person: &PersonId) -> Result<(), StoreError> {
        self.store.know(session.id, person).await?;
        self.now_known(session);
        Ok(())
    }

    /// Makes felt on this node that it is known whose session this is.
    fn now_known(&self, session: &Session) {
        self.cache().evict(session.id);
        self.ends.know(session.id);
    }

    /// Looks up whose session this is, if that is not known; who is not found is awaited.
    pub(super) async fn look_up(&self, session: &mut Session) -> Result<(), StoreError> {
        if session.person.is_some() {
            return Ok(());
        }
        // Awaited before it is looked: whoever becomes known in between is told of.
        self.people.await_email(&session.email);
        if let Some(known) = self.unknown_so_far(session).filter(|known| !known.has_left()) {
            self.know(session, &known.person).await?;
            session.person = Some(known.person);
        }
        Ok(())
    }

    /// Takes note of committed events, after they were folded in: whose account was deactivated, deleted or moved
    /// away, has no session any more when this returns; and whoever is in and became known is known.
    pub async fn heard(&self, events: &[Logged]) -> Result<(), StoreError> {
        for email in events.iter().filter_map(whose_profile) {
            self.have_become_known(email).await?;
        }
        let left: Vec<&PersonId> = events.iter().filter_map(who_left).collect();
        if left.len() > MANY {
            return self.review(self.clock.now()).await;
        }
        for person in left {
            let known = self.people.by_id(person);
            // An old event that came late: meanwhile the person is back.
            if known.as_ref().is_some_and(|known| !known.has_left()) {
                continue;
            }
            let entry = has_left(self.clock.now());
            self.end(Whose::Person(person), &entry).await?;
            if let Some(email) = known.map(|known| known.email).filter(|email| !email.is_empty()) {
                self.end_unknown(&email, &entry).await?;
            }
        }
        Ok(())
    }

    /// Sessions of this address see what is their person's from now on: here, and wherever it is asked again.
    async fn have_become_known(&self, email: &str) -> Result<(), StoreError> {
        for session in self.store.sessions(Whose::Email(email)).await? {
            match self.unknown_so_far(&session) {
                Some(known) if !known.has_left() => self.know(&session, &known.person).await?,
                Some(_) => {}
                // Another node was quicker to write it down; those who are here are told all the same.
                None => self.now_known(&session),
            }
        }
        Ok(())
    }

    /// Ends sessions of an address of which it was not known yet whose they are; it may have become known since.
    async fn end_unknown(&self, email: &str, entry: &Entry) -> Result<(), StoreError> {
        let open = self.store.sessions(Whose::Email(email)).await?;
        for session in open.iter().filter(|session| self.has_left(session)) {
            self.end(Whose::Session(session.id), entry).await?;
        }
        Ok(())
    }

    /// The app was taken away at Zoom: ends and forgets the sessions of `person`, or everybody's when the whole
    /// account took it away. What the log holds is not this room's to forget.
    pub async fn deauthorized(&self, person: Option<&PersonId>) -> Result<(), StoreError> {
        let known = person.and_then(|person| self.people.by_id(person));
        let email =
            known.as_ref().map(|Known { email, .. }| email.as_str()).filter(|email| !email.is_empty());
        let whom = person.map_or(Whom::Everybody, |person| Whom::Person { person, email });
        let ended = self.store.forget(whom, self.clock.now()).await?;
        // Forgotten sessions have no names any more, remembered ones must not either.
        self.cache().clear();
        self.have_ended(&ended);
        Ok(())
    }

    /// Ends all use of the store.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

fn has_left(now: DateTime<Utc>) -> Entry {
    Entry::of(Kind::Ended, now).because(Why::NotActive).by("zoom")
}

fn whose_profile(logged: &Logged) -> Option<&str> {
    match &logged.event {
        Event::Person(report) => match &report.fact {
            PersonFact::Profile(profile) if !profile.email.is_empty() => Some(&profile.email),
            _ => None,
        },
        _ => None,
    }
}

fn who_left(logged: &Logged) -> Option<&PersonId> {
    match &logged.event {
        Event::Person(report) => match report.fact {
            PersonFact::Standing(Standing::Inactive | Standing::Gone) => Some(&report.id),
            _ => None,
        },
        _ => None,
    }
}
