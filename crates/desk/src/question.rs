//! The text of a question that is kept: for a watch, for a group.

use rollcall_model::search::{FilterKey, filters};

/// Whether a question asks for those who are free now: by a word of its own.
pub(crate) fn asks_for_free(text: &str) -> bool {
    filters(text).iter().any(|filter| filter.key == FilterKey::Free)
}

/// Whether whom a question finds depends on the time of the day.
pub(crate) fn asks_for_the_time(text: &str) -> bool {
    filters(text).iter().any(|filter| filter.key == FilterKey::Awake)
}

/// A question without what asks for those who are free now.
pub(crate) fn without_free(text: &str) -> String {
    let free: Vec<_> = filters(text).into_iter().filter(|filter| filter.key == FilterKey::Free).collect();
    let mut unit = 0;
    let kept = text.chars().filter(|c| {
        let at = unit;
        unit += u32::try_from(c.len_utf16()).unwrap_or_default();
        !free.iter().any(|filter| (filter.start..filter.end).contains(&at))
    });
    let kept: String = kept.collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_the_free_is_known_and_taken_out() {
        assert_eq!(without_free("żółć free sepa is:FREE"), "żółć  sepa");
        assert_eq!(without_free(" free "), "");
        assert_eq!(without_free("in:\"new york\" awake"), "in:\"new york\" awake");
        assert!(
            asks_for_free("sepa is:FREE") && !asks_for_free("freeman") && asks_for_the_time("sepa awake")
        );
    }
}
