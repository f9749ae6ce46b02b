//! Many desks at one door.

use rollcall_model::Seq;
use rollcall_wire::{relay::SnapshotLine, session::Role};

use super::{Door, House, touched};

/// What this process takes of the machine's memory, in KiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Desks that have taken a large frame and wait, as sockets that keep nothing at this end.
#[cfg(target_os = "linux")]
async fn at_rest(door: &Door, count: usize, wanted: usize) -> Vec<tokio::net::TcpStream> {
    use rollcall_wire::relay::Way;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut desks = Vec::new();
    let mut read = vec![0; 64 << 10];
    for _ in 0..count {
        let mut desk = tokio::net::TcpStream::connect(&door.at).await.unwrap();
        let request = format!(
            "GET /v1/stream?since=0 HTTP/1.1\r\nhost: relay\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: {}\r\n\r\n",
            Way::Plain.name(),
        );
        desk.write_all(request.as_bytes()).await.unwrap();
        let mut came = 0;
        while came < wanted {
            came += desk.read(&mut read).await.unwrap();
        }
        desks.push(desk);
    }
    desks
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_desk_at_rest_takes_little_memory_even_after_a_large_frame() {
    let house = House::new().await;
    let door = house.door(Role::Supervisor, None).await;
    house.hear((0..1_000).map(|n| touched(&n.to_string()))).await;
    // Some bytes of the frames, so that all of them have left.
    let wanted = 80_000;
    let warm = at_rest(&door, 50, wanted).await;

    let before = resident();
    let desks = at_rest(&door, 350, wanted).await;
    let each = resident().saturating_sub(before) / desks.len() as u64;

    assert!(each < 20, "{each} KiB a desk");
    drop(warm);
}

#[tokio::test]
async fn desks_that_come_at_once_share_one_snapshot() {
    let house = House::new().await;
    house.hear((0..1_500).map(|n| touched(&n.to_string()))).await;
    let (door, agent) = (house.door(Role::Supervisor, None).await, house.door(Role::Agent, Some("7")).await);

    let first = door.snapshot().await;
    house.hear([touched("late")]).await;
    let (second, third) = (door.snapshot().await, agent.snapshot().await);

    let head = |lines: &[SnapshotLine]| match &lines[0] {
        SnapshotLine::Head { seq, people, .. } => (*seq, *people),
        other => panic!("{other:?}"),
    };
    assert_eq!(head(&first), (Seq(1_500), 1_500));
    assert_eq!((first.len(), first.last()), (1_502, Some(&SnapshotLine::End)));
    assert_eq!((head(&second), head(&third)), (head(&first), head(&first)));
}
