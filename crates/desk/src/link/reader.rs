//! What the frames of one connection mean: decided without a socket.

use chrono::{DateTime, Utc};
use rollcall_model::{Logged, PersonId, Seq};
use rollcall_wire::relay::{Bye, Frame, PROTOCOL, RelayState, Resume};
use serde::Deserialize;

/// Reads the frames of one connection in order.
#[derive(Debug)]
pub(crate) struct Reader {
    greeted: bool,
    /// The last position that is known.
    have: Seq,
    /// The head that the last heartbeat told.
    owed: Seq,
}

/// What a frame means for the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The relay answers from this log, at this time.
    Hello { log: String, at: DateTime<Utc>, resume: Resume, state: RelayState },
    /// These events come next, without a gap.
    Events(Vec<Logged>),
    /// How the relay stands with Zoom.
    State(RelayState),
    /// These people wait for whoever is at this desk.
    Waited(Vec<PersonId>),
    /// The relay is there, and this is its time.
    Alive { at: DateTime<Utc> },
}

/// Why a connection is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    /// The relay speaks another protocol.
    #[error("the relay speaks protocol {relay}")]
    Protocol { relay: u16 },
    /// Events are missing: come again with the position that is known.
    #[error("events are missing after position {have}")]
    Hole { have: Seq },
    /// The relay asks to come again with the position that is known.
    #[error("the relay asks to resume")]
    Resume,
    /// The relay stops.
    #[error("the relay stops")]
    Stopping,
    /// A message is no frame, or stands where it must not.
    #[error("a message that is no frame")]
    Unreadable,
}

/// The one part of a hello that every protocol has.
#[derive(Deserialize)]
struct AnyHello {
    protocol: u16,
}

impl Reader {
    /// A reader for a desk that knows everything up to `have`.
    pub(crate) const fn new(have: Seq) -> Self {
        Self { greeted: false, have, owed: Seq::START }
    }

    /// Takes the next message.
    pub(crate) fn take(&mut self, message: &str) -> Result<Heard, Broken> {
        let frame = serde_json::from_str(message);
        if !self.greeted {
            self.greeted = true;
            return hello(frame.ok(), message);
        }
        match frame.map_err(|_| Broken::Unreadable)? {
            Frame::Hello { .. } => Err(Broken::Unreadable),
            Frame::Events { events } => self.events(events).map(Heard::Events),
            Frame::State { state } => Ok(Heard::State(state)),
            Frame::Waited { by } => Ok(Heard::Waited(by)),
            Frame::Heartbeat { at, head } => self.heartbeat(at, head),
            Frame::Bye { why: Bye::Resume } => Err(Broken::Resume),
            Frame::Bye { why: Bye::Stopping } => Err(Broken::Stopping),
        }
    }

    /// A heartbeat may overtake the last events by a moment; what it counts has come by the next one.
    fn heartbeat(&mut self, at: DateTime<Utc>, head: Seq) -> Result<Heard, Broken> {
        if self.owed > self.have {
            return Err(Broken::Hole { have: self.have });
        }
        self.owed = head;
        Ok(Heard::Alive { at })
    }

    /// Drops what is known already; what remains must follow without a hole.
    fn events(&mut self, mut events: Vec<Logged>) -> Result<Vec<Logged>, Broken> {
        events.retain(|logged| logged.seq > self.have);
        for logged in &events {
            if logged.seq != self.have.next() {
                return Err(Broken::Hole { have: self.have });
            }
            self.have = logged.seq;
        }
        Ok(events)
    }
}

fn hello(frame: Option<Frame>, message: &str) -> Result<Heard, Broken> {
    match frame {
        Some(Frame::Hello { protocol: PROTOCOL, log, at, resume, state, .. }) => {
            Ok(Heard::Hello { log, at, resume, state })
        }
        Some(Frame::Bye { why: Bye::Stopping }) => Err(Broken::Stopping),
        // A newer relay's hello may not read as a frame at all, but says which protocol it is.
        _ => match serde_json::from_str(message) {
            Ok(AnyHello { protocol }) if protocol != PROTOCOL => Err(Broken::Protocol { relay: protocol }),
            _ => Err(Broken::Unreadable),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_model::{Event, PersonFact, PersonId, PersonReport};
    use rollcall_wire::relay::{Progress, ZoomLink};

    fn state() -> RelayState {
        RelayState {
            zoom: ZoomLink::Connecting,
            directory: Progress::default(),
            repair: None,
            failures: Vec::new(),
        }
    }

    fn text(frame: &Frame) -> String {
        serde_json::to_string(frame).unwrap()
    }

    fn hello_of(protocol: u16) -> String {
        let (log, head) = ("log".to_owned(), Seq(9));
        let at = DateTime::UNIX_EPOCH;
        text(&Frame::Hello { protocol, log, at, head, resume: Resume::Tail, state: state() })
    }

    fn events(seqs: &[u64]) -> String {
        let event = Event::Person(PersonReport {
            id: PersonId::new("u1"),
            as_of: DateTime::UNIX_EPOCH,
            fact: PersonFact::Touched,
        });
        let events = seqs.iter().map(|&seq| Logged { seq: Seq(seq), event: event.clone() }).collect();
        text(&Frame::Events { events })
    }

    fn greeted(have: u64) -> Reader {
        let mut reader = Reader::new(Seq(have));
        reader.take(&hello_of(PROTOCOL)).unwrap();
        reader
    }

    fn seqs(heard: Heard) -> Vec<u64> {
        match heard {
            Heard::Events(events) => events.iter().map(|logged| logged.seq.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn events_follow_the_position_and_repeats_are_dropped() {
        let mut reader = greeted(4);

        assert_eq!(seqs(reader.take(&events(&[3, 4, 5, 6])).unwrap()), [5, 6]);
        assert_eq!(seqs(reader.take(&events(&[7])).unwrap()), [7]);
    }

    #[test]
    fn a_hole_before_or_within_a_frame_breaks_the_connection() {
        assert_eq!(greeted(4).take(&events(&[6])), Err(Broken::Hole { have: Seq(4) }));
        assert_eq!(greeted(4).take(&events(&[5, 7])), Err(Broken::Hole { have: Seq(5) }));
    }

    #[test]
    fn events_that_a_heartbeat_counted_must_come_before_the_next_one() {
        let beat = |head| text(&Frame::Heartbeat { at: DateTime::UNIX_EPOCH, head: Seq(head) });
        let (mut late, mut missing) = (greeted(4), greeted(4));

        for message in [beat(5), events(&[5]), beat(5), beat(5)] {
            assert!(late.take(&message).is_ok(), "{message}");
        }

        assert_eq!(missing.take(&beat(5)), Ok(Heard::Alive { at: DateTime::UNIX_EPOCH }));
        assert_eq!(missing.take(&beat(5)), Err(Broken::Hole { have: Seq(4) }));
    }

    #[test]
    fn another_protocol_is_told_even_when_its_hello_has_changed() {
        let mut same_shape = Reader::new(Seq::START);
        let mut new_shape = Reader::new(Seq::START);

        assert_eq!(same_shape.take(&hello_of(PROTOCOL + 1)), Err(Broken::Protocol { relay: PROTOCOL + 1 }));
        assert_eq!(
            new_shape.take(r#"{"frame":"welcome","protocol":7,"epoch":3}"#),
            Err(Broken::Protocol { relay: 7 })
        );
    }

    #[test]
    fn nothing_but_a_hello_comes_first_and_only_once() {
        assert_eq!(Reader::new(Seq::START).take(&events(&[1])), Err(Broken::Unreadable));
        assert_eq!(greeted(0).take(&hello_of(PROTOCOL)), Err(Broken::Unreadable));
    }
}
