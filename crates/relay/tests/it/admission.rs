use reqwest::{Method, StatusCode};

use crate::{desk::request, house::House};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_without_the_token() {
    let house = House::of(5).await;
    let relay = house.relay().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |path: &str, token: Option<&str>| {
        let request = client.get(relay.base().join(path).unwrap());
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        request.send().await.unwrap().status()
    };

    assert_eq!(status("v1/snapshot", None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("v1/snapshot", Some("wrong")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("v1/stream?since=0", Some("")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("v1/health/live", None).await, StatusCode::NO_CONTENT);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_turned_away_even_with_the_token() {
    let house = House::of(5).await;
    let relay = house.relay().await;
    let with = async |name: &str, value: &str| {
        request(&relay, Method::GET, "v1/snapshot").header(name, value).send().await.unwrap().status()
    };

    assert_eq!(with("origin", "http://localhost:1420").await, StatusCode::FORBIDDEN);
    assert_eq!(with("host", "rebound.example").await, StatusCode::FORBIDDEN);
    assert_eq!(with("accept", "*/*").await, StatusCode::OK);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_not_read() {
    let house = House::of(5).await;
    let relay = house.relay().await;

    let answer = request(&relay, Method::POST, "v1/people/refresh")
        .header("content-type", "application/json")
        .body(vec![b' '; 1 << 20])
        .send()
        .await;

    // The connection may be closed before all of it was sent.
    assert!(answer.is_err() || !answer.unwrap().status().is_success());
    relay.stop().await;
}
