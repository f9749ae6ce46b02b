//! `GET /v1/health/live` and `GET /v1/health/ready`: for whoever starts and stops servers.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::house::House;
use crate::state::Part;

/// How long a log may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A node whose fold is further behind its log than this, serves nobody well.
const BEHIND: u64 = 10_000;
/// For so long an answer is given again: whoever asks often costs nothing.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// Whether the server can do its work.
#[derive(Clone, Debug)]
struct Health {
    houses: Arc<[House]>,
    closing: CancellationToken,
    /// When the logs were asked last, and whether all answered.
    asked: Arc<Mutex<Option<(Instant, bool)>>>,
}

/// The answer to `ready`.
#[derive(Debug, Serialize)]
struct Answer {
    ready: bool,
    /// What stands in the way: `stopping` or `ledger`.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    /// What an administrator should know although the server does its work: `app_removed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// The two questions.
pub(super) fn routes(houses: Arc<[House]>, closing: CancellationToken) -> Router {
    let health = Health { houses, closing, asked: Arc::default() };
    Router::new()
        .route("/v1/health/live", get(|| async { StatusCode::NO_CONTENT }))
        .route("/v1/health/ready", get(ready))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let because = if health.closing.is_cancelled() {
        Some("stopping")
    } else if !health.ledgers_answer().await {
        Some("ledger")
    } else {
        None
    };
    let status = if because.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let removed = health.houses.iter().any(|house| house.core().removal.is_removed());
    let warning = removed.then_some("app_removed");
    (status, Json(Answer { ready: because.is_none(), because, warning })).into_response()
}

impl Health {
    /// Whether every log answers, takes what is written, and is followed. The fold was restored before the port was opened.
    async fn ledgers_answer(&self) -> bool {
        // Whoever could not write tries again by itself: nobody needs to send anything for that.
        let writes = |house: &House| !house.core().log.is_stuck() && !house.core().state.fails(Part::Lease);
        if !self.houses.iter().all(writes) {
            return false;
        }
        let mut asked = self.asked.lock().await;
        if let Some((_, answer)) = asked.filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return answer;
        }
        let is_followed = async |house: &House| {
            let span = house.core().ledger.span().await;
            span.is_ok_and(|span| span.head.0.saturating_sub(house.core().fold.head().0) <= BEHIND)
        };
        let all = futures_util::future::join_all(self.houses.iter().map(is_followed));
        let answer = timeout(PATIENCE, all).await.is_ok_and(|followed| !followed.contains(&false));
        *asked = Some((Instant::now(), answer));
        answer
    }
}
