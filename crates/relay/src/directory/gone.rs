//! Who is gone: known, and not listed any more.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::{Event, Person, PersonFact, PersonId, PersonReport, Roster, Standing};

/// Tombstones for people whom a sweep that began at `started_at` did not list and of whom nothing was
/// heard since. A sweep that listed nobody proves nothing.
pub(super) fn tombstones(
    roster: &Roster,
    listed: &HashSet<PersonId>,
    started_at: DateTime<Utc>,
) -> Vec<Event> {
    if listed.is_empty() {
        return Vec::new();
    }
    let people = roster.entries().map(|entry| &entry.person);
    people
        .filter(|person| person.profile.is_some() && !person.is_gone() && !listed.contains(&person.id))
        .filter(|person| last_heard(person) < Some(started_at))
        .map(|person| {
            let fact = PersonFact::Standing(Standing::Gone);
            Event::Person(PersonReport { id: person.id.clone(), as_of: started_at, fact })
        })
        .collect()
}

fn last_heard(person: &Person) -> Option<DateTime<Utc>> {
    let profile = person.profile.as_ref().map(|profile| profile.as_of);
    let standing = person.standing.map(|standing| standing.as_of);
    [profile, standing, person.touched].into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use rollcall_model::Profile;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn roster_of(people: &[(&str, i64)]) -> Roster {
        let mut roster = Roster::default();
        for &(name, heard) in people {
            let (id, fact) = (PersonId::new(name), PersonFact::Profile(Profile::default()));
            roster.apply(Event::Person(PersonReport { id, as_of: at(heard), fact }));
        }
        roster
    }

    #[test]
    fn who_is_not_listed_any_more_is_gone() {
        let mut roster = roster_of(&[("stays", 1), ("leaves", 1)]);
        let listed = HashSet::from([PersonId::new("stays")]);

        for event in tombstones(&roster, &listed, at(10)) {
            roster.apply(event);
        }

        assert!(roster.get(&PersonId::new("stays")).unwrap().person.is_active());
        assert!(!roster.get(&PersonId::new("leaves")).unwrap().person.is_active());
        assert_eq!(tombstones(&roster, &listed, at(20)), [], "a tombstone is set once");
    }

    #[test]
    fn who_came_while_the_sweep_ran_is_not_gone() {
        let roster = roster_of(&[("listed", 1), ("newcomer", 11)]);

        assert_eq!(tombstones(&roster, &HashSet::from([PersonId::new("listed")]), at(10)), []);
    }

    #[test]
    fn an_empty_list_buries_nobody() {
        assert_eq!(tombstones(&roster_of(&[("ada", 1)]), &HashSet::new(), at(10)), []);
    }
}
