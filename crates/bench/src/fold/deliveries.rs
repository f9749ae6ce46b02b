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

/// Generated deliveries and what they are signed with.
pub(super) struct Deliveries {
    pub(super) all: Vec<Delivery>,
    pub(super) secrets: Secrets,
}

/// One delivery: two headers and a body.
pub(super) struct Delivery {
    signature: String,
    timestamp: String,
    pub(super) body: Bytes,
}

/// Draws events in the order in which they happen.
struct Draw {
    rng: ChaCha8Rng,
    people: usize,
    begun_at: DateTime<Utc>,
}

/// Words of Zoom's presence events.
const STATES: [&str; 5] = ["Available", "Away", "In_Meeting", "Do_Not_Disturb", "Offline"];
/// Of so many events one begins a call, which has three.
const CALLS: u32 = 8;

impl Deliveries {
    /// Generates `count` distinct deliveries that are signed now.
    pub(super) fn generate(count: usize, people: usize, seed: u64, now: DateTime<Utc>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let secret = SecretString::from(format!("{:032x}", rng.random::<u128>()));
        let mut made = Self { all: Vec::new(), secrets: Secrets { current: secret, previous: None } };
        let span = TimeDelta::milliseconds(i64::try_from(count).unwrap_or(i64::MAX / 2));
        let mut draw = Draw { rng, people, begun_at: now - span };
        let mut bodies = Vec::with_capacity(count + 2);
        while bodies.len() < count {
            let at = draw.begun_at + TimeDelta::milliseconds(i64::try_from(bodies.len()).unwrap_or(0));
            draw.next(at, &mut bodies);
        }
        bodies.truncate(count);
        let timestamp = now.timestamp().to_string();
        made.all = bodies.iter().map(|body| made.sign(&timestamp, body)).collect();
        made
    }

    /// The MAC that Zoom would send with a delivery.
    pub(super) fn mac(&self, delivery: &Delivery) -> [u8; 32] {
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
    pub(super) fn signed(&self) -> Signed<'_> {
        Signed { signature: &self.signature, timestamp: &self.timestamp, body: &self.body }
    }
}

impl Draw {
    /// The next thing that happens: a change of presence, or a whole call.
    fn next(&mut self, at: DateTime<Utc>, bodies: &mut Vec<Value>) {
        if self.rng.random_ratio(1, CALLS) {
            self.call(at, bodies);
        } else {
            let (person, email) = self.person();
            let status = STATES.choose(&mut self.rng).copied().unwrap_or_default();
            let object = json!({
                "id": person, "email": email, "presence_status": status, "date_time": written(at),
                "app": { "type": "desktop", "presence_status": status },
            });
            bodies.push(event("user.presence_status_updated", at, &object));
        }
    }

    /// Rings, is answered, ends.
    fn call(&mut self, at: DateTime<Utc>, bodies: &mut Vec<Value>) {
        let id = self.rng.random_range(6_000_000_000_000_000_000_u64..=6_999_999_999_999_999_999);
        let (person, _) = self.person();
        let extension = self.rng.random_range(1_000..=99_999);
        let outside = format!("+4420794{:05}", self.rng.random_range(0..100_000));
        for (step, name) in (0..).zip(["phone.callee_ringing", "phone.callee_answered", "phone.callee_ended"])
        {
            let at = at + TimeDelta::milliseconds(step);
            let mut object = json!({
                "call_id": id.to_string(),
                "callee": { "user_id": person, "extension_type": "user", "extension_number": extension },
                "caller": { "extension_type": "pstn", "phone_number": outside },
                "ringing_start_time": written(at),
            });
            if step > 0 {
                object["answer_start_time"] = written(at).into();
            }
            if step > 1 {
                object["call_end_time"] = written(at).into();
                object["handup_result"] = "Call connected".into();
            }
            bodies.push(event(name, at, &object));
        }
    }

    fn person(&mut self) -> (String, String) {
        let number = self.rng.random_range(0..self.people.max(1));
        (format!("u{number:021}"), format!("person.{number}@example.com"))
    }
}

fn event(name: &str, at: DateTime<Utc>, object: &Value) -> Value {
    json!({
        "event": name,
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": "made-up-account", "object": object },
    })
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
            Deliveries::generate(300, 20, seed, now).all.into_iter().map(|delivery| delivery.body).collect()
        };

        assert_eq!(bodies(4), bodies(4));
        assert_eq!(bodies(4).into_iter().collect::<HashSet<_>>().len(), 300);
    }
}
