//! Tokens: from a Server-to-Server app, from a user's sign-in, or signed as JWT apps once did.

mod jwt;
mod loopback;
mod refusal;
mod relay_sign_in;
mod server_to_server;
mod sign_in;
mod user_grant;

use chrono::{DateTime, Utc};

pub use relay_sign_in::{Consent, Identity, RelaySignIn};
pub use sign_in::SignIn;
pub use user_grant::{NotStored, RefreshTokens, UserClient, UserGrant};

use crate::{Addresses, Credentials, Token, ZoomError, transport::Transport};

/// Everything that is needed to make a token.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) transport: Transport,
    pub(crate) addresses: Addresses,
    pub(crate) credentials: Credentials,
}

impl Grant {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.transport.now()
    }

    /// Makes a new token; the keeper of tokens numbers it.
    pub(crate) async fn fetch(&self) -> Result<Token, ZoomError> {
        match &self.credentials {
            Credentials::ServerToServer { account_id, client_id, client_secret } => {
                let app = server_to_server::App { account_id, client_id, client_secret };
                server_to_server::fetch(&self.transport, &self.addresses, app).await
            }
            Credentials::LegacyJwt { api_key, api_secret } => Ok(jwt::sign(api_key, api_secret, self.now())),
            Credentials::User(grant) => grant.refresh(&self.transport, &self.addresses).await,
        }
    }
}
