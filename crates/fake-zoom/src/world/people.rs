//! People who come, change and go.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rand::RngExt;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Presence, World, WorldError};
use crate::{
    calls::CallMove,
    ids,
    org::{Licence, Line, Person, PersonIx, Standing, jobs, numbers::E164, sites::SITES},
    presence::Status,
};

/// A person to be added. What is left out is chosen sensibly.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPerson {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Display name, when it is not given and family name.
    pub display_name: Option<String>,
    /// E-mail; made from the id when empty.
    pub email: String,
    /// Department.
    pub department: String,
    /// Job title.
    pub title: String,
    /// City of one of the account's sites; else the main site.
    pub city: String,
    /// Direct number in E.164 form with `+`; without one there is an extension only.
    pub number: Option<String>,
    /// Custom attribute "Skills": comma separated.
    pub skills: String,
    /// Custom attribute "Languages": comma separated.
    pub languages: String,
}

/// What is to change about a person; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonChange {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Job title; Zoom's event says nothing about it.
    pub title: Option<String>,
    /// Custom attribute "Skills"; Zoom's event says nothing about it.
    pub skills: Option<String>,
    /// Whether the account is active: `false` deactivates, `true` activates.
    pub active: Option<bool>,
}

/// What changed in one field, before and after.
type Change = (&'static str, Value, Value);

impl World {
    /// Adds a person, who is offline at first.
    pub(crate) fn add_person(&mut self, new: NewPerson, now: DateTime<Utc>) -> Result<PersonIx, WorldError> {
        let id = ids::fresh(&mut self.rng);
        let email =
            if new.email.is_empty() { format!("{}@example.com", id.to_lowercase()) } else { new.email };
        if self.org.find(&email).is_some() {
            return Err(WorldError::Taken(email));
        }
        let did = new.number.as_deref().map(|number| self.free_number(number)).transpose()?;
        let site = SITES.iter().position(|site| site.city == new.city).unwrap_or_default();
        let extension = self.org.free_extension();
        let habit = self.rng.random();
        let ix = self.org.add(Person {
            id: id.into(),
            first: Cow::Owned(new.first_name),
            last: Cow::Owned(new.last_name),
            display: new.display_name.map(String::into_boxed_str),
            email: email.into(),
            cost_center: jobs::department(&new.department).map_or("CC-000", |known| known.cost_center),
            department: Cow::Owned(new.department),
            title: Cow::Owned(new.title),
            site: u8::try_from(site).unwrap_or_default(),
            licence: Licence::Licensed,
            standing: Standing::Active,
            id_withheld: false,
            line: Some(Line { extension, did }),
            profile: Box::default(),
            skills: new.skills.into(),
            languages: new.languages.into(),
            created_at: now.timestamp(),
            habit,
        });
        self.presences.push(Presence { base: Status::Offline, talking: 0 });
        let event = self.manner.created(&self.org[ix], &self.org[OPERATOR], now);
        self.out.push(event);
        Ok(ix)
    }

    /// Changes a person. A change Zoom's event has no field for is told by an event that names the person only.
    pub(crate) fn change_person(&mut self, ix: PersonIx, change: PersonChange, now: DateTime<Utc>) {
        let active = change.active;
        let silent = change.title.is_some() || change.skills.is_some();
        let changes = replace(&mut self.org[ix], change);
        if silent || !changes.is_empty() {
            let old =
                changes.iter().map(|(key, old, _)| ((*key).to_owned(), old.clone())).collect::<Map<_, _>>();
            let new = changes.into_iter().map(|(key, _, new)| (key.to_owned(), new)).collect();
            let event = self.manner.updated(&self.org[ix], &self.org[OPERATOR], (old, new), now);
            self.out.push(event);
        }
        if let Some(active) = active {
            self.activate(ix, active, now);
        }
    }

    /// Removes a person; their calls end first.
    pub(crate) fn remove_person(&mut self, ix: PersonIx, now: DateTime<Utc>) {
        self.end_calls(ix, now);
        let event = self.manner.moved("deleted", &self.org[ix], &self.org[OPERATOR], now);
        self.out.push(event);
        self.org.remove(ix);
    }

    /// Signs a person in or out on their computer.
    pub(crate) fn sign(&mut self, ix: PersonIx, into: bool, now: DateTime<Utc>) {
        let event = self.manner.signed(if into { "in" } else { "out" }, &self.org[ix], now);
        self.out.push(event);
        self.set_presence(ix, if into { Status::Available } else { Status::Offline }, now);
    }

    fn activate(&mut self, ix: PersonIx, active: bool, now: DateTime<Utc>) {
        let (standing, word) =
            if active { (Standing::Active, "activated") } else { (Standing::Inactive, "deactivated") };
        if self.org[ix].standing == standing {
            return;
        }
        if !active {
            self.end_calls(ix, now);
            self.set_presence(ix, Status::Offline, now);
        }
        self.org[ix].standing = standing;
        let event = self.manner.moved(word, &self.org[ix], &self.org[OPERATOR], now);
        self.out.push(event);
    }

    fn end_calls(&mut self, ix: PersonIx, now: DateTime<Utc>) {
        let touched: Vec<_> = self
            .calls
            .values()
            .filter(|call| call.people().any(|one| one == ix))
            .map(|call| call.id)
            .collect();
        for id in touched {
            // The call is running, and a running call can always end.
            let _ = self.move_call(id, &CallMove::End, now);
        }
    }

    fn free_number(&self, text: &str) -> Result<E164, WorldError> {
        let digits = text.strip_prefix('+').filter(|digits| (7..=15).contains(&digits.len()));
        let number = digits.and_then(|digits| digits.parse().ok());
        let number = number.ok_or_else(|| WorldError::NoSuchNumber(text.to_owned()))?;
        if self.org.is_taken(number) { Err(WorldError::Taken(text.to_owned())) } else { Ok(number) }
    }
}

/// Who does such things here: the first person, who is the agent.
const OPERATOR: PersonIx = PersonIx(0);

fn replace(person: &mut Person, change: PersonChange) -> Vec<Change> {
    let mut changes = Vec::new();
    let display = person.display_name().into_owned();
    if let Some(first) = change.first_name {
        swap("first_name", &mut person.first, first, &mut changes);
    }
    if let Some(last) = change.last_name {
        swap("last_name", &mut person.last, last, &mut changes);
    }
    if let Some(department) = change.department {
        swap("dept", &mut person.department, department, &mut changes);
    }
    if let Some(name) = change.display_name {
        person.display = Some(name.into());
    }
    if person.display_name() != display {
        changes.push(("display_name", display.into(), person.display_name().into_owned().into()));
    }
    if let Some(title) = change.title {
        person.title = Cow::Owned(title);
    }
    if let Some(skills) = change.skills {
        person.skills = skills.into();
    }
    changes
}

fn swap(key: &'static str, field: &mut Cow<'static, str>, new: String, changes: &mut Vec<Change>) {
    if *field != new {
        changes.push((key, field.as_ref().into(), new.clone().into()));
        *field = Cow::Owned(new);
    }
}
