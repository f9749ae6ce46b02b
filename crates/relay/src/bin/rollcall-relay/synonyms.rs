//! `rollcall-relay synonyms`: the organisation's own words for the same.

use clap::{Args, Subcommand};
use rollcall_relay::lore::{
    Imported,
    sheet::{read_words, write_words},
};

use crate::{
    report::{ImportArgs, Report},
    say,
    store::StoreArgs,
    wrong::Failed,
};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Synonyms {
    /// Take a file of synonyms in place of the one before: a group a line with commas between its names, or a > b
    Import(Import),
    /// Print the organisation's own synonyms as a file that can be imported again
    Export {
        /// Who exports, for the trail
        #[arg(long, default_value = "command line", value_name = "NAME")]
        by: String,

        #[command(flatten)]
        store: StoreArgs,
    },
}

/// What an import is told.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    given: ImportArgs,

    #[command(flatten)]
    store: StoreArgs,
}

impl Synonyms {
    pub(crate) async fn run(self) -> Result<(), Failed> {
        match self {
            Self::Import(import) => import.run().await,
            Self::Export { by, store } => export(&by, &store).await,
        }
    }
}

impl Import {
    async fn run(self) -> Result<(), Failed> {
        let words = read_words(&self.given.bytes().await?);
        let fitting = words.synonyms.groups.len();
        let applied = self.given.applies(words.misfits.len(), fitting) && words.synonyms.fit();
        let mut outcome = None;
        if applied {
            self.store.note(&self.given.by, &format!("synonyms: {fitting} groups of a file")).await?;
            let lore = self.store.lore().await?;
            let before = lore.synonyms().await?.map_or(0, |told| told.value.groups.len());
            let changed = lore.keep_synonyms(&words.synonyms).await?;
            lore.close().await;
            let (before, fitting) = (before as u64, fitting as u64);
            outcome = Some(if changed {
                Imported { changed: fitting, unchanged: 0, removed: before.saturating_sub(fitting) }
            } else {
                Imported { unchanged: fitting, ..Imported::default() }
            });
        }
        self.given.tell(&Report {
            applied,
            dry_run: self.given.dry_run,
            lines: words.lines,
            fitting,
            outcome,
            misfits: &words.misfits,
            remarks: &[],
        })
    }
}

async fn export(by: &str, store: &StoreArgs) -> Result<(), Failed> {
    let lore = store.lore().await?;
    let told = lore.synonyms().await;
    lore.close().await;
    let told = told?.filter(|told| !told.value.groups.is_empty());
    let groups = told.as_ref().map_or(0, |told| told.value.groups.len());
    store.note_export(by, &format!("synonyms: {groups} groups")).await?;
    if let Some(told) = told {
        say(write_words(&told.value).trim_end_matches('\n'));
    }
    Ok(())
}
