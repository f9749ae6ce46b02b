//! The client: a paced, authorised call to Zoom, tried again where that helps.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::{Method, Request, Url, header};
use rollcall_model::Clock;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use crate::{
    Addresses, Asked, Credentials, Lane, Plan, Token, ZoomError, asked, backoff,
    oauth::Grant,
    pace::{Bucket, Pace},
    refusal::{self, Refusal},
    subscription::Rhythm,
    token::Tokens,
    transport::{Reply, Transport},
};

/// How often one call is tried when Zoom fails or asks to slow down.
const TRIES: u32 = 4;
/// Zoom's advice for light data.
const PAGE_SIZE: u16 = 300;

/// A client of one Zoom account. Cheap to clone; clones share token, pace and connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) page_size: u16,
    pub(crate) rhythm: Rhythm,
}

/// What the clones of a client share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) addresses: Addresses,
    transport: Transport,
    tokens: Tokens,
    pace: Pace,
    asked: asked::Counter,
    legacy: bool,
}

/// One question.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    url: Url,
    body: Option<Bytes>,
    bucket: Bucket,
    paged: bool,
    per_person: bool,
}

/// An answer and the time at which it was asked for.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) asked_at: DateTime<Utc>,
}

impl Client {
    /// A client that has asked nothing yet. `seed` feeds the jitter of its pauses.
    pub fn new(
        addresses: Addresses,
        credentials: Credentials,
        plan: Plan,
        clock: Clock,
        seed: u64,
    ) -> Result<Self, ZoomError> {
        let transport = Transport::new(&addresses, clock)?;
        let legacy = matches!(credentials, Credentials::LegacyJwt { .. });
        let grant = Grant { transport: transport.clone(), addresses: addresses.clone(), credentials };
        let (tokens, pace, asked) = (Tokens::new(grant), Pace::new(plan, seed), asked::Counter::default());
        let shared = Shared { addresses, transport, tokens, pace, asked, legacy };
        Ok(Self { shared: Arc::new(shared), page_size: PAGE_SIZE, rhythm: Rhythm::default() })
    }

    /// The same client with another page size for `GET /users` (1 to 2,000; Zoom advises 300).
    #[must_use]
    pub fn with_page_size(self, page_size: u16) -> Self {
        Self { page_size: page_size.clamp(1, 2_000), ..self }
    }

    /// The same client with another rhythm of its event subscription; see [`subscription::run`](crate::subscription::run).
    #[must_use]
    pub fn with_rhythm(self, rhythm: Rhythm) -> Self {
        Self { rhythm, ..self }
    }

    /// A token that is good for another minute at least: the check of the credentials.
    pub async fn token(&self) -> Result<Token, ZoomError> {
        self.shared.tokens.current().await
    }

    /// How often Zoom was asked, requests for tokens left out.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.all()
    }

    /// A token in place of one that was refused.
    pub(crate) async fn renewed(&self, refused: &Token) -> Result<Token, ZoomError> {
        self.shared.tokens.renew(refused).await
    }

    /// `pause` with this client's jitter.
    pub(crate) fn spread(&self, pause: Duration) -> Duration {
        self.shared.pace.jitter().spread(pause)
    }

    pub(crate) fn get(&self, bucket: Bucket, segments: &[&str]) -> Ask {
        Ask::new(Method::GET, self.shared.addresses.api_url(segments), bucket)
    }

    pub(crate) fn put(&self, bucket: Bucket, segments: &[&str]) -> Ask {
        Ask::new(Method::PUT, self.shared.addresses.api_url(segments), bucket)
    }

    /// Asks and reads the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        ask: Ask,
        lane: Lane,
    ) -> Result<Answer<T>, ZoomError> {
        let Answer { value, asked_at } = self.send(ask, lane).await?;
        let value = serde_json::from_slice(&value).map_err(|_| ZoomError::Unreadable)?;
        Ok(Answer { value, asked_at })
    }

    /// Asks, and gives the body as it came.
    pub(crate) async fn send(&self, ask: Ask, lane: Lane) -> Result<Answer<Bytes>, ZoomError> {
        // Without a token there is nothing to wait in a row for.
        let mut token = self.token().await?;
        let mut renewed = false;
        let mut failures = 0;
        loop {
            self.pass(&ask, lane).await?;
            // The row may have been long: the token may have ended meanwhile.
            if token.expires_at <= self.shared.transport.now() {
                token = self.token().await?;
            }
            let passing = match self.attempt(&ask, &token).await {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Token) if self.shared.legacy => return Err(ZoomError::JwtEnded),
                Err(Refusal::Token) if renewed => return Err(ZoomError::TokenRefused),
                Err(Refusal::Token) => {
                    renewed = true;
                    token = self.renewed(&token).await?;
                    continue;
                }
                Err(Refusal::Other(failure)) => failure,
            };
            failures += 1;
            if failures >= TRIES || ask.per_person {
                return Err(passing);
            }
            match passing {
                // The gate holds us back for as long as Zoom wants, or refuses when that is too long.
                ZoomError::PerSecondLimit { .. } => {}
                ZoomError::Server { .. } => tokio::time::sleep(self.spread(backoff::pause(failures))).await,
                other => return Err(other),
            }
        }
    }

    /// Waits for a place in the lane.
    async fn pass(&self, ask: &Ask, lane: Lane) -> Result<(), ZoomError> {
        let Shared { transport, pace, .. } = &*self.shared;
        pace.pass(ask.bucket, lane, || transport.now()).await
    }

    async fn attempt(&self, ask: &Ask, token: &Token) -> Result<Answer<Bytes>, Refusal> {
        let Shared { transport, pace, asked, .. } = &*self.shared;
        let asked_at = transport.now();
        let reply = transport.send(ask.request(token)).await;
        asked.count(ask.bucket, reply.as_ref().ok().map(|reply| reply.status.as_u16()));
        let reply = reply.map_err(Refusal::Other)?;
        transport.check_clock(&reply).map_err(Refusal::Other)?;
        let Reply { status, headers, .. } = &reply;
        pace.heed(ask.bucket, ask.per_person, *status, headers, transport.now()).map_err(Refusal::Other)?;
        let call = refusal::Call { bucket: ask.bucket, paged: ask.paged };
        match refusal::read(call, &reply) {
            Some(refusal) => Err(refusal),
            None => Ok(Answer { value: reply.body, asked_at }),
        }
    }
}

impl Ask {
    fn new(method: Method, url: Url, bucket: Bucket) -> Self {
        Self { method, url, body: None, bucket, paged: false, per_person: false }
    }

    /// Adds a query parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds the page token, if there is one.
    pub(crate) fn at_page(mut self, page: Option<&crate::PageToken>) -> Self {
        if let Some(page) = page {
            self.paged = true;
            self = self.with("next_page_token", page.as_str());
        }
        self
    }

    /// Sets a JSON body.
    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// Marks a call that Zoom limits for each person apart.
    pub(crate) fn per_person(mut self) -> Self {
        self.per_person = true;
        self
    }

    fn request(&self, token: &Token) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        let headers = request.headers_mut();
        let bearer = format!("Bearer {}", token.access.expose_secret());
        if let Ok(mut value) = header::HeaderValue::from_str(&bearer) {
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        headers.insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        if let Some(body) = &self.body {
            headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }
}
