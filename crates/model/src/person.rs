//! A person of the organisation, as far as each of Zoom's sources tells.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Consulted, Expertise, Extension, Hours, Latest, Level, Line, NumberKind, PersonId, PhoneNumber, TimeZone,
    expertise::is_same, latest::learn,
};

/// A person: facets that come from different sources, each with its own date.
///
/// Two records of one person are joined facet by facet ([`Person::join`]); the later facet wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// From the directory list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Latest<Profile>>,
    /// From the person's own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Latest<Detail>>,
    /// From the phone system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Latest<Phone>>,
    /// Whether the account is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Latest<Standing>>,
    /// From the organisation itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expertise: Option<Latest<Expertise>>,
    /// How often they were consulted, told where a [`Policy`](crate::Policy) asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consulted: Option<Latest<Consulted>>,
    /// When Zoom last said that the record changed without saying how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<DateTime<Utc>>,
}

/// What the directory list tells (`GET /users`). Texts are trimmed; a missing one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The name that the person chose to be shown with.
    pub display_name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address, in lower case.
    pub email: String,
    /// Department.
    pub department: String,
    /// Time zone by its IANA name, such as `Europe/Madrid`.
    pub time_zone: Option<TimeZone>,
    /// Skills, from the custom attribute of that name.
    pub skills: Vec<String>,
    /// Languages spoken, from the custom attribute of that name.
    pub languages: Vec<String>,
}

/// What the person's own record adds (`GET /users/{id}`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Job title.
    pub title: String,
    /// Place of work.
    pub location: String,
    /// Address of a picture, https only.
    pub picture: Option<String>,
    /// Numbers of the profile: office, mobile, home.
    pub lines: Vec<Line>,
}

/// What the phone system adds (`GET /phone/users`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Phone {
    /// Direct numbers, in Zoom's order.
    pub direct: Vec<PhoneNumber>,
    /// Internal extension.
    pub extension: Option<Extension>,
    /// Site.
    pub site: String,
}

/// Whether an account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In use.
    Active,
    /// Invited, not yet accepted.
    Pending,
    /// Deactivated by an admin.
    Inactive,
    /// Deleted, or moved out of the account: a tombstone.
    Gone,
}

/// One thing heard about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonReport {
    /// Who.
    pub id: PersonId,
    /// When it was true: the time of the event, or of the question that was answered.
    pub as_of: DateTime<Utc>,
    /// What was heard.
    pub fact: PersonFact,
}

/// A fact about a person, whole: a later one of the same kind replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonFact {
    /// See [`Profile`].
    Profile(Profile),
    /// See [`Detail`].
    Detail(Detail),
    /// See [`Phone`].
    Phone(Phone),
    /// See [`Standing`].
    Standing(Standing),
    /// See [`Expertise`].
    Expertise(Expertise),
    /// See [`Consulted`].
    Consulted(Consulted),
    /// The record changed; ask for it.
    Touched,
}

impl Person {
    /// A person of whom nothing is known but the id.
    pub const fn unknown(id: PersonId) -> Self {
        Self {
            id,
            profile: None,
            detail: None,
            phone: None,
            standing: None,
            expertise: None,
            consulted: None,
            touched: None,
        }
    }

    /// Takes in one report about this person; tells whether anything changed.
    pub fn learn(&mut self, as_of: DateTime<Utc>, fact: PersonFact) -> bool {
        match fact {
            PersonFact::Profile(profile) => learn(&mut self.profile, Latest::new(as_of, profile)),
            PersonFact::Detail(detail) => learn(&mut self.detail, Latest::new(as_of, detail)),
            PersonFact::Phone(phone) => learn(&mut self.phone, Latest::new(as_of, phone)),
            PersonFact::Standing(standing) => learn(&mut self.standing, Latest::new(as_of, standing)),
            PersonFact::Expertise(expertise) => learn(&mut self.expertise, Latest::new(as_of, expertise)),
            PersonFact::Consulted(consulted) => learn(&mut self.consulted, Latest::new(as_of, consulted)),
            PersonFact::Touched => {
                let news = self.touched.is_none_or(|known| as_of > known);
                if news {
                    self.touched = Some(as_of);
                }
                news
            }
        }
    }

    /// Joins another record of the same person into this one; tells whether anything changed.
    pub fn join(&mut self, other: Self) -> bool {
        let mut changed = false;
        if let Some(Latest { as_of, value }) = other.profile {
            changed |= self.learn(as_of, PersonFact::Profile(value));
        }
        if let Some(Latest { as_of, value }) = other.detail {
            changed |= self.learn(as_of, PersonFact::Detail(value));
        }
        if let Some(Latest { as_of, value }) = other.phone {
            changed |= self.learn(as_of, PersonFact::Phone(value));
        }
        if let Some(Latest { as_of, value }) = other.standing {
            changed |= self.learn(as_of, PersonFact::Standing(value));
        }
        if let Some(Latest { as_of, value }) = other.expertise {
            changed |= self.learn(as_of, PersonFact::Expertise(value));
        }
        if let Some(Latest { as_of, value }) = other.consulted {
            changed |= self.learn(as_of, PersonFact::Consulted(value));
        }
        if let Some(as_of) = other.touched {
            changed |= self.learn(as_of, PersonFact::Touched);
        }
        changed
    }

    /// Whether the person's own record must be asked for: never asked, or touched since.
    pub fn wants_detail(&self) -> bool {
        match (&self.detail, self.touched) {
            (None, _) => true,
            (Some(detail), Some(touched)) => touched > detail.as_of,
            (Some(_), None) => false,
        }
    }

    /// Whether the person can be shown and called: known by the directory and in use.
    pub fn is_active(&self) -> bool {
        self.profile.is_some() && self.standing.as_ref().is_none_or(|at| at.value == Standing::Active)
    }

    /// Since when the person is gone; nothing while they are not.
    pub fn gone_since(&self) -> Option<DateTime<Utc>> {
        self.standing.as_ref().filter(|at| at.value == Standing::Gone).map(|at| at.as_of)
    }

    /// Whether the person is gone: a tombstone.
    pub fn is_gone(&self) -> bool {
        self.gone_since().is_some()
    }

    /// The e-mail address, in lower case; nothing when none is known.
    pub fn email(&self) -> Option<&str> {
        let profile = self.profile.as_ref()?;
        Some(profile.value.email.as_str()).filter(|email| !email.is_empty())
    }

    /// The name to show: the display name, else first and last name, else the e-mail's local part.
    pub fn name(&self) -> String {
        let Some(Latest { value: profile, .. }) = &self.profile else {
            return String::new();
        };
        if !profile.display_name.is_empty() {
            return profile.display_name.clone();
        }
        let full = format!("{} {}", profile.first_name, profile.last_name);
        match full.trim() {
            "" => profile.email.split('@').next().unwrap_or_default().to_owned(),
            full => full.to_owned(),
        }
    }

    /// Numbers in the order in which they are offered: direct, office, mobile, home; each once.
    pub fn lines(&self) -> Vec<Line> {
        let direct = self.phone.iter().flat_map(|phone| &phone.value.direct);
        let mut lines: Vec<Line> = direct.map(|&number| Line { kind: NumberKind::Direct, number }).collect();
        let mut own: Vec<Line> = self.detail.iter().flat_map(|detail| detail.value.lines.clone()).collect();
        own.sort_by_key(|line| line.kind);
        for line in own {
            if lines.iter().all(|known| known.number != line.number) {
                lines.push(line);
            }
        }
        lines
    }

    /// Whether `number` is one of this person's.
    pub fn has_number(&self, number: PhoneNumber) -> bool {
        self.lines().iter().any(|line| line.number == number)
    }

    /// The place of work: the person's location, else the site of the phone.
    pub fn place(&self) -> &str {
        let location = self.detail.as_ref().map_or("", |detail| detail.value.location.as_str());
        if location.is_empty() {
            self.phone.as_ref().map_or("", |phone| phone.value.site.as_str())
        } else {
            location
        }
    }

    /// The job title, or nothing.
    pub fn title(&self) -> &str {
        self.detail.as_ref().map_or("", |detail| detail.value.title.as_str())
    }

    /// What the organisation itself tells.
    pub fn expertise(&self) -> &Expertise {
        static NOTHING: Expertise = Expertise::NOTHING;
        self.expertise.as_ref().map_or(&NOTHING, |expertise| &expertise.value)
    }

    /// Skills, first those that Zoom tells, then those that only the organisation does; each once, with the level
    /// that the organisation tells.
    pub fn skills(&self) -> Vec<(&str, Option<Level>)> {
        let own = &self.expertise().skills;
        let zoom = self.profile.iter().flat_map(|profile| &profile.value.skills);
        let mut skills: Vec<(&str, Option<Level>)> = zoom.map(|skill| (skill.as_str(), None)).collect();
        for skill in own {
            match skills.iter_mut().find(|(known, _)| is_same(known, &skill.name)) {
                Some((_, level)) => *level = level.or(skill.level),
                None => skills.push((&skill.name, skill.level)),
            }
        }
        skills
    }

    /// Languages, first those that Zoom tells, then those that only the organisation does; each once.
    pub fn languages(&self) -> Vec<&str> {
        let zoom = self.profile.iter().flat_map(|profile| &profile.value.languages);
        let mut languages: Vec<&str> = zoom.map(String::as_str).collect();
        for language in &self.expertise().languages {
            if languages.iter().all(|known| !is_same(known, language)) {
                languages.push(language);
            }
        }
        languages
    }

    /// Working hours, as far as the organisation tells them.
    pub fn hours(&self) -> &Hours {
        &self.expertise().hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Skill;
    use chrono::DateTime;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn with_detail(title: &str) -> PersonFact {
        PersonFact::Detail(Detail { title: title.into(), ..Detail::default() })
    }

    #[test]
    fn an_older_record_never_overwrites_a_newer_one() {
        let mut person = Person::unknown(PersonId::new("u1"));
        person.learn(at(20), with_detail("Payments lead"));

        let changed = person.learn(at(10), with_detail("Trainee"));

        assert!(!changed);
        assert_eq!(person.title(), "Payments lead");
    }

    #[test]
    fn a_touched_person_wants_to_be_asked_until_asked() {
        let mut person = Person::unknown(PersonId::new("u1"));
        person.learn(at(10), with_detail("Trainee"));
        assert!(!person.wants_detail());

        person.learn(at(15), PersonFact::Touched);
        assert!(person.wants_detail());

        person.learn(at(16), with_detail("Agent"));
        assert!(!person.wants_detail());
    }

    #[test]
    fn what_the_organisation_tells_is_added_to_what_zoom_tells_each_once() {
        let mut person = Person::unknown(PersonId::new("u1"));
        let profile = Profile {
            skills: vec!["SEPA refunds".into(), "KYC".into()],
            languages: vec!["Polish".into()],
            ..Profile::default()
        };
        person.learn(at(1), PersonFact::Profile(profile));
        let level = Level::try_from(4).ok();
        let skill = |name: &str| Skill { name: name.into(), level };
        let skills = vec![skill("sepa Refunds"), skill("Mandates")];
        let languages = vec!["polish".into(), "Welsh".into()];
        person.learn(at(1), PersonFact::Expertise(Expertise { skills, languages, ..Expertise::default() }));

        assert_eq!(person.skills(), [("SEPA refunds", level), ("KYC", None), ("Mandates", level)]);
        assert_eq!(person.languages(), ["Polish", "Welsh"]);
    }

    #[test]
    fn a_direct_number_is_offered_before_office_and_mobile_and_each_once() {
        let line = |kind, text: &str| Line { kind, number: text.parse().unwrap() };
        let mut person = Person::unknown(PersonId::new("u1"));
        let lines =
            vec![line(NumberKind::Mobile, "+447700900123"), line(NumberKind::Office, "+442071838750")];
        person.learn(at(1), PersonFact::Detail(Detail { lines, ..Detail::default() }));
        let direct = vec!["+442071838750".parse().unwrap()];
        person.learn(at(1), PersonFact::Phone(Phone { direct, ..Phone::default() }));

        let kinds: Vec<_> = person.lines().iter().map(|line| line.kind).collect();

        assert_eq!(kinds, [NumberKind::Direct, NumberKind::Mobile]);
    }
}
