//! Lines of one person become one patch.

use std::collections::HashMap;

use rollcall_model::{Expertise, Part, Skill, search::folded};

use super::{
    Sheet,
    columns::Column,
    line::Line,
    misfit::{Misfit, Remark, Why},
};
use crate::lore::Patch;

/// Lines that were read, put together by the person of whom they tell.
#[derive(Debug)]
pub(super) struct Gathering {
    /// Whether a person may have several lines, one for each skill.
    by_skill: bool,
    people: Vec<Person>,
    by_email: HashMap<String, usize>,
    sheet: Sheet,
}

/// Somebody of whom was told.
#[derive(Debug)]
struct Person {
    first: u64,
    patch: Patch,
    /// In which line each skill stands, as skills are compared.
    skills: HashMap<String, u64>,
}

impl Gathering {
    pub(super) fn new(by_skill: bool) -> Self {
        Self { by_skill, people: Vec::new(), by_email: HashMap::new(), sheet: Sheet::default() }
    }

    /// Something that should be known.
    pub(super) fn remark(&mut self, remark: Remark) {
        if !self.sheet.remarks.contains(&remark) {
            self.sheet.remarks.push(remark);
        }
    }

    /// Something that does not fit and is no line about somebody.
    pub(super) fn misfit(&mut self, misfit: Misfit) {
        self.sheet.misfits.push(misfit);
    }

    /// Takes the next line.
    pub(super) fn take(&mut self, line: Result<Line, Vec<Misfit>>) {
        self.sheet.lines += 1;
        let line = match line {
            Ok(line) => line,
            Err(misfits) => return self.sheet.misfits.extend(misfits),
        };
        match self.by_email.get(&line.email) {
            None => {
                self.by_email.insert(line.email.clone(), self.people.len());
                self.people.push(Person::of(line));
            }
            Some(&place) => {
                let joined =
                    if self.by_skill { self.people[place].join(&line) } else { self.people[place].twice() };
                let refused = |(column, value, why): (Column, String, Why)| {
                    Misfit::at(line.number, why).about(&line.email).within(column).written(&value)
                };
                self.sheet.misfits.extend(joined.err().map(refused));
            }
        }
    }

    /// Everything that the file tells.
    pub(super) fn finish(mut self) -> Sheet {
        if self.sheet.lines == 0 && self.sheet.misfits.is_empty() {
            self.sheet.misfits.push(Misfit::of_file(Why::NobodyNamed));
        }
        for Person { first, patch, .. } in self.people {
            // Each line fits; all of a person's together may have too many skills.
            match patch.told.fit() {
                Ok(told) => {
                    self.sheet.patches.push(Patch { told, ..patch });
                    self.sheet.begins.push(first);
                }
                Err(unfit) => self.sheet.misfits.extend(unfit.into_iter().map(|unfit| {
                    Misfit::at(first, unfit.flaw.into()).about(&patch.email).within(Column::Of(unfit.part))
                })),
            }
        }
        self.sheet.misfits.sort_by_key(|misfit| misfit.line);
        self.sheet
    }
}

/// What does not fit in a further line of somebody: where, what was written, and why.
type Refused = (Column, String, Why);

impl Person {
    fn of(line: Line) -> Self {
        let skills = line.told.skills.iter().map(|skill| (key(skill), line.number)).collect();
        let patch = Patch { email: line.email, parts: line.parts, told: line.told };
        Self { first: line.number, patch, skills }
    }

    fn twice(&self) -> Result<(), Refused> {
        Err((Column::Email, String::new(), Why::DoubleEmail { first: self.first }))
    }

    /// Takes in a further line: its skills are added; what else it says must not differ.
    fn join(&mut self, line: &Line) -> Result<(), Refused> {
        let twice = line.told.skills.iter().find_map(|skill| Some((skill, *self.skills.get(&key(skill))?)));
        if let Some((skill, first)) = twice {
            return Err((Column::Of(Part::Skills), skill.name.clone(), Why::DoubleSkill { first }));
        }
        let mut next = self.patch.told.clone();
        for part in line.parts.iter().filter(|part| **part != Part::Skills) {
            if !take_part(&mut next, &line.told, *part) {
                return Err((Column::Of(*part), String::new(), Why::Conflict { first: self.first }));
            }
        }
        next.skills.extend(line.told.skills.iter().cloned());
        self.skills.extend(line.told.skills.iter().map(|skill| (key(skill), line.number)));
        self.patch.told = next;
        Ok(())
    }
}

/// Takes a part that was not told before; tells whether nothing else was.
fn take_part(known: &mut Expertise, told: &Expertise, part: Part) -> bool {
    fn take<T: Clone + PartialEq + Default>(known: &mut T, told: &T) -> bool {
        if *known == T::default() {
            known.clone_from(told);
        }
        *told == T::default() || known == told
    }
    match part {
        Part::Skills => true,
        Part::Languages => take(&mut known.languages, &told.languages),
        Part::Hours => take(&mut known.hours, &told.hours),
        Part::Note => take(&mut known.note, &told.note),
        Part::Aliases => take(&mut known.aliases, &told.aliases),
        Part::FormerNames => take(&mut known.former_names, &told.former_names),
    }
}

fn key(skill: &Skill) -> String {
    let plain = folded(&skill.name);
    if plain.is_empty() { skill.name.clone() } else { plain }
}
