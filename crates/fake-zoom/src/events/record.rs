//! Events that report finished calls: elements, history and, when asked for, the old call logs.

use serde_json::{Value, json};

use super::{Event, call::Scene};
use crate::{
    history::{legacy, report::Report},
    mischief::Mischief,
    org::PersonIx,
};

/// All reports of a finished call, one for each person it was told to.
pub(crate) fn events(scene: &Scene<'_>) -> Vec<Event> {
    let report = Report::of(scene.org, scene.call);
    let mut events = Vec::new();
    for element in report.elements() {
        let Some(person) = element.person else { continue };
        let side = if scene.call.caller() == Some(person) && element.nth == 0 { "caller" } else { "callee" };
        let told = report.element(&element);
        let elements = json!({ "call_elements": [&told] });
        events.push(event(scene, &format!("{side}_call_element_completed"), person, elements));
        let history = json!({ "call_logs": [as_history(told)] });
        events.push(event(scene, &format!("{side}_call_history_completed"), person, history));
        if scene.manner.is(Mischief::CallLogsV1) {
            let logs = json!({ "call_logs": [legacy::told_log(&Report { eyes: Some(person), ..report }, side == "caller")] });
            events.push(event(scene, &format!("{side}_call_log_completed"), person, logs));
        }
    }
    events
}

fn event(scene: &Scene<'_>, name: &str, person: PersonIx, mut object: Value) -> Event {
    object["user_id"] = json!(scene.org[person].id);
    scene.manner.event(&format!("phone.{name}"), object, scene.at)
}

/// The older names of an element's ids.
pub(crate) fn as_history(mut element: Value) -> Value {
    if let Some(fields) = element.as_object_mut() {
        for (new, old) in [("call_element_id", "id"), ("call_history_uuid", "call_path_id")] {
            if let Some(value) = fields.remove(new) {
                fields.insert(old.into(), value);
            }
        }
    }
    element
}
