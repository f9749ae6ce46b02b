//! Events that bring the records of a finished call.

use rollcall_model::{Event, Side};

use super::Told;
use crate::CallRecord;

/// The steps that the records under `list` prove, for the person whom the event is about. Records that
/// cannot be read are passed over.
pub(super) fn completed(told: Told<'_>, side: Side, list: &str) -> Vec<Event> {
    let Some(person) = told.object.person("user_id") else {
        return Vec::new();
    };
    let records = told.object.list(list).iter();
    let records = records.filter_map(|record| serde_json::from_value::<CallRecord>(record.into()).ok());
    records.flat_map(|record| record.reports(&person, Some(side))).map(Event::Call).collect()
}
