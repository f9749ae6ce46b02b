//! Every endpoint with its label, its scopes and who answers it.

use axum::http::Method;

use super::{
    Answer, Ask, call_history, call_logs, contacts, metrics, number_management, phone_numbers,
    phone_settings, phone_users, presence, queues, user_history, users,
};
use crate::limits::{Label, Pool};

/// One endpoint.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: Method,
    /// The path below `/v2`; `{}` stands for an id.
    pub(super) path: &'static str,
    pub(super) label: Label,
    /// Any one of these opens it.
    pub(super) scopes: &'static [&'static str],
    pub(super) answer: fn(&Ask<'_>) -> Answer,
}

/// Every granular scope the endpoints and events know: what a fully permitted app has.
pub(crate) const ALL_SCOPES: &[&str] = &[
    "user:read:list_users:admin",
    "user:read:user:admin",
    "user:read:summary:admin",
    "user:read:presence_status:admin",
    "user:update:presence_status:admin",
    "contact:read:list_contacts:admin",
    "phone:read:call:admin",
    "phone:read:conference:admin",
    "phone:read:call_log:admin",
    "phone:read:list_call_logs:admin",
    "phone:read:list_numbers:admin",
    "phone:read:list_users:admin",
    "phone:read:user:admin",
    "phone:read:call_queue:admin",
    "phone:read:list_call_queues:admin",
    "phone:read:list_call_queue_members:admin",
    "phone:read:list_account_settings:admin",
    "number_management:read:list_numbers:admin",
];

const LIST_USERS: &[&str] = &["user:read:list_users:admin"];
const USER: &[&str] = &["user:read:user", "user:read:user:admin"];
const SUMMARY: &[&str] = &["user:read:summary:admin"];
const PRESENCE: &[&str] = &["user:read:presence_status", "user:read:presence_status:admin"];
const SET_PRESENCE: &[&str] = &["user:update:presence_status", "user:update:presence_status:admin"];
const CONTACTS: &[&str] = &["contact:read:list_contacts", "contact:read:list_contacts:admin"];
const PHONE_USERS: &[&str] = &["phone:read:list_users:admin"];
const PHONE_USER: &[&str] = &["phone:read:user", "phone:read:user:admin"];
const NUMBERS: &[&str] = &["phone:read:list_numbers:admin"];
const MANAGED_NUMBERS: &[&str] = &["number_management:read:list_numbers:admin"];
const QUEUES: &[&str] = &["phone:read:list_call_queues:admin"];
const QUEUE: &[&str] = &["phone:read:call_queue:admin"];
const QUEUE_MEMBERS: &[&str] = &["phone:read:list_call_queue_members:admin"];
const CALL_LISTS: &[&str] = &["phone:read:list_call_logs:admin"];
const OWN_CALL_LISTS: &[&str] = &["phone:read:list_call_logs", "phone:read:list_call_logs:admin"];
const CALL_LOG: &[&str] = &["phone:read:call_log:admin"];
const SETTINGS: &[&str] = &["phone:read:list_account_settings:admin"];

/// All endpoints; those with fixed words before those with an id in the same place.
pub(super) static ENDPOINTS: &[Endpoint] = &[
    get("/users", Label::Medium, LIST_USERS, users::list),
    get("/users/summary", Label::Medium, SUMMARY, users::summary),
    get("/users/{}", Label::Light, USER, users::get),
    get("/users/{}/presence_status", Label::Medium, PRESENCE, presence::get),
    put("/users/{}/presence_status", Label::Medium, SET_PRESENCE, presence::put),
    get("/contacts", Label::Medium, CONTACTS, contacts::search),
    get("/phone/users", Label::Medium, PHONE_USERS, phone_users::list),
    get("/phone/users/{}", Label::Light, PHONE_USER, phone_users::get),
    get("/phone/users/{}/call_history", Label::Medium, OWN_CALL_LISTS, user_history::list),
    get("/phone/users/{}/call_history/sync", Label::Medium, OWN_CALL_LISTS, user_history::sync),
    get("/phone/numbers", Label::Medium, NUMBERS, phone_numbers::list),
    get("/number_management/numbers", Label::Light, MANAGED_NUMBERS, number_management::list),
    get("/phone/call_queues", Label::Medium, QUEUES, queues::list),
    get("/phone/call_queues/{}", Label::Light, QUEUE, queues::get),
    get("/phone/call_queues/{}/members", Label::Medium, QUEUE_MEMBERS, queues::members),
    get("/phone/call_queue_analytics", Label::Medium, QUEUES, queues::analytics),
    get("/phone/call_history", Label::Heavy, CALL_LISTS, call_history::list),
    get("/phone/call_history/{}", Label::Light, CALL_LOG, call_history::get),
    get("/phone/call_element/{}", Label::Light, CALL_LOG, call_history::element),
    get("/phone/call_logs", Label::Heavy, CALL_LISTS, call_logs::list),
    get("/phone/call_logs/{}", Label::Light, CALL_LOG, call_logs::get),
    get("/phone/metrics/call_logs", Label::Heavy, CALL_LISTS, metrics::call_logs),
    get("/phone/metrics/past_calls", Label::Heavy, CALL_LISTS, metrics::past_calls),
    get("/phone/account_settings", Label::Light, SETTINGS, phone_settings::get),
];

const fn get(
    path: &'static str,
    label: Label,
    scopes: &'static [&'static str],
    answer: fn(&Ask<'_>) -> Answer,
) -> Endpoint {
    Endpoint { method: Method::GET, path, label, scopes, answer }
}

const fn put(
    path: &'static str,
    label: Label,
    scopes: &'static [&'static str],
    answer: fn(&Ask<'_>) -> Answer,
) -> Endpoint {
    Endpoint { method: Method::PUT, path, label, scopes, answer }
}

impl Endpoint {
    /// The endpoint for a path, with the ids that stand in it. Ids may be encoded once or twice.
    pub(super) fn find(method: &Method, path: &str) -> Option<(&'static Self, Vec<String>)> {
        let parts: Vec<_> = path.trim_end_matches('/').split('/').collect();
        ENDPOINTS
            .iter()
            .filter(|endpoint| endpoint.method == *method)
            .find_map(|endpoint| endpoint.ids(&parts).map(|ids| (endpoint, ids)))
    }

    /// Its name in reports: method and path.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it belongs to Zoom Phone.
    pub(super) fn is_phone(&self) -> bool {
        self.path.starts_with("/phone/")
    }

    /// The pool its requests count in.
    pub(super) fn pool(&self) -> Pool {
        Pool { label: self.label, phone: self.is_phone() }
    }

    fn ids(&self, parts: &[&str]) -> Option<Vec<String>> {
        let own: Vec<_> = self.path.split('/').collect();
        if own.len() != parts.len() {
            return None;
        }
        let mut ids = Vec::new();
        for (own, part) in own.iter().zip(parts) {
            match *own {
                "{}" => ids.push(decoded(&decoded(part))),
                word if word == *part => {}
                _ => return None,
            }
        }
        Some(ids)
    }
}

/// Takes one layer of percent-encoding off. A `+` stays: it is part of some e-mail addresses.
fn decoded(part: &str) -> String {
    let protected = part.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(protected.as_bytes());
    pairs
        .next()
        .map(|(key, value)| if value.is_empty() { key.into_owned() } else { format!("{key}={value}") })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_words_win_over_ids() {
        let (endpoint, ids) = Endpoint::find(&Method::GET, "/users/summary").unwrap();

        assert_eq!((endpoint.path, ids.len()), ("/users/summary", 0));
        assert!(Endpoint::find(&Method::GET, "/meetings").is_none());
    }

    #[test]
    fn ids_may_be_encoded_once_or_twice() {
        for path in ["/users/a%2Fb@x", "/users/a%252Fb%2540x", "/users/a%252Fb@x"] {
            let (_, ids) = Endpoint::find(&Method::GET, path).unwrap();
            assert_eq!(ids, ["a/b@x"], "{path}");
        }
        let (_, ids) = Endpoint::find(&Method::GET, "/users/a+b@x").unwrap();
        assert_eq!(ids, ["a+b@x"]);
    }
}
