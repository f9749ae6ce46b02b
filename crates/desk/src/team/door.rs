//! A relay's session endpoints: code in, token out.

use std::time::Duration;

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode, header::RETRY_AFTER, redirect, tls::TlsInfo,
};
use rollcall_wire::{
    Failure,
    session::{Admitted, Redeem, Standing},
    window::Certificate,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use super::{RelayAddress, Trust, certificate, trust::unreached};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a whole request may take.
const WHOLE: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 << 10;
/// How long to wait when a relay asks for it without saying how long.
const SOME_SECONDS: u32 = 60;

/// One relay's session endpoints.
#[derive(Clone, Debug)]
pub(super) struct Door {
    address: RelayAddress,
    client: Client,
}

impl Door {
    pub(super) fn new(address: RelayAddress, trust: &Trust) -> Result<Self, Failure> {
        let mut client = Client::builder()
            .tls_backend_preconfigured(trust.tls()?)
            .tls_info(true)
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE);
        if address.is_local() {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| Failure::RelayUnreachable)?;
        Ok(Self { address, client })
    }

    /// Opens a session with a one-time code.
    pub(super) async fn redeem(&self, redeem: &Redeem) -> Result<Admitted, Failure> {
        let request = self.client.post(self.address.at("v1/session")).json(redeem);
        body(sent(request, Failure::CodeRefused).await?).await
    }

    /// Renews a session's token. The present one holds until the next is used; shown well after that, it counts
    /// as stolen and the session ends.
    pub(super) async fn rotate(&self, token: &SecretString) -> Result<Admitted, Failure> {
        let request = self.request(Method::POST, "v1/session/rotate", token);
        body(sent(request, Failure::SessionEnded).await?).await
    }

    /// Whose session it is, and by what the relay shows that it is the one.
    pub(super) async fn standing(
        &self,
        token: &SecretString,
    ) -> Result<(Standing, Option<Certificate>), Failure> {
        let request = self.request(Method::GET, "v1/session", token);
        let response = sent(request, Failure::SessionEnded).await?;
        let shown = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let certificate = shown.and_then(certificate::read);
        Ok((body(response).await?, certificate))
    }

    /// Ends a session.
    pub(super) async fn end(&self, token: &SecretString) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, "v1/session", token);
        sent(request, Failure::SessionEnded).await.map(drop)
    }

    fn request(&self, method: Method, path: &str, token: &SecretString) -> RequestBuilder {
        self.client.request(method, self.address.at(path)).bearer_auth(token.expose_secret())
    }
}

/// The answer, when the relay agreed; `refused` is what a plain refusal means here.
async fn sent(request: RequestBuilder, refused: Failure) -> Result<Response, Failure> {
    let response = request.send().await.map_err(|error| unreached(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let pause = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let told: Result<Failure, Failure> = body(response).await;
    Err(match (status, told) {
        (StatusCode::UNAUTHORIZED, Ok(Failure::AppRemoved)) => Failure::AppRemoved,
        // A relay says why. Whatever else refuses on the way, such as a network's own page, ends no session.
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Ok(_)) => refused,
        (StatusCode::TOO_MANY_REQUESTS, Ok(told @ Failure::RelayBusy { .. })) => told,
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            Failure::RelayBusy { retry_secs: pause.unwrap_or(SOME_SECONDS) }
        }
        (status, _) if status.is_server_error() => Failure::RelayUnreachable,
        (_, Ok(told @ (Failure::ProtocolTooOld { .. } | Failure::RelayTooOld { .. }))) => told,
        _ => Failure::NotARelay,
    })
}

/// The body as JSON; what is none, or too long, did not come from a relay.
async fn body<T: DeserializeOwned>(mut response: Response) -> Result<T, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreached(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(Failure::NotARelay);
        }
    }
    serde_json::from_slice(&bytes).map_err(|_| Failure::NotARelay)
}
