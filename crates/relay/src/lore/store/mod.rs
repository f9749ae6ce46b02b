//! What is told, in `SQLite` or `PostgreSQL`.
//!
//! Several programs may use one store at once: relays that run, and their command line. Whoever writes holds the
//! organisation's row, so that changes are numbered in the order of their commits.

mod merge;
mod open;
mod sql;

pub(crate) use open::{PostgresLore, SqliteLore};
