use rollcall_fake_zoom::{Mischief, Options as FakeOptions};
use rollcall_wire::Failure;

use crate::house::{House, until};

/// Starts a relay against a Zoom with one fault and waits for the code that tells of it.
async fn told(mischief: Mischief, expected: impl Fn(&Failure) -> bool) {
    let house =
        House::with(FakeOptions { people: 10, seed: 7, mischief: vec![mischief], ..FakeOptions::default() })
            .await;
    let relay = house.relay().await;

    until(mischief.name(), async || relay.state().failures.iter().any(&expected)).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_not_activated_is_told_as_such() {
    told(Mischief::NotActivated, |failure| *failure == Failure::AppNotActivated).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_scopes_are_named() {
    told(
        Mischief::NarrowScopes,
        |failure| matches!(failure, Failure::MissingScope { scopes } if !scopes.is_empty()),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told_with_its_error() {
    told(Mischief::ClockSkew, |failure| {
        matches!(failure, Failure::ClockWrong { ahead_secs } if (-3_660..-3_540).contains(ahead_secs))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daily_limit_is_told_with_its_end() {
    told(Mischief::DailyLimit, |failure| matches!(failure, Failure::DailyLimit { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_without_telephones_is_listed_all_the_same() {
    let house = House::with(FakeOptions {
        people: 10,
        seed: 7,
        mischief: vec![Mischief::NoZoomPhone],
        ..FakeOptions::default()
    })
    .await;

    let (relay, desk) = house.settled().await;

    assert!(desk.roster.entries().filter(|entry| entry.person.is_active()).count() >= 5);
    until("it is told", async || relay.state().failures.contains(&Failure::PhoneNotEnabled)).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_not_told_any_more_when_it_works() {
    let house = House::of(10).await;
    house.zoom.mischief_on(Mischief::NotActivated);
    let relay = house.relay().await;
    until("it is told", async || !relay.state().failures.is_empty()).await;

    house.zoom.mischief_off(Mischief::NotActivated);
    relay.stop().await;
    let (relay, desk) = house.settled().await;

    until("nothing fails", async || relay.state().failures.is_empty()).await;
    assert!(desk.roster.len() >= 5);
    relay.stop().await;
}
