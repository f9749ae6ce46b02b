//! The words by which a database knows what is a type here. It lets no other words in.

use super::{OddityKind, Step};

impl Step {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Phones => "phones",
            Self::Finished => "finished",
        }
    }

    pub(super) fn of(word: &str) -> Self {
        match word {
            "inactive" => Self::Inactive,
            "pending" => Self::Pending,
            "phones" => Self::Phones,
            "finished" => Self::Finished,
            _ => Self::Active,
        }
    }
}

impl OddityKind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of(word: &str) -> Self {
        if word == "malformed" { Self::Malformed } else { Self::Unknown }
    }
}
