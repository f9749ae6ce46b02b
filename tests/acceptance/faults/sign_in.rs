//! Zoom does not let the relay in.

use rollcall_fake_zoom::Mischief;
use rollcall_tests::stage::Stage;
use rollcall_wire::Failure;
use rollcall_zoom::Credentials;

use super::{Known, outage, restart_relay_after};

/// Starts the relay with something wrong about its sign-in: the link tells why there is no news, everybody
/// is still found, and once it is put right, news comes in again.
async fn is_told_and_passes(failure: Failure, spoil: impl FnOnce(&mut Stage), mend: impl FnOnce(&mut Stage)) {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);

    restart_relay_after(&mut stage, async |stage| spoil(stage)).await;
    stage.until("the outage is told", || outage(&stage) == Some(failure.clone())).await;
    known.is_still_there(&stage);

    restart_relay_after(&mut stage, async |stage| mend(stage)).await;
    stage.until("news comes in", || stage.is_online()).await;
    known.is_still_there(&stage);
    stage.end().await;
}

fn with(change: impl FnOnce(&mut String, &mut secrecy::SecretString)) -> impl FnOnce(&mut Stage) {
    |stage| {
        let Credentials::ServerToServer { account_id, client_secret, .. } = &mut stage.credentials else {
            unreachable!("the stage signs in as a server")
        };
        change(account_id, client_secret);
    }
}

fn with_the_right_ones(stage: &mut Stage) {
    let ready = stage.fake.ready().clone();
    with(move |account, secret| (*account, *secret) = (ready.account_id, ready.client_secret.into()))(stage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_is_told_as_such() {
    let wrong = with(|_, secret| *secret = "not the secret of this app".into());
    is_told_and_passes(Failure::WrongClient, wrong, with_the_right_ones).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_account_is_told_as_such() {
    let wrong = with(|account, _| *account = "anotherAccount0000000A".into());
    is_told_and_passes(Failure::UnknownAccount, wrong, with_the_right_ones).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_not_activated_is_told_as_such() {
    is_told_and_passes(
        Failure::AppNotActivated,
        |stage| stage.fake.mischief_on(Mischief::NotActivated),
        |stage| stage.fake.mischief_off(Mischief::NotActivated),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_zooms_sign_in_is_down_it_is_told_and_tried_until_it_works() {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);
    let down = Failure::ZoomTrouble { status: 503 };

    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(Mischief::OAuthErrors)).await;
    stage.until("the outage is told", || outage(&stage) == Some(down.clone())).await;
    known.is_still_there(&stage);

    stage.fake.mischief_off(Mischief::OAuthErrors);
    super::until_well(&stage).await;
    stage.end().await;
}
