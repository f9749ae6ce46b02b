//! The calls of a snapshot, as each view knows them.
//!
//! Supervisors and admins get all calls. Agents get others' legs under the veil, in parts that all of them
//! share; only the part in which an agent's own legs would stand is made for them alone, without those, and
//! their own calls follow whole.

use rollcall_model::{Call, Leg, PersonId};
use rollcall_wire::relay::SnapshotLine;
use tokio::{sync::OnceCell, task::yield_now};

use super::{
    LINES,
    packed::{Part, PartError, lines, packed},
};
use crate::{
    core::Core,
    hub::{Veil, View},
};

/// All calls at a moment, and what was made of them.
#[derive(Debug)]
pub(super) struct Calls {
    all: Vec<Call>,
    whole: OnceCell<Vec<Part>>,
    veiled: OnceCell<Vec<Page>>,
}

/// Legs under the veil, by person.
#[derive(Debug)]
struct Page {
    first: PersonId,
    last: PersonId,
    count: u64,
    part: Part,
}

/// The calls as one desk reads them.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// How many lines they are.
    pub(super) count: u64,
    pub(super) parts: Vec<Part>,
}

impl Calls {
    pub(super) fn new(all: Vec<Call>) -> Self {
        Self { all, whole: OnceCell::new(), veiled: OnceCell::new() }
    }

    /// The calls for this view.
    pub(super) async fn told(&self, view: &View, core: &Core) -> Result<Told, PartError> {
        let me = match view {
            View::Admin | View::Supervisor => {
                let parts = self.whole.get_or_try_init(|| self.whole()).await?.clone();
                return Ok(Told { count: self.all.len() as u64, parts });
            }
            View::Agent(me) => me,
        };
        let mut told = Told::default();
        for page in self.veiled.get_or_try_init(|| self.veiled(&core.hub.veil)).await? {
            if let Some(me) = me.as_ref().filter(|me| page.first <= **me && **me <= page.last) {
                told.add(&page.without(me)?)?;
            } else {
                told.count += page.count;
                told.parts.push(page.part.clone());
            }
        }
        if let Some(me) = me {
            told.add(&own(core, me))?;
        }
        Ok(told)
    }

    async fn whole(&self) -> Result<Vec<Part>, PartError> {
        let mut parts = Vec::new();
        for calls in self.all.chunks(LINES) {
            let lines: Vec<SnapshotLine> = calls.iter().cloned().map(line).collect();
            parts.push(packed(&lines)?);
            yield_now().await;
        }
        Ok(parts)
    }

    async fn veiled(&self, veil: &Veil) -> Result<Vec<Page>, PartError> {
        let mut legs: Vec<(&Call, &Leg)> =
            self.all.iter().flat_map(|call| call.legs.iter().map(move |leg| (call, leg))).collect();
        legs.sort_by_key(|(_, leg)| &leg.person);
        let mut pages = Vec::new();
        for legs in legs.chunks(LINES) {
            let lines: Vec<SnapshotLine> =
                legs.iter().map(|(call, leg)| line(veil.leg(&call.id, leg))).collect();
            if let (Some((_, first)), Some((_, last))) = (legs.first(), legs.last()) {
                let (first, last) = (first.person.clone(), last.person.clone());
                pages.push(Page { first, last, count: legs.len() as u64, part: packed(&lines)? });
            }
            yield_now().await;
        }
        Ok(pages)
    }
}

impl Page {
    /// The lines that are not about this person's legs.
    fn without(&self, me: &PersonId) -> Result<Vec<SnapshotLine>, PartError> {
        let mut lines = lines(&self.part)?;
        lines.retain(|line| !matches!(line, SnapshotLine::Call { call } if is_of(call, me)));
        Ok(lines)
    }
}

impl Told {
    fn add(&mut self, lines: &[SnapshotLine]) -> Result<(), PartError> {
        if !lines.is_empty() {
            self.count += lines.len() as u64;
            self.parts.push(packed(lines)?);
        }
        Ok(())
    }
}

/// A person's own legs, whole, as they are known now: later than the rest of the snapshot, never earlier.
fn own(core: &Core, me: &PersonId) -> Vec<SnapshotLine> {
    core.fold.read(|roster| {
        let calls = roster.calls_of(me).map(|call| Call {
            id: call.id.clone(),
            legs: call.legs.iter().filter(|leg| leg.person == *me).cloned().collect(),
        });
        calls.map(line).collect()
    })
}

/// A veiled call has one leg.
fn is_of(call: &Call, person: &PersonId) -> bool {
    call.legs.iter().any(|leg| leg.person == *person)
}

const fn line(call: Call) -> SnapshotLine {
    SnapshotLine::Call { call }
}
