//! Updating instead of rebuilding.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rollcall_model::{
    Person, PersonId, PresenceState,
    search::{Index, Standing},
};

use super::{ask, ids, question};
use crate::people::{deactivated, named};

#[test]
fn a_changed_person_is_found_by_the_new_words_only_and_keeps_the_slot() {
    let index = Index::build([&named("a", "Ann Smith"), &named("b", "Ben")]);

    let next = index.with([&named("a", "Ann Jones")], &[]);

    assert_eq!(ids(&ask(&next, "jones")), ["a"]);
    assert!(ask(&next, "smith").hits.is_empty());
    assert_eq!(next.slot(&PersonId::new("a")), index.slot(&PersonId::new("a")));
    assert_eq!((next.len(), ask(&next, "").total), (2, 2));
    assert_eq!(ids(&ask(&index, "smith")), ["a"], "the older index is untouched");
}

#[test]
fn who_is_gone_is_not_found_and_comes_back_in_the_same_slot() {
    let index = Index::build([&named("a", "Ann"), &named("b", "Ben")]);

    let without = index.with([], &[PersonId::new("a"), PersonId::new("nobody")]);
    let back = without.with([&named("a", "Ann")], &[]);

    assert_eq!((without.len(), ask(&without, "ann").total, ask(&without, "").total), (1, 0, 1));
    assert_eq!(ids(&ask(&back, "ann")), ["a"]);
    assert_eq!(back.slot(&PersonId::new("a")), index.slot(&PersonId::new("a")));
}

#[test]
fn presence_is_seen_without_a_new_index() {
    let index = Index::build([&named("a", "Ann A"), &named("b", "Ann B")]);
    let standing = Standing::default();
    let slot = index.slot(&PersonId::new("b")).unwrap();

    standing.set(slot, PresenceState::Available);

    assert_eq!(ids(&index.ask(&question("ann"), &standing)), ["b", "a"]);
    assert_eq!(index.person(slot).map(PersonId::as_str), Some("b"));
}

/// What happens to one of a few people.
#[derive(Clone, Debug)]
enum Change {
    Named(u8, &'static str),
    Deactivated(u8),
    Gone(u8),
}

fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let name = prop::sample::select(vec!["Ann Lee", "Anna Li", "Léa 王", "Ben O'Lee", "Bénédicte Anne"]);
    let who = 0_u8..40;
    let change = prop_oneof![
        6 => (who.clone(), name).prop_map(|(who, name)| Change::Named(who, name)),
        1 => who.clone().prop_map(Change::Deactivated),
        1 => who.prop_map(Change::Gone),
    ];
    prop::collection::vec(prop::collection::vec(change, 1..6), 1..40)
}

/// Applies a batch to the index and to the list of records that it stands for.
fn apply(index: &Index, people: &mut BTreeMap<PersonId, Person>, batch: &[Change]) -> Index {
    let mut next = index.clone();
    for change in batch {
        next = match change {
            Change::Named(who, name) => {
                let person = named(&format!("p{who}"), name);
                people.insert(person.id.clone(), person.clone());
                next.with([&person], &[])
            }
            Change::Deactivated(who) => {
                let person = deactivated(named(&format!("p{who}"), "Ann Gone"));
                people.insert(person.id.clone(), person.clone());
                next.with([&person], &[])
            }
            Change::Gone(who) => {
                let id = PersonId::new(&format!("p{who}"));
                people.remove(&id);
                next.with([], &[id])
            }
        };
    }
    next
}

proptest! {
    #[test]
    fn an_updated_index_answers_like_one_built_anew(batches in changes()) {
        let mut updated = Index::default();
        let mut people = BTreeMap::new();
        for batch in &batches {
            updated = apply(&updated, &mut people, batch);
        }
        let rebuilt = Index::build(people.values());

        prop_assert_eq!(updated.len(), rebuilt.len());
        for text in ["", "a", "an", "ann", "lee", "lea", "li a", "o'l", "olee", "be", "wang", "王", "anne benedicte"] {
            let (one, other) = (ask(&updated, text), ask(&rebuilt, text));
            prop_assert_eq!(ids(&one), ids(&other), "{}", text);
            prop_assert_eq!(one.total, other.total);
            let marks = |answer: &rollcall_model::search::Answer| answer.hits.iter().map(|hit| hit.marks.clone()).collect::<Vec<_>>();
            prop_assert_eq!(marks(&one), marks(&other));
        }
    }

    #[test]
    fn a_batch_is_as_good_as_one_by_one(names in prop::collection::vec((0_u8..20, "[a-c]{1,3} [a-c]{1,3}"), 1..60)) {
        let people: Vec<Person> = names.iter().map(|(who, name)| named(&format!("p{who}"), name)).collect();

        let at_once = Index::default().with(&people, &[]);
        let one_by_one = people.iter().fold(Index::default(), |index, person| index.with([person], &[]));

        for text in ["", "a", "ab", "a b", "c"] {
            prop_assert_eq!(ids(&ask(&at_once, text)), ids(&ask(&one_by_one, text)));
        }
    }
}
