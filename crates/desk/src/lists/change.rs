//! Changing the lists: each change makes another value, or says why it cannot be.

use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{GroupOffer, ListChange},
};

use super::{
    Folder, Group, Lists, MOST_FAVOURITES, MOST_FOLDERS, MOST_GROUPS,
    names::{checked_name, checked_question, is_same},
};

impl Lists {
    /// The same with somebody added as the last favourite in no folder, or without them.
    pub(crate) fn with_favourite(&self, person: &PersonId, on: bool) -> Result<Self, Failure> {
        let mut parts = self.parts();
        if !on {
            parts.take_out(person);
        } else if !self.contains(person) {
            if self.places.len() >= MOST_FAVOURITES as usize {
                return Err(Failure::TooManyFavourites { most: MOST_FAVOURITES });
            }
            parts.loose.push(person.clone());
        }
        Ok(parts.whole())
    }

    /// The same after a change; whatever is new in it gets an id from `new_id`.
    pub(crate) fn changed(
        &self,
        change: &ListChange,
        new_id: impl FnMut() -> String,
    ) -> Result<Self, Failure> {
        let mut parts = self.parts();
        match change {
            ListChange::MoveFavourite { person, folder, before } => {
                parts.move_favourite(person, folder.as_deref(), before.as_ref())?;
            }
            ListChange::MakeFolder { name, person } => parts.make_folder(name, person.as_ref(), new_id)?,
            ListChange::RenameFolder { id, name } => {
                let name = free_name(name, parts.folders.iter().filter(|it| it.id != *id).map(Folder::name))?;
                parts.folder(id)?.name = name;
            }
            ListChange::FoldFolder { id, folded } => parts.folder(id)?.folded = *folded,
            ListChange::MoveFolder { id, before } => {
                move_before(&mut parts.folders, id, before.as_deref(), |folder| &folder.id)?;
            }
            ListChange::RemoveFolder { id } => parts.remove_folder(id)?,
            ListChange::AddGroups { groups } => parts.add_groups(groups, new_id)?,
            ListChange::RenameGroup { id, name } => {
                let name = free_name(name, parts.groups.iter().filter(|it| it.id != *id).map(Group::name))?;
                parts.group(id)?.name = name;
            }
            ListChange::MoveGroup { id, before } => {
                move_before(&mut parts.groups, id, before.as_deref(), |group| &group.id)?;
            }
            ListChange::RemoveGroup { id } => {
                parts.group(id)?;
                parts.groups.retain(|group| group.id != *id);
            }
            ListChange::ClearRecents => {}
        }
        Ok(parts.whole())
    }

    fn parts(&self) -> Parts {
        Parts { loose: self.loose.clone(), folders: self.folders.clone(), groups: self.groups.clone() }
    }
}

/// Lists while they are being changed.
struct Parts {
    loose: Vec<PersonId>,
    folders: Vec<Folder>,
    groups: Vec<Group>,
}

impl Parts {
    fn whole(self) -> Lists {
        Lists::new(self.loose, self.folders, self.groups)
    }

    fn folder(&mut self, id: &str) -> Result<&mut Folder, Failure> {
        self.folders.iter_mut().find(|folder| folder.id == id).ok_or(Failure::NotInTheLists)
    }

    fn group(&mut self, id: &str) -> Result<&mut Group, Failure> {
        self.groups.iter_mut().find(|group| group.id == id).ok_or(Failure::NotInTheLists)
    }

    /// Takes a favourite out of wherever they are; tells whether they were there.
    fn take_out(&mut self, person: &PersonId) -> bool {
        let lists = self.folders.iter_mut().map(|folder| &mut folder.people).chain([&mut self.loose]);
        let mut found = false;
        for people in lists {
            let before = people.len();
            people.retain(|known| known != person);
            found |= people.len() < before;
        }
        found
    }

    fn move_favourite(
        &mut self,
        person: &PersonId,
        folder: Option<&str>,
        before: Option<&PersonId>,
    ) -> Result<(), Failure> {
        if before == Some(person) {
            return Ok(());
        }
        if !self.take_out(person) {
            return Err(Failure::NotInTheLists);
        }
        let people = match folder {
            Some(id) => &mut self.folder(id)?.people,
            None => &mut self.loose,
        };
        let at = match before {
            Some(before) => people.iter().position(|known| known == before).ok_or(Failure::NotInTheLists)?,
            None => people.len(),
        };
        people.insert(at, person.clone());
        Ok(())
    }

    fn make_folder(
        &mut self,
        name: &str,
        person: Option<&PersonId>,
        mut new_id: impl FnMut() -> String,
    ) -> Result<(), Failure> {
        let name = free_name(name, self.folders.iter().map(Folder::name))?;
        if self.folders.len() >= MOST_FOLDERS as usize {
            return Err(Failure::TooManyFolders { most: MOST_FOLDERS });
        }
        let people: Vec<PersonId> = person.into_iter().cloned().collect();
        if people.iter().any(|person| !self.take_out(person)) {
            return Err(Failure::NotInTheLists);
        }
        self.folders.push(Folder { id: new_id(), name, folded: false, people });
        Ok(())
    }

    /// Who is in it stays a favourite, after those in no folder.
    fn remove_folder(&mut self, id: &str) -> Result<(), Failure> {
        let people = std::mem::take(&mut self.folder(id)?.people);
        self.folders.retain(|folder| folder.id != id);
        self.loose.extend(people);
        Ok(())
    }

    fn add_groups(
        &mut self,
        groups: &[GroupOffer],
        mut new_id: impl FnMut() -> String,
    ) -> Result<(), Failure> {
        for GroupOffer { name, text, only } in groups {
            let name = free_name(name, self.groups.iter().map(Group::name))?;
            let text = checked_question(text)?;
            if self.groups.len() >= MOST_GROUPS as usize {
                return Err(Failure::TooManyGroups { most: MOST_GROUPS });
            }
            self.groups.push(Group { id: new_id(), name, text, only: *only });
        }
        Ok(())
    }
}

impl Folder {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Group {
    fn name(&self) -> &str {
        &self.name
    }
}

/// A name that none of these have.
fn free_name<'n>(name: &str, mut taken: impl Iterator<Item = &'n str>) -> Result<String, Failure> {
    let name = checked_name(name)?;
    if taken.any(|other| is_same(other, &name)) { Err(Failure::NameTaken) } else { Ok(name) }
}

/// Moves the thing of this id before another, or to the end.
fn move_before<T>(
    things: &mut Vec<T>,
    id: &str,
    before: Option<&str>,
    id_of: impl Fn(&T) -> &String,
) -> Result<(), Failure> {
    if before == Some(id) {
        return Ok(());
    }
    let place = |things: &[T], id: &str| things.iter().position(|thing| id_of(thing) == id);
    let from = place(things, id).ok_or(Failure::NotInTheLists)?;
    let thing = things.remove(from);
    let to = match before {
        Some(before) => place(things, before),
        None => Some(things.len()),
    };
    things.insert(to.ok_or(Failure::NotInTheLists)?, thing);
    Ok(())
}
