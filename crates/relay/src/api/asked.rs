//! What a question for people says: read in full before anything is looked up.

use axum::extract::{Query, rejection::QueryRejection};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rollcall_model::PersonId;
use rollcall_wire::Failure;
use serde::Deserialize;
use utoipa::IntoParams;

/// How many characters a question may have.
const LONGEST: usize = 200;
/// How many rows an answer has when the question does not say.
const USUAL: usize = 50;
/// How many rows an answer may have.
const MOST: usize = 200;
/// How far into the answer to one question pages lead.
pub(super) const DEEPEST: usize = 1_000;
/// How many characters a cursor may have; it holds a person's id at most.
const CURSOR: usize = 512;

/// The parameters as they are written in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Asked {
    /// Words of a name, title, department, place, skill, language, e-mail address, number or extension; every word
    /// must be found, as it is or as a beginning. Without it everybody is listed.
    #[param(max_length = 200, required = false)]
    q: Option<String>,
    /// How many rows at most; 50 when it is left out.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, required = false)]
    limit: Option<String>,
    /// Where to go on: the `next` of the answer before, with the same `q`.
    #[param(pattern = "^[A-Za-z0-9_-]+$", max_length = 512, required = false)]
    cursor: Option<String>,
}

/// A question that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) among: Among,
    pub(super) limit: usize,
}

/// Whom to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Everybody after this one, in the order of ids.
    Everybody(Option<PersonId>),
    /// Those who fit the words, from this place on.
    Fitting { text: String, from: usize },
}

impl Question {
    /// Reads the parameters; a failure names the one that is wrong.
    pub(super) fn read(asked: Result<Query<Asked>, QueryRejection>) -> Result<Self, Failure> {
        let Query(Asked { q, limit, cursor }) = asked.map_err(|_| bad("query"))?;
        let text = q.unwrap_or_default();
        if text.chars().count() > LONGEST {
            return Err(bad("q"));
        }
        let limit = limit.map_or(Ok(USUAL), |limit| limit.parse()).map_err(|_| bad("limit"))?;
        if !(1..=MOST).contains(&limit) {
            return Err(bad("limit"));
        }
        let among = if text.trim().is_empty() {
            Among::Everybody(cursor.map(|cursor| id_in(&cursor).ok_or_else(|| bad("cursor"))).transpose()?)
        } else {
            let from = cursor.map_or(Some(0), |cursor| place_in(&cursor)).ok_or_else(|| bad("cursor"))?;
            Among::Fitting { text, from }
        };
        Ok(Self { among, limit })
    }
}

/// The cursor that goes on after a person in the list of everybody.
pub(super) fn after(id: &PersonId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("after {id}"))
}

/// The cursor that goes on at a place of the answer to a question.
pub(super) fn at(place: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("at {place}"))
}

fn id_in(cursor: &str) -> Option<PersonId> {
    said(cursor)?.strip_prefix("after ").filter(|id| !id.is_empty()).map(PersonId::new)
}

fn place_in(cursor: &str) -> Option<usize> {
    said(cursor)?.strip_prefix("at ")?.parse().ok().filter(|&place| place < DEEPEST)
}

fn said(cursor: &str) -> Option<String> {
    let bytes = (cursor.len() <= CURSOR).then(|| BASE64_URL_SAFE_NO_PAD.decode(cursor).ok())??;
    String::from_utf8(bytes).ok()
}

fn bad(field: &str) -> Failure {
    Failure::BadField { field: field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(q: &str, limit: Option<&str>, cursor: Option<&str>) -> Result<Question, Failure> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Question::read(Ok(Query(Asked { q: Some(q.to_owned()), limit: text(limit), cursor: text(cursor) })))
    }

    #[test]
    fn without_words_everybody_is_listed_from_the_first() {
        let question = Question::read(Ok(Query(Asked::default())));

        assert_eq!(question, Ok(Question { among: Among::Everybody(None), limit: USUAL }));
    }

    #[test]
    fn a_cursor_says_where_to_go_on() {
        let ada = PersonId::new("ada /+");

        let list = read(" ", Some("7"), Some(&after(&ada)));
        let search = read("pay", None, Some(&at(50)));

        assert_eq!(list, Ok(Question { among: Among::Everybody(Some(ada)), limit: 7 }));
        assert_eq!(search.unwrap().among, Among::Fitting { text: "pay".to_owned(), from: 50 });
    }

    #[test]
    fn what_is_wrong_is_named() {
        let long = "x".repeat(201);
        assert_eq!(read(&long, None, None), Err(bad("q")));
        for limit in ["0", "201", "-1", "many", ""] {
            assert_eq!(read("", Some(limit), None), Err(bad("limit")), "{limit}");
        }
        for cursor in ["", "!", &at(0), &"x".repeat(999)] {
            assert_eq!(read("", None, Some(cursor)), Err(bad("cursor")), "{cursor}");
        }
        assert_eq!(read("pay", None, Some(&at(DEEPEST))), Err(bad("cursor")));
        assert_eq!(read("pay", None, Some(&after(&PersonId::new("ada")))), Err(bad("cursor")));
    }
}
