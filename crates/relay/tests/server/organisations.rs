use std::fs;

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::{
    admin::Admin,
    delivery::{Delivery, presence},
    process::{Relay, doors},
};

fn organisation(name: &str) -> Value {
    json!({
        "organisation": name,
        "account_id": format!("account-of-{name}"),
        "client_id": "client",
        "client_secret": "hush-client",
        "webhook_secret": format!("secret-of-{name}"),
    })
}

async fn relay(data: &TempDir, names: &[&str]) -> Relay {
    let file = data.path().join("organisations.json");
    let listed: Vec<Value> = names.iter().map(|name| organisation(name)).collect();
    fs::write(&file, json!(listed).to_string()).unwrap();
    let mut flags = doors(data.path());
    flags.extend(["--organisations".into(), file.into()]);
    let admin = Admin::of_organisation(&flags, names[0]);
    Relay::within(&[], flags, admin).await
}

fn signed(of: &str, by: &str, person: &str) -> Delivery {
    Delivery::signed(presence(&format!("account-of-{of}"), person, "Busy"), &format!("secret-of-{by}"), 0)
}

#[tokio::test]
async fn each_organisation_has_its_own_log_and_nothing_of_another() {
    let data = tempdir().unwrap();
    let both = relay(&data, &["north", "south"]).await;

    assert_eq!(both.deliver(&signed("north", "north", "nora")).await, 204);
    assert_eq!(both.deliver(&signed("south", "south", "sue")).await, 204);
    let by_path = both.deliver_at("zoom/webhook/south", &signed("south", "south", "sam")).await;
    assert_eq!(by_path.status(), 204);
    both.end().await;

    for (name, people) in [("north", vec!["nora"]), ("south", vec!["sam", "sue"])] {
        let alone = relay(&data, &[name]).await;
        assert_eq!(alone.presences().await.into_keys().collect::<Vec<_>>(), people);
        alone.end().await;
    }
}

#[tokio::test]
async fn nobody_speaks_for_another_organisation() {
    let data = tempdir().unwrap();
    let both = relay(&data, &["north", "south"]).await;
    let refused = [
        ("zoom/webhook", signed("north", "south", "x")),
        ("zoom/webhook/north", signed("north", "south", "x")),
        ("zoom/webhook/south", signed("north", "south", "x")),
        ("zoom/webhook/south", signed("north", "north", "x")),
        ("zoom/webhook/west", signed("north", "north", "x")),
    ];

    for (path, delivery) in refused {
        assert_eq!(both.deliver_at(path, &delivery).await.status(), 401, "{path} {delivery:?}");
    }

    let figure = both.figure("rollcall_deliveries_refused_total{reason=\"not_ours\"}").await;
    assert_eq!(figure, Some(5.0));
    both.end().await;
    for name in ["north", "south"] {
        assert!(relay(&data, &[name]).await.presences().await.is_empty());
    }
}

#[tokio::test]
async fn a_test_of_the_address_that_names_no_account_is_answered_for_whoever_signed_it() {
    let data = tempdir().unwrap();
    let both = relay(&data, &["north", "south"]).await;
    let body =
        json!({ "event": "endpoint.url_validation", "payload": { "plainToken": "plain" }, "event_ts": 1 });

    for name in ["north", "south"] {
        let test = Delivery::signed(body.to_string(), &format!("secret-of-{name}"), 0);
        assert_eq!(both.deliver_at("zoom/webhook", &test).await.status(), 200);
    }
}
