//! Who could be called instead of somebody who does not want a call now: the free who know the same.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::{Entry, Person, PersonId, Roster, search::folded};

use crate::rows;

/// How many are offered.
const MOST: usize = 3;

/// The free who share most skills with a person, best first; where the person's skills are not known, the free of
/// the same department. `me` is not among them, and neither is anybody without a number, or who is not to be called now
/// by the organisation's policy.
pub(super) fn instead<'r>(
    roster: &'r Roster,
    of: &PersonId,
    me: Option<&PersonId>,
    now: DateTime<Utc>,
) -> Vec<&'r Entry> {
    let Some(entry) = roster.get(of) else { return Vec::new() };
    let (wanted, team) = (skills(&entry.person), department(&entry.person));
    let mut able: Vec<_> = roster
        .entries()
        .filter(|other| other.person.id != *of && Some(&other.person.id) != me && other.person.is_active())
        // Few are free: only their skills are read.
        .map(|other| (other, roster.shown_of(other, now)))
        .filter(|(_, shown)| shown.state.is_free())
        .filter_map(|(other, shown)| {
            let shared = skills(&other.person).intersection(&wanted).count();
            let same_team = !team.is_empty() && department(&other.person) == team;
            let is_able = shared > 0 || wanted.is_empty() && same_team;
            is_able.then_some((other, shown, shared, same_team))
        })
        .filter(|(other, ..)| roster.organisation().policy().limit(&other.person, now).is_none())
        .filter(|(other, ..)| rows::offered(&other.person.lines()).0.is_some())
        .map(|(other, shown, shared, same_team)| {
            let calls = roster.calls_to(other).count();
            let rank = (usize::MAX - shared, !same_team, shown.state.rank(), shown.freshness, calls);
            (rank, other.person.name(), other)
        })
        .collect();
    able.sort_by(|one, other| {
        (one.0, &one.1, &one.2.person.id).cmp(&(other.0, &other.1, &other.2.person.id))
    });
    able.into_iter().take(MOST).map(|(_, _, other)| other).collect()
}

fn skills(person: &Person) -> HashSet<String> {
    let skills = person.skills().into_iter();
    skills.map(|(skill, _)| folded(skill)).filter(|skill| !skill.is_empty()).collect()
}

fn department(person: &Person) -> &str {
    person.profile.as_ref().map_or("", |profile| &profile.value.department)
}

#[cfg(test)]
mod tests {
    use rollcall_model::{PersonFact, Phone, Presence, PresenceState, Profile, Source};

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn join(roster: &mut Roster, id: &str, department: &str, skills: &[&str], state: PresenceState) {
        let mut person = Person::unknown(PersonId::new(id));
        let profile = Profile {
            display_name: id.into(),
            department: department.into(),
            skills: skills.iter().map(|&skill| skill.into()).collect(),
            ..Profile::default()
        };
        person.learn(NOW, PersonFact::Profile(profile));
        let direct = vec!["+442071838750".parse().unwrap()];
        person.learn(NOW, PersonFact::Phone(Phone { direct, ..Phone::default() }));
        let presence = Presence { as_of: NOW, source: Source::Event, state, raw: String::new(), until: None };
        roster.join_person(person, Some(presence));
    }

    fn offered(roster: &Roster, of: &str) -> Vec<String> {
        let me = PersonId::new("me");
        let offered = instead(roster, &PersonId::new(of), Some(&me), NOW);
        offered.into_iter().map(|entry| entry.person.id.to_string()).collect()
    }

    #[test]
    fn the_three_best_free_with_the_same_skills_are_offered() {
        let mut roster = Roster::default();
        let asked = ["SEPA", "refunds"];
        join(&mut roster, "busy", "Billing", &asked, PresenceState::DoNotDisturb);
        join(&mut roster, "both", "Fraud", &["Refunds", "sepa"], PresenceState::Available);
        join(&mut roster, "team", "Billing", &["SEPA"], PresenceState::Mobile);
        join(&mut roster, "one", "Fraud", &["SEPA"], PresenceState::Available);
        join(&mut roster, "other", "Fraud", &["SEPA"], PresenceState::Mobile);
        join(&mut roster, "away", "Billing", &asked, PresenceState::Away);
        join(&mut roster, "none", "Billing", &["VAT"], PresenceState::Available);
        join(&mut roster, "me", "Billing", &asked, PresenceState::Available);

        assert_eq!(offered(&roster, "busy"), ["both", "team", "one"]);
    }

    #[test]
    fn where_no_skill_is_known_the_department_counts() {
        let mut roster = Roster::default();
        join(&mut roster, "busy", "Billing", &[], PresenceState::InMeeting);
        join(&mut roster, "team", "Billing", &["SEPA"], PresenceState::Available);
        join(&mut roster, "other", "Fraud", &[], PresenceState::Available);

        assert_eq!(offered(&roster, "busy"), ["team"]);
        assert!(offered(&roster, "nobody").is_empty());
    }
}
