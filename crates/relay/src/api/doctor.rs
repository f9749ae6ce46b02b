//! `GET /v1/doctor`: what an admin must know to find out why something does not work.

use axum::{
    Extension, Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use rollcall_wire::{
    Failure,
    relay::{PROTOCOL, Progress, RelayState, Repair, ZoomLink},
    session::Role,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{hidden_from, names::words};
use crate::{
    core::Core,
    door::{Visitor, refuse},
    ledger::{self, Checkpoint, LedgerError},
    tally::Counts,
};

/// How the relay is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Doctor {
    /// The organisation's short name.
    organisation: String,
    /// The version of the relay.
    version: &'static str,
    /// The version of the frames that it sends to desks.
    protocol: u16,
    /// The relay's time.
    now: DateTime<Utc>,
    /// The organisation's log.
    log: Log,
    /// Whether Zoom's events come.
    zoom: ZoomLink,
    /// How far the directory is known.
    directory: Progress,
    /// How far the repair after an outage is; nothing when there is none.
    repair: Option<Repair>,
    /// What somebody should mend, each once.
    failures: Vec<Failure>,
    /// When Zoom's last delivery came to this node.
    last_delivery: Option<DateTime<Utc>>,
    /// How far the sweep of the directory is; nothing before the first.
    sweep: Option<Sweep>,
    /// What this node has counted since it started.
    counts: Counts,
    /// Deliveries that could not be read: the first hundred ever, the first first.
    oddities: Vec<Oddity>,
}

/// The organisation's log.
#[derive(Debug, Serialize, ToSchema)]
struct Log {
    /// Its name, from which those are made that desks are told; with another name they begin anew.
    name: String,
    /// Events up to here are only in the snapshot any more.
    floor: u64,
    /// The last position.
    head: u64,
    /// The last position that this node knows.
    known: u64,
}

/// How far a sweep of the directory is.
#[derive(Debug, Serialize, ToSchema)]
struct Sweep {
    /// Counts sweeps from 1.
    number: i64,
    /// When it began.
    started_at: DateTime<Utc>,
    /// What is being listed.
    step: SweepStep,
    /// When a sweep last finished.
    finished_at: Option<DateTime<Utc>>,
}

words! {
    /// What a sweep lists.
    SweepStep for ledger::Step {
        /// People in use.
        Active,
        /// People whom an admin deactivated.
        Inactive,
        /// People who were invited.
        Pending,
        /// Users of the phone system.
        Phones,
        /// Everything was listed.
        Finished,
    }
}

/// A delivery that could not be read: what it looked like, without any value of it.
#[derive(Debug, Serialize, ToSchema)]
struct Oddity {
    /// When it came.
    heard_at: DateTime<Utc>,
    /// Why it was set aside.
    kind: OddityKind,
    /// Its size in bytes.
    bytes: u64,
    /// Field names, types and sizes.
    shape: String,
}

words! {
    /// Why a delivery was set aside.
    OddityKind for ledger::OddityKind {
        /// It had not the form of Zoom's deliveries.
        Malformed,
        /// It names an event that the relay does not know.
        Unknown,
    }
}

/// Tells how the relay is; for admins.
#[utoipa::path(
    get, path = "/v1/doctor", tag = "doctor",
    responses(
        (status = 200, body = Doctor),
        (status = 403, description = "This is for admins.", body = Failure),
    ),
)]
pub(super) async fn report(Extension(visitor): Extension<Visitor>) -> Response {
    if let Some(refusal) = hidden_from(&visitor, Role::Admin) {
        return refusal;
    }
    match looked(&visitor.core, visitor.caller.organisation.as_str()).await {
        Ok(doctor) => Json(doctor).into_response(),
        Err(error) => {
            tracing::error!(%error, "the doctor cannot read the log");
            refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error))
        }
    }
}

async fn looked(core: &Core, organisation: &str) -> Result<Doctor, LedgerError> {
    let span = core.ledger.span().await?;
    let sweep = core.ledger.checkpoint().await?;
    let oddities = core.ledger.oddities().await?;
    let RelayState { zoom, directory, repair, failures } = core.state.now();
    let (name, known) = (core.ledger.name().to_owned(), core.fold.head().0);
    Ok(Doctor {
        organisation: organisation.to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        protocol: PROTOCOL,
        now: core.clock.now(),
        log: Log { name, floor: span.floor.0, head: span.head.0, known },
        zoom,
        directory,
        repair,
        failures,
        last_delivery: core.tally.last_delivery(),
        sweep: sweep.map(Sweep::from),
        counts: core.tally.counts(),
        oddities: oddities.into_iter().map(Oddity::from).collect(),
    })
}

impl From<Checkpoint> for Sweep {
    fn from(at: Checkpoint) -> Self {
        let Checkpoint { number, started_at, step, finished_at, .. } = at;
        Self { number, started_at, step: step.into(), finished_at }
    }
}

impl From<ledger::Oddity> for Oddity {
    fn from(oddity: ledger::Oddity) -> Self {
        let ledger::Oddity { heard_at, kind, bytes, shape } = oddity;
        Self { heard_at, kind: kind.into(), bytes, shape }
    }
}
