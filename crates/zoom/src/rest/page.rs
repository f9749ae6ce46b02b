//! Pages: lists come in parts, and the token to the next part dies after 15 minutes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ZoomError;

/// How often one listing is begun anew because its page token had expired.
const RESTARTS: u8 = 3;

/// The token to the next page of a list. It can be kept for a restart of the program, and may be refused
/// then with [`ZoomError::PageExpired`].
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(String);

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page, in Zoom's order.
    pub items: Vec<T>,
    /// The way to the next page; nothing after the last one.
    pub next: Option<PageToken>,
    /// How many items the whole list has, where Zoom says so.
    pub total: Option<u64>,
}

/// The way through a list: from page to page, and from the first page again when a token has expired.
///
/// After a restart items come a second time; facts that are folded by their time do not mind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    at: Option<PageToken>,
    over: bool,
    restarts_left: u8,
}

/// The fields that every list has.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PageFields {
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    total_records: Option<u64>,
}

impl PageToken {
    /// Takes the token as Zoom gave it; an empty one means that there is no next page.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The token as Zoom gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(…)")
    }
}

impl PageFields {
    pub(super) fn page<T>(self, items: Vec<T>) -> Page<T> {
        let next = self.next_page_token.as_deref().and_then(PageToken::new);
        Page { items, next, total: self.total_records }
    }
}

impl<T> Page<T> {
    /// A list with nothing in it.
    pub(super) const fn empty() -> Self {
        Self { items: Vec::new(), next: None, total: Some(0) }
    }
}

impl Paging {
    /// Begins at a page, or at the first one.
    pub const fn from(page: Option<PageToken>) -> Self {
        Self { at: page, over: false, restarts_left: RESTARTS }
    }

    /// Where the next call of [`Paging::next`] will ask; nothing for the first page.
    pub const fn at(&self) -> Option<&PageToken> {
        self.at.as_ref()
    }

    /// The next page, asked for by `ask`, or nothing after the last one. A failure leaves the place as it
    /// is: the same page can be asked for again.
    pub async fn next<T, A>(
        &mut self,
        ask: impl Fn(Option<PageToken>) -> A,
    ) -> Result<Option<Page<T>>, ZoomError>
    where
        A: Future<Output = Result<Page<T>, ZoomError>>,
    {
        if self.over {
            return Ok(None);
        }
        loop {
            match ask(self.at.clone()).await {
                Ok(page) => {
                    self.at.clone_from(&page.next);
                    self.over = page.next.is_none();
                    return Ok(Some(page));
                }
                Err(ZoomError::PageExpired) if self.at.is_some() && self.restarts_left > 0 => {
                    self.restarts_left -= 1;
                    self.at = None;
                }
                Err(failure) => return Err(failure),
            }
        }
    }
}
