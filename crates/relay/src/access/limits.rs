//! How often one client, or one session, may ask.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
    response::IntoResponse,
};
use rollcall_wire::Failure;
use tower_governor::{
    GovernorError, GovernorLayer,
    governor::{GovernorConfig, GovernorConfigBuilder},
    key_extractor::KeyExtractor,
};

use super::{
    Caller, SessionId,
    address::{ClientAddress, Prefix},
    routes::slow_down,
};

/// Something like `governor`'s own, without information in headers.
type Plain = governor::middleware::NoOpMiddleware;

/// How much is let through at once, and how fast that comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many at once.
    pub burst: NonZeroU32,
    /// How long until one more; not zero.
    pub every: Duration,
}

/// How often one client, or one session, may ask. Clones share what they counted.
#[derive(Clone, Debug)]
pub struct Limits {
    by_address: Arc<GovernorConfig<ByAddress, Plain>>,
    by_session: Arc<GovernorConfig<BySession, Plain>>,
}

/// Counts by the client's address; requests without one count as one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByAddress;

/// Counts by session; what comes without one is not counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BySession;

impl Limits {
    /// Limits for those who have no session yet (codes and sign-ins), and for those who have one.
    pub fn new(by_address: Quota, by_session: Quota) -> Self {
        Self {
            by_address: Arc::new(config(by_address, ByAddress)),
            by_session: Arc::new(config(by_session, BySession)),
        }
    }

    /// A layer that counts by the address in [`ClientAddress`].
    pub fn by_address(&self) -> GovernorLayer<ByAddress, Plain, Body> {
        GovernorLayer::new(self.by_address.clone()).error_handler(refuse)
    }

    /// A layer that counts by session; it belongs inside of what sets the [`Caller`].
    pub fn by_session(&self) -> GovernorLayer<BySession, Plain, Body> {
        GovernorLayer::new(self.by_session.clone()).error_handler(refuse)
    }

    /// Forgets who has not asked for a while. To be called every minute.
    pub fn tidy(&self) {
        self.by_address.limiter().retain_recent();
        self.by_session.limiter().retain_recent();
    }
}

/// Sixty at once and two a second for an address: an office has one for all of its desks. Forty at once and two a
/// second for a session.
impl Default for Limits {
    fn default() -> Self {
        let quota = |burst| Quota { burst, every: Duration::from_millis(500) };
        Self::new(
            quota(NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN)),
            quota(NonZeroU32::new(40).unwrap_or(NonZeroU32::MIN)),
        )
    }
}

impl KeyExtractor for ByAddress {
    type Key = Option<Prefix>;

    fn extract<T>(&self, request: &Request<T>) -> Result<Self::Key, GovernorError> {
        Ok(request.extensions().get::<ClientAddress>().map(|address| Prefix::of(address.0)))
    }
}

impl KeyExtractor for BySession {
    type Key = Option<SessionId>;

    fn extract<T>(&self, request: &Request<T>) -> Result<Self::Key, GovernorError> {
        Ok(request.extensions().get::<Caller>().map(|caller| caller.session))
    }
}

#[expect(clippy::expect_used, reason = "neither the burst nor the time is zero")]
fn config<K: KeyExtractor>(quota: Quota, key: K) -> GovernorConfig<K, Plain> {
    let every = quota.every.max(Duration::from_nanos(1));
    let mut builder = GovernorConfigBuilder::default().key_extractor(key);
    builder.period(every).burst_size(quota.burst.get()).finish().expect("nothing is zero")
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn refuse(error: GovernorError) -> Response<Body> {
    match error {
        GovernorError::TooManyRequests { wait_time, .. } => {
            slow_down(u32::try_from(wait_time).unwrap_or(u32::MAX).max(1))
        }
        GovernorError::UnableToExtractKey | GovernorError::Other { .. } => {
            let failure = Failure::Internal { reference: "relay-limits".to_owned() };
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(failure)).into_response()
        }
    }
}
