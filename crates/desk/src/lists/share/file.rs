//! Groups as a file: `{"rollcall_groups": 1, "groups": [{"name": …, "text": …, "only": "everyone"}]}`.

use rollcall_wire::{
    Failure,
    window::{GroupOffer, ListChange, Misfit, OfferedGroups, Only},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lists::Lists;

/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;
/// The longest file that is looked at, in bytes.
const LONGEST: usize = 256 * 1_024;
/// How many groups of a file are looked at.
const MOST: usize = 500;
/// How much of a name that does not fit is told.
const SHOWN: usize = 60;

/// A file as it is written.
#[derive(Serialize)]
struct Written<'g> {
    rollcall_groups: u32,
    groups: &'g [GroupOffer],
}

/// A file as it is read, group by group: one that is wrong does not hide the others.
#[derive(Deserialize)]
struct Read {
    rollcall_groups: u32,
    #[serde(default)]
    groups: Value,
}

/// A group of a file; it has nothing that is not known here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadGroup {
    name: String,
    text: String,
    #[serde(default)]
    only: Only,
}

/// The file that holds these groups.
pub(crate) fn write_file(groups: &[GroupOffer]) -> String {
    let file = Written { rollcall_groups: VERSION, groups };
    serde_json::to_string_pretty(&file).map(|text| text + "\n").unwrap_or_default()
}

/// The groups of a file: those that can be added to these lists, all of them together, and why the others cannot.
pub(crate) fn read_file(text: &str, lists: &Lists) -> Result<OfferedGroups, Failure> {
    if text.len() > LONGEST {
        return Err(Failure::NotAGroupFile);
    }
    let text = text.trim_start_matches('\u{FEFF}');
    let file: Read = serde_json::from_str(text).map_err(|_| Failure::NotAGroupFile)?;
    if file.rollcall_groups > VERSION {
        return Err(Failure::GroupFileTooNew { version: file.rollcall_groups });
    }
    let groups = match file.groups {
        Value::Array(groups) if file.rollcall_groups == VERSION && (1..=MOST).contains(&groups.len()) => {
            groups
        }
        _ => return Err(Failure::NotAGroupFile),
    };
    let mut offered = OfferedGroups::default();
    let mut next = lists.clone();
    for (nth, value) in (1..).zip(groups) {
        match fit(value, &mut next) {
            Ok(group) => offered.groups.push(group),
            Err((name, why)) => offered.misfits.push(Misfit { nth, name, why }),
        }
    }
    Ok(offered)
}

/// Adds a group to the lists, or says why it cannot be.
fn fit(value: Value, lists: &mut Lists) -> Result<GroupOffer, (String, Failure)> {
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    let ReadGroup { name: full, text, only } =
        serde_json::from_value(value).map_err(|_| (name.clone(), Failure::NotAGroupFile))?;
    let group = GroupOffer { name: full, text, only };
    let change = ListChange::AddGroups { groups: vec![group.clone()] };
    *lists = lists.changed(&change, String::new).map_err(|why| (name, why))?;
    Ok(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(name: &str, text: &str) -> GroupOffer {
        GroupOffer { name: name.to_owned(), text: text.to_owned(), only: Only::Free }
    }

    #[test]
    fn a_file_brings_its_groups_as_they_were() {
        let groups = [offer("Billing", "billing in:madrid"), offer("Zażółć", "\"quoted\"")];

        let read = read_file(&format!("\u{FEFF}{}", write_file(&groups)), &Lists::default()).unwrap();

        assert_eq!(read, OfferedGroups { groups: groups.to_vec(), misfits: vec![] });
    }

    #[test]
    fn what_does_not_fit_is_told_and_hides_nothing_else() {
        let add = ListChange::AddGroups { groups: vec![offer("Taken", "sepa")] };
        let lists = Lists::default().changed(&add, String::new).unwrap();
        let file = r#"{"rollcall_groups": 1, "groups": [
            {"name": "taken", "text": "a"}, {"name": "Good", "text": "b"}, {"name": "Good", "text": "c"},
            {"name": "Free", "text": "free"}, {"name": "Odd", "text": "d", "colour": "red"}, 7,
            {"name": "Late", "text": "e", "only": "everyone"}]}"#;

        let read = read_file(file, &lists).unwrap();

        let names: Vec<&str> = read.groups.iter().map(|group| group.name.as_str()).collect();
        let misfits: Vec<(u32, &str, Failure)> =
            read.misfits.iter().map(|misfit| (misfit.nth, &*misfit.name, misfit.why.clone())).collect();
        assert_eq!(names, ["Good", "Late"]);
        assert_eq!(
            misfits,
            [
                (1, "taken", Failure::NameTaken),
                (3, "Good", Failure::NameTaken),
                (4, "Free", Failure::NotAQuestion { most: 256 }),
                (5, "Odd", Failure::NotAGroupFile),
                (6, "", Failure::NotAGroupFile),
            ]
        );
    }

    #[test]
    fn what_is_no_file_of_groups_is_refused_as_a_whole() {
        let read = |text: &str| read_file(text, &Lists::default()).unwrap_err();

        let huge = format!("{{\"rollcall_groups\": 1, \"groups\": [{}]}}", " ".repeat(LONGEST));
        for text in ["", "{}", "[]", "{\"rollcall_groups\": 0}", "{\"rollcall_groups\": 1}", "\u{0}", &huge] {
            assert_eq!(read(text), Failure::NotAGroupFile, "{text:.40}");
        }
        assert_eq!(
            read(r#"{"rollcall_groups": 2, "groups": {"shape": "other"}}"#),
            Failure::GroupFileTooNew { version: 2 }
        );
    }
}
