//! What the person at the desk owns, at hand: favourites in their order.

use rollcall_model::PersonId;

/// The favourites in their order. A person has a handful of them, so a list is looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Favourites(Vec<PersonId>);

impl Favourites {
    pub(crate) const fn new(people: Vec<PersonId>) -> Self {
        Self(people)
    }

    pub(crate) fn contains(&self, person: &PersonId) -> bool {
        self.0.contains(person)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &PersonId> {
        self.0.iter()
    }

    /// The same with a person added at the end, or without them.
    #[must_use]
    pub(crate) fn with(&self, person: &PersonId, on: bool) -> Self {
        let mut people = self.0.clone();
        if !on {
            people.retain(|known| known != person);
        } else if !self.contains(person) {
            people.push(person.clone());
        }
        Self(people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn favourites_keep_their_order_and_each_is_there_once() {
        let [a, b] = ["a", "b"].map(PersonId::new);
        let both = Favourites::default().with(&b, true).with(&a, true).with(&b, true);

        assert_eq!(both.iter().collect::<Vec<_>>(), [&b, &a]);
        assert!(!both.with(&b, false).contains(&b));
    }
}
