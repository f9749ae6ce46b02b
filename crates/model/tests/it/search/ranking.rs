//! Who comes first.

use std::sync::Arc;

use rollcall_model::{
    Person, PersonId, PresenceState, Profile,
    search::{Index, Only, Question, Slot, Standing},
};

use super::{found, ids, question};
use crate::people::{at, named, with_profile};

fn in_department(id: &str, name: &str, department: &str) -> Person {
    let profile = Profile { display_name: name.into(), department: department.into(), ..Profile::default() };
    with_profile(id, profile)
}

fn slot(index: &Index, id: &str) -> Slot {
    index.slot(&PersonId::new(id)).unwrap()
}

#[test]
fn a_name_goes_before_another_field_and_a_whole_word_before_a_beginning() {
    let people = [
        in_department("4", "Aaron Abel", "Salesforce"),
        in_department("3", "Abel Aaron", "Sales"),
        in_department("2", "Zoe Salesi", ""),
        in_department("1", "Zoe Sales", ""),
    ];

    assert_eq!(found(&people, "sales"), ["1", "2", "3", "4"]);
}

#[test]
fn all_words_in_the_name_go_before_a_mixture() {
    let people = [
        in_department("mixed", "Ann Aaron", "Lee"),
        in_department("name", "Anna Leeds", ""),
        in_department("exact", "Lee Ann", ""),
    ];

    assert_eq!(found(&people, "ann lee"), ["exact", "name", "mixed"]);
}

#[test]
fn of_equal_fits_the_free_go_first_then_who_answered_before_then_the_name_decides() {
    let names =
        [("busy", "Ann A"), ("late", "Ann D"), ("early", "Ann C"), ("free", "Ann B"), ("answered", "Ann E")];
    let people: Vec<Person> = names.iter().map(|(id, name)| named(id, name)).collect();
    let index = Index::build(&people);
    let standing = Standing::default();
    for id in ["late", "early", "free", "answered"] {
        standing.set(slot(&index, id), PresenceState::Available);
    }
    standing.set(slot(&index, "busy"), PresenceState::Busy);
    standing.answered(slot(&index, "answered"), at(86_400));
    standing.answered(slot(&index, "busy"), at(90 * 86_400));

    let expected = ["answered", "free", "early", "late", "busy"];
    assert_eq!(ids(&index.ask(&question("ann"), &standing)), expected);
    assert_eq!(ids(&index.ask(&question(""), &standing)), expected);
}

#[test]
fn who_was_called_most_today_comes_later_among_equals() {
    let people = [named("often", "Ann A"), named("once", "Ann B"), named("never", "Ann C")];
    let index = Index::build(&people);
    let standing = Standing::default();
    for (id, times) in [("often", 5), ("once", 1), ("never", 0)] {
        standing.set(slot(&index, id), PresenceState::Available);
        standing.called_today(slot(&index, id), times);
    }

    assert_eq!(ids(&index.ask(&question("ann"), &standing)), ["never", "once", "often"]);
}

#[test]
fn a_better_fit_goes_before_a_free_person() {
    let (exact, prefix) = (named("exact", "Ann"), named("prefix", "Anna"));
    let index = Index::build([&exact, &prefix]);
    let standing = Standing::default();
    standing.set(slot(&index, "prefix"), PresenceState::Available);

    assert_eq!(ids(&index.ask(&question("ann"), &standing)), ["exact", "prefix"]);
}

#[test]
fn namesakes_are_ordered_by_the_whole_name_and_then_by_id() {
    let people = [
        named("c", "Maximiliane Öz"),
        named("b", "Maximiliane Oz"),
        named("a", "Maximiliane Zorn"),
        named("d", "maximiliane abel"),
    ];

    assert_eq!(found(&people, "maxi"), ["d", "b", "c", "a"]);
}

#[test]
fn the_last_digits_go_before_digits_in_the_middle() {
    let person = |id: &str, digits: u64| {
        let mut person = named(id, "Ann");
        let extension = Some(rollcall_model::Extension(digits));
        person.learn(
            at(0),
            rollcall_model::PersonFact::Phone(rollcall_model::Phone { extension, ..Default::default() }),
        );
        person
    };
    let people = [person("1", 91_239), person("2", 99_123), person("3", 123)];

    assert_eq!(found(&people, "123"), ["3", "2", "1"]);
}

#[test]
fn the_total_is_exact_whatever_the_limit() {
    let people: Vec<Person> = (0..500).map(|n| named(&format!("p{n:03}"), "Ann Lee")).collect();
    let index = Index::build(&people);

    let answer = index.ask(&Question { limit: 3, ..question("lee") }, &Standing::default());

    assert_eq!(ids(&answer), ["p000", "p001", "p002"]);
    assert_eq!(answer.total, 500);
}

#[test]
fn pages_put_together_are_the_whole_answer() {
    let people: Vec<Person> = (0..500).map(|n| named(&format!("p{n:03}"), "Ann Lee")).collect();
    let index = Index::build(&people);
    let page =
        |skip, limit| ids(&index.ask(&Question { skip, limit, ..question("lee") }, &Standing::default()));

    let pages: Vec<String> = (0..6).flat_map(|nth| page(nth * 90, 90)).collect();

    assert_eq!(pages, page(0, 500));
    assert_eq!(pages.len(), 500);
    assert!(page(500, 90).is_empty() && page(usize::MAX, usize::MAX).is_empty());
}

#[test]
fn everybody_whom_a_question_counts_is_given_as_a_set() {
    let people = [named("a", "Ann Lee"), named("b", "Ben Li"), named("c", "Cem Lee")];
    let index = Index::build(&people).with([], &[PersonId::new("c")]);
    let standing = Standing::default();
    standing.set(slot(&index, "b"), PresenceState::Available);

    let free = [slot(&index, "a"), slot(&index, "b")].map(|slot| standing.is_free(slot));
    assert_eq!(
        (free, standing.free_among(&index.matching("", &Only::Everyone, &standing))),
        ([false, true], 1)
    );

    for text in ["", "le", "l", "leee", "free", "nobody at all"] {
        for only in [Only::Everyone, Only::Free] {
            let members = index.matching(text, &only, &standing);
            let answer = index.ask(&Question { only, ..question(text) }, &standing);
            assert_eq!(members.len(), answer.total, "{text}");
            assert!(answer.hits.iter().all(|hit| members.contains(hit.slot)), "{text}");
        }
    }
}

#[test]
fn a_question_can_be_limited_to_the_free_or_to_chosen_people() {
    let people = [named("a", "Ann"), named("b", "Ben"), named("c", "Cem")];
    let index = Index::build(&people);
    let standing = Standing::default();
    standing.set(slot(&index, "b"), PresenceState::Mobile);
    let chosen = Arc::new([slot(&index, "c"), slot(&index, "a")].into_iter().collect());

    let free = index.ask(&Question { only: Only::Free, ..question("") }, &standing);
    let these = index.ask(&Question { only: Only::These(chosen), ..question("") }, &standing);

    assert_eq!((ids(&free), free.total), (vec!["b".to_owned()], 1));
    assert_eq!((ids(&these), these.total), (vec!["a".to_owned(), "c".to_owned()], 2));
}
