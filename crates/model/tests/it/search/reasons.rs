//! Why somebody is in the answer.

use rollcall_model::{
    Detail, Person, PersonFact, PersonId, Phone, PhoneNumber, Profile,
    search::{Field, How, Index, Standing},
};

use crate::people::{at, with_profile};

fn robert() -> Person {
    let profile = Profile {
        display_name: "Robert Kowalski".into(),
        department: "Human Resources".into(),
        skills: vec!["Card fraud".into(), "SEPA refunds".into()],
        ..Profile::default()
    };
    let mut person = with_profile("robert", profile);
    let detail = Detail { title: "Vice President".into(), location: "Madrid".into(), ..Detail::default() };
    person.learn(at(0), PersonFact::Detail(detail));
    let direct = vec![PhoneNumber::parse("+442071838750", None).unwrap()];
    person.learn(at(0), PersonFact::Phone(Phone { direct, ..Phone::default() }));
    person
}

fn why(text: &str) -> Vec<(String, How, Field, String)> {
    let person = robert();
    let reasons = Index::build([&person]).why(text, &Standing::default(), &person.id);
    reasons.into_iter().map(|reason| (reason.word, reason.how, reason.field, reason.text)).collect()
}

fn found(word: &str, how: How, field: Field, text: &str) -> (String, How, Field, String) {
    (word.to_owned(), how, field, text.to_owned())
}

#[test]
fn each_word_tells_where_it_was_found_and_how() {
    let name = "Robert Kowalski";

    assert_eq!(why("robert"), [found("robert", How::AsTyped, Field::Name, name)]);
    assert_eq!(why("kowal"), [found("kowal", How::Beginning, Field::Name, name)]);
    assert_eq!(why("bob"), [found("bob", How::OtherName, Field::Name, name)]);
    assert_eq!(why("kovalsky"), [found("kovalsky", How::Mended, Field::Name, name)]);
    assert_eq!(why("8750"), [found("8750", How::Digits, Field::Number, "+442071838750")]);
    assert_eq!(why("hr"), [found("hr", How::OtherWord, Field::Department, "Human Resources")]);
    assert_eq!(
        why("sepa in:madr"),
        [
            found("sepa", How::AsTyped, Field::Skill, "SEPA refunds"),
            found("madr", How::Beginning, Field::Place, "Madrid"),
        ]
    );
}

#[test]
fn who_is_not_in_the_answer_has_no_reason() {
    assert!(why("robert sales").is_empty());
    assert!(why("robert in:paris").is_empty());
    assert!(why("").is_empty());
    let index = Index::build([&robert()]);
    assert!(index.why("robert", &Standing::default(), &PersonId::new("nobody")).is_empty());
}
