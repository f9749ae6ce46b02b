//! What was done to the lists, to be undone and done again.

use std::{collections::VecDeque, sync::Arc};

use rollcall_wire::window::ListDeed;

use super::{Lists, Recents};

/// How many deeds can be undone; the oldest make room.
const MOST: usize = 100;

/// What was and what is after a deed.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The lists before, and after.
    Lists(Arc<Lists>, Arc<Lists>),
    /// Whom the person had to do with, which was forgotten.
    Recents(Arc<Recents>),
}

/// Deeds that were done and those that were undone. It is at hand while the desk is open.
#[derive(Debug, Default)]
pub(crate) struct History {
    done: VecDeque<(ListDeed, Step)>,
    undone: Vec<(ListDeed, Step)>,
}

impl History {
    /// Something was done: what was undone before can no longer be done again.
    pub(crate) fn did(&mut self, deed: ListDeed, step: Step) {
        self.undone.clear();
        self.done.push_back((deed, step));
        if self.done.len() > MOST {
            self.done.pop_front();
        }
    }

    /// What is to be undone now; it counts as undone.
    pub(crate) fn undo(&mut self) -> Option<(ListDeed, Step)> {
        let last = self.done.pop_back()?;
        self.undone.push(last.clone());
        Some(last)
    }

    /// What is to be done again now; it counts as done.
    pub(crate) fn redo(&mut self) -> Option<(ListDeed, Step)> {
        let last = self.undone.pop()?;
        self.done.push_back(last.clone());
        Some(last)
    }

    /// What would be undone, and what would be done again.
    pub(crate) fn next(&self) -> (Option<&ListDeed>, Option<&ListDeed>) {
        (self.done.back().map(|(deed, _)| deed), self.undone.last().map(|(deed, _)| deed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> Step {
        Step::Lists(Arc::default(), Arc::default())
    }

    fn made(name: usize) -> ListDeed {
        ListDeed::FolderMade { name: name.to_string() }
    }

    #[test]
    fn what_was_undone_is_done_again_until_something_else_is_done() {
        let mut history = History::default();
        history.did(made(1), step());
        history.did(made(2), step());

        assert_eq!(history.undo().unwrap().0, made(2));
        assert_eq!(history.next(), (Some(&made(1)), Some(&made(2))));
        assert_eq!(history.redo().unwrap().0, made(2));
        history.undo();
        history.did(made(3), step());

        assert!(history.redo().is_none());
        assert_eq!(history.next(), (Some(&made(3)), None));
    }

    #[test]
    fn the_oldest_deeds_make_room() {
        let mut history = History::default();
        for name in 0..MOST + 5 {
            history.did(made(name), step());
        }

        let undone = std::iter::from_fn(|| history.undo()).count();

        assert_eq!(undone, MOST);
    }
}
