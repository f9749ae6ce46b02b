//! The `account_credentials` grant of a Server-to-Server OAuth app.

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::refusal;
use crate::{Addresses, Token, ZoomError, transport::Transport};

/// The app that asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct App<'a> {
    pub(super) account_id: &'a str,
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a SecretString,
}

#[derive(Deserialize)]
struct Body {
    access_token: SecretString,
    expires_in: u32,
    #[serde(default)]
    scope: String,
}

/// Asks for a token.
pub(super) async fn fetch(
    transport: &Transport,
    addresses: &Addresses,
    app: App<'_>,
) -> Result<Token, ZoomError> {
    let sent_at = transport.now();
    let request = transport
        .http()
        .post(addresses.oauth_url("token"))
        .basic_auth(app.client_id, Some(app.client_secret.expose_secret()))
        .form(&[("grant_type", "account_credentials"), ("account_id", app.account_id)])
        .build()
        // Only an account id that cannot be written into a form ends here.
        .map_err(|_| ZoomError::UnknownAccount)?;
    // A wrong clock is no reason to go without: a token's life is counted from now, and events bring their own dates.
    let reply = transport.send(request).await?;
    if !reply.status.is_success() {
        return Err(refusal::read(&reply));
    }
    let body: Body = serde_json::from_slice(&reply.body).map_err(|_| refusal::read(&reply))?;
    Ok(Token {
        access: body.access_token,
        expires_at: sent_at + TimeDelta::seconds(body.expires_in.into()),
        scopes: body.scope.split_whitespace().map(str::to_owned).collect(),
        serial: 0,
    })
}
