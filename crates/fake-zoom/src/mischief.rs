//! Everything this Zoom can be told to get wrong, by name.

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use thiserror::Error;

macro_rules! mischief {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $amount:literal;)+) => {
        /// One thing to get wrong. Some take an amount, named in their description with its default.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Mischief { $($(#[doc = $doc])+ $variant,)+ }

        impl Mischief {
            /// Every kind, in the order of their descriptions.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the command line and in the control API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The amount used when none is given.
            pub fn default_amount(self) -> f64 {
                match self { $(Self::$variant => $amount,)+ }
            }
        }
    };
}

mischief! {
    /// Access tokens live for this many seconds (90).
    ShortTokens = "short-tokens", 90.0;
    /// A new account token ends the one before it.
    NewTokenKillsOld = "new-token-kills-old", 1.0;
    /// Tokens carry the presence scope only: everything else answers 400/4711.
    NarrowScopes = "narrow-scopes", 1.0;
    /// Token requests fail as for an app that was never activated.
    NotActivated = "not-activated", 1.0;
    /// No `X-RateLimit-*` headers, not even on 429.
    NoRateHeaders = "no-rate-headers", 1.0;
    /// No `Retry-After` on 429.
    NoRetryAfter = "no-retry-after", 1.0;
    /// `Retry-After` as seconds instead of an ISO date.
    RetryAfterSeconds = "retry-after-seconds", 1.0;
    /// `Retry-After` as an HTTP date instead of an ISO date.
    RetryAfterHttpDate = "retry-after-http-date", 1.0;
    /// Page tokens die after this many seconds (0: at once).
    PageTokensExpire = "page-tokens-expire", 0.0;
    /// Replies carry fields nobody has documented.
    ExtraFields = "extra-fields", 1.0;
    /// `GET presence_status` spells as the specification's text does: `In_A_Meeting`, `In_A_Call`.
    PresenceSpellingB = "presence-spelling-b", 1.0;
    /// Presence events carry `date-time` instead of `date_time`.
    DateTimeHyphen = "date-time-hyphen", 1.0;
    /// All pending users come without an id.
    PendingWithoutId = "pending-without-id", 1.0;
    /// Numbers that usually have a `+` come without it.
    NumbersWithoutPlus = "numbers-without-plus", 1.0;
    /// `phone_number` in call events holds an extension.
    ExtensionAsNumber = "extension-as-number", 1.0;
    /// Extension numbers beyond 32 bits.
    HugeExtensions = "huge-extensions", 1.0;
    /// `/phone/users` answers 400/124 about the site, which is not about the token.
    SiteDenied = "site-denied", 1.0;
    /// This share (1) of REST requests fails inside an HTTP 200.
    ErrorInOk = "error-in-ok", 1.0;
    /// REST answers 307 to another host name of the same server.
    Redirect = "redirect", 1.0;
    /// This share (1) of REST requests answers 503.
    ServerErrors = "server-errors", 1.0;
    /// Token requests answer 503.
    OAuthErrors = "oauth-errors", 1.0;
    /// Phone endpoints answer 403, as for an account without Zoom Phone.
    NoZoomPhone = "no-zoom-phone", 1.0;
    /// This share (1) of REST requests answers 429 per second.
    TooFast = "too-fast", 1.0;
    /// REST requests answer 429 for the rest of the day.
    DailyLimit = "daily-limit", 1.0;
    /// No rate limits at all, for load beyond Zoom's.
    NoLimits = "no-limits", 1.0;
    /// The `Date` header and the times in events are this many seconds ahead (3600).
    ClockSkew = "clock-skew", 3600.0;
    /// REST replies take this many milliseconds (500).
    SlowReplies = "slow-replies", 500.0;
    /// Pages hold at most this many rows (10), whatever was asked for.
    SmallPages = "small-pages", 10.0;
    /// Old call-log events (`*_call_log_completed`) beside the new ones.
    CallLogsV1 = "call-logs-v1", 1.0;
    /// Before this share (0.2) of events comes one that is no JSON.
    MalformedEvents = "malformed-events", 0.2;
    /// Before this share (0.2) of events comes one that breaks off.
    TruncatedEvents = "truncated-events", 0.2;
    /// Before this share (0.2) of events comes one of a megabyte.
    OversizedEvents = "oversized-events", 0.2;
    /// Before this share (0.2) of events comes one nobody knows.
    UnknownEvents = "unknown-events", 0.2;
    /// Names in events end with a character beyond the basic plane, which Zoom escapes.
    EscapedAstral = "escaped-astral", 1.0;
    /// Characters beyond the basic plane are not escaped.
    RawAstral = "raw-astral", 1.0;
    /// Webhook deliveries swap places with their followers.
    WebhookReorder = "webhook-reorder", 1.0;
    /// Every webhook is delivered again: same request id, new timestamp and signature.
    WebhookDuplicate = "webhook-duplicate", 1.0;
    /// Webhooks are late by 5, 20 or 60 minutes, a minute lasting this many milliseconds (10).
    WebhookDelay = "webhook-delay", 10.0;
    /// This share (0.5) of webhooks is never sent.
    WebhookDrop = "webhook-drop", 0.5;
    /// Webhooks answered with 4xx are tried again.
    WebhookRetry4xx = "webhook-retry-4xx", 1.0;
    /// Webhooks are signed with another secret.
    WebhookWrongSignature = "webhook-wrong-signature", 1.0;
    /// Webhook signatures break off.
    WebhookTruncatedSignature = "webhook-truncated-signature", 1.0;
    /// Webhook bodies are pretty-printed (and signed as sent).
    WebhookPretty = "webhook-pretty", 1.0;
    /// Webhook timestamps are this many seconds old (3600), rightly signed.
    WebhookStale = "webhook-stale", 3600.0;
    /// Receivers are validated again every 72 hours, an hour lasting this many milliseconds (10); after six
    /// failures in a row they are disabled.
    WebhookRevalidate = "webhook-revalidate", 10.0;
    /// The WebSocket says `Invalid Token`, as until October 2025.
    WsOldTokenText = "ws-old-token-text", 1.0;
    /// The WebSocket answers no heartbeat.
    WsNoHeartbeat = "ws-no-heartbeat", 1.0;
    /// The WebSocket falls silent and stays open.
    WsStall = "ws-stall", 1.0;
    /// The WebSocket closes when its token expires.
    WsCloseAtExpiry = "ws-close-at-expiry", 1.0;
    /// This share (0.5) of events is not sent over the WebSocket.
    WsDrop = "ws-drop", 0.5;
    /// An older WebSocket stays when a newer one connects.
    WsKeepOlder = "ws-keep-older", 1.0;
}

/// A kind of mischief with its amount, as in `short-tokens=30`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dose {
    /// What to get wrong.
    pub mischief: Mischief,
    /// How much of it; its meaning is in the description of the kind.
    pub amount: f64,
}

/// A name that is no mischief, or an amount that is no number.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MischiefError {
    /// No kind has this name.
    #[error("no mischief is called {0}")]
    Unknown(String),
    /// What stands behind `=` is no number of zero or more.
    #[error("not an amount: {0}")]
    Amount(String),
}

/// What is switched on at present.
#[derive(Debug, Default)]
pub(crate) struct Switches(Mutex<BTreeMap<Mischief, f64>>);

impl Switches {
    pub(crate) fn set(&self, dose: Dose) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(dose.mischief, dose.amount);
    }

    pub(crate) fn unset(&self, mischief: Mischief) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&mischief);
    }

    /// The amount, when it is on.
    pub(crate) fn amount(&self, mischief: Mischief) -> Option<f64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&mischief).copied()
    }

    pub(crate) fn is_on(&self, mischief: Mischief) -> bool {
        self.amount(mischief).is_some()
    }

    /// All that is on.
    pub(crate) fn list(&self) -> Vec<Dose> {
        let on = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        on.iter().map(|(mischief, amount)| Dose { mischief: *mischief, amount: *amount }).collect()
    }
}

impl From<Mischief> for Dose {
    fn from(mischief: Mischief) -> Self {
        Self { mischief, amount: mischief.default_amount() }
    }
}

impl fmt::Display for Mischief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mischief {
    type Err = MischiefError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|mischief| mischief.name() == name);
        found.copied().ok_or_else(|| MischiefError::Unknown(name.to_owned()))
    }
}

impl FromStr for Dose {
    type Err = MischiefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((name, amount)) = text.split_once('=') else { return Ok(text.parse::<Mischief>()?.into()) };
        let mischief = name.parse()?;
        match amount.parse::<f64>() {
            Ok(amount) if amount >= 0.0 => Ok(Self { mischief, amount }),
            _ => Err(MischiefError::Amount(amount.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_kind() {
        for mischief in Mischief::ALL {
            assert_eq!(mischief.name().parse(), Ok(*mischief));
        }
    }

    #[test]
    fn an_amount_may_follow_the_name() {
        assert_eq!("short-tokens=5".parse(), Ok(Dose { mischief: Mischief::ShortTokens, amount: 5.0 }));
        assert_eq!("short-tokens".parse(), Ok(Dose { mischief: Mischief::ShortTokens, amount: 90.0 }));
        assert_eq!("short-tokens=x".parse::<Dose>(), Err(MischiefError::Amount("x".into())));
        assert_eq!("kindness".parse::<Dose>(), Err(MischiefError::Unknown("kindness".into())));
    }
}
