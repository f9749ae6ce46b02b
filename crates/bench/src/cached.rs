//! A home in which the desk already knows everybody, made by the desk's own engine.
//!
//! The engine is fed by a small relay in this process that speaks the frames of `rollcall_wire` and knows
//! nothing of Zoom: asking a Zoom for a hundred thousand people at its pace would take an hour.

mod upstream;

use std::{path::Path, time::Duration};

use rollcall_desk::{Engine, Home};
use rollcall_model::{Clock, Person, Presence, PresenceState, Source};
use rollcall_wire::window::{Only, Question};
use serde_json::json;
use tempfile::TempDir;
use tokio::time;

use crate::{
    failure::Failure,
    house,
    organisation::Organisation,
    stopwatch::{Stopwatch, millis},
};
use upstream::Upstream;

/// How long the desk may take to learn everybody.
const PATIENCE: Duration = Duration::from_mins(3);
/// How many questions are drawn.
const QUESTIONS: usize = 400;

/// A home with a cached organisation; removed when dropped.
#[derive(Debug)]
pub(crate) struct Cached {
    folder: TempDir,
    /// What agents type who look for these people, in plain letters.
    pub(crate) questions: Vec<String>,
    /// How long it took until the desk knew everybody and had written it, in milliseconds.
    pub(crate) learnt_ms: f64,
}

impl Cached {
    /// Makes a home that knows `count` people with their presence, set up for "this computer" mode.
    pub(crate) async fn prepare(count: usize, seed: u64) -> Result<Self, Failure> {
        let folder = house::folder()?;
        let connection = json!({
            "account_id": "made-up-account", "client_id": "made-up-client",
            "subscription_id": "made-up-subscription", "email": "nobody@example.com",
        });
        house::connect(folder.path(), &connection)?;
        let mut organisation = Organisation::new(seed);
        let people = organisation.people(count);
        let questions = questions(&mut organisation, &people);
        let clock = Clock::system();
        let known =
            people.into_iter().map(|person| (person, report(organisation.presence(), &clock))).collect();
        let upstream = Upstream::start(known).await?;
        let begun = Stopwatch::start();
        learn(folder.path(), &upstream, count, clock).await?;
        Ok(Self { folder, questions, learnt_ms: millis(begun.elapsed()) })
    }

    /// What the desk's engine alone takes to open this home: reading the replica and building the index,
    /// in milliseconds.
    pub(crate) async fn opening_ms(&self) -> Result<f64, Failure> {
        let begun = Stopwatch::start();
        let engine = open(self.home(), Clock::system()).await?;
        let opened = millis(begun.elapsed());
        engine.stop().await;
        Ok(opened)
    }

    /// The home's folder.
    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }
}

/// The engine of "this computer" mode, where the app keeps it.
async fn open(home: &Path, clock: Clock) -> Result<Engine, Failure> {
    let home = Home { data: home.join("data").join("organisation"), config: home.join("config") };
    Engine::open(home, clock, 1).await.map_err(Failure::no_start("the desk"))
}

async fn learn(home: &Path, upstream: &Upstream, count: usize, clock: Clock) -> Result<(), Failure> {
    let engine = open(home, clock).await?;
    engine.connect(upstream.address());
    let everybody =
        Question { number: 1, text: String::new(), only: Only::Everyone, group: None, skip: 0, limit: 1 };
    let learnt = async {
        while (engine.ask(everybody.clone()).total as usize) < count {
            time::sleep(Duration::from_millis(20)).await;
        }
    };
    let learnt = time::timeout(PATIENCE, learnt).await;
    engine.stop().await;
    learnt.map_err(|_| Failure::TooLate { what: "learning everybody", within_secs: PATIENCE.as_secs() })
}

/// Questions that every keyboard can type.
fn questions(organisation: &mut Organisation, people: &[Person]) -> Vec<String> {
    let step = (people.len() / QUESTIONS).max(1);
    let drawn = people.iter().step_by(step).map(|person| organisation.question(person));
    drawn
        .filter(|text| text.len() > 2 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' '))
        .collect()
}

fn report(state: PresenceState, clock: &Clock) -> Presence {
    Presence { as_of: clock.now(), source: Source::Event, state, raw: String::new(), until: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_home_is_prepared_that_knows_everybody_at_the_next_start() {
        let cached = Cached::prepare(300, 2).await.unwrap();

        let engine = open(cached.home(), Clock::system()).await.unwrap();

        assert_eq!(engine.status().directory.done, 300);
        assert!(!cached.questions.is_empty());
        engine.stop().await;
    }
}
