//! A call: where it goes, what a refusal means, and what is not followed.

use std::{sync::Mutex, time::Duration};

use rollcall_model::{PersonId, PresenceState, Source};
use rollcall_zoom::{Client, Lane, OwnPresence, Standing, ZoomError};
use serde_json::json;

use crate::stand::{Call, Reply, Stand};

fn mia() -> PersonId {
    PersonId::new("u-mia")
}

async fn asked(reply: Reply) -> Result<rollcall_zoom::Presence, ZoomError> {
    let stand = Stand::with_tokens(move |_| reply.clone()).await;
    stand.client().presence(&mia(), Lane::Now).await
}

#[tokio::test]
async fn presence_is_dated_by_the_question_and_keeps_zooms_word() {
    let before = rollcall_model::Clock::system().now();
    let presence = asked(Reply::ok(&json!({ "status": "In_A_Zoom_Meeting" }))).await.unwrap();

    assert_eq!((presence.state, presence.source), (PresenceState::InMeeting, Source::Asked));
    assert_eq!(presence.raw, "In_A_Zoom_Meeting");
    assert!(presence.as_of >= before && presence.as_of <= rollcall_model::Clock::system().now());
}

#[tokio::test]
async fn an_unknown_presence_is_kept_and_not_refused() {
    let reply = json!({ "status": "Gardening", "end_time": "2026-03-02T13:00:00Z", "remaining_time": 4 });

    let presence = asked(Reply::ok(&reply)).await.unwrap();

    assert_eq!((presence.state, presence.raw.as_str()), (PresenceState::Unknown, "Gardening"));
    assert_eq!(presence.until.unwrap().to_rfc3339(), "2026-03-02T13:00:00+00:00");
}

#[tokio::test]
async fn refusals_have_their_codes() {
    assert_eq!(asked(Reply::error(404, 1001)).await, Err(ZoomError::NotFound));
    assert_eq!(asked(Reply::error(400, 5411)).await, Err(ZoomError::NoPermission));
    assert_eq!(asked(Reply::error(400, 5301)).await, Err(ZoomError::Refused { status: 400, code: 5301 }));
    assert_eq!(asked(Reply::new(200, "<html>")).await, Err(ZoomError::Unreadable));
    assert_eq!(asked(Reply::ok(&json!({}))).await, Err(ZoomError::Unreadable));
    let scopes = json!({ "code": 4711, "message": "lacks scopes:[user:read:presence_status:admin]." });
    let missing = ZoomError::MissingScope { scopes: vec!["user:read:presence_status:admin".into()] };
    assert_eq!(asked(Reply::new(400, scopes.to_string())).await, Err(missing));
}

#[tokio::test]
async fn an_error_in_a_200_is_an_error() {
    assert_eq!(asked(Reply::error(200, 1001)).await, Err(ZoomError::NotFound));
}

#[tokio::test]
async fn a_reply_without_an_end_is_not_read_to_it() {
    assert_eq!(asked(Reply::new(200, " ".repeat(17 << 20))).await, Err(ZoomError::Unreadable));
}

#[tokio::test]
async fn a_phone_call_without_zoom_phone_is_told() {
    let stand = Stand::with_tokens(|_| Reply::new(403, "")).await;

    assert_eq!(stand.client().phone_users(None, Lane::Now).await.unwrap_err(), ZoomError::PhoneNotEnabled);
    assert_eq!(stand.client().users_summary(Lane::Now).await.unwrap_err(), ZoomError::NoPermission);
}

#[tokio::test]
async fn a_passing_failure_of_zoom_is_tried_again() {
    let failures = Mutex::new(0);
    let stand = Stand::with_tokens(move |_| {
        let mut failures = failures.lock().unwrap();
        *failures += 1;
        if *failures == 1 { Reply::new(502, "") } else { Reply::ok(&json!({ "status": "Busy" })) }
    })
    .await;

    assert_eq!(stand.client().presence(&mia(), Lane::Now).await.unwrap().raw, "Busy");
    assert_eq!(stand.calls("/v2").len(), 2);
}

#[tokio::test]
async fn a_307_to_the_same_host_is_followed_with_the_token() {
    let stand = Stand::with_tokens(|call| match call.path.as_str() {
        "/v2/elsewhere" => Reply::ok(&json!({ "status": "Available" })),
        _ => Reply::new(307, "").with("location", "/v2/elsewhere"),
    })
    .await;

    stand.client().presence(&mia(), Lane::Now).await.unwrap();

    assert_eq!(stand.calls("/v2/elsewhere")[0].bearer(), "token-1");
}

#[tokio::test]
async fn a_redirect_to_another_host_carries_no_token_there() {
    let other = Stand::with_tokens(|_| Reply::ok(&json!({ "status": "Available" }))).await;
    let target = other.base.join("/v2/users").unwrap().to_string();
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        let stand =
            Stand::with_tokens(move |_| Reply::new(status, "").with("location", target.clone())).await;

        let refusal = stand.client().presence(&mia(), Lane::Now).await.unwrap_err();

        assert_eq!(refusal, ZoomError::Redirected { status });
    }
    assert_eq!(other.calls("/").len(), 0);
}

#[tokio::test]
async fn a_redirect_in_a_circle_ends() {
    let stand = Stand::with_tokens(|call| Reply::new(307, "").with("location", call.path.clone())).await;

    let refusal = stand.client().presence(&mia(), Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::Redirected { status: 307 });
    assert_eq!(stand.calls("/v2").len(), 2);
}

#[tokio::test]
async fn nobody_there_is_told_as_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let addresses = rollcall_zoom::Addresses::at(base.clone(), base);
    let client = Client::new(
        addresses,
        crate::stand::server_to_server(),
        rollcall_zoom::Plan::Pro,
        rollcall_model::Clock::system(),
        1,
    )
    .unwrap();

    assert_eq!(client.token().await.unwrap_err(), ZoomError::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_told_as_timed_out() {
    // The listener's backlog takes the connection, and nobody ever answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let addresses = rollcall_zoom::Addresses::at(base.clone(), base);
    let clock = rollcall_model::Clock::system();
    let credentials = crate::stand::server_to_server();
    let client = Client::new(addresses, credentials, rollcall_zoom::Plan::Pro, clock, 1).unwrap();

    let token = tokio::time::timeout(Duration::from_mins(5), client.token()).await.unwrap();

    assert_eq!(token.unwrap_err(), ZoomError::TimedOut);
}

#[tokio::test]
async fn setting_a_presence_sends_zooms_word_and_tries_the_other_spelling() {
    let stand = Stand::with_tokens(|call| match call.json()["status"].as_str() {
        Some("Do_Not_Disturb") => Reply::error(400, 300),
        _ => Reply::new(204, ""),
    })
    .await;
    let client = stand.client();

    client.set_presence(&mia(), OwnPresence::OnCall, Lane::Now).await.unwrap();
    client.set_presence(&mia(), OwnPresence::DoNotDisturb { minutes: 9_999 }, Lane::Now).await.unwrap();

    let calls = stand.calls("/v2/users/u-mia/presence_status");
    assert!(calls.iter().all(|call| call.method == "PUT"));
    let bodies: Vec<_> = calls.iter().map(Call::json).collect();
    assert_eq!(bodies[0], json!({ "status": "On_A_Call" }));
    assert_eq!(bodies[1]["status"], "Do_Not_Disturb");
    assert_eq!(bodies[2], json!({ "status": "Do_No_Disturb", "duration": 1_440 }));
}

#[tokio::test]
async fn an_id_that_names_another_path_is_not_asked_for() {
    let stand = Stand::with_tokens(|_| Reply::new(500, "")).await;

    let refusal = stand.client().user(&PersonId::new(".."), Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::NotFound);
    assert_eq!(stand.calls("/v2").len(), 0);
}

#[tokio::test]
async fn nobody_lists_those_who_are_gone() {
    let stand = Stand::with_tokens(|_| Reply::new(500, "")).await;

    let page = stand.client().users(Standing::Gone, None, Lane::Sweep).await.unwrap();

    assert_eq!((page.items.len(), page.next), (0, None));
    assert_eq!(stand.calls("/v2").len(), 0);
}
