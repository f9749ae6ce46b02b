//! Who asks, and on which plan.

use chrono::NaiveDate;
use secrecy::SecretString;

use crate::oauth::UserGrant;

/// What a token is made from.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A Server-to-Server OAuth app of the organisation.
    ServerToServer {
        /// The account.
        account_id: String,
        /// The app.
        client_id: String,
        /// The app's secret.
        client_secret: SecretString,
    },
    /// A JWT app, as set-up guides before 2023 ask for. Zoom ended these; see [`Credentials::ended_on`].
    LegacyJwt {
        /// The API key.
        api_key: String,
        /// The API secret.
        api_secret: SecretString,
    },
    /// A user who signed in.
    User(UserGrant),
}

/// The account's plan, which sets how fast it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Free.
    Free,
    /// Pro.
    Pro,
    /// Business, Enterprise, Education.
    Business,
}

impl Credentials {
    /// The day on which Zoom stopped accepting credentials of this kind, where it did.
    ///
    /// They can still be tried (a proxy or a fake may take them); Zoom's refusal is then
    /// [`ZoomError::JwtEnded`](crate::ZoomError::JwtEnded).
    pub const fn ended_on(&self) -> Option<NaiveDate> {
        match self {
            Self::LegacyJwt { .. } => NaiveDate::from_ymd_opt(2023, 9, 8),
            Self::ServerToServer { .. } | Self::User(_) => None,
        }
    }
}
