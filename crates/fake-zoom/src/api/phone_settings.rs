//! `/phone/account_settings`.

use serde_json::{Value, json};

use super::{Answer, Ask, Refused};

/// `GET /phone/account_settings`: all settings, or those named in `setting_types`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    let Value::Object(all) = settings() else { return Err(Refused::invalid("setting_types")) };
    let wanted = ask.list("setting_types");
    if let Some(unknown) = wanted.iter().find(|name| !all.contains_key(**name)) {
        return Err(Refused::new(400, 400, format!("Invalid setting type: {unknown}.")));
    }
    let chosen = all.into_iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(&name.as_str()));
    Ok(Value::Object(chosen.collect()).into())
}

fn settings() -> Value {
    json!({
        "call_live_transcription": {
            "enable": false, "locked": false, "transcription_start_prompt": { "enable": false },
        },
        "local_survivability_mode": { "enable": false, "locked": false },
        "select_outbound_caller_id": { "enable": true, "locked": false, "allow_hide_outbound_caller_id": true },
        "international_calling": { "enable": true, "locked": false },
        "outbound_calling": { "enable": true, "locked": false },
        "elevate_to_meeting": { "enable": true, "locked": false },
        "mobile_switch_to_carrier": { "enable": true, "locked": false },
        "delegation": { "enable": false, "locked": false },
        "audio_intercom": { "enable": false, "locked": false },
        "call_queue_opt_out_reason": {
            "enable": true,
            "locked": false,
            "call_queue_opt_out_reasons_list": [
                { "code": "Break", "system": true, "enable": true },
                { "code": "Meeting", "system": true, "enable": true },
                { "code": "Training", "system": false, "enable": true },
                { "code": "End of shift", "system": true, "enable": true },
            ],
        },
        "auto_call_from_third_party_apps": { "enable": false, "locked": false, "locked_by": "account" },
    })
}
