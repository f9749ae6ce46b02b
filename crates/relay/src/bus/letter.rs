//! What nodes write to each other: JSON, compressed by zstd.

use rollcall_model::{Event, Logged, PersonId, Seq};
use rollcall_wire::relay::{RelayState, Waits};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Told;
use crate::waits::Waiting;

/// A letter that would be larger says only up to where the log goes.
const LARGEST: usize = 256 * 1_024;
/// More events than this are not even tried.
const MOST_EVENTS: usize = 4_096;
/// What a letter may be unpacked.
const LARGEST_UNPACKED: usize = 16 * 1_024 * 1_024;
/// Wishes beyond this many are left out: the first are the most wanted.
pub(crate) const MOST_WISHES: usize = 100;
/// The level of zstd: the quickest of the ordinary ones.
const LEVEL: i32 = 1;

/// What was committed.
#[derive(Debug, Serialize, Deserialize)]
struct Committed {
    /// The log's name: positions of another log mean nothing.
    log: String,
    first: Seq,
    last: Seq,
    /// The events from first to last, or none when they are too large.
    events: Vec<Event>,
}

/// A letter about how the leader stands with Zoom.
pub(super) fn stand(state: &RelayState) -> Option<Vec<u8>> {
    packed(state)
}

/// How the leader stands, as a letter says.
pub(super) fn read_stand(letter: &[u8]) -> Option<RelayState> {
    unpacked(letter)
}

/// A letter about for whom somebody waits.
pub(super) fn wait(waiting: &Waiting) -> Option<Vec<u8>> {
    packed(waiting)
}

/// For whom somebody waits, as a letter says; at most as many as a desk may name.
pub(super) fn read_wait(letter: &[u8]) -> Option<Waiting> {
    unpacked(letter).filter(|waiting: &Waiting| waiting.people.len() <= Waits::MOST)
}

/// Whose presence is wanted.
#[derive(Debug, Serialize, Deserialize)]
struct Wishes {
    people: Vec<PersonId>,
}

/// A letter about what was committed; nothing when nothing was.
pub(super) fn committed(log: &str, logged: &[Logged]) -> Option<Vec<u8>> {
    let (first, last) = (logged.first()?.seq, logged.last()?.seq);
    let letter = |events| packed(&Committed { log: log.to_owned(), first, last, events });
    let events = logged.iter().map(|logged| logged.event.clone());
    let whole = (logged.len() <= MOST_EVENTS).then(|| letter(events.collect())).flatten();
    whole.filter(|whole| whole.len() < LARGEST).or_else(|| letter(Vec::new()))
}

/// What a letter says about this log; nothing when it is about another or cannot be read.
pub(super) fn read_committed(log: &str, letter: &[u8]) -> Option<Told> {
    let told: Committed = unpacked(letter)?;
    if told.log != log {
        return None;
    }
    if told.events.is_empty() {
        return Some(Told::Head(told.last));
    }
    let places = (told.first.0..=told.last.0).map(Seq);
    Some(Told::Events(places.zip(told.events).map(|(seq, event)| Logged { seq, event }).collect()))
}

/// A letter about whose presence is wanted.
pub(super) fn wishes(people: &[PersonId]) -> Option<Vec<u8>> {
    packed(&Wishes { people: people.iter().take(MOST_WISHES).cloned().collect() })
}

/// Whom a letter wants.
pub(super) fn read_wishes(letter: &[u8]) -> Option<Vec<PersonId>> {
    let Wishes { mut people } = unpacked(letter)?;
    people.truncate(MOST_WISHES);
    Some(people)
}

fn packed(letter: &impl Serialize) -> Option<Vec<u8>> {
    zstd::bulk::compress(&serde_json::to_vec(letter).ok()?, LEVEL).ok()
}

fn unpacked<T: DeserializeOwned>(letter: &[u8]) -> Option<T> {
    serde_json::from_slice(&zstd::bulk::decompress(letter, LARGEST_UNPACKED).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{PersonFact, PersonReport};

    use super::*;

    fn logged(seq: u64, id: &str) -> Logged {
        let report =
            PersonReport { id: PersonId::new(id), as_of: DateTime::UNIX_EPOCH, fact: PersonFact::Touched };
        Logged { seq: Seq(seq), event: Event::Person(report) }
    }

    #[test]
    fn events_arrive_with_their_places() {
        let events = [logged(7, "ada"), logged(8, "bo")];

        let letter = committed("log", &events).unwrap();

        assert_eq!(read_committed("log", &letter), Some(Told::Events(events.into())));
        assert_eq!(read_committed("another log", &letter), None);
        assert_eq!(committed("log", &[]), None);
    }

    #[test]
    fn what_is_too_large_says_only_up_to_where_the_log_goes() {
        // Digests do not compress.
        let noise = |n: u64| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(n.to_be_bytes()));
        let large: Vec<Logged> =
            (1..=500).map(|n| logged(n, &(0..40).map(|k| noise(n << 8 | k)).collect::<String>())).collect();
        let many: Vec<Logged> = (1..=5_000).map(|n| logged(n, "ada")).collect();

        for (events, last) in [(large, 500), (many, 5_000)] {
            let letter = committed("log", &events).unwrap();

            assert!(letter.len() < 200);
            assert_eq!(read_committed("log", &letter), Some(Told::Head(Seq(last))));
        }
    }

    #[test]
    fn wishes_are_bounded_and_the_most_wanted_are_kept() {
        let people: Vec<PersonId> = (0..500).map(|n| PersonId::new(&n.to_string())).collect();

        let arrived = read_wishes(&wishes(&people).unwrap()).unwrap();

        assert_eq!(arrived, people[..MOST_WISHES]);
    }

    #[test]
    fn garbage_is_no_letter() {
        let bomb = zstd::bulk::compress(&vec![b' '; 2 * LARGEST_UNPACKED], 1).unwrap();

        for letter in [&b""[..], b"{}", &bomb, &packed(&"text").unwrap()] {
            assert_eq!((read_committed("log", letter), read_wishes(letter)), (None, None));
        }
    }
}
