//! `/phone/call_queues`, their members, and `/phone/call_queue_analytics`.

use serde_json::{Map, Value, json};

use super::{Answer, Ask, Refused, ask::Span};
use crate::{
    calls::Outcome,
    events::Manner,
    ids,
    org::{Queue, numbers, sites::SITES},
    world::World,
};

/// `GET /phone/call_queues`.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let wanted = world.org.queues.iter().filter(|queue| fits(ask, queue));
        let cut = ask.cut(wanted.collect(), 30, 100)?;
        let queues: Value =
            cut.rows.iter().map(|queue| Value::Object(common(&world.manner, queue))).collect();
        Ok(json!({
            "call_queues": queues,
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}

/// `GET /phone/call_queues/{callQueueId}`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let queue = find(ask, world)?;
        let mut reply = common(&world.manner, queue);
        let users = members_of(world, queue, true);
        reply.insert("members".into(), json!({ "users": users, "common_areas": [] }));
        reply.insert("department".into(), queue.department.into());
        reply.insert("cost_center".into(), queue.cost_center.into());
        reply.insert("timezone".into(), SITES[usize::from(queue.site)].zone.name().into());
        reply.insert("audio_prompt_language".into(), "en-GB".into());
        Ok(Value::Object(reply).into())
    })
}

/// `GET /phone/call_queues/{callQueueId}/members`.
pub(super) fn members(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let cut = ask.cut(members_of(world, find(ask, world)?, false), 30, 300)?;
        Ok(json!({
            "call_queue_members": cut.rows,
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}

/// `GET /phone/call_queue_analytics`: `from` and `to` are required.
pub(super) fn analytics(ask: &Ask<'_>) -> Answer {
    for key in ["from", "to"] {
        ask.date(key)?.ok_or_else(|| Refused::invalid(key))?;
    }
    let span = ask.days()?;
    let extensions = ask.list("call_queue_ext_ids");
    ask.shared.with_world(|world, _| {
        let numbered = world.org.queues.iter().enumerate();
        let wanted = numbered.filter(|(_, queue)| {
            fits(ask, queue) && (extensions.is_empty() || extensions.contains(&queue.extension_id().as_str()))
        });
        let cut = ask.cut(wanted.collect(), 30, 300)?;
        let queues: Value = cut.rows.iter().map(|(ix, queue)| figures(world, *ix, queue, span)).collect();
        Ok(json!({
            "call_queues": queues,
            "from": span.from,
            "to": span.to,
            "page_size": cut.size,
            "next_page_token": cut.next,
        })
        .into())
    })
}

fn find<'a>(ask: &Ask<'_>, world: &'a World) -> Result<&'a Queue, Refused> {
    let found = world.org.queues.iter().find(|queue| queue.id == ask.id());
    found.ok_or_else(|| {
        Refused::new(404, 13000, format!("The Call Queue does not exist, callQueueId:{}.", ask.id()))
    })
}

fn fits(ask: &Ask<'_>, queue: &Queue) -> bool {
    ask.get("site_id").is_none_or(|site| SITES[usize::from(queue.site)].id() == site)
        && ask.get("department").is_none_or(|department| queue.department == department)
        && ask.get("cost_center").is_none_or(|center| queue.cost_center == center)
}

fn common(manner: &Manner, queue: &Queue) -> Map<String, Value> {
    let site = &SITES[usize::from(queue.site)];
    let number = json!({
        "id": ids::derived("number", &queue.number.to_string()),
        "number": numbers::plus(queue.number),
        "source": "internal",
    });
    let mut reply = Map::new();
    reply.insert("id".into(), queue.id.as_str().into());
    reply.insert("name".into(), queue.name.into());
    reply.insert("extension_id".into(), queue.extension_id().into());
    reply.insert("extension_number".into(), manner.extension(queue.extension).into());
    reply.insert("phone_numbers".into(), json!([number]));
    reply.insert("site".into(), json!({ "id": site.id(), "name": site.name() }));
    reply.insert("status".into(), "active".into());
    reply
}

/// The queue itself tells managers from users; the list of members does not.
fn members_of(world: &World, queue: &Queue, with_managers: bool) -> Vec<Value> {
    let told = queue.members.iter().map(|member| {
        let person = &world.org[member.person];
        json!({
            "id": person.id,
            "name": person.display_name(),
            "level": if member.manager && with_managers { "manager" } else { "user" },
            "receive_call": queue.receives(member.person),
            "extension_id": person.extension_id(),
        })
    });
    told.collect()
}

fn figures(world: &World, ix: usize, queue: &Queue, span: Span) -> Value {
    let site = &SITES[usize::from(queue.site)];
    let calls: Vec<_> = world
        .history
        .newest_first()
        .filter(|call| call.queue() == Some(ix) && span.contains(call.rang_at))
        .collect();
    let with = |outcome: Outcome| calls.iter().filter(|call| call.outcome == Some(outcome)).count();
    let answered: Vec<_> = calls.iter().filter(|call| call.answered_at.is_some()).collect();
    let completed = answered.len();
    json!({
        "call_queue_id": queue.id,
        "call_queue_name": queue.name,
        "call_queue_ext_id": queue.extension_id(),
        "inbound_calls": calls.len(),
        "completed_calls": completed,
        "abandoned_calls": with(Outcome::Canceled),
        "overflowed_calls": calls.len() - completed - with(Outcome::Canceled),
        "avg_handle_time": mean(answered.iter().map(|call| call.talk_seconds())),
        "avg_wrap_up_time": 0,
        "avg_in_queue_wait_time": mean(calls.iter().map(|call| call.wait_seconds())),
        "max_in_queue_wait_time": calls.iter().map(|call| call.wait_seconds()).max().unwrap_or_default(),
        "outbound_calls": 0,
        "outbound_connected_calls": 0,
        "outbound_unconnected_calls": 0,
        "site_id": site.id(),
        "site_name": site.name(),
    })
}

fn mean(seconds: impl Iterator<Item = i64>) -> i64 {
    let (sum, count) = seconds.fold((0, 0), |(sum, count), one| (sum + one, count + 1));
    if count == 0 { 0 } else { sum / count }
}
