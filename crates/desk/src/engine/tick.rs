//! What happens because time passes: presence fades, calls lapse, old calls are forgotten, the person's
//! own things are backed up.
//!
//! Fading is found by looking at everybody every 15 s. For 100,000 people that is some milliseconds, and
//! keeps no list of due times that every report would have to change. Everybody's rank follows; pushed
//! are only those whom the window shows and the person at the desk.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Entry, JUST_OFF_A_CALL, Leg, PersonId, Policy, Roster, search::Walls};
use tokio::time;

use super::{Desk, world::News};
use crate::{
    store::Held,
    sync::{hold, read},
};

/// How often it is looked whether a call lapsed, while one waits for its first news.
const LAPSE: Duration = Duration::from_secs(1);
/// How long calls are kept.
const CALLS_KEPT: TimeDelta = TimeDelta::hours(24);
/// People of whom it was heard so long ago that they are gone are no longer kept.
const GONE_KEPT: TimeDelta = TimeDelta::days(30);
/// How often old calls are forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::hours(1);
/// How often the person's own things are backed up when they changed.
const BACK_UP_EVERY: TimeDelta = TimeDelta::minutes(1);

/// When what was last done, by the clock.
struct Done {
    faded: DateTime<Utc>,
    forgotten: Option<DateTime<Utc>>,
    backed_up: DateTime<Utc>,
}

/// Ticks until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    let now = desk.zoom_now();
    let mut done = Done { faded: now, forgotten: None, backed_up: now };
    loop {
        let pause = if hold(&desk.docket).waits() { LAPSE.min(desk.timing.fade) } else { desk.timing.fade };
        // A call that was just dialled shortens the pause.
        time::timeout(pause, desk.ticks.notified()).await.ok();
        tick(&desk, &mut done).await;
    }
}

async fn tick(desk: &Desk, done: &mut Done) {
    let now = desk.zoom_now();
    let heard = desk.follow(&read(&desk.world), &News::default());
    desk.keep(heard).await;
    let lapsed = hold(&desk.docket).lapse(now);
    desk.keep(lapsed).await;
    if now != done.faded {
        fade(desk, done.faded, now);
        done.faded = now;
    }
    if done.forgotten.is_none_or(|last| now - last >= FORGET_EVERY) {
        done.forgotten = Some(now);
        forget_calls(desk, now - CALLS_KEPT).await;
        forget_gone(desk, now - GONE_KEPT).await;
    }
    if desk.own_unwritten.swap(false, Ordering::Relaxed) {
        write_own(desk).await;
    }
    if now - done.backed_up >= BACK_UP_EVERY {
        done.backed_up = now;
        back_up(desk).await;
    }
}

/// Ranks and shows those anew whose presence is shown otherwise than before.
pub(super) fn fade(desk: &Desk, before: DateTime<Utc>, now: DateTime<Utc>) {
    let world = read(&desk.world);
    let faded = faded(&world.roster, before, now);
    desk.stand(&faded, &world.roster, now);
    let turned = turned(&world.roster, before, now);
    desk.stand(&turned, &world.roster, now);
    if !turned.is_empty() {
        desk.time_turned();
    }
    desk.see(&world, &faded);
    let visible = desk.looks.visible();
    desk.outbox.presence(visible.iter().filter(|person| limit_turned(&world.roster, person, before, now)));
    drop(world);
    if faded.is_empty() {
        return;
    }
    desk.outbox.presence(faded.intersection(&visible));
    if hold(&desk.own).id.as_ref().is_some_and(|me| faded.contains(me)) {
        desk.outbox.status();
    }
    desk.looks.faded();
}

/// Whose presence is shown otherwise at `now` than at `before` though nothing was heard between.
fn faded(roster: &Roster, before: DateTime<Utc>, now: DateTime<Utc>) -> HashSet<PersonId> {
    let aged = |entry: &&Entry| {
        let report = entry.presence.as_ref();
        report.is_some_and(|report| report.freshness(before) != report.freshness(now))
    };
    let aged = roster.entries().filter(aged).map(|entry| &entry.person.id);
    let matters = |leg: &&Leg| leg.ended.is_none_or(|ending| before - ending.at <= JUST_OFF_A_CALL);
    let called = roster.calls().flat_map(|call| &call.legs).filter(matters).map(|leg| &leg.person);
    let changed = called.filter(|person| roster.shown(person, before) != roster.shown(person, now));
    aged.chain(changed).cloned().collect()
}

/// Whose working time, or what the organisation's policy says of calling them, begins or ends between two moments.
fn turned(roster: &Roster, before: DateTime<Utc>, now: DateTime<Utc>) -> Vec<PersonId> {
    let (mut then, mut walls) = (Walls::at(before), Walls::at(now));
    let policy = roster.organisation().policy();
    let people = roster.entries().map(|entry| &entry.person);
    let turned = people.filter(|person| {
        then.at_work(person) != walls.at_work(person)
            || policy.limit(person, before) != policy.limit(person, now)
    });
    turned.map(|person| person.id.clone()).collect()
}

/// Whether the organisation's policy says something else of calling somebody than at `before`, or a day of theirs
/// began, with no consults yet.
fn limit_turned(roster: &Roster, person: &PersonId, before: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let policy = roster.organisation().policy();
    if *policy == Policy::NOTHING {
        return false;
    }
    roster.get(person).is_some_and(|Entry { person, .. }| {
        policy.limit(person, before) != policy.limit(person, now)
            || person.consults_today(before) != person.consults_today(now)
    })
}

async fn forget_calls(desk: &Desk, horizon: DateTime<Utc>) {
    let called = desk.with_world(|world| world.roster.forget_calls_before(horizon));
    desk.stand(&called, &read(&desk.world).roster, desk.zoom_now());
    if let Err(trouble) = desk.replica.forget_calls_before(horizon).await {
        tracing::warn!(%trouble, "Old calls were not deleted");
    }
}

/// Forgets people who have been gone for long; relays do, too.
async fn forget_gone(desk: &Desk, horizon: DateTime<Utc>) {
    let forgotten = desk.with_world(|world| world.roster.forget_gone_before(horizon));
    if forgotten.is_empty() {
        return;
    }
    if let Err(trouble) = desk.replica.forget_people(&forgotten).await {
        tracing::warn!(%trouble, "People who are gone were not deleted");
    }
}

/// Writes what is the person's own as it is at hand, for some of it could not be written before.
async fn write_own(desk: &Desk) {
    let (lists, recents) = ((*desk.shelf.lists()).clone(), (*desk.shelf.recents()).clone());
    let tracks = hold(&desk.docket).tracks().to_vec();
    let held = Held { lists, recents, tracks, watches: desk.watches.kept() };
    let written = desk.mine.put_all(&held).await;
    if desk.own_written(written).is_ok() {
        desk.writable();
    }
}

/// Backs up what is the person's own, when it changed since the last time.
pub(crate) async fn back_up(desk: &Desk) {
    if !desk.own_changed.swap(false, Ordering::Relaxed) {
        return;
    }
    if let Err(trouble) = desk.mine.back_up(&desk.home, desk.clock.now()).await {
        desk.own_changed.store(true, Ordering::Relaxed);
        tracing::warn!(%trouble, "The own things were not backed up");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_model::{Expertise, Person, PersonFact, Presence, PresenceState, Profile, Source};

    #[test]
    fn working_time_turns_with_the_clock_on_the_wall() {
        let at = |text: &str| text.parse().unwrap();
        let mut person = Person::unknown(PersonId::new("mia"));
        let time_zone = Some("Asia/Tokyo".parse().unwrap());
        person.learn(
            at("2026-11-01T00:00:00Z"),
            PersonFact::Profile(Profile { time_zone, ..Profile::default() }),
        );
        let mut roster = Roster::default();
        roster.join_person(person, None);

        let turned = |from, to| turned(&roster, at(from), at(to)).len();

        assert_eq!(turned("2026-11-19T22:59:50Z", "2026-11-19T23:00:05Z"), 1);
        assert_eq!(turned("2026-11-19T23:00:05Z", "2026-11-20T08:59:00Z"), 0);
        assert_eq!(turned("2026-11-20T08:59:00Z", "2026-11-20T09:00:00Z"), 1);
    }

    #[test]
    fn working_time_is_by_the_own_hours_where_they_are_told() {
        let at = |text: &str| text.parse().unwrap();
        let mut person = Person::unknown(PersonId::new("mia"));
        let time_zone = Some("Etc/UTC".parse().unwrap());
        let hours = "Sat 10:00-12:00".parse().unwrap();
        person.learn(
            at("2026-11-01T00:00:00Z"),
            PersonFact::Profile(Profile { time_zone, ..Profile::default() }),
        );
        let expertise = Expertise { hours, ..Expertise::default() };
        person.learn(at("2026-11-01T00:00:00Z"), PersonFact::Expertise(expertise));

        let at_work = |moment| Walls::at(at(moment)).at_work(&person);

        assert!(at_work("2026-11-21T10:30:00Z"));
        assert!(!at_work("2026-11-20T10:30:00Z"), "a Friday");
    }

    #[test]
    fn a_report_fades_twice() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let (as_of, state) = (at(0), PresenceState::Available);
        let report = Presence { as_of, source: Source::Asked, state, raw: String::new(), until: None };
        let mut roster = Roster::default();
        roster.join_person(Person::unknown(PersonId::new("mia")), Some(report));

        let fades = |from, to| !faded(&roster, at(from), at(to)).is_empty();

        assert!(!fades(1, 29));
        assert!(fades(29, 31));
        assert!(!fades(31, 59));
        assert!(fades(59, 61));
    }
}
