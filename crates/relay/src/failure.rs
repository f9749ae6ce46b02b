//! What Zoom's refusals mean here: a code for whom it concerns, and what the asker does next.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

use chrono::{DateTime, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rollcall_wire::Failure;
use rollcall_zoom::{ZoomError, subscription::LostWhy};

/// The longest pause before the same question is asked again.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How long a part rests that an admin must first repair something for.
const UNTIL_REPAIRED: Duration = Duration::from_mins(1);

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The person does not exist any more.
    Gone,
    /// This person cannot be asked about; others can.
    Skip,
    /// Nobody can be asked about for so long.
    Pause(Duration),
}

/// Jitter for pauses, from the relay's seed.
#[derive(Debug)]
pub(crate) struct Jitter(Mutex<StdRng>);

/// The code for what Zoom refused.
pub fn failure(error: &ZoomError, now: DateTime<Utc>) -> Failure {
    match error {
        ZoomError::WrongClient => Failure::WrongClient,
        ZoomError::UnknownAccount => Failure::UnknownAccount,
        ZoomError::AppNotActivated => Failure::AppNotActivated,
        ZoomError::JwtEnded => Failure::JwtEnded,
        ZoomError::SignInEnded | ZoomError::SignInRefused | ZoomError::TokenRefused => Failure::NotAdmitted,
        ZoomError::MissingScope { scopes } => Failure::MissingScope { scopes: scopes.clone() },
        ZoomError::NoPermission => Failure::NoPermission,
        ZoomError::NotFound => Failure::UnknownPerson,
        ZoomError::PhoneNotEnabled => Failure::PhoneNotEnabled,
        ZoomError::PerSecondLimit { retry_in } => Failure::SlowDown { retry_secs: whole_seconds(*retry_in) },
        ZoomError::DailyLimit { until } => Failure::DailyLimit { until: (*until).max(now) },
        ZoomError::Server { status }
        | ZoomError::Redirected { status }
        | ZoomError::Refused { status, .. } => Failure::ZoomTrouble { status: *status },
        ZoomError::Unreachable | ZoomError::TimedOut | ZoomError::Interrupted => Failure::ZoomUnreachable,
        ZoomError::ClockWrong { ahead_secs } => Failure::ClockWrong {
            ahead_secs: i32::try_from(*ahead_secs).unwrap_or(if *ahead_secs < 0 {
                i32::MIN
            } else {
                i32::MAX
            }),
        },
        ZoomError::PageExpired => internal("zoom-page-expired"),
        ZoomError::Unreadable => internal("zoom-unreadable"),
        ZoomError::GrantNotStored => internal("zoom-grant-not-stored"),
        ZoomError::NoTls => internal("zoom-no-tls"),
        ZoomError::NoLoopback => internal("zoom-no-loopback"),
    }
}

/// The code for why events do not come.
pub(crate) fn lost(why: &LostWhy, now: DateTime<Utc>) -> Failure {
    match why {
        LostWhy::NoToken(error) => failure(error, now),
        LostWhy::Refused | LostWhy::Handshake { status: 401 | 403 } => Failure::SubscriptionRefused,
        LostWhy::Handshake { status } => Failure::ZoomTrouble { status: *status },
        LostWhy::Unreachable
        | LostWhy::Silent
        | LostWhy::Closed { .. }
        | LostWhy::Oversized { .. }
        | LostWhy::Broken => Failure::ZoomUnreachable,
    }
}

/// What to do after `failures` refusals in a row, the last of which is `error`.
pub(crate) fn next(error: &ZoomError, failures: u32, now: DateTime<Utc>) -> Next {
    match error {
        ZoomError::NotFound => Next::Gone,
        ZoomError::Refused { .. } | ZoomError::Unreadable | ZoomError::NoPermission => Next::Skip,
        ZoomError::PerSecondLimit { retry_in } => Next::Pause((*retry_in).min(LONGEST_PAUSE)),
        ZoomError::DailyLimit { until } => {
            let rest = (*until - now).to_std().unwrap_or(Duration::ZERO);
            Next::Pause(rest.clamp(Duration::from_secs(1), LONGEST_PAUSE))
        }
        passing if passing.is_passing() => Next::Pause(doubled(failures)),
        _ => Next::Pause(UNTIL_REPAIRED),
    }
}

/// 1, 2, 4 … 60 seconds, counted from one failure.
pub(crate) fn doubled(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(LONGEST_PAUSE)
}

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// `pause`, made up to a quarter longer, so that what failed together does not come back together.
    pub(crate) fn spread(&self, pause: Duration) -> Duration {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause.mul_f64(1.0 + random.random_range(0.0..0.25))
    }
}

fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
}

fn internal(reference: &str) -> Failure {
    Failure::Internal { reference: reference.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_person_is_gone_and_an_unreadable_one_is_skipped() {
        let now = DateTime::UNIX_EPOCH;

        assert_eq!(next(&ZoomError::NotFound, 1, now), Next::Gone);
        assert_eq!(next(&ZoomError::Refused { status: 400, code: 5301 }, 1, now), Next::Skip);
    }

    #[test]
    fn trouble_of_zoom_doubles_the_pause_up_to_a_minute() {
        let pause = |failures| next(&ZoomError::Server { status: 503 }, failures, DateTime::UNIX_EPOCH);

        assert_eq!(pause(1), Next::Pause(Duration::from_secs(1)));
        assert_eq!(pause(4), Next::Pause(Duration::from_secs(8)));
        assert_eq!(pause(40), Next::Pause(Duration::from_mins(1)));
    }

    #[test]
    fn a_part_of_a_second_to_wait_is_told_as_a_whole_one() {
        let error = ZoomError::PerSecondLimit { retry_in: Duration::from_millis(1_200) };

        assert_eq!(failure(&error, DateTime::UNIX_EPOCH), Failure::SlowDown { retry_secs: 2 });
    }
}
