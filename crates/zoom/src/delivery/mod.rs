//! What Zoom delivers: the body of a webhook, or the `content` of a WebSocket message.
//!
//! [`parse`] never panics and never repeats what it was given: whatever arrives, the answer is a
//! delivery with a meaning, or a code that says what is missing.

mod fields;
mod moment;
mod phone;
mod record;
mod user;

use chrono::{DateTime, Utc};
use rollcall_model::{Event, PersonId};
use serde_json_borrow::Value;

use crate::lenient;
use fields::Fields;

/// The longest delivery that is read, in bytes.
pub const LONGEST: usize = 256 << 10;
/// The longest name of an event.
const LONGEST_NAME: usize = 128;

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The name of the event, such as `user.updated`.
    pub name: String,
    /// The account it comes from.
    pub account_id: Option<String>,
    /// When Zoom made it, to the millisecond.
    pub event_ts: Option<DateTime<Utc>>,
    /// What it means.
    pub meaning: Meaning,
}

/// What a delivery means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Facts for the log; none when the event is known and says nothing about them.
    Events(Vec<Event>),
    /// Zoom tests the endpoint: see [`answer_validation`](crate::webhook::answer_validation).
    Validation {
        /// What is to be signed and sent back.
        plain_token: String,
    },
    /// A user took the app away; what was learned through them is to be deleted.
    Deauthorized {
        /// Who.
        user: Option<PersonId>,
        /// The app, by its client id.
        client_id: Option<String>,
        /// When.
        at: Option<DateTime<Utc>>,
    },
    /// An event that this version does not know.
    Unknown,
}

/// Why bytes are no delivery. Holds nothing of their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Longer than [`LONGEST`].
    #[error("{bytes} bytes are too many")]
    TooLarge {
        /// How long it was.
        bytes: usize,
    },
    /// No JSON object, or one that was cut short.
    #[error("not a JSON object")]
    NotJson,
    /// No event is named, or the name is no text of at most 128 bytes.
    #[error("no event is named")]
    NoEventName,
    /// A field without which the event means nothing.
    #[error("the field {name} is missing or unreadable")]
    MissingField {
        /// Its name.
        name: &'static str,
    },
}

/// What every parser of an event is given.
#[derive(Clone, Copy, Debug)]
struct Told<'a> {
    payload: Fields<'a>,
    /// `payload.object`.
    object: Fields<'a>,
    event_ts: Option<DateTime<Utc>>,
}

type Events = Result<Vec<Event>, Malformed>;

/// Reads a delivery. Quick because texts stay where they are in `body` until one is kept: a delivery has dozens of
/// fields, of which a few are facts. Of a field that is there twice the first counts.
pub fn parse(body: &[u8]) -> Result<Delivery, Malformed> {
    if body.len() > LONGEST {
        return Err(Malformed::TooLarge { bytes: body.len() });
    }
    let whole: Value<'_> = serde_json::from_slice(body).map_err(|_| Malformed::NotJson)?;
    if !whole.is_object() {
        return Err(Malformed::NotJson);
    }
    let fields = Fields::of(&whole);
    let name = fields.value("event").and_then(Value::as_str).map(str::trim);
    let name = name.filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME);
    let name = name.ok_or(Malformed::NoEventName)?;
    let payload = fields.object("payload");
    let event_ts = fields.value("event_ts").and_then(lenient::millis);
    let told = Told { payload, object: payload.object("object"), event_ts };
    Ok(Delivery {
        name: name.to_owned(),
        account_id: payload.text("account_id"),
        event_ts,
        meaning: meaning(name, told)?,
    })
}

fn meaning(name: &str, told: Told<'_>) -> Result<Meaning, Malformed> {
    let events = match name {
        "endpoint.url_validation" => {
            let plain_token = told.payload.text("plainToken");
            let plain_token = plain_token.ok_or(Malformed::MissingField { name: "plainToken" })?;
            return Ok(Meaning::Validation { plain_token });
        }
        "app_deauthorized" => return Ok(deauthorized(told)),
        name => match name.split_once('.') {
            Some(("user", event)) => user::parse(event, told),
            Some(("phone", event)) => phone::parse(event, told),
            _ => None,
        },
    };
    Ok(match events {
        Some(events) => Meaning::Events(events?),
        None => Meaning::Unknown,
    })
}

fn deauthorized(told: Told<'_>) -> Meaning {
    Meaning::Deauthorized {
        user: told.payload.text("user_id").map(|id| PersonId::new(&id)),
        client_id: told.payload.text("client_id"),
        at: told.payload.moment(&["deauthorization_time"]).or(told.event_ts),
    }
}
