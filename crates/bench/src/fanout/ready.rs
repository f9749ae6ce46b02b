//! The limit: a server that writes each frame, which comes ready, to every socket and does nothing else.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use tokio::sync::broadcast;

use super::{
    publish::{Publisher, Way},
    round::Round,
    said::Piece,
    stage::Stage,
};
use crate::{
    cores::Cores,
    crowd::{Plan, Talk},
    failure::Failure,
    ingest,
    line::post as request,
    server::{Program, Server},
    stopwatch::Stopwatch,
};

/// How many frames a socket may be behind, as at the relay.
const RING: usize = 128;
/// Buffers of a socket: what comes is small, and what goes is ready.
const BUFFER: usize = 4 * 1_024;
/// The relay's tick.
pub(super) const TICK: Duration = Duration::from_millis(50);

type Frames = State<broadcast::Sender<Bytes>>;

/// Serves until it is killed.
pub(crate) async fn serve() -> Result<(), Failure> {
    let frames = broadcast::Sender::<Bytes>::new(RING);
    let app = Router::new().route("/publish", post(publish)).route("/stream", get(stream)).with_state(frames);
    ingest::announced(app).await.map_err(Failure::system("the server of ready frames"))
}

/// Measures it.
pub(super) async fn measure(cores: &Cores, desks: usize, frames: &[Piece]) -> Result<Round, Failure> {
    let program = Program::own("the server of ready frames", &["ready"])?;
    let (server, ready): (_, ingest::Ready) = Server::announced(&program, cores).await?;
    let plan = Plan {
        at: ready.at,
        desks,
        path: "/stream".to_owned(),
        heads: Vec::new(),
        talk: Talk::Frames,
        origin: Stopwatch::start(),
    };
    let mut stage = Stage::set(server, plan).await?;
    let publisher = Publisher {
        at: ready.at,
        way: Way::Http,
        requests: Arc::new(frames.iter().map(|frame| request("/publish", "", &frame.bytes)).collect()),
        pace: TICK,
    };
    let played = stage.play(&publisher).await?;
    let round = Round::of_pieces((desks, stage.idle_kib), frames, &played);
    stage.strike().await?;
    Ok(round)
}

async fn publish(State(frames): Frames, frame: Bytes) -> StatusCode {
    // Without a socket there is nobody to write to.
    let _ = frames.send(frame);
    StatusCode::NO_CONTENT
}

async fn stream(State(frames): Frames, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(0);
    upgrade.on_upgrade(move |socket| pass_on(socket, frames.subscribe()))
}

async fn pass_on(mut socket: WebSocket, mut frames: broadcast::Receiver<Bytes>) {
    loop {
        tokio::select! {
            biased;
            frame = frames.recv() => {
                let Ok(frame) = frame else { return };
                if socket.send(Message::Binary(frame)).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => if !matches!(heard, Some(Ok(_))) { return },
        }
    }
}
