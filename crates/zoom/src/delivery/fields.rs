//! Fields of a JSON object that may be missing, of another type, or spelled in another way.

use chrono::{DateTime, Utc};
use rollcall_model::{Extension, PersonId};
use serde_json_borrow::Value;

use crate::lenient;

/// An object, or nothing: what is asked of nothing is absent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(Option<&'a Value<'a>>);

impl<'a> Fields<'a> {
    pub(super) const fn of(value: &'a Value<'a>) -> Self {
        Self(Some(value))
    }

    pub(super) fn value(self, name: &str) -> Option<&'a Value<'a>> {
        self.0?.as_object()?.get(name)
    }

    pub(super) fn object(self, name: &str) -> Self {
        Self(self.value(name).filter(|value| value.is_object()))
    }

    pub(super) fn list(self, name: &str) -> &'a [Value<'a>] {
        self.value(name).and_then(Value::as_array).unwrap_or_default()
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        self.value(name).and_then(lenient::text)
    }

    pub(super) fn person(self, name: &str) -> Option<PersonId> {
        self.text(name).map(|id| PersonId::new(&id))
    }

    pub(super) fn extension(self, name: &str) -> Option<Extension> {
        self.value(name).and_then(lenient::extension)
    }

    /// The first of the names under which a moment can be read.
    pub(super) fn moment(self, names: &[&str]) -> Option<DateTime<Utc>> {
        names.iter().find_map(|name| lenient::moment(self.value(name)?.as_str()?))
    }
}
