//! The whole fold as lines of JSON: what a new desk reads, and what the ledger keeps for the next start.
//!
//! Lines are written a part at a time, each under a short lock. A part that is written later may know
//! more than the position in the first line, never less; because the fold is idempotent, whoever then
//! applies the events after that position ends with the same roster. The ledger keeps [`Lines`]; desks read
//! what [`Snapshots`] makes for all of them.

mod calls;
mod packed;
mod shared;

use chrono::DateTime;
use rollcall_model::{Call, Latest, Person, PersonId, Roster, Seq, Standing};
use rollcall_wire::relay::SnapshotLine;

use crate::fold::Fold;
pub(crate) use packed::{Part, unpacked};
pub(crate) use shared::{Reading, Snapshots};

/// How many lines one part has.
const LINES: usize = 512;

/// Writes a snapshot, part by part.
#[derive(Debug)]
pub(crate) struct Lines {
    seq: Seq,
    /// The first line, and what is told of the organisation as a whole.
    first: Vec<SnapshotLine>,
    people: std::vec::IntoIter<PersonId>,
    calls: std::vec::IntoIter<Call>,
    ended: bool,
}

impl Lines {
    /// Begins a snapshot of what `fold` knows now.
    pub(crate) fn of(fold: &Fold, log: &str) -> Self {
        fold.read_at(|roster, seq| {
            let people: Vec<PersonId> = roster.entries().map(|entry| entry.person.id.clone()).collect();
            let calls: Vec<Call> = roster.calls().cloned().collect();
            let head = SnapshotLine::Head {
                log: log.to_owned(),
                seq,
                people: people.len() as u64,
                calls: calls.len() as u64,
            };
            let first = [Some(head), organisation(roster)];
            Self {
                seq,
                first: first.into_iter().flatten().collect(),
                people: people.into_iter(),
                calls: calls.into_iter(),
                ended: false,
            }
        })
    }

    /// The position up to which the snapshot knows everything.
    pub(crate) const fn seq(&self) -> Seq {
        self.seq
    }

    /// The next lines, each with its line end; nothing after the last.
    pub(crate) fn next_part(&mut self, fold: &Fold) -> Result<Option<String>, serde_json::Error> {
        if self.ended {
            return Ok(None);
        }
        let mut lines = std::mem::take(&mut self.first);
        fold.read(|roster| {
            lines.extend(self.people.by_ref().take(LINES).map(|id| person(roster, &id)));
        });
        let room = LINES.saturating_sub(lines.len());
        lines.extend(self.calls.by_ref().take(room).map(|call| SnapshotLine::Call { call }));
        if self.people.as_slice().is_empty() && self.calls.as_slice().is_empty() {
            lines.push(SnapshotLine::End);
            self.ended = true;
        }
        written(&lines).map(Some)
    }
}

/// The line of the organisation as a whole, when anything is told of it.
fn organisation(roster: &Roster) -> Option<SnapshotLine> {
    let organisation = roster.organisation();
    (!organisation.is_empty()).then(|| SnapshotLine::Organisation { organisation: organisation.clone() })
}

/// A person's line. Whoever was forgotten since the snapshot began was gone for long: a tombstone older than
/// anything takes the place, since the first line has counted them.
fn person(roster: &Roster, id: &PersonId) -> SnapshotLine {
    let (person, presence) = match roster.get(id) {
        Some(entry) => (entry.person.clone(), entry.presence.clone()),
        None => (tombstone(id), None),
    };
    SnapshotLine::Person { person: Box::new(person), presence }
}

fn tombstone(id: &PersonId) -> Person {
    let gone = Latest::new(DateTime::UNIX_EPOCH, Standing::Gone);
    Person { standing: Some(gone), ..Person::unknown(id.clone()) }
}

fn written(lines: &[SnapshotLine]) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    Ok(text)
}

/// Joins the lines of one part into a roster.
pub(crate) fn join(roster: &mut Roster, part: &str) -> Result<(), serde_json::Error> {
    for line in part.lines() {
        match serde_json::from_str(line)? {
            SnapshotLine::Person { person, presence } => roster.join_person(*person, presence),
            SnapshotLine::Call { call } => roster.join_call(call),
            SnapshotLine::Organisation { organisation } => {
                roster.join_organisation(organisation);
            }
            SnapshotLine::Head { .. } | SnapshotLine::End => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};
    use rollcall_model::{
        CallId, CallReport, Event, Logged, Party, PersonFact, PersonReport, Presence, PresenceReport,
        PresenceState, Profile, Side, Source, Step,
    };

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn events_of(who: &str) -> [Event; 3] {
        let id = PersonId::new(who);
        let profile = Profile { display_name: format!("Person {who}"), ..Profile::default() };
        let presence = Presence {
            as_of: at(2),
            source: Source::Event,
            state: PresenceState::Away,
            raw: "Away".into(),
            until: None,
        };
        let call = CallReport {
            call: CallId::new(&format!("call of {who}")),
            person: id.clone(),
            side: Side::Caller,
            at: at(3),
            step: Step::Ringing,
            other: Party::default(),
            queue: None,
        };
        [
            Event::Person(PersonReport { id: id.clone(), as_of: at(1), fact: PersonFact::Profile(profile) }),
            Event::Presence(PresenceReport { person: id, presence }),
            Event::Call(call),
        ]
    }

    fn fold_of(people: usize) -> Fold {
        let fold = Fold::new(Roster::default(), Seq::START);
        let events = (0..people).flat_map(|n| events_of(&n.to_string()));
        let logged: Vec<Logged> =
            (1..).zip(events).map(|(seq, event)| Logged { seq: Seq(seq), event }).collect();
        fold.apply(&logged);
        fold
    }

    fn parts(fold: &Fold) -> Vec<String> {
        let mut lines = Lines::of(fold, "log");
        std::iter::from_fn(|| lines.next_part(fold).unwrap()).collect()
    }

    #[test]
    fn a_roster_read_back_from_its_snapshot_is_the_same() {
        let fold = fold_of(1_300);
        let mut roster = Roster::default();

        for part in parts(&fold) {
            join(&mut roster, &part).unwrap();
        }

        fold.read(|known| assert_eq!(*known, roster));
    }

    #[test]
    fn a_snapshot_counts_its_lines_first_and_says_its_end_last() {
        let text = parts(&fold_of(700)).concat();
        let lines: Vec<SnapshotLine> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

        let SnapshotLine::Head { seq, people, calls, .. } = &lines[0] else { panic!("{:?}", lines[0]) };
        assert_eq!((*seq, *people, *calls), (Seq(2_100), 700, 700));
        assert_eq!(lines.len(), 1_402);
        assert_eq!(lines.last(), Some(&SnapshotLine::End));
    }

    #[test]
    fn whoever_is_forgotten_meanwhile_is_a_tombstone_in_a_snapshot_that_is_still_whole() {
        let fold = fold_of(2);
        let mut lines = Lines::of(&fold, "log");
        let fact = PersonFact::Standing(Standing::Gone);
        let gone = Event::Person(PersonReport { id: PersonId::new("1"), as_of: at(5), fact });
        fold.tidy(|roster| {
            roster.apply(gone);
            roster.forget_gone_before(at(5) + TimeDelta::seconds(1));
        });

        let text = lines.next_part(&fold).unwrap().unwrap();
        let people = text.lines().filter_map(|line| match serde_json::from_str(line).unwrap() {
            SnapshotLine::Person { person, .. } => Some(person.standing.map(|standing| standing.value)),
            _ => None,
        });
        let mut standings: Vec<_> = people.collect();
        standings.sort();

        assert_eq!(standings, [None, Some(Standing::Gone)]);
    }

    #[test]
    fn a_snapshot_of_nobody_has_a_head_and_an_end() {
        assert_eq!(parts(&fold_of(0)).concat().lines().count(), 2);
    }
}
