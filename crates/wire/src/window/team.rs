//! Joining the relay of an organisation.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Failure, session::Role};

/// What the join screen holds: as it was typed, or as a link filled it in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Invitation {
    /// The whole link, or only its one-time code; empty for a link that invites to sign in.
    pub code: String,
    /// The relay's address; may be empty when `code` is a whole link.
    pub relay: String,
}

/// What "Sign in with Zoom" asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// The relay's address.
    pub relay: String,
    /// The organisation's short name at a relay that serves several; empty for the usual one.
    pub organisation: String,
}

/// A sign-in that waits for the browser.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SigningIn {
    /// What was opened in the browser; for a person whose browser did not open.
    pub address: String,
}

/// The relay that this desk is joined to, and as whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct YourRelay {
    /// Its address.
    pub address: String,
    /// The organisation's name, as the relay spells it.
    pub organisation: String,
    /// The e-mail address that is signed in.
    pub email: String,
    /// What it may see.
    pub role: Role,
    /// Whether the way to the relay is encrypted; only a relay inside this computer may do without.
    pub encrypted: bool,
    /// The relay's certificate, when it is encrypted and the relay answered.
    pub certificate: Option<Certificate>,
    /// Why the relay did not answer; the rest is then as it was last known.
    pub failure: Option<Failure>,
}

/// By what a relay shows that it is the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// SHA-256 of the whole certificate, 64 hexadecimal digits.
    pub sha256: String,
    /// When it ends.
    #[ts(type = "string")]
    pub expires: DateTime<Utc>,
}

/// The code is not printed.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("code", &"redacted").finish_non_exhaustive()
    }
}

/// The address is not printed: it carries the sign-in's state.
impl fmt::Debug for SigningIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningIn").finish_non_exhaustive()
    }
}

/// What the organisation asks of those who call its experts. A relay reads and writes the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Policy {
    /// How many consults somebody is asked for in a day of theirs; nothing for as many as come.
    pub consults_a_day: Option<u16>,
    /// When nobody is to be called, by their own clock, as people write it; empty for never. English and German days
    /// are read.
    pub quiet_hours: String,
    /// Whether people are shown who waits until they are free.
    pub watchers_shown: bool,
}
