//! What the link brings: folded into the world, the index and the calls made from here, and pushed.

use chrono::{DateTime, Utc};
use rollcall_model::{Logged, PersonId, Roster, Seq};
use rollcall_wire::{
    relay::{Progress, RelayState},
    window::Push,
};
use tokio::task;

use super::{
    Desk,
    condition::Condition,
    recents::Meeting,
    world::{News, World},
};
use crate::{
    consult::Track,
    link::{Head, Part},
    rows,
    store::Place,
    sync::{hold, read},
};

impl Desk {
    /// The place up to which the log is known.
    pub(crate) fn place(&self) -> Option<Place> {
        read(&self.world).place.clone()
    }

    /// Whether nothing is known from any other log than this one.
    pub(crate) fn knows_no_other(&self, log: &str) -> bool {
        read(&self.world).place.as_ref().is_none_or(|place| place.log == log || place.seq == Seq::START)
    }

    /// The relay sends the events that follow.
    pub(crate) fn linked(&self, log: String, state: RelayState) {
        self.with_world(|world| {
            if world.enter(log) {
                self.finder.clear();
                self.others_are_found();
            }
        });
        self.looks.begin_again();
        self.waited_by(Vec::new());
        self.waits.wake();
        self.heed_clock(&state);
        let now = self.clock.now();
        self.change(|condition| {
            condition.heard_at = Some(now);
            condition.linked(now);
            condition.relay_stands(now, state);
        });
    }

    /// How the relay stands with Zoom.
    pub(crate) fn relay_stands(&self, state: RelayState) {
        self.heed_clock(&state);
        let now = self.clock.now();
        let news = {
            let mut condition = hold(&self.condition);
            condition.heard_at = Some(now);
            condition.relay_stands(now, state)
        };
        if news {
            self.watches.wake();
            self.outbox.status();
        }
    }

    /// When the clock turns out to be wrong, everything is as old as it is by Zoom's: seen at the next tick.
    fn heed_clock(&self, state: &RelayState) {
        if self.ahead.heed(&state.failures) {
            self.ticks.notify_one();
        }
    }

    /// The relay is there, and has nothing new.
    pub(crate) fn alive(&self) {
        let now = self.clock.now();
        self.change(|condition| condition.heard_at = Some(now));
    }

    /// Takes events in.
    pub(crate) async fn fold(&self, events: Vec<Logged>) {
        let now = self.clock.now();
        if hold(&self.condition).heard(now) {
            self.outbox.status();
        }
        let news = self.with_world(|world| world.fold(events));
        let (tracks, meetings) = self.take_in(&news);
        self.outbox.presence(&news.presence);
        self.keep(tracks).await;
        self.meet(meetings).await;
    }

    /// A snapshot comes; one of another log takes the place of everything.
    pub(crate) fn snapshot_begins(&self, head: &Head) {
        self.with_world(|world| {
            if world.place.as_ref().is_some_and(|place| place.log != head.place.log) {
                tracing::info!("The relay has another log: everything is read anew");
                world.begin_anew(head.place.log.clone());
                self.finder.clear();
                self.others_are_found();
            }
        });
        self.change(|condition| condition.snapshot_at(Progress { done: 0, of: Some(head.people) }));
    }

    /// The organisation took the app away: nothing that was got from Zoom is kept here either.
    pub(crate) fn forget_everybody(&self) {
        let known = self.with_world(|world| {
            self.finder.clear();
            self.others_are_found();
            world.forget_everybody()
        });
        if known > 0 {
            tracing::warn!("The app was removed at Zoom: everything got from there is deleted here");
            self.change(Condition::connecting);
            self.outbox.people(known);
            self.to_write.notify_one();
        }
    }

    /// Takes a part of a snapshot in, after which so much of it is known.
    pub(crate) async fn join(&self, part: Part, progress: Progress) {
        let news = self.with_world(|world| world.join(part));
        let (tracks, meetings) = self.take_in(&news);
        self.change(|condition| condition.snapshot_at(progress));
        self.keep(tracks).await;
        self.meet(meetings).await;
        task::yield_now().await;
    }

    /// The snapshot was whole, up to this place, or was cut short.
    pub(crate) fn snapshot_ends(&self, place: Option<Place>) {
        if let Some(place) = place {
            self.with_world(|world| world.move_to(place));
            self.to_write.notify_one();
        }
        self.change(Condition::snapshot_over);
    }

    /// Presence of these people as it is now.
    pub(super) fn presence_of(&self, people: impl IntoIterator<Item = PersonId>) -> Vec<Push> {
        let (now, world) = (self.now(), read(&self.world));
        let view = |person: PersonId| {
            let presence = rows::presence(&world.roster, &person, now);
            Push::Presence { person, presence }
        };
        people.into_iter().map(view).collect()
    }

    /// Brings everything that is made of the world up to date with it; gives the calls made from here
    /// that changed, and with whom the person at the desk had to do. The world is only read meanwhile: questions
    /// do not wait for the index.
    fn take_in(&self, news: &News) -> (Vec<Track>, Vec<Meeting>) {
        let world = read(&self.world);
        self.index(&world, news);
        let heard = (self.follow(&world, news), self.met(&world, news));
        drop(world);
        self.announce(news);
        heard
    }

    /// Takes in how these people stand now.
    pub(super) fn stand<'a>(
        &self,
        people: impl IntoIterator<Item = &'a PersonId>,
        roster: &Roster,
        now: DateTime<Utc>,
    ) {
        if self.finder.stand(people, roster, now) {
            self.groups.wake();
        }
    }

    /// Brings the index up to date with what changed.
    fn index(&self, world: &World, news: &News) {
        let now = self.zoom_now();
        if !news.records.is_empty() {
            let changed = news.records.iter().filter_map(|id| world.roster.get(id));
            self.finder.update(changed.map(|entry| &entry.person));
            self.finder.answered(hold(&self.docket).tracks());
        }
        if news.organisation
            && let Some(told) = &world.roster.organisation().synonyms
        {
            self.finder.speak(&told.value);
        }
        if news.organisation {
            // How people stand depends on the policy.
            let everybody = world.roster.entries().map(|entry| &entry.person.id);
            self.stand(everybody, &world.roster, now);
        } else {
            self.stand(news.presence.iter().chain(&news.records), &world.roster, now);
        }
        self.see(world, news.presence.iter().chain(&news.records));
        if !news.records.is_empty() || news.organisation {
            self.others_are_found();
        }
        if !news.records.is_empty() && self.find_me(world) {
            self.outbox.status();
        }
    }

    /// Matches calls that changed to those made from here; all calls, once the person at the desk is
    /// known: some may have come before.
    pub(super) fn follow(&self, world: &World, news: &News) -> Vec<Track> {
        let mut own = hold(&self.own);
        let Some(me) = own.id.clone() else { return Vec::new() };
        let first = std::mem::take(&mut own.unmatched);
        let mut docket = hold(&self.docket);
        if first {
            return world.roster.calls().flat_map(|call| docket.hear(call, &me)).collect();
        }
        let calls = news.calls.iter().filter_map(|id| world.roster.call(id));
        calls.flat_map(|call| docket.hear(call, &me)).collect()
    }

    /// Tells the writer, those who wait for news, and the window.
    fn announce(&self, news: &News) {
        self.to_write.notify_one();
        self.folded.send_modify(|folds| *folds += 1);
        if !news.records.is_empty() {
            self.outbox.people(news.records.len());
        }
        if news.organisation {
            // What is said of calling people depends on the policy.
            self.outbox.presence(&self.looks.visible());
            self.outbox.status();
            self.waits.wake();
        }
        if hold(&self.own).id.as_ref().is_some_and(|me| news.presence.contains(me)) {
            self.outbox.status();
        }
    }
}
