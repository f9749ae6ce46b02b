//! The relay's addresses: stream, snapshot, refresh.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Client, Response, StatusCode,
    header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderValue, SEC_WEBSOCKET_PROTOCOL},
    redirect,
};
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    packed::LARGEST,
    relay::{PROTOCOL, Refresh, Waits, Way},
    window::{OwnExpertise, Policy},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{net::TcpStream, time};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{
        self, client::IntoClientRequest as _, error::ProtocolError, handshake::client::Response as Answer,
        protocol::WebSocketConfig,
    },
};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};
use url::Url;

use crate::{
    store::Place,
    team::{Trust, unreached},
};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A relay, and the right to enter it.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Its base address, such as `http://127.0.0.1:41234` or `https://relay.example.org`.
    pub base: Url,
    /// Its bearer token.
    pub token: SecretString,
}

/// Asks one relay.
#[derive(Clone)]
pub(crate) struct Relay {
    upstream: Upstream,
    client: Client,
    connector: Connector,
    /// Requests that are on their way.
    asked: TaskTracker,
}

pub(crate) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Relay {
    pub(crate) fn new(upstream: Upstream, silence: Duration, trust: &Trust) -> Result<Self, Failure> {
        let tls = trust.tls()?;
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(silence);
        if is_loopback(&upstream.base) {
            // A proxy of the organisation cannot reach a relay inside this computer.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|_| Failure::RelayUnreachable)?;
        Ok(Self { upstream, client, connector: Connector::Rustls(Arc::new(tls)), asked: TaskTracker::new() })
    }

    /// Opens the stream after a place of the log.
    pub(crate) async fn stream(&self, after: Option<&Place>) -> Result<Stream, Failure> {
        let mut address = self.address("v1/stream");
        let scheme = if address.scheme() == "https" { "wss" } else { "ws" };
        address.set_scheme(scheme).map_err(|()| Failure::RelayUnreachable)?;
        address.query_pairs_mut().append_pair("since", &after.map_or(0, |place| place.seq.0).to_string());
        if let Some(place) = after {
            address.query_pairs_mut().append_pair("log", &place.log);
        }
        let mut request = address.as_str().into_client_request().map_err(|_| Failure::RelayUnreachable)?;
        request.headers_mut().insert(AUTHORIZATION, self.bearer()?);
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(Way::OFFER));
        let limits = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let connect =
            connect_async_tls_with_config(request, Some(limits), true, Some(self.connector.clone()));
        match time::timeout(CONNECT, connect).await {
            Ok(Ok((stream, _))) => Ok(stream),
            Ok(Err(tungstenite::Error::Http(refusal))) => Err(not_opened(&refusal)),
            // A relay of the first protocol does not know that there are others.
            Ok(Err(tungstenite::Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)))) => {
                Err(Way::apart(1, PROTOCOL))
            }
            Ok(Err(error)) => Err(unreached(&error)),
            Err(_) => Err(Failure::RelayUnreachable),
        }
    }

    /// Asks for a snapshot; its lines are the body, compressed if the response says so.
    pub(crate) async fn snapshot(&self) -> Result<Response, Failure> {
        let request = self.client.get(self.address("v1/snapshot")).header(AUTHORIZATION, self.bearer()?);
        accepted(request.header(ACCEPT_ENCODING, "zstd").send().await)
    }

    /// Asks that Zoom is asked for the presence of these people.
    pub(crate) async fn refresh(&self, people: Vec<PersonId>) -> Result<(), Failure> {
        let _on_its_way = self.on_its_way()?;
        let request =
            self.client.post(self.address("v1/people/refresh")).header(AUTHORIZATION, self.bearer()?);
        let request = request.timeout(CONNECT).json(&Refresh { people });
        accepted(request.send().await).map(drop)
    }

    /// Tells for whom the person at this desk waits.
    pub(crate) async fn wait_for(&self, people: Vec<PersonId>) -> Result<(), Failure> {
        let _on_its_way = self.on_its_way()?;
        let request = self.client.put(self.address("v1/waits")).header(AUTHORIZATION, self.bearer()?);
        accepted(request.timeout(CONNECT).json(&Waits { people }).send().await).map(drop)
    }

    /// Tells what the organisation itself knows of somebody; what is kept of it.
    pub(crate) async fn tell(&self, person: &PersonId, told: &OwnExpertise) -> Result<OwnExpertise, Failure> {
        let _on_its_way = self.on_its_way()?;
        let mut address = self.address("v1/people");
        if let Ok(mut path) = address.path_segments_mut() {
            path.extend([person.as_str(), "expertise"]);
        }
        self.put(address, told).await
    }

    /// Sets the organisation's policy; what is kept of it.
    pub(crate) async fn set_policy(&self, policy: &Policy) -> Result<Policy, Failure> {
        let _on_its_way = self.on_its_way()?;
        self.put(self.address("v1/policy"), policy).await
    }

    /// Puts something in the place of what was there; what is kept, or why it is refused.
    async fn put<T: Serialize + DeserializeOwned>(&self, address: Url, told: &T) -> Result<T, Failure> {
        let request = self.client.put(address).header(AUTHORIZATION, self.bearer()?);
        let answer = request.timeout(CONNECT).json(told).send().await.map_err(|error| unreached(&error))?;
        let status = answer.status();
        if status.is_success() {
            return answer.json().await.map_err(|error| unreached(&error));
        }
        Err(answer.json().await.unwrap_or_else(|_| refused(status)))
    }

    /// Whether the relay is on this computer and shares its clock.
    pub(crate) fn is_near(&self) -> bool {
        is_loopback(&self.upstream.base)
    }

    /// Asks nothing more, and waits for what was asked: from then on this token is shown to nobody.
    pub(crate) async fn fall_silent(&self) {
        self.asked.close();
        self.asked.wait().await;
    }

    /// Counts a request while it is on its way; refused once the relay is asked nothing more.
    fn on_its_way(&self) -> Result<TaskTrackerToken, Failure> {
        let token = self.asked.token();
        if self.asked.is_closed() { Err(Failure::RelayUnreachable) } else { Ok(token) }
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.upstream.base.clone();
        let under = address.path().trim_end_matches('/').to_owned();
        address.set_path(&format!("{under}/{path}"));
        address
    }

    fn bearer(&self) -> Result<HeaderValue, Failure> {
        let text = format!("Bearer {}", self.upstream.token.expose_secret());
        let mut bearer = HeaderValue::try_from(text).map_err(|_| Failure::NotAdmitted)?;
        bearer.set_sensitive(true);
        Ok(bearer)
    }
}

/// Why the relay opened no stream. When it speaks another protocol, or has no room, it says so.
fn not_opened(refusal: &Answer) -> Failure {
    let told = refusal.body().as_deref().and_then(|body| serde_json::from_slice(body).ok());
    match (refusal.status(), told) {
        (
            StatusCode::UPGRADE_REQUIRED,
            Some(apart @ (Failure::ProtocolTooOld { .. } | Failure::RelayTooOld { .. })),
        ) => apart,
        (_, Some(busy @ Failure::RelayBusy { .. })) => busy,
        (StatusCode::UNAUTHORIZED, Some(Failure::AppRemoved)) => Failure::AppRemoved,
        (status, _) => refused(status),
    }
}

fn accepted(outcome: reqwest::Result<Response>) -> Result<Response, Failure> {
    let response = outcome.map_err(|error| unreached(&error))?;
    if response.status().is_success() { Ok(response) } else { Err(refused(response.status())) }
}

fn refused(status: StatusCode) -> Failure {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::NotAdmitted,
        _ => Failure::RelayUnreachable,
    }
}

pub(crate) fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
