//! What can go wrong with Zoom: a code for each, with numbers where there are some.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Why Zoom was not reached, or did not do what was asked.
///
/// The words of `Display` are for logs; what a person reads is written by the window from the code.
/// Nothing in here holds a secret, a name or a number of a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoomError {
    /// Client id or client secret is wrong (`invalid_client`).
    #[error("Zoom does not know this client id and secret")]
    WrongClient,
    /// The account id is wrong.
    #[error("Zoom does not know this account id")]
    UnknownAccount,
    /// The app exists but was not activated, or its account may not use this kind of app.
    #[error("the Zoom app is not activated")]
    AppNotActivated,
    /// JWT credentials were refused: Zoom ended apps of that kind on 2023-09-08.
    #[error("Zoom ended JWT apps on 2023-09-08; a Server-to-Server OAuth app takes their place")]
    JwtEnded,
    /// The user's refresh token is used up or older than 90 days: they must sign in again.
    #[error("the sign-in to Zoom has ended")]
    SignInEnded,
    /// The sign-in was not completed: the user declined, the code was stale, or the state was not ours.
    #[error("the sign-in to Zoom was refused")]
    SignInRefused,
    /// A new refresh token could not be stored, so its access token was not used.
    #[error("the refresh token could not be stored")]
    GrantNotStored,
    /// A token that was just made was refused (401), and so was the one after it.
    #[error("Zoom refuses the access token that it has just made")]
    TokenRefused,
    /// The app lacks scopes (4711).
    #[error("the Zoom app lacks the scopes {scopes:?}")]
    MissingScope {
        /// The scopes of which one would do, as Zoom names them.
        scopes: Vec<String>,
    },
    /// The account, its plan or its role does not allow the call (200, 124 with 400, 5411, 403).
    #[error("the Zoom account does not allow this call")]
    NoPermission,
    /// The person, queue or call does not exist, or not any more (404, 1001, 1120, 13000).
    #[error("Zoom knows no such thing")]
    NotFound,
    /// The account or the user has no Zoom Phone (403 on phone calls, 2001, 2013, 2031).
    #[error("Zoom Phone is not set up")]
    PhoneNotEnabled,
    /// The page token is older than 15 minutes or not one: start again from the first page.
    #[error("the page token has expired")]
    PageExpired,
    /// Too many calls a second (429), or once a minute for setting a presence.
    #[error("Zoom asks to slow down for {retry_in:?}")]
    PerSecondLimit {
        /// How long to wait.
        retry_in: Duration,
    },
    /// The account's budget for the day is used up (429), or the part of it that sweeps may take.
    #[error("the day's budget of calls is used up until {until}")]
    DailyLimit {
        /// When calls are taken again.
        until: DateTime<Utc>,
    },
    /// Zoom failed (5xx).
    #[error("Zoom failed with {status}")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// The reply was not what the contract says, or longer than 16 MiB.
    #[error("Zoom's reply could not be read")]
    Unreadable,
    /// No connection could be made or kept.
    #[error("Zoom could not be reached")]
    Unreachable,
    /// No answer in time.
    #[error("Zoom did not answer in time")]
    TimedOut,
    /// This machine's clock is more than five minutes off, by the `Date` of Zoom's reply.
    #[error("this machine's clock is {ahead_secs} s ahead of Zoom's")]
    ClockWrong {
        /// How far ahead, in seconds; negative when behind.
        ahead_secs: i64,
    },
    /// A redirect that would have carried the token to another place.
    #[error("Zoom redirected with {status}, which is not followed")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Any other refusal.
    #[error("Zoom refused with {status}, code {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Zoom's own code; 0 where it gave none.
        code: i64,
    },
    /// No TLS could be set up on this machine.
    #[error("TLS could not be set up")]
    NoTls,
    /// No loopback port could be opened for the sign-in.
    #[error("no loopback port could be opened")]
    NoLoopback,
    /// The program is shutting down.
    #[error("interrupted")]
    Interrupted,
}

impl ZoomError {
    /// Whether the same call may well succeed later without anybody changing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::PerSecondLimit { .. }
                | Self::DailyLimit { .. }
                | Self::Server { .. }
                | Self::Unreadable
                | Self::Unreachable
                | Self::TimedOut
                | Self::Interrupted
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_worth_retrying() {
        assert!(ZoomError::Server { status: 503 }.is_passing());
        assert!(ZoomError::PerSecondLimit { retry_in: Duration::from_secs(1) }.is_passing());
        assert!(!ZoomError::WrongClient.is_passing());
        assert!(!ZoomError::PageExpired.is_passing());
        assert!(!ZoomError::ClockWrong { ahead_secs: 3_600 }.is_passing());
    }
}
