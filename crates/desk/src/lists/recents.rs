//! With whom the person at the desk last had to do, and when.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;
use rollcall_wire::window::{Met, Recent};

/// How many people are kept; those of longest ago make room.
const KEPT: usize = 200;

/// For how long a call is not forgotten over reading about the same person.
const A_CALL_MATTERS: TimeDelta = TimeDelta::minutes(10);

/// Everybody once, the last one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recents {
    people: Vec<(PersonId, Recent)>,
    /// What was before it was forgotten for good.
    begin: Option<DateTime<Utc>>,
}

impl Recents {
    /// These, as they were kept.
    pub(crate) fn new(people: Vec<(PersonId, Recent)>, begin: Option<DateTime<Utc>>) -> Self {
        let mut recents = Self { people, begin };
        recents.put_in_order();
        recents
    }

    /// Whether this is newer than what is known of somebody, and than what was forgotten.
    pub(crate) fn is_news(&self, person: &PersonId, recent: Recent) -> bool {
        let known = self.of(person);
        let call = known.filter(|known| known.how != Met::Opened).map(|call| call.at);
        let still_called =
            recent.how == Met::Opened && call.is_some_and(|at| recent.at - at < A_CALL_MATTERS);
        let before = [known.map(|known| known.at), self.begin];
        !still_called && before.into_iter().flatten().all(|known| known < recent.at)
    }

    /// The same with one more; nothing when that is no news.
    pub(crate) fn with(&self, person: &PersonId, recent: Recent) -> Option<Self> {
        if !self.is_news(person, recent) {
            return None;
        }
        let mut next = self.clone();
        next.people.retain(|(other, _)| other != person);
        next.people.push((person.clone(), recent));
        next.put_in_order();
        Some(next)
    }

    /// Nobody, and nobody of before this moment again.
    pub(crate) const fn forgotten(now: DateTime<Utc>) -> Self {
        Self { people: Vec::new(), begin: Some(now) }
    }

    /// These, and those who were forgotten.
    #[must_use]
    pub(crate) fn with_forgotten(&self, forgotten: &Self) -> Self {
        let other = forgotten.people.iter().filter(|(person, _)| self.of(person).is_none());
        let people = self.people.iter().chain(other).cloned().collect();
        Self::new(people, forgotten.begin)
    }

    /// When somebody was last had to do with.
    pub(crate) fn of(&self, person: &PersonId) -> Option<Recent> {
        self.people.iter().find(|(other, _)| other == person).map(|(_, recent)| *recent)
    }

    /// Everybody, the last one first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(PersonId, Recent)> {
        self.people.iter()
    }

    pub(crate) const fn begin(&self) -> Option<DateTime<Utc>> {
        self.begin
    }

    fn put_in_order(&mut self) {
        self.people.sort_by(|(one, at), (other, than)| than.at.cmp(&at.at).then_with(|| one.cmp(other)));
        self.people.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn met(how: Met, at: DateTime<Utc>) -> Recent {
        Recent { how, at }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn people(recents: &Recents) -> Vec<&str> {
        recents.iter().map(|(person, _)| person.as_str()).collect()
    }

    fn of(meetings: &[(&str, i64)]) -> Recents {
        meetings.iter().fold(Recents::default(), |recents, (person, seconds)| {
            recents.with(&PersonId::new(person), met(Met::Opened, at(*seconds))).unwrap_or(recents)
        })
    }

    #[test]
    fn everybody_is_there_once_the_last_one_first() {
        let recents = of(&[("mia", 1), ("leo", 2), ("mia", 3), ("leo", 1)]);

        assert_eq!(people(&recents), ["mia", "leo"]);
        assert_eq!(recents.of(&PersonId::new("leo")).unwrap().at, at(2));
    }

    #[test]
    fn a_call_is_not_forgotten_over_reading_about_the_same_person() {
        let mia = PersonId::new("mia");
        let called = Recents::default().with(&mia, met(Met::Called, at(0))).unwrap();

        assert!(called.with(&mia, met(Met::Opened, at(599))).is_none());
        assert!(called.with(&mia, met(Met::CalledBy, at(599))).is_some());
        assert!(called.with(&mia, met(Met::Opened, at(600))).is_some());
    }

    #[test]
    fn those_of_longest_ago_make_room() {
        let recents = (0..KEPT + 3).fold(Recents::default(), |recents, nth| {
            let seconds = i64::try_from(nth).unwrap();
            recents.with(&PersonId::new(&nth.to_string()), met(Met::Called, at(seconds))).unwrap()
        });

        assert_eq!(recents.iter().count(), KEPT);
        assert!(recents.of(&PersonId::new("2")).is_none() && recents.of(&PersonId::new("3")).is_some());
    }

    #[test]
    fn what_was_forgotten_comes_back_by_undoing_only() {
        let before = of(&[("mia", 1), ("leo", 2)]);
        let forgotten = Recents::forgotten(at(5));
        assert!(forgotten.with(&PersonId::new("mia"), met(Met::CalledBy, at(4))).is_none());

        let since = forgotten.with(&PersonId::new("ana"), met(Met::Opened, at(6))).unwrap();

        assert_eq!(people(&since), ["ana"]);
        assert_eq!(people(&since.with_forgotten(&before)), ["ana", "leo", "mia"]);
        assert_eq!(since.with_forgotten(&before).begin(), None);
    }
}
