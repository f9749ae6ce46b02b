//! Events of the fake Zoom, over its subscription, folded into a roster.

use chrono::TimeDelta;
use rollcall_fake_zoom::{CallMove, FakeZoom, Mischief, Options};
use rollcall_model::{CallId, Clock, LegState, Outcome, PersonId, PresenceState, Roster, Side};
use rollcall_zoom::{
    delivery::{Malformed, Meaning, parse},
    subscription::{Heard, run},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{PATIENCE, agent, client, fake};

/// A subscription to a fake, folded into a roster.
struct Subscribed {
    heard: mpsc::Receiver<Heard>,
    roster: Roster,
    malformed: Vec<Malformed>,
    unknown: usize,
    stop: CancellationToken,
}

impl Subscribed {
    async fn to(fake: &FakeZoom) -> Self {
        let (sender, heard) = mpsc::channel(64);
        let stop = CancellationToken::new();
        tokio::spawn(run(client(fake), fake.ready().subscription_id.clone(), sender, stop.clone()));
        let mut subscribed =
            Self { heard, roster: Roster::default(), malformed: Vec::new(), unknown: 0, stop };
        assert_eq!(subscribed.next().await, Heard::Connected);
        subscribed
    }

    async fn next(&mut self) -> Heard {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("heard in time").expect("it runs")
    }

    /// Folds what comes until `done`.
    async fn until(&mut self, done: impl Fn(&Roster) -> bool) {
        while !done(&self.roster) {
            let Heard::Delivery(body) = self.next().await else { continue };
            match parse(&body).map(|delivery| delivery.meaning) {
                Ok(Meaning::Events(events)) => events.into_iter().for_each(|event| {
                    self.roster.apply(event);
                }),
                Ok(Meaning::Unknown) => self.unknown += 1,
                Ok(other) => panic!("{other:?}"),
                Err(malformed) => self.malformed.push(malformed),
            }
        }
    }
}

fn state_of(roster: &Roster, call: &CallId, side: Side) -> Option<LegState> {
    roster.call(call)?.legs.iter().find(|leg| leg.side == side).map(rollcall_model::Leg::state)
}

#[tokio::test]
async fn a_call_within_the_house_is_heard_from_both_ends() {
    let fake = fake(20).await;
    let people = fake.people();
    let callee = people.iter().skip(1).find(|one| one.status == "active" && one.number.is_some()).unwrap();
    let mut subscribed = Subscribed::to(&fake).await;

    let id = fake.place_call_by_hand(agent(&fake).as_str(), callee.number.as_deref().unwrap()).unwrap();
    let call = CallId::new(&id.to_string());
    let ringing = |roster: &Roster| {
        [Side::Caller, Side::Callee]
            .iter()
            .all(|&side| state_of(roster, &call, side) == Some(LegState::Ringing))
    };
    subscribed.until(ringing).await;
    fake.move_call(id, &CallMove::Answer { by: None }).unwrap();
    subscribed.until(|roster| state_of(roster, &call, Side::Callee) == Some(LegState::Connected)).await;
    fake.move_call(id, &CallMove::End).unwrap();
    subscribed.until(|roster| roster.call(&call).is_some_and(rollcall_model::Call::is_over)).await;

    let legs = &subscribed.roster.call(&call).unwrap().legs;
    let callee_leg = legs.iter().find(|leg| leg.side == Side::Callee).unwrap();
    assert_eq!(callee_leg.person, PersonId::new(&callee.id));
    assert_eq!(callee_leg.ended.unwrap().outcome, Outcome::Answered);
    assert_eq!(subscribed.malformed, []);
    subscribed.stop.cancel();
}

#[tokio::test]
async fn broken_deliveries_among_good_ones_are_told_and_passed_over() {
    // Two changes within one millisecond have no order: this clock moves between them.
    let (clock, hand) = Clock::still(Clock::system().now());
    let options = Options { people: 20, seed: 11, clock: clock.clone(), ..Options::default() };
    let fake = FakeZoom::start(options).await.unwrap();
    for &kind in Mischief::ALL.iter().filter(|kind| kind.name().ends_with("-events")) {
        fake.mischief_on(kind);
    }
    let mut subscribed = Subscribed::to(&fake).await;
    let agent = agent(&fake);

    for round in 0..60 {
        let (word, state) = [("Away", PresenceState::Away), ("Busy", PresenceState::Busy)][round % 2];
        hand.advance(TimeDelta::seconds(1));
        fake.set_presence(agent.as_str(), word).unwrap();
        let shown = |roster: &Roster| roster.shown(&agent, clock.now()).state == state;
        subscribed.until(shown).await;
    }

    assert!(subscribed.malformed.contains(&Malformed::NotJson));
    assert!(subscribed.malformed.iter().any(|one| matches!(one, Malformed::TooLarge { .. })));
    assert!(subscribed.unknown > 0);
    subscribed.stop.cancel();
}

#[tokio::test]
async fn a_dropped_subscription_comes_back() {
    let fake = fake(5).await;
    let mut subscribed = Subscribed::to(&fake).await;
    fake.drop_socket();

    assert!(matches!(subscribed.next().await, Heard::Lost { .. }));
    assert_eq!(subscribed.next().await, Heard::Connected);
    subscribed.stop.cancel();
}
