//! `fanout`: what it costs to bring every event to every desk, and how long that takes.
//!
//! Events come 200 a second. The relay's real server takes them in as signed webhooks and fans them out.
//! What its desks heard is kept and played to the others at the same pace: to a server that writes each
//! ready frame to every socket and does nothing else (the limit), and to nginx with nchan and to NATS over
//! WebSocket (peers). The peers get it twice: each event a message, as one would use them, and in the
//! relay's own frames, as if somebody had gathered and compressed them beforehand.

mod nats;
mod nchan;
mod ours;
mod publish;
mod ready;
mod round;
mod said;
mod size;
mod stage;

use rollcall_model::Clock;
use serde_json::{Value, json};

use crate::{
    cores::{self, Cores},
    deliveries::{Deliveries, Draft},
    failure::Failure,
    machine::machine,
};
pub(crate) use ready::serve as serve_ready;
use size::Size;

/// How many desks hear how much.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How many desks, one measurement each.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 5_000, 10_000])]
    pub(crate) desks: Vec<usize>,
    /// For how many seconds events come.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u32,
    /// How many events a second.
    #[arg(long, default_value_t = 200)]
    pub(crate) rate: u32,
    /// Whether the peers are left out.
    #[arg(long)]
    pub(crate) without_peers: bool,
    /// The relay's server; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) relay: Option<std::path::PathBuf>,
    /// The seed of the events.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Measures each number of desks.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let mut sizes = Vec::new();
    for &desks in &options.desks {
        sizes.push(Size::measure(options, &cores, desks).await.told());
    }
    Ok(json!({
        "machine": machine,
        "cores": cores.told(),
        "events_per_second": options.rate,
        "seconds": options.seconds,
        "sizes": sizes,
    }))
}

fn deliveries(options: &Options) -> Deliveries {
    let count = (options.rate * options.seconds) as usize;
    let draft = Draft { count, seed: options.seed, own_person: true, ..Draft::default() };
    Deliveries::generate(&draft, Clock::system().now())
}

fn missing(failure: &Failure) -> Value {
    json!({ "not_measured": failure.to_string() })
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}
