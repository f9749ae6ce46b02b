//! A peer: Debian's NATS server, its subscribers over WebSocket.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use super::{
    publish::{Publisher, Way},
    ready::TICK,
    round::Round,
    said::{Piece, Said},
    stage::Stage,
};
use crate::{
    cores::Cores,
    crowd::{Plan, Talk},
    failure::Failure,
    house, peers,
    server::{Program, Server, free_port},
    stopwatch::Stopwatch,
};

/// Each event a message, and in the relay's frames.
pub(super) async fn measure(cores: &Cores, desks: usize, said: &Said) -> Result<(Round, Round), Failure> {
    let nats = peers::executable("nats-server")?;
    let (folder, clients, at) = (house::folder()?, free_port()?, free_port()?);
    let file = folder.path().join("nats.conf");
    let ports = [("PORT", clients.port().to_string()), ("WEBSOCKET", at.port().to_string())];
    peers::written("nats.conf", &ports.each_ref().map(|(word, port)| (*word, port.as_str())), &file)?;
    let args = vec!["-c".into(), file.into()];
    let server = Server::silent(&Program { name: "NATS", path: nats, args }, cores, at).await?;
    let plan = Plan {
        at,
        desks,
        path: "/".to_owned(),
        heads: Vec::new(),
        talk: Talk::Nats,
        origin: Stopwatch::start(),
    };
    let mut stage = Stage::set(server, plan).await?;
    let one = play(&mut stage, clients, &said.each, said.pace).await?;
    let gathered = play(&mut stage, clients, &said.frames, TICK).await?;
    stage.strike().await?;
    Ok((one, gathered))
}

async fn play(stage: &mut Stage, at: SocketAddr, pieces: &[Piece], pace: Duration) -> Result<Round, Failure> {
    let requests = pieces.iter().map(|piece| publication(&piece.bytes)).collect();
    let publisher = Publisher { at, way: Way::Stream, requests: Arc::new(requests), pace };
    let played = stage.play(&publisher).await?;
    Ok(Round::of_pieces((stage.desks(), stage.idle_kib), pieces, &played))
}

fn publication(message: &[u8]) -> Vec<u8> {
    let mut line = format!("PUB events {}\r\n", message.len()).into_bytes();
    line.extend_from_slice(message);
    line.extend_from_slice(b"\r\n");
    line
}
