use reqwest::{Method, StatusCode};
use rollcall_model::{PersonId, PresenceState, Source};
use rollcall_wire::{Failure, relay::Refresh};

use crate::{
    desk::{Desk, post, request},
    house::{House, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_looks_at_somebody_hears_how_they_are() {
    let house = House::of(400).await;
    let (relay, mut desk) = house.settled().await;
    let person = house.zoom.people().into_iter().rfind(|person| person.status == "active").unwrap();

    let answer = post(&relay, &format!("v1/people/{}/refresh", person.id)).await;

    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    desk.until("the answer comes", |desk| desk.presence(&person.id).is_some()).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_look_at_one_person_cause_one_question() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let swept = |desk: &Desk| {
        desk.roster.entries().filter(|entry| entry.person.is_active()).all(|entry| entry.presence.is_some())
    };
    desk.until("everybody was asked once", swept).await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let before = house.served("GET /users/{}/presence_status");

    for _ in 0..30 {
        post(&relay, &format!("v1/people/{agent}/refresh")).await;
    }
    let others = Refresh { people: vec![PersonId::new(&agent); 20] };
    let answer = request(&relay, Method::POST, "v1/people/refresh").json(&others).send().await.unwrap();

    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let asked = house.served("GET /users/{}/presence_status") - before;
    assert!(asked <= 1, "{asked} questions");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_nobody_or_for_too_many_is_refused() {
    let house = House::of(20).await;
    let (relay, _) = house.settled().await;

    let nobody = post(&relay, "v1/people/nobody/refresh").await;
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
    assert_eq!(nobody.json::<Failure>().await.unwrap(), Failure::UnknownPerson);

    let many = Refresh { people: vec![PersonId::new("x"); Refresh::MOST + 1] };
    let answer = request(&relay, Method::POST, "v1/people/refresh").json(&many).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_while_events_were_lost_is_asked_for_afterwards() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    house.zoom.set_presence(&agent, "Available").unwrap();
    desk.until("it is heard", |desk| desk.presence(&agent) == Some(PresenceState::Available)).await;

    house.zoom.drop_socket();
    desk.until("the loss is told", |desk| !desk.is_connected()).await;
    house.zoom.set_presence(&agent, "Do_Not_Disturb").unwrap();

    desk.until("how much is to be asked again, and after how long, is told", |desk| {
        let repair = desk.state.as_ref().and_then(|state| state.repair);
        repair.is_some_and(|repair| repair.of > 0 && repair.away_secs.is_some())
    })
    .await;
    desk.until("it was asked for", |desk| desk.presence(&agent) == Some(PresenceState::DoNotDisturb)).await;
    let heard = desk.roster.get(&PersonId::new(&agent)).unwrap().presence.as_ref().unwrap().source;
    assert_eq!(heard, Source::Asked);
    desk.until("the repair is over", |desk| {
        desk.is_connected() && desk.state.as_ref().unwrap().repair.is_none()
    })
    .await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ended_while_events_were_lost_ends_here_too() {
    let house = House::of(30).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let called = house
        .zoom
        .people()
        .into_iter()
        .find(|person| person.status == "active" && person.number.is_some() && person.id != agent);
    let number = called.unwrap().number.unwrap();
    let call = house.zoom.place_call_by_hand(&agent, &number).unwrap();
    house.zoom.move_call(call, &rollcall_fake_zoom::CallMove::Answer { by: None }).unwrap();
    desk.until("they talk", |desk| desk.roster.calls().any(|call| !call.is_over())).await;

    house.zoom.drop_socket();
    desk.until("the loss is told", |desk| !desk.is_connected()).await;
    house.zoom.move_call(call, &rollcall_fake_zoom::CallMove::End).unwrap();

    desk.until("the call is over", |desk| desk.roster.calls().all(rollcall_model::Call::is_over)).await;
    until("events come again", async || house.zoom.has_socket()).await;
    relay.stop().await;
}
