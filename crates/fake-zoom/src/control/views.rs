//! What the control API tells about people and calls.

use serde::Serialize;

use crate::{
    calls::{CallId, State},
    org::{PersonIx, numbers},
    world::World,
};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// User id.
    pub id: String,
    /// E-mail.
    pub email: String,
    /// The name shown.
    pub name: String,
    /// Department.
    pub department: String,
    /// Job title.
    pub title: String,
    /// City of the site.
    pub city: String,
    /// `active`, `inactive` or `pending`.
    pub status: &'static str,
    /// Presence, in the words of Zoom's events.
    pub presence: &'static str,
    /// Direct number with `+`, when there is one.
    pub number: Option<String>,
    /// Extension, when there is a telephone.
    pub extension: Option<u64>,
    /// Comma separated.
    pub skills: String,
    /// Comma separated.
    pub languages: String,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallView {
    /// Its id, as in Zoom's events.
    pub id: CallId,
    /// `ringing`, `talking`, `held`, `parked` or `over`.
    pub state: &'static str,
    /// User id of the caller, when it is one of the account.
    pub caller: Option<String>,
    /// User id of who picked up, when it is one of the account.
    pub answered_by: Option<String>,
    /// User ids of those whose telephones rang.
    pub rang: Vec<String>,
}

impl PersonView {
    pub(crate) fn of(world: &World, ix: PersonIx) -> Self {
        let person = &world.org[ix];
        Self {
            id: person.id.to_string(),
            email: person.email.to_string(),
            name: person.display_name().into_owned(),
            department: person.department.to_string(),
            title: person.title.to_string(),
            city: person.site().city.to_owned(),
            status: person.standing.word(),
            presence: world.presence(ix).in_event(),
            number: person.did().map(numbers::plus),
            extension: person.line.map(|line| line.extension),
            skills: person.skills.to_string(),
            languages: person.languages.to_string(),
        }
    }
}

impl CallView {
    pub(crate) fn of(world: &World, id: CallId) -> Option<Self> {
        let call = world.calls.get(&id).or_else(|| world.history.get(id))?;
        let user = |ix: PersonIx| world.org[ix].id.to_string();
        Some(Self {
            id,
            state: State::word(call.state),
            caller: call.caller().map(user),
            answered_by: call.answerer().map(user),
            rang: call.legs.iter().map(|leg| user(leg.person)).collect(),
        })
    }
}
