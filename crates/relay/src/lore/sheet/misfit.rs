//! What does not fit, as a code for programs and a sentence that says what to do.

use rollcall_model::Flaw;
use serde::Serialize;

use super::columns::Column;

/// Something in a file that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The line at which it begins, from 1.
    pub line: u64,
    /// Whom the line tells of, where that can be read.
    pub email: Option<String>,
    /// In which column.
    pub column: Option<String>,
    /// What was written there, shortened.
    pub value: Option<String>,
    /// Why it does not fit.
    pub why: Why,
}

/// Something that whoever gave the file should know; it keeps nothing from being taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remark {
    /// A column, or a field, that is not known.
    #[error("the column {0:?} is not known and is left out")]
    UnknownColumn(String),
    /// The directory has nobody with this address.
    #[error(
        "nobody has the address {email} (line {line}) yet; what is told is kept for whoever comes with it"
    )]
    UnknownEmail {
        /// Where.
        line: u64,
        /// The address.
        email: String,
    },
    /// There is no directory to compare with.
    #[error("the directory cannot be read, so it is not told which addresses nobody has: {0}")]
    NoDirectory(String),
}

/// Why something does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// There is nothing in the file.
    #[error("the file is empty; give one with a line for each person")]
    EmptyFile,
    /// The file is too large.
    #[error("the file is larger than {most} MB; split it")]
    TooLarge {
        /// So many megabytes are read.
        most: usize,
    },
    /// The file names nobody.
    #[error("the file names nobody; give it a line for each person below the names of its columns")]
    NobodyNamed,
    /// There is no column with e-mail addresses.
    #[error("no column is called email; the first line must name the columns")]
    NoEmailColumn,
    /// Two columns are the same.
    #[error("the column is there twice; take one of them away")]
    DoubleColumn,
    /// Bytes that are no UTF-8.
    #[error("this is no UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)")]
    NotUtf8,
    /// A line has another number of fields than the first one.
    #[error(
        "there are {found} fields and {expected} columns; put a field with a separator in it in quotation marks"
    )]
    WrongColumns {
        /// How many the first line names.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A quotation mark that is never closed.
    #[error("a quotation mark is opened here and never closed; close it, or write it twice")]
    OpenQuote,
    /// No address.
    #[error("there is no e-mail address; every line must name one")]
    NoEmail,
    /// No address either.
    #[error("this is no e-mail address; write it like name@example.org")]
    BadEmail,
    /// A second line of somebody.
    #[error("line {first} tells of this address already; put both into one line")]
    DoubleEmail {
        /// The first one.
        first: u64,
    },
    /// One skill of somebody is there twice.
    #[error("line {first} tells of this skill already; take one of them away")]
    DoubleSkill {
        /// The line of the first one.
        first: u64,
    },
    /// Two lines of somebody say different things.
    #[error("line {first} says something else of this address; say the same, or leave one empty")]
    Conflict {
        /// The other line.
        first: u64,
    },
    /// No level.
    #[error("this is no level; give a whole number from 1 (a beginner) to 5 (an expert), or leave it empty")]
    BadLevel,
    /// A level without a skill.
    #[error("there is a level and no skill; name the skill in the same line")]
    LevelAlone,
    /// One skill has two levels.
    #[error("one skill has two levels; leave one of them")]
    TwoLevels,
    /// No working hours.
    #[error("these are no working hours; write them like Mon-Fri 08:00-18:00; Sat 09:00-13:00")]
    BadHours,
    /// A text is too long.
    #[error("a text has more than {most} characters; shorten it")]
    TooLong {
        /// So many are kept.
        most: usize,
    },
    /// There are too many items.
    #[error("there are more than {most}; leave the most telling ones")]
    TooMany {
        /// So many are kept.
        most: usize,
    },
    /// A character that no text has.
    #[error("a text has a control character, or a separator ( , ; | ) within a name; take it out")]
    BadText,
    /// No JSON.
    #[error("this is no JSON: {0}; mend it there")]
    BadJson(String),
    /// A value of another kind than is wanted.
    #[error("this must be {wanted}")]
    BadType {
        /// What is wanted.
        wanted: &'static str,
    },
    /// No group of synonyms.
    #[error("{0}; write names of the same with commas between them, or a > b where a leads to b only")]
    NotAGroup(#[from] rollcall_model::search::NotAGroup),
    /// Too many groups of synonyms.
    #[error(
        "there are more than {groups} groups, or more than {kib} KiB of names; leave out what everybody says"
    )]
    TooManyGroups {
        /// So many groups are kept.
        groups: usize,
        /// And so much text.
        kib: usize,
    },
}

/// A misfit as programs read it.
#[derive(Serialize)]
struct Written<'a> {
    line: u64,
    email: Option<&'a str>,
    column: Option<&'a str>,
    value: Option<&'a str>,
    code: &'static str,
    sentence: String,
}

impl Misfit {
    /// One of the whole file.
    pub(super) const fn of_file(why: Why) -> Self {
        Self::at(1, why)
    }

    /// One of a line.
    pub(super) const fn at(line: u64, why: Why) -> Self {
        Self { line, email: None, column: None, value: None, why }
    }

    /// The same, in a line about this address.
    pub(super) fn about(self, email: &str) -> Self {
        Self { email: Some(super::text::shortened(email)).filter(|email| !email.is_empty()), ..self }
    }

    /// The same, in a column.
    pub(super) fn within(self, column: Column) -> Self {
        Self { column: Some(column.name().to_owned()), ..self }
    }

    /// The same, with what was written.
    pub(super) fn written(self, value: &str) -> Self {
        Self { value: Some(super::text::shortened(value)).filter(|value| !value.is_empty()), ..self }
    }
}

impl Serialize for Misfit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { line, email, column, value, why } = self;
        Written {
            line: *line,
            email: email.as_deref(),
            column: column.as_deref(),
            value: value.as_deref(),
            code: why.code(),
            sentence: why.to_string(),
        }
        .serialize(serializer)
    }
}

impl Why {
    /// A short word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::TooLarge { .. } => "too_large",
            Self::NobodyNamed => "nobody_named",
            Self::NoEmailColumn => "no_email_column",
            Self::DoubleColumn => "double_column",
            Self::NotUtf8 => "not_utf8",
            Self::WrongColumns { .. } => "wrong_columns",
            Self::OpenQuote => "open_quote",
            Self::NoEmail => "no_email",
            Self::BadEmail => "bad_email",
            Self::DoubleEmail { .. } => "double_email",
            Self::DoubleSkill { .. } => "double_skill",
            Self::Conflict { .. } => "conflict",
            Self::BadLevel => "bad_level",
            Self::LevelAlone => "level_alone",
            Self::TwoLevels => "two_levels",
            Self::BadHours => "bad_hours",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::BadText => "bad_text",
            Self::BadJson(_) => "bad_json",
            Self::BadType { .. } => "bad_type",
            Self::NotAGroup(_) => "not_a_group",
            Self::TooManyGroups { .. } => "too_many_groups",
        }
    }
}

impl Remark {
    /// A short word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownColumn(_) => "unknown_column",
            Self::UnknownEmail { .. } => "unknown_email",
            Self::NoDirectory(_) => "no_directory",
        }
    }
}

impl From<Flaw> for Why {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::TooLong(most) => Self::TooLong { most },
            Flaw::TooMany(most) => Self::TooMany { most },
            Flaw::BadText => Self::BadText,
            Flaw::TwoLevels => Self::TwoLevels,
        }
    }
}
