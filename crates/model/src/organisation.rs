//! What is told of the organisation as a whole.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Latest, Policy, latest::learn, search::Synonyms};

/// What is told of the organisation as a whole: facets, each with its own date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Organisation {
    /// Its own words for the same, beside those that everybody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Latest<Synonyms>>,
    /// What it asks of those who call its experts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Latest<Policy>>,
}

/// One thing told of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationReport {
    /// When it was true.
    pub as_of: DateTime<Utc>,
    /// What was told.
    pub fact: OrganisationFact,
}

/// A fact about the organisation, whole: a later one of the same kind replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationFact {
    /// See [`Synonyms`].
    Synonyms(Synonyms),
    /// See [`Policy`].
    Policy(Policy),
}

impl Organisation {
    /// Whether nothing was told yet.
    pub const fn is_empty(&self) -> bool {
        self.synonyms.is_none() && self.policy.is_none()
    }

    /// What it asks of those who call its experts.
    pub fn policy(&self) -> &Policy {
        static NOTHING: Policy = Policy::NOTHING;
        self.policy.as_ref().map_or(&NOTHING, |policy| &policy.value)
    }

    /// Takes in one report; tells whether anything changed.
    pub fn learn(&mut self, as_of: DateTime<Utc>, fact: OrganisationFact) -> bool {
        match fact {
            OrganisationFact::Synonyms(synonyms) => learn(&mut self.synonyms, Latest::new(as_of, synonyms)),
            OrganisationFact::Policy(policy) => learn(&mut self.policy, Latest::new(as_of, policy)),
        }
    }

    /// Joins what was told elsewhere into this; tells whether anything changed.
    pub fn join(&mut self, other: Self) -> bool {
        let mut changed = false;
        if let Some(Latest { as_of, value }) = other.synonyms {
            changed |= self.learn(as_of, OrganisationFact::Synonyms(value));
        }
        if let Some(Latest { as_of, value }) = other.policy {
            changed |= self.learn(as_of, OrganisationFact::Policy(value));
        }
        changed
    }
}
