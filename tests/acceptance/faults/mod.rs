//! Everything that goes wrong is told by a code of its own, and what is known stays usable meanwhile.

mod clock;
mod directory;
mod disk;
mod events;
mod limits;
mod numbers;
mod sign_in;
mod socket;
mod trouble;

use rollcall_fake_zoom::PersonView;
use rollcall_model::PresenceState;
use rollcall_tests::stage::Stage;
use rollcall_wire::{Failure, window::Link};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

/// What the desk knew before something went wrong.
struct Known {
    total: u32,
    person: PersonView,
}

impl Known {
    fn by(stage: &Stage) -> Self {
        Self { total: stage.ask("").total, person: colleagues(stage).remove(0) }
    }

    /// Everybody is counted, and one of them is found by name, with the number.
    fn is_still_there(&self, stage: &Stage) {
        assert_eq!(stage.ask("").total, self.total);
        let found = stage.ask(&self.person.name);
        let row = found.rows.iter().find(|row| row.id.as_str() == self.person.id).unwrap();
        assert_eq!(row.number.map(|number| number.to_string()), self.person.number);
    }
}

/// Active people with a number who are not the agent.
fn colleagues(stage: &Stage) -> Vec<PersonView> {
    let agent = &stage.fake.ready().agent_user_id;
    let mut people = stage.fake.people();
    people.retain(|person| person.status == "active" && person.number.is_some() && person.id != *agent);
    people
}

/// Why no news comes in, while none does.
fn outage(stage: &Stage) -> Option<Failure> {
    match stage.engine.status().link {
        Link::Offline { failure, .. } => Some(failure),
        Link::Connecting | Link::Online { .. } => None,
    }
}

/// What stays to be told.
fn notices(stage: &Stage) -> Vec<Failure> {
    stage.engine.status().notices.into_iter().map(|notice| notice.failure).collect()
}

/// Waits until exactly this stays to be told.
async fn until_told(stage: &Stage, failure: Failure) {
    stage.until(&format!("told: {failure}"), || notices(stage) == [failure.clone()]).await;
}

/// Waits until news comes in and nothing is left to be told.
async fn until_well(stage: &Stage) {
    stage.until("all is well", || stage.is_online() && notices(stage).is_empty()).await;
}

/// Lets a person's presence change while news comes in, and waits until the desk shows it.
async fn moves(stage: &Stage, person: &PersonView, word: &str) {
    stage.until("news comes in", || stage.is_online()).await;
    stage.fake.set_presence(&person.id, word).unwrap();
    let wanted = PresenceState::from_zoom(word);
    stage.until(word, || stage.row(&person.id).is_some_and(|row| row.presence.state == wanted)).await;
}

/// How many requests of one endpoint Zoom has served.
fn served(stage: &Stage, endpoint: &str) -> u64 {
    stage.fake.requests().by_endpoint.get(endpoint).copied().unwrap_or_default()
}

/// How many requests Zoom has answered with this status.
fn answered(stage: &Stage, status: u16) -> u64 {
    stage.fake.requests().by_status.get(&status).copied().unwrap_or_default()
}

/// Takes the relay down and starts it again; meanwhile something happens.
async fn restart_relay_after(stage: &mut Stage, meanwhile: impl AsyncFnOnce(&mut Stage)) {
    stage.stop_relay().await;
    meanwhile(stage).await;
    stage.start_relay().await;
}

/// Makes the relay list everybody again at its next start, as it does when it was away for long.
async fn age_last_sweep(stage: &mut Stage) {
    let options = SqliteConnectOptions::new().filename(stage.relay_database());
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let aged = "UPDATE sweep SET finished_at = finished_at - 86400000, started_at = started_at - 86400000";
    assert_eq!(sqlx::query(aged).execute(&mut database).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
}
