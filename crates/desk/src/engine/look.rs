//! Keeping the presence of those fresh whom the window shows.
//!
//! The relay is asked for people whose report is old or expired, and for an opened one unless just heard
//! of. Only the newest screen counts: what was scrolled past before anybody was asked is not asked for.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Freshness, PersonId, Shown};
use rollcall_wire::{
    relay::Refresh,
    window::{Met, Recent, Why},
};
use tokio::{sync::Notify, time};

use super::Desk;
use crate::{
    sync::{hold, read},
    watch::ToAsk,
};

/// How many people are taken for one screen.
const SCREEN: usize = Refresh::MOST;
/// An opened person that was heard of within this time is not asked for.
const JUST_HEARD: TimeDelta = TimeDelta::seconds(5);
/// For how many rests scrolling may go on before the relay is asked all the same.
const SCROLLS: u32 = 10;
/// A visible person is asked for no more often than this.
const ASKED: TimeDelta = TimeDelta::seconds(30);

/// Whom the window shows.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    screen: Mutex<Screen>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Screen {
    visible: Vec<PersonId>,
    /// Opened, and not asked for yet.
    opened: Vec<PersonId>,
    /// When people were last asked for, for as long as that matters.
    asked: HashMap<PersonId, DateTime<Utc>>,
}

impl Looks {
    pub(super) fn visible(&self) -> HashSet<PersonId> {
        hold(&self.screen).visible.iter().cloned().collect()
    }

    /// Reports of people on the screen may have grown old.
    pub(super) fn faded(&self) {
        self.wake.notify_one();
    }

    /// The relay is there again: whom it was asked for before counts no more.
    pub(super) fn begin_again(&self) {
        hold(&self.screen).asked.clear();
        self.wake.notify_one();
    }
}

impl Screen {
    /// Whom to ask the relay for now, the most wanted first; they count as asked for.
    ///
    /// Who is `watched` counts as visible, after the others, or before them when somebody waits for the answer; the
    /// person at the desk (`me`) is always on the screen.
    fn wanted(
        &mut self,
        now: DateTime<Utc>,
        watched: &ToAsk,
        me: Option<&PersonId>,
        shown: impl Fn(&PersonId) -> Shown,
    ) -> Vec<PersonId> {
        self.asked.retain(|_, asked| now - *asked < ASKED);
        let opened = std::mem::take(&mut self.opened).into_iter().filter(|person| {
            let heard = shown(person).as_of.is_some_and(|as_of| now - as_of < JUST_HEARD);
            let asked = self.asked.get(person).is_some_and(|asked| now - *asked < JUST_HEARD);
            !heard && !asked
        });
        let mut wanted: Vec<PersonId> = opened.collect();
        let fades = |person: &&PersonId| shown(person).freshness != Freshness::Fresh;
        let seen = self.visible.iter().chain(me).filter(fades);
        for person in watched.confirm.iter().chain(seen).chain(&watched.faded) {
            let more = wanted.len() < Refresh::MOST;
            if more && !self.asked.contains_key(person) && !wanted.contains(person) {
                wanted.push(person.clone());
            }
        }
        wanted.truncate(Refresh::MOST);
        self.asked.extend(wanted.iter().map(|person| (person.clone(), now)));
        wanted
    }
}

impl Desk {
    /// Takes whom the window shows. Who was opened counts as somebody the person had to do with.
    pub(super) async fn look(&self, why: Why, people: Vec<PersonId>) {
        let recent = Recent { how: Met::Opened, at: self.zoom_now() };
        let opened = if why == Why::Opened { people.clone() } else { Vec::new() };
        self.shows(why, people);
        let known = |person: &PersonId| read(&self.world).roster.get(person).is_some();
        self.meet(opened.into_iter().filter(known).map(|person| (person, recent))).await;
    }

    fn shows(&self, why: Why, mut people: Vec<PersonId>) {
        people.truncate(SCREEN);
        let mut screen = hold(&self.looks.screen);
        match why {
            Why::Visible => screen.visible = people,
            Why::Opened => {
                screen.opened.extend(people);
                let surplus = screen.opened.len().saturating_sub(SCREEN);
                screen.opened.drain(..surplus);
            }
        }
        drop(screen);
        self.looks.wake.notify_one();
    }

    fn wanted(&self) -> Vec<PersonId> {
        let me = hold(&self.own).id.clone();
        let watched = self.watched_to_ask();
        let (now, world) = (self.zoom_now(), read(&self.world));
        hold(&self.looks.screen).wanted(now, &watched, me.as_ref(), |person| world.roster.shown(person, now))
    }

    fn opened_waits(&self) -> bool {
        !hold(&self.looks.screen).opened.is_empty()
    }
}

/// Asks the relay, one request at a time, until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    loop {
        desk.looks.wake.notified().await;
        if !desk.opened_waits() {
            rest(&desk).await;
        }
        let Some(relay) = desk.relay() else { continue };
        let wanted = desk.wanted();
        if wanted.is_empty() {
            continue;
        }
        let people = wanted.len();
        if let Err(failure) = relay.refresh(wanted).await {
            tracing::debug!(%failure, people, "The relay was not asked for presence");
        }
    }
}

/// Waits until nothing was scrolled for a while, or a person was opened; scrolling without an end is
/// waited for no longer than [`SCROLLS`].
async fn rest(desk: &Desk) {
    let still = async {
        while time::timeout(desk.timing.rest, desk.looks.wake.notified()).await.is_ok() {
            if desk.opened_waits() {
                return;
            }
        }
    };
    time::timeout(desk.timing.rest * SCROLLS, still).await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_model::{Presence, PresenceState, Roster, Source};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn ids<const N: usize>(names: [&str; N]) -> Vec<PersonId> {
        names.map(PersonId::new).to_vec()
    }

    fn roster(heard: &[(&str, i64)]) -> Roster {
        let mut roster = Roster::default();
        for &(name, seconds) in heard {
            let state = PresenceState::Available;
            let (as_of, source) = (at(seconds), Source::Event);
            let report = Presence { as_of, source, state, raw: String::new(), until: None };
            roster.join_person(rollcall_model::Person::unknown(PersonId::new(name)), Some(report));
        }
        roster
    }

    #[test]
    fn the_opened_come_first_and_the_fresh_are_not_asked_for() {
        let roster = roster(&[("fresh", -60), ("old", -4_000), ("just", -2), ("opened", -10)]);
        let opened = ids(["just", "opened"]);
        let visible = ids(["fresh", "old", "unknown", "opened"]);
        let mut screen = Screen { visible, opened, ..Screen::default() };

        let wanted = screen.wanted(at(0), &ToAsk::default(), None, |person| roster.shown(person, at(0)));

        assert_eq!(wanted, ids(["opened", "old", "unknown"]));
    }

    #[test]
    fn nobody_is_asked_for_twice_within_the_time() {
        let roster = roster(&[]);
        let mut screen = Screen { visible: ids(["mia"]), ..Screen::default() };
        let mut wanted = |seconds| {
            screen.wanted(at(seconds), &ToAsk::default(), None, |person| roster.shown(person, at(seconds)))
        };

        assert_eq!(wanted(0), ids(["mia"]));
        assert_eq!(wanted(29), ids([]));
        assert_eq!(wanted(30), ids(["mia"]));
    }

    #[test]
    fn the_person_at_the_desk_is_always_on_the_screen() {
        let roster = roster(&[]);
        let mut screen = Screen { visible: ids(["mia"]), ..Screen::default() };

        let me = PersonId::new("me");
        let wanted = screen.wanted(at(0), &ToAsk::default(), Some(&me), |person| roster.shown(person, at(0)));

        assert_eq!(wanted, ids(["mia", "me"]));
    }

    #[test]
    fn the_watched_are_asked_for_though_they_are_fresh() {
        let roster = roster(&[("leo", -60)]);
        let mut screen = Screen { visible: ids(["mia"]), ..Screen::default() };

        let watched = ToAsk { confirm: ids(["leo"]), faded: ids(["mia", "ana"]) };
        let wanted = screen.wanted(at(0), &watched, None, |person| roster.shown(person, at(0)));

        assert_eq!(wanted, ids(["leo", "mia", "ana"]));
    }
}
