//! Files in which admins tell of people: CSV or JSON in, patches out, with a report of every line that does not fit.
//!
//! ```text
//! bytes ──> csv | json ──> Line (one of the file, its parts as they were written) ──> gather ──> Patch | Misfit
//! ```
//!
//! It decides nothing about what is kept, and reads no file by itself.

mod columns;
mod csv;
mod gather;
mod json;
mod line;
mod misfit;
mod text;
mod words;
mod write;

pub use misfit::{Misfit, Remark, Why};
pub use words::{Words, read_words, write_words};
pub use write::{write_csv, write_json};

use super::Patch;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Lines of fields; what separates them is recognised.
    Csv,
    /// A list of objects, or an object a line.
    Json,
}

/// What a file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What fits, one for each person, in the order of the file.
    pub patches: Vec<Patch>,
    /// In which line each of them begins.
    pub begins: Vec<u64>,
    /// Everything that does not fit, in the order of lines.
    pub misfits: Vec<Misfit>,
    /// What whoever gave the file should know all the same.
    pub remarks: Vec<Remark>,
    /// How many lines tell of somebody.
    pub lines: u64,
}

/// The largest file that is read, in bytes.
const LARGEST: usize = 128 << 20;

/// Reads a file; without a format it is recognised by its first character.
pub fn read(bytes: &[u8], format: Option<Format>) -> Sheet {
    if bytes.len() > LARGEST {
        return Sheet::refused(Misfit::of_file(Why::TooLarge { most: LARGEST >> 20 }));
    }
    let bytes = text::plain(bytes);
    let Some(first) = bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace()) else {
        return Sheet::refused(Misfit::of_file(Why::EmptyFile));
    };
    let format = format.unwrap_or(if matches!(first, b'[' | b'{') { Format::Json } else { Format::Csv });
    match format {
        Format::Csv => csv::read(&bytes),
        Format::Json => json::read(&bytes),
    }
}

impl Sheet {
    /// A file of which nothing can be read.
    fn refused(misfit: Misfit) -> Self {
        Self { misfits: vec![misfit], ..Self::default() }
    }
}
