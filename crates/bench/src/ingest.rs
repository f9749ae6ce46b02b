//! `ingest`: how many webhooks a second a server of the organisation takes in, and what each costs it.
//!
//! Signed, distinct events as Zoom's sender writes them come over kept connections. Three servers, each a
//! process of its own on one processor, get the same: a bare handler that verifies the HMAC and answers (the
//! limit), the relay's real server on SQLite with desks connected that receive everything, and Zoom's own
//! Rivet with an empty handler (a peer). The load is made on the other processors and signed beforehand.

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
    /// How many deliveries the relay and the bare handler get.
    #[arg(long, default_value_t = 300_000)]
    pub(crate) events: usize,
    /// How many of them Rivet gets.
    #[arg(long, default_value_t = 60_000)]
    pub(crate) rivet_events: usize,
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

/// What a server made of its load.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) driven: Driven,
    /// Processor time of the server's processes, and of this one, in seconds.
    pub(crate) server_cpu: f64,
    load_cpu: f64,
}

/// Measures the three servers one after the other.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let made = deliveries(options);
    let bytes = Requests::to("/", &made, options.seed).mean_bytes();
    let bare = bare::measure(options, &cores, &made).await?;
    let ours = ours::measure(options, &cores, &made).await;
    let rivet = rivet::measure(options, &cores, &made).await;
    let (of_bare, of_rivet) =
        (ratio(ours.as_ref().ok(), Some(&bare)), ratio(ours.as_ref().ok(), rivet.as_ref().ok()));
    let cpu = ours.as_ref().ok().map(ours::Ours::taken).map(Taken::cpu_s_per_100k);
    Ok(json!({
        "machine": machine,
        "cores": cores.told(),
        "connections": options.connections,
        "bytes_per_request": bytes,
        "bare": bare.told(),
        "relay": ours.as_ref().map_or_else(missing, ours::Ours::told),
        "rivet": rivet.as_ref().map_or_else(missing, Taken::told),
        "relay_to_bare": of_bare,
        "relay_to_rivet": of_rivet,
        "limits": limits(&[
            Limit { figure: "relay_to_bare", mark: Mark::AtLeast(OF_BARE), measured: of_bare },
            Limit { figure: "relay.cpu_s_per_100k", mark: Mark::Below(CPU_S), measured: cpu },
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

fn ratio(ours: Option<&ours::Ours>, other: Option<&Taken>) -> Option<f64> {
    let ours = ours?.taken().driven.per_second();
    Some(rounded(ours / other?.driven.per_second()))
}

/// A server that could not be measured says why.
fn missing(failure: &Failure) -> Value {
    json!({ "not_measured": failure.to_string() })
}

fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}
