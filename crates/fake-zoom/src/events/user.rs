//! Events about people: presence, creation, change, deletion, sign-in.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Event, Manner};
use crate::{mischief::Mischief, org::Person, presence::Status};

/// The version of the client people use.
const CLIENT_VERSION: &str = "6.3.0.44805";

impl Manner {
    /// `user.presence_status_updated`.
    pub(crate) fn presence(&self, person: &Person, status: Status, at: DateTime<Utc>) -> Event {
        let mobile = status == Status::MobileSignedIn;
        let key = if self.is(Mischief::DateTimeHyphen) { "date-time" } else { "date_time" };
        let mut object = json!({
            "email": person.email,
            "id": person.id,
            "presence_status": status.in_event(),
            "app": {
                "type": if mobile { "mobile" } else { "desktop" },
                "presence_status": if mobile { Status::Available } else { status }.in_event(),
            },
        });
        object[key] = self.stamp(at).into();
        self.event("user.presence_status_updated", object, at)
    }

    /// `user.created`, done by `operator`.
    pub(crate) fn created(&self, person: &Person, operator: &Person, at: DateTime<Utc>) -> Event {
        let mut object = self.identity(person);
        object["display_name"] = self.name(&person.display_name()).into();
        let mut payload = self.operated(operator, object);
        payload.insert("creation_type".into(), "create".into());
        self.event_with("user.created", payload, at)
    }

    /// `user.deleted`, `user.activated`, `user.deactivated` or `user.disassociated`, done by `operator`.
    pub(crate) fn moved(&self, word: &str, person: &Person, operator: &Person, at: DateTime<Utc>) -> Event {
        self.event_with(&format!("user.{word}"), self.operated(operator, self.identity(person)), at)
    }

    /// `user.updated`: only what changed, before and after.
    pub(crate) fn updated(
        &self,
        person: &Person,
        operator: &Person,
        (mut old, mut new): (Map<String, Value>, Map<String, Value>),
        at: DateTime<Utc>,
    ) -> Event {
        for side in [&mut old, &mut new] {
            side.insert("id".into(), json!(person.id));
        }
        let mut payload = self.operated(operator, Value::Object(new));
        payload.insert("old_object".into(), Value::Object(old));
        payload.insert("time_stamp".into(), (at + self.ahead).timestamp_millis().into());
        self.event_with("user.updated", payload, at)
    }

    /// `user.signed_in` or `user.signed_out`.
    pub(crate) fn signed(&self, word: &str, person: &Person, at: DateTime<Utc>) -> Event {
        let object = json!({
            "id": person.id,
            "client_type": person.client_type(),
            "date_time": self.stamp(at),
            "email": person.email,
            "version": CLIENT_VERSION,
            "login_type": 101,
        });
        self.event(&format!("user.signed_{word}"), object, at)
    }

    fn identity(&self, person: &Person) -> Value {
        json!({
            "id": person.id,
            "first_name": person.first,
            "last_name": self.name(&person.last),
            "email": person.email,
            "type": person.licence.number(),
        })
    }

    fn operated(&self, operator: &Person, object: Value) -> Map<String, Value> {
        let mut payload = self.payload(object);
        payload.insert("operator".into(), json!(operator.email));
        payload.insert("operator_id".into(), json!(operator.id));
        payload
    }
}
