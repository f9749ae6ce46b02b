//! `/phone/metrics/call_logs` and `/phone/metrics/past_calls`: finished calls and how they sounded.

use serde_json::{Value, json};

use super::{Answer, Ask};
use crate::history::{legacy, report::Report};

/// `GET /phone/metrics/call_logs`.
pub(super) fn call_logs(ask: &Ask<'_>) -> Answer {
    answer(ask, |_| true)
}

/// `GET /phone/metrics/past_calls`: the same with more filters.
pub(super) fn past_calls(ask: &Ask<'_>) -> Answer {
    let directions = ask.words("directions", &["inbound", "outbound", "internal"])?;
    let number = ask.get("phone_number").map(|number| number.trim_start_matches('+').to_owned());
    let extension = ask.get("extension_number");
    let department = ask.get("department");
    let cost_center = ask.get("cost_center");
    answer(ask, |report| {
        let people = || report.call.people().map(|ix| &report.org[ix]);
        let internal = report.call.is_internal();
        let direction = if internal { "internal" } else { report.direction() };
        (directions.is_empty() || directions.contains(&direction))
            && number.as_ref().is_none_or(|number| report.numbers().any(|one| one.to_string() == *number))
            && extension.is_none_or(|extension| report.extensions().any(|one| one.to_string() == extension))
            && department.is_none_or(|department| people().any(|person| person.department == department))
            && cost_center.is_none_or(|center| people().any(|person| person.cost_center == center))
    })
}

fn answer(ask: &Ask<'_>, wants: impl Fn(&Report<'_>) -> bool) -> Answer {
    let span = ask.days()?;
    let good = ask.word("quality_type", &["good", "bad"])?.map(|word| word == "good");
    let site = ask.get("site_id");
    ask.shared.with_world(|world, _| {
        let reports = world.history.newest_first().map(|call| Report::of(&world.org, call));
        let wanted = reports.filter(|report| {
            span.contains(report.call.rang_at)
                && good.is_none_or(|good| good == legacy::is_good(report.call.id.0))
                && site.is_none_or(|site| report.call.people().any(|ix| world.org[ix].site().id() == site))
                && wants(report)
        });
        let cut = ask.cut(wanted.collect(), 30, 100)?;
        let calls: Value = cut.rows.iter().map(legacy::metric).collect();
        Ok(json!({
            "call_logs": calls,
            "from": span.from,
            "to": span.to,
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}
