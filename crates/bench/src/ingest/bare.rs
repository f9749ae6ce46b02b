//! The limit: a handler that verifies the signature, answers 204 and does nothing else.

use std::{io, net::Ipv4Addr};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use chrono::TimeDelta;
use rollcall_model::Clock;
use rollcall_zoom::webhook::{self, Secrets, Signed};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::net::TcpListener;

use super::Taken;
use crate::{
    cores::Cores,
    deliveries::Deliveries,
    failure::Failure,
    server::{Program, Server},
};

/// What the server is told; it is a process that only measurements start.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The secret token; it was made up a moment ago and is good for nothing else.
    #[arg(long)]
    secret: String,
}

/// What a server of this program prints when it serves.
#[derive(Debug, Deserialize)]
pub(crate) struct Ready {
    /// Where.
    pub(crate) at: std::net::SocketAddr,
}

/// Signatures may be so old, as at the relay.
const MAX_AGE: TimeDelta = TimeDelta::minutes(10);

type Known = State<&'static (Secrets, Clock)>;

/// Serves until it is killed.
pub(crate) async fn serve(options: &Options) -> Result<(), Failure> {
    let secrets = Secrets { current: SecretString::from(options.secret.clone()), previous: None };
    // One for the life of the process, which has no other purpose.
    let known: &'static _ = Box::leak(Box::new((secrets, Clock::system())));
    let app = Router::new().route("/zoom/webhook", post(receive)).with_state(known);
    announced(app).await.map_err(Failure::system("the bare handler"))
}

/// Opens a port, prints where, and serves there.
#[expect(clippy::print_stdout, reason = "this line is what the measurement waits for")]
pub(crate) async fn announced(app: Router) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", serde_json::json!({ "at": listener.local_addr()? }));
    axum::serve(listener, app).await
}

/// Measures it.
pub(super) async fn measure(
    options: &super::Options,
    cores: &Cores,
    made: &Deliveries,
) -> Result<Taken, Failure> {
    let program =
        Program::own("the bare handler", &["bare", "--secret", made.secrets.current.expose_secret()])?;
    let (server, ready): (_, Ready) = Server::announced(&program, cores).await?;
    let taken = Taken::by(&server, options.load(ready.at, "/zoom/webhook", made)).await?;
    server.end().await?;
    Ok(taken)
}

async fn receive(State((secrets, clock)): Known, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = Signed {
        signature: header("x-zm-signature"),
        timestamp: header("x-zm-request-timestamp"),
        body: &body,
    };
    match webhook::verify(signed, secrets, clock.now(), MAX_AGE) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}
