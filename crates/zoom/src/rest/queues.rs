//! Call queues: which there are, who serves them, and how they did on past days.

use chrono::NaiveDate;
use rollcall_model::{Extension, PersonId, PhoneNumber};
use serde::Deserialize;

use super::{
    page::{Page, PageFields, PageToken},
    phone::{Direct, Site, numbers},
    segment,
};
use crate::{
    Client, Lane, ZoomError,
    lenient::{de_extension, de_list, de_text},
    pace::{Bucket, Label},
};

/// A call queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallQueue {
    /// Zoom's id of the queue; events name queues by extension only.
    #[serde(deserialize_with = "de_text")]
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "de_text")]
    pub name: String,
    /// Its extension.
    #[serde(rename = "extension_number", deserialize_with = "de_extension")]
    pub extension: Option<Extension>,
    #[serde(deserialize_with = "de_list")]
    phone_numbers: Vec<Direct>,
    site: Site,
}

/// A queue with its members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallQueueRecord {
    /// The queue.
    #[serde(flatten)]
    pub queue: CallQueue,
    members: Members,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Members {
    #[serde(deserialize_with = "de_list")]
    users: Vec<QueueMember>,
}

/// A member of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QueueMember {
    #[serde(deserialize_with = "de_text")]
    id: String,
    /// The name that is shown.
    #[serde(deserialize_with = "de_text")]
    pub name: String,
    /// Whether they have opted in to the queue's calls. No event tells of a change.
    #[serde(rename = "receive_call")]
    pub receives_calls: bool,
    #[serde(deserialize_with = "de_text")]
    level: String,
}

/// How a queue did between two days. Times are in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QueueFigures {
    /// Zoom's id of the queue.
    #[serde(rename = "call_queue_id", deserialize_with = "de_text")]
    pub id: String,
    /// Its name.
    #[serde(rename = "call_queue_name", deserialize_with = "de_text")]
    pub name: String,
    /// Calls that came in.
    pub inbound_calls: u64,
    /// Calls that were answered.
    pub completed_calls: u64,
    /// Calls whose caller gave up.
    pub abandoned_calls: u64,
    /// Calls that were sent elsewhere.
    pub overflowed_calls: u64,
    /// Mean time that a call took.
    pub avg_handle_time: u64,
    /// Mean time after a call.
    pub avg_wrap_up_time: u64,
    /// Mean wait.
    pub avg_in_queue_wait_time: u64,
    /// Longest wait.
    pub max_in_queue_wait_time: u64,
}

#[derive(Deserialize)]
struct QueuesBody {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    call_queues: Vec<CallQueue>,
}

#[derive(Deserialize)]
struct MembersBody {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    call_queue_members: Vec<QueueMember>,
}

#[derive(Deserialize)]
struct FiguresBody {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    call_queues: Vec<QueueFigures>,
}

impl Client {
    /// One page of the account's queues (Medium; `phone:read:list_call_queues:admin`).
    pub async fn call_queues(
        &self,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<CallQueue>, ZoomError> {
        let ask = self
            .get(Bucket::phone(Label::Medium), &["phone", "call_queues"])
            .with("page_size", "100")
            .at_page(page);
        let QueuesBody { page, call_queues } = self.ask(ask, lane).await?.value;
        Ok(page.page(call_queues))
    }

    /// One queue with its members (Light; `phone:read:call_queue:admin`).
    pub async fn call_queue(&self, id: &str, lane: Lane) -> Result<CallQueueRecord, ZoomError> {
        let ask = self.get(Bucket::phone(Label::Light), &["phone", "call_queues", &segment(id)?]);
        Ok(self.ask(ask, lane).await?.value)
    }

    /// One page of a queue's members (Medium; `phone:read:list_call_queue_members:admin`).
    pub async fn call_queue_members(
        &self,
        id: &str,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<QueueMember>, ZoomError> {
        let path = ["phone", "call_queues", &segment(id)?, "members"];
        let ask = self.get(Bucket::phone(Label::Medium), &path).at_page(page);
        let MembersBody { page, call_queue_members } = self.ask(ask, lane).await?.value;
        Ok(page.page(call_queue_members))
    }

    /// One page of the queues' figures from one day to another, both included (Medium;
    /// `phone:read:list_call_queues:admin`).
    pub async fn queue_analytics(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<QueueFigures>, ZoomError> {
        let ask = self
            .get(Bucket::phone(Label::Medium), &["phone", "call_queue_analytics"])
            .with("from", &from.to_string())
            .with("to", &to.to_string())
            .with("page_size", "300")
            .at_page(page);
        let FiguresBody { page, call_queues } = self.ask(ask, lane).await?.value;
        Ok(page.page(call_queues))
    }
}

impl CallQueue {
    /// Its direct numbers.
    pub fn numbers(&self) -> Vec<PhoneNumber> {
        numbers(&self.phone_numbers)
    }

    /// The name of its site; empty when it has none.
    pub fn site(&self) -> &str {
        &self.site.name
    }
}

impl CallQueueRecord {
    /// The people who serve the queue.
    pub fn members(&self) -> &[QueueMember] {
        &self.members.users
    }
}

impl QueueMember {
    /// Who.
    pub fn person(&self) -> PersonId {
        PersonId::new(&self.id)
    }

    /// Whether they manage the queue.
    pub fn is_manager(&self) -> bool {
        self.level == "manager"
    }
}
