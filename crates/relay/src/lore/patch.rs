//! What is told anew of somebody, as far as it is told.

use rollcall_model::{Expertise, Part};

/// What is told anew of whoever has an e-mail address. Parts that it does not name stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The address, in lower case.
    pub email: String,
    /// Which parts are told.
    pub parts: Vec<Part>,
    /// What is told of these; it fits.
    pub told: Expertise,
}

impl Patch {
    /// All parts.
    pub const ALL: [Part; 6] =
        [Part::Skills, Part::Languages, Part::Hours, Part::Note, Part::Aliases, Part::FormerNames];

    /// Everything that is told of somebody.
    pub fn whole(email: &str, told: Expertise) -> Self {
        Self { email: email.to_owned(), parts: Self::ALL.into(), told }
    }

    /// What is known after it.
    pub(crate) fn onto(&self, known: &Expertise) -> Expertise {
        let mut next = known.clone();
        for part in &self.parts {
            match part {
                Part::Skills => next.skills.clone_from(&self.told.skills),
                Part::Languages => next.languages.clone_from(&self.told.languages),
                Part::Hours => next.hours.clone_from(&self.told.hours),
                Part::Note => next.note.clone_from(&self.told.note),
                Part::Aliases => next.aliases.clone_from(&self.told.aliases),
                Part::FormerNames => next.former_names.clone_from(&self.told.former_names),
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use rollcall_model::Skill;

    use super::*;

    #[test]
    fn only_what_is_told_changes() {
        let known =
            Expertise { note: "Mornings".into(), aliases: vec!["Kit".into()], ..Expertise::default() };
        let told = Expertise { skills: vec![Skill::named("KYC")], ..Expertise::default() };
        let patch = Patch { email: "a@example.test".into(), parts: vec![Part::Skills, Part::Note], told };

        let next = patch.onto(&known);

        assert_eq!((next.skills.len(), next.note.as_str(), next.aliases.len()), (1, "", 1));
        assert_eq!(Patch::whole("a@example.test", next.clone()).onto(&known), next);
    }
}
