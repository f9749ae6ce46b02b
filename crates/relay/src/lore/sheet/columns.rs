//! What columns and fields are called.

use rollcall_model::{Part, search::folded};

/// A column of which something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    /// Whom a line tells of.
    Email,
    /// A part of what is told.
    Of(Part),
    /// How well the skills of the line are known. A file with this column may have a line for each skill of a person.
    Level,
}

/// Names as they are compared: small letters and digits only.
const NAMES: [(Column, &[&str]); 8] = [
    (Column::Email, &["email", "mail", "emailaddress", "mailaddress", "emailadresse", "mailadresse"]),
    (
        Column::Of(Part::Skills),
        &["skills", "skill", "kenntnisse", "kenntnis", "fahigkeiten", "fahigkeit", "konnen"],
    ),
    (Column::Level, &["level", "skilllevel", "stufe"]),
    (Column::Of(Part::Languages), &["languages", "language", "sprachen", "sprache"]),
    (
        Column::Of(Part::Hours),
        &["hours", "workinghours", "workhours", "businesshours", "arbeitszeit", "arbeitszeiten"],
    ),
    (Column::Of(Part::Note), &["note", "notes", "comment", "comments", "notiz", "notizen", "bemerkung"]),
    (
        Column::Of(Part::Aliases),
        &["aliases", "alias", "nickname", "nicknames", "alsoknownas", "spitzname", "spitznamen"],
    ),
    (
        Column::Of(Part::FormerNames),
        &[
            "formernames",
            "formername",
            "maidenname",
            "birthname",
            "fruherername",
            "fruherenamen",
            "geburtsname",
        ],
    ),
];

impl Column {
    /// The column of this name, however it is written.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain: String = folded(name).split(' ').collect();
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Of(part) => part.name(),
            Self::Level => "level",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_however_its_name_is_written() {
        for (name, column) in [
            ("E-Mail", Column::Email),
            (" EMAIL address ", Column::Email),
            ("former_names", Column::Of(Part::FormerNames)),
            ("Former Name", Column::Of(Part::FormerNames)),
            ("Working-Hours", Column::Of(Part::Hours)),
            ("Fähigkeiten", Column::Of(Part::Skills)),
            ("Frühere Namen", Column::Of(Part::FormerNames)),
            ("LEVEL", Column::Level),
        ] {
            assert_eq!(Column::named(name), Some(column), "{name}");
            assert_eq!(Column::named(column.name()), Some(column));
        }
        assert_eq!(Column::named("cost centre"), None);
        assert_eq!(Column::named(""), None);
    }
}
