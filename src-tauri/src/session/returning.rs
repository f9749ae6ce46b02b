//! Going on as it was left, also when the keychain does not answer at once.
//!
//! An app that starts with the desktop may be there before the keychain is, or before the person has unlocked it: it
//! is asked again by itself, ever more seldom, and at once when the person wants it. Nothing else is tried again here;
//! a relay or a Zoom that cannot be reached is the link's own matter.

use std::time::Duration;

use chrono::TimeDelta;
use rollcall_wire::Failure;
use tokio::time;

use super::Session;

/// After how long a keychain that is not there is looked for again, first and in the end.
const ABSENT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// The same of one that is locked: each time the person is asked to unlock it.
const LOCKED: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(10));

/// The pauses before the keychain is asked again.
#[derive(Debug, Default)]
struct Pauses {
    last: Option<Failure>,
    tries: u32,
}

impl Session {
    /// Goes on as it was left: with this computer's connection to Zoom or the seat at a relay, if there is one.
    /// While the keychain does not answer this waits for it, until another mode is entered or the app ends.
    pub(crate) async fn resume(&self) -> Result<(), Failure> {
        let mut pauses = Pauses::default();
        while let Err(failure) = self.go_on().await {
            let Some(pause) = pauses.after(&failure) else { return Err(failure) };
            if !self.tell(&failure, pause).await {
                break;
            }
            tokio::select! {
                () = self.decided.wait() => break,
                () = self.again.notified() => {}
                () = time::sleep(pause) => {}
            }
            self.engine().settled(&failure);
        }
        Ok(())
    }

    /// Asks the keychain again now, if it is waited for.
    pub(crate) fn try_again(&self) {
        self.again.notify_waiters();
    }

    /// Tells what is waited for, and how long; not when that is over meanwhile.
    async fn tell(&self, failure: &Failure, pause: Duration) -> bool {
        // Held while it is told, so that nothing is said of a mode that was entered meanwhile.
        let _feed = self.feed.lock().await;
        let goes_on = !self.decided.initialized();
        if goes_on {
            let pause = TimeDelta::from_std(pause).unwrap_or_default();
            let engine = self.engine();
            engine.notice(failure.clone());
            engine.shut_out(failure.clone(), Some(self.now() + pause));
            tracing::warn!(%failure, seconds = pause.num_seconds(), "the keychain is asked again later");
        }
        goes_on
    }
}

impl Pauses {
    /// The next one, which is twice the last; none after what is not the keychain's.
    fn after(&mut self, failure: &Failure) -> Option<Duration> {
        let (first, longest) = match failure {
            Failure::KeychainUnavailable => ABSENT,
            Failure::KeychainLocked => LOCKED,
            _ => return None,
        };
        self.tries = if self.last.as_ref() == Some(failure) { self.tries.saturating_add(1) } else { 0 };
        self.last = Some(failure.clone());
        Some(first.saturating_mul(1 << self.tries.min(16)).min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keychain_is_asked_ever_more_seldom_and_one_that_asks_the_person_seldom_from_the_start() {
        let mut pauses = Pauses::default();
        let mut seconds = |failure, times: usize| -> Vec<u64> {
            (0..times).map(|_| pauses.after(&failure).unwrap().as_secs()).collect()
        };

        assert_eq!(seconds(Failure::KeychainUnavailable, 8), [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(seconds(Failure::KeychainLocked, 7), [30, 60, 120, 240, 480, 600, 600]);
        assert_eq!(seconds(Failure::KeychainUnavailable, 1), [1]);
        assert_eq!(seconds(Failure::KeychainLocked, 100).last(), Some(&600));
    }

    #[test]
    fn nothing_but_the_keychain_is_waited_for() {
        assert_eq!(Pauses::default().after(&Failure::WrongClient), None);
    }
}
