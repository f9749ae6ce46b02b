//! Events about people: `user.*`.

use chrono::{DateTime, Utc};
use rollcall_model::{
    Event, PersonFact, PersonId, PersonReport, Presence, PresenceReport, PresenceState, Profile, Source,
    Standing,
};

use super::{Events, Malformed, Told, moment};

/// What an event about a person is.
#[derive(Clone, Copy, Debug)]
enum Kind {
    PresenceUpdated,
    SignedOut,
    Created,
    Updated,
    /// The account is in use from now on, or not any more.
    Stands(Standing),
    /// Nothing of ours: signing in is followed by a presence event, notes and settings are not kept.
    Nothing,
}

/// The facts of `user.<event>`; nothing for an event that is not known.
pub(super) fn parse(event: &str, told: Told<'_>) -> Option<Events> {
    let kind = Kind::of(event)?;
    let Some(person) = told.object.person("id") else {
        return Some(Ok(Vec::new()));
    };
    Some(match kind {
        Kind::PresenceUpdated => presence_updated(told, person),
        Kind::SignedOut => signed_out(told, person),
        Kind::Created => created(told, &person),
        Kind::Updated => updated(told, &person),
        Kind::Stands(standing) => stands(told, &person, standing),
        Kind::Nothing => Ok(Vec::new()),
    })
}

impl Kind {
    fn of(event: &str) -> Option<Self> {
        Some(match event {
            "presence_status_updated" => Self::PresenceUpdated,
            "signed_out" => Self::SignedOut,
            "created" => Self::Created,
            "updated" => Self::Updated,
            "activated" | "invitation_accepted" => Self::Stands(Standing::Active),
            "deactivated" => Self::Stands(Standing::Inactive),
            "deleted" | "disassociated" => Self::Stands(Standing::Gone),
            "signed_in" | "personal_notes_updated" | "settings_updated" => Self::Nothing,
            _ => return None,
        })
    }
}

fn presence_updated(told: Told<'_>, person: PersonId) -> Events {
    // `app` holds the state of one device; the object's own word is that of the person.
    let raw = told.object.text("presence_status");
    let raw = raw.ok_or(Malformed::MissingField { name: "presence_status" })?;
    let state = PresenceState::from_zoom(&raw);
    Ok(vec![presence(person, moment::finest(told)?, state, raw)])
}

fn signed_out(told: Told<'_>, person: PersonId) -> Events {
    let raw = "signed_out".to_owned();
    Ok(vec![presence(person, moment::finest(told)?, PresenceState::Offline, raw)])
}

fn presence(person: PersonId, as_of: DateTime<Utc>, state: PresenceState, raw: String) -> Event {
    let presence = Presence { as_of, source: Source::Event, state, raw, until: None };
    Event::Presence(PresenceReport { person, presence })
}

fn created(told: Told<'_>, person: &PersonId) -> Events {
    let as_of = moment::stamped(told)?;
    let text = |name| told.object.text(name).unwrap_or_default();
    let profile = Profile {
        display_name: text("display_name"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        email: text("email").to_lowercase(),
        department: text("dept"),
        ..Profile::default()
    };
    // Only a plain creation sends an invitation; the other kinds make an account that is in use at once.
    let invited = told.payload.text("creation_type").as_deref() == Some("create");
    let standing = if invited { Standing::Pending } else { Standing::Active };
    let facts = [PersonFact::Profile(profile), PersonFact::Standing(standing), PersonFact::Touched];
    Ok(facts.map(|fact| report(person, as_of, fact)).into())
}

/// An update names only some of what can change, so it is a reason to ask and no record.
fn updated(told: Told<'_>, person: &PersonId) -> Events {
    let as_of = moment::stamped(told)?;
    let standing = match told.object.text("status").as_deref() {
        Some("active") => Some(Standing::Active),
        Some("pending") => Some(Standing::Pending),
        Some("inactive") => Some(Standing::Inactive),
        _ => None,
    };
    let facts = standing.map(PersonFact::Standing).into_iter().chain([PersonFact::Touched]);
    Ok(facts.map(|fact| report(person, as_of, fact)).collect())
}

fn stands(told: Told<'_>, person: &PersonId, standing: Standing) -> Events {
    let as_of = moment::stamped(told)?;
    let facts = [PersonFact::Standing(standing), PersonFact::Touched];
    Ok(facts.map(|fact| report(person, as_of, fact)).into())
}

fn report(person: &PersonId, as_of: DateTime<Utc>, fact: PersonFact) -> Event {
    Event::Person(PersonReport { id: person.clone(), as_of, fact })
}
