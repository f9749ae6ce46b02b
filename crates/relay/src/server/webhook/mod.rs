//! `POST /zoom/webhook` and `POST /zoom/webhook/{organisation}`: what Zoom brings.
//!
//! A delivery is answered 204 when it is in the log, and never before. What is not from Zoom is answered 401; what
//! fails here is answered 503, so that Zoom brings it again.

mod body;
mod gate;
mod moved;
mod recognise;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};
use rollcall_model::Clock;

use super::house::House;
use crate::{
    intake::{self, Taken},
    log::NotKept,
};
use body::TooMuch;
use gate::Gates;
use moved::Start;
use recognise::{Recognised, Unrecognised};

/// Where deliveries come.
const PATH: &str = "/zoom/webhook";
/// After how many seconds Zoom may come again; it takes minutes.
const RETRY_SECS: HeaderValue = HeaderValue::from_static("5");

/// The door for deliveries of all organisations.
#[derive(Debug)]
pub(super) struct Webhooks {
    houses: Arc<[House]>,
    clock: Clock,
    start: Start,
    gates: Gates,
    pub(super) refused: Refused,
}

/// How many deliveries were not taken, by reason.
#[derive(Debug, Default)]
pub(super) struct Refused([AtomicU64; Reason::ALL.len()]);

/// Why a delivery is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is not signed, or not by an app of an organisation that is served here.
    NotOurs,
    /// Its signature has not the form of one.
    Malformed,
    /// Rightly signed, too long ago.
    TooOld,
    /// Rightly signed in the future: this machine's clock is behind.
    TooEarly,
    /// Rightly signed, and nobody knows when: this machine's clock was set.
    ClockSet,
    /// Longer than any delivery of Zoom.
    TooLarge,
    /// Its sender did not send all of it.
    Cut,
    /// More is on its way than can be taken.
    Busy,
    /// It could not be written.
    NotKept,
}

impl Reason {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; 9] = [
        Self::NotOurs,
        Self::Malformed,
        Self::TooOld,
        Self::TooEarly,
        Self::ClockSet,
        Self::TooLarge,
        Self::Cut,
        Self::Busy,
        Self::NotKept,
    ];

    /// Its name among the figures.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::NotOurs => "not_ours",
            Self::Malformed => "malformed_signature",
            Self::TooOld => "too_old",
            Self::TooEarly => "too_early",
            Self::ClockSet => "clock_set",
            Self::TooLarge => "too_large",
            Self::Cut => "cut_short",
            Self::Busy => "busy",
            Self::NotKept => "not_kept",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NotOurs | Self::Malformed | Self::TooOld => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Cut => StatusCode::BAD_REQUEST,
            // A signature from the future cannot be made by others: it is this machine's clock that is wrong.
            Self::TooEarly | Self::ClockSet | Self::Busy | Self::NotKept => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Refused {
    /// How many there were for each reason.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Reason, u64)> {
        Reason::ALL.into_iter().map(|reason| (reason, self.0[reason as usize].load(Relaxed)))
    }

    fn count(&self, reason: Reason) {
        self.0[reason as usize].fetch_add(1, Relaxed);
    }
}

/// The organisation that a path names: all of them for the plain path, none of ours for another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// The body tells.
    Nobody,
    /// This one.
    Slug(&'a str),
}

/// What a path of a delivery names; nothing for another path.
pub(super) fn named(path: &str) -> Option<Named<'_>> {
    match path.strip_prefix(PATH)? {
        "" | "/" => Some(Named::Nobody),
        rest => rest.strip_prefix('/').filter(|slug| !slug.contains('/')).map(Named::Slug),
    }
}

impl Webhooks {
    pub(super) fn new(houses: Arc<[House]>, clock: Clock) -> Self {
        let start = Start::now(&clock);
        Self { houses, clock, start, gates: Gates::default(), refused: Refused::default() }
    }

    /// Answers one delivery.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match self.take(request).await {
            Ok(answer) => answer,
            Err(reason) => {
                self.refused.count(reason);
                tracing::debug!(reason = reason.name(), "a delivery was refused");
                refusal(reason.status())
            }
        }
    }

    async fn take(&self, request: Request<Incoming>) -> Result<Response<Body>, Reason> {
        let (head, incoming) = request.into_parts();
        let named = named(head.uri.path()).ok_or(Reason::NotOurs)?;
        let _room = self.gates.enter(&incoming).ok_or(Reason::Busy)?;
        let body = body::read(incoming).await.map_err(|error| match error {
            TooMuch::TooLarge => Reason::TooLarge,
            TooMuch::Cut => Reason::Cut,
        })?;
        self.judge(named, &head.headers, &body).await
    }

    async fn judge(
        &self,
        named: Named<'_>,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Body>, Reason> {
        let now = self.clock.now();
        let recognised = recognise::recognise(&self.houses, named, headers, body, now);
        let Recognised { house, secret, account } = recognised.map_err(|why| match reason(why) {
            Reason::TooOld if self.start.clock_was_set(now) => Reason::ClockSet,
            reason => reason,
        })?;
        let request_id = headers.get("x-zm-request-id").and_then(|id| id.to_str().ok());
        let taken = intake::keep(&house.core(), body, request_id, account).await;
        match taken {
            Ok(Taken::Kept) => Ok(done()),
            Ok(Taken::OfAnotherAccount) => Err(Reason::NotOurs),
            Ok(Taken::Deauthorized { user, client_id }) => {
                let forgotten = house.deauthorized(user, client_id.as_deref()).await;
                if forgotten { Ok(done()) } else { Err(Reason::NotKept) }
            }
            Ok(Taken::Validation) => recognise::answer_validation(secret, body).ok_or(Reason::NotOurs),
            Err(error) => {
                if error != NotKept::Stopping {
                    tracing::debug!(%error, organisation = %house.slug(), "a delivery was not kept");
                }
                Err(Reason::NotKept)
            }
        }
    }
}

fn reason(why: Unrecognised) -> Reason {
    match why {
        Unrecognised::NotOurs => Reason::NotOurs,
        Unrecognised::Malformed => Reason::Malformed,
        Unrecognised::TooOld => Reason::TooOld,
        Unrecognised::TooEarly => Reason::TooEarly,
    }
}

fn done() -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer
}

fn refusal(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, RETRY_SECS);
    }
    answer
}

/// An answer in JSON.
fn json(body: Vec<u8>) -> Response<Body> {
    let mut answer = Response::new(Body::from(body));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_one_organisation_or_leaves_it_to_the_body() {
        assert_eq!(named("/zoom/webhook"), Some(Named::Nobody));
        assert_eq!(named("/zoom/webhook/"), Some(Named::Nobody));
        assert_eq!(named("/zoom/webhook/north"), Some(Named::Slug("north")));
        for other in ["/zoom/webhooks", "/zoom/webhook/a/b", "/zoom", "/v1/snapshot"] {
            assert_eq!(named(other), None, "{other}");
        }
    }

    #[test]
    fn what_fails_here_is_never_answered_as_if_the_sender_were_at_fault() {
        for ours in [Reason::Busy, Reason::NotKept, Reason::TooEarly, Reason::ClockSet] {
            assert!(ours.status().is_server_error(), "{ours:?}");
        }
    }

    #[test]
    fn every_reason_has_its_own_number() {
        assert!(Reason::ALL.iter().enumerate().all(|(number, reason)| *reason as usize == number));
    }
}
