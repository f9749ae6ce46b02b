//! What is found, and by what.

use rollcall_model::search::Index;

use super::{ask, found};
use crate::people::{deactivated, mia, named};

#[test]
fn words_are_found_in_any_order_and_by_their_beginnings() {
    for text in ["mia okafor", "okafor mia", "oka mi", "okafor miriam", "MIA", "bill mia payments"] {
        assert_eq!(found([&mia()], text), ["mia"], "{text}");
    }
}

#[test]
fn every_word_must_be_found() {
    for text in ["mia madrid", "afor", "mia x", "example", "@example.com"] {
        assert!(found([&mia()], text).is_empty(), "{text}");
    }
}

#[test]
fn every_field_is_searched() {
    let fields =
        ["billing", "lead", "krakow", "podgorze", "sepa", "c++", "espanol", "okafor-lind", "on-call"];
    for text in fields {
        assert_eq!(found([&mia()], text), ["mia"], "{text}");
    }
}

#[test]
fn an_email_address_is_found_by_what_stands_before_the_at_sign() {
    assert_eq!(found([&mia()], "m.okafor-lind@example.com"), ["mia"]);
    assert_eq!(found([&mia()], "lind"), ["mia"]);
}

#[test]
fn a_whole_address_is_nobody_elses_however_well_their_name_fits() {
    let at = |id: &str, name: &str, email: &str| {
        let mut person = named(id, name);
        let profile = person.profile.as_mut().unwrap();
        profile.value.email = format!("{email}@example.com");
        person
    };
    let people = [
        at("namesake", "Rolando B", "r.b"),
        at("other", "Rolando Bianchi", "rolando.bianchi"),
        at("whole", "Zita Rolando", "rolando_b"),
        at("three", "Ana Zeta", "maria.de.luz"),
        at("luz", "Maria de Luz", "mdl"),
    ];

    for (text, id) in [("rolando_b", "whole"), ("rolando_b@example.com", "whole"), ("maria.de.luz", "three")]
    {
        assert_eq!(found(&people, text).first().map(String::as_str), Some(id), "{text}");
    }
}

#[test]
fn a_number_is_found_by_any_part_in_any_format() {
    let texts =
        ["+44 20 7183 8750", "020 7183 8750", "0044 (0)20 7183", "8750", "7183", "66042", "042", "mia 875"];
    for text in texts {
        assert_eq!(found([&mia()], text), ["mia"], "{text}");
    }
    assert!(found([&mia()], "8751").is_empty());
}

#[test]
fn accents_and_case_make_no_difference() {
    let people = [
        named("lukasz", "Łukasz Wójcik"),
        named("mueller", "Jörg MÜLLER"),
        named("nguyen", "Nguyễn Thị Hương"),
        named("ipek", "İpek Yıldız"),
        named("soren", "Søren Ångström"),
        named("gross", "Ida Groß"),
    ];
    for (text, id) in [
        ("lukasz wojcik", "lukasz"),
        ("ŁUKASZ", "lukasz"),
        ("muller", "mueller"),
        ("JÖRG", "mueller"),
        ("nguyen huong", "nguyen"),
        ("Nguye\u{302}\u{303}n", "nguyen"),
        ("ipek yildiz", "ipek"),
        ("İPEK", "ipek"),
        ("ıpek", "ipek"),
        ("soren angstrom", "soren"),
        ("gross", "gross"),
        ("GROẞ", "gross"),
    ] {
        assert_eq!(found(&people, text), [id], "{text}");
    }
}

#[test]
fn an_umlaut_may_be_spelt_out_on_either_side() {
    let people = [named("a", "Jörg Müller"), named("b", "Joerg Mueller"), named("c", "Søren Ågård")];

    assert_eq!(found(&people, "joerg mueller"), ["b", "a"]);
    assert_eq!(found(&people, "müller jörg"), ["b", "a"]);
    assert_eq!(found(&people, "soeren aagaard"), ["c"]);
}

#[test]
fn a_name_in_another_script_is_found_as_it_is_and_transliterated() {
    let people = [named("wang", "王小明"), named("ivan", "Иван Петров"), named("other", "汪洋")];

    assert_eq!(found(&people, "王"), ["wang", "other"]);
    assert_eq!(found(&people, "小明"), ["wang"]);
    assert_eq!(found(&people, "wang xiaoming"), ["wang"]);
    assert_eq!(found(&people, "петр"), ["ivan"]);
    assert_eq!(found(&people, "petrov ivan"), ["ivan"]);
}

#[test]
fn a_joined_name_is_found_with_and_without_its_sign() {
    let people =
        [named("grada", "Clíodhna Ó Gráda"), named("neil", "Sean O'Neil"), named("jean", "Jean-Luc Roux")];

    assert_eq!(found(&people, "oneil"), ["neil"]);
    assert_eq!(found(&people, "o’neil"), ["neil"]);
    assert_eq!(found(&people, "jeanluc"), ["jean"]);
    assert_eq!(found(&people, "jean luc"), ["jean"]);
}

#[test]
fn only_people_in_use_are_found() {
    let index = Index::build([&deactivated(mia()), &named("ann", "Ann")]);

    assert_eq!(index.len(), 1);
    assert!(ask(&index, "mia").hits.is_empty());
    assert_eq!(ask(&index, "").total, 1);
}

#[test]
fn any_text_can_be_asked() {
    let long = "x ".repeat(10_000);
    for text in ["\0", "+", "...", "'", "@", "💥", "\u{301}", "\u{200b}", long.as_str(), "00", "(0)", "0"] {
        ask(&Index::build([&mia()]), text);
    }
    assert_eq!(ask(&Index::default(), "mia").total, 0);
}
