//! Deliveries that are no events, come twice, or speak in another spelling.

use rollcall_fake_zoom::{Dose, Mischief};
use rollcall_model::{PersonId, PresenceState, Source};
use rollcall_relay::Counts;
use rollcall_tests::stage::Stage;
use serde_json::json;

use super::{Known, colleagues, restart_relay_after, served, until_well};

const WORDS: [&str; 4] = ["Away", "Busy", "Available", "Do_Not_Disturb"];

fn counts(stage: &Stage) -> Counts {
    stage.relay.as_ref().unwrap().counts()
}

/// Deliveries that could be read.
fn readable(counts: &Counts) -> u64 {
    counts.deliveries - counts.malformed - counts.unknown
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_storm_of_nonsense_every_event_arrives_and_the_nonsense_is_counted() {
    let stage = Stage::start(60).await;
    until_well(&stage).await;
    let people = colleagues(&stage);
    for (mischief, amount) in [
        (Mischief::MalformedEvents, 0.4),
        (Mischief::TruncatedEvents, 0.4),
        (Mischief::UnknownEvents, 0.4),
        (Mischief::OversizedEvents, 0.05),
    ] {
        stage.fake.mischief_on(Dose { mischief, amount });
    }
    let (before, connected) = (readable(&counts(&stage)), served(&stage, "GET /ws"));

    let mut sent = 0;
    for word in WORDS.iter().cycle().take(24) {
        for person in &people {
            sent += u64::from(stage.fake.person(&person.id).unwrap().presence != *word);
            stage.fake.set_presence(&person.id, word).unwrap();
        }
        tokio::task::yield_now().await;
    }
    stage.until("every event was read", || readable(&counts(&stage)) == before + sent).await;

    let last = PresenceState::from_zoom(WORDS[3]);
    let shows_last = |id: &str| stage.row(id).is_some_and(|row| row.presence.state == last);
    stage.until("every row shows the last", || people.iter().all(|person| shows_last(&person.id))).await;
    let counted = counts(&stage);
    assert!(sent > 500 && counted.malformed > 300 && counted.unknown > 150, "{sent} sent, {counted:?}");
    assert_eq!((counted.repeats, served(&stage, "GET /ws")), (0, connected), "the stream never stopped");
    only_shapes_are_kept(&stage).await;
    stage.end().await;
}

/// The first hundred are kept, with nothing in them that is about anybody.
async fn only_shapes_are_kept(stage: &Stage) {
    let kept = stage.relay.as_ref().unwrap().oddities().await.unwrap();
    assert_eq!(kept.len(), 100);
    for person in stage.fake.people() {
        for secret in [Some(person.id), Some(person.email), Some(person.name), person.number].iter().flatten()
        {
            assert!(kept.iter().all(|oddity| !oddity.shape.contains(secret.as_str())), "{secret} is kept");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_too_long_for_the_connection_is_counted_and_news_goes_on() {
    let stage = Stage::start(60).await;
    until_well(&stage).await;
    let person = colleagues(&stage).remove(0);
    let before = counts(&stage).malformed;

    stage.fake.emit_raw("x".repeat(3 << 20));
    stage.until("it is counted", || counts(&stage).malformed == before + 1).await;

    let kept = stage.relay.as_ref().unwrap().oddities().await.unwrap();
    assert!(kept.iter().any(|oddity| oddity.bytes > 3 << 20), "{kept:?}");
    until_well(&stage).await;
    super::moves(&stage, &person, "Do_Not_Disturb").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_again_is_one_event() {
    let stage = Stage::start(60).await;
    until_well(&stage).await;
    let person = colleagues(&stage).remove(0);
    let before = counts(&stage);
    let at = stage.now();
    let body = json!({
        "event": "user.presence_status_updated",
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": "acc", "object": {
            "date-time": at.to_rfc3339(), "id": person.id, "presence_status": "In_A_Zoom_Meeting",
        }},
    });

    for _ in 0..5 {
        stage.fake.emit_raw(body.to_string());
    }
    stage.until("all five were taken in", || counts(&stage).deliveries == before.deliveries + 5).await;
    stage.until("four were recognised", || counts(&stage).repeats == before.repeats + 4).await;

    let shown = || stage.row(&person.id).map(|row| row.presence.state);
    stage.until("the meeting is shown", || shown() == Some(PresenceState::InMeeting)).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_spellings_of_a_presence_mean_the_same() {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);
    let id = PersonId::new(&known.person.id);
    super::moves(&stage, &known.person, "In_Meeting").await;
    let heard = stage.engine.person(&id).unwrap();

    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(Mischief::PresenceSpellingB)).await;
    let source = || stage.row(&known.person.id).and_then(|row| row.presence.source);
    stage.until("it was asked for", || source() == Some(Source::Asked)).await;
    let asked = stage.engine.person(&id).unwrap();

    assert_eq!(asked.row.presence.state, PresenceState::InMeeting);
    assert_ne!(asked.raw_presence, heard.raw_presence);
    stage.end().await;
}
