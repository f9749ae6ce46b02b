//! Call queues and who takes their calls.

use std::collections::BTreeSet;

use super::{numbers::E164, person::PersonIx};

/// A call queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) department: &'static str,
    pub(crate) cost_center: &'static str,
    pub(crate) extension: u64,
    pub(crate) number: E164,
    pub(crate) site: u8,
    pub(crate) members: Vec<Member>,
    /// People who have opted out of this queue's calls.
    pub(crate) opted_out: BTreeSet<PersonIx>,
}

/// One member of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) person: PersonIx,
    pub(crate) manager: bool,
}

impl Queue {
    /// Whether this member takes the queue's calls at present.
    pub(crate) fn receives(&self, person: PersonIx) -> bool {
        !self.opted_out.contains(&person)
    }

    pub(crate) fn extension_id(&self) -> String {
        crate::ids::derived("extension", &self.id)
    }
}
