//! Zoom itself does not work.

use rollcall_fake_zoom::Mischief;
use rollcall_tests::stage::Stage;
use rollcall_wire::Failure;

use super::{Known, answered, moves, restart_relay_after, served, until_told, until_well};

/// A relay whose every question meets with this; what comes by events goes on.
async fn meets_with(mischief: Mischief, failure: Failure) -> Stage {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);

    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(mischief)).await;
    until_told(&stage, failure).await;

    known.is_still_there(&stage);
    moves(&stage, &known.person, "Busy").await;
    moves(&stage, &known.person, "Available").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_zooms_servers_are_told_and_pass_by_themselves() {
    let stage = meets_with(Mischief::ServerErrors, Failure::ZoomTrouble { status: 503 }).await;

    stage.fake.mischief_off(Mischief::ServerErrors);
    until_well(&stage).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_host_is_told_and_the_token_does_not_follow_it() {
    let stage = meets_with(Mischief::Redirect, Failure::ZoomTrouble { status: 307 }).await;

    assert!(answered(&stage, 307) > 0);
    assert_eq!(answered(&stage, 401), 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_a_reply_that_says_200_is_told_as_what_it_is() {
    let stage = meets_with(Mischief::ErrorInOk, Failure::NoPermission).await;

    assert_eq!(served(&stage, "POST /oauth/token"), 2, "one for each start of the relay");
    stage.end().await;
}
