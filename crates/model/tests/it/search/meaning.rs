//! Other words for the same: short names, synonyms, initials.

use rollcall_model::{
    Detail, Expertise, Person, PersonFact, PersonId, Profile, Skill,
    search::{Field, Index, Standing, Synonyms},
};

use super::{ask, found, ids};
use crate::people::{at, named, with_profile};

/// Somebody with a title, a department, a place, skills and languages.
fn worker(id: &str, name: &str, [title, department, place]: [&str; 3], skills: &[&str]) -> Person {
    let skills = skills.iter().map(|&skill| skill.into()).collect();
    let (display_name, department) = (name.into(), department.into());
    let languages = vec!["Polish".into()];
    let mut person =
        with_profile(id, Profile { display_name, department, skills, languages, ..Profile::default() });
    let (title, location) = (title.into(), place.into());
    person.learn(at(0), PersonFact::Detail(Detail { title, location, ..Detail::default() }));
    person
}

#[test]
fn a_short_name_finds_the_full_one_and_back() {
    for (typed, name) in [
        ("bob", "Robert"),
        ("robert", "Bob"),
        ("kate", "Catherine"),
        ("paco", "Francisco"),
        ("pepe", "José"),
        ("gosia", "Małgorzata"),
        ("tomek", "Tomasz"),
        ("beppe", "Giuseppe"),
        ("xico", "Francisco"),
        ("titou", "Antoine"),
        ("kees", "Cornelis"),
        ("uschi", "Ursula"),
        ("lasse", "Lars"),
        ("honza", "Jan"),
        ("sasha", "Aleksandr"),
        ("memo", "Mehmet"),
        ("paddy", "Pádraig"),
        ("venky", "Venkatesh"),
    ] {
        let people = [named("right", &format!("{name} Ruiz")), named("wrong", "Ottokar Ruiz")];
        assert_eq!(found(&people, &format!("{typed} ruiz")), ["right"], "{typed}");
    }
}

#[test]
fn who_is_called_so_goes_before_who_may_be() {
    let people = [named("full", "Robert Hill"), named("short", "Bob Hill"), named("begun", "Bobbin Hill")];

    assert_eq!(found(&people, "bob hill"), ["short", "begun", "full"]);
}

#[test]
fn the_name_that_is_meant_by_a_short_form_is_marked() {
    let answer = ask(&Index::build([&named("x", "Robert Hill")]), "bob");

    let marks: Vec<_> = answer.hits[0].marks.iter().map(|mark| (mark.field, mark.start, mark.end)).collect();
    assert_eq!(marks, [(Field::Name, 0, 6)]);
}

#[test]
fn short_forms_of_titles_are_understood() {
    let people = [
        worker("vp", "A A", ["Vice President of Engineering", "Engineering", "Lille"], &[]),
        worker("sre", "B B", ["Senior Site Reliability Engineer", "Platform Engineering", "Łódź"], &[]),
        worker("ap", "C C", ["Accounts Payable Manager", "Accounts Payable", "Austin"], &[]),
        worker("cash", "D D", ["Cash Manager", "Accounts Payable", "Austin"], &[]),
        worker("fpa", "E E", ["Financial Planning Analyst", "Finance", "Frankfurt"], &[]),
    ];
    for (text, id) in
        [("vp eng", "vp"), ("sr sre lodz", "sre"), ("ap mgr austin", "ap"), ("fp&a analyst frankfurt", "fpa")]
    {
        assert_eq!(found(&people, text).first().map(String::as_str), Some(id), "{text}");
    }
}

#[test]
fn the_first_letters_of_a_title_find_it_and_mark_it() {
    let person = worker("x", "Ana Ruiz", ["Senior Payments Team Lead", "Payments", "Lille"], &[]);

    assert_eq!(found([&person], "ptl lille"), ["x"]);
    let marks = ask(&Index::build([&person]), "ptl").hits.remove(0).marks;
    assert_eq!((marks[0].field, marks[0].start, marks[0].end), (Field::Title, 7, 25));
}

#[test]
fn skills_places_and_languages_are_found_by_other_words() {
    let person = worker(
        "x",
        "Ana Ruiz",
        ["Support Specialist", "Customer Support", "Kraków"],
        &["Accessibility", "Know Your Customer", "SEPA Instant"],
    );
    for text in [
        "wcag cracow",
        "a11y",
        "kyc ruiz",
        "sct inst krakau",
        "knowyourcustomer",
        "polski helpdesk",
        "poland kyc",
        "someone for kyc in cracow who speaks polish",
    ] {
        assert_eq!(found([&person], text), ["x"], "{text}");
    }
}

#[test]
fn an_initial_is_no_second_find_of_the_same_word() {
    let people = [named("same", "Anita Kupka"), named("right", "Kalina Kupidura")];

    assert_eq!(found(&people, "kup k"), ["right", "same"]);
}

#[test]
fn a_beginning_of_the_surname_with_an_initial_finds_the_person() {
    let people = [named("given", "Gregory Nixon"), named("surname", "Nigel Greenwood")];

    assert_eq!(found(&people, "gre n"), ["surname", "given"]);
}

fn told(mut person: Person, expertise: Expertise) -> Person {
    person.learn(at(0), PersonFact::Expertise(expertise));
    person
}

#[test]
fn what_the_organisation_tells_of_somebody_finds_them() {
    let expertise = Expertise {
        skills: vec![Skill::named("Mandate management")],
        languages: vec!["Welsh".into()],
        aliases: vec!["Kit".into()],
        former_names: vec!["Ana Sokolova".into()],
        note: "Ask for the ledger".into(),
        ..Expertise::default()
    };
    let person = worker("x", "Ana Ruiz", ["Agent", "Payments", "Lille"], &["SEPA refunds"]);
    let index = Index::build([&told(person, expertise)]);
    let why = |text: &str| {
        let reasons = index.why(text, &Standing::default(), &PersonId::new("x"));
        reasons.into_iter().map(|reason| (reason.field, reason.text)).collect::<Vec<_>>()
    };

    assert_eq!(why("mandates"), [(Field::Skill, "Mandate management".to_owned())]);
    assert_eq!(why("speaks:welsh"), [(Field::Language, "Welsh".to_owned())]);
    assert_eq!(why("kit"), [(Field::Alias, "Kit".to_owned())]);
    assert_eq!(why("sokolova"), [(Field::FormerName, "Ana Sokolova".to_owned())]);
    assert_eq!(why("sokolowa"), [(Field::FormerName, "Ana Sokolova".to_owned())], "misspelt");
    assert_eq!(why("name:sokolova").len(), 1);
    assert!(why("ledger").is_empty(), "a note is read, not searched");
}

#[test]
fn a_name_goes_before_an_alias_and_that_before_a_former_name() {
    let alias = Expertise { aliases: vec!["Sokol".into()], ..Expertise::default() };
    let former = Expertise { former_names: vec!["Ana Sokol".into()], ..Expertise::default() };
    let people = [
        told(named("former", "Ana Berg"), former),
        told(named("alias", "Ana Adler"), alias),
        named("name", "Ana Sokol"),
    ];

    for text in ["sokol", "soko", "ana sokol", "ana soko"] {
        assert_eq!(found(&people, text), ["name", "alias", "former"], "{text}");
    }
}

#[test]
fn an_organisations_own_words_find_what_they_mean() {
    let people = [
        worker("kyc", "Ana Ruiz", ["Agent", "Payments", "Lille"], &["Know Your Customer"]),
        worker("blue", "Bo Lind", ["Agent", "Billing", "Lille"], &["Blue team"]),
    ];
    let groups = vec!["client vetting, kyc".parse().unwrap(), "night owls > billing".parse().unwrap()];
    let index = Index::build(&people).speaking(&Synonyms { groups });

    assert!(ids(&ask(&Index::build(&people), "client vetting")).is_empty());
    assert_eq!(ids(&ask(&index, "client vetting")), ["kyc"]);
    assert_eq!(ids(&ask(&index, "night owls lille")), ["blue"]);
    let next = index.with([&worker("new", "Cy Roe", ["Agent", "Risk", "Lille"], &["KYC"])], &[]);
    assert_eq!(ids(&ask(&next, "client vetting")).len(), 2, "a changed index speaks the same words");
}
