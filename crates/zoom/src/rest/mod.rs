//! The REST calls, each with its label, and the shapes of their answers.

mod attributes;
mod contacts;
mod history;
mod page;
mod phone;
mod presence;
mod queues;
mod record;
mod user_record;
mod users;

pub use contacts::Contact;
pub use history::{HistorySync, SyncToken};
pub use page::{Page, PageToken, Paging};
pub use phone::PhoneUser;
pub use presence::OwnPresence;
pub use queues::{CallQueue, CallQueueRecord, QueueFigures, QueueMember};
pub use record::CallRecord;
pub(crate) use record::{e164, is_queue};
pub use user_record::UserRecord;
pub(crate) use users::standing;
pub use users::{ListedUser, UsersSummary};

use std::borrow::Cow;

use crate::ZoomError;

/// An id as one segment of a path. Zoom wants ids with a slash escaped twice: once here, once by the
/// address. An id that would name another path is no id.
fn segment(id: &str) -> Result<Cow<'_, str>, ZoomError> {
    match id {
        "" | "." | ".." => Err(ZoomError::NotFound),
        id if id.contains('/') => Ok(url::form_urlencoded::byte_serialize(id.as_bytes()).collect()),
        id => Ok(Cow::Borrowed(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Addresses;

    #[test]
    fn an_id_with_a_slash_is_escaped_twice() {
        let id = segment("/ab+c/d==").unwrap();

        let url = Addresses::default().api_url(&["users", &id]);

        assert_eq!(url.path(), "/v2/users/%252Fab%252Bc%252Fd%253D%253D");
    }

    #[test]
    fn an_id_that_would_leave_its_place_is_refused() {
        for id in ["", ".", ".."] {
            assert_eq!(segment(id), Err(ZoomError::NotFound));
        }
    }
}
