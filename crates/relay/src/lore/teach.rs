//! What an organisation tells gets into its log: the one node that leads compares what is kept with what the fold
//! knows, and commits what differs.
//!
//! ```text
//! import, PUT ──> Lore ──> last_change > known ──> changes(known) ──┐
//! directory ──> Newcomers ──> of(their addresses) ─────────────────┴─> differs from the fold? ──> log
//! ```

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{
    Event, Expertise, OrganisationFact, OrganisationReport, Person, PersonFact, PersonId, PersonReport,
    Roster, Standing,
};
use rollcall_wire::Failure;
use tokio::time::sleep;

use super::{Came, Known, Told};
use crate::{
    core::Core,
    ledger::{self, Arrival, Keys, LedgerError},
    state::Part,
};

/// How often it is looked whether something was told beside this program.
const LOOK: Duration = Duration::from_millis(500);
/// How many people are compared, and committed, at a time.
const PAGE: u32 = 1_000;

/// Teaches the log until the relay stops.
pub(crate) async fn teach(core: Arc<Core>) {
    let mut taught = Taught::default();
    let mut failures = 0;
    loop {
        let pause = match taught.turn(&core).await {
            Ok(()) => {
                failures = 0;
                core.state.works(Part::Lore);
                LOOK
            }
            Err(error) => {
                failures += 1;
                // Whoever came is looked up once it works again.
                taught = Taught::default();
                tracing::error!(%error, failures, "what the organisation tells cannot be read");
                core.state.failed(Part::Lore, Failure::from(&error));
                ledger::pause(failures)
            }
        };
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = core.newcomers.news.notified(), if failures == 0 => {}
            () = sleep(pause) => {}
        }
    }
}

/// What is told of somebody of whom nothing is.
static NOTHING: Expertise = Expertise::NOTHING;

/// Up to where the log was taught; nothing before everything was compared once.
#[derive(Debug, Default)]
struct Taught(Option<i64>);

impl Taught {
    async fn turn(&mut self, core: &Core) -> Result<(), LedgerError> {
        let came = core.newcomers.take();
        let last = core.lore.last_change().await?;
        // Of a store to which nothing was ever told, nothing follows.
        if last == 0 {
            return Ok(());
        }
        if came == Came::Many {
            self.0 = None;
        }
        if self.0 != Some(last) {
            teach_changes(core, self.0).await?;
            teach_synonyms(core).await?;
            self.0 = Some(last);
        }
        match came {
            Came::These(these) if !these.is_empty() => teach_newcomers(core, &these).await,
            _ => Ok(()),
        }
    }
}

/// Commits what was told after change `after`; without one, compares everybody.
async fn teach_changes(core: &Core, after: Option<i64>) -> Result<(), LedgerError> {
    let mut known = Known::up_to(after.unwrap_or_default());
    let mut named = HashSet::new();
    loop {
        let page = core.lore.changes(&known, PAGE).await?;
        let Some(last) = page.last() else { break };
        known = Known { change: last.change, email: last.email.clone() };
        if after.is_none() {
            named.extend(page.iter().map(|told| told.email.clone()));
        }
        let told: HashMap<&str, &Told> = page.iter().map(|told| (told.email.as_str(), told)).collect();
        let of = |person: &Person| told.get(email(person)?).map(|told| (&told.expertise, told.at));
        commit(core, core.fold.read(|roster| differing(everybody(roster), of))).await;
    }
    if after.is_none() {
        let of = |person: &Person| match email(person) {
            Some(email) if named.contains(email) => None,
            _ => Some((&NOTHING, DateTime::UNIX_EPOCH)),
        };
        commit(core, core.fold.read(|roster| differing(everybody(roster), of))).await;
    }
    Ok(())
}

/// Commits what is told of those who came, or who have another address now.
async fn teach_newcomers(core: &Core, these: &HashSet<PersonId>) -> Result<(), LedgerError> {
    let emails: Vec<String> = core.fold.read(|roster| {
        let people = these.iter().filter_map(|id| roster.get(id));
        people.filter_map(|entry| email(&entry.person)).map(str::to_owned).collect()
    });
    let told: HashMap<String, Told> =
        core.lore.of(&emails).await?.into_iter().map(|told| (told.email.clone(), told)).collect();
    let of = |person: &Person| {
        let told = email(person).and_then(|email| told.get(email));
        Some(told.map_or((&NOTHING, DateTime::UNIX_EPOCH), |told| (&told.expertise, told.at)))
    };
    let events = core.fold.read(|roster: &Roster| {
        let people = these.iter().filter_map(|id| roster.get(id)).map(|entry| &entry.person);
        differing(people, of)
    });
    commit(core, events).await;
    Ok(())
}

async fn teach_synonyms(core: &Core) -> Result<(), LedgerError> {
    let Some(told) = core.lore.synonyms().await? else { return Ok(()) };
    let known = core.fold.read(|roster| roster.organisation().synonyms.clone());
    if known.as_ref().is_some_and(|known| known.value == told.value) {
        return Ok(());
    }
    let as_of = later(told.as_of, known.map(|known| known.as_of));
    let fact = OrganisationFact::Synonyms(told.value);
    commit(core, vec![Event::Organisation(OrganisationReport { as_of, fact })]).await;
    Ok(())
}

/// Reports of those people of whom something else is told than is known. `of` says what is told of somebody, and
/// when that was; nothing of whom it is not to be said here.
fn differing<'p, 't>(
    people: impl Iterator<Item = &'p Person>,
    of: impl Fn(&Person) -> Option<(&'t Expertise, DateTime<Utc>)>,
) -> Vec<Event> {
    let in_use = |person: &&Person| person.standing.is_none_or(|standing| standing.value != Standing::Gone);
    let report = |person: &Person| {
        let (told, at) = of(person)?;
        if person.expertise() == told {
            return None;
        }
        let as_of = later(at, person.expertise.as_ref().map(|known| known.as_of));
        Some(Event::Person(PersonReport {
            id: person.id.clone(),
            as_of,
            fact: PersonFact::Expertise(told.clone()),
        }))
    };
    people.filter(in_use).filter_map(report).collect()
}

fn everybody(roster: &Roster) -> impl Iterator<Item = &Person> {
    roster.entries().map(|entry| &entry.person)
}

/// A moment at which something was told that takes the place of what is known.
fn later(at: DateTime<Utc>, known: Option<DateTime<Utc>>) -> DateTime<Utc> {
    known.map_or(at, |known| at.max(known + TimeDelta::milliseconds(1)))
}

/// Commits a bounded number at a time, and waits until it is folded in. At the end of the relay the rest is found
/// again by the next comparison.
async fn commit(core: &Core, events: Vec<Event>) {
    for events in events.chunks(PAGE as usize) {
        let arrival = Arrival { keys: Keys::NONE, events: events.to_vec() };
        if core.log.commit(arrival).await.is_err() {
            return;
        }
    }
}

/// The address by which somebody is known, as it is kept.
fn email(person: &Person) -> Option<&str> {
    let profile = person.profile.as_ref()?;
    Some(profile.value.email.as_str()).filter(|email| !email.is_empty())
}

#[cfg(test)]
mod tests {
    use rollcall_model::{Latest, Profile};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn person(id: &str, known: Option<(&str, i64)>) -> Person {
        let profile = Profile { email: format!("{id}@example.test"), ..Profile::default() };
        let expertise = known.map(|(note, seconds)| Latest::new(at(seconds), noted(note)));
        let profile = Some(Latest::new(at(0), profile));
        Person { profile, expertise, ..Person::unknown(PersonId::new(id)) }
    }

    fn noted(note: &str) -> Expertise {
        Expertise { note: note.into(), ..Expertise::default() }
    }

    #[test]
    fn what_is_kept_takes_the_place_of_what_is_known_however_wrong_a_clock_was() {
        let people =
            [person("new", None), person("same", Some(("told", 1))), person("ahead", Some(("old", 900)))];
        let told = noted("told");

        let events = differing(people.iter(), |_| Some((&told, at(5))));

        let mut taught = people.clone();
        for event in events.clone() {
            let Event::Person(report) = event else { panic!("{event:?}") };
            let person = taught.iter_mut().find(|person| person.id == report.id).unwrap();
            assert!(person.learn(report.as_of, report.fact), "it is the later one");
        }
        assert_eq!(events.len(), 2);
        assert!(taught.iter().all(|person| *person.expertise() == told));
        assert!(differing(taught.iter(), |_| Some((&told, at(5)))).is_empty());
    }

    #[test]
    fn nothing_is_told_of_those_who_are_gone() {
        let mut gone = person("gone", None);
        gone.standing = Some(Latest::new(at(9), Standing::Gone));

        assert!(differing([&gone].into_iter(), |_| Some((&NOTHING, at(5)))).is_empty());
    }
}
