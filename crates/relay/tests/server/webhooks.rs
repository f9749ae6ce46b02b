use rollcall_fake_zoom::{FakeZoom, Mischief, Options as FakeOptions};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{
    delivery::{Delivery, hmac, presence},
    process::{ACCOUNT, Relay, SECRET, until},
};

#[tokio::test]
async fn what_was_answered_is_in_the_log() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;

    assert_eq!(relay.deliver(&Delivery::presence("ada", "Busy")).await, 204);

    relay.until_known("ada", "Busy").await;
    let ended = relay.end().await;
    assert!(ended.status.success(), "{}", ended.log);
    let again = Relay::of(&data, &[]).await;
    assert_eq!(again.presences().await["ada"], "Busy");
}

#[tokio::test]
async fn what_zoom_did_not_sign_is_refused() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let body = presence(ACCOUNT, "ada", "Busy");
    let mut other_body = Delivery::of(body.clone());
    other_body.body.push(' ');
    let mut cut = Delivery::of(body.clone());
    cut.headers[2].1.truncate(30);

    let refused = [
        Delivery::unsigned(body.clone()),
        Delivery::signed(body.clone(), "another-secret", 0),
        Delivery::signed(presence("another-account", "ada", "Busy"), SECRET, 0),
        Delivery::signed(body.clone(), SECRET, 700),
        Delivery::unsigned(body.clone()).with("authorization", SECRET),
        other_body,
        cut,
    ];
    for delivery in refused {
        assert_eq!(relay.deliver(&delivery).await, 401, "{delivery:?}");
    }
    assert!(relay.presences().await.is_empty());
    assert_eq!(relay.figure("rollcall_deliveries_refused_total{reason=\"too_old\"}").await, Some(1.0));
    assert_eq!(relay.figure("rollcall_deliveries_refused_total{reason=\"not_ours\"}").await, Some(5.0));
    assert_eq!(relay.deliver(&Delivery::signed(body, SECRET, 500)).await, 204);
}

#[tokio::test]
async fn a_signature_from_the_future_is_our_clocks_fault_and_comes_again() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let early = Delivery::signed(presence(ACCOUNT, "ada", "Busy"), SECRET, -700);

    let answer = relay.deliver_at("zoom/webhook", &early).await;

    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn zoom_itself_finds_the_address_good_and_its_events_arrive() {
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 30, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let ready = zoom.ready().clone();
    let relay = Relay::beside(&zoom, &data).await;

    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await.unwrap();
    zoom.add_webhook(&format!("{}zoom/webhook/main", relay.base)).await.unwrap();
    zoom.mischief_on(Mischief::WebhookDuplicate);
    zoom.set_presence(&ready.agent_user_id, "Presenting").unwrap();

    let agent = ready.agent_user_id.as_str();
    until("it is heard", async || {
        relay.presences().await.get(agent).is_some_and(|word| word == "Presenting")
    })
    .await;
    until("the copies came", async || {
        relay.figure("rollcall_deliveries_repeated_total{organisation=\"main\"}").await >= Some(2.0)
    })
    .await;
    zoom.stop().await;
}

#[tokio::test]
async fn a_test_of_the_address_is_answered_with_the_secret_that_signed_it_and_not_to_strangers() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &["--webhook-secret-previous", "the-old-secret"]).await;
    let body =
        json!({ "event": "endpoint.url_validation", "payload": { "plainToken": "plain" }, "event_ts": 1 });

    for secret in [SECRET, "the-old-secret"] {
        let answer = relay.deliver_at("zoom/webhook", &Delivery::signed(body.to_string(), secret, 0)).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer, json!({ "plainToken": "plain", "encryptedToken": hmac(secret, "plain") }));
    }
    for stranger in [
        Delivery::unsigned(body.to_string()),
        Delivery::signed(body.to_string(), "another-secret", 0),
        Delivery::signed(body.to_string(), SECRET, 700),
    ] {
        assert_eq!(relay.deliver(&stranger).await, 401);
    }
}

#[tokio::test]
async fn while_the_secret_is_changed_both_are_good_and_afterwards_only_the_new_one() {
    let data = tempdir().unwrap();
    let signed = |person: &str, secret: &str| Delivery::signed(presence(ACCOUNT, person, "Busy"), secret, 0);
    let relay = Relay::of(&data, &["--webhook-secret-previous", "the-old-secret"]).await;
    assert_eq!(relay.deliver(&signed("ada", SECRET)).await, 204);
    assert_eq!(relay.deliver(&signed("bo", "the-old-secret")).await, 204);
    relay.end().await;

    let relay = Relay::of(&data, &[]).await;
    assert_eq!(relay.deliver(&signed("cy", "the-old-secret")).await, 401);
    assert_eq!(relay.presences().await.keys().collect::<Vec<_>>(), ["ada", "bo"]);
}

#[tokio::test]
async fn the_old_verification_token_is_good_only_where_that_was_said_and_this_is_named_weaker() {
    let data = tempdir().unwrap();
    let shown =
        |token: &str| Delivery::unsigned(presence(ACCOUNT, "ada", "Busy")).with("authorization", token);
    let relay = Relay::of(&data, &["--legacy-verification-token", "the-token"]).await;

    assert_eq!(relay.deliver(&shown("the-token")).await, 204);
    assert_eq!(relay.deliver(&shown("another")).await, 401);
    let wrongly_signed =
        shown("the-token").with("x-zm-signature", "v0=00").with("x-zm-request-timestamp", "1");
    assert_eq!(relay.deliver(&wrongly_signed).await, 401);

    let ended = relay.end().await;
    assert!(ended.log.contains("weaker than a signature"), "{}", ended.log);
    assert!(!ended.log.contains("the-token"), "{}", ended.log);
}

#[tokio::test]
async fn what_is_too_long_for_zoom_is_not_read() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let padded = |bytes: usize| {
        let body = presence(ACCOUNT, "ada", "Busy");
        Delivery::of(format!("{body}{}", " ".repeat(bytes - body.len())))
    };

    assert_eq!(relay.deliver(&padded(256 * 1_024)).await, 204);
    // The relay may close before all of it was sent.
    let too_long = relay.try_deliver("zoom/webhook", &padded(256 * 1_024 + 1)).await;
    assert!(too_long.is_err() || too_long.unwrap().status() == 413);
    assert_eq!(relay.figure("rollcall_deliveries_refused_total{reason=\"too_large\"}").await, Some(1.0));
}

#[tokio::test]
async fn events_that_nobody_knows_and_signed_nonsense_are_counted_and_taken() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let unknown = json!({ "event": "user.levitated", "payload": { "account_id": ACCOUNT }, "event_ts": 1 });

    assert_eq!(relay.deliver(&Delivery::of(unknown.to_string())).await, 204);
    assert_eq!(relay.deliver(&Delivery::of("no json")).await, 204);

    assert_eq!(relay.figure("rollcall_deliveries_unknown_total{organisation=\"main\"}").await, Some(1.0));
    assert_eq!(relay.figure("rollcall_deliveries_malformed_total{organisation=\"main\"}").await, Some(1.0));
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_taken_and_changes_nothing() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let body = presence(ACCOUNT, "ada", "Busy");
    let named = |seconds_ago| {
        Delivery::signed(body.clone(), SECRET, seconds_ago).with("x-zm-request-id", "1_2_3_4_5")
    };

    for delivery in [named(300), named(0), Delivery::of(presence(ACCOUNT, "bo", "Away"))] {
        assert_eq!(relay.deliver(&delivery).await, 204);
    }

    until("they are counted", async || {
        relay.figure("rollcall_events_total{organisation=\"main\"}").await == Some(2.0)
    })
    .await;
    assert_eq!(relay.figure("rollcall_deliveries_repeated_total{organisation=\"main\"}").await, Some(1.0));
}
