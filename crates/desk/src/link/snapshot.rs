//! Reading a snapshot line by line; one that was cut short gives no position.

use rollcall_model::{Call, Organisation, Person, Presence};
use rollcall_wire::relay::{Progress, SnapshotLine};

use crate::store::Place;

/// The longest line that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// The snapshot is not whole, or not a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot was cut short or cannot be read")]
pub(crate) struct CutShort;

/// What the first line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) place: Place,
    pub(crate) people: u64,
    calls: u64,
}

/// People and calls of a snapshot, some at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) people: Vec<(Person, Option<Presence>)>,
    pub(crate) calls: Vec<Call>,
    pub(crate) organisation: Option<Organisation>,
}

/// A snapshot that is being read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    rest: Vec<u8>,
    head: Option<Head>,
    people: u64,
    calls: u64,
    ended: bool,
}

impl Reading {
    /// Takes the next bytes, wherever they were cut; gives what is whole.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<Part, CutShort> {
        let mut part = Part::default();
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            self.line(line, &mut part)?;
        }
        if self.rest.len() > LONGEST { Err(CutShort) } else { Ok(part) }
    }

    /// The first line, once it was read.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// How many people were read, and of how many.
    pub(crate) fn progress(&self) -> Progress {
        Progress { done: self.people, of: self.head.as_ref().map(|head| head.people) }
    }

    /// The position up to which the snapshot knows everything, when all of it was read.
    pub(crate) fn finish(self) -> Result<Place, CutShort> {
        let head = self.head.ok_or(CutShort)?;
        let whole = self.ended && self.people == head.people && self.calls == head.calls;
        if whole { Ok(head.place) } else { Err(CutShort) }
    }

    fn line(&mut self, line: &[u8], part: &mut Part) -> Result<(), CutShort> {
        let line = serde_json::from_slice(line).map_err(|_| CutShort)?;
        match (line, &self.head) {
            (SnapshotLine::Head { log, seq, people, calls }, None) => {
                self.head = Some(Head { place: Place { log, seq }, people, calls });
            }
            _ if self.ended => return Err(CutShort),
            (SnapshotLine::Person { person, presence }, Some(_)) => {
                self.people += 1;
                part.people.push((*person, presence));
            }
            (SnapshotLine::Call { call }, Some(_)) => {
                self.calls += 1;
                part.calls.push(call);
            }
            (SnapshotLine::Organisation { organisation }, Some(_)) => part.organisation = Some(organisation),
            (SnapshotLine::End, Some(_)) => self.ended = true,
            _ => return Err(CutShort),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use rollcall_model::{Latest, PersonId, Profile, Seq, Standing};

    fn snapshot() -> Vec<u8> {
        let mut person = Person::unknown(PersonId::new("mia"));
        person.profile = Some(Latest::new(DateTime::UNIX_EPOCH, Profile::default()));
        person.standing = Some(Latest::new(DateTime::UNIX_EPOCH, Standing::Active));
        let lines = [
            SnapshotLine::Head { log: "log".into(), seq: Seq(7), people: 1, calls: 0 },
            SnapshotLine::Person { person: Box::new(person), presence: None },
            SnapshotLine::End,
        ];
        let texts = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n");
        texts.collect::<String>().into_bytes()
    }

    #[test]
    fn a_whole_snapshot_gives_its_people_and_its_position_however_it_is_cut() {
        let mut reading = Reading::default();
        let mut people = Vec::new();

        for bytes in snapshot().chunks(5) {
            people.extend(reading.take(bytes).unwrap().people);
        }

        assert_eq!(people[0].0.id, PersonId::new("mia"));
        assert_eq!(people[0].0.standing.map(|at| at.value), Some(Standing::Active));
        assert_eq!(reading.finish(), Ok(Place { log: "log".into(), seq: Seq(7) }));
    }

    #[test]
    fn a_snapshot_without_its_end_or_a_line_gives_no_position() {
        let whole = snapshot();
        for cut in 0..whole.len() - 1 {
            let mut reading = Reading::default();
            reading.take(&whole[..cut]).unwrap();
            assert_eq!(reading.finish(), Err(CutShort), "cut at {cut}");
        }
    }
}
