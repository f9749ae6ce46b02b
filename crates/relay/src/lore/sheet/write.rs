//! What is told, as a file that can be read again.

use rollcall_model::{Expertise, Level, Part};
use serde_json::{Value, json};

use crate::lore::{Patch, Told};

/// A line for each person, the first one with the names of the columns.
pub fn write_csv(told: &[Told]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let head = std::iter::once("email").chain(Patch::ALL.map(Part::name));
    // Writing to memory cannot fail.
    let _ = writer.write_record(head);
    for Told { email, expertise, .. } in told {
        let fields = Patch::ALL.map(|part| field(expertise, part));
        let _ = writer.write_record(std::iter::once(email.clone()).chain(fields));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// An object a line.
pub fn write_json(told: &[Told]) -> String {
    let line = |Told { email, expertise, .. }: &Told| {
        let Expertise { skills, languages, hours, note, aliases, former_names } = expertise;
        let person: Value = json!({
            "email": email, "skills": skills, "languages": languages, "hours": hours.to_string(), "note": note,
            "aliases": aliases, "former_names": former_names,
        });
        format!("{person}\n")
    };
    told.iter().map(line).collect()
}

fn field(expertise: &Expertise, part: Part) -> String {
    match part {
        Part::Skills => {
            let skills = expertise.skills.iter().map(|skill| {
                // A colon at the end of a name would be read as the beginning of a level.
                let level = skill.level.map(|level| Level::number(level).to_string());
                level.map_or_else(|| skill.name.clone(), |level| format!("{}:{level}", skill.name))
            });
            skills.collect::<Vec<_>>().join("; ")
        }
        Part::Languages => expertise.languages.join("; "),
        Part::Hours => expertise.hours.to_string(),
        Part::Note => expertise.note.clone(),
        Part::Aliases => expertise.aliases.join("; "),
        Part::FormerNames => expertise.former_names.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::Skill;

    use super::*;
    use crate::lore::sheet::read;

    #[test]
    fn what_was_written_is_read_as_it_was() {
        let expertise = Expertise {
            skills: vec![
                Skill { name: "SEPA refunds".into(), level: Some(Level::HIGHEST) },
                Skill::named("KYC"),
            ],
            languages: vec!["Polish".into(), "Welsh".into()],
            hours: "Mon-Fri 22:00-06:00; Sat 09:00-13:00".parse().unwrap(),
            note: "Two \"lines\",\nwith; signs".into(),
            aliases: vec!["Kit".into()],
            former_names: vec!["Mia Berg".into(), "Mia Ås".into()],
        };
        let email = "mia@example.org".to_owned();
        let told = [Told { email, expertise, at: DateTime::UNIX_EPOCH, change: 1 }];

        for file in [write_csv(&told), write_json(&told)] {
            let sheet = read(file.as_bytes(), None);
            assert_eq!(sheet.misfits, [], "{file}");
            assert_eq!(sheet.patches, [Patch::whole(&told[0].email, told[0].expertise.clone())], "{file}");
        }
    }
}
