//! Paging by `next_page_token`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{ask::Ask, errors::Refused};
use crate::mischief::Mischief;

/// How long a page token lives.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

/// One page of a list, and what the reply says about the whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut<T> {
    pub(crate) rows: Vec<T>,
    /// The size of pages, as asked for.
    pub(crate) size: usize,
    pub(crate) total: usize,
    /// Empty on the last page.
    pub(crate) next: String,
    /// Counted from 1.
    pub(crate) number: usize,
}

/// What a page token says: where the page begins, for which question, and when the token was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bookmark {
    offset: u64,
    made_at: i64,
    question: [u8; 8],
}

impl<T> Cut<T> {
    /// Cuts the page `ask` wants: `page_size` (default and most as given) and `next_page_token`.
    pub(crate) fn of(ask: &Ask<'_>, mut rows: Vec<T>, default: usize, most: usize) -> Result<Self, Refused> {
        let size = size(ask, default, most)?;
        let question = question(ask);
        let offset = match ask.get("next_page_token") {
            Some(token) => begin(ask, token, question)?,
            None => 0,
        };
        let total = rows.len();
        let end = total.min(offset.saturating_add(size));
        rows.truncate(end);
        rows.drain(..offset.min(end));
        let next = if end < total {
            Bookmark { offset: end as u64, made_at: ask.now.timestamp_millis(), question }.token()
        } else {
            String::new()
        };
        Ok(Self { rows, size, total, next, number: offset / size + 1 })
    }

    /// How many pages there are.
    pub(crate) fn pages(&self) -> usize {
        self.total.div_ceil(self.size)
    }
}

impl Bookmark {
    fn token(self) -> String {
        let mut bytes = Vec::with_capacity(24);
        bytes.extend(self.offset.to_be_bytes());
        bytes.extend(self.made_at.to_be_bytes());
        bytes.extend(self.question);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(token: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let part = |at: usize| <[u8; 8]>::try_from(&bytes[at..at + 8]).ok();
        Some(Self {
            offset: u64::from_be_bytes(part(0)?),
            made_at: i64::from_be_bytes(part(8)?),
            question: part(16)?,
        })
    }

    fn made_at(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.made_at)
    }
}

fn size(ask: &Ask<'_>, default: usize, most: usize) -> Result<usize, Refused> {
    let asked = match ask.get("page_size") {
        Some(text) => text.parse().ok().filter(|size| (1..=most).contains(size)),
        None => Some(default),
    };
    let asked = asked.ok_or_else(|| Refused::invalid("page_size"))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of rows")]
    let small = ask.shared.switches.amount(Mischief::SmallPages).map(|rows| (rows as usize).max(1));
    Ok(small.map_or(asked, |small| asked.min(small)))
}

fn begin(ask: &Ask<'_>, token: &str, question: [u8; 8]) -> Result<usize, Refused> {
    let bookmark = Bookmark::read(token).filter(|bookmark| bookmark.question == question);
    let bookmark = bookmark.ok_or_else(Refused::page_token)?;
    #[expect(clippy::cast_possible_truncation, reason = "a number of seconds, in milliseconds")]
    let life = ask
        .shared
        .switches
        .amount(Mischief::PageTokensExpire)
        .map_or(TOKEN_LIFE, |seconds| TimeDelta::milliseconds((seconds * 1000.0) as i64));
    match bookmark.made_at() {
        Some(made_at) if ask.now < made_at + life => {
            usize::try_from(bookmark.offset).map_err(|_| Refused::page_token())
        }
        _ => Err(Refused::page_token()),
    }
}

/// The other query values must stay the same from page to page.
fn question(ask: &Ask<'_>) -> [u8; 8] {
    let mut values: Vec<_> = ask
        .query
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "next_page_token" | "page_size" | "page_number"))
        .collect();
    values.sort();
    let mut hash = Sha256::new().chain_update(ask.path);
    for id in &ask.ids {
        hash.update(id);
    }
    for (key, value) in values {
        hash.update([0]);
        hash.update(key);
        hash.update([1]);
        hash.update(value);
    }
    let mut short = [0; 8];
    short.copy_from_slice(&hash.finalize()[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_it_was_told() {
        let bookmark = Bookmark { offset: 300, made_at: 1_790_553_600_123, question: *b"question" };

        assert_eq!(Bookmark::read(&bookmark.token()), Some(bookmark));
        assert_eq!(Bookmark::read("IAfJX3jsOLW7w3dokmFl84zOa0MAVGyMEB2"), None);
    }
}
