//! A made-up organisation of any size, the same for the same seed.

mod words;

use chrono::{DateTime, Utc};
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use rollcall_model::{
    Detail, Extension, Person, PersonFact, PersonId, Phone, PhoneNumber, PresenceState, Profile,
    search::folded,
};

/// Makes people and how they stand.
pub(crate) struct Organisation {
    rng: ChaCha8Rng,
    made: u32,
}

impl Organisation {
    /// The same seed gives the same people.
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), made: 0 }
    }

    /// So many people.
    pub(crate) fn people(&mut self, count: usize) -> Vec<Person> {
        (0..count).map(|_| self.person()).collect()
    }

    /// Somebody new.
    pub(crate) fn person(&mut self) -> Person {
        self.made += 1;
        let number = self.made;
        let mut person =
            Person::unknown(PersonId::new(&format!("{:08x}{number:08}", self.rng.random::<u32>())));
        person.learn(LONG_AGO, PersonFact::Profile(self.profile(number)));
        let seniority = self.pick(words::SENIORITIES);
        let detail = Detail {
            title: format!("{seniority} {}", self.pick(words::TITLES)).trim().to_owned(),
            location: self.pick(words::PLACES).to_owned(),
            ..Detail::default()
        };
        person.learn(LONG_AGO, PersonFact::Detail(detail));
        let phone = Phone {
            direct: self.number().into_iter().collect(),
            extension: Some(Extension(u64::from(10_000 + number))),
            site: String::new(),
        };
        person.learn(LONG_AGO, PersonFact::Phone(phone));
        person
    }

    /// A presence as it is common at noon.
    pub(crate) fn presence(&mut self) -> PresenceState {
        use PresenceState::{Available, Away, DoNotDisturb, InMeeting, Offline, OnCall, Unknown};
        let states = [
            Available,
            Available,
            Available,
            OnCall,
            OnCall,
            InMeeting,
            Away,
            Offline,
            DoNotDisturb,
            Unknown,
        ];
        states.choose(&mut self.rng).copied().unwrap_or(Unknown)
    }

    /// Something that an agent types who looks for `person`, folded or as it is written.
    pub(crate) fn question(&mut self, person: &Person) -> String {
        let Some(profile) = person.profile.as_ref().map(|profile| &profile.value) else {
            return String::new();
        };
        let (first, last) = (&profile.first_name, &profile.last_name);
        let skill = profile.skills.first().map_or("", String::as_str);
        let question = match self.rng.random_range(0..10) {
            0 | 1 => format!("{first} {last}"),
            2 => format!("{last} {first}"),
            3 => last.clone(),
            4 => format!("{skill} {}", person.place()),
            5 => format!("{first} {}", profile.department),
            6 => format!("{} {}", person.title(), person.place()),
            7 => profile.email.split('@').next().unwrap_or_default().to_owned(),
            8 => person.lines().first().map_or_else(String::new, |line| last_digits(line.number, 5)),
            _ => format!("{skill} {}", profile.languages.join(" ")),
        };
        if self.rng.random_bool(0.8) { folded(&question) } else { question }
    }

    fn profile(&mut self, number: u32) -> Profile {
        let area = words::AREAS.choose(&mut self.rng).unwrap_or(&words::AREAS[0]);
        let first = self.pick(area.first).to_owned();
        let last = format!("{}{}{}", self.pick(area.stems), self.pick(area.middles), self.pick(area.endings));
        let local = folded(&first).replace(' ', "-");
        let skills = self.rng.random_range(1..=5);
        let languages = self.rng.random_range(1..=3);
        Profile {
            display_name: format!("{first} {last}"),
            email: format!("{local}.{}{}@example.com", folded(&last).replace(' ', ""), number % 97),
            department: self.pick(words::DEPARTMENTS).to_owned(),
            time_zone: None,
            skills: (0..skills).map(|_| self.skill()).collect(),
            languages: (0..languages).map(|_| self.pick(words::LANGUAGES).to_owned()).collect(),
            first_name: first,
            last_name: last,
        }
    }

    fn skill(&mut self) -> String {
        format!("{} {}", self.pick(words::SUBJECTS), self.pick(words::ACTIVITIES)).trim().to_owned()
    }

    /// A number whose shape is that of E.164; whether its range is assigned does not matter here.
    fn number(&mut self) -> Option<PhoneNumber> {
        let country = self.pick(words::COUNTRY_CODES);
        let digits = self.rng.random_range(200_000_000_u64..=999_999_999);
        serde_json::from_value(format!("+{country}{digits}").into()).ok()
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words.choose(&mut self.rng).copied().unwrap_or_default()
    }
}

const LONG_AGO: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn last_digits(number: PhoneNumber, count: usize) -> String {
    let digits = number.digits().to_string();
    digits[digits.len().saturating_sub(count)..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_people() {
        assert_eq!(Organisation::new(7).people(50), Organisation::new(7).people(50));
        assert_ne!(Organisation::new(7).people(50), Organisation::new(8).people(50));
    }

    #[test]
    fn everybody_can_be_found_and_called() {
        for person in Organisation::new(1).people(200) {
            assert!(person.is_active() && person.lines().len() == 1, "{person:?}");
        }
    }
}
