//! When an event was true, from two times of which each has a fault.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Malformed, Told};

/// The event's own time has whole seconds; `event_ts` has milliseconds and is stamped a little later.
const STAMPED_WITHIN: TimeDelta = TimeDelta::seconds(60);

/// The names of the event's own time: the schema has the first, Zoom's example the second.
const OWN: [&str; 2] = ["date_time", "date-time"];

/// The finer of the two times when they agree, else the event's own.
///
/// Two changes within one second keep their order only by `event_ts`; but a stamp that is far from the
/// event's own time was made when the event was sent late.
pub(super) fn finest(told: Told<'_>) -> Result<DateTime<Utc>, Malformed> {
    let own = told.object.moment(&OWN);
    let stamped = told.event_ts;
    let chosen = match (own, stamped) {
        (Some(own), Some(stamped)) if stamped >= own && stamped - own <= STAMPED_WITHIN => Some(stamped),
        (own, stamped) => own.or(stamped),
    };
    chosen.ok_or(Malformed::MissingField { name: "event_ts" })
}

/// The time at which Zoom made the event.
pub(super) fn stamped(told: Told<'_>) -> Result<DateTime<Utc>, Malformed> {
    told.event_ts.ok_or(Malformed::MissingField { name: "event_ts" })
}

/// The time of a step of a call under one of its names, else the time at which the event was made.
pub(super) fn of_step(told: Told<'_>, names: &[&str]) -> Result<DateTime<Utc>, Malformed> {
    match told.object.moment(names) {
        Some(at) => Ok(at),
        None => stamped(told),
    }
}
