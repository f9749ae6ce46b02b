//! What is marked as the reason.

use rollcall_model::{
    Person,
    search::{Field, Index, Mark},
};

use super::ask;
use crate::people::{mia, named};

fn marks(person: &Person, text: &str) -> Vec<Mark> {
    ask(&Index::build([person]), text).hits.remove(0).marks
}

fn mark(field: Field, item: u16, start: u32, end: u32) -> Mark {
    Mark { field, item, start, end }
}

#[test]
fn the_typed_part_of_a_word_is_marked() {
    assert_eq!(marks(&mia(), "oka"), [mark(Field::Name, 0, 4, 7), mark(Field::Name, 1, 7, 10)]);
    assert_eq!(marks(&mia(), "bil"), [mark(Field::Department, 0, 9, 12)]);
}

#[test]
fn it_is_told_which_skill_matched() {
    assert_eq!(marks(&mia(), "refunds sep"), [mark(Field::Skill, 1, 0, 3), mark(Field::Skill, 1, 5, 12)]);
    assert_eq!(marks(&mia(), "c++"), [mark(Field::Skill, 0, 0, 3)]);
}

#[test]
fn marks_count_utf16_units_of_the_text_as_it_is_written() {
    assert_eq!(marks(&named("x", "𝒜x Groß"), "gros"), [mark(Field::Name, 0, 4, 8)]);
    assert_eq!(marks(&named("x", "Jose\u{301} Ruiz"), "jose"), [mark(Field::Name, 0, 0, 5)]);
    assert_eq!(marks(&named("x", "王小明"), "xiao"), [mark(Field::Name, 0, 1, 2)]);
    assert_eq!(marks(&named("x", "Иван Петров"), "петр"), [mark(Field::Name, 0, 5, 9)]);
}

#[test]
fn a_joined_word_is_marked_with_its_sign() {
    assert_eq!(marks(&named("x", "Sean O'Neil"), "onei"), [mark(Field::Name, 0, 5, 10)]);
}

#[test]
fn digits_are_marked_in_the_number_as_it_is_written() {
    assert_eq!(marks(&mia(), "020 7183"), [mark(Field::Number, 0, 3, 9)]);
    assert_eq!(marks(&mia(), "66042"), [mark(Field::Extension, 0, 0, 5)]);
}

#[test]
fn the_place_that_decided_the_rank_is_marked_and_no_other() {
    assert_eq!(marks(&mia(), "mia"), [mark(Field::Name, 0, 0, 3)]);
    assert_eq!(marks(&mia(), ""), []);
}
