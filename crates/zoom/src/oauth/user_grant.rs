//! A user's grant: an access token from a refresh token that changes with every use.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::TimeDelta;
use oauth2::{
    AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, RedirectUrl,
    RefreshToken, RequestTokenError, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponse, BasicTokenResponse},
};
use secrecy::{ExposeSecret, SecretString};

use super::refusal;
use crate::{Addresses, Token, ZoomError, transport::Transport};

/// The app through which a user signs in.
#[derive(Clone, Debug)]
pub struct UserClient {
    /// The client id; for a public client (no secret) the app's *public client id*.
    pub client_id: String,
    /// The client secret; a public PKCE client has none and none is sent.
    pub client_secret: Option<SecretString>,
}

/// Where a user's refresh token is kept. There must be one writer only: Zoom kills a refresh token the
/// moment it is used, so two holders of one grant sign each other out.
#[async_trait]
pub trait RefreshTokens: Send + Sync {
    /// The refresh token, or nothing when nobody signed in.
    async fn load(&self) -> Result<Option<SecretString>, NotStored>;

    /// Keeps the new refresh token. It is called before the access token that came with it is used; by
    /// then the old refresh token is dead, so it must not return before the new one is safe.
    async fn store(&self, refresh_token: &SecretString) -> Result<(), NotStored>;
}

/// The place where refresh tokens are kept did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the place of refresh tokens did not answer")]
pub struct NotStored;

/// A user's grant.
#[derive(Clone)]
pub struct UserGrant {
    /// The app.
    pub client: UserClient,
    /// Where the refresh token is kept.
    pub kept: Arc<dyn RefreshTokens>,
}

/// The client of the oauth2 crate, with both addresses set.
pub(super) type OAuthClient =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What an exchange of the oauth2 crate fails with.
pub(super) type ExchangeError = RequestTokenError<ZoomError, BasicErrorResponse>;

impl UserGrant {
    /// Uses the refresh token: stores its successor, then gives the access token.
    pub(crate) async fn refresh(
        &self,
        transport: &Transport,
        addresses: &Addresses,
    ) -> Result<Token, ZoomError> {
        let kept = self.kept.load().await.map_err(|NotStored| ZoomError::GrantNotStored)?;
        let old = RefreshToken::new(kept.ok_or(ZoomError::SignInEnded)?.expose_secret().to_owned());
        let client = self.client.oauth(addresses, None);
        let response = client.exchange_refresh_token(&old).request_async(&exchange(transport)).await;
        self.take(response.map_err(exchange_error)?, transport).await
    }

    /// Stores the refresh token of a token reply, then gives its access token.
    pub(super) async fn take(
        &self,
        response: BasicTokenResponse,
        transport: &Transport,
    ) -> Result<Token, ZoomError> {
        let refresh = response.refresh_token().ok_or(ZoomError::Unreadable)?;
        let refresh = SecretString::from(refresh.secret().as_str());
        self.kept.store(&refresh).await.map_err(|NotStored| ZoomError::GrantNotStored)?;
        let lasts = response.expires_in().and_then(|lasts| TimeDelta::from_std(lasts).ok());
        let scopes = response.scopes().into_iter().flatten().map(|scope| scope.to_string()).collect();
        Ok(Token {
            access: response.access_token().secret().as_str().into(),
            expires_at: transport.now() + lasts.unwrap_or(TimeDelta::hours(1)),
            scopes,
            serial: 0,
        })
    }
}

impl UserClient {
    /// The oauth2 crate's view of this app.
    pub(super) fn oauth(&self, addresses: &Addresses, redirect: Option<RedirectUrl>) -> OAuthClient {
        let mut client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(addresses.oauth_url("authorize")))
            .set_token_uri(TokenUrl::from_url(addresses.oauth_url("token")));
        if let Some(secret) = &self.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        if let Some(redirect) = redirect {
            client = client.set_redirect_uri(redirect);
        }
        client
    }
}

/// Joins the oauth2 crate to our transport. The clock is not judged here: the reply may hold a new refresh
/// token, which must be stored whatever time it is.
pub(super) fn exchange(
    transport: &Transport,
) -> impl Fn(HttpRequest) -> std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, ZoomError>> + Send>> {
    let transport = transport.clone();
    move |request| {
        let transport = transport.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|_| ZoomError::Unreadable)?;
            let reply = transport.send(request).await?;
            if reply.status.is_server_error() {
                return Err(ZoomError::Server { status: reply.status.as_u16() });
            }
            let mut response = HttpResponse::new(reply.body.to_vec());
            *response.status_mut() = reply.status;
            *response.headers_mut() = reply.headers;
            Ok(response)
        })
    }
}

/// Our code for a failed exchange.
pub(super) fn exchange_error(failure: ExchangeError) -> ZoomError {
    match failure {
        RequestTokenError::ServerResponse(told) => {
            let reason = told.error_description().map_or("", String::as_str);
            refusal::named(400, told.error().as_ref(), reason)
        }
        RequestTokenError::Request(failure) => failure,
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => ZoomError::Unreadable,
    }
}

impl fmt::Debug for UserGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserGrant").field("client", &self.client).finish_non_exhaustive()
    }
}
