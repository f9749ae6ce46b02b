//! Filters in the box: places, languages, departments, skills, the free and the awake.

use rollcall_model::{
    Detail, Freshness, Person, PersonFact, PresenceState, Profile,
    search::{Index, Stand, Standing},
};

use super::{ask, found, ids, question};
use crate::people::{at, with_profile};

/// Somebody with a department, a place, a skill and a language.
fn worker(id: &str, name: &str, department: &str, place: &str, skill: &str, language: &str) -> Person {
    let profile = Profile {
        display_name: name.into(),
        department: department.into(),
        skills: vec![skill.into()],
        languages: vec![language.into()],
        ..Profile::default()
    };
    let mut person = with_profile(id, profile);
    person.learn(at(0), PersonFact::Detail(Detail { location: place.into(), ..Detail::default() }));
    person
}

fn team() -> [Person; 4] {
    [
        worker("anna", "Anna Madrid", "Billing", "Warsaw", "SEPA refunds", "Polish"),
        worker("juan", "Juan Soto", "Billing", "Madrid", "Chargebacks", "Spanish"),
        worker("nora", "Nora Polish", "Fraud", "New York", "Toll free numbers", "English"),
        worker("yuki", "Yuki Ito", "Fraud", "York", "Card fraud", "Japanese"),
    ]
}

#[test]
fn a_filter_looks_into_its_field_only() {
    let team = team();

    assert_eq!(found(&team, "madrid"), ["anna", "juan"]);
    assert_eq!(found(&team, "in:madrid"), ["juan"]);
    assert_eq!(found(&team, "name:madrid"), ["anna"]);
    assert_eq!(found(&team, "dept:billing in:warsaw"), ["anna"]);
    assert_eq!(found(&team, "skill:refund"), ["anna"]);
    assert_eq!(found(&team, "polish"), ["nora", "anna"]);
    assert_eq!(found(&team, "Speaks:polish"), ["anna"]);
}

#[test]
fn the_value_of_a_filter_may_be_another_word_a_beginning_or_misspelt() {
    let team = team();

    assert_eq!(found(&team, "speaks:pl"), ["anna"]);
    assert_eq!(found(&team, "in:mad"), ["juan"]);
    assert_eq!(found(&team, "in:madird"), ["juan"]);
    assert_eq!(found(&team, "speaks:japanse"), ["yuki"]);
}

#[test]
fn a_value_of_several_words_stands_in_quotation_marks() {
    let team = team();

    assert_eq!(found(&team, "in:\"new york\""), ["nora"]);
    assert_eq!(found(&team, "in:york"), ["yuki", "nora"]);
}

#[test]
fn words_and_filters_must_both_hold() {
    let team = team();

    assert_eq!(found(&team, "soto dept:billing"), ["juan"]);
    assert!(found(&team, "soto dept:fraud").is_empty());
    assert!(found(&team, "in:atlantis").is_empty());
}

#[test]
fn an_unknown_filter_is_searched_as_words() {
    let team = team();

    assert_eq!(found(&team, "city2:soto juan"), Vec::<String>::new());
    assert_eq!(found(&team, "juan:soto"), ["juan"]);
    assert_eq!(found(&team, "juan in:"), found(&team, "juan in"));
}

#[test]
fn the_free_and_the_awake_are_filtered_by_how_they_stand() {
    let team = team();
    let index = Index::build(&team);
    let standing = Standing::default();
    let awake = Stand { state: PresenceState::Busy, freshness: Freshness::Fresh, at_work: true };
    for (id, stand) in [
        ("anna", Stand { at_work: false, state: PresenceState::Available, ..awake }),
        ("juan", awake),
        ("yuki", Stand { state: PresenceState::Mobile, ..awake }),
    ] {
        let slot =
            team.iter().find(|person| person.id.as_str() == id).and_then(|person| index.slot(&person.id));
        standing.set(slot.unwrap(), stand);
    }
    let asked = |text| ids(&index.ask(&question(text), &standing));

    assert_eq!(asked("is:free"), ["anna", "yuki"]);
    assert_eq!(asked("awake"), ["yuki", "juan"]);
    assert_eq!(asked("free awake"), ["yuki"]);
    assert_eq!(asked("dept:fraud is:awake"), ["yuki"]);
    assert!(asked("soto is:free").is_empty());
}

#[test]
fn who_has_the_word_free_passes_when_it_stands_alone() {
    let team = team();

    assert_eq!(found(&team, "toll free"), ["nora"]);
    assert_eq!(found(&team, "free"), ["nora"]);
    assert!(found(&team, "is:free").is_empty());
}

#[test]
fn the_filtered_text_is_marked_in_the_row() {
    let team = team();
    let answer = ask(&Index::build(&team), "in:madrid");

    let marks: Vec<_> = answer.hits[0].marks.iter().map(|mark| (mark.field, mark.start, mark.end)).collect();
    assert_eq!(marks, [(rollcall_model::search::Field::Place, 0, 6)]);
}
