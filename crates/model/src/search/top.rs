//! The best few of many, without sorting the many.

use std::cmp::Ordering;

/// What decides between two rows before their names are read in full; the smaller one is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Fit of the words, then [`super::Standing`].
    pub(super) fit: u64,
    /// The first eight letters of the folded name.
    pub(super) name: u64,
}

/// Keeps the best `limit` of the rows that are offered.
///
/// Rows that are better than the worst of the best so far are put into a buffer of twice the limit;
/// when it is full, one partial selection throws half of it away. That is a constant number of
/// comparisons for each row, and most rows need one.
pub(super) struct Top<C> {
    limit: usize,
    kept: Vec<(Rank, u32)>,
    /// What a row must beat, once `limit` rows are kept.
    bar: Option<(Rank, u32)>,
    /// Decides between rows of equal rank.
    between: C,
}

impl<C: Fn(u32, u32) -> Ordering> Top<C> {
    pub(super) fn new(limit: usize, between: C) -> Self {
        Self { limit, kept: Vec::with_capacity(limit.saturating_mul(2).min(4096)), bar: None, between }
    }

    /// Offers a row; its name is asked for only when the fit does not decide.
    pub(super) fn offer(&mut self, slot: u32, fit: u64, name: impl FnOnce() -> u64) {
        if self.limit == 0 || self.bar.is_some_and(|(bar, _)| fit > bar.fit) {
            return;
        }
        let row = (Rank { fit, name: name() }, slot);
        if self.bar.is_some_and(|bar| self.order(&row, &bar) != Ordering::Less) {
            return;
        }
        self.kept.push(row);
        if self.kept.len() >= self.limit.saturating_mul(2) {
            self.halve();
        }
    }

    /// The slots of the best rows, best first.
    pub(super) fn best(mut self) -> Vec<u32> {
        let between = self.between;
        self.kept.sort_unstable_by(|one, other| order(&between, one, other));
        self.kept.truncate(self.limit);
        self.kept.into_iter().map(|(_, slot)| slot).collect()
    }

    fn halve(&mut self) {
        let between = &self.between;
        self.kept.select_nth_unstable_by(self.limit - 1, |one, other| order(between, one, other));
        self.kept.truncate(self.limit);
        self.bar = self.kept.last().copied();
    }

    fn order(&self, one: &(Rank, u32), other: &(Rank, u32)) -> Ordering {
        order(&self.between, one, other)
    }
}

fn order(between: impl Fn(u32, u32) -> Ordering, one: &(Rank, u32), other: &(Rank, u32)) -> Ordering {
    one.0.cmp(&other.0).then_with(|| between(one.1, other.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_best_are_those_that_sorting_would_put_first(
            fits in proptest::collection::vec(0_u64..20, 0..300),
            limit in 0_usize..40,
        ) {
            let mut top = Top::new(limit, |one: u32, other: u32| one.cmp(&other));
            let mut all: Vec<(u64, u32)> = fits.into_iter().zip(0..).collect();
            for &(fit, slot) in &all {
                top.offer(slot, fit, || 0);
            }
            all.sort_unstable();
            prop_assert_eq!(top.best(), all.iter().take(limit).map(|&(_, slot)| slot).collect::<Vec<_>>());
        }
    }
}
