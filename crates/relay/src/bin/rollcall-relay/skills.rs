//! `rollcall-relay skills`: what the organisation itself tells of its people.

use clap::{Args, Subcommand, ValueEnum};
use rollcall_relay::lore::sheet::{self, Remark, Sheet};
use rollcall_relay::server::OpenLore;

use crate::{
    report::{ImportArgs, Report},
    say,
    store::StoreArgs,
    wrong::Failed,
};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Skills {
    /// Take in skills, languages, working hours, notes and other names from a file, all of it or nothing
    Import(Import),
    /// Print what is known as a file that can be imported again
    Export(Export),
}

/// What an import is told.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    given: ImportArgs,

    /// How the file is written; recognised without this
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,

    /// Forget everything that the file does not tell
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    store: StoreArgs,
}

/// What an export is told.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// How the file is written
    #[arg(long, value_enum, default_value_t = Format::Csv, value_name = "FORMAT")]
    format: Format,

    /// Who exports, for the trail
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,

    #[command(flatten)]
    store: StoreArgs,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Fields with , ; or tabs between them; the first line names the columns
    Csv,
    /// A list of objects, or an object a line
    Json,
}

impl Skills {
    pub(crate) async fn run(self) -> Result<(), Failed> {
        match self {
            Self::Import(import) => import.run().await,
            Self::Export(export) => export.run().await,
        }
    }
}

impl Import {
    async fn run(self) -> Result<(), Failed> {
        let bytes = self.given.bytes().await?;
        let mut sheet = sheet::read(&bytes, self.format.map(Into::into));
        drop(bytes);
        let lore = self.store.lore().await?;
        note_unknown(&lore, &mut sheet).await;
        let fitting = sheet.patches.len();
        let applied = self.given.applies(sheet.misfits.len(), fitting);
        let outcome = if applied {
            let what = if self.replace { "skills, all" } else { "skills" };
            self.store.note(&self.given.by, &format!("{what}: {fitting} people of a file")).await?;
            Some(lore.import(&sheet.patches, self.replace).await?)
        } else {
            None
        };
        lore.close().await;
        self.given.tell(&Report {
            applied,
            dry_run: self.given.dry_run,
            lines: sheet.lines,
            fitting,
            outcome,
            misfits: &sheet.misfits,
            remarks: &sheet.remarks,
        })
    }
}

impl Export {
    async fn run(self) -> Result<(), Failed> {
        let lore = self.store.lore().await?;
        let told = lore.people().await;
        lore.close().await;
        let told = told?;
        self.store.note_export(&self.by, &format!("skills: {} people", told.len())).await?;
        let file = match self.format {
            Format::Csv => sheet::write_csv(&told),
            Format::Json => sheet::write_json(&told),
        };
        if !file.is_empty() {
            say(file.trim_end_matches('\n'));
        }
        Ok(())
    }
}

impl From<Format> for sheet::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
        }
    }
}

/// Remarks on addresses that nobody has; that is no reason to take nothing in.
async fn note_unknown(lore: &OpenLore, sheet: &mut Sheet) {
    match lore.addresses().await {
        Ok(Some(known)) => {
            let named = sheet.patches.iter().zip(&sheet.begins);
            let unknown = named.filter(|(patch, _)| !known.contains(&patch.email));
            let remark = |(patch, line): (&rollcall_relay::lore::Patch, &u64)| Remark::UnknownEmail {
                line: *line,
                email: patch.email.clone(),
            };
            let unknown: Vec<Remark> = unknown.map(remark).collect();
            sheet.remarks.extend(unknown);
        }
        Ok(None) => sheet.remarks.push(Remark::NoDirectory("there is no log yet".to_owned())),
        Err(error) => sheet.remarks.push(Remark::NoDirectory(error.to_string())),
    }
}
