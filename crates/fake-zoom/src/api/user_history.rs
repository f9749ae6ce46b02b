//! `/phone/users/{userId}/call_history` and its incremental sync.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{Answer, Ask, Refused, filter::Filter};
use crate::{calls::Call, history::report::Report, org::PersonIx, world::World};

/// How many calls a sync answers when it is not told.
const DEFAULT_COUNT: usize = 50;

/// The most calls a sync answers.
const MOST: usize = 300;

/// What a sync token says: the first and the end position of what the client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SyncToken {
    person: u32,
    oldest: u64,
    newest: u64,
}

/// `GET /phone/users/{userId}/call_history`: one element for each call, the newest first.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let filter = Filter::read(ask).map_err(|refused| bad_param(refused.field.unwrap_or("from")))?;
    ask.shared.with_world(|world, _| {
        let ix = person(ask, world)?;
        let calls = world.history.newest_first().filter(|call| call.people().any(|one| one == ix));
        let reports = calls.map(|call| Report { eyes: Some(ix), ..Report::of(&world.org, call) });
        let cut = ask.cut(reports.filter(|report| filter.wants(report)).collect(), 30, 300)?;
        let elements: Vec<_> = cut.rows.iter().filter_map(|report| own_element(report, ix)).collect();
        let mut reply = told(elements);
        reply.insert("from".into(), json!(filter.span.from));
        reply.insert("to".into(), json!(filter.span.to));
        reply.insert("page_count".into(), cut.pages().into());
        reply.insert("page_size".into(), cut.size.into());
        reply.insert("total_records".into(), cut.total.into());
        reply.insert("next_page_token".into(), cut.next.into());
        Ok(Value::Object(reply).into())
    })
}

/// `GET /phone/users/{userId}/call_history/sync`: `FSync` answers the newest calls, `ISync` those that came
/// since, `BSync` older ones than the client has.
pub(super) fn sync(ask: &Ask<'_>) -> Answer {
    let count = match ask.get("count") {
        Some(text) => {
            text.parse().ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(|| bad_param("count"))?
        }
        None => DEFAULT_COUNT,
    };
    let kind = ask.get("sync_type").unwrap_or("FSync");
    ask.shared.with_world(|world, _| {
        let ix = person(ask, world)?;
        let token = || token(ask, ix);
        let (calls, token) = match kind {
            "FSync" => newest(world, ix, u64::MAX, count, None),
            "ISync" => since(world, ix, token()?, count),
            "BSync" => token().map(|token| newest(world, ix, token.oldest, count, Some(token)))?,
            _ => return Err(bad_param("sync_type")),
        };
        let reports = calls.into_iter().map(|call| Report { eyes: Some(ix), ..Report::of(&world.org, call) });
        let mut reply = told(reports.filter_map(|report| own_element(&report, ix)).collect());
        reply.insert("sync_token".into(), token.write().into());
        Ok(Value::Object(reply).into())
    })
}

fn newest(
    world: &World,
    ix: PersonIx,
    before: u64,
    count: usize,
    had: Option<SyncToken>,
) -> (Vec<&Call>, SyncToken) {
    let mut calls: Vec<_> =
        world.history.of_person_since(ix, 0).filter(|(position, _)| *position < before).collect();
    calls.drain(..calls.len().saturating_sub(count));
    let end = world.history.end();
    let oldest = calls.first().map_or(end.min(before), |(position, _)| *position);
    let newest = had.map_or(end, |token| token.newest);
    (calls.into_iter().rev().map(|(_, call)| call).collect(), SyncToken { person: ix.0, oldest, newest })
}

fn since(world: &World, ix: PersonIx, had: SyncToken, count: usize) -> (Vec<&Call>, SyncToken) {
    let mut calls: Vec<_> = world.history.of_person_since(ix, had.newest).take(count + 1).collect();
    let more = calls.len() > count;
    calls.truncate(count);
    let last = calls.last().map(|(position, _)| position + 1).filter(|_| more);
    let newest = last.unwrap_or_else(|| world.history.end());
    (calls.into_iter().map(|(_, call)| call).collect(), SyncToken { newest, ..had })
}

fn token(ask: &Ask<'_>, ix: PersonIx) -> Result<SyncToken, Refused> {
    let token = ask.get("sync_token").and_then(SyncToken::read).filter(|token| token.person == ix.0);
    token.ok_or_else(|| bad_param("sync_token"))
}

fn person(ask: &Ask<'_>, world: &World) -> Result<PersonIx, Refused> {
    ask.person(world).ok_or_else(|| Refused::new(404, 300, format!("User does not exist: {}.", ask.id())))
}

fn own_element(report: &Report<'_>, ix: PersonIx) -> Option<Value> {
    let elements = report.elements();
    elements.iter().find(|element| element.person == Some(ix)).map(|element| report.element(element))
}

/// Both the present and the older array of a reply.
fn told(elements: Vec<Value>) -> Map<String, Value> {
    let logs = elements.iter().cloned().map(crate::events::record::as_history).collect();
    let mut reply = Map::new();
    reply.insert("call_elements".into(), Value::Array(elements));
    reply.insert("call_logs".into(), Value::Array(logs));
    reply
}

fn bad_param(name: &str) -> Refused {
    Refused::new(400, 301, format!("Invalid request param: {name}."))
}

impl SyncToken {
    fn write(self) -> String {
        STANDARD.encode(format!("{}_{}_{}", self.person, self.oldest, self.newest))
    }

    fn read(text: &str) -> Option<Self> {
        let decoded = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        let mut parts = decoded.split('_');
        let person = parts.next()?.parse().ok()?;
        let oldest = parts.next()?.parse().ok()?;
        let newest = parts.next()?.parse().ok()?;
        Some(Self { person, oldest, newest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_token_says_what_it_was_told() {
        let token = SyncToken { person: 7, oldest: 3, newest: 90 };

        assert_eq!(SyncToken::read(&token.write()), Some(token));
        assert_eq!(SyncToken::read("bm9uc2Vuc2U="), None);
    }
}
