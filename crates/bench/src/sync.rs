//! `sync`: how many requests of Zoom's the relay's real server uses, as the fake Zoom counts them.
//!
//! The lists of a first sync are asked for in full, at the relay's own pace. A quiet day is told by a clock
//! that runs ahead (libfaketime): the relay lives through some of its hours and what it asked is scaled to
//! 24. Where that library is not installed, the day's lists are those of the first sync, times 96.

use std::{collections::BTreeMap, ffi::OsString, fs, path::PathBuf, time::Duration};

use rollcall_fake_zoom::Requests;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time;

use crate::{
    cores::{self, Cores},
    failure::Failure,
    house,
    listed::{Listed, is_list, lists},
    machine::machine,
    relay::Relay,
    stopwatch::{Stopwatch, millis},
};

/// How large, and how long.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How many people.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) people: usize,
    /// How many seconds the relay lives with the clock that runs ahead.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
    /// How many times as fast that clock is. Zoom's rate limits stay those of real seconds, so an organisation
    /// that is listed in minutes needs a slower one.
    #[arg(long, default_value_t = 120)]
    pub(crate) speed: u64,
    /// The relay's server; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) relay: Option<PathBuf>,
    /// The seed of the people.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Zoom's largest pages: of users, and of users of its telephone.
const PAGES: (usize, usize) = (300, 100);
/// Full reconciliations a day.
const RECONCILIATIONS: u64 = 96;
const DAY_SECONDS: f64 = 86_400.0;

/// First sync, then some hours of a quiet day.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let folder = house::folder()?;
    let listed = Listed::begin(options.people, options.seed, folder.path()).await?;
    let least = Least::of(&listed);
    let secret = SecretString::from(listed.webhook_secret());
    let setup = listed.setup(&secret).at(options.relay.as_deref());
    let begun = Stopwatch::start();
    let relay = Relay::start(&setup, &cores).await?;
    let first = listed.listed().await?;
    let first_ms = millis(begun.elapsed());
    relay.server.end().await?;
    let day = match hurrying() {
        Some(library) => {
            let mut setup = setup.clone();
            let mut preload = OsString::from("LD_PRELOAD=");
            preload.push(library);
            // `env` becomes the relay: ending it ends the relay.
            setup.under = ["env".into(), preload, format!("FAKETIME=+0 x{}", options.speed).into()].into();
            hurried(options, &cores, &listed, &setup).await
        }
        None => json!({ "not_measured": Failure::NotInstalled("libfaketime").to_string() }),
    };
    listed.end().await;
    let (lists_least, all_least) = (least.lists(), least.lists() + least.records);
    Ok(json!({
        "machine": machine,
        "people": options.people,
        "first": {
            "lists": lists(&first), "seconds": (first_ms / 1e3).round(), "by_endpoint": first.by_endpoint,
            "least_lists": lists_least, "least_with_a_record_of_each": all_least,
            "lists_to_least": ratio(lists(&first), lists_least),
        },
        "quiet_day": day,
        "quiet_day_least_lists": lists_least * RECONCILIATIONS,
    }))
}

/// The fewest requests that can tell everything once.
struct Least {
    users: u64,
    phones: u64,
    /// Titles and places are only told person by person.
    records: u64,
}

impl Least {
    fn of(listed: &Listed) -> Self {
        let everybody = listed.zoom().people();
        let of = |status| everybody.iter().filter(|person| person.status == status).count();
        let pages = |count: usize, size: usize| count.div_ceil(size).max(1) as u64;
        let users = ["active", "inactive", "pending"].map(|status| pages(of(status), PAGES.0)).iter().sum();
        let phones = everybody.iter().filter(|person| person.extension.is_some()).count();
        Self { users, phones: pages(phones, PAGES.1), records: of("active") as u64 }
    }

    const fn lists(&self) -> u64 {
        self.users + self.phones
    }
}

/// The library that makes a program's clock run ahead, where Debian installs it.
fn hurrying() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(|folder| Some(folder.ok()?.path()));
    folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|library| library.is_file())
}

/// What the relay asks while hours pass in seconds.
async fn hurried(
    options: &Options,
    cores: &Cores,
    listed: &Listed,
    setup: &crate::relay::Setup<'_>,
) -> Value {
    let lived = async {
        let relay = Relay::start(setup, cores).await?;
        let before = listed.requests();
        let begun = Stopwatch::start();
        time::sleep(Duration::from_secs(options.seconds)).await;
        let (after, seconds) = (listed.requests(), begun.elapsed().as_secs_f64());
        relay.server.end().await?;
        let speed = u32::try_from(options.speed).map_or(1.0, f64::from);
        Ok::<_, Failure>(scaled(&before, &after, seconds * speed))
    };
    lived.await.unwrap_or_else(|failure| json!({ "not_measured": failure.to_string() }))
}

/// The requests between two moments, scaled to a day.
fn scaled(before: &Requests, after: &Requests, lived: f64) -> Value {
    let count =
        |endpoint: &String| after.by_endpoint[endpoint] - before.by_endpoint.get(endpoint).unwrap_or(&0);
    let asked: BTreeMap<&String, u64> =
        after.by_endpoint.keys().map(|endpoint| (endpoint, count(endpoint))).collect();
    let day =
        |count: u64| (u32::try_from(count).map_or(f64::INFINITY, f64::from) * DAY_SECONDS / lived).round();
    let (lists, others): (Vec<_>, Vec<_>) = asked.iter().partition(|(endpoint, _)| is_list(endpoint));
    let sum = |some: Vec<(&&String, &u64)>| some.into_iter().map(|(_, count)| *count).sum::<u64>();
    json!({
        "hours_lived": (lived / 36.0).round() / 100.0,
        "asked": asked,
        "lists_a_day": day(sum(lists)),
        "others_a_day": day(sum(others)),
    })
}

fn ratio(count: u64, least: u64) -> f64 {
    let float = |count| u32::try_from(count).map_or(f64::INFINITY, f64::from);
    (float(count) / float(least) * 1e3).round() / 1e3
}
