//! The calls made from here, and what is heard of them: a pure state machine.
//!
//! Nothing links a dialled number to the events that follow (Zoom gives a dial no id). A call's leg is
//! taken for the newest call made from here that it fits: own user id, dialled number, and a ring within
//! [`RINGS_WITHIN`] after dialling.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Call, CallId, Leg, LegState, PersonId, Side};
use rollcall_wire::window::{Consult, ConsultState};

/// How long after dialling a call starts to ring.
pub(crate) const RINGS_WITHIN: TimeDelta = TimeDelta::seconds(30);
/// How far this computer's clock may be ahead of Zoom's.
const CLOCK_SLACK: TimeDelta = TimeDelta::seconds(5);
/// After how long without any news a call counts as never placed.
pub(crate) const UNHEARD_AFTER: TimeDelta = TimeDelta::seconds(45);
/// After how long a call that never ended counts as one whose end was lost.
const LOST_AFTER: TimeDelta = TimeDelta::hours(24);
/// How many calls are kept at hand.
pub(crate) const KEPT: u16 = 1_000;

/// A call made from here, and the call in the log that it turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Track {
    pub(crate) consult: Consult,
    pub(crate) call: Option<CallId>,
}

/// The last calls made from here, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Docket {
    tracks: Vec<Track>,
}

impl Docket {
    /// Takes calls as they were kept, newest first.
    pub(crate) fn new(tracks: Vec<Track>) -> Self {
        Self { tracks }
    }

    /// The calls, newest first.
    pub(crate) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Adds a call that is about to be dialled; the oldest one makes room.
    pub(crate) fn dial(&mut self, consult: Consult) {
        self.tracks.insert(0, Track { consult, call: None });
        self.tracks.truncate(usize::from(KEPT));
    }

    /// Takes in what is known of a call; gives the calls made from here that changed by it.
    pub(crate) fn hear(&mut self, call: &Call, me: &PersonId) -> Vec<Track> {
        if let Some(track) = self.tracks.iter_mut().find(|track| track.call.as_ref() == Some(&call.id)) {
            let leg = own_leg(call, &track.consult, me);
            return leg.filter(|leg| track.follow(leg)).map(|_| track.clone()).into_iter().collect();
        }
        let unclaimed = self.tracks.iter_mut().filter(|track| track.call.is_none());
        for track in unclaimed {
            let Some(leg) = own_leg(call, &track.consult, me) else { continue };
            if track.rang_in_time(leg) {
                track.call = Some(call.id.clone());
                track.follow(leg);
                return vec![track.clone()];
            }
        }
        Vec::new()
    }

    /// Gives up on calls of which nothing was heard in time, or of whose end; gives those that changed.
    pub(crate) fn lapse(&mut self, now: DateTime<Utc>) -> Vec<Track> {
        let silent = self.tracks.iter_mut().filter(|track| {
            let patience = match track.consult.state {
                ConsultState::Dialling => UNHEARD_AFTER,
                ConsultState::Ringing | ConsultState::Connected | ConsultState::Held => LOST_AFTER,
                ConsultState::Ended | ConsultState::Unheard => return false,
            };
            now - track.consult.dialled_at >= patience
        });
        silent
            .map(|track| {
                track.consult.state = ConsultState::Unheard;
                track.clone()
            })
            .collect()
    }

    /// The phone did not take the number; gives the call as it is now.
    pub(crate) fn refused(&mut self, id: &str) -> Option<Track> {
        let track = self.tracks.iter_mut().find(|track| track.consult.id == id)?;
        track.consult.state = ConsultState::Unheard;
        Some(track.clone())
    }

    /// Whether any call waits for its first news.
    pub(crate) fn waits(&self) -> bool {
        self.tracks.iter().any(|track| track.consult.state == ConsultState::Dialling)
    }
}

impl Track {
    fn rang_in_time(&self, leg: &Leg) -> bool {
        let first = [leg.rang_at, leg.answered_at, leg.ended.map(|ending| ending.at)];
        let Some(first) = first.into_iter().flatten().min() else { return false };
        let after = first - self.consult.dialled_at;
        -CLOCK_SLACK <= after && after <= RINGS_WITHIN
    }

    /// Becomes what the leg says; tells whether that is news.
    fn follow(&mut self, leg: &Leg) -> bool {
        let mut consult = self.consult.clone();
        consult.state = match leg.state() {
            LegState::Ringing => ConsultState::Ringing,
            LegState::Connected => ConsultState::Connected,
            LegState::Held => ConsultState::Held,
            LegState::Ended => ConsultState::Ended,
        };
        consult.answered_at = leg.answered_at;
        consult.ended_at = leg.ended.map(|ending| ending.at);
        consult.outcome = leg.ended.map(|ending| ending.outcome);
        let news = consult != self.consult;
        self.consult = consult;
        news
    }
}

/// The leg that shows the call from this desk: the caller's own, else (a call inside the organisation may
/// show only that) the one of the person who was called.
fn own_leg<'a>(call: &'a Call, consult: &Consult, me: &PersonId) -> Option<&'a Leg> {
    let whom = consult.person.as_ref();
    let is_mine = |leg: &&Leg| {
        leg.side == Side::Caller
            && leg.person == *me
            && (leg.other.number == Some(consult.number)
                || (whom.is_some() && leg.other.person.as_ref() == whom))
    };
    let is_theirs = |leg: &&Leg| {
        leg.side == Side::Callee && Some(&leg.person) == whom && leg.other.person.as_ref() == Some(me)
    };
    call.legs.iter().find(is_mine).or_else(|| call.legs.iter().find(is_theirs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConsultState::{Connected, Ended, Held, Ringing};
    use rollcall_model::{CallReport, Outcome, Party, Step};

    const NUMBER: &str = "+442071838750";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn me() -> PersonId {
        PersonId::new("me")
    }

    fn dialled(id: &str, seconds: i64) -> Consult {
        Consult {
            id: id.into(),
            person: Some(PersonId::new("mia")),
            name: "Mia Okafor".into(),
            number: NUMBER.parse().unwrap(),
            reason: String::new(),
            state: ConsultState::Dialling,
            dialled_at: at(seconds),
            answered_at: None,
            ended_at: None,
            outcome: None,
        }
    }

    fn docket(consults: &[Consult]) -> Docket {
        let mut docket = Docket::default();
        for consult in consults {
            docket.dial(consult.clone());
        }
        docket
    }

    fn step(id: &str, step: Step, seconds: i64) -> CallReport {
        CallReport {
            call: CallId::new(id),
            person: me(),
            side: Side::Caller,
            at: at(seconds),
            step,
            other: Party { number: Some(NUMBER.parse().unwrap()), ..Party::default() },
            queue: None,
        }
    }

    fn call(reports: &[CallReport]) -> Call {
        let mut call = Call::new(reports[0].call.clone());
        for report in reports {
            call.learn(report);
        }
        call
    }

    #[test]
    fn a_call_is_followed_from_ring_to_end() {
        let mut docket = docket(&[dialled("c1", 0)]);
        let mut reports = Vec::new();
        let mut states = Vec::new();

        for (what, seconds) in [
            (Step::Ringing, 2),
            (Step::Answered, 9),
            (Step::Held(true), 20),
            (Step::Held(false), 30),
            (Step::Ended(Outcome::Answered), 60),
        ] {
            reports.push(step("1", what, seconds));
            states.extend(docket.hear(&call(&reports), &me()).iter().map(|track| track.consult.state));
        }

        assert_eq!(states, [Ringing, Connected, Held, Connected, Ended]);
        assert_eq!(docket.tracks()[0].consult.outcome, Some(Outcome::Answered));
    }

    #[test]
    fn the_newest_unclaimed_call_takes_the_ring() {
        let mut docket = docket(&[dialled("first", 0), dialled("second", 10)]);

        let newest = docket.hear(&call(&[step("1", Step::Ringing, 12)]), &me());
        let other = docket.hear(&call(&[step("2", Step::Ringing, 13)]), &me());

        assert_eq!(newest[0].consult.id, "second");
        assert_eq!(other[0].consult.id, "first");
    }

    #[test]
    fn a_ring_that_came_too_late_or_goes_elsewhere_is_another_call() {
        let mut docket = docket(&[dialled("c1", 0)]);
        let mut elsewhere = step("2", Step::Ringing, 3);
        elsewhere.other.number = Some("+14155550123".parse().unwrap());

        assert!(docket.hear(&call(&[step("1", Step::Ringing, 31)]), &me()).is_empty());
        assert!(docket.hear(&call(&[elsewhere]), &me()).is_empty());
        assert!(docket.hear(&call(&[step("3", Step::Ringing, 3)]), &PersonId::new("somebody")).is_empty());
    }

    #[test]
    fn a_call_inside_the_organisation_is_known_by_the_leg_of_the_one_called() {
        let mut docket = docket(&[dialled("c1", 0)]);
        let inside = CallReport {
            person: PersonId::new("mia"),
            side: Side::Callee,
            other: Party { person: Some(me()), ..Party::default() },
            ..step("1", Step::Ringing, 4)
        };

        let heard = docket.hear(&call(&[inside]), &me());

        assert_eq!(heard[0].consult.state, ConsultState::Ringing);
    }

    #[test]
    fn a_call_of_which_nothing_is_heard_lapses_and_late_news_still_counts() {
        let mut docket = docket(&[dialled("c1", 0)]);
        assert!(docket.lapse(at(44)).is_empty());

        let lapsed = docket.lapse(at(45));
        let heard = docket.hear(&call(&[step("1", Step::Ringing, 5)]), &me());

        assert_eq!(lapsed[0].consult.state, ConsultState::Unheard);
        assert_eq!(heard[0].consult.state, ConsultState::Ringing);
        assert!(docket.lapse(at(500)).is_empty());
    }

    #[test]
    fn a_call_whose_end_was_lost_does_not_stay_open_for_ever() {
        let mut docket = docket(&[dialled("c1", 0)]);
        docket.hear(&call(&[step("1", Step::Answered, 2)]), &me());

        assert!(docket.lapse(at(3_600)).is_empty());
        let lost = docket.lapse(at(24 * 3_600));

        assert_eq!(lost[0].consult.state, ConsultState::Unheard);
    }

    #[test]
    fn a_repeat_is_no_news() {
        let mut docket = docket(&[dialled("c1", 0)]);
        let ringing = call(&[step("1", Step::Ringing, 2)]);

        assert_eq!(docket.hear(&ringing, &me()).len(), 1);
        assert!(docket.hear(&ringing, &me()).is_empty());
    }
}
