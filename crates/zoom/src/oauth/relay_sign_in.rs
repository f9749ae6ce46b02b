//! The sign-in of a person at a relay: the browser comes back to the relay's own address, and Zoom is asked one
//! thing, who it is.
//!
//! Zoom's tokens are used for that one question, revoked, and dropped: nobody outside of this module sees them.

use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse,
    basic::BasicTokenResponse,
};
use rollcall_model::{Clock, PersonId, Standing};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{
    UserClient,
    user_grant::{exchange, exchange_error},
};
use crate::{
    Addresses, ZoomError,
    lenient::de_text,
    pace::{Bucket, Label},
    refusal::{self, Refusal},
    transport::Transport,
};

/// How people sign in at a relay. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RelaySignIn {
    client: UserClient,
    addresses: Addresses,
    transport: Transport,
    redirect: RedirectUrl,
}

/// A sign-in that begins: the browser is to be sent to `address`.
#[derive(Debug)]
pub struct Consent {
    /// Zoom's consent page, with state and S256 challenge.
    pub address: Url,
    /// What must be shown together with the code that comes back.
    pub verifier: SecretString,
}

/// Who signed in, as `GET /users/me` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account in which they are.
    pub account_id: String,
    /// Who.
    pub person: PersonId,
    /// Their e-mail address, in lower case.
    pub email: String,
    /// The name of their role in the account.
    pub role_name: String,
    /// Whether they are in use, where Zoom says so.
    pub standing: Option<Standing>,
}

#[derive(Deserialize)]
struct Me {
    #[serde(default, deserialize_with = "de_text")]
    id: String,
    #[serde(default, deserialize_with = "de_text")]
    account_id: String,
    #[serde(default, deserialize_with = "de_text")]
    email: String,
    #[serde(default, deserialize_with = "de_text")]
    role_name: String,
    #[serde(default, deserialize_with = "de_text")]
    status: String,
}

impl RelaySignIn {
    /// Sign-ins by this app, which come back to `redirect`: the address of the relay as browsers know it, as it
    /// is registered with the app.
    pub fn new(
        client: UserClient,
        addresses: Addresses,
        redirect: &Url,
        clock: Clock,
    ) -> Result<Self, ZoomError> {
        let transport = Transport::new(&addresses, clock)?;
        Ok(Self { client, addresses, transport, redirect: RedirectUrl::from_url(redirect.clone()) })
    }

    /// Makes the address of the consent page. `state` comes back with the code.
    pub fn begin(&self, state: &str) -> Consent {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, _) = self
            .client
            .oauth(&self.addresses, Some(self.redirect.clone()))
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Consent { address, verifier: verifier.secret().as_str().into() }
    }

    /// Exchanges the code that came back and asks who it is.
    ///
    /// Fails with [`ZoomError::SignInRefused`] when Zoom does not take the code.
    pub async fn identify(&self, code: &str, verifier: &SecretString) -> Result<Identity, ZoomError> {
        let (own, code, verifier) = (self.clone(), code.to_owned(), verifier.clone());
        // A task of its own: when the browser goes away, the tokens must be revoked all the same.
        let asking = tokio::spawn(async move {
            let tokens = own.exchange(code, &verifier).await?;
            let told = own.ask_who(&tokens).await;
            own.revoke(&tokens).await;
            told
        });
        asking.await.unwrap_or(Err(ZoomError::Interrupted))
    }

    async fn exchange(&self, code: String, verifier: &SecretString) -> Result<BasicTokenResponse, ZoomError> {
        self.client
            .oauth(&self.addresses, Some(self.redirect.clone()))
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request_async(&exchange(&self.transport))
            .await
            .map_err(|failure| match exchange_error(failure) {
                ZoomError::SignInEnded => ZoomError::SignInRefused,
                other => other,
            })
    }

    async fn ask_who(&self, tokens: &BasicTokenResponse) -> Result<Identity, ZoomError> {
        let request = self
            .transport
            .http()
            .get(self.addresses.api_url(&["users", "me"]))
            .bearer_auth(tokens.access_token().secret())
            .build()
            .map_err(|_| ZoomError::Unreadable)?;
        let reply = self.transport.send(request).await?;
        let call = refusal::Call { bucket: Bucket::core(Label::Light), paged: false };
        match refusal::read(call, &reply) {
            None => {}
            Some(Refusal::Token) => return Err(ZoomError::TokenRefused),
            Some(Refusal::Other(failure)) => return Err(failure),
        }
        let me: Me = serde_json::from_slice(&reply.body).map_err(|_| ZoomError::Unreadable)?;
        me.identity().ok_or(ZoomError::Unreadable)
    }

    /// Ends the tokens at Zoom. One that cannot be ended there is dropped here and ends by its age.
    async fn revoke(&self, tokens: &BasicTokenResponse) {
        let refresh = tokens.refresh_token().map(|token| token.secret().as_str());
        for token in [Some(tokens.access_token().secret().as_str()), refresh].into_iter().flatten() {
            if let Err(error) = self.revoke_one(token).await {
                tracing::warn!(%error, "a token of a sign-in could not be revoked");
            }
        }
    }

    async fn revoke_one(&self, token: &str) -> Result<(), ZoomError> {
        let request = self.transport.http().post(self.addresses.oauth_url("revoke"));
        let id = self.client.client_id.as_str();
        let request = match &self.client.client_secret {
            Some(secret) => request.basic_auth(id, Some(secret.expose_secret())).form(&[("token", token)]),
            None => request.form(&[("client_id", id), ("token", token)]),
        };
        let reply = self.transport.send(request.build().map_err(|_| ZoomError::Unreadable)?).await?;
        if reply.status.is_success() {
            Ok(())
        } else {
            Err(ZoomError::Refused { status: reply.status.as_u16(), code: 0 })
        }
    }
}

impl Me {
    /// Nothing when it is not told who or in which account.
    fn identity(self) -> Option<Identity> {
        let whole = !self.id.is_empty() && !self.account_id.is_empty() && self.email.contains('@');
        whole.then(|| Identity {
            person: PersonId::new(&self.id),
            email: self.email.to_lowercase(),
            role_name: self.role_name,
            standing: crate::rest::standing(&self.status),
            account_id: self.account_id,
        })
    }
}
