//! The organisation: its people, how to find them, and its queues.

mod generate;
pub(crate) mod jobs;
pub(crate) mod names;
pub(crate) mod numbers;
pub(crate) mod person;
pub(crate) mod queues;
pub(crate) mod sites;

use std::{
    collections::HashMap,
    ops::{Index, IndexMut},
};

pub(crate) use generate::seeded;
pub(crate) use numbers::E164;
pub(crate) use person::{Licence, Line, Person, PersonIx, Standing};
pub(crate) use queues::{Member, Queue};

/// All people and queues of the account, found by id, e-mail, number and extension.
#[derive(Debug, Default)]
pub(crate) struct Organisation {
    people: Vec<Person>,
    by_id: HashMap<Box<str>, PersonIx>,
    by_email: HashMap<Box<str>, PersonIx>,
    by_number: HashMap<E164, PersonIx>,
    by_extension: HashMap<u64, PersonIx>,
    pub(crate) queues: Vec<Queue>,
}

impl Organisation {
    /// Adds a person. The caller has seen to it that id, e-mail, numbers and extension are free.
    pub(crate) fn add(&mut self, person: Person) -> PersonIx {
        let ix = PersonIx(u32::try_from(self.people.len()).unwrap_or(u32::MAX));
        self.by_id.insert(person.id.clone(), ix);
        self.by_email.insert(person.email.to_lowercase().into(), ix);
        if let Some(line) = person.line {
            self.by_extension.insert(line.extension, ix);
            line.did.map(|number| self.by_number.insert(number, ix));
        }
        self.people.push(person);
        ix
    }

    /// Takes a person out of the directory; what old calls say about them stays.
    pub(crate) fn remove(&mut self, ix: PersonIx) {
        let person = &mut self.people[ix.0 as usize];
        person.standing = Standing::Gone;
        self.by_id.remove(&person.id);
        self.by_email.remove(person.email.to_lowercase().as_str());
        if let Some(line) = person.line {
            self.by_extension.remove(&line.extension);
            line.did.map(|number| self.by_number.remove(&number));
        }
        for queue in &mut self.queues {
            queue.members.retain(|member| member.person != ix);
            queue.opted_out.remove(&ix);
        }
    }

    /// Finds a person by user id or e-mail.
    pub(crate) fn find(&self, key: &str) -> Option<PersonIx> {
        self.by_id.get(key).or_else(|| self.by_email.get(key.to_lowercase().as_str())).copied()
    }

    /// The person whose direct number this is.
    pub(crate) fn by_number(&self, number: E164) -> Option<PersonIx> {
        self.by_number.get(&number).copied()
    }

    /// The person with this extension.
    pub(crate) fn by_extension(&self, extension: u64) -> Option<PersonIx> {
        self.by_extension.get(&extension).copied()
    }

    /// The queue with this direct number.
    pub(crate) fn queue_by_number(&self, number: E164) -> Option<usize> {
        self.queues.iter().position(|queue| queue.number == number)
    }

    /// Whether a number is given to somebody already.
    pub(crate) fn is_taken(&self, number: E164) -> bool {
        self.by_number.contains_key(&number) || self.queue_by_number(number).is_some()
    }

    /// Everybody who is not deleted, with their place.
    pub(crate) fn people(&self) -> impl Iterator<Item = (PersonIx, &Person)> {
        (0_u32..).map(PersonIx).zip(&self.people).filter(|(_, person)| person.standing != Standing::Gone)
    }

    /// How many places there are, those of deleted people included.
    pub(crate) fn places(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    /// An extension nobody has.
    pub(crate) fn free_extension(&self) -> u64 {
        let mut extension = generate::FIRST_EXTENSION + u64::from(self.places());
        while self.by_extension.contains_key(&extension) {
            extension += 1;
        }
        extension
    }
}

impl Index<PersonIx> for Organisation {
    type Output = Person;

    fn index(&self, ix: PersonIx) -> &Person {
        &self.people[ix.0 as usize]
    }
}

impl IndexMut<PersonIx> for Organisation {
    fn index_mut(&mut self, ix: PersonIx) -> &mut Person {
        &mut self.people[ix.0 as usize]
    }
}
