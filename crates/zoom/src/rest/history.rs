//! `GET /phone/users/{id}/call_history/sync`: what happened while no event reached us.

use std::fmt;

use rollcall_model::{CallReport, PersonId};
use serde::{Deserialize, Serialize};

use super::{record::CallRecord, segment};
use crate::{
    Client, Lane, ZoomError,
    lenient::{de_list, de_text},
    pace::{Bucket, Label},
};

/// The place up to which a person's call history has been read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SyncToken(String);

/// What is new in a person's call history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistorySync {
    /// The records, in Zoom's order.
    pub records: Vec<CallRecord>,
    /// Where the next reading begins; nothing when Zoom gave no place.
    pub next: Option<SyncToken>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Body {
    #[serde(deserialize_with = "de_list")]
    call_elements: Vec<CallRecord>,
    /// The same under its name until November 2026.
    #[serde(deserialize_with = "de_list")]
    call_logs: Vec<CallRecord>,
    #[serde(deserialize_with = "de_text")]
    sync_token: String,
}

impl Client {
    /// Records of a person's calls (Medium; `phone:read:list_call_logs:admin`): all of the last `count`
    /// when `since` is nothing, else those that are new since then.
    pub async fn call_history_sync(
        &self,
        person: &PersonId,
        since: Option<&SyncToken>,
        count: u16,
        lane: Lane,
    ) -> Result<HistorySync, ZoomError> {
        let path = ["phone", "users", &segment(person.as_str())?, "call_history", "sync"];
        let mut ask = self.get(Bucket::phone(Label::Medium), &path).with("count", &count.to_string());
        ask = match since {
            None => ask.with("sync_type", "FSync"),
            Some(token) => ask.with("sync_type", "ISync").with("sync_token", &token.0),
        };
        let Body { call_elements, call_logs, sync_token } = self.ask(ask, lane).await?.value;
        let records = if call_elements.is_empty() { call_logs } else { call_elements };
        let next = (!sync_token.is_empty()).then_some(SyncToken(sync_token));
        Ok(HistorySync { records, next })
    }
}

impl HistorySync {
    /// The steps that the records prove, as reports of this person's legs.
    pub fn reports(&self, person: &PersonId) -> Vec<CallReport> {
        self.records.iter().flat_map(|record| record.reports(person, None)).collect()
    }
}

impl fmt::Debug for SyncToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SyncToken(…)")
    }
}
