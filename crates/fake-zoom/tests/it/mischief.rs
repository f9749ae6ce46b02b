use chrono::{DateTime, Utc};
use reqwest::Method;
use rollcall_fake_zoom::{Dose, Mischief};
use serde_json::json;

use crate::harness::Bench;

#[tokio::test]
async fn rest_can_fail_in_each_of_zooms_ways() {
    let bench = Bench::start().await;

    for (mischief, path, status, code) in [
        (Mischief::ServerErrors, "/users", 503, 503),
        (Mischief::ErrorInOk, "/users", 200, 200),
        (Mischief::TooFast, "/users", 429, 429),
        (Mischief::NoZoomPhone, "/phone/users", 403, 403),
        (Mischief::SiteDenied, "/phone/users", 400, 124),
    ] {
        bench.fake.mischief_on(mischief);
        let (got, body) = bench.try_get(path).await;
        bench.fake.mischief_off(mischief);
        assert_eq!((got.as_u16(), &body["code"]), (status, &json!(code)), "{mischief}");
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_name() {
    let bench = Bench::start().await;
    bench.fake.mischief_on(Mischief::Redirect);

    let reply = bench.request(Method::GET, "/users?page_size=5").send().await.unwrap();

    assert_eq!(reply.status(), 307);
    let to = reply.headers()["location"].to_str().unwrap();
    assert!(to.starts_with("http://localhost:") && to.ends_with("/v2/users?page_size=5"), "{to}");
}

#[tokio::test]
async fn the_clock_can_be_an_hour_ahead() {
    let bench = Bench::start().await;
    let agent = bench.fake.ready().agent_user_id.clone();
    bench.fake.set_presence(&agent, "Available").unwrap();
    let mut socket = bench.socket().await;
    let honest = bench.request(Method::GET, "/users").send().await.unwrap();

    bench.fake.mischief_on(Mischief::ClockSkew);
    let skewed = bench.request(Method::GET, "/users").send().await.unwrap();
    bench.fake.set_presence(&agent, "Away").unwrap();

    let date = |reply: &reqwest::Response| {
        DateTime::parse_from_rfc2822(reply.headers()["date"].to_str().unwrap()).unwrap().with_timezone(&Utc)
    };
    assert!((date(&skewed) - date(&honest)).num_seconds() >= 3600);
    let told = socket.event().await["payload"]["object"]["date_time"].as_str().unwrap().to_owned();
    assert!((told.parse::<DateTime<Utc>>().unwrap() - date(&honest)).num_seconds() >= 3599);
}

#[tokio::test]
async fn pages_can_be_small_and_their_tokens_short_lived() {
    let bench = Bench::start().await;
    bench.fake.mischief_on(Dose { mischief: Mischief::SmallPages, amount: 3.0 });

    let page = bench.get("/users?page_size=100").await;
    assert_eq!(page["users"].as_array().unwrap().len(), 3);
    bench.fake.mischief_on(Mischief::PageTokensExpire);
    let token = page["next_page_token"].as_str().unwrap();

    assert_eq!(bench.try_get(&format!("/users?page_size=100&next_page_token={token}")).await.0, 400);
}

#[tokio::test]
async fn numbers_and_fields_can_take_other_forms() {
    let bench = Bench::start().await;
    for mischief in [
        Mischief::NumbersWithoutPlus,
        Mischief::HugeExtensions,
        Mischief::ExtraFields,
        Mischief::ExtensionAsNumber,
        Mischief::DateTimeHyphen,
        Mischief::CallLogsV1,
    ] {
        bench.fake.mischief_on(mischief);
    }
    let (one, other, number) = bench.two_free();
    let mut socket = bench.socket().await;

    let call = bench.fake.place_call_by_hand(&one, &number).unwrap();
    let ringing = socket.event_named("phone.caller_ringing").await["payload"]["object"].clone();
    bench.fake.move_call(call, &rollcall_fake_zoom::CallMove::Cancel).unwrap();
    socket.event_named("phone.callee_call_log_completed").await;
    bench.fake.set_presence(&other, "Busy").unwrap();
    let presence = socket.event_named("user.presence_status_updated").await;

    assert!(ringing["caller"]["extension_number"].as_u64().unwrap() > u64::from(u32::MAX));
    assert!(!ringing["caller"]["phone_number"].as_str().unwrap().starts_with('+'));
    assert!(presence["payload"]["object"]["date-time"].is_string());
    assert!(bench.get("/users").await["users"][0]["favourite_tea"].is_object());
    let numbers = bench.get("/phone/numbers").await;
    assert!(!numbers["phone_numbers"][0]["number"].as_str().unwrap().starts_with('+'));
}
