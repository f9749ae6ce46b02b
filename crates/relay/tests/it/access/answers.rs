//! What answers look like, and what they must not tell.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode, header};
use rollcall_relay::access::Why;
use rollcall_wire::session::{Redeem, Role};
use tokio::time::Instant;

use super::stand::{FROM, Stand, Town};

/// Everything that a client sees of an answer, but for the date.
async fn seen(answer: Response) -> (StatusCode, Vec<(String, String)>, Vec<u8>) {
    let status = answer.status();
    let headers = answer.headers().iter().filter(|(name, _)| *name != header::DATE);
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (status, headers, answer.bytes().await.unwrap().to_vec())
}

/// The same code with another last letter.
fn wrong(code: &str) -> String {
    let (rest, last) = code.split_at(code.len() - 1);
    format!("{rest}{}", if last == "7" { "8" } else { "7" })
}

/// Codes that are refused, each for another reason, in the order in which the trail names the reasons.
async fn refused(town: &Town, stand: &Stand) -> Vec<(Redeem, Option<Why>)> {
    let invited = async || stand.invited("ada@example.test", Role::Agent).await;
    let plain = |code: String| Redeem { code, verifier: None };
    let expired = invited().await;
    town.hand.advance(TimeDelta::minutes(16));
    let (used, tried, locked) = (invited().await, invited().await, invited().await);
    stand.redeem(&used).send().await.unwrap().error_for_status().unwrap();
    for _ in 0..5 {
        stand.access.redeem(&plain(wrong(&locked)), None).await.unwrap();
    }
    vec![
        (plain("main.0123456789ABCDEFGHJKMNPQRS".to_owned()), Some(Why::UnknownCode)),
        (plain(wrong(&tried)), Some(Why::WrongCode)),
        (plain(used), Some(Why::UsedCode)),
        (plain(expired), Some(Why::ExpiredCode)),
        (plain(locked), Some(Why::LockedCode)),
        (plain("main.short".to_owned()), Some(Why::UnknownCode)),
        (plain(String::new()), None),
        (plain("elsewhere.0123456789ABCDEFGHJKMNPQRS".to_owned()), None),
    ]
}

#[tokio::test]
async fn no_answer_tells_an_unknown_code_from_a_wrong_used_expired_or_locked_one() {
    let town = Town::new();
    let stand = town.stand().await;
    let codes = refused(&town, &stand).await;
    let before = stand.access.audit(0, 1_000).await.unwrap().len();
    let mut answers = Vec::new();
    let mut took = Vec::new();

    for (number, (shown, _)) in codes.iter().enumerate() {
        let begun = Instant::now();
        let request = stand.request(Method::POST, "/v1/session").json(shown);
        let answer = request.header(FROM, format!("192.0.2.{}", number + 10)).send().await.unwrap();
        took.push(begun.elapsed());
        answers.push(seen(answer).await);
    }

    assert_eq!(
        (answers[0].0, &*answers[0].2),
        (StatusCode::UNAUTHORIZED, &br#"{"code":"code_refused"}"#[..])
    );
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    // Each waits for the same moment; what it cost before that is not seen.
    assert!(took.iter().all(|took| *took >= Duration::from_millis(250)), "{took:?}");
    let trail = stand.access.audit(i64::try_from(before).unwrap(), 1_000).await.unwrap();
    let told: Vec<_> = trail.iter().filter_map(|noted| noted.entry.why).collect();
    let expected: Vec<_> = codes.into_iter().filter_map(|(_, why)| why).collect();
    assert_eq!(told, expected, "the trail knows");
}

#[tokio::test]
async fn every_answer_carries_strict_headers_and_none_lets_another_origin_in() {
    let town = Town::new();
    let stand = town.stand_with(&super::stand::unlimited(), true).await;
    let session = stand.session("ada@example.test", Role::Agent).await;
    let get = |path: &str| stand.request(Method::GET, path).header("origin", "https://evil.example");
    let answers = [
        (get("/v1/session").bearer_auth(&session.token), StatusCode::OK),
        (get("/v1/session"), StatusCode::UNAUTHORIZED),
        (get("/v1/signin/start"), StatusCode::BAD_REQUEST),
        (get("/nowhere"), StatusCode::NOT_FOUND),
        (stand.request(Method::OPTIONS, "/v1/session"), StatusCode::UNAUTHORIZED),
        (stand.request(Method::POST, "/v1/session").body("{"), StatusCode::UNPROCESSABLE_ENTITY),
        (
            stand.request(Method::POST, "/v1/session").json(&"x".repeat(9_000)),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ];

    for (request, expected) in answers {
        let (status, headers, _) = seen(request.send().await.unwrap()).await;
        let value = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(status, expected);
        assert_eq!(value("cache-control"), Some("no-store"));
        assert_eq!(value("x-content-type-options"), Some("nosniff"));
        assert_eq!(value("referrer-policy"), Some("no-referrer"));
        assert_eq!(value("strict-transport-security"), Some("max-age=63072000"));
        assert!(value("content-security-policy").unwrap().starts_with("default-src 'none';"));
        assert!(!headers.iter().any(|(name, _)| name.starts_with("access-control")), "{headers:?}");
    }
}

#[tokio::test]
async fn a_browser_is_not_told_to_keep_to_https_where_there_is_none() {
    let town = Town::new();
    let stand = town.stand().await;

    let (_, headers, _) = seen(stand.request(Method::GET, "/v1/session").send().await.unwrap()).await;

    assert!(!headers.iter().any(|(name, _)| name == "strict-transport-security"));
}
