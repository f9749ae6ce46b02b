//! A peer: nginx with Debian's nchan module.

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
    house,
    line::post,
    peers,
    server::{Program, Server, free_port},
    stopwatch::Stopwatch,
};

/// Where Debian puts the module.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// Each event a message, and in the relay's frames.
pub(super) async fn measure(cores: &Cores, desks: usize, said: &Said) -> Result<(Round, Round), Failure> {
    let nginx = peers::executable("nginx")?;
    if !std::path::Path::new(MODULE).is_file() {
        return Err(Failure::NotInstalled("libnginx-mod-nchan"));
    }
    let (folder, at) = (house::folder()?, free_port()?);
    let home = folder.path().display().to_string();
    let file = folder.path().join("nginx.conf");
    peers::written("nginx.conf", &[("PORT", &at.port().to_string()), ("HOME", &home)], &file)?;
    let args = ["-p", &home, "-c", &file.display().to_string()].map(Into::into).to_vec();
    let server = Server::silent(&Program { name: "nginx", path: nginx, args }, cores, at).await?;
    let plan = Plan {
        at,
        desks,
        path: "/stream".to_owned(),
        heads: Vec::new(),
        talk: Talk::Frames,
        origin: Stopwatch::start(),
    };
    let mut stage = Stage::set(server, plan).await?;
    let one = play(&mut stage, at, &said.each, said.pace).await?;
    let gathered = play(&mut stage, at, &said.frames, TICK).await?;
    stage.strike().await?;
    Ok((one, gathered))
}

async fn play(stage: &mut Stage, at: SocketAddr, pieces: &[Piece], pace: Duration) -> Result<Round, Failure> {
    let requests = pieces.iter().map(|piece| post("/publish", "", &piece.bytes)).collect();
    let publisher = Publisher { at, way: Way::Http, requests: Arc::new(requests), pace };
    let played = stage.play(&publisher).await?;
    Ok(Round::of_pieces((stage.desks(), stage.idle_kib), pieces, &played))
}
