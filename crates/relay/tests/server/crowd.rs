//! Ten thousand desks come back in the same second.

use std::process::Command;

use futures_util::StreamExt as _;
use rollcall_wire::relay::{Frame, Resume};
use tempfile::tempdir;
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    admin::invite,
    cluster::Nodes,
    load::{At, Load, PAUSE, request},
    process::{PATIENCE, until},
    roles::know,
};

/// How many come back.
const DESKS: usize = 10_000;
/// A process may have so many files open beside a socket for each.
const FILES: usize = DESKS + 1_000;
/// How many events there are when they come: most of them were heard before.
const BEFORE: usize = 200;
/// So many of those every desk has missed.
const MISSED: u64 = 50;
/// What one more desk costs at most while it comes, in bytes, without optimisation and with what its socket holds.
const FOR_EACH: u64 = 64 << 10;
/// And what everything else does.
const BESIDE: u64 = 192 << 20;

/// Lets this process, and those that it begins, have so many files open; nothing where it may not.
fn raise_limit() -> Option<()> {
    let own = std::process::id().to_string();
    let wanted = format!("--nofile={FILES}:");
    let raised = Command::new("prlimit").args(["--pid", &own, &wanted]).status();
    raised.is_ok_and(|status| status.success()).then_some(())
}

/// A desk that comes from this position, as soon as it is let in, until it has heard as much as is said in the end.
async fn come_back(base: String, token: String, since: u64, enough: watch::Receiver<u64>) {
    let address = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let small = WebSocketConfig::default().read_buffer_size(2_048);
    let mut socket: WebSocketStream<TcpStream> = loop {
        let come = async {
            let stream = TcpStream::connect(&address).await.ok()?;
            client_async_with_config(request(&base, &token, since), stream, Some(small)).await.ok()
        };
        match come.await {
            Some((socket, _)) => break socket,
            None => sleep(PAUSE).await,
        }
    };
    let mut known = since;
    while known < *enough.borrow() {
        let Message::Text(text) = socket.next().await.unwrap().unwrap() else { continue };
        match serde_json::from_str(&text).unwrap() {
            Frame::Hello { resume, .. } => assert_eq!(resume, Resume::Tail),
            Frame::Events { events } => {
                for logged in events {
                    assert_eq!(logged.seq.0, known + 1, "a hole or a repeat");
                    known = logged.seq.0;
                }
            }
            Frame::Bye { why } => panic!("sent away: {why:?}"),
            Frame::State { .. } | Frame::Heartbeat { .. } | Frame::Waited { .. } => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_desks_that_come_back_at_once_hear_what_they_missed_and_deliveries_go_on() {
    let Some(()) = raise_limit() else {
        return eprintln!("skipped: a process may not have {FILES} files open here");
    };
    let nodes = Nodes::alone(tempdir().unwrap()).await;
    let before = Load::on(&nodes, [At::Node(0)]);
    before.until_answered(BEFORE).await;
    // In the end the node is killed and comes back: nothing is in its memory that it does not read again.
    let answered = before.end().await as u64;
    let load = Load::on(&nodes, []);
    let relay = nodes.node(0).unwrap();
    // As a rule the directory knows who a desk's person is.
    know(&relay, "ada").await;
    until("she is known", async || relay.get("v1/people/ada").await.status() == 200).await;
    let store = ["--data".into(), nodes.folder().into()];
    let token = relay.redeem(&invite(&store, "ada@example.org", "agent").await).await;
    let enough = watch::Sender::new(u64::MAX);

    let begun = Instant::now();
    let mut desks = JoinSet::new();
    for _ in 0..DESKS {
        let desk = come_back(relay.base.clone(), token.clone(), answered - MISSED, enough.subscribe());
        desks.spawn(desk);
    }
    let all = f64::from(u32::try_from(DESKS).unwrap());
    for part in [0.5, 1.0] {
        until("all desks are there", async || {
            relay.figure("rollcall_desks{organisation=\"main\"}").await >= Some(all * part)
        })
        .await;
    }
    let back = begun.elapsed();
    let head = async || relay.figure("rollcall_log_head{organisation=\"main\"}").await.unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    enough.send_replace(head().await as u64);
    timeout(PATIENCE, desks.join_all()).await.expect("every desk hears everything");

    eprintln!(
        "{DESKS} desks were back after {back:?}, with at most {} KiB in all",
        relay.peak_memory() >> 10
    );
    assert!(relay.peak_memory() < BESIDE + FOR_EACH * DESKS as u64, "{} bytes", relay.peak_memory());
    load.until_answered(20).await;
    load.end().await;
}
