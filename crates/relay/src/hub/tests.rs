//! The fan-out over a real ledger.

use rollcall_model::{Event, PersonFact, PersonId, PersonReport};
use rollcall_wire::{
    Failure,
    relay::{Progress, Way, ZoomLink},
};

use uuid::Uuid;

use super::*;
use crate::ledger::{Arrival, Keys};

fn event() -> Event {
    let id = PersonId::new("ada");
    Event::Person(PersonReport { id, as_of: DateTime::UNIX_EPOCH, fact: PersonFact::Touched })
}

fn logged(seq: u64) -> Logged {
    Logged { seq: Seq(seq), event: event() }
}

/// A relay's core over a real file, and the way to its fan-out.
async fn fanning(folder: &std::path::Path) -> (Arc<Core>, mpsc::Sender<Vec<Logged>>) {
    let core = Arc::new(crate::core::tests::idle(folder).await);
    let (sender, committed) = mpsc::channel(8);
    tokio::spawn(fan_out(core.clone(), committed, core.state.watch()));
    (core, sender)
}

fn span(beat: &Beat) -> (u64, u64) {
    match beat {
        Beat::Events(cut) => (cut.first().0, cut.last().0),
        other => panic!("{other:?}"),
    }
}

fn frame(ready: &Ready) -> Frame {
    let plain = ready.told(Way::Plain);
    let head = if plain[1] < 126 { 2 } else { 4 };
    serde_json::from_slice(&plain[head..]).unwrap()
}

#[tokio::test]
async fn the_first_event_after_a_quiet_moment_leaves_at_once_and_later_ones_wait_for_the_tick() {
    let folder = tempfile::tempdir().unwrap();
    let (core, sender) = fanning(folder.path()).await;
    let mut socket = core.hub.listen();
    tokio::time::pause();
    let begun = Instant::now();

    sender.send(vec![logged(1)]).await.unwrap();
    assert_eq!(span(&socket.recv().await.unwrap()), (1, 1));
    assert!(begun.elapsed() < Duration::from_millis(5), "{:?}", begun.elapsed());

    sender.send(vec![logged(2)]).await.unwrap();
    sender.send(vec![logged(3)]).await.unwrap();
    assert_eq!(span(&socket.recv().await.unwrap()), (2, 3));
    assert!((TICK..2 * TICK).contains(&begun.elapsed()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_heartbeat_leaves_every_few_seconds_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let (core, sender) = fanning(folder.path()).await;
    let mut socket = core.hub.listen();
    tokio::time::pause();
    let busy = tokio::spawn(async move {
        for seq in 1.. {
            tokio::time::sleep(TICK).await;
            sender.send(vec![logged(seq)]).await.unwrap();
        }
    });

    let begun = Instant::now();
    let ready = loop {
        if let Beat::Heartbeat(ready) = socket.recv().await.unwrap() {
            break ready;
        }
    };

    assert!(matches!(frame(&ready), Frame::Heartbeat { .. }));
    assert!(begun.elapsed() <= HEARTBEAT + TICK, "{:?}", begun.elapsed());
    busy.abort();
}

#[test]
fn many_events_leave_in_frames_of_bounded_size_without_a_gap() {
    let hub = Hub::new("log", Seq::START);
    let mut socket = hub.listen();
    let mut waiting: Vec<Logged> = (1..=2_500).chain([2_600, 2_601]).map(logged).collect();

    hub.tell_events(&mut waiting);

    let spans: Vec<_> = std::iter::from_fn(|| socket.try_recv().ok()).map(|beat| span(&beat)).collect();
    assert_eq!(spans, [(1, 1_000), (1_001, 2_000), (2_001, 2_500), (2_600, 2_601)]);
}

#[test]
fn all_sockets_share_one_encoding() {
    let hub = Hub::new("log", Seq::START);
    let (mut one, mut other) = (hub.listen(), hub.listen());

    hub.tell_events(&mut vec![logged(1)]);

    let bytes = |beat: Beat, view: &View| match beat {
        Beat::Events(cut) => hub.told(&cut, view, cut.first()).told(Way::Packed).clone(),
        other => panic!("{other:?}"),
    };
    let agent = View::Agent(Some(PersonId::new("bo")));
    let (one, other) =
        (bytes(one.try_recv().unwrap(), &View::Admin), bytes(other.try_recv().unwrap(), &agent));
    assert_eq!(one.as_ptr(), other.as_ptr());
}

#[test]
fn what_is_wrong_with_the_relay_is_told_to_admins_only() {
    let hub = Hub::new("log", Seq::START);
    let (mut socket, mut known) = (hub.listen(), None);
    let state = |failures: &[Failure]| RelayState {
        zoom: ZoomLink::Connecting,
        directory: Progress::default(),
        repair: None,
        failures: failures.to_vec(),
    };

    hub.tell_state(state(&[Failure::WrongClient]), &mut known);
    hub.tell_state(state(&[]), &mut known);

    let mut told = || match socket.try_recv().unwrap() {
        Beat::State(told) => (frame(&told.admins), told.others.as_ref().map(frame)),
        other => panic!("{other:?}"),
    };
    let frame = |failures| Frame::State { state: state(failures) };
    assert_eq!(told(), (frame(&[Failure::WrongClient]), Some(frame(&[]))));
    assert_eq!(told(), (frame(&[]), None), "nothing that others do not know");
}

#[tokio::test]
async fn a_relay_that_comes_back_has_the_last_events_as_frames() {
    let folder = tempfile::tempdir().unwrap();
    let core = crate::core::tests::idle(folder.path()).await;
    let arrival = Arrival { keys: Keys::NONE, events: vec![event(); 1_250] };
    core.ledger.append(Uuid::new_v4(), &[arrival], DateTime::UNIX_EPOCH).await.unwrap();
    let hub = Hub::new("log", Seq(1_250));

    hub.remember(&core).await.unwrap();

    assert!(hub.remembers_after(Seq::START) && hub.remembers_after(Seq(1_249)));
    assert!(!hub.remembers_after(Seq(1_250)));
    assert!(hub.ring.holding(Seq(777)).unwrap().holds(Seq(777)));
}

#[tokio::test]
async fn what_the_last_frames_do_not_have_is_read_once_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let core = crate::core::tests::idle(folder.path()).await;
    let arrival = Arrival { keys: Keys::NONE, events: vec![event(); 2_100] };
    let appended = core.ledger.append(Uuid::new_v4(), &[arrival], DateTime::UNIX_EPOCH).await.unwrap();
    core.fold.apply(&appended.logged);

    let first = core.hub.holding(Seq(1_500), &core).await.unwrap().unwrap();
    let again = core.hub.holding(Seq(1_001), &core).await.unwrap().unwrap();
    let newest = core.hub.holding(Seq(2_050), &core).await.unwrap().unwrap();

    assert_eq!((first.first(), first.last()), (Seq(1_001), Seq(2_000)));
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!((newest.first(), newest.last()), (Seq(2_050), Seq(2_100)));
    assert!(core.hub.holding(Seq(2_101), &core).await.unwrap().is_none());
}
