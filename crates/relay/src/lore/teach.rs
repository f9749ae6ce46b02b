//! What an organisation tells gets into its log: the one node that leads compares what is kept with what the fold
//! knows, and commits what differs.
//!
//! ```text
//! import, PUT ──> Lore ──> last_change > known ──> changes(known) ──┐
//! directory ──> Noted ──────> of(their addresses) ─────────────────┴─> differs from the fold? ──> log
//! ```

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rollcall_model::{
    Event, Expertise, Latest, OrganisationFact, OrganisationReport, Person, PersonFact, PersonId,
    PersonReport, Roster,
};
use rollcall_wire::Failure;
use tokio::time::sleep;

use super::{Known, Told};
use crate::{
    core::Core,
    ledger::{self, LedgerError},
    noted::Whom,
    state::Part,
    tell::{later, tell},
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
        if came == Whom::Many {
            self.0 = None;
        }
        if self.0 != Some(last) {
            teach_changes(core, self.0).await?;
            teach_synonyms(core).await?;
            teach_policy(core).await?;
            self.0 = Some(last);
        }
        match came {
            // Who came, or has another address now.
            Whom::These(these) if !these.is_empty() => {
                teach_these(core, &these.into_iter().collect::<Vec<_>>()).await
            }
            _ => Ok(()),
        }
    }
}

/// Commits what was told after change `after`; without one, or when that is much, compares everybody.
async fn teach_changes(core: &Core, after: Option<i64>) -> Result<(), LedgerError> {
    let Some(after) = after else { return teach_everybody(core).await };
    let told = core.lore.changes(&Known::up_to(after), PAGE).await?;
    if told.len() == PAGE as usize {
        return teach_everybody(core).await;
    }
    let told = by_email(told);
    let of = |person: &Person| told.get(person.email()?).map(|told| (&told.expertise, told.at));
    tell(core, core.fold.read(|roster| differing(everybody(roster), of))).await;
    Ok(())
}

/// Commits what is told of everybody, some at a time: so that a large import, or a start, takes as long as there are
/// people, and nobody waits for the fold meanwhile.
async fn teach_everybody(core: &Core) -> Result<(), LedgerError> {
    let people: Vec<PersonId> =
        core.fold.read(|roster| everybody(roster).map(|person| person.id.clone()).collect());
    for these in people.chunks(PAGE as usize) {
        teach_these(core, these).await?;
    }
    Ok(())
}

/// Commits what is told of these people.
async fn teach_these(core: &Core, these: &[PersonId]) -> Result<(), LedgerError> {
    let emails: Vec<String> = core.fold.read(|roster| {
        let people = these.iter().filter_map(|id| roster.get(id));
        people.filter_map(|entry| entry.person.email()).map(str::to_owned).collect()
    });
    let told = by_email(core.lore.of(&emails).await?);
    let of = |person: &Person| {
        let told = person.email().and_then(|email| told.get(email));
        Some(told.map_or((&NOTHING, DateTime::UNIX_EPOCH), |told| (&told.expertise, told.at)))
    };
    let events = core.fold.read(|roster: &Roster| {
        let people = these.iter().filter_map(|id| roster.get(id)).map(|entry| &entry.person);
        differing(people, of)
    });
    tell(core, events).await;
    Ok(())
}

fn by_email(told: Vec<Told>) -> HashMap<String, Told> {
    told.into_iter().map(|told| (told.email.clone(), told)).collect()
}

async fn teach_synonyms(core: &Core) -> Result<(), LedgerError> {
    let told = core.lore.synonyms().await?;
    let known = core.fold.read(|roster| roster.organisation().synonyms.clone());
    teach_facet(core, told, known, OrganisationFact::Synonyms).await;
    Ok(())
}

async fn teach_policy(core: &Core) -> Result<(), LedgerError> {
    let told = core.lore.policy().await?;
    let known = core.fold.read(|roster| roster.organisation().policy.clone());
    teach_facet(core, told, known, OrganisationFact::Policy).await;
    Ok(())
}

/// Commits something that is told of the organisation as a whole, unless it is known.
async fn teach_facet<T: PartialEq>(
    core: &Core,
    told: Option<Latest<T>>,
    known: Option<Latest<T>>,
    fact: impl FnOnce(T) -> OrganisationFact,
) {
    let Some(told) = told else { return };
    if known.as_ref().is_some_and(|known| known.value == told.value) {
        return;
    }
    let as_of = later(told.as_of, known.map(|known| known.as_of));
    tell(core, vec![Event::Organisation(OrganisationReport { as_of, fact: fact(told.value) })]).await;
}

/// Reports of those people of whom something else is told than is known. `of` says what is told of somebody, and
/// when that was; nothing of whom it is not to be said here.
fn differing<'p, 't>(
    people: impl Iterator<Item = &'p Person>,
    of: impl Fn(&Person) -> Option<(&'t Expertise, DateTime<Utc>)>,
) -> Vec<Event> {
    let in_use = |person: &&Person| !person.is_gone();
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

#[cfg(test)]
mod tests {
    use rollcall_model::{Profile, Standing};

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
