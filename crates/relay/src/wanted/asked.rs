//! Asking about several people side by side.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use rollcall_model::PersonId;

/// How many questions of one sweep are on their way at a time; the pace is the lane's.
const AT_A_TIME: usize = 8;
/// How long a sweep waits for questions of others that are on their way.
pub(crate) const OTHERS: Duration = Duration::from_millis(200);

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The answer is in the log.
    Answered,
    /// There is no answer about this person, or none is needed any more.
    Declined,
    /// Nobody can be asked about for so long.
    Rest(Duration),
}

/// Asks about people, some at a time, until nobody can be asked about. Answered when anybody was.
pub(crate) async fn ask_all<A>(people: Vec<PersonId>, ask: impl Fn(PersonId) -> A) -> Asked
where
    A: Future<Output = Asked>,
{
    let mut asked = stream::iter(people).map(ask).buffer_unordered(AT_A_TIME);
    let mut all = Asked::Declined;
    while let Some(outcome) = asked.next().await {
        match outcome {
            Asked::Rest(_) => return outcome,
            Asked::Answered => all = outcome,
            Asked::Declined => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: &[&str]) -> Vec<PersonId> {
        names.iter().map(|name| PersonId::new(name)).collect()
    }

    #[tokio::test]
    async fn one_answer_among_many_is_an_answer() {
        let asked = ask_all(people(&["ada", "bo", "cy"]), async |person: PersonId| match person.as_str() {
            "bo" => Asked::Answered,
            _ => Asked::Declined,
        })
        .await;

        assert_eq!(asked, Asked::Answered);
        assert_eq!(ask_all(people(&["ada"]), async |_| Asked::Declined).await, Asked::Declined);
    }

    #[tokio::test]
    async fn nobody_is_asked_about_after_zoom_wants_a_rest() {
        let pause = Duration::from_secs(9);
        let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let count = std::cell::Cell::new(0);

        let asked = ask_all(people(&many), async |_| {
            count.set(count.get() + 1);
            Asked::Rest(pause)
        })
        .await;

        assert_eq!(asked, Asked::Rest(pause));
        assert!(count.get() <= AT_A_TIME);
    }
}
