//! What this room asks the directory.

use rollcall_model::{Entry, PersonId, Standing};

use crate::{core::Core, fold::Fold};

/// A person whom the directory knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub person: PersonId,
    /// Their e-mail address, in lower case; empty when it is not known.
    pub email: String,
    /// Whether they are in use at Zoom; nothing when it was not told.
    pub standing: Option<Standing>,
}

/// The directory, as far as it is asked who somebody is.
pub trait People: Send + Sync + 'static {
    /// Whose address this is (lower case).
    fn by_email(&self, email: &str) -> Option<Known>;

    /// Somebody by their id.
    fn by_id(&self, person: &PersonId) -> Option<Known>;

    /// [`Access::heard`](super::Access::heard) is to be told when this address (lower case) becomes known. Who
    /// cannot tell leaves it to the look-up of everybody that happens every few minutes.
    fn await_email(&self, _email: &str) {}

    /// Whether the organisation took the app away: nobody is known, and nobody may keep what they knew.
    fn app_is_removed(&self) -> bool {
        false
    }
}

impl Known {
    /// Whether somebody like this may not come in: deactivated, deleted or moved out of the account.
    pub fn has_left(&self) -> bool {
        matches!(self.standing, Some(Standing::Inactive | Standing::Gone))
    }

    fn of(entry: &Entry) -> Self {
        let person = &entry.person;
        Self {
            person: person.id.clone(),
            email: person.profile.as_ref().map(|profile| profile.value.email.clone()).unwrap_or_default(),
            standing: person.standing.as_ref().map(|standing| standing.value),
        }
    }
}

impl People for Core {
    fn by_email(&self, email: &str) -> Option<Known> {
        self.fold.by_email(email)
    }

    fn by_id(&self, person: &PersonId) -> Option<Known> {
        self.fold.by_id(person)
    }

    fn await_email(&self, email: &str) {
        self.movers.await_email(email);
    }

    fn app_is_removed(&self) -> bool {
        self.removal.is_removed()
    }
}

/// Looks everybody through for an address: for those who come in, not for every request.
impl People for Fold {
    fn by_email(&self, email: &str) -> Option<Known> {
        self.read(|roster| {
            let theirs = |entry: &&Entry| {
                entry.person.profile.as_ref().is_some_and(|profile| profile.value.email == email)
            };
            // Somebody deleted and made again has two ids: the one in use counts.
            roster.entries().filter(theirs).map(Known::of).min_by_key(Known::has_left)
        })
    }

    fn by_id(&self, person: &PersonId) -> Option<Known> {
        self.read(|roster| roster.get(person).map(Known::of))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use rollcall_model::{Event, PersonFact, PersonReport, Profile, Roster, Seq};

    use super::*;

    fn fold_of(people: &[(&str, &str, Standing)]) -> Fold {
        let mut roster = Roster::default();
        for (id, email, standing) in people {
            let profile = Profile { email: (*email).to_owned(), ..Profile::default() };
            for fact in [PersonFact::Profile(profile), PersonFact::Standing(*standing)] {
                let (id, as_of) = (PersonId::new(id), DateTime::<Utc>::UNIX_EPOCH);
                roster.apply(Event::Person(PersonReport { id, as_of, fact }));
            }
        }
        Fold::new(roster, Seq::START)
    }

    #[test]
    fn of_two_records_with_one_address_the_one_in_use_counts() {
        let address = "ada@example.test";
        let fold = fold_of(&[
            ("old", address, Standing::Gone),
            ("new", address, Standing::Active),
            ("older", address, Standing::Inactive),
        ]);

        let found = fold.by_email(address).unwrap();

        assert_eq!((found.person.as_str(), found.has_left()), ("new", false));
        assert!(fold.by_id(&PersonId::new("old")).unwrap().has_left());
        assert_eq!(fold.by_email("bo@example.test"), None);
    }
}
