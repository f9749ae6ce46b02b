//! What an organisation tells, read and changed beside a relay that runs.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::{Clock, Latest, Policy, Roster, search::Synonyms};

use super::{StartError, Storage};
use crate::{
    LedgerError, Slug,
    fold::Fold,
    ledger::{Ledger as _, PostgresLedger, SqliteLedger},
    lore::{Imported, Known, Lore, Patch, TAKEN_BACK_KEPT, Told},
    restore::restore,
};

/// How many people are read at a time.
const PAGE: u32 = 5_000;

/// What an organisation tells, opened beside a relay that runs, which hears within a second of what is done here.
pub struct OpenLore {
    lore: Box<dyn Lore>,
    storage: Storage,
    slug: Slug,
    clock: Clock,
}

/// Opens what an organisation tells.
pub async fn open_lore(storage: &Storage, slug: &Slug, clock: &Clock) -> Result<OpenLore, StartError> {
    let opened = storage.lore(slug).await;
    let lore = opened.map_err(|source| StartError::Lore { organisation: slug.clone(), source })?;
    Ok(OpenLore { lore, storage: storage.clone(), slug: slug.clone(), clock: clock.clone() })
}

impl OpenLore {
    /// Takes in what patches tell, or does nothing at all; see [`Patch`]. When `anew`, everything is forgotten that
    /// they do not tell.
    pub async fn import(&self, patches: &[Patch], anew: bool) -> Result<Imported, LedgerError> {
        let now: DateTime<Utc> = self.clock.now();
        self.lore.import(patches, anew, now, now - TAKEN_BACK_KEPT).await
    }

    /// Everything that is told of people, in the order of addresses.
    pub async fn people(&self) -> Result<Vec<Told>, LedgerError> {
        let (mut all, mut known) = (Vec::new(), Known::default());
        loop {
            let page = self.lore.changes(&known, PAGE).await?;
            let Some(last) = page.last() else { break };
            known = Known { change: last.change, email: last.email.clone() };
            all.extend(page.into_iter().filter(|told| !told.expertise.is_empty()));
        }
        all.sort_by(|one, other| one.email.cmp(&other.email));
        Ok(all)
    }

    /// The organisation's own words; nothing before some were told.
    pub async fn synonyms(&self) -> Result<Option<Latest<Synonyms>>, LedgerError> {
        self.lore.synonyms().await
    }

    /// Takes these words in place of those before; tells whether they are others.
    pub async fn keep_synonyms(&self, synonyms: &Synonyms) -> Result<bool, LedgerError> {
        self.lore.keep_synonyms(synonyms, self.clock.now()).await
    }

    /// What the organisation asks of those who call its experts; nothing before something was told.
    pub async fn policy(&self) -> Result<Option<Latest<Policy>>, LedgerError> {
        self.lore.policy().await
    }

    /// Takes this policy in place of the one before; tells whether it is another.
    pub async fn keep_policy(&self, policy: &Policy) -> Result<bool, LedgerError> {
        self.lore.keep_policy(policy, self.clock.now()).await
    }

    /// The e-mail addresses of everybody whom the log knows; nothing when there is no log yet.
    pub async fn addresses(&self) -> Result<Option<HashSet<String>>, LedgerError> {
        let fold = match &self.storage {
            Storage::Folder(folder) => {
                let file = folder.join(format!("{}.sqlite", self.slug));
                let Some(ledger) = SqliteLedger::beside(&file).await? else { return Ok(None) };
                let fold = restore(&ledger).await;
                ledger.close().await;
                fold?
            }
            Storage::Database { ledger, .. } => {
                let ledger = PostgresLedger::open(ledger, self.slug.as_str()).await?;
                let fold = restore(&ledger).await;
                ledger.close().await;
                fold?
            }
        };
        Ok(Some(addresses(&fold)))
    }

    /// Ends all use of the storage.
    pub async fn close(&self) {
        self.lore.close().await;
    }
}

fn addresses(fold: &Fold) -> HashSet<String> {
    fold.read(|roster: &Roster| {
        roster.entries().filter_map(|entry| entry.person.email().map(str::to_owned)).collect()
    })
}

impl std::fmt::Debug for OpenLore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenLore").field("slug", &self.slug).finish_non_exhaustive()
    }
}
