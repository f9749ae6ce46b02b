//! Draws an organisation from a seed.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    E164, Licence, Line, Member, Organisation, Person, PersonIx, Queue, Standing,
    jobs::{DEPARTMENTS, Department},
    names::{Area, Name},
    numbers,
    sites::{SITES, Site},
};
use crate::ids;

/// The lowest extension given to a person; queues have those below.
pub(super) const FIRST_EXTENSION: u64 = 100_000;

/// The first queue's extension.
const FIRST_QUEUE_EXTENSION: u64 = 900;

/// The first person. A member of the own department's queue, but opted out: nobody answers for the agent.
const AGENT: PersonIx = PersonIx(0);

/// The most members a queue is given.
const QUEUE_MEMBERS: usize = 24;

/// An organisation of `people` persons, the same for the same seed. The first person is the agent: active,
/// licensed, in the first department and with a direct number.
pub(crate) fn seeded(people: usize, seed: u64, now: DateTime<Utc>) -> Organisation {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut organisation = Organisation::default();
    for nth in 0..people.max(1) {
        let drawn = draw(&organisation, nth, now, &mut rng);
        organisation.add(drawn);
    }
    organisation.queues = queues(&organisation, &mut rng);
    organisation
}

fn draw(organisation: &Organisation, nth: usize, now: DateTime<Utc>, rng: &mut impl Rng) -> Person {
    let agent = nth == 0;
    let site_ix = if agent { 0 } else { weighted(SITES.iter().map(|site| site.weight), rng) };
    let site = &SITES[site_ix];
    let area = if rng.random_bool(0.75) { site.area } else { Area::any(rng) };
    let name = area.names().draw(rng);
    let department_ix = if agent { 0 } else { weighted(DEPARTMENTS.iter().map(|d| d.weight), rng) };
    let department = &DEPARTMENTS[department_ix];
    let standing = if agent { Standing::Active } else { standing(rng) };
    let licence = if agent || rng.random_bool(0.85) { Licence::Licensed } else { Licence::Basic };
    Person {
        id: ids::fresh(rng).into(),
        email: email(organisation, &name, nth).into(),
        first: name.first.into(),
        last: name.last.into(),
        display: display(&name, rng),
        department: department.name.into(),
        title: title(department, agent, rng).into(),
        cost_center: department.cost_center,
        site: u8::try_from(site_ix).unwrap_or_default(),
        licence,
        standing,
        id_withheld: standing == Standing::Pending && rng.random_bool(0.5),
        line: line(organisation, nth, agent, site, (licence, standing), rng),
        profile: profile(site, rng),
        skills: skills(department, rng).into(),
        languages: languages(site, area, rng).into(),
        created_at: (now - TimeDelta::hours(rng.random_range(24..40_000))).timestamp(),
        habit: rng.random(),
    }
}

fn weighted(weights: impl Iterator<Item = u32> + Clone, rng: &mut impl Rng) -> usize {
    let mut left = rng.random_range(0..weights.clone().sum::<u32>().max(1));
    for (ix, weight) in weights.enumerate() {
        if left < weight {
            return ix;
        }
        left -= weight;
    }
    0
}

fn standing(rng: &mut impl Rng) -> Standing {
    match rng.random_range(0..1000) {
        0..20 => Standing::Inactive,
        20..35 => Standing::Pending,
        _ => Standing::Active,
    }
}

fn title(department: &Department, agent: bool, rng: &mut impl Rng) -> &'static str {
    let titles = department.titles;
    let place = if agent { 0.0 } else { rng.random_range(0.0_f64..1.0).powi(2) * few(titles.len()) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small place in a short list"
    )]
    let place = place as usize;
    titles.get(place).or(titles.first()).copied().unwrap_or_default()
}

fn few(length: usize) -> f64 {
    u32::try_from(length).map_or(0.0, f64::from)
}

fn display(name: &Name, rng: &mut impl Rng) -> Option<Box<str>> {
    if let Some(native) = &name.native {
        return Some(native.as_str().into());
    }
    // A few people decorate their names: these characters lie beyond the basic plane.
    rng.random_bool(0.004).then(|| {
        let badge = ["🚒", "🌱", "🎧", "🛠"].choose(rng).copied().unwrap_or("🎧");
        format!("{} {} {badge}", name.first, name.last).into()
    })
}

fn email(organisation: &Organisation, name: &Name, nth: usize) -> String {
    let local = format!("{}.{}", ascii(name.first), ascii(name.last));
    let plain = format!("{local}@example.com");
    if organisation.find(&plain).is_none() { plain } else { format!("{local}{nth}@example.com") }
}

fn ascii(name: &str) -> String {
    let folded = deunicode::deunicode(name).to_lowercase();
    folded.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect()
}

fn line(
    organisation: &Organisation,
    nth: usize,
    agent: bool,
    site: &Site,
    (licence, standing): (Licence, Standing),
    rng: &mut impl Rng,
) -> Option<Line> {
    let extension = FIRST_EXTENSION + nth as u64;
    let entitled = licence == Licence::Licensed && standing == Standing::Active;
    if agent || (entitled && rng.random_bool(0.82)) {
        Some(Line { extension, did: Some(free_number(organisation, site, rng)) })
    } else {
        (entitled && rng.random_bool(0.6)).then_some(Line { extension, did: None })
    }
}

fn free_number(organisation: &Organisation, site: &Site, rng: &mut impl Rng) -> E164 {
    loop {
        let number = numbers::fixed(site, rng);
        if !organisation.is_taken(number) {
            return number;
        }
    }
}

fn profile(site: &Site, rng: &mut impl Rng) -> Box<[numbers::ProfileNumber]> {
    let mut profile = Vec::new();
    if rng.random_bool(0.2) {
        profile.push(numbers::profile("Office", site, rng));
    }
    if rng.random_bool(0.3) {
        profile.push(numbers::profile("Mobile", site, rng));
    }
    profile.into()
}

fn skills(department: &Department, rng: &mut impl Rng) -> String {
    let wanted = rng.random_range(0..=4);
    let mut skills: Vec<_> = department.skills.sample(rng, wanted).copied().collect();
    if rng.random_bool(0.15)
        && let Some(other) = DEPARTMENTS.choose(rng).and_then(|other| other.skills.choose(rng))
        && !skills.contains(other)
    {
        skills.push(other);
    }
    skills.join(", ")
}

fn languages(site: &Site, area: Area, rng: &mut impl Rng) -> String {
    let mut languages = vec![site.language];
    for language in [area.names().language, "English"] {
        if !languages.contains(&language) && rng.random_bool(0.8) {
            languages.push(language);
        }
    }
    languages.join(", ")
}

fn queues(organisation: &Organisation, rng: &mut impl Rng) -> Vec<Queue> {
    let mut queues: Vec<Queue> = Vec::new();
    for department in DEPARTMENTS {
        let Some(name) = department.queue else { continue };
        let members = members(organisation, department, rng);
        let number = free_number(organisation, &SITES[0], rng);
        let mut opted_out: BTreeSet<_> =
            members.iter().filter(|_| rng.random_bool(0.15)).map(|member| member.person).collect();
        opted_out.extend(members.iter().map(|member| member.person).filter(|person| *person == AGENT));
        queues.push(Queue {
            id: ids::fresh(rng),
            name,
            department: department.name,
            cost_center: department.cost_center,
            extension: FIRST_QUEUE_EXTENSION + queues.len() as u64,
            number,
            site: 0,
            members,
            opted_out,
        });
    }
    queues
}

fn members(organisation: &Organisation, department: &Department, rng: &mut impl Rng) -> Vec<Member> {
    let candidates: Vec<_> = organisation
        .people()
        .filter(|(_, person)| {
            person.department == department.name && person.is_active() && person.line.is_some()
        })
        .map(|(ix, _)| ix)
        .collect();
    let mut chosen: Vec<_> = candidates.sample(rng, QUEUE_MEMBERS).copied().collect();
    if candidates.contains(&AGENT) && !chosen.contains(&AGENT) {
        chosen.push(AGENT);
    }
    chosen.sort_unstable_by_key(|person| (*person == AGENT, *person));
    chosen.into_iter().enumerate().map(|(nth, person)| Member { person, manager: nth == 0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(people: usize) -> Organisation {
        seeded(people, 1, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn the_same_seed_draws_the_same_people() {
        let ids = |seed| {
            let drawn = seeded(50, seed, DateTime::UNIX_EPOCH);
            drawn.people().map(|(_, person)| person.id.clone()).collect::<Vec<_>>()
        };

        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }

    #[test]
    fn the_agent_is_first_and_has_a_direct_number() {
        let organisation = organisation(10);
        let (_, agent) = organisation.people().next().unwrap();

        assert!(agent.is_active());
        assert!(agent.did().is_some());
    }

    #[test]
    fn a_large_organisation_has_people_of_every_kind() {
        let organisation = organisation(2000);
        let count = |kind: fn(&Person) -> bool| organisation.people().filter(|(_, p)| kind(p)).count();

        assert_eq!(organisation.people().count(), 2000);
        assert!(count(|p| p.standing == Standing::Pending && p.id_withheld) > 0);
        assert!(count(|p| p.standing == Standing::Inactive) > 0);
        assert!(count(|p| p.licence == Licence::Basic) > 100);
        assert!(count(|p| p.line.is_some_and(|line| line.did.is_none())) > 100);
        assert!(count(|p| p.line.is_none() && p.profile.is_empty()) > 20);
        assert!(count(|p| p.display.as_ref().is_some_and(|d| d.chars().any(|c| c > '\u{ffff}'))) > 0);
        assert!(organisation.queues.len() >= 5);
        assert!(organisation.queues.iter().all(|queue| queue.members.len() > 5));
    }

    #[test]
    fn every_email_is_plain_ascii_and_leads_to_its_owner() {
        let organisation = organisation(2000);
        for (ix, person) in organisation.people() {
            assert!(person.email.is_ascii() && person.email.ends_with("@example.com"), "{}", person.email);
            assert_eq!(organisation.find(&person.email.to_uppercase()), Some(ix));
        }
    }
}
