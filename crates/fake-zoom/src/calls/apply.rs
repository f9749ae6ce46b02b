//! Moves a call on: the state machine, without clock, socket or chance.

use chrono::{DateTime, Utc};

use super::{Call, CallMove, Happening, LegState, MoveError, Outcome, State};
use crate::org::PersonIx;

impl Call {
    /// What is told at the very beginning.
    pub(crate) fn begin(&self) -> Vec<Happening> {
        let caller = self.caller().map(|_| Happening::CallerRinging);
        let ringing = self.ringing().map(Happening::CalleeRinging);
        caller.into_iter().chain(ringing).collect()
    }

    /// Moves the call on. `by` is the person a move names, already found.
    pub(crate) fn apply(
        &mut self,
        step: &CallMove,
        by: Option<PersonIx>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Happening>, MoveError> {
        match (step, self.state) {
            (CallMove::Answer { .. }, State::Ringing) => self.answer(by, now),
            (CallMove::Reject, State::Ringing) => Ok(self.give_up(Outcome::Rejected, now)),
            (CallMove::Miss, State::Ringing) => Ok(self.give_up(Outcome::NoAnswer, now)),
            (CallMove::Busy, State::Ringing) => Ok(self.give_up(Outcome::Busy, now)),
            (CallMove::Voicemail, State::Ringing) => Ok(self.give_up(Outcome::Voicemail, now)),
            (CallMove::ToVoicemail, State::Ringing) => {
                let mut told = vec![Happening::Transfer {
                    word: "transfer_call_to_voicemail_initiated",
                    to: String::new(),
                }];
                told.extend(self.give_up(Outcome::Voicemail, now));
                Ok(told)
            }
            (CallMove::Cancel | CallMove::End, State::Ringing) => Ok(self.give_up(Outcome::Canceled, now)),
            (CallMove::Hold { by_caller }, State::Talking) => Ok(self.hold(*by_caller, now)),
            (CallMove::Unhold { by_caller }, State::Held) => Ok(self.unhold(*by_caller, now)),
            (CallMove::Mute { by_caller }, State::Talking) => Ok(side("mute", *by_caller)),
            (CallMove::Unmute { by_caller }, State::Talking) => Ok(side("unmute", *by_caller)),
            (CallMove::Park, State::Talking) => Ok(self.park()),
            (CallMove::WarmTransfer { to }, State::Talking | State::Held) => {
                Ok(transfer("warm_transfer_initiated", to))
            }
            (CallMove::CancelTransfer { to }, State::Talking | State::Held) => {
                Ok(transfer("warm_transfer_cancelled", to))
            }
            (CallMove::BlindTransfer { to }, State::Talking | State::Held) => {
                Ok(self.hand_over("blind_transfer_initiated", to, now))
            }
            (CallMove::CompleteTransfer { to }, State::Talking | State::Held) => {
                Ok(self.hand_over("warm_transfer_completed", to, now))
            }
            (CallMove::Conference, State::Talking) => Ok(vec![Happening::Conference]),
            (CallMove::InviteToMeeting, State::Talking) => {
                Ok(self.answerer().map(Happening::MeetingInvited).into_iter().collect())
            }
            (CallMove::End, State::Talking | State::Held | State::Parked) => Ok(self.hang_up(now)),
            (_, state) => Err(MoveError::NotNow { state: state.word() }),
        }
    }

    fn ringing(&self) -> impl Iterator<Item = PersonIx> {
        self.legs.iter().filter(|leg| leg.state == LegState::Ringing).map(|leg| leg.person)
    }

    fn answer(&mut self, by: Option<PersonIx>, now: DateTime<Utc>) -> Result<Vec<Happening>, MoveError> {
        let first = self.ringing().next();
        let winner = match by {
            Some(named) => {
                Some(self.ringing().find(|ringing| *ringing == named).ok_or(MoveError::NotRinging)?)
            }
            None => first,
        };
        self.state = State::Talking;
        self.answered_at = Some(now);
        let mut told = Vec::new();
        for leg in &mut self.legs {
            if leg.state == LegState::Ringing && Some(leg.person) == winner {
                leg.state = LegState::Answered;
                told.push(Happening::CalleeAnswered(leg.person));
            } else if leg.state == LegState::Ringing {
                leg.state = LegState::Missed;
                told.push(Happening::CalleeMissed(leg.person));
            }
        }
        told.extend(self.caller().map(|_| Happening::CallerConnected));
        Ok(told)
    }

    fn give_up(&mut self, outcome: Outcome, now: DateTime<Utc>) -> Vec<Happening> {
        self.over(outcome, now);
        let mut told = Vec::new();
        for leg in &mut self.legs {
            if leg.state != LegState::Ringing {
                continue;
            }
            let rejected = outcome == Outcome::Rejected;
            leg.state = if rejected { LegState::Rejected } else { LegState::Missed };
            told.push(if rejected {
                Happening::CalleeRejected(leg.person)
            } else {
                Happening::CalleeMissed(leg.person)
            });
        }
        told.extend(self.caller().map(|_| Happening::CallerEnded));
        told
    }

    fn hold(&mut self, by_caller: bool, now: DateTime<Utc>) -> Vec<Happening> {
        self.state = State::Held;
        self.held_since = Some(now);
        side("hold", by_caller)
    }

    fn unhold(&mut self, by_caller: bool, now: DateTime<Utc>) -> Vec<Happening> {
        self.state = State::Talking;
        self.count_hold(now);
        side("unhold", by_caller)
    }

    fn park(&mut self) -> Vec<Happening> {
        self.state = State::Parked;
        self.answerer().map(Happening::Parked).into_iter().collect()
    }

    fn hand_over(&mut self, word: &'static str, to: &str, now: DateTime<Utc>) -> Vec<Happening> {
        let mut told = transfer(word, to);
        told.extend(self.hang_up(now));
        told
    }

    fn hang_up(&mut self, now: DateTime<Utc>) -> Vec<Happening> {
        self.over(Outcome::Connected, now);
        let called = self.answerer().map(Happening::CalleeEnded);
        let calling = self.caller().map(|_| Happening::CallerEnded);
        called.into_iter().chain(calling).collect()
    }

    fn over(&mut self, outcome: Outcome, now: DateTime<Utc>) {
        self.count_hold(now);
        self.state = State::Over;
        self.outcome = Some(outcome);
        self.ended_at = Some(now);
    }

    fn count_hold(&mut self, now: DateTime<Utc>) {
        if let Some(since) = self.held_since.take() {
            self.held_seconds += (now - since).num_seconds().max(0);
        }
    }
}

impl State {
    /// The state's name in answers of the control API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Talking => "talking",
            Self::Held => "held",
            Self::Parked => "parked",
            Self::Over => "over",
        }
    }
}

fn side(word: &'static str, by_caller: bool) -> Vec<Happening> {
    vec![Happening::Side { word, by_caller }]
}

fn transfer(word: &'static str, to: &str) -> Vec<Happening> {
    vec![Happening::Transfer { word, to: to.to_owned() }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{CallId, End};

    const ANNA: PersonIx = PersonIx(1);
    const BENO: PersonIx = PersonIx(2);

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn queue_call() -> Call {
        Call::new(CallId(1), End::Outside(49_301), End::Queue(0), vec![ANNA, BENO], at(0))
    }

    #[test]
    fn one_answers_a_queue_call_and_the_others_miss_it() {
        let mut call = queue_call();

        let told = call.apply(&CallMove::Answer { by: None }, Some(BENO), at(4)).unwrap();

        assert_eq!(told, [Happening::CalleeMissed(ANNA), Happening::CalleeAnswered(BENO)]);
        assert_eq!(call.wait_seconds(), 4);
    }

    #[test]
    fn an_internal_call_is_told_on_both_sides() {
        let mut call = Call::new(CallId(1), End::Person(ANNA), End::Person(BENO), vec![BENO], at(0));

        assert_eq!(call.begin(), [Happening::CallerRinging, Happening::CalleeRinging(BENO)]);
        let told = call.apply(&CallMove::Reject, None, at(3)).unwrap();

        assert_eq!(told, [Happening::CalleeRejected(BENO), Happening::CallerEnded]);
    }

    #[test]
    fn hold_is_counted_and_what_is_over_stays_over() {
        let mut call = queue_call();
        call.apply(&CallMove::Answer { by: None }, None, at(2)).unwrap();
        call.apply(&CallMove::Hold { by_caller: false }, None, at(10)).unwrap();

        call.apply(&CallMove::End, None, at(30)).unwrap();

        assert_eq!((call.held_seconds, call.talk_seconds()), (20, 28));
        let late = call.apply(&CallMove::Answer { by: None }, None, at(31));
        assert_eq!(late, Err(MoveError::NotNow { state: "over" }));
    }

    #[test]
    fn only_a_telephone_that_rings_can_answer() {
        let mut call = queue_call();

        let wrong = call.apply(&CallMove::Answer { by: None }, Some(PersonIx(9)), at(1));

        assert_eq!(wrong, Err(MoveError::NotRinging));
    }
}
