//! Noting with whom the person at the desk had to do.

use rollcall_model::{Call, PersonId, Side};
use rollcall_wire::window::{Met, Recent};

use super::{
    Desk,
    world::{News, World},
};
use crate::sync::hold;

/// Somebody, when, and how.
pub(super) type Meeting = (PersonId, Recent);

impl Desk {
    /// Notes meetings; what is older than what is known of somebody changes nothing.
    pub(super) async fn meet(&self, meetings: impl IntoIterator<Item = Meeting>) {
        let news = meetings.into_iter().filter(|(person, recent)| self.shelf.note(person, *recent)).count();
        if news > 0 {
            self.keep_recents().await;
        }
    }

    /// With whom the person at the desk talked, or was to talk, by calls that changed.
    pub(super) fn met(&self, world: &World, news: &News) -> Vec<Meeting> {
        let Some(me) = hold(&self.own).id.clone() else { return Vec::new() };
        let calls = news.calls.iter().filter_map(|id| world.roster.call(id));
        calls.filter_map(|call| met_in(call, &me)).collect()
    }
}

/// Whom `me` called, or was called by.
fn met_in(call: &Call, me: &PersonId) -> Option<Meeting> {
    let own = call.legs.iter().find(|leg| leg.person == *me)?;
    let (how, theirs) = match own.side {
        Side::Caller => (Met::Called, Side::Callee),
        Side::Callee => (Met::CalledBy, Side::Caller),
    };
    let other = call.legs.iter().find(|leg| leg.side == theirs && leg.person != *me);
    let person = own.other.person.clone().or_else(|| other.map(|leg| leg.person.clone()))?;
    let at = [own.rang_at, own.answered_at, own.ended.map(|ending| ending.at)].into_iter().flatten().min()?;
    (person != *me).then_some((person, Recent { how, at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use rollcall_model::{CallId, CallReport, Party, Step};

    fn report(person: &str, side: Side, other: Option<&str>) -> CallReport {
        CallReport {
            call: CallId::new("1"),
            person: PersonId::new(person),
            side,
            at: DateTime::UNIX_EPOCH,
            step: Step::Ringing,
            other: Party { person: other.map(PersonId::new), ..Party::default() },
            queue: None,
        }
    }

    fn met(reports: &[CallReport]) -> Option<(String, Met)> {
        let mut call = Call::new(CallId::new("1"));
        for report in reports {
            call.learn(report);
        }
        met_in(&call, &PersonId::new("me")).map(|(person, recent)| (person.as_str().to_owned(), recent.how))
    }

    #[test]
    fn both_ends_of_a_call_are_known_by_either_leg() {
        let mia = |how| Some(("mia".to_owned(), how));

        assert_eq!(met(&[report("me", Side::Callee, Some("mia"))]), mia(Met::CalledBy));
        assert_eq!(met(&[report("me", Side::Caller, Some("mia"))]), mia(Met::Called));
        let both = [report("me", Side::Callee, None), report("mia", Side::Caller, None)];
        assert_eq!(met(&both), mia(Met::CalledBy));
        assert_eq!(met(&[report("mia", Side::Caller, Some("leo"))]), None);
        assert_eq!(met(&[report("me", Side::Callee, None)]), None);
    }
}
