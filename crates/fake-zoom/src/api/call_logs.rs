//! `/phone/call_logs` and `/phone/call_logs/{callLogId}`: the older shape of call history.

use serde_json::{Value, json};

use super::{Answer, Ask, Refused};
use crate::{
    calls::CallId,
    history::{legacy, report::Report},
    ids,
};

/// `GET /phone/call_logs`: the newest first.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let span = ask.days()?;
    let by_end = ask.word("time_type", &["startTime", "endTime"])? == Some("endTime");
    let site = ask.get("site_id");
    let path = ask.get("path");
    let missed = match ask.get("type") {
        None | Some("all") => false,
        Some("missed") => true,
        Some(_) => return Err(Refused::invalid("type")),
    };
    ask.shared.with_world(|world, _| {
        let reports = world.history.newest_first().map(|call| Report::of(&world.org, call));
        let wanted = reports.filter(|report| {
            let call = report.call;
            span.contains(if by_end { call.ended_at.unwrap_or(call.rang_at) } else { call.rang_at })
                && !(missed && call.answered_at.is_some())
                && path.is_none_or(|path| path == legacy::path(report))
                && site.is_none_or(|site| call.people().any(|ix| world.org[ix].site().id() == site))
        });
        let cut = ask.cut(wanted.collect(), 30, 300)?;
        let logs: Value = cut.rows.iter().map(legacy::log).collect();
        Ok(json!({
            "call_logs": logs,
            "from": span.from,
            "to": span.to,
            "page_count": cut.pages(),
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}

/// `GET /phone/call_logs/{callLogId}`: a log's id, or a call's.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    let id = ids::call_of_record(ask.id()).map(|(call, _)| CallId(call)).or_else(|| ask.id().parse().ok());
    ask.shared.with_world(|world, _| {
        let call = id.and_then(|id| world.history.get(id));
        let call =
            call.ok_or_else(|| Refused::new(400, 300, format!("Call log does not exist: {}.", ask.id())))?;
        Ok(legacy::log_detail(&Report::of(&world.org, call)).into())
    })
}
