//! The app is removed from the account at Zoom, and added again: everybody is listed anew, by itself.

use std::{collections::BTreeSet, path::Path};

use rollcall_fake_zoom::{FakeZoom, Mischief, Options as FakeOptions};
use rollcall_wire::relay::SnapshotLine;
use serde_json::json;
use tempfile::tempdir;

use crate::{
    admin::Admin,
    clock::FakeClock,
    delivery::{Delivery, Signer},
    process::{Relay, beside, until, words},
    removal::{app_removed, ready, until_emptied},
    roles::Guest,
};

/// So long Zoom is not asked after the app was removed, in seconds, and one more.
const REST: i64 = 61;

/// Whoever the relay has a record of.
async fn listed(relay: &Relay) -> BTreeSet<String> {
    let of = |line| match line {
        SnapshotLine::Person { person, .. } if person.profile.is_some() => Some(person.id.to_string()),
        _ => None,
    };
    relay.snapshot().await.into_iter().filter_map(of).collect()
}

/// Whether this text stands in some file of the folder.
fn is_on_disk(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()))
}

/// Everybody is known; the app is removed, which `tell` tells, and added again. Everybody is known anew. `hear` brings
/// the presence of somebody.
async fn removed_and_added_again(
    source: &[&str],
    tell: impl AsyncFn(&Relay, &FakeZoom),
    hear: impl AsyncFn(&Relay, &FakeZoom, &str),
) {
    let Some(clock) = FakeClock::new() else { return };
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 12, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let source: Vec<&str> = source
        .iter()
        .map(|&word| if word == "ID" { zoom.ready().subscription_id.as_str() } else { word })
        .collect();
    let flags = beside(&zoom, data.path()).into_iter().chain(words(&source)).collect::<Vec<_>>();
    let admin = Admin::of(&flags);
    let relay = Relay::within(&clock.environment(), flags, admin).await;
    let people = zoom.people().into_iter().filter(|person| person.status == "active");
    let active: BTreeSet<String> = people.map(|person| person.id).collect();
    until("everybody is listed", async || listed(&relay).await.is_superset(&active)).await;
    let mut desk = Guest::of(&relay, &data, "sue", "supervisor").await;
    hear(&relay, &zoom, "Do_Not_Disturb").await;
    desk.hear_of("Do_Not_Disturb").await;
    assert!(is_on_disk(data.path(), &zoom.ready().agent_user_id));

    zoom.mischief_on(Mischief::NotActivated);
    zoom.revoke_tokens();
    tell(&relay, &zoom).await;
    desk.until_closed().await;
    zoom.drop_socket();
    until_emptied(&relay).await;
    assert_eq!(listed(&relay).await, BTreeSet::new());
    assert!(!is_on_disk(data.path(), &zoom.ready().agent_user_id));

    zoom.mischief_off(Mischief::NotActivated);
    clock.set(REST);
    until("everybody is listed again", async || listed(&relay).await.is_superset(&active)).await;
    assert_eq!(ready(&relay).await, json!({ "ready": true }));
    let mut desk = Guest::of(&relay, &data, "sue", "supervisor").await;
    hear(&relay, &zoom, "Presenting").await;
    desk.hear_of("Presenting").await;
    zoom.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_webhook() {
    let tell = async |relay: &Relay, zoom: &FakeZoom| {
        let ready = zoom.ready();
        let body = app_removed(&ready.account_id, &ready.client_id).to_string();
        assert_eq!(relay.deliver(&Delivery::signed(body, &ready.secret_token, 0)).await, 204);
    };
    let hear = async |relay: &Relay, zoom: &FakeZoom, word: &str| {
        let event = Signer::of(zoom).presence(&zoom.ready().agent_user_id, word);
        assert_eq!(relay.deliver(&event).await, 204);
    };
    removed_and_added_again(&[], tell, hear).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_subscription() {
    let tell = async |_: &Relay, zoom: &FakeZoom| {
        until("Zoom is heard", async || zoom.has_socket()).await;
        zoom.emit(app_removed(&zoom.ready().account_id, &zoom.ready().client_id));
    };
    let hear = async |relay: &Relay, zoom: &FakeZoom, word: &str| {
        relay.until_connected().await;
        zoom.set_presence(&zoom.ready().agent_user_id, word).unwrap();
    };
    removed_and_added_again(&["--source", "websocket", "--subscription-id", "ID"], tell, hear).await;
}
