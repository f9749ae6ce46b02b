//! The relay's real server: signed webhooks in, frames out.

use std::{collections::HashSet, sync::Arc, time::Duration};

use super::{
    publish::{Publisher, Way},
    round::Round,
    said::Said,
    stage::{Played, Stage},
};
use crate::{
    cores::Cores,
    crowd::{Plan, Talk},
    deliveries::people_in,
    failure::Failure,
    house,
    relay::{Relay, Setup, WEBHOOK, decoded},
    requests::Requests,
    stopwatch::Stopwatch,
};

/// Measures it.
pub(super) async fn measure(
    options: &super::Options,
    cores: &Cores,
    desks: usize,
) -> Result<(Round, Said), Failure> {
    let made = super::deliveries(options);
    let folder = house::folder()?;
    let setup = Setup::alone(folder.path(), &made.secrets.current).at(options.relay.as_deref());
    let relay = Relay::start(&setup, cores).await?;
    let (at, origin) = (relay.at, Stopwatch::start());
    let heads = relay.admissions("agent", desks).await?;
    let path = "/v1/stream?since=0".to_owned();
    let plan = Plan { at, desks, path, heads, talk: Talk::Frames, origin };
    let mut stage = Stage::set(relay.server, plan).await?;
    let requests = Requests::to(WEBHOOK, &made, options.seed);
    let requests: Vec<Vec<u8>> = (0..).map_while(|index| requests.get(index).map(<[u8]>::to_vec)).collect();
    let pace = Duration::from_secs(1) / options.rate;
    let publisher = Publisher { at, way: Way::Http, requests: Arc::new(requests), pace };
    let played = stage.play(&publisher).await?;
    let warm_up = Publisher::warm_up_of(made.all.len());
    let said = Said::of(played.heard.messages.iter().map(|message| &*message.bytes), pace)?;
    let round = round((desks, stage.idle_kib), &played, warm_up)?;
    stage.strike().await?;
    Ok((round, said))
}

fn round((desks, idle_kib): (usize, Option<f64>), played: &Played, warm_up: usize) -> Result<Round, Failure> {
    let mut told = Vec::new();
    for message in &played.heard.messages {
        told.push(people(&decoded(&message.bytes)?.to_string(), warm_up));
    }
    let mut told = told.into_iter();
    Ok(Round::new((desks, idle_kib, played.published.len()), played, |_| {
        let people: Vec<usize> = told.next().unwrap_or_default();
        people.into_iter().filter_map(|index| played.published.get(index).copied()).collect()
    }))
}

/// The deliveries whose people a frame names, counted from the first after the warm-up; each once.
fn people(frame: &str, warm_up: usize) -> Vec<usize> {
    let named: HashSet<usize> = people_in(frame.as_bytes()).collect();
    named.into_iter().filter_map(|person| person.checked_sub(warm_up)).collect()
}
