//! `GET /metrics` on a listener of its own: every figure in the form that Prometheus reads.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rollcall_model::Roster;
use rollcall_zoom::Asked;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{StartError, house::House, listen::Entrance};
use crate::metrics::{
    self as figures, COMMIT_ENDS, COMMIT_SECONDS, COMMITS, CONNECTIONS, DELIVERIES, DESKS, EVENTS,
    FRAME_BYTES, FRAMES, HEAD, LEADS, MALFORMED, ORGANISATION, PEOPLE, QUEUE, REFUSED, REPEATS, RESUMES,
    SESSIONS, SLOW_DESKS, TURNED_AWAY, UNKNOWN, ZOOM_REQUESTS,
};

/// How often what was recorded is sorted in.
const UPKEEP: Duration = Duration::from_secs(5);

/// Gathers figures and shows them.
#[derive(Clone, Debug)]
pub(super) struct Exporter(PrometheusHandle);

impl Exporter {
    /// Begins to gather, once in a process.
    pub(super) fn install() -> Result<Self, StartError> {
        let commits = Matcher::Full(COMMIT_SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(commits, &COMMIT_ENDS);
        let handle = builder.and_then(PrometheusBuilder::install_recorder);
        let handle = handle.map_err(|_| StartError::Metrics)?;
        figures::describe();
        Ok(Self(handle))
    }

    /// Shows figures until the server closes.
    pub(super) async fn serve(
        self,
        listener: TcpListener,
        houses: Arc<[House]>,
        entrance: Arc<Entrance>,
        closing: CancellationToken,
    ) {
        for house in houses.iter() {
            let commits = histogram!(COMMIT_SECONDS, ORGANISATION => house.slug().to_string());
            house.core().tally.show_commit_time(commits);
        }
        let upkeep = self.clone().keep_up(closing.clone());
        let shown = move || {
            let (houses, entrance, handle) = (houses.clone(), entrance.clone(), self.0.clone());
            async move {
                gather(&houses, &entrance).await;
                ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
            }
        };
        let router = Router::new().route("/metrics", get(shown)).fallback(|| async { StatusCode::NOT_FOUND });
        let served = axum::serve(listener, router).with_graceful_shutdown(closing.cancelled_owned());
        let (served, ()) = tokio::join!(served.into_future(), upkeep);
        if let Err(error) = served {
            tracing::error!(%error, "figures are no longer shown");
        }
    }

    /// Sorts in what was recorded, so that it takes no room when nobody reads.
    async fn keep_up(self, closing: CancellationToken) {
        while closing.run_until_cancelled(sleep(UPKEEP)).await.is_some() {
            self.0.run_upkeep();
        }
    }
}

/// Puts what was counted under its names.
async fn gather(houses: &[House], entrance: &Entrance) {
    for house in houses {
        of_house(house);
        // While that cannot be told, the last number stays.
        if let Ok(sessions) = house.access.sessions().await {
            let slug = house.slug().to_string();
            gauge!(SESSIONS, ORGANISATION => slug).set(as_f64(sessions.len() as u64));
        }
    }
    for (reason, count) in entrance.webhooks.refused.counts() {
        counter!(REFUSED, "reason" => reason.name()).absolute(count);
    }
    gauge!(CONNECTIONS).set(as_f64(entrance.open()));
    counter!(TURNED_AWAY).absolute(entrance.turned_away.load(Relaxed));
}

fn of_house(house: &House) {
    let (core, slug) = (house.core(), house.slug().to_string());
    let counts = core.tally.counts();
    let all = [
        (DELIVERIES, counts.deliveries),
        (REPEATS, counts.repeats),
        (MALFORMED, counts.malformed),
        (UNKNOWN, counts.unknown),
        (EVENTS, counts.events),
        (COMMITS, counts.commits),
        (SLOW_DESKS, counts.slow_desks),
        (FRAMES, core.tally.frames.load(Relaxed)),
        (FRAME_BYTES, core.tally.frame_bytes.load(Relaxed)),
    ];
    for (name, count) in all {
        counter!(name, ORGANISATION => slug.clone()).absolute(count);
    }
    for (kind, count) in [("tail", &core.tally.tails), ("snapshot", &core.tally.snapshots)] {
        counter!(RESUMES, ORGANISATION => slug.clone(), "kind" => kind).absolute(count.load(Relaxed));
    }
    let (people, head) = core.fold.read_at(|roster, head| (Roster::len(roster), head));
    gauge!(LEADS, ORGANISATION => slug.clone()).set(as_f64(core.leads().into()));
    gauge!(DESKS, ORGANISATION => slug.clone()).set(as_f64(core.hub.desks() as u64));
    gauge!(QUEUE, ORGANISATION => slug.clone()).set(as_f64(core.log.waiting() as u64));
    gauge!(HEAD, ORGANISATION => slug.clone()).set(as_f64(head.0));
    gauge!(PEOPLE, ORGANISATION => slug.clone()).set(as_f64(people as u64));
    for Asked { label, status, times } in core.zoom.asked() {
        let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        counter!(ZOOM_REQUESTS, ORGANISATION => slug.clone(), "label" => label, "status" => status)
            .absolute(times);
    }
}

/// A count as a gauge shows it; exact up to nine quadrillions.
#[expect(clippy::cast_precision_loss, reason = "gauges are of this kind, and counts are far smaller")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}
