//! How often Zoom was asked, and what it answered: for those who watch the day's budget.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::pace::Bucket;

/// So many questions of one kind had the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Zoom's label for what such a question costs, those of Zoom Phone apart: `light`, `phone_light`, …
    pub label: &'static str,
    /// The HTTP status; nothing when Zoom did not answer.
    pub status: Option<u16>,
    /// How often.
    pub times: u64,
}

/// Counts questions.
#[derive(Debug, Default)]
pub(crate) struct Counter(Mutex<BTreeMap<(usize, Option<u16>), u64>>);

impl Counter {
    /// Counts one question.
    pub(crate) fn count(&self, bucket: Bucket, status: Option<u16>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((bucket.index(), status)).or_default() += 1;
    }

    /// What was counted.
    pub(crate) fn all(&self) -> Vec<Asked> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = |(&(bucket, status), &times): (&(usize, _), &_)| Asked {
            label: Bucket::ALL[bucket].name(),
            status,
            times,
        };
        counts.iter().map(asked).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Label;

    #[test]
    fn questions_are_counted_by_what_they_cost_and_how_they_were_answered() {
        let counter = Counter::default();
        let [core, phone] = [Bucket::core(Label::Light), Bucket::phone(Label::Light)];
        for (bucket, status) in [(core, Some(200)), (core, Some(200)), (core, None), (phone, Some(429))] {
            counter.count(bucket, status);
        }

        let asked = |label, status, times| Asked { label, status, times };
        assert_eq!(
            counter.all(),
            [asked("light", None, 1), asked("light", Some(200), 2), asked("phone_light", Some(429), 1)]
        );
    }
}
