//! Groups that go from one person to another: as a link, and as a file.

mod file;
mod link;

pub(crate) use file::{read_file, write_file};
pub(crate) use link::{read_link, write_link};
