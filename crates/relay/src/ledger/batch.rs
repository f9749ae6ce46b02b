//! Events as they are stored: a bounded number in one body of JSON, packed when that is worth it.

use std::{cell::RefCell, io};

use rollcall_model::{Event, Logged, Seq};
use serde::de::Error as _;
use zstd::bulk::Compressor;

use super::LedgerError;

/// How many events one stored batch holds at most, so that cutting one costs little.
pub(super) const MOST: usize = 1_024;
/// A body from this many bytes on is packed.
const WORTH_PACKING: usize = 4 * 1_024;
/// The level of zstd: the quickest of the ordinary ones.
const LEVEL: i32 = 1;

/// The stored form of the events of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// Whether `bytes` are compressed.
    pub(super) packed: bool,
    /// JSON in UTF-8, compressed by zstd or not.
    pub(super) bytes: Vec<u8>,
}

/// A stored batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// The place of its first event.
    pub(super) first: Seq,
    /// The place of its last event.
    pub(super) last: Seq,
    /// Its events.
    pub(super) body: Body,
}

impl Batch {
    /// The batches for `events` after `head`.
    pub(super) fn all(head: Seq, events: &[&Event]) -> Result<Vec<Self>, LedgerError> {
        let mut last = head;
        events
            .chunks(MOST)
            .map(|events| {
                let first = last.next();
                last = Seq(last.0 + events.len() as u64);
                Ok(Self { first, last, body: Body::of(events)? })
            })
            .collect()
    }

    /// The events with their places.
    pub(super) fn read(&self) -> Result<impl Iterator<Item = Logged> + use<>, LedgerError> {
        let events = self.body.read().map_err(|source| LedgerError::Body { at: self.first, source })?;
        if events.len() as u64 != 1 + self.last.0 - self.first.0 {
            let source = serde_json::Error::custom("another number of events than of places");
            return Err(LedgerError::Body { at: self.first, source });
        }
        Ok((self.first.0..).zip(events).map(|(seq, event)| Logged { seq: Seq(seq), event }))
    }
}

impl Body {
    fn of(events: &[&Event]) -> Result<Self, LedgerError> {
        let json = serde_json::to_vec(events).map_err(LedgerError::Encoding)?;
        if json.len() < WORTH_PACKING {
            return Ok(Self { packed: false, bytes: json });
        }
        // What cannot be packed for want of memory is kept as it is.
        Ok(match compressed(&json) {
            Ok(bytes) => Self { packed: true, bytes },
            Err(_) => Self { packed: false, bytes: json },
        })
    }

    fn read(&self) -> Result<Vec<Event>, serde_json::Error> {
        if self.packed {
            let json = zstd::decode_all(self.bytes.as_slice()).map_err(serde_json::Error::custom)?;
            serde_json::from_slice(&json)
        } else {
            serde_json::from_slice(&self.bytes)
        }
    }
}

/// Compresses on a context that the thread keeps: a new one for each commit is more than half a megabyte of fresh pages,
/// which the kernel has to find and to clear.
fn compressed(json: &[u8]) -> io::Result<Vec<u8>> {
    thread_local! {
        static KEPT: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    KEPT.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(LEVEL)?),
        };
        compressor.compress(json)
    })
}

/// The part of `batches` after `after`, at most `limit` events.
pub(super) fn cut(batches: &[Batch], after: Seq, limit: u32) -> Result<Vec<Logged>, LedgerError> {
    let mut events = Vec::new();
    for batch in batches {
        events.extend(batch.read()?.filter(|logged| logged.seq > after));
    }
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(events)
}

/// `events` with the places after `head`.
pub(super) fn placed(head: Seq, events: &[&Event]) -> Vec<Logged> {
    (head.0 + 1..).zip(events).map(|(seq, &event)| Logged { seq: Seq(seq), event: event.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{PersonFact, PersonId, PersonReport};

    use super::*;

    fn events(count: usize) -> Vec<Event> {
        let touched = |n: usize| PersonReport {
            id: PersonId::new(&format!("person-{n}")),
            as_of: DateTime::UNIX_EPOCH,
            fact: PersonFact::Touched,
        };
        (0..count).map(|n| Event::Person(touched(n))).collect()
    }

    #[test]
    fn many_events_are_packed_and_few_are_not_and_both_come_back() {
        for count in [1, 2, 500] {
            let events = events(count);
            let events: Vec<&Event> = events.iter().collect();

            let batches = Batch::all(Seq(9), &events).unwrap();

            assert_eq!(batches[0].body.packed, count == 500);
            assert_eq!(cut(&batches, Seq(9), u32::MAX).unwrap(), placed(Seq(9), &events));
        }
    }

    #[test]
    fn a_large_commit_becomes_batches_of_bounded_size_without_a_gap() {
        let events = events(2 * MOST + 5);

        let batches = Batch::all(Seq::START, &events.iter().collect::<Vec<_>>()).unwrap();

        let spans: Vec<_> = batches.iter().map(|batch| (batch.first.0, batch.last.0)).collect();
        assert_eq!(spans, [(1, 1_024), (1_025, 2_048), (2_049, 2_053)]);
    }

    #[test]
    fn a_body_that_is_not_what_was_stored_is_told_with_its_place() {
        let events = events(600);
        let [whole] = Batch::all(Seq::START, &events.iter().collect::<Vec<_>>()).unwrap().try_into().unwrap();
        let broken =
            Batch { body: Body { bytes: whole.body.bytes[..99].to_vec(), packed: true }, ..whole.clone() };
        let short = Batch { last: Seq(601), ..whole };

        for batch in [broken, short] {
            assert!(matches!(batch.read().err(), Some(LedgerError::Body { at: Seq(1), .. })));
        }
    }
}
