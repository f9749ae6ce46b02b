//! `/contacts`: a search over people and call queues.

use serde_json::{Map, Value, json};

use super::{Answer, Ask, Refused, users::profile_number};
use crate::{
    ids,
    org::{Organisation, Person, PersonIx, Queue, Standing, numbers},
    world::World,
};

/// What was found.
#[derive(Clone, Copy, Debug)]
enum Contact {
    Person(PersonIx),
    Queue(usize),
}

/// `GET /contacts`: needs `search_key`; pages hold 25 at most and one by default.
pub(super) fn search(ask: &Ask<'_>) -> Answer {
    let key = ask.get("search_key").ok_or_else(|| Refused::invalid("search_key"))?.to_lowercase();
    let with_presence = ask.flag("query_presence_status")?.unwrap_or(false);
    let status = ask.word("user_status", &["active", "inactive"])?;
    let mut types = ask.words("contact_types", &["1", "2", "3", "4", "5", "6", "7", "8"])?;
    if types.is_empty() {
        types.push("1");
    }
    ask.shared.with_world(|world, _| {
        let mut found = Vec::new();
        if types.contains(&"1") {
            found.extend(people(&world.org, &key, status).map(Contact::Person));
        }
        if types.contains(&"4") {
            found.extend(queues(&world.org, &key).map(Contact::Queue));
        }
        let cut = ask.cut(found, 1, 25)?;
        let contacts: Value = cut
            .rows
            .iter()
            .map(|contact| match contact {
                Contact::Person(ix) => person(world, *ix, with_presence),
                Contact::Queue(ix) => queue(world, &world.org.queues[*ix]),
            })
            .collect();
        Ok(json!({ "contacts": contacts, "page_size": cut.size, "next_page_token": cut.next }).into())
    })
}

fn people(org: &Organisation, key: &str, status: Option<&str>) -> impl Iterator<Item = PersonIx> {
    org.people()
        .filter(|(_, person)| person.standing != Standing::Pending)
        .filter(move |(_, person)| status.is_none_or(|status| status == person.standing.word()))
        .filter(move |(_, person)| mentions(person, key))
        .map(|(ix, _)| ix)
}

fn mentions(person: &Person, key: &str) -> bool {
    let digits = key.trim_start_matches('+');
    person.email.contains(key)
        || person.display_name().to_lowercase().contains(key)
        || person.first.to_lowercase().contains(key)
        || person.last.to_lowercase().contains(key)
        || (!digits.is_empty() && person.did().is_some_and(|did| did.to_string().contains(digits)))
        || person.line.is_some_and(|line| line.extension.to_string() == key)
}

fn queues(org: &Organisation, key: &str) -> impl Iterator<Item = usize> {
    let named = move |queue: &Queue| queue.name.to_lowercase().contains(key);
    org.queues.iter().enumerate().filter(move |(_, queue)| named(queue)).map(|(ix, _)| ix)
}

fn person(world: &World, ix: PersonIx, with_presence: bool) -> Value {
    let person = &world.org[ix];
    let mut contact = Map::new();
    contact.insert("contact_type".into(), 1.into());
    contact.insert("id".into(), json!(person.id));
    contact.insert("member_id".into(), ids::derived("member", &person.id).into());
    contact.insert("email".into(), json!(person.email));
    contact.insert("first_name".into(), person.first.as_ref().into());
    contact.insert("last_name".into(), person.last.as_ref().into());
    contact.insert("display_name".into(), person.display_name().into());
    contact.insert("dept".into(), person.department.as_ref().into());
    contact.insert("job_title".into(), person.title.as_ref().into());
    contact.insert("location".into(), person.site().city.into());
    contact.insert("user_status".into(), person.standing.word().into());
    contact.insert("direct_numbers".into(), person.did().map(numbers::plus).into_iter().collect());
    contact.insert("phone_numbers".into(), person.profile.iter().map(profile_number).collect());
    if let Some(line) = person.line {
        contact.insert("extension_number".into(), world.manner.extension(line.extension).to_string().into());
    }
    if let Some(number) = person.profile.first() {
        // The national number alone, as Zoom writes it here: it cannot be dialled from abroad.
        contact.insert("phone_number".into(), json!(number.number));
    }
    if with_presence {
        contact.insert("presence_status".into(), world.presence(ix).in_contacts().into());
    }
    Value::Object(contact)
}

fn queue(world: &World, queue: &Queue) -> Value {
    let ready = queue
        .members
        .iter()
        .any(|member| queue.receives(member.person) && world.presence(member.person).may_answer());
    json!({
        "contact_type": 4,
        "id": queue.id,
        "display_name": queue.name,
        "dept": queue.department,
        "extension_number": world.manner.extension(queue.extension).to_string(),
        "direct_numbers": [numbers::plus(queue.number)],
        "activity": if ready { "Active" } else { "Inactive" },
    })
}
