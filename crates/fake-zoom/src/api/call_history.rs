//! `/phone/call_history`, `/phone/call_history/{callHistoryUuid}`, `/phone/call_element/{callElementId}`.

use serde_json::{Value, json};

use super::{Answer, Ask, Refused, filter::Filter};
use crate::{history::report::Report, ids, world::World};

/// `GET /phone/call_history`: the newest first.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let filter = Filter::read(ask)?;
    ask.shared.with_world(|world, _| {
        let reports = world.history.newest_first().map(|call| Report::of(&world.org, call));
        let cut = ask.cut(reports.filter(|report| filter.wants(report)).collect(), 30, 300)?;
        let rows = |key: &str| cut.rows.iter().map(|report| report.row(key)).collect::<Value>();
        Ok(json!({
            "call_history": rows("call_history_uuid"),
            "call_logs": rows("id"),
            "from": filter.span.from,
            "to": filter.span.to,
            "page_count": cut.pages(),
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}

/// `GET /phone/call_history/{callHistoryUuid}`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let report = find(world, ask.id()).map(|(report, _)| report);
        let report = report.filter(|report| report.history_uuid() == ask.id());
        report.map(|report| report.detail().into()).ok_or_else(|| missing("Call history", ask.id()))
    })
}

/// `GET /phone/call_element/{callElementId}`.
pub(super) fn element(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let found = find(world, ask.id()).and_then(|(report, nth)| {
            let elements = report.elements();
            let element = elements.iter().find(|element| element.nth == nth)?;
            let told = report.element(element);
            (told["call_element_id"] == ask.id()).then_some(told)
        });
        found.map(Into::into).ok_or_else(|| missing("Call element", ask.id()))
    })
}

fn find<'a>(world: &'a World, record: &str) -> Option<(Report<'a>, u8)> {
    let (call, nth) = ids::call_of_record(record)?;
    let call = world.history.get(crate::calls::CallId(call))?;
    Some((Report::of(&world.org, call), nth))
}

fn missing(what: &str, id: &str) -> Refused {
    Refused::new(404, 404, format!("{what} does not exist: {id}."))
}
