//! What chance brings: somebody gets up, somebody calls, somebody is hired.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;

use super::day;
use crate::{
    calls::End,
    org::{PersonIx, names::Area, numbers},
    presence::Status,
    world::{Dial, NewPerson, PersonChange, World},
};

/// The share of people who are on a call when the fake Zoom starts: one in so many.
const TALKING_AT_START: u32 = 60;

/// How long before the start calls in the history may have ended, in seconds.
const PAST: i64 = 8 * 3600;

/// The most calls the history begins with.
const PAST_CALLS: u32 = 3_000;

/// Gives an organisation a morning: calls that are over, and calls that are running. No events tell of them.
pub(crate) fn begin(world: &mut World, now: DateTime<Utc>) {
    let places = world.org.places();
    let mut ended: Vec<_> = (0..places.min(PAST_CALLS))
        .map(|_| now - TimeDelta::seconds(world.rng.random_range(600..PAST)))
        .collect();
    ended.sort_unstable();
    for start in ended {
        some_call(world, start);
        world.run_due(start + TimeDelta::seconds(590));
        // Event by event: all of them together would be the largest thing in memory.
        world.out.clear();
    }
    for _ in 0..places / TALKING_AT_START {
        let ago = world.rng.random_range(1..60);
        some_call(world, now - TimeDelta::seconds(ago));
    }
    world.run_due(now);
    world.out = Vec::new();
}

fn some_call(world: &mut World, at: DateTime<Utc>) {
    match world.rng.random_range(0..10) {
        0..4 => outgoing(world, at),
        4..7 => incoming(world, at),
        7..9 => internal(world, at),
        _ => queue(world, at),
    }
}

/// Lets one thing happen. It leaves its events in the world's tray.
pub(crate) fn happen(world: &mut World, now: DateTime<Utc>) {
    match world.rng.random_range(0..1000) {
        0..780 => presence(world, now),
        780..855 => outgoing(world, now),
        855..915 => incoming(world, now),
        915..950 => internal(world, now),
        950..990 => queue(world, now),
        990..997 => sign(world, now),
        _ => people(world, now),
    }
}

fn presence(world: &mut World, now: DateTime<Utc>) {
    let Some(ix) = somebody(world) else { return };
    let status = day::next(&world.org[ix], now, &mut world.rng);
    world.set_presence(ix, status, now);
}

fn outgoing(world: &mut World, now: DateTime<Utc>) {
    let Some(from) = free_telephone(world) else { return };
    let to = End::Outside(numbers::outside(&mut world.rng));
    dial(world, End::Person(from), to, now);
}

fn incoming(world: &mut World, now: DateTime<Utc>) {
    let Some(to) = telephone(world) else { return };
    let from = End::Outside(numbers::outside(&mut world.rng));
    dial(world, from, End::Person(to), now);
}

fn internal(world: &mut World, now: DateTime<Utc>) {
    let (Some(from), Some(to)) = (free_telephone(world), telephone(world)) else { return };
    if from != to {
        dial(world, End::Person(from), End::Person(to), now);
    }
}

fn queue(world: &mut World, now: DateTime<Utc>) {
    let queues = world.org.queues.len();
    if queues == 0 {
        return;
    }
    let queue = world.rng.random_range(0..queues);
    let from = End::Outside(numbers::outside(&mut world.rng));
    dial(world, from, End::Queue(queue), now);
}

fn dial(world: &mut World, from: End, to: End, now: DateTime<Utc>) {
    // Both ends have telephones: this cannot be refused.
    let _ = world.dial(Dial { from, to, by_hand: false }, now);
}

fn sign(world: &mut World, now: DateTime<Utc>) {
    let Some(ix) = somebody(world) else { return };
    let into = world.presence(ix) == Status::Offline;
    if into == day::is_at_work(&world.org[ix], now) && !world.is_talking(ix) {
        world.sign(ix, into, now);
    }
}

fn people(world: &mut World, now: DateTime<Utc>) {
    let Some(ix) = somebody(world) else { return };
    let department = world.org[ix].department.to_string();
    match world.rng.random_range(0..10) {
        0 => world.remove_person(ix, now),
        1..=3 => {
            let name = Area::any(&mut world.rng).names().draw(&mut world.rng);
            let title = world.org[ix].title.to_string();
            let new = NewPerson {
                first_name: name.first.into(),
                last_name: name.last.into(),
                display_name: name.native,
                department,
                title,
                city: world.org[ix].site().city.into(),
                ..NewPerson::default()
            };
            // Without an e-mail or number of its own it takes nobody's.
            let _ = world.add_person(new, now);
        }
        _ => {
            let title = Some(world.org[ix].title.to_string());
            world.change_person(ix, PersonChange { title, ..PersonChange::default() }, now);
        }
    }
}

/// Somebody active, the agent excepted: the agent's presence is theirs to choose.
fn somebody(world: &mut World) -> Option<PersonIx> {
    pick(world, |world, ix| world.org[ix].is_active())
}

fn telephone(world: &mut World) -> Option<PersonIx> {
    pick(world, |world, ix| world.org[ix].is_active() && world.org[ix].line.is_some())
}

fn free_telephone(world: &mut World) -> Option<PersonIx> {
    pick(world, |world, ix| {
        let person = &world.org[ix];
        person.is_active() && person.line.is_some() && world.presence(ix).may_answer()
    })
}

fn pick(world: &mut World, fits: impl Fn(&World, PersonIx) -> bool) -> Option<PersonIx> {
    let places = world.org.places();
    if places < 2 {
        return None;
    }
    // A few tries are enough: most people fit most of the time.
    (0..16).find_map(|_| {
        let ix = PersonIx(world.rng.random_range(1..places));
        fits(world, ix).then_some(ix)
    })
}
