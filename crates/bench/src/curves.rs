//! `curves`: how costs grow with people, desks, events and days of log, at four points each.
//!
//! Each curve tells its cost per unit of work at the last point as a multiple of that at the first: a cost
//! that grows faster than its work is a defect.

mod days;
mod loads;
mod people;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    cores::{self, Cores},
    failure::Failure,
    limit::{Limit, Mark, limits},
    machine::machine,
};

/// What is drawn.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these curves: people, desks, events, days.
    #[arg(long, value_delimiter = ',', default_values = ["people", "desks", "events", "days"])]
    pub(crate) only: Vec<String>,
    /// Everything so many times smaller, to try it out.
    #[arg(long, default_value_t = 1)]
    pub(crate) smaller: usize,
    /// The relay's server; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) relay: Option<PathBuf>,
    /// The seed of everything that is made up.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// How work grows from point to point.
const POINTS: [usize; 4] = [1, 2, 4, 8];
/// A cost per unit of work may grow by so much over the whole curve: figures of a few seconds are not finer.
const GROWTH: f64 = 1.25;

/// Draws them one after the other; what cannot be drawn says why.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let mut all = json!({ "machine": machine, "cores": cores.told() });
    for name in &options.only {
        let drawn = match name.as_str() {
            "people" => people::draw(options, &cores).await,
            "desks" => loads::desks(options).await,
            "events" => loads::events(options).await,
            "days" => days::draw(options, &cores).await,
            other => Err(Failure::Refused(format!("no curve is called {other}"))),
        };
        all[name] = drawn.unwrap_or_else(|failure| json!({ "not_measured": failure.to_string() }));
    }
    Ok(all)
}

/// A curve: its points, and how the named costs per unit of `work` grew.
fn curve(work: &'static str, costs: &[&'static str], points: &[Value]) -> Value {
    let each = |point: &Value, cost: &str| Some(number(point, cost)? / number(point, work)?);
    let grown = |cost: &'static str| -> Option<f64> {
        let (first, last) = (each(points.first()?, cost)?, each(points.last()?, cost)?);
        Some((last / first * 1e3).round() / 1e3)
    };
    let marks: Vec<Limit> = costs
        .iter()
        .map(|&figure| Limit { figure, mark: Mark::Below(GROWTH), measured: grown(figure) })
        .collect();
    json!({ "points": points, "growth_per": work, "limits": limits(&marks) })
}

/// A figure of a point; those of parts by their names with dots between.
fn number(point: &Value, name: &str) -> Option<f64> {
    name.split('.').try_fold(point, |part, name| part.get(name))?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_grows_with_its_work_does_not_grow() {
        let points = [
            json!({ "desks": 10, "bytes": 1_000, "ms": 5 }),
            json!({ "desks": 80, "bytes": 8_000, "ms": 80 }),
        ];

        let drawn = curve("desks", &["bytes", "ms"], &points);

        assert_eq!(drawn["limits"][0]["measured"], 1.0);
        assert_eq!(drawn["limits"][1]["reached"], false);
    }
}
