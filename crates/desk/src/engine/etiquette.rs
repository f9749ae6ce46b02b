//! Whether a call may be placed as it was asked for: a pure rule.

use rollcall_model::FirstAction;

/// What comes of a wish to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    /// It is placed.
    Place,
    /// The person at the window must see this first.
    Confirm(FirstAction),
    /// Zoom is asked how the person is now, then the rule is asked again.
    AskFirst,
}

/// Rules on a call to a person whose first action is `action`; `asked` when Zoom was asked already.
pub(super) fn rule(action: FirstAction, confirmed: bool, reason: &str, asked: bool) -> Ruling {
    match action {
        FirstAction::Call | FirstAction::CallTold => Ruling::Place,
        FirstAction::AskOnceMore if confirmed => Ruling::Place,
        FirstAction::AskReason if confirmed && !reason.trim().is_empty() => Ruling::Place,
        FirstAction::AskOnceMore | FirstAction::AskReason => Ruling::Confirm(action),
        FirstAction::RefreshThenCall if confirmed || asked => Ruling::Place,
        FirstAction::RefreshThenCall => Ruling::AskFirst,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FirstAction::{AskOnceMore, AskReason, Call, CallTold, RefreshThenCall};

    #[test]
    fn who_can_be_called_is_called_and_who_is_busy_is_asked_about() {
        assert_eq!(rule(Call, false, "", false), Ruling::Place);
        assert_eq!(rule(CallTold, false, "", false), Ruling::Place);
        assert_eq!(rule(AskOnceMore, false, "", false), Ruling::Confirm(AskOnceMore));
        assert_eq!(rule(AskOnceMore, true, "", false), Ruling::Place);
    }

    #[test]
    fn do_not_disturb_wants_a_reason_and_a_confirmation() {
        assert_eq!(rule(AskReason, false, "Card declined", false), Ruling::Confirm(AskReason));
        assert_eq!(rule(AskReason, true, "  ", false), Ruling::Confirm(AskReason));
        assert_eq!(rule(AskReason, true, "Card declined", false), Ruling::Place);
    }

    #[test]
    fn of_whom_nothing_is_known_zoom_is_asked_once() {
        assert_eq!(rule(RefreshThenCall, false, "", false), Ruling::AskFirst);
        assert_eq!(rule(RefreshThenCall, false, "", true), Ruling::Place);
    }
}
