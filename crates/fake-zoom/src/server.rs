//! The tasks of a running fake Zoom: the HTTP server and the organisation's pulse.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    routing::get,
};
use tokio::{net::TcpListener, time::MissedTickBehavior};

use crate::{
    api::{self, http_date},
    control,
    life::traffic,
    oauth,
    shared::Shared,
    ws,
};

/// How often the organisation looks at the clock.
const PULSE: Duration = Duration::from_millis(50);

/// The most events owed after a long pause of the machine, in seconds of life.
const MOST_OWED: f64 = 1.0;

/// Starts both tasks; they end with the cancellation token and are waited for by the tracker.
pub(crate) fn spawn(shared: &Arc<Shared>, listener: TcpListener, events_per_second: f64) {
    let router = router(Arc::clone(shared));
    let stop = shared.stop.clone();
    shared.tasks.spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "the fake Zoom stopped serving");
        }
    });
    shared.tasks.spawn(pulse(Arc::clone(shared), events_per_second));
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .merge(oauth::routes())
        .merge(control::routes())
        .route("/ws", get(ws::connect))
        .fallback(api::serve)
        .layer(middleware::map_response_with_state(shared.clone(), dated))
        .with_state(shared)
}

/// Dates every reply by the fake's own clock.
async fn dated(State(shared): State<Arc<Shared>>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&http_date(shared.shown_now())) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// Lets due calls move and, at the wanted rate, new things happen.
async fn pulse(shared: Arc<Shared>, events_per_second: f64) {
    let mut beat = tokio::time::interval(PULSE);
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut last = shared.now();
    let mut owed = 0.0;
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        let now = shared.now();
        let passed = (now - last).as_seconds_f64().clamp(0.0, MOST_OWED);
        last = now;
        owed = (owed + passed * events_per_second).min(events_per_second * MOST_OWED);
        let before = shared.feed.counts().0;
        shared.with_world(|_, _| ());
        owed -= made_since(&shared, before);
        while owed >= 1.0 {
            let before = shared.feed.counts().0;
            shared.with_world(traffic::happen);
            // What came to nothing is not tried for ever.
            owed -= made_since(&shared, before).max(0.25);
        }
    }
}

fn made_since(shared: &Shared, before: u64) -> f64 {
    let made = shared.feed.counts().0.saturating_sub(before);
    u32::try_from(made).map_or(f64::from(u32::MAX), f64::from)
}
