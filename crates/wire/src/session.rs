//! How a desk comes to a relay of its organisation: codes, sessions and roles, as JSON over HTTPS.
//!
//! | request | body | answer |
//! | --- | --- | --- |
//! | `POST /v1/session` | [`Redeem`] | [`Admitted`]; 401 `code_refused`; 429 `relay_busy` |
//! | `POST /v1/session/rotate` | none; the session as bearer | [`Admitted`] with the next token |
//! | `GET /v1/session` | none; the session as bearer | [`Standing`] |
//! | `DELETE /v1/session` | none; the session as bearer | 204 |
//!
//! An invitation's link is `rollcall://join?relay=<URL>&code=<CODE>`. A sign-in with Zoom begins in the
//! system's browser at `/v1/signin/start?organisation=&challenge=&state=&redirect=` and ends at `redirect`
//! with `code` and `state`; that code is redeemed with the verifier of the desk's own challenge (S256).
//!
//! The answer to a code may be lost. A desk that showed a verifier shows both again, for a minute after the code's
//! use: the session that it did not hear of ends, and another opens.

use std::fmt;

use rollcall_model::PersonId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everybody's record and presence, and their own calls.
    Agent,
    /// All calls and queues besides.
    Supervisor,
    /// The doctor besides.
    Admin,
}

/// The body of `POST /v1/session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Redeem {
    /// The one-time code.
    pub code: String,
    /// A text that only this desk knows: of a sign-in the verifier of its own challenge, of an invitation any.
    /// By it the relay knows the desk again, when its answer was lost and the code is shown once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifier: Option<String>,
}

/// A session was opened or its token renewed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admitted {
    /// What the desk shows from now on, as `Authorization: Bearer`.
    pub token: String,
    /// Who it is.
    pub standing: Standing,
}

/// Who a session belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// The organisation's name, as its relay spells it.
    pub organisation: String,
    /// The person's e-mail address.
    pub email: String,
    /// The person, once the directory knows the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = false))]
    pub person: Option<PersonId>,
    /// What they may see.
    pub role: Role,
}

/// The code is not printed.
impl fmt::Debug for Redeem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redeem").field("code", &"redacted").finish_non_exhaustive()
    }
}

/// The token is not printed.
impl fmt::Debug for Admitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admitted").field("standing", &self.standing).finish_non_exhaustive()
    }
}
