//! What came of an import, for people or for programs.

use clap::{Args, ValueEnum};
use rollcall_relay::lore::{
    Imported,
    sheet::{Misfit, Remark},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    say,
    wrong::{Failed, Wrong},
};

/// How many remarks about addresses people are told one by one; programs are told all.
const MOST_REMARKS: usize = 20;

/// What an import is told beside the file.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file; - reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: std::path::PathBuf,

    /// Read and report only; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Take in the lines that fit although others do not; without this nothing is taken in then
    #[arg(long)]
    pub(crate) skip_misfits: bool,

    /// How the report is written
    #[arg(long, value_enum, default_value_t = Form::Text, value_name = "FORM")]
    pub(crate) report: Form,

    /// Who imports, for the trail
    #[arg(long, default_value = "command line", value_name = "NAME")]
    pub(crate) by: String,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A line for each misfit and remark, and one for all
    Text,
    /// One JSON object
    Json,
}

/// What came of an import.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    /// Whether anything was taken in.
    pub(crate) applied: bool,
    pub(crate) dry_run: bool,
    /// How many lines tell of something.
    pub(crate) lines: u64,
    /// How many people, or groups, fit.
    pub(crate) fitting: usize,
    /// What changed; nothing when nothing was taken in.
    pub(crate) outcome: Option<Imported>,
    pub(crate) misfits: &'a [Misfit],
    #[serde(serialize_with = "remarks")]
    pub(crate) remarks: &'a [Remark],
}

impl ImportArgs {
    /// The file's bytes.
    pub(crate) async fn bytes(&self) -> Result<Vec<u8>, Wrong> {
        let path = self.file.clone();
        let read = tokio::task::spawn_blocking(move || {
            if path.as_os_str() == "-" {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
            } else {
                std::fs::read(&path)
            }
        });
        let read = read.await.map_err(std::io::Error::other).flatten();
        read.map_err(|source| Wrong::File { path: self.file.clone(), source })
    }

    /// Whether what was read is to be taken in.
    pub(crate) const fn applies(&self, misfits: usize, fitting: usize) -> bool {
        let may = misfits == 0 || self.skip_misfits && fitting > 0;
        may && !self.dry_run
    }

    /// Prints the report; an import that was refused is a failure.
    pub(crate) fn tell(&self, report: &Report<'_>) -> Result<(), Failed> {
        match self.report {
            Form::Text => report.say(),
            Form::Json => say(&serde_json::to_string(report).map_err(std::io::Error::other)?),
        }
        let misfits = report.misfits.len();
        let refused = misfits > 0 && !report.applied && !(self.skip_misfits && report.fitting > 0);
        if refused { Err(Failed::Misfits(misfits)) } else { Ok(()) }
    }
}

impl Report<'_> {
    fn say(&self) {
        for Misfit { line, email, column, value, why } in self.misfits {
            let place = [Some(format!("line {line}")), email.clone(), column.clone()];
            let place: Vec<String> = place.into_iter().flatten().collect();
            let value = value.as_ref().map(|value| format!("{value:?}: ")).unwrap_or_default();
            say(&format!("{}: {}: {value}{why}", place.join(", "), why.code()));
        }
        for remark in self.remarks.iter().take(MOST_REMARKS) {
            say(&format!("note: {}: {remark}", remark.code()));
        }
        if let Some(more) = self.remarks.len().checked_sub(MOST_REMARKS).filter(|more| *more > 0) {
            say(&format!("note: {more} more like these; --report json tells all"));
        }
        say(&self.summary());
    }

    fn summary(&self) -> String {
        let read = format!("{} line(s) read, {} fit", self.lines, self.fitting);
        match self.outcome {
            Some(Imported { changed, unchanged, removed }) => {
                format!("{read}; {changed} changed, {unchanged} as before, {removed} taken away")
            }
            None if self.dry_run => format!("{read}; nothing was changed, as --dry-run says"),
            None => format!("{read}; nothing was changed"),
        }
    }
}

fn remarks<S: serde::Serializer>(remarks: &&[Remark], serializer: S) -> Result<S::Ok, S::Error> {
    let told = remarks.iter().map(|remark| {
        let mut told = json!({ "code": remark.code(), "sentence": remark.to_string() });
        if let Remark::UnknownEmail { line, email } = remark {
            told["line"] = Value::from(*line);
            told["email"] = Value::from(email.as_str());
        }
        told
    });
    serializer.collect_seq(told)
}
