//! `ingest`: how many webhooks a second a server of the organisation takes in, and what each costs it.
//!
//! Signed, distinct events as Zoom's sender writes them come over kept connections. Three servers, each a
//! process of its own on one processor, get the same: a bare handler that verifies the HMAC and answers (the
//! limit), the relay's real server on SQLite with desks connected that receive everything, and Zoom's own
//! Rivet with an empty handler (a peer), in turns. The load is made on the other processors and signed beforehand.

mod bare;
mod ours;
mod rivet;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use rollcall_model::Clock;
use serde_json::{Value, json};

pub(crate) use bare::{Options as BareOptions, Ready, announced, serve as serve_bare};

use crate::{
    cores::{self, Cores},
    deliveries::{Deliveries, Draft},
    drive::{Driven, Load},
    failure::Failure,
    limit::{Limit, Mark, limits},
    machine::machine,
    process::{Spent, Tree},
    requests::Requests,
    server::Server,
};

/// How much comes in.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How many deliveries the relay and the bare handler get in each round.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) events: usize,
    /// How many of them Rivet gets.
    #[arg(long, default_value_t = 60_000)]
    pub(crate) rivet_events: usize,
    /// How many times the three take turns; the median of the ratios counts, since a machine that others
    /// use too may be half as fast a moment later.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) rounds: u8,
    /// About how many people they are about.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) people: usize,
    /// Over how many connections they come.
    #[arg(long, default_value_t = 256)]
    pub(crate) connections: usize,
    /// How many desks receive what the relay takes in.
    #[arg(long, default_value_t = 100)]
    pub(crate) desks: usize,
    /// The relay's server; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) relay: Option<std::path::PathBuf>,
    /// The seed of the deliveries.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// One in so many deliveries is sent before the clock starts.
const WARM_UP: usize = 20;
/// What the relay must reach of the bare handler's throughput, and of Rivet's.
const OF_BARE: f64 = 0.45;
const OF_RIVET: f64 = 3.0;
/// What 100,000 events may cost it, in seconds of one processor.
const CPU_S: f64 = 2.0;
/// The same beside the bare handler: the mark was set where that took 0.75 seconds.
const CPU_OF_BARE: f64 = CPU_S / 0.75;

/// What a server made of its load.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) driven: Driven,
    /// Processor time of the server's processes, and of this one, in seconds.
    pub(crate) server_cpu: f64,
    load_cpu: f64,
}

/// What the three made of the same load, one right after the other.
struct Round {
    bare: Taken,
    ours: Result<ours::Ours, Failure>,
    rivet: Result<Taken, Failure>,
}

/// Measures the three servers in turns.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let made = deliveries(options);
    let bytes = Requests::to("/", &made, options.seed).mean_bytes();
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push(Round::measure(options, &cores, &made).await?);
    }
    let of_bare = median(rounds.iter().filter_map(|round| round.times_bare(Taken::per_second)));
    let cpu_of_bare = median(rounds.iter().filter_map(|round| round.times_bare(Taken::cpu_s_per_100k)));
    let of_rivet = median(rounds.iter().filter_map(Round::times_rivet));
    let cpu = median(rounds.iter().filter_map(|round| Some(round.ours()?.cpu_s_per_100k())));
    Ok(json!({
        "machine": machine,
        "cores": cores.told(),
        "connections": options.connections,
        "bytes_per_request": bytes,
        "rounds": rounds.iter().map(Round::told).collect::<Vec<_>>(),
        "relay_to_bare": of_bare,
        "relay_to_bare_cpu": cpu_of_bare,
        "relay_to_rivet": of_rivet,
        "relay_cpu_s_per_100k": cpu,
        "limits": limits(&[
            Limit { figure: "relay_to_bare", mark: Mark::AtLeast(OF_BARE), measured: of_bare },
            Limit { figure: "relay_cpu_s_per_100k", mark: Mark::Below(CPU_S), measured: cpu },
            Limit { figure: "relay_to_bare_cpu", mark: Mark::Below(CPU_OF_BARE), measured: cpu_of_bare },
            Limit { figure: "relay_to_rivet", mark: Mark::AtLeast(OF_RIVET), measured: of_rivet },
        ]),
    }))
}

/// The relay's figures alone.
pub(crate) async fn relay_alone(options: &Options) -> Result<Value, Failure> {
    let cores = Cores::ours();
    ours::measure(options, &cores, &deliveries(options)).await.map(|ours| ours.told())
}

fn deliveries(options: &Options) -> Deliveries {
    let &Options { events: count, people, seed, .. } = options;
    Deliveries::generate(&Draft { count, people, seed, ..Draft::default() }, Clock::system().now())
}

impl Options {
    /// The load of so many deliveries for a server.
    fn load(&self, at: SocketAddr, path: &str, made: &Deliveries) -> Load {
        let requests = Arc::new(Requests::to(path, made, self.seed));
        let warm_up = requests.len() / WARM_UP;
        Load { at, requests, warm_up, enough: usize::MAX, connections: self.connections }
    }
}

impl Taken {
    /// Drives a load into a server.
    pub(crate) async fn by(server: &Server, load: Load) -> Result<Self, Failure> {
        let (tree, own) = (server.processes(), Tree::of(std::process::id()));
        let begun: Arc<OnceLock<(Spent, Spent)>> = Arc::default();
        let note = begun.clone();
        let driven = load.drive(move || drop(note.set((tree.spent(), own.spent())))).await?;
        let (server_now, own_now) = (tree.spent(), own.spent());
        let (server_then, own_then) = begun.get().cloned().unwrap_or_default();
        let load_cpu = own_now.of_since(own.root(), &own_then);
        Ok(Self { driven, server_cpu: server_now.since(&server_then), load_cpu })
    }

    fn per_second(&self) -> f64 {
        self.driven.per_second()
    }

    /// Seconds of one processor for 100,000 events.
    pub(crate) fn cpu_s_per_100k(&self) -> f64 {
        let events = u32::try_from(self.driven.times.count()).map_or(f64::INFINITY, f64::from);
        rounded(self.server_cpu / events * 1e5)
    }

    /// The figures.
    pub(crate) fn told(&self) -> Value {
        let mut told = self.driven.told();
        let seconds = self.driven.time.as_secs_f64();
        told["cpu_s_per_100k"] = self.cpu_s_per_100k().into();
        told["server_busy"] = rounded(self.server_cpu / seconds).into();
        told["load_busy"] = rounded(self.load_cpu / seconds).into();
        told
    }
}

impl Round {
    async fn measure(options: &Options, cores: &Cores, made: &Deliveries) -> Result<Self, Failure> {
        Ok(Self {
            bare: bare::measure(options, cores, made).await?,
            ours: ours::measure(options, cores, made).await,
            rivet: rivet::measure(options, cores, made).await,
        })
    }

    fn ours(&self) -> Option<&Taken> {
        self.ours.as_ref().ok().map(ours::Ours::taken)
    }

    /// The relay's figure as a multiple of the bare handler's.
    fn times_bare(&self, figure: impl Fn(&Taken) -> f64) -> Option<f64> {
        Some(figure(self.ours()?) / figure(&self.bare))
    }

    fn times_rivet(&self) -> Option<f64> {
        Some(self.ours()?.per_second() / self.rivet.as_ref().ok()?.per_second())
    }

    fn told(&self) -> Value {
        json!({
            "bare": self.bare.told(),
            "relay": self.ours.as_ref().map_or_else(missing, ours::Ours::told),
            "rivet": self.rivet.as_ref().map_or_else(missing, Taken::told),
        })
    }
}

/// The middle one of some figures; of an even number the smaller of the two.
fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len().checked_sub(1)? / 2;
    figures.get(middle).copied().map(rounded)
}

/// A server that could not be measured says why.
fn missing(failure: &Failure) -> Value {
    json!({ "not_measured": failure.to_string() })
}

fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}
