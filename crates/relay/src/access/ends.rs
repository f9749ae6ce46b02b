//! The end of a session, for those who hold something open in its name; and that it became known whose it is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::SessionId;

/// Who waits for what of which session.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(Arc<Mutex<HashMap<SessionId, Waiting>>>);

#[derive(Debug, Default)]
struct Waiting {
    end: CancellationToken,
    known: CancellationToken,
    watches: usize,
}

/// Waits for what becomes of one session. Dropped, it waits no more.
#[derive(Debug)]
pub struct EndWatch {
    ends: Ends,
    session: SessionId,
    end: CancellationToken,
    known: CancellationToken,
}

impl Ends {
    /// Begins to wait.
    pub(super) fn watch(&self, session: SessionId) -> EndWatch {
        let mut waiting = self.lock();
        let entry = waiting.entry(session).or_default();
        entry.watches += 1;
        let (end, known) = (entry.end.clone(), entry.known.clone());
        EndWatch { ends: self.clone(), session, end, known }
    }

    /// The session has ended.
    pub(super) fn end(&self, session: SessionId) {
        if let Some(waiting) = self.lock().remove(&session) {
            waiting.end.cancel();
        }
    }

    /// It became known whose the session is. Those who begin to wait from now on know it.
    pub(super) fn know(&self, session: SessionId) {
        if let Some(waiting) = self.lock().get_mut(&session) {
            std::mem::take(&mut waiting.known).cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EndWatch {
    /// Returns when the session has ended.
    pub async fn ended(&self) {
        self.end.cancelled().await;
    }

    /// Whether the session has ended.
    pub fn has_ended(&self) -> bool {
        self.end.is_cancelled()
    }

    /// Returns when it became known whose the session is: its person may see more than before.
    pub async fn known(&self) {
        self.known.cancelled().await;
    }
}

#[cfg(test)]
impl EndWatch {
    /// A watch of a session of its own, and that session's end.
    pub(crate) fn alone() -> (Self, CancellationToken) {
        let watch = Ends::default().watch(SessionId::fresh());
        let end = watch.end.clone();
        (watch, end)
    }
}

impl Drop for EndWatch {
    fn drop(&mut self) {
        let mut waiting = self.ends.lock();
        // Of an ended session nothing is left; nobody watches one again that has ended.
        if let Some(entry) = waiting.get_mut(&self.session) {
            entry.watches -= 1;
            if entry.watches == 0 {
                waiting.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_who_watches_a_session_hears_of_its_end_and_nobody_else() {
        let ends = Ends::default();
        let (session, other) = (SessionId::fresh(), SessionId::fresh());
        let (one, two, apart) = (ends.watch(session), ends.watch(session), ends.watch(other));

        ends.end(session);

        one.ended().await;
        two.ended().await;
        assert!(!apart.has_ended());
    }

    #[tokio::test]
    async fn whoever_waits_hears_that_a_session_is_known_and_whoever_comes_later_does_not() {
        let ends = Ends::default();
        let session = SessionId::fresh();
        let before = ends.watch(session);

        ends.know(session);
        let after = ends.watch(session);

        before.known().await;
        assert!(!after.known.is_cancelled() && !before.has_ended());
    }

    #[test]
    fn nothing_is_kept_for_those_who_left() {
        let ends = Ends::default();
        let session = SessionId::fresh();
        let (one, two) = (ends.watch(session), ends.watch(session));

        drop(one);
        assert_eq!(ends.lock().len(), 1);
        drop(two);

        assert_eq!(ends.lock().len(), 0);
    }
}
