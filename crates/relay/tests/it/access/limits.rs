use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode, header};
use rollcall_wire::{Failure, session::Role};

use super::stand::{FROM, Town, quota};

async fn told_to_wait(answer: Response) -> u32 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let after: u32 = answer.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    let Failure::RelayBusy { retry_secs } = answer.json().await.unwrap() else { panic!("another failure") };
    assert_eq!(retry_secs, after);
    retry_secs
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_others_do_not() {
    let town = Town::new();
    let stand = town.stand_with(&quota(3, Duration::from_mins(1)), false).await;
    let start = async |from: &str| {
        let request = stand.request(Method::GET, "/v1/signin/start").header(FROM, from);
        request.send().await.unwrap()
    };
    for _ in 0..3 {
        assert_eq!(start("2001:db8::1").await.status(), StatusCode::BAD_REQUEST);
    }

    let wait = told_to_wait(start("2001:db8::2").await).await;

    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(start("2001:db8:0:1::1").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_session_that_asks_too_often_waits_and_others_do_not() {
    let town = Town::new();
    let stand = town.stand_with(&quota(5, Duration::from_mins(1)), false).await;
    let [one, other] = [
        stand.session("ada@example.test", Role::Agent).await,
        stand.session("bo@example.test", Role::Agent).await,
    ];
    for _ in 0..5 {
        assert_eq!(stand.reads(&one.token).await, StatusCode::OK);
    }

    let request = stand.request(Method::GET, "/v1/session").bearer_auth(&one.token);
    told_to_wait(request.send().await.unwrap()).await;

    assert_eq!(stand.reads(&other.token).await, StatusCode::OK);
}

#[tokio::test]
async fn wrong_codes_bring_growing_pauses_even_for_the_right_code() {
    let town = Town::new();
    let stand = town.stand().await;
    let right = stand.invited("ada@example.test", Role::Agent).await;
    let show = async |code: &str| stand.redeem(code).send().await.unwrap();
    for _ in 0..6 {
        town.hand.advance(TimeDelta::seconds(1));
        assert_eq!(show("main.0123456789ABCDEFGHJKMNPQRS").await.status(), StatusCode::UNAUTHORIZED);
    }

    assert_eq!(told_to_wait(show(&right).await).await, 3);
    town.hand.advance(TimeDelta::seconds(2));
    assert_eq!(show(&right).await.status(), StatusCode::OK);
}
