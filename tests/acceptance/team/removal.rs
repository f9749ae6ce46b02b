//! The organisation takes the app away at Zoom: nothing got from there stays on desks.

use rollcall_desk::team::JoinLink;
use rollcall_fake_zoom::Mischief;
use rollcall_tests::team::TeamRelay;
use rollcall_wire::{Failure, window::Link};
use serde_json::json;

use super::{Desk, until, zoom};

#[tokio::test(flavor = "multi_thread")]
async fn when_the_app_is_removed_desks_forget_everybody_although_nobody_lets_them_in_any_more() {
    let (fake, active) = zoom().await;
    let relay = TeamRelay::start(&fake).await;
    let desk = Desk::open(json!({})).await;
    let ready = fake.ready();
    let link = JoinLink::parse(&relay.invite(&ready.agent_email, "agent").await).unwrap();
    let (address, redeem) = link.redeem().unwrap();
    desk.take_seat(address, &redeem).await.unwrap();
    until("everybody is known", || desk.people() >= active).await;
    until("they are stored", || desk.stores(&ready.agent_email)).await;

    fake.mischief_on(Mischief::NotActivated);
    fake.revoke_tokens();
    let payload = json!({ "account_id": ready.account_id, "client_id": ready.client_id });
    fake.emit(json!({ "event": "app_deauthorized", "event_ts": 1, "payload": payload }));

    until("nobody is known", || desk.people() == 0).await;
    until("nobody is stored", || !desk.stores(&ready.agent_email)).await;
    let told = || matches!(desk.engine.status().link, Link::Offline { failure: Failure::AppRemoved, .. });
    until("the desk is told", told).await;
    assert_eq!(relay.sessions().await, 0);
    desk.engine.stop().await;
    assert!(!desk.stores(&ready.agent_email));
    fake.stop().await;
}
