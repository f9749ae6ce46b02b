//! Lists: their pages, what is asked for, and what their items say.

use std::sync::Mutex;

use chrono::{DateTime, NaiveDate};
use rollcall_model::{Outcome, PersonFact, PersonId, PresenceState, Side, Standing, Step};
use rollcall_zoom::{Lane, PageToken, Paging, ZoomError};
use serde_json::{Value, json};

use crate::stand::{Reply, Stand};

fn people(range: std::ops::Range<u32>, next: &str) -> Value {
    let users: Vec<Value> = range
        .map(|number| json!({ "id": format!("u{number}"), "email": format!("u{number}@example.test"), "type": 2 }))
        .collect();
    json!({ "users": users, "next_page_token": next, "page_size": 300, "total_records": 5 })
}

fn ids(page: &rollcall_zoom::Page<rollcall_zoom::ListedUser>) -> Vec<&str> {
    page.items.iter().map(|user| user.id.as_str()).collect()
}

#[tokio::test]
async fn a_list_is_asked_for_by_standing_and_page() {
    let stand = Stand::with_tokens(|_| Reply::ok(&people(0..2, "next"))).await;
    let client = stand.client();

    let page = client.users(Standing::Inactive, None, Lane::Sweep).await.unwrap();
    client.with_page_size(50).users(Standing::Pending, page.next.as_ref(), Lane::Sweep).await.unwrap();

    assert_eq!((ids(&page), page.total), (vec!["u0", "u1"], Some(5)));
    let standing = &page.items[0].reports(DateTime::UNIX_EPOCH)[1].fact;
    assert_eq!(*standing, PersonFact::Standing(Standing::Inactive));
    let calls = stand.calls("/v2/users");
    assert_eq!((&*calls[0].query["status"], &*calls[0].query["page_size"]), ("inactive", "300"));
    assert_eq!(calls[0].query["include_fields"], "custom_attributes");
    assert_eq!(calls[0].query.get("next_page_token"), None);
    assert_eq!((&*calls[1].query["status"], &*calls[1].query["page_size"]), ("pending", "50"));
    assert_eq!(calls[1].query["next_page_token"], "next");
}

#[tokio::test]
async fn an_expired_page_token_begins_the_list_anew() {
    let expired = Mutex::new(false);
    let stand = Stand::with_tokens(move |call| {
        let mut expired = expired.lock().unwrap();
        match call.query.get("next_page_token").map(String::as_str) {
            None => Reply::ok(&people(0..2, "second")),
            Some("second") if !*expired => {
                *expired = true;
                Reply::error(400, 300)
            }
            _ => Reply::ok(&people(2..5, "")),
        }
    })
    .await;
    let client = stand.client();
    let mut paging = Paging::from(None);
    let mut seen = Vec::new();

    let ask = |page: Option<PageToken>| {
        let client = client.clone();
        async move { client.users(Standing::Active, page.as_ref(), Lane::Sweep).await }
    };
    while let Some(page) = paging.next(ask).await.unwrap() {
        seen.extend(page.items.into_iter().map(|user| user.id));
    }

    assert_eq!(seen, ["u0", "u1", "u0", "u1", "u2", "u3", "u4"]);
    assert_eq!(stand.calls("/v2/users").len(), 4);
}

#[tokio::test]
async fn a_page_token_that_never_works_ends_the_listing() {
    let stand = Stand::with_tokens(|call| match call.query.get("next_page_token") {
        None => Reply::ok(&people(0..2, "second")),
        Some(_) => Reply::error(400, 300),
    })
    .await;
    let client = stand.client();
    let mut paging = Paging::from(None);
    let ask = |page: Option<PageToken>| {
        let client = client.clone();
        async move { client.users(Standing::Active, page.as_ref(), Lane::Sweep).await }
    };

    let mut pages = 0;
    let failure = loop {
        match paging.next(ask).await {
            Ok(_) => pages += 1,
            Err(failure) => break failure,
        }
    };

    assert_eq!((pages, failure), (4, ZoomError::PageExpired));
}

#[tokio::test]
async fn a_refused_query_without_a_page_is_no_expired_page() {
    let stand = Stand::with_tokens(|_| Reply::error(400, 300)).await;

    let refusal = stand.client().users(Standing::Active, None, Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::Refused { status: 400, code: 300 });
}

#[tokio::test]
async fn one_unreadable_person_does_not_spoil_the_page() {
    let body =
        json!({ "users": [7, { "id": "u1", "email": "a@example.test" }, null], "next_page_token": null });
    let stand = Stand::with_tokens(move |_| Reply::ok(&body)).await;

    let page = stand.client().users(Standing::Active, None, Lane::Now).await.unwrap();

    assert_eq!(ids(&page), ["u1"]);
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn a_list_that_is_no_list_is_unreadable() {
    let stand = Stand::with_tokens(|_| Reply::ok(&json!({ "people": [] }))).await;

    assert_eq!(
        stand.client().users(Standing::Active, None, Lane::Now).await.unwrap_err(),
        ZoomError::Unreadable
    );
}

#[tokio::test]
async fn a_persons_own_record_and_the_tokens_own_user_are_read() {
    let stand = Stand::with_tokens(|call| {
        let id = if call.path.ends_with("/me") { "u-owner" } else { "u-mia" };
        Reply::ok(&json!({ "id": id, "email": "Mia@Example.test", "job_title": "Lead", "status": "active" }))
    })
    .await;
    let client = stand.client();

    let record = client.user(&PersonId::new("u-mia"), Lane::Now).await.unwrap();
    let owner = client.me(Lane::Now).await.unwrap();

    let reports = record.reports(DateTime::UNIX_EPOCH);
    assert!(matches!(&reports[0].fact, PersonFact::Detail(detail) if detail.title == "Lead"));
    assert!(matches!(&reports[1].fact, PersonFact::Profile(profile) if profile.email == "mia@example.test"));
    assert_eq!(reports[2].fact, PersonFact::Standing(Standing::Active));
    assert_eq!(owner.id, "u-owner");
}

#[tokio::test]
async fn a_search_of_contacts_brings_numbers_and_presence() {
    let stand = Stand::with_tokens(|_| {
        Reply::ok(&json!({ "contacts": [{
            "id": "u-mia", "display_name": "Mia Sol", "extension_number": "31", "presence_status": "In_A_Call",
            "direct_numbers": ["+14155550100"], "phone_number": "5550100",
            "phone_numbers": [{ "code": "+44", "country": "GB", "label": "Mobile", "number": "7700900123" }],
        }] }))
    })
    .await;

    let page = stand.client().contacts("mia s", None, Lane::Now).await.unwrap();

    let mia = &page.items[0];
    let numbers: Vec<String> = mia.lines().iter().map(|line| line.number.to_string()).collect();
    assert_eq!(numbers, ["+14155550100", "+447700900123"]);
    assert_eq!(mia.presence().unwrap().presence.state, PresenceState::OnCall);
    let query = &stand.calls("/v2/contacts")[0].query;
    assert_eq!((&*query["search_key"], &*query["query_presence_status"]), ("mia s", "true"));
}

#[tokio::test]
async fn queues_are_read_with_their_members_and_figures() {
    let stand = Stand::with_tokens(|call| {
        let queue = json!({ "id": "q1", "name": "Payments", "extension_number": 26_000_026_001_u64,
            "phone_numbers": [{ "number": "+14155550190" }], "site": { "name": "Porto" } });
        let member = json!({ "id": "u-mia", "name": "Mia", "level": "manager", "receive_call": true });
        Reply::ok(&match call.path.as_str() {
            "/v2/phone/call_queues" => json!({ "call_queues": [queue], "total_records": 1 }),
            "/v2/phone/call_queues/q1/members" => json!({ "call_queue_members": [member] }),
            "/v2/phone/call_queue_analytics" => json!({ "call_queues": [{ "call_queue_id": "q1", "inbound_calls": 9 }] }),
            _ => json!({ "id": "q1", "name": "Payments", "members": { "users": [member], "common_areas": [] } }),
        })
    })
    .await;
    let client = stand.client();
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();

    let queues = client.call_queues(None, Lane::Sweep).await.unwrap().items;
    let record = client.call_queue("q1", Lane::Sweep).await.unwrap();
    let members = client.call_queue_members("q1", None, Lane::Sweep).await.unwrap().items;
    let figures = client.queue_analytics(day(1), day(2), None, Lane::Sweep).await.unwrap().items;

    assert_eq!((queues[0].extension.unwrap().0, queues[0].site()), (26_000_026_001, "Porto"));
    assert_eq!(queues[0].numbers(), ["+14155550190".parse().unwrap()]);
    assert_eq!((record.queue.name.as_str(), record.members()), ("Payments", &members[..]));
    assert!(members[0].receives_calls && members[0].is_manager());
    assert_eq!((members[0].person(), figures[0].inbound_calls), (PersonId::new("u-mia"), 9));
    let query = &stand.calls("/v2/phone/call_queue_analytics")[0].query;
    assert_eq!((&*query["from"], &*query["to"]), ("2026-03-01", "2026-03-02"));
}

#[tokio::test]
async fn call_history_is_read_whole_and_then_from_where_it_ended() {
    let stand = Stand::with_tokens(|_| {
        Reply::ok(&json!({ "sync_token": "place", "call_logs": [{ "call_id": "old form" }], "call_elements": [{
            "call_id": "7001", "direction": "outbound", "callee_did_number": "+14155550100", "callee_name": "Bo",
            "start_time": "2026-03-02T10:00:00Z", "answer_time": "", "end_time": "2026-03-02T10:00:20Z",
            "result": "no_answer", "callee_ext_number": 31,
        }] }))
    })
    .await;
    let (client, mia) = (stand.client(), PersonId::new("u-mia"));

    let sync = client.call_history_sync(&mia, None, 50, Lane::Sweep).await.unwrap();
    client.call_history_sync(&mia, sync.next.as_ref(), 50, Lane::Sweep).await.unwrap();

    let reports = sync.reports(&mia);
    let steps: Vec<_> = reports.iter().map(|report| (report.side, report.step)).collect();
    assert_eq!(steps, [(Side::Caller, Step::Ringing), (Side::Caller, Step::Ended(Outcome::NoAnswer))]);
    assert_eq!(reports[0].other.extension.unwrap().0, 31);
    let calls = stand.calls("/v2/phone/users/u-mia/call_history/sync");
    assert_eq!((&*calls[0].query["sync_type"], calls[0].query.get("sync_token")), ("FSync", None));
    assert_eq!((&*calls[1].query["sync_type"], &*calls[1].query["sync_token"]), ("ISync", "place"));
}
