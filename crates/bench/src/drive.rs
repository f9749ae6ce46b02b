//! Load in a closed loop: so many kept connections, each asks again as soon as it is answered.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    failure::Failure,
    line::Line,
    requests::Requests,
    stopwatch::{Stopwatch, Times, per_second},
};

/// What a load is.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// Whom it is for.
    pub(crate) at: SocketAddr,
    /// What is sent, each once.
    pub(crate) requests: Arc<Requests>,
    /// So many at the start are sent before the clock starts.
    pub(crate) warm_up: usize,
    /// After so many it is enough, warm-up included.
    pub(crate) enough: usize,
    /// Over so many connections.
    pub(crate) connections: usize,
}

/// What came of a load.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    /// From the first request to the last answer.
    pub(crate) time: Duration,
    /// From a request to its answer.
    pub(crate) times: Times,
    /// How often each HTTP status came.
    pub(crate) statuses: BTreeMap<u16, u64>,
}

impl Load {
    /// Sends everything on a thread of its own; `begun` is called when the warm-up is over.
    pub(crate) async fn drive(self, begun: impl FnOnce() + Send + 'static) -> Result<Driven, Failure> {
        let driven = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
            runtime.block_on(self.both(begun))
        });
        driven.await.map_err(Failure::no_start("the load"))?.map_err(Failure::system("the load"))
    }

    async fn both(self, begun: impl FnOnce()) -> io::Result<Driven> {
        let mut lines = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            lines.push(Line::open(self.at).await?);
        }
        let next = Arc::new(AtomicUsize::new(0));
        let (lines, _) = self.send(lines, &next, self.warm_up).await?;
        next.store(self.warm_up, Relaxed);
        begun();
        let (_, driven) = self.send(lines, &next, self.requests.len().min(self.enough)).await?;
        Ok(driven)
    }

    /// Sends from `next` up to `end`.
    async fn send(
        &self,
        lines: Vec<Line>,
        next: &Arc<AtomicUsize>,
        end: usize,
    ) -> io::Result<(Vec<Line>, Driven)> {
        let begun = Stopwatch::start();
        let mut tasks = JoinSet::new();
        for line in lines {
            tasks.spawn(one(line, self.requests.clone(), next.clone(), end));
        }
        let (mut lines, mut driven) = (Vec::new(), Driven::default());
        while let Some(done) = tasks.join_next().await {
            let (line, own) = done.map_err(io::Error::other)??;
            lines.push(line);
            driven.times.append(own.times);
            for (status, count) in own.statuses {
                *driven.statuses.entry(status).or_default() += count;
            }
        }
        driven.time = begun.elapsed();
        Ok((lines, driven))
    }
}

impl Driven {
    /// How many were answered with 2xx.
    pub(crate) fn taken(&self) -> u64 {
        self.statuses.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, count)| count).sum()
    }

    /// Answers a second.
    pub(crate) fn per_second(&self) -> f64 {
        per_second(self.times.count(), self.time)
    }

    /// The figures of the asking side.
    pub(crate) fn told(&self) -> Value {
        json!({
            "events": self.times.count(),
            "seconds": (self.time.as_secs_f64() * 1e3).round() / 1e3,
            "per_second": self.per_second(),
            "p50_ms": self.times.percentile(50),
            "p99_ms": self.times.percentile(99),
            "answers": self.statuses.iter().map(|(status, count)| (status.to_string(), *count)).collect::<BTreeMap<_, _>>(),
        })
    }
}

async fn one(
    mut line: Line,
    requests: Arc<Requests>,
    next: Arc<AtomicUsize>,
    end: usize,
) -> io::Result<(Line, Driven)> {
    let mut driven = Driven::default();
    loop {
        let index = next.fetch_add(1, Relaxed);
        let Some(request) = requests.get(index).filter(|_| index < end) else { return Ok((line, driven)) };
        let asked = Stopwatch::start();
        let status = line.ask(request).await?;
        driven.times.add(asked.elapsed());
        *driven.statuses.entry(status).or_default() += 1;
    }
}
