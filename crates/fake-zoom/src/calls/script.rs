//! How a call goes when nobody interferes: drawn once, at its beginning.

use rand::{Rng, RngExt};

use super::{CallMove, Outcome};
use crate::presence::Status;

/// A call's future: each move with the seconds after the one before.
pub(crate) type Script = Vec<(i64, CallMove)>;

/// What the called side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Called {
    /// A person with this presence.
    Person(Status),
    /// Somebody outside.
    Outside,
    /// A queue, with telephones ringing or not.
    Queue { ringing: bool },
}

/// Draws how the call goes. `longest` bounds the talk in seconds.
pub(crate) fn draw(called: Called, longest: i64, rng: &mut impl Rng) -> Script {
    match outcome(called, rng) {
        Outcome::Connected => talk(rng.random_range(2..10), longest, rng),
        Outcome::NoAnswer => vec![(rng.random_range(18..30), CallMove::Miss)],
        Outcome::Busy => vec![(2, CallMove::Busy)],
        Outcome::Rejected => vec![(rng.random_range(3..9), CallMove::Reject)],
        Outcome::Canceled => vec![(rng.random_range(4..15), CallMove::Cancel)],
        Outcome::Voicemail => vec![(rng.random_range(15..25), CallMove::Voicemail)],
    }
}

fn outcome(called: Called, rng: &mut impl Rng) -> Outcome {
    let dice = rng.random_range(0..100);
    match called {
        Called::Person(Status::OnPhoneCall | Status::DoNotDisturb | Status::Presenting) => Outcome::Busy,
        Called::Person(Status::InMeeting | Status::Busy) => [Outcome::Rejected, Outcome::Voicemail][dice % 2],
        Called::Person(Status::Offline | Status::OutOfOffice) | Called::Queue { ringing: false } => {
            Outcome::Voicemail
        }
        Called::Person(Status::Available) => unless(dice < 92, Outcome::NoAnswer),
        Called::Person(_) => unless(dice < 60, Outcome::NoAnswer),
        Called::Outside => unless(dice < 80, [Outcome::NoAnswer, Outcome::Canceled][dice % 2]),
        Called::Queue { ringing: true } => unless(dice < 88, Outcome::Canceled),
    }
}

fn unless(connected: bool, otherwise: Outcome) -> Outcome {
    if connected { Outcome::Connected } else { otherwise }
}

fn talk(pause: i64, longest: i64, rng: &mut impl Rng) -> Script {
    let length = rng.random_range(15..longest.max(16));
    let mut script = vec![(pause, CallMove::Answer { by: None })];
    if length > 40 && rng.random_bool(0.2) {
        let by_caller = rng.random_bool(0.5);
        script.push((length / 3, CallMove::Hold { by_caller }));
        script.push((length / 3, CallMove::Unhold { by_caller }));
        script.push((length / 3, CallMove::End));
    } else {
        script.push((length, CallMove::End));
    }
    script
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn a_person_on_the_telephone_is_busy_and_a_free_one_mostly_answers() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut answered = 0;
        for _ in 0..100 {
            assert_eq!(draw(Called::Person(Status::OnPhoneCall), 60, &mut rng), [(2, CallMove::Busy)]);
            let script = draw(Called::Person(Status::Available), 60, &mut rng);
            answered += usize::from(matches!(script[0].1, CallMove::Answer { .. }));
        }

        assert!(answered > 80, "{answered}");
    }
}
