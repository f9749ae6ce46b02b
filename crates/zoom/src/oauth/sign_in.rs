//! The sign-in of a user: authorization code with PKCE, answered on a loopback address.

use std::{sync::Arc, time::Duration};

use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use rollcall_model::Clock;
use url::Url;

use super::{
    RefreshTokens, UserClient, UserGrant,
    loopback::{Loopback, Verdict},
    user_grant::{exchange, exchange_error},
};
use crate::{Addresses, Token, ZoomError, transport::Transport};

/// A sign-in that has begun: the browser is to be sent to [`SignIn::address`], then
/// [`SignIn::finish`] waits for it to come back.
#[derive(Debug)]
pub struct SignIn {
    client: UserClient,
    addresses: Addresses,
    transport: Transport,
    loopback: Loopback,
    redirect: RedirectUrl,
    address: Url,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl SignIn {
    /// Opens a port on 127.0.0.1 that the system chooses and makes the address of Zoom's consent page.
    pub async fn begin(client: UserClient, addresses: Addresses, clock: Clock) -> Result<Self, ZoomError> {
        let transport = Transport::new(&addresses, clock)?;
        let loopback = Loopback::open().await.map_err(|_| ZoomError::NoLoopback)?;
        let redirect = RedirectUrl::new(loopback.redirect()).map_err(|_| ZoomError::NoLoopback)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state) = client
            .oauth(&addresses, Some(redirect.clone()))
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .url();
        Ok(Self { client, addresses, transport, loopback, redirect, address, state, verifier })
    }

    /// The consent page, with state and S256 challenge.
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for the browser at most `within`, exchanges the code (which lives five minutes), has the
    /// refresh token stored in `kept`, and gives the grant with its first token.
    pub async fn finish(
        self,
        kept: Arc<dyn RefreshTokens>,
        within: Duration,
    ) -> Result<(UserGrant, Token), ZoomError> {
        let answer = tokio::time::timeout(within, self.loopback.answer(self.state.secret())).await;
        let Verdict::Code(code) = answer.map_err(|_| ZoomError::TimedOut)? else {
            return Err(ZoomError::SignInRefused);
        };
        let grant = UserGrant { client: self.client, kept };
        let response = grant
            .client
            .oauth(&self.addresses, Some(self.redirect))
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(self.verifier)
            .request_async(&exchange(&self.transport))
            .await
            .map_err(|failure| match exchange_error(failure) {
                ZoomError::SignInEnded => ZoomError::SignInRefused,
                other => other,
            })?;
        let token = grant.take(response, &self.transport).await?;
        Ok((grant, token))
    }
}
