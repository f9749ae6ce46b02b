//! Deliveries as Zoom's webhooks bring them: presence and calls, each with its signature.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use rollcall_zoom::webhook::{Secrets, Signed};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;

/// What is to be generated.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// How many deliveries.
    pub(crate) count: usize,
    /// About how many people they are about.
    pub(crate) people: usize,
    /// The same seed gives the same deliveries.
    pub(crate) seed: u64,
    /// The account's id in every body.
    pub(crate) account: String,
    /// Over how long they happen, up to now; a millisecond each when nothing is said.
    pub(crate) over: Option<TimeDelta>,
    /// Who they are about; made-up people when nobody is named.
    pub(crate) ids: Vec<String>,
    /// Each is about a person of its own, so that it can be known again wherever it comes out.
    pub(crate) own_person: bool,
}

/// Generated deliveries and what they are signed with.
pub(crate) struct Deliveries {
    /// In the order in which they happen.
    pub(crate) all: Vec<Delivery>,
    /// The secret token.
    pub(crate) secrets: Secrets,
}

/// One delivery: two headers and a body.
pub(crate) struct Delivery {
    signature: String,
    timestamp: String,
    /// The body byte for byte.
    pub(crate) body: Bytes,
}

/// Draws events in the order in which they happen.
struct Draw<'a> {
    rng: ChaCha8Rng,
    draft: &'a Draft,
    /// How many were drawn.
    drawn: usize,
}

/// Words of Zoom's presence events.
const STATES: [&str; 5] = ["Available", "Away", "In_Meeting", "Do_Not_Disturb", "Offline"];
/// A person's id is this and so many digits.
const PERSON: &str = "uZ";
const DIGITS: usize = 20;
/// Of so many events one begins a call, which has three.
const CALLS: u32 = 8;

impl Default for Draft {
    fn default() -> Self {
        let account = "made-up-account".to_owned();
        Self {
            count: 1_000,
            people: 20_000,
            seed: 1,
            account,
            over: None,
            ids: Vec::new(),
            own_person: false,
        }
    }
}

impl Deliveries {
    /// Generates distinct deliveries that are signed now, with a secret token of their own.
    pub(crate) fn generate(draft: &Draft, now: DateTime<Utc>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(draft.seed);
        let secret = format!("{:032x}", rng.random::<u128>());
        Self::signed_with(draft, secret, now)
    }

    /// The same with a given secret token.
    pub(crate) fn signed_with(draft: &Draft, secret: String, now: DateTime<Utc>) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(draft.seed);
        let secrets = Secrets { current: SecretString::from(secret), previous: None };
        let mut made = Self { all: Vec::new(), secrets };
        let count = i64::try_from(draft.count.max(1)).unwrap_or(i64::MAX);
        let step =
            draft.over.map_or(1_000, |over| (over.num_microseconds().unwrap_or(i64::MAX) / count).max(1));
        let begun_at = now - TimeDelta::microseconds(step.saturating_mul(count));
        let mut draw = Draw { rng, draft, drawn: 0 };
        let mut bodies = Vec::with_capacity(draft.count + 2);
        while bodies.len() < draft.count {
            let passed = step.saturating_mul(i64::try_from(bodies.len()).unwrap_or(0));
            draw.next(begun_at + TimeDelta::microseconds(passed), &mut bodies);
        }
        bodies.truncate(draft.count);
        let timestamp = now.timestamp().to_string();
        made.all = bodies.iter().map(|body| made.sign(&timestamp, body)).collect();
        made
    }

    /// The MAC that Zoom would send with a delivery.
    pub(crate) fn mac(&self, delivery: &Delivery) -> [u8; 32] {
        self.mac_of(&delivery.timestamp, &delivery.body)
    }

    fn sign(&self, timestamp: &str, body: &Value) -> Delivery {
        let body = Bytes::from(body.to_string());
        let signature = format!("v0={}", hex::encode(self.mac_of(timestamp, &body)));
        Delivery { signature, timestamp: timestamp.to_owned(), body }
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    fn mac_of(&self, timestamp: &str, body: &[u8]) -> [u8; 32] {
        let key = self.secrets.current.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
        for part in [b"v0:", timestamp.as_bytes(), b":", body] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl Delivery {
    /// The delivery as a receiver has it.
    pub(crate) fn signed(&self) -> Signed<'_> {
        Signed { signature: &self.signature, timestamp: &self.timestamp, body: &self.body }
    }
}

impl Draw<'_> {
    /// The next thing that happens: a change of presence, or a whole call.
    fn next(&mut self, at: DateTime<Utc>, bodies: &mut Vec<Value>) {
        let (person, email) = self.person();
        if self.rng.random_ratio(1, CALLS) {
            self.call(&person, at, bodies);
        } else {
            let status = STATES.choose(&mut self.rng).copied().unwrap_or_default();
            let object = json!({
                "id": person, "email": email, "presence_status": status, "date_time": written(at),
                "app": { "type": "desktop", "presence_status": status },
            });
            bodies.push(self.event("user.presence_status_updated", at, &object));
        }
    }

    /// Rings, is answered, ends; it only rings when each event is to have a person of its own.
    fn call(&mut self, person: &str, at: DateTime<Utc>, bodies: &mut Vec<Value>) {
        let mut object = self.ringing(person, at);
        for (step, name) in (0..).zip(["phone.callee_ringing", "phone.callee_answered", "phone.callee_ended"])
        {
            let at = at + TimeDelta::milliseconds(step);
            if step > 0 {
                object["answer_start_time"] = written(at).into();
            }
            if step > 1 {
                object["call_end_time"] = written(at).into();
                object["handup_result"] = "Call connected".into();
            }
            bodies.push(self.event(name, at, &object));
            if self.draft.own_person {
                return;
            }
        }
    }

    /// What Zoom says of a call from outside that came through a queue.
    fn ringing(&mut self, person: &str, at: DateTime<Utc>) -> Value {
        let id = self.rng.random_range(6_000_000_000_000_000_000_u64..=6_999_999_999_999_999_999);
        let extension = self.rng.random_range(1_000..=99_999);
        let (inside, outside): (u32, u32) =
            (self.rng.random_range(0..10_000_000), self.rng.random_range(0..100_000));
        json!({
            "call_id": id.to_string(),
            "callee": {
                "extension_type": "user", "extension_number": extension, "user_id": person,
                "phone_number": format!("+1205{inside:07}"), "timezone": "America/Los_Angeles",
                "device_type": "MAC_Client(6.2.5.1123)", "device_id": format!("{:022x}", self.rng.random::<u64>()),
                "connection_type": "voip",
            },
            "caller": {
                "extension_type": "pstn", "phone_number": format!("+4420794{outside:05}"),
                "connection_type": "pstn_off_net",
            },
            "forwarded_by": { "name": "Service", "extension_type": "callQueue", "extension_number": "1022" },
            "ringing_start_time": written(at),
        })
    }

    fn person(&mut self) -> (String, String) {
        let number = if self.draft.own_person {
            self.drawn
        } else {
            self.rng.random_range(0..self.draft.people.max(1))
        };
        self.drawn += 1;
        let named = self.draft.ids.get(number % self.draft.ids.len().max(1)).cloned();
        (named.unwrap_or_else(|| person_id(number)), format!("person.{number}@example.com"))
    }

    fn event(&self, name: &str, at: DateTime<Utc>, object: &Value) -> Value {
        json!({
            "event": name,
            "event_ts": at.timestamp_millis(),
            "payload": { "account_id": self.draft.account, "object": object },
        })
    }
}

/// The id of the made-up person with this number.
fn person_id(number: usize) -> String {
    format!("{PERSON}{number:0DIGITS$}")
}

/// The numbers of all people whose ids stand somewhere in a text.
pub(crate) fn people_in(text: &[u8]) -> impl Iterator<Item = usize> {
    let digits = |at: usize| text.get(at + PERSON.len()..at + PERSON.len() + DIGITS);
    let starts = text.windows(PERSON.len()).enumerate().filter(|(_, word)| *word == PERSON.as_bytes());
    starts.filter_map(move |(at, _)| str::from_utf8(digits(at)?).ok()?.parse().ok())
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_distinct_deliveries() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let bodies = |seed| -> Vec<Bytes> {
            let draft = Draft { count: 300, people: 20, seed, ..Draft::default() };
            Deliveries::generate(&draft, now).all.into_iter().map(|delivery| delivery.body).collect()
        };

        assert_eq!(bodies(4), bodies(4));
        assert_eq!(bodies(4).into_iter().collect::<HashSet<_>>().len(), 300);
    }

    #[test]
    fn a_delivery_with_a_person_of_its_own_is_known_again() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let draft = Draft { count: 40, own_person: true, ..Draft::default() };

        let made = Deliveries::generate(&draft, now);

        let found: Vec<usize> = made.all.iter().flat_map(|delivery| people_in(&delivery.body)).collect();
        assert_eq!(found, (0..40).collect::<Vec<_>>());
    }
}
