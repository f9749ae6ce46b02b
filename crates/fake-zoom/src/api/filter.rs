//! Which calls a history request wants.

use super::{Ask, Refused, ask::Span};
use crate::{calls::Call, history::report::Report};

const DIRECTIONS: &[&str] = &["inbound", "outbound"];
const CONNECT_TYPES: &[&str] = &["internal", "external"];
const CALL_TYPES: &[&str] = &["general", "emergency"];
const TIME_TYPES: &[&str] = &["start_time", "end_time"];
const RECORDING: &[&str] = &["recorded", "non_recorded"];
const NUMBER_TYPES: &[&str] = &[
    "zoom_pstn",
    "zoom_toll_free_number",
    "external_pstn",
    "external_contact",
    "byoc",
    "byop",
    "3rd_party_contact_center",
    "zoom_service_number",
    "external_service_number",
    "zoom_contact_center",
    "meeting_phone_number",
    "meeting_id",
    "anonymous_number",
];
const EXTENSION_TYPES: &[&str] = &[
    "user",
    "call_queue",
    "auto_receptionist",
    "common_area",
    "zoom_room",
    "cisco_room",
    "shared_line_group",
    "group_call_pickup",
    "external_contact",
];
const RESULTS: &[&str] = &[
    "answered",
    "accepted",
    "picked_up",
    "connected",
    "succeeded",
    "voicemail",
    "hang_up",
    "canceled",
    "call_failed",
    "unconnected",
    "rejected",
    "busy",
    "ring_timeout",
    "overflowed",
    "no_answer",
    "invalid_key",
    "invalid_operation",
    "abandoned",
    "system_blocked",
    "service_unavailable",
];

/// The filters of `/phone/call_history` and `/phone/users/{userId}/call_history`.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    pub(super) span: Span,
    by_end: bool,
    directions: Vec<&'a str>,
    connect_types: Vec<&'a str>,
    call_types: Vec<&'a str>,
    number_types: Vec<&'a str>,
    extension_types: Vec<&'a str>,
    results: Vec<&'a str>,
    call_ids: Vec<&'a str>,
    sites: Vec<&'a str>,
    keyword: Option<String>,
    department: Option<&'a str>,
    cost_center: Option<&'a str>,
    recorded: bool,
    voicemail: Option<bool>,
}

impl<'a> Filter<'a> {
    /// Reads and checks the query.
    pub(super) fn read(ask: &'a Ask<'_>) -> Result<Self, Refused> {
        Ok(Self {
            span: ask.days()?,
            by_end: ask.word("time_type", TIME_TYPES)? == Some("end_time"),
            directions: ask.words("directions", DIRECTIONS)?,
            connect_types: ask.words("connect_types", CONNECT_TYPES)?,
            call_types: ask.words("call_types", CALL_TYPES)?,
            number_types: ask.words("number_types", NUMBER_TYPES)?,
            extension_types: ask.words("extension_types", EXTENSION_TYPES)?,
            results: ask.words("call_results", RESULTS)?,
            call_ids: ask.list("call_ids"),
            sites: ask.list("site_ids"),
            keyword: ask.get("keyword").map(str::to_lowercase),
            department: ask.get("department"),
            cost_center: ask.get("cost_center"),
            recorded: ask.word("recording_status", RECORDING)? == Some("recorded"),
            voicemail: ask.flag("with_voicemail")?,
        })
    }

    /// Whether a call is wanted. Nothing here is ever recorded.
    pub(super) fn wants(&self, report: &Report<'_>) -> bool {
        let call = report.call;
        !self.recorded
            && self.span.contains(if self.by_end {
                call.ended_at.unwrap_or(call.rang_at)
            } else {
                call.rang_at
            })
            && any(&self.directions, &[report.direction()])
            && any(&self.connect_types, &[report.connect_type()])
            && any(&self.call_types, &["general"])
            && any(&self.results, &[report.result()])
            && self.voicemail.is_none_or(|wanted| wanted == (report.result() == "voicemail"))
            && (self.call_ids.is_empty() || self.call_ids.contains(&call.id.to_string().as_str()))
            && self.wants_ends(report)
            && self.wants_people(report, call)
    }

    fn wants_ends(&self, report: &Report<'_>) -> bool {
        any(&self.number_types, &report.number_types())
            && any(&self.extension_types, &report.extension_types())
    }

    fn wants_people(&self, report: &Report<'_>, call: &Call) -> bool {
        let mut people = call.people().map(|ix| &report.org[ix]);
        let asked = self.department.is_some() || self.cost_center.is_some() || !self.sites.is_empty();
        let belongs = !asked
            || people.any(|person| {
                self.department.is_none_or(|department| person.department == department)
                    && self.cost_center.is_none_or(|center| person.cost_center == center)
                    && (self.sites.is_empty() || self.sites.contains(&person.site().id().as_str()))
            });
        belongs && self.keyword.as_ref().is_none_or(|keyword| report.mentions(keyword))
    }
}

fn any(wanted: &[&str], is: &[&str]) -> bool {
    wanted.is_empty() || is.iter().any(|one| wanted.contains(one))
}
