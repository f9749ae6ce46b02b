//! A peer: the receiver of Zoom's own SDK, with a handler that does nothing.

use secrecy::ExposeSecret as _;

use super::Taken;
use crate::{
    cores::Cores,
    deliveries::Deliveries,
    failure::Failure,
    peers,
    server::{Program, Server, free_port},
};

/// The path at which Rivet listens.
const PATH: &str = "/zoom/events";

/// Measures it with the first of the deliveries.
pub(super) async fn measure(
    options: &super::Options,
    cores: &Cores,
    made: &Deliveries,
) -> Result<Taken, Failure> {
    let (node, script) = (peers::executable("node")?, peers::file("rivet.mjs")?);
    let sdk = peers::root().join("tests/rivet/node_modules/@zoom/rivet/users/users.mjs");
    if !sdk.is_file() {
        return Err(Failure::NotInstalled("@zoom/rivet (npm --prefix tests/rivet ci)"));
    }
    let at = free_port()?;
    let secret = made.secrets.current.expose_secret();
    let args = vec![script.into(), at.port().to_string().into(), secret.into(), sdk.into()];
    let server = Server::silent(&Program { name: "Rivet", path: node, args }, cores, at).await?;
    let mut load = options.load(at, PATH, made);
    (load.enough, load.warm_up) = (options.rivet_events, options.rivet_events / super::WARM_UP);
    let taken = Taken::by(&server, load).await?;
    server.end().await?;
    Ok(taken)
}
