//! One line of a file: what it says of somebody, read part by part.

use rollcall_model::{Expertise, Hours, Level, Part, SEPARATORS, Skill};

use super::{
    columns::Column,
    misfit::{Misfit, Why},
};

/// What one line tells of somebody; it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    /// In lower case.
    pub(super) email: String,
    /// The parts that the file has.
    pub(super) parts: Vec<Part>,
    pub(super) told: Expertise,
}

/// A line that is being read: what is wrong with it is gathered, and told all at once.
#[derive(Debug)]
pub(super) struct Draft {
    number: u64,
    email: String,
    parts: Vec<Part>,
    told: Expertise,
    pub(super) misfits: Vec<Misfit>,
}

impl Draft {
    /// A line about whoever has this address.
    pub(super) fn of(number: u64, email: &str) -> Self {
        let (parts, told) = (Vec::new(), Expertise::NOTHING);
        let mut draft = Self { number, email: email.trim().to_lowercase(), parts, told, misfits: Vec::new() };
        if draft.email.is_empty() {
            draft.refuse(Column::Email, "", Why::NoEmail);
        } else if !is_email(&draft.email) {
            draft.refuse(Column::Email, email, Why::BadEmail);
        }
        draft
    }

    /// Something does not fit.
    pub(super) fn refuse(&mut self, column: Column, value: &str, why: Why) {
        let misfit = Misfit::at(self.number, why).about(&self.email).within(column).written(value);
        self.misfits.push(misfit);
    }

    /// Skills with the levels that were written beside them; the level of the whole line counts where there is none.
    pub(super) fn skills(&mut self, skills: Vec<(String, Option<String>)>, level: Option<&str>) {
        self.parts.push(Part::Skills);
        let common = level.map(str::trim).filter(|level| !level.is_empty());
        let common_level = common.and_then(|level| self.level(Column::Level, level));
        for (name, level) in skills {
            let level = match level {
                Some(level) => self.level(Column::Of(Part::Skills), &level),
                None => common_level,
            };
            if !name.trim().is_empty() {
                self.told.skills.push(Skill { name, level });
            }
        }
        if let (Some(level), true) = (common, self.told.skills.is_empty()) {
            self.refuse(Column::Level, level, Why::LevelAlone);
        }
    }

    fn level(&mut self, column: Column, text: &str) -> Option<Level> {
        let level = text.trim().parse::<u8>().ok().and_then(|number| Level::try_from(number).ok());
        if level.is_none() {
            self.refuse(column, text, Why::BadLevel);
        }
        level
    }

    /// One of the lists of names.
    pub(super) fn names(&mut self, part: Part, names: Vec<String>) {
        self.parts.push(part);
        match part {
            Part::Languages => self.told.languages = names,
            Part::Aliases => self.told.aliases = names,
            Part::FormerNames => self.told.former_names = names,
            Part::Skills | Part::Hours | Part::Note => {}
        }
    }

    /// Working hours as they are written.
    pub(super) fn hours(&mut self, text: &str) {
        self.parts.push(Part::Hours);
        match text.parse::<Hours>() {
            Ok(hours) => self.told.hours = hours,
            Err(_) => self.refuse(Column::Of(Part::Hours), text, Why::BadHours),
        }
    }

    /// A note.
    pub(super) fn note(&mut self, text: &str) {
        self.parts.push(Part::Note);
        text.clone_into(&mut self.told.note);
    }

    /// The line, or everything that does not fit.
    pub(super) fn finish(mut self) -> Result<Line, Vec<Misfit>> {
        let told = match std::mem::take(&mut self.told).fit() {
            Ok(told) => told,
            Err(unfit) => {
                for unfit in unfit {
                    self.refuse(Column::Of(unfit.part), "", unfit.flaw.into());
                }
                Expertise::NOTHING
            }
        };
        self.parts.sort_unstable();
        if self.misfits.is_empty() {
            Ok(Line { number: self.number, email: self.email, parts: self.parts, told })
        } else {
            Err(self.misfits)
        }
    }
}

/// The items of a list that is written as one text.
pub(super) fn items(text: &str) -> Vec<String> {
    let items = text.split(|c| SEPARATORS.contains(&c) || c == '\n' || c == '\r').map(str::trim);
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A skill with the level that may stand behind a colon: `SEPA refunds:4`. A longer number is part of its name.
pub(super) fn skill(text: &str) -> (String, Option<String>) {
    let is_level = |level: &str| {
        let digits = level.strip_prefix('-').unwrap_or(level);
        (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match text.rsplit_once(':') {
        Some((name, level)) if is_level(level.trim()) => {
            (name.trim().to_owned(), Some(level.trim().to_owned()))
        }
        Some((name, "")) => (name.trim().to_owned(), None),
        _ => (text.to_owned(), None),
    }
}

/// Whether a text can be an address: one @ with something before it, and a name with a dot or without behind it.
fn is_email(text: &str) -> bool {
    const LONGEST: usize = 254;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\"\\".contains(c);
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels = domain.split('.').all(|label| !label.is_empty());
    !local.is_empty() && labels && !domain.contains('@') && !text.contains(is_odd) && text.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_may_stand_behind_a_skill() {
        let named = |name: &str, level: Option<&str>| (name.to_owned(), level.map(str::to_owned));
        assert_eq!(skill("SEPA refunds:4"), named("SEPA refunds", Some("4")));
        assert_eq!(skill("KYC : 9"), named("KYC", Some("9")));
        assert_eq!(skill("Payments: SEPA"), named("Payments: SEPA", None));
        assert_eq!(skill("ISO: 9001"), named("ISO: 9001", None));
        assert_eq!(items(" a ; b|c,,d\ne "), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn what_can_be_no_address_is_told() {
        for email in ["mia@example.org", "o'neil+x@mail.example.co.uk", "root@localhost"] {
            assert!(is_email(email), "{email}");
        }
        for email in
            ["mia", "@example.org", "mia@", "a b@example.org", "a@b@c", "mia@example..org", "<mia@x.org>"]
        {
            assert!(!is_email(email), "{email}");
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_line_is_told_at_once() {
        let mut draft = Draft::of(7, "nobody");
        draft.skills(vec![skill("KYC:9")], None);
        draft.hours("always");
        draft.names(Part::Aliases, vec!["x".repeat(99)]);

        let misfits = draft.finish().unwrap_err();

        let codes: Vec<_> = misfits.iter().map(|misfit| misfit.why.code()).collect();
        assert_eq!(codes, ["bad_email", "bad_level", "bad_hours", "too_long"]);
        assert!(misfits.iter().all(|misfit| misfit.line == 7));
    }
}
