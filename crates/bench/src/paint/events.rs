//! From Zoom's send to the repainted row.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rollcall_model::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time;

use super::window::Window;
use crate::{failure::Failure, live::Live, stopwatch::Times};

/// How long the app may take to list everybody.
const LEARN: Duration = Duration::from_secs(90);
/// An event that was not painted within this is lost and counts as so long.
const LOST: Duration = Duration::from_secs(3);
/// Between two events at most this passes, so that they meet every phase of the 50 ms ticks.
const PAUSE_MS: u64 = 120;

/// Times from send to paint.
#[derive(Debug, Default)]
pub(super) struct Events {
    times: Times,
    lost: usize,
}

/// A row on the screen.
#[derive(Debug, Deserialize)]
struct Row {
    person: String,
    state: String,
}

impl Events {
    /// The figures.
    pub(super) fn told(&self) -> Value {
        json!({
            "events": self.times.count(),
            "lost": self.lost,
            "median_ms": self.times.percentile(50),
            "p99_ms": self.p99_ms(),
            "max_ms": self.times.percentile(100),
        })
    }

    /// The time within which 99 of 100 were painted.
    pub(super) fn p99_ms(&self) -> f64 {
        self.times.percentile(99)
    }
}

/// One event after the other, each about somebody on the screen.
pub(super) async fn measure(
    window: &Window,
    live: &Live,
    count: usize,
    seed: u64,
) -> Result<Events, Failure> {
    until_listed(window, live.active()).await?;
    let agent = live.zoom.ready().agent_user_id.clone();
    window.run(include_str!("watch.js"), &[json!(LOST.as_millis())]).await?;
    let (clock, mut rng) = (Clock::system(), ChaCha8Rng::seed_from_u64(seed));
    let mut events = Events::default();
    for _ in 0..count {
        time::sleep(Duration::from_millis(rng.random_range(0..PAUSE_MS))).await;
        let row = draw(window, rng.random(), &agent).await?;
        let (status, state) =
            if row.state == "available" { ("Away", "away") } else { ("Available", "available") };
        let sent_at = clock.now();
        live.zoom
            .set_presence(&row.person, status)
            .map_err(|refusal| Failure::Refused(refusal.to_string()))?;
        let awaited = [json!(row.person), json!(state)];
        let painted = window.run_async("rollcallWatch.painted(...arguments);", &awaited).await?;
        let time = painted.as_f64().map(|painted_at| between(sent_at, painted_at));
        events.lost += usize::from(time.is_none());
        events.times.add(time.unwrap_or(LOST));
    }
    Ok(events)
}

/// Somebody on the screen, but not the agent.
async fn draw(window: &Window, number: u16, agent: &str) -> Result<Row, Failure> {
    let args = [json!(number), json!(agent)];
    let row = window.run("return rollcallWatch.draw(...arguments);", &args).await?;
    serde_json::from_value(row).map_err(|error| Failure::Driver(error.to_string()))
}

/// Waits until the list holds everybody; then the pointer lies on it, so that rows keep their places.
async fn until_listed(window: &Window, people: usize) -> Result<(), Failure> {
    let total = "const done = arguments[arguments.length - 1];
        const question = { number: 1, text: '', only: 'everyone', skip: 0, limit: 1 };
        window.__TAURI_INTERNALS__.invoke('ask', { question }).then((answer) => done(answer.total), () => done(0));";
    window.find(r#"[data-testid="row"]"#).await?;
    let listed = async {
        while window.run_async(total, &[]).await?.as_u64() < Some(people as u64) {
            time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    };
    let listed = time::timeout(LEARN, listed).await;
    listed.map_err(|_| Failure::TooLate { what: "listing everybody", within_secs: LEARN.as_secs() })??;
    // What was learnt last is on the screen a moment later.
    time::sleep(Duration::from_secs(1)).await;
    let hold = r#"document.querySelector('[data-testid="list"]').parentElement
        .dispatchEvent(new PointerEvent('pointerenter'));"#;
    window.run(hold, &[]).await.map(drop)
}

/// From a time of this process to a time of the page: both are of this machine's clock.
fn between(sent_at: DateTime<Utc>, painted_at_ms: f64) -> Duration {
    let sent_at_ms = Duration::from_micros(u64::try_from(sent_at.timestamp_micros()).unwrap_or_default());
    Duration::from_secs_f64((painted_at_ms / 1e3).max(0.0)).saturating_sub(sent_at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_page_is_compared_with_one_of_this_process() {
        let sent_at = DateTime::from_timestamp_micros(1_795_000_000_000_500).unwrap();

        assert_eq!(between(sent_at, 1_795_000_000_040.0).as_millis(), 39);
        assert_eq!(between(sent_at, 1_794_999_999_999.0), Duration::ZERO);
    }
}
