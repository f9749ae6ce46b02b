//! A request that has passed the gate.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::Value;

use super::{errors::Refused, page::Cut};
use crate::{
    oauth::{Grant, Holder},
    org::PersonIx,
    shared::Shared,
    world::World,
};

/// The longest time between `from` and `to`, in days.
const LONGEST_SPAN: i64 = 31;

/// A request with its path's ids and its query taken apart.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) grant: &'a Grant,
    /// What stood in the path where the endpoint has `{}`, decoded.
    pub(crate) ids: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: &'a [u8],
    /// The endpoint's path, which page tokens are bound to.
    pub(crate) path: &'static str,
    pub(crate) now: DateTime<Utc>,
}

/// What an endpoint answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Json(Value),
    /// 204.
    Nothing,
}

/// An endpoint's result.
pub(crate) type Answer = Result<Reply, Refused>;

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        Self::Json(body)
    }
}

impl Ask<'_> {
    /// The first value of a query parameter; an empty one counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// All values of a list parameter: repeated, with `[]`, or comma separated.
    pub(crate) fn list(&self, key: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(name, _)| name.strip_suffix("[]").unwrap_or(name) == key)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// A parameter with a fixed set of words.
    pub(crate) fn word(&self, key: &'static str, words: &[&str]) -> Result<Option<&str>, Refused> {
        match self.get(key) {
            Some(word) if !words.contains(&word) => Err(Refused::invalid(key)),
            word => Ok(word),
        }
    }

    /// A list parameter whose words must be of a fixed set; empty means any.
    pub(crate) fn words(&self, key: &'static str, words: &[&str]) -> Result<Vec<&str>, Refused> {
        let given = self.list(key);
        if given.iter().all(|word| words.contains(word)) { Ok(given) } else { Err(Refused::invalid(key)) }
    }

    /// A yes-or-no parameter.
    pub(crate) fn flag(&self, key: &'static str) -> Result<Option<bool>, Refused> {
        match self.get(key) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refused::invalid(key)),
        }
    }

    /// The first id of the path.
    pub(crate) fn id(&self) -> &str {
        self.ids.first().map(String::as_str).unwrap_or_default()
    }

    /// Whose endpoint this is: `me`, a user id or an e-mail.
    pub(crate) fn person(&self, world: &World) -> Option<PersonIx> {
        if self.id() == "me" {
            return (self.grant.holder != Holder::App).then_some(PersonIx(0));
        }
        world.org.find(self.id())
    }

    /// `from` and `to` as whole days, first and last. Without them: the last month.
    pub(crate) fn days(&self) -> Result<Span, Refused> {
        let today = self.now.date_naive();
        let to = self.date("to")?.unwrap_or(today);
        let from = self.date("from")?.unwrap_or_else(|| to - Days::new(30));
        if from > to || (to - from).num_days() > LONGEST_SPAN {
            return Err(Refused::invalid("from"));
        }
        Ok(Span { from, to })
    }

    /// A date, or the day of a time.
    pub(crate) fn date(&self, key: &'static str) -> Result<Option<NaiveDate>, Refused> {
        self.get(key)
            .map(|text| text.get(..10).unwrap_or(text).parse().map_err(|_| Refused::invalid(key)))
            .transpose()
    }

    /// Cuts the page that was asked for out of a list; see [`Cut`].
    pub(crate) fn cut<T>(&self, rows: Vec<T>, default: usize, most: usize) -> Result<Cut<T>, Refused> {
        Cut::of(self, rows, default, most)
    }
}

/// Whole days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

impl Span {
    pub(crate) fn contains(self, at: DateTime<Utc>) -> bool {
        (self.from..=self.to).contains(&at.date_naive())
    }
}
