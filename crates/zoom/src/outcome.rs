//! How a call ended, in Zoom's three vocabularies: `handup_result`, call logs, call elements.

use rollcall_model::Outcome;

/// The outcome that a word means; nothing for a word that does not tell.
pub(crate) fn outcome(word: &str) -> Option<Outcome> {
    let word = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    Some(match word.as_str() {
        "call_connected" | "answered" | "accepted" | "picked_up" | "connected" | "succeeded" => {
            Outcome::Answered
        }
        "no_answer" | "missed" | "call_missed" | "ring_timeout" | "overflowed" => Outcome::NoAnswer,
        "rejected" | "declined" | "call_declined" => Outcome::Rejected,
        "busy" => Outcome::Busy,
        "call_cancel" | "canceled" | "cancelled" | "abandoned" => Outcome::Cancelled,
        "voicemail" => Outcome::Voicemail,
        "answered_by_other" | "answered_by_other_member" | "pickup_by_other" | "call_out_by_other" => {
            Outcome::AnsweredElsewhere
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outcome_has_many_words() {
        for word in ["Call connected", "answered", "Succeeded"] {
            assert_eq!(outcome(word), Some(Outcome::Answered), "{word}");
        }
        assert_eq!(outcome("No Answer"), Some(Outcome::NoAnswer));
        assert_eq!(outcome("Call Cancel"), Some(Outcome::Cancelled));
        assert_eq!(outcome("answered_by_other"), Some(Outcome::AnsweredElsewhere));
        assert_eq!(outcome("hang_up"), None);
        assert_eq!(outcome(""), None);
    }
}
