//! What people use instead, asked the same: tantivy, SQLite's FTS5, and the matcher of nucleo.
//!
//! Each is given the same folded line of text for every person and answers fifty rows. None of them knows
//! who is free; tantivy allows a slip in words of four letters and more, nucleo skips letters, FTS5 finds
//! beginnings of words only.

use std::time::Duration;

use nucleo_matcher::{
    Config, Matcher, Utf32String,
    pattern::{CaseMatching, Normalization, Pattern},
};
use rollcall_model::search::folded;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tantivy::{
    Index, Term,
    collector::TopDocs,
    query::{BooleanQuery, FuzzyTermQuery, Occur, Query},
    schema::{Field, Schema, TEXT},
};
use thiserror::Error;

use super::ROWS;
use crate::stopwatch::{Stopwatch, Times, millis, timed};

/// From so many letters on a word may have a slip.
const LONG: usize = 4;
/// How much memory tantivy may take to build, in bytes.
const BUDGET: usize = 128 << 20;

/// Why a peer could not be measured.
#[derive(Debug, Error)]
enum Trouble {
    #[error(transparent)]
    Tantivy(#[from] tantivy::TantivyError),
    #[error(transparent)]
    Sqlite(#[from] sqlx::Error),
}

/// Measures all of them over the same lines and keystrokes.
pub(super) async fn measure(lines: &[String], keystrokes: &[&String]) -> Value {
    let asked: Vec<String> = keystrokes.iter().map(|text| folded(text)).collect();
    let told = |peer: Result<Value, Trouble>| {
        peer.unwrap_or_else(|trouble| json!({ "not_measured": trouble.to_string() }))
    };
    json!({
        "tantivy": told(tantivy(lines, &asked)),
        "fts5": told(fts5(lines, &asked).await),
        "nucleo": nucleo(lines, &asked),
    })
}

fn figures(times: &Times, build: Duration) -> Value {
    json!({
        "keystrokes": times.count(),
        "p50_ms": times.percentile(50),
        "p99_ms": times.percentile(99),
        "build_ms": millis(build),
    })
}

fn tantivy(lines: &[String], asked: &[String]) -> Result<Value, Trouble> {
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT);
    let begun = Stopwatch::start();
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, BUDGET)?;
    for line in lines {
        writer.add_document(tantivy::doc!(text => line.as_str()))?;
    }
    writer.commit()?;
    let searcher = index.reader()?.searcher();
    let build = begun.elapsed();
    let mut times = Times::default();
    for question in asked {
        let found = times.time(|| {
            let query = BooleanQuery::new(question.split(' ').map(|word| fuzzy(text, word)).collect());
            searcher.search(&query, &TopDocs::with_limit(ROWS).order_by_score())
        });
        std::hint::black_box(found?);
    }
    Ok(figures(&times, build))
}

fn fuzzy(text: Field, word: &str) -> (Occur, Box<dyn Query>) {
    let slips = u8::from(word.len() >= LONG);
    (Occur::Must, Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(text, word), slips, true)))
}

async fn fts5(lines: &[String], asked: &[String]) -> Result<Value, Trouble> {
    let mut sqlite = SqliteConnectOptions::new().in_memory(true).connect().await?;
    let begun = Stopwatch::start();
    sqlx::raw_sql("CREATE VIRTUAL TABLE people USING fts5(line, prefix = '1 2 3'); BEGIN")
        .execute(&mut sqlite)
        .await?;
    for line in lines {
        sqlx::query("INSERT INTO people (line) VALUES (?)").bind(line).execute(&mut sqlite).await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut sqlite).await?;
    let build = begun.elapsed();
    let mut times = Times::default();
    for question in asked {
        let words: Vec<String> = question.split(' ').map(|word| format!("\"{word}\"*")).collect();
        let begun = Stopwatch::start();
        std::hint::black_box(rows(&mut sqlite, &words.join(" ")).await?);
        times.add(begun.elapsed());
    }
    Ok(figures(&times, build))
}

async fn rows(sqlite: &mut SqliteConnection, question: &str) -> Result<Vec<i64>, sqlx::Error> {
    let most = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let found = sqlx::query_scalar("SELECT rowid FROM people WHERE people MATCH ? ORDER BY rank LIMIT ?");
    found.bind(question).bind(most).fetch_all(sqlite).await
}

fn nucleo(lines: &[String], asked: &[String]) -> Value {
    let (lines, build) =
        timed(|| lines.iter().map(|line| Utf32String::from(line.as_str())).collect::<Vec<_>>());
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut times = Times::default();
    for question in asked {
        let best = times.time(|| {
            let pattern = Pattern::parse(question, CaseMatching::Ignore, Normalization::Smart);
            let scored = lines.iter().enumerate();
            let mut scored: Vec<(u32, usize)> = scored
                .filter_map(|(place, line)| Some((pattern.score(line.slice(..), &mut matcher)?, place)))
                .collect();
            scored.sort_unstable_by(|one, other| other.cmp(one));
            scored.truncate(ROWS);
            scored
        });
        std::hint::black_box(best);
    }
    figures(&times, build)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_peer_is_measured() {
        let lines: Vec<String> = (0..200).map(|n| format!("anna kowalska{n} billing madrid")).collect();
        let typed = ["a", "anna", "anna mad", "kowalska7"].map(str::to_owned);

        let figures = measure(&lines, &typed.iter().collect::<Vec<_>>()).await;

        for peer in ["tantivy", "fts5", "nucleo"] {
            assert_eq!(figures[peer]["keystrokes"], 4, "{figures}");
        }
    }
}
