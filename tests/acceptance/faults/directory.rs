//! Zoom lets only some of the organisation be read.

use rollcall_fake_zoom::{Dose, Mischief, Options};
use rollcall_tests::stage::Stage;
use rollcall_wire::Failure;

use super::{
    Known, age_last_sweep, colleagues, moves, notices, restart_relay_after, served, until_told, until_well,
};

fn organisation(mischief: Vec<Mischief>) -> Options {
    Options { people: 60, mischief, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_scopes_are_named_and_presence_goes_on() {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);

    restart_relay_after(&mut stage, async |stage| {
        age_last_sweep(stage).await;
        stage.fake.mischief_on(Mischief::NarrowScopes);
    })
    .await;
    let lacks = |failure: &Failure| match failure {
        Failure::MissingScope { scopes } => scopes.iter().any(|scope| scope == "user:read:list_users:admin"),
        _ => false,
    };
    stage.until("the scope is named", || notices(&stage).iter().any(lacks)).await;

    known.is_still_there(&stage);
    moves(&stage, &known.person, "Busy").await;
    moves(&stage, &known.person, "Available").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_zoom_phone_people_and_presence_are_there_all_the_same() {
    let stage = Stage::start_with(organisation(vec![Mischief::NoZoomPhone])).await;
    until_told(&stage, Failure::PhoneNotEnabled).await;

    let people = colleagues(&stage);
    stage.until("everybody is known", || people.iter().all(|person| stage.row(&person.id).is_some())).await;
    stage.until("the directory is listed", || stage.engine.status().directory.of.is_some()).await;

    assert_eq!(stage.ask(&people[0].name).rows[0].id.as_str(), people[0].id);
    moves(&stage, &people[0], "Busy").await;
    moves(&stage, &people[0], "Available").await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_may_not_be_read_is_told_and_costs_no_new_token() {
    let stage = Stage::start_with(organisation(vec![Mischief::SiteDenied])).await;
    until_told(&stage, Failure::NoPermission).await;

    let people = colleagues(&stage);
    stage.until("everybody is known", || people.iter().all(|person| stage.row(&person.id).is_some())).await;

    moves(&stage, &people[0], "Do_Not_Disturb").await;
    assert_eq!(served(&stage, "POST /oauth/token"), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_whose_page_tokens_die_at_once_is_begun_anew_without_haste() {
    let mut stage = Stage::without_relay(organisation(vec![Mischief::SmallPages])).await;
    stage.fake.mischief_on(Dose { mischief: Mischief::PageTokensExpire, amount: 0.0 });
    stage.start_relay().await;
    stage.until("the list is begun anew", || served(&stage, "GET /users") >= 4).await;
    let begun = stage.now();

    stage.until("it is begun twice more", || served(&stage, "GET /users") >= 7).await;
    assert!((stage.now() - begun).num_seconds() >= 2, "it was begun anew without a pause");
    stage.fake.mischief_off(Mischief::PageTokensExpire);

    stage.until_synced().await;
    until_well(&stage).await;
    stage.end().await;
}
