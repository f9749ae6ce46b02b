//! What the lists promise, whatever is done to them.

use std::sync::Arc;

use proptest::prelude::*;
use rollcall_wire::{
    Failure,
    window::{GroupOffer, ListChange, ListDeed},
};

use super::*;

fn id(person: &str) -> PersonId {
    PersonId::new(person)
}

fn with(lists: &Lists, change: &ListChange) -> Lists {
    let mut nth = lists.folders().len() + lists.groups().len();
    let new_id = || {
        nth += 1;
        format!("id{nth}")
    };
    lists.changed(change, new_id).unwrap()
}

fn favourites(people: &[&str]) -> Lists {
    people.iter().fold(Lists::default(), |lists, person| lists.with_favourite(&id(person), true).unwrap())
}

fn order(lists: &Lists) -> String {
    let names = |people: &[PersonId]| people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(" ");
    let folders = lists.folders().iter().map(|folder| format!("{}({})", folder.name, names(&folder.people)));
    [names(lists.loose())].into_iter().chain(folders).collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn to(person: &str, folder: Option<&str>, before: Option<&str>) -> ListChange {
    ListChange::MoveFavourite {
        person: id(person),
        folder: folder.map(str::to_owned),
        before: before.map(PersonId::new),
    }
}

fn make(name: &str, person: Option<&str>) -> ListChange {
    ListChange::MakeFolder { name: name.to_owned(), person: person.map(PersonId::new) }
}

fn offer(name: &str, text: &str) -> GroupOffer {
    GroupOffer { name: name.to_owned(), text: text.to_owned(), only: Only::Everyone }
}

#[test]
fn favourites_keep_their_order_and_each_is_there_once() {
    let both = favourites(&["b", "a", "b"]);

    assert_eq!(order(&both), "b a");
    assert_eq!(order(&both.with_favourite(&id("b"), false).unwrap()), "a");
}

#[test]
fn a_favourite_goes_before_another_to_the_end_and_into_a_folder() {
    let three = favourites(&["a", "b", "c"]);

    let first = with(&three, &to("c", None, Some("a")));
    let filed = with(&with(&first, &make("Billing", Some("a"))), &to("c", Some("id1"), Some("a")));
    let back = with(&filed, &to("a", None, None));

    assert_eq!(order(&first), "c a b");
    assert_eq!(order(&filed), "b Billing(c a)");
    assert_eq!(order(&back), "b a Billing(c)");
    assert_eq!(filed.folder_of(&id("c")).unwrap().name, "Billing");
}

#[test]
fn who_was_in_a_folder_that_is_removed_stays_a_favourite() {
    let filed = with(&favourites(&["a", "b"]), &make("Billing", Some("a")));

    let removed = with(&filed, &ListChange::RemoveFolder { id: "id1".to_owned() });

    assert_eq!(order(&removed), "b a");
}

#[test]
fn what_is_not_in_the_lists_is_not_moved() {
    let one = favourites(&["a", "b"]);
    let refused = |change: ListChange| one.changed(&change, String::new).unwrap_err();

    assert_eq!(refused(to("c", None, None)), Failure::NotInTheLists);
    assert_eq!(refused(to("a", Some("gone"), None)), Failure::NotInTheLists);
    assert_eq!(refused(to("a", None, Some("c"))), Failure::NotInTheLists);
    assert_eq!(refused(make("Billing", Some("c"))), Failure::NotInTheLists);
    assert_eq!(refused(ListChange::RemoveGroup { id: "gone".to_owned() }), Failure::NotInTheLists);
}

#[test]
fn a_name_is_given_once() {
    let lists = with(&Lists::default(), &make("Billing", None));
    let lists = with(&lists, &ListChange::AddGroups { groups: vec![offer("SEPA", "sepa")] });
    let refused = |change: ListChange| lists.changed(&change, String::new).unwrap_err();

    assert_eq!(refused(make(" billing ", None)), Failure::NameTaken);
    assert_eq!(
        refused(ListChange::AddGroups { groups: vec![offer("Tax", "tax"), offer("sepa", "iban")] }),
        Failure::NameTaken
    );
    let same = ListChange::RenameGroup { id: "id2".to_owned(), name: "Sepa".to_owned() };
    assert_eq!(with(&lists, &same).groups()[0].name, "Sepa");
}

#[test]
fn there_is_a_most_of_everything() {
    let people: Vec<PersonId> = (0..MOST_FAVOURITES).map(|nth| id(&nth.to_string())).collect();
    let full = Lists::new(people, vec![], vec![]);
    assert_eq!(full.with_favourite(&id("more"), true), Err(Failure::TooManyFavourites { most: 1_000 }));
    assert!(full.with_favourite(&id("7"), true).is_ok());

    let folders =
        (0..MOST_FOLDERS).fold(Lists::default(), |lists, nth| with(&lists, &make(&nth.to_string(), None)));
    let more = folders.changed(&make("more", None), String::new);
    assert_eq!(more, Err(Failure::TooManyFolders { most: 50 }));

    let groups = (0..=MOST_GROUPS).map(|nth| offer(&nth.to_string(), "sepa")).collect();
    let more = Lists::default().changed(&ListChange::AddGroups { groups }, String::new);
    assert_eq!(more, Err(Failure::TooManyGroups { most: 50 }));
}

#[test]
fn a_move_is_told_by_where_it_led() {
    let lists = with(&favourites(&["a", "b"]), &make("Billing", None));
    let told = |change: ListChange| deed(&change, &lists, &with(&lists, &change), "Ann".to_owned());
    let moved = |elsewhere, folder: &str| {
        Some(ListDeed::FavouriteMoved { name: "Ann".to_owned(), elsewhere, folder: folder.to_owned() })
    };

    assert_eq!(told(to("a", None, None)), moved(false, ""));
    assert_eq!(told(to("a", Some("id1"), None)), moved(true, "Billing"));
    assert_eq!(told(ListChange::FoldFolder { id: "id1".to_owned(), folded: true }), None);
}

/// Any change, of things that are there as a rule.
fn any_change() -> impl Strategy<Value = ListChange> {
    let person = || (0..6_u8).prop_map(|nth| PersonId::new(&nth.to_string()));
    let thing = || (1..7_u8).prop_map(|nth| format!("id{nth}"));
    let name = || "[a-d]";
    prop_oneof![
        (person(), prop::option::of(thing()), prop::option::of(person()))
            .prop_map(|(person, folder, before)| ListChange::MoveFavourite { person, folder, before }),
        (name(), prop::option::of(person()))
            .prop_map(|(name, person)| ListChange::MakeFolder { name, person }),
        (thing(), name()).prop_map(|(id, name)| ListChange::RenameFolder { id, name }),
        (thing(), any::<bool>()).prop_map(|(id, folded)| ListChange::FoldFolder { id, folded }),
        (thing(), prop::option::of(thing())).prop_map(|(id, before)| ListChange::MoveFolder { id, before }),
        thing().prop_map(|id| ListChange::RemoveFolder { id }),
        name().prop_map(|name| ListChange::AddGroups { groups: vec![offer(&name, "sepa")] }),
        (thing(), prop::option::of(thing())).prop_map(|(id, before)| ListChange::MoveGroup { id, before }),
        thing().prop_map(|id| ListChange::RemoveGroup { id }),
    ]
}

proptest! {
    #[test]
    fn whatever_is_done_nobody_is_lost_and_all_can_be_undone(changes in prop::collection::vec(any_change(), 0..40)) {
        let begin = Arc::new(favourites(&["0", "1", "2", "3"]));
        let (mut lists, mut history, mut nth) = (Arc::clone(&begin), History::default(), 0);
        for change in &changes {
            let new_id = || { nth += 1; format!("id{nth}") };
            let Ok(next) = lists.changed(change, new_id) else { continue };
            let next = Arc::new(next);
            if let Some(deed) = deed(change, &lists, &next, String::new()) {
                history.did(deed, Step::Lists(Arc::clone(&lists), Arc::clone(&next)));
            }
            lists = next;
            let mut people: Vec<&str> = lists.favourites().map(PersonId::as_str).collect();
            people.sort_unstable();
            prop_assert_eq!(people, ["0", "1", "2", "3"]);
        }
        let end = Arc::clone(&lists);
        while let Some((_, Step::Lists(before, _))) = history.undo() {
            lists = Arc::new(before.folded_as(&lists));
        }
        prop_assert_eq!(&lists, &begin);
        while let Some((_, Step::Lists(_, after))) = history.redo() {
            lists = after;
        }
        prop_assert_eq!(lists.groups(), end.groups());
        prop_assert_eq!(order(&lists), order(&end));
    }
}
