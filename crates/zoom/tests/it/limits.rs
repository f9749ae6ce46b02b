//! Zoom's 429s as they arrive over the wire; how long the gate holds is tested beside the gate.

use std::{sync::Mutex, time::Duration};

use chrono::{TimeDelta, Utc};
use rollcall_model::{Clock, PersonId};
use rollcall_zoom::{Lane, OwnPresence, ZoomError};
use serde_json::json;

use crate::stand::{Reply, Stand};

fn mia() -> PersonId {
    PersonId::new("u-mia")
}

/// A stand-in that answers its first call with `first`, and every other one with a presence.
async fn refusing_once(first: Reply) -> Stand {
    let first = Mutex::new(Some(first));
    Stand::with_tokens(move |_| {
        let first = first.lock().unwrap().take();
        first.unwrap_or_else(|| Reply::ok(&json!({ "status": "Available" })))
    })
    .await
}

fn too_many() -> Reply {
    Reply::error(429, 429)
}

fn in_a_second() -> chrono::DateTime<Utc> {
    Clock::system().now() + TimeDelta::seconds(1)
}

#[tokio::test]
async fn a_call_waits_for_as_long_as_each_form_of_retry_after_says() {
    let iso = in_a_second().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let http_date = in_a_second().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for form in ["0.3".to_owned(), iso, http_date] {
        let stand = refusing_once(too_many().with("retry-after", form.clone())).await;

        let answer = stand.client().presence(&mia(), Lane::Now).await;

        assert!(answer.is_ok(), "{form}");
        assert_eq!(stand.calls("/v2").len(), 2, "{form}");
    }
}

#[tokio::test]
async fn a_429_without_any_header_is_waited_for() {
    let stand = refusing_once(too_many()).await;
    let begun = tokio::time::Instant::now();

    stand.client().presence(&mia(), Lane::Now).await.unwrap();

    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_wait_that_is_too_long_for_the_screen_is_told_with_its_length() {
    let stand = refusing_once(too_many().with("x-ratelimit-type", "QPS").with("retry-after", "30")).await;

    let refusal = stand.client().presence(&mia(), Lane::Now).await.unwrap_err();

    let ZoomError::PerSecondLimit { retry_in } = refusal else { panic!("{refusal:?}") };
    assert!((29..=38).contains(&retry_in.as_secs()), "{retry_in:?}");
    assert_eq!(stand.calls("/v2").len(), 1);
}

#[tokio::test]
async fn a_daily_limit_is_told_once_and_then_known() {
    let until = (Clock::system().now() + TimeDelta::hours(3)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let reply = too_many().with("x-ratelimit-type", "Daily-limit").with("retry-after", until.clone());
    let stand = Stand::with_tokens(move |_| reply.clone()).await;
    let client = stand.client();

    for _ in 0..3 {
        let ZoomError::DailyLimit { until: told } = client.presence(&mia(), Lane::Now).await.unwrap_err()
        else {
            panic!("a daily limit")
        };
        let off = told - until.parse::<chrono::DateTime<Utc>>().unwrap();
        assert!(off.abs() < TimeDelta::seconds(1), "{off}");
    }

    assert_eq!(stand.calls("/v2").len(), 1);
}

#[tokio::test]
async fn a_limit_of_one_label_leaves_the_others_alone() {
    let stand = Stand::with_tokens(|call| match call.path.as_str() {
        "/v2/users/u-mia" => Reply::ok(&json!({ "id": "u-mia" })),
        _ => too_many().with("x-ratelimit-type", "Daily-limit"),
    })
    .await;
    let client = stand.client();

    assert!(client.presence(&mia(), Lane::Now).await.is_err());

    assert!(client.user(&mia(), Lane::Now).await.is_ok());
}

#[tokio::test]
async fn setting_one_presence_too_often_holds_up_nobody_else() {
    let stand = Stand::with_tokens(|call| match call.method.as_str() {
        "PUT" => too_many(),
        _ => Reply::ok(&json!({ "status": "Available" })),
    })
    .await;
    let client = stand.client();

    let refusal = client.set_presence(&mia(), OwnPresence::Away, Lane::Now).await.unwrap_err();
    // Were the gate held for that minute, this would be refused at once.
    client.presence(&mia(), Lane::Now).await.unwrap();

    assert_eq!(refusal, ZoomError::PerSecondLimit { retry_in: Duration::from_mins(1) });
    assert_eq!(stand.calls("/v2").len(), 2);
}
