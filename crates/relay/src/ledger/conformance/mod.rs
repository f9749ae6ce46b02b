//! What every ledger must do, written against the trait only.

mod lease;
mod log;
mod rest;

use chrono::{DateTime, Utc};
use rollcall_model::{Event, PersonFact, PersonId, PersonReport, Seq};
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Appended, Arrival, Keys, Ledger, PostgresLedger, SqliteLedger};

/// Where a test's log is stored; each has its own.
pub(super) enum Place {
    File(TempDir),
    Server { address: SecretString, organisation: String },
}

impl Place {
    /// A file of this machine.
    pub(super) fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// An organisation of its own in the database of the tests, if there is one.
    pub(super) fn server() -> Option<Self> {
        let Ok(address) = std::env::var("ROLLCALL_TEST_POSTGRES") else {
            println!("skipped: ROLLCALL_TEST_POSTGRES names no database");
            return None;
        };
        // A name may have 32 characters, and so many does a UUID have.
        Some(Self::Server { address: address.into(), organisation: Uuid::new_v4().simple().to_string() })
    }

    /// Another place of the same kind.
    pub(super) fn another(&self) -> Self {
        match self {
            Self::File(_) => Self::file(),
            Self::Server { .. } => Self::server().unwrap(),
        }
    }

    /// The ledger as a relay opens it at its start.
    pub(super) async fn open(&self) -> Box<dyn Ledger> {
        match self {
            Self::File(folder) => Box::new(SqliteLedger::open(&folder.path().join("log.db")).await.unwrap()),
            Self::Server { address, organisation } => {
                Box::new(PostgresLedger::open(address, organisation).await.unwrap())
            }
        }
    }
}

/// Runs tests that take a [`Place`] over every place there is.
macro_rules! everywhere {
    ($($test:ident)*) => {
        mod file {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::ledger::conformance::Place::file()).await;
            })*
        }

        mod server {
            $(#[tokio::test]
            async fn $test() {
                if let Some(place) = crate::ledger::conformance::Place::server() {
                    super::$test(place).await;
                }
            })*
        }
    };
}
use everywhere;

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

pub(super) fn event(who: &str) -> Event {
    Event::Person(PersonReport { id: PersonId::new(who), as_of: at(0), fact: PersonFact::Touched })
}

pub(super) fn answer(people: &[&str]) -> Arrival {
    Arrival { keys: Keys::NONE, events: people.iter().map(|who| event(who)).collect() }
}

pub(super) fn delivery(body: &str, who: &str) -> Arrival {
    Arrival { keys: Keys::of_body(body.as_bytes()), events: vec![event(who)] }
}

/// An answer about `count` people.
pub(super) fn crowd(count: usize) -> Arrival {
    let names: Vec<String> = (0..count).map(|n| format!("p{n}")).collect();
    answer(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(super) async fn append(ledger: &dyn Ledger, arrivals: &[Arrival], now: DateTime<Utc>) -> Appended {
    ledger.append(Uuid::new_v4(), arrivals, now).await.unwrap()
}

pub(super) async fn places(ledger: &dyn Ledger, after: u64, limit: u32) -> Vec<u64> {
    let tail = ledger.tail(Seq(after), limit).await.unwrap();
    tail.iter().map(|logged| logged.seq.0).collect()
}

/// Makes a snapshot of `seq` the one that counts.
pub(super) async fn snapshot(ledger: &dyn Ledger, seq: u64) {
    ledger.open_snapshot(Seq(seq)).await.unwrap();
    ledger.close_snapshot(Seq(seq)).await.unwrap();
}
