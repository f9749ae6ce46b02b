//! One HTTP exchange: bounded in time and size, on the host that was asked, by a clock that is right.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{
    Request, Response, StatusCode, Url,
    header::{DATE, HeaderMap, LOCATION},
    redirect::Policy,
};
use rollcall_model::Clock;
use rustls_platform_verifier::ConfigVerifierExt;

use crate::{Addresses, ZoomError};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The longest reply that is read: a page of 2,000 users is about 4 MiB.
const LONGEST_REPLY: usize = 16 << 20;
/// How far this machine's clock may be off before nothing that it dates can be trusted.
const CLOCK_MAY_BE_OFF: TimeDelta = TimeDelta::minutes(5);

/// The wire to Zoom.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    clock: Clock,
}

/// A reply, whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Transport {
    /// A wire to these addresses. A fake on this machine is reached directly, whatever proxy the system
    /// names.
    pub(crate) fn new(addresses: &Addresses, clock: Clock) -> Result<Self, ZoomError> {
        install_tls();
        let builder = reqwest::Client::builder();
        let builder = if addresses.are_loopback() { builder.no_proxy() } else { builder };
        let http = builder
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| ZoomError::NoTls)?;
        Ok(Self { http, clock })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends a request and reads the reply. A 307 or 308 to the same origin is followed once, with all
    /// headers; any other redirect would carry the token somewhere else and is refused.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, ZoomError> {
        let again = request.try_clone();
        let asked = request.url().clone();
        let mut response = self.http.execute(request).await.map_err(|failure| unsent(&failure))?;
        if response.status().is_redirection() {
            let status = response.status().as_u16();
            let target = same_origin_target(&asked, &response).ok_or(ZoomError::Redirected { status })?;
            let mut request = again.ok_or(ZoomError::Redirected { status })?;
            *request.url_mut() = target;
            response = self.http.execute(request).await.map_err(|failure| unsent(&failure))?;
            if response.status().is_redirection() {
                return Err(ZoomError::Redirected { status: response.status().as_u16() });
            }
        }
        read(response).await
    }

    /// Refuses a reply whose `Date` is far from this machine's clock: what is dated by that clock would
    /// win over, or lose against, everything that Zoom dates.
    pub(crate) fn check_clock(&self, reply: &Reply) -> Result<(), ZoomError> {
        let Some(theirs) = date(&reply.headers) else {
            return Ok(());
        };
        let ahead = self.now() - theirs;
        if ahead.abs() > CLOCK_MAY_BE_OFF {
            return Err(ZoomError::ClockWrong { ahead_secs: ahead.num_seconds() });
        }
        Ok(())
    }
}

/// Makes sure that TLS has a provider; a program that chose one before keeps it.
fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Losing a race against another thread leaves a provider in place as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// TLS that trusts what this machine trusts, as the REST calls do; nothing when there is no such trust.
pub(crate) fn system_tls() -> Option<Arc<rustls::ClientConfig>> {
    install_tls();
    rustls::ClientConfig::with_platform_verifier().map(Arc::new).ok()
}

fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(text).ok().map(DateTime::from)
}

fn same_origin_target(asked: &Url, response: &Response) -> Option<Url> {
    let keeps_method =
        matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let target = asked.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    (keeps_method && target.origin() == asked.origin()).then_some(target)
}

async fn read(mut response: Response) -> Result<Reply, ZoomError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|failure| unsent(&failure))? {
        if body.len() + chunk.len() > LONGEST_REPLY {
            return Err(ZoomError::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status: response.status(), headers: response.headers().clone(), body: body.freeze() })
}

fn unsent(failure: &reqwest::Error) -> ZoomError {
    if failure.is_timeout() { ZoomError::TimedOut } else { ZoomError::Unreachable }
}
