//! Marks: what a figure must reach, and whether it did.

use serde_json::{Value, json};

/// A mark and the figure that is held against it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    /// The name of the figure in the same object.
    pub(crate) figure: &'static str,
    /// What it must reach.
    pub(crate) mark: Mark,
    /// What it is; nothing when it could not be measured.
    pub(crate) measured: Option<f64>,
}

/// What a figure must reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    /// Less than this.
    Below(f64),
    /// This or more.
    AtLeast(f64),
}

impl Limit {
    /// The mark in words and whether it was reached (`null` when that is not known).
    pub(crate) fn told(&self) -> Value {
        let (mark, reached) = match self.mark {
            Mark::Below(mark) => (format!("below {mark}"), self.measured.map(|figure| figure < mark)),
            Mark::AtLeast(mark) => (format!("at least {mark}"), self.measured.map(|figure| figure >= mark)),
        };
        json!({ "figure": self.figure, "mark": mark, "measured": self.measured, "reached": reached })
    }
}

/// The `limits` part of a result.
pub(crate) fn limits(limits: &[Limit]) -> Value {
    limits.iter().map(Limit::told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_reached_or_missed_or_unknown() {
        let reached = |mark, measured| Limit { figure: "p99_ms", mark, measured }.told()["reached"].clone();

        assert_eq!(reached(Mark::Below(8.0), Some(7.9)), json!(true));
        assert_eq!(reached(Mark::Below(8.0), Some(8.0)), json!(false));
        assert_eq!(reached(Mark::AtLeast(8.0), Some(8.0)), json!(true));
        assert_eq!(reached(Mark::AtLeast(8.0), None), Value::Null);
    }
}
