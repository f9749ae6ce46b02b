//! The event subscription ends, or seems not to.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use rollcall_fake_zoom::{Dose, Mischief, Options};
use rollcall_model::{Clock, PersonId, PresenceState};
use rollcall_tests::{http, stage::Stage};
use rollcall_wire::{Failure, window::Why};
use rollcall_zoom::subscription::Rhythm;
use serde_json::Value;

use super::{Known, colleagues, moves, outage, restart_relay_after, served, until_well};

/// Zoom's rhythm, a hundred times as fast.
const QUICK: Rhythm = Rhythm { heartbeat: Duration::from_millis(300), silence: Duration::from_millis(450) };

async fn quick_stage() -> (Stage, Known) {
    let mut stage = Stage::without_relay(Options { people: 60, ..Options::default() }).await;
    stage.rhythm = QUICK;
    stage.start_relay().await;
    stage.until_synced().await;
    until_well(&stage).await;
    let known = Known::by(&stage);
    (stage, known)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_falls_silent_is_given_up_and_what_was_missed_is_asked_for() {
    let (stage, known) = quick_stage().await;
    moves(&stage, &known.person, "Available").await;

    stage.fake.mischief_on(Mischief::WsStall);
    stage.fake.set_presence(&known.person.id, "Do_Not_Disturb").unwrap();
    stage.until("the silence is told", || outage(&stage) == Some(Failure::ZoomUnreachable)).await;
    known.is_still_there(&stage);
    stage.fake.mischief_off(Mischief::WsStall);

    stage.until("news comes in", || stage.is_online()).await;
    let shown = || stage.row(&known.person.id).map(|row| row.presence.state);
    stage.until("what was missed is known", || shown() == Some(PresenceState::DoNotDisturb)).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_without_answers_to_heartbeats_is_made_anew() {
    let (stage, known) = quick_stage().await;
    let connected = served(&stage, "GET /ws");

    stage.fake.mischief_on(Mischief::WsNoHeartbeat);
    stage.until("the silence is told", || outage(&stage) == Some(Failure::ZoomUnreachable)).await;
    stage.until("it is made anew", || served(&stage, "GET /ws") > connected).await;
    stage.fake.mischief_off(Mischief::WsNoHeartbeat);

    until_well(&stage).await;
    moves(&stage, &known.person, "Busy").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_while_connected_is_followed_by_a_new_one() {
    let (clock, hand) = Clock::still(Clock::system().now());
    let mischief = vec![Mischief::ShortTokens, Mischief::WsCloseAtExpiry, Mischief::NoLimits];
    let stage = Stage::start_with(Options { people: 60, mischief, clock, ..Options::default() }).await;
    stage.until_synced().await;
    until_well(&stage).await;
    let expert = colleagues(&stage).remove(0);
    assert_eq!(served(&stage, "POST /oauth/token"), 1);

    hand.advance(TimeDelta::seconds(91));
    stage.until("a new socket is there", || served(&stage, "GET /ws") == 2).await;
    until_well(&stage).await;

    assert_eq!(served(&stage, "POST /oauth/token"), 2);
    stage.fake.mischief_on(Dose { mischief: Mischief::WsDrop, amount: 1.0 });
    stage.fake.set_presence(&expert.id, "Do_Not_Disturb").unwrap();
    hand.advance(TimeDelta::seconds(30));
    stage.engine.look(Why::Opened, vec![PersonId::new(&expert.id)]).await;
    let shown = || stage.row(&expert.id).map(|row| row.presence.state);
    stage.until("Zoom answers with the new token", || shown() == Some(PresenceState::DoNotDisturb)).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_another_takes_over_is_taken_back() {
    let stage = Stage::start(60).await;
    let known = Known::by(&stage);
    moves(&stage, &known.person, "Available").await;
    let connected = served(&stage, "GET /ws");

    let mut other = subscribe_as_another(&stage).await;
    stage.fake.set_presence(&known.person.id, "Do_Not_Disturb").unwrap();
    while let Some(Ok(_)) = other.next().await {}

    assert_eq!(served(&stage, "GET /ws"), connected + 2);
    let shown = || stage.row(&known.person.id).map(|row| row.presence.state);
    stage.until("what the other heard is asked for", || shown() == Some(PresenceState::DoNotDisturb)).await;
    until_well(&stage).await;
    stage.end().await;
}

/// A second program with the same app: it connects with a token of its own.
async fn subscribe_as_another(
    stage: &Stage,
) -> tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>> {
    let ready = stage.fake.ready();
    let asked = http()
        .post(format!("{}/oauth/token", ready.base))
        .basic_auth(&ready.client_id, Some(&ready.client_secret))
        .form(&[("grant_type", "account_credentials"), ("account_id", &ready.account_id)]);
    let granted: Value = asked.send().await.unwrap().json().await.unwrap();
    let token = granted["access_token"].as_str().unwrap();
    let url = format!("{}?subscriptionId={}&access_token={token}", ready.ws, ready.subscription_id);
    tokio_tungstenite::connect_async(url).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_zoom_does_not_know_is_told_as_such() {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);

    restart_relay_after(&mut stage, async |stage| stage.subscription_id = "nobodysSubscription00A".into())
        .await;
    stage.until("it is told", || outage(&stage) == Some(Failure::SubscriptionRefused)).await;

    known.is_still_there(&stage);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_no_delivery_can_fill_costs_one_connection_and_nothing_else() {
    let stage = Stage::start(60).await;
    let known = Known::by(&stage);
    let connected = served(&stage, "GET /ws");

    stage.fake.emit_raw(vec![b'x'; 3 << 20]);
    stage.until("a new socket is there", || served(&stage, "GET /ws") == connected + 1).await;

    until_well(&stage).await;
    moves(&stage, &known.person, "Busy").await;
    moves(&stage, &known.person, "Away").await;
    stage.end().await;
}
