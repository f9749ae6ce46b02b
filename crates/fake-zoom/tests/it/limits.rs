use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use rollcall_fake_zoom::{Mischief, Options, Plan};
use rollcall_model::Clock;

use crate::harness::Bench;

#[tokio::test]
async fn a_label_counts_over_all_its_endpoints_and_says_what_is_left() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 20, plan: Plan::Free, clock, ..Options::default() }).await;

    bench.get("/users").await;
    let second = bench.request(Method::GET, "/users/summary").send().await.unwrap();
    assert_eq!(second.headers()["x-ratelimit-remaining"], "0");
    let third = bench.request(Method::GET, "/users/me/presence_status").send().await.unwrap();
    assert_eq!(third.status(), 429);
    assert_eq!(third.headers()["x-ratelimit-category"], "Medium");
    assert_eq!(third.headers()["x-ratelimit-type"], "QPS");

    hand.advance(TimeDelta::seconds(1));
    bench.get("/users").await;
}

#[tokio::test]
async fn the_daily_limit_says_when_it_ends() {
    let (clock, _hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 20, clock, ..Options::default() }).await;
    bench.fake.mischief_on(Mischief::DailyLimit);

    let refused = bench.request(Method::GET, "/phone/call_history").send().await.unwrap();

    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["x-ratelimit-type"], "Daily-limit");
    assert_eq!(refused.headers()["retry-after"], "2026-09-22T00:00:00Z");
}

#[tokio::test]
async fn headers_can_be_missing_and_retry_after_can_be_written_otherwise() {
    let (clock, _hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 20, clock, ..Options::default() }).await;
    bench.fake.mischief_on(Mischief::DailyLimit);
    let retry_after = async || {
        let reply = bench.request(Method::GET, "/users").send().await.unwrap();
        reply.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned())
    };

    bench.fake.mischief_on(Mischief::RetryAfterHttpDate);
    assert_eq!(retry_after().await.as_deref(), Some("Tue, 22 Sep 2026 00:00:00 GMT"));
    bench.fake.mischief_on(Mischief::RetryAfterSeconds);
    assert_eq!(retry_after().await.as_deref(), Some("35200"));
    bench.fake.mischief_on(Mischief::NoRetryAfter);
    assert_eq!(retry_after().await, None);
    bench.fake.mischief_on(Mischief::NoRateHeaders);
    let reply = bench.request(Method::GET, "/users").send().await.unwrap();
    assert!(reply.headers().keys().all(|name| !name.as_str().starts_with("x-ratelimit")));
}

#[tokio::test]
async fn served_requests_are_reported_by_endpoint_and_label() {
    let bench = Bench::start().await;
    bench.get("/users").await;
    bench.get("/phone/users").await;
    bench.try_get("/users/nobody").await;

    let requests = bench.fake.requests();

    assert_eq!(requests.by_endpoint["GET /users"], 1);
    assert_eq!(requests.by_label["Medium phone"], 1);
    assert_eq!(requests.by_status[&404], 1);
    let seconds: u64 = requests.by_second.iter().flat_map(|second| second.by_label.values()).sum();
    assert_eq!(seconds, 3);
}
