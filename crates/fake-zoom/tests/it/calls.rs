use chrono::{DateTime, TimeDelta};
use rollcall_fake_zoom::{CallMove, MoveError, Options, WorldError};
use rollcall_model::Clock;
use serde_json::json;

use crate::harness::Bench;

#[tokio::test]
async fn an_internal_call_is_told_on_both_sides_and_shows_in_presence() {
    let bench = Bench::start().await;
    let (one, other, number) = bench.two_free();
    let mut socket = bench.socket().await;

    let call = bench.fake.place_call_by_hand(&one, &number).unwrap();
    let ringing = socket.event_named("phone.caller_ringing").await["payload"]["object"].clone();
    bench.fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
    bench.fake.move_call(call, &CallMove::Hold { by_caller: true }).unwrap();
    bench.fake.move_call(call, &CallMove::Unhold { by_caller: true }).unwrap();
    bench.fake.move_call(call, &CallMove::End).unwrap();

    assert_eq!(ringing["call_id"], json!(call));
    assert_eq!(ringing["caller"]["user_id"], one);
    assert_eq!(ringing["callee"]["phone_number"], number);
    assert_eq!(ringing["callee"]["user_id"], other);
    let names = socket.names_until("phone.callee_call_history_completed").await;
    let busy = "user.presence_status_updated";
    assert_eq!(
        names,
        [
            "phone.callee_ringing",
            "phone.callee_answered",
            "phone.caller_connected",
            busy,
            busy,
            "phone.caller_hold",
            "phone.caller_unhold",
            "phone.callee_ended",
            "phone.caller_ended",
            busy,
            busy,
            "phone.caller_call_element_completed",
            "phone.caller_call_history_completed",
            "phone.callee_call_element_completed",
            "phone.callee_call_history_completed",
        ]
    );
}

#[tokio::test]
async fn a_call_left_alone_is_answered_and_ends() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 400, clock, ..Options::default() }).await;
    let agent = bench.fake.ready().agent_user_id.clone();
    let (_, other, number) = bench.two_free();

    let mut answered = 0;
    for _ in 0..10 {
        let call = bench.fake.place_call(&agent, &number).unwrap();
        hand.advance(TimeDelta::minutes(10));
        let view = bench.fake.call(call).unwrap();
        assert_eq!(view.state, "over");
        answered += usize::from(view.answered_by.as_ref() == Some(&other));
    }

    assert!(answered >= 6, "{answered} of 10 were answered");
    assert_eq!(bench.fake.person(&other).unwrap().presence, "Available");
}

#[tokio::test]
async fn a_person_on_the_telephone_is_busy() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 400, clock, ..Options::default() }).await;
    let (one, other, number) = bench.two_free();
    bench.fake.set_presence(&other, "On_Phone_Call").unwrap();
    let mut socket = bench.socket().await;

    bench.fake.place_call(&one, &number).unwrap();
    hand.advance(TimeDelta::seconds(3));

    let ended = socket.event_named("phone.caller_ended").await;
    assert_eq!(ended["payload"]["object"]["handup_result"], "Busy");
}

#[tokio::test]
async fn a_queue_call_rings_with_several_and_one_gets_it() {
    let bench = Bench::start().await;
    let queue = bench.get("/phone/call_queues").await["call_queues"][0].clone();
    let id = queue["id"].as_str().unwrap();
    let members = bench.get(&format!("/phone/call_queues/{id}/members")).await;
    for member in members["call_queue_members"].as_array().unwrap() {
        bench.fake.set_presence(member["id"].as_str().unwrap(), "Available").unwrap();
    }
    let mut socket = bench.socket().await;

    let call = bench.fake.begin_call("+4930222333444", id, true).unwrap();
    let rang = bench.fake.call(call).unwrap().rang;
    bench.fake.move_call(call, &CallMove::Answer { by: Some(rang[1].clone()) }).unwrap();

    let ringing = socket.event().await;
    let by = &ringing["payload"]["object"]["forwarded_by"];
    assert_eq!((&by["name"], &by["extension_type"]), (&queue["name"], &json!("callQueue")));
    assert_eq!(by["extension_number"], queue["extension_number"].to_string());
    let names = socket.names_until("user.presence_status_updated").await;
    assert_eq!(names.iter().filter(|name| *name == "phone.callee_ringing").count(), rang.len() - 1);
    assert_eq!(names.iter().filter(|name| *name == "phone.callee_missed").count(), rang.len() - 1);
    assert_eq!(bench.fake.call(call).unwrap().answered_by.as_ref(), Some(&rang[1]));
}

#[tokio::test]
async fn every_scenario_has_its_events() {
    let bench = Bench::start().await;
    let (one, _, number) = bench.two_free();
    let mut socket = bench.socket().await;
    let to = || "+4930222333444".to_owned();

    for (step, answered, name) in [
        (CallMove::Reject, false, "phone.callee_rejected"),
        (CallMove::Miss, false, "phone.callee_missed"),
        (CallMove::Voicemail, false, "phone.caller_ended"),
        (CallMove::Cancel, false, "phone.callee_missed"),
        (CallMove::ToVoicemail, false, "phone.transfer_call_to_voicemail_initiated"),
        (CallMove::Park, true, "phone.callee_parked"),
        (CallMove::Mute { by_caller: false }, true, "phone.callee_mute"),
        (CallMove::BlindTransfer { to: to() }, true, "phone.blind_transfer_initiated"),
        (CallMove::WarmTransfer { to: to() }, true, "phone.warm_transfer_initiated"),
        (CallMove::CompleteTransfer { to: to() }, true, "phone.warm_transfer_completed"),
        (CallMove::Conference, true, "phone.conference_started"),
        (CallMove::InviteToMeeting, true, "phone.callee_meeting_inviting"),
    ] {
        let call = bench.fake.place_call_by_hand(&one, &number).unwrap();
        if answered {
            bench.fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
        }
        bench.fake.move_call(call, &step).unwrap();
        while socket.event_named(name).await["payload"]["object"]["call_id"] != json!(call) {}
        if bench.fake.call(call).unwrap().state != "over" {
            bench.fake.move_call(call, &CallMove::End).unwrap();
        }
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let bench = Bench::start().await;
    let (one, _, number) = bench.two_free();

    assert_eq!(bench.fake.place_call(&one, "12"), Err(WorldError::NoSuchNumber("12".into())));
    assert_eq!(bench.fake.place_call("nobody", &number), Err(WorldError::NoSuchPerson("nobody".into())));
    let call = bench.fake.place_call_by_hand(&one, &number).unwrap();
    let early = bench.fake.move_call(call, &CallMove::Park);
    assert_eq!(early, Err(WorldError::Move(MoveError::NotNow { state: "ringing" })));
}
