//! Zoom's rate labels and the published limits of each.

use crate::Plan;

/// How costly a call is, in Zoom's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Light,
    Medium,
    Heavy,
}

/// Zoom Phone has limits of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Core,
    Phone,
}

/// What Zoom counts together: all calls of one label and family, over the whole account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) family: Family,
    pub(crate) label: Label,
}

impl Bucket {
    pub(crate) const COUNT: usize = 6;

    /// Every bucket, at its [`Bucket::index`].
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::core(Label::Light),
        Self::core(Label::Medium),
        Self::core(Label::Heavy),
        Self::phone(Label::Light),
        Self::phone(Label::Medium),
        Self::phone(Label::Heavy),
    ];

    pub(crate) const fn core(label: Label) -> Self {
        Self { family: Family::Core, label }
    }

    pub(crate) const fn phone(label: Label) -> Self {
        Self { family: Family::Phone, label }
    }

    /// Its name among figures.
    pub(crate) const fn name(self) -> &'static str {
        match (self.family, self.label) {
            (Family::Core, Label::Light) => "light",
            (Family::Core, Label::Medium) => "medium",
            (Family::Core, Label::Heavy) => "heavy",
            (Family::Phone, Label::Light) => "phone_light",
            (Family::Phone, Label::Medium) => "phone_medium",
            (Family::Phone, Label::Heavy) => "phone_heavy",
        }
    }

    pub(crate) const fn index(self) -> usize {
        let label = match self.label {
            Label::Light => 0,
            Label::Medium => 1,
            Label::Heavy => 2,
        };
        match self.family {
            Family::Core => label,
            Family::Phone => 3 + label,
        }
    }

    /// Calls a second. Zoom names no phone limits for the free plan; its other ones are used.
    pub(crate) const fn per_second(self, plan: Plan) -> u32 {
        let row: [u32; Self::COUNT] = match plan {
            Plan::Free => [4, 2, 1, 4, 2, 1],
            Plan::Pro => [30, 20, 10, 20, 10, 5],
            Plan::Business => [80, 60, 40, 40, 20, 10],
        };
        row[self.index()]
    }

    /// Calls a day, where Zoom caps them.
    pub(crate) const fn per_day(self, plan: Plan) -> Option<u32> {
        let row: [Option<u32>; Self::COUNT] = match plan {
            Plan::Free => [Some(6_000), Some(2_000), Some(1_000), Some(6_000), Some(2_000), Some(1_000)],
            Plan::Pro => [None, None, Some(30_000), None, None, Some(15_000)],
            Plan::Business => [None, None, Some(60_000), None, None, Some(30_000)],
        };
        row[self.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_has_its_own_place() {
        for (place, bucket) in Bucket::ALL.into_iter().enumerate() {
            assert_eq!(bucket.index(), place);
        }
    }
}
