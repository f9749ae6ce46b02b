//! Made-up people for the tests.

use chrono::{DateTime, Utc};
use rollcall_model::{
    Detail, Extension, Person, PersonFact, PersonId, Phone, Profile, Standing as AccountStanding,
};

/// A moment, in seconds after 2001-09-09.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_000_000_000 + seconds, 0).unwrap()
}

/// Somebody active, known by name alone.
pub(crate) fn named(id: &str, name: &str) -> Person {
    with_profile(id, Profile { display_name: name.into(), ..Profile::default() })
}

/// Somebody active.
pub(crate) fn with_profile(id: &str, profile: Profile) -> Person {
    let mut person = Person::unknown(PersonId::new(id));
    person.learn(at(0), PersonFact::Profile(profile));
    person
}

/// Somebody of whom everything is known.
pub(crate) fn mia() -> Person {
    let mut person = with_profile(
        "mia",
        Profile {
            display_name: "Mia Okafor".into(),
            first_name: "Miriam".into(),
            last_name: "Okafor".into(),
            email: "m.okafor-lind@example.com".into(),
            department: "Customer Billing".into(),
            skills: vec!["C++".into(), "SEPA refunds".into(), "24/7 on-call".into()],
            languages: vec!["Español".into()],
            ..Profile::default()
        },
    );
    person.learn(
        at(0),
        PersonFact::Detail(Detail {
            title: "Payments lead".into(),
            location: "Kraków".into(),
            ..Detail::default()
        }),
    );
    let direct = vec!["+442071838750".parse().unwrap()];
    let phone = Phone { direct, extension: Some(Extension(66_042)), site: "Podgórze".into() };
    person.learn(at(0), PersonFact::Phone(phone));
    person
}

/// The same person, no longer in use.
pub(crate) fn deactivated(mut person: Person) -> Person {
    person.learn(at(1), PersonFact::Standing(AccountStanding::Inactive));
    person
}
