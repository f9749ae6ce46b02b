//! Misspelt and misheard words.

use proptest::prelude::*;
use rollcall_model::search::{Field, Index};

use super::{ask, found, ids};
use crate::people::{mia, named};

#[test]
fn a_slip_of_the_keys_still_finds_the_person() {
    let people = [named("w", "James Wright"), named("j", "Olaf Jakubowski"), named("x", "Rita Solano")];

    for (text, id) in [
        ("james wrifht", "w"),
        ("jmaes wright", "w"),
        ("olaf jakubwoski", "j"),
        ("oalf jakubowsky", "j"),
        ("rita solaon", "x"),
        ("rtia slano", "x"),
    ] {
        assert_eq!(found(&people, text), [id], "{text}");
    }
}

#[test]
fn a_name_is_found_as_it_was_heard() {
    let people = [
        named("stephens", "Marc Stephens"),
        named("jacquot", "Éléonore Jacquot"),
        named("kapoor", "Jonathan Kapoor"),
        named("wojton", "Cezary Wójtoń"),
        named("xiong", "Shanfang Xiong"),
        named("guzman", "Nancy Guzmán"),
        named("schuster", "Amanda Schuster"),
    ];
    for (text, id) in [
        ("mark stefenz", "stephens"),
        ("eleonore yackwot", "jacquot"),
        ("jonatan capur", "kapoor"),
        ("cesary voyton", "wojton"),
        ("shanfang ksion", "xiong"),
        ("gusman", "guzman"),
        ("shustar", "schuster"),
    ] {
        assert_eq!(found(&people, text), [id], "{text}");
    }
}

#[test]
fn other_transliterations_find_the_name() {
    let people = [
        named("sergey", "Sergey Ivanov"),
        named("mohammed", "Mohammed Abu Bakr"),
        named("muller", "Jürgen Müller"),
        named("dmitri", "Дмитрий Соколов"),
    ];
    for (text, id) in [
        ("serguei ivanof", "sergey"),
        ("muhamad abu bakr", "mohammed"),
        ("jurgen mueller", "muller"),
        ("juergen muler", "muller"),
        ("dmitry sokolov", "dmitri"),
    ] {
        assert_eq!(found(&people, text).first().map(String::as_str), Some(id), "{text}");
    }
}

#[test]
fn nothing_is_mended_where_somebody_is_found_as_typed() {
    let people =
        [named("mended", "Anna Marten"), named("typed", "Zoe Martin"), named("begun", "Zoe Martinez")];

    assert_eq!(found(&people, "martin"), ["typed", "begun"]);
    assert_eq!(found(&people, "anna martin"), ["mended"]);
}

#[test]
fn the_less_had_to_be_mended_the_earlier_somebody_comes() {
    let people = [named("two", "Ann Wrigth"), named("one", "Zoe Wrightt"), named("far", "Bea Kowalska")];

    assert_eq!(found(&people, "wrighrt"), ["one", "two"]);
}

#[test]
fn letters_that_are_no_word_find_nobody() {
    for text in ["qqqqqq", "zzz", "xkcdqjz"] {
        assert!(found([&mia()], text).is_empty(), "{text}");
    }
}

#[test]
fn a_slip_is_mended_while_the_word_is_being_typed() {
    let people = [named("w", "Ann Walters"), named("x", "Ann Smith")];

    assert_eq!(found(&people, "ann waltw"), ["w"]);
    assert_eq!(found(&people, "ann waltw "), Vec::<String>::new(), "a finished word is no beginning");
}

#[test]
fn the_mended_word_is_marked() {
    let answer = ask(&Index::build([&named("x", "James Wright")]), "wrifht");

    let marks: Vec<_> = answer.hits[0].marks.iter().map(|mark| (mark.field, mark.start, mark.end)).collect();
    assert_eq!(marks, [(Field::Name, 6, 12)]);
}

#[test]
fn other_fields_are_mended_too() {
    for text in ["mia kraokw", "mia biling", "mia refnuds"] {
        assert_eq!(found([&mia()], text), ["mia"], "{text}");
    }
}

fn slipped(name: &str, place: usize, kind: u8) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = place % letters.len();
    match kind {
        0 if place + 1 < letters.len() => letters.swap(place, place + 1),
        0 | 1 => drop(letters.remove(place)),
        2 => letters[place] = 'k',
        _ => letters.insert(place, 'k'),
    }
    letters.into_iter().collect()
}

proptest! {
    #[test]
    fn any_slip_in_a_name_of_six_letters_still_finds_the_person(
        name in "[a-z]{6,12}", place in 0_usize..12, kind in 0_u8..4,
    ) {
        let index = Index::build([&named("one", &name), &named("other", "Ooo Uuu")]);

        let answer = ask(&index, &slipped(&name, place, kind));

        prop_assert!(ids(&answer).contains(&"one".to_owned()));
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}", name in "\\PC{0,30}") {
        ask(&Index::build([&mia(), &named("x", "Иван 王 Ó Gráda"), &named("y", &name)]), &text);
    }
}
